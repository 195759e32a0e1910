"""The serial interval module against a set of whole numbers, one bit each."""

from bisect import bisect_left, insort
from collections import Counter
from dataclasses import dataclass
from random import Random

from eth_utils import keccak

MOST = 2**64 - 1
STEPS_A_CALL = 250
LISTED_A_CALL = 2_000

ANSWERS = {
    keccak(b""): None,
    **{
        keccak(bytes.fromhex("08c379a0") + b"".join(
            part.to_bytes(32, "big") for part in (32, len(reason))
        ) + reason.encode().ljust(-(-len(reason) // 32) * 32, b"\0")): reason
        for reason in (
            "serial_intervals: bad interval",
            "serial_intervals: unknown hint",
            "serial_intervals: wrong hint",
            "serial_intervals: overlap",
            "serial_intervals: unknown interval",
            "serial_intervals: bad cut",
        )
    },
}  # fmt: skip


class Numbers:
    """Which numbers were given out. Two windows of numbers are in use, the lowest and the highest,
    so that a number is a bit and an overlap is a common bit."""

    def __init__(self, width):
        self.width = width
        self.low = 0
        self.high = 0

    def _bits(self, first, last):
        base = 0 if first <= self.width else MOST - self.width
        return ((1 << (last - first + 1)) - 1) << (first - base)

    def is_free(self, first, last):
        taken = self.low if first <= self.width else self.high
        return not taken & self._bits(first, last)

    def take(self, first, last):
        if first <= self.width:
            self.low |= self._bits(first, last)
        else:
            self.high |= self._bits(first, last)


@dataclass(frozen=True)
class Step:
    """A claim from `first` to `last` behind `after`, or a cut of `first` before `last`."""

    first: int
    last: int
    owner: int
    after: int
    is_split: bool = False

    def as_tuple(self):
        return (self.first, self.last, self.owner, self.after, self.is_split)


class SerialMachine:
    """Draws steps by lot, says beforehand how each ends, and compares list and ledger."""

    def __init__(self, contract, sender, series, seed, intervals):
        self.contract, self.sender, self.series = contract, sender, series
        self.lot = Random(seed)
        self.numbers = Numbers(intervals * 8)
        self.firsts: list[int] = []
        self.known: dict[int, tuple[int, int]] = {}  # first -> (last, owner)
        self.waiting: list[tuple[Step, str | None]] = []
        self.seen: Counter[str] = Counter()

    # --- the ledger
    def before(self, number):
        """First number of the last interval below `number`; 0 where there is none."""
        place = bisect_left(self.firsts, number)
        return self.firsts[place - 1] if place else 0

    def next_after(self, first):
        place = bisect_left(self.firsts, first + 1)
        return self.firsts[place] if place < len(self.firsts) else None

    def _end_of_claim(self, step):
        """The reason of the refusal, None where the claim must be let."""
        if not 1 <= step.first <= step.last <= MOST:
            return "serial_intervals: bad interval"
        if step.after and step.after not in self.known:
            return "serial_intervals: unknown hint"
        if step.after == self.before(step.first):
            # The right neighbour: let if, and only if, no number was given out before.
            is_free = self.numbers.is_free(step.first, step.last)
            return None if is_free else "serial_intervals: overlap"
        last = self.known[step.after][0] if step.after else 0
        return "serial_intervals: overlap" if step.first <= last else "serial_intervals: wrong hint"

    def _end_of_split(self, step):
        if step.first not in self.known:
            return "serial_intervals: unknown interval"
        last, _ = self.known[step.first]
        return None if step.first < step.last <= last else "serial_intervals: bad cut"

    # --- steps
    def claim(self):
        window = 0 if self.lot.random() < 0.8 else MOST - self.numbers.width
        first = window + self.lot.randint(1, self.numbers.width - 40)
        if self.lot.random() < 0.3 and self.firsts:
            # On the edge of another: touching it or sharing one number.
            near = self.lot.choice(self.firsts)
            first = max(1, near + self.lot.choice([-1, 0, self.known[near][0] - near + 1]))
        last = first + min(self.lot.choice([0, 0, 1, 3, 7, 30]), MOST - first)
        if first <= self.numbers.width < last:
            last = first
        if self.lot.random() < 0.03:
            first, last = self.lot.choice([(0, 0), (0, 5), (first, first - 1), (first, MOST + 1)])
        after = self.before(first)
        draw = self.lot.random()
        if draw < 0.1 and self.firsts:
            after = self.lot.choice(self.firsts)
        elif draw < 0.2:
            after = self.lot.choice(
                [0, first, first + 1, self.numbers.width, MOST, 2**64, 2**256 - 1]
            )
        step = Step(first, last, self.lot.randint(1, 2**128 - 1), after)
        reason = self._end_of_claim(step)
        if reason is None:
            self.numbers.take(first, last)
            insort(self.firsts, first)
            self.known[first] = (last, step.owner)
        self._put("claim", step, reason)

    def split(self):
        first = self.lot.choice(self.firsts) if self.firsts else 1
        last = self.known[first][0] if self.firsts else 1
        at = self.lot.choice([first, first + 1, last, last + 1, self.lot.randint(first, last)])
        if self.lot.random() < 0.1:
            first += 1
        step = Step(first, at, 0, 0, is_split=True)
        reason = self._end_of_split(step)
        if reason is None:
            last, owner = self.known[first]
            self.known[first] = (at - 1, owner)
            self.known[at] = (last, owner)
            insort(self.firsts, at)
        self._put("split", step, reason)

    def _put(self, name, step, reason):
        self.seen[name if reason is None else f"{name} refused: {reason.partition(': ')[2]}"] += 1
        if reason is None and not step.is_split and self.next_after(step.first):
            self.seen["claim between others"] += 1
        self.waiting.append((step, reason))
        if len(self.waiting) == STEPS_A_CALL:
            self.send()

    def send(self):
        """Take the waiting steps on the chain, and compare how they ended."""
        receipt = self.contract.try_all(
            self.series,
            [step.as_tuple() for step, _ in self.waiting],
            sender=self.sender,
        )
        ends = [ANSWERS[bytes(answer)] for answer in receipt.return_value]
        wrong = [
            (step, expected, end)
            for (step, expected), end in zip(self.waiting, ends, strict=True)
            if end != expected
        ]
        assert not wrong, wrong
        self.waiting = []

    # --- INV-CARB-3
    def check(self):
        """INV-CARB-3: the list is the ledger, in order; its intervals are disjoint, and together
        they are the numbers that were given out, whatever was split."""
        listed, after = [], 0
        while page := self.contract.intervals(self.series, after):
            listed += [(known.first, known.last, known.owner) for known in page]
            after = listed[-1][0]
        assert listed == [(first, *self.known[first]) for first in self.firsts]
        bits = {0: 0, 1: 0}
        total = 0
        end = 0
        for first, last, _ in listed:
            assert end < first <= last
            end = last
            is_high = first > self.numbers.width
            bits[is_high] |= self.numbers._bits(first, last)
            total += last - first + 1
        assert (bits[0], bits[1]) == (self.numbers.low, self.numbers.high)
        assert total == self.numbers.low.bit_count() + self.numbers.high.bit_count()
