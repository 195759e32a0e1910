# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  Lease
@license AGPL-3.0-only
@notice Leases and use-permits of registered assets: rent by calendar months, due in advance and
        payable by anyone for the tenant, late fees, default, end and settlement.
@dev    What a tenant owes follows from the terms, the time, the index values published before each
        anniversary and what was paid: no step has to be run for rent to fall due or a fee to grow.
        A late fee is reckoned from the exact sum of late rent over the nights, so it does not
        depend on how often anybody asked or paid. A payment meets late fees first, then rent, the
        oldest first, and of an instalment its tax last, then the penalty for holding over.
        Rent goes straight to the asset's splitter, or to the escrow where a court has ordered so;
        deposits are with LeaseDeposits. Nothing is held here. Rounding: every sum is cut down to
        the tariff's quantum. Dates are those of the city's time zone, fixed at deployment.
        Trusts: `asset` is a plain ERC-20; one that keeps a fee is refused.
        Invariants: INV-LEASE-1 to 4 (docs/invariants.md).
@custom:kill Pause with GUARDIAN_ROLE: no new leases, no payments. No money is here to trap.
"""

from ethereum.ercs import IERC20

from ..common import authorized
from ..common import civil_calendar
from ..common import emergency_stop
from ..common import token_transfer
from ..interfaces import IAssetRegistry
from ..interfaces import ILease
from ..interfaces import ILeaseDeposits
from ..interfaces import IRentEscrow
from ..interfaces import IRentTable
from ..interfaces import ISplitterFactory
from . import rent_schedule
from . import rent_tariff

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
    def next_start_month() -> uint256: view
    def date_income(amount: uint256, due_month: uint256, rest: uint256): nonpayable


interface IValues:
    def value_of(asset_id: uint256) -> uint256: view


interface IHolds:
    def asset() -> address: view


ASSET_MANAGER_ROLE: public(constant(bytes32)) = keccak256("ASSET_MANAGER_ROLE")
RENT_ESCROW_ROLE: public(constant(bytes32)) = keccak256("RENT_ESCROW_ROLE")
MAX_MONTHS: public(constant(uint256)) = 600
MAX_RENT: constant(uint256) = 2**96
# 9999-12-31, the last day the calendar knows, less the longest term
MAX_DAY: constant(uint256) = 2_932_896
MAX_START_DAY: constant(uint256) = 2_932_896 - 600 * 31
_DAY: constant(uint256) = 86_400
_MAX_OFFSET_MINUTES: constant(int256) = 14 * 60
_MAX_YEARS: constant(uint256) = 51
# More than the dearest distribution needs; it gets what is there.
_DISTRIBUTION_GAS: constant(uint256) = 30_000_000

# Words of a lease.
# splitter 160 | asset 64 | flags 4 | first day without the tenant 24, 0 where that is the end day
_PARTIES: constant(uint256) = 0
# annual rent 96 | start 24 | anchor 24 | end 24 | index month 24 | instalments 16
_SCHEDULE: constant(uint256) = 1
# rent_tariff
_TERMS: constant(uint256) = 2
# next instalment 16 | paid of it 104 | annual rent 96 | index month 24 | year of both 8 | has extras 1
_ACCOUNT: constant(uint256) = 3
# sum of late rent over the nights 136 | rent that was ever late 112
_LATE: constant(uint256) = 4
# late fees paid 112 | penalty owed 112 | day up to which the nights are summed 24
_EXTRAS: constant(uint256) = 5
# tenant 160 | deposit 96
_TENANT: constant(uint256) = 6
_WORDS: constant(uint256) = 7

_PERMIT: constant(uint256) = 2**224
_DEFAULT: constant(uint256) = 2**225
_HANDED_BACK: constant(uint256) = 2**226
_SETTLED: constant(uint256) = 2**227
_VACATED_SHIFT: constant(uint256) = 228
_EXTRAS_SHIFT: constant(uint256) = 248
_D: constant(uint256) = 2**24 - 1
_A: constant(uint256) = 2**96 - 1
_B: constant(uint256) = 2**112 - 1


# A lease as it stands, for the length of a call.
struct Account:
    schedule: rent_schedule.Schedule
    terms: uint256
    count: uint256  # of instalments
    next: uint256  # the first that is not paid in full
    into: uint256  # {asset} paid of it
    rent: uint256  # {asset} annual, in `year`
    month: uint256  # of the index value that it rests on
    year: uint256  # of the lease
    has_extras: bool  # was ever late or held over
    late_days: uint256  # {asset * day}
    late_rent: uint256  # {asset}
    fees_paid: uint256  # {asset}
    penalty: uint256  # {asset} owed
    rolled: uint256  # day up to which `late_days` counts


# Instalments that are not paid, up to a day.
struct Walk:
    unpaid: uint256  # {asset}
    late_days: uint256  # {asset * day} since the account was rolled
    late_rent: uint256  # {asset} that became late since


_ASSET: immutable(IERC20)
ASSET_REGISTRY: public(immutable(address))
SPLITTER_FACTORY: public(immutable(address))
APPRAISALS: public(immutable(address))
RENT_TABLE: public(immutable(address))
DEPOSITS: public(immutable(address))
UTC_OFFSET_MINUTES: public(immutable(int256))

total_leases: public(uint256)
# asset -> its latest lease, 0 where it never had one
lease_of: public(HashMap[uint256, uint256])
_words: HashMap[uint256, uint256[_WORDS]]
# asset -> escrow in the low 160 bits, above them until when {s} its rent goes there
_holds: HashMap[uint256, uint256]


@deploy
def __init__(
    authority: address,
    asset: address,
    asset_registry: address,
    splitter_factory: address,
    appraisals: address,
    rent_table: address,
    deposits: address,
    utc_offset_minutes: int256,
):
    """
    @param  asset               ERC-20 in which rent is paid.
    @param  deposits            Holds deposits of the same ERC-20.
    @param  utc_offset_minutes  Local time less UTC; from -840 to 840.
    """
    authorized.__init__(authority)
    assert asset.is_contract, "lease: no asset"
    assert asset_registry.is_contract, "lease: no registry"
    assert splitter_factory.is_contract, "lease: no splitter factory"
    assert appraisals.is_contract, "lease: no appraisals"
    assert rent_table.is_contract, "lease: no rent table"
    assert deposits.is_contract, "lease: no deposits"
    assert staticcall IHolds(deposits).asset() == asset, "lease: no deposits"
    assert (
        utc_offset_minutes >= -_MAX_OFFSET_MINUTES and utc_offset_minutes <= _MAX_OFFSET_MINUTES
    ), "lease: bad time zone"
    _ASSET = IERC20(asset)
    ASSET_REGISTRY = asset_registry
    SPLITTER_FACTORY = splitter_factory
    APPRAISALS = appraisals
    RENT_TABLE = rent_table
    DEPOSITS = deposits
    UTC_OFFSET_MINUTES = utc_offset_minutes


# --- anyone
@external
def pay(lease_id: uint256, amount: uint256):
    """
    @notice Pay for the tenant, in part or ahead, up to all that the lease will ever ask; of a lease
            whose rent follows an index, up to the next anniversary.
    @param  amount  {asset} Taken from the caller by allowance, to the unit.
    @custom:reverts "emergency_stop: paused" | "lease: unknown lease" | "lease: no amount"
        | "lease: more than the lease asks" | "lease: rent not fixed yet" | "token_transfer: amount differs"
    """
    emergency_stop._check_running()
    self._receive(lease_id, amount, msg.sender)


@external
def pay_and_distribute(lease_id: uint256, amount: uint256) -> bool:
    """
    @notice As `pay`, and have the splitter share out what it has. A distribution that fails, or that
            there is no gas for, holds up no payment: anybody can call it later.
    @return Whether it was shared out.
    @custom:reverts as `pay`
    """
    emergency_stop._check_running()
    if not self._receive(lease_id, amount, msg.sender):
        return False
    return raw_call(
        self._splitter(self._parties(lease_id)),
        method_id("distribute()"),
        gas=_DISTRIBUTION_GAS,
        revert_on_failure=False,
    )


@external
def pay_deposit(lease_id: uint256, amount: uint256):
    """
    @notice Pay what the deposit lacks, or a part of it. It is the tenant's, whoever pays.
    @param  amount  {asset} Taken from the caller by allowance, to the unit.
    @custom:reverts "emergency_stop: paused" | "lease: unknown lease" | "lease: no amount"
        | "lease: is settled" | "lease: more than the lease asks" | "token_transfer: amount differs"
    """
    emergency_stop._check_running()
    parties: uint256 = self._parties(lease_id)
    assert amount != 0, "lease: no amount"
    self._check_open(parties)
    asked: uint256 = self._words[lease_id][_TENANT] >> 160
    held: uint256 = staticcall ILeaseDeposits(DEPOSITS).held_of(self, lease_id)
    assert held + amount <= asked, "lease: more than the lease asks"
    self._book_deposit(lease_id, amount)


@external
def declare_default(lease_id: uint256):
    """
    @notice Say that a tenant is in default: rent is unpaid that fell due more days ago than the
            tariff allows. Open to anyone; it ends when all rent fallen due is paid.
    @custom:reverts "lease: unknown lease" | "lease: is settled" | "lease: default was declared"
        | "lease: no default"
    """
    parties: uint256 = self._parties(lease_id)
    self._check_open(parties)
    assert parties & _DEFAULT == 0, "lease: default was declared"
    account: Account = self._account(lease_id)
    late: uint256 = self._older(account, rent_tariff._default_days(account.terms) + 1)
    assert late != 0, "lease: no default"
    self._words[lease_id][_PARTIES] = parties | _DEFAULT
    log ILease.DefaultDeclared(lease_id=lease_id, caller=msg.sender, late=late)


@external
def settle(lease_id: uint256):
    """
    @notice Settle a lease that is over: what the tenant owes is drawn from the deposit, the rest of
            it is the tenant's. Open to anyone once the asset was handed back, else after the days
            in which the city may say that the tenant is still there. Also while paused.
    @custom:reverts "lease: unknown lease" | "lease: is settled" | "lease: too early"
    """
    parties: uint256 = self._parties(lease_id)
    self._check_open(parties)
    account: Account = self._account(lease_id)
    today: uint256 = self._local_day(block.timestamp)
    last: uint256 = self._vacated(parties, account)
    if parties & _HANDED_BACK == 0:
        last += rent_tariff._settle_days(account.terms)
    assert today >= last, "lease: too early"
    owed: uint256 = self._sum(self._owed(account, today))
    held: uint256 = staticcall ILeaseDeposits(DEPOSITS).held_of(self, lease_id)
    drawn: uint256 = min(owed, held)
    self._words[lease_id][_PARTIES] = parties | _SETTLED
    if drawn != 0:
        self._receive(lease_id, drawn, DEPOSITS)
    if held != drawn:
        self._credit(lease_id, held - drawn)
    log ILease.LeaseSettled(
        lease_id=lease_id, drawn=drawn, returned=held - drawn, owed=owed - drawn
    )


# --- ASSET_MANAGER_ROLE
@external
def sign(draft: ILease.Draft, document_hash: bytes32) -> uint256:
    """
    @notice Let an asset after the lease before ends: lease it where its class allows that, else
            permit its use for at most as long as the rent table says.
    @param  draft  The rent is a multiple of the tariff's quantum and below 2**96, no less than what
                   the tariff asks of the appraised value, and that where it is 0. The term is 600
                   months at most, the deposit below 2**96.
    @return Lease id, from 1 upwards.
    @custom:role ASSET_MANAGER_ROLE
    @custom:reverts "emergency_stop: paused" | "lease: no tenant" | "lease: no document"
        | "lease: bad term" | "lease: no such use" | "lease: bad rent" | "lease: bad deposit"
        | "lease: below the tariff" | "lease: no index value" | "lease: class not leasable"
        | "lease: permit too long" | "lease: no splitter" | "lease: splitter of other asset"
        | "lease: asset is let" | as Appraisals.value_of
    """
    authorized._check_role(ASSET_MANAGER_ROLE, msg.sender)
    emergency_stop._check_running()
    return self._sign(draft, document_hash)


@external
def terminate(lease_id: uint256, end_day: uint256, document_hash: bytes32):
    """
    @notice End a lease, or revoke a permit, before its term. The last instalment is reckoned anew
            by days. Rent that was paid for days beyond is taken from the caller and credited to the
            tenant.
    @param  end_day  First local day without the lease: today at the earliest, before the present end.
    @custom:role ASSET_MANAGER_ROLE
    @custom:reverts "lease: unknown lease" | "lease: is settled" | "lease: no document"
        | "lease: bad end" | as a payment, where there is something to refund
    """
    authorized._check_role(ASSET_MANAGER_ROLE, msg.sender)
    parties: uint256 = self._parties(lease_id)
    self._check_open(parties)
    assert document_hash != empty(bytes32), "lease: no document"
    today: uint256 = self._local_day(block.timestamp)
    account: Account = self._rolled(self._account(lease_id), today)
    old_end_day: uint256 = account.schedule.end_day
    assert end_day >= today and end_day < old_end_day, "lease: bad end"
    paid: uint256 = self._asked(lease_id, account, account.next) + account.into
    account.schedule.end_day = end_day
    account.count = rent_schedule._count(account.schedule)
    refund: uint256 = 0
    total: uint256 = self._asked(lease_id, account, account.count)
    if paid >= total:
        refund = paid - total
        account.next = account.count
        account.into = 0
    word: uint256 = self._words[lease_id][_SCHEDULE]
    self._words[lease_id][_SCHEDULE] = (
        (word & ~(_D << 144 | _D << 192)) | (end_day << 144) | (account.count << 192)
    )
    self._store(lease_id, account)
    log ILease.LeaseTerminated(
        lease_id=lease_id,
        old_end_day=old_end_day,
        new_end_day=end_day,
        refund=refund,
        document_hash=document_hash,
    )
    asset_id: uint256 = self._asset_id(parties)
    if self.lease_of[asset_id] == lease_id:
        # Called off before it began: the lease before it may run up to its start.
        self._note_let(asset_id, max(end_day, account.schedule.start_day))
    if refund != 0:
        self._book_deposit(lease_id, refund)
        self._credit(lease_id, refund)


@external
def draw_deposit(lease_id: uint256):
    """
    @notice Pay what a tenant in default owes from the deposit, as far as it goes.
    @custom:role ASSET_MANAGER_ROLE
    @custom:reverts "lease: unknown lease" | "lease: no default" | "lease: no amount"
    """
    authorized._check_role(ASSET_MANAGER_ROLE, msg.sender)
    assert self._parties(lease_id) & _DEFAULT != 0, "lease: no default"
    account: Account = self._account(lease_id)
    owed: uint256 = self._sum(self._owed(account, self._local_day(block.timestamp)))
    held: uint256 = staticcall ILeaseDeposits(DEPOSITS).held_of(self, lease_id)
    self._receive(lease_id, min(owed, held), DEPOSITS)


@external
def record_vacancy(lease_id: uint256, day: uint256, is_final: bool, document_hash: bytes32):
    """
    @notice Say until when a tenant stayed after the end; each day costs the penalty. The latest day
            counts.
    @param  day       First local day without the tenant: from the end, and the day recorded before,
                      until today.
    @param  is_final  The asset was handed back: the lease can be settled at once.
    @custom:role ASSET_MANAGER_ROLE
    @custom:reverts "lease: unknown lease" | "lease: is settled" | "lease: no document"
        | "lease: was handed back" | "lease: bad day"
    """
    authorized._check_role(ASSET_MANAGER_ROLE, msg.sender)
    parties: uint256 = self._parties(lease_id)
    self._check_open(parties)
    assert document_hash != empty(bytes32), "lease: no document"
    assert parties & _HANDED_BACK == 0, "lease: was handed back"
    today: uint256 = self._local_day(block.timestamp)
    account: Account = self._rolled(self._account(lease_id), today)
    old_day: uint256 = self._vacated(parties, account)
    assert day >= old_day and day <= today, "lease: bad day"
    # The last year that ran: rent of the next may have been paid, and refunded.
    last: Account = self._from_start(lease_id, account)
    if account.count != 0:
        last = self._in_year(last, rent_schedule._year(account.schedule, account.count - 1))
    end_day: uint256 = account.schedule.end_day
    penalty: uint256 = rent_tariff._occupation_penalty(
        account.terms, last.rent, day - end_day
    ) - rent_tariff._occupation_penalty(account.terms, last.rent, old_day - end_day)
    if penalty != 0:
        account.penalty += penalty
        account.has_extras = True
    self._store(lease_id, account)
    parties = parties & ~(_D << _VACATED_SHIFT) | (day << _VACATED_SHIFT)
    if is_final:
        parties |= _HANDED_BACK
    self._words[lease_id][_PARTIES] = parties
    log ILease.VacancyRecorded(
        lease_id=lease_id,
        old_day=old_day,
        new_day=day,
        is_final=is_final,
        penalty=penalty,
        document_hash=document_hash,
    )


# --- RENT_ESCROW_ROLE
@external
def hold_rent(asset_id: uint256, until: uint256):
    """
    @notice Lead the rent of an asset to the caller until a moment {s}; 0 ends that.
    @param  until  Below 2**64, as the escrow makes sure.
    @custom:role RENT_ESCROW_ROLE
    """
    authorized._check_role(RENT_ESCROW_ROLE, msg.sender)
    old_until: uint256 = self._holds[asset_id] >> 160
    self._holds[asset_id] = convert(msg.sender, uint256) | (until << 160)
    log ILease.RentHeld(asset_id=asset_id, old_until=old_until, new_until=until)


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
    @notice Terms of a lease and where it stands.
    @custom:reverts "lease: unknown lease"
    """
    parties: uint256 = self._parties(lease_id)
    account: Account = self._account(lease_id)
    tenant: uint256 = self._words[lease_id][_TENANT]
    return ILease.Terms(
        asset_id=self._asset_id(parties),
        tenant=convert(tenant & (2**160 - 1), address),
        splitter=self._splitter(parties),
        start_day=account.schedule.start_day,
        anchor_day=account.schedule.anchor_day,
        end_day=account.schedule.end_day,
        annual_rent=self._words[lease_id][_SCHEDULE] & _A,
        deposit=tenant >> 160,
        is_permit=parties & _PERMIT != 0,
        is_default=parties & _DEFAULT != 0,
        is_settled=parties & _SETTLED != 0,
    )


