from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from civitas.inventory import read_assets, read_investors, read_leases
from civitas.profiles import Profile

SAMPLES = Path(__file__).parents[2] / "samples"
KR = Profile.load("kr")


@pytest.fixture(scope="module")
def assets():
    return read_assets(SAMPLES / "assets.csv", KR).assets


def test_sample_city_has_every_class(assets):
    counts = Counter(asset.property_class for asset in assets)

    assert len(assets) >= 48
    assert set(counts) == {each.code for each in KR.property_classes}
    assert counts["ADMINISTRATIVE"] >= 8


def test_about_twenty_assets_are_tokenised(assets):
    tokenised = [asset for asset in assets if asset.units > 0]

    assert 18 <= len(tokenised) <= 24
    assert all(asset.units == 100_000 or asset.units * 5_000 == asset.value for asset in tokenised)


def test_energy_is_known_for_most_but_not_all(assets):
    measured = sum(asset.energy_kwh is not None for asset in assets)

    assert len(assets) * 3 // 4 <= measured < len(assets)


def test_sample_leases_fit_the_sample_assets(assets):
    leases = read_leases(SAMPLES / "leases.csv", KR, assets)

    assert len(leases) == 25
    assert any(each.use == "COMMERCIAL" and not each.monthly_rent for each in leases)
    assert {each.start.year for each in leases} == {2027}
    assert sum(each.start == date(2027, 1, 1) for each in leases) >= 12
    assert any(each.start.day == 31 for each in leases)


def test_two_sample_investors_expire_within_the_year():
    investors = read_investors(SAMPLES / "investors.csv", KR)

    assert len(investors) == 30
    assert sum(each.valid_until < date(2028, 1, 1) for each in investors) == 2
    assert sum(each.valid_until > date(2028, 12, 31) for each in investors) == 28
    assert {410, 840, 392, 276, 702} <= {each.country for each in investors}
