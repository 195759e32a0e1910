import ape
import pytest

from .conftest import NOTHING, RESOLUTION
from .logs import event, logged


@pytest.mark.parametrize("threshold", [1, 8])
def test_sets_how_many_must_sign(registry, council_clerk, threshold):
    receipt = registry.set_threshold(threshold, RESOLUTION, sender=council_clerk)

    assert registry.threshold() == threshold
    assert logged(receipt) == [event("ThresholdSet", 2, threshold, RESOLUTION)]


@pytest.mark.parametrize("threshold", [0, 9, 2**256 - 1])
def test_refuses_nobody_and_more_than_fit(registry, council_clerk, threshold):
    with ape.reverts("carbon_registry: bad threshold"):
        registry.set_threshold(threshold, RESOLUTION, sender=council_clerk)

    assert registry.threshold() == 2


def test_refuses_without_a_resolution(registry, council_clerk):
    with ape.reverts("carbon_registry: no resolution"):
        registry.set_threshold(1, NOTHING, sender=council_clerk)


def test_is_for_the_council_clerk_only(registry, not_allowed, esg_officer, carbon_verifier):
    not_allowed(
        lambda account: registry.set_threshold(1, RESOLUTION, sender=account),
        *(esg_officer, carbon_verifier),
    )
