"""A successor takes a contract's place, and nobody who holds, waits or lets is affected."""

import shutil
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from ape import chain
from eth_utils import keccak

from civitas.chain import replace as replacing
from civitas.chain.address_book import AddressBook
from civitas.chain.check import facts
from civitas.chain.city import City
from civitas.chain.deploy import accept_admin, deploy_city, name32
from civitas.chain.leases import draft
from civitas.chain.rehearsal import plan_city
from civitas.chain.replace import NEXT, REFUSED, plan_replacement, replace_contract
from civitas.errors import CivitasError
from civitas.profiles import Proof
from scripts.replace import cli
from tests.conftest import PARAMS

YEAR = 365 * 86_400
PROFILE = Path("civitas/profiles/kr.toml")


@pytest.fixture(scope="module")
def first_book(tmp_path_factory):
    return AddressBook(tmp_path_factory.mktemp("book"))


@pytest.fixture
def own_book(own_city, first_book, tmp_path):
    """A copy of the city's records for each test: what happens to the chain is undone, too."""
    return AddressBook(shutil.copytree(first_book.folder, tmp_path / "records"))


@pytest.fixture(scope="module")
def own_city(
    first_book,
    deployer,
    council,
    asset_manager,
    council_clerk,
    compliance_officer,
    alice,
    bob,
    tenant,
):
    """An office with a counted token, half of it Alice's, whose income goes through the desk; a
    lease that runs; and a rent that came in and nobody has claimed yet."""
    city = deploy_city(PARAMS, first_book, deployer)
    accept_admin(city, council)
    registry, money, now = city.asset_registry, city.payment_token, chain.blocks.head.timestamp
    record = (keccak(text="parcel"), 1, 10_000, 0, keccak(text="record"), 1_000)
    registry.register(council, [record], sender=asset_manager)
    registry.register_units(1, 1_000, keccak(text="resolution"), sender=council_clerk)
    proofs = [(1, proof.kind, now + 2 * YEAR, keccak(text=proof)) for proof in Proof]
    registry.file_proofs(proofs, sender=compliance_officer)
    city.token_factory.create_token(1, "Office", "OFF", 0, money, sender=asset_manager)
    token = city.token(1)
    token.setCompliance(city.compliance, sender=council)
    city.income_desk.admit(1, sender=deployer)
    token.set_income_desk(city.income_desk, sender=council)
    rules = (1, False, [], [(token, 10_000, name32("HOLDERS"))])
    city.splitter_factory.create_splitter(1, money, rules, sender=asset_manager)
    city.identity_registry.register(
        [(who, who, 410, 0, now + YEAR) for who in (alice, bob)], sender=compliance_officer
    )
    token.mint(alice, 500, sender=asset_manager)
    first = datetime.fromtimestamp(now, UTC).date().replace(day=1) - timedelta(days=1)
    start = first.replace(day=1)
    terms = draft(
        *(1, tenant.address, "AGREED", start, start.replace(year=start.year + 2)),
        annual_rent=12 * 100_000,
    )
    city.lease.sign(terms, keccak(text="lease"), sender=asset_manager)
    money.mint(tenant, 10**6, sender=deployer)
    money.approve(city.lease, 10**6, sender=tenant)
    city.lease.pay(1, 100_000, sender=tenant)
    city.splitter(1).distribute(sender=deployer)
    return city


@pytest.fixture
def of_profile(tmp_path):
    """Parameters with a changed profile: `of_profile(old, new)`."""

    def write(*changes):
        text = PROFILE.read_text()
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        (tmp_path / "profile.toml").write_text(text)
        params = tmp_path / "params.toml"
        params.write_text(
            PARAMS.read_text().replace('profile = "kr"', f'profile = "{tmp_path}/profile.toml"')
        )
        return params

    return write


@pytest.fixture
def other_resolution(tmp_path):
    """Parameters under another resolution on taxes and classes."""
    params = tmp_path / "params.toml"
    params.write_text(PARAMS.read_text().replace("local network", "second reading"))
    return params


def everyones(city, alice, bob):
    """What holders, the tenant and the treasury have and could do."""
    token, lease = city.token(1), city.lease
    return (
        token.balanceOf(alice),
        token.totalSupply(),
        token.claimable(alice),
        token.detectTransferRestriction(alice, bob, 10),
        token.income_desk(),
        token.compliance(),
        lease.arrears(1),
        city.asset_registry.token_of(1),
        city.payment_token.balanceOf(token),
    )


def broken(params, book):
    return [each.link for each in facts(params, book) if not each.holds and not each.is_warning]


