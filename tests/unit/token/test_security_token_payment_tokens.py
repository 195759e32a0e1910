"""The habits of payment tokens on the two paths of money: in by deposit, out by claim."""

import ape
import pytest

from .conftest import ALICE


@pytest.fixture
def token_paid_in(issue_token, alice, bob, carol):
    """`token_paid_in(money)`: 500, 300 and 200 units that pay income in `money`."""

    def token(money):
        return issue_token([(alice, 500), (bob, 300), (carol, 200)], payment_token=money)

    return token


def test_silent_token_is_paid_in_and_out(token_paid_in, silent_money, pay_in, alice):
    token = token_paid_in(silent_money)

    pay_in(token, 1_000, currency=silent_money)
    token.claim_income(sender=alice)

    assert silent_money.balanceOf(alice) == ALICE
    assert silent_money.balanceOf(token) == 1_000 - ALICE


@pytest.mark.parametrize("fee_bps", [1, 100, 10_000])
def test_token_that_keeps_a_fee_is_refused_on_the_way_in(token, money, pay_in, payer, fee_bps):
    money.set_habits(fee_bps, False, sender=payer)

    with ape.reverts("token_transfer: amount differs"):
        pay_in(token, 10_000)

    assert (token.income_deposited(), token.epoch()) == (0, 0)
    assert money.balanceOf(token) == 0


def test_fee_that_rounds_to_nothing_is_no_fee(token, money, pay_in, payer, alice):
    money.set_habits(1, False, sender=payer)

    pay_in(token, 9_999)

    assert token.claimable(alice) == 4_999


def test_fee_on_the_way_out_is_the_holders(token, money, pay_in, payer, alice, bob):
    pay_in(token, 1_000)
    money.set_habits(1_000, False, sender=payer)

    token.claim_income(sender=alice)

    assert (money.balanceOf(alice), money.balanceOf(token)) == (450, 500)
    assert token.claimable(bob) == 300


def test_token_that_answers_false_is_refused_on_the_way_in(token_paid_in, hook_money, payer):
    token = token_paid_in(hook_money)
    hook_money.mint(payer, 1_000, sender=payer)
    hook_money.approve(token, 1_000, sender=payer)
    hook_money.set_answers_false(True, sender=payer)

    with ape.reverts("token_transfer: returned false"):
        token.deposit_income(hook_money, 1_000, sender=payer)

    assert token.income_deposited() == 0


def test_token_that_answers_false_is_refused_on_the_way_out(
    token_paid_in, hook_money, pay_in, payer, alice
):
    token = token_paid_in(hook_money)
    pay_in(token, 1_000, currency=hook_money)
    hook_money.set_answers_false(True, sender=payer)

    with ape.reverts("token_transfer: returned false"):
        token.claim_income(sender=alice)

    assert token.claimable(alice) == ALICE
    hook_money.set_answers_false(False, sender=payer)
    token.claim_income(sender=alice)
    assert hook_money.balanceOf(alice) == ALICE


def test_paused_payment_token_stops_both_ways_until_it_goes_on(token, money, pay_in, payer, alice):
    pay_in(token, 1_000)
    money.set_habits(0, True, sender=payer)

    with ape.reverts("mock: paused"):
        pay_in(token, 1)
    with ape.reverts("mock: paused"):
        token.claim_income(sender=alice)

    assert (token.claimable(alice), token.income_deposited()) == (ALICE, 1_000)
    money.set_habits(0, False, sender=payer)
    token.claim_income(sender=alice)
    assert money.balanceOf(alice) == ALICE


def test_security_token_on_the_block_list_keeps_what_it_owes(token, money, pay_in, payer, alice):
    pay_in(token, 1_000)
    money.set_blocked(token, True, sender=payer)

    with ape.reverts("mock: blocked"):
        token.claim_income(sender=alice)

    assert token.claimable(alice) == ALICE


def test_trade_goes_on_whatever_the_payment_token_does(token, money, pay_in, payer, alice, bob):
    pay_in(token, 1_000)
    money.set_habits(10_000, True, sender=payer)
    money.set_blocked(alice, True, sender=payer)

    token.transfer(bob, 100, sender=alice)

    assert (token.claimable(alice), token.claimable(bob)) == (500, 300)


def test_no_approval_is_left_behind(token, money, pay_in, alice, payer):
    pay_in(token, 1_000)
    token.claim_income(sender=alice)

    assert [money.allowance(token, each) for each in (alice, payer, token)] == [0, 0, 0]


def test_token_with_ether_is_refused(token, payer, money, alice):
    for call, arguments in (
        (token.deposit_income, (money, 1)),
        (token.claim_income, (alice,)),
        (token.transfer, (alice, 0)),
    ):
        with ape.reverts():
            payer.call(call.as_transaction(*arguments, value=1, sender=payer))
    with ape.reverts():
        payer.transfer(token, 1)
    assert token.balance == 0
