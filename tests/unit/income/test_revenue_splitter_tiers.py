"""Income fills the tiers in their order: shares, caps by period, reserves."""

import ape
import pytest
from ape import chain
from eth_utils import keccak

from civitas.chain.deploy import name32
from civitas.chain.roles import Role

from .conftest import (
    NO_PURPOSE,
    PURPOSE,
    Manner,
    cap,
    payees_of,
    reserve,
    share,
    start_of,
    this_month,
)

DOCUMENT = keccak(text="invoice")


@pytest.fixture(scope="module")
def tax_office(accounts):
    return accounts[43]


@pytest.fixture(scope="module")
def bank(accounts):
    return accounts[44]


@pytest.fixture(scope="module")
def builder(accounts):
    return accounts[45]


@pytest.fixture
def waterfall(split, waterworks, library_fund, tax_office, bank, builder):
    """VAT of 10 %, upkeep up to 300, debt service of 200 a month; the rest 70 to 30."""
    tiers = [
        share("VAT", tax_office, 1_000),
        reserve("UPKEEP", builder, 300),
        cap("DEBT", bank, 200),
    ]
    return split((waterworks, 7_000), (library_fund, 3_000), tiers=tiers)


def go_to(month):
    chain.mine(timestamp=start_of(month))


@pytest.fixture
def earn(money, stranger):
    """Let income come in and share it out; what went to each tier and payee."""

    def play(splitter, amount, version=0):
        money.mint(splitter, amount, sender=stranger)
        receipt = splitter.distribute(version, sender=stranger)
        return list(receipt.events[-1].parts)

    return play


def test_fills_the_tiers_in_their_order(waterfall, earn, money, tax_office, bank, builder):
    """INV-FALL-1: what left and what is kept is what came in."""
    assert earn(waterfall, 250) == [25, 225, 0, 0, 0]
    assert earn(waterfall, 250) == [25, 75, 150, 0, 0]
    assert earn(waterfall, 250) == [25, 0, 50, 122, 52]

    assert money.balanceOf(tax_office) == 75
    assert money.balanceOf(bank) == 200
    assert money.balanceOf(builder) == 0
    assert waterfall.reserve_of(name32("UPKEEP")) == 300
    assert money.balanceOf(waterfall) == 301  # a unit waits


def test_logs_what_a_reserve_takes(waterfall, money, stranger):
    money.mint(waterfall, 100, sender=stranger)

    receipt = waterfall.distribute(sender=stranger)

    filled, _, shared = receipt.events
    assert filled == waterfall.ReserveFilled(name=name32("UPKEEP"), old_balance=0, new_balance=90)
    assert (shared.amount, shared.transferred) == (100, 10)


def test_carries_a_shortfall_over_and_cures_it_first(split, earn, bank, waterworks):
    """INV-FALL-2: three periods ask 100 each; the second got 30, the third nothing."""
    splitter = split((waterworks, 10_000), tiers=[cap("DEBT", bank, 100)])
    month = this_month()
    assert earn(splitter, 150) == [100, 50]
    go_to(month + 1)
    assert splitter.shortfall(name32("DEBT")) == 100
    assert earn(splitter, 30) == [30, 0]
    go_to(month + 3)
    assert splitter.shortfall(name32("DEBT")) == 270

    assert earn(splitter, 250) == [250, 0]
    assert earn(splitter, 50) == [20, 30]
    assert splitter.shortfall(name32("DEBT")) == 0
    assert earn(splitter, 50) == [0, 50]


@pytest.mark.parametrize(("months", "asked"), [(1, 13), (3, 5), (12, 2)])
def test_asks_once_in_each_calendar_period(split, earn, bank, waterworks, months, asked):
    """From a month to the same a year later: 13 months, 5 quarters, 2 years."""
    splitter = split((waterworks, 10_000), tiers=[cap("DEBT", bank, 100, months)])
    month = this_month()

    assert splitter.shortfall(name32("DEBT")) == 100
    go_to(month + 12)
    assert splitter.shortfall(name32("DEBT")) == 100 * asked
    assert earn(splitter, 5_000) == [100 * asked, 5_000 - 100 * asked]
    assert splitter.shortfall(name32("DEBT")) == 0


def test_a_period_begins_at_local_midnight(split, bank, waterworks):
    splitter = split((waterworks, 10_000), tiers=[cap("DEBT", bank, 100)])
    month = this_month()

    chain.mine(timestamp=start_of(month + 1) - 2)
    assert splitter.shortfall(name32("DEBT")) == 100
    go_to(month + 1)
    assert splitter.shortfall(name32("DEBT")) == 200


def test_knows_no_shortfall_of_anything_else(waterfall):
    for name in ("VAT", "UPKEEP", "UNHEARD OF"):
        assert waterfall.shortfall(name32(name)) == 0


