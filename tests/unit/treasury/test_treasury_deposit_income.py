import ape
import pytest


def test_books_a_deposit_into_its_fund(
    treasury, deposit, money, payer, general_fund, green_fund, books_balance
):
    receipt = deposit(general_fund, 1_000)

    assert treasury.balance_of(money, general_fund) == 1_000
    assert treasury.balance_of(money, green_fund) == 0
    assert treasury.total_of(money) == money.balanceOf(treasury) == 1_000
    assert money.balanceOf(payer) == money.allowance(payer, treasury) == 0
    assert books_balance()
    assert receipt.events == [
        treasury.IncomeReceived(token=money, fund=general_fund, depositor=payer, amount=1_000),
        money.Transfer(sender=payer, receiver=treasury, value=1_000),
    ]


def test_keeps_the_currencies_apart(
    treasury, deposit, money, project, stranger, general_fund, books_balance
):
    other = project.MockPaymentToken.deploy("Other", "OTH", 18, sender=stranger)
    deposit(general_fund, 1_000)
    deposit(general_fund, 10**18, token=other)

    assert treasury.balance_of(money, general_fund) == treasury.total_of(money) == 1_000
    assert treasury.balance_of(other, general_fund) == treasury.total_of(other) == 10**18
    assert books_balance() and books_balance(other)


def test_refuses_a_fund_that_is_not_open(treasury, money, payer, road_fund):
    for fund in (road_fund, bytes(32)):
        with ape.reverts("treasury: unknown fund"):
            treasury.deposit_income(money, 1_000, fund, sender=payer)


def test_refuses_no_amount(treasury, money, payer, general_fund):
    with ape.reverts("treasury: no amount"):
        treasury.deposit_income(money, 0, general_fund, sender=payer)


def test_refuses_a_token_without_code(treasury, stranger, payer, general_fund):
    """A call to an account without code moves nothing and succeeds."""
    with ape.reverts("treasury: no token"):
        treasury.deposit_income(stranger, 1_000, general_fund, sender=payer)


def test_refuses_while_paused(treasury, deposit, guardian, chain_engineer, general_fund, money):
    treasury.pause(sender=guardian)

    with ape.reverts("emergency_stop: paused"):
        deposit(general_fund, 1_000)

    treasury.unpause(sender=chain_engineer)
    deposit(general_fund, 1_000)
    assert treasury.balance_of(money, general_fund) == 1_000


def test_takes_no_more_than_was_allowed(treasury, money, payer, general_fund):
    money.mint(payer, 1_000, sender=payer)
    money.approve(treasury, 999, sender=payer)

    with ape.reverts("Transaction failed."):  # the token's own underflow
        treasury.deposit_income(money, 1_000, general_fund, sender=payer)

    treasury.deposit_income(money, 999, general_fund, sender=payer)
    assert treasury.balance_of(money, general_fund) == 999


def test_passes_the_tokens_refusal_on(treasury, deposit, money, payer, general_fund):
    money.set_blocked(payer, True, sender=payer)

    with ape.reverts("mock: blocked"):
        deposit(general_fund, 1_000)

    assert treasury.total_of(money) == 0


def test_refuses_a_token_that_keeps_a_fee(treasury, deposit, money, stranger, general_fund):
    money.set_habits(1, False, sender=stranger)  # 1 bps

    with ape.reverts("token_transfer: amount differs"):
        deposit(general_fund, 10_000)

    assert treasury.total_of(money) == money.balanceOf(treasury) == 0


def test_takes_a_deposit_whose_fee_rounds_to_nothing(
    treasury, deposit, money, stranger, general_fund, books_balance
):
    money.set_habits(1, False, sender=stranger)

    deposit(general_fund, 9_999)

    assert treasury.balance_of(money, general_fund) == 9_999
    assert books_balance()


def test_takes_a_token_that_returns_nothing(
    treasury, deposit, silent_token, general_fund, books_balance
):
    deposit(general_fund, 1_000, token=silent_token)

    assert treasury.balance_of(silent_token, general_fund) == 1_000
    assert books_balance(silent_token)


def test_refuses_a_token_that_answers_false(treasury, deposit, hook_token, stranger, general_fund):
    hook_token.set_answers_false(True, sender=stranger)

    with ape.reverts("token_transfer: returned false"):
        deposit(general_fund, 1_000, token=hook_token)

    assert treasury.total_of(hook_token) == 0


@pytest.mark.parametrize("decimals", [0, 6, 8, 18])
def test_counts_in_base_units_whatever_the_decimals(
    treasury, deposit, project, stranger, general_fund, decimals
):
    token = project.MockPaymentToken.deploy("Money", "MON", decimals, sender=stranger)

    deposit(general_fund, 12 * 10**decimals + 1, token=token)

    assert treasury.balance_of(token, general_fund) == 12 * 10**decimals + 1
