"""Payment tokens with every habit, in each money path of the splitter."""

import ape
import pytest
from ape import chain

from tests.unit.income.conftest import NO_PURPOSE, PURPOSE, Manner, start_of


@pytest.mark.parametrize("decimals", [0, 6, 8, 18])
def test_counts_in_base_units_whatever_the_decimals(
    split, project, receiver, stranger, waterworks, decimals
):
    token = project.MockPaymentToken.deploy("Money", "MON", decimals, sender=stranger)
    revenue = 1_234 * 10**decimals + 1
    splitter = split((waterworks, 6_000), (receiver, 4_000, PURPOSE), asset=token)
    receiver.behave(Manner.TAKES_PART, sender=stranger)
    token.mint(splitter, revenue, sender=stranger)

    splitter.distribute(sender=stranger)

    plain, taken = revenue * 6_000 // 10_000, revenue * 4_000 // 10_000
    assert token.balanceOf(waterworks) == plain
    assert token.balanceOf(receiver) == taken // 3
    assert splitter.owed_to(receiver, PURPOSE) == splitter.total_owed() == taken - taken // 3
    assert token.balanceOf(splitter) == revenue - plain - taken // 3
    receiver.behave(Manner.TAKES_ALL, sender=stranger)
    splitter.release(token, receiver, PURPOSE, sender=stranger)
    assert token.balanceOf(receiver) == taken
    assert token.allowance(splitter, receiver) == 0


@pytest.mark.parametrize(
    "manner", [Manner.TAKES_PART, Manner.REFUSES, Manner.TAKES_NOTHING], ids=lambda m: m.name
)
def test_pays_in_a_token_that_returns_nothing(
    split, silent_token, receiver, stranger, waterworks, manner
):
    """It wants an allowance put to 0 first; none is ever left, so a second payment works too."""
    splitter = split((waterworks, 6_000), (receiver, 4_000, PURPOSE), asset=silent_token)
    receiver.behave(manner, sender=stranger)
    for _ in range(2):
        silent_token.mint(splitter, 1_000, sender=stranger)
        splitter.distribute(sender=stranger)
        assert silent_token.allowance(splitter, receiver) == 0

    taken = 2 * 133 if manner == Manner.TAKES_PART else 0
    assert silent_token.balanceOf(waterworks) == 1_200
    assert silent_token.balanceOf(receiver) == taken
    assert splitter.owed_to(receiver, PURPOSE) == splitter.total_owed() == 800 - taken
    receiver.behave(Manner.TAKES_ALL, sender=stranger)
    splitter.release(silent_token, receiver, PURPOSE, sender=stranger)
    assert silent_token.balanceOf(receiver) == 800
    assert silent_token.balanceOf(splitter) == silent_token.allowance(splitter, receiver) == 0


def test_deposits_into_the_treasury_in_a_token_that_returns_nothing(
    split, city, silent_token, stranger, general_fund
):
    splitter = split((city.treasury, 10_000, general_fund), asset=silent_token)
    silent_token.mint(splitter, 1_000, sender=stranger)

    splitter.distribute(sender=stranger)

    assert city.treasury.balance_of(silent_token, general_fund) == 1_000
    assert silent_token.allowance(splitter, city.treasury) == 0


def test_leaves_a_transfer_fee_to_the_payee(splitter, money, stranger, waterworks, library_fund):
    money.mint(splitter, 1_000, sender=stranger)
    money.set_habits(100, False, sender=stranger)  # 1 %

    splitter.distribute(sender=stranger)

    assert (money.balanceOf(waterworks), money.balanceOf(library_fund)) == (693, 297)
    assert money.balanceOf(splitter) == splitter.total_owed() == splitter.pending() == 0


def test_credits_the_treasury_while_the_token_keeps_a_fee(
    split, city, money, stranger, library_fund, general_fund
):
    """The treasury refuses to be paid short, and its refusal holds up nobody."""
    splitter = split((city.treasury, 5_000, general_fund), (library_fund, 5_000))
    money.mint(splitter, 1_000, sender=stranger)
    money.set_habits(100, False, sender=stranger)

    splitter.distribute(sender=stranger)

    assert splitter.owed_to(city.treasury, general_fund) == splitter.total_owed() == 500
    assert money.balanceOf(library_fund) == 495
    assert money.allowance(splitter, city.treasury) == 0
    with ape.reverts("revenue_splitter: payee refuses"):
        splitter.release(money, city.treasury, general_fund, sender=stranger)
    money.set_habits(0, False, sender=stranger)
    splitter.release(money, city.treasury, general_fund, sender=stranger)
    assert city.treasury.balance_of(money, general_fund) == 500


def test_credits_all_while_the_splitter_itself_is_blocked(
    split, money, receiver, stranger, waterworks
):
    receiver.behave(Manner.TAKES_ALL, sender=stranger)
    splitter = split((waterworks, 6_000), (receiver, 4_000, PURPOSE))
    money.mint(splitter, 1_000, sender=stranger)
    money.set_blocked(splitter, True, sender=stranger)

    splitter.distribute(sender=stranger)

    assert splitter.owed_to(waterworks, NO_PURPOSE) == 600
    assert splitter.owed_to(receiver, PURPOSE) == 400
    assert splitter.total_owed() == money.balanceOf(splitter) == 1_000
    assert money.allowance(splitter, receiver) == 0
    money.set_blocked(splitter, False, sender=stranger)
    splitter.release(money, waterworks, sender=stranger)
    splitter.release(money, receiver, PURPOSE, sender=stranger)
    assert (money.balanceOf(waterworks), money.balanceOf(receiver)) == (600, 400)
    assert money.allowance(splitter, receiver) == 0


