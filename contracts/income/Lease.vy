# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  Lease
@license AGPL-3.0-only
@notice Leases of registered assets: monthly rent, due in advance on the day of the month on
        which the lease began, payable by anyone for the tenant.
@dev    What a tenant owes follows from the terms and the time alone: no step has to be run for
        rent to fall due. Rent goes straight to the asset's splitter; nothing is held here.
        Dates are those of the city's time zone, fixed at deployment.
        Trusts: `asset` is a plain ERC-20; one that keeps a fee is refused.
        Invariants: INV-LEASE-1, INV-LEASE-2 (docs/invariants.md).
@custom:kill Pause with GUARDIAN_ROLE: no new leases, no payments. No money is here to trap.
"""

from ethereum.ercs import IERC20

from ..common import authorized
from ..common import civil_calendar
from ..common import emergency_stop
from ..common import token_transfer
from ..interfaces import IAssetRegistry
from ..interfaces import ILease
from ..interfaces import ISplitterFactory

implements: ILease

initializes: authorized
initializes: emergency_stop[authorized := authorized]

exports: (
    authorized.authority,
    emergency_stop.pause,
    emergency_stop.unpause,
    emergency_stop.paused,
    emergency_stop.GUARDIAN_ROLE,
    emergency_stop.CHAIN_ENGINEER_ROLE,
)


interface ISplitter:
    def asset() -> address: view
    def date_income(amount: uint256, due_month: uint256, rest: uint256): nonpayable


ASSET_MANAGER_ROLE: public(constant(bytes32)) = keccak256("ASSET_MANAGER_ROLE")
MAX_MONTHS: public(constant(uint256)) = 600
MAX_RENT: constant(uint256) = 2**96
# 9999-12-31, the last day the calendar knows, less the longest term
MAX_START_DAY: constant(uint256) = 2_932_896 - 600 * 31
_DAY: constant(uint256) = 86_400
_MAX_OFFSET_MINUTES: constant(int256) = 14 * 60

_ASSET: immutable(IERC20)
ASSET_REGISTRY: public(immutable(address))
SPLITTER_FACTORY: public(immutable(address))
UTC_OFFSET_MINUTES: public(immutable(int256))

total_leases: public(uint256)
# asset -> its latest lease, 0 where it never had one
lease_of: public(HashMap[uint256, uint256])
_terms: HashMap[uint256, ILease.Terms]


@deploy
def __init__(
    authority: address,
    asset: address,
    asset_registry: address,
    splitter_factory: address,
    utc_offset_minutes: int256,
):
    """
    @param  asset               ERC-20 in which rent is paid.
    @param  utc_offset_minutes  Local time less UTC; from -840 to 840.
    """
    authorized.__init__(authority)
    assert asset.is_contract, "lease: no asset"
    assert asset_registry.is_contract, "lease: no registry"
    assert splitter_factory.is_contract, "lease: no splitter factory"
    assert (
        utc_offset_minutes >= -_MAX_OFFSET_MINUTES and utc_offset_minutes <= _MAX_OFFSET_MINUTES
    ), "lease: bad time zone"
    _ASSET = IERC20(asset)
    ASSET_REGISTRY = asset_registry
    SPLITTER_FACTORY = splitter_factory
    UTC_OFFSET_MINUTES = utc_offset_minutes


# --- anyone
@external
def pay(lease_id: uint256, amount: uint256):
    """
    @notice Pay rent for the tenant, in part or ahead, up to all that the lease will ever ask.
    @param  amount  {asset} Taken from the caller by allowance, to the unit.
    @custom:reverts "emergency_stop: paused" | "lease: unknown lease" | "lease: no amount"
        | "lease: more than the lease asks" | "token_transfer: amount differs"
    """
    emergency_stop._check_running()
    terms: ILease.Terms = self._known(lease_id)
    assert amount != 0, "lease: no amount"
    total: uint256 = terms.monthly_rent * self._instalments(terms, max_value(uint256))
    assert amount <= total - terms.paid, "lease: more than the lease asks"
    paid: uint256 = terms.paid + amount
    self._terms[lease_id].paid = paid
    log ILease.RentPaid(
        lease_id=lease_id,
        asset_id=terms.asset_id,
        payer=msg.sender,
        amount=amount,
        paid=paid,
    )
    token_transfer._take(_ASSET, msg.sender, terms.splitter, amount)
    self._date(terms, amount)


# --- ASSET_MANAGER_ROLE
@external
def sign(
    asset_id: uint256,
    tenant: address,
    start_day: uint256,
    months: uint256,
    monthly_rent: uint256,
    document_hash: bytes32,
) -> uint256:
    """
    @notice Lease an asset whose class allows it, after the lease before it ends.
    @param  start_day     Days from 1970-01-01, local; the first rent is due on it.
    @param  months        1 to 600.
    @param  monthly_rent  {asset} Below 2**96.
    @return Lease id, from 1 upwards.
    @custom:role ASSET_MANAGER_ROLE
    @custom:reverts "emergency_stop: paused" | "lease: no tenant" | "lease: bad term"
        | "lease: bad rent" | "lease: no document" | "lease: class not leasable"
        | "lease: no splitter" | "lease: splitter of other asset" | "lease: asset is let"
        | "authorized: missing role"
    """
    authorized._check_role(ASSET_MANAGER_ROLE, msg.sender)
    emergency_stop._check_running()
    assert tenant != empty(address), "lease: no tenant"
    assert months >= 1 and months <= MAX_MONTHS, "lease: bad term"
    assert start_day <= MAX_START_DAY, "lease: bad term"
    assert monthly_rent != 0 and monthly_rent < MAX_RENT, "lease: bad rent"
    assert document_hash != empty(bytes32), "lease: no document"
    kind: IAssetRegistry.PropertyClass = staticcall IAssetRegistry(ASSET_REGISTRY).class_of(asset_id)
    assert kind.is_leasable, "lease: class not leasable"
    splitter: address = staticcall ISplitterFactory(SPLITTER_FACTORY).splitter_of(asset_id)
    assert splitter != empty(address), "lease: no splitter"
    assert staticcall ISplitter(splitter).asset() == _ASSET.address, "lease: splitter of other asset"
    before: uint256 = self.lease_of[asset_id]
    if before != 0:
        # One that was called off may leave the lease before it running up to its start.
        terms: ILease.Terms = self._terms[before]
        assert start_day >= max(self._end_day(terms), terms.start_day), "lease: asset is let"
    lease_id: uint256 = self.total_leases + 1
    self.total_leases = lease_id
    self.lease_of[asset_id] = lease_id
    self._terms[lease_id] = ILease.Terms(
        asset_id=asset_id,
        tenant=tenant,
        splitter=splitter,
        monthly_rent=monthly_rent,
        start_day=start_day,
        months=months,
        end_day=0,
        paid=0,
    )
    log ILease.LeaseSigned(
        lease_id=lease_id,
        asset_id=asset_id,
        tenant=tenant,
        splitter=splitter,
        monthly_rent=monthly_rent,
        start_day=start_day,
        months=months,
        document_hash=document_hash,
    )
    self._note_let(asset_id, civil_calendar._add_months(start_day, months))
    return lease_id


@external
def terminate(lease_id: uint256, end_day: uint256, document_hash: bytes32):
    """
    @notice End a lease before its term. Rent fallen due before `end_day` stays owed; rent paid
            ahead is used up first, so nothing of a tenant's is lost.
    @param  end_day  First local day without the lease: today at the earliest, before the present end.
    @custom:role ASSET_MANAGER_ROLE
    @custom:reverts "lease: unknown lease" | "lease: no document" | "lease: bad end"
        | "lease: rent is paid beyond"
    """
    authorized._check_role(ASSET_MANAGER_ROLE, msg.sender)
    terms: ILease.Terms = self._known(lease_id)
    assert document_hash != empty(bytes32), "lease: no document"
    assert end_day >= self._local_day(block.timestamp), "lease: bad end"
    assert end_day < self._end_day(terms), "lease: bad end"
    old_end_day: uint256 = terms.end_day
    terms.end_day = end_day
    assert terms.paid <= terms.monthly_rent * self._instalments(
        terms, max_value(uint256)
    ), "lease: rent is paid beyond"
    self._terms[lease_id].end_day = end_day
    log ILease.LeaseTerminated(
        lease_id=lease_id,
        old_end_day=old_end_day,
        new_end_day=end_day,
        document_hash=document_hash,
    )
    if self.lease_of[terms.asset_id] == lease_id:
        # Called off before it began: the lease before it may run up to its start.
        self._note_let(terms.asset_id, max(end_day, terms.start_day))


# --- views
@external
@view
def asset() -> address:
    """
    @notice The ERC-20 in which rent is paid.
    """
    return _ASSET.address


@external
@view
def terms_of(lease_id: uint256) -> ILease.Terms:
    """
    @notice Terms of a lease and what was paid so far.
    @custom:reverts "lease: unknown lease"
    """
    return self._known(lease_id)


@external
@view
def due(lease_id: uint256, at: uint256 = block.timestamp) -> uint256:
    """
    @notice {asset} Rent that has fallen due by the moment `at` {s}, paid or not.
    @custom:reverts "lease: unknown lease"
    """
    return self._due(self._known(lease_id), at)


@external
@view
def arrears(lease_id: uint256, at: uint256 = block.timestamp) -> uint256:
    """
    @notice {asset} Rent due by the moment `at` {s} and not paid to date; 0 when paid ahead.
    @custom:reverts "lease: unknown lease"
    """
    terms: ILease.Terms = self._known(lease_id)
    owed: uint256 = self._due(terms, at)
    if owed <= terms.paid:
        return 0
    return owed - terms.paid


@external
@view
def due_day(lease_id: uint256, instalment: uint256) -> uint256:
    """
    @notice Local day on which an instalment, counted from 0, falls due.
    @custom:reverts "lease: unknown lease" | "lease: bad term"
    """
    terms: ILease.Terms = self._known(lease_id)
    assert instalment < terms.months, "lease: bad term"
    return civil_calendar._add_months(terms.start_day, instalment)


@external
@view
def end_day(lease_id: uint256) -> uint256:
    """
    @notice First local day without the lease.
    @custom:reverts "lease: unknown lease"
    """
    return self._end_day(self._known(lease_id))


# --- internal
@internal
def _date(terms: ILease.Terms, amount: uint256):
    """
    @notice Tell the splitter when the rent just paid had fallen due: the oldest first, an
            instalment a month. `terms.paid` is what was paid before; rent paid ahead is due now.
    """
    month: uint256 = self._month(terms.start_day) + terms.paid // terms.monthly_rent
    left: uint256 = amount
    part: uint256 = min(left, terms.monthly_rent - terms.paid % terms.monthly_rent)
    this_month: uint256 = month
    if part < left:
        this_month = self._month(self._local_day(block.timestamp))
    for i: uint256 in range(MAX_MONTHS):
        if month >= this_month:
            part = left
        left -= part
        extcall ISplitter(terms.splitter).date_income(part, month, left)
        if left == 0:
            break
        month += 1
        part = min(left, terms.monthly_rent)


@internal
@pure
def _month(day_number: uint256) -> uint256:
    """
    @notice year * 12 + month - 1 of a local day.
    """
    date: civil_calendar.Date = civil_calendar._date(day_number)
    return date.year * 12 + date.month - 1


@internal
def _note_let(asset_id: uint256, end_day: uint256):
    """
    @notice Tell the register that the asset is let until the local day `end_day` begins.
    """
    end: int256 = convert(end_day * _DAY, int256) - UTC_OFFSET_MINUTES * 60
    extcall IAssetRegistry(ASSET_REGISTRY).set_let_until(asset_id, convert(max(end, 0), uint64))


@internal
@view
def _known(lease_id: uint256) -> ILease.Terms:
    terms: ILease.Terms = self._terms[lease_id]
    assert terms.months != 0, "lease: unknown lease"
    return terms


@internal
@view
def _local_day(at: uint256) -> uint256:
    """
    @dev Before 1970 in local time is day 0; no lease begins there.
    """
    local: int256 = convert(at, int256) + UTC_OFFSET_MINUTES * 60
    if local < 0:
        return 0
    return convert(local, uint256) // _DAY


@internal
@view
def _due(terms: ILease.Terms, at: uint256) -> uint256:
    return terms.monthly_rent * self._instalments(terms, self._local_day(at))


@internal
@pure
def _instalments(terms: ILease.Terms, day: uint256) -> uint256:
    """
    @notice How many rents have fallen due by the local day `day`: one for each month begun, none
            after the lease's end.
    """
    last: uint256 = day
    if terms.end_day != 0:
        # A month that would begin on the end day is not begun.
        if terms.end_day <= terms.start_day:
            return 0
        last = min(last, terms.end_day - 1)
    elif last > MAX_START_DAY + 600 * 31:
        return terms.months
    return min(terms.months, civil_calendar._months_begun(terms.start_day, last))


@internal
@pure
def _end_day(terms: ILease.Terms) -> uint256:
    if terms.end_day != 0:
        return terms.end_day
    return civil_calendar._add_months(terms.start_day, terms.months)
