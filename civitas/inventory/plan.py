"""Leases for an inventory that comes without any, so that a city year can be planned."""

from collections.abc import Iterable
from datetime import date

from civitas.errors import CivitasError
from civitas.inventory.models import Asset, Lease
from civitas.profiles import BPS, Profile


def generated_leases(assets: Iterable[Asset], profile: Profile, year: int) -> tuple[Lease, ...]:
    """A lease from 1 January for 12 months for each asset of a leasable class, in their order.

    The rent is the class's yield on the asset's value, by month, rounded down; an asset whose rent
    would be 0 gets no lease. Raises CivitasError for a rent of 2^92 base units or more, and
    UnknownClass when the assets were read under another profile.
    """
    leases: list[Lease] = []
    for asset in assets:
        property_class = profile.property_class(asset.property_class)
        if not property_class.is_leasable:
            continue
        # {currency/month} = {currency} * {bps/year} // {bps} // {month/year}
        monthly_rent = asset.value * property_class.yield_bps // BPS // 12
        if monthly_rent >= 2**92:
            raise CivitasError(
                f"{asset.ref}: a rent of {monthly_rent} is not below 2^92 base units"
            )
        if monthly_rent > 0:
            number = f"{len(leases) + 1:03}"
            start = date(year, 1, 1)
            leases.append(
                Lease(
                    *(f"L-{number}", asset.ref, f"T-{number}", profile.agreed_use, start, 12),
                    monthly_rent=monthly_rent,
                    deposit=0,
                    line=0,
                )
            )
    return tuple(leases)
