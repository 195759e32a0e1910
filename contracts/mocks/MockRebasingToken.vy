# pragma version 0.4.3
"""
@title  MockRebasingToken
@license AGPL-3.0-only
@notice A payment token whose balances grow and shrink by themselves, at the tester's word.
"""

# base units per share
rate: public(uint256)
_shares: HashMap[address, uint256]
allowance: public(HashMap[address, HashMap[address, uint256]])


@deploy
def __init__():
    self.rate = 100


@external
def set_rate(rate: uint256):
    self.rate = rate


@external
@view
def balanceOf(account: address) -> uint256:
    return self._shares[account] * self.rate // 100


@external
def mint(receiver: address, amount: uint256):
    self._shares[receiver] += amount * 100 // self.rate


@external
def approve(spender: address, amount: uint256) -> bool:
    self.allowance[msg.sender][spender] = amount
    return True


@external
def transfer(receiver: address, amount: uint256) -> bool:
    self._move(msg.sender, receiver, amount)
    return True


@external
def transferFrom(sender: address, receiver: address, amount: uint256) -> bool:
    self.allowance[sender][msg.sender] -= amount
    self._move(sender, receiver, amount)
    return True


@internal
def _move(sender: address, receiver: address, amount: uint256):
    shares: uint256 = amount * 100 // self.rate
    self._shares[sender] -= shares
    self._shares[receiver] += shares
