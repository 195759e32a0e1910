import ape
import pytest

from tests.unit.income.conftest import NO_PURPOSE, PURPOSE, Manner, logged


def test_replaces_the_table(splitter, treasurer, road_fund, library_fund, receiver):
    table = [(road_fund, 2_500, NO_PURPOSE), (receiver, 7_500, PURPOSE)]

    receipt = splitter.set_payees(table, sender=treasurer)

    assert splitter.version() == 2
    assert [tuple(row) for row in splitter.payees()] == table
    (table_set,) = receipt.events
    assert table_set.event_name == "PayeesSet"
    assert (table_set.version, table_set.credited) == (2, 0)
    assert table_set.payees == logged(table)


def test_refuses_anyone_but_the_treasurer(splitter, let_table, stranger, council, asset_manager):
    for account in (stranger, council, asset_manager):
        with ape.reverts("authorized: missing role"):
            splitter.set_payees(let_table, sender=account)

    assert splitter.version() == 1


def test_credits_revenue_so_far_under_the_old_table(
    splitter, money, treasurer, stranger, waterworks, library_fund, road_fund
):
    money.mint(splitter, 1_000, sender=stranger)

    table = [(road_fund, 10_000, NO_PURPOSE)]

    receipt = splitter.set_payees(table, sender=treasurer)

    assert splitter.owed_to(waterworks, NO_PURPOSE) == 700
    assert splitter.owed_to(library_fund, NO_PURPOSE) == 300
    assert splitter.owed_to(road_fund, NO_PURPOSE) == 0
    assert splitter.total_owed() == money.balanceOf(splitter) == 1_000
    assert splitter.pending() == 0
    *credited, table_set = receipt.events
    assert credited == [
        splitter.Credited(payee=waterworks, purpose=NO_PURPOSE, amount=700),
        splitter.Credited(payee=library_fund, purpose=NO_PURPOSE, amount=300),
    ]
    assert table_set.event_name == "PayeesSet"
    assert (table_set.version, table_set.credited) == (2, 1_000)
    assert table_set.payees == logged(table)


def test_starts_the_new_count_at_the_remainder(
    splitter, money, treasurer, stranger, waterworks, library_fund, road_fund
):
    """9 at 7,000 and 3,000 bps is 6 and 2; the unit that waits is the new table's first."""
    money.mint(splitter, 9, sender=stranger)

    splitter.set_payees([(road_fund, 10_000, NO_PURPOSE)], sender=treasurer)

    assert splitter.owed_to(waterworks, NO_PURPOSE) == 6
    assert splitter.owed_to(library_fund, NO_PURPOSE) == 2
    assert splitter.pending() == 1
    splitter.distribute(sender=stranger)
    assert money.balanceOf(road_fund) == 1
    assert money.balanceOf(splitter) == splitter.total_owed() == 8


def test_leaves_earlier_credits_as_they_are(
    splitter, money, treasurer, stranger, waterworks, library_fund
):
    money.set_blocked(waterworks, True, sender=stranger)
    money.mint(splitter, 1_000, sender=stranger)
    splitter.distribute(sender=stranger)

    splitter.set_payees([(library_fund, 10_000, NO_PURPOSE)], sender=treasurer)

    assert splitter.owed_to(waterworks, NO_PURPOSE) == splitter.total_owed() == 700
    assert splitter.pending() == 0


def test_loses_no_unit_to_setting_the_same_table_again_and_again(
    splitter, let_table, money, treasurer, stranger, waterworks, library_fund
):
    """7, then nine times 7 and the unit that waited: 4 + 9 * 5 and 2 + 9 * 2; one waits still."""
    for _ in range(10):
        money.mint(splitter, 7, sender=stranger)
        splitter.set_payees(let_table, sender=treasurer)

    owed = [splitter.owed_to(payee, NO_PURPOSE) for payee in (waterworks, library_fund)]
    assert owed == [49, 20]
    assert splitter.total_owed() == 69
    assert money.balanceOf(splitter) == 70


@pytest.mark.parametrize("last", [2_999, 3_001])
def test_refuses_weights_that_are_not_the_whole(
    splitter, treasurer, waterworks, library_fund, last
):
    table = [(waterworks, 7_000, NO_PURPOSE), (library_fund, last, NO_PURPOSE)]

    with ape.reverts("revenue_splitter: weights not 10_000"):
        splitter.set_payees(table, sender=treasurer)


