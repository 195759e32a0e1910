"""Signed transfers and their cancellations (ERC-3009), as the arguments of the calls."""

from ape import chain
from eth_account import Account
from eth_account.messages import _hash_eip191_message, encode_typed_data

HOUR = 3_600
NONCE = bytes(range(32))
_MOVE = [
    {"name": "from", "type": "address"},
    {"name": "to", "type": "address"},
    {"name": "value", "type": "uint256"},
    {"name": "validAfter", "type": "uint256"},
    {"name": "validBefore", "type": "uint256"},
    {"name": "nonce", "type": "bytes32"},
]
_CANCEL = [{"name": "authorizer", "type": "address"}, {"name": "nonce", "type": "bytes32"}]


def sign_authorization(
    token, holder, receiver, value, kind="Transfer", signer=None, domain=None, **changes
):
    """`holder`'s authorization, signed by `signer` or itself; any part of it can be another."""
    message = {
        "from": holder.address,
        "to": receiver.address,
        "value": value,
        "validAfter": chain.pending_timestamp - HOUR,
        "validBefore": chain.pending_timestamp + HOUR,
        "nonce": NONCE,
    } | changes
    types = {f"{kind}WithAuthorization": _MOVE}
    return (*message.values(), *_signature(token, holder, signer, types, message, domain))


def sign_cancellation(token, authorizer, signer=None, nonce=NONCE):
    message = {"authorizer": authorizer.address, "nonce": nonce}
    types = {"CancelAuthorization": _CANCEL}
    return (*message.values(), *_signature(token, authorizer, signer, types, message))


def _signature(token, holder, signer, types, message, domain=None):
    """By the holder's own key, another key, or a key in the name of a contract wallet."""
    domain = {
        "name": token.name(),
        "version": "1",
        "chainId": chain.provider.chain_id,
        "verifyingContract": token.address,
    } | (domain or {})
    typed = encode_typed_data(domain, types, message)
    if not hasattr(holder, "private_key"):
        signed = Account._sign_hash(holder.wrapped(_hash_eip191_message(typed)), signer.private_key)
        return signed.v, signed.r.to_bytes(32, "big"), signed.s.to_bytes(32, "big")
    signed = (signer or holder).sign_message(typed)
    # Ape drops leading zeros.
    return signed.v, *(bytes(half).rjust(32, b"\0") for half in (signed.r, signed.s))
