"""How every command acts: with what key, at what price, once, in the log, or in a Safe's queue."""

import json
from functools import partial

import pytest
from ape import accounts as ape_accounts
from ape import chain
from ape.api.accounts import ImpersonatedAccount
from eth_abi import encode
from eth_account import Account
from eth_utils import keccak

from civitas.chain.journal import append_line
from civitas.chain.operations import Operations, read_log
from civitas.chain.outbox import Outbox
from civitas.chain.safe import multi_send, read_multi_send
from civitas.chain.simulation import Call, gas_in_order
from civitas.errors import CivitasError
from scripts._common import confirm
from scripts.asset import cli
from scripts.treasury import cli as treasury

CLERK, OFFICER = 3, 5  # test accounts
REPORT = "0x" + "ab" * 32
ALIAS = "officer_of_the_tests"
PASSPHRASE = f"APE_ACCOUNTS_{ALIAS}_PASSPHRASE"
DAY = "2999-12-31"


@pytest.fixture
def asset(run_command):
    return partial(run_command, cli)


@pytest.fixture
def office(register_asset):
    return register_asset("an office")


@pytest.fixture
def prove(asset, office):
    """File a proof, by whatever account the options name."""
    return partial(
        asset, *("prove", office, "title", "--until", DAY, "--document", REPORT, "--yes")
    )


@pytest.fixture
def keyfile(accounts):
    """The officer's key in a file of Ape's, with a passphrase."""
    path = ape_accounts.containers["accounts"].data_folder / f"{ALIAS}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    key = accounts[OFFICER].private_key
    path.write_text(json.dumps(Account.encrypt(key, "right", kdf="pbkdf2", iterations=1)))
    yield ALIAS
    path.unlink()
    ape_accounts.containers["accounts"].loaded_accounts.pop(ALIAS, None)


# --- keys


def test_a_keyfile_signs_without_asking(prove, keyfile, city, office, book, monkeypatch):
    monkeypatch.setenv(PASSPHRASE, "right")

    done = prove("--account", keyfile)

    assert (done.exit_code, done.stderr) == (0, "")
    assert city.asset_registry.proofs_of(office)[0] > 0
    assert read_log(book / "operations.jsonl")[-1]["account"] == ape_accounts.load(ALIAS).address


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, f"account {ALIAS} is locked: put its passphrase into {PASSPHRASE}"),
        ("wrong", f"the passphrase in {PASSPHRASE} is not that of account {ALIAS}"),
    ],
)
def test_without_its_passphrase_nothing_is_sent(prove, keyfile, monkeypatch, given, said):
    if given is None:
        monkeypatch.delenv(PASSPHRASE, raising=False)
    else:
        monkeypatch.setenv(PASSPHRASE, given)
    height = chain.blocks.height

    done = prove("--account", keyfile)

    assert (done.exit_code, done.stderr) == (2, f"{said}; nothing was sent\n")
    assert chain.blocks.height == height
    assert prove("--account", keyfile, "--dry-run").exit_code == 0


def test_an_account_that_can_not_pay_is_told_how_much_is_missing(
    prove, keyfile, monkeypatch, accounts
):
    monkeypatch.setenv(PASSPHRASE, "right")
    chain.provider.set_balance(accounts[OFFICER].address, 5)
    height = chain.blocks.height

    done = prove("--account", keyfile)

    assert done.exit_code == 2
    assert "has 0.000000001 ETH, " in done.stderr
    assert done.stderr.endswith(" first; nothing was sent\n")
    assert chain.blocks.height == height


@pytest.mark.parametrize(
    "options",
    [(), ("--safe", REPORT[:42]), ("--queue", "q.json"), ("--account", "TEST::5", "--safe", "0x")],
)
def test_says_who_can_act(prove, options):
    done = prove(*options)

    assert (done.exit_code, done.stderr) == (
        2,
        "say who acts: either --account, or --safe with --queue\n",
    )


def test_records_of_another_network_are_found_out(prove, book, tmp_path):
    for path in book.glob("*.json"):
        record = json.loads(path.read_text())
        (tmp_path / path.name).write_text(json.dumps(record | {"address": "0x" + "12" * 20}))

    done = prove("--account", f"TEST::{OFFICER}", records=tmp_path)

    assert done.exit_code == 2
    assert "are the records in" in done.stderr
    assert "of another network?" in done.stderr


# --- the log


def test_every_transaction_has_a_line(prove, book, office, accounts):
    before = len(read_log(book / "operations.jsonl"))

    shown = prove("--account", f"TEST::{OFFICER}", "--json")

    assert shown.exit_code == 0, shown.stderr
    (sent,) = json.loads(shown.stdout)["sent"]
    lines = read_log(book / "operations.jsonl")
    assert len(lines) == before + 1
    line = lines[-1]
    assert {key: line[key] for key in ("command", "account", "network", "transaction")} == {
        "command": "asset prove",
        "account": accounts[OFFICER].address,
        "network": "ethereum:local",
        "transaction": sent["transaction"],
    }
    assert line["events"] == ["AssetRegistry.ProofFiled"]
    assert (line["block"], line["gas"]) == (sent["block"], sent["gas"])
    event = sent["events"][0]["arguments"]
    assert (
        line["events_hash"]
        == "0x"
        + keccak(text=json.dumps([["AssetRegistry", "ProofFiled", event]], sort_keys=True)).hex()
    )


