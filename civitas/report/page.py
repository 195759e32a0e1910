"""The year of a city as one HTML page that loads nothing: open it, mail it, print it."""

import base64
import hashlib
import json
from collections.abc import Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

from plotly.offline import get_plotlyjs  # type: ignore[import-untyped]

from civitas.report import charts
from civitas.report.charts import Chart, Row
from civitas.report.money import Currency, digits, divided, trimmed
from civitas.year.balance import KEYS, PARTS, differences

TONNE_DECIMALS = 8  # of CarbonCredit
LABELS = {
    "rent_paid": "Rent paid",
    "paid_to_holders": "Paid to holders",
    "claimable": "Waiting to be claimed",
    "treasury": "Treasury",
    "held_by_splitters": "Held by splitters",
    "held_for_tenants": "Held for tenants",
}
Tile = tuple[str, str, list[str]]  # label, value, notes below it


def write_page(figures: dict[str, Any], path: Path) -> None:
    """Write the report of a summary. The same summary gives the same bytes."""
    path.write_text(page(figures), encoding="utf-8", newline="\n")


def page(figures: dict[str, Any]) -> str:
    """The report as HTML; every text out of `figures` is escaped on its way in."""
    currency = Currency(**figures["currency"])
    portfolio, months = figures["portfolio"], figures["income_by_month"]
    drawn = {
        "who_received": charts.who_received(figures["from_state"], currency),
        "by_class": charts.by_class(portfolio, currency) if portfolio else None,
        "by_month": charts.by_month(months, currency) if months else None,
        "energy": charts.energy(portfolio),
    }
    shown = {name: _figure(chart) for name, chart in drawn.items() if chart}
    sources = files("civitas.report")
    plotly, draw = get_plotlyjs(), sources.joinpath("draw.js").read_text("utf-8")
    return Template(sources.joinpath("page.html").read_text("utf-8")).substitute(
        policy=_policy(plotly, draw),
        title=escape(f"{figures['city']}: the city's assets in {figures['year']}"),
        verdict=_verdict(differences(figures)),
        tiles=_tiles(figures, currency),
        twice=_twice(figures, currency),
        who_received=shown["who_received"],
        by_class=shown.get("by_class", "<p>The city registered no assets.</p>")
        + _class_table(portfolio, currency),
        by_month=shown.get("by_month", "<p>No rent was paid.</p>") + _month_table(months, currency),
        energy=shown.get("energy", "<p>No asset has an energy figure.</p>"),
        refused=_refused(figures["refused_transfers"], portfolio),
        portfolio=_portfolio(portfolio, currency),
        notes=_notes(figures["notes"]),
        sources=_sources(figures["sources"], currency),
        charts=_json({chart.name: chart.figure for chart in drawn.values() if chart}),
        plotly=plotly,
        draw=draw,
    )


def _policy(*scripts: str) -> str:
    """Browsers then run these scripts only, and load nothing from anywhere."""
    hashes = (base64.b64encode(hashlib.sha256(each.encode()).digest()) for each in scripts)
    allowed = " ".join(f"'sha256-{each.decode()}'" for each in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:"
    )


def _json(figures: dict[str, Any]) -> str:
    """Figures for a script element, which `<` could close."""
    plain = {name: figure.to_plotly_json() for name, figure in figures.items()}
    return json.dumps(plain, sort_keys=True).replace("<", "\\u003c")


def _figure(chart: Chart) -> str:
    legend = "".join(
        f'<li><span style="color:{key.colour}" aria-hidden="true">{key.mark}</span> '
        f"{escape(key.label)}</li>"
        for key in chart.legend
    )
    return (
        "<figure>"
        + (f'<ul class="legend">{legend}</ul>' if legend else "")
        + f'<div class="plot" id="{chart.name}" role="img" '
        f'aria-label="{escape(chart.alternative)}"></div>'
        f"<figcaption>{escape(chart.caption)}</figcaption></figure>"
    )


