"""`due`, `arrears`, `instalment`, `end_day` and `terms_of`."""

from datetime import date, timedelta

import ape
import pytest
from ape import chain
from hypothesis import given
from hypothesis import strategies as st

from ..common.examples import runs, undone
from . import lease_dates
from .lease_dates import day_number, due_dates, midnight, months_later

RENT = 1_000


@pytest.mark.parametrize(("second", "rents"), [(-86_400, 0), (-1, 0), (0, 1), (1, 1), (86_400, 1)])
def test_is_the_first_rent_from_local_midnight_on(city, house, sign, second, rents):
    """15:00 UTC is midnight in the city."""
    start = date(2026, 3, 1)
    lease_id = sign(house, start, rent=RENT)
    assert midnight(start) % 86_400 == 15 * 3_600

    assert city.lease.due(lease_id, midnight(start) + second) == rents * RENT


@pytest.mark.parametrize("second", [-1, 0])
def test_takes_the_time_of_the_block_where_none_is_given(city, house, sign, second):
    start = date(2026, 3, 1)
    lease_id = sign(house, start, rent=RENT)
    chain.mine(timestamp=midnight(start) + second)

    assert city.lease.due(lease_id) == city.lease.arrears(lease_id) == (RENT if second == 0 else 0)


@pytest.mark.parametrize(
    ("start", "dates"),
    [
        (date(2026, 1, 29), [(2, 28), (3, 29), (4, 29)]),
        (date(2026, 1, 30), [(2, 28), (3, 30), (4, 30)]),
        (date(2026, 1, 31), [(2, 28), (3, 31), (4, 30)]),
        (date(2028, 1, 29), [(2, 29), (3, 29), (4, 29)]),
        (date(2028, 1, 30), [(2, 29), (3, 30), (4, 30)]),
        (date(2028, 1, 31), [(2, 29), (3, 31), (4, 30)]),
        (date(2028, 2, 29), [(3, 29), (4, 29), (5, 29)]),
        (date(2026, 2, 28), [(3, 28), (4, 28), (5, 28)]),
        (date(2100, 1, 31), [(2, 28), (3, 31), (4, 30)]),
        (date(2400, 1, 31), [(2, 29), (3, 31), (4, 30)]),
    ],
)
def test_falls_due_on_the_last_day_of_a_short_month(city, house, sign, start, dates):
    lease_id = sign(house, start, months=4, rent=RENT)
    days = [start, *(date(start.year, month, day) for month, day in dates)]

    assert [city.lease.instalment(lease_id, k)[0] for k in range(4)] == [
        day_number(d) for d in days
    ]
    for k, day in enumerate(days):
        assert city.lease.due(lease_id, midnight(day) - 1) == k * RENT
        assert city.lease.due(lease_id, midnight(day)) == (k + 1) * RENT


def test_comes_back_to_29_february_in_leap_years_only(city, house, sign):
    lease_id = sign(house, date(2028, 2, 29), months=49)

    expected = [date(2029, 2, 28), date(2030, 2, 28), date(2031, 2, 28), date(2032, 2, 29)]
    found = [city.lease.instalment(lease_id, 12 * year)[0] for year in (1, 2, 3, 4)]
    assert found == [day_number(day) for day in expected]


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 1, 31), 2, date(2026, 3, 31)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 12, 15), 600, date(2076, 12, 15)),
    ],
)
def test_ends_after_whole_months(city, house, sign, start, months, end):
    lease_id = sign(house, start, months=months)

    assert city.lease.end_day(lease_id) == day_number(end)


@pytest.mark.parametrize("instalment", [0, 1, 10, 11])
def test_has_as_many_due_days_as_months(city, house, sign, instalment):
    lease_id = sign(house, date(2026, 3, 1), months=12)

    expected = day_number(months_later(date(2026, 3, 1), instalment))
    assert city.lease.instalment(lease_id, instalment)[0] == expected


@pytest.mark.parametrize("instalment", [12, 13, 2**256 - 1])
def test_refuses_the_due_day_of_a_month_beyond_the_term(city, house, sign, instalment):
    lease_id = sign(house, date(2026, 3, 1), months=12)

    with ape.reverts("lease: bad term"):
        city.lease.instalment(lease_id, instalment)


