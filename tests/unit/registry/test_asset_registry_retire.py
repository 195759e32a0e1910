import ape
import pytest
from ape import chain
from eth_utils import keccak

from civitas.chain.deploy import ZERO_ADDRESS


@pytest.fixture
def ending(registry, office, council_clerk, resolution, minutes):
    """An office whose retirement the council has approved."""
    registry.approve_disposal(office, registry, resolution, minutes, sender=council_clerk)
    return office


def test_ends_a_deed(registry, ending, council, resolution, minutes):
    before = registry.asset(ending)

    receipt = registry.retire(ending, sender=council)

    with ape.reverts("nonfungible: unknown token"):
        registry.asset(ending)
    assert registry.balanceOf(council) == 0
    assert registry.asset_of_parcel(before.parcel_key) == 0
    assert registry.disposal_to(ending) == ZERO_ADDRESS
    assert receipt.events == [
        registry.Disposed(
            asset_id=ending,
            old_owner=council,
            new_owner=ZERO_ADDRESS,
            caller=council,
            parcel_key=before.parcel_key,
            area_dm2=before.area_dm2,
            book_value=before.book_value,
            resolution=resolution,
            document_hash=minutes,
        ),
        registry.Transfer(sender=council, receiver=ZERO_ADDRESS, token_id=ending),
    ]


def test_frees_the_parcel_but_never_the_id(registry, ending, council, register_asset):
    """INV-DEED-1"""
    registry.retire(ending, sender=council)

    again = register_asset("an office")

    assert again == ending + 1
    assert registry.asset_of_parcel(keccak(text="an office")) == again


def test_is_open_to_who_may_move_the_deed(registry, ending, council, carol):
    registry.approve(carol, ending, sender=council)

    registry.retire(ending, sender=carol)

    assert registry.balanceOf(council) == 0


@pytest.mark.parametrize("caller", ["stranger", "council_clerk", "asset_manager"])
def test_refuses_who_is_neither_owner_nor_approved(registry, ending, council, request, caller):
    """The clerk's key alone ends no deed."""
    with ape.reverts("nonfungible: not allowed"):
        registry.retire(ending, sender=request.getfixturevalue(caller))

    assert registry.ownerOf(ending) == council


def test_refuses_without_a_resolution(registry, office, council):
    """INV-DEED-3"""
    with ape.reverts("asset_registry: no resolution"):
        registry.retire(office, sender=council)


def test_refuses_on_a_resolution_to_sell(
    registry, office, council, council_clerk, bob, resolution, minutes
):
    """INV-DEED-3"""
    registry.approve_disposal(office, bob, resolution, minutes, sender=council_clerk)

    with ape.reverts("asset_registry: no resolution"):
        registry.retire(office, sender=council)


def test_a_deed_to_be_retired_is_not_sold_to_the_register(registry, ending, council):
    with ape.reverts("asset_registry: no resolution"):
        registry.transferFrom(council, registry, ending, sender=council)

    assert registry.ownerOf(ending) == council


def test_refuses_an_asset_that_got_units(registry, ending, council, council_clerk, resolution):
    """INV-DEED-2"""
    registry.register_units(ending, 1, resolution, sender=council_clerk)

    with ape.reverts("asset_registry: asset has units"):
        registry.retire(ending, sender=council)


def test_refuses_what_became_administrative(
    registry, ending, council, council_clerk, property_class, resolution, minutes
):
    """INV-DEED-2: it takes a resolution to make it general property first."""
    admin = property_class["ADMINISTRATIVE"]
    registry.reclassify(ending, admin, resolution, minutes, sender=council_clerk)

    with ape.reverts("asset_registry: class not for sale"):
        registry.retire(ending, sender=council)


def test_refuses_an_asset_that_is_let(registry, ending, council, lease_contract):
    """INV-DEED-5"""
    end = chain.pending_timestamp + 100
    registry.set_let_until(ending, end, sender=lease_contract)
    with ape.reverts("asset_registry: asset is let"):
        registry.retire(ending, sender=council)

    chain.pending_timestamp = end
    registry.retire(ending, sender=council)


def test_refuses_a_deed_that_does_not_exist(registry, ending, council):
    registry.retire(ending, sender=council)

    with ape.reverts("nonfungible: unknown token"):
        registry.retire(ending, sender=council)
