"""Calls: in which block they happen, and that nothing stays of them."""

import ape
import pytest
from ape import chain
from ape.exceptions import APINotImplementedError, VirtualMachineError


def test_call_of_a_transaction_leaves_no_trace(ledger, minter, stranger):
    height, nonce, balance = chain.blocks.height, minter.nonce, minter.balance

    assert ledger.mint.call(stranger, 5, sender=minter) == 1_005

    assert ledger.balance_of(stranger) == 0
    assert (chain.blocks.height, minter.nonce, minter.balance) == (height, nonce, balance)


def test_transient_storage_ends_with_the_transaction(contracts, minter):
    lock = minter.deploy(contracts["LOCK"])

    assert lock.bump(sender=minter).return_value == 1
    assert lock.peek() == 0
    assert lock.bump.call(sender=minter) == 1
    assert lock.bump(sender=minter).return_value == 1
    assert lock.locked(sender=minter).return_value == 1  # nor is the lock still shut


def test_reason_of_a_refused_call(ledger, minter, stranger):
    with ape.reverts("ledger: no view"):
        ledger.refuse_view()
    with ape.reverts("ledger: too little"):
        ledger.transfer.call(minter, 1, sender=stranger)


def test_refused_call_without_exception_returns_the_reason(ledger):
    assert ledger.refuse_view(raise_on_revert=False) == "ledger: no view"


def test_call_happens_in_the_latest_block(ledger):
    chain.mine(2)

    head = chain.blocks.head
    assert ledger.moment() == (head.number, head.timestamp, 1337)


def test_call_at_the_pending_block_sees_the_set_time(ledger):
    chain.pending_timestamp += 500

    head = chain.blocks.head
    number, timestamp, _ = ledger.moment(block_identifier="pending")
    assert (number, timestamp) == (head.number + 1, chain.pending_timestamp)
    assert ledger.moment()[1] == head.timestamp


def test_past_blocks_are_seen_as_they_were(revm, ledger, minter, stranger):
    before = chain.blocks.head.number
    ledger.mint(stranger, 5, sender=minter)
    ledger.mint(stranger, 6, sender=minter)
    created_at = chain.get_receipt(ledger.txn_hash).block_number

    totals = [ledger.total(block_identifier=before + i) for i in range(3)]

    assert totals == [1_000, 1_005, 1_011]
    assert ledger.total() == 1_011
    assert ledger.moment(block_identifier=before)[0] == before
    assert revm.get_nonce(minter.address, block_id=before) == minter.nonce - 2
    assert revm.get_code(ledger.address, block_id=created_at - 1) == b""
    assert len(revm.get_code(ledger.address, block_id=created_at)) > 100
    assert revm.get_balance(minter.address, block_id=before) > minter.balance


def test_refused_call_in_the_past_returns_to_the_present(ledger, minter, stranger):
    before = chain.blocks.head.number
    ledger.mint(stranger, 5, sender=minter)

    with ape.reverts("ledger: too little"):
        ledger.transfer.call(minter, 1, sender=stranger, block_identifier=before)

    assert ledger.transfer.call(minter, 1, sender=stranger) is None
    assert ledger.balance_of(stranger) == 5


def test_call_with_more_value_than_the_caller_has_is_invalid(ledger, stranger):
    with pytest.raises(VirtualMachineError):
        ledger.pay.call(value=stranger.balance + 1, sender=stranger)


def test_state_overrides_are_refused_in_words(ledger):
    with pytest.raises(APINotImplementedError, match="use a snapshot"):
        ledger.total(state_override={ledger.address: {"balance": 1}})
