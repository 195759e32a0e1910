"""What an operator wants to be told of: each thing once, however often the watcher is started.

Two kinds of alerts: what happened (an event, told once for ever), and what is so (told when it
begins, and again when it has ended and begins anew). A line of the alerts file is written before
the cursor moves on, and read before anything is told again: a kill in between repeats nothing.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ape import chain

from civitas.chain.address_book import AddressBook
from civitas.chain.check import facts
from civitas.chain.city import City
from civitas.chain.events import Sources, read_events, sources_of
from civitas.chain.income import currency_of
from civitas.chain.journal import append_line
from civitas.chain.roles import ADMIN, Role
from civitas.errors import CivitasError
from civitas.inventory.due import DAY, due
from civitas.inventory.register import Register
from civitas.records import Event

_WATCHED = (
    *("Authority", "AssetRegistry", "Appraisals", "IdentityRegistry", "Lease", "Treasury"),
    *("CarbonCredit", "Enforcement", "SecurityToken"),
)
_ROLES = {role.id: role.name for role in Role} | {ADMIN: "ADMIN"}


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing to tell. `key` is the same as long as it is the same thing."""

    key: str
    kind: str
    text: str
    block: int


@dataclass
class Watcher:
    """Looks at a city again and again. `days` is how long before its end a thing is told."""

    city: City
    params: Path
    book: AddressBook
    alerts_file: Path
    cursor_file: Path
    days: int = 30
    _events: list[Event] = field(default_factory=list)
    _read_to: int = -1  # last block whose events are in `_events`
    _next_block: int = 0  # first block of which nothing was told yet
    _open: frozenset[str] = frozenset()  # keys of what is so, and was told

    def __post_init__(self) -> None:
        """Go on where the cursor is. Raises CivitasError for a cursor of another city."""
        if not self.cursor_file.exists():
            return
        try:
            found = json.loads(self.cursor_file.read_text(encoding="utf-8"))
            of, self._next_block = found["directory"], int(found["next_block"])
            self._open = frozenset(found["open"])
        except (ValueError, KeyError, TypeError) as error:
            raise CivitasError(f"{self.cursor_file} is no cursor of a watcher") from error
        if of != self.city.directory.address:
            raise CivitasError(
                f"{self.cursor_file} is of the city {of}: name another with --cursor"
            )

    def look(self) -> list[Alert]:
        """What is new since the last look, written to the alerts file. Raises ApeException."""
        head = chain.blocks.height - chain.provider.network.required_confirmations
        self._read(head)
        now = {alert.key: alert for alert in self._states(head)}
        told = self._told_already()
        found = [
            alert
            for alert in (
                *self._happened(),
                *(each for key, each in now.items() if key not in self._open),
            )
            if alert.key not in told
        ]
        for alert in found:
            append_line(self.alerts_file, json.dumps(asdict(alert)))
        self._open, self._next_block = frozenset(now), head + 1
        self._keep()
        return found

    def _read(self, head: int) -> None:
        every = sources_of(self.city).kinds
        kinds = {address: kind for address, kind in every.items() if kind in _WATCHED}
        if head > self._read_to:
            self._events += read_events(Sources(kinds), self._read_to + 1, head)
            self._read_to = head

    def _told_already(self) -> frozenset[str]:
        """Keys that an earlier run wrote, before it was killed and could move the cursor."""
        if not self.alerts_file.exists():
            return frozenset()
        keys = set()
        for line in self.alerts_file.read_bytes().splitlines():
            try:
                found: dict[str, Any] = json.loads(line)
            except ValueError:
                continue  # torn: it was told to nobody
            if found["block"] >= self._next_block:
                keys.add(found["key"])
        return frozenset(keys)

    def _keep(self) -> None:
        document = {
            "directory": self.city.directory.address,
            "next_block": self._next_block,
            "open": sorted(self._open),
        }
        self.cursor_file.parent.mkdir(parents=True, exist_ok=True)
        draft = self.cursor_file.with_name(self.cursor_file.name + ".part")
        draft.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
        draft.replace(self.cursor_file)

    # --- what happened

    def _happened(self) -> Iterator[Alert]:
        for event in self._events:
            if event.block >= self._next_block and (said := _said(event)):
                kind, text = said
                key = f"{event.transaction}:{event.log_index}"
                yield Alert(key, kind, text, event.block)

    # --- what is so

    def _states(self, block: int) -> Iterator[Alert]:
        for key, kind, text in (*self._rents(), *self._deeds(), *self._claims(), *self._drift()):
            yield Alert(key, kind, text, block)

    def _rents(self) -> Iterator[tuple[str, str, str]]:
        lease = self.city.lease
        for event in self._events:
            if event.name != "LeaseSigned":
                continue
            lease_id = event.arguments["lease_id"]
            if arrears := int(lease.arrears(lease_id)):
                amount = currency_of(str(lease.asset())).exact(arrears)
                text = f"lease {lease_id} of asset {event.arguments['asset_id']}: {amount} overdue"
                yield f"rent:{lease_id}", "rent", text

    def _deeds(self) -> Iterator[tuple[str, str, str]]:
        clock = self.city.clock
        own = [each for each in self._events if each.contract in ("AssetRegistry", "Appraisals")]
        for each in due(Register.of(own), self.city.now, self.days):
            what = each.what + (f" of {each.appraiser}" if each.appraiser else "")
            if each.until is None:
                end = "is missing"
            else:
                end = f"{'was' if each.is_over else 'is'} good until {clock.text(each.until)}"
            yield (
                f"deed:{each.asset_id}:{what}:{each.until}",
                "deed",
                f"asset {each.asset_id}: the {what} {end}",
            )

    def _claims(self) -> Iterator[tuple[str, str, str]]:
        until: dict[str, int] = {}
        for event in self._events:
            said = event.arguments
            if event.name == "EligibilitySet":
                until[str(said["identity"])] = said["new_valid_until"]
            elif event.name == "ClaimFiled":
                until[str(said["identity"])] = said["eligible_until"]
        limit, clock = self.city.now + self.days * DAY, self.city.clock
        for identity, end in until.items():
            if 0 < end < limit:
                text = f"investor {identity}: verified until {clock.text(end)} ({clock.name})"
                yield f"claim:{identity}:{end}", "claim", text

    def _drift(self) -> Iterator[tuple[str, str, str]]:
        for fact in facts(self.params, self.book):
            if not fact.holds:
                text = f"not as deployed: {fact.link}: {fact.detail}"
                yield f"drift:{fact.link}:{fact.detail}", "drift", text


def _said(event: Event) -> tuple[str, str] | None:
    """The kind of alert that an event is, and its sentence; None for none."""
    said = event.arguments
    if event.contract == "Authority":
        if event.name in ("RoleGranted", "RoleRevoked"):
            role = _ROLES.get(bytes(said["role"]), "0x" + bytes(said["role"]).hex())
            verb = "was given" if event.name == "RoleGranted" else "lost"
            return "role", f"{said['account']} {verb} {role}"
        if event.name == "AdminTransferStarted":
            return "role", f"{said['candidate']} is named as the next admin"
        if event.name == "AdminTransferred":
            return "role", f"the admin is {said['new_admin']}, was {said['old_admin']}"
    if event.name in ("Paused", "Unpaused"):
        word = "stopped" if event.name == "Paused" else "started again"
        return "pause", f"{event.contract} {event.address} was {word} by {said['account']}"
    if event.name == "RecoveryAnnounced":
        return "order", f"wallet {said['lost']} is to be replaced by {said['successor']}"
    if event.name == "OrderProposed":
        order = "0x" + bytes(said["order_id"]).hex()
        return "order", f"order {order} against {said['sender']} was proposed"
    return None
