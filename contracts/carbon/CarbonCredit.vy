# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  CarbonCredit
@license AGPL-3.0-only
@notice Tonnes of CO2 equivalent as ERC-1155 batches, through their whole life: held, retired into a
        certificate, cancelled, converted, exported, reversed and made good.
@dev    The carbon registry creates this contract and is the only one that issues; this contract
        creates the certificates and is the only one that writes them. A batch is sealed: it is
        issued once. Token id = project << 128 | kind << 64 | number.
        Amounts are in {1e-8 tCO2e}. Views of the standards never revert and are re-entrant.
        Invariants: INV-CARB-1, INV-CARB-2 (docs/invariants.md).
@custom:kill Pause with GUARDIAN_ROLE: no issue, transfer, conversion. Retiring and giving up go on.
@custom:source ERC-1155, ERC-7943; read and retire functions of the draft ERC-8393
"""

from ethereum.ercs import IERC165
from snekmate.tokens.interfaces import IERC1155

from ..common import authorized
from ..common import emergency_stop
from ..interfaces import ICarbonCredit
from ..interfaces import IIdentityRegistry
from ..interfaces import IRetirementCertificate
from . import batch_supply
from . import credit_holdings

implements: IERC165
implements: ICarbonCredit

initializes: authorized
initializes: emergency_stop[authorized := authorized]
initializes: batch_supply
initializes: credit_holdings

exports: (
    authorized.authority,
    emergency_stop.pause,
    emergency_stop.unpause,
    emergency_stop.paused,
    emergency_stop.GUARDIAN_ROLE,
    emergency_stop.CHAIN_ENGINEER_ROLE,
    # transfers are wrapped below
    credit_holdings.balanceOf,
    credit_holdings.balanceOfBatch,
    credit_holdings.retiredBalanceOf,
    credit_holdings.getFrozenTokens,
    credit_holdings.setApprovalForAll,
    credit_holdings.isApprovedForAll,
)


interface ICarbonRegistry:
    def description(project_id: uint256, number: uint256) -> Description: view


struct Description:
    methodology: bytes32
    country: uint16
    vintage: uint16
    is_whole: bool


COMPLIANCE_OFFICER_ROLE: public(constant(bytes32)) = keccak256("COMPLIANCE_OFFICER_ROLE")
ENFORCER_ROLE: public(constant(bytes32)) = keccak256("ENFORCER_ROLE")
CARBON_VERIFIER_ROLE: public(constant(bytes32)) = keccak256("CARBON_VERIFIER_ROLE")
COUNCIL_CLERK_ROLE: public(constant(bytes32)) = keccak256("COUNCIL_CLERK_ROLE")

# One tonne in the smallest unit.
TONNE: public(constant(uint256)) = 10**8
MAX_BATCH: constant(uint256) = 64
MAX_LINES: constant(uint256) = 16
MAX_DRAWS: constant(uint256) = 16
MAX_MARKS: constant(uint256) = 16
_SMALL: constant(uint256) = 2**64 - 1
_CREDIT_MASK: constant(uint256) = 2**128 - 1
_KIND_SHIFT: constant(uint256) = 64

# What the host country says of a batch (Article 6): each state follows the one before, and an
# authorisation may be revoked until the first transfer.
NOT_AUTHORISED: constant(uint256) = 0
AUTHORISED: constant(uint256) = 1
TRANSFERRED: constant(uint256) = 2
ADJUSTED: constant(uint256) = 3
REVOKED: constant(uint256) = 4

_INTERFACES: constant(bytes4[4]) = [
    0x01FFC9A7,  # ERC-165
    0xD9B67A26,  # ERC-1155
    0x0E89341C,  # ERC-1155 metadata
    0x41C4FBAD,  # ERC-7943 multi-token
]

ISSUER: public(immutable(address))
_IDENTITIES: immutable(IIdentityRegistry)
_CERTIFICATES: immutable(IRetirementCertificate)
BASE_URI: immutable(String[80])

# purpose -> only authorised batches may be retired for it
is_gated: public(HashMap[uint16, bool])
# kind -> kind -> may be turned into
is_convertible: public(HashMap[uint8, HashMap[uint8, bool]])


@deploy
def __init__(
    authority: address,
    identity_registry: address,
    certificate_blueprint: address,
    base_uri: String[80],
    certificate_base_uri: String[80],
):
    """
    @notice Make the deploying contract, the carbon registry, the only issuer.
    @param  certificate_blueprint  ERC-5202 blueprint of RetirementCertificate, with the usual
            three-byte preamble.
    """
    authorized.__init__(authority)
    assert identity_registry.is_contract, "carbon_credit: no registry"
    assert certificate_blueprint.is_contract, "carbon_credit: no blueprint"
    assert slice(certificate_blueprint.code, 0, 3) == x"FE7100", "carbon_credit: not a blueprint"
    ISSUER = msg.sender
    BASE_URI = base_uri
    _IDENTITIES = IIdentityRegistry(identity_registry)
    _CERTIFICATES = IRetirementCertificate(
        create_from_blueprint(
            certificate_blueprint, authority, certificate_base_uri, code_offset=3
        )
    )


# --- holder
@external
def safeTransferFrom(
    sender: address, receiver: address, tokenId: uint256, amount: uint256, data: Bytes[1_024]
):
    """
    @notice Move credits between verified investors.
    @custom:reverts "emergency_stop: paused" | "credit_holdings: not allowed"
        | "carbon_credit: cannot send" | "carbon_credit: cannot receive" | "carbon_credit: expired"
        | "carbon_credit: whole tonnes only" | "credit_holdings: balance too small"
        | "credit_holdings: credits are frozen" | "credit_holdings: receiver refuses"
    """
    self._check_parties(sender, receiver)
    self._move(sender, receiver, tokenId, amount)
    credit_holdings._log_single(sender, receiver, tokenId, amount)
    if receiver.is_contract:
        credit_holdings._check_receiver(sender, receiver, tokenId, amount, data)


@external
def safeBatchTransferFrom(
    sender: address,
    receiver: address,
    tokenIds: DynArray[uint256, MAX_BATCH],
    amounts: DynArray[uint256, MAX_BATCH],
    data: Bytes[1_024],
):
    """
    @notice Move credits of at most 64 batches, all or none; an id may come more than once.
    @custom:reverts "credit_holdings: lengths differ" | as safeTransferFrom
    """
    credit_holdings._check_lengths(len(tokenIds), len(amounts))
    self._check_parties(sender, receiver)
    for i: uint256 in range(len(tokenIds), bound=MAX_BATCH):
        self._move(sender, receiver, tokenIds[i], amounts[i])
    log IERC1155.TransferBatch(
        _operator=msg.sender, _from=sender, _to=receiver, _ids=tokenIds, _values=amounts
    )
    if receiver.is_contract:
        credit_holdings._check_batch_receiver(sender, receiver, tokenIds, amounts, data)


@external
def retire(tokenId: uint256, account: address, amount: uint256):
    """
    @notice Retire credits of `account` for itself, no purpose stated (ERC-8393 draft).
    @custom:reverts as retire_for
    """
    line: ICarbonCredit.Line = ICarbonCredit.Line(token_id=tokenId, amount=amount)
    self._retire(account, [line], account, 0, 0, 0, empty(bytes32))


@external
def retire_for(
    account: address,
    lines: DynArray[ICarbonCredit.Line, MAX_LINES],
    beneficiary: address,
    purpose: uint16,
    period_start: uint16,
    period_end: uint16,
    details_hash: bytes32,
) -> uint256:
    """
    @notice Retire credits of `account`, by itself or its operator, into one certificate for
            `beneficiary`, who need not be an investor. Possible also while paused.
    @param  lines         1 to 16 batches, ids ascending, no amount 0.
    @param  purpose       Code of docs/units.md; a gated one asks for authorised batches.
    @param  period_start  Day number of what the retirement is for; both 0 where not stated.
    @param  details_hash  keccak256 of a salt and the details kept off chain; zero for none.
    @return Certificate id.
    @custom:reverts "credit_holdings: not allowed" | "carbon_credit: cannot send"
        | "carbon_credit: no lines" | "carbon_credit: lines not ascending"
        | "carbon_credit: no amount" | "carbon_credit: expired"
        | "carbon_credit: whole tonnes only" | "carbon_credit: not authorised"
        | "credit_holdings: balance too small" | "credit_holdings: credits are frozen"
        | "retirement_certificate: bad period" | "nonfungible: zero receiver"
    """
    return self._retire(
        account, lines, beneficiary, purpose, period_start, period_end, details_hash
    )


@external
def cancel(account: address, token_id: uint256, amount: uint256, evidence_hash: bytes32):
    """
    @notice Give credits up without a claim, also expired ones and while paused.
    @param  evidence_hash  Why; not zero.
    @custom:reverts "credit_holdings: not allowed" | "carbon_credit: no amount"
        | "carbon_credit: no evidence" | "credit_holdings: balance too small"
        | "credit_holdings: credits are frozen"
    """
    credit_holdings._check_operator(account)
    credit_holdings._take(account, token_id, amount, 0)
    self._cancel(account, token_id, amount, evidence_hash)


@external
def convert_kind(account: address, token_id: uint256, amount: uint256, to_kind: uint8) -> uint256:
    """
    @notice Turn credits into units of another kind: the old are cancelled, so that a tonne never
            exists in two kinds.
    @dev    The host country's state goes along, and the batch of the other kind must be in the
            same: nobody gains one, or gets rid of one, by a conversion.
    @return Token id of the new units.
    @custom:reverts "emergency_stop: paused" | "credit_holdings: not allowed"
        | "carbon_credit: cannot send" | "carbon_credit: no amount" | "carbon_credit: expired"
        | "carbon_credit: whole tonnes only" | "carbon_credit: no such conversion"
        | "carbon_credit: other adjustment" | "batch_supply: too many tonnes"
        | "credit_holdings: receiver refuses"
    """
    emergency_stop._check_running()
    credit_holdings._check_operator(account)
    assert staticcall _IDENTITIES.isVerified(account), "carbon_credit: cannot send"
    assert amount != 0, "carbon_credit: no amount"
    self._check_terms(token_id, amount)
    from_kind: uint8 = convert((token_id >> _KIND_SHIFT) & _SMALL, uint8)
    assert self.is_convertible[from_kind][to_kind], "carbon_credit: no such conversion"
    new_token_id: uint256 = (token_id & ~(_SMALL << _KIND_SHIFT)) | (
        convert(to_kind, uint256) << _KIND_SHIFT
    )
    credit_holdings._take(account, token_id, amount, 0)
    batch_supply._cancel(token_id, amount)
    credit_holdings._log_single(account, empty(address), token_id, amount)
    terms: batch_supply.Terms = batch_supply._read_terms(token_id)
    if batch_supply._issued(new_token_id) == 0:
        batch_supply._set_terms(new_token_id, terms.expiry, terms.adjustment, terms.is_whole)
    known: uint256 = batch_supply._read_terms(new_token_id).adjustment
    assert known == terms.adjustment, "carbon_credit: other adjustment"
    self._bring_in(account, new_token_id, amount, 0, terms.expiry)
    log ICarbonCredit.CreditConverted(
        account=account, token_id=token_id, new_token_id=new_token_id, amount=amount
    )
    if account.is_contract:
        credit_holdings._check_receiver(empty(address), account, new_token_id, amount, b"")
    return new_token_id


@external
def export_credits(account: address, token_id: uint256, amount: uint256, destination: bytes32):
    """
    @notice Take credits off this registry for another; there they must name this transaction.
    @param  destination  Code of the other registry; not zero.
    @custom:reverts "emergency_stop: paused" | "credit_holdings: not allowed"
        | "carbon_credit: cannot send" | "carbon_credit: no amount"
        | "carbon_credit: no destination" | as safeTransferFrom
    """
    emergency_stop._check_running()
    credit_holdings._check_operator(account)
    assert staticcall _IDENTITIES.isVerified(account), "carbon_credit: cannot send"
    assert amount != 0, "carbon_credit: no amount"
    assert destination != empty(bytes32), "carbon_credit: no destination"
    self._check_terms(token_id, amount)
    credit_holdings._take(account, token_id, amount, 0)
    batch_supply._export(token_id, amount)
    credit_holdings._log_single(account, empty(address), token_id, amount)
    log ICarbonCredit.CreditExported(
        account=account, token_id=token_id, amount=amount, destination=destination
    )


@external
def cure(
    account: address,
    reversed_token_id: uint256,
    certificate_id: uint256,
    token_id: uint256,
    amount: uint256,
):
    """
    @notice Give up credits of any batch to make good for lost tonnes of a certificate.
    @param  reversed_token_id  Batch whose tonnes were lost.
    @param  token_id           Batch of the credits that are given up.
    @custom:reverts "credit_holdings: not allowed" | "carbon_credit: no amount"
        | "carbon_credit: expired" | "batch_supply: more than reversed"
        | "retirement_certificate: no such deficit" | "credit_holdings: balance too small"
    """
    credit_holdings._check_operator(account)
    assert amount != 0, "carbon_credit: no amount"
    self._check_terms(token_id, amount)
    credit_holdings._take(account, token_id, amount, 0)
    batch_supply._cancel(token_id, amount)
    batch_supply._cure(reversed_token_id, amount)
    credit_holdings._log_single(account, empty(address), token_id, amount)
    log ICarbonCredit.ReversalCured(
        token_id=reversed_token_id,
        certificate_id=certificate_id,
        replacement_token_id=token_id,
        amount=amount,
    )
    extcall _CERTIFICATES.cure(certificate_id, reversed_token_id, amount)


# --- the carbon registry
@external
def mintCredit(
    to: address,
    projectId: uint256,
    creditId: uint256,
    amount: uint256,
    expiry: uint256,
    metadata: ICarbonCredit.CreditMetadata,
):
    """
    @notice Bring a batch into being, once (ERC-8393 draft).
    @param  amount    {1e-8 tCO2e} tradable; the rest of `metadata.totalVolume` is the buffer.
    @param  expiry    {s} last second of the batch's life, 0 for none.
    @param  metadata  Only `totalVolume` is read; texts are made from the registry's codes.
    @custom:reverts "carbon_credit: only issuer" | "emergency_stop: paused"
        | "carbon_credit: batch is sealed" | "carbon_credit: cannot receive"
        | "batch_supply: too many tonnes"
    """
    assert msg.sender == ISSUER, "carbon_credit: only issuer"
    emergency_stop._check_running()
    token_id: uint256 = (projectId << 128) | creditId
    assert batch_supply._issued(token_id) == 0, "carbon_credit: batch is sealed"
    assert staticcall _IDENTITIES.isVerified(to), "carbon_credit: cannot receive"
    described: Description = staticcall ICarbonRegistry(ISSUER).description(
        projectId, creditId & _SMALL
    )
    batch_supply._set_terms(token_id, expiry, NOT_AUTHORISED, described.is_whole)
    self._bring_in(to, token_id, amount, metadata.totalVolume - amount, expiry)
    if to.is_contract:
        credit_holdings._check_receiver(empty(address), to, token_id, amount, b"")


# --- CARBON_VERIFIER_ROLE
@external
def reverse(
    token_id: uint256,
    amount: uint256,
    draws: DynArray[ICarbonCredit.Draw, MAX_DRAWS],
    marks: DynArray[ICarbonCredit.Mark, MAX_MARKS],
    evidence_hash: bytes32,
):
    """
    @notice Record that tonnes of a batch were lost. The batch's own buffer makes good first, then
            buffers of other batches, and what remains is a deficit on the named certificates.
    @param  draws  Buffers of other batches; only as far as the own one does not reach.
    @param  marks  Certificates with lost tonnes; together exactly what no buffer covers.
    @custom:role CARBON_VERIFIER_ROLE
    @custom:reverts "carbon_credit: no amount" | "carbon_credit: no evidence"
        | "carbon_credit: more than issued" | "carbon_credit: own buffer first"
        | "carbon_credit: marks differ from loss"
        | "batch_supply: buffer too small" | "batch_supply: more than retired"
        | as RetirementCertificate.mark
    """
    authorized._check_role(CARBON_VERIFIER_ROLE, msg.sender)
    assert amount != 0, "carbon_credit: no amount"
    assert evidence_hash != empty(bytes32), "carbon_credit: no evidence"
    assert amount <= batch_supply._issued(token_id), "carbon_credit: more than issued"
    own: uint256 = min(amount, batch_supply._buffer(token_id))
    if own != 0:
        self._draw(token_id, token_id, own)
    rest: uint256 = amount - own
    for draw: ICarbonCredit.Draw in draws:
        assert draw.token_id != token_id and draw.amount <= rest, "carbon_credit: own buffer first"
        self._draw(draw.token_id, token_id, draw.amount)
        rest -= draw.amount
    batch_supply._reverse(token_id, rest)
    log ICarbonCredit.CreditReversed(
        token_id=token_id, amount=amount, uncovered=rest, evidence_hash=evidence_hash
    )
    marked: uint256 = 0
    for mark: ICarbonCredit.Mark in marks:
        marked += mark.amount
    assert marked == rest, "carbon_credit: marks differ from loss"
    for mark: ICarbonCredit.Mark in marks:
        extcall _CERTIFICATES.mark(
            mark.certificate_id, mark.lines, mark.details_hash, token_id, mark.amount
        )


# --- COMPLIANCE_OFFICER_ROLE
@external
def setFrozenTokens(account: address, tokenId: uint256, amount: uint256) -> bool:
    """
    @notice Set the frozen part of a holding; it may exceed the balance (ERC-7943).
    @dev    Kept in 64 bits: more than any batch can hold is stored, and reported, as 2**64 - 1.
    @custom:role COMPLIANCE_OFFICER_ROLE
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    holding: credit_holdings.Holding = credit_holdings._holding(account, tokenId)
    holding.frozen = min(amount, credit_holdings.MAX_AMOUNT)
    credit_holdings._store(account, tokenId, holding)
    log ICarbonCredit.Frozen(account=account, tokenId=tokenId, amount=holding.frozen)
    return True


