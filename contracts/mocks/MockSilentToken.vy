# pragma version 0.4.3
"""
@title  MockSilentToken
@license AGPL-3.0-only
@notice A payment token that returns nothing, as some of the largest do.
"""

totalSupply: public(uint256)
decimals: public(uint8)
balanceOf: public(HashMap[address, uint256])
allowance: public(HashMap[address, HashMap[address, uint256]])


@external
def mint(receiver: address, amount: uint256):
    self.totalSupply += amount
    self.balanceOf[receiver] += amount


@external
def approve(spender: address, amount: uint256):
    # As the best known of them: a set allowance is first put to 0.
    assert amount == 0 or self.allowance[msg.sender][spender] == 0, "mock: reset first"
    self.allowance[msg.sender][spender] = amount


@external
def transfer(receiver: address, amount: uint256):
    self.balanceOf[msg.sender] -= amount
    self.balanceOf[receiver] += amount


@external
def transferFrom(sender: address, receiver: address, amount: uint256):
    self.allowance[sender][msg.sender] -= amount
    self.balanceOf[sender] -= amount
    self.balanceOf[receiver] += amount
