# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  holdings
@license AGPL-3.0-only
@notice Who holds what: all that a transfer must know about a holder in the one word that it writes
        anyway, and all that concerns everybody in another that it reads (docs/adr/0004, 0015).
@dev    From the low bits up:
        holder: balance 96 | frozen 96 | epoch 32 | account frozen 1 | 7 free | until 24
        common: identity registry 160 | record date 32 | epoch 32 | frozen accounts 24 | paused 1
                | compliance 1
        supply: supply 96 | deposited 120
        Deposits of income and record dates count the epochs together; a holder's is the last one
        that its income is carried to and its balance written down for. It lies at the same place
        in both words, so that one xor compares them. `until` is the hour, counted from 1970, in
        which a freeze of the account ends by itself; 0 is never.
        The words go around as they are: unpacked, they cost a transfer 1,000 gas more.
        The host keeps the fields in their bounds where it changes them.
"""

MAX_AMOUNT: constant(uint256) = 2**96 - 1
MAX_DEPOSITED: constant(uint256) = 2**120 - 1
MAX_EPOCH: constant(uint256) = 2**32 - 1
MAX_HOUR: constant(uint256) = 2**24 - 1
ADDRESS: constant(uint256) = 2**160 - 1
EPOCH_ONE: constant(uint256) = 2**192
EPOCH: constant(uint256) = MAX_EPOCH * EPOCH_ONE
# of a holder's word
FROZEN_SHIFT: constant(uint256) = 96
FROZEN: constant(uint256) = MAX_AMOUNT * 2**96
ACCOUNT_FROZEN: constant(uint256) = 2**224
UNTIL_SHIFT: constant(uint256) = 232
_ACCOUNT_FREEZE: constant(uint256) = ACCOUNT_FROZEN + MAX_HOUR * 2**232
# of the common word
RECORD_SHIFT: constant(uint256) = 160
RECORD: constant(uint256) = (2**32 - 1) * 2**160
FROZEN_ACCOUNT_ONE: constant(uint256) = 2**224
FROZEN_ACCOUNTS: constant(uint256) = (2**24 - 1) * 2**224
PAUSED: constant(uint256) = 2**248
COMPLIANCE: constant(uint256) = 2**249
# of the supply's word
DEPOSITED_ONE: constant(uint256) = 2**96
_DEPOSITED_SHIFT: constant(uint256) = 96

_HOUR: constant(uint256) = 3_600

_holders: HashMap[address, uint256]
_common: uint256
_supply: uint256


@external
@view
@reentrant
def totalSupply() -> uint256:
    """
    @notice {unit} Units in existence; at most the units registered on the deed.
    """
    return self._supply & MAX_AMOUNT


@external
@view
@reentrant
def balanceOf(account: address) -> uint256:
    """
    @notice {unit} Units of `account`, the frozen part included.
    """
    return self._holders[account] & MAX_AMOUNT


@external
@view
@reentrant
def paused() -> bool:
    """
    @notice Whether trade is stopped (ERC-3643).
    """
    return self._common & PAUSED != 0


@external
@view
@reentrant
def identityRegistry() -> address:
    """
    @notice Who decides which wallets are verified (ERC-3643).
    """
    return convert(self._common & ADDRESS, address)


@external
@view
@reentrant
def isFrozen(account: address) -> bool:
    """
    @notice Whether the whole account is frozen now (ERC-3643).
    """
    return self._is_frozen(self._holders[account])


@external
@view
@reentrant
def frozen_until(account: address) -> uint256:
    """
    @notice {s} When the freeze of the account ends by itself; 0 where it does not, or is none.
    """
    return (self._holders[account] >> UNTIL_SHIFT) * _HOUR


@external
@view
@reentrant
def getFrozenTokens(account: address) -> uint256:
    """
    @notice {unit} Frozen part; may exceed the balance (ERC-7943).
    """
    return self._frozen(self._holders[account])


# --- internal: of a holder's word
@internal
@pure
def _frozen(word: uint256) -> uint256:
    return (word >> FROZEN_SHIFT) & MAX_AMOUNT


@internal
@pure
def _free(word: uint256) -> uint256:
    """
    @notice Balance above the frozen part.
    """
    balance: uint256 = word & MAX_AMOUNT
    frozen: uint256 = self._frozen(word)
    if frozen >= balance:
        return 0
    return balance - frozen


@internal
@view
def _is_frozen(word: uint256) -> bool:
    if word & ACCOUNT_FROZEN == 0:
        return False
    until: uint256 = word >> UNTIL_SHIFT
    return until == 0 or block.timestamp < until * _HOUR


@internal
@pure
def _with_frozen(word: uint256, amount: uint256) -> uint256:
    """
    @param  amount  At most MAX_AMOUNT.
    """
    return (word & ~FROZEN) | (amount << FROZEN_SHIFT)


# --- internal: freezes of accounts
@internal
def _freeze_account(account: address, until_hour: uint256):
    """
    @notice Freeze `account`, or let its freeze end at another hour; 0 is never.
    """
    word: uint256 = self._holders[account]
    if word & ACCOUNT_FROZEN == 0:
        self._common += FROZEN_ACCOUNT_ONE
    self._holders[account] = (
        (word & ~_ACCOUNT_FREEZE) | ACCOUNT_FROZEN | (until_hour << UNTIL_SHIFT)
    )


@internal
def _release_account(account: address):
    word: uint256 = self._holders[account]
    if word & ACCOUNT_FROZEN != 0:
        self._common -= FROZEN_ACCOUNT_ONE
        self._holders[account] = word & ~_ACCOUNT_FREEZE
