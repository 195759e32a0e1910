from dataclasses import replace
from datetime import date

import pytest

from civitas.errors import CivitasError, UnknownClass
from civitas.inventory import Asset, Lease, generated_leases
from civitas.profiles import Profile

KR = Profile.load("kr")
OFFICE = Asset("A-1", "p1", "Offices", "OFFICE", 100, 1_000_000, 0, None, None, (2,))  # 500 bps


def test_rent_is_the_yield_by_month_rounded_down():
    (lease,) = generated_leases([OFFICE], KR, 2027)

    # 4166.67
    assert lease == Lease("L-001", "A-1", "T-001", "AGREED", date(2027, 1, 1), 12, 4_166, 0, 0)
    assert lease.end == date(2028, 1, 1)


def test_only_leasable_assets_are_leased_and_numbered_in_their_order():
    city_hall = replace(OFFICE, ref="A-2", property_class="ADMINISTRATIVE")
    homes = replace(OFFICE, ref="A-3", property_class="HOUSING")  # 250 bps

    leases = generated_leases([homes, city_hall, OFFICE], KR, 2027)

    assert [(each.ref, each.asset, each.tenant, each.monthly_rent) for each in leases] == [
        ("L-001", "A-3", "T-001", 2_083),
        ("L-002", "A-1", "T-002", 4_166),
    ]
    assert generated_leases([homes, city_hall, OFFICE], KR, 2027) == leases


def test_a_rent_of_nothing_is_no_lease():
    assert generated_leases([replace(OFFICE, value=239)], KR, 2027) == ()
    assert generated_leases([replace(OFFICE, value=240)], KR, 2027)[0].monthly_rent == 1


def test_rent_that_the_chain_cannot_hold_is_refused():
    most = 2**92 * 240 - 1

    assert generated_leases([replace(OFFICE, value=most)], KR, 2027)[0].monthly_rent == 2**92 - 1
    with pytest.raises(CivitasError) as caught:
        generated_leases([replace(OFFICE, value=most + 1)], KR, 2027)
    assert str(caught.value) == f"A-1: a rent of {2**92} is not below 2^92 base units"


def test_assets_of_another_profile_are_refused():
    with pytest.raises(UnknownClass, match="^'RECREATION' is unknown"):
        generated_leases([replace(OFFICE, property_class="RECREATION")], KR, 2027)
