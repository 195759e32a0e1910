"""Thousands of investors and assets, on blocks of two seconds, with a kill in the middle.

`CIVITAS_SCALE=full` takes 5,000 investors and 2,700 assets (`make test-scale`), else a tenth.
"""

import json
import os
import time

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
    half = -(-(INVESTORS if command[0] == "investor" else ASSETS) // 250) + before
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


def assert_logged_once(node, found, command):
    """Every transaction on the chain has one line, also that of the moment of the kill."""
    sent = {"0x" + each["transactionHash"].hex().removeprefix("0x") for each in found}
    lines = lines_of(node.records / "operations.jsonl")
    assert sorted(each["transaction"] for each in lines if each["command"] == command) == sorted(
        sent
    )
