import ape
import pytest

MAX_UINT64 = 2**64 - 1
GOOD = (3, 500, 700, 86_400)


def test_replaces_the_limits(appraisals, council_clerk, resolution):
    old_limits = tuple(appraisals.limits())

    receipt = appraisals.set_limits(GOOD, resolution, sender=council_clerk)

    assert old_limits == (2, 1_500, 1_500, 730 * 86_400)
    assert appraisals.limits() == GOOD
    (log,) = receipt.events
    assert log.event_name == "LimitsSet"
    assert (tuple(log.old_limits), tuple(log.new_limits)) == (old_limits, GOOD)
    assert (bytes(log.resolution), log.clerk) == (resolution, council_clerk)


@pytest.mark.parametrize(
    "limits", [(1, 0, 0, 1), (3, 10_000, 10_000, MAX_UINT64), (2, 1, 9_999, 2)]
)
def test_takes_limits_up_to_their_bounds(appraisals, council_clerk, resolution, limits):
    appraisals.set_limits(limits, resolution, sender=council_clerk)

    assert appraisals.limits() == limits


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        ((0, 500, 700, 1), "appraisals: bad quorum"),
        ((4, 500, 700, 1), "appraisals: bad quorum"),
        ((1, 10_001, 700, 1), "appraisals: bad limit"),
        ((1, 500, 10_001, 1), "appraisals: bad limit"),
        ((1, 500, 700, 0), "appraisals: bad limit"),
    ],
)
def test_refuses_limits_beyond_their_bounds(appraisals, council_clerk, resolution, limits, reason):
    with ape.reverts(reason):
        appraisals.set_limits(limits, resolution, sender=council_clerk)

    assert appraisals.limits().quorum == 2


def test_refuses_without_a_resolution(appraisals, council_clerk):
    with ape.reverts("appraisals: no resolution"):
        appraisals.set_limits(GOOD, bytes(32), sender=council_clerk)


@pytest.mark.parametrize("caller", ["stranger", "council", "asset_manager", "appraiser"])
def test_refuses_all_but_the_council_clerk(appraisals, resolution, request, caller):
    with ape.reverts("authorized: missing role"):
        appraisals.set_limits(GOOD, resolution, sender=request.getfixturevalue(caller))
