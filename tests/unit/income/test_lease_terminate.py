from datetime import date, timedelta

import ape
import pytest
from ape import chain
from eth_utils import keccak

from .lease_dates import day_number, midnight

START = date(2026, 3, 1)
END = date(2027, 3, 1)
TODAY = date(2026, 6, 15)
DOCUMENT = keccak(text="notice to quit")
RENT, MONTHS = 1_000, 12


@pytest.fixture
def lease_id(house, sign):
    return sign(house, START, months=MONTHS, rent=RENT)


@pytest.fixture
def terminate(city, asset_manager):
    return lambda lease_id, end: city.lease.terminate(
        lease_id, day_number(end), DOCUMENT, sender=asset_manager
    )


@pytest.fixture
def today():
    """Noon of a day on which four rents are due."""
    chain.pending_timestamp = midnight(TODAY) + 12 * 3_600
    return TODAY


def test_ends_a_lease_before_its_term(city, lease_id, today, terminate):
    receipt = terminate(lease_id, date(2026, 9, 1))

    assert city.lease.end_day(lease_id) == day_number(date(2026, 9, 1))
    assert city.lease.terms_of(lease_id).end_day == day_number(date(2026, 9, 1))
    assert receipt.events == [
        city.lease.LeaseTerminated(
            lease_id=lease_id,
            old_end_day=day_number(END),
            new_end_day=day_number(date(2026, 9, 1)),
            refund=0,
            document_hash=DOCUMENT,
        ),
        city.asset_registry.LetUntilSet(
            asset_id=city.lease.terms_of(lease_id).asset_id,
            old_until=midnight(END),
            new_until=midnight(date(2026, 9, 1)),
        ),
    ]


def test_ends_it_earlier_a_second_time(city, lease_id, today, terminate):
    terminate(lease_id, date(2026, 9, 1))

    receipt = terminate(lease_id, date(2026, 8, 31))

    assert city.lease.end_day(lease_id) == day_number(date(2026, 8, 31))
    assert receipt.events == [
        city.lease.LeaseTerminated(
            lease_id=lease_id,
            old_end_day=day_number(date(2026, 9, 1)),
            new_end_day=day_number(date(2026, 8, 31)),
            refund=0,
            document_hash=DOCUMENT,
        ),
        city.asset_registry.LetUntilSet(
            asset_id=city.lease.terms_of(lease_id).asset_id,
            old_until=midnight(date(2026, 9, 1)),
            new_until=midnight(date(2026, 8, 31)),
        ),
    ]


def test_called_off_before_it_began_it_frees_nothing_that_the_lease_before_lets(
    city, house, lease_id, sign, today, terminate
):
    """INV-DEED-5"""
    later = sign(house, date(2027, 6, 1), months=12)

    terminate(later, TODAY)

    assert city.lease.end_day(later) == day_number(TODAY)
    assert city.asset_registry.let_until(house) == midnight(date(2027, 6, 1)) > midnight(END)


def test_no_third_lease_slips_in_before_one_that_was_called_off(
    city, house, lease_id, sign, today, terminate
):
    """INV-DEED-5: the lease before it still runs."""
    terminate(sign(house, date(2027, 6, 1), months=12), TODAY)

    with ape.reverts("lease: asset is let"):
        sign(house, TODAY, months=1)
    with ape.reverts("lease: asset is let"):
        sign(house, date(2027, 5, 31), months=1)
    sign(house, date(2027, 6, 1), months=1)

    assert city.asset_registry.let_until(house) == midnight(date(2027, 7, 1))


def test_the_end_of_an_earlier_lease_leaves_the_later_one(
    city, house, lease_id, sign, today, terminate
):
    """INV-DEED-5"""
    sign(house, END, months=12)

    terminate(lease_id, TODAY)

    assert city.asset_registry.let_until(house) == midnight(date(2028, 3, 1))


@pytest.mark.parametrize("later", [0, 1, 30])
def test_refuses_to_put_an_end_off(city, lease_id, today, terminate, later):
    terminate(lease_id, date(2026, 9, 1))

    with ape.reverts("lease: bad end"):
        terminate(lease_id, date(2026, 9, 1) + timedelta(later))

    assert city.lease.end_day(lease_id) == day_number(date(2026, 9, 1))


@pytest.mark.parametrize("later", [0, 1])
def test_takes_an_end_from_today_on(city, lease_id, today, terminate, later):
    terminate(lease_id, today + timedelta(later))

    assert city.lease.end_day(lease_id) == day_number(today) + later


@pytest.mark.parametrize("earlier", [1, 100])
def test_refuses_an_end_before_today(city, lease_id, today, terminate, earlier):
    with ape.reverts("lease: bad end"):
        terminate(lease_id, today - timedelta(earlier))

    assert city.lease.end_day(lease_id) == day_number(END)


@pytest.mark.parametrize(("second", "is_today"), [(-1, True), (0, False)])
def test_knows_the_citys_midnight(lease_id, terminate, second, is_today):
    """15:00 UTC is midnight in the city: from then on, yesterday is over."""
    chain.pending_timestamp = midnight(TODAY + timedelta(1)) + second
    assert (chain.pending_timestamp - second) % 86_400 == 15 * 3_600

    if is_today:
        assert not terminate(lease_id, TODAY).failed
    else:
        with ape.reverts("lease: bad end"):
            terminate(lease_id, TODAY)


def test_takes_the_last_day_of_the_term(city, lease_id, today, terminate):
    terminate(lease_id, END - timedelta(1))

    assert city.lease.due(lease_id, 2**64) == 11 * RENT + 12_000 * 27 // 365


