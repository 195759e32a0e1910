"""Contracts that stand around the measured ones."""

# What a payment token at its plainest costs. The one for test networks has switches on top, which
# would be 10,000 gas in every figure with a payment.
MONEY = """
from ethereum.ercs import IERC20

decimals: public(uint8)
balanceOf: public(HashMap[address, uint256])
allowance: public(HashMap[address, HashMap[address, uint256]])

@deploy
def __init__(token_decimals: uint8):
    self.decimals = token_decimals

@external
def mint(receiver: address, amount: uint256):
    self.balanceOf[receiver] += amount
    log IERC20.Transfer(sender=empty(address), receiver=receiver, value=amount)

@external
def transfer(receiver: address, amount: uint256) -> bool:
    self._move(msg.sender, receiver, amount)
    return True

@external
def transferFrom(sender: address, receiver: address, amount: uint256) -> bool:
    allowed: uint256 = self.allowance[sender][msg.sender]
    if allowed != max_value(uint256):
        self.allowance[sender][msg.sender] = allowed - amount
    self._move(sender, receiver, amount)
    return True

@external
def approve(spender: address, amount: uint256) -> bool:
    self.allowance[msg.sender][spender] = amount
    log IERC20.Approval(owner=msg.sender, spender=spender, value=amount)
    return True

@internal
def _move(sender: address, receiver: address, amount: uint256):
    self.balanceOf[sender] -= amount
    self.balanceOf[receiver] += amount
    log IERC20.Transfer(sender=sender, receiver=receiver, value=amount)
"""

# Mints to many in one transaction, which would take a thousand otherwise.
ISSUER = """
interface SecurityToken:
    def mint(receiver: address, amount: uint256): nonpayable

@external
def issue(token: address, receivers: DynArray[address, 100], amount: uint256):
    for receiver: address in receivers:
        extcall SecurityToken(token).mint(receiver, amount)
"""
