# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  Appraisals
@license AGPL-3.0-only
@notice Valuations of registered assets, with a date until which each may be relied on.
@dev    The latest filing is the value in force; older ones are in the events. A value past its
        date is not returned by `value_of`, so nothing can be priced on it by mistake.
        Invariants: INV-APPR-1 (docs/invariants.md).
@custom:kill None: it holds nothing; revoke an appraiser's role.
"""

from ethereum.ercs import IERC721

from ..common import authorized
from ..interfaces import IAppraisals

implements: IAppraisals

initializes: authorized

exports: authorized.authority

APPRAISER_ROLE: public(constant(bytes32)) = keccak256("APPRAISER_ROLE")
MAX_BATCH: constant(uint256) = 64


struct Filing:
    asset_id: uint256
    value: uint128
    valued_at: uint64
    valid_until: uint64
    report_hash: bytes32


REGISTRY: immutable(IERC721)

_latest: HashMap[uint256, IAppraisals.Appraisal]


@deploy
def __init__(authority: address, registry: address):
    authorized.__init__(authority)
    assert registry.is_contract, "appraisals: no registry"
    REGISTRY = IERC721(registry)


@external
@view
def registry() -> address:
    """
    @notice The AssetRegistry whose assets are valued here.
    """
    return REGISTRY.address


@external
@view
def latest(asset_id: uint256) -> IAppraisals.Appraisal:
    """
    @notice The latest filing, stale or not; all zero where there is none.
    """
    return self._latest[asset_id]


@external
@view
def value_of(asset_id: uint256) -> uint256:
    """
    @notice {asset} Value in force.
    @custom:reverts "appraisals: none" | "appraisals: stale"
    """
    appraisal: IAppraisals.Appraisal = self._latest[asset_id]
    assert appraisal.value != 0, "appraisals: none"
    assert block.timestamp <= convert(appraisal.valid_until, uint256), "appraisals: stale"
    return appraisal.value


# --- APPRAISER_ROLE
@external
def appraise(filings: DynArray[Filing, MAX_BATCH]):
    """
    @notice File values, all or none.
    @param  filings  At most 64; `valued_at` not in the future and not before the last filing,
                     `valid_until` inclusive and in the future.
    @custom:role APPRAISER_ROLE
    @custom:reverts "appraisals: no value" | "appraisals: no report" | "appraisals: future date"
        | "appraisals: older than the last" | "appraisals: already lapsed"
    """
    authorized._check_role(APPRAISER_ROLE, msg.sender)
    for filing: Filing in filings:
        old: IAppraisals.Appraisal = self._latest[filing.asset_id]
        assert filing.value != 0, "appraisals: no value"
        assert filing.report_hash != empty(bytes32), "appraisals: no report"
        assert convert(filing.valued_at, uint256) <= block.timestamp, "appraisals: future date"
        assert filing.valued_at >= old.valued_at, "appraisals: older than the last"
        assert convert(filing.valid_until, uint256) > block.timestamp, "appraisals: already lapsed"
        # Reverts on an asset that is not registered.
        owner: address = staticcall REGISTRY.ownerOf(filing.asset_id)
        assert owner != empty(address)  # dev: ERC-721 never returns zero
        self._latest[filing.asset_id] = IAppraisals.Appraisal(
            value=convert(filing.value, uint256),
            valued_at=filing.valued_at,
            valid_until=filing.valid_until,
            appraiser=msg.sender,
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
