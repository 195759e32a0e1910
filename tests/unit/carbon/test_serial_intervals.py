"""The interval list by itself: shapes of overlap, neighbours, cuts, and what a claim costs."""

import ape
import pytest
from eth_utils import keccak

from .logs import event, logged

SERIES = keccak(text="series")
MOST = 2**64 - 1
STEPS_A_CALL = 250


@pytest.fixture(scope="module")
def serials(project, stranger):
    return project.MockSerialIntervals.deploy(sender=stranger)


@pytest.fixture
def claim(serials, stranger):
    def create(first, last, after=0, owner=1, series=SERIES):
        return serials.claim(series, first, last, owner, after, sender=stranger)

    return create


@pytest.fixture
def split(serials, stranger):
    return lambda first, at: serials.split(SERIES, first, at, sender=stranger)


@pytest.fixture
def listed(serials):
    return lambda series=SERIES: [tuple(known) for known in serials.intervals(series, 0)]


def test_keeps_intervals_in_order(claim, listed):
    claim(50, 59, owner=1)
    claim(10, 19, owner=2)
    claim(90, 99, after=50, owner=3)
    receipt = claim(30, 39, after=10, owner=4)

    assert listed() == [(10, 19, 2), (30, 39, 4), (50, 59, 1), (90, 99, 3)]
    assert logged(receipt) == [event("IntervalClaimed", SERIES, 30, 39, 4)]


@pytest.mark.parametrize(
    ("first", "last"),
    [(10, 19), (5, 10), (19, 25), (12, 15), (5, 25), (10, 10), (19, 19), (1, MOST), (15, 45)],
)
def test_refuses_every_shape_of_overlap(claim, listed, first, last):
    claim(10, 19)
    claim(40, 49, after=10)

    with ape.reverts("serial_intervals: overlap"):
        claim(first, last, after=0 if first <= 10 else 10)

    assert listed() == [(10, 19, 1), (40, 49, 1)]


def test_takes_what_touches_on_both_sides(claim, listed):
    claim(10, 19)
    claim(40, 49, after=10)

    claim(20, 39, after=10)
    claim(1, 9)
    claim(50, MOST, after=40)

    assert [(first, last) for first, last, _ in listed()] == [
        (1, 9), (10, 19), (20, 39), (40, 49), (50, MOST)
    ]  # fmt: skip
    for first in (1, 9, 10, 39, 40, 50, MOST):
        with ape.reverts("serial_intervals: overlap"):
            claim(first, first, after=max(f for f, _, _ in [(0, 0, 0), *listed()] if f < first))


@pytest.mark.parametrize(
    ("first", "last", "is_let"),
    [
        (0, 0, False),
        (0, 1, False),
        (1, 1, True),
        (2, 1, False),
        (1, MOST, True),
        (MOST, MOST, True),
        (1, MOST + 1, False),
        (MOST + 1, MOST + 1, False),
        (2**256 - 1, 2**256 - 1, False),
    ],
)
def test_takes_numbers_from_1_to_64_bits(claim, listed, first, last, is_let):
    if is_let:
        claim(first, last)
    else:
        with ape.reverts("serial_intervals: bad interval"):
            claim(first, last)

    assert listed() == [(first, last, 1)] * is_let


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        (0, "serial_intervals: wrong hint"),
        (10, "serial_intervals: wrong hint"),
        (50, "serial_intervals: overlap"),  # as if it came behind what comes behind it
        (15, "serial_intervals: unknown hint"),
        (35, "serial_intervals: unknown hint"),
        (2**64, "serial_intervals: unknown hint"),
        (2**256 - 1, "serial_intervals: unknown hint"),
    ],
)
def test_refuses_a_wrong_neighbour_and_stays_whole(claim, listed, after, reason):
    claim(10, 19)
    claim(30, 39, after=10)
    claim(50, 59, after=30)

    with ape.reverts(reason):
        claim(41, 45, after=after)
    claim(41, 45, after=30)

    assert [first for first, _, _ in listed()] == [10, 30, 41, 50]


