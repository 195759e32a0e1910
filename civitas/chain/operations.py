"""How every command acts: with a key that asks nobody, once, and with a line in a log.

What is sent is written to a journal first, by which a run that was killed sends nothing twice
(docs/adr/0020); what came of it is a line of `operations.jsonl`, in the folder of the address book.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from os import environ
from pathlib import Path
from typing import Any

from ape import chain
from ape.api import AccountAPI, ReceiptAPI
from ape.exceptions import TransactionNotFoundError
from ape.logging import LogLevel, logger
from ape_accounts.accounts import InvalidPasswordError, KeyfileAccount
from ape_ethereum.provider import Web3Provider
from eth_utils.crypto import keccak

from civitas.chain.city import City
from civitas.chain.events import Sources, events_of, sources_of
from civitas.chain.journal import Journal, append_line
from civitas.chain.outbox import Outbox, Patience, digest_of
from civitas.chain.rehearsal import ether
from civitas.chain.roles import Role
from civitas.chain.transactions import Prepared
from civitas.errors import CivitasError
from civitas.records import Event

JOURNAL = "sending.jsonl"
LOG = "operations.jsonl"


@dataclass(frozen=True)
class Sent:
    """A transaction that was mined, and what it logged in the city's contracts."""

    receipt: ReceiptAPI
    events: list[Event]


def unlock(account: AccountAPI) -> None:
    """Let a keyfile sign without asking. Raises CivitasError where its passphrase is not given."""
    if not isinstance(account, KeyfileAccount):
        return
    variable = f"APE_ACCOUNTS_{account.alias}_PASSPHRASE"
    passphrase = environ.get(variable)
    if not passphrase:
        raise CivitasError(
            f"account {account.alias} is locked: put its passphrase into {variable}; "
            "nothing was sent"
        )
    level = logger.level
    logger.set_level(LogLevel.ERROR)  # Ape warns of what is meant here
    try:
        account.set_autosign(True, passphrase=passphrase)
    except InvalidPasswordError:
        raise CivitasError(
            f"the passphrase in {variable} is not that of account {account.alias}; nothing was sent"
        ) from None
    finally:
        logger.set_level(level)


def require_role(city: City, role: Role, address: str) -> None:
    """Raises CivitasError where the Authority did not give an account a role."""
    if not city.authority.hasRole(role.id, address):
        raise CivitasError(
            f"{address} lacks {role.name}: sign with an account that the council gave it; "
            "nothing was sent"
        )


def require_funds(address: str, gas: int) -> None:
    """Raises CivitasError where an account can't pay for so much gas now."""
    provider = chain.provider
    is_remote = isinstance(provider, Web3Provider)
    price = int(provider.web3.eth.gas_price if is_remote else provider.gas_price)
    has, needs = int(provider.get_balance(address)), gas * price
    if has < needs:
        raise CivitasError(
            f"{address} has {ether(has)}, {gas:,} gas may cost {ether(needs)}: send it "
            f"{ether(needs - has)} first; nothing was sent"
        )


class Operations:
    """Sends what a command prepared, and keeps the log of it."""

    def __init__(self, city: City, folder: Path, command: str, account: AccountAPI) -> None:
        self.city = city
        self.command = command
        self.log = folder / LOG
        self._outbox = Outbox(account, Journal(folder / JOURNAL), patience=PATIENCE)
        self._sources: Sources | None = None

    @contextmanager
    def alone(self, say: Callable[[str], None]) -> Iterator[None]:
        """Keep other commands out, after what an earlier one left open was looked up."""
        self._outbox.say = say
        with self._outbox.journal.alone():
            for entry in self._outbox.settle():
                say(f"sent by an earlier run: {entry.step}, transaction {entry.transaction}")
            self._catch_up()
            yield

    def send(self, prepared: Prepared) -> Sent:
        """Have it on the chain once, and in the log. Raises CivitasError where it is refused."""
        transaction = prepared.transaction()
        step = f"{self.command} {digest_of(transaction)[2:18]}"
        receipt = self._outbox.send(step, transaction, prepared.arguments, is_once=False)
        return self._noted(self.command, str(prepared.sender.address), receipt)

    def _noted(self, command: str, account: str, receipt: ReceiptAPI) -> Sent:
        sent = Sent(receipt, self.events_in(receipt))
        said = [[each.contract, each.name, _plain(each.arguments)] for each in sent.events]
        network = chain.provider.network
        line = {
            "time": datetime.fromtimestamp(receipt.timestamp, UTC).isoformat(),
            "command": command,
            "account": account,
            "network": f"{network.ecosystem.name}:{network.name}",
            "chain_id": chain.provider.chain_id,
            "transaction": receipt.txn_hash,
            "block": receipt.block_number,
            "gas": receipt.gas_used,
            "events": [f"{contract}.{name}" for contract, name, _ in said],
            "events_hash": "0x" + keccak(text=json.dumps(said, sort_keys=True)).hex(),
        }
        append_line(self.log, json.dumps(line))
        return sent

    def events_in(self, receipt: ReceiptAPI) -> list[Event]:
        """What a transaction logged in the city's contracts, in order."""
        if self._sources is None:
            self._sources = sources_of(self.city)
        kinds = {address.lower(): (address, kind) for address, kind in self._sources.kinds.items()}
        touched = {str(_address(log)).lower() for log in receipt.logs}
        sources = Sources(dict(kinds[each] for each in sorted(touched & kinds.keys())))
        return events_of(sources, receipt)

    def _catch_up(self) -> None:
        """Log what was mined while nobody was there to write it down."""
        known = {each["transaction"] for each in read_log(self.log)}
        for entry in self._outbox.journal.mined(chain.provider.chain_id):
            if entry.transaction not in known and entry.transaction is not None:
                try:
                    receipt = chain.provider.get_receipt(entry.transaction)
                except TransactionNotFoundError:
                    continue  # the chain has forgotten it: there is nothing to write down
                self._noted(entry.step.rpartition(" ")[0], entry.deployer, receipt)


PATIENCE = Patience(poll=0.5)


def read_log(path: Path) -> list[dict[str, Any]]:
    """The lines of an operations log; one that was torn while it was written is left out."""
    if not path.exists():
        return []
    found = []
    for line in path.read_bytes().splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found


def _address(log: Any) -> Any:
    return log["address"] if isinstance(log, dict) else log.contract_address


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return "0x" + bytes(value).hex()
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return str(value)
