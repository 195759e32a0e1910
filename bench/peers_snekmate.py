"""snekmate from PyPI: its modules behind contracts that add nothing (bench/contracts/*.vy)."""

from importlib.metadata import version

from ape.api import AccountAPI

from bench.operations import Measurement
from bench.scenarios import Receipts, credits, deeds, document_uri, fungible
from bench.stage import Stage, vyper

NAME = f"snekmate {version('snekmate')}"


def measure(stage: Stage) -> list[Measurement]:
    return [_erc20(stage), _erc721(stage), _erc1155(stage)]


def _erc20(stage: Stage) -> Measurement:
    token = stage.deploy(vyper("SnekmateErc20"))

    def mint(to: AccountAPI, amount: int) -> Receipts:
        return [token.mint(to, amount, sender=stage.operator)]

    return Measurement(f"{NAME} erc20", fungible(stage, token, mint))


def _erc721(stage: Stage) -> Measurement:
    token = stage.deploy(vyper("SnekmateErc721"))

    def mint(to: AccountAPI, number: int) -> Receipts:
        return [token.safe_mint(to, document_uri(number), sender=stage.operator)]

    return Measurement(f"{NAME} erc721", deeds(stage, token, mint))


def _erc1155(stage: Stage) -> Measurement:
    token = stage.deploy(vyper("SnekmateErc1155"))

    def issue(to: AccountAPI, number: int, amount: int) -> Receipts:
        return [token.safe_mint(to, number, amount, b"", sender=stage.operator)]

    def retire(holder: AccountAPI, batch: int, amount: int) -> Receipts:
        return [token.burn(holder, batch, amount, sender=holder)]

    return Measurement(f"{NAME} erc1155", credits(stage, token, issue, retire))
