# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  holdings
@license AGPL-3.0-only
@notice Who holds what: all that a transfer must know about a holder in the one word that it writes
        anyway, and all that concerns everybody in another (docs/adr/0004).
@dev    A holder: balance 96 | frozen 96 | income epoch 32 | flags 8, from the low bits up; 24 bits
        are free. The income epoch is the number of the last deposit that the holder's income is
        carried to, so a transfer touches the income slots only after a new deposit.
        Everybody: supply 96 | income epoch 32 | deposited 120 | paused 1.
        The host keeps the fields in their bounds where it changes them.
"""

MAX_AMOUNT: constant(uint256) = 2**96 - 1
MAX_DEPOSITED: constant(uint256) = 2**120 - 1
_MAX_EPOCH: constant(uint256) = 2**32 - 1
_FROZEN_SHIFT: constant(uint256) = 96
_EPOCH_SHIFT: constant(uint256) = 192
_FLAGS_SHIFT: constant(uint256) = 224
_SHARED_EPOCH_SHIFT: constant(uint256) = 96
_DEPOSITED_SHIFT: constant(uint256) = 128
_PAUSED_SHIFT: constant(uint256) = 248

_holders: HashMap[address, uint256]
_shared: uint256


struct Holder:
    balance: uint256  # {unit}
    frozen: uint256  # {unit} may exceed the balance
    epoch: uint256
    is_frozen: bool  # the whole account


struct Shared:
    supply: uint256  # {unit}
    epoch: uint256  # number of income deposits so far
    deposited: uint256  # {asset} sum of them
    is_paused: bool


@external
@view
@reentrant
def totalSupply() -> uint256:
    """
    @notice {unit} Units in existence; at most the units registered on the deed.
    """
    return self._read_shared().supply


@external
@view
@reentrant
def balanceOf(account: address) -> uint256:
    """
    @notice {unit} Units of `account`, the frozen part included.
    """
    return self._read_holder(account).balance


@external
@view
@reentrant
def paused() -> bool:
    """
    @notice Whether trade is stopped (ERC-3643).
    """
    return self._read_shared().is_paused


@external
@view
@reentrant
def isFrozen(account: address) -> bool:
    """
    @notice Whether the whole account is frozen (ERC-3643).
    """
    return self._read_holder(account).is_frozen


@external
@view
@reentrant
def getFrozenTokens(account: address) -> uint256:
    """
    @notice {unit} Frozen part; may exceed the balance (ERC-7943).
    """
    return self._read_holder(account).frozen


# --- internal
@internal
@view
def _read_holder(account: address) -> Holder:
    word: uint256 = self._holders[account]
    return Holder(
        balance=word & MAX_AMOUNT,
        frozen=(word >> _FROZEN_SHIFT) & MAX_AMOUNT,
        epoch=(word >> _EPOCH_SHIFT) & _MAX_EPOCH,
        is_frozen=(word >> _FLAGS_SHIFT) & 1 != 0,
    )


@internal
def _write_holder(account: address, holder: Holder):
    self._holders[account] = (
        holder.balance
        | (holder.frozen << _FROZEN_SHIFT)
        | (holder.epoch << _EPOCH_SHIFT)
        | (convert(holder.is_frozen, uint256) << _FLAGS_SHIFT)
    )


@internal
@pure
def _free(holder: Holder) -> uint256:
    """
    @notice Balance above the frozen part.
    """
    if holder.frozen >= holder.balance:
        return 0
    return holder.balance - holder.frozen


@internal
@view
def _read_shared() -> Shared:
    word: uint256 = self._shared
    return Shared(
        supply=word & MAX_AMOUNT,
        epoch=(word >> _SHARED_EPOCH_SHIFT) & _MAX_EPOCH,
        deposited=(word >> _DEPOSITED_SHIFT) & MAX_DEPOSITED,
        is_paused=(word >> _PAUSED_SHIFT) != 0,
    )


@internal
def _write_shared(shared: Shared):
    assert shared.epoch <= _MAX_EPOCH  # dev: 2**32 deposits cost more gas than a chain has
    self._shared = (
        shared.supply
        | (shared.epoch << _SHARED_EPOCH_SHIFT)
        | (shared.deposited << _DEPOSITED_SHIFT)
        | (convert(shared.is_paused, uint256) << _PAUSED_SHIFT)
    )