@external
@view
def tariff_word(lease_id: uint256) -> uint256:
    """
    @notice The tariff that a lease keeps, as RentTable.unpacked reads it.
    @custom:reverts "lease: unknown lease"
    """
    return self._account(lease_id).terms


@external
@view
def due(lease_id: uint256, at: uint256 = block.timestamp) -> uint256:
    """
    @notice {asset} Rent, tax included, that has fallen due by the moment `at` {s}, paid or not. Of
            anniversaries to come it knows the index values that are published now.
    @custom:reverts "lease: unknown lease"
    """
    account: Account = self._from_start(lease_id, self._account(lease_id))
    return self._walk(account, self._local_day(at)).unpaid


@external
@view
def paid(lease_id: uint256) -> (uint256, uint256):
    """
    @notice {asset} Rent, tax included, that was paid, and late fees.
    @custom:reverts "lease: unknown lease"
    """
    account: Account = self._account(lease_id)
    rent: uint256 = self._asked(lease_id, account, account.next) + account.into
    return rent, account.fees_paid


@external
@view
def arrears(lease_id: uint256, at: uint256 = block.timestamp) -> uint256:
    """
    @notice {asset} Rent, tax included, due by the moment `at` {s} and not paid to date.
    @custom:reverts "lease: unknown lease"
    """
    return self._walk(self._account(lease_id), self._local_day(at)).unpaid