def _table(
    caption: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    numbers: Sequence[int] = (),
    wrong: Sequence[int] = (),
) -> str:
    """A table out of plain texts; `numbers` are columns set to the right, `wrong` rows in red."""

    def cells(tag: str, texts: Sequence[str]) -> str:
        kinds = (' class="number"' if place in numbers else "" for place in range(len(texts)))
        return "".join(
            f"<{tag}{kind}>{escape(text)}</{tag}>" for kind, text in zip(kinds, texts, strict=True)
        )

    kinds = (' class="bad"' if place in wrong else "" for place in range(len(rows)))
    body = "\n".join(
        f"<tr{kind}>{cells('td', row)}</tr>" for kind, row in zip(kinds, rows, strict=True)
    )
    title = escape(caption)
    return (
        f'<p class="soft">{title}</p>\n'
        f'<div class="wide" tabindex="0" role="region" aria-label="{title}">'
        f"<table><thead><tr>{cells('th', columns)}</tr></thead>\n"
        f"<tbody>\n{body}\n</tbody></table></div>"
    )


def _verdict(wrong: list[str]) -> str:
    if not wrong:
        return (
            '<p class="verdict good"><strong>✓ The books balance.</strong> Read from the '
            "contracts' state, and summed again from their events alone, the figures agree; "
            "the parts sum to the rent paid.</p>"
        )
    lines = "".join(f"<li>{escape(line)}</li>" for line in wrong)
    return (
        '<div class="verdict bad" role="alert"><strong>✗ THE BOOKS DO NOT BALANCE.</strong>'
        "<p>Do not rely on this page before these differences, in base units, are explained:</p>"
        f"<ul>{lines}</ul></div>"
    )


def _tiles(figures: dict[str, Any], currency: Currency) -> str:
    money, assets, carbon = figures["from_state"], figures["assets"], figures["carbon"]
    rent = money["rent_paid"]
    amounts: list[Tile] = []
    for key in KEYS:
        short, exact = currency.short(money[key]), currency.exact(money[key])
        notes = [exact] if exact != short else []
        if key in PARTS and 0 < rent <= 20_000 * money[key]:  # else it reads 0.00
            notes.append(f"{divided(100 * money[key], rent, 2)} % of the rent")
        if key == "claimable":
            now = currency.exact(figures["claimable_in_whole_units"])
            notes.append(f"{now} can be claimed now, the rest are parts of a base unit")
        amounts.append((LABELS[key], short, notes))
    certificates = f"{carbon['certificates']:,} certificates"
    counts: list[Tile] = [
        ("Assets registered", f"{assets['registered']:,}", []),
        ("Assets tokenised", f"{assets['tokenised']:,}", []),
        ("Assets leased", f"{assets['leased']:,}", []),
        ("Carbon issued", _tonnes(carbon["issued"]), ["of CO₂e in credits"]),
        ("Carbon retired", _tonnes(carbon["retired"]), [certificates]),
        ("Carbon tradable", _tonnes(carbon["tradable"]), ["still in credits"]),
        ("Transactions", f"{figures['transactions']:,}", []),
    ]
    return _tile_row("tiles", amounts) + "\n" + _tile_row("tiles small", counts)


def _tile_row(kind: str, tiles: Sequence[Tile]) -> str:
    return (
        f'<dl class="{kind}">\n'
        + "\n".join(
            f"<div><dt>{escape(label)}</dt><dd>{escape(value)}"
            + "".join(f"<small>{escape(note)}</small>" for note in notes)
            + "</dd></div>"
            for label, value, notes in tiles
        )
        + "\n</dl>"
    )


def _tonnes(amount: int) -> str:
    return f"{trimmed(digits(amount, TONNE_DECIMALS))} t"


