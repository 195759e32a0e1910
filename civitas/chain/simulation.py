"""What transactions would do one after the other, without sending any."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ape import chain
from ape.api import TestProviderAPI
from ape.exceptions import APINotImplementedError, ContractLogicError, ProviderError
from ape_ethereum.provider import Web3Provider

from civitas.chain.refusals import refused
from civitas.errors import CivitasError


@dataclass(frozen=True, slots=True)
class Call:
    """What a transaction says, whoever sends it."""

    to: str
    data: bytes
    value: int = 0  # {wei}


def gas_in_order(calls: Sequence[Call], sender: str) -> list[int]:
    """{gas} What each call would use after those before it, sent by anybody's address.

    Raises CivitasError, which names the first call that the chain refuses, and where the node can't
    simulate more than one.
    """
    provider = chain.provider
    if isinstance(provider, TestProviderAPI) and not isinstance(provider, Web3Provider):
        return _by_snapshot(calls, sender)
    asked = [
        {"from": sender, "to": call.to, "input": "0x" + call.data.hex(), "value": hex(call.value)}
        for call in calls
    ]
    try:
        answer = provider.make_request(
            "eth_simulateV1", [{"blockStateCalls": [{"calls": asked}]}, "latest"]
        )
    except (APINotImplementedError, ProviderError) as error:
        raise CivitasError(
            f"this node can't simulate {len(calls)} calls one after the other (eth_simulateV1): "
            f"use another node; it says: {error}"
        ) from error
    used = []
    for number, each in enumerate(answer[0]["calls"], 1):
        if int(each["status"], 16) != 1:
            raise _refused(number, len(calls), ContractLogicError(_reason(each)))
        used.append(int(each["gasUsed"], 16))
    return used


def _by_snapshot(calls: Sequence[Call], sender: str) -> list[int]:
    """On a chain of this process, whose snapshots cost nothing."""
    provider = chain.provider
    used, snapshot = [], chain.snapshot()
    try:
        for number, call in enumerate(calls, 1):
            transaction = provider.network.ecosystem.create_transaction(
                receiver=call.to, data=call.data, value=call.value, sender=sender
            )
            try:
                receipt = provider.send_transaction(provider.prepare_transaction(transaction))
                used.append(int(receipt.gas_used))
            except ContractLogicError as error:
                raise _refused(number, len(calls), error) from error
    finally:
        chain.restore(snapshot)
    return used


def _refused(number: int, of: int, error: ContractLogicError) -> CivitasError:
    said = refused(error)
    return said if of == 1 else CivitasError(f"call {number} of {of}: {said}")


def _reason(call: dict[str, Any]) -> str:
    """The sentence of an Error(string), or the data as it came back."""
    data = bytes.fromhex(str(call["returnData"]).removeprefix("0x"))
    if data[:4] != bytes.fromhex("08c379a0"):
        return "0x" + data.hex()
    length = int.from_bytes(data[36:68], "big")
    return data[68 : 68 + length].decode()
