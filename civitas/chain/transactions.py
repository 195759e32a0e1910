"""Transactions that are shown and simulated before anybody sends them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ape.api import AccountAPI, ReceiptAPI, TransactionAPI
from ape.exceptions import ContractLogicError

from civitas.chain.refusals import refused
from civitas.chain.roles import Role
from civitas.figures import Different
from civitas.records import Event

_SOME_GAS = 1_000_000  # so that Ape does not estimate before the transaction's turn


@dataclass(frozen=True)
class Prepared:
    """A transaction that nobody has sent yet."""

    method: Any
    arguments: tuple[Any, ...]
    sender: AccountAPI
    label: str = ""  # what it is among the others of its act
    gas_limit: int | None = None  # where an estimate would be too low
    gas: int | None = None  # what it takes, where that was estimated before

    def simulate(self) -> Any:
        """What it would return now. Raises CivitasError with the chain's reason."""
        try:
            return self.method.call(*self.arguments, sender=self.sender.address)
        except ContractLogicError as error:
            raise refused(error) from error

    def estimate(self) -> int:
        """{gas} What it would take now. Raises CivitasError with the chain's reason."""
        if self.gas is not None:
            return self.gas
        try:
            return int(self.method.estimate_gas_cost(*self.arguments, sender=self.sender.address))
        except ContractLogicError as error:
            raise refused(error) from error

    def transaction(self) -> TransactionAPI:
        """Without nonce and fees; without a gas limit where it is to be estimated."""
        transaction: TransactionAPI = self.method.as_transaction(
            *self.arguments, sender=self.sender.address, gas=_SOME_GAS
        )
        transaction.gas_limit = self.gas_limit
        return transaction

    def send(self) -> ReceiptAPI:
        """Raises CivitasError with the chain's reason."""
        try:
            receipt: ReceiptAPI = self.method(*self.arguments, sender=self.sender)
        except ContractLogicError as error:
            raise refused(error) from error
        return receipt


@dataclass(frozen=True)
class Act:
    """What an office is about to do: for people to read, to send, and true afterwards."""

    lines: tuple[str, ...]
    steps: tuple[Prepared, ...]  # in their order; none where all is done already
    facts: Callable[[], Mapping[str, bool]]
    role: Role | None = None  # that the sender needs
    question: str = ""  # before it is sent, where the usual one says too little
    would: str = ""  # what a dry run has found
    # What came of it, and what comes next.
    outcome: Callable[[list[Event]], Iterable[str]] = lambda events: ()
    # Each step rests on the one before: they are simulated as one.
    is_chained: bool = False
    # Many alike: one line each, instead of their events.
    is_bulk: bool = False

    def require_done(self) -> None:
        """Raises Different, which names what does not hold."""
        if broken := [fact for fact, holds in self.facts().items() if not holds]:
            raise Different(f"sent, but it is not true that {'; '.join(broken)}")
