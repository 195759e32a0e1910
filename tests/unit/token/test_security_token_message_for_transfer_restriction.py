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
}


@pytest.mark.parametrize("code", MESSAGES)
def test_explains_each_code(empty_token, code):
    assert empty_token.messageForTransferRestriction(code) == MESSAGES[code]


@pytest.mark.parametrize("code", [1, 13, 128, 255])
def test_does_not_revert_on_a_code_that_is_not_used(empty_token, code):
    assert empty_token.messageForTransferRestriction(code) == "unknown code"
