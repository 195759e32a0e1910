import ape
import pytest
from ape import chain

from .conftest import DAY, TONNE, ZERO
from .logs import event, logged


def test_moves_credits_of_several_batches(carbon, more_batches, alice, bob):
    amounts = [TONNE, 1, 100 * TONNE]

    receipt = carbon.safeBatchTransferFrom(alice, bob, more_batches, amounts, b"", sender=alice)

    assert list(carbon.balanceOfBatch([bob] * 3, more_batches)) == amounts
    assert list(carbon.balanceOfBatch([alice] * 3, more_batches)) == [
        100 * TONNE - amount for amount in amounts
    ]
    assert logged(receipt) == [event("TransferBatch", alice, alice, bob, more_batches, amounts)]


def test_moves_a_batch_named_twice_twice_and_never_more_than_there_is(carbon, batch, alice, bob):
    with ape.reverts("credit_holdings: balance too small"):
        carbon.safeBatchTransferFrom(
            alice, bob, [batch, batch], [60 * TONNE, 60 * TONNE], b"", sender=alice
        )

    carbon.safeBatchTransferFrom(
        alice, bob, [batch, batch], [60 * TONNE, 40 * TONNE], b"", sender=alice
    )

    assert (carbon.balanceOf(alice, batch), carbon.balanceOf(bob, batch)) == (0, 100 * TONNE)


@pytest.mark.parametrize("copies", [2, 3, 64])
def test_naming_a_batch_again_does_not_beat_its_freeze(
    carbon, batch, alice, bob, compliance_officer, copies
):
    """Each entry alone would fit beside the frozen part; together they do not."""
    free = 10 * TONNE
    carbon.setFrozenTokens(alice, batch, 100 * TONNE - free, sender=compliance_officer)
    part = free // copies + 1

    with ape.reverts("credit_holdings: credits are frozen"):
        carbon.safeBatchTransferFrom(
            alice, bob, [batch] * copies, [part] * copies, b"", sender=alice
        )
    carbon.safeBatchTransferFrom(
        alice, bob, [batch] * copies, [free // copies] * copies, b"", sender=alice
    )

    assert carbon.balanceOf(bob, batch) == free // copies * copies
    assert carbon.getFrozenTokens(alice, batch) == 90 * TONNE


def test_changes_nothing_by_a_transfer_to_oneself(carbon, batch, alice, supply):
    carbon.safeBatchTransferFrom(
        alice, alice, [batch, batch], [100 * TONNE, 100 * TONNE], b"", sender=alice
    )

    assert carbon.balanceOf(alice, batch) == supply(batch)[1] == 100 * TONNE


def test_moves_all_or_nothing(carbon, more_batches, alice, bob):
    with ape.reverts("credit_holdings: balance too small"):
        carbon.safeBatchTransferFrom(
            alice, bob, more_batches, [TONNE, TONNE, 100 * TONNE + 1], b"", sender=alice
        )

    assert list(carbon.balanceOfBatch([bob] * 3, more_batches)) == [0, 0, 0]


@pytest.mark.parametrize("amounts", [[TONNE] * 2, [TONNE] * 4, []])
def test_refuses_lists_of_different_lengths(carbon, more_batches, alice, bob, amounts):
    with ape.reverts("credit_holdings: lengths differ"):
        carbon.safeBatchTransferFrom(alice, bob, more_batches, amounts, b"", sender=alice)


def test_moves_nothing_by_empty_lists(carbon, batch, alice, bob):
    receipt = carbon.safeBatchTransferFrom(alice, bob, [], [], b"", sender=alice)

    assert carbon.balanceOf(alice, batch) == 100 * TONNE
    assert logged(receipt) == [event("TransferBatch", alice, alice, bob, [], [])]


def test_takes_64_entries_and_not_one_more(carbon, batch, alice, bob):
    carbon.safeBatchTransferFrom(alice, bob, [batch] * 64, [1] * 64, b"", sender=alice)
    assert carbon.balanceOf(bob, batch) == 64

    with ape.reverts("Transaction failed."):  # the decoder refuses it, and gives no reason
        carbon.safeBatchTransferFrom(alice, bob, [batch] * 65, [1] * 65, b"", sender=alice)


def test_lets_an_operator_move_credits_and_nobody_else(carbon, batch, alice, bob, broker):
    for account in (bob, broker):
        with ape.reverts("credit_holdings: not allowed"):
            carbon.safeBatchTransferFrom(alice, bob, [batch], [TONNE], b"", sender=account)

    carbon.setApprovalForAll(broker, True, sender=alice)
    carbon.safeBatchTransferFrom(alice, bob, [batch], [TONNE], b"", sender=broker)

    assert carbon.balanceOf(bob, batch) == TONNE


def test_refuses_an_unverified_side(carbon, batch, alice, bob, stranger, revoke):
    for receiver in (stranger, ZERO):
        with ape.reverts("carbon_credit: cannot receive"):
            carbon.safeBatchTransferFrom(alice, receiver, [batch], [1], b"", sender=alice)
    revoke(alice)
    with ape.reverts("carbon_credit: cannot send"):
        carbon.safeBatchTransferFrom(alice, bob, [batch], [1], b"", sender=alice)


def test_refuses_while_paused(carbon, batch, alice, bob, guardian):
    carbon.pause(sender=guardian)

    with ape.reverts("emergency_stop: paused"):
        carbon.safeBatchTransferFrom(alice, bob, [batch], [1], b"", sender=alice)


def test_refuses_all_when_one_batch_is_expired_or_not_whole(
    carbon, batch, whole_batch, issue, wind, alice, bob
):
    last = chain.pending_timestamp + DAY
    ends = issue(wind, alice, expiry=last)
    with ape.reverts("carbon_credit: whole tonnes only"):
        carbon.safeBatchTransferFrom(alice, bob, [batch, whole_batch], [1, 1], b"", sender=alice)

    chain.pending_timestamp = last
    carbon.safeBatchTransferFrom(
        alice, bob, [batch, whole_batch, ends], [1, TONNE, 1], b"", sender=alice
    )
    with ape.reverts("carbon_credit: expired"):
        carbon.safeBatchTransferFrom(alice, bob, [batch, ends], [1, 1], b"", sender=alice)

    assert list(carbon.balanceOfBatch([bob] * 3, [batch, whole_batch, ends])) == [1, TONNE, 1]


def test_asks_a_contract_once_whether_it_accepts(
    carbon, more_batches, alice, credit_receiver, stranger
):
    carbon.safeBatchTransferFrom(alice, credit_receiver, more_batches, [1, 2, 3], b"", sender=alice)
    assert credit_receiver.asked() == 1

    credit_receiver.behave(2, sender=stranger)
    with ape.reverts("mock: refuses"):
        carbon.safeBatchTransferFrom(
            alice, credit_receiver, more_batches, [1, 2, 3], b"", sender=alice
        )
    credit_receiver.behave(4, sender=stranger)
    with ape.reverts("credit_holdings: receiver refuses"):
        carbon.safeBatchTransferFrom(
            alice, credit_receiver, more_batches, [1, 2, 3], b"", sender=alice
        )

    assert list(carbon.balanceOfBatch([credit_receiver] * 3, more_batches)) == [1, 2, 3]
