import pytest

from . import errors

ZERO = "0x" + "00" * 20


@pytest.mark.parametrize("amount", [0, 1, 2**96, 2**256 - 1])
def test_sets_the_allowance(token, alice, bob, amount):
    receipt = token.approve(bob, amount, sender=alice)

    assert receipt.return_value is True
    assert receipt.events == [token.Approval(owner=alice, spender=bob, value=amount)]
    assert token.allowance(alice, bob) == amount
    assert token.allowance(bob, alice) == 0


def test_replaces_the_allowance(token, alice, bob):
    token.approve(bob, 5, sender=alice)

    token.approve(bob, 3, sender=alice)

    assert token.allowance(alice, bob) == 3


def test_of_the_zero_address_is_refused(token, alice):
    with errors.refused(errors.invalid_spender(ZERO)):
        token.approve(ZERO, 1, sender=alice)


def test_works_without_units_or_identity_and_while_paused(token, guardian, stranger, bob):
    token.pause(sender=guardian)

    token.approve(bob, 7, sender=stranger)

    assert token.allowance(stranger, bob) == 7


def test_works_for_a_frozen_holder_and_moves_nothing(scene):
    scene.freeze(scene.alice)

    scene.token.approve(scene.bob, 9, sender=scene.alice)

    assert scene.token.allowance(scene.alice, scene.bob) == 9
    with errors.refused(errors.cannot_send(scene.alice)):
        scene.token.transferFrom(scene.alice, scene.bob, 9, sender=scene.bob)
