import ape
import pytest

from . import errors
from .conftest import ALICE, BOB, CAROL

ZERO = "0x" + "00" * 20
MAX_DEPOSITED = 2**120 - 1


def test_takes_the_money_and_credits_the_holders(token, money, payer, alice, bob, carol):
    money.mint(payer, 1_000, sender=payer)
    money.approve(token, 1_000, sender=payer)

    receipt = token.deposit_income(money, 1_000, sender=payer)

    assert receipt.events == [
        token.IncomeDeposited(depositor=payer, amount=1_000, supply=1_000, number=1),
        money.Transfer(sender=payer, receiver=token, value=1_000),
    ]
    assert (money.balanceOf(token), money.balanceOf(payer)) == (1_000, 0)
    assert [token.claimable(each) for each in (alice, bob, carol)] == [ALICE, BOB, CAROL]
    assert (token.income_deposited(), token.epoch()) == (1_000, 1)


def test_counts_deposits_and_adds_them_up(token, money, pay_in, payer):
    pay_in(token, 7)

    receipt = pay_in(token, 5)

    assert receipt.events == [
        token.IncomeDeposited(depositor=payer, amount=5, supply=1_000, number=2),
        money.Transfer(sender=payer, receiver=token, value=5),
    ]
    assert (token.income_deposited(), token.epoch()) == (12, 2)
    assert money.balanceOf(token) == 12


def test_does_not_read_the_purpose(token, money, payer, alice):
    money.mint(payer, 1_000, sender=payer)
    money.approve(token, 1_000, sender=payer)

    token.deposit_income(money, 1_000, b"\xff" * 32, sender=payer)

    assert token.claimable(alice) == ALICE


def test_uses_the_allowance_to_the_unit(token, money, payer):
    money.mint(payer, 100, sender=payer)
    money.approve(token, 60, sender=payer)

    token.deposit_income(money, 50, sender=payer)

    assert money.allowance(payer, token) == 10
    assert money.balanceOf(payer) == 50
    with ape.reverts():  # the payment token's own: an underflow
        token.deposit_income(money, 11, sender=payer)
    assert token.income_deposited() == 50


def test_is_open_to_anyone_but_takes_from_the_caller_only(token, money, payer, stranger):
    money.mint(payer, 100, sender=payer)
    money.approve(token, 100, sender=payer)

    with ape.reverts():
        token.deposit_income(money, 100, sender=stranger)

    assert money.balanceOf(payer) == 100


def test_works_with_a_frozen_holder_whose_income_accrues(scene, pay_in):
    scene.freeze(scene.alice)

    pay_in(scene.token, 1_000)

    assert scene.token.claimable(scene.alice) == ALICE


def test_other_token_is_refused(token, new_money, payer):
    other = new_money()
    other.mint(payer, 10, sender=payer)
    other.approve(token, 10, sender=payer)

    with ape.reverts("security_token: other token"):
        token.deposit_income(other, 10, sender=payer)


@pytest.mark.parametrize("other", [ZERO, "token itself"])
def test_what_is_no_payment_token_is_refused(token, payer, other):
    with ape.reverts("security_token: other token"):
        token.deposit_income(token if other == "token itself" else other, 1, sender=payer)


def test_of_nothing_is_refused(token, money, payer):
    with ape.reverts("security_token: no amount"):
        token.deposit_income(money, 0, sender=payer)

    assert token.epoch() == 0


def test_without_holders_is_refused(empty_token, money, payer):
    money.mint(payer, 10, sender=payer)
    money.approve(empty_token, 10, sender=payer)

    with ape.reverts("security_token: no holders"):
        empty_token.deposit_income(money, 10, sender=payer)


def test_while_paused_is_refused(token, money, guardian, payer):
    token.pause(sender=guardian)

    with errors.refused(errors.enforced_pause()):
        token.deposit_income(money, 10, sender=payer)


def test_all_deposits_together_stop_at_their_limit(token, pay_in, payer, money):
    pay_in(token, MAX_DEPOSITED - 1)
    money.mint(payer, 2, sender=payer)
    money.approve(token, 2, sender=payer)

    with ape.reverts("security_token: too much income"):
        token.deposit_income(money, 2, sender=payer)
    token.deposit_income(money, 1, sender=payer)
    with ape.reverts("security_token: too much income"):
        token.deposit_income(money, 1, sender=payer)

    assert (token.income_deposited(), token.epoch()) == (MAX_DEPOSITED, 2)
    assert (token.totalSupply(), token.paused()) == (1_000, False)


@pytest.mark.parametrize("amount", [MAX_DEPOSITED + 1, 2**128, 2**256 - 1])
def test_more_than_the_limit_at_once_is_refused(token, money, payer, amount):
    with ape.reverts("security_token: too much income"):
        token.deposit_income(money, amount, sender=payer)


def test_limit_still_lets_holders_claim_all_of_it(issue_token, pay_in, money, alice):
    token = issue_token([(alice, 1)])
    pay_in(token, MAX_DEPOSITED)

    token.claim_income(sender=alice)

    assert (money.balanceOf(alice), money.balanceOf(token)) == (MAX_DEPOSITED, 0)


def test_money_sent_without_a_deposit_is_nobodys_income(token, money, payer, pay_in, alice):
    money.mint(token, 1_000, sender=payer)
    assert token.claimable(alice) == 0

    pay_in(token, 10)

    assert (token.claimable(alice), token.income_deposited()) == (5, 10)
