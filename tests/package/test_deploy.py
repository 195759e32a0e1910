"""Deployment: resumed where it broke off, refused on another chain, checked link by link."""

import json
from pathlib import Path

import ape
import pytest

from civitas.chain.address_book import AddressBook, Record
from civitas.chain.check import facts
from civitas.chain.deploy import WrongDeployment, accept_admin, deploy_city
from civitas.chain.roles import ADMIN, Role
from civitas.errors import CivitasError
from civitas.source import commit_of
from tests.deployment import RECORDS

PARAMS = Path("deployments/ethereum/local/params.toml")


@pytest.fixture
def book(tmp_path):
    return AddressBook(tmp_path / "book")


@pytest.fixture
def deployed(book, deployer, council):
    city = deploy_city(PARAMS, book, deployer)
    accept_admin(city, council)
    return city


def broken(book):
    return [fact for fact in facts(PARAMS, book) if not fact.holds]


def test_every_fact_holds_after_the_council_accepted(deployed, book):
    assert broken(book) == []


def test_the_deployer_ends_with_no_role(deployed, deployer):
    assert not deployed.authority.hasRole(ADMIN, deployer)
    assert [r for r in Role if deployed.authority.hasRole(r.id, deployer)] == []
    assert deployed.authority.role_count(deployer) == 0


def test_each_record_says_where_and_how(deployed, book, deployer):
    record = book.require("AssetRegistry")

    assert record.contract == "AssetRegistry"
    assert record.address == deployed.asset_registry.address
    assert record.deployer == deployer.address
    assert record.arguments[0] == deployed.authority.address
    assert (record.compiler, record.evm_version) == ("vyper 0.4.3", "cancun")
    assert record.optimize == "gas"
    assert record.commit == commit_of(Path.cwd())
    assert len(list(book.folder.glob("*.json"))) == RECORDS


def test_a_second_run_sends_nothing(deployed, book, deployer):
    before = deployer.nonce

    again = deploy_city(PARAMS, book, deployer)

    assert deployer.nonce == before
    assert again.directory.address == deployed.directory.address


def test_resumes_after_each_contract(book, deployer, council, tmp_path):
    """Broken off after every contract in turn, the run ends with the same city, nothing twice."""
    whole = deploy_city(PARAMS, book, deployer)
    names = sorted(
        book.folder.glob("*.json"), key=lambda path: json.loads(path.read_text())["block"]
    )
    for keep in range(0, len(names), 3):
        partial = AddressBook(tmp_path / f"broken-{keep}")
        for path in names[:keep]:
            partial.put(path.stem, Record.model_validate_json(path.read_text()))
        nonce = deployer.nonce

        city = deploy_city(PARAMS, partial, deployer)

        assert len(list(partial.folder.glob("*.json"))) == len(names)
        kept = {path.stem for path in names[:keep]}
        assert ("Authority" in kept) == (city.authority.address == whole.authority.address)
        # What was kept is not deployed again: the rest, then roles and the hand-over.
        assert deployer.nonce - nonce <= len(names) - keep + 23


def test_refuses_a_record_of_other_code(deployed, book, deployer):
    record = book.require("Lease")
    book.put("Lease", record.model_copy(update={"address": deployed.treasury.address}))

    with pytest.raises(WrongDeployment, match="Lease: the code at 0x.* is not the recorded one"):
        deploy_city(PARAMS, book, deployer)


def test_refuses_changed_arguments(deployed, book, deployer, tmp_path):
    changed = tmp_path / "params.toml"
    changed.write_text(PARAMS.read_text().replace("city.example/deeds", "town.example/deeds"))

    with pytest.raises(WrongDeployment, match="AssetRegistry: recorded with other arguments"):
        deploy_city(changed, book, deployer)


def test_refuses_a_deployer_who_holds_a_duty(book, accounts):
    with pytest.raises(CivitasError, match="it can be neither council nor a role"):
        deploy_city(PARAMS, book, accounts[9])
    assert not book.folder.exists()


def test_refuses_a_token_of_other_decimals(book, deployer, project, tmp_path):
    token = project.MockPaymentToken.deploy("Other", "OTH", 6, sender=deployer)
    changed = tmp_path / "params.toml"
    changed.write_text(
        PARAMS.read_text().replace('payment_token = "mock"', f'payment_token = "{token.address}"')
    )

    with pytest.raises(CivitasError, match="has 6 decimals, the profile's KRW has 0"):
        deploy_city(changed, book, deployer)


def test_takes_addresses_in_any_case_and_refuses_a_wrong_checksum(
    book, deployer, council, tmp_path
):
    small = tmp_path / "params.toml"
    small.write_text(PARAMS.read_text().replace('"test:1"', f'"{council.address.lower()}"'))
    city = deploy_city(small, book, deployer)
    assert city.authority.pending_admin() == council
    mistyped = council.address.replace("C", "c", 1)
    small.write_text(PARAMS.read_text().replace('"test:1"', f'"{mistyped}"'))

    with pytest.raises(CivitasError, match=f"{mistyped} is no address, or its checksum is wrong"):
        deploy_city(small, book, deployer)


def test_names_the_council_that_has_not_accepted(book, deployer):
    deploy_city(PARAMS, book, deployer)

    first = broken(book)[0]

    assert first.link == "the council is admin"
    assert first.detail.endswith(f"must call accept_admin() on {book.require('Authority').address}")


def test_names_a_missing_contract(deployed, book):
    record = book.require("Treasury")
    book.put("Treasury", record.model_copy(update={"address": "0x" + "77" * 20}))

    first = broken(book)[0]

    assert first.link == "Treasury has code"


def test_names_a_role_that_was_taken_away(deployed, book, council, cashier):
    deployed.authority.revokeRole(Role.CASHIER.id, cashier, sender=council)

    assert [fact.link for fact in broken(book)] == [f"CASHIER {cashier.address}"]


def test_names_a_directory_entry_that_was_replaced(
    deployed, book, project, chain_engineer, deployer
):
    other = project.IdentityRegistry.deploy(deployed.authority, [1], 86_400, sender=deployer)
    deployed.directory.set_entry(b"IdentityRegistry".ljust(32, b"\0"), other, sender=chain_engineer)

    assert [fact.link for fact in broken(book)] == ["CityDirectory: IdentityRegistry"]


def test_says_what_to_do_without_records(tmp_path):
    with pytest.raises(CivitasError, match="run `ape run deploy` for this network first"):
        list(facts(PARAMS, AddressBook(tmp_path / "nothing")))


@pytest.mark.parametrize(
    "change",
    [{"commit": "main"}, {"address": "0x12"}, {"block": -1}, {"code_hash": "0x"}, {"more": 1}],
)
def test_a_record_of_another_shape_is_refused(deployed, book, change):
    path = book.folder / "Lease.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))

    with pytest.raises(CivitasError, match="Lease.json is not a deployment record"):
        book.get("Lease")


def test_refuses_a_torn_record(book):
    book.folder.mkdir()
    (book.folder / "Authority.json").write_text('{"contract": "Auth')

    with pytest.raises(CivitasError, match="Authority.json is not a deployment record"):
        book.get("Authority")


def test_only_the_council_can_accept(book, deployer, stranger):
    city = deploy_city(PARAMS, book, deployer)

    with ape.reverts("authority: not the candidate"):
        accept_admin(city, stranger)