def test_cuts_to_ten_won_and_gives_the_rest_to_the_first(
    split, earn, waterworks, library_fund, road_fund
):
    """G2: 100 in three is 40, 30, 30; below 10 there is nothing to divide."""
    thirds = ((waterworks, 3_334), (library_fund, 3_333), (road_fund, 3_333))
    splitter = split(*thirds, quantum=10, is_rest_to_first=True)

    assert earn(splitter, 100) == [40, 30, 30]
    assert earn(splitter, 105) == [45, 30, 30]
    assert earn(splitter, 9) == [9, 0, 0]
    assert earn(splitter, 30) == [30, 0, 0]


def test_cuts_shares_of_tiers_to_the_quantum_too(split, earn, tax_office, waterworks):
    splitter = split(
        (waterworks, 10_000),
        tiers=[share("VAT", tax_office, 909)],
        quantum=10,
        is_rest_to_first=True,
    )

    assert earn(splitter, 1_000) == [90, 910]
    assert earn(splitter, 110) == [0, 110]


def test_a_share_of_all_income_waits_with_the_rest(split, earn, tax_office, waterworks):
    """Without a quantum 10 % of nine ones is nothing yet; the tenth brings the unit."""
    splitter = split((waterworks, 10_000), tiers=[share("VAT", tax_office, 1_000)])

    parts = [earn(splitter, 1) for _ in range(10)]

    assert parts == [[0, 1]] * 9 + [[1, 0]]


def test_credits_a_tier_whose_account_is_blocked_and_fills_the_others(
    waterfall, earn, money, stranger, tax_office, bank
):
    for account in (tax_office, bank):
        money.set_blocked(account, True, sender=stranger)

    earn(waterfall, 1_000)

    assert waterfall.owed_to(tax_office, NO_PURPOSE) == 100
    assert waterfall.owed_to(bank, NO_PURPOSE) == 200
    assert waterfall.total_owed() == 300
    assert money.balanceOf(waterfall) == 600
    money.set_blocked(bank, False, sender=stranger)
    waterfall.release(money, bank, sender=stranger)
    assert money.balanceOf(bank) == 200
    # It was given its due, so its period asks no more.
    assert waterfall.shortfall(name32("DEBT")) == 0


def test_pays_a_tier_into_a_receiver(split, city, money, stranger, earn, waterworks, green_fund):
    tiers = [cap("GRANT", city.treasury, 100, 12, green_fund)]
    splitter = split((waterworks, 10_000), tiers=tiers)

    assert earn(splitter, 150) == [100, 50]
    assert city.treasury.balance_of(money, green_fund) == 100


# --- reserves
def test_draws_on_a_reserve_for_its_account(waterfall, earn, money, cashier, builder):
    earn(waterfall, 1_000)

    receipt = waterfall.draw_reserve(name32("UPKEEP"), 120, DOCUMENT, sender=cashier)

    assert money.balanceOf(builder) == 120
    assert waterfall.reserve_of(name32("UPKEEP")) == 180
    assert receipt.events == [
        waterfall.ReserveDrawn(
            name=name32("UPKEEP"),
            payee=builder,
            purpose=NO_PURPOSE,
            old_balance=300,
            new_balance=180,
            document_hash=DOCUMENT,
            cashier=cashier,
        ),
        money.Transfer(sender=waterfall, receiver=builder, value=120),
    ]
    assert waterfall.pending() == 0
    assert earn(waterfall, 200)[1] == 120  # filled again


def test_refuses_what_is_no_drawing(waterfall, earn, money, cashier, treasurer, stranger, builder):
    earn(waterfall, 1_000)
    upkeep = name32("UPKEEP")
    refused = [
        ("revenue_splitter: no document", (upkeep, 1, bytes(32))),
        ("revenue_splitter: no such reserve", (name32("DEBT"), 1, DOCUMENT)),
        ("revenue_splitter: no such reserve", (name32("OTHER"), 1, DOCUMENT)),
        ("revenue_splitter: reserve too small", (upkeep, 0, DOCUMENT)),
        ("revenue_splitter: reserve too small", (upkeep, 301, DOCUMENT)),
    ]
    for reason, arguments in refused:
        with ape.reverts(reason):
            waterfall.draw_reserve(*arguments, sender=cashier)
    for person in (treasurer, stranger, builder):
        with ape.reverts("authorized: missing role"):
            waterfall.draw_reserve(upkeep, 1, DOCUMENT, sender=person)
    money.set_blocked(builder, True, sender=stranger)
    with ape.reverts("revenue_splitter: payee refuses"):
        waterfall.draw_reserve(upkeep, 300, DOCUMENT, sender=cashier)
    assert waterfall.reserve_of(upkeep) == 300
    money.set_blocked(builder, False, sender=stranger)
    waterfall.draw_reserve(upkeep, 300, DOCUMENT, sender=cashier)
    assert waterfall.reserve_of(upkeep) == 0


