"""Investors: codes, countries and classes, no personal data."""

from pathlib import Path

from civitas.errors import UnknownClass
from civitas.inventory.models import Investor
from civitas.inventory.table import Row, Table
from civitas.profiles import Profile

COLUMNS = ("ref", "country", "class", "valid_until")


def read_investors(path: str | Path, profile: Profile) -> tuple[Investor, ...]:
    """The investors of a CSV file with exactly COLUMNS.

    Raises InputErrors with everything wrong in the file.
    """
    table = Table(Path(path), COLUMNS)
    investors = tuple(_investor(row, profile) for row in table.rows)
    table.raise_errors()
    return investors


def _investor(row: Row, profile: Profile) -> Investor:
    ref = row.code("ref")
    row.once("ref", ref)
    investor = Investor(
        ref=ref,
        country=row.whole_within("country", 1, 999),
        investor_class=row.text("class"),
        valid_until=row.day("valid_until"),
        line=row.line,
    )
    if investor.investor_class:
        try:
            profile.investor_class(investor.investor_class)
        except UnknownClass as error:
            row.refuse("class", str(error))
    return investor
