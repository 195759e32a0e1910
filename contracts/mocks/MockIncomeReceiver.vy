# pragma version 0.4.3
"""
@title  MockIncomeReceiver
@license AGPL-3.0-only
@notice A payee with bad manners: it refuses, takes part, burns gas, calls back, or pays meanwhile.
"""

from ethereum.ercs import IERC20

flag Manner:
    TAKES_ALL
    REFUSES
    TAKES_PART
    TAKES_NOTHING
    BURNS_GAS
    CALLS_BACK
    PAYS_MEANWHILE
    # as CALLS_BACK, but takes its income when the call fails
    TRIES_BACK
    TAKES_MORE
    ANSWERS_LONG
    # uses its allowance up, but takes nothing
    GIVES_BACK

manner: public(Manner)
calls_back: Bytes[512]
# who is called back; the zero address for whoever pays
target: address
# outcome of the last TRIES_BACK
call_back_succeeded: public(bool)


@external
def behave(manner: Manner, calls_back: Bytes[512] = b"", target: address = empty(address)):
    self.manner = manner
    self.calls_back = calls_back
    self.target = target
    self.call_back_succeeded = False


@external
def deposit_income(token: address, amount: uint256, purpose: bytes32):
    if self.manner == Manner.REFUSES:
        raise "mock: refuses"
    if self.manner == Manner.TAKES_NOTHING:
        return
    if self.manner == Manner.BURNS_GAS:
        burned: uint256 = 0
        for i: uint256 in range(1_000_000):
            burned += i
        return
    if self.manner == Manner.ANSWERS_LONG:
        raw_revert(abi_encode(empty(uint256[2_000])))
    target: address = self.target
    if target == empty(address):
        target = msg.sender
    if self.manner == Manner.CALLS_BACK:
        raw_call(target, self.calls_back)
    if self.manner == Manner.TRIES_BACK:
        if raw_call(target, self.calls_back, revert_on_failure=False):
            self.call_back_succeeded = True
    if self.manner == Manner.PAYS_MEANWHILE:
        extcall IERC20(token).transfer(msg.sender, amount + 1)
    taken: uint256 = amount
    if self.manner == Manner.TAKES_PART:
        taken = amount // 3
    if self.manner == Manner.TAKES_MORE:
        taken = amount + 1
    receiver: address = self
    if self.manner == Manner.GIVES_BACK:
        receiver = msg.sender
    extcall IERC20(token).transferFrom(msg.sender, receiver, taken, default_return_value=True)