@pytest.mark.parametrize("name", ["Appraisals", "TaxTable"])
def test_nobody_is_affected(
    own_city, own_book, chain_engineer, alice, bob, tenant, other_resolution, name
):
    before = everyones(own_city, alice, bob)
    assert before[2] > 0  # income that waits
    old = own_book.require(name)

    replace_contract(name, other_resolution, own_book, chain_engineer)

    assert everyones(own_city, alice, bob) == before
    record = own_book.require(name)
    assert record.address != old.address
    assert own_book.history(name) == [old]
    assert own_city.directory.address_of(name32(name)) == record.address
    assert own_city.directory.replaced_by(old.address) == record.address
    assert own_city.directory.version_of(name32(name)) == 2
    assert not (own_book.folder / NEXT).exists()
    # Life goes on: units move, income is claimed, rent is paid.
    own_city.token(1).transfer(bob, 10, sender=alice)
    own_city.token(1).claim_income(alice, sender=alice)
    own_city.lease.pay(1, 100_000, sender=tenant)
    assert own_city.payment_token.balanceOf(alice) > 0


def test_taxes_follow_the_new_table_when_the_clerk_says_so(
    own_city, own_book, chain_engineer, council_clerk, alice, other_resolution
):
    replace_contract("TaxTable", other_resolution, own_book, chain_engineer)
    table = own_book.require("TaxTable").address
    assert broken(other_resolution, own_book) == ["IncomeDesk: tax table"]

    own_city.income_desk.set_tax_table(table, keccak(text="resolution"), sender=council_clerk)

    assert broken(other_resolution, own_book) == []
    income = own_city.token(1).claimable(alice)
    own_city.token(1).claim_income(alice, sender=alice)
    taxes = sum(
        own_city.income_desk.tax_account(own_city.payment_token, kind).withheld for kind in (0, 1)
    )
    assert own_city.payment_token.balanceOf(alice) + taxes == income


def test_a_token_stays_with_its_compliance(
    own_city, own_book, chain_engineer, council, alice, bob, of_profile
):
    old = own_book.require("Compliance").address
    replace_contract(
        "Compliance", of_profile(("utc_offset_minutes = 540", "utc_offset_minutes = 480")),
        own_book, chain_engineer,
    )  # fmt: skip
    new = City.from_book(own_book).compliance
    token = own_city.token(1)
    assert (token.compliance(), old != new.address) == (old, True)
    own_city.token(1).transfer(bob, 10, sender=alice)

    token.setCompliance(new, sender=council)
    new.recount(token, [alice, bob], sender=alice)

    token.transfer(bob, 10, sender=alice)
    assert token.balanceOf(bob) == 20


def test_deploy_and_plan_know_the_successor(
    own_city, own_book, chain_engineer, deployer, council_clerk, other_resolution
):
    replace_contract("TaxTable", other_resolution, own_book, chain_engineer)
    nonce = deployer.nonce
    with pytest.raises(CivitasError):  # the register's classes are under another resolution now
        deploy_city(other_resolution, own_book, deployer)
    only_taxes = other_resolution
    only_taxes.write_text(
        PARAMS.read_text().replace("withholding of taxes, local network",
                                   "withholding of taxes, second reading")
    )  # fmt: skip

    again = deploy_city(only_taxes, own_book, deployer)

    assert deployer.nonce == nonce
    assert again.tax_table.address == own_book.require("TaxTable").address
    plan = plan_city(only_taxes, own_book, deployer.address)
    assert plan.steps == () and plan.is_sound


def test_a_second_successor_follows_the_first(own_city, own_book, chain_engineer, of_profile):
    ages = (
        ("max_age_days = 730", "max_age_days = 300"),
        ("max_age_days = 730", "max_age_days = 200"),
    )
    addresses = [own_book.require("Appraisals").address]
    for change in ages:
        replace_contract("Appraisals", of_profile(change), own_book, chain_engineer)
        addresses.append(own_book.require("Appraisals").address)

    assert len(set(addresses)) == 3
    assert [each.address for each in own_book.history("Appraisals")] == addresses[:2]
    assert own_book.follow(f"[{addresses[0]}]") == f"[{addresses[2]}]"
    assert own_book.original("Appraisals").address == addresses[0]


