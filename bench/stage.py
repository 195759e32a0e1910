"""The chain, the accounts, the money and the compilers that every side shares."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import ape
from ape.api import AccountAPI, ReceiptAPI
from ape.contracts import ContractContainer, ContractInstance
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from ethpm_types import ContractType

ROOT = Path(__file__).parents[1]
CONTRACTS = ROOT / "bench" / "contracts"
PACKAGES = ROOT / "node_modules"

NETWORK = "ethereum:local:test"
EVM_VERSION = "cancun"  # what ape-config.yaml gives our contracts; the chain itself runs Prague
SOLIDITY_RUNS = 200

# A fixed start, later than any clock, so that block times (and the bytes of calldata that carry
# them) are the same in every run: each block then comes one second after the last.
START = 4_102_444_800  # {s} 2100-01-01
MONEY = 10**27  # {asset} given to the payer

Read = Callable[[], int]


class BenchError(Exception):
    """The comparison would not be of like with like, or a tool it needs did not answer."""


@dataclass(frozen=True)
class Stage:
    """What all sides have in common. Amounts are in bench/scenarios.py."""

    operator: AccountAPI  # deploys, owns, mints, is the agent
    holder: AccountAPI
    other_holder: AccountAPI
    new_holder: AccountAPI  # receives a first transfer
    minted_holder: AccountAPI  # receives a first mint
    spender: AccountAPI
    payer: AccountAPI  # brings income
    signer: AccountAPI  # attests identities; admin where the operator may not be
    payees: Sequence[str]
    money: ContractInstance  # a plain ERC-20, OpenZeppelin's

    def money_of(self, account: str | AccountAPI | ContractInstance) -> Read:
        return partial(self.money.balanceOf, account)

    def deploy(self, container: ContractContainer, *args: Any) -> ContractInstance:
        return self.operator.deploy(container, *args)

    def pay_in(self, receiver: ContractInstance, amount: int) -> ReceiptAPI:
        """Send money to `receiver` as any customer would."""
        return self.money.transfer(receiver, amount, sender=self.payer)


@contextmanager
def opened() -> Iterator[Stage]:
    """A new chain with its accounts, as long as the context lasts."""
    with ape.networks.parse_network_choice(NETWORK):
        ape.chain.pending_timestamp = START
        accounts = ape.accounts.test_accounts
        operator, payer = accounts[0], accounts[6]
        money = operator.deploy(solidity("OpenZeppelinErc20"))
        money.mint(payer, MONEY, sender=operator)
        yield Stage(
            operator=operator,
            holder=accounts[1],
            other_holder=accounts[2],
            new_holder=accounts[3],
            minted_holder=accounts[4],
            spender=accounts[5],
            payer=payer,
            signer=accounts[7],
            payees=_payees(10),
            money=money,
        )


def gas_of(
    act: Callable[[], Sequence[ReceiptAPI]], existing: Sequence[Read] = (), new: Sequence[Read] = ()
) -> int:
    """
    The gas of all transactions of `act`. Every amount of `existing` has to be there before and
    after, every amount of `new` only after: that is what "existing" and "new" mean in the table.
    """
    before = [read() for read in existing], [read() for read in new]
    receipts = act()
    after = [read() for read in existing], [read() for read in new]

    if not all(before[0]) or any(before[1]) or not all([*after[0], *after[1]]):
        raise BenchError(f"not the state the figure is for: {before} before, {after} after")
    if before == after and (existing or new):
        raise BenchError(f"nothing happened: {before}")
    return sum(receipt.gas_used for receipt in receipts)


def artifact(path: str) -> ContractContainer:
    """A contract as its authors published it: ABI and bytecode from an npm package."""
    published = json.loads((PACKAGES / path).read_text())
    return _container(published["contractName"], published["abi"], published["bytecode"])


def solidity(name: str) -> ContractContainer:
    """A contract of bench/contracts/*.sol, by its name."""
    return _solidity()[name]


def vyper(name: str) -> ContractContainer:
    """The contract bench/contracts/`name`.vy; its imports come from the environment's packages."""
    command = [sys.executable, "-m", "vyper", "-f", "abi,bytecode", "-O", "gas"]
    output = _run([*command, "--evm-version", EVM_VERSION, str(CONTRACTS / f"{name}.vy")])
    abi, bytecode = output.splitlines()
    return _container(name, json.loads(abi), bytecode)


@cache
def _solidity() -> dict[str, ContractContainer]:
    description = {
        "language": "Solidity",
        "sources": {file.name: {"content": file.read_text()} for file in CONTRACTS.glob("*.sol")},
        "settings": {
            "optimizer": {"enabled": True, "runs": SOLIDITY_RUNS},
            "evmVersion": EVM_VERSION,
            "outputSelection": {"*": {"*": ["abi", "evm.bytecode.object"]}},
        },
    }
    output = json.loads(_run(["node", str(ROOT / "bench" / "solc.mjs")], json.dumps(description)))
    if errors := [e for e in output.get("errors", []) if e["severity"] == "error"]:
        raise BenchError("\n".join(e["formattedMessage"] for e in errors))
    return {
        name: _container(name, contract["abi"], contract["evm"]["bytecode"]["object"])
        for file in CONTRACTS.glob("*.sol")
        for name, contract in output["contracts"][file.name].items()
    }


def _container(name: str, abi: list[dict[str, Any]], bytecode: str) -> ContractContainer:
    return ContractContainer(
        ContractType.model_validate(
            {"contractName": name, "abi": abi, "deploymentBytecode": {"bytecode": bytecode}}
        )
    )


def _run(command: list[str], stdin: str | None = None) -> str:
    result = subprocess.run(  # noqa: S603 (our own commands only)
        command, input=stdin, capture_output=True, text=True, check=False
    )
    if result.returncode != 0:
        raise BenchError(f"{' '.join(command)} failed:\n{result.stderr}")
    return result.stdout


def _payees(count: int) -> list[str]:
    """Addresses nobody holds a key for: payees only receive."""
    return [to_checksum_address(keccak(text=f"payee {i}")[-20:]) for i in range(count)]
