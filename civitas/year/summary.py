"""The figures of a year, twice: read from the contracts' state, and summed from their events."""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from civitas.chain.events import Sources
from civitas.clock import Clock
from civitas.ledger.journal import balance_under, balances
from civitas.ledger.rules import (
    FOR_HOLDERS,
    FOR_TENANTS,
    FROM_TENANTS,
    HOLDERS,
    SPLITTERS,
    TREASURY,
    Books,
    journal,
)
from civitas.records import Event
from civitas.year.acts import Year

Figures = dict[str, int]


def figures_from_state(year: Year) -> Figures:
    """What the contracts hold and say now; {currency base units}.

    `rent_paid` is all that tenants paid: rent with its tax, and late fees.
    `claimable` is what the security tokens hold for their holders: the whole units that can be
    claimed, and the fractions of a unit that have not filled up yet.
    """
    money, city = year.city.payment_token, year.city
    held = {ref: money.balanceOf(token) for ref, token in year.tokens.items()}
    leases = range(1, city.lease.total_leases() + 1)
    return {
        "rent_paid": sum(sum(city.lease.paid(lease_id)) for lease_id in leases),
        "paid_to_holders": sum(
            token.income_deposited() - held[ref] for ref, token in year.tokens.items()
        ),
        "claimable": sum(held.values()),
        "treasury": city.treasury.total_of(money),
        "held_by_splitters": sum(money.balanceOf(splitter) for splitter in year.splitters.values()),
        "held_for_tenants": money.balanceOf(city.lease_deposits),
    }


def claimable_in_whole_units(year: Year) -> int:
    """What all holders could claim now, each rounded down; {currency base units}."""
    return sum(
        token.claimable(holder)
        for ref, token in year.tokens.items()
        for holder in year.holders[ref]
    )


def books_of(sources: Sources, currency: str) -> Books:
    return Books(
        currency=currency,
        splitters=frozenset(sources.of_kind("RevenueSplitter")),
        dividends=frozenset(sources.of_kind("Dividends")),
    )


def figures_from_events(events: Iterable[Event], books: Books) -> Figures:
    """The same figures out of the double-entry books, without a call to any contract."""
    entries = journal(events, books)
    sums = balances(entries)
    claimed = sum(
        posting.amount
        for entry in entries
        for posting in entry.postings
        if posting.account == HOLDERS and posting.amount > 0
    )
    return {
        "rent_paid": -sum(balance_under(sums, each, books.currency) for each in FROM_TENANTS),
        "paid_to_holders": claimed,
        "claimable": balance_under(sums, FOR_HOLDERS, books.currency),
        "treasury": balance_under(sums, TREASURY, books.currency),
        "held_by_splitters": balance_under(sums, SPLITTERS, books.currency),
        "held_for_tenants": balance_under(sums, FOR_TENANTS, books.currency),
    }


def income_by_month(events: Iterable[Event], books: Books, clock: Clock) -> list[dict[str, Any]]:
    """Rent in, and what went to holders and treasury, for each local month that saw any."""
    months: dict[str, Counter[str]] = defaultdict(Counter)
    columns = {"RentPaid": "rent", "IncomeDeposited": "holders", "IncomeReceived": "treasury"}
    for event in events:
        if column := columns.get(event.name):
            months[f"{clock.day(event.timestamp):%Y-%m}"][column] += event.arguments["amount"]
    return [
        {"month": month, **{column: months[month][column] for column in columns.values()}}
        for month in sorted(months)
    ]


def summary(
    year: Year, events: Sequence[Event], sources: Sources, transactions: int
) -> dict[str, Any]:
    """Everything that `summary.json` says; amounts are integers in base units."""
    plan, city = year.plan, year.city
    currency = plan.profile.currency
    books = books_of(sources, currency.symbol)
    assets = plan.inventory.assets
    carbon = city.carbon_credit.total_supply_of()
    return {
        "city": plan.profile.city,
        "year": plan.year,
        "currency": {"symbol": currency.symbol, "decimals": currency.decimals},
        "sources": plan.sources,
        "from_state": figures_from_state(year),
        "from_events": figures_from_events(events, books),
        "claimable_in_whole_units": claimable_in_whole_units(year),
        "assets": {
            "registered": city.asset_registry.total_assets(),
            "by_class": dict(Counter(asset.property_class for asset in assets)),
            "tokenised": len(year.tokens),
            "leased": len(year.splitters),
        },
        "portfolio": [
            {
                "ref": asset.ref,
                "name": asset.name,
                "class": asset.property_class,
                "label": plan.profile.property_class(asset.property_class).label,
                "area_dm2": asset.area_dm2,
                "energy_kwh": asset.energy_kwh,
                "value": asset.value,
            }
            for asset in assets
        ],
        "income_by_month": income_by_month(events, books, plan.profile.clock),
        "carbon": {
            "issued": carbon.issued,
            "retired": carbon.retired,
            "tradable": carbon.tradable,
            "certificates": len(year.certificate_ids),
        },
        "transactions": transactions,
        "refused_transfers": [asdict(refusal) for refusal in year.refusals],
        "notes": [str(note) for note in plan.inventory.notes],
    }


def write_events(events: Iterable[Event], path: Path) -> None:
    """One row for each event, in order; arguments as key=value, bytes as hex."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(
            ["block", "log_index", "timestamp", "transaction", "contract", "address", "event"]
            + ["arguments"]
        )
        for event in events:
            arguments = "; ".join(f"{key}={_text(value)}" for key, value in event.arguments.items())
            rows.writerow(
                [event.block, event.log_index, event.timestamp, event.transaction]
                + [event.contract, event.address, event.name, arguments]
            )


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_text(each) for each in value) + "]"
    return str(value)