# --- ENFORCER_ROLE
@external
def forcedTransfer(
    sender: address, receiver: address, tokenId: uint256, amount: uint256
) -> bool:
    """
    @notice Move credits by order, also through a freeze, which falls just so far (ERC-7943).
    @custom:role ENFORCER_ROLE
    @custom:reverts "carbon_credit: same account" | "carbon_credit: cannot receive"
        | "credit_holdings: balance too small" | "credit_holdings: receiver refuses"
    """
    authorized._check_role(ENFORCER_ROLE, msg.sender)
    assert sender != receiver, "carbon_credit: same account"
    assert staticcall _IDENTITIES.isVerified(receiver), "carbon_credit: cannot receive"
    self._seize(sender, tokenId, amount)
    credit_holdings._add(receiver, tokenId, amount, batch_supply._lasting_terms(tokenId))
    credit_holdings._log_single(sender, receiver, tokenId, amount)
    log ICarbonCredit.ForcedTransfer(
        sender=sender, receiver=receiver, tokenId=tokenId, amount=amount
    )
    if receiver.is_contract:
        credit_holdings._check_receiver(sender, receiver, tokenId, amount, b"")
    return True


@external
def cancel_by_order(
    account: address, token_id: uint256, amount: uint256, evidence_hash: bytes32
):
    """
    @notice Cancel a holder's credits by order, as when a methodology was wrong; a freeze falls
            just so far.
    @custom:role ENFORCER_ROLE
    @custom:reverts "carbon_credit: no amount" | "carbon_credit: no evidence"
        | "credit_holdings: balance too small"
    """
    authorized._check_role(ENFORCER_ROLE, msg.sender)
    self._seize(account, token_id, amount)
    self._cancel(account, token_id, amount, evidence_hash)


