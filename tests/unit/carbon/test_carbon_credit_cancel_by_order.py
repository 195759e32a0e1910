import ape
import pytest

from .conftest import EVIDENCE, NOTHING, TONNE, ZERO
from .logs import event, logged


def test_cancels_through_a_freeze_which_falls_just_so_far(
    carbon, batch, alice, enforcer, compliance_officer, supply
):
    carbon.setFrozenTokens(alice, batch, 60 * TONNE, sender=compliance_officer)

    receipt = carbon.cancel_by_order(alice, batch, 70 * TONNE, EVIDENCE, sender=enforcer)

    assert carbon.balanceOf(alice, batch) == carbon.getFrozenTokens(alice, batch) == 30 * TONNE
    assert supply(batch) == (100 * TONNE, 30 * TONNE, 0, 0, 70 * TONNE, 0, 0)
    assert logged(receipt) == [
        event("Frozen", alice, batch, 30 * TONNE),
        event("TransferSingle", enforcer, alice, ZERO, batch, 70 * TONNE),
        event("CreditCancelled", alice, batch, 70 * TONNE, EVIDENCE),
    ]


def test_leaves_a_freeze_alone_that_is_not_in_the_way(
    carbon, batch, alice, enforcer, compliance_officer
):
    carbon.setFrozenTokens(alice, batch, 60 * TONNE, sender=compliance_officer)

    receipt = carbon.cancel_by_order(alice, batch, 40 * TONNE, EVIDENCE, sender=enforcer)

    assert carbon.getFrozenTokens(alice, batch) == 60 * TONNE
    assert [name for name, *_ in logged(receipt)] == ["TransferSingle", "CreditCancelled"]


def test_cancels_expired_credits_of_whom_it_may_be_while_paused(
    carbon, expired, alice, enforcer, guardian, revoke, supply
):
    old = expired()
    carbon.pause(sender=guardian)
    revoke(alice)

    carbon.cancel_by_order(alice, old, 100 * TONNE, EVIDENCE, sender=enforcer)

    assert supply(old) == (100 * TONNE, 0, 0, 0, 100 * TONNE, 0, 0)


@pytest.mark.parametrize(
    ("amount", "evidence", "reason"),
    [
        (0, EVIDENCE, "carbon_credit: no amount"),
        (1, NOTHING, "carbon_credit: no evidence"),
        (100 * TONNE + 1, EVIDENCE, "credit_holdings: balance too small"),
        (2**256 - 1, EVIDENCE, "credit_holdings: balance too small"),
    ],
)
def test_refuses_nothing_no_evidence_and_more_than_there_is(
    carbon, batch, alice, enforcer, compliance_officer, amount, evidence, reason
):
    carbon.setFrozenTokens(alice, batch, 60 * TONNE, sender=compliance_officer)

    with ape.reverts(reason):
        carbon.cancel_by_order(alice, batch, amount, evidence, sender=enforcer)

    assert carbon.getFrozenTokens(alice, batch) == 60 * TONNE


def test_is_for_the_enforcer_only(carbon, batch, alice, not_allowed, compliance_officer):
    not_allowed(
        lambda account: carbon.cancel_by_order(alice, batch, 1, EVIDENCE, sender=account),
        *(alice, compliance_officer),
    )
