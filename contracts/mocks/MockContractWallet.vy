# pragma version 0.4.3
"""
@title  MockContractWallet
@license AGPL-3.0-only
@notice A contract wallet of one owner (ERC-1271): it signs what its owner signed for it, and has
        bad manners on demand.
@dev    The owner signs the hash together with the wallet's address: two wallets of one owner never
        share a signature.
"""

flag Manner:
    ANSWERS
    REFUSES
    ANSWERS_WRONG
    ANSWERS_SHORT

_VALID: constant(bytes4) = 0x1626BA7E

owner: public(address)
manner: public(Manner)


@deploy
def __init__(owner: address):
    self.owner = owner
    self.manner = Manner.ANSWERS


@external
def behave(manner: Manner):
    self.manner = manner


@external
@view
def wrapped(hash: bytes32) -> bytes32:
    """
    @notice What the owner signs for this wallet.
    """
    return self._wrapped(hash)


@external
@view
@raw_return
def isValidSignature(hash: bytes32, signature: Bytes[65]) -> Bytes[32]:
    if self.manner == Manner.REFUSES:
        raise "mock: refuses"
    if self.manner == Manner.ANSWERS_WRONG:
        return abi_encode(empty(bytes32))
    if self.manner == Manner.ANSWERS_SHORT:
        return slice(abi_encode(_VALID), 0, 4)
    if len(signature) != 65:
        return abi_encode(empty(bytes32))
    r: uint256 = extract32(signature, 0, output_type=uint256)
    s: uint256 = extract32(signature, 32, output_type=uint256)
    v: uint256 = convert(slice(signature, 64, 1), uint256)
    if ecrecover(self._wrapped(hash), v, r, s) != self.owner:
        return abi_encode(empty(bytes32))
    return abi_encode(_VALID)


@internal
@view
def _wrapped(hash: bytes32) -> bytes32:
    return keccak256(abi_encode(self, hash))
