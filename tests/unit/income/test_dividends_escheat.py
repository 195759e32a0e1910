"""What nobody claims goes to the council's account after the deadline, and stays owed."""

import ape
import pytest
from ape import chain
from eth_utils import keccak

from .conftest import Manner
from .dividend_stage import ESCHEATED
from .taxes import now, wait_until

MILLION = 1_000_000
MONTH = 30 * 86_400
LAW = keccak(text="law")


@pytest.fixture
def expired(shares, alice):
    """alice was paid; 500,000 wait, and the deadline has come."""
    dividend_id = shares.declared(MILLION)
    shares.claim(dividend_id, alice)
    wait_until(shares.deadline)
    return dividend_id


def test_goes_to_the_treasurys_fund(shares, expired, city, money, general_fund):
    receipt = shares.dividends.escheat(expired, sender=shares.payer)

    assert receipt.return_value == 500_000
    assert city.treasury.balance_of(money, general_fund) == 500_000
    assert shares.held(expired) == 0
    assert money.allowance(shares.dividends, city.treasury) == 0
    shares.check(expired)
    assert receipt.decode_logs(shares.dividends.Escheated) == [
        shares.dividends.Escheated(
            dividend_id=expired, receiver=city.treasury, purpose=general_fund, amount=500_000
        )
    ]


def test_takes_the_remainder_of_the_division_along(shares, alice, bob, carol):
    dividend_id = shares.declared(19)
    shares.claim_for(dividend_id, alice, bob, carol)
    wait_until(shares.deadline)

    assert shares.dividends.escheat(dividend_id, sender=shares.payer).return_value == 2


def test_leaves_other_dividends_alone(shares, expired):
    other = shares.declared(MILLION)

    shares.dividends.escheat(expired, sender=shares.payer)

    assert shares.held(other) == MILLION
    shares.check(other)


def test_not_before_the_deadline_and_not_twice(shares):
    dividend_id = shares.declared(MILLION)
    ape.chain.pending_timestamp = shares.deadline - 2
    for number in (99, dividend_id):
        with ape.reverts("dividends: before the deadline"):
            shares.dividends.escheat(number, sender=shares.payer)
    assert now() == shares.deadline - 1
    shares.dividends.escheat(dividend_id, sender=shares.payer)

    with ape.reverts("dividends: nothing held"):
        shares.dividends.escheat(dividend_id, sender=shares.payer)


def test_can_be_claimed_after_the_deadline_while_it_is_here(shares, expired, money, bob):
    shares.claim(expired, bob)

    assert money.balanceOf(bob) == 300_000


def test_can_be_claimed_back(shares, expired, money, bob, carol, payer):
    shares.dividends.escheat(expired, sender=payer)
    assert tuple(shares.dividends.claimable(expired, bob)) == (300_000, ESCHEATED, bob)
    with ape.reverts("dividends: money has escheated"):
        shares.claim(expired, bob)
    assert shares.skipped(shares.claim_for(expired, bob)) == [(bob, ESCHEATED)]

    money.mint(payer, 300_000, sender=payer)
    money.approve(shares.dividends, 300_000, sender=payer)
    deadline = shares.dividends.dividends(expired).deadline

    receipt = shares.dividends.give_back(expired, 300_000, sender=payer)
    shares.claim(expired, bob)

    assert money.balanceOf(bob) == 300_000
    assert receipt.decode_logs(shares.dividends.GivenBack) == [
        shares.dividends.GivenBack(
            dividend_id=expired,
            payer=payer,
            amount=300_000,
            old_deadline=deadline,
            new_deadline=receipt.timestamp + MONTH,
        )
    ]
    shares.check(expired)
    with ape.reverts("dividends: money has escheated"):
        shares.claim(expired, carol)


def test_gives_back_no_more_than_is_owed(shares, expired, money, payer):
    money.mint(payer, MILLION, sender=payer)
    money.approve(shares.dividends, MILLION, sender=payer)
    with ape.reverts("dividends: more than is owed"):
        shares.dividends.give_back(expired, 1, sender=payer)  # all of it is still here
    shares.dividends.escheat(expired, sender=payer)
    with ape.reverts("dividends: no amount"):
        shares.dividends.give_back(expired, 0, sender=payer)
    with ape.reverts("dividends: more than is owed"):
        shares.dividends.give_back(expired, 500_001, sender=payer)
    with ape.reverts("dividends: more than is owed"):
        shares.dividends.give_back(99, 1, sender=payer)

    shares.dividends.give_back(expired, 500_000, sender=payer)

    assert shares.held(expired) == 500_000
    shares.check(expired)


def test_what_was_given_back_escheats_again(shares, expired, money, payer, city, general_fund):
    money.mint(payer, 7, sender=payer)
    money.approve(shares.dividends, 7, sender=payer)
    shares.dividends.escheat(expired, sender=payer)
    back = shares.dividends.give_back(expired, 7, sender=payer).timestamp

    chain.pending_timestamp = back + MONTH - 1
    with ape.reverts("dividends: before the deadline"):
        shares.dividends.escheat(expired, sender=payer)
    chain.pending_timestamp = back + MONTH
    shares.dividends.escheat(expired, sender=payer)

    assert city.treasury.balance_of(money, general_fund) == 500_007


@pytest.mark.parametrize("manner", [Manner.TAKES_PART, Manner.TAKES_NOTHING])
def test_refuses_a_receiver_that_takes_less(
    shares, expired, receiver, stranger, council_clerk, manner
):
    shares.dividends.set_escheat_account(receiver, LAW, LAW, sender=council_clerk)
    receiver.behave(manner, sender=stranger)

    with ape.reverts("dividends: receiver took less"):
        shares.dividends.escheat(expired, sender=shares.payer)

    assert shares.held(expired) == 500_000
    shares.check(expired)


def test_waits_while_the_treasury_is_stopped(shares, expired, city, guardian):
    city.treasury.pause(sender=guardian)

    with ape.reverts("emergency_stop: paused"):
        shares.dividends.escheat(expired, sender=shares.payer)

    assert shares.held(expired) == 500_000


def test_an_unset_record_is_the_citys_money_after_all(shares):
    """A dividend whose record date is pending for ever can't be: it comes by itself."""
    shares.schedule()
    dividend_id = shares.declare(MILLION).return_value
    wait_until(shares.deadline)

    assert shares.token.snapshotTotalSupply(shares.record) == 1_000
    assert shares.dividends.escheat(dividend_id, sender=shares.payer).return_value == MILLION
    assert now() >= shares.deadline
