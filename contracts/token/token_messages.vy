# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  token_messages
@license AGPL-3.0-only
@notice A sentence for each restriction code of the security token; in Korean in docs/errors.md.
@custom:source ERC-1404
"""

from . import token_errors


@internal
@pure
def _message_of(code: uint8) -> String[48]:
    """
    @notice A sentence for a restriction code of a security token.
    """
    if code == token_errors.OK:
        return "allowed"
    if code == token_errors.PAUSED:
        return "trade in this token is paused"
    if code == token_errors.SENDER_FROZEN:
        return "the sender is frozen"
    if code == token_errors.RECEIVER_FROZEN:
        return "the receiver is frozen"
    if code == token_errors.SPENDER_FROZEN:
        return "the spender is frozen"
    if code == token_errors.ABOVE_UNFROZEN:
        return "the amount is above the unfrozen balance"
    if code == token_errors.SENDER_NOT_VERIFIED:
        return "the sender is not a verified investor"
    if code == token_errors.RECEIVER_NOT_VERIFIED:
        return "the receiver is not a verified investor"
    if code == token_errors.INVALID_RECEIVER:
        return "the receiver is the zero address"
    if code == token_errors.ABOVE_UNITS:
        return "above the units registered on the deed"
    if code == token_errors.INSUFFICIENT_BALANCE:
        return "the balance is too small"
    if code == token_errors.INSUFFICIENT_ALLOWANCE:
        return "the allowance is too small"
    if code == token_errors.SAME_ACCOUNT:
        return "sender and receiver are the same"
    if code == token_errors.COUNTRY_CLOSED:
        return "closed to the receiver's country"
    if code == token_errors.CLASS_CLOSED:
        return "closed to the receiver's class"
    if code == token_errors.NOT_A_VENUE:
        return "the receiver is no listed venue"
    if code == token_errors.OUTSIDE_HOURS:
        return "outside the hours of trade"
    if code == token_errors.BELOW_TICKET:
        return "below the smallest amount"
    if code == token_errors.LOCKED_UP:
        return "locked up until a later time"
    if code == token_errors.ABOVE_BALANCE_CAP:
        return "above the most that an investor may hold"
    if code == token_errors.ABOVE_YEARLY_LIMIT:
        return "above the receiver's limit of the year"
    if code == token_errors.TOO_MANY_HOLDERS:
        return "too many holders"
    if code == token_errors.TOO_MANY_IN_COUNTRY:
        return "too many holders in that country"
    return "unknown code"
