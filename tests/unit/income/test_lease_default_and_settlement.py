"""What is owed; deposits, default, holding over and settlement."""

from datetime import date, timedelta

import ape
import pytest
from ape import chain
from eth_utils import keccak

from .conftest import start_of, this_month
from .lease_dates import day_number, midnight

START, END = date(2030, 1, 1), date(2031, 1, 1)
DOCUMENT = keccak(text="a letter")
RENT, DEPOSIT = 1_000, 3_000
TERMS = {
    "grace_days": 5,
    "late_bps": 1_200,
    "late_cap_bps": 1_000,
    "occupation_bps": 5_000,
    "default_days": 60,
    "settle_days": 30,
}


def go_to(day, second=0):
    chain.pending_timestamp = midnight(day) + second
    chain.mine()


@pytest.fixture
def lease_id(set_tariff, sign, house):
    set_tariff("SHOP", **TERMS)
    return sign(house, START, rent=RENT, use="SHOP", deposit=DEPOSIT)


@pytest.fixture
def pay_deposit(city, money, payer):
    def pay(lease_id, amount):
        money.mint(payer, amount, sender=payer)
        money.approve(city.lease, amount, sender=payer)
        return city.lease.pay_deposit(lease_id, amount, sender=payer)

    return pay


@pytest.fixture
def secured(lease_id, pay_deposit):
    pay_deposit(lease_id, DEPOSIT)
    return lease_id


@pytest.fixture
def held(city):
    return lambda lease_id: city.lease_deposits.held_of(city.lease, lease_id)


# --- what is owed
def test_fee_grows_by_the_day_after_grace_up_to_its_cap(city, lease_id):
    """1,000 at 12 % a year, from the sixth day on: a hundredth of what was late is the most."""
    expected = {0: 0, 5: 0, 6: 0, 9: 1, 36: 10}  # 1,000 * 1,200 * nights // 3,650,000

    for days, fee in expected.items():
        moment = midnight(START + timedelta(days))
        rent = RENT if days < 31 else 2 * RENT
        assert city.lease.owed(lease_id, moment) == (fee, rent, 0)
    # 12 rents late for years: the cap is a tenth of what was ever late.
    assert city.lease.owed(lease_id, midnight(date(2045, 1, 1))) == (1_200, 12_000, 0)


def test_a_payment_meets_the_fee_then_the_oldest_rent(city, money, splitter, lease_id, pay, payer):
    go_to(date(2030, 2, 20))  # 45 nights of January's rent, 14 of February's: 59,000

    receipt = pay(lease_id, 1_019)

    assert city.lease.owed(lease_id) == (0, 1_000, 0)
    assert city.lease.paid(lease_id) == (1_000, 19)
    assert money.balanceOf(splitter) == 1_019
    assert receipt.events[0] == city.lease.RentPaid(
        lease_id=lease_id,
        asset_id=splitter.ASSET_ID(),
        payer=payer,
        receiver=splitter,
        amount=1_019,
        late_fee=19,
        vat=0,
        penalty=0,
    )


def test_a_payment_of_less_than_the_fee_leaves_the_rent(city, lease_id, pay):
    go_to(date(2030, 2, 20))

    pay(lease_id, 18)

    assert city.lease.owed(lease_id) == (1, 2_000, 0)
    assert city.lease.paid(lease_id) == (0, 18)
    # Eight nights of 2,000 more: 75,000 in all, a fee of 24. No night counts twice.
    assert city.lease.owed(lease_id, midnight(date(2030, 2, 28))) == (6, 2_000, 0)
    go_to(date(2030, 2, 28))
    pay(lease_id, 1)
    assert city.lease.owed(lease_id) == (5, 2_000, 0)


def test_tax_comes_last_of_an_instalment(set_tariff, city, house, sign, pay):
    set_tariff("TAXED", vat_bps=1_000, quantum=10)
    lease_id = sign(house, START, annual_rent=47_500, use="TAXED")
    assert city.lease.instalment(lease_id, 0) == (day_number(START), 4_050, 400)
    assert city.lease.instalment(lease_id, 1)[1:] == (3_950, 390)

    vats = [pay(lease_id, amount).events[0].vat for amount in (3_999, 52, 399, 4_340, 3_950)]

    assert vats == [0, 1, 399, 390, 0]


