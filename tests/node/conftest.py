"""A real node of its own for each module: anvil, which `make test-node` puts on PATH."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from ape import project
from web3 import HTTPProvider, Web3

ROOT = Path(__file__).resolve().parents[2]
CHAIN_ID = 1337  # what Ape takes a local network to have
SOURCES = {"PaymentToken": "MockPaymentToken"}  # where a record has another name
TIMEOUT = 1_500  # {s} of one command
PARAMS = "deployments/ethereum/local/params.toml"


@pytest.fixture(scope="session", autouse=True)
def fresh_bytecode():
    """The commands compile for themselves."""


@pytest.fixture(scope="module", autouse=True)
def module_isolation():
    """Nothing here uses the chain of the process."""


@pytest.fixture(autouse=True)
def isolation():
    """Nothing here uses the chain of the process."""


@pytest.fixture
def anvil():
    """A node that mines each transaction at once, with the rules that Vyper compiles for."""
    program = shutil.which("anvil")
    assert program, "anvil is not on PATH: run `make test-node`"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    node = subprocess.Popen(
        [program, "--port", str(port), "--chain-id", str(CHAIN_ID), "--hardfork", "cancun",
         "--accounts", "40", "--silent"],
    )  # fmt: skip
    web3 = Web3(HTTPProvider(f"http://127.0.0.1:{port}"))
    for _ in range(100):
        if web3.is_connected():
            break
        time.sleep(0.1)
    assert web3.is_connected()
    yield web3
    node.terminate()
    node.wait(timeout=10)


@pytest.fixture
def ape_run(anvil):
    """`ape_run("check", PARAMS)`: a command in a process of its own, on that node."""

    def start(*arguments):
        url = anvil.provider.endpoint_uri
        return subprocess.Popen(
            [Path(sys.executable).parent / "ape", "run", *map(str, arguments),
             "--network", f"ethereum:local:{url}"],
            cwd=ROOT,
            env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )  # fmt: skip

    def run(*arguments):
        process = start(*arguments)
        stdout, stderr = process.communicate(timeout=TIMEOUT)
        return subprocess.CompletedProcess(arguments, process.returncode, stdout, stderr)

    run.start = start
    return run


class Node:
    """A city on a node: its commands, and what offices send by hand."""

    def __init__(self, web3, run, records):
        self.web3 = web3
        self.start = lambda *arguments: run.start(*arguments, "--records", records)
        self.run = lambda *arguments: run(*arguments, "--records", records)
        self.records = records

    def address(self, name):
        return json.loads((self.records / f"{name}.json").read_text())["address"]

    def account(self, number):
        return self.web3.eth.accounts[number]

    def contract(self, name, address=None):
        """`contract("AssetRegistry")`, with its own functions; at another address where given."""
        kind = project.contracts[SOURCES.get(name, name)].contract_type
        abi = kind.model_dump(mode="json", by_alias=True)["abi"]
        return self.web3.eth.contract(address or self.address(name), abi=abi)

    def send(self, sender, function):
        """`send(1, node.contract("Authority").functions.accept_admin())`, by a test account."""
        sent = function.transact({"from": self.account(sender)})
        assert self.web3.eth.wait_for_transaction_receipt(sent)["status"] == 1

    def go_to(self, moment):
        """Let the next block be of this second, and make it."""
        self.web3.provider.make_request("evm_setNextBlockTimestamp", [moment])
        self.web3.provider.make_request("evm_mine", [])

    @property
    def now(self):
        return self.web3.eth.get_block("latest")["timestamp"]


@pytest.fixture
def node(anvil, ape_run, tmp_path):
    """A city that the council has accepted."""
    records = tmp_path / "records"
    applied = ape_run("deploy", "apply", PARAMS, "--account", "TEST::0", "--records", records)
    assert applied.returncode == 0, applied.stderr
    found = Node(anvil, ape_run, records)
    found.send(1, found.contract("Authority").functions.accept_admin())
    return found
