"""The retirement of the draft ERC-8393."""

import ape
import pytest

from .conftest import NOTHING, TONNE, ZERO
from .logs import event, logged


def test_retires_for_the_holder_itself(carbon, certificate, batch, alice, supply):
    receipt = carbon.retire(batch, alice, 7, sender=alice)

    assert carbon.balanceOf(alice, batch) == 100 * TONNE - 7
    assert carbon.retiredBalanceOf(alice, batch) == 7
    assert supply(batch) == (100 * TONNE, 100 * TONNE - 7, 0, 7, 0, 0, 0)
    assert logged(receipt) == [
        event("TransferSingle", alice, alice, ZERO, batch, 7),
        event("CreditRetired", alice, batch, 7),
        event("Transfer", ZERO, alice, 1),
        event("Locked", 1),
        event("CertificateIssued", 1, alice, alice, [(batch, 7)], 0, 0, 0, NOTHING),
    ]
    assert certificate.is_record(1, [(batch, 7)], NOTHING) is True


def test_lets_an_operator_retire_for_the_holder(carbon, certificate, batch, alice, bob, broker):
    for account in (bob, broker):
        with ape.reverts("credit_holdings: not allowed"):
            carbon.retire(batch, alice, 7, sender=account)

    carbon.setApprovalForAll(broker, True, sender=alice)
    carbon.retire(batch, alice, 7, sender=broker)

    assert certificate.ownerOf(1) == alice


def test_what_is_retired_never_moves_and_never_retires_again(carbon, batch, alice, bob):
    carbon.retire(batch, alice, 100 * TONNE, sender=alice)

    with ape.reverts("credit_holdings: balance too small"):
        carbon.retire(batch, alice, 1, sender=alice)
    with ape.reverts("credit_holdings: balance too small"):
        carbon.safeTransferFrom(alice, bob, batch, 1, b"", sender=alice)

    assert carbon.retiredBalanceOf(alice, batch) == 100 * TONNE
    assert carbon.getMetadata(batch).isRetired is True


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        (0, "carbon_credit: no amount"),
        (100 * TONNE + 1, "credit_holdings: balance too small"),
        (2**64, "credit_holdings: balance too small"),
        (2**256 - 1, "credit_holdings: balance too small"),
    ],
)
def test_refuses_nothing_and_more_than_there_is(carbon, batch, alice, amount, reason):
    with ape.reverts(reason):
        carbon.retire(batch, alice, amount, sender=alice)


def test_refuses_the_batch_zero(carbon, investors, alice):
    with ape.reverts("carbon_credit: lines not ascending"):
        carbon.retire(0, alice, 1, sender=alice)