def test_ages_arrears_by_the_day(city, lease_id, pay):
    go_to(date(2030, 4, 2), 60)
    assert city.lease.ageing(lease_id) == [1_000, 2_000, 0, 1_000]  # 1, 32, 60 and 91 days
    go_to(date(2030, 4, 3), 60)
    assert city.lease.ageing(lease_id) == [1_000, 1_000, 1_000, 1_000]
    fee = city.lease.owed(lease_id).late_fee

    pay(lease_id, fee + 1_500)

    assert city.lease.ageing(lease_id) == [1_000, 1_000, 500, 0]
    assert sum(city.lease.ageing(lease_id)) == city.lease.arrears(lease_id)


@pytest.mark.parametrize(
    ("days", "buckets"),
    [
        (30, [1_000, 0, 0, 0]),
        (31, [0, 1_000, 0, 0]),
        (60, [0, 1_000, 0, 0]),
        (61, [0, 0, 1_000, 0]),
        (90, [0, 0, 1_000, 0]),
        (91, [0, 0, 0, 1_000]),
    ],
)
def test_ages_to_the_day(city, house, sign, days, buckets):
    lease_id = sign(house, START, months=1)
    go_to(START + timedelta(days), 60)

    assert city.lease.ageing(lease_id) == buckets


def test_a_late_fee_is_dated_now_and_the_rent_when_it_fell_due(
    splitter, set_tariff, set_rules, sign, house, pay, road_fund, money
):
    set_tariff("SHOP", **TERMS)
    month = this_month()
    start = date(month // 12, month % 12 + 1, 1)
    lease_id = sign(house, start, rent=RENT, use="SHOP")
    set_rules(splitter, [(road_fund, 10_000, bytes(32))])  # begin in the third month
    chain.mine(timestamp=start_of(month + 2) + 20 * 86_400)

    receipt = pay(lease_id, 2_500)

    fee = receipt.events[0].late_fee
    assert 0 < fee < 100
    assert splitter.income_of(1) == 2_000
    assert splitter.pending() == 500
    assert money.balanceOf(splitter) == 2_500


# --- the deposit
def test_takes_a_deposit_apart_from_the_rent(city, money, splitter, lease_id, pay_deposit, held):
    """INV-LEASE-2: nothing is held by the lease contract, and a deposit is no rent."""
    pay_deposit(lease_id, 1_000)
    pay_deposit(lease_id, 2_000)

    assert held(lease_id) == money.balanceOf(city.lease_deposits) == DEPOSIT
    assert money.balanceOf(splitter) == money.balanceOf(city.lease) == 0
    assert city.lease.paid(lease_id) == (0, 0)


def test_refuses_more_than_the_deposit(lease_id, pay_deposit):
    with ape.reverts("lease: more than the lease asks"):
        pay_deposit(lease_id, DEPOSIT + 1)
    pay_deposit(lease_id, DEPOSIT)
    with ape.reverts("lease: more than the lease asks"):
        pay_deposit(lease_id, 1)


def test_refuses_no_deposit_and_that_of_no_lease(lease_id, pay_deposit):
    with ape.reverts("lease: no amount"):
        pay_deposit(lease_id, 0)
    with ape.reverts("lease: unknown lease"):
        pay_deposit(lease_id + 1, 1)


def test_refuses_a_deposit_while_paused(city, lease_id, pay_deposit, guardian):
    city.lease.pause(sender=guardian)

    with ape.reverts("emergency_stop: paused"):
        pay_deposit(lease_id, 1)


# --- default
@pytest.mark.parametrize(("days", "is_default"), [(60, False), (61, True)])
def test_anybody_may_say_that_rent_is_late_for_too_long(city, lease_id, stranger, days, is_default):
    go_to(START + timedelta(days))

    if not is_default:
        with ape.reverts("lease: no default"):
            city.lease.declare_default(lease_id, sender=stranger)
        return
    receipt = city.lease.declare_default(lease_id, sender=stranger)
    assert city.lease.terms_of(lease_id).is_default
    assert receipt.events == [
        city.lease.DefaultDeclared(lease_id=lease_id, caller=stranger, late=RENT)
    ]
    with ape.reverts("lease: default was declared"):
        city.lease.declare_default(lease_id, sender=stranger)


def test_a_default_ends_when_all_rent_due_is_paid(city, lease_id, pay, stranger):
    go_to(START + timedelta(61))
    city.lease.declare_default(lease_id, sender=stranger)
    owed = city.lease.owed(lease_id)

    pay(lease_id, owed.late_fee + owed.rent - 1)
    assert city.lease.terms_of(lease_id).is_default
    receipt = pay(lease_id, 1)

    assert not city.lease.terms_of(lease_id).is_default
    assert city.lease.DefaultCured(lease_id=lease_id) in receipt.events
    with ape.reverts("lease: no default"):
        city.lease.declare_default(lease_id, sender=stranger)


def test_draws_the_deposit_of_a_tenant_in_default(
    city, money, splitter, secured, asset_manager, stranger, held, pay_deposit
):
    with ape.reverts("lease: no default"):
        city.lease.draw_deposit(secured, sender=asset_manager)
    go_to(START + timedelta(61))
    city.lease.declare_default(secured, sender=stranger)
    owed = city.lease.owed(secured)
    assert sum(owed) == 3_000 + owed.late_fee

    receipt = city.lease.draw_deposit(secured, sender=asset_manager)

    assert held(secured) == 0
    assert money.balanceOf(splitter) == DEPOSIT
    paid = receipt.events[0]
    assert (paid.payer, paid.amount) == (city.lease_deposits.address, DEPOSIT)
    assert city.lease.owed(secured) == (0, owed.late_fee, 0)
    with ape.reverts("lease: no amount"):
        city.lease.draw_deposit(secured, sender=asset_manager)
    pay_deposit(secured, DEPOSIT)  # it is asked for again


def test_draws_no_more_than_is_owed(city, secured, asset_manager, stranger, held):
    go_to(START + timedelta(61))
    city.lease.declare_default(secured, sender=stranger)
    city.lease.terminate(secured, day_number(START + timedelta(61)), DOCUMENT, sender=asset_manager)
    owed = sum(city.lease.owed(secured))

    city.lease.draw_deposit(secured, sender=asset_manager)

    assert held(secured) == DEPOSIT - owed > 0
    assert sum(city.lease.owed(secured)) == 0
    assert not city.lease.terms_of(secured).is_default


# --- holding over
@pytest.fixture
def over(city, secured, pay):
    """Paid to the end, which has come."""
    pay(secured, 12 * RENT)
    go_to(END)
    return secured


@pytest.fixture
def record(city, asset_manager):
    return lambda lease_id, day, is_final=False: city.lease.record_vacancy(
        lease_id, day_number(day), is_final, DOCUMENT, sender=asset_manager
    )


def test_holding_over_costs_a_penalty_by_the_day(city, over, record):
    """Half of the rent more: 12,000 * 50 % / 365 a day, cut down for all days together."""
    go_to(END + timedelta(10))

    receipt = record(over, END + timedelta(3))
    assert receipt.events == [
        city.lease.VacancyRecorded(
            lease_id=over,
            old_day=day_number(END),
            new_day=day_number(END) + 3,
            is_final=False,
            penalty=49,
            document_hash=DOCUMENT,
        )
    ]
    assert record(over, END + timedelta(10), is_final=True).events[0].penalty == 164 - 49
    assert city.lease.owed(over) == (0, 0, 164)
    with ape.reverts("lease: was handed back"):
        record(over, END + timedelta(10))


def test_the_penalty_is_paid_last(city, over, record, pay):
    go_to(END + timedelta(10))
    record(over, END + timedelta(10))

    with ape.reverts("lease: more than the lease asks"):
        pay(over, 165)
    assert pay(over, 100).events[0].penalty == 100
    assert city.lease.owed(over) == (0, 0, 64)


def test_refuses_a_day_before_the_end_or_after_today(over, record):
    for day in (END - timedelta(1), END + timedelta(1)):
        with ape.reverts("lease: bad day"):
            record(over, day)
    go_to(END + timedelta(5))
    record(over, END + timedelta(5))
    with ape.reverts("lease: bad day"):
        record(over, END + timedelta(4))


def test_refuses_to_record_without_a_document(city, over, asset_manager):
    with ape.reverts("lease: no document"):
        city.lease.record_vacancy(over, day_number(END), True, bytes(32), sender=asset_manager)


# --- settlement
def test_settles_at_once_when_the_asset_was_handed_back(city, over, record, stranger, tenant, held):
    """INV-LEASE-4: the deposit is the tenant's, whoever paid it."""
    with ape.reverts("lease: too early"):
        city.lease.settle(over, sender=stranger)
    record(over, END, is_final=True)

    receipt = city.lease.settle(over, sender=stranger)

    assert city.lease.terms_of(over).is_settled
    assert (city.lease_deposits.credit_of(tenant), held(over)) == (DEPOSIT, 0)
    assert receipt.events[-1] == city.lease.LeaseSettled(
        lease_id=over, drawn=0, returned=DEPOSIT, owed=0
    )


@pytest.mark.parametrize(("days", "is_time"), [(29, False), (30, True)])
def test_nobody_can_keep_a_settlement_off_by_silence(
    city, over, stranger, tenant, guardian, days, is_time
):
    """INV-LEASE-4: also while paused."""
    city.lease.pause(sender=guardian)
    go_to(END + timedelta(days))

    if is_time:
        city.lease.settle(over, sender=stranger)
        assert city.lease_deposits.release(tenant, sender=stranger).return_value == DEPOSIT
    else:
        with ape.reverts("lease: too early"):
            city.lease.settle(over, sender=stranger)


def test_the_days_run_from_the_last_day_recorded(city, over, record, stranger):
    go_to(END + timedelta(29))
    record(over, END + timedelta(29))
    go_to(END + timedelta(58))
    with ape.reverts("lease: too early"):
        city.lease.settle(over, sender=stranger)

    go_to(END + timedelta(59))
    city.lease.settle(over, sender=stranger)


def test_debts_are_drawn_first_and_the_rest_returned(
    city, money, splitter, secured, record, pay, stranger, tenant
):
    pay(secured, 11 * RENT)
    go_to(END + timedelta(10))
    record(secured, END + timedelta(10), is_final=True)
    owed = city.lease.owed(secured)
    assert (owed.rent, owed.penalty) == (1_000, 164) and owed.late_fee > 0

    receipt = city.lease.settle(secured, sender=stranger)

    assert receipt.events[-1] == city.lease.LeaseSettled(
        lease_id=secured, drawn=sum(owed), returned=DEPOSIT - sum(owed), owed=0
    )
    assert money.balanceOf(splitter) == 11 * RENT + sum(owed)
    assert city.lease_deposits.credit_of(tenant) == DEPOSIT - sum(owed)
    assert sum(city.lease.owed(secured)) == 0


def test_what_a_deposit_does_not_cover_stays_owed(
    city, money, splitter, secured, record, pay, stranger, tenant
):
    go_to(END)
    record(secured, END, is_final=True)
    owed = sum(city.lease.owed(secured))

    receipt = city.lease.settle(secured, sender=stranger)

    assert receipt.events[-1].owed == owed - DEPOSIT == sum(city.lease.owed(secured))
    assert city.lease_deposits.credit_of(tenant) == 0
    pay(secured, owed - DEPOSIT)
    assert money.balanceOf(splitter) == owed


def test_a_settled_lease_takes_no_further_act(
    city, over, record, stranger, asset_manager, pay_deposit
):
    record(over, END, is_final=True)
    city.lease.settle(over, sender=stranger)

    for act in (
        lambda: city.lease.settle(over, sender=stranger),
        lambda: city.lease.declare_default(over, sender=stranger),
        lambda: record(over, END),
        lambda: pay_deposit(over, 1),
        lambda: city.lease.terminate(over, day_number(END), DOCUMENT, sender=asset_manager),
    ):
        with ape.reverts("lease: is settled"):
            act()


def test_settles_a_lease_that_was_called_off(city, secured, asset_manager, stranger, tenant):
    today = day_number(START) - 1
    go_to(START - timedelta(1))
    city.lease.terminate(secured, today, DOCUMENT, sender=asset_manager)
    go_to(START + timedelta(29))

    city.lease.settle(secured, sender=stranger)

    assert city.lease_deposits.credit_of(tenant) == DEPOSIT


@pytest.mark.parametrize("act", ["settle", "declare_default"])
def test_refuses_a_lease_that_does_not_exist(city, secured, stranger, act):
    with ape.reverts("lease: unknown lease"):
        getattr(city.lease, act)(secured + 1, sender=stranger)
