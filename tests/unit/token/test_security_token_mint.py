import ape
import pytest
from eth_utils import keccak

from . import errors, rules
from .conftest import ALICE, BOB

ZERO = "0x" + "00" * 20
RESOLUTION = keccak(text="resolution")


def test_issues_units_to_an_investor(empty_token, asset_manager, alice):
    receipt = empty_token.mint(alice, 30, sender=asset_manager)

    assert receipt.events == [empty_token.Transfer(sender=ZERO, receiver=alice, value=30)]
    assert (empty_token.balanceOf(alice), empty_token.totalSupply()) == (30, 30)


def test_adds_to_what_the_investor_holds(empty_token, asset_manager, alice):
    empty_token.mint(alice, 30, sender=asset_manager)

    empty_token.mint(alice, 12, sender=asset_manager)

    assert (empty_token.balanceOf(alice), empty_token.totalSupply()) == (42, 42)


@pytest.mark.parametrize("issued", [0, 1, 999])
@pytest.mark.parametrize("over", [-1, 0, 1])
def test_stops_at_the_units_on_the_deed(empty_token, asset_manager, alice, bob, issued, over):
    empty_token.mint(alice, issued, sender=asset_manager)
    amount = 1_000 - issued + over

    if over == 1:
        with ape.reverts("moves: above the deed"):
            empty_token.mint(bob, amount, sender=asset_manager)
        assert empty_token.totalSupply() == issued
    else:
        empty_token.mint(bob, amount, sender=asset_manager)
        assert empty_token.totalSupply() == issued + amount


@pytest.mark.parametrize("amount", [1_001, 2**96, 2**256 - 1000, 2**256 - 1])
def test_above_the_deed_is_refused_without_an_overflow(token, asset_manager, alice, amount):
    with ape.reverts("moves: above the deed"):
        token.mint(alice, amount, sender=asset_manager)


def test_of_nothing_works_also_when_all_is_issued(token, asset_manager, alice):
    receipt = token.mint(alice, 0, sender=asset_manager)

    assert receipt.events == [token.Transfer(sender=ZERO, receiver=alice, value=0)]
    assert (token.balanceOf(alice), token.totalSupply()) == (ALICE, 1_000)


def test_goes_on_after_the_council_registers_more_units(
    token, city, council_clerk, asset_manager, alice
):
    with ape.reverts("moves: above the deed"):
        token.mint(alice, 1, sender=asset_manager)
    city.asset_registry.register_units(token.assetId(), 1_001, RESOLUTION, sender=council_clerk)

    token.mint(alice, 1, sender=asset_manager)

    assert (token.balanceOf(alice), token.totalSupply()) == (ALICE + 1, 1_001)
    with ape.reverts("moves: above the deed"):
        token.mint(alice, 1, sender=asset_manager)


def test_reaches_the_largest_supply(issue_token, asset_manager, alice, bob):
    token = issue_token([(alice, 2**96 - 2), (bob, 1)], units=2**96 - 1)

    assert (token.balanceOf(alice), token.balanceOf(bob)) == (2**96 - 2, 1)
    assert token.totalSupply() == 2**96 - 1
    with ape.reverts("moves: above the deed"):
        token.mint(alice, 1, sender=asset_manager)


@rules.by_rule(rules.ON_AN_ISSUE)
def test_is_refused_with_the_error_of_the_rule(scene, rule, city, council_clerk, asset_manager):
    city.asset_registry.register_units(
        scene.token.assetId(), 2_000, RESOLUTION, sender=council_clerk
    )
    rule.arrange(scene)

    with errors.refused(rule.error(scene)):
        scene.token.mint(scene.bob, 1, sender=asset_manager)

    assert (scene.token.balanceOf(scene.bob), scene.token.totalSupply()) == (BOB, 1_000)


@rules.by_rule(rules.ON_AN_ISSUE)
def test_rules_on_the_receiver_come_before_the_units(scene, rule, asset_manager):
    rule.arrange(scene)

    with errors.refused(rule.error(scene)):
        scene.token.mint(scene.bob, 1, sender=asset_manager)

    assert scene.token.totalSupply() == 1_000


def test_to_somebody_unregistered_is_refused(empty_token, asset_manager, stranger):
    with errors.refused(errors.cannot_receive(stranger)):
        empty_token.mint(stranger, 0, sender=asset_manager)


def test_to_the_zero_address_is_refused(empty_token, asset_manager):
    with errors.refused(errors.invalid_receiver(ZERO)):
        empty_token.mint(ZERO, 1, sender=asset_manager)


def test_to_the_zero_address_is_refused_whether_it_is_frozen_or_not(
    empty_token, asset_manager, compliance_officer
):
    empty_token.setAddressFrozen(ZERO, True, sender=compliance_officer)

    with errors.refused(errors.cannot_receive(ZERO)):
        empty_token.mint(ZERO, 1, sender=asset_manager)


def test_frozen_part_of_the_receiver_stays(scene, city, council_clerk, asset_manager):
    city.asset_registry.register_units(
        scene.token.assetId(), 2_000, RESOLUTION, sender=council_clerk
    )
    scene.freeze_part(scene.bob, 777)

    scene.token.mint(scene.bob, 500, sender=asset_manager)

    assert scene.token.balanceOf(scene.bob) == BOB + 500
    assert scene.token.getFrozenTokens(scene.bob) == 777


@pytest.mark.parametrize(
    "caller", ["stranger", "alice", "council", "council_clerk", "compliance_officer", "guardian"]
)
def test_is_for_the_asset_manager_only(empty_token, alice, caller, request):
    with ape.reverts("authorized: missing role"):
        empty_token.mint(alice, 1, sender=request.getfixturevalue(caller))