@external
@view
def owed(lease_id: uint256, at: uint256 = block.timestamp) -> ILease.Owed:
    """
    @notice What the tenant owes at the moment `at` {s} if nothing is paid until then. Fees are not
            taken back to a moment before they were last reckoned.
    @custom:reverts "lease: unknown lease"
    """
    return self._owed(self._account(lease_id), self._local_day(at))


@external
@view
def ageing(lease_id: uint256) -> uint256[4]:
    """
    @notice {asset} Rent in arrears by days since it fell due: 0 to 30, 31 to 60, 61 to 90, more.
    @custom:reverts "lease: unknown lease"
    """
    account: Account = self._account(lease_id)
    all: uint256 = self._older(account, 0)
    over_30: uint256 = self._older(account, 31)
    over_60: uint256 = self._older(account, 61)
    over_90: uint256 = self._older(account, 91)
    return [all - over_30, over_30 - over_60, over_60 - over_90, over_90]


@external
@view
def instalments(lease_id: uint256) -> uint256:
    """
    @notice {1} How many instalments a lease has in all.
    @custom:reverts "lease: unknown lease"
    """
    return self._account(lease_id).count


@external
@view
def instalment(lease_id: uint256, number: uint256) -> (uint256, uint256, uint256):
    """
    @notice Local day on which an instalment, counted from 0, falls due, {asset} its rent and its
            tax. Of anniversaries to come it knows the index values that are published now.
    @custom:reverts "lease: unknown lease" | "lease: bad term"
    """
    account: Account = self._from_start(lease_id, self._account(lease_id))
    assert number < account.count, "lease: bad term"
    account = self._in_year(account, rent_schedule._year(account.schedule, number))
    rent: uint256 = self._rent(account, number)
    return (
        rent_schedule._due_day(account.schedule, number),
        rent,
        rent_tariff._vat(account.terms, rent),
    )


