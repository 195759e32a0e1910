import ape
import pytest

from .conftest import TONNE, ZERO
from .logs import event, logged


def test_moves_frozen_credits_and_says_first_how_far_the_freeze_fell(
    carbon, batch, alice, bob, enforcer, compliance_officer, supply
):
    carbon.setFrozenTokens(alice, batch, 100 * TONNE, sender=compliance_officer)

    receipt = carbon.forcedTransfer(alice, bob, batch, 30 * TONNE, sender=enforcer)

    assert receipt.return_value is True
    assert carbon.balanceOf(alice, batch) == carbon.getFrozenTokens(alice, batch) == 70 * TONNE
    assert (carbon.balanceOf(bob, batch), carbon.getFrozenTokens(bob, batch)) == (30 * TONNE, 0)
    assert supply(batch)[1] == 100 * TONNE
    assert logged(receipt) == [
        event("Frozen", alice, batch, 70 * TONNE),
        event("TransferSingle", enforcer, alice, bob, batch, 30 * TONNE),
        event("ForcedTransfer", alice, bob, batch, 30 * TONNE),
    ]


@pytest.mark.parametrize(
    ("frozen", "amount", "left"),
    [
        (60, 40, 60),  # what is free goes first
        (60, 41, 59),
        (60, 100, 0),
        (150, 30, 120),  # an order on what is still to come survives
        (150, 0, 150),
        (0, 100, 0),
    ],
)
def test_lowers_a_freeze_just_so_far(
    carbon, batch, alice, bob, enforcer, compliance_officer, frozen, amount, left
):
    carbon.setFrozenTokens(alice, batch, frozen * TONNE, sender=compliance_officer)

    receipt = carbon.forcedTransfer(alice, bob, batch, amount * TONNE, sender=enforcer)

    assert carbon.getFrozenTokens(alice, batch) == left * TONNE
    names = [name for name, *_ in logged(receipt)]
    assert names == ["Frozen"] * (frozen != left) + ["TransferSingle", "ForcedTransfer"]


def test_moves_expired_and_split_tonnes_of_whom_it_may_be_while_paused(
    carbon, expired, whole_batch, alice, bob, enforcer, guardian, revoke
):
    old = expired()
    carbon.pause(sender=guardian)
    revoke(alice)

    carbon.forcedTransfer(alice, bob, old, 100 * TONNE, sender=enforcer)
    carbon.forcedTransfer(alice, bob, whole_batch, 1, sender=enforcer)

    assert carbon.balanceOf(bob, old) == 100 * TONNE
    assert carbon.balanceOf(bob, whole_batch) == 1


def test_refuses_to_move_to_the_same_account(carbon, batch, alice, enforcer, compliance_officer):
    """Else it would be a way to lower a freeze without the officer."""
    carbon.setFrozenTokens(alice, batch, 100 * TONNE, sender=compliance_officer)

    with ape.reverts("carbon_credit: same account"):
        carbon.forcedTransfer(alice, alice, batch, TONNE, sender=enforcer)

    assert carbon.getFrozenTokens(alice, batch) == 100 * TONNE


def test_refuses_a_receiver_who_is_not_verified(carbon, batch, alice, stranger, enforcer):
    for receiver in (stranger, ZERO):
        with ape.reverts("carbon_credit: cannot receive"):
            carbon.forcedTransfer(alice, receiver, batch, 1, sender=enforcer)

    assert carbon.balanceOf(alice, batch) == 100 * TONNE


@pytest.mark.parametrize("amount", [100 * TONNE + 1, 2**64, 2**256 - 1])
def test_refuses_more_than_there_is(
    carbon, batch, alice, bob, enforcer, compliance_officer, amount
):
    carbon.setFrozenTokens(alice, batch, 2**256 - 1, sender=compliance_officer)

    with ape.reverts("credit_holdings: balance too small"):
        carbon.forcedTransfer(alice, bob, batch, amount, sender=enforcer)

    assert carbon.getFrozenTokens(alice, batch) == 2**64 - 1


def test_asks_a_contract_whether_it_accepts(
    carbon, batch, alice, enforcer, credit_receiver, stranger
):
    carbon.forcedTransfer(alice, credit_receiver, batch, 5, sender=enforcer)
    credit_receiver.behave(2, sender=stranger)
    with ape.reverts("mock: refuses"):
        carbon.forcedTransfer(alice, credit_receiver, batch, 5, sender=enforcer)
    credit_receiver.behave(4, sender=stranger)
    with ape.reverts("credit_holdings: receiver refuses"):
        carbon.forcedTransfer(alice, credit_receiver, batch, 5, sender=enforcer)

    assert carbon.balanceOf(credit_receiver, batch) == 5


def test_is_for_the_enforcer_only(carbon, batch, alice, bob, not_allowed, compliance_officer):
    not_allowed(
        lambda account: carbon.forcedTransfer(alice, bob, batch, 1, sender=account),
        *(alice, bob, compliance_officer),
    )
