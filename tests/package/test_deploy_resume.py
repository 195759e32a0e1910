"""A deployment killed anywhere ends, when it is run again, with the city of an unbroken run."""

import re
from pathlib import Path

import ape
import pytest

from civitas.chain.address_book import AddressBook
from civitas.chain.deploy import (
    JOURNAL,
    NO_CODE,
    WrongDeployment,
    accept_admin,
    code_hash,
    deploy_city,
)
from civitas.chain.journal import Entry, Journal
from civitas.chain.outbox import Outbox, Patience, digest_of
from civitas.chain.rehearsal import plan_city
from civitas.chain.roles import ADMIN, Role
from civitas.chain.sources import creation_code
from civitas.errors import CivitasError
from tests.deployment import STEPS

PARAMS = Path("deployments/ethereum/local/params.toml")


class Killed(BaseException):
    """What a process that dies leaves behind: nothing is caught, nothing tidied up."""


@pytest.fixture
def kill(monkeypatch):
    """`kill(at=3)`: die around the third write of the journal or the book, before or after it."""
    writes = {"done": 0, "at": None, "is_after": False, "events": ()}

    def dying(write):
        def wrapped(self, *arguments):
            event = getattr(arguments[0], "event", "record")
            counts = not writes["events"] or event in writes["events"]
            writes["done"] += counts
            is_the_one = counts and writes["done"] == writes["at"]
            if is_the_one and not writes["is_after"]:
                raise Killed
            result = write(self, *arguments)
            if is_the_one:
                raise Killed
            return result

        return wrapped

    monkeypatch.setattr(Journal, "write", dying(Journal.write))
    monkeypatch.setattr(AddressBook, "put", dying(AddressBook.put))

    def arm(at, is_after=False, events=()):
        writes.update(done=0, at=at, is_after=is_after, events=events)

    return arm


def end_state(book, city, deployer):
    """Where everything is, who holds what, and how many transactions that took."""
    names = sorted(path.stem for path in book.folder.glob("*.json"))
    return (
        {name: (book.require(name).address, book.require(name).code_hash) for name in names},
        {(role.name, n): city.authority.hasRole(role.id, ape.accounts.test_accounts[n])
         for role in Role for n in range(20)},
        city.authority.hasRole(ADMIN, deployer),
        city.authority.pending_admin(),
        deployer.nonce,
    )  # fmt: skip


@pytest.fixture(scope="module")
def unbroken(deployer, tmp_path_factory, module_isolation):
    """The end state of a run that nothing disturbs."""
    book = AddressBook(tmp_path_factory.mktemp("unbroken"))
    snapshot = ape.chain.snapshot()
    before = deployer.nonce
    city = deploy_city(PARAMS, book, deployer)
    state = end_state(book, city, deployer)
    assert deployer.nonce - before == STEPS
    ape.chain.restore(snapshot)
    return state


@pytest.mark.parametrize("step", range(1, STEPS + 1))
def test_killed_between_the_chain_and_the_journal(step, deployer, tmp_path, kill, unbroken):
    """The worst moment of each step: the transaction is mined, and nothing here says so."""
    book = AddressBook(tmp_path)
    kill(at=step, events=("mined",))
    with pytest.raises(Killed):
        deploy_city(PARAMS, book, deployer)
    kill(at=None)

    city = deploy_city(PARAMS, book, deployer)

    assert end_state(book, city, deployer) == unbroken


@pytest.mark.parametrize("is_after", [False, True])
def test_killed_at_every_write_of_one_run(deployer, tmp_path, kill, unbroken, is_after):
    """Each run dies around its second write, so that it takes many to get to the end."""
    book = AddressBook(tmp_path)
    deaths = 0
    while True:
        kill(at=2, is_after=is_after)
        try:
            city = deploy_city(PARAMS, book, deployer)
        except Killed:
            deaths += 1
            continue
        break

    assert deaths >= STEPS
    assert end_state(book, city, deployer) == unbroken


def test_another_transaction_takes_the_nonce(deployer, stranger, tmp_path, kill):
    """Written down but not sent when the deployer pays somebody: the step takes the next nonce."""
    book = AddressBook(tmp_path)
    kill(at=5, events=("sent",))
    with pytest.raises(Killed):
        deploy_city(PARAMS, book, deployer)
    kill(at=None)
    taken = Journal(tmp_path / JOURNAL).of("Appraisals")[-1].nonce
    deployer.transfer(stranger, 1)
    said = []

    city = deploy_city(PARAMS, book, deployer, said.append)

    entry = Journal(tmp_path / JOURNAL).of("IdentityRegistry")
    assert deployer.nonce == taken + STEPS - 3 + 1
    assert "IdentityRegistry: nonce" in "\n".join(said)
    assert entry[-1].event == "mined"
    assert city.identity_registry.address == book.require("IdentityRegistry").address


