"""What a waterfall should do, in whole numbers and Python's own words.

It knows nothing of how the contract packs or counts: a cap's history is a list of periods, a
version's income a running total. Money is {asset}.
"""

from dataclasses import dataclass, field
from random import Random

BPS = 10_000
# A name keeps its kind over all versions, as a city would have it.
NAMES = ("VAT", "FEE", "UPKEEP", "VACANCY", "DEBT", "REINVEST", "GRANT", "LOAN")


@dataclass(frozen=True)
class Tier:
    name: str
    kind: str  # "share", "cap" or "reserve"
    bps: int = 0
    months: int = 0
    amount: int = 0


@dataclass(frozen=True)
class Rules:
    start: int  # month
    tiers: tuple[Tier, ...]
    weights: tuple[int, ...]
    quantum: int = 1
    is_rest_to_first: bool = False


@dataclass
class Cap:
    """All periods that asked, oldest first, each with what it still lacks and who asked."""

    lacking: list[list[int]] = field(default_factory=list)  # [version, amount]
    asked_until: int = 0  # first month that has not asked

    def ask(self, version: int, tier: Tier, first: int, last: int) -> None:
        for month in range(max(first, self.asked_until), last + 1):
            if month >= self.asked_until:
                self.lacking.append([version, tier.amount])
                self.asked_until = (month // tier.months + 1) * tier.months

    def lacks(self, version: int) -> int:
        return sum(amount for of, amount in self.lacking if of <= version)

    def fill(self, amount: int) -> None:
        for period in self.lacking:
            part = min(period[1], amount)
            period[1] -= part
            amount -= part


@dataclass
class Waterfall:
    versions: list[Rules]
    current: int = 0
    gross: int = 0  # of the current version
    residual: int = 0
    shared: list[int] = field(default_factory=list)  # of the residual, to each payee
    unbooked: int = 0  # came in, not shared out; the current version's
    waiting: int = 0  # units that rounding left to later income
    late: dict[int, int] = field(default_factory=dict)  # version -> income that came in late
    caps: dict[str, Cap] = field(default_factory=dict)
    reserves: dict[str, int] = field(default_factory=dict)

    @property
    def held(self) -> int:
        return self.unbooked + self.waiting + sum(self.late.values()) + sum(self.reserves.values())

    def version_at(self, month: int) -> int:
        begun = [v for v in range(self.current + 1) if self.versions[v].start <= month]
        return max(begun, default=0)

    def is_turn(self, month: int) -> bool:
        return len(self.versions) > self.current + 1 and month >= self.versions[-1].start

    def ask(self, month: int) -> None:
        """Every cap of the version in force asks, up to the month or the version's last."""
        rules = self.versions[self.current]
        last = self.versions[-1].start - 1 if self.is_turn(month) else month
        for tier in rules.tiers:
            if tier.kind == "cap":
                cap = self.caps.setdefault(tier.name, Cap())
                cap.ask(self.current, tier, rules.start, last)

    def turn(self, month: int, keep: int = 0) -> None:
        """The next version begins; all but `keep` of what came in is the old one's."""
        self.ask(month)
        booked = self.unbooked - keep
        if booked:
            self.late[self.current] = self.late.get(self.current, 0) + booked
        self.unbooked = keep + self.waiting
        self.waiting = self.gross = self.residual = 0
        self.shared = []
        self.current += 1

    def date(self, amount: int, due: int, month: int) -> None:
        """Income that has come in fell due in the month `due`."""
        if self.is_turn(month):
            self.turn(month, keep=amount)
        version = self.version_at(due)
        if version != self.current:
            self.unbooked -= amount
            self.late[version] = self.late.get(version, 0) + amount

    def parts(self, month: int, version: int) -> list[int]:
        """What each tier and payee would get now; caps have asked before."""
        rules = self.versions[version]
        is_current = version == self.current
        income = self.unbooked if is_current else self.late.get(version, 0)
        counts = is_current and not rules.is_rest_to_first
        gross = self.gross if counts else 0
        parts, left = [], income
        for tier in rules.tiers:
            if tier.kind == "share":
                asked = self._cut(rules, gross + income, tier.bps)
                asked -= self._cut(rules, gross, tier.bps)
            elif tier.kind == "reserve":
                asked = max(0, tier.amount - self.reserves.get(tier.name, 0))
            else:
                asked = self.caps.setdefault(tier.name, Cap()).lacks(version)
            parts.append(min(asked, left))
            left -= parts[-1]
        residual = self.residual if counts else 0
        had = self.shared if counts and self.shared else [0] * len(rules.weights)
        payees = [
            self._cut(rules, residual + left, weight) - already
            for weight, already in zip(rules.weights, had, strict=True)
        ]
        if rules.is_rest_to_first:
            payees[0] += left - sum(payees)
        return parts + payees

    def distribute(self, month: int, version: int) -> list[int]:
        self.ask(month)
        parts = self.parts(month, version)
        rules = self.versions[version]
        is_current = version == self.current
        tiers = len(rules.tiers)
        for tier, part in zip(rules.tiers, parts, strict=False):
            if tier.kind == "cap":
                self.caps[tier.name].fill(part)
            elif tier.kind == "reserve":
                self.reserves[tier.name] = self.reserves.get(tier.name, 0) + part
        if is_current:
            income, self.unbooked = self.unbooked, 0
            self.waiting += income - sum(parts)
            if not rules.is_rest_to_first:
                self.gross += income
                self.residual += income - sum(parts[:tiers])
                had = self.shared or [0] * len(rules.weights)
                self.shared = [a + b for a, b in zip(had, parts[tiers:], strict=True)]
            if self.is_turn(month):
                self.turn(month)
        else:
            self.unbooked += self.late.pop(version, 0) - sum(parts)
        return parts

    @staticmethod
    def _cut(rules: Rules, amount: int, bps: int) -> int:
        return amount * bps // BPS // rules.quantum * rules.quantum


def cuts(random: Random, count: int) -> tuple[int, ...]:
    """Weights that sum to the whole."""
    edges = sorted(random.sample(range(1, BPS), count - 1))
    return tuple(b - a for a, b in zip([0, *edges], [*edges, BPS], strict=True))


def drawn_rules(random: Random, start: int, scale: int, most_payees: int = 20) -> Rules:
    tiers, left = [], BPS
    for name in random.sample(NAMES, random.randint(0, len(NAMES))):
        kind = ("share", "cap", "reserve")[NAMES.index(name) % 3]
        amount = random.randint(1, 3 * scale)
        if kind == "share":
            bps = random.randint(1, max(1, left // 2))
            left -= bps
            tiers.append(Tier(name, kind, bps=bps))
        elif kind == "cap":
            tiers.append(Tier(name, kind, months=random.choice((1, 3, 12)), amount=amount))
        else:
            tiers.append(Tier(name, kind, amount=amount))
    tiers.sort(key=lambda tier: tier.kind != "share")  # no share behind a cap or a reserve
    is_rest_to_first = random.random() < 0.5
    quantum = random.choice((1, 10, 7, scale)) if is_rest_to_first else 1
    weights = cuts(random, random.randint(1, most_payees))
    return Rules(start, tuple(tiers), weights, quantum, is_rest_to_first)