def test_keeps_a_receiver_from_drawing_twice(
    split, city, money, stranger, council, cashier, receiver, waterworks
):
    """It calls back as a cashier while it is paid: the lock keeps it out."""
    city.authority.grantRole(Role.CASHIER.id, receiver, sender=council)
    upkeep = name32("UPKEEP")
    splitter = split((waterworks, 10_000), tiers=[reserve("UPKEEP", receiver, 300, PURPOSE)])
    money.mint(splitter, 300, sender=stranger)
    splitter.distribute(sender=stranger)
    again = splitter.draw_reserve.encode_input(upkeep, 100, DOCUMENT)
    receiver.behave(Manner.TRIES_BACK, again, sender=stranger)

    splitter.draw_reserve(upkeep, 100, DOCUMENT, sender=cashier)

    assert receiver.call_back_succeeded() is False
    assert money.balanceOf(receiver) == 100
    assert splitter.reserve_of(upkeep) == money.balanceOf(splitter) == 200


def test_frees_what_lies_above_a_lower_target(
    waterfall, earn, set_rules, money, treasurer, stranger, builder, road_fund
):
    earn(waterfall, 1_000)
    upkeep = name32("UPKEEP")
    with ape.reverts("revenue_splitter: nothing above target"):
        waterfall.free_reserve(upkeep, DOCUMENT, sender=treasurer)
    with ape.reverts("revenue_splitter: no document"):
        waterfall.free_reserve(upkeep, bytes(32), sender=treasurer)
    set_rules(waterfall, [(road_fund, 10_000, NO_PURPOSE)], tiers=[reserve("UPKEEP", builder, 90)])

    receipt = waterfall.free_reserve(upkeep, DOCUMENT, sender=treasurer)

    assert receipt.return_value == 210
    assert receipt.events == [
        waterfall.ReserveFreed(name=upkeep, old_balance=300, new_balance=90, document_hash=DOCUMENT)
    ]
    assert waterfall.reserve_of(upkeep) == 90
    waterfall.distribute(sender=stranger)
    assert money.balanceOf(road_fund) == 210


def test_frees_all_of_a_reserve_that_the_rules_no_longer_have(
    waterfall, earn, schedule, treasurer, cashier, road_fund
):
    """Also while the rules that drop it have only just begun."""
    earn(waterfall, 1_000)
    upkeep = name32("UPKEEP")
    go_to(schedule(waterfall, [(road_fund, 10_000, NO_PURPOSE)]))

    with ape.reverts("revenue_splitter: no such reserve"):
        waterfall.draw_reserve(upkeep, 1, DOCUMENT, sender=cashier)
    assert waterfall.free_reserve(upkeep, DOCUMENT, sender=treasurer).return_value == 300
    assert waterfall.reserve_of(upkeep) == 0
    assert waterfall.version() == 2


# --- caps over versions
def test_a_cap_is_one_account_over_all_versions(
    split, earn, set_rules, money, stranger, bank, waterworks, road_fund
):
    """A shortfall of 70 under the first rules is cured by income of the second; income that fell
    due under the first fills only what was asked for by its end."""
    splitter = split((waterworks, 10_000), tiers=[cap("DEBT", bank, 100)])
    assert earn(splitter, 30) == [30, 0]
    set_rules(splitter, [(road_fund, 10_000, NO_PURPOSE)], tiers=[cap("DEBT", bank, 500)])
    # The first rules asked in two months, 200 in all; the second ask 500 in their first.
    assert splitter.shortfall(name32("DEBT")) == 170 + 500

    assert earn(splitter, 150) == [150, 0]
    assert splitter.shortfall(name32("DEBT")) == 520


def test_late_income_never_fills_what_later_rules_ask_for(
    split, earn, set_rules, city, council, money, stranger, bank, waterworks, road_fund, accounts
):
    """INV-FALL-2: a higher cap of July does not take the rent of May."""
    lease = accounts[99]
    city.authority.grantRole(Role.LEASE.id, lease, sender=council)
    splitter = split((waterworks, 10_000), tiers=[cap("DEBT", bank, 100)])
    may = this_month()
    earn(splitter, 30)
    set_rules(splitter, [(road_fund, 10_000, NO_PURPOSE)], tiers=[cap("DEBT", bank, 5_000)])
    assert earn(splitter, 40) == [40, 0]  # the later cap has asked, and cures what is older first
    money.mint(splitter, 1_000, sender=stranger)
    splitter.date_income(1_000, may, sender=lease)

    receipt = splitter.distribute(1, sender=stranger)

    assert receipt.events[-1].parts == [130, 870]
    assert splitter.shortfall(name32("DEBT")) == 5_000


def test_asks_no_second_time_where_rules_change_within_a_longer_period(
    split, set_rules, bank, waterworks
):
    """A year's cap asks once in its year, though the rules change in it."""
    splitter = split((waterworks, 10_000), tiers=[cap("DEBT", bank, 100, 12)])
    month = this_month()
    set_rules(splitter, payees_of(splitter), tiers=[cap("DEBT", bank, 100, 12)])

    assert splitter.shortfall(name32("DEBT")) == 100 * ((month + 2) // 12 - month // 12 + 1)


def test_asks_in_its_first_period_whole(split, set_rules, bank, waterworks, road_fund):
    splitter = split((waterworks, 10_000))

    set_rules(splitter, [(road_fund, 10_000, NO_PURPOSE)], tiers=[cap("DEBT", bank, 100, 12)])

    assert splitter.shortfall(name32("DEBT")) == 100
