import ape

from tests.unit.treasury.conftest import ZERO_ADDRESS

CLOSED = (ZERO_ADDRESS, bytes(32), ZERO_ADDRESS, 0, ZERO_ADDRESS)


def test_returns_the_amount_to_its_fund(
    funded_treasury, money, treasurer, builder, approve, green_fund, books_balance
):
    payment = approve(200, fund=green_fund)

    receipt = funded_treasury.cancel_payment(payment, sender=treasurer)

    assert funded_treasury.balance_of(money, green_fund) == 500
    assert funded_treasury.reserved_of(money, green_fund) == 0
    assert funded_treasury.total_of(money) == 1_500
    assert books_balance()
    assert tuple(funded_treasury.payments(payment)) == CLOSED
    assert receipt.events == [
        funded_treasury.PaymentCancelled(
            payment_id=payment, fund=green_fund, payee=builder, token=money, amount=200
        )
    ]


def test_leaves_other_payments_alone(funded_treasury, money, treasurer, approve, general_fund):
    first, second = approve(200), approve(300)

    funded_treasury.cancel_payment(first, sender=treasurer)

    assert funded_treasury.payments(second).amount == 300
    assert funded_treasury.reserved_of(money, general_fund) == 300
    assert funded_treasury.balance_of(money, general_fund) == 700


def test_refuses_a_payment_that_is_closed_or_never_was(
    funded_treasury, treasurer, cashier, approve
):
    cancelled, paid = approve(200), approve(300)
    funded_treasury.cancel_payment(cancelled, sender=treasurer)
    funded_treasury.pay(paid, sender=cashier)

    for payment in (cancelled, paid, 0, 3, 2**256 - 1):
        with ape.reverts("treasury: no such payment"):
            funded_treasury.cancel_payment(payment, sender=treasurer)


def test_cancels_also_while_paused(
    funded_treasury, money, treasurer, guardian, approve, general_fund
):
    payment = approve(200)
    funded_treasury.pause(sender=guardian)

    funded_treasury.cancel_payment(payment, sender=treasurer)

    assert funded_treasury.balance_of(money, general_fund) == 1_000


def test_lets_another_treasurer_cancel(
    funded_treasury, money, treasurer, approve, change_role, gardener, general_fund
):
    """A key that is lost or turned takes its approvals with it."""
    payment = approve(200)
    change_role(treasurer, revoke="TREASURER_ROLE")
    change_role(gardener, grant="TREASURER_ROLE")

    funded_treasury.cancel_payment(payment, sender=gardener)

    assert funded_treasury.balance_of(money, general_fund) == 1_000


def test_refuses_anyone_but_the_treasurer(funded_treasury, approve, refused, cashier, builder):
    payment = approve(200)

    refused(
        lambda account: funded_treasury.cancel_payment(payment, sender=account), cashier, builder
    )

    assert funded_treasury.payments(payment).amount == 200