@external
@view
def end_day(lease_id: uint256) -> uint256:
    """
    @notice First local day without the lease.
    @custom:reverts "lease: unknown lease"
    """
    return self._account(lease_id).schedule.end_day


# --- internal: signing
@internal
def _sign(draft: ILease.Draft, document_hash: bytes32) -> uint256:
    assert draft.tenant != empty(address), "lease: no tenant"
    assert document_hash != empty(bytes32), "lease: no document"
    assert (
        draft.start_day <= MAX_START_DAY
        and draft.end_day > draft.start_day
        and draft.end_day <= civil_calendar._add_months(draft.start_day, MAX_MONTHS)
        and draft.anchor_day >= draft.start_day
        and draft.anchor_day <= civil_calendar._add_months(draft.start_day, 1)
        and draft.anchor_day <= draft.end_day
    ), "lease: bad term"
    assert draft.deposit < MAX_RENT, "lease: bad deposit"
    is_permit: bool = self._check_class(draft)
    terms: uint256 = 0
    annual_rent: uint256 = 0
    terms, annual_rent = self._priced(draft)
    index_month: uint256 = self._base_month(terms, draft.anchor_day)
    splitter: address = self._splitter_of(draft.asset_id)
    self._check_free(draft.asset_id, draft.start_day)
    lease_id: uint256 = self.total_leases + 1
    self.total_leases = lease_id
    self.lease_of[draft.asset_id] = lease_id
    parties: uint256 = convert(splitter, uint256) | (draft.asset_id << 160)
    if is_permit:
        parties |= _PERMIT
    self._words[lease_id][_PARTIES] = parties
    self._words[lease_id][_SCHEDULE] = (
        annual_rent
        | (draft.start_day << 96)
        | (draft.anchor_day << 120)
        | (draft.end_day << 144)
        | (index_month << 168)
        | (self._count(draft) << 192)
    )
    self._words[lease_id][_TERMS] = terms
    self._words[lease_id][_ACCOUNT] = (annual_rent << 120) | (index_month << 216)
    self._words[lease_id][_TENANT] = convert(draft.tenant, uint256) | (draft.deposit << 160)
    log ILease.LeaseSigned(
        lease_id=lease_id,
        asset_id=draft.asset_id,
        tenant=draft.tenant,
        splitter=splitter,
        use=draft.use,
        start_day=draft.start_day,
        anchor_day=draft.anchor_day,
        end_day=draft.end_day,
        annual_rent=annual_rent,
        deposit=draft.deposit,
        is_permit=is_permit,
        index_month=index_month,
        document_hash=document_hash,
    )
    self._note_let(draft.asset_id, draft.end_day)
    return lease_id


