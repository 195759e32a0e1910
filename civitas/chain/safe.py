"""A queue of transactions for a Safe: the file that its Transaction Builder loads, and the call of
MultiSend that carries them out as one.

MultiSend reads its argument as packed transactions: operation (1 byte, 0 is a call), receiver (20),
value (32), length of the data (32), data. The Safe calls it by delegation, so that each call comes
from the Safe, and all are undone where one fails.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ape import chain
from eth_abi.abi import decode, encode
from eth_utils.address import is_address, to_checksum_address
from eth_utils.crypto import keccak

from civitas.chain.simulation import Call, gas_in_order
from civitas.errors import CivitasError

_MULTI_SEND = keccak(text="multiSend(bytes)")[:4]
_CALL = b"\0"
_HEAD = 1 + 20 + 32 + 32  # bytes before the data


def multi_send(calls: Iterable[Call]) -> bytes:
    """Call data of MultiSend 1.3.0 and later."""
    packed = b"".join(
        _CALL
        + bytes.fromhex(call.to.removeprefix("0x"))
        + call.value.to_bytes(32, "big")
        + len(call.data).to_bytes(32, "big")
        + call.data
        for call in calls
    )
    return _MULTI_SEND + encode(["bytes"], [packed])


def read_multi_send(data: bytes) -> list[Call]:
    """The calls in call data of MultiSend. Raises CivitasError where it is anything else."""
    if data[:4] != _MULTI_SEND:
        raise CivitasError("this is no call of multiSend(bytes)")
    (packed,) = decode(["bytes"], data[4:])
    calls, at = [], 0
    while at < len(packed):
        head = packed[at : at + _HEAD]
        length = int.from_bytes(head[53:85], "big")
        if len(head) < _HEAD or head[:1] != _CALL or at + _HEAD + length > len(packed):
            raise CivitasError(f"byte {at} of the packed transactions begins no plain call")
        calls.append(
            Call(
                to=str(to_checksum_address(head[1:21])),
                value=int.from_bytes(head[21:53], "big"),
                data=packed[at + _HEAD : at + _HEAD + length],
            )
        )
        at += _HEAD + length
    return calls


@dataclass(frozen=True)
class Queue:
    """A file of a Safe's transactions that grows by each command."""

    path: Path
    safe: str

    @property
    def packed(self) -> Path:
        """Where the call of MultiSend is, as hexadecimal text."""
        return self.path.with_name(self.path.name + ".multisend")

    def calls(self) -> list[Call]:
        """Those in the file; none where there is no file. Raises CivitasError for another's."""
        if not self.path.exists():
            return []
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
            of, chain_id = found["meta"]["createdFromSafeAddress"], int(found["chainId"])
            calls = [
                Call(
                    to=str(to_checksum_address(each["to"])),
                    value=int(each["value"]),
                    data=bytes.fromhex(each["data"].removeprefix("0x")),
                )
                for each in found["transactions"]
            ]
        except (ValueError, KeyError, TypeError) as error:
            raise CivitasError(f"{self.path} is no queue of a Safe's transactions") from error
        if (of, chain_id) != (self.safe, chain.provider.chain_id):
            raise CivitasError(
                f"{self.path} is of Safe {of} on chain {chain_id}, this is {self.safe} on chain "
                f"{chain.provider.chain_id}: name another file"
            )
        return calls

    def simulated(self, more: Sequence[Call]) -> list[Call]:
        """What the file would hold with these, each tried from the Safe after those before it.

        A call that is in the file already is not added again. Raises CivitasError with the chain's
        reason.
        """
        before = self.calls()
        calls = before + [each for each in more if each not in before]
        gas_in_order(calls, self.safe)
        return calls

    def write(self, calls: Sequence[Call]) -> None:
        """Both files, each whole or not at all."""
        document = {
            "version": "1.0",
            "chainId": str(chain.provider.chain_id),
            "createdAt": int(chain.blocks.head.timestamp) * 1_000,
            "meta": {
                "name": "Civitas",
                "description": f"{len(calls)} transactions",
                "createdFromSafeAddress": self.safe,
            },
            "transactions": [_as_builder(call) for call in calls],
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        for path, text in (
            (self.packed, "0x" + multi_send(calls).hex()),
            (self.path, json.dumps(document, indent=2)),
        ):
            draft = path.with_name(path.name + ".part")
            draft.write_text(text + "\n", encoding="utf-8")
            draft.replace(path)


def _as_builder(call: Call) -> dict[str, Any]:
    return {
        "to": call.to,
        "value": str(call.value),
        "data": "0x" + call.data.hex(),
        "contractMethod": None,
        "contractInputsValues": None,
    }


def checked_safe(text: str) -> str:
    """Raises CivitasError unless it is the address of a contract."""
    if not is_address(text):
        raise CivitasError(f"{text!r} is no address: --safe takes that of the Safe")
    address = str(to_checksum_address(text))
    if not chain.provider.get_code(address):
        raise CivitasError(f"no contract at {address}: is the Safe on another network?")
    return address
