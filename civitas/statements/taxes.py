"""What the desk withheld and remitted in a month, by authority, from its events.

A certificate belongs to the month in which its income was paid: that is when the tax was withheld.
"""

import csv
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any

from civitas.records import Event

KINDS = ("national", "local")  # by their number on the chain

CERTIFICATE_COLUMNS = (
    *("number", "paid_at", "deemed_paid_at", "token", "holder", "identity", "holder_class"),
    *("country", "asset", "gross", "national", "local", "net", "rule_number", "transaction"),
)


@dataclass(frozen=True, slots=True)
class Account:
    """One tax in one currency over a month: opening + withheld - remitted = closing."""

    asset: str
    kind: int
    opening: int  # {asset} held when the month began
    withheld: int
    remitted: int

    @property
    def closing(self) -> int:
        """{asset} Held when the month ended."""
        return self.opening + self.withheld - self.remitted

    def document(self) -> dict[str, str]:
        return {
            "authority": KINDS[self.kind],
            "asset": self.asset,
            **{
                name: str(getattr(self, name))
                for name in ("opening", "withheld", "remitted", "closing")
            },
        }


@dataclass(frozen=True)
class Report:
    """A month of the withholding desk."""

    year: int
    month: int
    certificates: tuple[Event, ...]
    remittances: tuple[Event, ...]
    accounts: tuple[Account, ...]

    @property
    def name(self) -> str:
        return f"{self.year}-{self.month:02}"

    def account(self, asset: str, kind: int) -> Account:
        """An account; empty where the desk never had that tax."""
        for each in self.accounts:
            if (each.asset, each.kind) == (asset, kind):
                return each
        return Account(asset, kind, 0, 0, 0)

    def document(self) -> dict[str, Any]:
        return {
            "month": self.name,
            "accounts": [each.document() for each in self.accounts],
            "by_country": [
                {
                    "authority": KINDS[kind],
                    "asset": asset,
                    "country": country,
                    "holder_class": holder_class,
                    "withheld": str(amount),
                }
                for (asset, kind, country, holder_class), amount in sorted(
                    self._by_country().items()
                )
            ],
            "certificates": len(self.certificates),
            "remittances": [
                {
                    "authority": KINDS[each.arguments["kind"]],
                    "asset": str(each.arguments["asset"]),
                    "payee": str(each.arguments["payee"]),
                    "amount": str(each.arguments["amount"]),
                    "reference": "0x" + bytes(each.arguments["reference"]).hex(),
                    "transaction": each.transaction,
                }
                for each in self.remittances
            ],
        }

    def _by_country(self) -> Counter[tuple[str, int, int, int]]:
        sums: Counter[tuple[str, int, int, int]] = Counter()
        for each in self.certificates:
            said = each.arguments
            for kind, name in enumerate(KINDS):
                sums[str(said["asset"]), kind, said["country"], said["holder_class"]] += said[name]
        return sums

    def text(self) -> str:
        """The JSON file."""
        return json.dumps(self.document(), indent=2) + "\n"

    def certificates_csv(self) -> str:
        """A line for each certificate, amounts in base units."""
        rows = (
            {"paid_at": each.timestamp, "transaction": each.transaction, **each.arguments}
            for each in self.certificates
        )
        return _csv(CERTIFICATE_COLUMNS, rows)

    def accounts_csv(self) -> str:
        """A line for each tax of each currency, amounts in base units."""
        columns = ("authority", "asset", "opening", "withheld", "remitted", "closing")
        return _csv(columns, (each.document() for each in self.accounts))


def report(events: Sequence[Event], year: int, month: int, start: int, end: int) -> Report:
    """The month from `start` {s} up to `end`, from all of the desk's events."""
    paid = [each for each in events if each.name == "IncomePaid"]
    remitted = [each for each in events if each.name == "TaxRemitted"]
    flows = sorted(
        {(str(each.arguments["asset"]), kind) for each in paid for kind in range(len(KINDS))}
    )
    return Report(
        year=year,
        month=month,
        certificates=tuple(each for each in paid if start <= each.timestamp < end),
        remittances=tuple(each for each in remitted if start <= each.timestamp < end),
        accounts=tuple(
            Account(
                asset,
                kind,
                opening=withheld(paid, asset, kind, 0, start)
                - _remitted(remitted, asset, kind, 0, start),
                withheld=withheld(paid, asset, kind, start, end),
                remitted=_remitted(remitted, asset, kind, start, end),
            )
            for asset, kind in flows
        ),
    )


def withheld(events: Sequence[Event], asset: str, kind: int, start: int, end: int) -> int:
    """{asset} Withheld by the certificates of the seconds `start` up to `end`."""
    return sum(
        each.arguments[KINDS[kind]]
        for each in events
        if each.name == "IncomePaid"
        and str(each.arguments["asset"]) == asset
        and start <= each.timestamp < end
    )


def _remitted(events: Sequence[Event], asset: str, kind: int, start: int, end: int) -> int:
    return sum(
        each.arguments["amount"]
        for each in events
        if (str(each.arguments["asset"]), each.arguments["kind"]) == (asset, kind)
        and start <= each.timestamp < end
    )


def _csv(columns: Sequence[str], rows: Iterator[dict[str, Any]]) -> str:
    out = StringIO()
    writer = csv.DictWriter(out, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
