"""Why the chain refused, as a sentence: our reasons as they are, the standards' errors decoded."""

from ape.exceptions import ContractLogicError
from eth_abi.abi import decode
from eth_utils.crypto import keccak

from civitas.errors import CivitasError

# signature of a standard's error -> sentence with its arguments
_SENTENCES = {
    "ERC7943CannotSend(address)": "{0} may not send",
    "ERC7943CannotReceive(address)": "{0} may not receive",
    "ERC7943CannotTransfer(address,address,uint256)": "{2} may not go from {0} to {1}",
    "ERC7943InsufficientUnfrozenBalance(address,uint256,uint256)": (
        "{0} has {2} unfrozen, {1} asked"
    ),
    "EnforcedPause()": "trade in this token is paused",
    "ERC20InsufficientBalance(address,uint256,uint256)": "{0} has {1}, {2} asked",
    "ERC20InsufficientAllowance(address,uint256,uint256)": "{0} is allowed {1}, {2} asked",
    "ERC20InvalidReceiver(address)": "{0} can't be a receiver",
    "ERC20InvalidSpender(address)": "{0} can't be a spender",
    "ERC2612ExpiredSignature(uint256)": "the signature was good until {0}",
    "ERC2612InvalidSigner(address,address)": "signed by {0}, not by {1}",
}


def _types(signature: str) -> list[str]:
    inside = signature[signature.index("(") + 1 : -1]
    return inside.split(",") if inside else []


_BY_SELECTOR = {keccak(text=signature)[:4]: signature for signature in _SENTENCES}


def reason_of(error: ContractLogicError) -> str:
    """The reason of a refused call or transaction, for people to read."""
    message = str(error.revert_message or error)
    if not message.startswith("0x"):
        return message
    data = bytes.fromhex(message.removeprefix("0x"))
    signature = _BY_SELECTOR.get(data[:4])
    if signature is None:
        return f"refused with {message}"
    arguments = decode(_types(signature), data[4:])
    name = signature[: signature.index("(")]
    return f"{name}: {_SENTENCES[signature].format(*arguments)}"


# reason -> what whoever reads it can do
_ADVICE = {
    "authorized: missing role": "sign with an account that the council gave the role",
    "emergency_stop: paused": (
        "it is paused; the chain engineer starts it again with `ape run incident unpause`"
    ),
    "EnforcedPause(): trade in this token is paused": (
        "the chain engineer starts it again with `ape run incident unpause`"
    ),
    "treasury: own approval": "who approved a payment can't make it: another cashier must sign",
    "treasury: fund too small": "`ape run treasury balances` says what each fund has free",
    "agents: no mandate": "the council gives a mandate with `addAgent` and `set_mandate`",
}


def refused(error: ContractLogicError) -> CivitasError:
    """The refusal as a sentence, with what to do where there is something."""
    reason = reason_of(error)
    advice = _ADVICE.get(reason)
    return CivitasError(f"the chain refuses: {reason}" + (f"; {advice}" if advice else ""))
