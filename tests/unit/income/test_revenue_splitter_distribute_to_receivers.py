"""Payees that are IIncomeReceivers: ours, and hostile ones."""

import ape
import pytest

from tests.unit.income.conftest import PURPOSE, Manner


@pytest.fixture
def mixed(split, receiver, library_fund):
    """A receiver that can misbehave, and a plain payee after it."""
    return split((receiver, 6_000, PURPOSE), (library_fund, 4_000))


def test_lets_a_receiver_take_its_income(mixed, money, stranger, receiver, library_fund):
    receiver.behave(Manner.TAKES_ALL, sender=stranger)
    money.mint(mixed, 1_000, sender=stranger)

    receipt = mixed.distribute(sender=stranger)

    assert (money.balanceOf(receiver), money.balanceOf(library_fund)) == (600, 400)
    assert mixed.total_owed() == 0
    assert money.allowance(mixed, receiver) == 0
    assert receipt.events == [
        money.Approval(owner=mixed, spender=receiver, value=600),
        money.Transfer(sender=mixed, receiver=receiver, value=600),
        money.Transfer(sender=mixed, receiver=library_fund, value=400),
        mixed.Distributed(version=1, amount=1_000, transferred=400, parts=[600, 400]),
    ]


@pytest.mark.parametrize(
    "manner",
    [
        Manner.REFUSES,
        Manner.TAKES_NOTHING,
        Manner.BURNS_GAS,
        Manner.TAKES_MORE,
        Manner.ANSWERS_LONG,
    ],
    ids=lambda manner: manner.name.lower(),
)
def test_credits_a_receiver_that_takes_nothing(
    mixed, money, stranger, receiver, library_fund, manner
):
    receiver.behave(manner, sender=stranger)
    money.mint(mixed, 1_000, sender=stranger)

    receipt = mixed.distribute(sender=stranger)

    assert (money.balanceOf(receiver), money.balanceOf(library_fund)) == (0, 400)
    assert mixed.owed_to(receiver, PURPOSE) == mixed.total_owed() == money.balanceOf(mixed) == 600
    assert money.allowance(mixed, receiver) == 0
    assert receipt.events == [
        money.Approval(owner=mixed, spender=receiver, value=600),
        money.Approval(owner=mixed, spender=receiver, value=0),
        mixed.Credited(payee=receiver, purpose=PURPOSE, amount=600),
        money.Transfer(sender=mixed, receiver=library_fund, value=400),
        mixed.Distributed(version=1, amount=1_000, transferred=400, parts=[600, 400]),
    ]


def test_credits_the_part_that_a_receiver_leaves(mixed, money, stranger, receiver, library_fund):
    receiver.behave(Manner.TAKES_PART, sender=stranger)
    money.mint(mixed, 1_000, sender=stranger)

    receipt = mixed.distribute(sender=stranger)

    assert (money.balanceOf(receiver), money.balanceOf(library_fund)) == (200, 400)
    assert mixed.owed_to(receiver, PURPOSE) == mixed.total_owed() == money.balanceOf(mixed) == 400
    assert money.allowance(mixed, receiver) == 0
    assert receipt.events == [
        money.Approval(owner=mixed, spender=receiver, value=600),
        money.Transfer(sender=mixed, receiver=receiver, value=200),
        money.Approval(owner=mixed, spender=receiver, value=0),
        mixed.Credited(payee=receiver, purpose=PURPOSE, amount=400),
        money.Transfer(sender=mixed, receiver=library_fund, value=400),
        mixed.Distributed(version=1, amount=1_000, transferred=400, parts=[600, 400]),
    ]


def test_counts_what_a_receiver_pays_in_meanwhile_as_revenue(
    mixed, money, stranger, receiver, library_fund
):
    """It sends 601 and takes its 600: it is paid, and the 601 are new revenue for all."""
    receiver.behave(Manner.PAYS_MEANWHILE, sender=stranger)
    money.mint(receiver, 601, sender=stranger)
    money.mint(mixed, 1_000, sender=stranger)

    mixed.distribute(sender=stranger)

    assert (money.balanceOf(receiver), money.balanceOf(library_fund)) == (600, 400)
    assert mixed.owed_to(receiver, PURPOSE) == mixed.total_owed() == 0
    assert money.balanceOf(mixed) == 601
    assert mixed.pending() == 600  # of 1,601 in all the shares are 960 and 640
    assert money.allowance(mixed, receiver) == 0

    receiver.behave(Manner.TAKES_ALL, sender=stranger)
    mixed.distribute(sender=stranger)

    assert (money.balanceOf(receiver), money.balanceOf(library_fund)) == (960, 640)


