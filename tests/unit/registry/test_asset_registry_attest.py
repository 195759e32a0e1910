"""The registrar's attestation of the quantity, and the issue that it stops."""

import ape
import pytest
from eth_utils import keccak

STATEMENT = keccak(text="statement of the depository")
ABOVE_UNITS = 10


@pytest.fixture
def token(office, create_token, verify, alice, bob, asset_manager):
    """1,000 units, of which alice holds 400."""
    verify(alice, bob)
    created = create_token(office)
    created.mint(alice, 400, sender=asset_manager)
    return created


@pytest.mark.parametrize("quantity", [0, 399, 401, 2**256 - 1])
def test_another_quantity_stops_the_issue(
    registry, office, token, registrar, asset_manager, alice, bob, quantity
):
    """INV-DEED-6"""
    receipt = registry.attest(office, quantity, STATEMENT, sender=registrar)

    assert registry.is_disputed(office)
    assert (registry.issuable_units(office), registry.units_of(office)) == (0, 1_000)
    assert token.detectIssueRestriction(alice, 1) == ABOVE_UNITS
    with ape.reverts("moves: above the deed"):
        token.mint(alice, 1, sender=asset_manager)
    token.transfer(bob, 1, sender=alice)
    assert receipt.events == [
        registry.QuantityAttested(
            asset_id=office,
            registrar=registrar,
            quantity=quantity,
            supply=400,
            was_disputed=False,
            is_disputed=True,
            document_hash=STATEMENT,
        )
    ]


def test_a_matching_quantity_lets_it_go_on(
    registry, office, token, registrar, asset_manager, alice
):
    registry.attest(office, 399, STATEMENT, sender=registrar)
    registry.attest(office, 401, STATEMENT, sender=registrar)

    receipt = registry.attest(office, 400, STATEMENT, sender=registrar)

    assert not registry.is_disputed(office)
    assert (receipt.events[0].was_disputed, receipt.events[0].is_disputed) == (True, False)
    token.mint(alice, 600, sender=asset_manager)
    assert token.totalSupply() == 1_000


def test_more_units_on_the_deed_do_not_end_the_dispute(
    registry, office, token, registrar, council_clerk, resolution
):
    registry.attest(office, 1, STATEMENT, sender=registrar)

    registry.register_units(office, 2**96 - 1, resolution, sender=council_clerk)

    assert registry.is_disputed(office)
    assert registry.units_of(office) == 2**96 - 1
    registry.attest(office, 400, STATEMENT, sender=registrar)
    assert registry.issuable_units(office) == 2**96 - 1


def test_refuses_an_asset_without_a_token(registry, office, registrar):
    with ape.reverts("asset_registry: no token"):
        registry.attest(office, 0, STATEMENT, sender=registrar)


def test_refuses_without_a_document(registry, office, token, registrar):
    with ape.reverts("asset_registry: no document"):
        registry.attest(office, 400, bytes(32), sender=registrar)


@pytest.mark.parametrize("caller", ["stranger", "council", "asset_manager", "auditor"])
def test_refuses_all_but_the_registrar(registry, office, token, request, caller):
    with ape.reverts("authorized: missing role"):
        registry.attest(office, 0, STATEMENT, sender=request.getfixturevalue(caller))

    assert not registry.is_disputed(office)
