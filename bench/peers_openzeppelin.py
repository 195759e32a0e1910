"""
OpenZeppelin Contracts from npm. 5.x publishes no deployable contract, so bench/contracts wraps its
abstract ones; PaymentSplitter (last in 4.9) is deployed from the bytecode in the package.
"""

from collections.abc import Sequence

from ape.api import AccountAPI

from bench.operations import Measurement
from bench.scenarios import (
    Receipts,
    Splitter,
    credits,
    deeds,
    document_uri,
    fungible,
    payee_claim,
    splitter,
)
from bench.stage import Stage, artifact, solidity

VERSION = "5.7.0"


def measure(stage: Stage) -> list[Measurement]:
    return [
        _erc20(stage, "OpenZeppelinErc20", "ERC20"),
        _erc20(stage, "OpenZeppelinErc20Permit", "ERC20Permit"),
        _payment_splitter(stage),
        _erc721(stage),
        _erc721_full(stage),
        _erc1155(stage),
    ]


def _erc20(stage: Stage, contract: str, name: str) -> Measurement:
    token = stage.deploy(solidity(contract))

    def mint(to: AccountAPI, amount: int) -> Receipts:
        return [token.mint(to, amount, sender=stage.operator)]

    return Measurement(f"OpenZeppelin {VERSION} {name}", fungible(stage, token, mint))


def _payment_splitter(stage: Stage) -> Measurement:
    container = artifact("@openzeppelin/contracts-v4/build/contracts/PaymentSplitter.json")

    def make(payees: Sequence[str]) -> Splitter:
        contract = stage.deploy(container, payees, [1] * len(payees))

        def claim(payee: str) -> Receipts:
            return [contract.release(stage.money, payee, sender=stage.operator)]

        def split() -> Receipts:
            return [receipt for payee in payees for receipt in claim(payee)]

        return Splitter(contract, split, claim)

    return Measurement(
        "OpenZeppelin 4.9.6 PaymentSplitter", {**splitter(stage, make), **payee_claim(stage, make)}
    )


def _erc721(stage: Stage) -> Measurement:
    token = stage.deploy(solidity("OpenZeppelinErc721"))

    def mint(to: AccountAPI, number: int) -> Receipts:
        return [token.mint(to, number, sender=stage.operator)]

    return Measurement(f"OpenZeppelin {VERSION} ERC721", deeds(stage, token, mint))


def _erc721_full(stage: Stage) -> Measurement:
    token = stage.deploy(solidity("OpenZeppelinErc721Full"))

    def mint(to: AccountAPI, number: int) -> Receipts:
        return [token.mint(to, number, document_uri(number), sender=stage.operator)]

    return Measurement(
        f"OpenZeppelin {VERSION} ERC721Enumerable + ERC721URIStorage", deeds(stage, token, mint)
    )


def _erc1155(stage: Stage) -> Measurement:
    token = stage.deploy(solidity("OpenZeppelinErc1155"))

    def issue(to: AccountAPI, number: int, amount: int) -> Receipts:
        return [token.mint(to, number, amount, sender=stage.operator)]

    def retire(holder: AccountAPI, batch: int, amount: int) -> Receipts:
        return [token.burn(holder, batch, amount, sender=holder)]

    return Measurement(
        f"OpenZeppelin {VERSION} ERC1155Supply + ERC1155Burnable",
        credits(stage, token, issue, retire),
    )
