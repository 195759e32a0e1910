"""Transactions that are shown and simulated before anybody sends them."""

from dataclasses import dataclass
from typing import Any

from ape.api import AccountAPI, ReceiptAPI
from ape.exceptions import ContractLogicError

from civitas.chain.refusals import reason_of
from civitas.errors import CivitasError


@dataclass(frozen=True)
class Prepared:
    """A transaction that nobody has sent yet."""

    method: Any
    arguments: tuple[Any, ...]
    sender: AccountAPI

    def simulate(self) -> Any:
        """What it would return now. Raises CivitasError with the chain's reason."""
        try:
            return self.method.call(*self.arguments, sender=self.sender)
        except ContractLogicError as error:
            raise CivitasError(f"the chain refuses: {reason_of(error)}") from error

    def send(self) -> ReceiptAPI:
        """Raises CivitasError with the chain's reason."""
        try:
            receipt: ReceiptAPI = self.method(*self.arguments, sender=self.sender)
        except ContractLogicError as error:
            raise CivitasError(f"the chain refuses: {reason_of(error)}") from error
        return receipt
