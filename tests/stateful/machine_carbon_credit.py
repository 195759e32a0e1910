"""The life of carbon credits against a ledger of integers.

The ledger never reads the contracts: it says beforehand whether an action is let, and with which
reason it is not, in the order in which the contracts look.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import ape
from ape import chain
from ape.api import AccountAPI
from ape.contracts import ContractInstance
from eth_utils import keccak
from hypothesis.stateful import initialize, invariant, rule

from civitas.chain.carbon import Issuance, issuance_message, signed_by
from civitas.chain.city import City
from tests.stateful.running import ChainMachine, seeds

TONNE = 10**8
HOUR = 3_600
START = 1_600_041_600  # {s} before any chain here begins
SLOTS = 40  # hours that can be monitored
LAST_SERIAL = 120
KIND, CONVERTED = 3, 5
NOTHING = bytes(32)
HASH = keccak(text="evidence, resolution or order")
DETAILS = keccak(text="salt and details kept off chain")
CODE = b"VERRA".ljust(32, b"\0")
GATED_PURPOSE = 7
ZERO = "0x" + "00" * 20
ORIGINS = 24
DAYS = 40  # after which a batch with an end has passed it


@dataclass(frozen=True)
class Project:
    id: int
    asset_id: int  # 0 where it bridges
    bps: int  # set aside
    is_whole: bool


@dataclass(frozen=True)
class CarbonStage:
    """What one session deploys once; a machine restores it after each run."""

    city: City
    credit: ContractInstance
    registry: ContractInstance
    certificate: ContractInstance
    projects: tuple[Project, ...]
    holders: tuple[AccountAPI, ...]  # verified when a run begins
    broker: AccountAPI
    stranger: AccountAPI
    verifiers: tuple[AccountAPI, ...]  # ascending
    officers: dict[str, AccountAPI]  # by duty


@dataclass
class Batch:
    """Amounts in {1e-8 tCO2e}."""

    project: Project
    issued: int
    expiry: int
    buffer: int = 0
    retired: int = 0
    cancelled: int = 0
    reversed: int = 0
    exported: int = 0
    adjustment: int = 0

    @property
    def tradable(self):
        out = self.buffer + self.retired + self.cancelled + self.reversed + self.exported
        return self.issued - out

    def as_supply(self):
        return (
            self.issued,
            self.tradable,
            self.buffer,
            self.retired,
            self.cancelled,
            self.reversed,
            self.exported,
        )


@dataclass
class Certificate:
    owner: str
    lines: list[tuple[int, int]]
    purpose: int
    period: tuple[int, int]
    at: int
    deficits: dict[int, int] = field(default_factory=dict)  # batch -> lost


ACTIONS = (
    ["issue"] * 4
    + ["transfer"] * 3
    + ["batch transfer"] * 2
    + ["retire"] * 5
    + ["reverse"] * 6
    + ["cure"] * 4
    + ["freeze", "forced transfer", "cancel", "cancel by order", "export", "convert", "convert"]
    + [
        "adjust",
        "adjust",
        "approve",
        "stop or start",
        "stop or start",
        "verify",
        "wait",
        "split",
        "gate",
        "recover",
    ]
)


class CarbonMachine(ChainMachine):
    def __init__(self, stage: CarbonStage):
        super().__init__(stage)
        self.batches: dict[int, Batch] = {}
        self.numbers = Counter()  # project -> batches
        self.balance: Counter[tuple[str, int]] = Counter()
        self.frozen: dict[tuple[str, int], int] = {}
        self.retired: Counter[tuple[str, int]] = Counter()
        self.certificates: list[Certificate] = []
        self.taken: dict[bytes, dict[int, tuple[int, int]]] = {}  # series -> first -> (last, owner)
        self.origins: set[bytes] = set()
        self.handed_in: list[tuple[Issuance, list[Any]]] = []
        self.verified = {self._key(each) for each in self.stage.holders}
        self.approved: set[tuple[str, str]] = set()
        self.is_paused = False
        self.is_gated = False
        self.supplies: dict[int, tuple[int, ...]] = {}  # as looked at last
        self.looks = 0

    # --- rules
    @initialize(seed=seeds)
    def begin(self, seed):
        """Batches, a retirement and a loss in every run: on them the other actions work."""
        self.lot(seed)
        for project in self.stage.projects:
            self._issue_right(project, self.stage.holders[project.id % 2], tonnes=30)
        for holder, token_id in list(self.balance):
            amount = self.balance[holder, token_id] // TONNE // 2 * TONNE
            self._retire_lines(holder, holder, [(token_id, amount)], holder, 0, (0, 0))

    @rule(seed=seeds)
    def act(self, seed):
        lot = self.lot(seed)
        getattr(self, "_" + lot.choice(ACTIONS).replace(" ", "_"))(lot)

    # --- invariants
    @invariant()
    def inv_carb_1_conserved(self):
        """INV-CARB-1: of each batch and of all, issued = tradable + buffer + retired + cancelled +
        reversed + exported, and the balances are what is tradable."""
        credit = self.stage.credit
        people = [self._key(each) for each in self.stage.holders]
        pairs = [(who, token_id) for token_id in self.batches for who in people]
        if pairs:
            known = credit.balanceOfBatch([who for who, _ in pairs], [i for _, i in pairs])
            assert list(known) == [self.balance[pair] for pair in pairs]
        told = list(self.batches)
        if self.looks % 5:
            told = [token_id for token_id in told if self.batches[token_id].as_supply()
                    != self.supplies.get(token_id)]  # fmt: skip
        for token_id, batch in self.batches.items():
            held = sum(self.balance[who, token_id] for who in people)
            assert held == batch.tradable
            if token_id in told:
                self.supplies[token_id] = batch.as_supply()
                assert tuple(credit.supply_of(token_id)) == batch.as_supply()
        columns = zip(*(batch.as_supply() for batch in self.batches.values()), strict=True)
        everything = tuple(sum(column) for column in columns) or (0,) * 7
        assert tuple(credit.total_supply_of()) == everything
        assert everything[0] == sum(everything[1:])

    @invariant()
    def inv_carb_2_certified(self):
        """INV-CARB-2: a certificate for each retirement and for nothing else, which says what was
        retired, and what of it was lost and not covered."""
        book = self.stage.certificate
        assert book.total_certificates() == len(self.certificates)
        self.looks += 1
        # All of them now and then, the newest each time.
        first = 0 if self.looks % 10 == 0 else max(0, len(self.certificates) - 1)
        for number, known in list(enumerate(self.certificates, 1))[first:]:
            told = book.certificate(number)
            assert told.beneficiary == known.owner
            assert told.amount == sum(amount for _, amount in known.lines)
            assert told.deficit == sum(known.deficits.values())
            assert (told.purpose, told.batches) == (known.purpose, len(known.lines))
            assert (told.period_start, told.period_end, told.retired_at) == (
                *known.period,
                known.at,
            )
        for token_id, batch in self.batches.items():
            of_batch = sum(
                amount for each in self.certificates for i, amount in each.lines if i == token_id
            )
            lost = sum(each.deficits.get(token_id, 0) for each in self.certificates)
            assert of_batch == batch.retired + batch.reversed
            assert lost == batch.reversed

    @invariant()
    def inv_carb_3_and_4_once(self):
        """INV-CARB-3: serials are given out once and split without loss, monitored periods of an
        asset never overlap. INV-CARB-4: a bridging transaction counts once."""
        if self.looks % 10:
            return
        registry = self.stage.registry
        for series, known in self.taken.items():
            listed, first = {}, registry.first_interval(series)
            while first:
                told = registry.interval(series, first)
                listed[first] = (told.last, told.owner)
                first = told.next
            assert listed == known
            ends = [0]
            for first in sorted(known):
                assert ends[-1] < first <= known[first][0]
                ends.append(known[first][0])
        for number in range(ORIGINS):
            origin = keccak(text=f"bridging transaction {number}")
            assert registry.is_bridged(origin) is (origin in self.origins)

    # --- the ledger
    @staticmethod
    def _key(account):
        return str(account.address)

    def _account(self, key):
        everybody = (*self.stage.holders, self.stage.broker, self.stage.stranger)
        return next(each for each in everybody if self._key(each) == key)

    def _allowed(self, owner, operator):
        return owner == operator or (owner, operator) in self.approved

    def _terms(self, token_id, amount):
        """Reason why the batch does not let the amount move now."""
        batch = self.batches.get(token_id)
        if batch and batch.expiry and chain.pending_timestamp > batch.expiry:
            return "carbon_credit: expired"
        if batch and batch.project.is_whole and amount % TONNE:
            return "carbon_credit: whole tonnes only"
        return None

    def _free(self, who, token_id):
        return max(0, self.balance[who, token_id] - self.frozen.get((who, token_id), 0))

    def _lack(self, who, token_id, amount):
        """Reason why the holder can't give the amount."""
        if amount > self.balance[who, token_id]:
            return "credit_holdings: balance too small"
        if amount > self._free(who, token_id):
            return "credit_holdings: credits are frozen"
        return None

    def _end(self, action, reason, call):
        """Do it, as it was foreseen. None where it was refused."""
        end = action if reason is None else f"{action} refused: {reason.partition(': ')[2]}"
        self.count(end)
        if reason is None:
            return call()
        with ape.reverts(reason):
            call()
        return None

    @staticmethod
    def _first(*reasons):
        """The first condition that holds: (condition, reason) or a reason or None."""
        for each in reasons:
            if isinstance(each, tuple):
                each = each[1] if each[0] else None
            if each is not None:
                return each
        return None

    # --- draws
    def _draw_holding(self, lot, of=None):
        """(holder, token id): mostly one that is not empty."""
        held = [pair for pair, amount in self.balance.items() if amount and of in (None, pair[0])]
        if held and lot.random() < 0.9:
            return lot.choice(held)
        people = [of] if of else [self._key(each) for each in self.stage.holders]
        return lot.choice(people), lot.choice(list(self.batches))

    def _draw_amount(self, lot, who, token_id):
        """Around what matters: nothing, a unit, a tonne, all that is free, all that is there."""
        free, balance = self._free(who, token_id), self.balance[who, token_id]
        draw = lot.random()
        if draw < 0.6:
            return lot.randint(1, max(1, free // 2 // TONNE)) * TONNE
        if draw < 0.8:
            return lot.randint(1, max(1, free // 3))
        return lot.choice([free, balance, free + 1, balance + 1, 0, 1])

    def _draw_operator(self, lot, owner):
        approved = [operator for who, operator in self.approved if who == owner]
        everybody = [owner] * 8 + approved * 4 + [self._key(self.stage.broker)]
        return lot.choice(everybody)

    def _rarely(self, lot, right, *wrong):
        """Mostly the right one."""
        return lot.choice(wrong) if lot.random() < 0.08 else right

    # --- issuance
    def _series(self, project):
        registry = self.stage.registry
        if project.asset_id:
            return registry.series(keccak(text="CIVITAS"), project.id.to_bytes(32, "big"))
        return registry.series(CODE, HASH)

    def _before(self, series, number):
        return max((first for first in self.taken.get(series, {}) if first < number), default=0)

    def _overlaps(self, series, first, last):
        return any(
            first <= its_last and its_first <= last
            for its_first, (its_last, _) in self.taken.get(series, {}).items()
        )

    def _issue_right(self, project, receiver, tonnes):
        """An issuance that must be let."""
        periods, series = self.stage.registry.periods(project.asset_id), self._series(project)
        end = max((last for last, _ in self.taken.get(periods, {}).values()), default=START - 1) + 1
        serial = max((last for last, _ in self.taken.get(series, {}).values()), default=0) + 1
        origin = next(
            origin
            for number in range(ORIGINS)
            if (origin := keccak(text=f"bridging transaction {number}")) not in self.origins
        )
        self._hand_in(project, receiver, tonnes, (end, end + HOUR), serial, origin, 0)

    def _issue(self, lot):
        if self.handed_in and lot.random() < 0.15:
            self._replay(*lot.choice(self.handed_in))
            return
        project = lot.choice(self.stage.projects)
        receiver = self._rarely(lot, lot.choice(self.stage.holders), self.stage.stranger)
        start = START + lot.randint(1, SLOTS) * HOUR
        end = start + self._rarely(lot, HOUR, 2 * HOUR, HOUR + 1)
        has_end = lot.random() < 0.4
        self._hand_in(
            project,
            receiver,
            tonnes=lot.randint(1, 40),
            period=(start, end),
            serial=lot.randint(1, lot.choice([LAST_SERIAL, 10**6, 10**6])),
            origin=keccak(text=f"bridging transaction {lot.randint(0, ORIGINS - 1)}"),
            expiry=chain.pending_timestamp + DAYS * 86_400 if has_end else 0,
            signers=self._rarely(lot, 2, 1),
            is_misled=lot.random() < 0.1,
        )

    def _hand_in(self, project, receiver, tonnes, period, serial, origin, expiry, signers=2,
                 is_misled=False):  # fmt: skip
        registry = self.stage.registry
        is_ours = project.asset_id != 0
        issuance = Issuance(
            project_id=project.id,
            receiver=receiver.address,
            tonnes=tonnes,
            vintage=2_020,
            period_start=period[0],
            period_end=period[1],
            expiry=expiry,
            registry_code=keccak(text="CIVITAS") if is_ours else CODE,
            series_id=project.id.to_bytes(32, "big") if is_ours else HASH,
            first_serial=serial,
            origin=NOTHING if is_ours else origin,
            evidence_hash=HASH,
            deadline=2**63,
        )
        message = issuance_message(self.stage.city, issuance)
        signatures = [
            (each.address, signed_by(each, message)) for each in self.stage.verifiers[:signers]
        ]
        periods, series = registry.periods(project.asset_id), self._series(project)
        hints = [self._before(periods, period[0]), self._before(series, serial)]
        last = serial + tonnes - 1
        # A neighbour that is none: between two intervals, or beyond them all.
        if is_misled:
            hints[1] = 2**64 - 1
        reason = self._first(
            (signers < 2, "carbon_registry: too few signatures"),
            (not is_ours and origin in self.origins, "carbon_registry: was bridged"),
            (
                is_ours and self._overlaps(periods, period[0], period[1] - 1),
                "serial_intervals: overlap",
            ),
            (is_misled, "serial_intervals: unknown hint"),
            (self._overlaps(series, serial, last), "serial_intervals: overlap"),
            (self.is_paused, "emergency_stop: paused"),
            (self._key(receiver) not in self.verified, "carbon_credit: cannot receive"),
        )
        action = "issue" if is_ours else "bridge"
        receipt = self._end(
            action,
            reason,
            lambda: registry.issue(
                issuance.as_tuple(), hints, signatures, sender=self.stage.stranger
            ),
        )
        if receipt is None:
            return
        number = self.numbers[project.id] + 1
        token_id = (project.id << 128) + (KIND << 64) + number
        assert receipt.return_value == token_id
        owner = (project.id << 64) + number
        amount = tonnes * TONNE
        buffer = -(-amount * project.bps // 10_000)
        if project.is_whole:
            buffer = -(-buffer // TONNE) * TONNE
        self.numbers[project.id] = number
        self.batches[token_id] = Batch(project, amount, expiry, buffer)
        self.balance[self._key(receiver), token_id] += amount - buffer
        self.taken.setdefault(series, {})[serial] = (last, owner)
        if is_ours:
            self.taken.setdefault(periods, {})[period[0]] = (period[1] - 1, owner)
        else:
            self.origins.add(origin)
        self.handed_in.append((issuance, signatures))

    def _replay(self, issuance, signatures):
        """The same signed paper again."""
        is_ours = issuance.origin == NOTHING
        is_over = issuance.expiry != 0 and issuance.expiry <= chain.pending_timestamp
        reason = self._first(
            (is_over, "carbon_registry: already expired"),
            (not is_ours, "carbon_registry: was bridged"),
            "serial_intervals: overlap",
        )
        registry = self.stage.registry
        asset_id = next(each.asset_id for each in self.stage.projects
                        if each.id == issuance.project_id)  # fmt: skip
        hints = (self._before(registry.periods(asset_id), issuance.period_start), 0)
        self._end(
            "replay",
            reason,
            lambda: registry.issue(
                issuance.as_tuple(), hints, signatures, sender=self.stage.stranger
            ),
        )

    def _split(self, lot):
        project = lot.choice(self.stage.projects)
        series = self._series(project)
        known = self.taken.get(series, {})
        first = self._rarely(lot, lot.choice(list(known)), 10**9)
        last = known[first][0] if first in known else first
        at = lot.randint(first, last + 1)
        reason = self._first(
            (first not in known, "serial_intervals: unknown interval"),
            (not first < at <= last, "serial_intervals: bad cut"),
        )
        is_ours = project.asset_id != 0
        code = keccak(text="CIVITAS") if is_ours else CODE
        series_id = project.id.to_bytes(32, "big") if is_ours else HASH
        if self._end(
            "split",
            reason,
            lambda: self.stage.registry.split_serials(
                code, series_id, first, at, sender=self.stage.officers["esg"]
            ),
        ):
            owner = known[first][1]
            known[first], known[at] = (at - 1, owner), (last, owner)

    # --- moves
    def _parties(self, operator, sender, receiver):
        return self._first(
            (self.is_paused, "emergency_stop: paused"),
            (not self._allowed(sender, operator), "credit_holdings: not allowed"),
            (sender not in self.verified, "carbon_credit: cannot send"),
            (receiver not in self.verified, "carbon_credit: cannot receive"),
        )

    def _draw_receiver(self, lot):
        people = [self._key(each) for each in self.stage.holders]
        return self._rarely(lot, lot.choice(people), self._key(self.stage.stranger))

    def _transfer(self, lot):
        sender, token_id = self._draw_holding(lot)
        receiver, operator = self._draw_receiver(lot), self._draw_operator(lot, sender)
        amount = self._draw_amount(lot, sender, token_id)
        reason = self._first(
            self._parties(operator, sender, receiver),
            self._lack(sender, token_id, amount),
            self._terms(token_id, amount),
        )
        if self._end(
            "transfer",
            reason,
            lambda: self.stage.credit.safeTransferFrom(
                sender, receiver, token_id, amount, b"", sender=self._account(operator)
            ),
        ):
            self.balance[sender, token_id] -= amount
            self.balance[receiver, token_id] += amount

    def _batch_transfer(self, lot):
        """Up to four entries, the same batch also twice; all or none."""
        sender, _ = self._draw_holding(lot)
        receiver, operator = self._draw_receiver(lot), self._draw_operator(lot, sender)
        entries = []
        for _ in range(lot.randint(0, 3)):
            _, token_id = self._draw_holding(lot, of=sender)
            entries.append((token_id, self._draw_amount(lot, sender, token_id)))
        if entries and lot.random() < 0.5:
            token_id, _ = entries[0]
            entries.append((token_id, self._draw_amount(lot, sender, token_id)))
        before = self.balance.copy()
        reason = self._parties(operator, sender, receiver)
        for token_id, amount in entries:
            reason = self._first(
                reason, self._lack(sender, token_id, amount), self._terms(token_id, amount)
            )
            if reason is None:
                self.balance[sender, token_id] -= amount
                self.balance[receiver, token_id] += amount
        if reason is not None:
            self.balance = before
        self._end(
            "batch transfer",
            reason,
            lambda: self.stage.credit.safeBatchTransferFrom(
                sender,
                receiver,
                [token_id for token_id, _ in entries],
                [amount for _, amount in entries],
                b"",
                sender=self._account(operator),
            ),
        )

    def _freeze(self, lot):
        who, token_id = self._draw_holding(lot)
        balance = self.balance[who, token_id]
        amount = lot.choice(
            [0, 0, lot.randint(0, balance), balance // 2, balance, balance + 1, 2**64 - 1, 2**200]
        )
        self._end(
            "freeze",
            None,
            lambda: self.stage.credit.setFrozenTokens(
                who, token_id, amount, sender=self.stage.officers["compliance"]
            ),
        )
        self.frozen[who, token_id] = min(amount, 2**64 - 1)
        self._check_frozen(who, token_id)

    def _check_frozen(self, who, token_id):
        frozen = self.stage.credit.getFrozenTokens(who, token_id)
        assert frozen == self.frozen.get((who, token_id), 0)

    def _thaw(self, who, token_id, amount):
        if amount > self._free(who, token_id):
            self.frozen[who, token_id] -= amount - self._free(who, token_id)
            self.count("thaw")

    def _forced_transfer(self, lot):
        sender, token_id = self._draw_holding(lot)
        receiver = self._draw_receiver(lot)
        amount = self._draw_amount(lot, sender, token_id)
        reason = self._first(
            (sender == receiver, "carbon_credit: same account"),
            (receiver not in self.verified, "carbon_credit: cannot receive"),
            (amount > self.balance[sender, token_id], "credit_holdings: balance too small"),
        )
        if self._end(
            "forced transfer",
            reason,
            lambda: self.stage.credit.forcedTransfer(
                sender, receiver, token_id, amount, sender=self.stage.officers["enforcer"]
            ),
        ):
            self._thaw(sender, token_id, amount)
            self.balance[sender, token_id] -= amount
            self.balance[receiver, token_id] += amount
        self._check_frozen(sender, token_id)

    # --- ends of a credit
    def _retire(self, lot):
        account, _ = self._draw_holding(lot)
        operator = self._draw_operator(lot, account)
        ids = sorted({self._draw_holding(lot, of=account)[1] for _ in range(lot.randint(1, 3))})
        lines = [(token_id, self._draw_amount(lot, account, token_id)) for token_id in ids]
        wrong = self._rarely(lot, None, "none", "twice")
        if wrong:
            lines = [] if wrong == "none" else [*lines, lines[-1]]
        people = (*self.stage.holders, self.stage.broker)
        beneficiary = self._rarely(lot, self._key(lot.choice(people)), ZERO)
        purpose = lot.choice([0, GATED_PURPOSE, 65_535])
        period = self._rarely(lot, (0, 0), (19_000, 19_365), (2, 1))
        self._retire_lines(operator, account, lines, beneficiary, purpose, period)

    def _retire_lines(self, operator, account, lines, beneficiary, purpose, period):
        before = self.balance.copy()
        reason = self._first(
            (not self._allowed(account, operator), "credit_holdings: not allowed"),
            (account not in self.verified, "carbon_credit: cannot send"),
            (not lines, "carbon_credit: no lines"),
        )
        previous = 0
        for token_id, amount in lines:
            state = self.batches[token_id].adjustment if token_id in self.batches else 0
            is_closed = self.is_gated and purpose == GATED_PURPOSE and state not in (1, 2, 3)
            reason = self._first(
                reason,
                (token_id <= previous, "carbon_credit: lines not ascending"),
                (amount == 0, "carbon_credit: no amount"),
                self._terms(token_id, amount),
                (is_closed, "carbon_credit: not authorised"),
                self._lack(account, token_id, amount),
            )
            previous = token_id
            if reason is None:
                self.balance[account, token_id] -= amount
        reason = self._first(
            reason,
            (period[0] > period[1], "retirement_certificate: bad period"),
            (beneficiary == ZERO, "nonfungible: zero receiver"),
        )
        if reason is not None:
            self.balance = before
        at = chain.pending_timestamp
        receipt = self._end(
            "retire" if len(lines) < 2 else "retire several",
            reason,
            lambda: self.stage.credit.retire_for(
                *(account, lines, beneficiary, purpose, *period, DETAILS),
                sender=self._account(operator),
            ),
        )
        if receipt is None:
            return
        for token_id, amount in lines:
            self.batches[token_id].retired += amount
            self.retired[account, token_id] += amount
            told = self.stage.credit.retiredBalanceOf(account, token_id)
            assert told == self.retired[account, token_id]
        self.certificates.append(Certificate(beneficiary, lines, purpose, period, at))
        assert receipt.return_value == len(self.certificates)

    def _cancel(self, lot):
        account, token_id = self._draw_holding(lot)
        operator = self._draw_operator(lot, account)
        amount = self._draw_amount(lot, account, token_id)
        evidence = self._rarely(lot, HASH, NOTHING)
        reason = self._first(
            (not self._allowed(account, operator), "credit_holdings: not allowed"),
            self._lack(account, token_id, amount),
            (amount == 0, "carbon_credit: no amount"),
            (evidence == NOTHING, "carbon_credit: no evidence"),
        )
        if self._end(
            "cancel",
            reason,
            lambda: self.stage.credit.cancel(
                account, token_id, amount, evidence, sender=self._account(operator)
            ),
        ):
            self.balance[account, token_id] -= amount
            self.batches[token_id].cancelled += amount

    def _cancel_by_order(self, lot):
        account, token_id = self._draw_holding(lot)
        amount = self._draw_amount(lot, account, token_id)
        evidence = self._rarely(lot, HASH, NOTHING)
        reason = self._first(
            (amount > self.balance[account, token_id], "credit_holdings: balance too small"),
            (amount == 0, "carbon_credit: no amount"),
            (evidence == NOTHING, "carbon_credit: no evidence"),
        )
        if self._end(
            "cancel by order",
            reason,
            lambda: self.stage.credit.cancel_by_order(
                account, token_id, amount, evidence, sender=self.stage.officers["enforcer"]
            ),
        ):
            self._thaw(account, token_id, amount)
            self.balance[account, token_id] -= amount
            self.batches[token_id].cancelled += amount
        self._check_frozen(account, token_id)

    def _leaving(self, operator, account, amount):
        return self._first(
            (self.is_paused, "emergency_stop: paused"),
            (not self._allowed(account, operator), "credit_holdings: not allowed"),
            (account not in self.verified, "carbon_credit: cannot send"),
            (amount == 0, "carbon_credit: no amount"),
        )

    def _export(self, lot):
        account, token_id = self._draw_holding(lot)
        operator = self._draw_operator(lot, account)
        amount = self._draw_amount(lot, account, token_id)
        destination = self._rarely(lot, CODE, NOTHING)
        reason = self._first(
            self._leaving(operator, account, amount),
            (destination == NOTHING, "carbon_credit: no destination"),
            self._terms(token_id, amount),
            self._lack(account, token_id, amount),
        )
        if self._end(
            "export",
            reason,
            lambda: self.stage.credit.export_credits(
                account, token_id, amount, destination, sender=self._account(operator)
            ),
        ):
            self.balance[account, token_id] -= amount
            self.batches[token_id].exported += amount

    def _convert(self, lot):
        account, token_id = self._draw_holding(lot)
        operator = self._draw_operator(lot, account)
        amount = self._draw_amount(lot, account, token_id)
        to_kind = self._rarely(lot, CONVERTED, KIND, 4)
        kind = (token_id >> 64) % 2**64
        new_id = token_id + ((to_kind - kind) << 64)
        old, new = self.batches.get(token_id), self.batches.get(new_id)
        reason = self._first(
            self._leaving(operator, account, amount),
            self._terms(token_id, amount),
            ((kind, to_kind) != (KIND, CONVERTED), "carbon_credit: no such conversion"),
            self._lack(account, token_id, amount),
            (new and new.adjustment != old.adjustment, "carbon_credit: other adjustment"),
        )
        if self._end(
            "convert",
            reason,
            lambda: self.stage.credit.convert_kind(
                account, token_id, amount, to_kind, sender=self._account(operator)
            ),
        ):
            self.balance[account, token_id] -= amount
            old.cancelled += amount
            if new is None:
                self.batches[new_id] = Batch(old.project, 0, old.expiry, adjustment=old.adjustment)
            self.batches[new_id].issued += amount
            self.balance[account, new_id] += amount

    # --- losses
    def _reverse(self, lot):
        """A loss, its buffers and its marks as they should be, and now and then not."""
        lossy = [i for i, each in self.batches.items() if each.retired]
        token_id = self._rarely(lot, lot.choice(lossy), 0, lot.choice(list(self.batches)))
        batch = self.batches.get(token_id)
        issued = batch.issued if batch else 0
        buffer, retired = (batch.buffer, batch.retired) if batch else (0, 0)
        within, beyond = lot.randint(1, buffer // 2 + 1), buffer + lot.randint(1, retired // 4 + 1)
        amount = self._rarely(
            lot, lot.choice([within, beyond, beyond]), 0, buffer + retired + 1, issued + 1
        )
        buffers = Counter({i: each.buffer for i, each in self.batches.items()})
        own = min(amount, buffers[token_id])
        buffers[token_id] -= own
        rest = amount - own
        draws, fault = [], None
        for _ in range(lot.randint(0, 2)):
            others = [i for i in self.batches if i != token_id and buffers[i]]
            source = self._rarely(lot, lot.choice(others or [1]), token_id, 0)
            drawn = lot.randint(0, min(buffers[source], rest))
            drawn = self._rarely(lot, drawn, rest + 1, buffers[source] + 1)
            draws.append((source, drawn))
            fault = self._first(
                fault,
                (source == token_id or drawn > rest, "carbon_credit: own buffer first"),
                (drawn > buffers[source], "batch_supply: buffer too small"),
            )
            if fault is None:
                buffers[source] -= drawn
                rest -= drawn
        marks, marked = self._draw_marks(lot, token_id, max(0, rest))
        evidence = self._rarely(lot, HASH, HASH, NOTHING)
        reason = self._first(
            (amount == 0, "carbon_credit: no amount"),
            (evidence == NOTHING, "carbon_credit: no evidence"),
            (amount > issued, "carbon_credit: more than issued"),
            fault,
            (rest > (batch.retired if batch else 0), "batch_supply: more than retired"),
            (marked != rest, "carbon_credit: marks differ from loss"),
            self._refused_mark(token_id, marks),
        )
        end = "reverse" if rest == 0 else "reverse beyond buffers"
        if self._end(
            end,
            reason,
            lambda: self.stage.credit.reverse(
                token_id,
                amount,
                draws,
                marks,
                evidence,
                sender=self.stage.verifiers[0],
            ),
        ):
            for source, drawn in [(token_id, own), *draws]:
                if drawn:  # nothing can be drawn on what is no batch
                    self.batches[source].buffer -= drawn
                    self.batches[source].cancelled += drawn
            batch.retired -= rest
            batch.reversed += rest
            for number, _, _, lost in marks:
                deficits = self.certificates[number - 1].deficits
                deficits[token_id] = deficits.get(token_id, 0) + lost
            if any(drawn for _, drawn in draws):
                self.count("draw on other buffers")

    def _draw_marks(self, lot, token_id, rest):
        """Certificates with tonnes of the batch, filled one after the other."""
        marks, left = [], rest
        for number, each in enumerate(self.certificates, 1):
            line = dict(each.lines).get(token_id, 0)
            room = line - each.deficits.get(token_id, 0)
            if room and left:
                lost = min(room, left)
                marks.append((number, each.lines, DETAILS, lost))
                left -= lost
        wrong = self._rarely(lot, None, "amount", "lines", "details", "certificate", "too much")
        if marks and wrong:
            number, lines, details, lost = marks[0]
            if wrong == "amount":
                marks[0] = (number, lines, details, lost - 1)
            elif wrong == "lines":
                marks[0] = (number, [(i, n + 1) for i, n in lines], details, lost)
            elif wrong == "details":
                marks[0] = (number, lines, HASH, lost)
            elif wrong == "certificate":
                marks[0] = (len(self.certificates) + 1, lines, details, lost)
            else:
                marks = [(number, lines, details, rest)]
        return marks, sum(lost for *_, lost in marks)

    def _refused_mark(self, token_id, marks):
        before = {}
        for number, lines, details, lost in marks:
            if number > len(self.certificates):
                return "nonfungible: unknown token"
            known = self.certificates[number - 1]
            if lines != known.lines or details != DETAILS:
                return "retirement_certificate: other record"
            total = before.get(number, known.deficits.get(token_id, 0)) + lost
            if total > dict(lines).get(token_id, 0):
                return "retirement_certificate: too much lost"
            before[number] = total
        return None

    def _cure(self, lot):
        account, token_id = self._draw_holding(lot)
        operator = self._draw_operator(lot, account)
        open_ones = [
            (number, of, lost)
            for number, each in enumerate(self.certificates, 1)
            for of, lost in sorted(each.deficits.items())
            if lost
        ]
        number, of, lost = lot.choice(open_ones or [(1, token_id, 0)])
        number = self._rarely(lot, number, len(self.certificates), len(self.certificates) + 1)
        most = min(lost, self._free(account, token_id))
        if token_id in self.batches and self.batches[token_id].project.is_whole:
            most = most // TONNE * TONNE
        amount = lot.choice([most, most, lot.randint(1, most + 1), lost])
        amount = self._rarely(lot, amount, 0, lost + 1, self._draw_amount(lot, account, token_id))
        if number <= len(self.certificates):
            lost = self.certificates[number - 1].deficits.get(of, 0)
        else:
            lost = 0
        reversed_ = self.batches[of].reversed if of in self.batches else 0
        reason = self._first(
            (not self._allowed(account, operator), "credit_holdings: not allowed"),
            (amount == 0, "carbon_credit: no amount"),
            self._terms(token_id, amount),
            self._lack(account, token_id, amount),
            (amount > reversed_, "batch_supply: more than reversed"),
            (amount > lost, "retirement_certificate: no such deficit"),
        )
        if self._end(
            "cure",
            reason,
            lambda: self.stage.credit.cure(
                account, of, number, token_id, amount, sender=self._account(operator)
            ),
        ):
            self.balance[account, token_id] -= amount
            self.batches[token_id].cancelled += amount
            self.batches[of].reversed -= amount
            self.batches[of].retired += amount
            self.certificates[number - 1].deficits[of] -= amount

    def _recover(self, lot):
        count = len(self.certificates)
        number = self._rarely(lot, lot.randint(1, count), count + 1)
        new_owner = self._key(lot.choice(self.stage.holders))
        known = self.certificates[number - 1] if number <= len(self.certificates) else None
        reason = self._first(
            (known is None, "nonfungible: unknown token"),
            (known and known.owner == new_owner, "retirement_certificate: same owner"),
        )
        if self._end(
            "recover",
            reason,
            lambda: self.stage.certificate.recover(
                number, new_owner, HASH, sender=self.stage.officers["enforcer"]
            ),
        ):
            known.owner = new_owner
            assert self.stage.certificate.ownerOf(number) == new_owner

    # --- what others decide
    def _adjust(self, lot):
        token_id = self._rarely(lot, lot.choice(list(self.batches)), 0)
        batch = self.batches.get(token_id)
        old = batch.adjustment if batch else 0
        new = lot.choice([old + 1, old + 1, 0, 1, 2, 3, 4])
        is_next = (old, new) in {(0, 1), (1, 2), (2, 3), (1, 4)}
        reason = self._first(
            (batch is None, "carbon_credit: unknown batch"),
            (not is_next, "carbon_credit: not the next step"),
        )
        if self._end(
            "adjust",
            reason,
            lambda: self.stage.credit.set_adjustment(
                token_id, new, HASH, sender=self.stage.officers["clerk"]
            ),
        ):
            batch.adjustment = new
        if batch:
            told = self.stage.credit.terms_of(token_id)
            assert tuple(told) == (batch.expiry, batch.adjustment, batch.project.is_whole)

    def _gate(self, lot):
        self.is_gated = not self.is_gated
        self._end(
            "gate",
            None,
            lambda: self.stage.credit.set_gated(
                GATED_PURPOSE, self.is_gated, HASH, sender=self.stage.officers["clerk"]
            ),
        )

    def _approve(self, lot):
        owner = lot.choice(self.stage.holders)
        operator = lot.choice((*self.stage.holders, self.stage.broker))
        pair = (self._key(owner), self._key(operator))
        self.approved ^= {pair}
        self._end(
            "approve",
            None,
            lambda: self.stage.credit.setApprovalForAll(
                operator, pair in self.approved, sender=owner
            ),
        )

    def _stop_or_start(self, lot):
        if not self.is_paused and lot.random() < 0.5:
            return self._wait(lot)  # stops are rarer than starts
        self.is_paused = not self.is_paused
        credit, officers = self.stage.credit, self.stage.officers
        if self.is_paused:
            self._end("stop", None, lambda: credit.pause(sender=officers["guardian"]))
        else:
            self._end("start", None, lambda: credit.unpause(sender=officers["engineer"]))
        return None

    def _verify(self, lot):
        """The last of the holders loses and regains the register's trust."""
        who = self.stage.holders[-1]
        identities, officer = self.stage.city.identity_registry, self.stage.officers["compliance"]
        if self._key(who) in self.verified:
            identities.deleteIdentity(who, sender=officer)
        else:
            until = chain.pending_timestamp + 10**9
            identities.register([(who, who, 410, 0, until)], sender=officer)
        self.verified ^= {self._key(who)}

    def _wait(self, lot):
        """To around the end of a batch, or some days."""
        now = chain.pending_timestamp
        ends = [each.expiry for each in self.batches.values() if each.expiry > now]
        to = now + lot.randint(1, 10) * 86_400
        if ends:
            to = lot.choice([*ends, to]) + lot.randint(-1, 1)
        chain.pending_timestamp = max(now, to)
        self._end("wait", None, chain.mine)
