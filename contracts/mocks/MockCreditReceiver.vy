# pragma version 0.4.3
"""
@title  MockCreditReceiver
@license AGPL-3.0-only
@notice A contract that is sent ERC-1155 credits: it accepts, refuses, answers nonsense, or calls
        back while it is asked.
"""

flag Manner:
    ACCEPTS
    REFUSES
    ANSWERS_WRONG
    TRIES_BACK

SINGLE: constant(bytes4) = method_id(
    "onERC1155Received(address,address,uint256,uint256,bytes)", output_type=bytes4
)
BATCH: constant(bytes4) = method_id(
    "onERC1155BatchReceived(address,address,uint256[],uint256[],bytes)", output_type=bytes4
)

manner: public(Manner)
calls_back: Bytes[2_048]
# whom it calls; who asks it where this is zero
target: address
asked: public(uint256)
# outcome of the last TRIES_BACK
call_back_succeeded: public(bool)


@external
def behave(manner: Manner, calls_back: Bytes[2_048] = b"", target: address = empty(address)):
    self.manner = manner
    self.target = target
    self.calls_back = calls_back
    self.call_back_succeeded = False


@external
def onERC1155Received(
    operator: address, sender: address, id: uint256, amount: uint256, data: Bytes[1_024]
) -> bytes4:
    return self._answer(SINGLE)


@external
def onERC1155BatchReceived(
    operator: address,
    sender: address,
    ids: DynArray[uint256, 128],
    amounts: DynArray[uint256, 128],
    data: Bytes[1_024],
) -> bytes4:
    return self._answer(BATCH)


@internal
def _answer(accepted: bytes4) -> bytes4:
    self.asked += 1
    if self.manner == Manner.REFUSES:
        raise "mock: refuses"
    if self.manner == Manner.ANSWERS_WRONG:
        return 0xDEADBEEF
    if self.manner == Manner.TRIES_BACK:
        target: address = self.target
        if target == empty(address):
            target = msg.sender
        if raw_call(target, self.calls_back, revert_on_failure=False):
            self.call_back_succeeded = True
    return accepted
