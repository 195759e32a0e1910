"""Sources reach explorers whole: what they compile from them, with nothing else, is the chain's."""

import copy
import json
from dataclasses import replace
from functools import partial

import ape
import pytest

from civitas.chain import verification
from civitas.chain.address_book import AddressBook
from civitas.chain.deploy import accept_admin, deploy_city
from civitas.chain.explorers import (
    Answer,
    Blockscout,
    Etherscan,
    Patience,
    Sourcify,
    Unreachable,
)
from civitas.chain.sources import standard_input
from civitas.chain.verification import PREAMBLE, encoded, verify_city
from civitas.errors import CivitasError
from civitas.profiles import Proof
from scripts.verify import cli
from tests.conftest import PARAMS
from tests.package.explorer import Explorer

QUICK = Patience(attempts=3, pause=0.001, polls=4, poll=0.001)
SITES = {"etherscan": Etherscan, "sourcify": Sourcify, "blockscout": Blockscout}
# 18 of the deployment, 2 of carbon, 2 tokens, 2 splitters with rules in common; blueprints
SHOWN, BLUEPRINTS_COMPARED = 23 + 2 + 2 + 2 + 1, 5


@pytest.fixture(scope="module")
def folder(deployer, council, tmp_path_factory, module_isolation):
    """Records of a city with two tokens, one of them renamed since, and two splitters."""
    book = AddressBook(tmp_path_factory.mktemp("book"))
    city = deploy_city(PARAMS, book, deployer)
    accept_admin(city, council)
    people = ape.accounts.test_accounts
    manager, clerk, officer = people[2], people[3], people[5]
    record = (b"\1" * 32, 3, 10_000, 0, b"\2" * 32, 1_000)
    city.asset_registry.register(council, [record, (b"\3" * 32, *record[1:])], sender=manager)
    for asset_id in (1, 2):
        city.asset_registry.register_units(asset_id, 1_000, b"\4" * 32, sender=clerk)
        proofs = [(asset_id, proof.kind, 2**64 - 1, b"\5" * 32) for proof in Proof]
        city.asset_registry.file_proofs(proofs, sender=officer)
        city.token_factory.create_token(
            asset_id, f"Asset {asset_id}", "A", 0, city.payment_token, sender=manager
        )
        rules = (1, False, [], [(council, 10_000, b"\0" * 32)])
        city.splitter_factory.create_splitter(asset_id, city.payment_token, rules, sender=manager)
    city.token(2).setName("Another name", sender=council)
    return book.folder


@pytest.fixture(scope="module")
def book(folder):
    return AddressBook(folder)


@pytest.fixture
def submissions(book):
    """What would be brought to an explorer, by name."""
    found = {}

    class Collecting:
        def verify(self, submission):
            found[submission.name] = submission
            return Answer(True, "kept")

    verify_city(book, Collecting(), lambda outcome: None)
    return found


@pytest.fixture
def explorer(book, submissions):
    """What made each contract is taken from the chain: transactions, or a blueprint's code."""
    code = ape.chain.provider.get_code
    creations = {}
    for name, submission in submissions.items():
        record = book.get(name)
        if record is not None:
            sent = ape.chain.provider.get_receipt(record.transaction).transaction
            creations[submission.address.lower()] = bytes(sent.data)
        else:
            blueprint = code(book.require(f"{submission.contract}Blueprint").address)
            body = bytes(blueprint).removeprefix(PREAMBLE)
            creations[submission.address.lower()] = body + submission.arguments
    served = Explorer(creations, lambda a: bytes(code(a)), ape.chain.provider.chain_id)
    yield served
    served.close()


@pytest.fixture(params=SITES)
def site(request, explorer):
    return SITES[request.param](explorer.url, explorer.key, QUICK)


def test_every_contract_is_shown_and_stays_so(book, explorer, site):
    """Each is compiled by the explorer from what it was sent; a second run finds all done."""
    said = []

    outcomes = verify_city(book, site, said.append)

    assert said == outcomes
    assert [each for each in outcomes if each.state == "failed"] == []
    assert sum(each.state == "verified" for each in outcomes) == SHOWN == len(explorer.verified)
    assert sum(each.state == "compared" for each in outcomes) == BLUEPRINTS_COMPARED
    names = {each.name for each in outcomes}
    assert {"SecurityToken of asset 2", "RevenueSplitter of asset 1", "CarbonCredit"} <= names
    jobs = len(explorer.jobs)

    again = verify_city(book, site, lambda outcome: None)

    assert [each.state for each in again] == [each.state for each in outcomes]
    assert len(explorer.jobs) == jobs  # nothing was compiled twice


def changed(submission, old, new):
    """The same with one character changed in the one file that has `old`."""
    given = copy.deepcopy(submission.standard_input)
    (path,) = [p for p, each in given["sources"].items() if old in each["content"]]
    given["sources"][path]["content"] = given["sources"][path]["content"].replace(old, new)
    return replace(submission, standard_input=given)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        # of the code: a refusal's words
        ("Treasury", '"treasury: no amount"', '"treasury: no amounT"'),
        # of a comment, which the compiler's hash of the sources in the creation code covers
        ("SecurityToken of asset 1", "@title  holdings", "@title  holdingS"),
        # of a package
        ("Authority", "@title Multi-Role", "@title multi-Role"),
    ],
)
def test_one_changed_character_is_refused(submissions, explorer, site, name, old, new):
    other = changed(submissions[name], old, new)

    assert site.verify(other).is_verified is False
    assert explorer.verified == set()
    assert site.verify(submissions[name]).is_verified is True


