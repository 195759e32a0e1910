"""Steps per second through Ape, a step being one transaction and one view.

    python ape-revm/bench.py [steps]

It prints the best of five rounds for each chain, taken in turns so that a busy machine burdens both
alike, and their ratio. Run it where the project's ape-config.yaml is, for Ape's own share of the
time depends on it (see README.md).
"""

import logging
import sys
import time

import ape
import vyper
from ape import accounts, networks
from ape.contracts import ContractContainer
from ethpm_types import ContractType

SOURCE = """
# pragma version 0.4.3
event Transfer:
    sender: indexed(address)
    receiver: indexed(address)
    amount: uint256

balance_of: public(HashMap[address, uint256])

@deploy
def __init__():
    self.balance_of[msg.sender] = 10**18

@external
def transfer(receiver: address, amount: uint256):
    self.balance_of[msg.sender] -= amount
    self.balance_of[receiver] += amount
    log Transfer(sender=msg.sender, receiver=receiver, amount=amount)
"""


ROUNDS = 5


def steps_per_second(choice: str, token: ContractContainer, steps: int) -> float:
    with networks.parse_network_choice(choice):
        sender, receiver = accounts.test_accounts[0], accounts.test_accounts[1]
        contract = sender.deploy(token)
        contract.transfer(receiver, 1, sender=sender)  # the first one fills Ape's caches
        start = time.perf_counter()
        for _ in range(steps):
            contract.transfer(receiver, 1, sender=sender)
            contract.balance_of(receiver)
        return steps / (time.perf_counter() - start)


def main() -> None:
    steps = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    ape.logging.logger.set_level(logging.ERROR)
    output = vyper.compile_code(SOURCE, output_formats=["abi", "bytecode"])
    token = ContractContainer(
        ContractType.model_validate(
            {
                "contractName": "Token",
                "abi": output["abi"],
                "deploymentBytecode": {"bytecode": output["bytecode"]},
            }
        )
    )
    best = {"test": 0.0, "revm": 0.0}
    for _ in range(ROUNDS):
        for name in best:
            rate = steps_per_second(f"ethereum:local:{name}", token, steps)
            best[name] = max(best[name], rate)
    print(f"eth-tester {best['test']:7.1f} steps/s")
    print(
        f"revm       {best['revm']:7.1f} steps/s, {best['revm'] / best['test']:.0f} times as many"
    )


if __name__ == "__main__":
    main()
