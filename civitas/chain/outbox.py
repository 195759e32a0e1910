"""Sends a deployer's transactions one by one, so that a run that breaks off sends none twice.

The nonce is the guard: a step is written down with its nonce before it is sent, and is only ever
sent again with that nonce, until a transaction with it is on the chain. If that one does what the
step does, the step is done, whoever sent it; if not, the step takes another nonce.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol, TypeVar

from ape import chain
from ape.api import AccountAPI, ReceiptAPI, TransactionAPI
from ape.exceptions import ProviderError, TransactionNotFoundError, VirtualMachineError
from ape_ethereum.provider import Web3Provider
from eth_utils.crypto import keccak
from requests.exceptions import RequestException
from web3.exceptions import Web3Exception, Web3RPCError

from civitas.chain.journal import Entry, Event, Journal
from civitas.errors import CivitasError

T = TypeVar("T")

_RAISE = 8  # a replacement pays an eighth more, public nodes ask for a tenth


class Stuck(CivitasError):
    """The chain did not take a transaction in time; run the same command again to go on."""


class Sender(Protocol):
    """What a deployment sends through: an outbox, or a rehearsal."""

    account: AccountAPI

    def send(
        self, step: str, transaction: TransactionAPI, shown: tuple[Any, ...], is_once: bool
    ) -> ReceiptAPI: ...

    def ask(self, request: Callable[[], T]) -> T: ...


@dataclass(frozen=True)
class Patience:
    """How long to wait for what."""

    attempts: int = 8  # of one request to the node
    pause: float = 1.0  # {s} before the second attempt, doubled each time up to 30
    poll: float = 2.0  # {s} between two looks for a transaction
    until_raise: float = 120.0  # {s} until a stuck transaction is replaced
    raises: int = 5  # of the fee, before the run stops


@dataclass
class Outbox:
    account: AccountAPI
    journal: Journal
    say: Callable[[str], None] = lambda line: None
    patience: Patience = field(default_factory=Patience)

    def send(
        self, step: str, transaction: TransactionAPI, shown: tuple[Any, ...], is_once: bool
    ) -> ReceiptAPI:
        """Have a step on the chain, and its receipt.

        `is_once`: the step is never repeated, even where the journal already has it as mined.
        Raises Stuck, and CivitasError when the chain refuses or the account declines.
        """
        digest = digest_of(transaction)
        entry = self._unfinished(step, digest, is_once)
        while True:
            if entry is None:
                entry = self._intend(step, digest)
            receipt = self._on_chain(entry)
            if receipt is None:
                self._push(entry, transaction)
                receipt = self._on_chain(entry)
            if receipt is None:
                raise Stuck(
                    f"{step}: not on the chain with nonce {entry.nonce}; run the command again"
                )
            if digest_of(receipt.transaction) == entry.digest:
                return self._finish(entry, receipt)
            self.say(f"{step}: nonce {entry.nonce} was used for something else, taking the next")
            self._note("lost", entry, receipt)
            entry = None

    def settle(self) -> list[Entry]:
        """Look up what an earlier run of this account left open; what of it was mined after all.

        What is still on its way, or was never sent, stays open: the same command goes on with it.
        """
        found = []
        for attempt in self.journal.unfinished():
            entry = attempt[0]
            if (entry.deployer, entry.chain_id) != (self.account.address, chain.provider.chain_id):
                continue
            try:
                receipt = self._on_chain(entry)
            except CivitasError as error:
                self.say(f"left open: {error}")
                continue
            if receipt is None:
                continue
            if digest_of(receipt.transaction) != entry.digest:
                self._note("lost", entry, receipt)
                continue
            self._note("failed" if receipt.failed else "mined", entry, receipt)
            found.append(self.journal.of(entry.step)[-1])
        return found

    def _unfinished(self, step: str, digest: str, is_once: bool) -> Entry | None:
        attempt = self.journal.of(step)
        if not attempt or attempt[-1].event in ("lost", "failed"):
            return None
        if attempt[-1].event == "mined" and not is_once:
            return None  # done before, and undone since: it is a new act
        first = attempt[0]
        if first.deployer != self.account.address:
            raise CivitasError(
                f"{step}: the journal has it from {first.deployer}; go on with that account"
            )
        if first.chain_id != chain.provider.chain_id:
            raise CivitasError(
                f"{step}: the journal is of chain {first.chain_id}, "
                f"this is {chain.provider.chain_id}"
            )
        if first.digest != digest:
            raise CivitasError(
                f"{step}: the journal has it with other arguments or other code (nonce "
                f"{first.nonce}); go on with the parameters and the commit it was begun with"
            )
        return first

    def _intend(self, step: str, digest: str) -> Entry:
        # Before the nonce is looked up: whatever takes it is in this block or a later one.
        head = self._head()
        entry = Entry(
            event="intended",
            step=step,
            deployer=str(self.account.address),
            chain_id=chain.provider.chain_id,
            # After what the account has in flight already.
            nonce=self.ask(lambda: chain.provider.get_nonce(self.account.address, "pending")),
            digest=digest,
            block=head,
        )
        self.journal.write(entry)
        return entry

    def _push(self, entry: Entry, transaction: TransactionAPI) -> None:
        """Send until a transaction with the nonce is mined, with a higher fee each time."""
        in_flight = self.ask(lambda: chain.provider.get_nonce(self.account.address, "pending"))
        if in_flight < entry.nonce:
            raise CivitasError(
                f"{entry.step}: was begun with nonce {entry.nonce}, the account is at {in_flight}. "
                "Is the journal of another chain, or did an earlier transaction drop out?"
            )
        sent = [each for each in self.journal.of(entry.step) if each.event == "sent"]
        for _ in range(self.patience.raises + 1):
            signed = self._signed(entry, transaction, sent[-1] if sent else None)
            sent.append(self._note_sent(entry, signed))
            self._broadcast(signed)
            if self._wait(entry):
                return
            self.say(f"{entry.step}: not mined yet, raising the fee")

    def _signed(
        self, entry: Entry, transaction: TransactionAPI, last: Entry | None
    ) -> TransactionAPI:
        draft = transaction.model_copy(deep=True)
        draft.nonce = entry.nonce
        prepared: TransactionAPI = self.ask(lambda: self.account.prepare_transaction(draft))
        if last is not None and last.max_fee is not None and last.priority_fee is not None:
            tip = max(prepared.max_priority_fee or 0, _raised(last.priority_fee))
            prepared.max_priority_fee = tip
            prepared.max_fee = max(prepared.max_fee or 0, _raised(last.max_fee), tip)
        signed = self.account.sign_transaction(prepared)
        if signed is None:
            raise CivitasError(f"{self.account.address} declined to sign {entry.step}")
        return signed

    def _note_sent(self, entry: Entry, signed: TransactionAPI) -> Entry:
        raw = signed.serialize_transaction() if signed.signature else None
        sent = entry.model_copy(
            update={
                "event": "sent",
                "transaction": None if raw is None else "0x" + keccak(raw).hex(),
                "max_fee": signed.max_fee,
                "priority_fee": signed.max_priority_fee,
            }
        )
        self.journal.write(sent)
        return sent

    def _broadcast(self, signed: TransactionAPI) -> None:
        provider = chain.provider
        if not isinstance(provider, Web3Provider) or signed.signature is None:
            provider.send_transaction(signed)
            return
        raw = signed.serialize_transaction()
        try:
            self.ask(lambda: provider.web3.eth.send_raw_transaction(raw))
        except (Web3RPCError, ValueError) as error:
            # An answer that was lost on its way: the node may have this very transaction.
            said = str(error).lower()
            known = ("already known", "already imported", "nonce too low", "underpriced")
            if not any(each in said for each in known):
                raise CivitasError(f"the node refuses: {error}") from error

    def _wait(self, entry: Entry) -> bool:
        until = time.monotonic() + self.patience.until_raise
        while self.ask(lambda: chain.provider.get_nonce(self.account.address)) <= entry.nonce:
            if time.monotonic() >= until:
                return False
            time.sleep(self.patience.poll)
        return True

    def _on_chain(self, entry: Entry) -> ReceiptAPI | None:
        """The receipt of whatever was mined with the nonce, or None while nothing is.

        A node may count the nonce before it shows the block: it is asked for a while.
        """
        if self.ask(lambda: chain.provider.get_nonce(self.account.address)) <= entry.nonce:
            return None
        for left in range(self.patience.attempts - 1, -1, -1):
            if found := self._mined_with_nonce(entry):
                return found
            if left:
                time.sleep(self.patience.poll)
        raise CivitasError(
            f"{entry.step}: nonce {entry.nonce} is used, but no block since {entry.block} "
            "has it; is the node still catching up?"
        )

    def _mined_with_nonce(self, entry: Entry) -> ReceiptAPI | None:
        for known in reversed(self.journal.of(entry.step)):
            if known.transaction and (receipt := self._receipt(known.transaction)):
                return receipt
        # Sent by somebody else with the same key, as a wallet that speeds up does.
        provider = chain.provider
        if isinstance(provider, Web3Provider):
            return self._scan(provider, entry)
        # In this process, where a transaction has no hash before it is sent.
        return next(
            iter(
                provider.get_transactions_by_account_nonce(
                    self.account.address, entry.nonce, entry.nonce
                )
            ),
            None,
        )

    def _scan(self, provider: Web3Provider, entry: Entry) -> ReceiptAPI | None:
        sender = str(self.account.address).lower()
        for number in range(entry.block, self._head() + 1):
            block: Any = self.ask(partial(provider.web3.eth.get_block, number, True))
            for each in block["transactions"]:
                if each["nonce"] == entry.nonce and str(each["from"]).lower() == sender:
                    return self._receipt("0x" + bytes(each["hash"]).hex())
        return None

    def _receipt(self, transaction: str) -> ReceiptAPI | None:
        provider = chain.provider
        if isinstance(provider, Web3Provider):
            # Ape's own look-up waits; this one answers at once.
            found = self.ask(lambda: _raw_receipt(provider, transaction))
            if found is None:
                return None
        try:
            receipt: ReceiptAPI = self.ask(lambda: provider.get_receipt(transaction))
        except TransactionNotFoundError:
            return None
        return receipt

    def _finish(self, entry: Entry, receipt: ReceiptAPI) -> ReceiptAPI:
        if receipt.failed:
            self._note("failed", entry, receipt)
            raise CivitasError(f"{entry.step}: the transaction {receipt.txn_hash} failed")
        needed = chain.provider.network.required_confirmations
        while self._head() - receipt.block_number < needed:
            time.sleep(self.patience.poll)
        self._note("mined", entry, receipt)
        return receipt

    def _note(self, event: Event, entry: Entry, receipt: ReceiptAPI) -> None:
        last = self.journal.of(entry.step)[-1]
        if last.event == event:
            return
        self.journal.write(
            entry.model_copy(
                update={
                    "event": event,
                    "transaction": receipt.txn_hash,
                    "block": receipt.block_number,
                }
            )
        )

    def _head(self) -> int:
        return int(self.ask(lambda: chain.provider.get_block("latest").number or 0))

    def ask(self, request: Callable[[], T]) -> T:
        """Ask the node, again after a pause while the connection fails."""
        pause = self.patience.pause
        for left in range(self.patience.attempts - 1, -1, -1):
            try:
                return request()
            except (RequestException, ConnectionError, TimeoutError, ProviderError) as error:
                if left == 0 or _is_an_answer(error):
                    raise
                self.say(f"no answer from the node ({type(error).__name__}), asking again")
                time.sleep(pause)
                pause = min(2 * pause, 30.0)
        raise AssertionError("unreachable")


def digest_of(transaction: TransactionAPI) -> str:
    """What a transaction does: keccak256 of its receiver and data."""
    receiver = str(transaction.receiver or "").lower()
    receiver = "" if int(receiver or "0x0", 16) == 0 else receiver
    return "0x" + keccak(receiver.encode() + b":" + bytes(transaction.data)).hex()


def _raw_receipt(provider: Web3Provider, transaction: str) -> object | None:
    try:
        return provider.web3.eth.get_transaction_receipt(transaction)  # type: ignore[arg-type]
    except Web3Exception:
        return None


def _raised(fee: int) -> int:
    return fee + fee // _RAISE + 1


def _is_an_answer(error: Exception) -> bool:
    """Whether the node was reached and said no, which asking again won't change."""
    return isinstance(error, VirtualMachineError | TransactionNotFoundError)
