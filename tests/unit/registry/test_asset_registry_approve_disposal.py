import ape
import pytest

from civitas.chain.deploy import ZERO_ADDRESS


def test_names_a_receiver(registry, office, council_clerk, bob, resolution, minutes):
    receipt = registry.approve_disposal(office, bob, resolution, minutes, sender=council_clerk)

    assert registry.disposal_to(office) == bob
    assert receipt.events == [
        registry.DisposalApproved(
            asset_id=office,
            old_receiver=ZERO_ADDRESS,
            new_receiver=bob,
            resolution=resolution,
            document_hash=minutes,
            clerk=council_clerk,
        )
    ]


def test_replaces_and_withdraws_the_receiver(
    registry, office, council_clerk, bob, carol, resolution, minutes
):
    registry.approve_disposal(office, bob, resolution, minutes, sender=council_clerk)
    registry.approve_disposal(office, carol, resolution, minutes, sender=council_clerk)
    assert registry.disposal_to(office) == carol

    receipt = registry.approve_disposal(
        office, ZERO_ADDRESS, resolution, minutes, sender=council_clerk
    )

    assert registry.disposal_to(office) == ZERO_ADDRESS
    assert receipt.events == [
        registry.DisposalApproved(
            asset_id=office,
            old_receiver=carol,
            new_receiver=ZERO_ADDRESS,
            resolution=resolution,
            document_hash=minutes,
            clerk=council_clerk,
        )
    ]


def test_refuses_without_a_resolution(registry, office, council_clerk, bob, minutes):
    with ape.reverts("asset_registry: no resolution"):
        registry.approve_disposal(office, bob, bytes(32), minutes, sender=council_clerk)

    assert registry.disposal_to(office) == ZERO_ADDRESS


def test_refuses_administrative_property(
    registry, town_hall, council_clerk, bob, resolution, minutes
):
    """INV-DEED-2"""
    with ape.reverts("asset_registry: class not for sale"):
        registry.approve_disposal(town_hall, bob, resolution, minutes, sender=council_clerk)


def test_refuses_an_asset_with_units(registry, office, council_clerk, bob, resolution, minutes):
    """INV-DEED-2"""
    registry.register_units(office, 1, resolution, sender=council_clerk)

    with ape.reverts("asset_registry: asset has units"):
        registry.approve_disposal(office, bob, resolution, minutes, sender=council_clerk)


def test_refuses_an_asset_with_a_token(
    registry, office, council_clerk, bob, create_token, resolution, minutes
):
    """INV-DEED-2"""
    create_token(office)

    with ape.reverts("asset_registry: asset has units"):
        registry.approve_disposal(office, bob, resolution, minutes, sender=council_clerk)


def test_withdraws_where_a_sale_is_no_longer_possible(
    registry, office, council_clerk, bob, create_token, resolution, minutes
):
    registry.approve_disposal(office, bob, resolution, minutes, sender=council_clerk)
    create_token(office)

    registry.approve_disposal(office, ZERO_ADDRESS, resolution, minutes, sender=council_clerk)

    assert registry.disposal_to(office) == ZERO_ADDRESS


def test_withdraws_what_was_never_approved(registry, town_hall, council_clerk, resolution, minutes):
    registry.approve_disposal(town_hall, ZERO_ADDRESS, resolution, minutes, sender=council_clerk)

    assert registry.disposal_to(town_hall) == ZERO_ADDRESS


def test_refuses_an_asset_that_does_not_exist(
    registry, office, council_clerk, bob, resolution, minutes
):
    with ape.reverts("nonfungible: unknown token"):
        registry.approve_disposal(office + 1, bob, resolution, minutes, sender=council_clerk)


@pytest.mark.parametrize("caller", ["stranger", "council", "asset_manager", "appraiser"])
def test_refuses_all_but_the_council_clerk(
    registry, office, bob, resolution, minutes, request, caller
):
    with ape.reverts("authorized: missing role"):
        registry.approve_disposal(
            office, bob, resolution, minutes, sender=request.getfixturevalue(caller)
        )

    assert registry.disposal_to(office) == ZERO_ADDRESS