@internal
@view
def _check_class(draft: ILease.Draft) -> bool:
    """
    @notice Whether the asset can't be leased, and its use is permitted instead.
    """
    kind: IAssetRegistry.PropertyClass = staticcall IAssetRegistry(ASSET_REGISTRY).class_of(
        draft.asset_id
    )
    if kind.is_leasable:
        return False
    months: uint256 = staticcall IRentTable(RENT_TABLE).permit_months(kind.code)
    assert months != 0, "lease: class not leasable"
    assert draft.end_day <= civil_calendar._add_months(
        draft.start_day, months
    ), "lease: permit too long"
    return True


@internal
@view
def _priced(draft: ILease.Draft) -> (uint256, uint256):
    """
    @notice The terms of the draft's tariff, and the annual rent.
    """
    rate: uint256 = 0
    terms: uint256 = 0
    rate, terms = staticcall IRentTable(RENT_TABLE).tariff_words(draft.use)
    assert terms != 0, "lease: no such use"
    annual_rent: uint256 = draft.annual_rent
    if rate != 0:
        worth: uint256 = staticcall IValues(APPRAISALS).value_of(draft.asset_id)
        asked: uint256 = rent_tariff._annual_rent(rate, terms, worth)
        if annual_rent == 0:
            annual_rent = asked
        assert annual_rent >= asked, "lease: below the tariff"
    assert (
        annual_rent != 0
        and annual_rent < MAX_RENT
        and annual_rent == rent_tariff._cut(terms, annual_rent)
    ), "lease: bad rent"
    return terms, annual_rent


