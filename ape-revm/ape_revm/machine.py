"""Runs one message on pyrevm and reports what it did, without keeping any of it.

Every message runs between a pyrevm snapshot and its revert. What a transaction has changed is read
from the journal first and written into `State` afterwards. So the journal is empty before each
message: every account and slot is cold, the original values that storage refunds are counted from
are right, and transient storage is gone. That is what makes gas exact.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from eth_pydantic_types import HexBytes
from eth_utils.crypto import keccak
from pyrevm import EVM, AccountInfo, BlockEnv, CfgEnv, Env

from ape_revm.state import State

COINBASE = "0x" + "00" * 20  # eth-tester's too
NO_CODE_HASH = keccak(b"")
PREVRANDAO = b"\x2a" * 32  # fixed: nothing here may depend on chance


class Message(NamedTuple):
    sender: str
    to: str | None  # None creates a contract
    data: bytes
    value: int  # {wei}
    gas: int


class Change(NamedTuple):
    """What became of one account. `code` is None unless the account was created just now."""

    address: str
    balance: int
    nonce: int
    code: HexBytes | None
    slots: dict[int, int]


class Outcome(NamedTuple):
    success: bool
    gas_used: int
    gas_refunded: int
    output: bytes  # returned, or given to REVERT
    created: str | None
    halt: str | None  # the EVM's reason when it stopped by itself, such as "OutOfGas(Basic)"
    logs: list[tuple[str, list[bytes], bytes]]
    changes: list[Change]


class Rejected(Exception):
    """The message is not a valid transaction: it never ran and leaves no trace."""


class Machine:
    def __init__(self, chain_id: int, evm_version: str, gas_limit: int):
        self._evm = EVM(
            Env(cfg=CfgEnv(chain_id=chain_id)), gas_limit=gas_limit, spec_id=evm_version.upper()
        )
        self._has_calldata_floor = evm_version == "prague"
        self.state = State(self._evm)

    def enter_block(self, number: int, timestamp: int) -> None:
        """pyrevm shows contracts a base fee of 0 and the gas limit it was made with."""
        self._evm.set_block_env(
            BlockEnv(
                number=number,
                coinbase=COINBASE,
                timestamp=timestamp,
                prevrandao=PREVRANDAO,
                excess_blob_gas=0,
            )
        )

    def run(self, message: Message) -> Outcome:
        evm, (sender, to, data, value, gas) = self._evm, message
        floor = _calldata_floor(data) if self._has_calldata_floor else 0
        if gas < floor:
            raise Rejected(f"gas limit {gas} is below the floor for this calldata, {floor}")
        output, created = b"", None
        checkpoint = evm.snapshot()
        if self.state.account(sender).code:
            self._let_contract_send(sender)
        try:
            # No gas price: fees are the provider's business, taken before and given back after.
            if to is None:
                created = evm.deploy(sender, data, value, gas, 0)
            else:
                output = evm.message_call(sender, to, data, value, gas, 0)
        except RuntimeError as err:
            if evm.result is None:
                raise Rejected(str(err)) from err
            output = _revert_output(str(err))
        finally:
            journal = evm.journal_str
            evm.revert(checkpoint)
        result = evm.result
        if result is None:
            raise RuntimeError("pyrevm ran the message and has no result")
        return Outcome(
            success=result.is_success,
            gas_used=max(result.gas_used, floor),
            gas_refunded=result.gas_refunded,
            output=output,
            created=created,
            halt=result.reason if result.is_halt else None,
            logs=[(log.address, *log.data) for log in result.logs] if result.is_success else [],
            changes=list(read_changes(journal)),
        )

    def _let_contract_send(self, address: str) -> None:
        """Get a sender with code past pyrevm, which refuses it by its code hash (EIP-3607).

        An account loaded in the journal can be given its code together with the hash of no code,
        and answers callbacks as ever. The revert after the message unloads it.
        """
        account = self.state.account(address)
        self._evm.get_balance(address)  # loads it
        self._evm.insert_account_info(
            address,
            AccountInfo(
                balance=account.balance,  # type: ignore[call-arg]  # missing from pyrevm's stubs
                nonce=account.nonce,
                code_hash=NO_CODE_HASH,
                code=bytes(account.code),
            ),
        )


def _calldata_floor(data: bytes) -> int:
    """EIP-7623, which pyrevm's Prague lacks: what data costs at the least."""
    zeros = data.count(0)
    return 21_000 + 10 * (zeros + 4 * (len(data) - zeros))


def _revert_output(error: str) -> bytes:
    """pyrevm hands revert data over only inside the text of its exception."""
    found = re.search(r"output: 0x([0-9a-f]*)", error)
    return bytes.fromhex(found[1]) if found else b""


# The journal is readable only as Rust's debug text. The pin on pyrevm keeps the format, and the
# count in `read_changes` notices should it differ after all.
_STORAGE_SLOT = re.compile(
    r"(\d+): StorageSlot \{ previous_or_original_value: (\d+), present_value: (\d+) \}"
)
_ACCOUNT = re.compile(
    r"(0x[0-9a-f]{40}): Account \{ info: AccountInfo \{ balance: (\d+), nonce: (\d+), "
    r"code_hash: 0x[0-9a-f]{64}, code: (?:None|Some\(Bytecode \{ bytecode: 0x([0-9a-f]*), "
    r'state: (?:Raw|Analysed \{ len: (\d+), jump_map: JumpMap \{ map: "[0-9a-f]*" \} \}) \}\)) '
    r"\}, storage: \{((?:\d+: StorageSlot \{[^}]*\}(?:, )?)*)\}, "
    r"status: AccountStatus\(([^)]*)\) \}"
)


def read_changes(journal: str) -> Iterator[Change]:
    text = journal[: journal.index("}, transient_storage: {")]
    found = _ACCOUNT.findall(text)
    if len(found) != text.count(": Account { info: "):
        raise RuntimeError("pyrevm writes its journal in a form this version cannot read")
    for address, balance, nonce, code, code_length, storage, status in found:
        if "SelfDestructed" in status:
            yield Change(address, 0, 0, HexBytes(b""), {})
            continue
        created = HexBytes(code)[: int(code_length)] if "Created" in status else None
        slots = {
            int(index): int(present)
            for index, previous, present in _STORAGE_SLOT.findall(storage)
            if previous != present
        }
        yield Change(address, int(balance), int(nonce), created, slots)
