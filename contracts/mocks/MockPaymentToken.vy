# pragma version 0.4.3
"""
@title  MockPaymentToken
@license AGPL-3.0-only
@notice A payment token for test networks: open minting, and the habits of real ones on demand.
@dev    Never deployed where money is: anybody can mint. The switches are open too.
"""

from ethereum.ercs import IERC20

implements: IERC20


# Anybody sets the habits of this token.
event HabitsSet:
    fee_bps: uint256
    is_paused: bool


name: public(String[50])
symbol: public(String[20])
decimals: public(uint8)
totalSupply: public(uint256)
balanceOf: public(HashMap[address, uint256])
allowance: public(HashMap[address, HashMap[address, uint256]])
is_blocked: public(HashMap[address, bool])
is_paused: public(bool)
fee_bps: public(uint256)


@deploy
def __init__(token_name: String[50], token_symbol: String[20], token_decimals: uint8):
    self.name = token_name
    self.symbol = token_symbol
    self.decimals = token_decimals


@external
def mint(receiver: address, amount: uint256):
    self.totalSupply += amount
    self.balanceOf[receiver] += amount
    log IERC20.Transfer(sender=empty(address), receiver=receiver, value=amount)


@external
def set_habits(fee_bps: uint256, is_paused: bool):
    self.fee_bps = fee_bps
    self.is_paused = is_paused
    log HabitsSet(fee_bps=fee_bps, is_paused=is_paused)


@external
def set_blocked(account: address, is_blocked: bool):
    self.is_blocked[account] = is_blocked


@external
def transfer(receiver: address, amount: uint256) -> bool:
    self._transfer(msg.sender, receiver, amount)
    return True


@external
def transferFrom(sender: address, receiver: address, amount: uint256) -> bool:
    self.allowance[sender][msg.sender] -= amount
    self._transfer(sender, receiver, amount)
    return True


@external
def approve(spender: address, amount: uint256) -> bool:
    self.allowance[msg.sender][spender] = amount
    log IERC20.Approval(owner=msg.sender, spender=spender, value=amount)
    return True


@internal
def _transfer(sender: address, receiver: address, amount: uint256):
    assert not self.is_paused, "mock: paused"
    assert not self.is_blocked[sender] and not self.is_blocked[receiver], "mock: blocked"
    fee: uint256 = amount * self.fee_bps // 10_000
    self.balanceOf[sender] -= amount
    self.balanceOf[receiver] += amount - fee
    self.totalSupply -= fee
    log IERC20.Transfer(sender=sender, receiver=receiver, value=amount - fee)
