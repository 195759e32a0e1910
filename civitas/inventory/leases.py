"""Leases: one a row, never two at a time on one asset."""

from collections.abc import Iterable
from operator import attrgetter
from pathlib import Path

from civitas.inventory.models import Asset, Lease
from civitas.inventory.table import Row, Table
from civitas.profiles import Profile, PropertyClass

COLUMNS = ("ref", "asset", "tenant", "use", "start", "months", "monthly_rent", "deposit")
MAX_MONTHS = 600


def read_leases(path: str | Path, profile: Profile, assets: Iterable[Asset]) -> tuple[Lease, ...]:
    """The leases of a CSV file with exactly COLUMNS; money is in units of the currency. A rent may
    be left out where the use has a rate, a deposit always.

    Raises InputErrors with everything wrong in the file, and UnknownClass when the assets were read
    under another profile.
    """
    class_of = {asset.ref: asset.property_class for asset in assets}
    table = Table(Path(path), COLUMNS)
    leases: dict[str, list[Lease]] = {}  # asset -> its leases so far
    for row in table.rows:
        lease = _lease(row, profile, class_of)
        if row.is_sound:
            earlier = leases.setdefault(lease.asset, [])
            _refuse_overlap(row, lease, earlier)
            earlier.append(lease)
    table.raise_errors()
    return tuple(
        sorted((each for group in leases.values() for each in group), key=attrgetter("line"))
    )


def _lease(row: Row, profile: Profile, class_of: dict[str, str]) -> Lease:
    ref = row.code("ref")
    row.once("ref", ref)
    lease = Lease(
        ref=ref,
        asset=row.code("asset"),
        tenant=row.code("tenant"),
        use=row.code("use"),
        start=row.day("start"),
        months=row.whole_within("months", 1, MAX_MONTHS),
        monthly_rent=_rent(row, profile),
        deposit=row.money("deposit", profile.currency, bits=96) if row.raw("deposit") else 0,
        line=row.line,
    )
    if lease.use and profile.tariff(lease.use) is None:
        known = ", ".join(each.use for each in profile.tariffs)
        row.refuse("use", f"{lease.use!r} is unknown; the profile has {known}")
    if lease.asset and lease.asset not in class_of:
        row.refuse("asset", f"{lease.asset!r} is not in the inventory")
    elif lease.asset:
        _refuse_class(row, lease, profile.property_class(class_of[lease.asset]))
    return lease


def _rent(row: Row, profile: Profile) -> int:
    tariff = profile.tariff(row.raw("use"))
    if tariff is not None and tariff.rate_numerator and not row.raw("monthly_rent"):
        return 0
    return row.money("monthly_rent", profile.currency, bits=92)


def _refuse_class(row: Row, lease: Lease, kind: PropertyClass) -> None:
    if kind.is_leasable:
        return
    if not kind.permit_months:
        row.refuse("asset", f"{lease.asset!r} is {kind.code}, which can't be leased")
    elif lease.months > kind.permit_months:
        row.refuse("months", f"a use-permit of {kind.code} runs {kind.permit_months} at most")


def _refuse_overlap(row: Row, lease: Lease, earlier: list[Lease]) -> None:
    for other in earlier:
        if lease.start < other.end and other.start < lease.end:
            row.refuse(
                "start",
                f"overlaps {other.ref} on line {other.line}, "
                f"which has {lease.asset} from {other.start} until {other.end}",
            )
            return
