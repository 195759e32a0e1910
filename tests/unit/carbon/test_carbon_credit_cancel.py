import ape
import pytest

from .conftest import EVIDENCE, NOTHING, TONNE, ZERO
from .logs import event, logged


def test_gives_credits_up_without_a_certificate(carbon, certificate, batch, alice, supply):
    receipt = carbon.cancel(alice, batch, 30 * TONNE, EVIDENCE, sender=alice)

    assert carbon.balanceOf(alice, batch) == 70 * TONNE
    assert carbon.retiredBalanceOf(alice, batch) == certificate.total_certificates() == 0
    assert supply(batch) == (100 * TONNE, 70 * TONNE, 0, 0, 30 * TONNE, 0, 0)
    assert logged(receipt) == [
        event("TransferSingle", alice, alice, ZERO, batch, 30 * TONNE),
        event("CreditCancelled", alice, batch, 30 * TONNE, EVIDENCE),
    ]


def test_lets_an_operator_cancel_and_nobody_else(carbon, batch, alice, bob, broker, enforcer):
    for account in (bob, broker, enforcer):
        with ape.reverts("credit_holdings: not allowed"):
            carbon.cancel(alice, batch, 1, EVIDENCE, sender=account)

    carbon.setApprovalForAll(broker, True, sender=alice)
    carbon.cancel(alice, batch, 1, EVIDENCE, sender=broker)

    assert carbon.balanceOf(alice, batch) == 100 * TONNE - 1


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
    carbon, batch, alice, supply, amount, evidence, reason
):
    with ape.reverts(reason):
        carbon.cancel(alice, batch, amount, evidence, sender=alice)

    assert supply(batch)[4] == 0


def test_cancels_what_is_not_frozen_and_not_a_unit_more(carbon, batch, alice, compliance_officer):
    carbon.setFrozenTokens(alice, batch, 60 * TONNE, sender=compliance_officer)

    with ape.reverts("credit_holdings: credits are frozen"):
        carbon.cancel(alice, batch, 40 * TONNE + 1, EVIDENCE, sender=alice)
    carbon.cancel(alice, batch, 40 * TONNE, EVIDENCE, sender=alice)

    assert carbon.balanceOf(alice, batch) == 60 * TONNE


def test_is_the_way_out_that_is_always_open(
    carbon, expired, whole_batch, alice, guardian, revoke, supply
):
    """Expired, less than a tonne, paused, no longer verified: credits can be given up."""
    old = expired()
    carbon.pause(sender=guardian)
    revoke(alice)

    carbon.cancel(alice, old, 100 * TONNE, EVIDENCE, sender=alice)
    carbon.cancel(alice, whole_batch, 1, EVIDENCE, sender=alice)

    assert supply(old) == (100 * TONNE, 0, 0, 0, 100 * TONNE, 0, 0)
    assert supply(whole_batch) == (100 * TONNE, 100 * TONNE - 1, 0, 0, 1, 0, 0)
