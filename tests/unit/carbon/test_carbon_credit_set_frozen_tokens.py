import pytest

from .conftest import TONNE
from .logs import event, logged


@pytest.mark.parametrize("amount", [0, 1, 100 * TONNE, 100 * TONNE + 1, 2**64 - 1])
def test_sets_the_frozen_part_also_above_the_balance(
    carbon, batch, alice, compliance_officer, amount
):
    carbon.setFrozenTokens(alice, batch, 5, sender=compliance_officer)

    receipt = carbon.setFrozenTokens(alice, batch, amount, sender=compliance_officer)

    assert receipt.return_value is True
    assert carbon.getFrozenTokens(alice, batch) == amount
    assert carbon.balanceOf(alice, batch) == 100 * TONNE
    assert logged(receipt) == [event("Frozen", alice, batch, amount)]


@pytest.mark.parametrize("amount", [2**64, 2**128, 2**256 - 1])
def test_keeps_more_than_any_batch_can_hold_as_the_most_it_can_keep(
    carbon, batch, alice, compliance_officer, amount
):
    receipt = carbon.setFrozenTokens(alice, batch, amount, sender=compliance_officer)

    assert carbon.getFrozenTokens(alice, batch) == 2**64 - 1
    assert carbon.balanceOf(alice, batch) == 100 * TONNE
    assert carbon.retiredBalanceOf(alice, batch) == 0
    assert logged(receipt) == [event("Frozen", alice, batch, 2**64 - 1)]


def test_freezes_what_comes_in_later(carbon, batch, alice, bob, compliance_officer):
    carbon.setFrozenTokens(bob, batch, 10 * TONNE, sender=compliance_officer)

    carbon.safeTransferFrom(alice, bob, batch, 15 * TONNE, b"", sender=alice)

    assert carbon.canTransfer(bob, alice, batch, 5 * TONNE) is True
    assert carbon.canTransfer(bob, alice, batch, 5 * TONNE + 1) is False


def test_freezes_one_holding_and_no_other(carbon, more_batches, alice, bob, compliance_officer):
    carbon.setFrozenTokens(alice, more_batches[0], TONNE, sender=compliance_officer)

    assert carbon.getFrozenTokens(alice, more_batches[1]) == 0
    assert carbon.getFrozenTokens(bob, more_batches[0]) == 0


def test_works_while_paused(carbon, batch, alice, compliance_officer, guardian):
    carbon.pause(sender=guardian)

    carbon.setFrozenTokens(alice, batch, 1, sender=compliance_officer)

    assert carbon.getFrozenTokens(alice, batch) == 1


def test_is_for_the_compliance_officer_only(carbon, batch, alice, not_allowed, enforcer):
    not_allowed(
        lambda account: carbon.setFrozenTokens(alice, batch, 1, sender=account), alice, enforcer
    )
