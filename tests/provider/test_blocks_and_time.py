"""Blocks and the clock."""

import pytest
from ape import chain
from ape.exceptions import BlockNotFoundError, ProviderError
from ape_revm.config import GENESIS_TIMESTAMP

from .conftest import new_chain


def test_a_new_chain_starts_at_the_fixed_time():
    with new_chain() as provider:
        genesis = provider.get_block("earliest")

        assert (genesis.number, genesis.timestamp) == (0, GENESIS_TIMESTAMP)
        assert genesis.datetime.isoformat() == "2026-01-01T00:00:00+00:00"
        assert provider.get_block("latest").hash == genesis.hash


def test_start_can_be_set():
    with new_chain(genesis_timestamp=1_000) as provider:
        assert provider.get_block(0).timestamp == 1_000


def test_a_block_is_a_second_later(ledger, minter):
    before = chain.blocks.head

    chain.mine(2)
    receipt = ledger.pay(sender=minter)

    assert receipt.block_number == before.number + 3
    assert receipt.timestamp == before.timestamp + 3


def test_set_time_is_for_the_next_block_only(ledger, minter):
    moment = chain.blocks.head.timestamp + 86_400
    chain.pending_timestamp = moment

    first, second = ledger.pay(sender=minter), ledger.pay(sender=minter)

    assert (first.timestamp, second.timestamp) == (moment, moment + 1)
    assert second.block_number == first.block_number + 1


def test_setting_the_time_mines_nothing(revm):
    height = chain.blocks.height

    chain.pending_timestamp += 100

    assert chain.blocks.height == height
    assert revm.get_block("pending").number == height + 1


def test_mining_to_a_time_and_by_a_time(revm):
    before = chain.blocks.head

    chain.mine(3, timestamp=before.timestamp + 100)
    assert chain.blocks.height == before.number + 3
    assert chain.blocks[before.number + 1].timestamp == before.timestamp + 100
    assert chain.blocks.head.timestamp == before.timestamp + 102

    chain.mine(deltatime=50)
    assert chain.blocks.head.timestamp == before.timestamp + 103 + 50


@pytest.mark.parametrize("back", [0, 1, 1_000])
def test_time_does_not_go_back(revm, back):
    head = chain.blocks.head

    with pytest.raises(ProviderError, match="not later than the latest block's"):
        chain.pending_timestamp = head.timestamp - back

    assert chain.pending_timestamp == head.timestamp + 1


def test_blocks_are_found_in_every_way(revm, ledger, minter):
    receipt = ledger.pay(sender=minter)

    head = revm.get_block("latest")
    for block_id in (head.number, hex(head.number), head.hash, head.hash.to_0x_hex(), "safe"):
        assert revm.get_block(block_id).hash == head.hash
    assert chain.blocks[-1].hash == head.hash
    assert revm.get_block(head.number - 1).hash == head.parent_hash
    assert (head.num_transactions, head.gas_used) == (1, receipt.gas_used)
    assert (head.gas_limit, head.base_fee) == (30_000_000, 10**9)
    assert revm.get_block("pending").hash is None
    assert revm.get_block("pending").parent_hash == head.hash


@pytest.mark.parametrize("block_id", [10**6, -1, b"\x01" * 32])
def test_missing_block_is_an_error(revm, block_id):
    with pytest.raises(BlockNotFoundError):
        revm.get_block(block_id)


def test_blocks_can_be_queried(revm):
    start = chain.blocks.height
    chain.mine(3)

    found = chain.blocks.query("number", "timestamp", start_block=start)

    assert list(found["number"]) == [start + i for i in range(4)]
    assert [b.number for b in chain.blocks.range(start, start + 2)] == [start, start + 1]
    assert chain.get_block_at(chain.blocks[start + 1].timestamp).number == start + 1


def test_every_transaction_mines_at_once(revm):
    assert revm.auto_mine is True
    revm.auto_mine = True
    with pytest.raises(NotImplementedError, match="mined at once"):
        revm.auto_mine = False
