# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  allowances
@license AGPL-3.0-only
@notice Who may move whose units: ERC-20 approvals, also by signature (ERC-2612).
@dev    The EIP-712 domain is rebuilt when the chain id changes.
@custom:source ERC-20, ERC-2612, EIP-712, ERC-5267
"""

from ethereum.ercs import IERC20

from snekmate.utils import ecdsa
from snekmate.utils import eip712_domain_separator

from . import token_errors

uses: eip712_domain_separator

_PERMIT_TYPEHASH: constant(bytes32) = keccak256(
    "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
)

allowance: public(HashMap[address, HashMap[address, uint256]])
nonces: public(HashMap[address, uint256])


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
    @notice Approve by signature (ERC-2612). `deadline` is inclusive; high-s signatures are refused.
    @custom:reverts ERC2612ExpiredSignature | ERC2612InvalidSigner | "ecdsa: invalid signature"
        | "ecdsa: invalid signature `s` value"
    """
    if block.timestamp > deadline:
        token_errors._expired_signature(deadline)
    nonce: uint256 = self.nonces[owner]
    self.nonces[owner] = nonce + 1
    digest: bytes32 = eip712_domain_separator._hash_typed_data_v4(
        keccak256(abi_encode(_PERMIT_TYPEHASH, owner, spender, amount, nonce, deadline))
    )
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
    @notice EIP-712 domain, rebuilt when the chain id changes.
    """
    return eip712_domain_separator._domain_separator_v4()


# --- internal
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
