import ape
import pytest

from .conftest import NOTHING, RESOLUTION
from .logs import event, logged


@pytest.mark.parametrize(("rating", "bps"), [(0, 1), (3, 1_500), (255, 9_999)])
def test_sets_what_is_set_aside(registry, council_clerk, rating, bps):
    registry.set_buffer_bps(rating, 77, RESOLUTION, sender=council_clerk)

    receipt = registry.set_buffer_bps(rating, bps, RESOLUTION, sender=council_clerk)

    assert registry.buffer_bps(rating) == bps
    assert logged(receipt) == [event("BufferRateSet", rating, 77, bps, RESOLUTION)]


@pytest.mark.parametrize("bps", [10_000, 10_001, 65_535])
def test_refuses_everything_and_more(registry, council_clerk, bps):
    with ape.reverts("carbon_registry: bad rate"):
        registry.set_buffer_bps(3, bps, RESOLUTION, sender=council_clerk)

    assert registry.buffer_bps(3) == 0


def test_refuses_without_a_resolution(registry, council_clerk):
    with ape.reverts("carbon_registry: no resolution"):
        registry.set_buffer_bps(3, 1, NOTHING, sender=council_clerk)


def test_is_for_the_council_clerk_only(registry, not_allowed, esg_officer):
    not_allowed(
        lambda account: registry.set_buffer_bps(3, 1, RESOLUTION, sender=account), esg_officer
    )
