import ape


def test_books_what_was_sent_without_a_deposit(
    funded_treasury, money, treasurer, stranger, general_fund, green_fund, books_balance
):
    money.mint(funded_treasury, 30, sender=stranger)
    assert books_balance(stray=30)

    receipt = funded_treasury.book_surplus(money, green_fund, sender=treasurer)

    assert receipt.return_value == 30
    assert funded_treasury.balance_of(money, green_fund) == 530
    assert funded_treasury.balance_of(money, general_fund) == 1_000
    assert books_balance()
    assert receipt.events == [
        funded_treasury.IncomeReceived(token=money, fund=green_fund, depositor=treasurer, amount=30)
    ]


def test_refuses_when_all_is_booked(funded_treasury, money, treasurer, stranger, general_fund):
    with ape.reverts("treasury: no amount"):
        funded_treasury.book_surplus(money, general_fund, sender=treasurer)

    money.mint(funded_treasury, 30, sender=stranger)
    funded_treasury.book_surplus(money, general_fund, sender=treasurer)

    with ape.reverts("treasury: no amount"):
        funded_treasury.book_surplus(money, general_fund, sender=treasurer)


def test_never_books_money_that_is_set_apart(
    funded_treasury, money, treasurer, approve, general_fund, books_balance
):
    approve(400)

    with ape.reverts("treasury: no amount"):
        funded_treasury.book_surplus(money, general_fund, sender=treasurer)

    assert books_balance()


def test_refuses_when_a_token_has_shrunk_below_the_books(
    treasury, deposit, rebasing_token, treasurer, general_fund
):
    deposit(general_fund, 1_000, token=rebasing_token)
    rebasing_token.set_rate(99, sender=treasurer)

    with ape.reverts("treasury: no amount"):
        treasury.book_surplus(rebasing_token, general_fund, sender=treasurer)


def test_books_the_growth_of_a_token(
    treasury, deposit, rebasing_token, treasurer, general_fund, books_balance
):
    deposit(general_fund, 1_000, token=rebasing_token)
    rebasing_token.set_rate(101, sender=treasurer)

    treasury.book_surplus(rebasing_token, general_fund, sender=treasurer)

    assert treasury.balance_of(rebasing_token, general_fund) == 1_010
    assert books_balance(rebasing_token)


def test_refuses_a_fund_that_is_not_open(funded_treasury, money, treasurer, stranger, road_fund):
    money.mint(funded_treasury, 30, sender=stranger)

    with ape.reverts("treasury: unknown fund"):
        funded_treasury.book_surplus(money, road_fund, sender=treasurer)


def test_refuses_anyone_but_the_treasurer(
    funded_treasury, money, stranger, general_fund, refused, cashier
):
    money.mint(funded_treasury, 30, sender=stranger)

    refused(
        lambda account: funded_treasury.book_surplus(money, general_fund, sender=account), cashier
    )

    assert funded_treasury.balance_of(money, general_fund) == 1_000
