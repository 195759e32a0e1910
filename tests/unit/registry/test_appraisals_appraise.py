import ape
import pytest
from ape import chain
from eth_utils import keccak

from civitas.chain.roles import Role

MAX_BATCH = 64
YEAR = 365 * 86_400
REPORT = keccak(text="report")
AGE = 730 * 86_400  # {s} the profile's limit


@pytest.fixture
def now():
    """The second in which the next transaction runs."""
    return chain.pending_timestamp


def values_of(appraisals, asset_id):
    return [filing.value for filing in appraisals.filings(asset_id)]


def test_files_a_value(appraisals, office, appraiser, now):
    receipt = appraisals.appraise(
        [(office, 1_000_000, now - 5, now + YEAR, REPORT)], sender=appraiser
    )

    assert appraisals.filings(office) == [(1_000_000, now - 5, now + YEAR, appraiser.address)]
    assert receipt.events == [
        appraisals.Appraised(
            asset_id=office,
            appraiser=appraiser,
            old_value=0,
            new_value=1_000_000,
            valued_at=now - 5,
            valid_until=now + YEAR,
            report_hash=REPORT,
        )
    ]


def test_replaces_a_value(appraisals, office, appraiser, now):
    appraisals.appraise([(office, 1_000_000, now - 5, now + YEAR, REPORT)], sender=appraiser)

    receipt = appraisals.appraise(
        [(office, 900_000, now - 5, now + 2 * YEAR, REPORT)], sender=appraiser
    )

    assert appraisals.filings(office) == [(900_000, now - 5, now + 2 * YEAR, appraiser.address)]
    assert receipt.events == [
        appraisals.Appraised(
            asset_id=office,
            appraiser=appraiser,
            old_value=1_000_000,
            new_value=900_000,
            valued_at=now - 5,
            valid_until=now + 2 * YEAR,
            report_hash=REPORT,
        )
    ]


def test_files_the_last_of_two_values_in_one_batch(appraisals, office, appraiser, now):
    filings = [(office, value, now - 5, now + YEAR, REPORT) for value in (1, 2)]

    receipt = appraisals.appraise(filings, sender=appraiser)

    assert values_of(appraisals, office) == [2]
    assert [(log.old_value, log.new_value) for log in receipt.events] == [(0, 1), (1, 2)]


@pytest.mark.parametrize("value", [1, 2, 2**128 - 2, 2**128 - 1])
def test_takes_the_smallest_and_the_largest_value(appraisals, office, appraiser, now, value):
    appraisals.appraise([(office, value, now, now + YEAR, REPORT)], sender=appraiser)

    assert values_of(appraisals, office) == [value]


def test_refuses_no_value(appraisals, office, appraiser, now):
    with ape.reverts("appraisals: no value"):
        appraisals.appraise([(office, 0, now, now + YEAR, REPORT)], sender=appraiser)

    assert appraisals.filings(office) == []


def test_refuses_without_a_report(appraisals, office, appraiser, now):
    with ape.reverts("appraisals: no report"):
        appraisals.appraise([(office, 1, now, now + YEAR, bytes(32))], sender=appraiser)


@pytest.mark.parametrize("age", [0, 1])
def test_takes_a_value_of_today_or_the_past(appraisals, office, appraiser, now, age):
    appraisals.appraise([(office, 1, now - age, now + YEAR, REPORT)], sender=appraiser)

    assert appraisals.filings(office)[0].valued_at == now - age


def test_refuses_a_value_of_the_future(appraisals, office, appraiser, now):
    with ape.reverts("appraisals: future date"):
        appraisals.appraise([(office, 1, now + 1, now + YEAR, REPORT)], sender=appraiser)


@pytest.mark.parametrize("step", [0, 1])
def test_takes_a_value_not_older_than_the_last(appraisals, office, appraiser, now, step):
    appraisals.appraise([(office, 1, now - 10, now + YEAR, REPORT)], sender=appraiser)

    appraisals.appraise([(office, 2, now - 10 + step, now + YEAR, REPORT)], sender=appraiser)

    assert values_of(appraisals, office) == [2]


def test_refuses_a_value_older_than_the_last(appraisals, office, appraiser, now):
    """INV-APPR-1: the value in force is the most recent one."""
    appraisals.appraise([(office, 1, now - 10, now + YEAR, REPORT)], sender=appraiser)

    with ape.reverts("appraisals: older than the last"):
        appraisals.appraise([(office, 2, now - 11, now + YEAR, REPORT)], sender=appraiser)

    assert values_of(appraisals, office) == [1]


@pytest.mark.parametrize("validity", [1, 2, YEAR])
def test_takes_a_value_that_is_good_for_a_while(appraisals, office, appraiser, now, validity):
    appraisals.appraise([(office, 1, now, now + validity, REPORT)], sender=appraiser)

    assert appraisals.filings(office)[0].valid_until == now + validity


