import ape
import pytest

from tests.unit.treasury.conftest import RESOLUTION


@pytest.mark.parametrize("amount", [1, 999, 1_000])
def test_moves_money_to_another_fund(
    funded_treasury, money, treasurer, general_fund, green_fund, books_balance, amount
):
    receipt = funded_treasury.move(
        money, general_fund, green_fund, amount, RESOLUTION, sender=treasurer
    )

    assert funded_treasury.balance_of(money, general_fund) == 1_000 - amount
    assert funded_treasury.balance_of(money, green_fund) == 500 + amount
    assert funded_treasury.total_of(money) == 1_500
    assert books_balance()
    assert receipt.events == [
        funded_treasury.FundsMoved(
            token=money,
            from_fund=general_fund,
            to_fund=green_fund,
            amount=amount,
            resolution=RESOLUTION,
        )
    ]


def test_refuses_to_take_from_a_restricted_fund(
    funded_treasury, money, treasurer, general_fund, green_fund
):
    for amount in (1, 500, 501):
        with ape.reverts("treasury: fund is restricted"):
            funded_treasury.move(
                money, green_fund, general_fund, amount, RESOLUTION, sender=treasurer
            )

    assert funded_treasury.balance_of(money, green_fund) == 500


def test_refuses_more_than_the_fund_has(
    funded_treasury, money, treasurer, general_fund, green_fund
):
    with ape.reverts("treasury: fund too small"):
        funded_treasury.move(money, general_fund, green_fund, 1_001, RESOLUTION, sender=treasurer)


def test_refuses_money_that_is_set_apart(
    funded_treasury, money, treasurer, approve, general_fund, green_fund
):
    approve(400)

    with ape.reverts("treasury: fund too small"):
        funded_treasury.move(money, general_fund, green_fund, 601, RESOLUTION, sender=treasurer)

    funded_treasury.move(money, general_fund, green_fund, 600, RESOLUTION, sender=treasurer)
    assert funded_treasury.balance_of(money, general_fund) == 0
    assert funded_treasury.reserved_of(money, general_fund) == 400


def test_refuses_an_unknown_fund_on_either_side(
    funded_treasury, money, treasurer, general_fund, road_fund
):
    with ape.reverts("treasury: unknown fund"):
        funded_treasury.move(money, general_fund, road_fund, 1, RESOLUTION, sender=treasurer)
    # Nothing was ever paid into a fund that is not open.
    with ape.reverts("treasury: fund too small"):
        funded_treasury.move(money, road_fund, general_fund, 1, RESOLUTION, sender=treasurer)


def test_refuses_the_same_fund(funded_treasury, money, treasurer, general_fund):
    with ape.reverts("treasury: same fund"):
        funded_treasury.move(money, general_fund, general_fund, 1, RESOLUTION, sender=treasurer)


def test_refuses_no_amount(funded_treasury, money, treasurer, general_fund, green_fund):
    with ape.reverts("treasury: no amount"):
        funded_treasury.move(money, general_fund, green_fund, 0, RESOLUTION, sender=treasurer)


def test_refuses_no_resolution(funded_treasury, money, treasurer, general_fund, green_fund):
    with ape.reverts("treasury: no resolution"):
        funded_treasury.move(money, general_fund, green_fund, 1, bytes(32), sender=treasurer)


def test_refuses_anyone_but_the_treasurer(
    funded_treasury, money, general_fund, green_fund, refused, cashier
):
    refused(
        lambda account: funded_treasury.move(
            money, general_fund, green_fund, 1, RESOLUTION, sender=account
        ),
        cashier,
    )


def test_refuses_one_currency_for_another(
    funded_treasury, project, treasurer, stranger, general_fund, green_fund
):
    other = project.MockPaymentToken.deploy("Other", "OTH", 6, sender=stranger)

    with ape.reverts("treasury: fund too small"):
        funded_treasury.move(other, general_fund, green_fund, 1, RESOLUTION, sender=treasurer)
