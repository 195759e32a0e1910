# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  allowances
@license AGPL-3.0-only
@notice Who may move whose units: ERC-20 approvals. Those by signature are in `signed_calls`.
@custom:source ERC-20
"""

from ethereum.ercs import IERC20

from . import token_errors

allowance: public(reentrant(HashMap[address, HashMap[address, uint256]]))


@external
def approve(spender: address, amount: uint256) -> bool:
    """
    @notice Let `spender` move up to `amount` {unit} of the caller's.
    @custom:reverts ERC20InvalidSpender
    """
    self._approve(msg.sender, spender, amount)
    return True


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
