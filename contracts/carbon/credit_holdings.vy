# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  credit_holdings
@license AGPL-3.0-only
@notice ERC-1155 holdings with one word per account and batch: balance, frozen part, what the
        account has retired, and the batch's terms. The host decides who may move, and wraps every
        transfer.
@dev    balance 64 | frozen 64 | retired 64 | terms 64, amounts in {1e-8 tCO2e}: 184 billion tonnes.
        A retirement writes balance and retired amount in one store, and a transfer reads the
        batch's terms where it reads the balance (docs/adr/0009). Terms are the host's to read; they
        never change and are not 0 in a word that anything was ever added to.
@custom:source ERC-1155
"""

from snekmate.tokens.interfaces import IERC1155
from snekmate.tokens.interfaces import IERC1155Receiver

MAX_AMOUNT: constant(uint256) = 2**64 - 1
MAX_BATCH: constant(uint256) = 64
_FROZEN_SHIFT: constant(uint256) = 64
_RETIRED_SHIFT: constant(uint256) = 128
_TERMS_SHIFT: constant(uint256) = 192
_ACCEPTED: constant(bytes4) = method_id(
    "onERC1155Received(address,address,uint256,uint256,bytes)", output_type=bytes4
)
_BATCH_ACCEPTED: constant(bytes4) = method_id(
    "onERC1155BatchReceived(address,address,uint256[],uint256[],bytes)", output_type=bytes4
)

isApprovedForAll: public(HashMap[address, HashMap[address, bool]])
# account -> batch -> packed holding
_words: HashMap[address, HashMap[uint256, uint256]]


struct Holding:
    balance: uint256
    frozen: uint256
    retired: uint256


@external
@view
@reentrant
def balanceOf(account: address, tokenId: uint256) -> uint256:
    """
    @notice {1e-8 tCO2e} Tradable credits of `account` in a batch, the frozen part included.
    """
    return self._holding(account, tokenId).balance


@external
@view
@reentrant
def balanceOfBatch(
    accounts: DynArray[address, MAX_BATCH], tokenIds: DynArray[uint256, MAX_BATCH]
) -> DynArray[uint256, MAX_BATCH]:
    """
    @notice Several balances at once, at most 64.
    @custom:reverts "credit_holdings: lengths differ"
    """
    self._check_lengths(len(accounts), len(tokenIds))
    balances: DynArray[uint256, MAX_BATCH] = []
    for i: uint256 in range(len(accounts), bound=MAX_BATCH):
        balances.append(self._holding(accounts[i], tokenIds[i]).balance)
    return balances


@external
@view
@reentrant
def retiredBalanceOf(account: address, tokenId: uint256) -> uint256:
    """
    @notice {1e-8 tCO2e} What `account` has retired of a batch (ERC-8393 draft).
    """
    return self._holding(account, tokenId).retired


@external
@view
@reentrant
def getFrozenTokens(account: address, tokenId: uint256) -> uint256:
    """
    @notice {1e-8 tCO2e} Frozen part of a holding; may exceed the balance (ERC-7943).
    """
    return self._holding(account, tokenId).frozen


@external
def setApprovalForAll(operator: address, approved: bool):
    """
    @notice Let `operator` move and retire everything the caller holds here, or no longer.
    """
    self.isApprovedForAll[msg.sender][operator] = approved
    log IERC1155.ApprovalForAll(_owner=msg.sender, _operator=operator, _approved=approved)


# --- internal
@internal
@view
def _holding(account: address, token_id: uint256) -> Holding:
    word: uint256 = self._words[account][token_id]
    return Holding(
        balance=word & MAX_AMOUNT,
        frozen=(word >> _FROZEN_SHIFT) & MAX_AMOUNT,
        retired=(word >> _RETIRED_SHIFT) & MAX_AMOUNT,
    )


@internal
def _store(account: address, token_id: uint256, holding: Holding):
    """
    @dev A batch is at most 64 bits, and so is every part of it.
    """
    terms: uint256 = self._words[account][token_id] >> _TERMS_SHIFT
    self._words[account][token_id] = (
        holding.balance
        | (holding.frozen << _FROZEN_SHIFT)
        | (holding.retired << _RETIRED_SHIFT)
        | (terms << _TERMS_SHIFT)
    )


@internal
@pure
def _check_lengths(first: uint256, second: uint256):
    assert first == second, "credit_holdings: lengths differ"


@internal
@pure
def _free(holding: Holding) -> uint256:
    if holding.frozen >= holding.balance:
        return 0
    return holding.balance - holding.frozen


@internal
@view
def _check_operator(owner: address):
    assert (
        owner == msg.sender or self.isApprovedForAll[owner][msg.sender]
    ), "credit_holdings: not allowed"


@internal
def _add(account: address, token_id: uint256, amount: uint256, terms: uint256):
    assert account != empty(address)  # dev: the hosts' register knows no zero address
    # The balance is the lowest field: nobody holds more than its 64 bits, see `_store`.
    self._words[account][token_id] = (
        self._words[account][token_id] | (terms << _TERMS_SHIFT)
    ) + amount


@internal
def _take(account: address, token_id: uint256, amount: uint256, retired: uint256) -> uint256:
    """
    @notice Take `amount` off a free balance; `retired` of it counts as the account's retirement.
    @return Terms of the batch, 0 where nothing was ever added to the holding.
    @custom:reverts "credit_holdings: balance too small" | "credit_holdings: credits are frozen"
    """
    word: uint256 = self._words[account][token_id]
    balance: uint256 = word & MAX_AMOUNT
    assert amount <= balance, "credit_holdings: balance too small"
    frozen: uint256 = (word >> _FROZEN_SHIFT) & MAX_AMOUNT
    assert amount == 0 or frozen + amount <= balance, "credit_holdings: credits are frozen"
    self._words[account][token_id] = word - amount + (retired << _RETIRED_SHIFT)
    return word >> _TERMS_SHIFT


@internal
def _seize(account: address, token_id: uint256, amount: uint256) -> bool:
    """
    @notice Take `amount` off a balance, also through a freeze; true where the freeze fell.
    @dev    The freeze falls by what the free part does not cover and no more, so an order on
            future balance survives: of 100 with 500 frozen, taking 10 leaves 490 frozen.
    @custom:reverts "credit_holdings: balance too small"
    """
    holding: Holding = self._holding(account, token_id)
    assert amount <= holding.balance, "credit_holdings: balance too small"
    free: uint256 = self._free(holding)
    falls: bool = amount > free
    if falls:
        holding.frozen -= amount - free
    holding.balance -= amount
    self._store(account, token_id, holding)
    return falls


@internal
def _log_single(sender: address, receiver: address, token_id: uint256, amount: uint256):
    log IERC1155.TransferSingle(
        _operator=msg.sender, _from=sender, _to=receiver, _id=token_id, _value=amount
    )


@internal
def _check_receiver(
    sender: address, receiver: address, token_id: uint256, amount: uint256, data: Bytes[1_024]
):
    """
    @dev Last step of a transfer, after every state change. The host asks contracts only, and looks
         before it calls: carrying `data` here is paid for by every ordinary receiver's transfer.
    """
    answer: bytes4 = extcall IERC1155Receiver(receiver).onERC1155Received(
        msg.sender, sender, token_id, amount, data
    )
    assert answer == _ACCEPTED, "credit_holdings: receiver refuses"


@internal
def _check_batch_receiver(
    sender: address,
    receiver: address,
    token_ids: DynArray[uint256, MAX_BATCH],
    amounts: DynArray[uint256, MAX_BATCH],
    data: Bytes[1_024],
):
    answer: bytes4 = extcall IERC1155Receiver(receiver).onERC1155BatchReceived(
        msg.sender, sender, token_ids, amounts, data
    )
    assert answer == _BATCH_ACCEPTED, "credit_holdings: receiver refuses"
