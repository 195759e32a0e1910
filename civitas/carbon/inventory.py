"""A city's carbon inventory: where every tonne is, summed from events alone.

Amounts are in {1e-8 tCO2e}. Each event takes tonnes from one place of a batch and adds them to
another, as the contracts do, so a batch's places always sum to what was issued.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from civitas.carbon.units import BatchId, tonnes_text
from civitas.figures import Figure
from civitas.records import Event

VINTAGE = 3  # its place in ICarbonRegistry.Issuance
NOBODY = "0x" + "00" * 20
PLACES = ("issued", "tradable", "buffer", "retired", "cancelled", "reversed", "exported")


@dataclass
class Position:
    """Where the tonnes of a batch are."""

    places: Counter[str] = field(default_factory=Counter)
    purposes: Counter[int] = field(default_factory=Counter)  # of `retired`, by purpose
    holders: Counter[str] = field(default_factory=Counter)  # of `tradable`, by account
    converted: int = 0  # of `cancelled`: turned into units of another kind

    def move(self, amount: int, source: str, target: str) -> None:
        self.places[source] -= amount
        self.places[target] += amount

    def issue(self, amount: int, target: str) -> None:
        self.places["issued"] += amount
        self.places[target] += amount

    def add(self, other: "Position") -> None:
        self.places.update(other.places)
        self.purposes.update(other.purposes)
        self.holders.update(other.holders)
        self.converted += other.converted


Positions = defaultdict[int, Position]


def positions(events: Iterable[Event]) -> dict[int, Position]:
    """Token id -> position, from the carbon contracts' events in their order."""
    found: Positions = defaultdict(Position)
    purposes: dict[int, int] = {}  # certificate -> purpose
    for event in events:
        said = event.arguments
        if event.contract == "RetirementCertificate":
            _certified(event.name, said, found, purposes)
        elif event.contract == "CarbonCredit":
            _moved(event.name, said, found)
    return dict(found)


def _moved(name: str, said: Mapping[str, Any], found: Positions) -> None:
    match name:
        case "CreditMinted":
            found[said["tokenId"]].issue(said["amount"], "tradable")
        case "Buffered":
            found[said["token_id"]].issue(said["amount"], "buffer")
        case "CreditRetired":
            found[said["tokenId"]].move(said["amount"], "tradable", "retired")
        case "CreditCancelled":
            found[said["token_id"]].move(said["amount"], "tradable", "cancelled")
        case "CreditConverted":
            found[said["token_id"]].move(said["amount"], "tradable", "cancelled")
            found[said["token_id"]].converted += said["amount"]
        case "CreditExported":
            found[said["token_id"]].move(said["amount"], "tradable", "exported")
        case "BufferDrawn":
            found[said["token_id"]].move(said["amount"], "buffer", "cancelled")
        case "CreditReversed":
            found[said["token_id"]].move(said["uncovered"], "retired", "reversed")
        case "ReversalCured":
            found[said["replacement_token_id"]].move(said["amount"], "tradable", "cancelled")
            found[said["token_id"]].move(said["amount"], "reversed", "retired")
        case "TransferSingle":
            _transferred(said, [said["_id"]], [said["_value"]], found)
        case "TransferBatch":
            _transferred(said, said["_ids"], said["_values"], found)


def _transferred(
    said: Mapping[str, Any], ids: Sequence[int], amounts: Sequence[int], found: Positions
) -> None:
    for token_id, amount in zip(ids, amounts, strict=True):
        holders = found[token_id].holders
        if said["_from"] != NOBODY:
            holders[said["_from"]] -= amount
        if said["_to"] != NOBODY:
            holders[said["_to"]] += amount


def _certified(
    name: str, said: Mapping[str, Any], found: Positions, purposes: dict[int, int]
) -> None:
    match name:
        case "CertificateIssued":
            purposes[said["certificate_id"]] = said["purpose"]
            for token_id, amount in said["lines"]:
                found[token_id].purposes[said["purpose"]] += amount
        case "DeficitMarked":
            found[said["token_id"]].purposes[purposes.get(said["certificate_id"], 0)] -= said[
                "amount"
            ]
        case "DeficitCured":
            found[said["token_id"]].purposes[purposes.get(said["certificate_id"], 0)] += said[
                "amount"
            ]