def test_credits_a_receiver_that_is_blocked(split, money, receiver, stranger, waterworks):
    receiver.behave(Manner.TAKES_ALL, sender=stranger)
    splitter = split((receiver, 4_000, PURPOSE), (waterworks, 6_000))
    money.set_blocked(receiver, True, sender=stranger)
    money.mint(splitter, 1_000, sender=stranger)

    splitter.distribute(sender=stranger)

    assert money.balanceOf(waterworks) == 600
    assert splitter.owed_to(receiver, PURPOSE) == splitter.total_owed() == 400
    assert money.allowance(splitter, receiver) == 0


def test_credits_when_the_token_answers_false(split, hook_token, receiver, stranger, waterworks):
    receiver.behave(Manner.TAKES_ALL, sender=stranger)
    splitter = split((waterworks, 6_000), (receiver, 4_000, PURPOSE), asset=hook_token)
    hook_token.mint(splitter, 1_000, sender=stranger)
    hook_token.set_answers_false(True, sender=stranger)

    splitter.distribute(sender=stranger)

    assert splitter.owed_to(waterworks, NO_PURPOSE) == 600
    assert splitter.owed_to(receiver, PURPOSE) == 400
    assert splitter.total_owed() == hook_token.balanceOf(splitter) == 1_000
    with ape.reverts("revenue_splitter: payee refuses"):
        splitter.release(hook_token, waterworks, sender=stranger)
    hook_token.set_answers_false(False, sender=stranger)
    splitter.release(hook_token, waterworks, sender=stranger)
    splitter.release(hook_token, receiver, PURPOSE, sender=stranger)
    assert (hook_token.balanceOf(waterworks), hook_token.balanceOf(receiver)) == (600, 400)


def test_refuses_to_leave_an_allowance_behind(split, hook_token, receiver, stranger, waterworks):
    """A token that doesn't take back what a receiver left: nothing is distributed at all."""
    splitter = split((waterworks, 6_000), (receiver, 4_000, PURPOSE), asset=hook_token)
    receiver.behave(Manner.TAKES_PART, sender=stranger)
    hook_token.set_keeps_allowances(True, sender=stranger)
    hook_token.mint(splitter, 1_000, sender=stranger)

    with ape.reverts("revenue_splitter: token refuses"):
        splitter.distribute(sender=stranger)

    assert hook_token.balanceOf(splitter) == splitter.pending() == 1_000
    assert hook_token.allowance(splitter, receiver) == 0
    receiver.behave(Manner.TAKES_ALL, sender=stranger)
    splitter.distribute(sender=stranger)
    assert (hook_token.balanceOf(waterworks), hook_token.balanceOf(receiver)) == (600, 400)


def test_refuses_to_count_while_a_shrunken_balance_is_short_of_the_credits(
    split, rebasing_token, receiver, schedule, stranger, waterworks
):
    token = rebasing_token
    splitter = split((waterworks, 6_000), (receiver, 4_000, PURPOSE), asset=token)
    receiver.behave(Manner.REFUSES, sender=stranger)
    token.mint(splitter, 1_000, sender=stranger)
    splitter.distribute(sender=stranger)
    token.set_rate(99, sender=stranger)  # 396 here, 400 owed
    chain.mine(timestamp=start_of(schedule(splitter, [(waterworks, 10_000, NO_PURPOSE)])))

    for call in (
        lambda: splitter.distribute(sender=stranger),
        lambda: splitter.begin_rules(sender=stranger),
        lambda: splitter.pending(),
    ):
        with ape.reverts("revenue_splitter: short of asset"):
            call()
    receiver.behave(Manner.TAKES_ALL, sender=stranger)
    with ape.reverts("revenue_splitter: payee refuses"):
        splitter.release(token, receiver, PURPOSE, sender=stranger)

    token.mint(splitter, 99, sender=stranger)  # whoever makes it good
    splitter.release(token, receiver, PURPOSE, sender=stranger)
    assert token.balanceOf(receiver) in (399, 400)  # the mock's own rounding
    assert splitter.total_owed() == 0


def test_refuses_to_count_while_what_waited_has_shrunk(
    split, rebasing_token, stranger, waterworks, library_fund
):
    """9 units waited as 1 when the balance shrank to none: the count would run backwards."""
    token = rebasing_token
    splitter = split((waterworks, 7_000), (library_fund, 3_000), asset=token)
    token.mint(splitter, 9, sender=stranger)
    splitter.distribute(sender=stranger)
    token.set_rate(50, sender=stranger)

    with ape.reverts("revenue_splitter: short of asset"):
        splitter.distribute(sender=stranger)

    assert token.balanceOf(splitter) == 0


def test_counts_growth_of_the_balance_as_revenue(
    split, rebasing_token, stranger, waterworks, library_fund
):
    token = rebasing_token
    splitter = split((waterworks, 7_000), (library_fund, 3_000), asset=token)
    token.mint(splitter, 1_000, sender=stranger)
    token.set_rate(200, sender=stranger)

    assert splitter.distribute(sender=stranger).return_value == 2_000

    assert (token.balanceOf(waterworks), token.balanceOf(library_fund)) == (1_400, 600)
