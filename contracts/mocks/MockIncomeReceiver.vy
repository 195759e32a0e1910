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

manner: public(Manner)
calls_back: Bytes[256]


@external
def behave(manner: Manner, calls_back: Bytes[256] = b""):
    self.manner = manner
    self.calls_back = calls_back


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
    if self.manner == Manner.CALLS_BACK:
        raw_call(msg.sender, self.calls_back)
    if self.manner == Manner.PAYS_MEANWHILE:
        extcall IERC20(token).transfer(msg.sender, amount + 1)
    taken: uint256 = amount
    if self.manner == Manner.TAKES_PART:
        taken = amount // 3
    extcall IERC20(token).transferFrom(msg.sender, self, taken)
