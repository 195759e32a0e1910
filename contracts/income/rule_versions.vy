# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  rule_versions
@license AGPL-3.0-only
@notice Which rules are in force, which come next, and which were in force in a month gone by.
@dev    A version begins with a calendar month in the city's time zone, so that no period is cut
        in two. It takes effect at the first call after that moment: the host books what has come
        in by then for the version before. A month number is year * 12 + month - 1.
        Invariant: INV-SPLIT-3 (docs/invariants.md).
"""

from ..common import civil_calendar
from ..interfaces import IRevenueSplitter
from ..interfaces import ISplitterFactory

_DAY: constant(uint256) = 86_400
_MAX_OFFSET_MINUTES: constant(int256) = 14 * 60
_MAX_NOTICE_DAYS: constant(uint256) = 366
# 9999-12, the last month that the calendar knows
_MAX_MONTH: constant(uint256) = 9_999 * 12 + 11
_MONTH_MASK: constant(uint256) = 2**20 - 1
_VERSION_MASK: constant(uint256) = 2**24 - 1
_COUNT_MASK: constant(uint256) = 2**16 - 1
_RULES_MASK: constant(uint256) = 2**160 - 1
_START_SHIFT: constant(uint256) = 160
_NEXT_SHIFT: constant(uint256) = 180
_VERSION_SHIFT: constant(uint256) = 200
_RESIDUAL_SHIFT: constant(uint256) = 224
_GROSS_SHIFT: constant(uint256) = 240
# the clock without its counts
_TIMES: constant(uint256) = 2**224 - 1

FACTORY: public(immutable(address))
UTC_OFFSET_MINUTES: public(immutable(int256))
NOTICE_DAYS: public(immutable(uint256))

# rules in force 160 | their first month 20 | first month of the next, 0 for none 20 | version 24
# and two counts of the host, 16 each: income of this version, and what no tier took of it, as far
# as they are above whole multiples of 10_000
_clock: uint256
# version -> rules 160 | first month 20
_versions: HashMap[uint256, uint256]


@deploy
def __init__(factory: address, utc_offset_minutes: int256, notice_days: uint256):
    """
    @param  factory             The SplitterFactory, which vouches for rules.
    @param  utc_offset_minutes  Local time less UTC; from -840 to 840.
    @param  notice_days         How many days ahead rules are scheduled at least; at most 366.
    """
    assert factory.is_contract, "rule_versions: no factory"
    assert (
        utc_offset_minutes >= -_MAX_OFFSET_MINUTES and utc_offset_minutes <= _MAX_OFFSET_MINUTES
    ), "rule_versions: bad time zone"
    assert notice_days <= _MAX_NOTICE_DAYS, "rule_versions: bad notice"
    FACTORY = factory
    UTC_OFFSET_MINUTES = utc_offset_minutes
    NOTICE_DAYS = notice_days


# --- views
@external
@view
def version() -> uint256:
    """
    @notice The version in force, from 1 upwards. One whose month has begun is not yet counted
            until a call lets it take effect.
    """
    return self._number(self._clock)


@external
@view
def next_start_month() -> uint256:
    """
    @notice Month in which the scheduled rules begin; 0 where none are scheduled.
    """
    return self._next(self._clock)


@external
@view
def rules_of(of_version: uint256) -> (address, uint256):
    """
    @notice Where a version's rules are, and its first month; the scheduled one has the next number.
    """
    word: uint256 = self._versions[of_version]
    return self._rules(word), self._start(word)


# --- internal
@internal
def _first(rules: address):
    """
    @notice Put the first version in force, from this month on. Older income is its, too.
    @dev    The factory makes rules and splitter in one call, so it need not vouch for them.
    """
    month: uint256 = self._month()
    word: uint256 = convert(rules, uint256) | (month << _START_SHIFT)
    self._versions[1] = word
    self._clock = word | (1 << _VERSION_SHIFT)
    log IRevenueSplitter.RulesScheduled(
        version=1, start_month=month, rules=rules, old_rules=empty(address)
    )
    log IRevenueSplitter.RulesBegun(version=1, rules=rules, booked=0)


@internal
def _schedule(start_month: uint256, rules: address):
    assert staticcall ISplitterFactory(FACTORY).is_rules(rules), "rule_versions: unknown rules"
    assert start_month <= _MAX_MONTH, "rule_versions: no such month"
    assert start_month > self._month(), "rule_versions: too soon"
    assert (
        self._moment(start_month) >= block.timestamp + NOTICE_DAYS * _DAY
    ), "rule_versions: too soon"
    clock: uint256 = self._clock
    upcoming: uint256 = self._number(clock) + 1
    # No version, so no rules, where none is scheduled.
    old_rules: address = self._rules(self._versions[upcoming])
    self._versions[upcoming] = convert(rules, uint256) | (start_month << _START_SHIFT)
    self._set_next(clock, start_month)
    log IRevenueSplitter.RulesScheduled(
        version=upcoming, start_month=start_month, rules=rules, old_rules=old_rules
    )


@internal
def _cancel():
    clock: uint256 = self._clock
    upcoming: uint256 = self._number(clock) + 1
    assert self._next(clock) != 0, "rule_versions: nothing scheduled"
    word: uint256 = self._versions[upcoming]
    self._versions[upcoming] = 0
    self._set_next(clock, 0)
    log IRevenueSplitter.RulesCancelled(
        version=upcoming, start_month=self._start(word), rules=self._rules(word)
    )


@internal
def _turn(booked: uint256):
    """
    @notice Put the scheduled rules in force. The host knows that their month has begun.
    """
    upcoming: uint256 = self._number(self._clock) + 1
    word: uint256 = self._versions[upcoming]
    self._clock = word | (upcoming << _VERSION_SHIFT)
    log IRevenueSplitter.RulesBegun(version=upcoming, rules=self._rules(word), booked=booked)


@internal
@view
def _version_at(clock: uint256, month: uint256) -> uint256:
    """
    @notice The version in force in `month`; the present one for a month to come.
    """
    high: uint256 = self._number(clock)
    if month >= self._start(clock) or high == 1:
        return high
    low: uint256 = 1
    high -= 1
    for i: uint256 in range(32):
        if low == high:
            break
        middle: uint256 = (low + high + 1) // 2
        if self._start(self._versions[middle]) <= month:
            low = middle
        else:
            high = middle - 1
    return low


@internal
@view
def _month() -> uint256:
    local: uint256 = convert(convert(block.timestamp, int256) + UTC_OFFSET_MINUTES * 60, uint256)
    date: civil_calendar.Date = civil_calendar._date(local // _DAY)
    return date.year * 12 + date.month - 1


@internal
@view
def _moment(month: uint256) -> uint256:
    """
    @notice {s} When a month begins.
    """
    first: civil_calendar.Date = civil_calendar.Date(
        year=month // 12, month=month % 12 + 1, day=1
    )
    local: uint256 = civil_calendar._day_number(first) * _DAY
    return convert(convert(local, int256) - UTC_OFFSET_MINUTES * 60, uint256)


@internal
@pure
def _rules(word: uint256) -> address:
    return convert(word & _RULES_MASK, address)


@internal
@pure
def _number(clock: uint256) -> uint256:
    return (clock >> _VERSION_SHIFT) & _VERSION_MASK


@internal
@pure
def _residual(clock: uint256) -> uint256:
    return (clock >> _RESIDUAL_SHIFT) & _COUNT_MASK


@internal
@pure
def _gross(clock: uint256) -> uint256:
    return clock >> _GROSS_SHIFT


@internal
def _count(clock: uint256, gross: uint256, residual: uint256):
    self._clock = (clock & _TIMES) | (residual << _RESIDUAL_SHIFT) | (gross << _GROSS_SHIFT)


@internal
@pure
def _start(word: uint256) -> uint256:
    return (word >> _START_SHIFT) & _MONTH_MASK


@internal
@pure
def _next(clock: uint256) -> uint256:
    return (clock >> _NEXT_SHIFT) & _MONTH_MASK


@internal
def _set_next(clock: uint256, month: uint256):
    self._clock = clock - (self._next(clock) << _NEXT_SHIFT) + (month << _NEXT_SHIFT)
