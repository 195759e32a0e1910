# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  holder_word
@license AGPL-3.0-only
@notice All that a transfer must know about a holder, in the one word that it writes anyway.
@dev    balance 96 | frozen 96 | income epoch 32 | flags 8, from the low bits up; 24 bits are free.
        The income epoch is the number of the last deposit that this holder's income is carried
        to, so a transfer touches the income slots only after a new deposit (docs/adr/0004).
        Stateless: pure packing and unpacking.
"""

MAX_AMOUNT: constant(uint256) = 2**96 - 1
_MAX_EPOCH: constant(uint256) = 2**32 - 1
_FROZEN_SHIFT: constant(uint256) = 96
_EPOCH_SHIFT: constant(uint256) = 192
_FLAGS_SHIFT: constant(uint256) = 224

struct Holder:
    balance: uint256
    frozen: uint256
    epoch: uint256
    is_frozen: bool


@internal
@pure
def _unpacked(word: uint256) -> Holder:
    return Holder(
        balance=word & MAX_AMOUNT,
        frozen=(word >> _FROZEN_SHIFT) & MAX_AMOUNT,
        epoch=(word >> _EPOCH_SHIFT) & _MAX_EPOCH,
        is_frozen=(word >> _FLAGS_SHIFT) & 1 != 0,
    )


@internal
@pure
def _packed(holder: Holder) -> uint256:
    """
    @dev No field can overflow: balances stay below a supply of at most 96 bits, `frozen` is
         capped where it is set, and epochs are counted in the token's shared word.
    """
    return (
        holder.balance
        | (holder.frozen << _FROZEN_SHIFT)
        | (holder.epoch << _EPOCH_SHIFT)
        | (convert(holder.is_frozen, uint256) << _FLAGS_SHIFT)
    )


@internal
@pure
def _free(holder: Holder) -> uint256:
    """
    @notice Balance above the frozen part; a freeze may exceed the balance.
    """
    if holder.frozen >= holder.balance:
        return 0
    return holder.balance - holder.frozen
