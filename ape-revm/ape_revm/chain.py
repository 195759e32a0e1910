"""The chain: blocks, logs, fees, time and snapshots around one machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any, NamedTuple

from eth_pydantic_types import HexBytes
from eth_utils.crypto import keccak

from ape_revm.config import RevmConfig
from ape_revm.machine import COINBASE, Machine, Message, Outcome, Rejected
from ape_revm.state import State


class Transaction(NamedTuple):
    message: Message
    gas_price: int  # {wei} per gas, paid by the sender
    tip: int  # {wei} per gas, the part of `gas_price` that reaches the coinbase
    hash: str


class Block(NamedTuple):
    number: int
    timestamp: int  # {s}
    hash: HexBytes | None  # None while pending
    parent_hash: HexBytes
    mark: int  # the moment in State at which the block was complete
    transaction: str | None = None  # its hash; every transaction has a block of its own
    gas_used: int = 0
    logs: tuple[dict[str, Any], ...] = ()


class Snapshot(NamedTuple):
    mark: int
    height: int
    pending_timestamp: int


# One count for all chains: Ape keeps the ids of chains with equal chain ids in one list. None is
# reused, so a stale id cannot hit a later snapshot.
_SNAPSHOT_IDS = count(1)


class Chain:
    def __init__(self, config: RevmConfig):
        self.config = config
        self._machine = Machine(config.chain_id, config.evm_version, config.gas_limit)
        self.state = self._machine.state
        self._blocks: list[Block] = []
        self.receipts: dict[str, Any] = {}  # by transaction hash; kept for the provider
        self._pending_timestamp = config.genesis_timestamp
        self._snapshots: dict[int, Snapshot] = {}
        self.mine()

    @property
    def head(self) -> Block:
        return self._blocks[-1]

    @property
    def pending(self) -> Block:
        parent_hash = self.head.hash if self._blocks else HexBytes(bytes(32))
        return Block(len(self._blocks), self._pending_timestamp, None, parent_hash, self.state.mark)

    def block(self, number: int) -> Block | None:
        return self._blocks[number] if 0 <= number < len(self._blocks) else None

    def block_by_hash(self, block_hash: bytes) -> Block | None:
        return next((block for block in self._blocks if block.hash == block_hash), None)

    @contextmanager
    def after(self, block: Block) -> Iterator[State]:
        """The state as `block` left it; for the head and the pending block, as it is now."""
        if block.number >= self.head.number:
            yield self.state
        else:
            with self.state.at(block.mark):
                yield self.state

    def logs(self, start: int, stop: int) -> Iterator[dict[str, Any]]:
        for block in self._blocks[start : stop + 1]:
            yield from block.logs

    # --- time

    def set_timestamp(self, timestamp: int) -> None:
        """Date the next block, and only that one: the block after it comes a second later."""
        if timestamp <= self.head.timestamp:
            raise ValueError(
                f"timestamp {timestamp} is not later than the latest block's, {self.head.timestamp}"
            )
        self._pending_timestamp = timestamp

    def mine(self) -> Block:
        return self._seal(self.pending)

    def _seal(self, block: Block) -> Block:
        content = (block.number, block.timestamp, bytes(block.parent_hash), block.transaction)
        block = block._replace(hash=HexBytes(keccak(text=repr(content))), mark=self.state.mark)
        self._blocks.append(block)
        self._pending_timestamp = block.timestamp + 1
        return block

    # --- execution

    def call(self, message: Message, block: Block) -> Outcome:
        """What `message` would do right after `block`. Leaves no trace."""
        with self.after(block):
            self._enter(block)
            return self._machine.run(message)

    def transact(self, transaction: Transaction) -> tuple[Outcome, Block]:
        """Run a transaction in a block of its own. One that fails is mined and paid for too."""
        message, gas_price, tip, txn_hash = transaction
        block = self.pending
        sender = self.state.account(message.sender)
        prepaid = message.gas * gas_price
        if sender.balance < message.value + prepaid:
            raise Rejected(
                f"sender {message.sender} has {sender.balance} wei and needs "
                f"{message.value + prepaid} for value and gas"
            )
        # A creation raises the nonce inside the EVM, which derives the new address from it.
        nonce_in_call = sender.nonce if message.to is None else sender.nonce + 1
        self.state.set_account(
            message.sender, sender._replace(balance=sender.balance - prepaid, nonce=nonce_in_call)
        )
        self._enter(block)
        try:
            outcome = self._machine.run(message)
        except Rejected:
            self.state.rewind(block.mark)
            raise
        self._apply(outcome)
        self._add(message.sender, (message.gas - outcome.gas_used) * gas_price)
        self._add(COINBASE, outcome.gas_used * tip)
        block = block._replace(transaction=txn_hash, gas_used=outcome.gas_used)
        block = self._seal(block)
        logs = tuple(
            {
                "address": address,
                "topics": [HexBytes(topic) for topic in topics],
                "data": HexBytes(data),
                "blockHash": block.hash,
                "blockNumber": block.number,
                "transactionHash": txn_hash,
                "transactionIndex": 0,
                "logIndex": index,
            }
            for index, (address, topics, data) in enumerate(outcome.logs)
        )
        self._blocks[-1] = block._replace(logs=logs)
        return outcome, self.head

    def _enter(self, block: Block) -> None:
        self._machine.enter_block(block.number, block.timestamp)

    def _apply(self, outcome: Outcome) -> None:
        for address, balance, nonce, code, slots in outcome.changes:
            account = self.state.account(address)
            code = account.code if code is None else code
            self.state.set_account(
                address, account._replace(balance=balance, nonce=nonce, code=code)
            )
            for index, value in slots.items():
                self.state.set_slot(address, index, value)

    def _add(self, address: str, amount: int) -> None:
        account = self.state.account(address)
        self.state.set_account(address, account._replace(balance=account.balance + amount))

    def set_balance(self, address: str, balance: int) -> None:
        self.state.set_account(address, self.state.account(address)._replace(balance=balance))

    def set_nonce(self, address: str, nonce: int) -> None:
        self.state.set_account(address, self.state.account(address)._replace(nonce=nonce))

    def set_code(self, address: str, code: HexBytes) -> None:
        self.state.set_account(address, self.state.account(address)._replace(code=code))

    # --- snapshots

    def snapshot(self) -> int:
        snapshot_id = next(_SNAPSHOT_IDS)
        self._snapshots[snapshot_id] = Snapshot(
            self.state.mark, len(self._blocks), self._pending_timestamp
        )
        return snapshot_id

    @property
    def snapshot_ids(self) -> set[int]:
        return set(self._snapshots)

    def restore(self, snapshot_id: int) -> bool:
        """Go back, or say False if there is nothing to go back to.

        The snapshot stays good until an earlier one is restored.
        """
        if snapshot_id not in self._snapshots:
            return False
        mark, height, self._pending_timestamp = self._snapshots[snapshot_id]
        self.state.rewind(mark)
        for block in self._blocks[height:]:
            if block.transaction is not None:
                del self.receipts[block.transaction]
        del self._blocks[height:]
        self._snapshots = {i: s for i, s in self._snapshots.items() if i <= snapshot_id}
        return True
