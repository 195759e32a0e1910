"""The charts of the report: plain Plotly figures, and the words that stand in for them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from math import ceil, floor, log10
from typing import Any

import plotly.graph_objects as go  # type: ignore[import-untyped]

from civitas.report.money import Currency, Scale, digits, divided

# Okabe and Ito's colours but for the yellow, which white swallows: told apart by colour-blind eyes.
BLUE, ORANGE, GREEN, PINK = "#0072B2", "#E69F00", "#009E73", "#CC79A7"
SKY, VERMILION, GREY = "#56B4E9", "#D55E00", "#7A8490"
COLOURS = (BLUE, ORANGE, GREEN, PINK, SKY, VERMILION, GREY)
# Eight symbols against seven colours: a class keeps a mark of its own up to the 56th.
SYMBOLS = (
    ("circle", "●"),
    ("square", "■"),
    ("diamond", "◆"),
    ("triangle-up", "▲"),
    ("triangle-down", "▼"),
    ("cross", "✚"),
    ("x", "✖"),
    ("star", "★"),
)
EDGE = {"color": GREY, "width": 1}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LABEL_LENGTH = 30
HEAD, TAIL = 12, 17  # of a longer name: what tells branches apart stands at the end
NAMES_IN_CAPTION = 20
HEADROOM = 1.55  # beyond the longest bar, for its label on a phone
Row = dict[str, Any]


@dataclass(frozen=True)
class Key:
    """One entry of a legend."""

    colour: str
    mark: str
    label: str


@dataclass(frozen=True)
class Chart:
    """A figure, what it shows in words, and what a reader should know beside it."""

    name: str
    figure: go.Figure
    alternative: str
    caption: str
    legend: tuple[Key, ...] = ()


def by_class(portfolio: Sequence[Row], currency: Currency) -> Chart:
    """What the portfolio is worth, class by class."""
    classes = sorted(classes_of(portfolio), key=lambda row: row["value"])
    scale = Scale.of(currency, max(row["value"] for row in classes))
    values = [scale.drawn(row["value"]) for row in classes]
    figure = go.Figure(
        go.Bar(
            orientation="h",
            y=[row["class"] for row in classes],
            x=values,
            marker={"color": BLUE, "line": EDGE},
            text=[" " + currency.short_number(row["value"]) for row in classes],
            textposition="outside",
            cliponaxis=False,
            hovertext=[
                f"{_plain(row['label'])}<br>{_plain(currency.exact(row['value']))}"
                f"<br>{_count(row['count'], 'asset')}"
                for row in classes
            ],
            hoverinfo="text",
        ),
        _layout(
            height=70 + 40 * len(classes),
            xaxis={
                "title": {"text": _plain(scale.title)},
                "range": [0, max(values) * HEADROOM or 1],
            },
            yaxis=_named([row["class"] for row in classes], [row["label"] for row in classes]),
        ),
    )
    total = sum(row["value"] for row in classes)
    words = ", ".join(f"{row['label']} {currency.short(row['value'])}" for row in classes[::-1])
    return Chart(
        "by-class",
        figure,
        f"Bar chart of appraised value by class: {words}.",
        f"{_count(len(portfolio), 'asset')}, appraised at {currency.exact(total)} together.",
    )


def by_month(months: Sequence[Row], currency: Currency) -> Chart:
    """Rent in, against what went to holders and treasury, month by month."""
    tops = (max(row["rent"], row["holders"] + row["treasury"]) for row in months)
    scale = Scale.of(currency, max(tops))
    names = [row["month"] for row in months]

    def heights(column: str) -> Row:
        return {
            "x": names,
            "y": [scale.drawn(row[column]) for row in months],
            "hovertext": [
                f"{_plain(row['month'])}<br>{FLOWS[column]}: {_plain(currency.exact(row[column]))}"
                for row in months
            ],
            "hoverinfo": "text",
        }

    figure = go.Figure(
        [
            go.Bar(marker={"color": BLUE, "line": EDGE}, **heights("holders")),
            go.Bar(marker={"color": ORANGE, "line": EDGE}, **heights("treasury")),
            go.Scatter(
                mode="lines+markers",
                line={"color": GREY, "width": 2, "dash": "dot"},
                marker={"color": GREY, "size": 9, "symbol": "diamond"},
                **heights("rent"),
            ),
        ],
        _layout(
            height=340,
            barmode="stack",
            xaxis={"type": "category", "tickvals": names, "ticktext": _month_labels(names)}
            | {"showgrid": False},
            yaxis={"title": {"text": _plain(scale.title)}, "rangemode": "tozero"},
        ),
    )
    sums = {key: currency.exact(sum(row[key] for row in months)) for key in FLOWS}
    words = f"{sums['rent']} in, {sums['holders']} to holders, {sums['treasury']} to the treasury"
    return Chart(
        "by-month",
        figure,
        f"Stacked bars by month, with the rent paid as a line: {words}.",
        f"{names[0]} to {names[-1]}: {words}.",
        (
            Key(GREY, "◆", FLOWS["rent"]),
            Key(BLUE, "■", FLOWS["holders"]),
            Key(ORANGE, "■", FLOWS["treasury"]),
        ),
    )


FLOWS = {"rent": "Rent paid", "holders": "To holders", "treasury": "To the treasury"}


def who_received(money: dict[str, int], currency: Currency) -> Chart:
    """The rent, and the parts it went into, each starting where the one before it ends."""
    rows: list[tuple[str, str, int, int]] = []
    start = 0
    for key, label, colour in PARTS:
        rows.append((label, colour, start, money[key]))
        start += money[key]
    rows.append(("Rent paid", GREY, 0, money["rent_paid"]))
    scale = Scale.of(currency, max(start, money["rent_paid"]))
    figure = go.Figure(
        go.Bar(
            orientation="h",
            y=[label for label, *_ in rows],
            x=[scale.drawn(amount) for *_, amount in rows],
            base=[scale.drawn(begin) for _, _, begin, _ in rows],
            marker={"color": [colour for _, colour, *_ in rows], "line": EDGE},
            text=[" " + currency.short_number(amount) for *_, amount in rows],
            textposition="outside",
            cliponaxis=False,
            hovertext=[f"{row[0]}<br>{_plain(currency.exact(row[3]))}" for row in rows],
            hoverinfo="text",
        ),
        _layout(
            height=70 + 46 * len(rows),
            xaxis={
                "title": {"text": _plain(scale.title)},
                "range": [0, scale.drawn(max(start, money["rent_paid"])) * HEADROOM or 1],
            },
            yaxis={"autorange": "reversed", "automargin": True, "showgrid": False},
        ),
    )
    words = ", ".join(f"{label} {currency.short(amount)}" for label, _, _, amount in rows)
    return Chart(
        "who-received",
        figure,
        f"Bars that build up to the rent: {words}.",
        f"The four parts sum to {currency.exact(start)}; "
        f"the rent paid is {currency.exact(money['rent_paid'])}.",
    )


PARTS = (
    ("paid_to_holders", "Paid to holders", BLUE),
    ("claimable", "Waiting to be claimed", SKY),
    ("treasury", "Treasury", ORANGE),
    ("held_by_splitters", "Held by splitters", PINK),
)


def energy(portfolio: Sequence[Row]) -> Chart | None:
    """Energy per square metre, asset by asset; None when no asset has a figure."""
    known = [row for row in portfolio if per_m2(row)]
    shown = sorted(
        (row for row in known if row["energy_kwh"] > 0),
        key=lambda row: (-row["energy_kwh"] / row["area_dm2"], row["ref"]),
    )
    if not shown:
        return None
    marks = _marks(portfolio)
    places = {row["ref"]: place for place, row in enumerate(shown)}
    traces, legend = [], []
    for code, (colour, symbol, mark) in marks.items():
        rows = [row for row in shown if row["class"] == code]
        if not rows:
            continue
        legend.append(Key(colour, mark, rows[0]["label"]))
        traces.append(
            go.Scatter(
                mode="markers",
                x=[row["energy_kwh"] * 100 / row["area_dm2"] for row in rows],
                y=[places[row["ref"]] for row in rows],
                marker={"color": colour, "symbol": symbol, "size": 10, "line": EDGE},
                hovertext=[
                    f"{_plain(row['name'])} ({_plain(row['ref'])})<br>{_plain(row['label'])}"
                    f"<br>{per_m2(row)} kWh/m²"
                    for row in rows
                ],
                hoverinfo="text",
            )
        )
    axis = _energy_axis([value for trace in traces for value in trace.x])
    figure = go.Figure(
        traces,
        _layout(
            height=70 + 17 * len(shown),
            xaxis=axis,
            yaxis=_named(range(len(shown)), [row["name"] for row in shown])
            | {"range": [len(shown) - 0.4, -0.6], "showgrid": True, "tickfont": {"size": 11}},
        ),
    )
    highest, lowest = shown[0], shown[-1]
    words = (
        f"highest {highest['name']} with {per_m2(highest)} kWh/m², "
        f"lowest {lowest['name']} with {per_m2(lowest)} kWh/m²"
    )
    caption = f"{_count(len(shown), 'asset')} by energy use; {words}."
    if axis.get("type") == "log":
        caption += " The scale is logarithmic."
    if idle := [row["name"] for row in known if row["energy_kwh"] == 0]:
        caption += f" {_count(len(idle), 'asset')} used none: {_names(idle)}."
    if missing := [row["name"] for row in portfolio if not per_m2(row)]:
        caption += f" {_count(len(missing), 'asset')} without a figure: {_names(missing)}."
    return Chart("energy", figure, f"Dots by asset, sorted: {words}.", caption, tuple(legend))


def per_m2(row: Row) -> str:
    """Energy per square metre as text; empty when unknown."""
    if row["energy_kwh"] is None or row["area_dm2"] <= 0:
        return ""
    # {kWh/m2} = {kWh} * {dm2/m2} / {dm2}, half up
    return divided(row["energy_kwh"] * 100, row["area_dm2"], 1)


def square_metres(row: Row) -> str:
    return digits(row["area_dm2"], 2)


def classes_of(portfolio: Iterable[Row]) -> list[Row]:
    """Count and value of each class, in the order of the inventory."""
    counts: Counter[str] = Counter()
    values: Counter[str] = Counter()
    labels: dict[str, str] = {}
    for row in portfolio:
        counts[row["class"]] += 1
        values[row["class"]] += row["value"]
        labels[row["class"]] = row["label"]
    return [
        {"class": code, "label": label, "count": counts[code], "value": values[code]}
        for code, label in labels.items()
    ]


def _marks(portfolio: Sequence[Row]) -> dict[str, tuple[str, str, str]]:
    """Colour, Plotly symbol and legend character of each class."""
    codes = dict.fromkeys(row["class"] for row in portfolio)
    return {
        code: (COLOURS[place % len(COLOURS)], *SYMBOLS[place % len(SYMBOLS)])
        for place, code in enumerate(codes)
    }


def _layout(*, height: int, xaxis: Row, yaxis: Row, **more: Any) -> Row:
    """What all charts share. Text and grid colours are the page's style sheet's business."""
    fixed: Row = {"fixedrange": True, "gridcolor": GREY, "zeroline": False, "automargin": True}
    fixed["ticklabelstandoff"] = 5
    return {
        "template": go.layout.Template(),
        "height": height,
        "margin": {"l": 8, "r": 12, "t": 8, "b": 8},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "system-ui, sans-serif", "size": 13},
        "hoverlabel": {"bgcolor": "#1d2329", "bordercolor": GREY, "font": {"color": "#fff"}},
        "showlegend": False,
        "dragmode": False,
        "xaxis": fixed | xaxis,
        "yaxis": fixed | yaxis,
        **more,
    }


def _named(places: Iterable[Any], names: Iterable[str]) -> Row:
    """An axis that says names in place of keys, so that two assets may share a name."""
    return {
        "tickvals": list(places),
        "ticktext": [
            _plain(name if len(name) <= LABEL_LENGTH else f"{name[:HEAD]}…{name[-TAIL:]}")
            for name in names
        ],
        "automargin": True,
        "showgrid": False,
    }


def _energy_axis(values: Sequence[float]) -> Row:
    """A linear axis, or a logarithmic one where the highest would squeeze the rest."""
    title = {"title": {"text": "kWh per m²"}, "tickangle": 0, "tickfont": {"size": 11}}
    low, high = log10(min(values)), log10(max(values))
    if high - low < 1:
        return title | {"rangemode": "tozero"}
    powers, steps = range(floor(low), ceil(high) + 1), (1, 3) if high - low < 2.5 else (1,)
    ticks = [Decimal(step).scaleb(power) for power in powers for step in steps]
    return title | {
        "type": "log",
        "tickvals": [float(tick) for tick in ticks],
        "ticktext": [f"{tick:,f}" for tick in ticks],
    }


def _month_labels(months: Sequence[str]) -> list[str]:
    """Month names, with the year below the first and below each January."""
    labels = []
    for place, month in enumerate(months):
        year, number = month.split("-")
        name = MONTHS[int(number) - 1]
        labels.append(f"{name}<br>{year}" if place == 0 or number == "01" else name)
    return labels


def _plain(words: str) -> str:
    """Plotly reads a small HTML of its own in every text: what comes from files is escaped."""
    return escape(words, quote=False)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _names(names: Sequence[str]) -> str:
    rest = len(names) - NAMES_IN_CAPTION
    listed = ", ".join(names[:NAMES_IN_CAPTION])
    return f"{listed} and {rest:,} more" if rest > 0 else listed
