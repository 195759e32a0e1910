"""The runbook's own lines, read from the page and run as they stand there, on a node."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from eth_utils import to_checksum_address

from civitas.chain.address_book import AddressBook
from civitas.chain.city import CONTRACT_NAMES, TIMELOCK
from tests.node.conftest import CHAIN_ID, ROOT
from tests.package.explorer import Explorer

PAGE = ROOT / "docs/runbooks/deploy-to-sepolia.md"
BLOCK = re.compile(r"(?:<!-- (?P<mark>[^>]+) -->\n)?```sh\n(?P<lines>.*?)```", re.DOTALL)
SAFE = to_checksum_address("0x5afe000000000000000000000000000000005afe")


@pytest.fixture
def params(anvil):
    """The example with accounts of the node in place of its own, and a contract as the Safe."""
    anvil.provider.make_request("anvil_setCode", [SAFE, "0x00"])
    anvil.provider.make_request("anvil_setBalance", [SAFE, hex(10**18)])
    text = (ROOT / "deployments/ethereum/sepolia/params.example.toml").read_text()
    text = text.replace("0x1111111111111111111111111111111111111101", SAFE)
    for number, address in enumerate(sorted(set(re.findall(r"0x1{36}\w{4}", text))), 1):
        text = text.replace(address, anvil.eth.accounts[number])
    return text


class Creations(dict):
    """What made each contract, from the records' transactions, or from blueprints."""

    def __init__(self, web3, folder):
        self.web3, self.book = web3, AddressBook(folder)

    def __missing__(self, address):
        for name in (*CONTRACT_NAMES.values(), TIMELOCK):
            record = self.book.require(name)
            if record.address.lower() == address:
                return bytes(self.web3.eth.get_transaction(record.transaction)["input"])
        # What contracts made: the blueprints of these two are all there is.
        codes = [
            bytes(self.web3.eth.get_code(self.book.require(f"{name}Blueprint").address))[3:]
            for name in ("CarbonCredit", "RetirementCertificate")
        ]
        runtime = bytes(self.web3.eth.get_code(self.web3.to_checksum_address(address)))
        return next(code for code in codes if runtime[:200] in code)


@pytest.fixture
def explorer(anvil, tmp_path):
    served = Explorer(
        Creations(anvil, tmp_path),
        lambda address: bytes(anvil.eth.get_code(anvil.to_checksum_address(address))),
        CHAIN_ID,
    )
    yield served
    served.close()


def test_every_line_of_the_page(anvil, params, explorer, tmp_path):
    (tmp_path / "params.toml").write_text(params)
    blocks = list(BLOCK.finditer(PAGE.read_text()))
    settings, *acts = blocks
    assert len(acts) == 7
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "NETWORK": f"ethereum:local:{anvil.provider.endpoint_uri}",
        "FOLDER": str(tmp_path),
        "ACCOUNT": "TEST::0",
        "DEPLOYER": anvil.eth.accounts[0],
        "SAFE": SAFE,
        "EXPLORER_URL": explorer.url,
    }
    said = ""
    for block in acts:
        if block["mark"] == "the Safe accepts":
            accept(anvil, tmp_path)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", settings["lines"] + block["lines"]],
            cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600,
        )  # fmt: skip
        expected = 1 if block["mark"] == "exit 1" else 0
        assert done.returncode == expected, (block["lines"], done.stdout, done.stderr)
        said += done.stdout

    assert "the outgoing account holds nothing" in said
    assert "facts hold, 0 warnings" in said
    assert len(explorer.verified) == 26  # 24 of the deployment, 2 of carbon
    report = json.loads((tmp_path / "roles.json").read_text())
    assert [each["who"] for each in report["holdings"] if each["role"] == "ADMIN"] == ["Timelock"]
    assert not [each for each in report["holdings"] if each["who"] == "deployer"]


def accept(web3, folder):
    """As the Safe does with the file that it was given."""
    file = json.loads((folder / "handover-safe.json").read_text())
    web3.provider.make_request("anvil_impersonateAccount", [SAFE])
    for call in file["transactions"]:
        sent = web3.eth.send_transaction({"from": SAFE, "to": call["to"], "data": call["data"]})
        assert web3.eth.wait_for_transaction_receipt(sent)["status"] == 1
    web3.provider.make_request("anvil_stopImpersonatingAccount", [SAFE])
