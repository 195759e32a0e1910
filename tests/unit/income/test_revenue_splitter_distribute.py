import ape
import pytest

from tests.unit.income.conftest import NO_PURPOSE, PURPOSE, Manner


def test_pays_each_payee_by_weight(splitter, money, stranger, waterworks, library_fund):
    money.mint(splitter, 1_000, sender=stranger)

    receipt = splitter.distribute(sender=stranger)

    assert money.balanceOf(waterworks) == 700
    assert money.balanceOf(library_fund) == 300
    assert money.balanceOf(splitter) == 0
    assert splitter.total_owed() == 0
    assert receipt.return_value == 1_000
    assert receipt.events == [
        money.Transfer(sender=splitter, receiver=waterworks, value=700),
        money.Transfer(sender=splitter, receiver=library_fund, value=300),
        splitter.Distributed(version=1, amount=1_000, transferred=1_000, parts=[700, 300]),
    ]


def test_refuses_when_nothing_came_in(splitter, money, stranger):
    with ape.reverts("revenue_splitter: nothing came in"):
        splitter.distribute(sender=stranger)

    money.mint(splitter, 1_000, sender=stranger)
    splitter.distribute(sender=stranger)

    with ape.reverts("revenue_splitter: nothing came in"):
        splitter.distribute(sender=stranger)


def test_waits_while_no_payee_is_due_a_unit(splitter, money, stranger):
    """At 7,000 and 3,000 bps one unit is nobody's yet; of two the first is due."""
    money.mint(splitter, 1, sender=stranger)

    with ape.reverts("revenue_splitter: nothing came in"):
        splitter.distribute(sender=stranger)

    money.mint(splitter, 1, sender=stranger)
    assert splitter.distribute(sender=stranger).return_value == 1


def test_lets_the_remainder_wait_and_join_the_next_inflow(
    splitter, money, stranger, waterworks, library_fund
):
    money.mint(splitter, 9, sender=stranger)
    splitter.distribute(sender=stranger)
    assert (money.balanceOf(waterworks), money.balanceOf(library_fund)) == (6, 2)
    assert money.balanceOf(splitter) == 1

    money.mint(splitter, 1, sender=stranger)
    receipt = splitter.distribute(sender=stranger)

    assert receipt.return_value == 2
    assert (money.balanceOf(waterworks), money.balanceOf(library_fund)) == (7, 3)
    assert money.balanceOf(splitter) == 0


