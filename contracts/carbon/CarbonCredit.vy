# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  CarbonCredit
@license AGPL-3.0-only
@notice Tonnes of CO2 equivalent as ERC-1155 batches of projects on registered assets. Retiring
        burns credits for ever and writes a certificate.
@dev    Two keys: the ESG officer opens a project, a verifier issues on the hash of evidence.
        The monitoring periods of one asset never overlap, whatever the project, and serials of
        a project are given out in order: no tonne of an asset is counted twice here.
        Amounts have 8 decimals; whole tonnes are issued, parts of them may be retired.
        Invariants: INV-CARB-1, INV-CARB-2, INV-CARB-3 (docs/invariants.md).
@custom:kill Pause with GUARDIAN_ROLE: no issue, no transfer. Retiring goes on.
@custom:source ERC-1155; token id and `retire` as in the draft ERC-8393
"""

from ethereum.ercs import IERC165
from ethereum.ercs import IERC721

from snekmate.auth import ownable
from snekmate.tokens import erc1155

from ..common import authorized
from ..common import emergency_stop
from ..interfaces import ICarbonCredit
from ..interfaces import IIdentityRegistry
from ..interfaces import IRetirementCertificate

implements: IERC165
implements: ICarbonCredit

initializes: authorized
initializes: emergency_stop[authorized := authorized]
initializes: ownable
initializes: erc1155[ownable := ownable]

exports: (
    authorized.authority,
    emergency_stop.pause,
    emergency_stop.unpause,
    emergency_stop.paused,
    emergency_stop.GUARDIAN_ROLE,
    emergency_stop.CHAIN_ENGINEER_ROLE,
    # transfers are wrapped below; minting, burning, minters, uris and the owner are withheld
    erc1155.supportsInterface,
    erc1155.balanceOf,
    erc1155.balanceOfBatch,
    erc1155.setApprovalForAll,
    erc1155.isApprovedForAll,
    erc1155.total_supply,
    erc1155.exists,
    erc1155.uri,
)

ESG_OFFICER_ROLE: public(constant(bytes32)) = keccak256("ESG_OFFICER_ROLE")
CARBON_VERIFIER_ROLE: public(constant(bytes32)) = keccak256("CARBON_VERIFIER_ROLE")

# One tonne in the smallest unit.
TONNE: public(constant(uint256)) = 10**8
MAX_BATCH: constant(uint256) = 128
_CREDIT_MASK: constant(uint256) = 2**128 - 1


struct Project:
    asset_id: uint256
    methodology_hash: bytes32
    batches: uint256
    next_serial: uint64


ASSET_REGISTRY: public(immutable(address))
IDENTITY_REGISTRY: immutable(IIdentityRegistry)
CERTIFICATE: immutable(IRetirementCertificate)

total_projects: public(uint256)
total_issued: public(uint256)  # {1e-8 tCO2e}
total_retired: public(uint256)  # {1e-8 tCO2e}
projects: public(HashMap[uint256, Project])
# asset -> {s} end of the last monitoring period of any of its projects
covered_until: public(HashMap[uint256, uint64])
# {1e-8 tCO2e} account -> batch -> retired
retiredBalanceOf: public(HashMap[address, HashMap[uint256, uint256]])
_batches: HashMap[uint256, ICarbonCredit.Batch]


@deploy
def __init__(
    authority: address,
    asset_registry: address,
    identity_registry: address,
    certificate_blueprint: address,
    base_uri: String[80],
    certificate_base_uri: String[80],
):
    """
    @param  certificate_blueprint  ERC-5202 blueprint of RetirementCertificate, with the usual
            three-byte preamble.
    """
    authorized.__init__(authority)
    ownable.__init__()
    erc1155.__init__(base_uri)
    # The module's owner has no function here; nobody shall look like one.
    ownable._transfer_ownership(empty(address))
    assert asset_registry.is_contract, "carbon_credit: no registry"
    assert identity_registry.is_contract, "carbon_credit: no registry"
    assert certificate_blueprint.is_contract, "carbon_credit: no blueprint"
    assert slice(certificate_blueprint.code, 0, 3) == x"FE7100", "carbon_credit: not a blueprint"
    ASSET_REGISTRY = asset_registry
    IDENTITY_REGISTRY = IIdentityRegistry(identity_registry)
    CERTIFICATE = IRetirementCertificate(
        create_from_blueprint(certificate_blueprint, certificate_base_uri, code_offset=3)
    )


# --- holder
@external
def safeTransferFrom(
    owner: address, to: address, id: uint256, amount: uint256, data: Bytes[1_024]
):
    """
    @notice Move credits; both sides must be verified investors.
    @custom:reverts "emergency_stop: paused" | "carbon_credit: not allowed"
        | "carbon_credit: cannot send" | "carbon_credit: cannot receive" | as snekmate erc1155
    """
    self._check_move(owner, to)
    erc1155._safe_transfer_from(owner, to, id, amount, data)


@external
def safeBatchTransferFrom(
    owner: address,
    to: address,
    ids: DynArray[uint256, MAX_BATCH],
    amounts: DynArray[uint256, MAX_BATCH],
    data: Bytes[1_024],
):
    """
    @notice Move credits of several batches, at most 128, all or none.
    @custom:reverts as safeTransferFrom
    """
    self._check_move(owner, to)
    erc1155._safe_batch_transfer_from(owner, to, ids, amounts, data)


@external
def retire(token_id: uint256, account: address, amount: uint256):
    """
    @notice Retire credits of `account` for itself (ERC-8393 draft); the certificate goes to it.
    @custom:reverts as retire_for
    """
    self._retire(token_id, account, amount, account, 0, empty(bytes32))


@external
def retire_for(
    token_id: uint256,
    account: address,
    amount: uint256,
    beneficiary: address,
    purpose: uint16,
    details_hash: bytes32,
) -> uint256:
    """
    @notice Retire credits of `account`, by itself or its operator; the certificate goes to
            `beneficiary`, who need not be an investor. Possible also while paused.
    @param  purpose       Code of docs/units.md.
    @param  details_hash  keccak256 of a salt and the details kept off chain; zero for none.
    @return Certificate id.
    @custom:reverts "carbon_credit: not allowed" | "carbon_credit: cannot send"
        | "carbon_credit: no amount" | "erc1155: burn amount exceeds balance"
        | "erc1155: burn amount exceeds total_supply" | "nonfungible: zero receiver"
    """
    return self._retire(token_id, account, amount, beneficiary, purpose, details_hash)


# --- ESG_OFFICER_ROLE
@external
def register_project(asset_id: uint256, methodology_hash: bytes32) -> uint256:
    """
    @notice Open a project on a registered asset.
    @return Project id, from 1 upwards.
    @custom:role ESG_OFFICER_ROLE
    @custom:reverts "carbon_credit: no methodology" | "nonfungible: unknown token"
    """
    authorized._check_role(ESG_OFFICER_ROLE, msg.sender)
    assert methodology_hash != empty(bytes32), "carbon_credit: no methodology"
    # Reverts on an asset that is not registered.
    owner: address = staticcall IERC721(ASSET_REGISTRY).ownerOf(asset_id)
    assert owner != empty(address)  # dev: ERC-721 never returns zero
    project_id: uint256 = self.total_projects + 1
    self.total_projects = project_id
    self.projects[project_id] = Project(
        asset_id=asset_id, methodology_hash=methodology_hash, batches=0, next_serial=1
    )
    log ICarbonCredit.ProjectRegistered(
        project_id=project_id, asset_id=asset_id, methodology_hash=methodology_hash
    )
    return project_id


# --- CARBON_VERIFIER_ROLE
@external
def issue(
    project_id: uint256,
    receiver: address,
    tonnes: uint64,
    vintage: uint16,
    period_start: uint64,
    period_end: uint64,
    evidence_hash: bytes32,
) -> uint256:
    """
    @notice Issue a batch for a monitoring period that is over and follows the asset's last one.
    @param  tonnes        {tCO2e} Whole tonnes; each gets a serial of the project.
    @param  period_start  {s} inclusive.
    @param  period_end    {s} exclusive.
    @return Token id of the batch: project id << 128 | number of the batch.
    @custom:role CARBON_VERIFIER_ROLE
    @custom:reverts "emergency_stop: paused" | "carbon_credit: unknown project"
        | "carbon_credit: no amount" | "carbon_credit: no evidence" | "carbon_credit: bad period"
        | "carbon_credit: period overlaps" | "carbon_credit: cannot receive"
    """
    authorized._check_role(CARBON_VERIFIER_ROLE, msg.sender)
    emergency_stop._check_running()
    project: Project = self.projects[project_id]
    assert project.next_serial != 0, "carbon_credit: unknown project"
    assert tonnes != 0, "carbon_credit: no amount"
    assert evidence_hash != empty(bytes32), "carbon_credit: no evidence"
    assert period_start < period_end, "carbon_credit: bad period"
    assert convert(period_end, uint256) <= block.timestamp, "carbon_credit: bad period"
    assert period_start >= self.covered_until[project.asset_id], "carbon_credit: period overlaps"
    assert staticcall IDENTITY_REGISTRY.isVerified(receiver), "carbon_credit: cannot receive"
    number: uint256 = project.batches + 1
    token_id: uint256 = (project_id << 128) | number
    amount: uint256 = convert(tonnes, uint256) * TONNE
    last_serial: uint64 = project.next_serial + tonnes - 1
    self.covered_until[project.asset_id] = period_end
    self.projects[project_id].batches = number
    self.projects[project_id].next_serial = last_serial + 1
    self._batches[token_id] = ICarbonCredit.Batch(
        vintage=vintage,
        period_start=period_start,
        period_end=period_end,
        first_serial=project.next_serial,
        last_serial=last_serial,
        evidence_hash=evidence_hash,
        issued=amount,
        retired=0,
    )
    self.total_issued += amount
    log ICarbonCredit.BatchIssued(
        token_id=token_id,
        project_id=project_id,
        receiver=receiver,
        verifier=msg.sender,
        vintage=vintage,
        period_start=period_start,
        period_end=period_end,
        first_serial=project.next_serial,
        last_serial=last_serial,
        amount=amount,
        evidence_hash=evidence_hash,
    )
    erc1155._safe_mint(receiver, token_id, amount, b"")
    return token_id


# --- views
@external
@view
def identityRegistry() -> address:
    """
    @notice Who decides which wallets may hold credits.
    """
    return IDENTITY_REGISTRY.address


@external
@view
def certificate() -> address:
    """
    @notice The certificate contract, created with this one.
    """
    return CERTIFICATE.address


@external
@view
def batch(token_id: uint256) -> ICarbonCredit.Batch:
    """
    @notice A batch; all zero for an unknown id. issued = tradable + retired, where tradable is
            `total_supply(token_id)`.
    """
    return self._batches[token_id]


@external
@pure
def encodeTokenId(project_id: uint256, credit_id: uint256) -> uint256:
    """
    @notice Token id of a project's batch (ERC-8393 draft); both parts below 2**128.
    @custom:reverts "carbon_credit: id too large"
    """
    assert project_id <= _CREDIT_MASK and credit_id <= _CREDIT_MASK, "carbon_credit: id too large"
    return (project_id << 128) | credit_id


@external
@pure
def decodeTokenId(token_id: uint256) -> (uint256, uint256):
    """
    @notice Project and number of a batch (ERC-8393 draft).
    """
    return token_id >> 128, token_id & _CREDIT_MASK


# --- internal
@internal
@view
def _check_operator(owner: address):
    assert (
        owner == msg.sender or erc1155.isApprovedForAll[owner][msg.sender]
    ), "carbon_credit: not allowed"


@internal
@view
def _check_move(owner: address, to: address):
    emergency_stop._check_running()
    self._check_operator(owner)
    side: uint256 = staticcall IDENTITY_REGISTRY.unverified_side(owner, to)
    assert side != 1, "carbon_credit: cannot send"
    assert side != 2, "carbon_credit: cannot receive"


@internal
def _retire(
    token_id: uint256,
    account: address,
    amount: uint256,
    beneficiary: address,
    purpose: uint16,
    details_hash: bytes32,
) -> uint256:
    self._check_operator(account)
    assert amount != 0, "carbon_credit: no amount"
    assert staticcall IDENTITY_REGISTRY.isVerified(account), "carbon_credit: cannot send"
    erc1155._burn(account, token_id, amount)
    self._batches[token_id].retired += amount
    self.total_retired += amount
    self.retiredBalanceOf[account][token_id] += amount
    log ICarbonCredit.CreditRetired(account=account, token_id=token_id, amount=amount)
    return extcall CERTIFICATE.issue(
        account, beneficiary, token_id, amount, purpose, details_hash
    )