def _twice(figures: dict[str, Any], currency: Currency) -> str:
    state, events = figures["from_state"], figures["from_events"]
    wrong = [place for place, key in enumerate(KEYS) if state[key] != events[key]]
    return _table(
        f"In {currency.symbol}, exact to the base unit. The four after the first sum to it; "
        "what is held for tenants are their deposits.",
        ("Figure", "From state", "From events", "Agree"),
        [
            (
                LABELS[key],
                digits(state[key], currency.decimals),
                digits(events[key], currency.decimals),
                f"✗ by {digits(state[key] - events[key], currency.decimals)}"
                if place in wrong
                else "✓",
            )
            for place, key in enumerate(KEYS)
        ],
        numbers=(1, 2),
        wrong=wrong,
    )


def _folded(title: str, content: str) -> str:
    return f"<details><summary>{escape(title)}</summary>{content}</details>"


def _class_table(portfolio: Sequence[Row], currency: Currency) -> str:
    rows = charts.classes_of(portfolio)
    if not rows:
        return ""
    table = _table(
        f"Portfolio by class, values in {currency.symbol}",
        ("Class", "Assets", "Value"),
        [
            (row["label"], f"{row['count']:,}", digits(row["value"], currency.decimals))
            for row in rows
        ],
        numbers=(1, 2),
    )
    return _folded("As a table", table)


def _month_table(months: Sequence[Row], currency: Currency) -> str:
    if not months:
        return ""
    table = _table(
        f"Income by month, in {currency.symbol}",
        ("Month", *charts.FLOWS.values()),
        [
            (row["month"], *(digits(row[key], currency.decimals) for key in charts.FLOWS))
            for row in months
        ],
        numbers=(1, 2, 3),
    )
    return _folded("As a table", table)


def _refused(refusals: Sequence[Row], portfolio: Sequence[Row]) -> str:
    if not refusals:
        return "<p>No transfer was refused.</p>"
    names = {row["ref"]: row["name"] for row in portfolio}
    return _table(
        "Transfers tried against the rules: the chain refused each, as its check foretold.",
        ("Transfer", "Asset", "Code", "Reason", "What the chain said"),
        [
            (
                row["what"],
                f"{row['asset']} {names.get(row['asset'], '')}".strip(),
                str(row["code"]),
                row["reason"],
                row["error"],
            )
            for row in refusals
        ],
        numbers=(2,),
    )


def _portfolio(portfolio: Sequence[Row], currency: Currency) -> str:
    if not portfolio:
        return "<p>The city registered no assets.</p>"
    return _table(
        f"All registered assets; values in {currency.symbol}, energy a year. Blank is unknown.",
        ("Ref", "Name", "Class", "Value", "Area, m²", "Energy, kWh", "kWh/m²"),
        [
            (
                row["ref"],
                row["name"],
                row["label"],
                digits(row["value"], currency.decimals),
                charts.square_metres(row),
                "" if row["energy_kwh"] is None else f"{row['energy_kwh']:,}",
                charts.per_m2(row),
            )
            for row in portfolio
        ],
        numbers=(3, 4, 5, 6),
    )


def _notes(notes: Sequence[str]) -> str:
    if not notes:
        return "<p>Every row was taken as it stood.</p>"
    lines = "\n".join(f"<li>{escape(note)}</li>" for note in notes)
    return _folded(
        f"{len(notes):,} {'note' if len(notes) == 1 else 'notes'}: what was left out, assumed or "
        "worth a look",
        f"<ul>\n{lines}\n</ul>",
    )


def _sources(sources: dict[str, str], currency: Currency) -> str:
    rows = {
        **{key.capitalize(): value for key, value in sources.items()},
        "Currency": f"{currency.symbol}, {currency.decimals} decimals",
        "Beside this page": "summary.json (these figures), events.csv (every event they sum)",
    }
    return (
        '<dl class="from">'
        + "".join(f"<dt>{escape(key)}</dt><dd>{escape(value)}</dd>" for key, value in rows.items())
        + "</dl>"
    )
