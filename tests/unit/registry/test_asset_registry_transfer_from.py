import ape
import pytest

from civitas.chain.deploy import ZERO_ADDRESS


@pytest.fixture
def sold(registry, office, council_clerk, bob, resolution, minutes):
    """An office that the council has resolved to sell to bob."""
    registry.approve_disposal(office, bob, resolution, minutes, sender=council_clerk)
    return office


def test_hands_the_deed_to_the_named_receiver(registry, sold, council, bob, resolution, minutes):
    before = registry.asset(sold)

    receipt = registry.transferFrom(council, bob, sold, sender=council)

    assert registry.ownerOf(sold) == bob
    assert (registry.balanceOf(council), registry.balanceOf(bob)) == (0, 1)
    assert registry.disposal_to(sold) == ZERO_ADDRESS
    assert tuple(registry.asset(sold))[1:] == tuple(before)[1:]
    assert receipt.events == [
        registry.Disposed(
            asset_id=sold,
            old_owner=council,
            new_owner=bob,
            caller=council,
            parcel_key=before.parcel_key,
            area_dm2=before.area_dm2,
            book_value=before.book_value,
            resolution=resolution,
            document_hash=minutes,
        ),
        registry.Transfer(sender=council, receiver=bob, token_id=sold),
    ]


def test_lets_the_approved_account_hand_it_over_and_clears_it(registry, sold, council, bob, carol):
    registry.approve(carol, sold, sender=council)

    registry.transferFrom(council, bob, sold, sender=carol)

    assert registry.ownerOf(sold) == bob
    assert registry.getApproved(sold) == ZERO_ADDRESS


def test_lets_an_operator_hand_it_over(registry, sold, council, bob, carol):
    registry.setApprovalForAll(carol, True, sender=council)

    registry.transferFrom(council, bob, sold, sender=carol)

    assert registry.ownerOf(sold) == bob


@pytest.mark.parametrize("caller", ["stranger", "bob", "council_clerk", "asset_manager"])
def test_refuses_who_is_neither_owner_nor_approved(registry, sold, council, bob, request, caller):
    with ape.reverts("nonfungible: not allowed"):
        registry.transferFrom(council, bob, sold, sender=request.getfixturevalue(caller))

    assert registry.ownerOf(sold) == council


def test_refuses_without_a_resolution(registry, office, council, bob):
    """INV-DEED-3: a deed moves only to the receiver that a resolution names."""
    with ape.reverts("asset_registry: no resolution"):
        registry.transferFrom(council, bob, office, sender=council)

    assert registry.ownerOf(office) == council


@pytest.mark.parametrize("receiver", ["carol", "council", "zero"])
def test_refuses_another_receiver(registry, sold, council, request, receiver):
    """INV-DEED-3"""
    address = ZERO_ADDRESS if receiver == "zero" else request.getfixturevalue(receiver)

    with ape.reverts("asset_registry: no resolution"):
        registry.transferFrom(council, address, sold, sender=council)

    assert registry.ownerOf(sold) == council


def test_refuses_the_zero_receiver_without_a_resolution(registry, office, council):
    """No resolution reads as one for the zero address, which must not count."""
    with ape.reverts("asset_registry: no resolution"):
        registry.transferFrom(council, ZERO_ADDRESS, office, sender=council)


def test_refuses_a_resolution_that_was_withdrawn(
    registry, sold, council, council_clerk, bob, resolution, minutes
):
    registry.approve_disposal(sold, ZERO_ADDRESS, resolution, minutes, sender=council_clerk)

    with ape.reverts("asset_registry: no resolution"):
        registry.transferFrom(council, bob, sold, sender=council)


def test_moves_once_on_one_resolution(
    registry, sold, council, council_clerk, bob, carol, resolution, minutes
):
    """INV-DEED-3"""
    registry.transferFrom(council, bob, sold, sender=council)

    with ape.reverts("asset_registry: no resolution"):
        registry.transferFrom(bob, carol, sold, sender=bob)
    with ape.reverts("asset_registry: no resolution"):
        registry.transferFrom(bob, bob, sold, sender=bob)

    registry.approve_disposal(sold, council, resolution, minutes, sender=council_clerk)
    registry.transferFrom(bob, council, sold, sender=bob)
    assert registry.ownerOf(sold) == council


def test_leaves_the_old_owner_and_its_people_without_power(
    registry, sold, council, council_clerk, bob, carol, resolution, minutes
):
    registry.approve(carol, sold, sender=council)
    registry.setApprovalForAll(carol, True, sender=council)
    registry.transferFrom(council, bob, sold, sender=council)
    registry.approve_disposal(sold, council, resolution, minutes, sender=council_clerk)

    for caller in (carol, council):
        with ape.reverts("nonfungible: not allowed"):
            registry.transferFrom(bob, council, sold, sender=caller)

    assert registry.ownerOf(sold) == bob


def test_refuses_another_sender_than_the_owner(registry, sold, council, bob, carol):
    with ape.reverts("nonfungible: wrong owner"):
        registry.transferFrom(carol, bob, sold, sender=council)


def test_refuses_a_deed_that_does_not_exist(registry, office, council, bob):
    with ape.reverts("nonfungible: unknown token"):
        registry.transferFrom(council, bob, office + 1, sender=council)


def test_moves_to_its_owner_without_a_trace_but_the_resolution(
    registry, office, council, council_clerk, resolution, minutes
):
    registry.approve_disposal(office, council, resolution, minutes, sender=council_clerk)

    registry.transferFrom(council, council, office, sender=council)

    assert registry.ownerOf(office) == council
    assert registry.balanceOf(council) == 1
    assert registry.disposal_to(office) == ZERO_ADDRESS


def test_refuses_what_became_administrative_after_the_resolution(
    registry, sold, council, council_clerk, bob, property_class, resolution, minutes
):
    """INV-DEED-2"""
    registry.reclassify(
        sold, property_class["ADMINISTRATIVE"], resolution, minutes, sender=council_clerk
    )

    with ape.reverts("asset_registry: class not for sale"):
        registry.transferFrom(council, bob, sold, sender=council)

    registry.reclassify(sold, property_class["OFFICE"], resolution, minutes, sender=council_clerk)
    with ape.reverts("asset_registry: no resolution"):
        registry.transferFrom(council, bob, sold, sender=council)
    assert registry.ownerOf(sold) == council


def test_refuses_an_asset_that_got_units_after_the_resolution(
    registry, sold, council, council_clerk, bob, resolution
):
    """INV-DEED-2: or the buyer's property could be tokenised after the sale."""
    registry.register_units(sold, 1_000, resolution, sender=council_clerk)

    with ape.reverts("asset_registry: asset has units"):
        registry.transferFrom(council, bob, sold, sender=council)

    assert registry.ownerOf(sold) == council


def test_refuses_an_asset_that_got_a_token_after_the_resolution(
    registry, sold, council, create_token, bob
):
    """INV-DEED-2: an asset with a token never leaves."""
    create_token(sold)

    with ape.reverts("asset_registry: asset has units"):
        registry.transferFrom(council, bob, sold, sender=council)

    assert registry.ownerOf(sold) == council
