"""A keyfile whose passphrase is in the environment, and a Safe's queue, on a real node."""

import json
import os
import shutil
from pathlib import Path

import pytest
from eth_account import Account
from eth_utils import keccak

from civitas.chain.safe import read_multi_send

ALIAS = "cashier_on_a_node"
PASSPHRASE = f"APE_ACCOUNTS_{ALIAS}_PASSPHRASE"
CASHIER, AUDITOR = keccak(text="CASHIER_ROLE"), keccak(text="AUDITOR_ROLE")


@pytest.fixture
def keyfile(node, tmp_path, monkeypatch):
    """A new key that the council makes cashier, with money for gas; its address."""
    key = Account.from_key(keccak(text="a new key"))
    folder = tmp_path / "ape"
    shutil.copytree(os.environ.get("APE_DATA_FOLDER", Path.home() / ".ape"), folder)
    monkeypatch.setenv("APE_DATA_FOLDER", str(folder))
    (folder / "accounts").mkdir(exist_ok=True)
    locked = Account.encrypt(key.key, "right", kdf="pbkdf2", iterations=1)
    (folder / "accounts" / f"{ALIAS}.json").write_text(json.dumps(locked))
    node.web3.provider.make_request("anvil_setBalance", [key.address, hex(10**18)])
    node.send(1, node.contract("Authority").functions.grantRole(CASHIER, key.address))
    return key.address


def test_a_keyfile_signs_by_the_passphrase_in_the_environment(node, keyfile, monkeypatch):
    money, treasury = node.contract("PaymentToken"), node.contract("Treasury")
    fund = b"GENERAL".ljust(32, b"\0")
    node.send(0, money.functions.mint(node.account(0), 500))
    node.send(0, money.functions.approve(treasury.address, 500))
    node.send(0, treasury.functions.deposit_income(money.address, 500, fund))
    payee = node.account(33)
    node.send(
        9, treasury.functions.approve_payment(money.address, fund, payee, 500, keccak(b"bill"))
    )
    pay = ("treasury", "pay", 1, "--account", ALIAS)
    head = node.web3.eth.block_number

    locked = node.run(*pay)
    monkeypatch.setenv(PASSPHRASE, "wrong")
    wrong = node.run(*pay)

    assert (locked.returncode, wrong.returncode) == (2, 2)
    assert f"put its passphrase into {PASSPHRASE}; nothing was sent" in locked.stderr
    assert f"the passphrase in {PASSPHRASE} is not that of account {ALIAS}" in wrong.stderr
    assert node.web3.eth.block_number == head
    monkeypatch.setenv(PASSPHRASE, "right")
    paid = node.run(*pay)
    assert paid.returncode == 0, paid.stderr
    assert money.functions.balanceOf(payee).call() == 500
    line = json.loads((node.records / "operations.jsonl").read_text().splitlines()[-1])
    assert (line["command"], line["account"]) == ("treasury pay", keyfile)
    assert line["events"] == ["Treasury.PaymentMade", "MockPaymentToken.Transfer"]


def test_a_queue_does_on_the_chain_what_was_simulated(node, tmp_path):
    """The council is the Safe: its calls are replayed one by one, and the end is compared."""
    safe, queue = node.account(1), tmp_path / "queue.json"
    new, old = node.account(34), node.account(11)
    node.web3.provider.make_request("anvil_setCode", [safe, "0x00"])
    by_safe = ("--safe", safe, "--queue", queue)
    for step in (("grant", "AUDITOR", new), ("revoke", "AUDITOR", old)):
        done = node.run("role", *step, *by_safe)
        assert done.returncode == 0, done.stderr
    refused = node.run("incident", "pause", "Treasury", *by_safe)
    assert (refused.returncode, "lacks GUARDIAN" in refused.stderr) == (2, True)

    calls = read_multi_send(
        bytes.fromhex(queue.with_name("queue.json.multisend").read_text().strip()[2:])
    )
    assert len(calls) == len(json.loads(queue.read_text())["transactions"]) == 2
    node.web3.provider.make_request("anvil_setCode", [safe, "0x"])
    for call in calls:
        sent = node.web3.eth.send_transaction({"from": safe, "to": call.to, "data": call.data})
        assert node.web3.eth.wait_for_transaction_receipt(sent)["status"] == 1
    authority = node.contract("Authority").functions
    assert authority.hasRole(AUDITOR, new).call()
    assert not authority.hasRole(AUDITOR, old).call()


def test_a_simulation_in_order_names_the_call_that_is_refused(node, tmp_path):
    """Two calls of a Safe: the node tries them one after the other, and refuses the second."""
    safe, queue = node.address("TokenFactory"), tmp_path / "queue.json"
    authority, treasury = node.contract("Authority").functions, node.contract("Treasury")
    money, fund = node.contract("PaymentToken"), b"GENERAL".ljust(32, b"\0")
    node.send(1, authority.grantRole(keccak(text="TREASURER_ROLE"), safe))
    node.send(0, money.functions.mint(node.account(0), 500))
    node.send(0, money.functions.approve(treasury.address, 500))
    node.send(0, treasury.functions.deposit_income(money.address, 500, fund))

    def approve(document):
        return node.run(
            *("treasury", "approve", "GENERAL", node.account(33), 300, "--document", document),
            *("--safe", safe, "--queue", queue),
        )

    first, second = approve("0x" + "ab" * 32), approve("0x" + "cd" * 32)

    assert first.returncode == 0, first.stderr
    assert second.returncode == 2
    assert "call 2 of 2: the chain refuses: treasury: fund too small" in second.stderr
    assert len(json.loads(queue.read_text())["transactions"]) == 1
