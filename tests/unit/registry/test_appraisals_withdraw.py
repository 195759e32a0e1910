import ape
import pytest
from ape import chain
from eth_utils import keccak

YEAR = 365 * 86_400


@pytest.fixture
def filed(appraisals, office, appraiser, second_appraiser, third_appraiser):
    """An office with filings of 100, 200 and 300."""
    now = chain.pending_timestamp
    for value, each in ((100, appraiser), (200, second_appraiser), (300, third_appraiser)):
        filing = (office, value, now, now + YEAR, keccak(text="report"))
        appraisals.appraise([filing], sender=each)
    return office


@pytest.mark.parametrize(("struck", "left"), [(0, [300, 200]), (1, [100, 300]), (2, [100, 200])])
def test_takes_a_filing_out(
    appraisals,
    filed,
    appraiser,
    second_appraiser,
    third_appraiser,
    council_clerk,
    resolution,
    struck,
    left,
):
    struck = (appraiser, second_appraiser, third_appraiser)[struck]
    (old_value,) = {100, 200, 300} - {*left}

    receipt = appraisals.withdraw(filed, struck, resolution, sender=council_clerk)

    assert [filing.value for filing in appraisals.filings(filed)] == left
    assert receipt.events == [
        appraisals.Withdrawn(
            asset_id=filed,
            appraiser=struck,
            old_value=old_value,
            resolution=resolution,
            caller=council_clerk,
        )
    ]


def test_lets_the_appraiser_file_again(appraisals, filed, appraiser, council_clerk, resolution):
    appraisals.withdraw(filed, appraiser, resolution, sender=council_clerk)
    now = chain.pending_timestamp

    filing = (filed, 250, now, now + YEAR, keccak(text="report"))
    appraisals.appraise([filing], sender=appraiser)

    assert [filing.value for filing in appraisals.filings(filed)] == [300, 200, 250]


def test_refuses_without_a_resolution(appraisals, filed, appraiser, council_clerk):
    with ape.reverts("appraisals: no resolution"):
        appraisals.withdraw(filed, appraiser, bytes(32), sender=council_clerk)


def test_refuses_where_there_is_no_filing(
    appraisals, filed, appraiser, stranger, council_clerk, resolution
):
    with ape.reverts("appraisals: no filing"):
        appraisals.withdraw(filed, stranger, resolution, sender=council_clerk)
    with ape.reverts("appraisals: no filing"):
        appraisals.withdraw(filed + 1, appraiser, resolution, sender=council_clerk)


@pytest.mark.parametrize("caller", ["stranger", "council", "asset_manager", "appraiser"])
def test_refuses_all_but_the_council_clerk(
    appraisals, filed, appraiser, resolution, request, caller
):
    with ape.reverts("authorized: missing role"):
        appraisals.withdraw(filed, appraiser, resolution, sender=request.getfixturevalue(caller))

    assert len(appraisals.filings(filed)) == 3
