# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  TokenExtension
@license AGPL-3.0-only
@notice The part of the security token's standard surface that needs none of its words: whatever a
        token is called for and does not know itself it passes on to here, and so answers at
        its own address.
@dev    The caller is the token (docs/adr/0023); called by anybody else, all this speaks of the
        caller and changes nothing of a token. It can do to a token what its holders have
        signed and nothing more, holds nothing, and has no owner; one for all tokens of a city.
@custom:source ERC-165, ERC-173, ERC-1404, ERC-1643, ERC-2612, ERC-3009, ERC-3643, ERC-7943
@custom:kill None here: pause the token.
"""

from ..interfaces import IAssetRegistry
from ..interfaces import IAuthority
from ..interfaces import IIdentityRegistry
from . import moves
from . import settings
from . import signed_calls
from . import token_errors
from . import token_messages

initializes: signed_calls

exports: signed_calls.__interface__

MAX_DOCUMENTS: constant(uint256) = 32
# Lost wallets in a row that one call follows; a token that missed more is handed over step by step.
MAX_RECOVERIES: constant(uint256) = 16

_INTERFACES: constant(bytes4[12]) = [
    0x01FFC9A7,  # ERC-165
    0x36372B07,  # ERC-20
    0xA219A025,  # ERC-20 metadata
    0x7F5828D0,  # ERC-173
    0x9D8FF7DA,  # ERC-2612
    0xBFF533BA,  # ERC-3009
    0x84B0196E,  # ERC-5267
    0xAB84A5C8,  # ERC-1404
    0xECFECEC8,  # ERC-1643
    0xB97D944C,  # ERC-3643
    0x0CBA0FA8,  # ERC-3643, agents
    0x3EDBB4C4,  # ERC-7943, fungible
]


interface Token:
    def assetId() -> uint256: view
    def assetRegistry() -> address: view
    def authority() -> address: view
    def allowance(owner: address, spender: address) -> uint256: view
    def claimable_scaled(holder: address) -> uint256: view
    def getFrozenTokens(account: address) -> uint256: view
    def identityRegistry() -> address: view
    def isFrozen(account: address) -> bool: view
    def restriction(
        kind: uint256, spender: address, sender: address, receiver: address, amount: uint256
    ) -> uint8: view


@external
@view
@reentrant
def supportsInterface(interface_id: bytes4) -> bool:
    """
    @notice ERC-165.
    """
    return interface_id in _INTERFACES


@external
@view
@reentrant
def messageForTransferRestriction(code: uint8) -> String[48]:
    """
    @notice A sentence for a restriction code (ERC-1404).
    """
    return token_messages._message_of(code)


@external
@view
@reentrant
def version() -> String[5]:
    """
    @notice Version of the token's code (ERC-3643).
    """
    return settings._VERSION


@external
@view
@reentrant
def claimable(holder: address) -> uint256:
    """
    @notice {asset} Whole units of income that `holder` could be paid now.
    """
    return staticcall Token(msg.sender).claimable_scaled(holder) >> 128


# --- pre-checks
@external
@view
@reentrant
def canSend(account: address) -> bool:
    """
    @notice Whether `account` may send at all: verified and not frozen; no amount rule (ERC-7943).
    """
    return self._may_trade(account)


@external
@view
@reentrant
def canReceive(account: address) -> bool:
    """
    @notice Whether `account` may receive at all: verified and not frozen (ERC-7943).
    """
    return self._may_trade(account)


@external
@view
@reentrant
def canTransfer(sender: address, receiver: address, amount: uint256) -> bool:
    """
    @notice Whether the rules allow the move; a plain lack of balance is not a rule (ERC-7943).
    """
    code: uint8 = self._restriction(moves.MOVE, empty(address), sender, receiver, amount)
    if code == token_errors.INSUFFICIENT_BALANCE:
        # With a freeze in force, whatever is above the free part is against the freeze.
        return staticcall Token(msg.sender).getFrozenTokens(sender) == 0
    return code == token_errors.OK


@external
@view
@reentrant
def detectTransferRestriction(sender: address, receiver: address, amount: uint256) -> uint8:
    """
    @notice 0 when `sender` could transfer now, else the code of the first rule against it (ERC-1404).
    """
    return self._restriction(moves.MOVE, empty(address), sender, receiver, amount)


@external
@view
@reentrant
def detectTransferRestrictionFrom(
    spender: address, sender: address, receiver: address, amount: uint256
) -> uint8:
    """
    @notice 0 when `spender` could call `transferFrom` now, else the code of the first rule.
    """
    code: uint8 = self._restriction(moves.MOVE, spender, sender, receiver, amount)
    if code == token_errors.OK and staticcall Token(msg.sender).allowance(sender, spender) < amount:
        return token_errors.INSUFFICIENT_ALLOWANCE
    return code


@external
@view
@reentrant
def detectIssueRestriction(receiver: address, amount: uint256) -> uint8:
    """
    @notice 0 when `amount` could be issued to `receiver` now, else the code of the first rule.
    """
    return self._restriction(moves.ISSUE, empty(address), empty(address), receiver, amount)


@external
@view
@reentrant
def detectForcedRestriction(sender: address, receiver: address, amount: uint256) -> uint8:
    """
    @notice 0 when `amount` could be moved by force now, else the code of the first rule.
    """
    return self._restriction(moves.FORCED, empty(address), sender, receiver, amount)


# --- ERC-3643
@external
@view
@reentrant
def is_recovery(lost_wallet: address, new_wallet: address, identity: address) -> bool:
    """
    @notice Whether the token's identity registry has put one wallet in a lost one's place, which takes
            its window: that both are one investor's is not enough.
    @custom:reverts ERC7943CannotReceive when the new one may not hold
    """
    registry: IIdentityRegistry = IIdentityRegistry(
        staticcall Token(msg.sender).identityRegistry()
    )
    if (
        identity == empty(address)
        or staticcall registry.identity(new_wallet) != identity
        or not self._is_successor(registry, lost_wallet, new_wallet)
    ):
        return False
    if not staticcall registry.isVerified(new_wallet):
        token_errors._cannot_receive(new_wallet)
    return True


# --- ERC-173
@external
@view
@reentrant
def owner() -> address:
    """
    @notice The Authority's admin, who alone changes settings and appoints agents.
    """
    return staticcall IAuthority(staticcall Token(msg.sender).authority()).admin()


@external
@reentrant
def transferOwnership(new_owner: address):
    """
    @notice Refused: the owner is the Authority's admin, who hands over there, in two steps.
    @custom:reverts "token_extension: see authority"
    """
    raise "token_extension: see authority"


# --- ERC-1643
@external
@view
@reentrant
def getDocument(name: bytes32) -> (String[158], bytes32, uint256):
    """
    @notice A document of the token's deed: where its address is found, hash, date {s}.
    @dev    Zero hash where there is none.
    """
    token: Token = Token(msg.sender)
    return staticcall IAssetRegistry(staticcall token.assetRegistry()).getDocument(
        staticcall token.assetId(), name
    )


@external
@view
@reentrant
def getAllDocuments() -> DynArray[bytes32, MAX_DOCUMENTS]:
    """
    @notice Names of the documents of the token's deed.
    """
    token: Token = Token(msg.sender)
    return staticcall IAssetRegistry(staticcall token.assetRegistry()).getAllDocuments(
        staticcall token.assetId()
    )


@external
@reentrant
def setDocument(name: bytes32, uri: String[158], document_hash: bytes32):
    """
    @notice Refused: documents are kept on the deed, in the asset registry, and hold no text.
    @custom:reverts "token_extension: see the deed"
    """
    raise "token_extension: see the deed"


@external
@reentrant
def removeDocument(name: bytes32):
    """
    @notice Refused, as `setDocument`.
    @custom:reverts "token_extension: see the deed"
    """
    raise "token_extension: see the deed"


# --- internal
@internal
@view
def _is_successor(registry: IIdentityRegistry, lost_wallet: address, new_wallet: address) -> bool:
    """
    @notice Whether recoveries in the registry lead from one wallet to the other: the token may have
            missed some in between.
    """
    wallet: address = lost_wallet
    for _: uint256 in range(MAX_RECOVERIES):
        wallet = staticcall registry.recovered_to(wallet)
        if wallet == new_wallet or wallet == empty(address):
            break
    return wallet == new_wallet


@internal
@view
def _may_trade(account: address) -> bool:
    token: Token = Token(msg.sender)
    if staticcall token.isFrozen(account):
        return False
    return staticcall IIdentityRegistry(staticcall token.identityRegistry()).isVerified(account)


@internal
@view
def _restriction(
    kind: uint256, spender: address, sender: address, receiver: address, amount: uint256
) -> uint8:
    return staticcall Token(msg.sender).restriction(kind, spender, sender, receiver, amount)
