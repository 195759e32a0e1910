# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  RentTable
@license AGPL-3.0-only
@notice Rents as data of the jurisdiction: tariffs by use, terms of use-permits, index values.
@dev    A lease copies its tariff when it is signed, so a change touches later leases only. An index
        value is published once, after its month, and keeps the moment at which that was: an
        anniversary asks for what was known before its day, and always gets the same answer.
        Invariants: INV-RENT-1 (docs/invariants.md).
@custom:kill None: it only answers. A wrong tariff is replaced, a wrong index value bound by the collar.
"""

from ..common import authorized
from ..common import civil_calendar
from ..interfaces import IRentTable
from . import rent_tariff

implements: IRentTable

initializes: authorized

exports: authorized.authority

AUDITOR_ROLE: public(constant(bytes32)) = keccak256("AUDITOR_ROLE")
COUNCIL_CLERK_ROLE: public(constant(bytes32)) = keccak256("COUNCIL_CLERK_ROLE")
MAX_TARIFFS: constant(uint256) = 32
MAX_PERMIT_MONTHS: constant(uint256) = 600
MAX_DAYS: constant(uint256) = 366
MAX_VALUE: constant(uint256) = 2**64
MAX_WORTH: constant(uint256) = 2**128
_DAY: constant(int256) = 86_400
_MAX_OFFSET_MINUTES: constant(int256) = 14 * 60


struct NewTariff:
    use: bytes32
    tariff: IRentTable.Tariff


struct PermitTerm:
    class_code: bytes32
    months: uint256


UTC_OFFSET_MINUTES: public(immutable(int256))

# property class -> {month} the longest use-permit
permit_months: public(HashMap[bytes32, uint256])
# use -> its tariff, as in rent_tariff
_rates: HashMap[bytes32, uint256]
_terms: HashMap[bytes32, uint256]
# index -> month -> value in the low 64 bits, above them when it was published {s}
_published: HashMap[uint256, HashMap[uint256, uint256]]


@deploy
def __init__(
    authority: address,
    utc_offset_minutes: int256,
    tariffs: DynArray[NewTariff, MAX_TARIFFS],
    permits: DynArray[PermitTerm, MAX_TARIFFS],
    resolution: bytes32,
):
    """
    @param  utc_offset_minutes  Local time less UTC, for the months of an index.
    @param  resolution          Hash of the law or resolution that they follow.
    """
    authorized.__init__(authority)
    assert (
        utc_offset_minutes >= -_MAX_OFFSET_MINUTES and utc_offset_minutes <= _MAX_OFFSET_MINUTES
    ), "rent_table: bad time zone"
    UTC_OFFSET_MINUTES = utc_offset_minutes
    for each: NewTariff in tariffs:
        self._set_tariff(each.use, each.tariff, resolution)
    for each: PermitTerm in permits:
        self._set_permit(each.class_code, each.months, resolution)


# --- views
@external
@view
def tariff_of(use: bytes32) -> IRentTable.Tariff:
    """
    @notice The tariff of a use; all zero where there is none.
    """
    return rent_tariff._tariff(self._rates[use], self._terms[use])


@external
@pure
def unpacked(word: uint256) -> IRentTable.Tariff:
    """
    @notice The tariff that a lease keeps, but for its rate, from the lease's `tariff_word`.
    """
    return rent_tariff._tariff(0, word)


@external
@view
def tariff_words(use: bytes32) -> (uint256, uint256):
    """
    @notice A tariff as a lease keeps it: the rate, then all else (rent_tariff); zero where none is.
    """
    return self._rates[use], self._terms[use]


@external
@view
def quote(use: bytes32, worth: uint256, days: uint256) -> (uint256, uint256, uint256):
    """
    @notice {asset} What a tariff asks of something worth so much {asset}: a year's rent, the rent
            for a number of days, and the tax on the latter.
    @param  worth  Below 2**128.
    @param  days   At most 366.
    @custom:reverts "rent_table: no such use" | "rent_table: out of range"
    """
    terms: uint256 = self._terms[use]
    assert terms != 0, "rent_table: no such use"
    assert worth < MAX_WORTH and days <= MAX_DAYS, "rent_table: out of range"
    annual_rent: uint256 = rent_tariff._annual_rent(self._rates[use], terms, worth)
    rent: uint256 = rent_tariff._by_days(terms, annual_rent, days)
    return annual_rent, rent, rent_tariff._vat(terms, rent)


@external
@view
def value_of(index_id: uint256, month: uint256) -> uint256:
    """
    @notice {1} Value of a month; 0 while it is not published.
    """
    return self._published[index_id][month] % MAX_VALUE


@external
@view
def latest(index_id: uint256, newest: uint256, oldest: uint256, before: uint256) -> (uint256, uint256):
    """
    @notice Value and month of the latest value between two months that was published before a
            moment {s}; zeros where there is none. Looks through 24 months at most.
    """
    for back: uint256 in range(rent_tariff.MAX_AGE_MONTHS):
        if oldest + back > newest:
            break
        month: uint256 = newest - back
        word: uint256 = self._published[index_id][month]
        if word != 0 and word // MAX_VALUE < before:
            return word % MAX_VALUE, month
    return 0, 0


# --- AUDITOR_ROLE
@external
def publish(index_id: uint256, month: uint256, new_value: uint256):
    """
    @notice Publish the value of a month that is over, once.
    @param  month      year * 12 + month - 1.
    @param  new_value  {1} In the index's own scale, the same for all months; below 2**64.
    @custom:role AUDITOR_ROLE
    @custom:reverts "rent_table: no such index" | "rent_table: month is not over"
        | "rent_table: bad value" | "rent_table: was published"
    """
    authorized._check_role(AUDITOR_ROLE, msg.sender)
    assert index_id != 0, "rent_table: no such index"
    local: int256 = convert(block.timestamp, int256) + UTC_OFFSET_MINUTES * 60
    today: civil_calendar.Date = civil_calendar._date(convert(local // _DAY, uint256))
    assert month < today.year * 12 + today.month - 1, "rent_table: month is not over"
    assert new_value != 0 and new_value < MAX_VALUE, "rent_table: bad value"
    assert self._published[index_id][month] == 0, "rent_table: was published"
    self._published[index_id][month] = block.timestamp * MAX_VALUE + new_value
    log IRentTable.IndexPublished(
        index_id=index_id, month=month, value=new_value, auditor=msg.sender
    )


# --- COUNCIL_CLERK_ROLE
@external
def set_tariff(use: bytes32, tariff: IRentTable.Tariff, resolution: bytes32):
    """
    @notice Set what counts for leases of a use that are signed from now on.
    @custom:role COUNCIL_CLERK_ROLE
    @custom:reverts "rent_table: no resolution" | "rent_table: no such use" | as rent_tariff
    """
    authorized._check_role(COUNCIL_CLERK_ROLE, msg.sender)
    self._set_tariff(use, tariff, resolution)


@external
def set_permit(class_code: bytes32, months: uint256, resolution: bytes32):
    """
    @notice Set how long a use-permit of property of a class may run that can't be leased.
    @param  months  At most 600; 0 for none.
    @custom:role COUNCIL_CLERK_ROLE
    @custom:reverts "rent_table: no resolution" | "rent_table: out of range"
    """
    authorized._check_role(COUNCIL_CLERK_ROLE, msg.sender)
    self._set_permit(class_code, months, resolution)


# --- internal
@internal
def _set_tariff(use: bytes32, tariff: IRentTable.Tariff, resolution: bytes32):
    assert resolution != empty(bytes32), "rent_table: no resolution"
    assert use != empty(bytes32), "rent_table: no such use"
    rent_tariff._check(tariff)
    old_tariff: IRentTable.Tariff = rent_tariff._tariff(self._rates[use], self._terms[use])
    self._rates[use] = rent_tariff._rate_word(tariff)
    self._terms[use] = rent_tariff._terms_word(tariff)
    log IRentTable.TariffSet(
        use=use, old_tariff=old_tariff, new_tariff=tariff, resolution=resolution
    )


@internal
def _set_permit(class_code: bytes32, months: uint256, resolution: bytes32):
    assert resolution != empty(bytes32), "rent_table: no resolution"
    assert months <= MAX_PERMIT_MONTHS, "rent_table: out of range"
    old_months: uint256 = self.permit_months[class_code]
    self.permit_months[class_code] = months
    log IRentTable.PermitTermSet(
        class_code=class_code, old_months=old_months, new_months=months, resolution=resolution
    )