@internal
@view
def _base_month(terms: uint256, anchor_day: uint256) -> uint256:
    """
    @notice Month of the index value that the first rent rests on; 0 where rent is not indexed.
    """
    if rent_tariff._index_id(terms) == 0:
        return 0
    newest: uint256 = self._month(min(anchor_day, self._local_day(block.timestamp))) - 1
    base: uint256 = 0
    month: uint256 = 0
    base, month = staticcall IRentTable(RENT_TABLE).latest(
        rent_tariff._index_id(terms),
        newest,
        newest + 1 - rent_tariff._max_age_months(terms),
        block.timestamp + 1,
    )
    assert base != 0, "lease: no index value"
    return month


@internal
@view
def _splitter_of(asset_id: uint256) -> address:
    splitter: address = staticcall ISplitterFactory(SPLITTER_FACTORY).splitter_of(asset_id)
    assert splitter != empty(address), "lease: no splitter"
    assert staticcall ISplitter(splitter).asset() == _ASSET.address, "lease: splitter of other asset"
    return splitter


@internal
@pure
def _count(draft: ILease.Draft) -> uint256:
    return rent_schedule._count(
        rent_schedule.Schedule(
            start_day=draft.start_day, anchor_day=draft.anchor_day, end_day=draft.end_day
        )
    )


@internal
@view
def _check_free(asset_id: uint256, start_day: uint256):
    before: uint256 = self.lease_of[asset_id]
    if before != 0:
        # One that was called off may leave the lease before it running up to its start.
        schedule: rent_schedule.Schedule = self._account(before).schedule
        assert start_day >= max(schedule.end_day, schedule.start_day), "lease: asset is let"


@internal
def _note_let(asset_id: uint256, end_day: uint256):
    """
    @notice Tell the register that the asset is let until the local day `end_day` begins.
    """
    extcall IAssetRegistry(ASSET_REGISTRY).set_let_until(
        asset_id, convert(self._midnight(end_day), uint64)
    )


# --- internal: money
@internal
def _receive(lease_id: uint256, amount: uint256, source: address) -> bool:
    """
    @notice Let an amount from a payer, or from the deposit, meet what is owed.
    @return Whether it went to the splitter, not to an escrow.
    """
    assert amount != 0, "lease: no amount"
    parties: uint256 = self._parties(lease_id)
    today: uint256 = self._local_day(block.timestamp)
    before: Account = self._rolled(self._account(lease_id), today)
    after: Account = before
    fee: uint256 = 0
    if before.has_extras:
        fee = min(amount, self._fee_owed(before))
        after.fees_paid += fee
    left: uint256 = amount - fee
    vat: uint256 = 0
    left, vat, after = self._meet(after, left, today)
    penalty: uint256 = left
    assert penalty <= after.penalty, "lease: more than the lease asks"
    after.penalty -= penalty
    self._store(lease_id, after)
    if parties & _DEFAULT != 0 and self._walk(after, today).unpaid == 0:
        self._words[lease_id][_PARTIES] = parties & ~_DEFAULT
        log ILease.DefaultCured(lease_id=lease_id)
    asset_id: uint256 = self._asset_id(parties)
    hold: uint256 = self._holds[asset_id]
    is_held: bool = block.timestamp < hold >> 160
    receiver: address = self._splitter(parties)
    if is_held:
        receiver = convert(hold & (2**160 - 1), address)
    log ILease.RentPaid(
        lease_id=lease_id,
        asset_id=asset_id,
        payer=source,
        receiver=receiver,
        amount=amount,
        late_fee=fee,
        vat=vat,
        penalty=penalty,
    )
    if source == DEPOSITS:
        extcall ILeaseDeposits(DEPOSITS).draw(lease_id, amount, receiver)
    else:
        token_transfer._take(_ASSET, source, receiver, amount)
    if is_held:
        extcall IRentEscrow(receiver).book(asset_id, amount)
    else:
        self._date(receiver, before, amount - fee - penalty, fee + penalty, self._month(today))
    return not is_held


@internal
@view
def _meet(account: Account, amount: uint256, today: uint256) -> (uint256, uint256, Account):
    """
    @notice Let an amount meet instalments in their order.
    @return {asset} What is left of it, {asset} how much of it is tax, and the account afterwards.
    """
    after: Account = account
    left: uint256 = amount
    tax: uint256 = 0
    for i: uint256 in range(rent_schedule.MAX_INSTALMENTS):
        if left == 0 or after.next == after.count:
            break
        year: uint256 = rent_schedule._year(after.schedule, after.next)
        if year != after.year and rent_tariff._index_id(after.terms) != 0:
            assert self._anniversary(after, year) <= today, "lease: rent not fixed yet"
        after = self._in_year(after, year)
        rent: uint256 = self._rent(after, after.next)
        total: uint256 = rent + rent_tariff._vat(after.terms, rent)
        into: uint256 = min(after.into + left, total)
        left -= into - after.into
        tax += max(into, rent) - max(after.into, rent)
        after.into = into
        if into == total:
            after.next += 1
            after.into = 0
    return left, tax, after


