"""Deeds and their appraisals against a register in Python that refuses for the same reasons.

The ledger is a second register: each of its methods says what an act does, or raises the reason
for which the chain must refuse it. An act is tried on a copy of it, which takes its place only if
the chain took the act.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

from ape import chain
from eth_utils import keccak
from hypothesis.stateful import initialize, invariant, rule

from civitas.chain.deploy import ZERO_ADDRESS
from civitas.chain.events import Sources, read_events
from civitas.inventory.register import Register
from tests.stateful.running import ChainMachine, seeds

BPS, DAY = 10_000, 86_400
MAX_UNITS = 2**96 - 1
ALL_PROOFS = 0b1111
FOREVER = 2**64 - 1
KEYS = [bytes(32), *(keccak(text=f"parcel {number}") for number in range(1, 13))]
HASH, NOTHING = keccak(text="a document"), bytes(32)
NAMES = [NOTHING, *(number.to_bytes(32, "big") for number in range(1, 4))]
MOST_DEEDS = 8
ACTS_PER_STEP = 2
REDRAWING = ("register", "split", "merge", "dispose", "retire")
# Of the deployment's classes: two that may be tokenised, one that may not.
CLASSES = (("LAND", True), ("OFFICE", True), ("ADMINISTRATIVE", False))
RETIREMENT = "retirement"

ACTIONS = (
    *("register",) * 3,
    *("appraise",) * 7,
    *("outvote",) * 3,
    *("withdraw",) * 3,
    *("set limits",) * 3,
    *("prove",) * 4,
    "require",
    *("reclassify",) * 3,
    *("units",) * 2,
    *("tokenise",) * 2,
    *("issue",) * 3,
    *("attest",) * 3,
    *("let",) * 3,
    *("split",) * 3,
    *("merge",) * 3,
    *("approve",) * 3,
    *("dispose",) * 3,
    *("retire",) * 2,
    *("document",) * 3,
    "energy",
    *("pass time",) * 4,
)


@dataclass(frozen=True)
class RegistryStage:
    """What the test's fixtures lend to the machine."""

    registry: Any
    appraisals: Any
    factory: Any
    token_at: Callable[[int], Any]  # of an asset
    money: Any
    class_ids: tuple[int, ...]  # of CLASSES
    total_classes: int
    owners: tuple[Any, ...]  # the city, and a buyer
    appraisers: tuple[Any, ...]  # four: one more than a panel seats
    manager: Any
    clerk: Any
    officer: Any
    esg_officer: Any
    registrar: Any
    lease: Any  # the contract as a sender
    investor: Any
    stranger: Any


class Refused(Exception):
    """The reason for which the chain must refuse."""


def refuse(condition: bool, reason: str):
    if condition:
        raise Refused(reason)


@dataclass(frozen=True)
class Record:
    """As IAssetRegistry.AssetRecord."""

    key: bytes
    class_id: int
    area: int
    energy: int
    document: bytes
    value: int

    def as_tuple(self):
        return self.key, self.class_id, self.area, self.energy, self.document, self.value


@dataclass
class Filing:
    appraiser: int
    value: int
    valued_at: int
    valid_until: int


@dataclass
class Deed:
    record: Record
    owner: int
    units: int = 0
    has_token: bool = False
    supply: int = 0
    is_disputed: bool = False
    named: Any = None  # an owner, or RETIREMENT
    let_until: int = 0
    proofs: list[int] = field(default_factory=lambda: [0] * 4)
    documents: dict[bytes, bytes] = field(default_factory=dict)


