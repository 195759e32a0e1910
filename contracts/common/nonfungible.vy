# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  nonfungible
@license AGPL-3.0-only
@notice ERC-721 ownership without an enumeration on chain: one word per token, which leaves the
        host 96 bits beside the owner.
@dev    The host decides who may mint, burn and move, and wraps every transfer. Token lists are
        read from `Transfer` events; storing them costs four times as much (docs/adr/0006).
        Views are re-entrant on purpose: a receiver may look at what it is being given.
@custom:source ERC-721, ERC-165
"""

from ethereum.ercs import IERC721


interface IERC721Receiver:
    def onERC721Received(
        operator: address, sender: address, token_id: uint256, data: Bytes[1_024]
    ) -> bytes4: nonpayable


name: public(reentrant(String[50]))
symbol: public(reentrant(String[20]))
isApprovedForAll: public(reentrant(HashMap[address, HashMap[address, bool]]))
# token -> owner in the low 160 bits, the host's data in the high 96
_words: HashMap[uint256, uint256]
_approved: HashMap[uint256, address]
_balances: HashMap[address, uint256]

_OWNER_MASK: constant(uint256) = 2**160 - 1
_ACCEPTED: constant(bytes4) = method_id("onERC721Received(address,address,uint256,bytes)", output_type=bytes4)


@deploy
def __init__(token_name: String[50], token_symbol: String[20]):
    self.name = token_name
    self.symbol = token_symbol


@external
@view
@reentrant
def balanceOf(owner: address) -> uint256:
    """
    @notice How many tokens `owner` has. The standard wants the zero address refused.
    @custom:reverts "nonfungible: zero owner"
    """
    assert owner != empty(address), "nonfungible: zero owner"
    return self._balances[owner]


@external
@view
@reentrant
def ownerOf(token_id: uint256) -> address:
    """
    @notice Owner of `token_id`.
    @custom:reverts "nonfungible: unknown token"
    """
    return self._owner(token_id)


@external
@view
@reentrant
def getApproved(token_id: uint256) -> address:
    """
    @notice The one account, besides the owner's operators, that may move `token_id`.
    @custom:reverts "nonfungible: unknown token"
    """
    self._owner(token_id)
    return self._approved[token_id]


@external
def approve(spender: address, token_id: uint256):
    """
    @notice Let `spender` move `token_id`; the zero address takes it back.
    @custom:reverts "nonfungible: unknown token" | "nonfungible: not allowed"
    """
    owner: address = self._owner(token_id)
    assert msg.sender == owner or self.isApprovedForAll[owner][msg.sender], "nonfungible: not allowed"
    self._approved[token_id] = spender
    log IERC721.Approval(owner=owner, approved=spender, token_id=token_id)


@external
def setApprovalForAll(operator: address, approved: bool):
    """
    @notice Let `operator` move everything the caller owns here, or no longer.
    """
    self.isApprovedForAll[msg.sender][operator] = approved
    log IERC721.ApprovalForAll(owner=msg.sender, operator=operator, approved=approved)


# --- internal
@internal
@view
def _owner(token_id: uint256) -> address:
    owner: address = convert(self._words[token_id] & _OWNER_MASK, address)
    assert owner != empty(address), "nonfungible: unknown token"
    return owner


@internal
@view
def _exists(token_id: uint256) -> bool:
    return self._words[token_id] != 0


@internal
@view
def _data(token_id: uint256) -> uint256:
    """
    @notice The host's 96 bits.
    """
    return self._words[token_id] >> 160


@internal
def _set_data(token_id: uint256, data: uint256):
    assert data < 2**96  # dev: host keeps its data in 96 bits
    owner: address = self._owner(token_id)
    self._words[token_id] = convert(owner, uint256) | (data << 160)


@internal
def _mint(receiver: address, token_id: uint256, data: uint256):
    """
    @dev Calls no hook: the hosts mint to accounts that were checked or chosen beforehand.
    """
    assert receiver != empty(address), "nonfungible: zero receiver"
    assert self._words[token_id] == 0  # dev: hosts number their tokens
    assert data < 2**96  # dev: host keeps its data in 96 bits
    self._words[token_id] = convert(receiver, uint256) | (data << 160)
    self._balances[receiver] += 1
    log IERC721.Transfer(sender=empty(address), receiver=receiver, token_id=token_id)


@internal
def _burn(token_id: uint256):
    """
    @dev The host decides whether, and numbers its tokens so that none comes back.
    """
    owner: address = self._owner(token_id)
    self._approved[token_id] = empty(address)
    self._words[token_id] = 0
    self._balances[owner] -= 1
    log IERC721.Transfer(sender=owner, receiver=empty(address), token_id=token_id)


@internal
@view
def _check_allowed(operator: address, token_id: uint256):
    owner: address = self._owner(token_id)
    assert (
        operator == owner
        or operator == self._approved[token_id]
        or self.isApprovedForAll[owner][operator]
    ), "nonfungible: not allowed"


@internal
def _move(sender: address, receiver: address, token_id: uint256):
    """
    @dev The caller's right is checked by `_check_allowed` or by the host's own rule.
    """
    assert receiver != empty(address), "nonfungible: zero receiver"
    assert self._owner(token_id) == sender, "nonfungible: wrong owner"
    self._approved[token_id] = empty(address)
    self._words[token_id] = convert(receiver, uint256) | (self._data(token_id) << 160)
    self._balances[sender] -= 1
    self._balances[receiver] += 1
    log IERC721.Transfer(sender=sender, receiver=receiver, token_id=token_id)


@internal
def _check_receiver(sender: address, receiver: address, token_id: uint256, data: Bytes[1_024]):
    """
    @dev Last step of a safe transfer, after every state change.
    """
    if receiver.is_contract:
        answer: bytes4 = extcall IERC721Receiver(receiver).onERC721Received(
            msg.sender, sender, token_id, data
        )
        assert answer == _ACCEPTED, "nonfungible: receiver refuses"