def test_other_arguments_are_refused(submissions, explorer):
    """Only Etherscan is told them; the others read them off the chain."""
    site = Etherscan(explorer.url, explorer.key, QUICK)
    lease = submissions["Lease"]
    other = replace(lease, arguments=lease.arguments[:-1] + b"\1")

    assert site.verify(other).is_verified is False
    assert site.verify(lease).is_verified is True


def test_a_payload_needs_nothing_of_this_machine(submissions):
    for submission in submissions.values():
        paths = list(submission.standard_input["sources"])
        assert all(each.startswith(("contracts/", "snekmate/")) for each in paths), paths
        assert submission.source in paths


def test_other_sources_are_refused_before_anything_is_sent(book, explorer, site, monkeypatch):
    """As after an edit since the deployment: the record's commit is named."""
    right = ape.project.Treasury.contract_type.deployment_bytecode.to_bytes()
    make = verification.creation_code
    monkeypatch.setattr(
        verification,
        "creation_code",
        lambda contract: right[:-1] + b"\0" if contract == "Treasury" else make(contract),
    )

    outcomes = {each.name: each for each in verify_city(book, site, lambda outcome: None)}

    assert outcomes["Treasury"].state == "failed"
    commit = book.require("Treasury").commit
    assert outcomes["Treasury"].detail == (
        f"Treasury was not made from the sources here; its record names commit {commit}"
    )
    assert outcomes["Lease"].state == "verified"
    assert outcomes["Treasury"].address.lower() not in explorer.verified


def test_asks_again_while_the_site_is_busy(submissions, explorer, site):
    explorer.busy = 2

    assert site.verify(submissions["Treasury"]).is_verified is True


def test_gives_up_on_a_site_that_stays_busy(submissions, explorer, site):
    explorer.busy = 100

    with pytest.raises(Unreachable, match="no answer in 3 attempts, last: HTTP 503"):
        site.verify(submissions["Treasury"])


def test_says_that_nobody_answers(submissions, explorer, site):
    site.url = "http://127.0.0.1:9"

    with pytest.raises(Unreachable, match="last: ConnectionError"):
        site.verify(submissions["Treasury"])


def test_etherscan_wants_a_key(submissions, explorer):
    with pytest.raises(CivitasError, match="set ETHERSCAN_API_KEY"):
        Etherscan(explorer.url, None, QUICK).verify(submissions["Treasury"])
    refused = Etherscan(explorer.url, "another", QUICK).verify(submissions["Treasury"])
    assert refused == Answer(False, "Invalid API Key")


@pytest.mark.parametrize("name", ["Authority", "AssetRegistry", "TaxTable", "CityDirectory"])
def test_arguments_of_a_record_are_those_that_were_sent(book, name):
    """Lists of structs, words, numbers, truths and texts come back as the constructor got them."""
    record = book.require(name)
    sent = ape.chain.provider.get_receipt(record.transaction).transaction.data

    assert bytes(sent).endswith(encoded(record.contract, record.arguments))


def test_refuses_a_record_with_too_few_arguments(book):
    with pytest.raises(CivitasError, match="0 arguments recorded, its constructor takes 8"):
        encoded("Lease", ())


def test_the_standard_input_is_the_same_every_time():
    assert standard_input("Lease") is standard_input("Lease")


# --- the command


@pytest.fixture
def verify(run_command, folder):
    return partial(run_command, cli, records=folder)


def test_the_command_verifies(verify, explorer, monkeypatch):
    monkeypatch.setenv("ETHERSCAN_API_KEY", explorer.key)

    done = verify("--explorer", "etherscan", "--url", explorer.url, "--pause", "0.001", "--json")

    assert done.exit_code == 0, done.stderr
    assert {each["state"] for each in json.loads(done.stdout)} == {"verified", "compared"}


def test_the_command_compares_without_an_explorer(verify):
    done = verify()

    assert done.exit_code == 0, done.stderr
    assert f"{SHOWN + BLUEPRINTS_COMPARED} contracts, none failed" in done.stdout


def test_the_command_ends_with_1_where_one_fails(verify, explorer, book, folder, tmp_path):
    """The record of another contract's creation."""
    other = AddressBook(tmp_path)
    for path in folder.glob("*.json"):
        other.put(path.stem, book.require(path.stem))
    lease, treasury = book.require("Lease"), book.require("Treasury")
    other.put("Lease", lease.model_copy(update={"transaction": treasury.transaction}))

    done = verify(records=tmp_path)

    assert done.exit_code == 1
    assert "1 of" in done.stderr
    assert "Lease was not made from the sources here" in done.stdout


def test_the_command_names_what_it_needs(verify):
    done = verify("--explorer", "blockscout")

    assert done.exit_code == 2
    assert "no blockscout is known for chain" in done.stderr
