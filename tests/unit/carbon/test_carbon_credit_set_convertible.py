import ape
import pytest

from .conftest import CONVERTED, NOTHING, OUTSIDE, RESOLUTION
from .logs import event, logged


def test_allows_a_conversion_and_no_longer(carbon, council_clerk):
    first = carbon.set_convertible(OUTSIDE, CONVERTED, True, RESOLUTION, sender=council_clerk)
    assert carbon.is_convertible(OUTSIDE, CONVERTED) is True
    second = carbon.set_convertible(OUTSIDE, CONVERTED, False, RESOLUTION, sender=council_clerk)
    assert carbon.is_convertible(OUTSIDE, CONVERTED) is False

    assert logged(first) == [event("ConversionSet", OUTSIDE, CONVERTED, False, True, RESOLUTION)]
    assert logged(second) == [event("ConversionSet", OUTSIDE, CONVERTED, True, False, RESOLUTION)]


@pytest.mark.parametrize(("from_kind", "to_kind"), [(0, 0), (7, 7), (1, 0), (255, 254), (255, 255)])
def test_refuses_to_lead_in_a_circle(carbon, council_clerk, from_kind, to_kind):
    """Round and round, the same tonnes would count as issued until the sum of all is full, and
    nobody's batch could be issued any more."""
    with ape.reverts("carbon_credit: not a higher kind"):
        carbon.set_convertible(from_kind, to_kind, True, RESOLUTION, sender=council_clerk)

    assert carbon.is_convertible(from_kind, to_kind) is False


@pytest.mark.parametrize(("from_kind", "to_kind"), [(0, 1), (0, 255), (254, 255)])
def test_leads_upwards(carbon, council_clerk, from_kind, to_kind):
    carbon.set_convertible(from_kind, to_kind, True, RESOLUTION, sender=council_clerk)

    assert carbon.is_convertible(from_kind, to_kind) is True


def test_refuses_without_a_resolution(carbon, council_clerk):
    with ape.reverts("carbon_credit: no resolution"):
        carbon.set_convertible(OUTSIDE, CONVERTED, True, NOTHING, sender=council_clerk)


def test_is_for_the_council_clerk_only(carbon, not_allowed, esg_officer):
    not_allowed(
        lambda account: carbon.set_convertible(
            OUTSIDE, CONVERTED, True, RESOLUTION, sender=account
        ),
        esg_officer,
    )