@pytest.mark.parametrize("written", ["record", "entry", "book"])
def test_a_run_that_broke_off_goes_on(
    own_city, own_book, chain_engineer, other_resolution, monkeypatch, written
):
    """Killed after the successor's record, after the directory's entry, or before tidying up."""

    class Killed(BaseException):
        pass

    def die(*arguments, **keywords):
        raise Killed

    before = chain_engineer.nonce
    with monkeypatch.context() as patch:
        if written == "record":
            patch.setattr(replacing.Deployer, "call", die)
        elif written == "entry":
            patch.setattr(AddressBook, "replace", die)
        else:
            patch.setattr(replacing, "_clear", die)
        with pytest.raises(Killed):
            replace_contract("Appraisals", other_resolution, own_book, chain_engineer)

    if written == "book":
        with pytest.raises(CivitasError, match="nothing to replace"):
            replace_contract("Appraisals", other_resolution, own_book, chain_engineer)
    else:
        replace_contract("Appraisals", other_resolution, own_book, chain_engineer)

    assert chain_engineer.nonce - before == 2
    address = own_book.require("Appraisals").address
    assert own_city.directory.address_of(name32("Appraisals")) == address
    assert len(own_book.history("Appraisals")) == 1
    assert not (own_book.folder / NEXT).exists()


# --- refusals


@pytest.mark.parametrize("name", REFUSED)
def test_refuses_what_has_no_successor(own_city, own_book, chain_engineer, name):
    nonce = chain_engineer.nonce

    with pytest.raises(CivitasError, match=f"{name} can't be replaced: "):
        replace_contract(name, PARAMS, own_book, chain_engineer)
    assert chain_engineer.nonce == nonce


def test_every_contract_of_the_city_is_decided_on(own_city):
    names = {name for name, _contract in own_city.contracts()} | {"Timelock"}

    assert names == REFUSED.keys() | replacing._RULES.keys()
    assert not REFUSED.keys() & replacing._RULES.keys()


def test_refuses_an_unknown_name(own_city, own_book):
    with pytest.raises(CivitasError, match="no contract Bank to replace; there are Appraisals, "):
        plan_replacement("Bank", PARAMS, own_book)


def test_refuses_what_is_made_already(own_city, own_book):
    with pytest.raises(CivitasError, match="TaxTable is what these sources and parameters make"):
        plan_replacement("TaxTable", PARAMS, own_book)


def test_refuses_while_filings_would_be_lost(own_city, own_book, appraiser, other_resolution):
    now = chain.blocks.head.timestamp
    own_city.appraisals.appraise(
        [(1, 5_000, now - 100, now + YEAR, keccak(text="appraisal"))], sender=appraiser
    )

    with pytest.raises(CivitasError, match="1 assets have filings there, the first is 1"):
        plan_replacement("Appraisals", other_resolution, own_book)


def test_refuses_while_forms_would_be_lost(
    own_city, own_book, compliance_officer, alice, other_resolution
):
    until = chain.blocks.head.timestamp + YEAR
    own_city.tax_table.file_form(alice, keccak(text="form"), until, sender=compliance_officer)

    with pytest.raises(CivitasError, match="1 treaty forms were filed there"):
        plan_replacement("TaxTable", other_resolution, own_book)


def test_refuses_to_forget_a_rule_that_was_in_force(own_city, own_book, of_profile):
    changed = of_profile(("national_bps = 1400", "national_bps = 1500"))

    with pytest.raises(CivitasError, match="has been in force and is not in the profile"):
        plan_replacement("TaxTable", changed, own_book)


def test_refuses_whoever_is_no_engineer(own_city, own_book, stranger, other_resolution):
    nonce = stranger.nonce

    with pytest.raises(CivitasError, match="is no CHAIN_ENGINEER, who sets the directory"):
        replace_contract("TaxTable", other_resolution, own_book, stranger)
    assert stranger.nonce == nonce
    assert not (own_book.folder / NEXT).exists()


# --- the command


@pytest.fixture
def replace(run_command, own_book):
    return partial(run_command, cli, records=own_book.folder)


def test_the_command_shows_then_replaces(replace, own_city, own_book, other_resolution):
    before = own_book.require("TaxTable").address
    arguments = ("TaxTable", other_resolution, "--account", "TEST::13")

    shown = replace(*arguments, "--dry-run")
    assert shown.exit_code == 0, shown.stderr
    assert own_book.require("TaxTable").address == before
    done = replace(*arguments)

    assert done.exit_code == 0, done.stderr
    assert f"in force, in place of {before}" in done.stdout
    assert "then: the desk asks the old one until the council clerk calls" in done.stdout


def test_the_command_says_why_not(replace, own_city):
    done = replace("Treasury", PARAMS, "--account", "TEST::13")

    assert done.exit_code == 2
    assert "Treasury can't be replaced: splitters pay into this one" in done.stderr
