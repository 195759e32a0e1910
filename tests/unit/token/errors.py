"""The exact bytes of the errors that the standards name, and a way to expect them.

Vyper has no custom errors, so they are not in the ABI: the provider hands their bytes through.
"""

from contextlib import contextmanager

import pytest
from ape.exceptions import ContractLogicError
from eth_abi import encode
from eth_utils import keccak


def error_bytes(signature, *arguments):
    """`error_bytes("ERC7943CannotSend(address)", alice)` as 0x text, as a failure shows it."""
    types = signature[signature.index("(") + 1 : -1]
    words = [str(getattr(each, "address", each)) for each in arguments]
    values = [word if word.startswith("0x") else int(word) for word in words]
    data = encode(types.split(",") if types else [], values)
    return "0x" + (keccak(text=signature)[:4] + data).hex()


def cannot_send(account):
    return error_bytes("ERC7943CannotSend(address)", account)


def cannot_receive(account):
    return error_bytes("ERC7943CannotReceive(address)", account)


def cannot_transfer(sender, receiver, amount):
    return error_bytes("ERC7943CannotTransfer(address,address,uint256)", sender, receiver, amount)


def above_unfrozen(account, amount, unfrozen):
    return error_bytes(
        "ERC7943InsufficientUnfrozenBalance(address,uint256,uint256)", account, amount, unfrozen
    )


def enforced_pause():
    return error_bytes("EnforcedPause()")


def insufficient_balance(account, held, needed):
    return error_bytes("ERC20InsufficientBalance(address,uint256,uint256)", account, held, needed)


def insufficient_allowance(spender, allowed, needed):
    return error_bytes(
        "ERC20InsufficientAllowance(address,uint256,uint256)", spender, allowed, needed
    )


def invalid_receiver(account):
    return error_bytes("ERC20InvalidReceiver(address)", account)


def invalid_spender(account):
    return error_bytes("ERC20InvalidSpender(address)", account)


def expired_signature(deadline):
    return error_bytes("ERC2612ExpiredSignature(uint256)", deadline)


def invalid_signer(signer, owner):
    return error_bytes("ERC2612InvalidSigner(address,address)", signer, owner)


def refusal_of(call):
    """The revert data of `call()` as 0x text or its reason; None where it succeeds."""
    try:
        call()
    except ContractLogicError as refused:
        return refused.revert_message
    return None


@contextmanager
def refused(data):
    """Expect a refusal with exactly these bytes."""
    with pytest.raises(ContractLogicError) as caught:
        yield
    assert caught.value.revert_message == data
