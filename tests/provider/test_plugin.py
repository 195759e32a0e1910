"""The plugin as Ape sees it: found, cheap to load, configured, isolated, open about its limits."""

import os
import subprocess
import sys

import pytest
from ape import chain, networks
from ape.exceptions import (
    APINotImplementedError,
    ProviderNotConnectedError,
    VirtualMachineError,
)
from ape_revm.machine import read_changes

from .conftest import REVM, new_chain

CONFIG = """
ethereum:
  default_transaction_type: 2
  local:
    default_provider: revm
revm:
  genesis_timestamp: 1000
  evm_version: cancun
test:
  number_of_accounts: 3
"""

TESTS = """
import pytest
from ape import chain

RECEIVER = "0x" + "ab" * 20


@pytest.fixture(scope="module")
def funded(accounts):
    accounts[0].transfer(RECEIVER, 5)
    return accounts[0]


def test_config(accounts):
    assert chain.blocks[0].timestamp == 1_000
    assert chain.provider.settings.evm_version == "cancun"
    assert (len(accounts), accounts[2].balance) == (3, 10**22)


@pytest.mark.parametrize("turn", range(3))
def test_each_starts_from_the_fixture(funded, turn):
    assert chain.get_balance(RECEIVER) == 5
    assert chain.blocks.height == 1
    funded.transfer(RECEIVER, 7)
    chain.mine(3)
    assert chain.get_balance(RECEIVER) == 12
"""


def run(*command, cwd):
    environment = {**os.environ, "APE_DATA_FOLDER": str(cwd / "data")}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", *command],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


def test_ape_finds_the_provider():
    assert "revm" in networks.ethereum.local.providers
    assert networks.get_provider_from_choice(REVM).network_choice == REVM


def test_loading_the_plugin_loads_no_evm(tmp_path):
    code, output = run(
        "-c", "import sys, ape, ape_revm; print('pyrevm' in sys.modules)", cwd=tmp_path
    )

    assert (code, output.split()) == (0, ["False"])


def test_config_and_isolation_under_apes_own_pytest_plugin(tmp_path):
    (tmp_path / "ape-config.yaml").write_text(CONFIG)
    (tmp_path / "test_isolation.py").write_text(TESTS)

    code, output = run("-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=tmp_path)

    assert code == 0, output
    assert "4 passed" in output


def test_chain_ids_agree(revm, ledger):
    assert revm.chain_id == revm.network.chain_id == ledger.moment()[2] == 1337


def test_settings_make_another_chain(revm):
    here = revm.get_block("latest").hash
    settings = {"chain_id": 4_321, "base_fee": 0}

    with networks.parse_network_choice(
        REVM, provider_settings=settings, disconnect_after=True
    ) as other:
        assert (other.chain_id, other.base_fee, other.gas_price) == (4_321, 0, 0)
        assert other.connection_id != revm.connection_id
        other.mine()

    assert revm.get_block("latest").hash == here
    assert not other.is_connected


def test_equal_settings_are_the_same_chain(revm):
    with networks.parse_network_choice(REVM) as again:
        assert again is revm


def test_new_settings_start_a_new_chain():
    with new_chain(genesis_timestamp=10) as provider:
        provider.mine(5)

        provider.update_settings({"genesis_timestamp": 20})

        assert provider.get_block("latest").timestamp == 20
        assert provider.settings.genesis_timestamp == 20


def test_disconnecting_drops_only_its_own_snapshots(revm):
    kept = chain.snapshot()
    with new_chain() as other:
        dropped = chain.snapshot()
        other.disconnect()

    assert kept in chain._snapshots[1337]
    assert dropped not in chain._snapshots[1337]


def test_disconnected_it_says_so():
    provider = networks.get_provider_from_choice(REVM, provider_settings={"gas_limit": 1})

    assert not provider.is_connected
    with pytest.raises(ProviderNotConnectedError):
        provider.get_block("latest")
    provider.disconnect()  # harmless


def test_no_traces_in_words(revm, ledger, minter):
    receipt = ledger.pay(sender=minter)

    with pytest.raises(APINotImplementedError, match="anvil"):
        revm.get_transaction_trace(receipt.txn_hash)
    assert not revm.supports_tracing
    assert receipt.debug_logs_typed == []
    assert len(receipt.source_traceback) == 0


def test_no_rpc_in_words(revm):
    with pytest.raises(APINotImplementedError, match="no 'eth_gasPrice'"):
        revm.make_request("eth_gasPrice")


def test_creation_of_a_contract_is_found(ledger, minter):
    creation = ledger.creation_metadata

    assert creation.deployer == minter
    assert creation.txn_hash == ledger.txn_hash


def test_cancun_has_no_calldata_floor(contracts, minter):
    def gas_of_much_calldata(version):
        with new_chain(evm_version=version):
            ledger = minter.deploy(contracts["LEDGER"], 1)
            return ledger.wordy(b"\x01" * 4_000, sender=minter).gas_used

    cancun, prague = gas_of_much_calldata("cancun"), gas_of_much_calldata("prague")

    nonzero, words = 4_000, 4 + 64 + 28  # selector, offset and length, padding: mostly zeros
    assert prague > cancun
    assert prague >= 21_000 + 40 * nonzero
    assert prague <= 21_000 + 40 * (nonzero + words)
    assert cancun < 21_000 + 16 * (nonzero + words) + 30_000


def test_gas_below_the_floor_is_invalid(ledger, minter):
    with pytest.raises(VirtualMachineError, match="below the floor"):
        ledger.wordy(b"\x01" * 4_000, sender=minter, gas=150_000)


def test_unreadable_journal_is_noticed():
    with pytest.raises(RuntimeError, match="cannot read"):
        list(read_changes("state: {0x1: Account { info: what?}, transient_storage: {"))
