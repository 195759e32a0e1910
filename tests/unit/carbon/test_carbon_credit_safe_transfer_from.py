import ape
import pytest

from tests.unit.carbon.conftest import TONNE, ZERO_ADDRESS, Manner


@pytest.mark.parametrize("amount", [0, 1, 100 * TONNE - 1, 100 * TONNE])
def test_moves_credits_between_investors(carbon, batch, alice, bob, amount):
    receipt = carbon.safeTransferFrom(alice, bob, batch, amount, b"", sender=alice)

    assert carbon.balanceOf(alice, batch) == 100 * TONNE - amount
    assert carbon.balanceOf(bob, batch) == amount
    assert carbon.total_supply(batch) == 100 * TONNE
    assert receipt.events == [
        carbon.TransferSingle(_operator=alice, _from=alice, _to=bob, _id=batch, _value=amount)
    ]


def test_refuses_more_than_the_balance(carbon, batch, alice, bob):
    with ape.reverts("erc1155: insufficient balance for transfer"):
        carbon.safeTransferFrom(alice, bob, batch, 100 * TONNE + 1, b"", sender=alice)
    with ape.reverts("erc1155: insufficient balance for transfer"):
        carbon.safeTransferFrom(alice, bob, batch + 1, 1, b"", sender=alice)


def test_changes_nothing_by_a_transfer_to_oneself(carbon, batch, alice):
    carbon.safeTransferFrom(alice, alice, batch, 60 * TONNE, b"", sender=alice)

    assert carbon.balanceOf(alice, batch) == carbon.total_supply(batch) == 100 * TONNE


def test_lets_an_operator_move_credits(carbon, batch, alice, bob, broker):
    """The operator need not be an investor: it never holds anything."""
    carbon.setApprovalForAll(broker, True, sender=alice)

    receipt = carbon.safeTransferFrom(alice, bob, batch, TONNE, b"", sender=broker)

    assert carbon.balanceOf(bob, batch) == TONNE
    assert receipt.events == [
        carbon.TransferSingle(_operator=broker, _from=alice, _to=bob, _id=batch, _value=TONNE)
    ]


def test_refuses_who_is_no_operator_or_no_longer_one(carbon, batch, alice, bob, broker):
    for account in (bob, broker):
        with ape.reverts("carbon_credit: not allowed"):
            carbon.safeTransferFrom(alice, bob, batch, TONNE, b"", sender=account)
    carbon.setApprovalForAll(broker, True, sender=alice)
    carbon.setApprovalForAll(broker, False, sender=alice)
    with ape.reverts("carbon_credit: not allowed"):
        carbon.safeTransferFrom(alice, bob, batch, TONNE, b"", sender=broker)


def test_refuses_an_unverified_side(carbon, batch, alice, bob, carol, stranger, revoke):
    for receiver in (stranger, ZERO_ADDRESS):
        with ape.reverts("carbon_credit: cannot receive"):
            carbon.safeTransferFrom(alice, receiver, batch, TONNE, b"", sender=alice)
    revoke(carol)
    with ape.reverts("carbon_credit: cannot receive"):
        carbon.safeTransferFrom(alice, carol, batch, TONNE, b"", sender=alice)
    revoke(alice)
    with ape.reverts("carbon_credit: cannot send"):
        carbon.safeTransferFrom(alice, bob, batch, TONNE, b"", sender=alice)


def test_refuses_an_operator_of_an_investor_who_was_revoked(
    carbon, batch, alice, bob, broker, revoke
):
    carbon.setApprovalForAll(broker, True, sender=alice)
    revoke(alice)

    with ape.reverts("carbon_credit: cannot send"):
        carbon.safeTransferFrom(alice, bob, batch, TONNE, b"", sender=broker)


def test_goes_on_to_the_last_second_of_a_registration(carbon, issue, solar, verify, alice, bob):
    until = ape.chain.pending_timestamp + 100
    verify(alice)
    verify(bob, valid_until=until)
    batch = issue(solar, alice).return_value

    ape.chain.pending_timestamp = until
    carbon.safeTransferFrom(alice, bob, batch, 1, b"", sender=alice)
    with ape.reverts("carbon_credit: cannot receive"):  # a second later
        carbon.safeTransferFrom(alice, bob, batch, 1, b"", sender=alice)
    with ape.reverts("carbon_credit: cannot send"):
        carbon.safeTransferFrom(bob, alice, batch, 1, b"", sender=bob)

    assert carbon.balanceOf(bob, batch) == 1


def test_refuses_while_paused(carbon, batch, alice, bob, guardian, chain_engineer):
    carbon.pause(sender=guardian)

    with ape.reverts("emergency_stop: paused"):
        carbon.safeTransferFrom(alice, bob, batch, TONNE, b"", sender=alice)

    carbon.unpause(sender=chain_engineer)
    carbon.safeTransferFrom(alice, bob, batch, TONNE, b"", sender=alice)
    assert carbon.balanceOf(bob, batch) == TONNE


def test_asks_a_contract_whether_it_accepts(
    carbon, batch, alice, credit_receiver, city, verify, stranger
):
    carbon.safeTransferFrom(alice, credit_receiver, batch, TONNE, b"note", sender=alice)
    assert carbon.balanceOf(credit_receiver, batch) == TONNE
    assert credit_receiver.asked() == 1

    credit_receiver.behave(Manner.REFUSES, sender=stranger)
    with ape.reverts("mock: refuses"):
        carbon.safeTransferFrom(alice, credit_receiver, batch, TONNE, b"", sender=alice)
    credit_receiver.behave(Manner.ANSWERS_WRONG, sender=stranger)
    with ape.reverts("erc1155: transfer to non-IERC1155Receiver implementer"):
        carbon.safeTransferFrom(alice, credit_receiver, batch, TONNE, b"", sender=alice)
    verify(city.asset_registry)
    with ape.reverts("Transaction failed."):  # no such function there, so no reason
        carbon.safeTransferFrom(alice, city.asset_registry, batch, TONNE, b"", sender=alice)

    assert carbon.balanceOf(credit_receiver, batch) == TONNE
    assert carbon.balanceOf(alice, batch) == 99 * TONNE


def test_takes_a_kilobyte_of_data_and_not_a_byte_more(carbon, batch, alice, bob):
    carbon.safeTransferFrom(alice, bob, batch, 1, b"\x01" * 1_024, sender=alice)
    with ape.reverts("Transaction failed."):  # the decoder refuses it, and gives no reason
        carbon.safeTransferFrom(alice, bob, batch, 1, b"\x01" * 1_025, sender=alice)

    assert carbon.balanceOf(bob, batch) == 1
