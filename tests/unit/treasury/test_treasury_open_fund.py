import ape
import pytest


@pytest.mark.parametrize("is_restricted", [False, True])
def test_opens_a_fund(treasury, treasurer, road_fund, deposit, money, is_restricted):
    receipt = treasury.open_fund(road_fund, is_restricted, sender=treasurer)

    assert tuple(treasury.funds(road_fund)) == (True, is_restricted)
    assert receipt.events == [treasury.FundOpened(fund=road_fund, is_restricted=is_restricted)]
    deposit(road_fund, 7)
    assert treasury.balance_of(money, road_fund) == 7


def test_refuses_anyone_but_the_treasurer(treasury, road_fund, refused, cashier):
    refused(lambda account: treasury.open_fund(road_fund, False, sender=account), cashier)

    assert tuple(treasury.funds(road_fund)) == (False, False)


def test_refuses_a_fund_that_is_open(treasury, treasurer, general_fund, green_fund):
    """So a restriction can't be lifted by opening the fund again."""
    for fund in (general_fund, green_fund):
        with ape.reverts("treasury: fund is open"):
            treasury.open_fund(fund, False, sender=treasurer)

    assert tuple(treasury.funds(green_fund)) == (True, True)


def test_refuses_a_fund_without_a_name(treasury, treasurer):
    with ape.reverts("treasury: no fund name"):
        treasury.open_fund(bytes(32), False, sender=treasurer)
