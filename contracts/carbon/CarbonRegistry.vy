# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  CarbonRegistry
@license AGPL-3.0-only
@notice Turns verified quantities into batches of credits: one tonne, once.
@dev    Anyone may hand in an issuance that enough accredited verifiers have signed (EIP-712, also
        contract wallets). Three things are given out once and never again: the seconds of an
        asset's monitoring, the serials of a registry's series, and the transaction that took
        bridged credits off their registry. Creates CarbonCredit, and is its only issuer.
        Buffers are rounded up, in the pool's favour.
        Invariants: INV-CARB-3, INV-CARB-4 (docs/invariants.md).
@custom:kill Pause CarbonCredit: nothing can be issued then.
@custom:source EIP-712, ERC-1271, ERC-5267
"""

from ethereum.ercs import IERC721

from snekmate.utils import eip712_domain_separator
from snekmate.utils import signature_checker

from ..common import authorized
from ..interfaces import IAuthority
from ..interfaces import ICarbonCredit
from ..interfaces import ICarbonRegistry
from . import serial_intervals

implements: ICarbonRegistry

initializes: authorized
initializes: eip712_domain_separator
initializes: serial_intervals

exports: (
    authorized.authority,
    eip712_domain_separator.eip712Domain,
)

ESG_OFFICER_ROLE: public(constant(bytes32)) = keccak256("ESG_OFFICER_ROLE")
CARBON_VERIFIER_ROLE: public(constant(bytes32)) = keccak256("CARBON_VERIFIER_ROLE")
COUNCIL_CLERK_ROLE: public(constant(bytes32)) = keccak256("COUNCIL_CLERK_ROLE")

# The registry code of serials that are given out here.
NATIVE: public(constant(bytes32)) = keccak256("CIVITAS")
MAX_SIGNATURES: constant(uint256) = 8
BPS: constant(uint256) = 10_000
_TONNE: constant(uint256) = 10**8
_PERIODS: constant(bytes32) = keccak256("CIVITAS MONITORING PERIODS")
_ISSUANCE_TYPEHASH: constant(bytes32) = keccak256(
    "Issuance(uint256 projectId,address receiver,uint64 tonnes,uint16 vintage,uint64 periodStart,uint64 periodEnd,uint64 expiry,bytes32 registryCode,bytes32 seriesId,uint64 firstSerial,bytes32 origin,bytes32 evidenceHash,uint64 deadline)"
)


struct Project:
    asset_id: uint256
    methodology: bytes32  # code of ASCII letters, padded with zeros
    country: uint16  # ISO 3166-1 numeric
    kind: uint8  # of units, as the profile lists them
    risk_rating: uint8
    is_whole: bool  # only whole tonnes move and retire
    batches: uint64


struct Batch:
    vintage: uint16
    period_start: uint64
    period_end: uint64
    series: bytes32
    first_serial: uint64
    last_serial: uint64
    origin: bytes32
    evidence_hash: bytes32


struct Description:
    methodology: bytes32
    country: uint16
    vintage: uint16
    is_whole: bool


ASSET_REGISTRY: public(immutable(address))
CREDIT: public(immutable(address))

threshold: public(uint256)
total_projects: public(uint256)
projects: public(HashMap[uint256, Project])
# risk rating -> {bps} set aside
buffer_bps: public(HashMap[uint8, uint16])
# transaction on another registry's chain -> was brought in
is_bridged: public(HashMap[bytes32, bool])
# project -> number -> batch
_batches: HashMap[uint256, HashMap[uint256, Batch]]


@deploy
def __init__(
    authority: address,
    asset_registry: address,
    identity_registry: address,
    credit_blueprint: address,
    certificate_blueprint: address,
    base_uri: String[80],
    certificate_base_uri: String[80],
    signatures_needed: uint256,
):
    """
    @param  credit_blueprint   ERC-5202 blueprint of CarbonCredit, with the usual three-byte
            preamble.
    @param  signatures_needed  1 to 8 verifiers.
    """
    authorized.__init__(authority)
    eip712_domain_separator.__init__("Civitas carbon registry", "1")
    assert asset_registry.is_contract, "carbon_registry: no registry"
    assert credit_blueprint.is_contract, "carbon_registry: no blueprint"
    assert slice(credit_blueprint.code, 0, 3) == x"FE7100", "carbon_registry: not a blueprint"
    ASSET_REGISTRY = asset_registry
    CREDIT = create_from_blueprint(
        credit_blueprint,
        authority,
        identity_registry,
        certificate_blueprint,
        base_uri,
        certificate_base_uri,
        code_offset=3,
    )
    self._set_threshold(signatures_needed, empty(bytes32))


# --- anyone
@external
def issue(
    issuance: ICarbonRegistry.Issuance,
    hints: ICarbonRegistry.Hints,
    signatures: DynArray[ICarbonRegistry.Signature, MAX_SIGNATURES],
) -> uint256:
    """
    @notice Issue a batch that enough verifiers have signed. Open to anyone: the signatures count.
    @param  hints       Neighbours of the new period and serials; a wrong one is refused.
    @param  signatures  Signers ascending, each a CARBON_VERIFIER_ROLE holder.
    @return Token id of the batch.
    @custom:reverts "carbon_registry: unknown project" | "carbon_registry: past the deadline"
        | "carbon_registry: no amount" | "carbon_registry: no evidence"
        | "carbon_registry: bad period" | "carbon_registry: already expired"
        | "carbon_registry: too few signatures" | "carbon_registry: signers not ascending"
        | "carbon_registry: not a verifier" | "carbon_registry: bad signature"
        | "carbon_registry: bad series" | "carbon_registry: bad origin"
        | "carbon_registry: was bridged" | as serial_intervals | as CarbonCredit.mintCredit
    """
    project: Project = self.projects[issuance.project_id]
    assert project.methodology != empty(bytes32), "carbon_registry: unknown project"
    self._check_issuance(issuance)
    self._check_signatures(self._digest(issuance), signatures)
    number: uint256 = convert(project.batches, uint256) + 1
    owner: uint256 = (issuance.project_id << 64) | number
    series: bytes32 = self._claim_origin(issuance, project, owner, hints)
    first_serial: uint256 = convert(issuance.first_serial, uint256)
    last_serial: uint256 = first_serial + convert(issuance.tonnes, uint256) - 1
    serial_intervals._claim(
        series, first_serial, last_serial, owner, convert(hints.serial_after, uint256)
    )
    self.projects[issuance.project_id].batches = convert(number, uint64)
    self._batches[issuance.project_id][number] = Batch(
        vintage=issuance.vintage,
        period_start=issuance.period_start,
        period_end=issuance.period_end,
        series=series,
        first_serial=issuance.first_serial,
        last_serial=convert(last_serial, uint64),
        origin=issuance.origin,
        evidence_hash=issuance.evidence_hash,
    )
    amount: uint256 = convert(issuance.tonnes, uint256) * _TONNE
    buffer: uint256 = self._buffer_up(project, amount)
    credit_id: uint256 = (convert(project.kind, uint256) << 64) | number
    token_id: uint256 = (issuance.project_id << 128) | credit_id
    log ICarbonRegistry.BatchIssued(
        token_id=token_id,
        project_id=issuance.project_id,
        receiver=issuance.receiver,
        issuance=issuance,
        buffer=buffer,
        signers=len(signatures),
    )
    metadata: ICarbonCredit.CreditMetadata = empty(ICarbonCredit.CreditMetadata)
    metadata.totalVolume = amount
    extcall ICarbonCredit(CREDIT).mintCredit(
        issuance.receiver,
        issuance.project_id,
        credit_id,
        amount - buffer,
        convert(issuance.expiry, uint256),
        metadata,
    )
    return token_id


# --- ESG_OFFICER_ROLE
@external
def register_project(
    asset_id: uint256,
    methodology: bytes32,
    country: uint16,
    kind: uint8,
    risk_rating: uint8,
    is_whole: bool,
) -> uint256:
    """
    @notice Open a project on a registered asset, or with asset 0 for credits of another registry.
    @param  methodology  Code of ASCII letters, padded with zeros.
    @return Project id, from 1 upwards.
    @custom:role ESG_OFFICER_ROLE
    @custom:reverts "carbon_registry: no methodology" | "carbon_registry: bad country"
        | "nonfungible: unknown token"
    """
    authorized._check_role(ESG_OFFICER_ROLE, msg.sender)
    assert methodology != empty(bytes32), "carbon_registry: no methodology"
    assert country >= 1 and country <= 999, "carbon_registry: bad country"
    if asset_id != 0:
        # Reverts on an asset that is not registered.
        owner: address = staticcall IERC721(ASSET_REGISTRY).ownerOf(asset_id)
        assert owner != empty(address)  # dev: ERC-721 never returns zero
    project_id: uint256 = self.total_projects + 1
    self.total_projects = project_id
    self.projects[project_id] = Project(
        asset_id=asset_id,
        methodology=methodology,
        country=country,
        kind=kind,
        risk_rating=risk_rating,
        is_whole=is_whole,
        batches=0,
    )
    log ICarbonRegistry.ProjectRegistered(
        project_id=project_id,
        asset_id=asset_id,
        methodology=methodology,
        country=country,
        kind=kind,
        risk_rating=risk_rating,
        is_whole=is_whole,
    )
    return project_id


@external
def split_serials(registry_code: bytes32, series_id: bytes32, first: uint64, at: uint64):
    """
    @notice Cut an interval of serials in two of the same batch, as a registry's books may need it.
    @custom:role ESG_OFFICER_ROLE
    @custom:reverts "serial_intervals: unknown interval" | "serial_intervals: bad cut"
    """
    authorized._check_role(ESG_OFFICER_ROLE, msg.sender)
    serial_intervals._split(
        self._series(registry_code, series_id), convert(first, uint256), convert(at, uint256)
    )


# --- COUNCIL_CLERK_ROLE
@external
def set_threshold(new_threshold: uint256, resolution: bytes32):
    """
    @notice Set how many verifiers must sign, 1 to 8.
    @custom:role COUNCIL_CLERK_ROLE
    @custom:reverts "carbon_registry: no resolution" | "carbon_registry: bad threshold"
    """
    authorized._check_role(COUNCIL_CLERK_ROLE, msg.sender)
    assert resolution != empty(bytes32), "carbon_registry: no resolution"
    self._set_threshold(new_threshold, resolution)


@external
def set_buffer_bps(risk_rating: uint8, new_bps: uint16, resolution: bytes32):
    """
    @notice Set what part of a new batch is set aside for a risk rating; issued batches stay.
    @custom:role COUNCIL_CLERK_ROLE
    @custom:reverts "carbon_registry: no resolution" | "carbon_registry: bad rate"
    """
    authorized._check_role(COUNCIL_CLERK_ROLE, msg.sender)
    assert resolution != empty(bytes32), "carbon_registry: no resolution"
    assert convert(new_bps, uint256) < BPS, "carbon_registry: bad rate"
    old_bps: uint16 = self.buffer_bps[risk_rating]
    self.buffer_bps[risk_rating] = new_bps
    log ICarbonRegistry.BufferRateSet(
        risk_rating=risk_rating, old_bps=old_bps, new_bps=new_bps, resolution=resolution
    )


# --- views
@external
@view
@reentrant
def description(project_id: uint256, number: uint256) -> Description:
    """
    @notice Codes that the credit contract makes its metadata from; it asks while it is being
            issued to.
    """
    project: Project = self.projects[project_id]
    return Description(
        methodology=project.methodology,
        country=project.country,
        vintage=self._batches[project_id][number].vintage,
        is_whole=project.is_whole,
    )


@external
@view
def batch(token_id: uint256) -> Batch:
    """
    @notice Where a batch's tonnes come from; all zero for an unknown one. The kind does not matter:
            converted units are of the same tonnes.
    """
    return self._batches[token_id >> 128][token_id & (2**64 - 1)]


@external
@view
def digest(issuance: ICarbonRegistry.Issuance) -> bytes32:
    """
    @notice What a verifier signs (EIP-712).
    """
    return self._digest(issuance)


@external
@view
def series(registry_code: bytes32, series_id: bytes32) -> bytes32:
    """
    @notice Key of a registry's issuance series.
    """
    return self._series(registry_code, series_id)


@external
@view
def periods(asset_id: uint256) -> bytes32:
    """
    @notice Key of the series of an asset's monitored seconds.
    """
    return self._periods(asset_id)


@external
@view
def interval(series_key: bytes32, first: uint256) -> serial_intervals.Interval:
    """
    @notice An interval by its first number.
    @custom:reverts "serial_intervals: unknown interval"
    """
    return serial_intervals._known(series_key, first)


@external
@view
def first_interval(series_key: bytes32) -> uint256:
    """
    @notice First number of the lowest interval; 0 where the series is empty.
    """
    return serial_intervals._unpacked(serial_intervals._intervals[series_key][0]).next


@external
@view
def serial_owner(series_key: bytes32, number: uint256) -> (uint256, uint256):
    """
    @notice Whose a number is (project << 64 | batch number) and the first number of its interval;
            zeros where it was not given out. Walks the list: for calls off chain.
    """
    return serial_intervals._owner_of(series_key, number)


@external
@view
def DOMAIN_SEPARATOR() -> bytes32:
    """
    @notice EIP-712 domain, rebuilt when the chain id changes.
    """
    return eip712_domain_separator._domain_separator_v4()


# --- internal
@internal
@view
def _check_issuance(issuance: ICarbonRegistry.Issuance):
    assert block.timestamp <= convert(issuance.deadline, uint256), "carbon_registry: past the deadline"
    assert issuance.tonnes != 0, "carbon_registry: no amount"
    assert issuance.evidence_hash != empty(bytes32), "carbon_registry: no evidence"
    assert issuance.period_start != 0, "carbon_registry: bad period"
    assert issuance.period_start < issuance.period_end, "carbon_registry: bad period"
    assert convert(issuance.period_end, uint256) <= block.timestamp, "carbon_registry: bad period"
    if issuance.expiry != 0:
        assert (
            convert(issuance.expiry, uint256) > block.timestamp
        ), "carbon_registry: already expired"


@internal
@view
def _check_signatures(
    hash: bytes32, signatures: DynArray[ICarbonRegistry.Signature, MAX_SIGNATURES]
):
    assert len(signatures) >= self.threshold, "carbon_registry: too few signatures"
    previous: uint256 = 0
    for each: ICarbonRegistry.Signature in signatures:
        signer: uint256 = convert(each.signer, uint256)
        assert signer > previous, "carbon_registry: signers not ascending"
        previous = signer
        accredited: bool = staticcall IAuthority(authorized._AUTHORITY.address).hasRole(
            CARBON_VERIFIER_ROLE, each.signer
        )
        assert accredited, "carbon_registry: not a verifier"
        assert signature_checker._is_valid_signature_now(
            each.signer, hash, each.signature
        ), "carbon_registry: bad signature"


@internal
def _claim_origin(
    issuance: ICarbonRegistry.Issuance,
    project: Project,
    owner: uint256,
    hints: ICarbonRegistry.Hints,
) -> bytes32:
    """
    @notice Take the seconds that were monitored, or the bridging transaction, once and for ever.
    @return Key of the serials' series.
    """
    if project.asset_id == 0:
        assert issuance.registry_code != NATIVE, "carbon_registry: bad series"
        assert issuance.registry_code != empty(bytes32), "carbon_registry: bad series"
        assert issuance.origin != empty(bytes32), "carbon_registry: bad origin"
        assert not self.is_bridged[issuance.origin], "carbon_registry: was bridged"
        self.is_bridged[issuance.origin] = True
    else:
        assert issuance.registry_code == NATIVE, "carbon_registry: bad series"
        assert (
            convert(issuance.series_id, uint256) == issuance.project_id
        ), "carbon_registry: bad series"
        assert issuance.origin == empty(bytes32), "carbon_registry: bad origin"
        serial_intervals._claim(
            self._periods(project.asset_id),
            convert(issuance.period_start, uint256),
            convert(issuance.period_end, uint256) - 1,
            owner,
            convert(hints.period_after, uint256),
        )
    return self._series(issuance.registry_code, issuance.series_id)


@internal
@view
def _buffer_up(project: Project, amount: uint256) -> uint256:
    """
    @notice {1e-8 tCO2e} Set aside; rounded up, to a whole tonne where only those may move.
    """
    bps: uint256 = convert(self.buffer_bps[project.risk_rating], uint256)
    buffer: uint256 = (amount * bps + BPS - 1) // BPS
    if project.is_whole:
        buffer = (buffer + _TONNE - 1) // _TONNE * _TONNE
    return buffer


@internal
def _set_threshold(new_threshold: uint256, resolution: bytes32):
    assert new_threshold >= 1, "carbon_registry: bad threshold"
    assert new_threshold <= MAX_SIGNATURES, "carbon_registry: bad threshold"
    old_threshold: uint256 = self.threshold
    self.threshold = new_threshold
    log ICarbonRegistry.ThresholdSet(
        old_threshold=old_threshold, new_threshold=new_threshold, resolution=resolution
    )


@internal
@view
def _digest(issuance: ICarbonRegistry.Issuance) -> bytes32:
    return eip712_domain_separator._hash_typed_data_v4(
        keccak256(
            abi_encode(
                _ISSUANCE_TYPEHASH,
                issuance.project_id,
                issuance.receiver,
                issuance.tonnes,
                issuance.vintage,
                issuance.period_start,
                issuance.period_end,
                issuance.expiry,
                issuance.registry_code,
                issuance.series_id,
                issuance.first_serial,
                issuance.origin,
                issuance.evidence_hash,
                issuance.deadline,
            )
        )
    )


@internal
@pure
def _series(registry_code: bytes32, series_id: bytes32) -> bytes32:
    return keccak256(abi_encode(registry_code, series_id))


@internal
@pure
def _periods(asset_id: uint256) -> bytes32:
    # Three words, where a series of serials has two: no series is an asset's periods.
    return keccak256(abi_encode(_PERIODS, asset_id, empty(bytes32)))
