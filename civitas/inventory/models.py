"""What the city's files say, once checked. Amounts are integers, a `ref` is a code."""

import calendar
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Asset:
    """One parcel with what stands on it: what becomes one deed."""

    ref: str
    parcel: str
    name: str
    property_class: str
    area_dm2: int  # {0.01 m²}, 1 .. 2^64 - 1
    value: int  # {currency base units}, 1 .. 2^128 - 1
    units: int  # {security-token units}, 0 = not tokenised, below 2^64
    energy_kwh: int | None  # {kWh a year}, None = not measured
    year_built: int | None
    lines: tuple[int, ...]  # of the source file


# What is wrong with an asset: column of the project's own format, and a sentence.
Check = Callable[[Asset], Iterable[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Lease:
    """A tenant's use of one asset for whole months from `start`."""

    ref: str
    asset: str  # the asset's ref
    tenant: str
    use: str  # whose tariff counts
    start: date
    months: int  # 1 .. 600
    monthly_rent: int  # {currency base units} without tax, below 2^92; 0 for what the tariff asks
    deposit: int  # {currency base units}, below 2^96
    line: int  # of the source file, 0 = generated

    @property
    def end(self) -> date:
        """The first day after the lease: `start` plus its months, on the month's last day if the
        month is shorter (31 August + 6 months = 28 or 29 February)."""
        year, month = divmod(self.start.year * 12 + self.start.month - 1 + self.months, 12)
        last_day = calendar.monthrange(year, month + 1)[1]
        return date(year, month + 1, min(self.start.day, last_day))


@dataclass(frozen=True, slots=True)
class Investor:
    """Someone who may hold units until `valid_until`, known here by code, country and class."""

    ref: str
    country: int  # ISO 3166-1 numeric, 1 .. 999
    investor_class: str
    valid_until: date
    line: int  # of the source file


class NoteKind(StrEnum):
    MERGED = "merged"
    DEFAULTED = "defaulted"
    LEFT_OUT = "left out"  # exactly one for each row left out
    OUTSIDE = "outside the filter"  # one for all rows that the mapping didn't ask for
    CHECK = "check"  # kept as it is; someone should look


@dataclass(frozen=True, slots=True)
class Note:
    """A decision the reader took for people. Line 1, the header, stands for the whole file."""

    file: str
    line: int
    kind: NoteKind
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.kind}: {self.message}"


@dataclass(frozen=True, slots=True)
class Inventory:
    """The assets of one file in its order, and every decision taken while reading it."""

    assets: tuple[Asset, ...]
    notes: tuple[Note, ...]