# --- COUNCIL_CLERK_ROLE
@external
def set_adjustment(token_id: uint256, new_state: uint8, reference_hash: bytes32):
    """
    @notice Record the host country's next step on a batch: 1 authorised, 2 first transfer,
            3 adjusted; 4 revoked, only from 1.
    @custom:role COUNCIL_CLERK_ROLE
    @custom:reverts "carbon_credit: unknown batch" | "carbon_credit: no reference"
        | "carbon_credit: not the next step"
    """
    authorized._check_role(COUNCIL_CLERK_ROLE, msg.sender)
    assert batch_supply._issued(token_id) != 0, "carbon_credit: unknown batch"
    assert reference_hash != empty(bytes32), "carbon_credit: no reference"
    terms: batch_supply.Terms = batch_supply._read_terms(token_id)
    state: uint256 = convert(new_state, uint256)
    is_next: bool = state == terms.adjustment + 1 and state <= ADJUSTED
    is_revoked: bool = state == REVOKED and terms.adjustment == AUTHORISED
    assert is_next or is_revoked, "carbon_credit: not the next step"
    batch_supply._set_terms(token_id, terms.expiry, state, terms.is_whole)
    log ICarbonCredit.AdjustmentSet(
        token_id=token_id,
        old_state=convert(terms.adjustment, uint8),
        new_state=new_state,
        reference_hash=reference_hash,
    )