@internal
def _date(splitter: address, account: Account, amount: uint256, other: uint256, this_month: uint256):
    """
    @notice Tell the splitter when what was just paid had fallen due: the rent with its instalments,
            the oldest first; rent paid ahead, fees and penalties now.
    @dev    What is due now needs no word, unless rules are to begin that nobody has begun.
    """
    first: uint256 = this_month
    if amount != 0:
        first = self._month(rent_schedule._due_day(account.schedule, account.next))
    if first >= this_month:
        upcoming: uint256 = staticcall ISplitter(splitter).next_start_month()
        if upcoming == 0 or upcoming > this_month:
            return
    if other != 0:
        extcall ISplitter(splitter).date_income(other, this_month, amount)
    cursor: Account = account
    left: uint256 = amount
    for i: uint256 in range(rent_schedule.MAX_INSTALMENTS):
        if left == 0:
            break
        month: uint256 = self._month(rent_schedule._due_day(cursor.schedule, cursor.next))
        part: uint256 = left
        if month < this_month:
            cursor = self._in_year(cursor, rent_schedule._year(cursor.schedule, cursor.next))
            part = min(left, self._total(cursor, cursor.next) - cursor.into)
        if part != 0:
            left -= part
            extcall ISplitter(splitter).date_income(part, month, left)
        cursor.next += 1
        cursor.into = 0


@internal
def _book_deposit(lease_id: uint256, amount: uint256):
    token_transfer._take(_ASSET, msg.sender, DEPOSITS, amount)
    extcall ILeaseDeposits(DEPOSITS).book(lease_id, amount)


@internal
def _credit(lease_id: uint256, amount: uint256):
    tenant: address = convert(self._words[lease_id][_TENANT] & (2**160 - 1), address)
    extcall ILeaseDeposits(DEPOSITS).credit(lease_id, amount, tenant)


# --- internal: what is owed
@internal
@view
def _walk(account: Account, day: uint256) -> Walk:
    """
    @notice All instalments fallen due by a local day and not paid.
    """
    cursor: Account = account
    found: Walk = empty(Walk)
    grace: uint256 = rent_tariff._grace_days(account.terms)
    for i: uint256 in range(rent_schedule.MAX_INSTALMENTS):
        if cursor.next == cursor.count:
            break
        due_day: uint256 = rent_schedule._due_day(cursor.schedule, cursor.next)
        if due_day > day:
            break
        cursor = self._in_year(cursor, rent_schedule._year(cursor.schedule, cursor.next))
        open: uint256 = self._total(cursor, cursor.next) - cursor.into
        found.unpaid += open
        late_from: uint256 = due_day + grace
        if day > max(late_from, cursor.rolled):
            found.late_days += open * (day - max(late_from, cursor.rolled))
            if late_from >= cursor.rolled:
                found.late_rent += open
        cursor.next += 1
        cursor.into = 0
    return found


@internal
@view
def _rolled(account: Account, day: uint256) -> Account:
    """
    @notice The account with all nights up to a day summed.
    """
    rolled: Account = account
    if account.next == account.count or rent_schedule._due_day(
        account.schedule, account.next
    ) + rent_tariff._grace_days(account.terms) >= day:
        return rolled  # nothing is late
    found: Walk = self._walk(account, day)
    if found.late_days != 0:
        rolled.late_days += found.late_days
        rolled.late_rent += found.late_rent
        rolled.rolled = day
        rolled.has_extras = True
    return rolled


@internal
@view
def _owed(account: Account, day: uint256) -> ILease.Owed:
    return ILease.Owed(
        late_fee=self._fee_owed(self._rolled(account, day)),
        rent=self._walk(account, day).unpaid,
        penalty=account.penalty,
    )


@internal
@pure
def _sum(owed: ILease.Owed) -> uint256:
    return owed.late_fee + owed.rent + owed.penalty


@internal
@pure
def _fee_owed(account: Account) -> uint256:
    fee: uint256 = rent_tariff._late_fee(account.terms, account.late_days, account.late_rent)
    return fee - account.fees_paid


@internal
@view
def _older(account: Account, days: uint256) -> uint256:
    """
    @notice {asset} Rent unpaid that fell due at least so many days ago.
    """
    today: uint256 = self._local_day(block.timestamp)
    if today < days:
        return 0
    return self._walk(account, today - days).unpaid


@internal
@view
def _asked(lease_id: uint256, account: Account, count: uint256) -> uint256:
    """
    @notice {asset} The first instalments of a lease together.
    """
    cursor: Account = self._from_start(lease_id, account)
    sum: uint256 = 0
    for i: uint256 in range(count, bound=rent_schedule.MAX_INSTALMENTS):
        cursor = self._in_year(cursor, rent_schedule._year(cursor.schedule, i))
        sum += self._total(cursor, i)
    return sum


@internal
@view
def _from_start(lease_id: uint256, account: Account) -> Account:
    """
    @notice The account as if nothing had been paid.
    """
    start: Account = account
    word: uint256 = self._words[lease_id][_SCHEDULE]
    start.next = 0
    start.into = 0
    start.rent = word & _A
    start.month = (word >> 168) & _D
    start.year = 0
    return start


@internal
@pure
def _rent(account: Account, instalment: uint256) -> uint256:
    return rent_schedule._rent(
        account.schedule, account.count, account.terms, account.rent, instalment
    )