@dataclass
class Ledger:
    for_sale: dict[int, bool]  # of each class id that is used
    total_classes: int
    limits: tuple[int, int, int, int]
    required: int
    deeds: dict[int, Deed] = field(default_factory=dict)
    panels: dict[int, list[Filing]] = field(default_factory=dict)  # outlive their deeds
    versions: dict[tuple[int, bytes], int] = field(default_factory=dict)
    given: int = 0
    # Written and retired, but for splits and mergers, which must not change them.
    area: int = 0
    value: int = 0

    # --- what is so
    def of_parcel(self, key):
        return next((i for i, deed in self.deeds.items() if deed.record.key == key), 0)

    def lapsed(self, asset_id, now):
        proofs = self.deeds[asset_id].proofs
        return sum(
            1 << kind for kind in range(4) if self.required >> kind & 1 and proofs[kind] < now
        )

    def issuable(self, asset_id, now):
        deed = self.deeds[asset_id]
        return 0 if deed.is_disputed or self.lapsed(asset_id, now) else deed.units

    def fresh(self, asset_id, now):
        return [f for f in self.panels.get(asset_id, []) if self.is_fresh(f, now)]

    def is_fresh(self, filing, now):
        return now <= min(filing.valid_until, filing.valued_at + self.limits[3])

    def value_of(self, asset_id, now):
        """Raises Refused where no value is in force."""
        quorum, spread, deviation, _ = self.limits
        panel = self.panels.get(asset_id, [])
        values = sorted(filing.value for filing in self.fresh(asset_id, now))
        refuse(not panel, "appraisals: none")
        refuse(len(panel) < quorum, "appraisals: needs more")
        refuse(len(values) < quorum, "appraisals: stale")
        if len(values) == 1:
            return values[0]
        if len(values) == 2:
            low, high = values
            refuse((high - low) * BPS > spread * low, "appraisals: needs third")
            return sum(values) // 2
        middle = values[1]
        near = [v for v in values if abs(v - middle) * BPS <= deviation * middle]
        refuse(len(near) == 1, "appraisals: disputed")
        return middle

    # --- what acts do
    def known(self, asset_id):
        refuse(asset_id not in self.deeds, "nonfungible: unknown token")
        return self.deeds[asset_id]

    def write(self, owner, record):
        refuse(record.key == NOTHING, "asset_registry: no parcel key")
        refuse(self.of_parcel(record.key) != 0, "asset_registry: parcel has a deed")
        refuse(record.class_id >= self.total_classes, "asset_registry: unknown class")
        refuse(record.area == 0, "asset_registry: no area")
        self.given += 1
        self.deeds[self.given] = Deed(record, owner)

    def register(self, owner, records):
        for record in records:
            self.write(owner, record)
            self.area += record.area
            self.value += record.value

    def resolved(self, resolution, document):
        refuse(resolution == NOTHING, "asset_registry: no resolution")
        refuse(document == NOTHING, "asset_registry: no document")

    def reclassify(self, asset_id, class_id, *resolved):
        self.resolved(*resolved)
        refuse(class_id >= self.total_classes, "asset_registry: unknown class")
        deed = self.known(asset_id)
        if not self.for_sale[class_id]:
            refuse(deed.units != 0, "asset_registry: asset has units")
            deed.named = None
        deed.record = replace(deed.record, class_id=class_id)

    def register_units(self, asset_id, units, resolution):
        refuse(resolution == NOTHING, "asset_registry: no resolution")
        deed = self.known(asset_id)
        refuse(not self.for_sale[deed.record.class_id], "asset_registry: class not for sale")
        refuse(units <= deed.units, "asset_registry: units only grow")
        refuse(units > MAX_UNITS, "asset_registry: too many units")
        deed.units = units

    def tokenise(self, asset_id, now):
        deed = self.deeds.get(asset_id)
        refuse(deed is None or deed.units == 0, "asset_registry: no units")
        refuse(deed.has_token, "asset_registry: asset has a token")
        refuse(self.lapsed(asset_id, now) != 0, "asset_registry: proof lapsed")
        deed.has_token = True

    def issue(self, asset_id, amount, now):
        deed = self.deeds[asset_id]
        refuse(deed.supply + amount > self.issuable(asset_id, now), "moves: above the deed")
        deed.supply += amount

    def attest(self, asset_id, quantity, document):
        deed = self.deeds.get(asset_id)
        refuse(deed is None or not deed.has_token, "asset_registry: no token")
        refuse(document == NOTHING, "asset_registry: no document")
        deed.is_disputed = quantity != deed.supply

    def disposable(self, deed):
        refuse(not self.for_sale[deed.record.class_id], "asset_registry: class not for sale")
        refuse(deed.units != 0, "asset_registry: asset has units")

    def approve(self, asset_id, named, *resolved):
        self.resolved(*resolved)
        deed = self.known(asset_id)
        if named is not None:
            self.disposable(deed)
        deed.named = named

    def dispose(self, asset_id, caller, sender, receiver):
        deed = self.known(asset_id)
        refuse(caller != deed.owner, "nonfungible: not allowed")
        refuse(receiver == RETIREMENT, "asset_registry: no resolution")
        self.disposable(deed)
        refuse(deed.named is None or deed.named != receiver, "asset_registry: no resolution")
        refuse(sender != deed.owner, "nonfungible: wrong owner")
        deed.owner, deed.named = receiver, None

    def retire(self, asset_id, caller, now):
        deed = self.known(asset_id)
        refuse(caller != deed.owner, "nonfungible: not allowed")
        refuse(now < deed.let_until, "asset_registry: asset is let")
        self.disposable(deed)
        refuse(deed.named != RETIREMENT, "asset_registry: no resolution")
        self.area -= deed.record.area
        self.value -= deed.record.value
        del self.deeds[asset_id]

    def divisible(self, deed, now):
        refuse(deed.units != 0, "asset_registry: asset has units")
        refuse(now < deed.let_until, "asset_registry: asset is let")
        refuse(deed.named is not None, "asset_registry: disposal is open")

    def split(self, asset_id, parts, now, *resolved):
        self.resolved(*resolved)
        refuse(len(parts) < 2, "asset_registry: too few parcels")
        deed = self.known(asset_id)
        self.divisible(deed, now)
        del self.deeds[asset_id]
        for part in parts:
            refuse(part.class_id != deed.record.class_id, "asset_registry: class differs")
            self.write(deed.owner, part)
        self.same([deed.record], parts)

    def merge(self, asset_ids, merged, now, *resolved):
        self.resolved(*resolved)
        refuse(len(asset_ids) < 2, "asset_registry: too few parcels")
        owner, ended = self.known(asset_ids[0]).owner, []
        for asset_id in asset_ids:
            deed = self.known(asset_id)
            refuse(deed.owner != owner, "asset_registry: owner differs")
            refuse(deed.record.class_id != merged.class_id, "asset_registry: class differs")
            self.divisible(deed, now)
            ended.append(self.deeds.pop(asset_id).record)
        self.same(ended, [merged])
        self.write(owner, merged)

    def same(self, before, after):
        for name, what in (("area", "area"), ("value", "book value")):
            total = [sum(getattr(each, name) for each in side) for side in (before, after)]
            refuse(total[0] != total[1], f"asset_registry: {what} differs")

    def let(self, asset_id, until):
        self.known(asset_id).let_until = until

    def set_energy(self, asset_id, energy, evidence):
        refuse(evidence == NOTHING, "asset_registry: no evidence")
        deed = self.known(asset_id)
        deed.record = replace(deed.record, energy=energy)

    def prove(self, filings, now):
        for asset_id, kind, until, document in filings:
            deed = self.known(asset_id)
            refuse(kind > 3, "deed_proofs: unknown kind")
            refuse(document == NOTHING, "deed_proofs: no document")
            refuse(until != 0 and until <= now, "deed_proofs: already lapsed")
            deed.proofs[kind] = until

    def require(self, required, resolution):
        refuse(required > ALL_PROOFS, "deed_proofs: unknown kind")
        refuse(resolution == NOTHING, "deed_proofs: no resolution")
        self.required = required

    def set_document(self, asset_id, name, document):
        deed = self.known(asset_id)
        refuse(name == NOTHING, "deed_documents: no name")
        refuse(document == NOTHING, "deed_documents: no hash")
        deed.documents[name] = document
        self.versions[asset_id, name] = self.versions.get((asset_id, name), 0) + 1

    def remove_document(self, asset_id, name):
        deed = self.known(asset_id)
        refuse(name not in deed.documents, "deed_documents: unknown name")
        del deed.documents[name]

    def appraise(self, appraiser, filings, now):
        for asset_id, value, valued_at, valid_until, report in filings:
            panel = self.panels.setdefault(asset_id, [])
            old = next((each for each in panel if each.appraiser == appraiser), None)
            refuse(value == 0, "appraisals: no value")
            refuse(report == NOTHING, "appraisals: no report")
            refuse(valued_at > now, "appraisals: future date")
            refuse(old and valued_at < old.valued_at, "appraisals: older than the last")
            refuse(valid_until <= now, "appraisals: already lapsed")
            refuse(valued_at + self.limits[3] <= now, "appraisals: too old")
            self.known(asset_id)
            filing = Filing(appraiser, value, valued_at, valid_until)
            stale = [each for each in panel if not self.is_fresh(each, now)]
            if old:
                panel[panel.index(old)] = filing
            elif len(panel) < 3:
                panel.append(filing)
            else:
                refuse(not stale, "appraisals: panel is full")
                panel[panel.index(stale[0])] = filing

    def withdraw(self, asset_id, appraiser, resolution):
        refuse(resolution == NOTHING, "appraisals: no resolution")
        panel = self.panels.get(asset_id, [])
        own = [place for place, each in enumerate(panel) if each.appraiser == appraiser]
        refuse(not own, "appraisals: no filing")
        last = panel.pop()
        if own[0] < len(panel):
            panel[own[0]] = last

    def set_limits(self, limits, resolution):
        quorum, spread, deviation, max_age = limits
        refuse(resolution == NOTHING, "appraisals: no resolution")
        refuse(not 1 <= quorum <= 3, "appraisals: bad quorum")
        refuse(spread > BPS or deviation > BPS or max_age == 0, "appraisals: bad limit")
        self.limits = limits


