# pragma version 0.4.3
"""
@title  MockHookToken
@license AGPL-3.0-only
@notice A hostile payment token: it can answer false, keep allowances for ever, and calls an attack
        of the tester's choice in the middle of every transfer.
"""

decimals: public(uint8)
balanceOf: public(HashMap[address, uint256])
allowance: public(HashMap[address, HashMap[address, uint256]])
answers_false: public(bool)
keeps_allowances: public(bool)
target: public(address)
attack: public(Bytes[512])
# outcome of the last attack
attacked: public(uint256)
attack_succeeded: public(bool)


@external
def mint(receiver: address, amount: uint256):
    self.balanceOf[receiver] += amount


@external
def arm(target: address, attack: Bytes[512]):
    self.target = target
    self.attack = attack
    self.attack_succeeded = False


@external
def set_answers_false(answers_false: bool):
    self.answers_false = answers_false


@external
def set_keeps_allowances(keeps_allowances: bool):
    self.keeps_allowances = keeps_allowances


@external
def approve(spender: address, amount: uint256) -> bool:
    if self.keeps_allowances and amount == 0:
        return False
    self.allowance[msg.sender][spender] = amount
    return True


@external
def transfer(receiver: address, amount: uint256) -> bool:
    return self._transfer(msg.sender, receiver, amount)


@external
def transferFrom(sender: address, receiver: address, amount: uint256) -> bool:
    if self.answers_false:
        return False
    self.allowance[sender][msg.sender] -= amount
    return self._transfer(sender, receiver, amount)


@internal
def _transfer(sender: address, receiver: address, amount: uint256) -> bool:
    if self.answers_false:
        return False
    self.balanceOf[sender] -= amount
    if self.target != empty(address):
        self.attacked += 1
        if raw_call(self.target, self.attack, revert_on_failure=False):
            self.attack_succeeded = True
    self.balanceOf[receiver] += amount
    return True
