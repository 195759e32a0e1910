import ape
import pytest

from tests.unit.income.conftest import NO_PURPOSE, PURPOSE, Manner


@pytest.fixture
def owing(splitter, money, stranger, waterworks):
    """700 is owed to the waterworks, which was blocked and no longer is."""
    money.set_blocked(waterworks, True, sender=stranger)
    money.mint(splitter, 1_000, sender=stranger)
    splitter.distribute(sender=stranger)
    money.set_blocked(waterworks, False, sender=stranger)
    return splitter


@pytest.fixture
def owing_receiver(split, money, stranger, receiver):
    """1,000 is owed to the receiver, which refused and now takes."""
    splitter = split((receiver, 10_000, PURPOSE))
    receiver.behave(Manner.REFUSES, sender=stranger)
    money.mint(splitter, 1_000, sender=stranger)
    splitter.distribute(sender=stranger)
    receiver.behave(Manner.TAKES_ALL, sender=stranger)
    return splitter


def test_pays_a_credit_to_its_payee_whoever_calls(owing, money, stranger, waterworks):
    receipt = owing.release(money, waterworks, sender=stranger)

    assert money.balanceOf(waterworks) == 700
    assert money.balanceOf(stranger) == 0
    assert owing.owed_to(waterworks, NO_PURPOSE) == owing.total_owed() == 0
    assert receipt.return_value == 700
    assert receipt.events == [
        owing.Released(payee=waterworks, purpose=NO_PURPOSE, amount=700),
        money.Transfer(sender=owing, receiver=waterworks, value=700),
    ]


def test_lets_a_receiver_take_its_credit(owing_receiver, money, stranger, receiver):
    receipt = owing_receiver.release(money, receiver, PURPOSE, sender=stranger)

    assert money.balanceOf(receiver) == 1_000
    assert owing_receiver.total_owed() == money.balanceOf(owing_receiver) == 0
    assert money.allowance(owing_receiver, receiver) == 0
    assert receipt.events == [
        owing_receiver.Released(payee=receiver, purpose=PURPOSE, amount=1_000),
        money.Approval(owner=owing_receiver, spender=receiver, value=1_000),
        money.Transfer(sender=owing_receiver, receiver=receiver, value=1_000),
    ]


def test_refuses_to_pay_a_credit_twice(owing, money, stranger, waterworks):
    owing.release(money, waterworks, sender=stranger)

    with ape.reverts("revenue_splitter: nothing owed"):
        owing.release(money, waterworks, sender=stranger)


def test_refuses_an_account_that_is_owed_nothing(owing, money, stranger, library_fund):
    for account in (library_fund, stranger):
        with ape.reverts("revenue_splitter: nothing owed"):
            owing.release(money, account, sender=account)


def test_refuses_the_purpose_of_another_row(
    owing, owing_receiver, money, stranger, waterworks, receiver
):
    with ape.reverts("revenue_splitter: nothing owed"):
        owing.release(money, waterworks, PURPOSE, sender=stranger)
    with ape.reverts("revenue_splitter: nothing owed"):
        owing_receiver.release(money, receiver, sender=stranger)


def test_refuses_another_token(owing, project, stranger, waterworks):
    other = project.MockPaymentToken.deploy("Other", "OTH", 6, sender=stranger)
    other.mint(owing, 700, sender=stranger)

    with ape.reverts("revenue_splitter: other token"):
        owing.release(other, waterworks, sender=stranger)


def test_refuses_while_the_payee_is_blocked_and_keeps_the_credit(
    owing, money, stranger, waterworks
):
    money.set_blocked(waterworks, True, sender=stranger)

    with ape.reverts("revenue_splitter: payee refuses"):
        owing.release(money, waterworks, sender=stranger)

    assert owing.owed_to(waterworks, NO_PURPOSE) == owing.total_owed() == 700
    assert money.balanceOf(owing) == 700


@pytest.mark.parametrize(
    "manner",
    [
        Manner.REFUSES,
        Manner.TAKES_PART,
        Manner.TAKES_NOTHING,
        Manner.BURNS_GAS,
        Manner.TAKES_MORE,
        Manner.ANSWERS_LONG,
    ],
    ids=lambda manner: manner.name.lower(),
)
def test_refuses_a_receiver_that_does_not_take_all_and_keeps_the_credit(
    owing_receiver, money, stranger, receiver, manner
):
    receiver.behave(manner, sender=stranger)
    money.mint(receiver, 1_001, sender=stranger)

    with ape.reverts("revenue_splitter: payee refuses"):
        owing_receiver.release(money, receiver, PURPOSE, sender=stranger)

    assert owing_receiver.owed_to(receiver, PURPOSE) == owing_receiver.total_owed() == 1_000
    assert money.balanceOf(owing_receiver) == 1_000
    assert money.balanceOf(receiver) == 1_001
    assert money.allowance(owing_receiver, receiver) == 0


def test_counts_what_a_receiver_pays_in_meanwhile_as_revenue(
    owing_receiver, money, stranger, receiver
):
    receiver.behave(Manner.PAYS_MEANWHILE, sender=stranger)
    money.mint(receiver, 1_001, sender=stranger)

    owing_receiver.release(money, receiver, PURPOSE, sender=stranger)

    assert money.balanceOf(receiver) == 1_000
    assert owing_receiver.total_owed() == 0
    assert owing_receiver.pending() == money.balanceOf(owing_receiver) == 1_001
    assert money.allowance(owing_receiver, receiver) == 0


def test_pays_one_credit_and_leaves_the_others(
    split, money, stranger, waterworks, library_fund, receiver
):
    splitter = split((waterworks, 5_000), (library_fund, 3_000), (receiver, 2_000, PURPOSE))
    money.mint(splitter, 1_000, sender=stranger)
    money.set_habits(0, True, sender=stranger)
    splitter.distribute(sender=stranger)
    money.set_habits(0, False, sender=stranger)

    splitter.release(money, library_fund, sender=stranger)

    assert splitter.owed_to(waterworks, NO_PURPOSE) == 500
    assert splitter.owed_to(library_fund, NO_PURPOSE) == 0
    assert splitter.owed_to(receiver, PURPOSE) == 200
    assert splitter.total_owed() == money.balanceOf(splitter) == 700


def test_pays_a_former_payee(owing, money, set_rules, stranger, waterworks, road_fund):
    set_rules(owing, [(road_fund, 10_000, NO_PURPOSE)])

    owing.release(money, waterworks, sender=stranger)

    assert money.balanceOf(waterworks) == 700
    assert owing.total_owed() == money.balanceOf(owing) == 0


def test_touches_no_revenue_that_is_pending(owing, money, stranger, waterworks, library_fund):
    money.mint(owing, 500, sender=stranger)

    owing.release(money, waterworks, sender=stranger)

    assert owing.pending() == money.balanceOf(owing) == 500
    owing.distribute(sender=stranger)
    assert (money.balanceOf(waterworks), money.balanceOf(library_fund)) == (1_050, 450)
