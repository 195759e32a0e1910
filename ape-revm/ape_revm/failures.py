"""From an EVM failure to the exception that Ape's users expect."""

from ape.exceptions import ContractLogicError, CustomError, FailedTxn, OutOfGasError
from ape.utils.basemodel import ManagerAccessMixin
from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from eth_utils.conversions import to_hex

from ape_revm.machine import Outcome

ERROR_STRING = bytes.fromhex("08c379a0")  # Error(string), what `assert x, "reason"` reverts with


class RanOutOfGas(OutOfGasError, ContractLogicError):
    """Out of gas. A ContractLogicError too, because eth-tester raises that and tests rely on it."""

    def __init__(self, txn: FailedTxn | None = None):
        ContractLogicError.__init__(
            self, "The transaction ran out of gas.", txn=txn, set_ape_traceback=False
        )


def error_from(outcome: Outcome, txn: FailedTxn) -> ContractLogicError:
    """The message is the reason; for other revert data its hex; for a halt the EVM's word for it.

    Nothing at all (a bare assert, an overflow) leaves Ape's default message.
    """
    if outcome.halt is not None:
        if outcome.halt.startswith("OutOfGas"):
            return RanOutOfGas(txn)
        return ContractLogicError(outcome.halt, txn=txn, set_ape_traceback=False)
    reason = _reason(outcome.output)
    if reason is None and outcome.output:
        error = ContractLogicError(to_hex(outcome.output), txn=txn, set_ape_traceback=False)
        return _as_custom_error(error, outcome.output[:4]) or error
    return ContractLogicError(reason, txn=txn, set_ape_traceback=False)


def _reason(output: bytes) -> str | None:
    if not output.startswith(ERROR_STRING):
        return None
    try:
        reason: str = decode(["string"], output[4:])[0]
    except (DecodingError, UnicodeDecodeError):
        return None  # it only looks like one
    return reason


def _as_custom_error(error: ContractLogicError, selector: bytes) -> CustomError | None:
    """Ape's typed error, if the ABI of the contract called declares one with this selector."""
    contract_type = error.contract_type
    if contract_type is None or selector not in contract_type.errors:
        return None
    typed: CustomError | None = ManagerAccessMixin.compiler_manager.get_custom_error(error)
    return typed
