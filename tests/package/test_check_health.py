"""A running city that is well, and each thing that can ail it, by name."""

import json
from functools import partial

import pytest
from ape import chain, project
from eth_utils import keccak

from civitas.chain.address_book import AddressBook
from civitas.chain.check import facts
from civitas.chain.deploy import accept_admin, deploy_city, name32
from civitas.chain.roles import Role
from civitas.profiles import Proof
from scripts.check import cli
from tests.conftest import PARAMS

YEAR = 365 * 86_400
GENERAL = name32("GENERAL")


@pytest.fixture(scope="module")
def own_book(tmp_path_factory):
    return AddressBook(tmp_path_factory.mktemp("book"))


@pytest.fixture(scope="module")
def own_city(
    own_book, deployer, council, asset_manager, council_clerk, compliance_officer, appraiser, alice
):
    """One office with a token, of which Alice holds half, a splitter, and money everywhere."""
    city = deploy_city(PARAMS, own_book, deployer)
    accept_admin(city, council)
    registry, money, now = city.asset_registry, city.payment_token, chain.blocks.head.timestamp
    record = (keccak(text="parcel"), 3, 10_000, 0, keccak(text="record"), 1_000)
    registry.register(council, [record], sender=asset_manager)
    registry.register_units(1, 1_000, keccak(text="resolution"), sender=council_clerk)
    proofs = [(1, proof.kind, now + 2 * YEAR, keccak(text=proof)) for proof in Proof]
    registry.file_proofs(proofs, sender=compliance_officer)
    city.appraisals.appraise(
        [(1, 5_000, now - 100, now + YEAR // 2, keccak(text="appraisal"))], sender=appraiser
    )
    city.token_factory.create_token(1, "Office", "OFF", 0, money, sender=asset_manager)
    token = city.token(1)
    rules = (
        1,
        False,
        [],
        [(token, 7_000, name32("HOLDERS")), (city.treasury, 3_000, GENERAL)],
    )
    city.splitter_factory.create_splitter(1, money, rules, sender=asset_manager)
    city.identity_registry.register([(alice, alice, 410, 0, now + YEAR)], sender=compliance_officer)
    token.mint(alice, 500, sender=asset_manager)
    money.mint(city.splitter(1), 1_000, sender=deployer)
    city.splitter(1).distribute(sender=deployer)
    return city


@pytest.fixture
def ails(own_city, own_book):
    """Names of what does not hold: `ails()` of broken links, `ails(True)` of warnings."""

    def found(are_warnings=False):
        return [
            fact.link
            for fact in facts(PARAMS, own_book)
            if not fact.holds and fact.is_warning is are_warnings
        ]

    return found


def test_a_city_that_is_well(ails, own_book):
    assert ails() == [] and ails(True) == []
    links = {fact.link for fact in facts(PARAMS, own_book)}
    assert {"Treasury runs", "token of asset 1 runs", "Lease: holds nothing"} <= links
    assert "splitter of asset 1: holds what it owes" in links


def test_names_what_is_stopped(ails, own_city, guardian):
    own_city.treasury.pause(sender=guardian)
    own_city.token(1).pause(sender=guardian)

    assert ails() == ["Treasury runs", "token of asset 1 runs"]


def take(city, holder, amount, accounts):
    """Money disappears, as from a token that rebases."""
    who = accounts.impersonate_account(holder.address)
    city.payment_token.transfer(accounts[60], amount, sender=who)


def test_names_a_treasury_that_is_short(ails, own_city, accounts):
    take(own_city, own_city.treasury, 1, accounts)

    assert ails() == [f"Treasury: holds its {own_city.payment_token.address}"]


def test_warns_of_money_that_nobody_booked(ails, own_city, deployer):
    own_city.payment_token.mint(own_city.treasury, 5, sender=deployer)
    own_city.payment_token.mint(own_city.lease, 5, sender=deployer)

    assert ails() == []
    assert ails(True) == [
        f"Treasury: everything in {own_city.payment_token.address} is booked",
        "Lease: holds nothing",
    ]


def test_names_a_token_without_its_holders_income(ails, own_city, accounts):
    take(own_city, own_city.token(1), 1, accounts)

    assert ails() == ["token of asset 1: holds its holders' income"]


def test_income_that_was_claimed_is_gone(ails, own_city, alice):
    own_city.token(1).claim_income(alice, sender=alice)

    assert ails() == []


def test_names_a_splitter_that_is_short(ails, own_city, deployer, asset_manager, council, accounts):
    """A payee that the money blocks is owed its part, and the part is gone."""
    money, splitter = own_city.payment_token, own_city.splitter(1)
    money.set_blocked(own_city.treasury, True, sender=deployer)
    money.mint(splitter, 1_000, sender=deployer)
    splitter.distribute(sender=deployer)
    money.set_blocked(own_city.treasury, False, sender=deployer)
    assert splitter.total_owed() == 300
    assert ails() == []

    take(own_city, splitter, 1, accounts)

    assert ails() == ["splitter of asset 1: holds what it owes"]


def test_names_an_allowance_that_is_left(ails, own_city, accounts):
    splitter = accounts.impersonate_account(own_city.splitter(1).address)
    own_city.payment_token.approve(own_city.treasury, 7, sender=splitter)

    assert ails() == [f"splitter of asset 1: {own_city.treasury.address} may take nothing"]


def test_names_what_dividends_and_the_desk_lack(ails, own_city, accounts):
    dividends = accounts.impersonate_account(own_city.dividends.address)
    own_city.payment_token.approve(own_city.income_desk, 7, sender=dividends)

    money = own_city.payment_token.address
    assert ails() == [f"Dividends: the desk may take what is held in {money}"]


def test_names_a_role_that_nobody_should_have(ails, own_city, council, stranger):
    own_city.authority.grantRole(Role.CASHIER.id, stranger, sender=council)

    assert ails() == [f"CASHIER is for {stranger.address}"]


def test_warns_of_what_has_run_out(ails, own_city, alice):
    chain.mine(timestamp=chain.blocks.head.timestamp + YEAR + 86_400)

    assert ails() == []
    assert ails(True) == [
        "asset 1: appraisal is in force",
        f"token of asset 1: {alice.address} is verified",
    ]


# --- the command


@pytest.fixture
def check(run_command, own_book):
    return partial(run_command, cli, PARAMS, records=own_book.folder)


def test_warnings_end_the_command_only_when_strict(check, own_city):
    chain.mine(timestamp=chain.blocks.head.timestamp + YEAR + 86_400)

    done, strict = check(), check("--strict")

    assert (done.exit_code, strict.exit_code) == (0, 1)
    assert "warning: asset 1: appraisal is in force: over since" in done.stderr
    assert "facts hold, 2 warnings" in done.stdout


def test_a_broken_link_ends_the_command(check, own_city, guardian):
    own_city.lease.pause(sender=guardian)

    done = check("--json")

    assert done.exit_code == 1
    assert f"broken: Lease runs: {own_city.lease.address} is stopped" in done.stderr
    assert not all(fact["holds"] for fact in json.loads(done.stdout))


# --- a city whose money was there before


def test_a_city_with_money_of_its_own_is_checked(deployer, council, tmp_path):
    token = deployer.deploy(project.MockPaymentToken, "Won", "KRWT", 0)
    params = tmp_path / "params.toml"
    params.write_text(
        PARAMS.read_text().replace('payment_token = "mock"', f'payment_token = "{token.address}"')
    )
    book = AddressBook(tmp_path / "book")
    accept_admin(deploy_city(params, book, deployer), council)

    checked = list(facts(params, book))

    assert [fact.link for fact in checked if not fact.holds] == []
    assert book.get("PaymentToken") is None
