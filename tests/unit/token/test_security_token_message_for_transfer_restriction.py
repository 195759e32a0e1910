import pytest

MESSAGES = {
    0: "allowed",
    2: "trade in this token is paused",
    3: "the sender is frozen",
    4: "the receiver is frozen",
    5: "the spender is frozen",
    6: "the amount is above the unfrozen balance",
    7: "the sender is not a verified investor",
    8: "the receiver is not a verified investor",
    9: "the receiver is the zero address",
    10: "above the units registered on the deed",
    11: "the balance is too small",
    12: "the allowance is too small",
    13: "sender and receiver are the same",
    14: "closed to the receiver's country",
    15: "closed to the receiver's class",
    16: "the receiver is no listed venue",
    17: "outside the hours of trade",
    18: "below the smallest amount",
    19: "locked up until a later time",
    20: "above the most that an investor may hold",
    21: "above the receiver's limit of the year",
    22: "too many holders",
    23: "too many holders in that country",
}


@pytest.mark.parametrize("code", MESSAGES)
def test_explains_each_code(empty_token, code):
    assert empty_token.messageForTransferRestriction(code) == MESSAGES[code]


@pytest.mark.parametrize("code", [1, 24, 128, 255])
def test_does_not_revert_on_a_code_that_is_not_used(empty_token, code):
    assert empty_token.messageForTransferRestriction(code) == "unknown code"
