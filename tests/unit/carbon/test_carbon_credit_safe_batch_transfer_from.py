import ape

from tests.unit.carbon.conftest import TONNE, ZERO_ADDRESS, Manner


def test_moves_credits_of_several_batches(carbon, more_batches, alice, bob):
    amounts = [TONNE, 1, 100 * TONNE]

    receipt = carbon.safeBatchTransferFrom(alice, bob, more_batches, amounts, b"", sender=alice)

    assert list(carbon.balanceOfBatch([bob] * 3, more_batches)) == amounts
    assert list(carbon.balanceOfBatch([alice] * 3, more_batches)) == [
        100 * TONNE - amount for amount in amounts
    ]
    (moved,) = receipt.events
    assert moved.event_name == "TransferBatch"
    assert (moved._operator, moved._from, moved._to) == (alice, alice, bob)
    assert (list(moved._ids), list(moved._values)) == (more_batches, amounts)


def test_moves_a_batch_named_twice_twice_and_never_more_than_there_is(carbon, batch, alice, bob):
    with ape.reverts("erc1155: insufficient balance for transfer"):
        carbon.safeBatchTransferFrom(
            alice, bob, [batch, batch], [60 * TONNE, 60 * TONNE], b"", sender=alice
        )

    carbon.safeBatchTransferFrom(
        alice, bob, [batch, batch], [60 * TONNE, 40 * TONNE], b"", sender=alice
    )

    assert carbon.balanceOf(alice, batch) == 0
    assert carbon.balanceOf(bob, batch) == carbon.total_supply(batch) == 100 * TONNE


def test_changes_nothing_by_a_transfer_to_oneself(carbon, batch, alice):
    carbon.safeBatchTransferFrom(
        alice, alice, [batch, batch], [100 * TONNE, 100 * TONNE], b"", sender=alice
    )

    assert carbon.balanceOf(alice, batch) == carbon.total_supply(batch) == 100 * TONNE


def test_moves_all_or_nothing(carbon, more_batches, alice, bob):
    with ape.reverts("erc1155: insufficient balance for transfer"):
        carbon.safeBatchTransferFrom(
            alice, bob, more_batches, [TONNE, TONNE, 100 * TONNE + 1], b"", sender=alice
        )

    assert list(carbon.balanceOfBatch([bob] * 3, more_batches)) == [0, 0, 0]


def test_refuses_lists_of_different_lengths(carbon, more_batches, alice, bob):
    for amounts in ([TONNE] * 2, [TONNE] * 4, []):
        with ape.reverts("erc1155: ids and amounts length mismatch"):
            carbon.safeBatchTransferFrom(alice, bob, more_batches, amounts, b"", sender=alice)


def test_moves_nothing_by_empty_lists(carbon, batch, alice, bob):
    carbon.safeBatchTransferFrom(alice, bob, [], [], b"", sender=alice)

    assert carbon.balanceOf(alice, batch) == 100 * TONNE


def test_takes_128_entries_and_not_one_more(carbon, batch, alice, bob):
    carbon.safeBatchTransferFrom(alice, bob, [batch] * 128, [1] * 128, b"", sender=alice)
    assert carbon.balanceOf(bob, batch) == 128

    with ape.reverts("Transaction failed."):  # the decoder refuses it, and gives no reason
        carbon.safeBatchTransferFrom(alice, bob, [batch] * 129, [1] * 129, b"", sender=alice)


def test_lets_an_operator_move_credits_and_nobody_else(carbon, batch, alice, bob, broker):
    for account in (bob, broker):
        with ape.reverts("carbon_credit: not allowed"):
            carbon.safeBatchTransferFrom(alice, bob, [batch], [TONNE], b"", sender=account)

    carbon.setApprovalForAll(broker, True, sender=alice)
    carbon.safeBatchTransferFrom(alice, bob, [batch], [TONNE], b"", sender=broker)

    assert carbon.balanceOf(bob, batch) == TONNE


def test_refuses_an_unverified_side(carbon, batch, alice, bob, stranger, revoke):
    for receiver in (stranger, ZERO_ADDRESS):
        with ape.reverts("carbon_credit: cannot receive"):
            carbon.safeBatchTransferFrom(alice, receiver, [batch], [1], b"", sender=alice)
    revoke(alice)
    with ape.reverts("carbon_credit: cannot send"):
        carbon.safeBatchTransferFrom(alice, bob, [batch], [1], b"", sender=alice)


def test_refuses_while_paused(carbon, batch, alice, bob, guardian):
    carbon.pause(sender=guardian)

    with ape.reverts("emergency_stop: paused"):
        carbon.safeBatchTransferFrom(alice, bob, [batch], [1], b"", sender=alice)


def test_asks_a_contract_once_whether_it_accepts(
    carbon, more_batches, alice, credit_receiver, stranger
):
    carbon.safeBatchTransferFrom(alice, credit_receiver, more_batches, [1, 2, 3], b"", sender=alice)
    assert credit_receiver.asked() == 1

    credit_receiver.behave(Manner.REFUSES, sender=stranger)
    with ape.reverts("mock: refuses"):
        carbon.safeBatchTransferFrom(
            alice, credit_receiver, more_batches, [1, 2, 3], b"", sender=alice
        )
    credit_receiver.behave(Manner.ANSWERS_WRONG, sender=stranger)
    with ape.reverts("erc1155: transfer to non-IERC1155Receiver implementer"):
        carbon.safeBatchTransferFrom(
            alice, credit_receiver, more_batches, [1, 2, 3], b"", sender=alice
        )

    assert list(carbon.balanceOfBatch([credit_receiver] * 3, more_batches)) == [1, 2, 3]