@external
def set_gated(purpose: uint16, gated: bool, resolution: bytes32):
    """
    @notice Say whether retiring for a purpose asks for an authorised batch.
    @custom:role COUNCIL_CLERK_ROLE
    @custom:reverts "carbon_credit: no resolution"
    """
    authorized._check_role(COUNCIL_CLERK_ROLE, msg.sender)
    assert resolution != empty(bytes32), "carbon_credit: no resolution"
    old_is_gated: bool = self.is_gated[purpose]
    self.is_gated[purpose] = gated
    log ICarbonCredit.PurposeGated(
        purpose=purpose, old_is_gated=old_is_gated, new_is_gated=gated, resolution=resolution
    )


@external
def set_convertible(from_kind: uint8, to_kind: uint8, allowed: bool, resolution: bytes32):
    """
    @notice Say whether units of one kind may be turned into a higher one.
    @dev    Kinds are numbered so that conversions go up. In a circle each round would count the
            same tonnes as issued once more, until no batch fits into the sum of all any more.
    @custom:role COUNCIL_CLERK_ROLE
    @custom:reverts "carbon_credit: no resolution" | "carbon_credit: not a higher kind"
    """
    authorized._check_role(COUNCIL_CLERK_ROLE, msg.sender)
    assert resolution != empty(bytes32), "carbon_credit: no resolution"
    assert from_kind < to_kind, "carbon_credit: not a higher kind"
    old_is_allowed: bool = self.is_convertible[from_kind][to_kind]
    self.is_convertible[from_kind][to_kind] = allowed
    log ICarbonCredit.ConversionSet(
        from_kind=from_kind,
        to_kind=to_kind,
        old_is_allowed=old_is_allowed,
        new_is_allowed=allowed,
        resolution=resolution,
    )