@internal
@pure
def _total(account: Account, instalment: uint256) -> uint256:
    """
    @notice {asset} An instalment of the account's year, with its tax.
    """
    rent: uint256 = self._rent(account, instalment)
    return rent + rent_tariff._vat(account.terms, rent)


@internal
@view
def _in_year(account: Account, year: uint256) -> Account:
    """
    @notice The account with the rent of a year of the lease, no earlier than its own.
    """
    if year <= account.year:
        return account
    later: Account = account
    terms: uint256 = account.terms
    if rent_tariff._index_id(terms) != 0:
        for each: uint256 in range(account.year + 1, year + 1, bound=_MAX_YEARS):
            day: uint256 = self._anniversary(account, each)
            newest: uint256 = self._month(day) - 1
            value_now: uint256 = 0
            month: uint256 = 0
            value_now, month = staticcall IRentTable(RENT_TABLE).latest(
                rent_tariff._index_id(terms),
                newest,
                newest + 1 - rent_tariff._max_age_months(terms),
                self._midnight(day),
            )
            if value_now == 0:
                later.rent = rent_tariff._stepped(terms, later.rent)
            else:
                base: uint256 = staticcall IRentTable(RENT_TABLE).value_of(
                    rent_tariff._index_id(terms), later.month
                )
                later.rent = rent_tariff._indexed(terms, later.rent, value_now, base)
                later.month = month
            later.rent = min(later.rent, rent_tariff._cut(terms, MAX_RENT - 1))
    later.year = year
    return later


@internal
@pure
def _anniversary(account: Account, year: uint256) -> uint256:
    return civil_calendar._add_months(account.schedule.anchor_day, 12 * year)


# --- internal: words
@internal
@view
def _parties(lease_id: uint256) -> uint256:
    parties: uint256 = self._words[lease_id][_PARTIES]
    assert parties != 0, "lease: unknown lease"
    return parties


@internal
@pure
def _splitter(parties: uint256) -> address:
    return convert(parties & (2**160 - 1), address)


@internal
@pure
def _asset_id(parties: uint256) -> uint256:
    return (parties >> 160) & (2**64 - 1)


@internal
@pure
def _check_open(parties: uint256):
    assert parties & _SETTLED == 0, "lease: is settled"


@internal
@pure
def _vacated(parties: uint256, account: Account) -> uint256:
    """
    @notice First local day without the tenant: the end, where nothing else was recorded.
    """
    return max((parties >> _VACATED_SHIFT) & _D, account.schedule.end_day)


@internal
@view
def _account(lease_id: uint256) -> Account:
    schedule: uint256 = self._words[lease_id][_SCHEDULE]
    assert schedule != 0, "lease: unknown lease"
    word: uint256 = self._words[lease_id][_ACCOUNT]
    account: Account = empty(Account)
    account.schedule = rent_schedule.Schedule(
        start_day=(schedule >> 96) & _D,
        anchor_day=(schedule >> 120) & _D,
        end_day=(schedule >> 144) & _D,
    )
    account.terms = self._words[lease_id][_TERMS]
    account.count = schedule >> 192
    account.next = word & (2**16 - 1)
    account.into = (word >> 16) & (2**104 - 1)
    account.rent = (word >> 120) & _A
    account.month = (word >> 216) & _D
    account.year = (word >> 240) & 255
    account.has_extras = word >> _EXTRAS_SHIFT != 0
    if account.has_extras:
        late: uint256 = self._words[lease_id][_LATE]
        extras: uint256 = self._words[lease_id][_EXTRAS]
        account.late_days = late & (2**136 - 1)
        account.late_rent = late >> 136
        account.fees_paid = extras & _B
        account.penalty = (extras >> 112) & _B
        account.rolled = extras >> 224
    return account


@internal
def _store(lease_id: uint256, account: Account):
    self._words[lease_id][_ACCOUNT] = (
        account.next
        | (account.into << 16)
        | (account.rent << 120)
        | (account.month << 216)
        | (account.year << 240)
        | (convert(account.has_extras, uint256) << _EXTRAS_SHIFT)
    )
    if account.has_extras:
        self._words[lease_id][_LATE] = account.late_days | (account.late_rent << 136)
        self._words[lease_id][_EXTRAS] = (
            account.fees_paid | (account.penalty << 112) | (account.rolled << 224)
        )


# --- internal: days
@internal
@pure
def _month(day_number: uint256) -> uint256:
    """
    @notice year * 12 + month - 1 of a local day.
    """
    date: civil_calendar.Date = civil_calendar._date(day_number)
    return date.year * 12 + date.month - 1


@internal
@view
def _midnight(day: uint256) -> uint256:
    """
    @notice {s} When a local day begins; 0 at the earliest.
    """
    begin: int256 = convert(day * _DAY, int256) - UTC_OFFSET_MINUTES * 60
    return convert(max(begin, 0), uint256)


@internal
@view
def _local_day(at: uint256) -> uint256:
    """
    @dev Before 1970 in local time is day 0; no lease begins there. Nor has the calendar days after
         9999, when all leases are long over.
    """
    local: int256 = convert(at, int256) + UTC_OFFSET_MINUTES * 60
    if local < 0:
        return 0
    return min(convert(local, uint256) // _DAY, MAX_DAY)
