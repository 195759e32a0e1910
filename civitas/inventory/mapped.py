"""A foreign inventory read through its mapping. Every row read ends up in an asset or in a note."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from civitas.errors import InputErrors, RowError, UnknownClass
from civitas.inventory.mapping import Mapping
from civitas.inventory.models import Asset, Check, Inventory, Note, NoteKind
from civitas.inventory.table import Row, Table
from civitas.profiles import Profile, PropertyClass


@dataclass(frozen=True, slots=True)
class _Building:
    """One row, not yet rounded. Several can stand on one parcel."""

    line: int
    ref: str
    name: str
    property_class: PropertyClass
    area: Fraction  # {m²}
    value: Fraction  # {currency base units}
    units: int  # {security-token units}, 0 without a units column
    energy: Fraction | None  # {kWh a year}, None = not measured
    year_built: int | None

    def precedence(self) -> tuple[bool, bool, Fraction]:
        """Which building speaks for its parcel: the most restricted, then the largest. So a parcel
        with one building that can't be tokenised or leased can't be either."""
        return (
            not self.property_class.is_tokenisable,
            not self.property_class.is_leasable,
            self.area,
        )


def read_mapped(
    path: Path, profile: Profile, mapping: Mapping, check: Check | None = None
) -> Inventory:
    """The assets of a foreign CSV file, one a parcel, in the order of their first rows.

    A row without a parcel number is left out with a note, since a deed needs one. Raises
    InputErrors with everything wrong in the file, or in the class names of the mapping.
    """
    _check_classes(mapping, profile)
    reading = _Reading(path, profile, mapping, check)
    parcels, others = reading.parcels()
    assets = []
    for parcel, buildings in parcels.items():
        asset = reading.asset(parcel, buildings)
        reading.note_parcel(asset, others.get(parcel, []))
        assets.append(asset)
    reading.table.raise_errors()
    return Inventory(tuple(assets), tuple(sorted(reading.notes, key=lambda note: note.line)))


def _check_classes(mapping: Mapping, profile: Profile) -> None:
    classes = mapping.classes
    named = {f"classes.by_value.{value}": code for value, code in classes.by_value.items()}
    named |= {f"classes.by_ref.{ref}": code for ref, code in classes.by_ref.items()}
    named |= {f"value_per_m2.{code}": code for code in mapping.value_per_m2}
    if classes.default is not None:
        named["classes.default"] = classes.default
    errors = []
    for key, code in named.items():
        try:
            profile.property_class(code)
        except UnknownClass as error:
            errors.append(RowError(f"mapping {mapping.name}", None, key, str(error)))
    if errors:
        raise InputErrors(errors)


class _Reading:
    """One reading of one file: its table with the errors, and the notes taken on the way."""

    def __init__(self, path: Path, profile: Profile, mapping: Mapping, check: Check | None) -> None:
        self.check = check
        self.profile = profile
        self.mapping = mapping
        self.columns = mapping.columns
        self.base: int = 10**profile.currency.decimals  # {currency base units/currency}
        self.table = Table(path, mapping.source_columns(), allow_others=True)
        self.notes: list[Note] = []

    def note(self, line: int, kind: NoteKind, message: str) -> None:
        self.notes.append(Note(self.table.file, line, kind, message))

    def parcels(self) -> tuple[dict[str, list[_Building]], dict[str, list[int]]]:
        """The buildings of each parcel; and for each parcel, the lines outside the filter."""
        parcels: dict[str, list[_Building]] = {}
        others: dict[str, list[int]] = {}
        for row in self.table.rows:
            written = row.raw(self.columns.parcel)
            parcel = self.mapping.parcel.key(written)
            if not all(row.raw(column) == value for column, value in self.mapping.only.items()):
                others.setdefault(parcel, []).append(row.line)
            elif not parcel:
                ref = row.raw(self.columns.ref)
                self.note(row.line, NoteKind.LEFT_OUT, f"no parcel number for {ref!r}: {written!r}")
            else:
                row.text(self.columns.parcel)  # refuses what no parcel number can be
                if self.mapping.parcel.shared == "refuse":
                    row.once(self.columns.parcel, parcel)
                building = self.building(row)
                if row.is_sound:
                    parcels.setdefault(parcel, []).append(building)
        self.note_file(sum(len(lines) for lines in others.values()))
        return parcels, others

    def building(self, row: Row) -> _Building:
        columns = self.columns
        ref = row.code(columns.ref)
        row.once(columns.ref, ref)
        property_class = self.property_class(row, ref)
        area = row.number(columns.area, is_positive=True) * self.mapping.m2_per_unit
        year = columns.year_built
        return _Building(
            line=row.line,
            ref=ref,
            name=self.name(row, ref),
            property_class=property_class,
            area=area,
            value=self.value(row, area, property_class),
            units=self.units(row, property_class),
            energy=self.energy(row, ref),
            year_built=row.whole_within(year, 1, 9999) if year and row.raw(year) else None,
        )

    def name(self, row: Row, ref: str) -> str:
        default = self.mapping.default_name
        if default is None or row.raw(self.columns.name):
            return row.text(self.columns.name)
        self.note(row.line, NoteKind.DEFAULTED, f"{ref}: no name, taken as {default!r}")
        return default

    def property_class(self, row: Row, ref: str) -> PropertyClass:
        classes = self.mapping.classes
        written = row.raw(self.columns.property_class)
        code = classes.by_ref.get(ref) or classes.by_value.get(written)
        if code is None and classes.default is not None:
            code = classes.default
            self.note(row.line, NoteKind.DEFAULTED, f"{ref}: class {written!r} taken as {code}")
        if code is None:
            what = f"{written!r} is not in the mapping, which has no default class"
            row.refuse(self.columns.property_class, what)
            return self.profile.property_classes[0]
        return self.profile.property_class(code)

    def value(self, row: Row, area: Fraction, property_class: PropertyClass) -> Fraction:
        if self.columns.value is not None:
            return Fraction(row.money(self.columns.value, self.profile.currency, bits=128))
        # Each class of the mapping has a rate; the placeholder of a refused row needs none.
        rate = self.mapping.value_per_m2.get(property_class.code, Fraction(0))
        # {currency base units} = {m²} * {currency/m²} * {currency base units/currency}
        return area * rate * self.base

    def units(self, row: Row, property_class: PropertyClass) -> int:
        if self.columns.units is None:
            return 0
        units = row.whole(self.columns.units)
        if units > 0 and not property_class.is_tokenisable:
            row.refuse(self.columns.units, f"must be 0, {property_class.code} can't be tokenised")
        return units

    def energy(self, row: Row, ref: str) -> Fraction | None:
        column = self.columns.energy
        if column is None:
            return None
        if row.raw(column):
            energy = row.number(column, is_positive=False) * self.mapping.kwh_per_unit
            if energy > 0 or not self.mapping.zero_energy_is_missing:
                return energy
        self.note(row.line, NoteKind.DEFAULTED, f"{ref}: energy {row.raw(column)!r}, so unknown")
        return None

    def asset(self, parcel: str, buildings: Sequence[_Building]) -> Asset:
        """Area, value, energy and units of the buildings summed and then rounded down, the rest
        from the building that speaks for the parcel. Energy is unknown if one building's is."""
        lead = max(buildings, key=_Building.precedence)
        measured = [each.energy for each in buildings if each.energy is not None]
        area = sum((each.area for each in buildings), Fraction(0))
        value = sum((each.value for each in buildings), Fraction(0))
        asset = Asset(
            ref=lead.ref,
            parcel=parcel,
            name=lead.name,
            property_class=lead.property_class.code,
            area_dm2=int(area * 100),
            value=int(value),
            units=self.units_of(lead.property_class, buildings, int(value)),
            energy_kwh=int(sum(measured)) if len(measured) == len(buildings) else None,
            year_built=lead.year_built,
            lines=tuple(each.line for each in buildings),
        )
        if self.check_limits(asset, lead.line) and self.check is not None:
            for column, message in self.check(asset):
                self.table.refuse(lead.line, self.header(column), message)
        return asset

    def header(self, column: str) -> str | None:
        """The source's name for a column of the project's own format; None where it has none."""
        fields = {"class": "property_class", "area_m2": "area", "energy_kwh": "energy"}
        name: str | None = getattr(self.columns, fields.get(column, column))
        return name

    def units_of(
        self, property_class: PropertyClass, buildings: Sequence[_Building], value: int
    ) -> int:
        rule = self.mapping.units
        if rule is None:
            return sum(each.units for each in buildings)
        if not property_class.is_tokenisable:
            return 0
        if rule.one_per_value is None:
            return rule.fixed or 0
        # {unit} = {currency base units} // ({currency/unit} * {currency base units/currency})
        return int(value // (rule.one_per_value * self.base))

    def check_limits(self, asset: Asset, line: int) -> bool:
        """Whether the parcel's sums are what a deed can hold; what isn't is refused."""
        is_sound = True
        limits = (
            ("area", asset.area_dm2, 1, 64),
            ("value", asset.value, 1, 128),
            ("units", asset.units, 0, 64),
            ("energy", asset.energy_kwh or 0, 0, 64),
        )
        for what, amount, least, bits in limits:
            if not least <= amount < 2**bits:
                message = f"{what} of the parcel is {amount}, must be {least} to 2^{bits} - 1"
                self.table.refuse(line, None, message)
                is_sound = False
        is_tokenisable = self.profile.property_class(asset.property_class).is_tokenisable
        if asset.units > 0 and not is_tokenisable:
            what = f"units of the parcel must be 0, {asset.property_class} can't be tokenised"
            self.table.refuse(line, None, what)
            is_sound = False
        return is_sound

    def note_file(self, outside: int) -> None:
        mapping = self.mapping
        asked = " and ".join(f"{column} = {value!r}" for column, value in mapping.only.items())
        if outside > 0:
            if outside == len(self.table.rows):
                self.table.refuse(None, None, f"no row has {asked}")
            what = f"{outside} of {len(self.table.rows)} rows don't have {asked}"
            self.note(1, NoteKind.OUTSIDE, what)
        refs = {row.raw(self.columns.ref) for row in self.table.rows}
        if absent := sorted(set(mapping.classes.by_ref) - refs):
            self.note(1, NoteKind.CHECK, f"no row for classes.by_ref of {', '.join(absent)}")
        if self.columns.value is None:
            self.note(1, NoteKind.DEFAULTED, "value is area times the value_per_m2 of the class")
        if self.columns.units is None:
            rule = "by the units rule" if mapping.units else "0: the mapping has no units rule"
            self.note(1, NoteKind.DEFAULTED, f"units are {rule}")
        for field in ("energy", "year_built"):
            if getattr(self.columns, field) is None:
                self.note(1, NoteKind.DEFAULTED, f"{field} is unknown: the mapping has no column")

    def note_parcel(self, asset: Asset, others: list[int]) -> None:
        line, digits = asset.lines[0], self.mapping.parcel.digits
        if len(asset.lines) > 1:
            what = f"{_lines(asset.lines)} share parcel {asset.parcel}: one asset, {asset.ref}"
            self.note(line, NoteKind.MERGED, f"{what}, {asset.property_class}")
        if others:
            what = f"parcel {asset.parcel} of {asset.ref} is shared with others' {_lines(others)}"
            self.note(line, NoteKind.CHECK, what)
        if not self.mapping.parcel.is_regular(asset.parcel):
            what = f"parcel {asset.parcel} of {asset.ref} is not {digits} digits, kept so"
            self.note(line, NoteKind.CHECK, what)


def _lines(lines: Sequence[int]) -> str:
    return ("line " if len(lines) == 1 else "lines ") + ", ".join(str(line) for line in lines)