def test_counts_what_others_pay_in_during_a_receivers_call_as_everybodys(
    split, mixed, money, stranger, receiver, library_fund
):
    """The receiver lets another splitter pay in while it takes its own: measured by balance it
    would seem to have taken nothing, and be owed its part a second time."""
    upstream = split((mixed, 10_000))
    money.mint(upstream, 1_000, sender=stranger)
    money.mint(mixed, 1_000, sender=stranger)
    distribute = upstream.distribute.encode_input()
    receiver.behave(Manner.TRIES_BACK, distribute, upstream, sender=stranger)

    mixed.distribute(sender=stranger)

    assert receiver.call_back_succeeded() is True
    assert (money.balanceOf(receiver), money.balanceOf(library_fund)) == (600, 400)
    assert mixed.owed_to(receiver, PURPOSE) == mixed.total_owed() == 0
    assert mixed.pending() == money.balanceOf(mixed) == 1_000
    assert money.allowance(mixed, receiver) == 0


def test_shares_out_again_what_a_receiver_gives_back(
    mixed, money, stranger, receiver, library_fund
):
    """It uses its allowance up to send the splitter its own money: the loss is its own."""
    receiver.behave(Manner.GIVES_BACK, sender=stranger)
    money.mint(mixed, 1_000, sender=stranger)

    mixed.distribute(sender=stranger)

    assert (money.balanceOf(receiver), money.balanceOf(library_fund)) == (0, 400)
    assert mixed.total_owed() == money.allowance(mixed, receiver) == 0
    assert mixed.pending() == money.balanceOf(mixed) == 600

    receiver.behave(Manner.TAKES_ALL, sender=stranger)
    mixed.distribute(sender=stranger)

    assert (money.balanceOf(receiver), money.balanceOf(library_fund)) == (360, 640)


def test_never_lets_a_receiver_take_later_what_it_left(mixed, money, stranger, receiver):
    receiver.behave(Manner.TAKES_PART, sender=stranger)
    money.mint(mixed, 1_000, sender=stranger)
    mixed.distribute(sender=stranger)

    with ape.reverts("Transaction failed."):  # the mock's allowance underflows
        money.transferFrom(mixed, receiver, 1, sender=receiver)


def test_calls_nobody_that_is_due_nothing(mixed, money, stranger, receiver, library_fund):
    """Of one more unit at 6,000 and 4,000 bps the plain payee is due it, the receiver nothing."""
    receiver.behave(Manner.TAKES_ALL, sender=stranger)
    money.mint(mixed, 4, sender=stranger)
    mixed.distribute(sender=stranger)
    assert (money.balanceOf(receiver), money.balanceOf(library_fund)) == (2, 1)
    money.mint(mixed, 1, sender=stranger)
    mixed.distribute(sender=stranger)
    assert (money.balanceOf(receiver), money.balanceOf(library_fund)) == (3, 2)
    money.mint(mixed, 3, sender=stranger)
    mixed.distribute(sender=stranger)
    assert (money.balanceOf(receiver), money.balanceOf(library_fund)) == (4, 3)


def test_credits_a_receiver_that_has_lost_its_code(mixed, money, stranger, receiver):
    """A call to an account without code succeeds; what left is measured, so it is no payment."""
    ape.chain.provider.set_code(receiver.address, b"")
    money.mint(mixed, 1_000, sender=stranger)

    mixed.distribute(sender=stranger)

    assert mixed.owed_to(receiver, PURPOSE) == mixed.total_owed() == 600
    assert money.allowance(mixed, receiver) == 0


def test_credits_a_contract_that_takes_no_income(split, city, money, stranger, library_fund):
    """The registry has code but no `deposit_income`."""
    splitter = split((city.asset_registry, 5_000, PURPOSE), (library_fund, 5_000))
    money.mint(splitter, 1_000, sender=stranger)

    splitter.distribute(sender=stranger)

    assert splitter.owed_to(city.asset_registry, PURPOSE) == splitter.total_owed() == 500
    assert money.balanceOf(library_fund) == 500
    assert money.allowance(splitter, city.asset_registry) == 0


