# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  day_counts
@license AGPL-3.0-only
@notice The part of a year between two days, by the conventions of the bond market, as a fraction:
        nothing is rounded here.
@dev    Stateless. Days are day numbers (see civil_calendar); time within a day does not count.
@custom:source ICMA rule 251; ISDA definitions of 2006, 4.16 (d) to (h)
"""

from ..common import civil_calendar

# As in the answer of ERC-7092's `dayCountBasis`, which leaves the numbers open.
ACT_ACT_ICMA: constant(uint256) = 0
ACT_360: constant(uint256) = 1
ACT_365_FIXED: constant(uint256) = 2
THIRTY_360: constant(uint256) = 3
THIRTY_E_360_ISDA: constant(uint256) = 5

struct Fraction:
    numerator: uint256
    denominator: uint256


@internal
@pure
def _year_part(day_count: uint256, start: uint256, end: uint256, maturity: uint256) -> Fraction:
    """
    @notice The part of a year from `start` to `end`, not before it; for all but ACT/ACT.
    @param  maturity  Day on which the debt ends: it stays the last of February.
    """
    if day_count == ACT_360:
        return Fraction(numerator=end - start, denominator=360)
    if day_count == ACT_365_FIXED:
        return Fraction(numerator=end - start, denominator=365)
    first: civil_calendar.Date = civil_calendar._date(start)
    last: civil_calendar.Date = civil_calendar._date(end)
    if day_count == THIRTY_360:
        first.day = min(first.day, 30)
        if first.day == 30:
            last.day = min(last.day, 30)
    else:
        if day_count == THIRTY_E_360_ISDA:
            if self._is_last_of_february(first):
                first.day = 30
            if self._is_last_of_february(last) and end != maturity:
                last.day = 30
        first.day = min(first.day, 30)
        last.day = min(last.day, 30)
    months: uint256 = last.year * 12 + last.month - first.year * 12 - first.month
    # Never negative: within a month the last day is cut no further than the first.
    return Fraction(numerator=months * 30 + last.day - first.day, denominator=360)


@internal
@pure
def _regular_part(
    start: uint256, end: uint256, maturity: uint256, months_back: uint256, months: uint256
) -> Fraction:
    """
    @notice The part of a year from `start` to `end` by ACT/ACT-ICMA: of each regular period of
            `months`, its days passed by its days.
    @param  months_back  From maturity to the coupon day that ends the period of `end`; `start` lies
            at most two regular periods before that. All days are counted back from maturity: from
            a shorter month's last day a longer one's would not be found again.
    """
    next_day: uint256 = civil_calendar._subtract_months(maturity, months_back)
    middle: uint256 = civil_calendar._subtract_months(maturity, months_back + months)
    length: uint256 = next_day - middle
    late: uint256 = 0
    if end > middle:
        late = end - max(start, middle)
    if start >= middle:
        return Fraction(numerator=late * months, denominator=length * 12)
    length_before: uint256 = middle - civil_calendar._subtract_months(
        maturity, months_back + 2 * months
    )
    early: uint256 = min(end, middle) - start
    return Fraction(
        numerator=(early * length + late * length_before) * months,
        denominator=length * length_before * 12,
    )


@internal
@pure
def _is_last_of_february(date: civil_calendar.Date) -> bool:
    return date.month == 2 and date.day == civil_calendar._days_in_month(date.year, 2)