def test_a_wallet_that_sent_the_same_is_believed(deployer, tmp_path, kill, project, unbroken):
    """The same content under the same nonce is the step, whoever sent it."""
    book = AddressBook(tmp_path)
    kill(at=1, events=("sent",))
    with pytest.raises(Killed):
        deploy_city(PARAMS, book, deployer)
    kill(at=None)
    deployer.call(project.MockPaymentToken("Test KRW", "tKRW", 0))

    city = deploy_city(PARAMS, book, deployer)

    assert end_state(book, city, deployer) == unbroken


def test_a_lost_answer_is_asked_for_again(deployer, tmp_path, monkeypatch, unbroken):
    """Every third request finds the connection gone; the transaction arrived all the same."""
    provider = ape.chain.provider
    count = {"asked": 0}
    ask = Outbox.ask

    def flaky(self, request):
        def drop():
            count["asked"] += 1
            if count["asked"] % 3 == 0:
                raise ConnectionError("reset by peer")
            return request()

        return ask(self, drop)

    monkeypatch.setattr(Outbox, "ask", flaky)
    monkeypatch.setattr("civitas.chain.outbox.time.sleep", lambda seconds: None)
    book = AddressBook(tmp_path)

    city = deploy_city(PARAMS, book, deployer)

    assert provider.is_connected
    assert count["asked"] > 3 * STEPS
    assert end_state(book, city, deployer) == unbroken


def test_gives_up_on_a_node_that_never_answers(deployer, monkeypatch):
    monkeypatch.setattr("civitas.chain.outbox.time.sleep", lambda seconds: None)
    outbox = Outbox(deployer, Journal(None), patience=Patience(attempts=3))
    asked = []

    def gone():
        asked.append(1)
        raise ConnectionError("reset by peer")

    with pytest.raises(ConnectionError):
        outbox.ask(gone)
    assert len(asked) == 3


def test_waits_for_a_node_that_counts_a_nonce_before_it_shows_the_block(
    deployer, tmp_path, unbroken, monkeypatch
):
    look, blind = Outbox._mined_with_nonce, {}

    def late(self, entry):
        blind[entry.nonce] = blind.get(entry.nonce, 0) + 1
        return None if blind[entry.nonce] < 3 else look(self, entry)

    monkeypatch.setattr(Outbox, "_mined_with_nonce", late)
    monkeypatch.setattr("civitas.chain.outbox.time.sleep", lambda seconds: None)
    book = AddressBook(tmp_path)

    city = deploy_city(PARAMS, book, deployer)

    assert end_state(book, city, deployer) == unbroken
    assert set(blind.values()) == {3}


def test_refuses_to_go_on_with_other_arguments(deployer, tmp_path, kill):
    book = AddressBook(tmp_path / "book")
    kill(at=3, events=("mined",))
    with pytest.raises(Killed):
        deploy_city(PARAMS, book, deployer)
    kill(at=None)
    changed = tmp_path / "params.toml"
    changed.write_text(PARAMS.read_text().replace("city.example/deeds", "town.example/deeds"))
    nonce = deployer.nonce

    with pytest.raises(CivitasError, match="AssetRegistry: the journal has it with other argum"):
        deploy_city(changed, book, deployer)
    assert deployer.nonce == nonce


def test_refuses_to_go_on_with_another_account(deployer, stranger, tmp_path, kill):
    book = AddressBook(tmp_path)
    kill(at=1, events=("mined",))
    with pytest.raises(Killed):
        deploy_city(PARAMS, book, deployer)
    kill(at=None)

    with pytest.raises(CivitasError, match=f"has it from {deployer.address}"):
        deploy_city(PARAMS, book, stranger)


def test_refuses_the_journal_of_a_chain_that_is_gone(deployer, tmp_path):
    entry = Entry(
        event="intended", step="x", deployer=deployer.address, chain_id=1337, nonce=10**6,
        digest="0x", block=0,
    )  # fmt: skip
    journal = Journal(tmp_path / JOURNAL)
    transaction = ape.project.MockPaymentToken("Test KRW", "tKRW", 0)
    journal.write(entry.model_copy(update={"digest": digest_of(transaction)}))

    with pytest.raises(CivitasError, match="Is the journal of another chain"):
        Outbox(deployer, journal).send("x", transaction, (), is_once=True)


def test_a_second_run_beside_the_first_is_refused(deployer, tmp_path):
    book = AddressBook(tmp_path)
    before = deployer.nonce
    refused = pytest.raises(CivitasError, match="another run is writing to it")
    with Journal(tmp_path / JOURNAL).alone(), refused:
        deploy_city(PARAMS, book, deployer)

    assert deployer.nonce == before
    assert not list(tmp_path.glob("*.json"))


def test_code_that_a_node_does_not_show_yet_is_not_recorded(
    deployer, tmp_path, monkeypatch, unbroken
):
    book, asked = AddressBook(tmp_path), []

    def behind(address):
        asked.append(address)
        return NO_CODE if len(asked) == 1 else code_hash(address)

    monkeypatch.setattr("civitas.chain.deploy.code_hash", behind)
    with pytest.raises(WrongDeployment, match="no code at .* yet; run the command again"):
        deploy_city(PARAMS, book, deployer)
    assert not list(tmp_path.glob("*.json"))

    city = deploy_city(PARAMS, book, deployer)

    assert end_state(book, city, deployer) == unbroken


