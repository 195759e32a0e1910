"""Accounts and storage, with a journal that can be wound back and forth.

Python holds the state and pyrevm a copy of it. pyrevm's own snapshots would not do: they are used
up by a revert, they miss balances set from outside, and whatever one transaction has touched stays
warm for the next, which falsifies its gas.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from eth_pydantic_types import HexBytes
from pyrevm import EVM, AccountInfo


class Account(NamedTuple):
    balance: int = 0  # {wei}
    nonce: int = 0
    code: HexBytes = HexBytes(b"")


Slot = tuple[str, int]  # address, index in its storage

NOBODY = Account()


class State:
    """Addresses are lower-case hex throughout."""

    def __init__(self, evm: EVM):
        self._evm = evm
        self._accounts: dict[str, Account] = {}
        self._slots: dict[Slot, int] = {}
        # One (key, before, after) per change; the key says whether it is an account or a slot.
        self._journal: list[tuple[str | Slot, Any, Any]] = []

    @property
    def mark(self) -> int:
        """The present moment, to be given to `rewind` or `at`."""
        return len(self._journal)

    def account(self, address: str) -> Account:
        return self._accounts.get(address, NOBODY)

    def slot(self, address: str, index: int) -> int:
        return self._slots.get((address, index), 0)

    def set_account(self, address: str, account: Account) -> None:
        before = self.account(address)
        if account != before:
            self._journal.append((address, before, account))
            self._write_account(address, account)

    def set_slot(self, address: str, index: int, value: int) -> None:
        before = self.slot(address, index)
        if value != before:
            self._journal.append(((address, index), before, value))
            self._write_slot((address, index), value)

    def rewind(self, mark: int) -> None:
        """Undo and forget everything after `mark`."""
        while len(self._journal) > mark:
            key, before, _ = self._journal.pop()
            self._write(key, before)

    @contextmanager
    def at(self, mark: int) -> Iterator[None]:
        """Show the state as it was at `mark`, then come back."""
        later = self._journal[mark:]
        for key, before, _ in reversed(later):
            self._write(key, before)
        try:
            yield
        finally:
            for key, _, after in later:
                self._write(key, after)

    def _write(self, key: str | Slot, value: Any) -> None:
        if isinstance(key, str):
            self._write_account(key, value)
        else:
            self._write_slot(key, value)

    def _write_account(self, address: str, account: Account) -> None:
        self._accounts[address] = account
        info = AccountInfo(
            balance=account.balance,  # type: ignore[call-arg]  # missing from pyrevm's stubs
            nonce=account.nonce,
            code=bytes(account.code) or None,
        )
        self._evm.insert_account_info(address, info)

    def _write_slot(self, slot: Slot, value: int) -> None:
        self._slots[slot] = value
        # pyrevm writes to its database only while the account is not loaded in its journal, and
        # writing loads it. Reverting undoes the loading and keeps the value.
        checkpoint = self._evm.snapshot()
        self._evm.insert_account_storage(*slot, value)
        self._evm.revert(checkpoint)
