import ape
import pytest

from tests.unit.income.conftest import NO_PURPOSE, month_at, payees_of


@pytest.fixture
def deploy(project, city, stranger, write_rules):
    """Deploy a splitter by itself, with one argument or another changed."""

    def create(table, **changed):
        how = {
            "authority": city.authority,
            "asset_id": 7,
            "asset": city.payment_token,
            "factory": city.splitter_factory,
            "utc_offset_minutes": 540,
            "notice_days": 30,
            "rules": None,
        } | changed
        how["rules"] = how["rules"] or write_rules(table)
        return project.RevenueSplitter.deploy(*how.values(), sender=stranger)

    return create


@pytest.fixture
def table(waterworks, library_fund):
    return [(waterworks, 4_000, NO_PURPOSE), (library_fund, 6_000, NO_PURPOSE)]


def test_starts_with_the_first_rules(deploy, city, money, table):
    splitter = deploy(table)

    assert splitter.version() == 1
    assert splitter.next_start_month() == 0
    assert splitter.ASSET_ID() == 7
    assert splitter.asset() == money
    assert splitter.authority() == city.authority
    assert payees_of(splitter) == table
    month = month_at(ape.chain.blocks.head.timestamp)
    assert tuple(splitter.rules_of(1)) == (splitter.rules(), month)
    (begun,) = splitter.RulesBegun
    assert (begun.version, begun.rules, begun.booked) == (1, splitter.rules(), 0)


def test_gives_the_deployer_no_power(deploy, stranger, table):
    splitter = deploy(table)

    with ape.reverts("authorized: missing role"):
        splitter.schedule_rules(2_100 * 12, splitter.rules(), sender=stranger)


def test_refuses_what_has_no_code(deploy, waterworks, table):
    refused = {
        "revenue_splitter: no asset": {"asset": waterworks},
        "authorized: no authority": {"authority": waterworks},
        "rule_versions: no factory": {"factory": waterworks},
    }
    for reason, changed in refused.items():
        with ape.reverts(reason):
            deploy(table, **changed)


@pytest.mark.parametrize("offset", [-841, 841])
def test_refuses_a_time_zone_that_does_not_exist(deploy, table, offset):
    with ape.reverts("rule_versions: bad time zone"):
        deploy(table, utc_offset_minutes=offset)
    assert deploy(table, utc_offset_minutes=840).UTC_OFFSET_MINUTES() == 840
    assert deploy(table, utc_offset_minutes=-840).UTC_OFFSET_MINUTES() == -840


def test_refuses_a_notice_of_more_than_a_year(deploy, table):
    with ape.reverts("rule_versions: bad notice"):
        deploy(table, notice_days=367)
    assert deploy(table, notice_days=366).NOTICE_DAYS() == 366


def test_refuses_rules_without_code(deploy, waterworks, table):
    with ape.reverts("Transaction failed."):  # the call of their words
        deploy(table, rules=waterworks)