@pytest.mark.parametrize("later", [0, 1])
def test_refuses_an_end_at_or_after_the_term(lease_id, today, terminate, later):
    with ape.reverts("lease: bad end"):
        terminate(lease_id, END + timedelta(later))


def test_refuses_a_lease_that_has_run_its_term(lease_id, terminate):
    chain.pending_timestamp = midnight(END)

    with ape.reverts("lease: bad end"):
        terminate(lease_id, END)


@pytest.mark.parametrize(
    ("end", "total", "due"),
    [
        (date(2026, 6, 15), 3_460, 3_460),  # 12,000 * 14 // 365 for the first half of June
        (date(2026, 6, 30), 3_953, 3_953),
        (date(2026, 7, 1), 4_000, 4_000),  # a month that would begin on the end day is not begun
        (date(2026, 7, 2), 4_032, 4_000),
        (date(2026, 8, 1), 5_000, 4_000),
        (date(2026, 8, 2), 5_032, 4_000),
    ],
)
def test_leaves_rent_owed_by_days_up_to_the_end(city, lease_id, today, terminate, end, total, due):
    terminate(lease_id, end)

    assert city.lease.due(lease_id, 2**64) == total
    assert city.lease.due(lease_id) == due


@pytest.mark.parametrize("end", [START, START - timedelta(1)])
def test_calls_a_lease_off_before_it_begins(city, lease_id, terminate, end):
    terminate(lease_id, end)

    assert city.lease.due(lease_id, 2**64) == 0


def test_keeps_the_first_rent_of_a_lease_ended_on_its_second_day(city, lease_id, terminate):
    terminate(lease_id, START + timedelta(1))

    assert city.lease.due(lease_id, 2**64) == 12_000 // 365


@pytest.mark.parametrize(
    ("paid", "end", "refund"),
    [
        (5_001, date(2026, 8, 1), 1),
        (12_000, date(2026, 8, 1), 7_000),
        (12_000, date(2026, 6, 15), 8_540),
        (3_900, date(2026, 6, 15), 440),  # June was not paid in full
        (5_033, date(2026, 8, 2), 1),
    ],
)
def test_gives_back_what_was_paid_for_days_beyond(
    city, money, lease_id, today, terminate, pay, tenant, asset_manager, stranger, paid, end, refund
):
    """INV-LEASE-4: out of the caller's pocket, as the rent is spent."""
    pay(lease_id, paid)
    money.mint(asset_manager, refund, sender=asset_manager)
    money.approve(city.lease, refund - 1, sender=asset_manager)
    with ape.reverts("Transaction failed."):
        terminate(lease_id, end)
    money.approve(city.lease, refund, sender=asset_manager)

    receipt = terminate(lease_id, end)

    [terminated] = [each for each in receipt.events if each.event_name == "LeaseTerminated"]
    assert terminated.refund == refund == city.lease_deposits.credit_of(tenant)
    assert city.lease_deposits.held_of(city.lease, lease_id) == 0
    assert money.balanceOf(asset_manager) == 0
    assert city.lease.due(lease_id, 2**64) == paid - refund
    assert city.lease.arrears(lease_id, 2**64) == 0
    with ape.reverts("lease: more than the lease asks"):
        pay(lease_id, 1)
    city.lease_deposits.release(tenant, sender=stranger)
    assert money.balanceOf(tenant) == refund


def test_ends_a_lease_that_is_paid_exactly_to_the_end(city, lease_id, today, terminate, pay):
    pay(lease_id, 5 * RENT)

    terminate(lease_id, date(2026, 8, 1))

    assert city.lease.due(lease_id, 2**64) == city.lease.paid(lease_id)[0] == 5 * RENT


def test_gives_everything_back_when_a_lease_is_called_off(
    city, money, lease_id, terminate, pay, asset_manager, tenant
):
    pay(lease_id, 1_700)
    money.mint(asset_manager, 1_700, sender=asset_manager)
    money.approve(city.lease, 1_700, sender=asset_manager)

    terminate(lease_id, START)

    assert city.lease_deposits.credit_of(tenant) == 1_700
    assert city.lease.instalments(lease_id) == city.lease.paid(lease_id)[0] == 0


def test_ends_a_lease_while_paused(city, lease_id, today, terminate, guardian):
    city.lease.pause(sender=guardian)

    terminate(lease_id, today)

    assert city.lease.end_day(lease_id) == day_number(today)


def test_refuses_without_a_document(city, lease_id, today, asset_manager):
    with ape.reverts("lease: no document"):
        city.lease.terminate(lease_id, day_number(today), bytes(32), sender=asset_manager)


@pytest.mark.parametrize("unknown", [0, 2])
def test_refuses_a_lease_that_does_not_exist(lease_id, today, terminate, unknown):
    with ape.reverts("lease: unknown lease"):
        terminate(unknown, today)


@pytest.mark.parametrize("caller", ["stranger", "council", "council_clerk", "tenant"])
def test_refuses_all_but_the_asset_manager(city, lease_id, today, request, caller):
    with ape.reverts("authorized: missing role"):
        city.lease.terminate(
            lease_id, day_number(today), DOCUMENT, sender=request.getfixturevalue(caller)
        )

    assert city.lease.end_day(lease_id) == day_number(END)


def test_reckons_the_days_of_a_lease_that_ends_before_its_anchor(
    city, house, sign, today, terminate
):
    lease_id = sign(
        house, date(2026, 6, 10), anchor=date(2026, 7, 1), end=date(2027, 1, 1), annual_rent=36_500
    )

    terminate(lease_id, date(2026, 6, 20))

    assert city.lease.instalments(lease_id) == 1
    assert city.lease.due(lease_id, 2**64) == 1_000