# --- our own receivers
def test_deposits_into_a_security_token(
    split, security_token, money, stranger, library_fund, alice, bob
):
    splitter = split((security_token, 6_000, PURPOSE), (library_fund, 4_000))
    money.mint(splitter, 1_000, sender=stranger)

    receipt = splitter.distribute(sender=stranger)

    assert money.balanceOf(security_token) == security_token.income_deposited() == 600
    assert security_token.claimable(alice) == security_token.claimable(bob) == 300
    assert money.allowance(splitter, security_token) == 0
    assert receipt.events == [
        money.Approval(owner=splitter, spender=security_token, value=600),
        security_token.IncomeDeposited(depositor=splitter, amount=600, supply=1_024, number=1),
        money.Transfer(sender=splitter, receiver=security_token, value=600),
        money.Transfer(sender=splitter, receiver=library_fund, value=400),
        splitter.Distributed(version=1, amount=1_000, transferred=400, parts=[600, 400]),
    ]


def test_credits_a_security_token_without_holders_until_it_has_one(
    split, next_asset, create_token, verify, asset_manager, money, stranger, library_fund, alice
):
    token = create_token(next_asset())
    splitter = split((token, 6_000, PURPOSE), (library_fund, 4_000))
    money.mint(splitter, 1_000, sender=stranger)

    splitter.distribute(sender=stranger)

    assert splitter.owed_to(token, PURPOSE) == 600
    with ape.reverts("revenue_splitter: payee refuses"):
        splitter.release(money, token, PURPOSE, sender=stranger)

    verify(alice)
    token.mint(alice, 1, sender=asset_manager)
    splitter.release(money, token, PURPOSE, sender=stranger)

    assert token.claimable(alice) == 600
    assert money.allowance(splitter, token) == 0


def test_credits_a_security_token_that_is_paused(
    split, security_token, money, stranger, guardian, chain_engineer
):
    splitter = split((security_token, 10_000, PURPOSE))
    security_token.pause(sender=guardian)
    money.mint(splitter, 1_000, sender=stranger)

    splitter.distribute(sender=stranger)

    assert splitter.owed_to(security_token, PURPOSE) == 1_000
    security_token.unpause(sender=chain_engineer)
    splitter.release(money, security_token, PURPOSE, sender=stranger)
    assert security_token.income_deposited() == 1_000


def test_credits_a_security_token_that_is_paid_in_another_token(
    split, security_token, project, stranger
):
    other = project.MockPaymentToken.deploy("Other", "OTH", 6, sender=stranger)
    splitter = split((security_token, 10_000, PURPOSE), asset=other)
    other.mint(splitter, 1_000, sender=stranger)

    splitter.distribute(sender=stranger)

    assert splitter.owed_to(security_token, PURPOSE) == other.balanceOf(splitter) == 1_000
    assert other.allowance(splitter, security_token) == 0


def test_deposits_into_the_funds_of_the_treasury(
    split, city, money, stranger, general_fund, green_fund
):
    splitter = split((city.treasury, 7_500, general_fund), (city.treasury, 2_500, green_fund))
    money.mint(splitter, 1_000, sender=stranger)

    receipt = splitter.distribute(sender=stranger)

    assert city.treasury.balance_of(money, general_fund) == 750
    assert city.treasury.balance_of(money, green_fund) == 250
    assert money.allowance(splitter, city.treasury) == 0
    expected = []
    for fund, amount in ((general_fund, 750), (green_fund, 250)):
        expected += [
            money.Approval(owner=splitter, spender=city.treasury, value=amount),
            city.treasury.IncomeReceived(token=money, fund=fund, depositor=splitter, amount=amount),
            money.Transfer(sender=splitter, receiver=city.treasury, value=amount),
        ]
    expected.append(splitter.Distributed(version=1, amount=1_000, transferred=0, parts=[750, 250]))
    assert receipt.events == expected


def test_credits_the_treasury_for_a_fund_until_it_is_open(
    split, city, money, stranger, treasurer, unknown_fund
):
    splitter = split((city.treasury, 10_000, unknown_fund))
    money.mint(splitter, 1_000, sender=stranger)

    splitter.distribute(sender=stranger)

    assert splitter.owed_to(city.treasury, unknown_fund) == 1_000
    city.treasury.open_fund(unknown_fund, False, sender=treasurer)
    splitter.release(money, city.treasury, unknown_fund, sender=stranger)
    assert city.treasury.balance_of(money, unknown_fund) == 1_000


def test_credits_the_treasury_while_it_is_paused(
    split, city, money, stranger, guardian, general_fund
):
    splitter = split((city.treasury, 10_000, general_fund))
    city.treasury.pause(sender=guardian)
    money.mint(splitter, 1_000, sender=stranger)

    splitter.distribute(sender=stranger)

    assert splitter.owed_to(city.treasury, general_fund) == 1_000
    assert money.allowance(splitter, city.treasury) == 0
