"""What a reader of logs finds: by block, by address, by topic."""

import pytest
from ape import chain
from ape.types.events import LogFilter
from ape.utils.abi import encode_topics
from eth_utils import keccak


@pytest.fixture
def minted(ledger, people, minter):
    """Three mints to three people, each in a block of its own, and a second ledger's."""
    return [ledger.mint(people[i + 1], 10 * (i + 1), sender=minter) for i in range(3)]


def found(**kwargs):
    return list(chain.provider.get_contract_logs(LogFilter(**kwargs)))


def test_block_range_includes_both_ends(ledger, minted):
    numbers = [receipt.block_number for receipt in minted]

    logs = found(
        addresses=[ledger.address],
        events=[ledger.Transfer.abi],
        start_block=numbers[0],
        stop_block=numbers[1],
    )

    assert [(log.block_number, log.amount) for log in logs] == [(numbers[0], 10), (numbers[1], 20)]
    assert [log.transaction_hash for log in logs] == [receipt.txn_hash for receipt in minted[:2]]
    assert {log.contract_address for log in logs} == {ledger.address}


def test_no_end_means_the_head(ledger, minted):
    logs = found(events=[ledger.Noted.abi], start_block=minted[0].block_number)

    assert [log.amount for log in logs] == [10, 20, 30]
    assert [log.log_index for log in logs] == [1, 1, 1]


def test_several_events_come_in_the_order_of_the_chain(ledger, minted):
    events = [ledger.Noted.abi, ledger.Transfer.abi]

    logs = found(events=events, start_block=minted[1].block_number)

    assert [log.event_name for log in logs] == ["Transfer", "Noted"] * 2


def test_addresses_are_told_apart(contracts, ledger, minter, minted):
    other = minter.deploy(contracts["LEDGER"], 7)
    events = [ledger.Transfer.abi]
    start = minted[2].block_number

    assert [log.amount for log in found(events=events, start_block=start)] == [30, 7]
    only_other = found(events=events, start_block=start, addresses=[other.address])
    assert [log.amount for log in only_other] == [7]
    both = found(events=events, start_block=start, addresses=[ledger.address, other.address])
    assert [log.amount for log in both] == [30, 7]


def test_topics_select_by_position(ledger, people, minted):
    def amounts(topics):
        logs = found(
            events=[ledger.Transfer.abi, ledger.Noted.abi],
            topic_filter=topics,
            start_block=minted[0].block_number,
        )
        return [log.amount for log in logs]

    transfer = "0x" + keccak(text="Transfer(address,address,uint256)").hex()
    receivers = ["0x" + person.address[2:].lower().rjust(64, "0") for person in people[:4]]
    assert amounts([transfer]) == [10, 20, 30]
    assert amounts([transfer, None, receivers[2]]) == [20]
    assert amounts([transfer, None, [receivers[1], receivers[3]]]) == [10, 30]
    assert amounts([None, None, receivers[1]]) == [10]  # Noted has no third topic
    assert amounts([transfer, receivers[1]]) == []


def test_topics_as_ape_encodes_them(ledger, people, minted):
    topics = encode_topics(ledger.Transfer.abi, {"receiver": people[2]})

    logs = found(events=[ledger.Transfer.abi], topic_filter=topics)

    assert [log.amount for log in logs] == [20]


def test_apes_event_methods(ledger, people, minted):
    first = minted[0].block_number

    queried = ledger.Transfer.query("event_arguments", "block_number", start_block=first)
    assert [arguments["amount"] for arguments in queried["event_arguments"]] == [10, 20, 30]
    assert list(queried["block_number"]) == [first, first + 1, first + 2]
    assert [log.amount for log in ledger.Transfer] == [1_000, 10, 20, 30]
    assert [log.amount for log in ledger.Transfer.range(first, first + 1)] == [10]


def test_arguments_have_their_types(ledger, people, minted):
    log = minted[0].decode_logs(ledger.Transfer)[0]

    assert log.receiver == people[1].address
    assert log.event_arguments == {
        "sender": "0x" + "00" * 20,
        "receiver": people[1].address,
        "amount": 10,
    }
    assert log.timestamp == minted[0].timestamp


def test_failed_transaction_logs_nothing(ledger, minter, stranger):
    height = chain.blocks.height

    ledger.transfer(minter, 5, sender=stranger, raise_on_revert=False)

    assert found(events=[ledger.Transfer.abi], start_block=height + 1) == []


def test_logs_without_a_known_event_stay_raw(ledger, minter):
    receipt = ledger.whisper(sender=minter)

    assert [len(log["topics"]) for log in receipt.logs] == [0, 1]
    assert [log["data"] for log in receipt.logs] == [b"hush", b"hush"]
    assert found(events=[ledger.Noted.abi], start_block=receipt.block_number) == []