# --- what changed behind a step


def test_sources_that_changed_behind_a_step_are_named(deployer, tmp_path, kill, monkeypatch):
    """An edit of a module, be it of a comment, between a run that broke off and the next."""
    book = AddressBook(tmp_path)
    kill(at=9, events=("mined",))
    with pytest.raises(Killed):
        deploy_city(PARAMS, book, deployer)
    kill(at=None)
    record, nonce = book.require("AssetRegistry"), deployer.nonce
    monkeypatch.setattr(
        "civitas.chain.deploy.creation_code",
        lambda name: b"other" if name == "AssetRegistry" else creation_code(name),
    )

    refused = (
        f"AssetRegistry: was made from other sources than these; go on with commit {record.commit}"
    )
    with pytest.raises(WrongDeployment, match=re.escape(refused)):
        deploy_city(PARAMS, book, deployer)

    assert deployer.nonce == nonce
    plan = plan_city(PARAMS, book, deployer.address)
    broken = [check.what for check in plan.checks if not check.holds]
    assert broken == ["AssetRegistry was made from these sources"]


def test_a_role_that_is_named_no_more_is_taken_back(deployer, tmp_path, accounts, kill):
    """The cashier becomes the treasurer, which one key can't be together: first take, then give."""
    book = AddressBook(tmp_path / "book")
    city = deploy_city(PARAMS, book, deployer)
    changed = tmp_path / "params.toml"
    changed.write_text(
        PARAMS.read_text()
        .replace('TREASURER = ["test:9"]', 'TREASURER = ["test:10"]')
        .replace('CASHIER = ["test:10"]', 'CASHIER = ["test:41"]')
    )
    plan = plan_city(changed, book, deployer.address)
    old, new, cashier = accounts[9], accounts[10], accounts[41]
    assert [step.name for step in plan.steps] == [
        f"revoke TREASURER {old}",
        f"revoke CASHIER {new}",
        f"grant TREASURER {new}",
        f"grant CASHIER {cashier}",
    ]
    assert plan.is_sound
    before = deployer.nonce

    deploy_city(changed, book, deployer)

    assert deployer.nonce - before == 4
    assert [step.nonce for step in plan.steps] == list(range(before, before + 4))
    held = [
        [role.name for role in Role if city.authority.hasRole(role.id, who)]
        for who in (old, new, cashier)
    ]
    assert held == [[], ["TREASURER"], ["CASHIER"]]
    assert plan_city(changed, book, deployer.address).steps == ()


def test_a_role_that_only_the_council_can_take_back_is_named(deployer, council, stranger, tmp_path):
    book = AddressBook(tmp_path)
    city = deploy_city(PARAMS, book, deployer)
    accept_admin(city, council)
    city.authority.grantRole(Role.AUDITOR.id, stranger, sender=council)

    with pytest.raises(WrongDeployment, match=f"{stranger} holds AUDITOR, which .* does not name"):
        deploy_city(PARAMS, book, deployer)
    plan = plan_city(PARAMS, book, deployer.address)
    assert [check.detail for check in plan.checks if not check.holds] == [
        f"revoke AUDITOR {stranger}"
    ]


# --- the file


def an_entry(**changes):
    given = {"event": "intended", "step": "x", "deployer": "0x", "chain_id": 1, "nonce": 0}
    return Entry(**given, digest="0x", block=0, **changes)


def test_a_torn_last_line_is_left_out_and_written_past(tmp_path):
    path = tmp_path / JOURNAL
    Journal(path).write(an_entry())
    with path.open("a") as file:
        file.write('{"event": "se')

    journal = Journal(path)
    journal.write(an_entry(transaction="0x1"))

    assert [each.transaction for each in Journal(path).of("x")] == ["0x1"]
    assert len(journal.of("x")) == 1


def test_a_last_line_without_its_end_counts(tmp_path):
    path = tmp_path / JOURNAL
    Journal(path).write(an_entry())
    path.write_bytes(path.read_bytes().rstrip(b"\n"))

    Journal(path).write(an_entry(transaction="0x1"))

    assert path.read_text().count("\n") == 2
    assert [each.transaction for each in Journal(path).of("x")] == ["0x1"]


@pytest.mark.parametrize("damage", [b'{"event": "se\n', b"\n", b"\xff\xfe\n"])
def test_a_damaged_line_that_is_not_the_last_is_named(tmp_path, damage):
    """Only a line that was being written can be torn, and it has no end."""
    path = tmp_path / JOURNAL
    Journal(path).write(an_entry())
    whole = path.read_bytes()
    for content, number in ((damage + whole, 1), (whole + damage + whole, 2), (whole + damage, 2)):
        path.write_bytes(content)

        with pytest.raises(CivitasError, match=f"journal.jsonl:{number}: not a line of a journal"):
            Journal(path)


def test_a_line_of_something_else_is_named(tmp_path):
    path = tmp_path / JOURNAL
    path.write_text('{"event": "sold"}\n')

    with pytest.raises(CivitasError, match="journal.jsonl:1: not a line of a journal"):
        Journal(path)
