"""Snapshots restore everything, nest, and can be used again."""

import pytest
from ape import chain
from ape.exceptions import UnknownSnapshotError


def picture(ledger, people):
    """Everything a snapshot has to bring back."""
    provider = chain.provider
    return {
        "head": chain.blocks.head.hash,
        "pending": chain.pending_timestamp,
        "nonces": [person.nonce for person in people],
        "balances": [person.balance for person in people],
        "ledger": (ledger.total(), ledger.balance, bytes(ledger.code)),
        "storage": provider.get_storage(ledger.address, 1),
        "logs": [log.amount for log in ledger.Transfer.range(0, 10_000)],
    }


def disturb(ledger, minter, stranger):
    ledger.mint(stranger, 5, sender=minter)
    ledger.pay(value=3, sender=stranger)
    chain.set_balance(stranger, stranger.balance // 2)
    chain.provider.set_storage(ledger.address, 1, (77).to_bytes(32, "big"))
    chain.mine(2)
    chain.pending_timestamp += 1_000


def test_restore_brings_everything_back(ledger, people, minter, stranger):
    chain.pending_timestamp += 50  # must survive too
    before = picture(ledger, people)
    snapshot = chain.snapshot()
    disturb(ledger, minter, stranger)
    assert picture(ledger, people) != before

    chain.restore(snapshot)

    assert picture(ledger, people) == before


def test_life_goes_on_the_same_after_a_restore(ledger, people, minter, stranger):
    snapshot = chain.snapshot()
    disturb(ledger, minter, stranger)
    once = picture(ledger, people)

    chain.restore(snapshot)
    disturb(ledger, minter, stranger)

    assert picture(ledger, people) == once


def test_snapshots_nest(ledger, people, minter, stranger):
    pictures, snapshots = [], []
    for _ in range(3):
        pictures.append(picture(ledger, people))
        snapshots.append(chain.snapshot())
        disturb(ledger, minter, stranger)

    chain.restore(snapshots[1])
    assert picture(ledger, people) == pictures[1]
    chain.restore(snapshots[0])
    assert picture(ledger, people) == pictures[0]


def test_restoring_an_early_one_ends_the_later_ones(revm, ledger, minter, stranger):
    early = revm.snapshot()
    disturb(ledger, minter, stranger)
    late = revm.snapshot()

    revm.restore(early)

    with pytest.raises(UnknownSnapshotError):
        revm.restore(late)


def test_one_snapshot_can_be_restored_again_and_again(revm, ledger, people, minter, stranger):
    before = picture(ledger, people)
    snapshot = revm.snapshot()

    for _ in range(3):
        disturb(ledger, minter, stranger)
        revm.restore(snapshot)
        assert picture(ledger, people) == before


def test_two_snapshots_of_one_moment_are_two(ledger, people, minter, stranger):
    outer, inner = chain.snapshot(), chain.snapshot()
    assert outer != inner
    disturb(ledger, minter, stranger)

    chain.restore(inner)
    disturb(ledger, minter, stranger)
    chain.restore(outer)

    assert ledger.total() == 1_000


def test_unknown_snapshot_is_refused(revm):
    with pytest.raises(UnknownSnapshotError):
        revm.restore(10**9)


def test_receipts_after_the_snapshot_are_forgotten(revm, ledger, minter):
    snapshot = chain.snapshot()
    receipt = ledger.pay(sender=minter)
    chain.restore(snapshot)

    with pytest.raises(Exception, match="not found"):
        revm.get_receipt(receipt.txn_hash)


def test_contract_created_after_the_snapshot_is_gone(contracts, minter):
    snapshot = chain.snapshot()
    first = minter.deploy(contracts["CHILD"], 1)
    chain.restore(snapshot)
    assert len(chain.provider.get_code(first.address)) == 0

    second = minter.deploy(contracts["CHILD"], 2)

    assert second.address == first.address
    assert second.number() == 2


def test_isolation_restores(ledger, minter, stranger):
    with chain.isolate():
        ledger.mint(stranger, 5, sender=minter)

    assert ledger.total() == 1_000