# --- views
@external
@view
@reentrant
def supportsInterface(interface_id: bytes4) -> bool:
    """
    @notice ERC-165. The draft ERC-8393 states no id, so none is answered for it.
    """
    return interface_id in _INTERFACES


@external
@view
def identityRegistry() -> address:
    """
    @notice Who decides which wallets may hold credits.
    """
    return _IDENTITIES.address


@external
@view
def certificate() -> address:
    """
    @notice The certificate contract, created with this one.
    """
    return _CERTIFICATES.address


@external
@view
def uri(tokenId: uint256) -> String[158]:
    """
    @notice Base URI followed by the token id (ERC-1155 metadata).
    """
    return concat(BASE_URI, uint2str(tokenId))


@external
@view
def supply_of(token_id: uint256) -> ICarbonCredit.Supply:
    """
    @notice Where the tonnes of a batch are; all zero for an unknown one.
    """
    return batch_supply._read(token_id)


@external
@view
def total_supply_of() -> ICarbonCredit.Supply:
    """
    @notice Where all tonnes are.
    """
    return batch_supply._read_all()


@external
@view
def terms_of(token_id: uint256) -> batch_supply.Terms:
    """
    @notice Expiry, adjustment state and whole-tonne rule of a batch.
    """
    return batch_supply._read_terms(token_id)


