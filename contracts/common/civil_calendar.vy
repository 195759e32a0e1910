# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  civil_calendar
@license AGPL-3.0-only
@notice Day numbers and Gregorian dates, for terms that run in calendar months.
@dev    A day number counts days from 1970-01-01. Stateless. Years 1970 to 9999.
@custom:source Gregorian calendar; 400 years are 146,097 days, and a year that begins in March
        puts the leap day last
"""


struct Date:
    year: uint256
    month: uint256  # 1 to 12
    day: uint256  # 1 to 31


@internal
@pure
def _date(day_number: uint256) -> Date:
    # 719,468 days lie between 0000-03-01 and 1970-01-01.
    days: uint256 = day_number + 719_468
    era: uint256 = days // 146_097
    day_of_era: uint256 = days % 146_097
    # Take out the leap days of the era, then whole years are 365 days.
    year_of_era: uint256 = (
        day_of_era - day_of_era // 1_460 + day_of_era // 36_524 - day_of_era // 146_096
    ) // 365
    day_of_year: uint256 = day_of_era - (
        365 * year_of_era + year_of_era // 4 - year_of_era // 100
    )
    # Months from March; (153 * m + 2) // 5 days lie before month m.
    shifted: uint256 = (5 * day_of_year + 2) // 153
    day: uint256 = day_of_year - (153 * shifted + 2) // 5 + 1
    month: uint256 = shifted + 3
    year: uint256 = era * 400 + year_of_era
    if month > 12:
        month -= 12
        year += 1
    return Date(year=year, month=month, day=day)


@internal
@pure
def _day_number(date: Date) -> uint256:
    year: uint256 = date.year
    shifted: uint256 = date.month + 9
    if date.month <= 2:
        year -= 1
    else:
        shifted -= 12
    era: uint256 = year // 400
    year_of_era: uint256 = year % 400
    day_of_year: uint256 = (153 * shifted + 2) // 5 + date.day - 1
    day_of_era: uint256 = 365 * year_of_era + year_of_era // 4 - year_of_era // 100 + day_of_year
    return era * 146_097 + day_of_era - 719_468


@internal
@pure
def _days_in_month(year: uint256, month: uint256) -> uint256:
    if month == 2:
        if (year % 4 == 0 and year % 100 != 0) or year % 400 == 0:
            return 29
        return 28
    if month == 4 or month == 6 or month == 9 or month == 11:
        return 30
    return 31


@internal
@pure
def _add_months(start: uint256, months: uint256) -> uint256:
    """
    @notice The same day of the month, `months` later; the last of a shorter month.
    @dev    Always counted from `start`: 31 January, 28 February, 31 March.
    """
    date: Date = self._date(start)
    count: uint256 = date.month - 1 + months
    date.year += count // 12
    date.month = count % 12 + 1
    date.day = min(date.day, self._days_in_month(date.year, date.month))
    return self._day_number(date)


@internal
@pure
def _subtract_months(end: uint256, months: uint256) -> uint256:
    """
    @notice The same day of the month, `months` earlier; the last of a shorter month.
    @dev    Always counted from `end`: 31 August, 28 February. Not before 1970.
    """
    date: Date = self._date(end)
    count: uint256 = date.year * 12 + date.month - 1 - months
    date.year = count // 12
    date.month = count % 12 + 1
    date.day = min(date.day, self._days_in_month(date.year, date.month))
    return self._day_number(date)


@internal
@pure
def _months_begun(start: uint256, day_number: uint256) -> uint256:
    """
    @notice How many months counted from `start` have begun by `day_number`; 0 before `start`.
    """
    if day_number < start:
        return 0
    first: Date = self._date(start)
    last: Date = self._date(day_number)
    months: uint256 = last.year * 12 + last.month - first.year * 12 - first.month
    due_day: uint256 = min(first.day, self._days_in_month(last.year, last.month))
    if last.day >= due_day:
        months += 1
    return months
