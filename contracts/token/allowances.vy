# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  allowances
@license AGPL-3.0-only
@notice Who may move whose units: ERC-20 approvals, also by signature (ERC-2612).
@dev    The EIP-712 domain is built anew each time, so it always names the chain it is on; its name is
        the first one, whatever the token is called later. A contract wallet's permit is asked of the wallet (ERC-1271) with
        r, s, v in 65 bytes.
@custom:source ERC-20, ERC-2612, EIP-712, ERC-1271, ERC-5267
"""

from ethereum.ercs import IERC20

from snekmate.utils import ecdsa
from snekmate.utils import message_hash_utils
from snekmate.utils import signature_checker

from . import token_errors

_PERMIT_TYPEHASH: constant(bytes32) = keccak256(
    "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
)
_DOMAIN_TYPEHASH: constant(bytes32) = keccak256(
    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
)
_DOMAIN_VERSION: constant(String[1]) = "1"

_DOMAIN_NAME: immutable(String[50])
_DOMAIN_NAME_HASH: immutable(bytes32)

allowance: public(HashMap[address, HashMap[address, uint256]])
nonces: public(HashMap[address, uint256])


@deploy
def __init__(domain_name: String[50]):
    _DOMAIN_NAME = domain_name
    _DOMAIN_NAME_HASH = keccak256(domain_name)


@external
def approve(spender: address, amount: uint256) -> bool:
    """
    @notice Let `spender` move up to `amount` {unit} of the caller's.
    @custom:reverts ERC20InvalidSpender
    """
    self._approve(msg.sender, spender, amount)
    return True


@external
def permit(
    owner: address,
    spender: address,
    amount: uint256,
    deadline: uint256,
    v: uint8,
    r: bytes32,
    s: bytes32,
):
    """
    @notice Approve by signature (ERC-2612, ERC-1271). `deadline` is inclusive; a key's high-s
            signature is refused.
    @custom:reverts ERC2612ExpiredSignature | ERC2612InvalidSigner | "ecdsa: invalid signature"
        | "ecdsa: invalid signature `s` value"
    """
    if block.timestamp > deadline:
        token_errors._expired_signature(deadline)
    nonce: uint256 = self.nonces[owner]
    self.nonces[owner] = nonce + 1
    digest: bytes32 = message_hash_utils._to_typed_data_hash(
        self._domain_separator(),
        keccak256(abi_encode(_PERMIT_TYPEHASH, owner, spender, amount, nonce, deadline)),
    )
    # An account with code may still sign by its own key (EIP-7702), so a wallet's no is not the last.
    if not (
        owner.is_contract
        and signature_checker._is_valid_ERC1271_signature_now(
            owner, digest, concat(r, s, convert(v, bytes1))
        )
    ):
        signer: address = ecdsa._recover_vrs(
            digest, convert(v, uint256), convert(r, uint256), convert(s, uint256)
        )
        if signer != owner or owner == empty(address):
            token_errors._invalid_signer(signer, owner)
    self._approve(owner, spender, amount)


@external
@view
@reentrant
def DOMAIN_SEPARATOR() -> bytes32:
    """
    @notice Hash of the EIP-712 domain on this chain.
    """
    return self._domain_separator()


@external
@view
@reentrant
def eip712Domain() -> (
    bytes1, String[50], String[1], uint256, address, bytes32, DynArray[uint256, 1]
):
    """
    @notice The EIP-712 domain (ERC-5267): which fields it has, and their values.
    """
    return (0x0f, _DOMAIN_NAME, _DOMAIN_VERSION, chain.id, self, empty(bytes32), [])


# --- internal
@internal
@view
def _domain_separator() -> bytes32:
    return keccak256(
        abi_encode(_DOMAIN_TYPEHASH, _DOMAIN_NAME_HASH, keccak256(_DOMAIN_VERSION), chain.id, self)
    )


@internal
def _approve(owner: address, spender: address, amount: uint256):
    if spender == empty(address):
        token_errors._invalid_spender(spender)
    self.allowance[owner][spender] = amount
    log IERC20.Approval(owner=owner, spender=spender, value=amount)


@internal
def _spend(owner: address, spender: address, amount: uint256):
    """
    @notice Use up an allowance; the largest one is never used up.
    """
    allowed: uint256 = self.allowance[owner][spender]
    if allowed < amount:
        token_errors._insufficient_allowance(spender, allowed, amount)
    if allowed != max_value(uint256):
        self.allowance[owner][spender] = allowed - amount