def test_a_torn_line_hides_no_other(book, prove, tmp_path):
    log = book / "operations.jsonl"
    with log.open("a") as file:
        file.write('{"time": "2027')
    before = len(read_log(log))

    assert prove("--account", f"TEST::{OFFICER}").exit_code == 0

    assert len(read_log(log)) == before + 1
    other = tmp_path / "torn.jsonl"
    other.write_text('{"a')
    append_line(other, "{}")
    assert other.read_text() == "{}\n"


def test_what_was_sent_and_not_logged_is_logged_by_the_next_command(
    asset, prove, book, office, monkeypatch
):
    """Killed between the receipt and the log."""

    def killed(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(Operations, "_noted", killed)
    assert prove("--account", f"TEST::{OFFICER}", "--until", "2998-12-31").exit_code == 1
    monkeypatch.undo()
    height, before = chain.blocks.height, len(read_log(book / "operations.jsonl"))

    options = ("--document", REPORT, "--account", f"TEST::{OFFICER}", "--yes")
    assert asset("prove", office, "title", "--withdraw", *options).exit_code == 0

    assert chain.blocks.height == height + 1
    lost, other = read_log(book / "operations.jsonl")[before:]
    assert (lost["block"], other["block"]) == (height, height + 1)
    assert lost["command"] == other["command"] == "asset prove"


def test_what_was_on_its_way_at_a_kill_is_not_sent_twice(prove, book, monkeypatch, city, office):
    """Killed between the sending and the receipt; the same words go on with it."""

    def killed(*arguments):
        raise KeyboardInterrupt

    options = ("--account", f"TEST::{OFFICER}", "--until", "2997-12-31")
    monkeypatch.setattr(Outbox, "_finish", killed)
    assert prove(*options).exit_code == 1
    monkeypatch.undo()
    height, before = chain.blocks.height, len(read_log(book / "operations.jsonl"))
    assert city.asset_registry.proofs_of(office)[0] > 0

    again = prove("--account", f"TEST::{OFFICER}", "--until", "2996-12-31")

    assert again.exit_code == 0, again.stderr
    assert "sent by an earlier run: asset prove " in again.stderr
    assert chain.blocks.height == height + 1
    lines = read_log(book / "operations.jsonl")[before:]
    assert [each["block"] for each in lines] == [height, height + 1]


# --- a Safe's queue


@pytest.fixture
def safe(city):
    """A contract; what it does is not asked, it only has the role."""
    return city.payment_token.address


@pytest.fixture
def queue(tmp_path):
    return tmp_path / "queue.json"


@pytest.fixture
def queued(asset, safe, queue, city, council):
    """An act of the clerk, whose role the Safe has."""
    role = keccak(text="COUNCIL_CLERK_ROLE")
    city.authority.grantRole(role, safe, sender=council)
    options = ("--resolution", "2027-13", "--document", REPORT)

    def run(*arguments):
        return asset(*arguments, *options, "--safe", safe, "--queue", queue)

    return run


def by_hand(calls):
    """MultiSend's argument, put together as its source reads it."""
    packed = b"".join(
        bytes([0])
        + bytes.fromhex(call.to[2:])
        + call.value.to_bytes(32, "big")
        + len(call.data).to_bytes(32, "big")
        + call.data
        for call in calls
    )
    return keccak(text="multiSend(bytes)")[:4] + encode(["bytes"], [packed])


def test_a_queue_does_what_the_commands_would(queued, queue, safe, city, office, register_asset):
    """Decoded byte by byte, and carried out call by call from the Safe's address."""
    other, height = register_asset("another office"), chain.blocks.height
    registry = city.asset_registry

    first = queued("reclassify", office, "HOUSING")
    second = queued("approve", other, "--retirement")

    assert (first.exit_code, second.exit_code) == (0, 0), first.stderr + second.stderr
    assert f"2 transactions in {queue} for Safe {safe}" in second.stdout
    assert chain.blocks.height == height
    builder = json.loads(queue.read_text())
    assert builder["version"] == "1.0"
    assert builder["chainId"] == str(chain.provider.chain_id)
    assert builder["meta"]["createdFromSafeAddress"] == safe
    calls = read_multi_send(bytes.fromhex(queue.with_name("queue.json.multisend").read_text()[2:]))
    assert [(each.to, "0x" + each.data.hex(), str(each.value)) for each in calls] == [
        (each["to"], each["data"], each["value"]) for each in builder["transactions"]
    ]
    assert multi_send(calls) == by_hand(calls)
    hashes = (keccak(text="2027-13"), bytes.fromhex("ab" * 32))
    housing = next(i for i in range(7) if b"HOUSING\0" in registry.property_class(i).code)
    assert [call.data for call in calls] == [
        bytes(registry.reclassify.encode_input(office, housing, *hashes)),
        bytes(registry.approve_disposal.encode_input(other, registry, *hashes)),
    ]
    chain.provider.set_balance(safe, 10**18)
    for call in calls:
        ImpersonatedAccount(raw_address=safe).transfer(call.to, 0, data=call.data)
    assert registry.asset(office).class_id == housing
    assert registry.disposal_to(other) == registry.address


def test_a_call_is_in_a_queue_once(queued, queue, office):
    assert queued("reclassify", office, "HOUSING").exit_code == 0
    text = queue.read_text()

    again = queued("reclassify", office, "HOUSING")

    assert again.exit_code == 0, again.stderr
    assert "1 transactions" in again.stdout
    assert queue.read_text() == text


def test_a_queue_is_tried_from_the_safe_as_a_whole(
    run_command, queue, city, safe, council, money, payer, general_fund, alice
):
    """The second call is refused after the first, though the chain would take it alone."""
    city.authority.grantRole(keccak(text="TREASURER_ROLE"), safe, sender=council)
    money.mint(payer, 500, sender=payer)
    money.approve(city.treasury, 500, sender=payer)
    city.treasury.deposit_income(money, 500, general_fund, sender=payer)

    def approve(document):
        paper = ("--document", document, "--safe", safe, "--queue", queue)
        return run_command(treasury, "approve", "GENERAL", alice.address, 300, *paper)

    assert approve(REPORT).exit_code == 0

    refused = approve("0x" + "cd" * 32)

    assert refused.exit_code == 2
    assert "call 2 of 2: the chain refuses: treasury: fund too small" in refused.stderr
    assert len(json.loads(queue.read_text())["transactions"]) == 1


def test_a_dry_run_writes_no_queue(queued, queue, office):
    done = queued("reclassify", office, "HOUSING", "--dry-run")

    assert done.exit_code == 0, done.stderr
    assert "dry run: the Safe could do all 1; nothing was written" in done.stdout
    assert not queue.exists()


@pytest.mark.parametrize("text", ["[]", "{}", '{"chainId": "x"}', "no"])
def test_a_file_that_is_no_queue_is_left_alone(queued, queue, office, text):
    queue.write_text(text)

    done = queued("reclassify", office, "HOUSING")

    assert done.exit_code == 2
    assert "is no queue of a Safe's transactions" in done.stderr
    assert queue.read_text() == text


def test_a_queue_of_another_safe_is_left_alone(queued, queue, office):
    assert queued("reclassify", office, "HOUSING").exit_code == 0
    found = json.loads(queue.read_text())
    found["meta"]["createdFromSafeAddress"] = "0x" + "12" * 20
    queue.write_text(json.dumps(found))

    done = queued("approve", office, "--retirement")

    assert done.exit_code == 2
    assert "name another file" in done.stderr


def test_what_is_no_contract_is_no_safe(asset, office, alice, tmp_path):
    done = asset("retire", office, "--safe", alice.address, "--queue", tmp_path / "queue.json")

    assert done.exit_code == 2
    assert f"no contract at {alice.address}: is the Safe on another network?" in done.stderr


@pytest.mark.parametrize(
    "data",
    [
        b"",
        multi_send([])[:4][::-1] + multi_send([])[4:],
        keccak(text="multiSend(bytes)")[:4] + encode(["bytes"], [b"\1" + bytes(84)]),
        keccak(text="multiSend(bytes)")[:4] + encode(["bytes"], [bytes(84)]),
        keccak(text="multiSend(bytes)")[:4] + encode(["bytes"], [bytes(84) + b"\1"]),
    ],
)
def test_reads_nothing_else_as_multi_send(data):
    with pytest.raises(CivitasError):
        read_multi_send(data)


def test_simulates_in_order_and_leaves_no_trace(money, alice, bob):
    mint = Call(money.address, bytes(money.mint.encode_input(alice, 5)))
    pay = Call(money.address, bytes(money.transfer.encode_input(bob, 5)))
    height = chain.blocks.height

    assert all(gas > 21_000 for gas in gas_in_order([mint, pay], alice.address))

    assert (chain.blocks.height, money.balanceOf(alice)) == (height, 0)
    with pytest.raises(CivitasError, match="call 1 of 2: the chain refuses"):
        gas_in_order([pay, mint], alice.address)


# --- the question before a public network


class Public:
    """A network that is not of this machine."""

    class network:  # noqa: N801
        is_local = False


@pytest.mark.parametrize(
    ("is_terminal", "answer", "said"),
    [
        (False, True, "Send it? Nobody is at the terminal: give --yes; nothing was sent"),
        (True, False, "nothing was sent"),
    ],
)
def test_without_a_yes_nothing_is_sent(monkeypatch, is_terminal, answer, said):
    monkeypatch.setattr("sys.stdin.isatty", lambda: is_terminal, raising=False)
    monkeypatch.setattr("click.confirm", lambda question: answer)

    with pytest.raises(CivitasError) as refused:
        confirm(Public(), "Send it?", yes=False)

    assert str(refused.value) == said
    confirm(Public(), "Send it?", yes=True)
