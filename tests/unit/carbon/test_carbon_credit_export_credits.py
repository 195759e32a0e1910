import ape
import pytest
from ape import chain

from .conftest import DAY, NOTHING, TONNE, VERRA, ZERO
from .logs import event, logged


def test_takes_credits_off_this_registry(carbon, certificate, batch, alice, supply):
    receipt = carbon.export_credits(alice, batch, 30 * TONNE, VERRA, sender=alice)

    assert carbon.balanceOf(alice, batch) == 70 * TONNE
    assert supply(batch) == supply() == (100 * TONNE, 70 * TONNE, 0, 0, 0, 0, 30 * TONNE)
    assert certificate.total_certificates() == 0
    assert logged(receipt) == [
        event("TransferSingle", alice, alice, ZERO, batch, 30 * TONNE),
        event("CreditExported", alice, batch, 30 * TONNE, VERRA),
    ]


def test_what_was_exported_is_neither_retired_nor_exported_again(carbon, batch, alice):
    carbon.export_credits(alice, batch, 100 * TONNE, VERRA, sender=alice)

    for call in (
        lambda: carbon.retire(batch, alice, 1, sender=alice),
        lambda: carbon.export_credits(alice, batch, 1, VERRA, sender=alice),
    ):
        with ape.reverts("credit_holdings: balance too small"):
            call()


def test_lets_an_operator_export_and_nobody_else(carbon, batch, alice, bob, broker):
    for account in (bob, broker):
        with ape.reverts("credit_holdings: not allowed"):
            carbon.export_credits(alice, batch, 1, VERRA, sender=account)

    carbon.setApprovalForAll(broker, True, sender=alice)
    carbon.export_credits(alice, batch, 1, VERRA, sender=broker)

    assert carbon.balanceOf(alice, batch) == 100 * TONNE - 1


@pytest.mark.parametrize(
    ("amount", "destination", "reason"),
    [
        (0, VERRA, "carbon_credit: no amount"),
        (1, NOTHING, "carbon_credit: no destination"),
        (100 * TONNE + 1, VERRA, "credit_holdings: balance too small"),
    ],
)
def test_refuses_nothing_nowhere_and_more_than_there_is(
    carbon, batch, alice, amount, destination, reason
):
    with ape.reverts(reason):
        carbon.export_credits(alice, batch, amount, destination, sender=alice)


def test_exports_what_is_not_frozen_and_not_a_unit_more(carbon, batch, alice, compliance_officer):
    carbon.setFrozenTokens(alice, batch, 60 * TONNE, sender=compliance_officer)

    with ape.reverts("credit_holdings: credits are frozen"):
        carbon.export_credits(alice, batch, 40 * TONNE + 1, VERRA, sender=alice)
    carbon.export_credits(alice, batch, 40 * TONNE, VERRA, sender=alice)

    assert carbon.balanceOf(alice, batch) == 60 * TONNE


def test_exports_whole_tonnes_only_where_the_project_says_so(carbon, whole_batch, alice, supply):
    with ape.reverts("carbon_credit: whole tonnes only"):
        carbon.export_credits(alice, whole_batch, TONNE + 1, VERRA, sender=alice)

    carbon.export_credits(alice, whole_batch, TONNE, VERRA, sender=alice)

    assert supply(whole_batch)[6] == TONNE


def test_exports_in_the_last_second_of_a_batch_and_not_in_the_next(
    carbon, investors, issue, wind, alice, supply
):
    last = chain.pending_timestamp + DAY
    token_id = issue(wind, alice, expiry=last)

    chain.pending_timestamp = last
    carbon.export_credits(alice, token_id, 1, VERRA, sender=alice)
    with ape.reverts("carbon_credit: expired"):
        carbon.export_credits(alice, token_id, 1, VERRA, sender=alice)

    assert supply(token_id)[6] == 1


def test_refuses_while_paused_and_to_whom_is_not_verified(carbon, batch, alice, guardian, revoke):
    revoke(alice)
    with ape.reverts("carbon_credit: cannot send"):
        carbon.export_credits(alice, batch, 1, VERRA, sender=alice)
    carbon.pause(sender=guardian)
    with ape.reverts("emergency_stop: paused"):
        carbon.export_credits(alice, batch, 1, VERRA, sender=alice)
