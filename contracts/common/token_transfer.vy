# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  token_transfer
@license AGPL-3.0-only
@notice The only place that moves payment tokens.
@dev    Accepts tokens that return nothing and refuses those that return false. Amounts taken
        in are measured: a token that keeps a fee is refused rather than credited short.
"""

from ethereum.ercs import IERC20

# A payment token's own work, with room for an upgradeable one; a payee's token can't burn more.
_TRANSFER_GAS: constant(uint256) = 200_000


@internal
def _take(token: IERC20, payer: address, receiver: address, amount: uint256):
    """
    @notice Move exactly `amount` {asset} from `payer` to `receiver`, by this contract's allowance.
    @dev    Reverts unless `receiver` is richer by `amount` to the unit.
    """
    before: uint256 = staticcall token.balanceOf(receiver)
    returned: bool = extcall token.transferFrom(
        payer, receiver, amount, default_return_value=True
    )
    assert returned, "token_transfer: returned false"
    received: uint256 = staticcall token.balanceOf(receiver) - before
    assert received == amount, "token_transfer: amount differs"


@internal
def _send(token: IERC20, receiver: address, amount: uint256):
    """
    @notice Send `amount` {asset} of this contract to `receiver`, or revert.
    """
    returned: bool = extcall token.transfer(receiver, amount, default_return_value=True)
    assert returned, "token_transfer: returned false"


@internal
def _try_send(token: IERC20, receiver: address, amount: uint256) -> bool:
    """
    @notice Send `amount` {asset} of this contract to `receiver`; false where the token refuses.
    """
    # As `_try`, in place: payees are paid in a loop.
    success: bool = False
    answer: Bytes[32] = b""
    success, answer = raw_call(
        token.address,
        abi_encode(receiver, amount, method_id=method_id("transfer(address,uint256)")),
        max_outsize=32,
        gas=_TRANSFER_GAS,
        revert_on_failure=False,
    )
    if not success:
        return False
    if len(answer) == 0:
        return True
    return len(answer) == 32 and convert(answer, uint256) == 1


@internal
def _try_approve(token: IERC20, spender: address, amount: uint256) -> bool:
    """
    @notice Let `spender` take `amount` {asset}; false where the token refuses.
    """
    return self._try(
        token, abi_encode(spender, amount, method_id=method_id("approve(address,uint256)"))
    )


@internal
def _try(token: IERC20, data: Bytes[68]) -> bool:
    """
    @dev The host checked at deployment that the token has code. At most one word of the answer
         is read, so a token can't make the caller pay for a long one.
    """
    success: bool = False
    answer: Bytes[32] = b""
    success, answer = raw_call(
        token.address, data, max_outsize=32, gas=_TRANSFER_GAS, revert_on_failure=False
    )
    if not success:
        return False
    if len(answer) == 0:
        return True
    return len(answer) == 32 and convert(answer, uint256) == 1
