# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  token_errors
@license AGPL-3.0-only
@notice Reason codes of the security token, and the errors the standards name.
@dev    Codes 0 to 6 are the ones wallets know from CMTAT; ours follow. Vyper has no custom
        errors, so the bytes are written here, once, and clients decode them by the standards.
@custom:source ERC-1404, ERC-6093, ERC-7943, ERC-2612
"""

OK: constant(uint8) = 0
PAUSED: constant(uint8) = 2
SENDER_FROZEN: constant(uint8) = 3
RECEIVER_FROZEN: constant(uint8) = 4
SPENDER_FROZEN: constant(uint8) = 5
ABOVE_UNFROZEN: constant(uint8) = 6
SENDER_NOT_VERIFIED: constant(uint8) = 7
RECEIVER_NOT_VERIFIED: constant(uint8) = 8
INVALID_RECEIVER: constant(uint8) = 9
ABOVE_UNITS: constant(uint8) = 10
INSUFFICIENT_BALANCE: constant(uint8) = 11
INSUFFICIENT_ALLOWANCE: constant(uint8) = 12
SAME_ACCOUNT: constant(uint8) = 13
# of the token's compliance
COUNTRY_CLOSED: constant(uint8) = 14
CLASS_CLOSED: constant(uint8) = 15
NOT_A_VENUE: constant(uint8) = 16
OUTSIDE_HOURS: constant(uint8) = 17
BELOW_TICKET: constant(uint8) = 18
LOCKED_UP: constant(uint8) = 19
ABOVE_BALANCE_CAP: constant(uint8) = 20
ABOVE_YEARLY_LIMIT: constant(uint8) = 21
TOO_MANY_HOLDERS: constant(uint8) = 22
TOO_MANY_IN_COUNTRY: constant(uint8) = 23


@internal
@pure
def _cannot_send(account: address):
    raw_revert(abi_encode(account, method_id=method_id("ERC7943CannotSend(address)")))


@internal
@pure
def _cannot_receive(account: address):
    raw_revert(abi_encode(account, method_id=method_id("ERC7943CannotReceive(address)")))


@internal
@pure
def _cannot_transfer(sender: address, receiver: address, amount: uint256):
    raw_revert(
        abi_encode(
            sender,
            receiver,
            amount,
            method_id=method_id("ERC7943CannotTransfer(address,address,uint256)"),
        )
    )


@internal
@pure
def _above_unfrozen(account: address, amount: uint256, unfrozen: uint256):
    raw_revert(
        abi_encode(
            account,
            amount,
            unfrozen,
            method_id=method_id("ERC7943InsufficientUnfrozenBalance(address,uint256,uint256)"),
        )
    )


@internal
@pure
def _enforced_pause():
    raw_revert(method_id("EnforcedPause()"))


@internal
@pure
def _insufficient_balance(account: address, held: uint256, needed: uint256):
    raw_revert(
        abi_encode(
            account,
            held,
            needed,
            method_id=method_id("ERC20InsufficientBalance(address,uint256,uint256)"),
        )
    )


@internal
@pure
def _insufficient_allowance(spender: address, allowed: uint256, needed: uint256):
    raw_revert(
        abi_encode(
            spender,
            allowed,
            needed,
            method_id=method_id("ERC20InsufficientAllowance(address,uint256,uint256)"),
        )
    )


@internal
@pure
def _invalid_receiver(account: address):
    raw_revert(abi_encode(account, method_id=method_id("ERC20InvalidReceiver(address)")))


@internal
@pure
def _invalid_spender(account: address):
    raw_revert(abi_encode(account, method_id=method_id("ERC20InvalidSpender(address)")))


@internal
@pure
def _expired_signature(deadline: uint256):
    raw_revert(abi_encode(deadline, method_id=method_id("ERC2612ExpiredSignature(uint256)")))


@internal
@pure
def _invalid_signer(signer: address, owner: address):
    raw_revert(abi_encode(signer, owner, method_id=method_id("ERC2612InvalidSigner(address,address)")))
