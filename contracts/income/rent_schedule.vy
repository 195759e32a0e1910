# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  rent_schedule
@license AGPL-3.0-only
@notice When rent falls due and how much: instalments of calendar months, in advance.
@dev    Whole months count from the anchor day. What lies before it is an instalment of its own, and
        so is what is left of a month at the end; both are reckoned by actual days. A year's rent in
        twelve equal instalments leaves a rest, which goes to the first of them. Stateless.
"""

from ..common import civil_calendar
from . import rent_tariff

# The first instalment, 600 months, and what is left of one.
MAX_INSTALMENTS: constant(uint256) = 602


# Local days from 1970-01-01.
struct Schedule:
    start_day: uint256
    anchor_day: uint256  # the start, or within a month of it
    end_day: uint256  # first day without the lease


@internal
@pure
def _before_anchor(schedule: Schedule) -> uint256:
    """
    @notice How many instalments fall due before the anchor day: 1 or 0.
    """
    return convert(schedule.anchor_day > schedule.start_day, uint256)


@internal
@pure
def _count(schedule: Schedule) -> uint256:
    """
    @notice How many instalments there are in all. A month that would begin on the end day is none.
    """
    if schedule.end_day <= schedule.start_day:
        return 0
    early: uint256 = self._before_anchor(schedule)
    if schedule.end_day <= schedule.anchor_day:
        return early
    return early + civil_calendar._months_begun(schedule.anchor_day, schedule.end_day - 1)


@internal
@pure
def _due_day(schedule: Schedule, instalment: uint256) -> uint256:
    """
    @notice Local day on which an instalment, counted from 0, falls due: the first that it pays for.
    """
    early: uint256 = self._before_anchor(schedule)
    if instalment < early:
        return schedule.start_day
    return civil_calendar._add_months(schedule.anchor_day, instalment - early)


@internal
@pure
def _year(schedule: Schedule, instalment: uint256) -> uint256:
    """
    @notice Year of the lease, from 0, counted from the anchor day.
    """
    early: uint256 = self._before_anchor(schedule)
    if instalment < early:
        return 0
    return (instalment - early) // 12


@internal
@pure
def _rent(
    schedule: Schedule, count: uint256, terms: uint256, annual_rent: uint256, instalment: uint256
) -> uint256:
    """
    @notice {asset} An instalment without its tax.
    @param  count        As `_count`.
    @param  terms        Word of rent_tariff.
    @param  annual_rent  {asset} Of the instalment's year; a multiple of the quantum.
    """
    early: uint256 = self._before_anchor(schedule)
    if instalment < early:
        return rent_tariff._by_days(
            terms, annual_rent, min(schedule.anchor_day, schedule.end_day) - schedule.start_day
        )
    month: uint256 = instalment - early
    if instalment + 1 == count and (
        civil_calendar._add_months(schedule.anchor_day, month + 1) > schedule.end_day
    ):
        first_day: uint256 = civil_calendar._add_months(schedule.anchor_day, month)
        return rent_tariff._by_days(terms, annual_rent, schedule.end_day - first_day)
    monthly: uint256 = rent_tariff._cut(terms, annual_rent // 12)
    if month % 12 == 0:
        return annual_rent - 11 * monthly
    return monthly
