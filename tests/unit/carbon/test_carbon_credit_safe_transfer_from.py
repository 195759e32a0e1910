import ape
import pytest
from ape import chain

from .conftest import DAY, TONNE, ZERO
from .logs import event, logged


def test_moves_credits_and_says_so(carbon, batch, alice, bob, supply):
    receipt = carbon.safeTransferFrom(alice, bob, batch, 30 * TONNE, b"", sender=alice)

    assert carbon.balanceOf(alice, batch) == 70 * TONNE
    assert carbon.balanceOf(bob, batch) == 30 * TONNE
    assert supply(batch) == (100 * TONNE, 100 * TONNE, 0, 0, 0, 0, 0)
    assert logged(receipt) == [event("TransferSingle", alice, alice, bob, batch, 30 * TONNE)]


@pytest.mark.parametrize("amount", [0, 1, 100 * TONNE])
def test_moves_nothing_a_unit_and_everything(carbon, batch, alice, bob, amount):
    carbon.safeTransferFrom(alice, bob, batch, amount, b"", sender=alice)

    assert carbon.balanceOf(alice, batch) == 100 * TONNE - amount
    assert carbon.balanceOf(bob, batch) == amount


@pytest.mark.parametrize("amount", [100 * TONNE + 1, 2**64, 2**256 - 1])
def test_refuses_more_than_there_is(carbon, batch, alice, bob, amount):
    with ape.reverts("credit_holdings: balance too small"):
        carbon.safeTransferFrom(alice, bob, batch, amount, b"", sender=alice)

    assert (carbon.balanceOf(alice, batch), carbon.balanceOf(bob, batch)) == (100 * TONNE, 0)


def test_changes_nothing_by_a_transfer_to_oneself(carbon, batch, alice, supply):
    carbon.safeTransferFrom(alice, alice, batch, 100 * TONNE, b"", sender=alice)

    assert carbon.balanceOf(alice, batch) == supply(batch)[1] == 100 * TONNE


@pytest.mark.parametrize("token_id", [0, 2**256 - 1])
def test_moves_nothing_of_an_unknown_batch(carbon, investors, alice, bob, token_id):
    with ape.reverts("credit_holdings: balance too small"):
        carbon.safeTransferFrom(alice, bob, token_id, 1, b"", sender=alice)


def test_lets_an_operator_move_credits_and_nobody_else(carbon, batch, alice, bob, broker, enforcer):
    for account in (bob, broker, enforcer):
        with ape.reverts("credit_holdings: not allowed"):
            carbon.safeTransferFrom(alice, bob, batch, TONNE, b"", sender=account)

    carbon.setApprovalForAll(broker, True, sender=alice)
    receipt = carbon.safeTransferFrom(alice, bob, batch, TONNE, b"", sender=broker)

    assert carbon.balanceOf(bob, batch) == TONNE
    assert logged(receipt) == [event("TransferSingle", broker, alice, bob, batch, TONNE)]


def test_refuses_an_operator_that_was_dropped(carbon, batch, alice, bob, broker):
    carbon.setApprovalForAll(broker, True, sender=alice)
    carbon.setApprovalForAll(broker, False, sender=alice)

    with ape.reverts("credit_holdings: not allowed"):
        carbon.safeTransferFrom(alice, bob, batch, TONNE, b"", sender=broker)


def test_refuses_an_unverified_side_also_to_an_operator_of_before(
    carbon, batch, alice, bob, broker, stranger, revoke
):
    carbon.setApprovalForAll(broker, True, sender=alice)
    for receiver in (stranger, ZERO):
        with ape.reverts("carbon_credit: cannot receive"):
            carbon.safeTransferFrom(alice, receiver, batch, 1, b"", sender=alice)

    revoke(alice)

    for sender in (alice, broker):
        with ape.reverts("carbon_credit: cannot send"):
            carbon.safeTransferFrom(alice, bob, batch, 1, b"", sender=sender)