class AssetRegistryMachine(ChainMachine):
    def __init__(self, stage: RegistryStage):
        super().__init__(stage)
        self.registry, self.appraisals = stage.registry, stage.appraisals
        ids = zip(stage.class_ids, CLASSES, strict=True)
        self.ledger = Ledger(
            for_sale={class_id: is_for_sale for class_id, (_, is_for_sale) in ids},
            total_classes=stage.total_classes,
            limits=tuple(stage.appraisals.limits()),
            required=stage.registry.required_proofs(),
        )
        self.touched: set[int] = set()  # assets, by the acts of the last step
        self.keys: set[bytes] = set()  # and their parcels
        self.is_redrawn = False  # a deed was written or ended, or changed hands
        self.tokens = 0
        self.is_stranger = False  # the next act is tried by somebody without a role

    def check_at_the_end(self):
        self.touched = set(range(1, self.ledger.given + 1))
        self.keys, self.is_redrawn = set(KEYS), True
        self.inv_deed_1_one_deed_per_parcel()
        self.inv_deed_4_nothing_is_lost_or_made()
        self.inv_deed_6_issue_waits_for_proofs_and_quantity()
        self.inv_appr_value_in_force()
        for asset_id in self.ledger.deeds:
            self._check_documents(asset_id)
        self._check_events()

    # --- rules
    @initialize(seed=seeds)
    def begin(self, seed):
        """Each run divides and joins, tokenises and disputes, and values by three of whom one
        is far off."""
        lot, now = self.lot(seed), chain.pending_timestamp
        records = [self._record(lot, key, place) for key, place in ((1, 0), (2, 0), (3, 1), (4, 2))]
        self._register(0, records)
        self._require(ALL_PROOFS, HASH)
        self._prove([(3, kind, now + lot.randint(100, 400) * DAY, HASH) for kind in range(4)])
        self._units(3, units := lot.randint(10, 1_000))
        self._tokenise(3)
        self._issue(3, 5)
        self._attest(3, 6)
        self._units(3, units + 1)
        self._issue(3, 1)
        self._attest(3, 5)
        self._issue(3, 1)
        for appraiser, value in enumerate((1_000, lot.randint(1, 10**6), lot.randint(990, 1_010))):
            self._appraise(appraiser, [(1, value, now - DAY, now + 200 * DAY, HASH)])
        parts = self._parts(lot, 2, [5, 6])
        for change in self._off_by_one(parts[0]):
            self._split(2, [replace(parts[0], **change), parts[1]])
        self._split(2, parts)
        merged = self._joined([5, 6], 2)
        for change in self._off_by_one(merged):
            self._merge([5, 6], replace(merged, **change))
        self._merge([5, 6], merged)
        self._set_document(7, NAMES[1], HASH)
        self._set_document(7, NAMES[2], HASH)
        self._remove_document(7, NAMES[1])
        self._let(7, chain.pending_timestamp + 3)
        self._split(7, self._parts(lot, 7, [2, 5]))
        self._approve(7, 1)
        self._dispose(7, 0, 0, 1)
        self._approve(4, RETIREMENT)
        self._reclassify(4, self.stage.class_ids[0])
        self._approve(4, RETIREMENT)
        self._retire(4, 0)

    @rule(seed=seeds)
    def act(self, seed):
        lot = self.lot(seed)
        self.touched, self.keys, self.is_redrawn = set(), set(), False
        for _ in range(ACTS_PER_STEP):
            self._act(lot, lot.choice(ACTIONS))

    def _act(self, lot, action):
        ledger, now, asset_id = self.ledger, chain.pending_timestamp, self._asset(lot)
        self.is_stranger = lot.random() < 0.04
        resolved = lot.choice([(HASH, HASH)] * 12 + [(NOTHING, HASH), (HASH, NOTHING)])
        resolution, document = resolved
        if action == "register":
            self._register(lot.choice([0, 0, 1]), self._new_records(lot))
        elif action == "appraise":
            filings = [self._filing(lot, self._valued(lot)) for _ in range(lot.choice([1, 1, 2]))]
            self._appraise(lot.randrange(4), filings)
        elif action == "outvote":
            self._outvote(lot, self._valued(lot))
        elif action == "withdraw":
            asset_id = self._valued(lot)
            self._withdraw(asset_id, self._seated(lot, asset_id), resolution)
        elif action == "set limits":
            self._set_limits(self._new_limits(lot), resolution)
        elif action == "prove":
            until = lot.choice([0, now, now + 1, now + lot.randint(1, 300) * DAY, FOREVER])
            filings = [(asset_id, lot.randrange(5), until, document)]
            if lot.random() < 0.5:
                filings = [(asset_id, each, until or FOREVER, HASH) for each in range(4)]
            self._prove(filings)
        elif action == "require":
            self._require(lot.choice([0, 0b0101, ALL_PROOFS, 16]), resolution)
        elif action == "reclassify":
            to = lot.choice([*self.stage.class_ids, self.stage.total_classes])
            self._reclassify(asset_id, to, resolved)
        elif action == "units":
            units = ledger.deeds[asset_id].units if asset_id in ledger.deeds else 0
            more = units + lot.choice([0, 1, lot.randint(1, 1_000)])
            self._units(asset_id, lot.choice([more, more, more, MAX_UNITS + 1]), resolution)
        elif action == "tokenise":
            with_units = [i for i, deed in ledger.deeds.items() if deed.units]
            self._tokenise(lot.choice([asset_id, *with_units]))
        elif action == "issue":
            self._issue_some(lot)
        elif action == "attest":
            self._attest_some(lot, asset_id, document)
        elif action == "let":
            self._let_some(lot, asset_id)
        elif action == "split":
            self._split_some(lot, asset_id, resolved)
        elif action == "merge":
            self._merge_some(lot, resolved)
        elif action == "approve":
            self._approve(asset_id, lot.choice([None, 0, 1, RETIREMENT]), resolved)
        elif action == "dispose":
            self._dispose_some(lot, asset_id)
        elif action == "retire":
            named = [i for i, deed in ledger.deeds.items() if deed.named == RETIREMENT]
            chosen = lot.choice([asset_id, *named, *named])
            self._retire(chosen, self._owner(lot, chosen))
        elif action == "document":
            self._set_document(asset_id, lot.choice(NAMES[-3:] * 3 + NAMES), document)
            names = [*ledger.deeds[asset_id].documents] if asset_id in ledger.deeds else []
            self._remove_document(asset_id, lot.choice([*names, *names, *NAMES]))
            self._check_documents(asset_id)
        elif action == "energy":
            self._set_energy(asset_id, lot.randint(0, 10**6), document)
        else:
            self._pass_time(lot, now)

    # --- invariants
    @invariant()
    def inv_deed_1_one_deed_per_parcel(self):
        """INV-DEED-1, -2, -3: a live deed says what the ledger does, the parcel names no other."""
        registry, ledger = self.registry, self.ledger
        assert registry.total_assets() == ledger.given
        for asset_id in self.touched:
            deed = ledger.deeds.get(asset_id)
            if deed is None:
                continue
            found, record = registry.asset(asset_id), deed.record
            assert tuple(found)[:6] == (
                self.stage.owners[deed.owner],
                *(record.key, record.class_id, record.area, record.energy, record.document),
            )
            assert (found.units, found.book_value) == (deed.units, record.value)
            assert (found.token != ZERO_ADDRESS) == deed.has_token
            assert registry.disposal_to(asset_id) == self._receiver(deed.named)
            assert list(registry.proofs_of(asset_id)) == deed.proofs
            if not ledger.for_sale[record.class_id]:
                assert (deed.units, deed.has_token, deed.named) == (0, False, None)
        for key in self.keys:
            assert registry.asset_of_parcel(key) == ledger.of_parcel(key)

    @invariant()
    def inv_deed_4_nothing_is_lost_or_made(self):
        """INV-DEED-4: area and book value are what was registered less what was retired."""
        if not self.is_redrawn:
            return
        found = [self.registry.asset(asset_id) for asset_id in self.ledger.deeds]
        assert sum(each.area_dm2 for each in found) == self.ledger.area
        assert sum(each.book_value for each in found) == self.ledger.value
        for number, owner in enumerate(self.stage.owners):
            owned = sum(deed.owner == number for deed in self.ledger.deeds.values())
            assert self.registry.balanceOf(owner) == owned

    @invariant()
    def inv_deed_6_issue_waits_for_proofs_and_quantity(self):
        """INV-DEED-6: nothing may be issued while a proof has lapsed or the quantity is locked."""
        registry, ledger, now = self.registry, self.ledger, chain.blocks.head.timestamp
        for asset_id in self.touched & set(ledger.deeds):
            deed = ledger.deeds[asset_id]
            assert registry.lapsed_proofs(asset_id) == ledger.lapsed(asset_id, now)
            assert registry.is_disputed(asset_id) == deed.is_disputed
            assert registry.issuable_units(asset_id) == ledger.issuable(asset_id, now)
            if deed.has_token:
                assert self.stage.token_at(asset_id).totalSupply() == deed.supply <= deed.units

    @invariant()
    def inv_appr_value_in_force(self):
        """INV-APPR-1, -2: the value in force is the ledger's own, or there is none, for its
        reason."""
        now = chain.blocks.head.timestamp
        for asset_id in sorted(self.touched):
            filings = [
                (filing.appraiser, filing.value, filing.valued_at, filing.valid_until)
                for filing in self.ledger.panels.get(asset_id, [])
            ]
            found = self.appraisals.filings(asset_id)
            numbers = {account.address: n for n, account in enumerate(self.stage.appraisers)}
            assert filings == [
                (numbers[each.appraiser], each.value, each.valued_at, each.valid_until)
                for each in found
            ]
            try:
                value, reason = self.ledger.value_of(asset_id, now), None
            except Refused as refused:
                value, reason = 0, str(refused)
            found = self.attempt("value", reason, self.appraisals.value_of, asset_id)
            assert found == (None if reason else value)
            self.count(reason or f"value of {len(self.ledger.fresh(asset_id, now))}")

    def _check_documents(self, asset_id):
        if asset_id not in self.ledger.deeds:
            return
        registry, documents = self.registry, self.ledger.deeds[asset_id].documents
        names = [bytes(name) for name in registry.getAllDocuments(asset_id)]
        assert sorted(names) == sorted(documents)
        for name, document in documents.items():
            assert registry.getDocument(asset_id, name)[1] == document
            assert registry.document_version(asset_id, name) == self.ledger.versions[asset_id, name]

    def _check_events(self):
        """The register that the package rebuilds from events alone is the ledger's."""
        sources = {self.registry.address: "AssetRegistry", self.appraisals.address: "Appraisals"}
        register, ledger = Register.of(read_events(Sources(sources))), self.ledger
        found = {
            (i, deed.record.as_tuple(), deed.units, deed.proofs)
            for i, deed in register.deeds.items()
        }
        assert found == {
            (i, deed.record.as_tuple(), deed.units, tuple(deed.proofs))
            for i, deed in ledger.deeds.items()
        }
        for asset_id, deed in register.deeds.items():
            filings = {(f.appraiser, f.value, f.valued_at, f.valid_until) for f in deed.filings}
            assert filings == {
                (self.stage.appraisers[f.appraiser].address, f.value, f.valued_at, f.valid_until)
                for f in ledger.panels.get(asset_id, [])
            }
        assert (register.required, register.max_age) == (ledger.required, ledger.limits[3])
        assert register.ends == ledger.given - len(ledger.deeds)

    # --- drawing
    def _asset(self, lot):
        """Mostly a deed that there is; at times one that has ended, or never was."""
        live = list(self.ledger.deeds) or [1]
        return lot.choice(live) if lot.random() < 0.93 else lot.randint(0, self.ledger.given + 1)

    def _valued(self, lot):
        """Mostly a deed that has been appraised: values come of several filings."""
        valued = [i for i in self.ledger.deeds if self.ledger.panels.get(i)][:3]
        return lot.choice([*valued, *valued, self._asset(lot)])

    @staticmethod
    def _new_limits(lot):
        limits = [lot.choice([1, 2, 2, 3]), *lot.choice([(0, 0), (1_500, 1_500), (BPS, 500)])]
        limits.append(lot.choice([400 * DAY, 400 * DAY, 2 * DAY]))
        if lot.random() < 0.25:
            place, value = lot.choice([(0, 0), (0, 4), (1, BPS + 1), (2, BPS + 1), (3, 0)])
            limits[place] = value
        return tuple(limits)

    def _owner(self, lot, asset_id):
        deed = self.ledger.deeds.get(asset_id)
        return deed.owner if deed and lot.random() < 0.9 else lot.randrange(2)

    def _seated(self, lot, asset_id):
        seated = [filing.appraiser for filing in self.ledger.panels.get(asset_id, [])]
        return lot.choice([*seated, *seated, 3])

    def _record(self, lot, key, place, **changes):
        record = Record(
            key=KEYS[key],
            class_id=self.stage.class_ids[place],
            area=lot.randint(2, 10**6),
            energy=lot.randint(0, 10**6),
            document=HASH,
            value=lot.randint(2, 10**12),
        )
        return replace(record, **changes)

    def _free_key(self, lot, but=()):
        free = [key for key in KEYS[1:] if not self.ledger.of_parcel(key) and key not in but]
        return lot.choice(free) if free and lot.random() < 0.9 else lot.choice(KEYS)

    def _new_records(self, lot):
        records: list[Record] = []
        room = max(1, MOST_DEEDS - len(self.ledger.deeds))
        for _ in range(min(room, lot.choice([1, 1, 2, 3]))):
            record = self._record(lot, 0, lot.choice([0, 0, 1, 2]))
            key = self._free_key(lot, [each.key for each in records])
            flaws = [{"area": 0}, {"class_id": self.stage.total_classes}]
            flaw = lot.choice(flaws) if lot.random() < 0.08 else {}
            records.append(replace(record, key=key, **flaw))
        return records

    def _filing(self, lot, asset_id):
        """Mostly sound, near what others say, and with dates at the edges of what counts."""
        now, max_age = chain.pending_timestamp, self.ledger.limits[3]
        others = [filing.value for filing in self.ledger.panels.get(asset_id, [])]
        near = lot.choice([*others, 1_000])
        values = [near, near * lot.randint(8_500, 11_500) // BPS, lot.randint(1, 10**6), 2**128 - 1]
        value = lot.choice([*values[:3], *values[:2], *values, 0 if lot.random() < 0.2 else near])
        valued_at = lot.choice(
            [now, now, now, now - DAY, now + 1, now - max_age, now - max_age + 1]
        )
        valid_until = now + lot.choice([100 * DAY, 100 * DAY, 300 * DAY, 300 * DAY, 1, 0])
        report = NOTHING if lot.random() < 0.04 else HASH
        return asset_id, value, max(0, valued_at), valid_until, report

    def _parts(self, lot, asset_id, keys):
        """Parts of a deed under these keys, which sum to it."""
        record, parts = self.ledger.deeds[asset_id].record, []
        area, value = record.area, record.value
        for left, key in enumerate(reversed(keys)):
            is_last = left == len(keys) - 1
            room = max(1, area - (len(keys) - left - 1))
            part = area if is_last else lot.randint(1, max(1, min(room, area - 1)))
            worth = value if is_last else lot.randint(0, value)
            area, value = area - part, value - worth
            key = KEYS[key] if isinstance(key, int) else key
            parts.append(replace(record, key=key, area=part, value=worth, energy=left))
        return parts

    @staticmethod
    def _off_by_one(record):
        return [
            *({"area": record.area + step} for step in (-1, 1)),
            *({"value": max(0, record.value + step)} for step in (-1, 1)),
        ]

    def _joined(self, asset_ids, key):
        records = [self.ledger.deeds[i].record for i in dict.fromkeys(asset_ids)]
        return replace(
            records[0],
            key=KEYS[key] if isinstance(key, int) else key,
            area=sum(record.area for record in records),
            value=sum(record.value for record in records),
        )

    def _receiver(self, named):
        if named is None:
            return ZERO_ADDRESS
        return self.registry.address if named == RETIREMENT else self.stage.owners[named].address

    # --- acts that need more drawing
    def _outvote(self, lot, asset_id):
        """Three appraise on one day, of whom one says what it likes."""
        now, near = chain.pending_timestamp, lot.randint(1_000, 10**9)
        panel = [filing.appraiser for filing in self.ledger.panels.get(asset_id, [])]
        appraisers = [*panel, *(n for n in range(4) if n not in panel)][:3]
        values = [near, near + near * lot.randint(0, 1_600) // BPS, lot.randint(1, 10**10)]
        lot.shuffle(values)
        for appraiser, value in zip(appraisers, values, strict=True):
            self._appraise(appraiser, [(asset_id, value, now, now + 100 * DAY, HASH)])

    def _issue_some(self, lot):
        tokens = [i for i, deed in self.ledger.deeds.items() if deed.has_token]
        if tokens:
            asset_id = lot.choice(tokens)
            deed = self.ledger.deeds[asset_id]
            left = deed.units - deed.supply
            self._issue(asset_id, lot.choice([1, 1, max(1, left), left + 1]))

    def _let_some(self, lot, asset_id):
        """Up to a moment that is near; then divide or retire what is let."""
        until = chain.pending_timestamp + lot.choice([0, 1, 2, 2, 30 * DAY])
        self._let(asset_id, lot.choice([until, until, until, 0]))
        deed = self.ledger.deeds.get(asset_id)
        if deed is None or deed.units:
            return
        if deed.named == RETIREMENT:
            self._retire(asset_id, deed.owner)
        else:
            self._split_some(lot, asset_id, (HASH, HASH), is_it=True)

    def _attest_some(self, lot, asset_id, document):
        tokens = [i for i, deed in self.ledger.deeds.items() if deed.has_token]
        asset_id = lot.choice([*tokens, *tokens, asset_id])
        supply = self.ledger.deeds[asset_id].supply if asset_id in self.ledger.deeds else 0
        self._attest(asset_id, supply + lot.choice([0, 0, 1]), document)

    def _split_some(self, lot, asset_id, resolved, is_it=False):
        deeds = self.ledger.deeds
        divisible = [i for i, deed in deeds.items() if not deed.units and deed.named is None]
        asset_id = asset_id if is_it else lot.choice([asset_id, *divisible])
        if asset_id not in deeds or deeds[asset_id].record.area < 3:
            parts = [self._record(lot, 11, 0), self._record(lot, 12, 0)]
            self._split(asset_id, parts, resolved)
            return
        own, count = deeds[asset_id].record.key, lot.choice([1, 2, 2, 2, 3])
        keys = [own if lot.random() < 0.4 else self._free_key(lot, [own])]
        while len(keys) < count:
            keys.append(self._free_key(lot, [own, *keys]))
        parts = self._parts(lot, asset_id, keys)
        if lot.random() < 0.25:
            first = parts[0]
            other = lot.choice([i for i in self.stage.class_ids if i != first.class_id])
            parts[0] = replace(first, **lot.choice([*self._off_by_one(first), {"class_id": other}]))
        self._split(asset_id, parts, resolved)

    def _merge_some(self, lot, resolved):
        deeds = self.ledger.deeds
        alike: dict[Any, list[int]] = {}
        for asset_id, deed in deeds.items():
            if not deed.units and deed.named is None:
                alike.setdefault((deed.owner, deed.record.class_id), []).append(asset_id)
        groups = [ids for ids in alike.values() if len(ids) > 1]
        some = [self._asset(lot) for _ in range(lot.choice([1, 2, 2]))]
        ids = list(lot.choice([*groups, *groups, *groups, some]))[:3]
        known = [i for i in ids if i in deeds]
        if not known:
            self._merge(ids, self._record(lot, 11, 0), resolved)
            return
        key = lot.choice([deeds[known[0]].record.key, self._free_key(lot)])
        merged = self._joined(known, key)
        if lot.random() < 0.2:
            merged = replace(merged, **lot.choice(self._off_by_one(merged)))
        self._merge(ids, merged, resolved)

    def _dispose_some(self, lot, asset_id):
        """What the council has approved, or approves first."""
        deeds = self.ledger.deeds
        named = [i for i, deed in deeds.items() if deed.named in (0, 1)]
        asset_id = lot.choice([asset_id, *named, *named])
        if not named and lot.random() < 0.7:
            self._approve(asset_id, lot.choice([0, 1]))
            deeds = self.ledger.deeds
        owner = self._owner(lot, asset_id)
        to = deeds[asset_id].named if asset_id in deeds else None
        receiver = to if to is not None and lot.random() < 0.8 else lot.choice([0, 1, RETIREMENT])
        sender = 1 - owner if lot.random() < 0.1 else owner
        self._dispose(asset_id, owner, sender, receiver)

    def _pass_time(self, lot, now):
        """Some days, or to the last good second of something, or the one after."""
        ends = [until for deed in self.ledger.deeds.values() for until in deed.proofs]
        ends += [deed.let_until - 1 for deed in self.ledger.deeds.values()]
        for panel in self.ledger.panels.values():
            ends += [f.valid_until for f in panel]
            ends += [f.valued_at + self.ledger.limits[3] for f in panel]
        ahead = sorted({end for end in ends if now <= end < now + 400 * DAY})[:3]
        to = lot.choice([now + 3_600, now + 10 * DAY, *(end + lot.choice([0, 1]) for end in ahead)])
        chain.mine(timestamp=to)
        self._touch(self.ledger.deeds)
        self.count("pass time")

    # --- acts
    def _try(self, name, assets, entry, call, *arguments, sender, forgery="authorized"):
        """Let the ledger and the chain take an act, or both refuse it for one reason."""
        draft, reason = deepcopy(self.ledger), None
        if self.is_stranger and forgery:
            sender, reason = self.stage.stranger, f"{forgery}: missing role"
        else:
            try:
                entry(draft)
            except Refused as refused:
                reason = str(refused)
        self.is_stranger = False
        self._touch(assets)
        self.attempt(name, reason, call, *arguments, sender=sender)
        if reason is None:
            new = range(self.ledger.given + 1, draft.given + 1)
            self.ledger = draft
            self._touch(new)
            self.is_redrawn |= name in REDRAWING
        else:
            self.count(reason)

    def _touch(self, assets):
        self.touched.update(assets)
        deeds = self.ledger.deeds
        self.keys.update(deeds[asset_id].record.key for asset_id in assets if asset_id in deeds)

    def _register(self, owner, records):
        self._try(
            "register",
            (),
            lambda ledger: ledger.register(owner, records),
            self.registry.register,
            self.stage.owners[owner],
            [record.as_tuple() for record in records],
            sender=self.stage.manager,
        )

    def _appraise(self, appraiser, filings):
        now = chain.pending_timestamp
        self._try(
            "appraise",
            {filing[0] for filing in filings},
            lambda ledger: ledger.appraise(appraiser, filings, now),
            self.appraisals.appraise,
            filings,
            sender=self.stage.appraisers[appraiser],
        )

    def _withdraw(self, asset_id, appraiser, resolution):
        self._try(
            "withdraw",
            {asset_id},
            lambda ledger: ledger.withdraw(asset_id, appraiser, resolution),
            self.appraisals.withdraw,
            *(asset_id, self.stage.appraisers[appraiser], resolution),
            sender=self.stage.clerk,
        )

    def _set_limits(self, limits, resolution):
        self._try(
            "set limits",
            set(self.ledger.panels),
            lambda ledger: ledger.set_limits(limits, resolution),
            self.appraisals.set_limits,
            *(limits, resolution),
            sender=self.stage.clerk,
        )

    def _prove(self, filings):
        now = chain.pending_timestamp
        self._try(
            "prove",
            {filing[0] for filing in filings},
            lambda ledger: ledger.prove(filings, now),
            self.registry.file_proofs,
            filings,
            sender=self.stage.officer,
        )

    def _require(self, required, resolution):
        self._try(
            "require",
            set(self.ledger.deeds),
            lambda ledger: ledger.require(required, resolution),
            self.registry.set_required_proofs,
            *(required, resolution),
            sender=self.stage.clerk,
        )

    def _reclassify(self, asset_id, class_id, resolved=(HASH, HASH)):
        self._try(
            "reclassify",
            {asset_id},
            lambda ledger: ledger.reclassify(asset_id, class_id, *resolved),
            self.registry.reclassify,
            *(asset_id, class_id, *resolved),
            sender=self.stage.clerk,
        )

    def _units(self, asset_id, units, resolution=HASH):
        self._try(
            "units",
            {asset_id},
            lambda ledger: ledger.register_units(asset_id, units, resolution),
            self.registry.register_units,
            *(asset_id, units, resolution),
            sender=self.stage.clerk,
        )

    def _tokenise(self, asset_id):
        now = chain.pending_timestamp
        self.tokens += 1  # a name of its own, so that the factory finds a free address
        self._try(
            "tokenise",
            {asset_id},
            lambda ledger: ledger.tokenise(asset_id, now),
            self.stage.factory.create_token,
            *(asset_id, f"Token {self.tokens}", "T", 0, self.stage.money),
            sender=self.stage.manager,
        )

    def _issue(self, asset_id, amount):
        now = chain.pending_timestamp
        self.is_stranger = False
        self._try(
            "issue",
            {asset_id},
            lambda ledger: ledger.issue(asset_id, amount, now),
            self.stage.token_at(asset_id).mint,
            *(self.stage.investor, amount),
            sender=self.stage.manager,
        )

    def _attest(self, asset_id, quantity, document=HASH):
        self._try(
            "attest",
            {asset_id},
            lambda ledger: ledger.attest(asset_id, quantity, document),
            self.registry.attest,
            *(asset_id, quantity, document),
            sender=self.stage.registrar,
        )

    def _let(self, asset_id, until):
        self._try(
            "let",
            {asset_id},
            lambda ledger: ledger.let(asset_id, until),
            self.registry.set_let_until,
            *(asset_id, until),
            sender=self.stage.lease,
        )

    def _split(self, asset_id, parts, resolved=(HASH, HASH)):
        now = chain.pending_timestamp
        self._try(
            "split",
            {asset_id},
            lambda ledger: ledger.split(asset_id, parts, now, *resolved),
            self.registry.split,
            *(asset_id, [part.as_tuple() for part in parts], *resolved),
            sender=self.stage.clerk,
        )

    def _merge(self, asset_ids, merged, resolved=(HASH, HASH)):
        now = chain.pending_timestamp
        self._try(
            "merge",
            set(asset_ids),
            lambda ledger: ledger.merge(asset_ids, merged, now, *resolved),
            self.registry.merge,
            *(asset_ids, merged.as_tuple(), *resolved),
            sender=self.stage.clerk,
        )

    def _approve(self, asset_id, named, resolved=(HASH, HASH)):
        self._try(
            "approve",
            {asset_id},
            lambda ledger: ledger.approve(asset_id, named, *resolved),
            self.registry.approve_disposal,
            *(asset_id, self._receiver(named), *resolved),
            sender=self.stage.clerk,
        )

    def _dispose(self, asset_id, caller, sender, receiver):
        self._try(
            "dispose",
            {asset_id},
            lambda ledger: ledger.dispose(asset_id, caller, sender, receiver),
            self.registry.transferFrom,
            *(self.stage.owners[sender], self._receiver(receiver), asset_id),
            sender=self.stage.owners[caller],
            forgery=None,
        )

    def _retire(self, asset_id, caller):
        now = chain.pending_timestamp
        self._try(
            "retire",
            {asset_id},
            lambda ledger: ledger.retire(asset_id, caller, now),
            self.registry.retire,
            asset_id,
            sender=self.stage.owners[caller],
            forgery=None,
        )

    def _set_energy(self, asset_id, energy, evidence):
        self._try(
            "energy",
            {asset_id},
            lambda ledger: ledger.set_energy(asset_id, energy, evidence),
            self.registry.set_energy_use,
            *(asset_id, energy, evidence),
            sender=self.stage.esg_officer,
        )

    def _set_document(self, asset_id, name, document):
        self._try(
            "document",
            {asset_id},
            lambda ledger: ledger.set_document(asset_id, name, document),
            self.registry.setDocument,
            *(asset_id, name, document),
            sender=self.stage.manager,
        )

    def _remove_document(self, asset_id, name):
        self._try(
            "remove document",
            {asset_id},
            lambda ledger: ledger.remove_document(asset_id, name),
            self.registry.removeDocument,
            *(asset_id, name),
            sender=self.stage.manager,
        )
