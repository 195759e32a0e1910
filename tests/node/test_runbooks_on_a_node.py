"""Every command of every runbook, taken from its page and run as it stands, on a real node."""

import os
import re
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from eth_utils import keccak

from tests.node.conftest import ROOT, TIMEOUT

PAGES = sorted((ROOT / "docs/runbooks").glob("*.md"))
KST = timezone(timedelta(hours=9))
DAY = 86_400
HASH = keccak(text="a document")
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# What a command prints that a later one needs.
PRINTED = {
    "DIVIDEND": re.compile(r"^dividend (\d+): pay it", re.MULTILINE),
    "PAYMENT": re.compile(r"^payment (\d+): a cashier", re.MULTILINE),
    "ORDER": re.compile(r"incident order (?:confirm|execute|undo) (0x[0-9a-f]{64})"),
    "SIGNATURE": re.compile(r"^(0x[0-9a-f]{130})$", re.MULTILINE),
}
OFFICES = {
    "COUNCIL": 1,
    "ASSET_MANAGER": 2,
    "COMPLIANCE_OFFICER": 5,
    "TREASURER": 9,
    "CASHIER": 10,
    "GUARDIAN": 12,
    "CHAIN_ENGINEER": 13,
    "ENFORCER": 15,
    "NEW_WALLET": 30,
}
HOLDER, RECEIVER, SUCCESSOR, PAYEE, NEW_KEY, NEW_AUDITOR = 20, 21, 30, 33, 34, 36
# These end with 1 where there is something to see.
LOOKS = ("ape run watch", "ape run asset due")


@pytest.fixture
def busy(node):
    """An office with a token, holders, a splitter with rent in it, money and tax collectors."""
    money, registry = node.contract("PaymentToken"), node.contract("AssetRegistry").functions
    codes = [registry.property_class(number).call()[0].rstrip(b"\0") for number in range(7)]
    deed = (HASH, codes.index(b"OFFICE"), 10_000, 0, HASH, 10**6)
    node.send(2, registry.register(node.account(1), [deed]))
    node.send(3, registry.register_units(1, 1_000, HASH))
    node.send(5, registry.file_proofs([(1, kind, 2**63, HASH) for kind in range(4)]))
    factory = node.contract("TokenFactory").functions
    node.send(2, factory.create_token(1, "Asset 1", "A1", 0, money.address))
    token = node.contract("SecurityToken", registry.token_of(1).call()).functions
    people = [node.account(each) for each in (HOLDER, RECEIVER)]
    identities = node.contract("IdentityRegistry").functions
    node.send(5, identities.register([(each, each, 410, 0, 2**39) for each in people]))
    for person, units in zip(people, (600, 400), strict=True):
        node.send(2, token.mint(person, units))
    node.send(1, token.addAgent(node.account(15)))
    node.send(1, token.set_mandate(node.account(15), 0, 2**39))
    splitters = node.contract("SplitterFactory").functions
    rules = (1, False, [], [(node.address("Treasury"), 10_000, b"GENERAL".ljust(32, b"\0"))])
    node.send(2, splitters.create_splitter(1, money.address, rules))
    for receiver, amount in (
        (splitters.splitter_of(1).call(), 5_000),
        (node.account(2), 50_000),
        (node.account(0), 900),
    ):
        node.send(0, money.functions.mint(receiver, amount))
    address = registry.token_of(1).call()
    node.send(0, money.functions.approve(address, 900))
    node.send(0, token.deposit_income(money.address, 900, bytes(32)))
    desk = node.contract("IncomeDesk").functions
    for kind in (0, 1):
        node.send(3, desk.set_payee(kind, node.account(37 + kind), HASH))
    return node


@pytest.fixture
def words(busy, tmp_path):
    """The words in capitals that a page asks for."""
    today = datetime.fromtimestamp(busy.now, KST).date()
    for name in ("return", "invoice", "file", "other"):
        (tmp_path / name).write_text(name)
    accounts = {
        "HOLDER": HOLDER,
        "IDENTITY": HOLDER,
        "RECEIVER": RECEIVER,
        "SUCCESSOR": SUCCESSOR,
        "PAYEE": PAYEE,
        "NEW_KEY": NEW_KEY,
        "OLD_KEY": OFFICES["CASHIER"],
        "NEW_AUDITOR": NEW_AUDITOR,
        "OLD_AUDITOR": 11,
        "SAFE": OFFICES["COUNCIL"],
    }
    return {
        "NETWORK": f"ethereum:local:{busy.web3.provider.endpoint_uri}",
        "RECORDS": str(busy.records),
        "ASSET": "1",
        "OUT": str(tmp_path / "out"),
        "RETURN": str(tmp_path / "return"),
        "INVOICE": str(tmp_path / "invoice"),
        "FILE": str(tmp_path / "file"),
        "OTHER_FILE": str(tmp_path / "other"),
        "UNTIL": str(2**39),
        "RECORD": str(today + timedelta(days=1)),
        "PAY": str(today + timedelta(days=2)),
        "DEEMED": str(today + timedelta(days=60)),
        "DEADLINE": str(today + timedelta(days=90)),
        **{name: f"TEST::{number}" for name, number in OFFICES.items()},
        **{name: busy.account(number) for name, number in accounts.items()},
    }


def lines_of(page):
    return [line for block in BLOCK.findall(page.read_text()) for line in block.splitlines()]


def test_there_are_pages_and_each_has_commands():
    assert {page.stem for page in PAGES} >= {
        *("monthly-close", "incident", "lost-wallet", "court-order", "key-rotation")
    }
    for page in PAGES:
        assert any(line.startswith("ape run ") for line in lines_of(page)), page


@pytest.mark.parametrize(
    "name", ["monthly-close", "incident", "lost-wallet", "court-order", "key-rotation"]
)
def test_every_command_of_the_page_works(busy, words, name):
    ran = 0
    for line in lines_of(Path(ROOT, "docs/runbooks", f"{name}.md")):
        if found := re.fullmatch(r"# (\d+) days later", line):
            busy.go_to(busy.now + int(found[1]) * DAY)
        elif line == "# the next month":
            month = datetime.fromtimestamp(busy.now, KST).replace(day=1)
            words["MONTH"] = f"{month:%Y-%m}"
            following = (month + timedelta(days=32)).replace(day=1, hour=0, minute=1)
            busy.go_to(int(following.timestamp()))
        else:
            run(busy, words, line)
            ran += 1
    assert ran >= 6


def run(node, words, line):
    assert line.startswith("ape run "), line
    if "--safe" in line:  # the council's account stands for the contract that a Safe is
        node.web3.provider.make_request("anvil_setCode", [words["SAFE"], "0x00"])
    done = subprocess.run(
        ["bash", "-euc", line],
        cwd=ROOT,
        env={**os.environ, **words, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )
    allowed = (0, 1) if line.startswith(LOOKS) else (0,)
    assert done.returncode in allowed, f"{line}\n{done.stdout}{done.stderr}"
    for word, pattern in PRINTED.items():
        if found := pattern.search(done.stdout):
            words[word] = found[1]
