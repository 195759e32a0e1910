"""Rules are appended for the future; what has passed keeps its answer."""

import ape
import pytest
from ape import chain
from eth_utils import keccak

from .taxes import CORPORATION, DAY, PERSON, UNIDENTIFIED, now, wait_until

LAW = keccak(text="law")
MILLION = 1_000_000
ZERO_RULE = (0, 0, 0, 0, 0)


@pytest.fixture
def table(city):
    return city.tax_table


@pytest.fixture
def set_rule(table, council_clerk):
    """`set_rule(effective_from, national_bps=2_000)` for Korean persons returns the receipt."""

    def call(
        since,
        national_bps=2_000,
        local_bps=1_000,
        threshold=0,
        quantum=0,
        holder_class=PERSON,
        country=410,
        is_treaty=False,
        resolution=LAW,
    ):
        rule = (since, national_bps, local_bps, threshold, quantum)
        return table.set_rule(
            holder_class, country, is_treaty, rule, resolution, sender=council_clerk
        )

    return call


def test_counts_from_its_second_on(table, set_rule):
    since = now() + DAY
    before = table.total_rules()

    receipt = set_rule(since)

    assert table.withholding(PERSON, 410, since - 1, MILLION) == (140_000, 14_000)
    assert table.withholding(PERSON, 410, since, MILLION) == (200_000, 20_000)
    assert table.total_rules() == receipt.return_value == before + 1
    old = tuple(table.rule_at(table, PERSON, 410, since - 1)[0])
    assert old[1:] == (1_400, 1_000, 1_000_000_000, 10_000_000)
    (event,) = receipt.events
    assert (event.number, event.holder_class, event.country) == (before + 1, PERSON, 410)
    assert tuple(event.old) == old
    assert tuple(event.new) == (since, 2_000, 1_000, 0, 0)
    assert not event.replaces_pending and not event.is_treaty
    assert event.resolution == LAW


def test_never_changes_an_answer_for_the_past(table, set_rule):
    first = now()
    asked = {date: table.withholding(PERSON, 410, date, MILLION) for date in (first - DAY, first)}
    for number in range(3):
        since = now() + 2
        set_rule(since, national_bps=3_000 + number)
        wait_until(since + 1)
        asked[since] = table.withholding(PERSON, 410, since, MILLION)

    assert {date: table.withholding(PERSON, 410, date, MILLION) for date in asked} == asked
    assert [national for national, _ in asked.values()] == [
        140_000,
        140_000,
        300_000,
        300_100,
        300_200,
    ]


@pytest.mark.parametrize("ahead", [0, -1, -DAY])
def test_refuses_a_rule_for_now_or_the_past(set_rule, ahead):
    since = now() + DAY
    chain.pending_timestamp = since

    with ape.reverts("tax_table: not in the future"):
        set_rule(since + ahead)


def test_takes_a_rule_for_the_next_second(table, set_rule):
    since = now() + DAY
    chain.pending_timestamp = since

    set_rule(since + 1)

    assert table.withholding(PERSON, 410, since, MILLION) == (140_000, 14_000)
    assert table.withholding(PERSON, 410, since + 1, MILLION) == (200_000, 20_000)


def test_a_rule_that_is_not_in_force_yet_gives_way(table, set_rule):
    late = now() + 100 * DAY
    set_rule(late, national_bps=9_000)

    receipt = set_rule(late - DAY, national_bps=1_500)

    assert table.withholding(PERSON, 410, late - DAY - 1, MILLION) == (140_000, 14_000)
    assert table.withholding(PERSON, 410, late - DAY, MILLION) == (150_000, 15_000)
    assert table.withholding(PERSON, 410, late, MILLION) == (150_000, 15_000)
    (event,) = receipt.events
    assert event.replaces_pending
    assert tuple(event.old) == (late, 9_000, 1_000, 0, 0)


def test_a_country_goes_before_any_country(table, set_rule):
    since = now() + DAY
    set_rule(since, country=840, national_bps=500)

    assert table.withholding(PERSON, 840, since - 1, MILLION) == (200_000, 20_000)
    assert table.withholding(PERSON, 840, since, MILLION) == (50_000, 5_000)
    assert table.withholding(PERSON, 276, since, MILLION) == (200_000, 20_000)


def test_rules_for_who_is_not_identified(table, set_rule):
    since = now() + DAY
    receipt = set_rule(since, holder_class=UNIDENTIFIED, country=0, national_bps=4_500)

    assert table.withholding(UNIDENTIFIED, 0, since, MILLION) == (450_000, 45_000)
    (event,) = receipt.events
    assert tuple(event.old) == ZERO_RULE


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"resolution": bytes(32)}, "tax_table: no resolution"),
        ({"holder_class": 257}, "tax_table: bad class or country"),
        ({"country": 1_000}, "tax_table: bad class or country"),
        ({"national_bps": 10_001, "local_bps": 0}, "tax_table: bad rate"),
        ({"national_bps": 9_091, "local_bps": 1_000}, "tax_table: bad rate"),
    ],
)
def test_refuses(set_rule, changed, reason):
    with ape.reverts(reason):
        set_rule(now() + DAY, **changed)


def test_takes_taxes_up_to_the_whole_income(table, set_rule):
    since = now() + DAY
    set_rule(since, national_bps=9_090, local_bps=1_000)
    set_rule(since, national_bps=10_000, local_bps=0, holder_class=CORPORATION)

    assert table.withholding(PERSON, 410, since, MILLION) == (909_000, 90_900)
    assert table.withholding(CORPORATION, 410, since, MILLION) == (MILLION, 0)


def test_keeps_a_hundred_rules_of_a_key_and_refuses_more(table, set_rule):
    begin = now()
    for number in range(table.MAX_VERSIONS()):
        set_rule(now() + 2, holder_class=255, country=1, national_bps=number)
        wait_until(now() + 3)

    with ape.reverts("tax_table: too many rules"):
        set_rule(now() + 2, holder_class=255, country=1)

    with ape.reverts("tax_table: no rule"):
        table.withholding(255, 1, begin, MILLION)
    assert table.withholding(255, 1, now(), MILLION) == (9_900, 990)


def test_only_the_clerk_sets_rules(table, treasurer):
    with ape.reverts("authorized: missing role"):
        table.set_rule(PERSON, 410, False, (now() + DAY, 0, 0, 0, 0), LAW, sender=treasurer)


# --- at deployment


def test_starts_with_rules_for_the_past_in_their_order(project, city, deployer):
    rows = [(1, 0, False, (10, 100, 0, 0, 0)), (1, 0, False, (20, 200, 0, 0, 0))]

    table = deployer.deploy(project.TaxTable, city.authority, 2, rows, LAW)

    assert table.DECIMALS() == 2
    assert table.withholding(1, 0, 19, MILLION) == (10_000, 0)
    assert table.withholding(1, 0, 20, MILLION) == (20_000, 0)
    with ape.reverts("tax_table: no rule"):
        table.withholding(1, 0, 9, MILLION)


def test_refuses_rules_out_of_order_at_the_start(project, city, deployer):
    rows = [(1, 0, False, (20, 100, 0, 0, 0)), (1, 0, False, (20, 200, 0, 0, 0))]

    with ape.reverts("tax_table: not in the future"):
        deployer.deploy(project.TaxTable, city.authority, 2, rows, LAW)


def test_refuses_a_currency_of_nineteen_decimals(project, city, deployer):
    with ape.reverts("tax_table: too many decimals"):
        deployer.deploy(project.TaxTable, city.authority, 19, [], LAW)
