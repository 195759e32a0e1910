import ape
import pytest

from civitas.chain.deploy import ZERO_ADDRESS

MAX_UINT64 = 2**64 - 1


def test_moves_an_asset_to_another_class(
    registry, office, council_clerk, property_class, resolution, minutes
):
    owner, parcel_key, old_class, *rest = registry.asset(office)

    receipt = registry.reclassify(
        office, property_class["HOUSING"], resolution, minutes, sender=council_clerk
    )

    new_class = property_class["HOUSING"]
    assert old_class == property_class["OFFICE"]
    assert registry.asset(office) == (owner, parcel_key, new_class, *rest)
    assert registry.class_of(office) == registry.property_class(new_class)
    assert receipt.events == [
        registry.Reclassified(
            asset_id=office,
            old_class=old_class,
            new_class=new_class,
            resolution=resolution,
            document_hash=minutes,
            clerk=council_clerk,
        ),
        registry.MetadataUpdate(token_id=office),
    ]


def test_keeps_owner_and_area_beside_the_class(
    registry, register_asset, council, council_clerk, property_class, resolution, minutes
):
    asset_id = register_asset("a wide parcel", area_dm2=MAX_UINT64)

    registry.reclassify(asset_id, property_class["LAND"], resolution, minutes, sender=council_clerk)

    assert registry.ownerOf(asset_id) == council
    assert registry.asset(asset_id).area_dm2 == MAX_UINT64


def test_keeps_an_approved_account(
    registry, office, council, council_clerk, bob, property_class, resolution, minutes
):
    registry.approve(bob, office, sender=council)

    registry.reclassify(office, property_class["LAND"], resolution, minutes, sender=council_clerk)

    assert registry.getApproved(office) == bob


def test_makes_an_asset_administrative_and_back(
    registry, office, council_clerk, property_class, resolution, minutes
):
    registry.reclassify(
        office, property_class["ADMINISTRATIVE"], resolution, minutes, sender=council_clerk
    )
    with ape.reverts("asset_registry: class not for sale"):
        registry.register_units(office, 1, resolution, sender=council_clerk)

    registry.reclassify(office, property_class["OFFICE"], resolution, minutes, sender=council_clerk)
    registry.register_units(office, 1, resolution, sender=council_clerk)

    assert registry.units_of(office) == 1


def test_ends_an_approved_disposal_where_the_new_class_is_not_for_sale(
    registry, office, council_clerk, bob, property_class, resolution, minutes
):
    """INV-DEED-2: an asset of a class that is not for sale has no disposal."""
    registry.approve_disposal(office, bob, resolution, minutes, sender=council_clerk)

    receipt = registry.reclassify(
        office, property_class["ADMINISTRATIVE"], b"\x02" * 32, minutes, sender=council_clerk
    )

    assert registry.disposal_to(office) == ZERO_ADDRESS
    assert receipt.events == [
        registry.DisposalApproved(
            asset_id=office,
            old_receiver=bob,
            new_receiver=ZERO_ADDRESS,
            resolution=b"\x02" * 32,
            document_hash=minutes,
            clerk=council_clerk,
        ),
        registry.Reclassified(
            asset_id=office,
            old_class=property_class["OFFICE"],
            new_class=property_class["ADMINISTRATIVE"],
            resolution=b"\x02" * 32,
            document_hash=minutes,
            clerk=council_clerk,
        ),
        registry.MetadataUpdate(token_id=office),
    ]


def test_keeps_an_approved_disposal_where_the_new_class_is_for_sale(
    registry, office, council_clerk, bob, property_class, resolution, minutes
):
    registry.approve_disposal(office, bob, resolution, minutes, sender=council_clerk)

    registry.reclassify(office, property_class["LAND"], resolution, minutes, sender=council_clerk)

    assert registry.disposal_to(office) == bob


def test_keeps_an_asset_with_units_tokenisable(
    registry, office, council_clerk, property_class, resolution, minutes
):
    """INV-DEED-2"""
    registry.register_units(office, 1, resolution, sender=council_clerk)

    with ape.reverts("asset_registry: asset has units"):
        registry.reclassify(
            office, property_class["ADMINISTRATIVE"], resolution, minutes, sender=council_clerk
        )
    registry.reclassify(office, property_class["LAND"], resolution, minutes, sender=council_clerk)

    assert registry.asset(office).class_id == property_class["LAND"]


def test_refuses_without_a_resolution(registry, office, council_clerk, property_class, minutes):
    with ape.reverts("asset_registry: no resolution"):
        registry.reclassify(
            office, property_class["LAND"], bytes(32), minutes, sender=council_clerk
        )


@pytest.mark.parametrize("class_id", [7, 255])
def test_refuses_a_class_beyond_the_list(
    registry, office, council_clerk, resolution, minutes, class_id
):
    with ape.reverts("asset_registry: unknown class"):
        registry.reclassify(office, class_id, resolution, minutes, sender=council_clerk)


def test_refuses_an_asset_that_does_not_exist(registry, office, council_clerk, resolution, minutes):
    with ape.reverts("nonfungible: unknown token"):
        registry.reclassify(office + 1, 0, resolution, minutes, sender=council_clerk)


@pytest.mark.parametrize("caller", ["stranger", "council", "asset_manager", "esg_officer"])
def test_refuses_all_but_the_council_clerk(
    registry, office, property_class, resolution, minutes, request, caller
):
    with ape.reverts("authorized: missing role"):
        registry.reclassify(office, 0, resolution, minutes, sender=request.getfixturevalue(caller))

    assert registry.asset(office).class_id == property_class["OFFICE"]