@pytest.mark.parametrize("number", [2, 5, 10, 20])
def test_pays_any_number_of_payees(split, money, stranger, many_payees, number):
    """Uneven weights: 1, 2, 3 ... bps, the rest to the last. 9,999 units leave a remainder."""
    payees = many_payees[:number]
    weights = list(range(1, number))
    weights.append(10_000 - sum(weights))
    splitter = split(*zip(payees, weights, strict=True))
    money.mint(splitter, 9_999, sender=stranger)

    receipt = splitter.distribute(sender=stranger)

    due = [9_999 * weight // 10_000 for weight in weights]
    assert [money.balanceOf(payee) for payee in payees] == due
    assert receipt.return_value == sum(due)
    assert money.balanceOf(splitter) == 9_999 - sum(due)
    assert 9_999 - sum(due) == number - 1


def test_pays_twenty_receivers_that_burn_all_their_gas_within_a_block(
    split, deploy_receiver, money, stranger
):
    receivers = [deploy_receiver() for _ in range(20)]
    for each in receivers:
        each.behave(Manner.BURNS_GAS, sender=stranger)
    splitter = split(*[(each, 500, PURPOSE) for each in receivers])
    money.mint(splitter, 20_000, sender=stranger)

    receipt = splitter.distribute(sender=stranger)

    assert [splitter.owed_to(each, PURPOSE) for each in receivers] == [1_000] * 20
    assert receipt.gas_used < 15_000_000


def test_ends_at_the_weights_after_a_hundred_inflows_of_one_unit(
    split, money, stranger, waterworks, library_fund, road_fund
):
    splitter = split((waterworks, 3_300), (library_fund, 3_300), (road_fund, 3_400))
    for inflow in range(1, 101):
        money.mint(splitter, 1, sender=stranger)
        shares = [inflow * weight // 10_000 for weight in (3_300, 3_300, 3_400)]
        paid = [money.balanceOf(payee) for payee in (waterworks, library_fund, road_fund)]
        assert splitter.pending() == sum(shares) - sum(paid)
        if sum(shares) == sum(paid):
            continue

        splitter.distribute(sender=stranger)

        paid = [money.balanceOf(payee) for payee in (waterworks, library_fund, road_fund)]
        assert paid == shares

    assert paid == [33, 33, 34]
    assert money.balanceOf(splitter) == 0


@pytest.mark.parametrize("inflow", [9_999, 10_000, 10_001])
def test_rounds_each_cumulative_share_down(
    split, money, stranger, waterworks, library_fund, inflow
):
    """1 bps is due its first unit at 10,000, not before."""
    splitter = split((waterworks, 1), (library_fund, 9_999))
    money.mint(splitter, inflow, sender=stranger)

    splitter.distribute(sender=stranger)

    first, second = inflow // 10_000, inflow * 9_999 // 10_000
    assert (money.balanceOf(waterworks), money.balanceOf(library_fund)) == (first, second)
    assert money.balanceOf(splitter) == inflow - first - second


def test_shares_out_large_revenue_to_the_unit(split, money, stranger, waterworks, library_fund):
    revenue = 10**40 + 7
    splitter = split((waterworks, 3_333), (library_fund, 6_667))
    money.mint(splitter, revenue, sender=stranger)

    splitter.distribute(sender=stranger)

    first, second = revenue * 3_333 // 10_000, revenue * 6_667 // 10_000
    assert (money.balanceOf(waterworks), money.balanceOf(library_fund)) == (first, second)
    assert money.balanceOf(splitter) == revenue - first - second == 1


def test_credits_a_blocked_payee_and_pays_the_others(
    splitter, money, stranger, waterworks, library_fund
):
    money.set_blocked(waterworks, True, sender=stranger)
    money.mint(splitter, 1_000, sender=stranger)

    receipt = splitter.distribute(sender=stranger)

    assert splitter.owed_to(waterworks, NO_PURPOSE) == splitter.total_owed() == 700
    assert money.balanceOf(library_fund) == 300
    assert money.balanceOf(splitter) == 700
    assert receipt.events == [
        splitter.Credited(payee=waterworks, purpose=NO_PURPOSE, amount=700),
        money.Transfer(sender=splitter, receiver=library_fund, value=300),
        splitter.Distributed(version=1, amount=1_000, transferred=300, parts=[700, 300]),
    ]


def test_never_shares_a_credit_out_again(splitter, money, stranger, waterworks, library_fund):
    money.set_blocked(waterworks, True, sender=stranger)
    for inflow in (1_000, 500):
        money.mint(splitter, inflow, sender=stranger)
        splitter.distribute(sender=stranger)

    assert splitter.owed_to(waterworks, NO_PURPOSE) == splitter.total_owed() == 1_050
    assert money.balanceOf(library_fund) == 450
    with ape.reverts("revenue_splitter: nothing came in"):
        splitter.distribute(sender=stranger)


def test_credits_everybody_while_the_token_is_paused(
    splitter, money, stranger, waterworks, library_fund
):
    money.mint(splitter, 1_000, sender=stranger)
    money.set_habits(0, True, sender=stranger)

    splitter.distribute(sender=stranger)

    assert splitter.owed_to(waterworks, NO_PURPOSE) == 700
    assert splitter.owed_to(library_fund, NO_PURPOSE) == 300
    assert splitter.total_owed() == money.balanceOf(splitter) == 1_000


def test_pays_a_payee_that_is_a_contract_without_any_hook(
    split, money, stranger, receiver, library_fund
):
    """No purpose: a plain transfer, so the contract is not asked."""
    receiver.behave(Manner.REFUSES, sender=stranger)
    splitter = split((receiver, 5_000), (library_fund, 5_000))
    money.mint(splitter, 1_000, sender=stranger)

    splitter.distribute(sender=stranger)

    assert money.balanceOf(receiver) == money.balanceOf(library_fund) == 500


def test_counts_what_a_payee_sends_back_as_revenue(
    splitter, money, stranger, waterworks, library_fund
):
    money.mint(splitter, 1_000, sender=stranger)
    splitter.distribute(sender=stranger)
    money.transfer(splitter, 700, sender=waterworks)

    splitter.distribute(sender=stranger)

    assert (money.balanceOf(waterworks), money.balanceOf(library_fund)) == (490, 510)


def test_passes_revenue_on_through_another_splitter(
    split, splitter, money, stranger, waterworks, library_fund, road_fund
):
    first = split((splitter, 4_000), (road_fund, 6_000))
    money.mint(first, 1_000, sender=stranger)

    first.distribute(sender=stranger)
    splitter.distribute(sender=stranger)

    paid = [money.balanceOf(payee) for payee in (road_fund, waterworks, library_fund)]
    assert paid == [600, 280, 120]