def test_refuses_while_paused_and_goes_on_afterwards(
    carbon, batch, alice, bob, guardian, chain_engineer
):
    carbon.pause(sender=guardian)
    with ape.reverts("emergency_stop: paused"):
        carbon.safeTransferFrom(alice, bob, batch, 1, b"", sender=alice)

    carbon.unpause(sender=chain_engineer)
    carbon.safeTransferFrom(alice, bob, batch, 1, b"", sender=alice)

    assert carbon.balanceOf(bob, batch) == 1


def test_moves_what_is_not_frozen_and_not_a_unit_more(
    carbon, batch, alice, bob, compliance_officer
):
    carbon.setFrozenTokens(alice, batch, 60 * TONNE, sender=compliance_officer)

    with ape.reverts("credit_holdings: credits are frozen"):
        carbon.safeTransferFrom(alice, bob, batch, 40 * TONNE + 1, b"", sender=alice)
    carbon.safeTransferFrom(alice, bob, batch, 40 * TONNE, b"", sender=alice)
    with ape.reverts("credit_holdings: credits are frozen"):
        carbon.safeTransferFrom(alice, bob, batch, 1, b"", sender=alice)

    assert carbon.balanceOf(alice, batch) == carbon.getFrozenTokens(alice, batch) == 60 * TONNE


def test_moves_in_the_last_second_of_a_batch_and_not_in_the_next(
    carbon, investors, issue, wind, alice, bob
):
    last = chain.pending_timestamp + DAY
    token_id = issue(wind, alice, expiry=last)

    chain.pending_timestamp = last
    carbon.safeTransferFrom(alice, bob, token_id, 1, b"", sender=alice)
    assert chain.blocks.head.timestamp == last
    with ape.reverts("carbon_credit: expired"):
        carbon.safeTransferFrom(alice, bob, token_id, 1, b"", sender=alice)

    assert carbon.balanceOf(bob, token_id) == 1


@pytest.mark.parametrize("amount", [1, TONNE - 1, TONNE + 1])
def test_moves_whole_tonnes_only_where_the_project_says_so(carbon, whole_batch, alice, bob, amount):
    with ape.reverts("carbon_credit: whole tonnes only"):
        carbon.safeTransferFrom(alice, bob, whole_batch, amount, b"", sender=alice)

    carbon.safeTransferFrom(alice, bob, whole_batch, TONNE, b"", sender=alice)

    assert carbon.balanceOf(bob, whole_batch) == TONNE


def test_asks_a_contract_whether_it_accepts(carbon, batch, alice, credit_receiver, stranger):
    carbon.safeTransferFrom(alice, credit_receiver, batch, 5, b"data", sender=alice)
    assert credit_receiver.asked() == 1

    credit_receiver.behave(2, sender=stranger)
    with ape.reverts("mock: refuses"):
        carbon.safeTransferFrom(alice, credit_receiver, batch, 5, b"", sender=alice)
    credit_receiver.behave(4, sender=stranger)
    with ape.reverts("credit_holdings: receiver refuses"):
        carbon.safeTransferFrom(alice, credit_receiver, batch, 5, b"", sender=alice)

    assert carbon.balanceOf(credit_receiver, batch) == 5


def test_refuses_a_contract_that_knows_no_credits(carbon, batch, alice, money, verify):
    verify(money)

    with ape.reverts("Transaction failed."):  # it has no such function, and gives no reason
        carbon.safeTransferFrom(alice, money, batch, 5, b"", sender=alice)

    assert carbon.balanceOf(money, batch) == 0


def test_takes_1024_bytes_of_data_and_not_one_more(carbon, batch, alice, bob):
    carbon.safeTransferFrom(alice, bob, batch, 1, b"\1" * 1_024, sender=alice)

    with ape.reverts("Transaction failed."):  # the decoder refuses it, and gives no reason
        carbon.safeTransferFrom(alice, bob, batch, 1, b"\1" * 1_025, sender=alice)

    assert carbon.balanceOf(bob, batch) == 1
