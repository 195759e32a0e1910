# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  MockCalendar
@license AGPL-3.0-only
@notice Shows the calendar module to tests, many dates a call.
"""

from ..common import civil_calendar

MAX_DAYS: constant(uint256) = 500


@external
@pure
def dates(day_numbers: DynArray[uint256, MAX_DAYS]) -> DynArray[civil_calendar.Date, MAX_DAYS]:
    found: DynArray[civil_calendar.Date, MAX_DAYS] = []
    for day_number: uint256 in day_numbers:
        found.append(civil_calendar._date(day_number))
    return found


@external
@pure
def day_numbers(dates: DynArray[civil_calendar.Date, MAX_DAYS]) -> DynArray[uint256, MAX_DAYS]:
    found: DynArray[uint256, MAX_DAYS] = []
    for date: civil_calendar.Date in dates:
        found.append(civil_calendar._day_number(date))
    return found


@external
@pure
def days_in_month(year: uint256, month: uint256) -> uint256:
    return civil_calendar._days_in_month(year, month)


@external
@pure
def add_months(start: uint256, months: uint256) -> uint256:
    return civil_calendar._add_months(start, months)


@external
@pure
def subtract_months(end: uint256, months: uint256) -> uint256:
    return civil_calendar._subtract_months(end, months)


@external
@pure
def months_begun(start: uint256, day_number: uint256) -> uint256:
    return civil_calendar._months_begun(start, day_number)
