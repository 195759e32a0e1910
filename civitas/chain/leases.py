"""Leases as the Lease contract takes them."""

from datetime import date, timedelta

from civitas.chain.deploy import name32
from civitas.inventory import Lease
from civitas.profiles import Profile

EPOCH = date(1970, 1, 1)
Draft = tuple[int, str, bytes, int, int, int, int, int]


def day_number(day: date) -> int:
    """Days from 1970-01-01, as the contracts count."""
    return (day - EPOCH) // timedelta(days=1)


def draft(
    asset_id: int,
    tenant: str,
    use: str,
    start: date,
    end: date,
    *,
    annual_rent: int,
    deposit: int = 0,
    anchor: date | None = None,
) -> Draft:
    """A draft whose months count from the start, or from `anchor`; `end` is the first day without
    the lease. A rent of 0 is what the tariff asks."""
    days = [day_number(day) for day in (start, anchor or start, end)]
    return (asset_id, tenant, name32(use), days[0], days[1], days[2], annual_rent, deposit)


def draft_of(lease: Lease, profile: Profile, asset_id: int, tenant: str) -> Draft:
    """The draft of a lease on file; its year's rent is cut down to the tariff's quantum."""
    tariff = profile.tariff(lease.use)
    quantum = tariff.quantum if tariff else 1
    return draft(
        *(asset_id, tenant, lease.use, lease.start, lease.end),
        annual_rent=lease.monthly_rent * 12 // quantum * quantum,
        deposit=lease.deposit,
    )
