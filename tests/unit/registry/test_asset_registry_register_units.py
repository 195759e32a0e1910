import ape
import pytest

MAX_UNITS = 2**96 - 1


def test_sets_the_units_of_a_deed(registry, office, council_clerk, resolution):
    receipt = registry.register_units(office, 1_000, resolution, sender=council_clerk)

    assert registry.units_of(office) == registry.asset(office).units == 1_000
    assert receipt.events == [
        registry.UnitsRegistered(
            asset_id=office, old_units=0, new_units=1_000, resolution=resolution
        )
    ]


def test_raises_the_units_of_a_deed(registry, office, council_clerk, create_token, resolution):
    create_token(office, units=1_000)

    receipt = registry.register_units(office, 1_001, resolution, sender=council_clerk)

    assert registry.units_of(office) == 1_001
    assert receipt.events == [
        registry.UnitsRegistered(
            asset_id=office, old_units=1_000, new_units=1_001, resolution=resolution
        )
    ]


@pytest.mark.parametrize("units", [0, 999, 1_000])
def test_refuses_fewer_or_equal_units(registry, office, council_clerk, resolution, units):
    registry.register_units(office, 1_000, resolution, sender=council_clerk)

    with ape.reverts("asset_registry: units only grow"):
        registry.register_units(office, units, resolution, sender=council_clerk)

    assert registry.units_of(office) == 1_000


def test_refuses_no_units(registry, office, council_clerk, resolution):
    with ape.reverts("asset_registry: units only grow"):
        registry.register_units(office, 0, resolution, sender=council_clerk)


@pytest.mark.parametrize("units", [1, 2, MAX_UNITS - 1, MAX_UNITS])
def test_takes_from_1_unit_to_the_most(registry, office, council_clerk, resolution, units):
    registry.register_units(office, units, resolution, sender=council_clerk)

    assert registry.units_of(office) == units


@pytest.mark.parametrize("units", [MAX_UNITS + 1, 2**256 - 1])
def test_refuses_too_many_units(registry, office, council_clerk, resolution, units):
    with ape.reverts("asset_registry: too many units"):
        registry.register_units(office, units, resolution, sender=council_clerk)


def test_refuses_without_a_resolution(registry, office, council_clerk):
    with ape.reverts("asset_registry: no resolution"):
        registry.register_units(office, 1_000, bytes(32), sender=council_clerk)


def test_refuses_administrative_property(registry, town_hall, council_clerk, resolution):
    """INV-DEED-2"""
    with ape.reverts("asset_registry: class not for sale"):
        registry.register_units(town_hall, 1_000, resolution, sender=council_clerk)


def test_refuses_an_asset_that_does_not_exist(registry, office, council_clerk, resolution):
    with ape.reverts("nonfungible: unknown token"):
        registry.register_units(office + 1, 1_000, resolution, sender=council_clerk)


@pytest.mark.parametrize("caller", ["stranger", "council", "asset_manager"])
def test_refuses_all_but_the_council_clerk(registry, office, resolution, request, caller):
    with ape.reverts("authorized: missing role"):
        registry.register_units(office, 1_000, resolution, sender=request.getfixturevalue(caller))

    assert registry.units_of(office) == 0
