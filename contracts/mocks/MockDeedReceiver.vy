# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  MockDeedReceiver
@license AGPL-3.0-only
@notice Receives deeds, or refuses: with a reason, or with an answer that is not the standard's.
"""

flag Manner:
    ACCEPTS
    REFUSES
    ANSWERS_ELSE
    CALLS_BACK

manner: public(Manner)
calls_back: Bytes[256]
call_succeeded: public(bool)
operator: public(address)
sender: public(address)
token_id: public(uint256)
data: public(Bytes[1_024])


@external
def behave(manner: Manner, calls_back: Bytes[256] = b""):
    self.manner = manner
    self.calls_back = calls_back


@external
def onERC721Received(
    operator: address, sender: address, token_id: uint256, data: Bytes[1_024]
) -> bytes4:
    if self.manner == Manner.REFUSES:
        raise "mock: refuses"
    if self.manner == Manner.ANSWERS_ELSE:
        return 0xffffffff
    if self.manner == Manner.CALLS_BACK:
        self.call_succeeded = raw_call(msg.sender, self.calls_back, revert_on_failure=False)
    self.operator = operator
    self.sender = sender
    self.token_id = token_id
    self.data = data
    return method_id("onERC721Received(address,address,uint256,bytes)", output_type=bytes4)