def test_no_series_sees_another(claim, listed):
    claim(10, 19)
    other = keccak(text="another series")

    claim(10, 19, owner=2, series=other)

    assert (listed(), listed(other)) == ([(10, 19, 1)], [(10, 19, 2)])


@pytest.mark.parametrize(
    ("owner", "is_let"), [(0, False), (1, True), (2**128 - 1, True), (2**128, False)]
)
def test_takes_owners_of_128_bits(claim, listed, owner, is_let):
    if is_let:
        claim(MOST, MOST, owner=owner)
    else:
        with ape.reverts("Transaction failed."):  # a correct host can't come here
            claim(MOST, MOST, owner=owner)

    assert listed() == [(MOST, MOST, owner)] * is_let


def test_cuts_keep_the_partition(claim, split, listed):
    claim(10, 19, owner=7)
    claim(30, 39, after=10, owner=8)

    receipt = split(10, 15)
    split(15, 19)
    split(10, 11)

    assert listed() == [(10, 10, 7), (11, 14, 7), (15, 18, 7), (19, 19, 7), (30, 39, 8)]
    assert logged(receipt) == [event("IntervalSplit", SERIES, 10, 15)]
    claim(20, 29, after=19)
    assert len(listed()) == 6


@pytest.mark.parametrize(
    ("first", "at", "reason"),
    [
        (10, 10, "serial_intervals: bad cut"),
        (10, 20, "serial_intervals: bad cut"),
        (10, 0, "serial_intervals: bad cut"),
        (10, 2**256 - 1, "serial_intervals: bad cut"),
        (11, 12, "serial_intervals: unknown interval"),
        (0, 1, "serial_intervals: unknown interval"),
        (20, 21, "serial_intervals: unknown interval"),
    ],
)
def test_refuses_cuts_of_nothing(claim, split, listed, first, at, reason):
    claim(10, 19)

    with ape.reverts(reason):
        split(first, at)

    assert listed() == [(10, 19, 1)]


def test_tells_whose_a_number_is(serials, claim, split):
    claim(10, 19, owner=7)
    claim(30, MOST, after=10, owner=8)
    split(10, 15)

    for number, expected in (
        (0, (0, 0)),
        (9, (0, 0)),
        (10, (7, 10)),
        (14, (7, 10)),
        (15, (7, 15)),
        (19, (7, 15)),
        (20, (0, 0)),
        (30, (8, 30)),
        (MOST, (8, 30)),
        (2**64, (0, 0)),
    ):
        assert tuple(serials.owner_of(SERIES, number)) == expected, number


def test_a_claim_costs_the_same_among_10_and_10_000(serials, claim, stranger):
    """The transaction's own 21,000 and the calldata are in the figures."""
    costs = {}
    for count in (10, 10_000):
        series = keccak(text=f"series of {count}")
        # 1,000 numbers apart, from the first on; 100 of each are given out.
        steps = [
            (1_000 * n, 1_000 * n + 99, 1, 1_000 * (n - 1) if n > 1 else 0, False)
            for n in range(1, count + 1)
        ]
        for start in range(0, count, STEPS_A_CALL):
            serials.try_all(series, steps[start : start + STEPS_A_CALL], sender=stranger)
        assert serials.owner_of(series, 1_000 * count)[1] == 1_000 * count
        last, middle = 1_000 * count, 1_000 * (count // 2)
        costs[count] = {
            "at the end": claim(last + 500, last + 599, last, series=series).gas_used,
            "between": claim(middle + 500, middle + 599, middle, series=series).gas_used,
            "in front": claim(500, 599, 0, series=series).gas_used,
        }

    print(costs)
    for place, cost in costs[10].items():
        assert abs(costs[10_000][place] - cost) * 100 <= cost, costs
        assert max(cost, costs[10_000][place]) <= 75_000, costs
