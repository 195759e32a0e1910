import ape
import pytest

from civitas.chain.deploy import name32

MAX_CLASSES = 32
SPORTS = (name32("SPORTS"), False, True)


def test_adds_a_class_at_the_end(registry, council_clerk, property_class, resolution):
    receipt = registry.add_property_class(SPORTS, resolution, sender=council_clerk)

    assert registry.property_class(len(property_class)) == SPORTS
    assert receipt.events == [
        registry.PropertyClassSet(
            class_id=len(property_class),
            code=name32("SPORTS"),
            is_tokenisable=False,
            is_leasable=True,
            resolution=resolution,
        )
    ]


def test_lets_assets_be_registered_in_the_new_class(
    registry, council, council_clerk, asset_manager, record, property_class, resolution
):
    entry = record("a field", class_id=len(property_class))
    with ape.reverts("asset_registry: unknown class"):
        registry.register(council, [entry], sender=asset_manager)

    registry.add_property_class(SPORTS, resolution, sender=council_clerk)
    registry.register(council, [entry], sender=asset_manager)

    assert registry.class_of(1) == SPORTS


def test_refuses_a_33rd_class(registry, council_clerk, property_class, resolution):
    for _ in range(MAX_CLASSES - len(property_class)):
        registry.add_property_class(SPORTS, resolution, sender=council_clerk)
    assert registry.property_class(MAX_CLASSES - 1) == SPORTS

    with ape.reverts("Transaction failed."):
        registry.add_property_class(SPORTS, resolution, sender=council_clerk)


def test_refuses_a_class_without_code(registry, council_clerk, resolution):
    with ape.reverts("asset_registry: class without code"):
        registry.add_property_class((bytes(32), True, True), resolution, sender=council_clerk)


def test_refuses_without_a_resolution(registry, council_clerk):
    with ape.reverts("asset_registry: no resolution"):
        registry.add_property_class(SPORTS, bytes(32), sender=council_clerk)


@pytest.mark.parametrize("caller", ["stranger", "council", "asset_manager"])
def test_refuses_all_but_the_council_clerk(registry, property_class, resolution, request, caller):
    with ape.reverts("authorized: missing role"):
        registry.add_property_class(SPORTS, resolution, sender=request.getfixturevalue(caller))

    with ape.reverts("Transaction failed."):
        registry.property_class(len(property_class))
