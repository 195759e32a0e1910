import ape
import pytest
from ape import chain

from . import errors
from .conftest import ALICE, BOB

ZERO = "0x" + "00" * 20


def test_moves_units_against_the_holders_will(token, appoint, enforcer, alice, bob):
    appoint(token, 100)

    receipt = token.forcedTransfer(alice, bob, 60, sender=enforcer)

    assert receipt.return_value is True
    assert receipt.events == [
        token.Transfer(sender=alice, receiver=bob, value=60),
        token.ForcedTransfer(sender=alice, receiver=bob, amount=60),
    ]
    assert (token.balanceOf(alice), token.balanceOf(bob)) == (ALICE - 60, BOB + 60)
    assert token.mandate_of(enforcer)[0] == 40


@pytest.mark.parametrize("frozen", [ALICE - 60, ALICE - 61, 0])
def test_leaves_a_freeze_that_does_not_stand_in_its_way(
    token, appoint, enforcer, compliance_officer, alice, bob, frozen
):
    appoint(token, 60)
    token.setFrozenTokens(alice, frozen, sender=compliance_officer)

    token.forcedTransfer(alice, bob, 60, sender=enforcer)

    assert token.getFrozenTokens(alice) == frozen


def test_lowers_a_freeze_before_it_moves(token, appoint, enforcer, compliance_officer, alice, bob):
    appoint(token, 60)
    token.setFrozenTokens(alice, ALICE - 50, sender=compliance_officer)

    receipt = token.forcedTransfer(alice, bob, 60, sender=enforcer)

    assert receipt.events == [
        token.TokensUnfrozen(account=alice, amount=10),
        token.Frozen(account=alice, amount=ALICE - 60),
        token.Transfer(sender=alice, receiver=bob, value=60),
        token.ForcedTransfer(sender=alice, receiver=bob, amount=60),
    ]
    assert token.getFrozenTokens(alice) == token.balanceOf(alice) == ALICE - 60


def test_freeze_above_the_balance_goes_on_for_units_to_come(
    token, appoint, enforcer, compliance_officer, alice, bob
):
    """Frozen 900 of 500, ten taken: 890 stay frozen."""
    appoint(token, 10)
    token.setFrozenTokens(alice, 900, sender=compliance_officer)

    token.forcedTransfer(alice, bob, 10, sender=enforcer)

    assert token.getFrozenTokens(alice) == 890


def test_works_while_paused_and_against_a_frozen_or_revoked_sender(
    scene, appoint, enforcer, alice, bob
):
    appoint(scene.token, 60)
    scene.freeze(alice)
    scene.revoke(alice)
    scene.token.pause(sender=scene.guardian)

    assert scene.token.detectForcedRestriction(alice, bob, 60) == 0
    scene.token.forcedTransfer(alice, bob, 60, sender=enforcer)

    assert scene.token.balanceOf(bob) == BOB + 60


def test_income_so_far_stays_with_whom_it_was_taken_from(
    token, money, appoint, enforcer, pay_in, alice, bob
):
    appoint(token, ALICE)
    pay_in(token, 1_000)

    token.forcedTransfer(alice, bob, ALICE, sender=enforcer)

    assert (token.claimable(alice), token.claimable(bob)) == (ALICE, BOB)


@pytest.mark.parametrize("receiver", ["frozen", "revoked", "zero", "itself"])
def test_impossible_receiver_is_refused(scene, appoint, enforcer, alice, bob, receiver):
    appoint(scene.token, 60)
    to, error, code = bob, errors.cannot_receive(bob), 4
    if receiver == "frozen":
        scene.freeze(bob)
    elif receiver == "revoked":
        scene.revoke(bob)
        code = 8
    elif receiver == "zero":
        to, error, code = ZERO, errors.invalid_receiver(ZERO), 9
    else:
        to, error, code = alice, errors.cannot_transfer(alice, alice, 60), 13

    assert scene.token.detectForcedRestriction(alice, to, 60) == code
    with errors.refused(error):
        scene.token.forcedTransfer(alice, to, 60, sender=enforcer)


def test_more_than_the_balance_is_refused(token, appoint, enforcer, alice, bob):
    appoint(token, 2 * ALICE)

    with errors.refused(errors.insufficient_balance(alice, ALICE, ALICE + 1)):
        token.forcedTransfer(alice, bob, ALICE + 1, sender=enforcer)
    token.forcedTransfer(alice, bob, ALICE, sender=enforcer)

    assert token.balanceOf(alice) == 0


def test_mandate_is_used_up_to_the_unit(token, appoint, enforcer, alice, bob):
    appoint(token, 100)
    token.forcedTransfer(alice, bob, 99, sender=enforcer)

    with ape.reverts("agents: above the mandate"):
        token.forcedTransfer(alice, bob, 2, sender=enforcer)
    token.forcedTransfer(alice, bob, 1, sender=enforcer)
    with ape.reverts("agents: above the mandate"):
        token.forcedTransfer(alice, bob, 1, sender=enforcer)

    assert token.mandate_of(enforcer)[0] == 0


def test_mandate_ends_by_itself(token, appoint, enforcer, alice, bob):
    until = chain.pending_timestamp + 1_000
    appoint(token, 100, until=until)

    chain.pending_timestamp = until - 1
    token.forcedTransfer(alice, bob, 1, sender=enforcer)
    chain.pending_timestamp = until
    with ape.reverts("agents: no mandate"):
        token.forcedTransfer(alice, bob, 1, sender=enforcer)


@pytest.mark.parametrize("caller", ["stranger", "alice", "council", "compliance_officer"])
def test_is_for_agents_only(token, alice, bob, caller, request):
    with ape.reverts("agents: no mandate"):
        token.forcedTransfer(alice, bob, 1, sender=request.getfixturevalue(caller))


def test_enforcer_without_an_appointment_is_refused(token, enforcer, alice, bob):
    with ape.reverts("agents: no mandate"):
        token.forcedTransfer(alice, bob, 1, sender=enforcer)
