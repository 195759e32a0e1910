"""The inventory: one asset a row in the project's own format, or any CSV through a mapping."""

from pathlib import Path

from civitas.errors import UnknownClass
from civitas.inventory.mapped import read_mapped
from civitas.inventory.mapping import Mapping
from civitas.inventory.models import Asset, Check, Inventory, Note, NoteKind
from civitas.inventory.table import Row, Table
from civitas.profiles import Profile

COLUMNS = (
    "ref",
    "parcel",
    "name",
    "class",
    "area_m2",  # up to two decimals
    "value",  # in units of the currency
    "units",  # 0 = not tokenised
    "energy_kwh",  # a year; may be blank
    "year_built",  # may be blank
)


def read_assets(
    path: str | Path,
    profile: Profile,
    mapping: Mapping | None = None,
    check: Check | None = None,
) -> Inventory:
    """The assets of a CSV file. Without a mapping it must have exactly COLUMNS, in any order.

    `check` says what else is wrong with an asset that is sound by itself. Raises InputErrors with
    everything wrong in the file.
    """
    if mapping is not None:
        return read_mapped(Path(path), profile, mapping, check)
    table = Table(Path(path), COLUMNS)
    assets = []
    for row in table.rows:
        asset = _asset(row, profile)
        if check is not None and row.is_sound:
            for column, message in check(asset):
                row.refuse(column, message)
        assets.append(asset)
    table.raise_errors()
    notes = [note for asset in assets if (note := _note_of_blanks(table.file, asset))]
    return Inventory(tuple(assets), tuple(notes))


def _note_of_blanks(file: str, asset: Asset) -> Note | None:
    given = {"energy_kwh": asset.energy_kwh, "year_built": asset.year_built}
    if not (blank := [column for column, value in given.items() if value is None]):
        return None
    message = f"{asset.ref}: {' and '.join(blank)} left blank, so unknown"
    return Note(file, asset.lines[0], NoteKind.DEFAULTED, message)


def _asset(row: Row, profile: Profile) -> Asset:
    ref = row.code("ref")
    row.once("ref", ref)
    parcel = row.text("parcel")
    row.once("parcel", parcel)
    asset = Asset(
        ref=ref,
        parcel=parcel,
        name=row.text("name"),
        property_class=row.text("class"),
        area_dm2=row.area_dm2("area_m2"),
        value=row.money("value", profile.currency, bits=128),
        units=row.whole("units"),
        energy_kwh=row.whole("energy_kwh") if row.raw("energy_kwh") else None,
        year_built=row.whole_within("year_built", 1, 9999) if row.raw("year_built") else None,
        lines=(row.line,),
    )
    if asset.property_class:
        try:
            property_class = profile.property_class(asset.property_class)
        except UnknownClass as error:
            row.refuse("class", str(error))
        else:
            if asset.units > 0 and not property_class.is_tokenisable:
                row.refuse("units", f"must be 0, {property_class.code} can't be tokenised")
    return asset
