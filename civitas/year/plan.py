"""What a city year will do, read from files and checked before the first transaction."""

from dataclasses import dataclass
from pathlib import Path

from civitas.errors import InputErrors, RowError
from civitas.inventory import (
    Inventory,
    Investor,
    Lease,
    Mapping,
    generated_leases,
    read_assets,
    read_investors,
    read_leases,
)
from civitas.profiles import Profile


@dataclass(frozen=True)
class YearPlan:
    """All inputs of a year. `leases` are generated where `assets` came without a lease file."""

    year: int
    profile: Profile
    inventory: Inventory
    leases: tuple[Lease, ...]
    investors: tuple[Investor, ...]
    sources: dict[str, str]  # what -> file, or how it was made


def read_plan(
    assets: Path,
    leases: Path | None,
    investors: Path,
    mapping: Path | None = None,
    profile: str | None = None,
    year: int = 2027,
) -> YearPlan:
    """Read every file and report what is wrong in all of them at once. Raises InputErrors."""
    wrong: list[RowError] = []
    table = Mapping.load(mapping) if mapping else None
    rules = Profile.load(profile or (table.profile if table else None) or "kr")
    inventory = Inventory((), ())
    try:
        inventory = read_assets(assets, rules, table)
    except InputErrors as error:
        wrong.extend(error.rows)
    people: tuple[Investor, ...] = ()
    try:
        people = read_investors(investors, rules)
    except InputErrors as error:
        wrong.extend(error.rows)
    terms: tuple[Lease, ...] = ()
    # Leases refer to assets: without a good inventory every one of them would look wrong.
    if leases is None:
        terms = generated_leases(inventory.assets, rules, year)
    elif inventory.assets:
        try:
            terms = read_leases(leases, rules, inventory.assets)
        except InputErrors as error:
            wrong.extend(error.rows)
    if not wrong and not inventory.assets:
        wrong.append(RowError(assets.as_posix(), None, None, "has no assets"))
    if not wrong and len(people) < 2:
        wrong.append(
            RowError(investors.as_posix(), None, None, "needs at least two investors to trade")
        )
    wrong.extend(
        RowError(
            investors.as_posix(),
            each.line,
            "valid_until",
            f"{each.valid_until} is before the year {year} begins",
        )
        for each in people
        if each.valid_until.year < year
    )
    if wrong:
        raise InputErrors(wrong)
    return YearPlan(
        year=year,
        profile=rules,
        inventory=inventory,
        leases=terms,
        investors=people,
        sources={
            "assets": assets.as_posix(),
            "leases": leases.as_posix() if leases else "generated from values and yields",
            "investors": investors.as_posix(),
            "profile": rules.name,
        },
    )
