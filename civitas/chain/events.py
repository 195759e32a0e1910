"""Reads the city's events off the chain, in order, as plain records."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ape import chain, project
from ape.api import ReceiptAPI
from ape.contracts import ContractContainer
from ape.types import LogFilter

from civitas.chain.city import City
from civitas.records import Event


@dataclass(frozen=True, slots=True)
class Sources:
    """Which contract stands at which address of a city."""

    kinds: Mapping[str, str]  # address -> name of the contract's source

    def of_kind(self, kind: str) -> tuple[str, ...]:
        """The addresses of one kind, in the order in which they were found."""
        return tuple(address for address, each in self.kinds.items() if each == kind)


def sources_of(city: City, start: int = 0) -> Sources:
    """Every contract of a city: those that exist once, and all that its factories ever made.

    `start` is a block before which there was no city: a node is asked for fewer logs then.
    """
    kinds = {
        contract.address: contract.contract_type.name or name for name, contract in city.contracts()
    }
    for log in _logs(city.token_factory.address, project.TokenFactory, start, None):
        if log.event_name == "TokenCreated":
            kinds[log.token] = "SecurityToken"
    for log in _logs(city.splitter_factory.address, project.SplitterFactory, start, None):
        if log.event_name == "SplitterCreated":
            kinds[log.splitter] = "RevenueSplitter"
    return Sources(kinds)


def read_events(sources: Sources, start: int = 0, stop: int | None = None) -> list[Event]:
    """All events of these contracts in the blocks `start` to `stop`, both included, in order."""
    times: dict[int, int] = {}
    events = []
    for address, kind in sources.kinds.items():
        for log in _logs(address, project.contracts[kind], start, stop):
            if log.block_number not in times:
                times[log.block_number] = chain.blocks[log.block_number].timestamp
            events.append(
                Event(
                    block=log.block_number,
                    timestamp=times[log.block_number],
                    transaction=log.transaction_hash,
                    log_index=log.log_index,
                    address=address,
                    contract=kind,
                    name=log.event_name,
                    arguments=dict(log.event_arguments),
                )
            )
    return sorted(events, key=lambda event: (event.block, event.log_index))


def events_of(sources: Sources, receipt: ReceiptAPI) -> list[Event]:
    """What a transaction logged in these contracts, in order."""
    block = receipt.block_number
    return [
        event
        for event in read_events(sources, block, block)
        if event.transaction == receipt.txn_hash
    ]


def _logs(
    address: str, container: ContractContainer, start: int, stop: int | None
) -> Iterator[Any]:
    last = chain.blocks.height if stop is None else stop
    yield from chain.provider.get_contract_logs(
        LogFilter(
            addresses=[address],
            events=container.contract_type.events,
            start_block=start,
            stop_block=last,
        )
    )
