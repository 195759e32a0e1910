# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  signed_calls
@license AGPL-3.0-only
@notice Approvals and transfers that a holder signs and anybody sends, for the token that passes the
        call on (ERC-2612, ERC-3009).
@dev    The domain is the calling token's, built anew each time, so it always names the chain it is
        on; its name is the token's first one, whatever the token is called later. A contract
        wallet is asked itself (ERC-1271), with r, s, v in 65 bytes.
        Who sends a signed transfer is no spender and needs no permission; the move passes the
        token's one check like any. A contract that takes units this way should call
        `receiveWithAuthorization`, which only the receiver can send.
        Nonces are kept per token: nobody but a token can use up its holders'.
@custom:source ERC-2612, ERC-3009, EIP-712, ERC-1271, ERC-5267
"""

from snekmate.utils import ecdsa
from snekmate.utils import message_hash_utils
from snekmate.utils import signature_checker

from . import token_errors

_DOMAIN_TYPEHASH: constant(bytes32) = keccak256(
    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
)
_DOMAIN_VERSION: constant(String[1]) = "1"
_PERMIT_TYPEHASH: constant(bytes32) = keccak256(
    "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
)
_TRANSFER_TYPEHASH: constant(bytes32) = keccak256(
    "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
)
_RECEIVE_TYPEHASH: constant(bytes32) = keccak256(
    "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
)
_CANCEL_TYPEHASH: constant(bytes32) = keccak256(
    "CancelAuthorization(address authorizer,bytes32 nonce)"
)


interface Token:
    def domain_name() -> String[50]: view
    def approve_by_signature(owner: address, spender: address, amount: uint256): nonpayable
    def move_by_signature(
        sender: address, receiver: address, amount: uint256, nonce: bytes32
    ): nonpayable
    def log_cancellation(authorizer: address, nonce: bytes32): nonpayable


# token -> owner -> permits used
_nonces: HashMap[address, HashMap[address, uint256]]
# token -> authorizer -> nonce -> used or cancelled
_used: HashMap[address, HashMap[address, HashMap[bytes32, bool]]]


@external
@view
@reentrant
def nonces(owner: address) -> uint256:
    """
    @notice How many permits of `owner` were used; the nonce of the next one.
    """
    return self._nonces[msg.sender][owner]


@external
@view
@reentrant
def authorizationState(authorizer: address, nonce: bytes32) -> bool:
    """
    @notice Whether a signed transfer's nonce was used or cancelled (ERC-3009).
    """
    return self._used[msg.sender][authorizer][nonce]


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
    name: String[50] = staticcall Token(msg.sender).domain_name()
    return (0x0f, name, _DOMAIN_VERSION, chain.id, msg.sender, empty(bytes32), [])


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
        | "ecdsa: invalid signature `s` value" | ERC20InvalidSpender
    """
    if block.timestamp > deadline:
        token_errors._expired_signature(deadline)
    nonce: uint256 = self._nonces[msg.sender][owner]
    self._nonces[msg.sender][owner] = nonce + 1
    self._check_signed(
        owner,
        keccak256(abi_encode(_PERMIT_TYPEHASH, owner, spender, amount, nonce, deadline)),
        v,
        r,
        s,
    )
    extcall Token(msg.sender).approve_by_signature(owner, spender, amount)


@external
def transferWithAuthorization(
    sender: address,
    receiver: address,
    amount: uint256,
    valid_after: uint256,
    valid_before: uint256,
    nonce: bytes32,
    v: uint8,
    r: bytes32,
    s: bytes32,
):
    """
    @notice Move `amount` {unit} as `sender` signed, strictly between two times {s}.
    @custom:reverts "signed_calls: not valid now" | "signed_calls: used nonce"
        | as `permit` for the signature | as `transfer`
    """
    self._move(
        _TRANSFER_TYPEHASH, sender, receiver, amount, valid_after, valid_before, nonce, v, r, s
    )


@external
def receiveWithAuthorization(
    sender: address,
    receiver: address,
    amount: uint256,
    valid_after: uint256,
    valid_before: uint256,
    nonce: bytes32,
    v: uint8,
    r: bytes32,
    s: bytes32,
):
    """
    @notice As `transferWithAuthorization`, but only the receiver can send it.
    @dev    The token has checked that: the caller here is the token.
    @custom:reverts "security_token: not the receiver" | as `transferWithAuthorization`
    """
    self._move(
        _RECEIVE_TYPEHASH, sender, receiver, amount, valid_after, valid_before, nonce, v, r, s
    )


@external
def cancelAuthorization(authorizer: address, nonce: bytes32, v: uint8, r: bytes32, s: bytes32):
    """
    @notice Use up a nonce, as its authorizer signed, without a move.
    @custom:reverts "signed_calls: used nonce" | as `permit` for the signature
    """
    self._use(authorizer, nonce)
    self._check_signed(
        authorizer, keccak256(abi_encode(_CANCEL_TYPEHASH, authorizer, nonce)), v, r, s
    )
    extcall Token(msg.sender).log_cancellation(authorizer, nonce)


# --- internal
@internal
def _move(
    typehash: bytes32,
    sender: address,
    receiver: address,
    amount: uint256,
    valid_after: uint256,
    valid_before: uint256,
    nonce: bytes32,
    v: uint8,
    r: bytes32,
    s: bytes32,
):
    assert (
        valid_after < block.timestamp and block.timestamp < valid_before
    ), "signed_calls: not valid now"
    self._use(sender, nonce)
    struct_hash: bytes32 = keccak256(
        abi_encode(typehash, sender, receiver, amount, valid_after, valid_before, nonce)
    )
    self._check_signed(sender, struct_hash, v, r, s)
    extcall Token(msg.sender).move_by_signature(sender, receiver, amount, nonce)


@internal
def _use(authorizer: address, nonce: bytes32):
    assert not self._used[msg.sender][authorizer][nonce], "signed_calls: used nonce"
    self._used[msg.sender][authorizer][nonce] = True


@internal
@view
def _check_signed(account: address, struct_hash: bytes32, v: uint8, r: bytes32, s: bytes32):
    """
    @notice Refuse what `account` has not signed for the calling token on this chain.
    """
    digest: bytes32 = message_hash_utils._to_typed_data_hash(self._domain_separator(), struct_hash)
    # An account with code may still sign by its own key (EIP-7702), so a wallet's no is not the last.
    if not (
        account.is_contract
        and signature_checker._is_valid_ERC1271_signature_now(
            account, digest, concat(r, s, convert(v, bytes1))
        )
    ):
        signer: address = ecdsa._recover_vrs(
            digest, convert(v, uint256), convert(r, uint256), convert(s, uint256)
        )
        if signer != account or account == empty(address):
            token_errors._invalid_signer(signer, account)


@internal
@view
def _domain_separator() -> bytes32:
    return keccak256(
        abi_encode(
            _DOMAIN_TYPEHASH,
            keccak256(staticcall Token(msg.sender).domain_name()),
            keccak256(_DOMAIN_VERSION),
            chain.id,
            msg.sender,
        )
    )
