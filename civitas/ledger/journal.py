"""Journal entries that balance by construction, and the balances that follow from them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from civitas.errors import CivitasError


class Unbalanced(CivitasError):
    """An entry whose postings do not sum to zero."""


@dataclass(frozen=True, slots=True)
class Posting:
    """Debit when positive, credit when negative; base units of `commodity`."""

    account: str
    commodity: str
    amount: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One event in the books. Numbers are gap-free; each commodity sums to zero."""

    number: int
    block: int
    log_index: int
    transaction: str
    event: str
    postings: tuple[Posting, ...]

    def __post_init__(self) -> None:
        for commodity, total in totals(self.postings).items():
            if total != 0:
                raise Unbalanced(f"entry {self.number} ({self.event}): {commodity} sums to {total}")


def totals(postings: Iterable[Posting]) -> dict[str, int]:
    """commodity -> sum of the postings."""
    sums: dict[str, int] = defaultdict(int)
    for posting in postings:
        sums[posting.commodity] += posting.amount
    return dict(sums)


def balances(entries: Iterable[Entry]) -> Mapping[tuple[str, str], int]:
    """(account, commodity) -> balance; debit positive."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for entry in entries:
        for posting in entry.postings:
            sums[posting.account, posting.commodity] += posting.amount
    return dict(sums)


def balance_under(sums: Mapping[tuple[str, str], int], prefix: str, commodity: str) -> int:
    """Sum of an account and everything below it ("Assets:Treasury" takes in each fund)."""
    return sum(
        amount
        for (account, unit), amount in sums.items()
        if unit == commodity and (account == prefix or account.startswith(prefix + ":"))
    )
