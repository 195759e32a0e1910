"""A payment token that calls the treasury back in the middle of its own transfer."""

import pytest

from tests.unit.treasury.conftest import INVOICE, RESOLUTION

# What the code fixes; no state is read, so there is nothing to lock.
HARMLESS = {
    "authority()",
    "TREASURER_ROLE()",
    "CASHIER_ROLE()",
    "GUARDIAN_ROLE()",
    "CHAIN_ENGINEER_ROLE()",
}
# The role that lets the token call, so that only the lock is in its way.
ROLE_FOR = {
    "pay(uint256)": "CASHIER_ROLE",
    "pause()": "GUARDIAN_ROLE",
    "unpause()": "CHAIN_ENGINEER_ROLE",
}


@pytest.fixture
def treasury_calls(
    funded_treasury, hook_token, money, builder, general_fund, green_fund, road_fund
):
    """signature -> calldata of a call that would succeed or harm, if it were let in."""
    token = hook_token
    return {
        "deposit_income(address,uint256,bytes32)": funded_treasury.deposit_income.encode_input(
            token, 1, general_fund
        ),
        "open_fund(bytes32,bool)": funded_treasury.open_fund.encode_input(road_fund, False),
        "book_surplus(address,bytes32)": funded_treasury.book_surplus.encode_input(
            token, green_fund
        ),
        "move(address,bytes32,bytes32,uint256,bytes32)": funded_treasury.move.encode_input(
            token, general_fund, green_fund, 1, RESOLUTION
        ),
        "approve_payment(address,bytes32,address,uint256,bytes32)": (
            funded_treasury.approve_payment.encode_input(token, general_fund, builder, 1, INVOICE)
        ),
        "cancel_payment(uint256)": funded_treasury.cancel_payment.encode_input(1),
        "pay(uint256)": funded_treasury.pay.encode_input(1),
        "pause()": funded_treasury.pause.encode_input(),
        "unpause()": funded_treasury.unpause.encode_input(),
        "paused()": funded_treasury.paused.encode_input(),
        "authority()": funded_treasury.authority.encode_input(),
        "TREASURER_ROLE()": funded_treasury.TREASURER_ROLE.encode_input(),
        "CASHIER_ROLE()": funded_treasury.CASHIER_ROLE.encode_input(),
        "GUARDIAN_ROLE()": funded_treasury.GUARDIAN_ROLE.encode_input(),
        "CHAIN_ENGINEER_ROLE()": funded_treasury.CHAIN_ENGINEER_ROLE.encode_input(),
        "funds(bytes32)": funded_treasury.funds.encode_input(general_fund),
        "balance_of(address,bytes32)": funded_treasury.balance_of.encode_input(token, general_fund),
        "reserved_of(address,bytes32)": funded_treasury.reserved_of.encode_input(
            token, general_fund
        ),
        "total_of(address)": funded_treasury.total_of.encode_input(token),
        "total_payments()": funded_treasury.total_payments.encode_input(),
        "payments(uint256)": funded_treasury.payments.encode_input(1),
    }


def test_the_calls_above_are_all_there_are(funded_treasury, treasury_calls):
    assert {abi.selector for abi in funded_treasury.contract_type.methods} == set(treasury_calls)


def test_keeps_the_token_out_while_it_is_deposited(
    funded_treasury,
    treasury_calls,
    deposit,
    hook_token,
    stranger,
    change_role,
    general_fund,
    books_balance,
):
    for number, (signature, calldata) in enumerate(treasury_calls.items(), 1):
        role = ROLE_FOR.get(signature, "TREASURER_ROLE")
        change_role(hook_token, grant=role)
        hook_token.arm(funded_treasury, calldata, sender=stranger)

        deposit(general_fund, 10, token=hook_token)

        assert hook_token.attacked() == number, signature
        assert hook_token.attack_succeeded() is (signature in HARMLESS), signature
        assert funded_treasury.balance_of(hook_token, general_fund) == number * 10, signature
        assert books_balance(hook_token), signature
        change_role(hook_token, revoke=role)


def test_keeps_the_token_out_while_it_is_paid(
    funded_treasury,
    treasury_calls,
    deposit,
    hook_token,
    stranger,
    cashier,
    builder,
    approve,
    change_role,
    general_fund,
    books_balance,
):
    """Each attack finds payment 1 approved, and a thousand in the fund to go for."""
    deposit(general_fund, 10_000, token=hook_token)
    approve(1_000, token=hook_token)
    for number, (signature, calldata) in enumerate(treasury_calls.items(), 1):
        payment = approve(10, token=hook_token)
        role = ROLE_FOR.get(signature, "TREASURER_ROLE")
        change_role(hook_token, grant=role)
        hook_token.arm(funded_treasury, calldata, sender=stranger)

        funded_treasury.pay(payment, sender=cashier)

        assert hook_token.attack_succeeded() is (signature in HARMLESS), signature
        assert hook_token.balanceOf(builder) == number * 10, signature
        assert funded_treasury.payments(1).amount == 1_000, signature
        assert books_balance(hook_token), signature
        change_role(hook_token, revoke=role)
