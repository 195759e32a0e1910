"""Thousands of investors, assets and payments, on blocks of two seconds, with a kill in the middle.

`CIVITAS_SCALE=full` takes 5,000 investors, 2,700 assets and a dividend to 5,000 holders
(`make test-scale`), else a tenth.
"""

import json
import os
import time
from datetime import UTC, datetime, timedelta

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_utils import keccak

from civitas.chain.onboarding import COLUMNS
from civitas.inventory.assets import COLUMNS as ASSET_COLUMNS

IS_FULL = os.environ.get("CIVITAS_SCALE") == "full"
INVESTORS, ASSETS = (5_000, 2_700) if IS_FULL else (500, 270)
CLERK, ISSUER, MANAGER = 3, 35, 2  # test accounts
DEADLINE = 2**39
HASH = keccak(text="a document")
AMOUNT = 123_456_789  # {asset} of the dividend
REGISTERED = keccak(text="IdentityRegistered(address,address)")
TRANSFER = keccak(text="Transfer(address,address,uint256)")


@pytest.fixture
def slow(node):
    """Blocks come every two seconds, whatever is sent."""
    node.web3.provider.make_request("evm_setAutomine", [False])
    node.web3.provider.make_request("evm_setIntervalMining", [2])
    return node


def consent(key, registry, chain_id):
    wallet = Account.from_key(key)
    message = encode_typed_data(
        {
            "name": "Civitas identity registry",
            "version": "1",
            "chainId": chain_id,
            "verifyingContract": registry,
        },
        {
            "Binding": [
                {"name": "wallet", "type": "address"},
                {"name": "identity", "type": "address"},
                {"name": "nonce", "type": "uint256"},
                {"name": "deadline", "type": "uint64"},
            ]
        },
        {"wallet": wallet.address, "identity": wallet.address, "nonce": 0, "deadline": DEADLINE},
    )
    return wallet.address, wallet.sign_message(message).signature.hex()


