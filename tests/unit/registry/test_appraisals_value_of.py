import ape
import pytest
from ape import chain
from eth_utils import keccak

from civitas.chain.deploy import ZERO_ADDRESS

REPORT = keccak(text="report")


@pytest.fixture
def valid_until(city, office, appraiser):
    """The last second in which the office is worth 1,000,000."""
    now = chain.pending_timestamp
    city.appraisals.appraise([(office, 1_000_000, now, now + 60, REPORT)], sender=appraiser)
    return now + 60


@pytest.mark.parametrize("early", [1, 0])
def test_is_the_value_up_to_its_last_second(city, office, valid_until, early):
    chain.mine(timestamp=valid_until - early)

    assert city.appraisals.value_of(office) == 1_000_000


def test_refuses_a_stale_value(city, office, valid_until):
    """INV-APPR-1: nothing is priced on a value past its date."""
    chain.mine(timestamp=valid_until + 1)

    with ape.reverts("appraisals: stale"):
        city.appraisals.value_of(office)
    assert city.appraisals.latest(office).value == 1_000_000


def test_refuses_where_there_is_none(city, office):
    with ape.reverts("appraisals: none"):
        city.appraisals.value_of(office)
    assert city.appraisals.latest(office) == (0, 0, 0, ZERO_ADDRESS)
