"""`approve`, `getApproved`, `setApprovalForAll`, `isApprovedForAll`."""

import ape
import pytest

from civitas.chain.deploy import ZERO_ADDRESS


def test_lets_one_account_move_a_deed(registry, office, council, bob):
    receipt = registry.approve(bob, office, sender=council)

    assert registry.getApproved(office) == bob
    assert receipt.events == [registry.Approval(owner=council, approved=bob, token_id=office)]


def test_replaces_and_takes_back_the_approval(registry, office, council, bob, carol):
    registry.approve(bob, office, sender=council)
    registry.approve(carol, office, sender=council)
    assert registry.getApproved(office) == carol

    receipt = registry.approve(ZERO_ADDRESS, office, sender=council)

    assert registry.getApproved(office) == ZERO_ADDRESS
    assert receipt.events == [
        registry.Approval(owner=council, approved=ZERO_ADDRESS, token_id=office)
    ]


def test_approves_one_deed_only(registry, register_asset, council, bob):
    first, second = register_asset("parcel 1"), register_asset("parcel 2")

    registry.approve(bob, first, sender=council)

    assert registry.getApproved(second) == ZERO_ADDRESS


def test_lets_an_operator_approve(registry, office, council, bob, carol):
    registry.setApprovalForAll(bob, True, sender=council)

    receipt = registry.approve(carol, office, sender=bob)

    assert registry.getApproved(office) == carol
    assert receipt.events == [registry.Approval(owner=council, approved=carol, token_id=office)]


@pytest.mark.parametrize("caller", ["stranger", "asset_manager", "council_clerk", "bob"])
def test_refuses_all_but_the_owner_and_its_operators(
    registry, office, council, bob, request, caller
):
    registry.approve(bob, office, sender=council)  # to be approved does not allow to approve

    with ape.reverts("nonfungible: not allowed"):
        registry.approve(
            request.getfixturevalue(caller), office, sender=request.getfixturevalue(caller)
        )

    assert registry.getApproved(office) == bob


def test_refuses_a_deed_that_does_not_exist(registry, office, council, bob):
    with ape.reverts("nonfungible: unknown token"):
        registry.approve(bob, office + 1, sender=council)


def test_names_and_dismisses_an_operator(registry, council, bob, carol):
    receipt = registry.setApprovalForAll(bob, True, sender=council)

    assert registry.isApprovedForAll(council, bob)
    assert not registry.isApprovedForAll(bob, council)
    assert not registry.isApprovedForAll(council, carol)
    assert receipt.events == [registry.ApprovalForAll(owner=council, operator=bob, approved=True)]

    receipt = registry.setApprovalForAll(bob, False, sender=council)

    assert not registry.isApprovedForAll(council, bob)
    assert receipt.events == [registry.ApprovalForAll(owner=council, operator=bob, approved=False)]


def test_refuses_a_dismissed_operator(registry, office, council, bob):
    registry.setApprovalForAll(bob, True, sender=council)
    registry.setApprovalForAll(bob, False, sender=council)

    with ape.reverts("nonfungible: not allowed"):
        registry.approve(bob, office, sender=bob)


def test_names_operators_for_the_callers_own_deeds_only(registry, office, stranger, bob):
    registry.setApprovalForAll(bob, True, sender=stranger)

    with ape.reverts("nonfungible: not allowed"):
        registry.approve(bob, office, sender=bob)
