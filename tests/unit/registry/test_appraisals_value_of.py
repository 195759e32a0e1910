"""The value that follows from filings: `value_of` and `outcome`, with exact integers."""

from itertools import permutations

import ape
import pytest
from ape import chain
from eth_utils import keccak
from hypothesis import given
from hypothesis import strategies as st

from ..common.examples import runs, undone

REPORT = keccak(text="report")
YEAR = 365 * 86_400
AGE = 730 * 86_400  # {s} the profile's limit
# IAppraisals.Standing
IN_FORCE, ABSENT, NEEDS_MORE, STALE, NEEDS_THIRD, DISPUTED = (1 << n for n in range(6))
BPS = 10_000
SPREAD = DEVIATION = 1_500  # {bps} of the profile
LARGEST = 2**128 - 1


@pytest.fixture(scope="module")
def panel(appraiser, second_appraiser, third_appraiser):
    return [appraiser, second_appraiser, third_appraiser]


@pytest.fixture(scope="module")
def file(appraisals, panel):
    """File values, the first by the first appraiser: `file(asset_id, 100, 110)`."""

    def file(asset_id, *values, valid_for=YEAR):
        now = chain.pending_timestamp
        for value, appraiser in zip(values, panel, strict=False):
            appraisals.appraise([(asset_id, value, now, now + valid_for, REPORT)], sender=appraiser)
        return now + valid_for

    return file


def refused(appraisals, asset_id, standing, reason):
    with ape.reverts(reason):
        appraisals.value_of(asset_id)
    return appraisals.outcome(asset_id) == (standing, 0)


def test_refuses_where_nobody_has_filed(appraisals, office):
    assert refused(appraisals, office, ABSENT, "appraisals: none")


def test_refuses_a_single_filing_where_two_are_needed(appraisals, office, file):
    file(office, 1_000)

    assert refused(appraisals, office, NEEDS_MORE, "appraisals: needs more")


@pytest.mark.parametrize(
    ("first", "second", "mean"),
    [
        (1_000, 1_000, 1_000),
        (1_000, 1_001, 1_000),  # rounded down
        (1_000, 1_150, 1_075),
        (1_150, 1_000, 1_075),
        (LARGEST, LARGEST, LARGEST),
    ],
)
def test_is_the_mean_of_two_within_the_spread(appraisals, office, file, first, second, mean):
    file(office, first, second)

    assert appraisals.value_of(office) == mean
    assert appraisals.outcome(office) == (IN_FORCE, mean)


@pytest.mark.parametrize(("first", "second"), [(1_000, 1_151), (1_151, 1_000), (1, LARGEST)])
def test_needs_a_third_where_two_are_further_apart(appraisals, office, file, first, second):
    """15 % of the lower is the limit."""
    file(office, first, second)

    assert refused(appraisals, office, NEEDS_THIRD, "appraisals: needs third")


@pytest.mark.parametrize("values", permutations([1_000, 1_151, 1_100]))
def test_is_the_middle_one_of_three(appraisals, office, file, values):
    file(office, *values)

    assert appraisals.value_of(office) == 1_100


@pytest.mark.parametrize(
    ("values", "standing"),
    [
        ((850, 1_000, 1_151), IN_FORCE),  # 15 % below the middle one
        ((849, 1_000, 1_150), IN_FORCE),  # 15 % above
        ((849, 1_000, 1_151), DISPUTED),
        ((1, 1_000, LARGEST), DISPUTED),
    ],
)
def test_asks_another_to_be_near_the_middle_one(appraisals, office, file, values, standing):
    file(office, *values)

    if standing == DISPUTED:
        assert refused(appraisals, office, DISPUTED, "appraisals: disputed")
    else:
        assert appraisals.outcome(office) == (IN_FORCE, 1_000)


@pytest.mark.parametrize("lie", [1, 999, 1_050, 1_201, LARGEST])
@pytest.mark.parametrize("place", range(3))
def test_one_liar_of_three_stays_between_the_honest(appraisals, office, file, lie, place):
    """INV-APPR-2: the honest say 1,000 and 1,100; nothing else becomes the value."""
    values = [1_000, 1_100]
    values.insert(place, lie)
    file(office, *values)

    assert appraisals.value_of(office) == sorted(values)[1]
    assert 1_000 <= appraisals.value_of(office) <= 1_100


@runs(60)
@given(
    first=st.integers(1, LARGEST),
    second=st.integers(1, LARGEST) | st.integers(9_000, 11_000),
    lie=st.integers(1, LARGEST) | st.integers(9_000, 11_000),
    place=st.integers(0, 2),
)
def test_a_value_is_never_far_from_what_an_honest_one_says(
    appraisals, register_asset, file, first, second, lie, place
):
    """INV-APPR-2, for any two honest filings: within the deviation limit of one of them."""
    values = [first, second]
    values.insert(place, lie)
    with undone():
        office = register_asset("an office")
        file(office, *values)
        standing, value = appraisals.outcome(office)

    low, middle, high = sorted(values)
    agree = min(middle - low, high - middle) * BPS <= DEVIATION * middle
    assert (standing, value) == ((IN_FORCE, middle) if agree else (DISPUTED, 0))
    if agree:
        assert min(abs(value - first), abs(value - second)) * BPS <= DEVIATION * value


@pytest.mark.parametrize("early", [1, 0])
def test_is_in_force_up_to_its_last_second(appraisals, office, file, early):
    last = file(office, 1_000, 1_000, valid_for=60)

    chain.mine(timestamp=last - early)

    assert appraisals.value_of(office) == 1_000


def test_refuses_a_stale_value(appraisals, office, file):
    """INV-APPR-1: nothing is priced on a value past its date."""
    last = file(office, 1_000, 1_000, valid_for=60)

    chain.mine(timestamp=last + 1)

    assert refused(appraisals, office, STALE, "appraisals: stale")
    assert [filing.value for filing in appraisals.filings(office)] == [1_000, 1_000]


@pytest.mark.parametrize(("late", "standing"), [(0, IN_FORCE), (1, STALE)])
def test_a_filing_counts_up_to_the_age_limit(appraisals, office, panel, late, standing):
    """INV-APPR-1: whatever date the appraiser gave."""
    now = chain.pending_timestamp
    for appraiser in panel[:2]:
        appraisals.appraise([(office, 7, now, now + 100 * YEAR, REPORT)], sender=appraiser)

    chain.mine(timestamp=now + AGE + late)

    assert appraisals.outcome(office).standing == standing


def test_two_are_left_where_one_of_three_went_stale(appraisals, office, file, third_appraiser):
    file(office, 1_000, 1_100)
    now = chain.pending_timestamp
    appraisals.appraise([(office, 1_000, now, now + 60, REPORT)], sender=third_appraiser)
    assert appraisals.value_of(office) == 1_000

    chain.mine(timestamp=now + 61)

    assert appraisals.value_of(office) == 1_050


def test_one_filing_is_enough_where_the_council_says_so(
    appraisals, office, file, council_clerk, resolution
):
    appraisals.set_limits((1, SPREAD, DEVIATION, AGE), resolution, sender=council_clerk)

    file(office, 1_000)

    assert appraisals.value_of(office) == 1_000
