# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  moves
@license AGPL-3.0-only
@notice The one check, and every way in which units come, go and change hands.
@dev    Every move and every pre-check asks `_restriction`, so a pre-check can't differ from the
        outcome. Without compliance a transfer makes one outside call, to the identity registry;
        whether there is compliance is a bit of a word that is read anyway (docs/adr/0015).
"""

from ethereum.ercs import IERC20

from ..interfaces import IAssetRegistry
from ..interfaces import ICompliance
from ..interfaces import IIdentityRegistry
from ..interfaces import ISecurityToken
from . import freezes
from . import holdings
from . import income_per_share
from . import records
from . import token_errors

uses: freezes
uses: holdings
uses: income_per_share
uses: records

MOVE: constant(uint256) = 0
ISSUE: constant(uint256) = 1
FORCED: constant(uint256) = 2

_ASSET_ID: immutable(uint256)
_ASSET_REGISTRY: immutable(IAssetRegistry)

_compliance: ICompliance


@deploy
def __init__(asset_registry: address, asset_id: uint256):
    _ASSET_REGISTRY = IAssetRegistry(asset_registry)
    _ASSET_ID = asset_id


@external
@view
@reentrant
def assetId() -> uint256:
    """
    @notice Id of the asset whose units these are.
    """
    return _ASSET_ID


@external
@view
@reentrant
def assetRegistry() -> address:
    """
    @notice Where the asset is registered.
    """
    return _ASSET_REGISTRY.address


@external
@view
@reentrant
def compliance() -> address:
    """
    @notice Whose rules hold for this token besides its own; zero where none do (ERC-3643).
    """
    return self._compliance.address


@external
@view
@reentrant
def restriction(
    kind: uint256, spender: address, sender: address, receiver: address, amount: uint256
) -> uint8:
    """
    @notice Code of the first rule that forbids a move now, or 0: what every pre-check asks.
    @param  kind  0 for a move, 1 for an issue, 2 for a move by force.
    """
    return self._restriction(
        kind,
        holdings._common,
        spender,
        sender,
        holdings._holders[sender],
        receiver,
        holdings._holders[receiver],
        amount,
    )


# --- internal: the one check
@internal
@view
def _restriction(
    kind: uint256,
    common: uint256,
    spender: address,
    sender: address,
    sender_word: uint256,
    receiver: address,
    receiver_word: uint256,
    amount: uint256,
) -> uint8:
    """
    @notice Code of the first rule that forbids the move, or OK. Rules about the parties come
            first, a plain lack of units last (docs/errors.md).
    @param  kind     MOVE; ISSUE of new units, which has no sender; FORCED by order, which neither
                     the sender's side nor pause nor compliance can stop.
    @param  spender  Who moves by allowance; the zero address where the sender itself does.
    """
    if common & holdings.PAUSED != 0 and kind != FORCED:
        return token_errors.PAUSED
    # The bit, and the field below, spare most moves the call that looks closer.
    if receiver_word & holdings.ACCOUNT_FROZEN != 0 and holdings._is_frozen(receiver_word):
        return token_errors.RECEIVER_FROZEN
    if receiver == empty(address):
        return token_errors.INVALID_RECEIVER
    registry: IIdentityRegistry = IIdentityRegistry(convert(common & holdings.ADDRESS, address))
    if kind == MOVE:
        if sender_word & holdings.ACCOUNT_FROZEN != 0 and holdings._is_frozen(sender_word):
            return token_errors.SENDER_FROZEN
        # The spender's word is read only where some account of this token is frozen at all.
        if spender != empty(address) and common & holdings.FROZEN_ACCOUNTS != 0:
            if holdings._is_frozen(holdings._holders[spender]):
                return token_errors.SPENDER_FROZEN
        side: uint256 = staticcall registry.unverified_side(sender, receiver)
        if side != 0:
            if side == 1:
                return token_errors.SENDER_NOT_VERIFIED
            return token_errors.RECEIVER_NOT_VERIFIED
    else:
        if not staticcall registry.isVerified(receiver):
            return token_errors.RECEIVER_NOT_VERIFIED
        if kind == FORCED:
            if sender == receiver:
                return token_errors.SAME_ACCOUNT
            if amount > sender_word & holdings.MAX_AMOUNT:
                return token_errors.INSUFFICIENT_BALANCE
            return token_errors.OK
    if common & holdings.COMPLIANCE != 0:
        code: uint8 = staticcall self._compliance.restriction(self, sender, receiver, amount)
        if code != token_errors.OK:
            return code
    if kind == ISSUE:
        units: uint256 = staticcall _ASSET_REGISTRY.issuable_units(_ASSET_ID)
        if amount > units or holdings._supply & holdings.MAX_AMOUNT > units - amount:
            return token_errors.ABOVE_UNITS
        return token_errors.OK
    if amount > sender_word & holdings.MAX_AMOUNT:
        return token_errors.INSUFFICIENT_BALANCE
    if sender_word & holdings.FROZEN != 0 and amount > holdings._free(sender_word):
        return token_errors.ABOVE_UNFROZEN
    return token_errors.OK


@internal
@view
def _identities() -> IIdentityRegistry:
    return IIdentityRegistry(convert(holdings._common & holdings.ADDRESS, address))


@internal
def _refuse(
    code: uint8,
    spender: address,
    sender: address,
    sender_word: uint256,
    receiver: address,
    amount: uint256,
):
    """
    @notice Revert with the error that the standards name for `code`.
    """
    if code == token_errors.PAUSED:
        token_errors._enforced_pause()
    if code == token_errors.SENDER_FROZEN or code == token_errors.SENDER_NOT_VERIFIED:
        token_errors._cannot_send(sender)
    if code == token_errors.RECEIVER_FROZEN or code == token_errors.RECEIVER_NOT_VERIFIED:
        token_errors._cannot_receive(receiver)
    if code == token_errors.SPENDER_FROZEN:
        token_errors._cannot_send(spender)
    if code == token_errors.INVALID_RECEIVER:
        token_errors._invalid_receiver(receiver)
    if code == token_errors.INSUFFICIENT_BALANCE:
        token_errors._insufficient_balance(sender, sender_word & holdings.MAX_AMOUNT, amount)
    if code == token_errors.ABOVE_UNFROZEN:
        token_errors._above_unfrozen(sender, amount, holdings._free(sender_word))
    assert code != token_errors.ABOVE_UNITS, "moves: above the deed"
    # SAME_ACCOUNT, and whatever the token's compliance has against it.
    token_errors._cannot_transfer(sender, receiver, amount)


# --- internal: moves
@internal
def _transfer(spender: address, sender: address, receiver: address, amount: uint256):
    common: uint256 = holdings._common
    if common & holdings.RECORD != 0:
        common = records._passed(common)
    sender_word: uint256 = holdings._holders[sender]
    receiver_word: uint256 = holdings._holders[receiver]
    code: uint8 = self._restriction(
        MOVE, common, spender, sender, sender_word, receiver, receiver_word, amount
    )
    if code != token_errors.OK:
        self._refuse(code, spender, sender, sender_word, receiver, amount)
    log IERC20.Transfer(sender=sender, receiver=receiver, value=amount)
    # To oneself, or nothing: no word changes, and the two copies must not overwrite each other.
    if sender != receiver and amount != 0:
        # Both are carried where either lags; a second carrying changes nothing.
        if ((sender_word ^ common) | (receiver_word ^ common)) & holdings.EPOCH != 0:
            sender_word = self._carried(common, sender, sender_word)
            receiver_word = self._carried(common, receiver, receiver_word)
        # The balance is the lowest field, at least `amount`, and at most the supply afterwards.
        holdings._holders[sender] = sender_word - amount
        holdings._holders[receiver] = receiver_word + amount
        if common & holdings.COMPLIANCE != 0:
            extcall self._compliance.transferred(sender, receiver, amount)


@internal
def _issue(receiver: address, amount: uint256):
    common: uint256 = records._passed(holdings._common)
    word: uint256 = holdings._holders[receiver]
    code: uint8 = self._restriction(
        ISSUE, common, empty(address), empty(address), 0, receiver, word, amount
    )
    if code != token_errors.OK:
        self._refuse(code, empty(address), empty(address), 0, receiver, amount)
    if (word ^ common) & holdings.EPOCH != 0:
        word = self._carried(common, receiver, word)
    holdings._holders[receiver] = word + amount
    holdings._supply += amount
    log IERC20.Transfer(sender=empty(address), receiver=receiver, value=amount)
    if common & holdings.COMPLIANCE != 0:
        extcall self._compliance.created(receiver, amount)


@internal
def _force(sender: address, receiver: address, amount: uint256, is_recovery: bool = False):
    """
    @notice Move through freezes, which fall by what the free part does not cover.
    @param  is_recovery  The caller has checked the two wallets and moved the freezes.
    """
    common: uint256 = holdings._common
    if common & holdings.RECORD != 0:
        common = records._passed(common)
    sender_word: uint256 = holdings._holders[sender]
    receiver_word: uint256 = holdings._holders[receiver]
    if not is_recovery:
        code: uint8 = self._restriction(
            FORCED, common, empty(address), sender, sender_word, receiver, receiver_word, amount
        )
        if code != token_errors.OK:
            self._refuse(code, empty(address), sender, sender_word, receiver, amount)
        if sender_word & holdings.FROZEN != 0:
            sender_word = self._thawed(sender, sender_word, amount)
    # Both are carried where either lags; a second carrying changes nothing.
    if ((sender_word ^ common) | (receiver_word ^ common)) & holdings.EPOCH != 0:
        sender_word = self._carried(common, sender, sender_word)
        receiver_word = self._carried(common, receiver, receiver_word)
    holdings._holders[sender] = sender_word - amount
    holdings._holders[receiver] = receiver_word + amount
    log IERC20.Transfer(sender=sender, receiver=receiver, value=amount)
    if not is_recovery:
        log ISecurityToken.ForcedTransfer(sender=sender, receiver=receiver, amount=amount)
    if common & holdings.COMPLIANCE != 0:
        extcall self._compliance.forced(sender, receiver, amount)


@internal
def _hand_over(lost_wallet: address, new_wallet: address):
    """
    @notice Give all that one wallet holds to another of the same investor: freezes, units, income.
    """
    lost: uint256 = holdings._holders[lost_wallet]
    new: uint256 = holdings._holders[new_wallet]
    frozen: uint256 = holdings._frozen(lost)
    if frozen != 0:
        freezes._set_part(lost_wallet, lost, frozen, 0)
        held: uint256 = holdings._frozen(new)
        both: uint256 = min(held + frozen, holdings.MAX_AMOUNT)
        freezes._set_part(new_wallet, new, held, both)
    if holdings._is_frozen(lost):
        # Where both are frozen, without an end, until the office has looked.
        hour: uint256 = lost >> holdings.UNTIL_SHIFT
        if holdings._is_frozen(new):
            hour = 0
        freezes._set_account(lost_wallet, False, 0)
        freezes._set_account(new_wallet, True, hour)
    self._force(lost_wallet, new_wallet, lost & holdings.MAX_AMOUNT, True)
    self._reassign_income(lost_wallet, new_wallet, income_per_share._owed(lost_wallet, 0))


@internal
def _destroy(account: address, amount: uint256):
    """
    @notice Burn through freezes, which fall as in a forced move.
    """
    common: uint256 = records._passed(holdings._common)
    word: uint256 = holdings._holders[account]
    if amount > word & holdings.MAX_AMOUNT:
        token_errors._insufficient_balance(account, word & holdings.MAX_AMOUNT, amount)
    word = self._thawed(account, self._carried(common, account, word), amount)
    holdings._holders[account] = word - amount
    holdings._supply -= amount
    log IERC20.Transfer(sender=account, receiver=empty(address), value=amount)
    if common & holdings.COMPLIANCE != 0:
        extcall self._compliance.destroyed(account, amount)


@internal
def _reassign_income(sender: address, receiver: address, income: uint256):
    """
    @dev    Both were carried to the latest deposit by the move before.
    """
    if income == 0:
        return
    income_per_share._reassign(sender, receiver, income)
    log ISecurityToken.IncomeReassigned(sender=sender, receiver=receiver, scaled_amount=income)


@internal
def _set_compliance(new_compliance: address):
    self._compliance = ICompliance(new_compliance)
    if new_compliance == empty(address):
        holdings._common &= ~holdings.COMPLIANCE
    else:
        holdings._common |= holdings.COMPLIANCE
        extcall self._compliance.bindToken(self)
    log ISecurityToken.ComplianceAdded(compliance=new_compliance)


@internal
def _thawed(account: address, word: uint256, amount: uint256) -> uint256:
    """
    @notice `word` with the freeze lowered so that `amount`, at most the balance, can leave.
    """
    free: uint256 = holdings._free(word)
    if amount <= free:
        return word
    # The whole of `amount` is within the balance, so what is missing is within the freeze.
    missing: uint256 = amount - free
    frozen: uint256 = holdings._frozen(word) - missing
    log ISecurityToken.TokensUnfrozen(account=account, amount=missing)
    log ISecurityToken.Frozen(account=account, amount=frozen)
    return holdings._with_frozen(word, frozen)


@internal
def _carried(common: uint256, account: address, word: uint256) -> uint256:
    """
    @notice `word` with the account's income carried to the latest deposit, and its balance
            written down for the latest record.
    """
    income_per_share._carry(account, word & holdings.MAX_AMOUNT)
    records._keep(account, word)
    return (word & ~holdings.EPOCH) | (common & holdings.EPOCH)