def test_never_asks_for_more_than_the_term(city, house, sign):
    lease_id = sign(house, date(2026, 3, 1), months=12, rent=RENT)

    assert city.lease.due(lease_id, midnight(date(2027, 2, 1)) - 1) == 11 * RENT
    for moment in (midnight(date(2027, 2, 1)), midnight(date(2300, 1, 1)), 2**64, 2**254):
        assert city.lease.due(lease_id, moment) == 12 * RENT


@pytest.mark.parametrize(
    ("paid", "arrears"), [(0, 3_000), (1, 2_999), (2_999, 1), (3_000, 0), (3_001, 0)]
)
def test_arrears_are_what_is_due_and_not_paid(city, house, sign, pay, paid, arrears):
    lease_id = sign(house, date(2026, 3, 1), rent=RENT)
    if paid:
        pay(lease_id, paid)

    assert city.lease.arrears(lease_id, midnight(date(2026, 5, 1))) == arrears


@pytest.mark.parametrize("unknown", [0, 2, 2**256 - 1])
@pytest.mark.parametrize("view", ["terms_of", "due", "arrears", "end_day", "instalment"])
def test_refuses_a_lease_that_does_not_exist(city, house, sign, view, unknown):
    sign(house, date(2026, 3, 1))
    arguments = (unknown, 0) if view == "instalment" else (unknown,)

    with ape.reverts("lease: unknown lease"):
        getattr(city.lease, view)(*arguments)


def test_moves_with_the_citys_time_zone_alone(city, house, sign, lease_in):
    """The same instant is another day elsewhere."""
    start = date(2026, 3, 1)
    for minutes in (-840, -300, 0, 345, 840):
        with undone():
            lease = lease_in(minutes)
            lease_id = sign(house, start, rent=RENT, lease=lease)

            assert lease.due(lease_id, midnight(start, minutes) - 1) == 0
            assert lease.due(lease_id, midnight(start, minutes)) == RENT


def moments(start, months):
    """Any moment around a lease, most of them within two seconds of a local midnight."""
    edge = st.tuples(st.integers(-2, months + 2), st.integers(-1, 1), st.integers(-2, 2))
    any_day = st.tuples(st.just(0), st.integers(-500, 31 * months + 500), st.integers(0, 86_399))
    return st.one_of(edge, edge, any_day)


def moment_of(start, choice, offset_minutes):
    month, days, seconds = choice
    day = months_later(start, max(0, month)) + timedelta(days + 31 * min(0, month))
    return midnight(day, offset_minutes) + seconds


@pytest.fixture(scope="module")
def leases(city, lease_in):
    """offset -> a Lease contract of that time zone."""
    return {540: city.lease, **{minutes: lease_in(minutes) for minutes in (-840, -210, 0, 840)}}


@runs(60)
@given(
    data=st.data(),
    offset=st.sampled_from([540, 540, 540, -840, -210, 0, 840]),
    start=st.dates(date(1975, 1, 1), date(2200, 12, 31)),
    day=st.sampled_from([None, 28, 29, 30, 31]),
    months=st.one_of(st.integers(1, 36), st.just(600)),
    rent=st.integers(1, 2**92 - 1),
)
def test_is_what_python_counts(leases, house, sign, data, offset, start, day, months, rent):
    """INV-LEASE-1: what has fallen due follows from the terms and the time alone."""
    lease = leases[offset]
    if day is not None:  # month ends are the hard cases
        start = start.replace(day=min(day, 28)) + timedelta(max(0, day - 28))
    with undone():
        lease_id = sign(house, start, months=months, rent=rent, lease=lease)
        assert lease.end_day(lease_id) == day_number(months_later(start, months))
        total = rent * len(due_dates(start, months))
        assert lease.due(lease_id, 2**64) == total
        choices = st.lists(moments(start, months), min_size=6, max_size=12)
        for choice in data.draw(choices, "moments"):
            moment = moment_of(start, choice, offset)
            expected = lease_dates.due(start, months, rent, moment, offset)
            assert lease.due(lease_id, moment) == expected <= total
            assert lease.arrears(lease_id, moment) == expected
        for k in data.draw(st.lists(st.integers(0, months - 1), max_size=4), "instalments"):
            assert lease.instalment(lease_id, k)[0] == day_number(months_later(start, k))