@external
@view
@reentrant
def canSend(account: address) -> bool:
    """
    @notice Whether `account` may send credits at all; no amount rule (ERC-7943).
    """
    return staticcall _IDENTITIES.isVerified(account)


@external
@view
@reentrant
def canReceive(account: address) -> bool:
    """
    @notice Whether `account` may receive credits at all (ERC-7943).
    """
    return staticcall _IDENTITIES.isVerified(account)


@external
@view
@reentrant
def canTransfer(sender: address, receiver: address, tokenId: uint256, amount: uint256) -> bool:
    """
    @notice Whether the rules allow the move; a plain lack of balance is not a rule (ERC-7943).
    """
    if emergency_stop.paused or receiver == empty(address):
        return False
    if staticcall _IDENTITIES.unverified_side(sender, receiver) != 0:
        return False
    terms: batch_supply.Terms = batch_supply._read_terms(tokenId)
    if self._is_expired(terms.expiry) or (terms.is_whole and amount % TONNE != 0):
        return False
    holding: credit_holdings.Holding = credit_holdings._holding(sender, tokenId)
    return holding.frozen == 0 or amount <= credit_holdings._free(holding)


@external
@view
def tokenExists(tokenId: uint256) -> bool:
    """
    @notice Whether the batch was issued (ERC-8393 draft).
    """
    return batch_supply._issued(tokenId) != 0


