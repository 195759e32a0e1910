# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  signatures
@license AGPL-3.0-only
@notice Whether an address signed a typed message in time; wallets that are contracts may too.
@dev    A key's 65 or 64 bytes (EIP-2098) are tried first and the signer's code is only then asked
        for: asking costs as much as the rest. So an account that has code and a key of its own
        (EIP-7702) may sign by either; nobody has the key to a contract's address. What is signed
        is to hold a nonce or an end of its own: a signature may have several encodings.
@custom:source EIP-712, ERC-1271, EIP-2098
"""

from snekmate.utils import signature_checker

_PREFIX: constant(uint256) = 25 * 256 + 1  # 0x1901
_LOWER_255: constant(uint256) = 2**255 - 1
# Half the order of secp256k1: of the two s that sign the same, the lower one counts.
_HIGHEST_S: constant(uint256) = (
    57896044618658097711785492504343953926418782139537452191302581570759080747168
)


@internal
@view
def _check(domain: bytes32, signer: address, struct_hash: bytes32, signature: Bytes[65]):
    # Two bytes and two words; the first of three words has 30 bytes too many.
    digest: bytes32 = keccak256(slice(abi_encode(_PREFIX, domain, struct_hash), 30, 66))
    size: uint256 = len(signature)
    if size >= 64:
        r: uint256 = extract32(signature, 0, output_type=uint256)
        s: uint256 = extract32(signature, 32, output_type=uint256)
        v: uint256 = 0
        if size == 65:
            v = extract32(signature, 33, output_type=uint256) & 255
        else:
            v = 27 + (s >> 255)
            s = s & _LOWER_255
        # Zero is what a failed recovery gives.
        if (
            s <= _HIGHEST_S
            and ecrecover(digest, v, r, s) == signer
            and signer != empty(address)
        ):
            return
    assert signer.is_contract and signature_checker._is_valid_ERC1271_signature_now(
        signer, digest, signature
    ), "signatures: bad signature"


@internal
@view
def _check_deadline(deadline: uint64):
    assert block.timestamp <= convert(deadline, uint256), "signatures: past the deadline"
