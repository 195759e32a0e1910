"""A real node of its own for each module: anvil, which `make test-node` puts on PATH."""

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from web3 import HTTPProvider, Web3

ROOT = Path(__file__).resolve().parents[2]
CHAIN_ID = 1337  # what Ape takes a local network to have
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
        stdout, stderr = process.communicate(timeout=300)
        return subprocess.CompletedProcess(arguments, process.returncode, stdout, stderr)

    run.start = start
    return run
