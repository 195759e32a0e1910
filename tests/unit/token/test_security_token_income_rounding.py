"""Decimals, huge and tiny amounts: what is paid, to the unit, and what stays behind."""

import ape
import pytest

LARGEST = 2**96 - 1


@pytest.fixture
def crowd(accounts):
    """Holders by number, apart from the people of the city."""
    return lambda count: [accounts[50 + i] for i in range(count)]


@pytest.mark.parametrize("unit_decimals", [0, 6, 18])
@pytest.mark.parametrize("money_decimals", [0, 6, 18])
def test_decimals_of_unit_and_money_make_no_difference(
    issue_token, new_money, pay_in, alice, bob, carol, unit_decimals, money_decimals
):
    unit, coin = 10**unit_decimals, 10**money_decimals
    money = new_money(money_decimals)
    holdings = [(alice, 5 * unit), (bob, 3 * unit), (carol, 2 * unit)]
    token = issue_token(holdings, decimals=unit_decimals, payment_token=money)

    pay_in(token, 1_000 * coin, currency=money)
    for holder, _ in holdings:
        token.claim_income(sender=holder)

    assert token.decimals() == unit_decimals
    paid = [money.balanceOf(each) for each in (alice, bob, carol)]
    assert paid == [500 * coin, 300 * coin, 200 * coin]
    assert money.balanceOf(token) == 0


@pytest.mark.parametrize("unit_decimals", [0, 6, 18])
@pytest.mark.parametrize("money_decimals", [0, 6, 18])
def test_thirds_are_rounded_down_for_everybody(
    issue_token, new_money, pay_in, alice, bob, carol, unit_decimals, money_decimals
):
    unit, coin = 10**unit_decimals, 10**money_decimals
    money = new_money(money_decimals)
    holders = (alice, bob, carol)
    token = issue_token(
        [(each, unit) for each in holders], decimals=unit_decimals, payment_token=money
    )

    pay_in(token, 100 * coin, currency=money)
    for holder in holders:
        token.claim_income(sender=holder)

    assert [money.balanceOf(each) for each in holders] == [100 * coin // 3] * 3
    assert money.balanceOf(token) == 1


def test_one_base_unit_over_many_holders_waits_until_it_is_whole(issue_token, money, pay_in, crowd):
    holders = crowd(7)
    token = issue_token([(each, 1) for each in holders])

    for deposits in range(1, 7):
        pay_in(token, 1)
        assert [token.claimable(each) for each in holders] == [0] * 7, deposits
    with ape.reverts("security_token: nothing to claim"):
        token.claim_income(sender=holders[0])
    pay_in(token, 1)

    assert [token.claimable(each) for each in holders] == [1] * 7
    for holder in holders:
        token.claim_income(sender=holder)
    assert (money.balanceOf(token), token.income_deposited()) == (0, 7)


@pytest.mark.parametrize("supply", [1, 3, 7, 10**18 + 9, LARGEST])
@pytest.mark.parametrize("amount", [1, 100, 2**120 - 1])
def test_only_holder_gets_all_of_it(issue_token, money, pay_in, alice, supply, amount):
    token = issue_token([(alice, supply)])

    pay_in(token, amount)
    token.claim_income(sender=alice)

    assert (money.balanceOf(alice), money.balanceOf(token)) == (amount, 0)


@pytest.mark.parametrize("amount", [1, 2, 10**18, 2**120 - 1])
def test_one_unit_among_the_largest_supply(issue_token, money, pay_in, alice, bob, amount):
    token = issue_token([(alice, 1), (bob, LARGEST - 1)])

    pay_in(token, amount)

    # Bob's share misses the next unit by less than 2**-32: he gets it, and no more is paid out
    # than was paid in.
    assert token.claimable(alice) == amount // LARGEST
    assert token.claimable(bob) == amount - amount // LARGEST


def test_smallest_income_on_the_largest_supply_is_not_lost(issue_token, money, pay_in, alice, bob):
    token = issue_token([(alice, 2**95), (bob, 2**95 - 1)])

    pay_in(token, 1)
    assert (token.claimable(alice), token.claimable(bob)) == (0, 0)
    pay_in(token, 1)
    assert (token.claimable(alice), token.claimable(bob)) == (1, 1)

    for holder in (alice, bob):
        token.claim_income(sender=holder)
    assert money.balanceOf(token) == 0


def test_rounding_up_never_pays_more_than_was_deposited(issue_token, money, pay_in, crowd):
    """Three holders, whose shares all end a hair below a unit."""
    holders = crowd(3)
    sixth = LARGEST // 6
    holdings = list(zip(holders, (sixth, 2 * sixth, LARGEST - 3 * sixth), strict=True))
    token = issue_token(holdings)

    for deposits in range(1, 25):
        pay_in(token, 1)
        claimable = sum(token.claimable(each) for each in holders)
        assert deposits - 3 < claimable <= deposits
    for holder in holders:
        token.claim_income(sender=holder)

    assert [money.balanceOf(each) for each in holders] == [4, 8, 12]
    assert money.balanceOf(token) == 0


def test_largest_income_then_largest_supply_does_not_overflow(
    issue_token, money, pay_in, asset_manager, alice, bob
):
    token = issue_token([(alice, 1), (bob, 0)], units=LARGEST)
    pay_in(token, 2**120 - 2)

    token.mint(bob, LARGEST - 1, sender=asset_manager)
    pay_in(token, 1)
    token.transfer(alice, LARGEST - 1, sender=bob)

    assert (token.claimable(alice), token.claimable(bob)) == (2**120 - 2, 1)
    token.claim_income(sender=alice)
    token.transfer(bob, LARGEST, sender=alice)
    assert money.balanceOf(alice) == 2**120 - 2
    assert (token.claimable(alice), token.claimable(bob)) == (0, 1)
    token.claim_income(sender=bob)
    assert money.balanceOf(token) == 0


def test_many_small_claims_cost_the_holder_nothing(issue_token, money, pay_in, crowd, stranger):
    token = issue_token(list(zip(crowd(3), (1, 2, 4), strict=True)))
    deposited = 0

    for amount in (3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4):
        pay_in(token, amount)
        deposited += amount
        for holder in crowd(3):
            if token.claimable(holder):
                token.claim_income(holder, sender=stranger)

    # 97 over 7: 13 6/7, 27 5/7, 55 3/7
    assert deposited == 97
    assert [money.balanceOf(each) for each in crowd(3)] == [13, 27, 55]