@pytest.mark.parametrize("validity", [0, -1])
def test_refuses_a_value_that_has_lapsed(appraisals, office, appraiser, now, validity):
    with ape.reverts("appraisals: already lapsed"):
        appraisals.appraise([(office, 1, now, now + validity, REPORT)], sender=appraiser)


def test_refuses_an_asset_that_does_not_exist(appraisals, city, office, appraiser, now):
    for asset_id in (0, city.asset_registry.total_assets() + 1):
        with ape.reverts("nonfungible: unknown token"):
            appraisals.appraise([(asset_id, 1, now, now + YEAR, REPORT)], sender=appraiser)


def test_files_all_or_none(appraisals, office, appraiser, now):
    good = (office, 1, now, now + YEAR, REPORT)

    with ape.reverts("appraisals: no value"):
        appraisals.appraise([good, (office, 0, now, now + YEAR, REPORT)], sender=appraiser)

    assert appraisals.filings(office) == []


def test_files_64_values_at_once(appraisals, registry, record, council, asset_manager, appraiser):
    parcels = [record(f"parcel {i}") for i in range(MAX_BATCH)]
    ids = registry.register(council, parcels, sender=asset_manager).return_value
    now = chain.pending_timestamp

    appraisals.appraise([(i, i, now, now + YEAR, REPORT) for i in ids], sender=appraiser)

    assert [values_of(appraisals, i) for i in ids] == [[i] for i in ids]


def test_refuses_65_values_at_once(appraisals, office, appraiser, now):
    filings = [(office, 1, now, now + YEAR, REPORT)] * (MAX_BATCH + 1)

    with ape.reverts("Transaction failed."):
        appraisals.appraise(filings, sender=appraiser)

    assert appraisals.filings(office) == []


@pytest.mark.parametrize("caller", ["stranger", "council", "asset_manager", "council_clerk"])
def test_refuses_all_but_the_appraiser(appraisals, office, now, request, caller):
    with ape.reverts("authorized: missing role"):
        appraisals.appraise(
            [(office, 1, now, now + YEAR, REPORT)], sender=request.getfixturevalue(caller)
        )

    assert appraisals.filings(office) == []


def test_keeps_the_filings_of_three_appraisers(
    appraisals, office, appraiser, second_appraiser, third_appraiser, now
):
    for value, each in enumerate((appraiser, second_appraiser, third_appraiser), start=1):
        appraisals.appraise([(office, value, now, now + YEAR, REPORT)], sender=each)

    assert values_of(appraisals, office) == [1, 2, 3]


def test_takes_the_oldest_value_that_still_counts(appraisals, office, appraiser, now):
    appraisals.appraise([(office, 1, now - AGE + 1, now + YEAR, REPORT)], sender=appraiser)

    assert values_of(appraisals, office) == [1]


def test_refuses_a_value_older_than_the_limit(appraisals, office, appraiser, now):
    with ape.reverts("appraisals: too old"):
        appraisals.appraise([(office, 1, now - AGE, now + YEAR, REPORT)], sender=appraiser)


@pytest.fixture
def fourth_appraiser(city, accounts, council):
    city.authority.grantRole(Role.APPRAISER.id, accounts[40], sender=council)
    return accounts[40]


@pytest.fixture
def full(appraisals, office, appraiser, second_appraiser, third_appraiser):
    """An office with three filings; the second one is good for a minute."""
    now = chain.pending_timestamp
    for each in (appraiser, second_appraiser, third_appraiser):
        until = now + 60 if each == second_appraiser else now + YEAR
        appraisals.appraise([(office, 100, now, until, REPORT)], sender=each)
    return office


def test_refuses_a_fourth_appraiser_beside_three_fresh_filings(appraisals, full, fourth_appraiser):
    now = chain.pending_timestamp

    with ape.reverts("appraisals: panel is full"):
        appraisals.appraise([(full, 5, now, now + YEAR, REPORT)], sender=fourth_appraiser)

    assert values_of(appraisals, full) == [100, 100, 100]


def test_seats_a_fourth_appraiser_in_place_of_a_stale_filing(
    appraisals, full, fourth_appraiser, second_appraiser
):
    chain.mine(timestamp=chain.pending_timestamp + 120)
    now = chain.pending_timestamp

    receipt = appraisals.appraise([(full, 5, now, now + YEAR, REPORT)], sender=fourth_appraiser)

    assert values_of(appraisals, full) == [100, 5, 100]
    assert receipt.events[0] == appraisals.Withdrawn(
        asset_id=full,
        appraiser=second_appraiser,
        old_value=100,
        resolution=bytes(32),
        caller=fourth_appraiser,
    )


def test_lets_one_of_three_renew_its_filing(appraisals, full, appraiser):
    now = chain.pending_timestamp

    appraisals.appraise([(full, 5, now, now + YEAR, REPORT)], sender=appraiser)

    assert values_of(appraisals, full) == [5, 100, 100]
