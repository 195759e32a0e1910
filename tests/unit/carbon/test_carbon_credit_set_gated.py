import ape
import pytest

from .conftest import NOTHING, RESOLUTION
from .logs import event, logged


@pytest.mark.parametrize("purpose", [0, 7, 65_535])
def test_gates_a_purpose_and_no_longer(carbon, council_clerk, purpose):
    first = carbon.set_gated(purpose, True, RESOLUTION, sender=council_clerk)
    assert carbon.is_gated(purpose) is True
    second = carbon.set_gated(purpose, False, RESOLUTION, sender=council_clerk)
    assert carbon.is_gated(purpose) is False

    assert logged(first) == [event("PurposeGated", purpose, False, True, RESOLUTION)]
    assert logged(second) == [event("PurposeGated", purpose, True, False, RESOLUTION)]


def test_gates_no_other_purpose(carbon, council_clerk):
    carbon.set_gated(7, True, RESOLUTION, sender=council_clerk)

    assert carbon.is_gated(6) is carbon.is_gated(8) is False


def test_refuses_without_a_resolution(carbon, council_clerk):
    with ape.reverts("carbon_credit: no resolution"):
        carbon.set_gated(7, True, NOTHING, sender=council_clerk)


def test_is_for_the_council_clerk_only(carbon, not_allowed, esg_officer):
    not_allowed(lambda account: carbon.set_gated(7, True, RESOLUTION, sender=account), esg_officer)
