"""How to read another city's inventory, as data: which column is what, and what to do with it."""

import re
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from civitas.profiles.text_file import read_toml

_EXACT = re.compile(r"[0-9]{1,20}(?:\.[0-9]{1,20}|/[0-9]{1,20})?")


def _exact(value: object) -> Fraction:
    if not _EXACT.fullmatch(str(value)):
        raise ValueError(f"must be a positive number or 'a/b', got {str(value)[:40]!r}")
    try:
        number = Fraction(str(value))
    except ZeroDivisionError:
        number = Fraction(0)
    if number == 0:
        raise ValueError(f"must be a positive number or 'a/b', got {value!s}")
    return number


# A factor or rate without rounding: 12, 0.09290304 or "5/3".
Exact = Annotated[Fraction, BeforeValidator(_exact)]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Columns(_Table):
    """The header of the source for each field; None where the source has no such column."""

    ref: str
    parcel: str
    name: str
    property_class: str
    area: str
    value: str | None = None  # in units of the currency
    units: str | None = None
    energy: str | None = None
    year_built: str | None = None


class Parcels(_Table):
    """How parcel numbers are written, and what several rows of one parcel mean.

    `merge` makes them one asset; `refuse` makes the second row an error.
    """

    ignore: str = ""  # characters that carry no meaning, such as " -"
    digits: int | None = Field(
        default=None, ge=1, le=40
    )  # leading zeros that were lost are put back
    none: tuple[str, ...] = ()  # written where there is no parcel number, such as "0"
    shared: Literal["merge", "refuse"] = "refuse"

    def key(self, written: str) -> str:
        """The parcel number in one spelling; "" when there is none."""
        if written in self.none:
            return ""
        kept = "".join(letter for letter in written.upper() if letter not in self.ignore)
        kept = " ".join(kept.split())
        is_number = kept.isascii() and kept.isdigit()
        return kept.zfill(self.digits) if self.digits and is_number else kept

    def is_regular(self, key: str) -> bool:
        is_number = key.isascii() and key.isdigit()
        return self.digits is None or (is_number and len(key) == self.digits)


class Classes(_Table):
    """The property class of a row: by its ref, else by its source value, else the default."""

    by_ref: dict[str, str] = {}
    by_value: dict[str, str] = {}
    default: str | None = None  # None: a value that is not in the table is an error


class Units(_Table):
    """Units to register on an asset that may be tokenised: the same for all, or by its value."""

    fixed: int | None = Field(default=None, ge=0, lt=2**64)
    one_per_value: Exact | None = None  # {currency}, the count is rounded down

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        if (self.fixed is None) == (self.one_per_value is None):
            raise ValueError("give either `fixed` or `one_per_value`")
        return self


class Mapping(_Table):
    """A foreign inventory. Sums are exact and each result is rounded down once, at the end."""

    name: str
    profile: str | None = None  # the profile whose classes this mapping names
    columns: Columns
    only: dict[str, str] = {}  # column -> value that a row must have to be read
    parcel: Parcels = Parcels()
    m2_per_unit: Exact  # {m²} in one unit of the area column
    kwh_per_unit: Exact = Fraction(1)  # {kWh} in one unit of the energy column
    zero_energy_is_missing: bool = True
    classes: Classes
    value_per_m2: dict[str, Exact] = {}  # class -> {currency/m²}, when there is no value column
    units: Units | None = None  # when there is no units column; None: nothing is tokenised
    default_name: str | None = None  # None: a blank name is an error

    @model_validator(mode="after")
    def _one_source_each(self) -> Self:
        if (self.columns.value is None) != bool(self.value_per_m2):
            raise ValueError("give either `columns.value` or `value_per_m2`")
        if self.columns.units is not None and self.units is not None:
            raise ValueError("give either `columns.units` or `units`")
        return self

    @model_validator(mode="after")
    def _rate_for_each_class(self) -> Self:
        classes = {*self.classes.by_ref.values(), *self.classes.by_value.values()}
        if self.classes.default is not None:
            classes.add(self.classes.default)
        if self.value_per_m2 and (lacking := sorted(classes - set(self.value_per_m2))):
            raise ValueError(f"value_per_m2 has no rate for {', '.join(lacking)}")
        return self

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """The mapping in a TOML file. Raises InputErrors."""
        return read_toml(Path(path), cls)

    def source_columns(self) -> tuple[str, ...]:
        """The headers the source must have."""
        named = [header for header in self.columns.model_dump().values() if header is not None]
        return tuple(dict.fromkeys([*named, *self.only]))
