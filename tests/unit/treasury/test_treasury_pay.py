import ape

from tests.unit.treasury.conftest import INVOICE, ZERO_ADDRESS

CLOSED = (ZERO_ADDRESS, bytes(32), ZERO_ADDRESS, 0, ZERO_ADDRESS)


def test_pays_what_was_approved(
    funded_treasury, money, cashier, builder, approve, general_fund, books_balance
):
    payment = approve(400)

    receipt = funded_treasury.pay(payment, sender=cashier)

    assert money.balanceOf(builder) == 400
    assert funded_treasury.balance_of(money, general_fund) == 600
    assert funded_treasury.reserved_of(money, general_fund) == 0
    assert funded_treasury.total_of(money) == money.balanceOf(funded_treasury) == 1_100
    assert books_balance()
    assert tuple(funded_treasury.payments(payment)) == CLOSED
    assert receipt.events == [
        funded_treasury.PaymentMade(
            payment_id=payment,
            fund=general_fund,
            payee=builder,
            token=money,
            amount=400,
            cashier=cashier,
        ),
        money.Transfer(sender=funded_treasury, receiver=builder, value=400),
    ]


def test_pays_out_of_a_restricted_fund(
    funded_treasury, money, cashier, builder, approve, green_fund
):
    funded_treasury.pay(approve(500, fund=green_fund), sender=cashier)

    assert money.balanceOf(builder) == 500
    assert (
        funded_treasury.balance_of(money, green_fund)
        == funded_treasury.reserved_of(money, green_fund)
        == 0
    )


def test_pays_nothing_twice(funded_treasury, money, cashier, builder, approve):
    payment = approve(400)
    funded_treasury.pay(payment, sender=cashier)

    with ape.reverts("treasury: no such payment"):
        funded_treasury.pay(payment, sender=cashier)

    assert money.balanceOf(builder) == 400


def test_refuses_what_was_cancelled_or_never_approved(funded_treasury, treasurer, cashier, approve):
    payment = approve(400)
    funded_treasury.cancel_payment(payment, sender=treasurer)

    for number in (payment, 0, 2, 2**256 - 1):
        with ape.reverts("treasury: no such payment"):
            funded_treasury.pay(number, sender=cashier)


def test_refuses_anyone_but_the_cashier(funded_treasury, approve, refused, treasurer, builder):
    payment = approve(400)

    refused(lambda account: funded_treasury.pay(payment, sender=account), treasurer, builder)

    assert funded_treasury.payments(payment).amount == 400


def test_refuses_the_key_that_approved_though_it_is_a_cashiers_now(
    funded_treasury, money, treasurer, cashier, approve, change_role, builder
):
    payment = approve(400)
    change_role(treasurer, revoke="TREASURER_ROLE", grant="CASHIER_ROLE")

    with ape.reverts("treasury: own approval"):
        funded_treasury.pay(payment, sender=treasurer)

    funded_treasury.pay(payment, sender=cashier)
    assert money.balanceOf(builder) == 400


def test_lets_no_key_hold_both_duties(city, council, treasurer, cashier, change_role):
    with ape.reverts("authority: duties must be separate"):
        change_role(treasurer, grant="CASHIER_ROLE")
    with ape.reverts("authority: duties must be separate"):
        change_role(cashier, grant="TREASURER_ROLE")


def test_refuses_while_paused(
    funded_treasury, money, cashier, guardian, chain_engineer, approve, builder
):
    payment = approve(400)
    funded_treasury.pause(sender=guardian)

    with ape.reverts("emergency_stop: paused"):
        funded_treasury.pay(payment, sender=cashier)

    funded_treasury.unpause(sender=chain_engineer)
    funded_treasury.pay(payment, sender=cashier)
    assert money.balanceOf(builder) == 400


def test_keeps_the_money_of_a_blocked_payee_set_apart_and_cancellable(
    funded_treasury,
    money,
    treasurer,
    cashier,
    stranger,
    builder,
    approve,
    general_fund,
    books_balance,
):
    payment = approve(400)
    money.set_blocked(builder, True, sender=stranger)

    with ape.reverts("mock: blocked"):
        funded_treasury.pay(payment, sender=cashier)

    assert funded_treasury.reserved_of(money, general_fund) == 400
    assert funded_treasury.payments(payment).amount == 400
    assert books_balance()
    funded_treasury.cancel_payment(payment, sender=treasurer)
    assert funded_treasury.balance_of(money, general_fund) == 1_000


def test_pays_a_blocked_payee_once_it_is_free(
    funded_treasury, money, cashier, stranger, builder, approve
):
    payment = approve(400)
    money.set_blocked(builder, True, sender=stranger)
    with ape.reverts("mock: blocked"):
        funded_treasury.pay(payment, sender=cashier)
    money.set_blocked(builder, False, sender=stranger)

    funded_treasury.pay(payment, sender=cashier)

    assert money.balanceOf(builder) == 400


def test_holds_no_payment_up_by_another(
    funded_treasury, money, cashier, stranger, builder, gardener, approve
):
    first, second = approve(400), approve(300, payee=gardener)
    money.set_blocked(builder, True, sender=stranger)
    with ape.reverts("mock: blocked"):
        funded_treasury.pay(first, sender=cashier)

    funded_treasury.pay(second, sender=cashier)

    assert money.balanceOf(gardener) == 300


def test_pays_in_a_token_that_returns_nothing(
    funded_treasury, deposit, silent_token, cashier, builder, approve, general_fund, books_balance
):
    deposit(general_fund, 1_000, token=silent_token)

    funded_treasury.pay(approve(400, token=silent_token), sender=cashier)

    assert silent_token.balanceOf(builder) == 400
    assert books_balance(silent_token)


def test_refuses_a_token_that_answers_false_and_keeps_the_payment(
    treasury, deposit, hook_token, treasurer, cashier, stranger, builder, approve, general_fund
):
    deposit(general_fund, 1_000, token=hook_token)
    payment = approve(400, token=hook_token)
    hook_token.set_answers_false(True, sender=stranger)

    with ape.reverts("token_transfer: returned false"):
        treasury.pay(payment, sender=cashier)

    assert treasury.payments(payment).amount == 400
    assert treasury.total_of(hook_token) == 1_000
    treasury.cancel_payment(payment, sender=treasurer)
    assert treasury.balance_of(hook_token, general_fund) == 1_000


def test_leaves_a_transfer_fee_to_the_payee(
    funded_treasury, money, cashier, stranger, builder, approve, books_balance
):
    payment = approve(400)
    money.set_habits(100, False, sender=stranger)  # 1 %

    funded_treasury.pay(payment, sender=cashier)

    assert money.balanceOf(builder) == 396
    assert books_balance()


def test_pays_a_treasurer_in_whose_favour_another_approved(
    funded_treasury, money, cashier, treasurer, general_fund
):
    """The payee is not the payer: a salary is paid like any other payment."""
    receipt = funded_treasury.approve_payment(
        money, general_fund, treasurer, 100, INVOICE, sender=treasurer
    )

    funded_treasury.pay(receipt.return_value, sender=cashier)

    assert money.balanceOf(treasurer) == 100


def test_pays_what_a_former_treasurer_approved_unless_it_is_cancelled(
    funded_treasury, money, treasurer, cashier, builder, approve, change_role
):
    payment = approve(400)
    change_role(treasurer, revoke="TREASURER_ROLE")

    funded_treasury.pay(payment, sender=cashier)

    assert money.balanceOf(builder) == 400
