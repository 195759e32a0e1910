import ape
import pytest

from tests.unit.income.conftest import NO_PURPOSE, PURPOSE, logged


@pytest.fixture
def deploy(project, city, stranger):
    """Deploy a splitter by itself, with one argument or another changed."""

    def create(table, authority=city.authority, asset=city.payment_token):
        return project.RevenueSplitter.deploy(authority, 7, asset, table, sender=stranger)

    return create


def test_starts_with_the_first_table(deploy, city, money, waterworks, library_fund):
    table = [(waterworks, 4_000, NO_PURPOSE), (library_fund, 6_000, NO_PURPOSE)]

    splitter = deploy(table)

    assert splitter.version() == 1
    assert splitter.ASSET_ID() == 7
    assert splitter.asset() == money
    assert splitter.authority() == city.authority
    assert [tuple(row) for row in splitter.payees()] == table
    (table_set,) = splitter.PayeesSet
    assert (table_set.version, table_set.credited) == (1, 0)
    assert table_set.payees == logged(table)


def test_gives_the_deployer_no_power(deploy, stranger, waterworks):
    splitter = deploy([(waterworks, 10_000, NO_PURPOSE)])

    with ape.reverts("authorized: missing role"):
        splitter.set_payees([(stranger, 10_000, NO_PURPOSE)], sender=stranger)


def test_refuses_an_asset_without_code(deploy, waterworks):
    with ape.reverts("revenue_splitter: no asset"):
        deploy([(waterworks, 10_000, NO_PURPOSE)], asset=waterworks)


def test_refuses_an_authority_without_code(deploy, waterworks):
    with ape.reverts("authorized: no authority"):
        deploy([(waterworks, 10_000, NO_PURPOSE)], authority=waterworks)


def test_refuses_a_table_that_set_payees_would_refuse(deploy, waterworks, library_fund):
    refused = {
        "revenue_splitter: no payees": [],
        "revenue_splitter: zero payee": [("0x" + "00" * 20, 10_000, NO_PURPOSE)],
        "revenue_splitter: zero weight": [(waterworks, 0, NO_PURPOSE)],
        "revenue_splitter: weights not 10_000": [(waterworks, 9_999, NO_PURPOSE)],
        "revenue_splitter: not a receiver": [(waterworks, 10_000, PURPOSE)],
        "revenue_splitter: payee twice": [(waterworks, 5_000, NO_PURPOSE)] * 2,
    }
    for reason, table in refused.items():
        with ape.reverts(reason):
            deploy(table)
