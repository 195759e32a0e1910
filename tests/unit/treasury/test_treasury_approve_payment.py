import ape
import pytest

from tests.unit.treasury.conftest import INVOICE, ZERO_ADDRESS


@pytest.mark.parametrize("amount", [1, 999, 1_000])
def test_sets_the_amount_apart(
    funded_treasury, money, treasurer, builder, general_fund, books_balance, amount
):
    receipt = funded_treasury.approve_payment(
        money, general_fund, builder, amount, INVOICE, sender=treasurer
    )

    assert receipt.return_value == funded_treasury.total_payments() == 1
    assert funded_treasury.balance_of(money, general_fund) == 1_000 - amount
    assert funded_treasury.reserved_of(money, general_fund) == amount
    assert funded_treasury.total_of(money) == money.balanceOf(funded_treasury) == 1_500
    assert books_balance()
    assert tuple(funded_treasury.payments(1)) == (money, general_fund, builder, amount, treasurer)
    assert receipt.events == [
        funded_treasury.PaymentApproved(
            payment_id=1,
            fund=general_fund,
            payee=builder,
            token=money,
            amount=amount,
            approver=treasurer,
            document_hash=INVOICE,
        )
    ]


def test_numbers_payments_and_never_gives_a_number_twice(
    funded_treasury, treasurer, cashier, approve, green_fund
):
    assert [approve(100), approve(100, fund=green_fund)] == [1, 2]
    funded_treasury.pay(1, sender=cashier)
    funded_treasury.cancel_payment(2, sender=treasurer)

    assert approve(100) == 3


def test_promises_nothing_twice(funded_treasury, money, treasurer, builder, approve, general_fund):
    approve(600)

    with ape.reverts("treasury: fund too small"):
        funded_treasury.approve_payment(
            money, general_fund, builder, 401, INVOICE, sender=treasurer
        )

    approve(400)
    assert funded_treasury.balance_of(money, general_fund) == 0
    assert funded_treasury.reserved_of(money, general_fund) == 1_000


def test_approves_from_a_restricted_fund(funded_treasury, money, approve, green_fund):
    approve(500, fund=green_fund)

    assert funded_treasury.reserved_of(money, green_fund) == 500


def test_refuses_more_than_the_fund_has(
    funded_treasury, money, treasurer, builder, general_fund, road_fund
):
    for fund, amount in ((general_fund, 1_001), (road_fund, 1)):
        with ape.reverts("treasury: fund too small"):
            funded_treasury.approve_payment(money, fund, builder, amount, INVOICE, sender=treasurer)


def test_refuses_to_pay_nobody_or_itself(funded_treasury, money, treasurer, general_fund):
    """Paying itself would turn restricted money into a surplus that any fund may book."""
    for payee in (ZERO_ADDRESS, funded_treasury):
        with ape.reverts("treasury: no payee"):
            funded_treasury.approve_payment(
                money, general_fund, payee, 1, INVOICE, sender=treasurer
            )


def test_refuses_no_amount(funded_treasury, money, treasurer, builder, general_fund):
    with ape.reverts("treasury: no amount"):
        funded_treasury.approve_payment(money, general_fund, builder, 0, INVOICE, sender=treasurer)


def test_refuses_no_document(funded_treasury, money, treasurer, builder, general_fund):
    with ape.reverts("treasury: no document"):
        funded_treasury.approve_payment(
            money, general_fund, builder, 1, bytes(32), sender=treasurer
        )


def test_refuses_while_paused(funded_treasury, money, treasurer, builder, guardian, general_fund):
    funded_treasury.pause(sender=guardian)

    with ape.reverts("emergency_stop: paused"):
        funded_treasury.approve_payment(money, general_fund, builder, 1, INVOICE, sender=treasurer)


def test_refuses_anyone_but_the_treasurer(
    funded_treasury, money, builder, general_fund, refused, cashier
):
    refused(
        lambda account: funded_treasury.approve_payment(
            money, general_fund, builder, 1, INVOICE, sender=account
        ),
        cashier,
    )

    assert funded_treasury.total_payments() == 0
