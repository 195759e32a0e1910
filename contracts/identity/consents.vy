# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  consents
@license AGPL-3.0-only
@notice A wallet's own word that it is to be bound to an investor (EIP-712).
@dev    The wallet's nonce counts its unbindings, so that a consent is good for one binding only.
        Invariants: INV-ID-2 (docs/invariants.md).
@custom:source EIP-712
"""

_TYPEHASH: constant(bytes32) = keccak256(
    "Binding(address wallet,address identity,uint256 nonce,uint64 deadline)"
)


@internal
@pure
def _hash(wallet: address, identity: address, nonce: uint256, deadline: uint64) -> bytes32:
    """
    @notice What a wallet signs, but for the domain.
    """
    return keccak256(abi_encode(_TYPEHASH, wallet, identity, nonce, deadline))
