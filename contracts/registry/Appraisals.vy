# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  Appraisals
@license AGPL-3.0-only
@notice Valuations of registered assets by up to three appraisers each, and the value that follows.
@dev    Each appraiser has one filing per asset, the latest; older ones are in the events. A filing
        counts until its date or the age limit. The value in force is that of one filing, the mean
        of two, or the middle one of three, so a single appraiser among three never takes it
        beyond what another says:
        - two further apart than the spread limit are no value, a third appraiser is needed;
        - of three, another must be within the deviation limit of the middle one. Whether a false
          filing is an end or the middle, the value is then an honest one, or within the limit of
          an honest one; and it lies between the honest two wherever those enclose it.
        `value_of` returns nothing else, so nothing can be priced on less by mistake.
        Invariants: INV-APPR-1, INV-APPR-2 (docs/invariants.md).
@custom:kill None: it holds nothing; revoke an appraiser's role and withdraw its filings.
"""

from ethereum.ercs import IERC721

from ..common import authorized
from ..interfaces import IAppraisals

implements: IAppraisals

initializes: authorized

exports: authorized.authority

APPRAISER_ROLE: public(constant(bytes32)) = keccak256("APPRAISER_ROLE")
COUNCIL_CLERK_ROLE: public(constant(bytes32)) = keccak256("COUNCIL_CLERK_ROLE")
MAX_BATCH: constant(uint256) = 64
MAX_PANEL: constant(uint256) = 3
BPS: constant(uint256) = 10_000


struct Filing:
    asset_id: uint256
    value: uint128
    valued_at: uint64
    valid_until: uint64
    report_hash: bytes32


struct Outcome:
    standing: IAppraisals.Standing
    value: uint256


REGISTRY: immutable(IERC721)

limits: public(IAppraisals.Limits)
# asset -> who has a filing
_panel: HashMap[uint256, DynArray[address, MAX_PANEL]]
# asset -> appraiser -> value in the low 128 bits, valued_at in the next 64, valid_until above
_filings: HashMap[uint256, HashMap[address, uint256]]


@deploy
def __init__(
    authority: address, registry: address, limits: IAppraisals.Limits, resolution: bytes32
):
    authorized.__init__(authority)
    assert registry.is_contract, "appraisals: no registry"
    REGISTRY = IERC721(registry)
    self._set_limits(limits, resolution)


@external
@view
def registry() -> address:
    """
    @notice The AssetRegistry whose assets are valued here.
    """
    return REGISTRY.address


@external
@view
def filings(asset_id: uint256) -> DynArray[IAppraisals.Appraisal, MAX_PANEL]:
    """
    @notice The latest filing of each appraiser of an asset, stale or not.
    """
    found: DynArray[IAppraisals.Appraisal, MAX_PANEL] = []
    for appraiser: address in self._panel[asset_id]:
        found.append(self._filing(asset_id, appraiser))
    return found


@external
@view
def outcome(asset_id: uint256) -> Outcome:
    """
    @notice Whether an asset has a value in force and {asset} which; 0 where it has none.
    """
    return self._outcome(asset_id)


@external
@view
def value_of(asset_id: uint256) -> uint256:
    """
    @notice {asset} Value in force. The mean of two is rounded down.
    @custom:reverts "appraisals: none" | "appraisals: needs more" | "appraisals: stale"
        | "appraisals: needs third" | "appraisals: disputed"
    """
    found: Outcome = self._outcome(asset_id)
    assert found.standing != IAppraisals.Standing.ABSENT, "appraisals: none"
    assert found.standing != IAppraisals.Standing.NEEDS_MORE, "appraisals: needs more"
    assert found.standing != IAppraisals.Standing.STALE, "appraisals: stale"
    assert found.standing != IAppraisals.Standing.NEEDS_THIRD, "appraisals: needs third"
    assert found.standing != IAppraisals.Standing.DISPUTED, "appraisals: disputed"
    return found.value


# --- APPRAISER_ROLE
@external
def appraise(filings: DynArray[Filing, MAX_BATCH]):
    """
    @notice File values, all or none.
    @dev    Where three others have filed, the filing takes the place of a stale one.
    @param  filings  At most 64; `valued_at` not in the future and not before the caller's last
                     filing, `valid_until` inclusive and in the future.
    @custom:role APPRAISER_ROLE
    @custom:reverts "appraisals: no value" | "appraisals: no report" | "appraisals: future date"
        | "appraisals: older than the last" | "appraisals: already lapsed"
        | "appraisals: too old" | "appraisals: panel is full" | "nonfungible: unknown token"
    """
    authorized._check_role(APPRAISER_ROLE, msg.sender)
    max_age: uint256 = convert(self.limits.max_age, uint256)
    for filing: Filing in filings:
        old: IAppraisals.Appraisal = self._filing(filing.asset_id, msg.sender)
        assert filing.value != 0, "appraisals: no value"
        assert filing.report_hash != empty(bytes32), "appraisals: no report"
        valued_at: uint256 = convert(filing.valued_at, uint256)
        assert valued_at <= block.timestamp, "appraisals: future date"
        assert filing.valued_at >= old.valued_at, "appraisals: older than the last"
        assert convert(filing.valid_until, uint256) > block.timestamp, "appraisals: already lapsed"
        assert valued_at + max_age > block.timestamp, "appraisals: too old"
        # Reverts on an asset that is not registered.
        owner: address = staticcall REGISTRY.ownerOf(filing.asset_id)
        assert owner != empty(address)  # dev: ERC-721 never returns zero
        if old.value == 0:
            self._seat(filing.asset_id, msg.sender, max_age)
        self._filings[filing.asset_id][msg.sender] = (
            (convert(filing.valid_until, uint256) << 192)
            | (valued_at << 128)
            | convert(filing.value, uint256)
        )
        log IAppraisals.Appraised(
            asset_id=filing.asset_id,
            appraiser=msg.sender,
            old_value=old.value,
            new_value=convert(filing.value, uint256),
            valued_at=filing.valued_at,
            valid_until=filing.valid_until,
            report_hash=filing.report_hash,
        )


# --- COUNCIL_CLERK_ROLE
@external
def withdraw(asset_id: uint256, appraiser: address, resolution: bytes32):
    """
    @notice Take an appraiser's filing out, by the council's resolution.
    @custom:role COUNCIL_CLERK_ROLE
    @custom:reverts "appraisals: no resolution" | "appraisals: no filing"
    """
    authorized._check_role(COUNCIL_CLERK_ROLE, msg.sender)
    assert resolution != empty(bytes32), "appraisals: no resolution"
    old: IAppraisals.Appraisal = self._filing(asset_id, appraiser)
    assert old.value != 0, "appraisals: no filing"
    panel: DynArray[address, MAX_PANEL] = self._panel[asset_id]
    last: address = panel.pop()
    for i: uint256 in range(len(panel), bound=MAX_PANEL):
        if panel[i] == appraiser:
            panel[i] = last
    self._panel[asset_id] = panel
    self._clear(asset_id, appraiser, old.value, resolution)


@external
def set_limits(limits: IAppraisals.Limits, resolution: bytes32):
    """
    @notice Change what makes filings a value.
    @custom:role COUNCIL_CLERK_ROLE
    @custom:reverts "appraisals: no resolution" | "appraisals: bad quorum" | "appraisals: bad limit"
    """
    authorized._check_role(COUNCIL_CLERK_ROLE, msg.sender)
    self._set_limits(limits, resolution)


# --- internal
@internal
def _set_limits(limits: IAppraisals.Limits, resolution: bytes32):
    assert resolution != empty(bytes32), "appraisals: no resolution"
    assert limits.quorum >= 1 and convert(limits.quorum, uint256) <= MAX_PANEL, "appraisals: bad quorum"
    assert convert(limits.spread_bps, uint256) <= BPS, "appraisals: bad limit"
    assert convert(limits.deviation_bps, uint256) <= BPS, "appraisals: bad limit"
    assert limits.max_age != 0, "appraisals: bad limit"
    old_limits: IAppraisals.Limits = self.limits
    self.limits = limits
    log IAppraisals.LimitsSet(
        old_limits=old_limits, new_limits=limits, resolution=resolution, clerk=msg.sender
    )


@internal
def _seat(asset_id: uint256, appraiser: address, max_age: uint256):
    """
    @notice Give a newcomer a place on the panel: a free one, else that of a stale filing.
    """
    panel: DynArray[address, MAX_PANEL] = self._panel[asset_id]
    if len(panel) < MAX_PANEL:
        self._panel[asset_id].append(appraiser)
        return
    for i: uint256 in range(MAX_PANEL):
        other: IAppraisals.Appraisal = self._filing(asset_id, panel[i])
        if not self._is_fresh(other, max_age):
            self._panel[asset_id][i] = appraiser
            self._clear(asset_id, panel[i], other.value, empty(bytes32))
            return
    raise "appraisals: panel is full"


@internal
def _clear(asset_id: uint256, appraiser: address, old_value: uint256, resolution: bytes32):
    self._filings[asset_id][appraiser] = 0
    log IAppraisals.Withdrawn(
        asset_id=asset_id,
        appraiser=appraiser,
        old_value=old_value,
        resolution=resolution,
        caller=msg.sender,
    )


@internal
@view
def _outcome(asset_id: uint256) -> Outcome:
    limits: IAppraisals.Limits = self.limits
    panel: DynArray[address, MAX_PANEL] = self._panel[asset_id]
    if len(panel) == 0:
        return self._without_value(IAppraisals.Standing.ABSENT)
    # Fresh values, lowest first.
    values: DynArray[uint256, MAX_PANEL] = []
    for appraiser: address in panel:
        filing: IAppraisals.Appraisal = self._filing(asset_id, appraiser)
        if self._is_fresh(filing, convert(limits.max_age, uint256)):
            values = self._inserted(values, filing.value)
    if len(values) < convert(limits.quorum, uint256):
        if len(panel) < convert(limits.quorum, uint256):
            return self._without_value(IAppraisals.Standing.NEEDS_MORE)
        return self._without_value(IAppraisals.Standing.STALE)
    if len(values) == 1:
        return Outcome(standing=IAppraisals.Standing.IN_FORCE, value=values[0])
    if len(values) == 2:
        # {asset} * {bps} > {bps} * {asset}
        if (values[1] - values[0]) * BPS > convert(limits.spread_bps, uint256) * values[0]:
            return self._without_value(IAppraisals.Standing.NEEDS_THIRD)
        return Outcome(
            standing=IAppraisals.Standing.IN_FORCE, value=(values[0] + values[1]) // 2
        )
    nearest: uint256 = min(values[1] - values[0], values[2] - values[1])
    # {asset} * {bps} > {bps} * {asset}
    if nearest * BPS > convert(limits.deviation_bps, uint256) * values[1]:
        return self._without_value(IAppraisals.Standing.DISPUTED)
    return Outcome(standing=IAppraisals.Standing.IN_FORCE, value=values[1])


@internal
@pure
def _without_value(standing: IAppraisals.Standing) -> Outcome:
    return Outcome(standing=standing, value=0)


@internal
@pure
def _inserted(
    values: DynArray[uint256, MAX_PANEL], newcomer: uint256
) -> DynArray[uint256, MAX_PANEL]:
    """
    @notice Values in their order, with a newcomer.
    """
    ordered: DynArray[uint256, MAX_PANEL] = []
    is_placed: bool = False
    for each: uint256 in values:
        if not is_placed and newcomer < each:
            ordered.append(newcomer)
            is_placed = True
        ordered.append(each)
    if not is_placed:
        ordered.append(newcomer)
    return ordered


@internal
@view
def _is_fresh(filing: IAppraisals.Appraisal, max_age: uint256) -> bool:
    return (
        block.timestamp <= convert(filing.valid_until, uint256)
        and block.timestamp <= convert(filing.valued_at, uint256) + max_age
    )


@internal
@view
def _filing(asset_id: uint256, appraiser: address) -> IAppraisals.Appraisal:
    word: uint256 = self._filings[asset_id][appraiser]
    return IAppraisals.Appraisal(
        value=word & (2**128 - 1),
        valued_at=convert((word >> 128) & (2**64 - 1), uint64),
        valid_until=convert(word >> 192, uint64),
        appraiser=appraiser,
    )
