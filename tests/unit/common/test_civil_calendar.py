"""The calendar against Python's own, which counts in another way."""

from calendar import isleap, monthrange
from datetime import date, timedelta
from itertools import count, takewhile

import ape
import pytest
from ape import project
from hypothesis import example, given
from hypothesis import strategies as st

from .examples import runs

EPOCH = date(1970, 1, 1)
LAST_DAY = (date.max - EPOCH).days  # 9999-12-31
MAX_DAYS = 500

days = st.integers(0, LAST_DAY)


@pytest.fixture(scope="module")
def calendar(deployer):
    return deployer.deploy(project.MockCalendar)


def number_of(day):
    return (day - EPOCH).days


def months_later(start, months):
    """Step by step through the calendar, one month at a time."""
    year, month = start.year, start.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return date(year, month, min(start.day, monthrange(year, month)[1]))


def months_earlier(end, months):
    """Step by step backwards."""
    year, month = end.year, end.month
    for _ in range(months):
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)
    return date(year, month, min(end.day, monthrange(year, month)[1]))


def months_begun(start, day):
    return sum(1 for _ in takewhile(lambda k: months_later(start, k) <= day, count()))


def assert_agree(calendar, checked):
    for start in range(0, len(checked), MAX_DAYS):
        some = checked[start : start + MAX_DAYS]
        numbers = [number_of(day) for day in some]
        dates = [(day.year, day.month, day.day) for day in some]

        assert [tuple(found) for found in calendar.dates(numbers)] == dates
        assert calendar.day_numbers(dates) == numbers


def test_knows_its_first_and_last_day(calendar):
    assert LAST_DAY == 2_932_896
    assert_agree(calendar, [date(1970, 1, 1), date(1970, 1, 2), date(9999, 12, 30), date.max])


def test_knows_every_month_of_a_400_year_cycle(calendar):
    firsts = [date(year, month, 1) for year in range(1970, 2370) for month in range(1, 13)]
    edges = [day for first in firsts for day in (first - timedelta(1), first) if day >= EPOCH]

    assert len(edges) == 2 * 4_800 - 1
    assert_agree(calendar, edges)


def test_knows_every_leap_day_and_turn_of_a_century_to_9999(calendar):
    leap_days = [date(year, 2, 29) for year in range(1970, 10_000) if isleap(year)]
    centuries = [date(year, month, 1) for year in range(2000, 10_000, 100) for month in (1, 3)]
    edges = [day + timedelta(n) for day in leap_days + centuries for n in (-1, 0, 1)]

    assert len(edges) > 3 * 2_000
    assert_agree(calendar, edges)


@runs(30)
@given(numbers=st.lists(days, min_size=50, max_size=100))
def test_knows_any_day(calendar, numbers):
    assert_agree(calendar, [EPOCH + timedelta(number) for number in numbers])


@pytest.mark.parametrize("year", [1970, 1972, 2000, 2023, 2024, 2100, 2400, 9996, 9999])
def test_knows_how_long_a_month_is(calendar, year):
    lengths = [calendar.days_in_month(year, month) for month in range(1, 13)]

    assert lengths == [monthrange(year, month)[1] for month in range(1, 13)]


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 31), 2, date(2026, 3, 31)),  # counted from the start, not from February
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2028, 1, 30), 1, date(2028, 2, 29)),
        (date(2026, 1, 29), 1, date(2026, 2, 28)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2028, 2, 29), 48, date(2032, 2, 29)),
        (date(2096, 2, 29), 48, date(2100, 2, 28)),
        (date(2026, 12, 31), 0, date(2026, 12, 31)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 11, 30), 600, date(2076, 11, 30)),
    ],
)
def test_adds_months(calendar, start, months, expected):
    assert calendar.add_months(number_of(start), months) == number_of(expected)


@runs(200)
@given(start=st.integers(0, LAST_DAY - 600 * 31), months=st.integers(0, 600))
def test_adds_months_to_any_day(calendar, start, months):
    expected = months_later(EPOCH + timedelta(start), months)

    assert calendar.add_months(start, months) == number_of(expected)


@pytest.mark.parametrize(
    ("end", "months", "expected"),
    [
        (date(2026, 8, 31), 6, date(2026, 2, 28)),
        (date(2026, 8, 31), 5, date(2026, 3, 31)),  # counted from the end, not from February
        (date(2028, 8, 30), 6, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2027, 2, 28)),
        (date(2026, 1, 31), 1, date(2025, 12, 31)),
        (date(2026, 1, 31), 0, date(2026, 1, 31)),
        (date(2020, 1, 1), 600, date(1970, 1, 1)),
    ],
)
def test_subtracts_months(calendar, end, months, expected):
    assert calendar.subtract_months(number_of(end), months) == number_of(expected)


@runs(200)
@given(end=st.integers(600 * 31, LAST_DAY), months=st.integers(0, 600))
def test_subtracts_months_from_any_day(calendar, end, months):
    expected = months_earlier(EPOCH + timedelta(end), months)

    assert calendar.subtract_months(end, months) == number_of(expected)


def test_knows_nothing_before_1970(calendar):
    with ape.reverts():
        calendar.subtract_months(number_of(date(2020, 1, 1)), 601)


@pytest.mark.parametrize(
    ("start", "day", "expected"),
    [
        (date(2026, 1, 31), date(2026, 1, 30), 0),
        (date(2026, 1, 31), date(2026, 1, 31), 1),
        (date(2026, 1, 31), date(2026, 2, 27), 1),
        (date(2026, 1, 31), date(2026, 2, 28), 2),
        (date(2026, 1, 31), date(2026, 3, 30), 2),
        (date(2026, 1, 31), date(2026, 3, 31), 3),
        (date(2028, 1, 30), date(2028, 2, 28), 1),
        (date(2028, 1, 30), date(2028, 2, 29), 2),
        (date(2028, 2, 29), date(2029, 2, 27), 12),
        (date(2028, 2, 29), date(2029, 2, 28), 13),
        (date(2026, 12, 15), date(2027, 1, 14), 1),
        (date(2026, 12, 15), date(2027, 1, 15), 2),
    ],
)
def test_counts_months_begun(calendar, start, day, expected):
    assert calendar.months_begun(number_of(start), number_of(day)) == expected


@runs(200)
@given(start=st.integers(0, LAST_DAY - 40_000), length=st.integers(-1_000, 19_000))
@example(start=0, length=0)
@example(start=1, length=-1)
def test_counts_months_begun_by_any_day(calendar, start, length):
    day = max(0, start + length)
    expected = months_begun(EPOCH + timedelta(start), EPOCH + timedelta(day))

    assert calendar.months_begun(start, day) == expected
