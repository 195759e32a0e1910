"""Signatures of permits, and whom such a signature recovers to."""

from ape import chain
from eth_abi import encode
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_utils import keccak

HOUR = 3_600
TYPES = {
    "Permit": [
        {"name": "owner", "type": "address"},
        {"name": "spender", "type": "address"},
        {"name": "value", "type": "uint256"},
        {"name": "nonce", "type": "uint256"},
        {"name": "deadline", "type": "uint256"},
    ]
}
TYPE_HASH = keccak(
    text="Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
)


def sign_permit(token, signer, spender, value, domain=None, **changes):
    """`signer`'s permit: deadline, v, r, s. Any part of message or domain can be another."""
    message = {
        "owner": signer.address,
        "spender": str(getattr(spender, "address", spender)),
        "value": value,
        "nonce": token.nonces(signer),
        "deadline": chain.pending_timestamp + HOUR,
    } | changes
    domain = {
        "name": token.name(),
        "version": "1",
        "chainId": chain.chain_id,
        "verifyingContract": token.address,
    } | (domain or {})
    signed = signer.sign_message(encode_typed_data(domain, TYPES, message))
    # Ape drops leading zeros.
    r, s = (bytes(half).rjust(32, b"\0") for half in (signed.r, signed.s))
    return message["deadline"], signed.v, r, s


def recovered(token, owner, spender, value, nonce, deadline, v, r, s):
    """Whom the signature is of, were it one of this permit."""
    struct = keccak(
        encode(
            ["bytes32", "address", "address", "uint256", "uint256", "uint256"],
            [TYPE_HASH, owner.address, spender.address, value, nonce, deadline],
        )
    )
    digest = keccak(b"\x19\x01" + bytes(token.DOMAIN_SEPARATOR()) + struct)
    return Account._recover_hash(digest, (v, int.from_bytes(r, "big"), int.from_bytes(s, "big")))