def killed_and_resumed(node, command):
    """Kill it once half of the batches are in the log; the run that ends it, and both times."""
    log, began = node.records / "operations.jsonl", time.monotonic()
    before = len(lines_of(log))
    half = -(-(ASSETS if command[0] == "asset" else INVESTORS) // 250) + before
    process = node.start(*command)
    while len(lines_of(log)) < half:
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    process.kill()
    process.communicate()
    first, again = time.monotonic() - began, time.monotonic()
    resumed = node.run(*command)
    assert resumed.returncode == 0, resumed.stderr
    print(f"{command[0]}: {first:.0f} s until the kill, then {time.monotonic() - again:.0f} s")
    return resumed


def lines_of(log):
    """Whole lines; the last may be on its way."""
    if not log.exists():
        return []
    return [json.loads(line) for line in log.read_text().splitlines() if line.endswith("}")]


def logs(node, contract, topic):
    return node.web3.eth.get_logs(
        {"address": node.address(contract), "topics": [topic], "fromBlock": 0}
    )


def test_nobody_is_onboarded_twice_or_lost(slow, tmp_path, capsys):
    registry, chain_id = slow.address("IdentityRegistry"), slow.web3.eth.chain_id
    signed = [consent(keccak(text=f"{i}"), registry, chain_id) for i in range(INVESTORS)]
    rows = [f"{wallet},410,1,2999-12-31,{signature}" for wallet, signature in signed]
    file = tmp_path / "investors.csv"
    file.write_text("\n".join((",".join(COLUMNS), *rows)) + "\n")
    issuer = slow.account(ISSUER)
    trust = slow.contract("IdentityRegistry").functions.addTrustedIssuer(issuer, [1])
    slow.send(CLERK, trust)
    command = (
        *("investor", "onboard", file, "--account", f"TEST::{ISSUER}", "--yes"),
        *("--deadline", DEADLINE),
    )

    resumed = killed_and_resumed(slow, command)

    assert f"{INVESTORS:,} to onboard" not in resumed.stdout
    found = logs(slow, "IdentityRegistry", REGISTERED)
    wallets = ["0x" + each["topics"][1].hex()[-40:] for each in found]
    assert sorted(wallets) == sorted(wallet.lower() for wallet, _ in signed)
    assert_logged_once(slow, found, "investor onboard")
    with capsys.disabled():
        print(f"\n{INVESTORS:,} investors in {len({each['transactionHash'] for each in found})}")
    assert "nothing to send" in slow.run(*command).stdout


def test_no_deed_is_written_twice_or_lost(slow, tmp_path, capsys):
    rows = [f"A-{i},Street {i},Parcel {i},LAND,100.5,{1_000 + i},0,,1998" for i in range(ASSETS)]
    file = tmp_path / "assets.csv"
    file.write_text("\n".join((",".join(ASSET_COLUMNS), *rows)) + "\n")
    command = ("asset", "import", file, "--account", f"TEST::{MANAGER}", "--yes")

    resumed = killed_and_resumed(slow, command)

    roots = [line.split()[-1] for line in resumed.stdout.splitlines() if line.startswith("root of")]
    assert len(roots) == 2
    assert roots[0] == roots[1]
    assert slow.contract("AssetRegistry").functions.total_assets().call() == ASSETS
    found = logs(slow, "AssetRegistry", TRANSFER)
    assert len(found) == ASSETS
    assert_logged_once(slow, found, "asset import")
    assert "nothing to send" in slow.run(*command).stdout


def test_nobody_is_paid_twice_or_missed(node, tmp_path, capsys):
    """A dividend to all, killed half-way."""
    token, crowd = dividend_to(node, [keccak(text=f"{i}")[-20:] for i in range(INVESTORS)])
    node.web3.provider.make_request("evm_setAutomine", [False])
    node.web3.provider.make_request("evm_setIntervalMining", [2])
    command = ("income", "pay", 1, "--account", f"TEST::{ISSUER}", "--yes")

    resumed = killed_and_resumed(node, command)

    dividends = node.contract("Dividends")
    paid = dividends.events.DividendPaid.get_logs(from_block=0)
    holders = [each["args"]["holder"] for each in paid]
    assert sorted(holders) == sorted(crowd)
    found = dividends.functions.dividends(1).call()
    supply = sum(1 + number % 7 for number in range(INVESTORS))
    for each in paid:
        units = token.functions.balanceOf(each["args"]["holder"]).call()
        assert each["args"]["amount"] == AMOUNT * units // supply
    assert sum(each["args"]["amount"] for each in paid) == found[8]
    assert not dividends.events.HolderSkipped.get_logs(from_block=0)
    assert_logged_once(node, paid, "income pay")
    assert f"{INVESTORS:,} holders to pay" not in resumed.stdout
    with capsys.disabled():
        print(f"\n{INVESTORS:,} holders in {len({each['transactionHash'] for each in paid})}")
    assert "nothing to send" in node.run(*command).stdout


def dividend_to(node, raw):
    """Holders with 1 to 7 units each of a token, and a dividend on it that can be paid."""
    crowd = [node.web3.to_checksum_address("0x" + each.hex()) for each in raw]
    registry, money = node.contract("AssetRegistry").functions, node.contract("PaymentToken")
    codes = [registry.property_class(number).call()[0].rstrip(b"\0") for number in range(7)]
    deed = (HASH, codes.index(b"OFFICE"), 10_000, 0, HASH, 10**6)
    node.send(MANAGER, registry.register(node.account(1), [deed]))
    node.send(CLERK, registry.register_units(1, 10**6, HASH))
    node.send(5, registry.file_proofs([(1, kind, 2**63, HASH) for kind in range(4)]))
    factory = node.contract("TokenFactory").functions
    node.send(MANAGER, factory.create_token(1, "Asset 1", "A1", 0, money.address))
    token = node.contract("SecurityToken", registry.token_of(1).call())
    identities = node.contract("IdentityRegistry").functions
    for start in range(0, INVESTORS, 100):
        some = crowd[start : start + 100]
        node.send(5, identities.register([(each, each, 410, 0, 2**39) for each in some]))
        units = [1 + number % 7 for number in range(start, start + len(some))]
        node.send(MANAGER, token.functions.batchMint(some, units))
    node.send(0, money.functions.mint(node.account(MANAGER), AMOUNT))
    day = datetime.fromtimestamp(node.now, UTC).date()
    dates = [str(day + timedelta(days=days)) for days in (2, 3, 60, 90)]
    flags = ("--record", "--pay", "--deemed", "--deadline")
    declared = node.run(
        *("income", "declare", 1, "--total", AMOUNT, "--resolution", "2027-13", "--yes"),
        *(word for pair in zip(flags, dates, strict=True) for word in pair),
        *("--account", f"TEST::{MANAGER}"),
    )
    assert declared.returncode == 0, declared.stderr
    node.go_to(node.now + 4 * 86_400)
    return token, crowd


def assert_logged_once(node, found, command):
    """Every transaction on the chain has one line, also that of the moment of the kill."""
    sent = {"0x" + each["transactionHash"].hex().removeprefix("0x") for each in found}
    lines = lines_of(node.records / "operations.jsonl")
    assert sorted(each["transaction"] for each in lines if each["command"] == command) == sorted(
        sent
    )
