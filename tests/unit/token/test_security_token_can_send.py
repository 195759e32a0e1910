"""canSend and canReceive: the account alone, no amount."""

import pytest
from ape import chain

ZERO = "0x" + "00" * 20


@pytest.fixture(params=["canSend", "canReceive"])
def may(token, request):
    return getattr(token, request.param)


def test_is_true_for_a_verified_account(may, alice):
    assert may(alice)


def test_is_true_for_a_verified_account_without_units(may, verify, stranger):
    verify(stranger)

    assert may(stranger)


def test_is_false_for_anybody_else(may, token, stranger):
    assert not may(stranger)
    assert not may(ZERO)
    assert not may(token)


def test_is_false_for_a_frozen_account_until_it_is_released(may, scene):
    scene.freeze(scene.alice)
    assert not may(scene.alice)
    assert may(scene.bob)

    scene.token.setAddressFrozen(scene.alice, False, sender=scene.compliance_officer)
    assert may(scene.alice)


def test_is_false_for_a_revoked_account(may, scene):
    scene.revoke(scene.alice)

    assert not may(scene.alice)


def test_is_true_to_the_last_valid_second(may, scene):
    until = chain.pending_timestamp + 100
    scene.registry.set_eligibility(scene.alice, 0, until, sender=scene.compliance_officer)

    chain.mine(timestamp=until)
    assert may(scene.alice)

    chain.mine(timestamp=until + 1)
    assert not may(scene.alice)


def test_has_no_amount_rule(may, scene):
    scene.freeze_part(scene.alice, 2**96 - 1)

    assert may(scene.alice)


def test_is_about_the_account_and_not_about_a_pause(may, scene):
    scene.token.pause(sender=scene.guardian)

    assert may(scene.alice)