@external
@view
def isExpired(tokenId: uint256) -> bool:
    """
    @notice Whether the batch's life is over: it neither moves nor retires (ERC-8393 draft).
    """
    return self._is_expired(batch_supply._read_terms(tokenId).expiry)


@external
@view
def getMetadata(tokenId: uint256) -> ICarbonCredit.CreditMetadata:
    """
    @notice A batch as the draft ERC-8393 describes it. Texts are made from codes: the methodology's
            code, the year, the ISO 3166-1 numeric country.
    @custom:reverts "carbon_credit: unknown batch"
    """
    supply: ICarbonCredit.Supply = batch_supply._read(tokenId)
    assert supply.issued != 0, "carbon_credit: unknown batch"
    project_id: uint256 = tokenId >> 128
    described: Description = staticcall ICarbonRegistry(ISSUER).description(
        project_id, tokenId & _SMALL
    )
    return ICarbonCredit.CreditMetadata(
        projectId=project_id,
        creditId=tokenId & _CREDIT_MASK,
        projectName=concat("project ", uint2str(convert(project_id, uint64))),
        methodology=self._text(described.methodology),
        vintage=uint2str(described.vintage),
        country=uint2str(described.country),
        totalVolume=supply.issued,
        expiry=batch_supply._read_terms(tokenId).expiry,
        isRetired=supply.tradable == 0 and supply.buffer == 0 and supply.retired != 0,
    )


@external
@pure
def encodeTokenId(projectId: uint256, creditId: uint256) -> uint256:
    """
    @notice Token id of a project's credit id, itself kind << 64 | number (ERC-8393 draft).
    @custom:reverts "carbon_credit: id too large"
    """
    assert projectId <= _CREDIT_MASK and creditId <= _CREDIT_MASK, "carbon_credit: id too large"
    return (projectId << 128) | creditId


@external
@pure
def decodeTokenId(tokenId: uint256) -> (uint256, uint256):
    """
    @notice Project id and credit id of a batch (ERC-8393 draft).
    """
    return tokenId >> 128, tokenId & _CREDIT_MASK


# --- internal
@internal
@view
def _check_parties(sender: address, receiver: address):
    emergency_stop._check_running()
    credit_holdings._check_operator(sender)
    side: uint256 = staticcall _IDENTITIES.unverified_side(sender, receiver)
    assert side != 1, "carbon_credit: cannot send"
    assert side != 2, "carbon_credit: cannot receive"


@internal
@view
def _is_expired(expiry: uint256) -> bool:
    return expiry != 0 and block.timestamp > expiry


@internal
@view
def _check_terms(token_id: uint256, amount: uint256) -> uint256:
    """
    @return Adjustment state of the batch.
    """
    terms: uint256 = batch_supply._supply[token_id]
    self._check_lasting_terms(terms, amount)
    return (terms >> batch_supply.ADJUSTMENT_SHIFT) & 255


@internal
@view
def _check_lasting_terms(terms: uint256, amount: uint256):
    assert not self._is_expired(terms & batch_supply.EXPIRY), "carbon_credit: expired"
    assert (
        terms & batch_supply.IS_WHOLE == 0 or amount % TONNE == 0
    ), "carbon_credit: whole tonnes only"


