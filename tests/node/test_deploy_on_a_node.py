"""Plan, apply, kill, resume and check, as people run them, on a real node."""

import json
import time

import pytest
from web3.exceptions import TransactionNotFound

from tests.deployment import RECORDS, STEPS
from tests.node.conftest import PARAMS


@pytest.fixture
def deployer(anvil):
    return anvil.eth.accounts[0]


def apply(ape_run, book):
    return ("deploy", "apply", PARAMS, "--account", "TEST::0", "--records", book)


def test_a_plan_is_what_apply_does(ape_run, anvil, deployer, tmp_path):
    book = tmp_path / "book"
    planned = ape_run("deploy", "plan", PARAMS, "--from", "test:0", "--records", book, "--json")
    assert planned.returncode == 0, planned.stderr
    assert not book.exists()
    assert anvil.eth.get_transaction_count(deployer) == 0
    plan = json.loads(planned.stdout)

    applied = ape_run(*apply(ape_run, book))

    assert applied.returncode == 0, applied.stderr
    assert anvil.eth.get_transaction_count(deployer) == len(plan["steps"]) == STEPS
    for step in plan["steps"]:
        if step["address"] is not None:
            assert len(anvil.eth.get_code(step["address"])) == step["size"] > 0
    used = [
        anvil.eth.get_block(number)["gasUsed"]
        for number in range(1, anvil.eth.block_number + 1)
        if anvil.eth.get_block_transaction_count(number)
    ]
    assert sum(used) == pytest.approx(plan["gas"], rel=0.01)


@pytest.mark.parametrize("written", [2, 23, 70])
def test_killed_and_resumed(ape_run, anvil, deployer, tmp_path, written):
    """SIGKILL once the journal has so many lines; the second run ends with one city."""
    journal = tmp_path / "journal.jsonl"
    process = ape_run.start(*apply(ape_run, tmp_path))
    until = time.monotonic() + 120
    while not journal.exists() or len(journal.read_text().splitlines()) < written:
        assert time.monotonic() < until and process.poll() is None, process.communicate()
        time.sleep(0.01)
    process.kill()
    process.communicate()
    assert len(journal.read_text().splitlines()) < 2 * STEPS

    resumed = ape_run(*apply(ape_run, tmp_path))

    assert resumed.returncode == 0, resumed.stderr
    assert anvil.eth.get_transaction_count(deployer) == STEPS
    assert len(list(tmp_path.glob("*.json"))) == RECORDS


def test_a_stuck_transaction_is_replaced(ape_run, anvil, deployer, tmp_path):
    """Nothing is mined, the run is killed with a transaction in flight, and replaces it."""
    anvil.provider.make_request("evm_setAutomine", [False])
    process = ape_run.start(*apply(ape_run, tmp_path))
    until = time.monotonic() + 120
    while anvil.eth.get_transaction_count(deployer, "pending") == 0:
        assert time.monotonic() < until and process.poll() is None, process.communicate()
        time.sleep(0.05)
    process.kill()
    process.communicate()
    assert anvil.eth.get_transaction_count(deployer) == 0

    process = ape_run.start(*apply(ape_run, tmp_path))
    until = time.monotonic() + 120
    while len(sent := sendings(tmp_path)) < 2 or not is_known(anvil, sent[1]["transaction"]):
        assert time.monotonic() < until and process.poll() is None, process.communicate()
        time.sleep(0.05)
    anvil.provider.make_request("evm_setAutomine", [True])
    _, errors = process.communicate(timeout=200)

    assert process.returncode == 0, errors
    assert anvil.eth.get_transaction_count(deployer) == STEPS
    # The fee was raised over the one in flight, the nonce kept, and the later one was mined.
    assert [each["nonce"] for each in sent] == [0, 0]
    assert sent[1]["max_fee"] > sent[0]["max_fee"]
    assert anvil.eth.get_transaction_receipt(sent[1]["transaction"])["status"] == 1


def sendings(folder):
    """What the journal says was sent of the first step."""
    lines = [json.loads(line) for line in (folder / "journal.jsonl").read_text().splitlines()]
    return [each for each in lines if (each["step"], each["event"]) == ("PaymentToken", "sent")]


def is_known(web3, transaction):
    try:
        return web3.eth.get_transaction(transaction) is not None
    except TransactionNotFound:
        return False


def test_check_names_what_is_left_to_do(ape_run, tmp_path):
    assert ape_run(*apply(ape_run, tmp_path)).returncode == 0

    checked = ape_run("check", PARAMS, "--records", tmp_path, "--json")

    assert checked.returncode == 1
    assert "broken: the council is admin" in checked.stderr
    broken = [fact["link"] for fact in json.loads(checked.stdout) if not fact["holds"]]
    assert broken == ["the council is admin", "the deployer holds no role"]
