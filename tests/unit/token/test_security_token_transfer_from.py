import pytest

from . import errors, rules
from .conftest import ALICE, BOB
from .rules import ALLOWANCE, AMOUNT

ZERO = "0x" + "00" * 20
MAX = 2**256 - 1


def test_moves_units_and_uses_the_allowance_up(scene):
    token, alice, bob, carol = scene.token, scene.alice, scene.bob, scene.carol

    receipt = token.transferFrom(alice, bob, AMOUNT, sender=carol)

    assert receipt.return_value is True
    assert receipt.events == [token.Transfer(sender=alice, receiver=bob, value=AMOUNT)]
    assert (token.balanceOf(alice), token.balanceOf(bob)) == (ALICE - AMOUNT, BOB + AMOUNT)
    assert token.allowance(alice, carol) == ALLOWANCE - AMOUNT


def test_moves_exactly_the_allowance(scene):
    scene.token.transferFrom(scene.alice, scene.bob, ALLOWANCE, sender=scene.carol)

    assert scene.token.allowance(scene.alice, scene.carol) == 0
    with errors.refused(errors.insufficient_allowance(scene.carol, 0, 1)):
        scene.token.transferFrom(scene.alice, scene.bob, 1, sender=scene.carol)


def test_does_not_use_a_maximum_allowance_up(scene):
    scene.token.approve(scene.carol, MAX, sender=scene.alice)

    scene.token.transferFrom(scene.alice, scene.bob, AMOUNT, sender=scene.carol)

    assert scene.token.allowance(scene.alice, scene.carol) == MAX


def test_uses_an_allowance_just_below_the_maximum_up(scene):
    scene.token.approve(scene.carol, MAX - 1, sender=scene.alice)

    scene.token.transferFrom(scene.alice, scene.bob, AMOUNT, sender=scene.carol)

    assert scene.token.allowance(scene.alice, scene.carol) == MAX - 1 - AMOUNT


def test_of_nothing_needs_no_allowance(token, alice, bob, carol):
    receipt = token.transferFrom(alice, bob, 0, sender=carol)

    assert receipt.events == [token.Transfer(sender=alice, receiver=bob, value=0)]
    assert token.balanceOf(bob) == BOB


def test_to_the_holder_itself_uses_the_allowance_and_moves_nothing(scene):
    scene.token.transferFrom(scene.alice, scene.alice, AMOUNT, sender=scene.carol)

    assert scene.token.balanceOf(scene.alice) == ALICE
    assert scene.token.allowance(scene.alice, scene.carol) == ALLOWANCE - AMOUNT


def test_by_the_holder_itself_needs_an_allowance_too(token, alice, bob):
    with errors.refused(errors.insufficient_allowance(alice, 0, 1)):
        token.transferFrom(alice, bob, 1, sender=alice)

    token.approve(alice, 1, sender=alice)
    token.transferFrom(alice, bob, 1, sender=alice)

    assert token.balanceOf(bob) == BOB + 1


def test_spender_needs_no_identity(scene, stranger):
    scene.token.approve(stranger, AMOUNT, sender=scene.alice)

    scene.token.transferFrom(scene.alice, scene.bob, AMOUNT, sender=stranger)

    assert scene.token.balanceOf(scene.bob) == BOB + AMOUNT


def test_allowance_is_of_one_spender(scene, stranger):
    with errors.refused(errors.insufficient_allowance(stranger, 0, AMOUNT)):
        scene.token.transferFrom(scene.alice, scene.bob, AMOUNT, sender=stranger)


@rules.by_rule(rules.ON_A_TRANSFER_FROM)
def test_is_refused_with_the_error_of_the_first_rule(scene, rule):
    rule.arrange(scene)
    allowed = scene.token.allowance(scene.alice, scene.carol)

    with errors.refused(rule.error(scene)):
        scene.token.transferFrom(scene.alice, scene.bob, AMOUNT, sender=scene.carol)

    assert scene.token.balanceOf(scene.alice) == ALICE
    assert scene.token.allowance(scene.alice, scene.carol) == allowed


@pytest.mark.parametrize("amount", [ALICE + 1, 2**96, MAX])
def test_above_the_balance_is_refused_before_the_allowance(scene, amount):
    with errors.refused(errors.insufficient_balance(scene.alice, ALICE, amount)):
        scene.token.transferFrom(scene.alice, scene.bob, amount, sender=scene.carol)


def test_spender_with_a_maximum_allowance_can_not_pass_the_balance(scene):
    scene.token.approve(scene.carol, MAX, sender=scene.alice)

    with errors.refused(errors.insufficient_balance(scene.alice, ALICE, MAX)):
        scene.token.transferFrom(scene.alice, scene.bob, MAX, sender=scene.carol)


def test_to_the_zero_address_is_refused(scene):
    with errors.refused(errors.invalid_receiver(ZERO)):
        scene.token.transferFrom(scene.alice, ZERO, AMOUNT, sender=scene.carol)


def test_from_the_zero_address_is_refused(token, bob, carol):
    with errors.refused(errors.cannot_send(ZERO)):
        token.transferFrom(ZERO, bob, 0, sender=carol)


def test_allowance_given_before_a_freeze_works_again_after_it(scene):
    scene.freeze(scene.alice)
    with errors.refused(errors.cannot_send(scene.alice)):
        scene.token.transferFrom(scene.alice, scene.bob, AMOUNT, sender=scene.carol)
    scene.token.setAddressFrozen(scene.alice, False, sender=scene.compliance_officer)

    scene.token.transferFrom(scene.alice, scene.bob, AMOUNT, sender=scene.carol)

    assert scene.token.balanceOf(scene.bob) == BOB + AMOUNT
