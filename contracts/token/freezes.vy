# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  freezes
@license AGPL-3.0-only
@notice Freezes of accounts and of parts of them, by ERC-3643 and ERC-7943.
@dev    One frozen amount per account, whichever standard's function set it; it may exceed the
        balance. A freeze of the account may carry an hour in which it ends by itself. Reasons are
        recorded by the Enforcement contract.
@custom:source ERC-3643, ERC-7943
"""

from ..common import authorized
from ..interfaces import ISecurityToken
from . import holdings

uses: authorized
uses: holdings

COMPLIANCE_OFFICER_ROLE: public(constant(bytes32)) = keccak256("COMPLIANCE_OFFICER_ROLE")
MAX_BATCH: constant(uint256) = 100
_HOUR: constant(uint256) = 3_600


# --- COMPLIANCE_OFFICER_ROLE
@external
def setAddressFrozen(account: address, freeze: bool):
    """
    @notice Freeze or release a whole account (ERC-3643): no transfer, no claim; income accrues.
    @custom:role COMPLIANCE_OFFICER_ROLE
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    self._set_account(account, freeze, 0)


@external
def batchSetAddressFrozen(
    accounts: DynArray[address, MAX_BATCH], freezes: DynArray[bool, MAX_BATCH]
):
    """
    @notice `setAddressFrozen` of several accounts, all or none.
    @custom:role COMPLIANCE_OFFICER_ROLE
    @custom:reverts "freezes: lengths differ"
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    self._check_lengths(len(accounts), len(freezes))
    for i: uint256 in range(len(accounts), bound=MAX_BATCH):
        self._set_account(accounts[i], freezes[i], 0)


@external
def setFrozenTokens(account: address, amount: uint256) -> bool:
    """
    @notice Set the frozen part {unit} of an account; it may exceed the balance (ERC-7943).
    @dev    Kept in 96 bits: more than the largest possible supply is stored, and reported, as 2**96 - 1.
    @custom:role COMPLIANCE_OFFICER_ROLE
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    word: uint256 = holdings._holders[account]
    self._set_part(account, word, holdings._frozen(word), min(amount, holdings.MAX_AMOUNT))
    return True


@external
def freezePartialTokens(account: address, amount: uint256):
    """
    @notice Freeze `amount` {unit} more, within the balance (ERC-3643).
    @custom:role COMPLIANCE_OFFICER_ROLE
    @custom:reverts "freezes: above the balance"
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    self._freeze_more(account, amount)


@external
def unfreezePartialTokens(account: address, amount: uint256):
    """
    @notice Freeze `amount` {unit} less (ERC-3643).
    @custom:role COMPLIANCE_OFFICER_ROLE
    @custom:reverts "freezes: above the frozen part"
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    self._freeze_less(account, amount)


@external
def batchFreezePartialTokens(
    accounts: DynArray[address, MAX_BATCH], amounts: DynArray[uint256, MAX_BATCH]
):
    """
    @notice `freezePartialTokens` of several accounts, all or none.
    @custom:role COMPLIANCE_OFFICER_ROLE
    @custom:reverts "freezes: lengths differ" | as `freezePartialTokens`
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    self._check_lengths(len(accounts), len(amounts))
    for i: uint256 in range(len(accounts), bound=MAX_BATCH):
        self._freeze_more(accounts[i], amounts[i])


@external
def batchUnfreezePartialTokens(
    accounts: DynArray[address, MAX_BATCH], amounts: DynArray[uint256, MAX_BATCH]
):
    """
    @notice `unfreezePartialTokens` of several accounts, all or none.
    @custom:role COMPLIANCE_OFFICER_ROLE
    @custom:reverts "freezes: lengths differ" | as `unfreezePartialTokens`
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    self._check_lengths(len(accounts), len(amounts))
    for i: uint256 in range(len(accounts), bound=MAX_BATCH):
        self._freeze_less(accounts[i], amounts[i])


@external
def freeze_until(account: address, until: uint256):
    """
    @notice Freeze a whole account; the freeze ends by itself.
    @param  until  {s} In the future, rounded up to a full hour.
    @custom:role COMPLIANCE_OFFICER_ROLE
    @custom:reverts "freezes: no such end"
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    hour: uint256 = (until + _HOUR - 1) // _HOUR
    assert until > block.timestamp and hour <= holdings.MAX_HOUR, "freezes: no such end"
    self._set_account(account, True, hour)


# --- internal
@internal
@pure
def _check_lengths(first: uint256, second: uint256):
    assert first == second, "freezes: lengths differ"


@internal
def _set_account(account: address, freeze: bool, until_hour: uint256):
    if freeze:
        holdings._freeze_account(account, until_hour)
    else:
        holdings._release_account(account)
    log ISecurityToken.AddressFrozen(account=account, is_frozen=freeze, agent=msg.sender)


@internal
def _set_part(account: address, word: uint256, old_amount: uint256, amount: uint256):
    """
    @param  word        The account's present one, with `old_amount` frozen in it.
    @param  amount      {unit} At most MAX_AMOUNT.
    """
    holdings._holders[account] = (word & ~holdings.FROZEN) | (amount << holdings.FROZEN_SHIFT)
    if amount > old_amount:
        log ISecurityToken.TokensFrozen(account=account, amount=amount - old_amount)
    elif amount < old_amount:
        log ISecurityToken.TokensUnfrozen(account=account, amount=old_amount - amount)
    log ISecurityToken.Frozen(account=account, amount=amount)


@internal
def _freeze_more(account: address, amount: uint256):
    word: uint256 = holdings._holders[account]
    frozen: uint256 = (word >> holdings.FROZEN_SHIFT) & holdings.MAX_AMOUNT
    balance: uint256 = word & holdings.MAX_AMOUNT
    assert frozen <= balance and amount <= balance - frozen, "freezes: above the balance"
    self._set_part(account, word, frozen, frozen + amount)


@internal
def _freeze_less(account: address, amount: uint256):
    word: uint256 = holdings._holders[account]
    frozen: uint256 = holdings._frozen(word)
    assert amount <= frozen, "freezes: above the frozen part"
    self._set_part(account, word, frozen, frozen - amount)