@dataclass(frozen=True, slots=True)
class Row:
    """One asset and kind of units in one year. Asset 0 stands for other registries' projects."""

    asset_id: int
    kind: int
    batches: tuple[int, ...]  # token ids
    energy_wh: int  # read in the year; of the asset, not of the kind
    position: Position

    def document(self) -> dict[str, Any]:
        """The row for a machine; amounts in {1e-8 tCO2e}."""
        place = self.position
        return {
            "asset": self.asset_id,
            "kind": self.kind,
            "batches": [str(BatchId.of(each)) for each in self.batches],
            "energy_wh": self.energy_wh,
            **{each: place.places[each] for each in PLACES},
            "of_cancelled_converted": place.converted,
            "retired_by_purpose": {str(key): n for key, n in sorted(place.purposes.items()) if n},
            "holders": {key: amount for key, amount in sorted(place.holders.items()) if amount},
        }


@dataclass(frozen=True, slots=True)
class Inventory:
    """The batches of one vintage by asset and kind, and the energy read in that year."""

    year: int
    rows: tuple[Row, ...]

    @property
    def total(self) -> Position:
        total = Position()
        for row in self.rows:
            total.add(row.position)
        return total

    @property
    def energy_wh(self) -> int:
        """An asset's energy once, however many kinds its units are of."""
        return sum({row.asset_id: row.energy_wh for row in self.rows}.values())


def inventory(
    events: Sequence[Event], found: Mapping[int, Position], year: int, start: int, end: int
) -> Inventory:
    """The inventory of a year, which goes from `start` to `end` {s}.

    A reading belongs to the year in which it ends. A batch belongs to its vintage, wherever its
    tonnes went since.
    """
    assets: dict[int, int] = {}  # project -> asset
    vintages: dict[tuple[int, int], int] = {}  # project, number -> year
    energy: Counter[int] = Counter()
    for event in events:
        said = event.arguments
        if event.name == "ProjectRegistered":
            assets[said["project_id"]] = said["asset_id"]
        elif event.name == "BatchIssued":
            batch = BatchId.of(said["token_id"])
            vintages[batch.project, batch.number] = said["issuance"][VINTAGE]
        elif event.name == "ReadingRecorded" and start < said["period_end"] <= end:
            energy[said["asset_id"]] += said["energy_wh"]
    groups: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for token_id in sorted(found):
        batch = BatchId.of(token_id)
        if vintages.get((batch.project, batch.number)) == year:
            groups[assets[batch.project], batch.kind].append(token_id)
    for asset_id in sorted(set(energy) - {asset_id for asset_id, _ in groups}):
        groups[asset_id, 0] = []
    rows = []
    for (asset_id, kind), batches in sorted(groups.items()):
        place = Position()
        for token_id in batches:
            place.add(found[token_id])
        rows.append(Row(asset_id, kind, tuple(batches), energy[asset_id], place))
    return Inventory(year, tuple(rows))


def agreement(
    found: Mapping[int, Position],
    supplies: Mapping[int, Mapping[str, int]],
    total: Mapping[str, int],
    balances: Mapping[tuple[str, int], int],
) -> Iterator[Figure]:
    """Every sum beside what the contract keeps: batches, their holders, and the total."""
    for token_id, place in sorted(found.items()):
        name = f"batch {BatchId.of(token_id)}"
        yield from _places(name, place, supplies[token_id])
        yield _figure(
            f"{name}: retired by purpose", place.places["retired"], sum(place.purposes.values())
        )
        yield _figure(f"{name}: held", place.places["tradable"], sum(place.holders.values()))
        for holder, amount in sorted(place.holders.items()):
            yield _figure(f"{name}: held by {holder}", balances[holder, token_id], amount)
    everything = Position()
    for place in found.values():
        everything.add(place)
    yield from _places("all batches", everything, total)


def _places(name: str, place: Position, supply: Mapping[str, int]) -> Iterator[Figure]:
    for each in PLACES:
        yield _figure(f"{name}: {each}", supply[each], place.places[each])


def _figure(name: str, chain: int, again: int) -> Figure:
    return Figure(name, f"{tonnes_text(chain)} t", f"{tonnes_text(again)} t")