@internal
def _move(sender: address, receiver: address, token_id: uint256, amount: uint256):
    terms: uint256 = credit_holdings._take(sender, token_id, amount, 0)
    if terms == 0:
        # Only a move of nothing gets here, out of a holding that never was.
        terms = batch_supply._lasting_terms(token_id)
    self._check_lasting_terms(terms, amount)
    credit_holdings._add(receiver, token_id, amount, terms)


@internal
def _bring_in(to: address, token_id: uint256, amount: uint256, buffer: uint256, expiry: uint256):
    batch_supply._issue(token_id, amount + buffer, buffer)
    credit_holdings._add(to, token_id, amount, batch_supply._lasting_terms(token_id))
    credit_holdings._log_single(empty(address), to, token_id, amount)
    log ICarbonCredit.CreditMinted(
        account=to,
        tokenId=token_id,
        projectId=token_id >> 128,
        creditId=token_id & _CREDIT_MASK,
        amount=amount,
        expiry=expiry,
    )
    if buffer != 0:
        log ICarbonCredit.Buffered(token_id=token_id, amount=buffer)


@internal
def _retire(
    account: address,
    lines: DynArray[ICarbonCredit.Line, MAX_LINES],
    beneficiary: address,
    purpose: uint16,
    period_start: uint16,
    period_end: uint16,
    details_hash: bytes32,
) -> uint256:
    credit_holdings._check_operator(account)
    assert staticcall _IDENTITIES.isVerified(account), "carbon_credit: cannot send"
    assert len(lines) != 0, "carbon_credit: no lines"
    gated: bool = self.is_gated[purpose]
    previous: uint256 = 0
    for line: ICarbonCredit.Line in lines:
        # Ascending, so that no batch comes twice and a line can be told from the id alone.
        assert line.token_id > previous, "carbon_credit: lines not ascending"
        assert line.amount != 0, "carbon_credit: no amount"
        previous = line.token_id
        state: uint256 = self._check_terms(line.token_id, line.amount)
        if gated:
            assert state >= AUTHORISED and state <= ADJUSTED, "carbon_credit: not authorised"
        credit_holdings._take(account, line.token_id, line.amount, line.amount)
        batch_supply._retire(line.token_id, line.amount)
        credit_holdings._log_single(account, empty(address), line.token_id, line.amount)
        log ICarbonCredit.CreditRetired(
            account=account, tokenId=line.token_id, amount=line.amount
        )
    return extcall _CERTIFICATES.issue(
        account, beneficiary, lines, purpose, period_start, period_end, details_hash
    )


@internal
def _cancel(account: address, token_id: uint256, amount: uint256, evidence_hash: bytes32):
    """
    @dev The host has taken `amount` off the holding.
    """
    assert amount != 0, "carbon_credit: no amount"
    assert evidence_hash != empty(bytes32), "carbon_credit: no evidence"
    batch_supply._cancel(token_id, amount)
    credit_holdings._log_single(account, empty(address), token_id, amount)
    log ICarbonCredit.CreditCancelled(
        account=account, token_id=token_id, amount=amount, evidence_hash=evidence_hash
    )


@internal
def _draw(from_token_id: uint256, reversed_token_id: uint256, amount: uint256):
    batch_supply._draw_buffer(from_token_id, amount)
    log ICarbonCredit.BufferDrawn(
        token_id=from_token_id, reversed_token_id=reversed_token_id, amount=amount
    )


@internal
def _seize(account: address, token_id: uint256, amount: uint256):
    # A freeze that falls says so before the move (ERC-7943).
    if credit_holdings._seize(account, token_id, amount):
        log ICarbonCredit.Frozen(
            account=account,
            tokenId=token_id,
            amount=credit_holdings._holding(account, token_id).frozen,
        )


@internal
@pure
def _text(code: bytes32) -> String[32]:
    """
    @notice A code of ASCII letters, padded with zeros, as text.
    """
    raw: Bytes[32] = slice(concat(code, b""), 0, 32)
    length: uint256 = 0
    for i: uint256 in range(32):
        if convert(slice(raw, i, 1), uint256) == 0:
            break
        length += 1
    return convert(slice(raw, 0, length), String[32])