def test_refuses_weights_that_would_be_the_whole_in_16_bits(splitter, treasurer, many_payees):
    """65,535 + 10,001 is 10,000 modulo 2**16."""
    table = [(many_payees[0], 65_535, NO_PURPOSE), (many_payees[1], 10_001, NO_PURPOSE)]

    with ape.reverts("revenue_splitter: weights not 10_000"):
        splitter.set_payees(table, sender=treasurer)


def test_refuses_a_zero_weight(splitter, treasurer, waterworks, library_fund):
    table = [(waterworks, 10_000, NO_PURPOSE), (library_fund, 0, NO_PURPOSE)]

    with ape.reverts("revenue_splitter: zero weight"):
        splitter.set_payees(table, sender=treasurer)


def test_refuses_the_zero_address(splitter, treasurer):
    table = [("0x" + "00" * 20, 10_000, NO_PURPOSE)]

    with ape.reverts("revenue_splitter: zero payee"):
        splitter.set_payees(table, sender=treasurer)


def test_refuses_itself_as_a_payee(splitter, treasurer):
    """Its share would come in as revenue again, for ever."""
    for purpose in (NO_PURPOSE, PURPOSE):
        with ape.reverts("revenue_splitter: zero payee"):
            splitter.set_payees([(splitter, 10_000, purpose)], sender=treasurer)


def test_refuses_a_payee_twice(splitter, treasurer, receiver, waterworks, library_fund):
    twice = [
        (waterworks, 4_000, NO_PURPOSE),
        (library_fund, 2_000, NO_PURPOSE),
        (waterworks, 4_000, NO_PURPOSE),
    ]
    with ape.reverts("revenue_splitter: payee twice"):
        splitter.set_payees(twice, sender=treasurer)

    twice = [(receiver, 5_000, PURPOSE), (receiver, 5_000, PURPOSE)]
    with ape.reverts("revenue_splitter: payee twice"):
        splitter.set_payees(twice, sender=treasurer)


def test_takes_one_receiver_with_several_purposes(
    splitter, treasurer, receiver, money, stranger, unknown_fund
):
    receiver.behave(Manner.TAKES_PART, sender=stranger)
    table = [
        (receiver, 5_000, NO_PURPOSE),
        (receiver, 3_000, PURPOSE),
        (receiver, 2_000, unknown_fund),
    ]
    splitter.set_payees(table, sender=treasurer)
    money.mint(splitter, 1_000, sender=stranger)

    splitter.distribute(sender=stranger)

    assert money.balanceOf(receiver) == 500 + 100 + 66
    owed = [splitter.owed_to(receiver, purpose) for purpose in (NO_PURPOSE, PURPOSE, unknown_fund)]
    assert owed == [0, 200, 134]
    assert splitter.total_owed() == 334


def test_refuses_an_empty_table(splitter, treasurer):
    with ape.reverts("revenue_splitter: no payees"):
        splitter.set_payees([], sender=treasurer)


def test_takes_twenty_payees_and_not_one_more(splitter, treasurer, many_payees, road_fund):
    twenty = [(payee, 500, NO_PURPOSE) for payee in many_payees]

    splitter.set_payees(twenty, sender=treasurer)

    assert [tuple(row) for row in splitter.payees()] == twenty
    # The list is longer than its type: the decoder refuses it, and gives no reason.
    with ape.reverts("Transaction failed."):
        splitter.set_payees(
            [*twenty[:19], (many_payees[19], 250, NO_PURPOSE), (road_fund, 250, NO_PURPOSE)],
            sender=treasurer,
        )


def test_refuses_a_purpose_for_an_account_without_code(splitter, treasurer, waterworks):
    with ape.reverts("revenue_splitter: not a receiver"):
        splitter.set_payees([(waterworks, 10_000, PURPOSE)], sender=treasurer)


def test_leaves_everything_as_it_was_when_it_refuses(
    splitter, let_table, money, treasurer, stranger, waterworks
):
    money.mint(splitter, 1_000, sender=stranger)

    with ape.reverts("revenue_splitter: weights not 10_000"):
        splitter.set_payees([(waterworks, 9_999, NO_PURPOSE)], sender=treasurer)

    assert splitter.version() == 1
    assert [tuple(row) for row in splitter.payees()] == let_table
    assert splitter.total_owed() == 0
    assert splitter.pending() == 1_000
