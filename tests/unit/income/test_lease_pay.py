from datetime import date

import ape
import pytest
from eth_utils import keccak
from hypothesis import given
from hypothesis import strategies as st

from ..common.examples import runs, undone
from . import lease_dates
from .conftest import NO_PURPOSE, start_of, this_month
from .lease_dates import day_number, due_dates

START = date(2026, 3, 1)
DOCUMENT = keccak(text="the contract on paper")
RENT, MONTHS = 1_000, 12


@pytest.fixture
def lease_id(house, sign):
    return sign(house, START, months=MONTHS, rent=RENT)


def test_leads_the_rent_to_the_assets_splitter(city, money, house, splitter, lease_id, pay, payer):
    """INV-LEASE-2: nothing is held by the lease contract."""
    receipt = pay(lease_id, RENT)

    assert city.lease.paid(lease_id)[0] == RENT
    assert money.balanceOf(splitter) == splitter.pending() == RENT
    assert money.balanceOf(city.lease) == money.balanceOf(payer) == 0
    assert money.allowance(payer, city.lease) == 0
    assert receipt.events == [
        city.lease.RentPaid(
            lease_id=lease_id,
            asset_id=house,
            payer=payer,
            receiver=splitter,
            amount=RENT,
            late_fee=0,
            vat=0,
            penalty=0,
        ),
        money.Transfer(sender=payer, receiver=splitter, value=RENT),
    ]


def test_takes_rent_from_the_tenant_and_from_a_stranger_alike(
    city, money, lease_id, tenant, stranger
):
    for person in (tenant, stranger):
        money.mint(person, 300, sender=person)
        money.approve(city.lease, 300, sender=person)
        city.lease.pay(lease_id, 300, sender=person)

    assert city.lease.paid(lease_id)[0] == 600
    assert money.balanceOf(tenant) == money.balanceOf(stranger) == 0


def test_takes_no_more_than_asked_of_a_generous_allowance(city, money, lease_id, tenant):
    money.mint(tenant, 5_000, sender=tenant)
    money.approve(city.lease, 2**256 - 1, sender=tenant)

    city.lease.pay(lease_id, 700, sender=tenant)

    assert money.balanceOf(tenant) == 4_300


def test_reaches_the_payees_to_the_unit(
    money, splitter, lease_id, pay, waterworks, library_fund, stranger
):
    pay(lease_id, 999)
    pay(lease_id, 1)

    splitter.distribute(sender=stranger)

    assert (money.balanceOf(waterworks), money.balanceOf(library_fund)) == (700, 300)
    assert money.balanceOf(splitter) == 0


@pytest.mark.parametrize("amount", [1, 2, RENT * MONTHS - 1, RENT * MONTHS])
def test_takes_rent_ahead_up_to_all_that_the_lease_asks(city, lease_id, pay, amount):
    pay(lease_id, amount)

    assert city.lease.paid(lease_id)[0] == amount
    assert city.lease.arrears(lease_id) == 0


def test_refuses_more_than_the_lease_asks(city, money, splitter, lease_id, pay):
    """INV-LEASE-2: never more than the lease asks."""
    with ape.reverts("lease: more than the lease asks"):
        pay(lease_id, RENT * MONTHS + 1)

    pay(lease_id, RENT * MONTHS)
    with ape.reverts("lease: more than the lease asks"):
        pay(lease_id, 1)
    assert money.balanceOf(splitter) == RENT * MONTHS


def test_refuses_the_largest_amount(city, lease_id, tenant):
    with ape.reverts("lease: more than the lease asks"):
        city.lease.pay(lease_id, 2**256 - 1, sender=tenant)


def test_refuses_no_amount(city, lease_id, tenant):
    with ape.reverts("lease: no amount"):
        city.lease.pay(lease_id, 0, sender=tenant)


@pytest.mark.parametrize("unknown", [0, 2, 2**256 - 1])
def test_refuses_a_lease_that_does_not_exist(city, lease_id, pay, unknown):
    with ape.reverts("lease: unknown lease"):
        pay(unknown, 1)


def test_refuses_more_than_the_allowance(city, money, lease_id, tenant):
    money.mint(tenant, 500, sender=tenant)
    money.approve(city.lease, 499, sender=tenant)

    with ape.reverts("Transaction failed."):
        city.lease.pay(lease_id, 500, sender=tenant)

    assert city.lease.paid(lease_id)[0] == 0


def test_refuses_more_than_the_payer_has(city, money, lease_id, tenant):
    money.mint(tenant, 499, sender=tenant)
    money.approve(city.lease, 500, sender=tenant)

    with ape.reverts("Transaction failed."):
        city.lease.pay(lease_id, 500, sender=tenant)

    assert city.lease.paid(lease_id)[0] == 0


def test_refuses_a_currency_that_keeps_a_fee(city, money, splitter, lease_id, pay, stranger):
    money.set_habits(1, False, sender=stranger)

    with ape.reverts("token_transfer: amount differs"):
        pay(lease_id, 10_000)

    assert city.lease.paid(lease_id)[0] == 0
    assert money.balanceOf(splitter) == 0


def test_refuses_while_the_currency_is_paused(city, money, lease_id, pay, stranger):
    money.set_habits(0, True, sender=stranger)

    with ape.reverts("mock: paused"):
        pay(lease_id, RENT)

    assert city.lease.paid(lease_id)[0] == 0


def test_lets_a_stranger_pay_for_a_blocked_tenant(city, money, lease_id, pay, tenant, stranger):
    money.mint(tenant, RENT, sender=tenant)
    money.approve(city.lease, RENT, sender=tenant)
    money.set_blocked(tenant, True, sender=stranger)
    with ape.reverts("mock: blocked"):
        city.lease.pay(lease_id, RENT, sender=tenant)

    pay(lease_id, RENT)

    assert city.lease.paid(lease_id)[0] == RENT


def test_takes_a_currency_that_returns_nothing(
    lease_in, silent_token, split, sign, waterworks, tenant
):
    lease = lease_in(540, asset=silent_token)
    splitter = split((waterworks, 10_000), asset=silent_token)
    lease_id = sign(splitter.ASSET_ID(), START, rent=RENT, lease=lease)
    silent_token.mint(tenant, RENT, sender=tenant)
    silent_token.approve(lease, RENT, sender=tenant)

    lease.pay(lease_id, RENT, sender=tenant)

    assert silent_token.balanceOf(splitter) == lease.paid(lease_id)[0] == RENT


@pytest.fixture
def hooked(lease_in, hook_token, split, sign, waterworks, tenant):
    """A lease whose currency calls back; the tenant could pay it twice."""
    lease = lease_in(540, asset=hook_token)
    splitter = split((waterworks, 10_000), asset=hook_token)
    lease_id = sign(splitter.ASSET_ID(), START, rent=RENT, lease=lease)
    hook_token.mint(tenant, 2 * RENT, sender=tenant)
    hook_token.approve(lease, 2 * RENT, sender=tenant)
    return lease, splitter, lease_id


def test_refuses_a_currency_that_returns_false(hooked, hook_token, tenant):
    lease, _, lease_id = hooked
    hook_token.set_answers_false(True, sender=tenant)

    with ape.reverts("token_transfer: returned false"):
        lease.pay(lease_id, RENT, sender=tenant)

    assert lease.paid(lease_id)[0] == 0


@pytest.mark.parametrize("call", ["pay", "terms_of", "due", "arrears", "total_leases"])
def test_lets_the_currency_not_back_in(hooked, hook_token, tenant, call):
    lease, splitter, lease_id = hooked
    arguments = {"pay": (lease_id, 1), "total_leases": ()}.get(call, (lease_id,))
    hook_token.arm(lease, getattr(lease, call).encode_input(*arguments), sender=tenant)

    lease.pay(lease_id, RENT, sender=tenant)

    assert hook_token.attacked() == 1
    assert not hook_token.attack_succeeded()
    assert hook_token.balanceOf(splitter) == lease.paid(lease_id)[0] == RENT


def test_takes_what_is_owed_after_a_termination_and_no_more(city, lease_id, pay, asset_manager):
    city.lease.terminate(lease_id, day_number(date(2026, 5, 1)), DOCUMENT, sender=asset_manager)

    with ape.reverts("lease: more than the lease asks"):
        pay(lease_id, 2 * RENT + 1)
    pay(lease_id, 2 * RENT)

    assert city.lease.paid(lease_id)[0] == 2 * RENT


@runs(15)
@given(
    rent=st.integers(1, 2**96 - 1),
    months=st.integers(1, 24),
    shares=st.lists(st.integers(1, 2**16), min_size=1, max_size=5),
)
def test_leads_any_payments_to_the_splitter_to_the_unit(
    city, money, house, splitter, sign, pay, rent, months, shares
):
    """INV-LEASE-2"""
    total = rent * len(due_dates(START, months))
    with undone():
        lease_id = sign(house, START, months=months, rent=rent)
        paid = 0
        for share in shares:
            amount = max(1, total * share // 2**16)
            if amount > total - paid:
                with ape.reverts("lease: more than the lease asks"):
                    pay(lease_id, amount)
                continue
            pay(lease_id, amount)
            paid += amount

        assert city.lease.paid(lease_id)[0] == money.balanceOf(splitter) == paid <= total
        assert money.balanceOf(city.lease) == 0


# --- when it had fallen due
@pytest.fixture
def two_rules(splitter, set_rules, road_fund):
    """Rules begin in the third month from now; both months are returned."""
    before = this_month()
    set_rules(splitter, [(road_fund, 10_000, NO_PURPOSE)])
    return before, this_month()


@pytest.fixture
def old_lease(splitter, sign, house):
    """Signed now, as are its rules; 100 a month."""
    day = lease_dates.local_date(ape.chain.pending_timestamp)
    return sign(house, day, months=24, rent=100)


@pytest.mark.parametrize(
    ("payments", "late"),
    [
        ((100,), 100),
        ((30, 30, 40), 100),
        ((200,), 200),
        ((250,), 200),
        ((150, 150), 200),
        ((2_400,), 200),
    ],
)
def test_dates_each_rent_by_the_month_it_fell_due(
    splitter, old_lease, two_rules, pay, money, payments, late
):
    """Two rents fell due under the first rules; the third is due now, the others will be."""
    for payment in payments:
        pay(old_lease, payment)

    assert splitter.income_of(1) == late
    assert splitter.pending() == sum(payments) - late
    assert money.balanceOf(splitter) == sum(payments)


def test_rent_lets_the_rules_of_its_month_begin(
    splitter, old_lease, schedule, pay, money, road_fund, stranger
):
    money.mint(splitter, 7, sender=stranger)  # came in before, and stays with the old rules
    month = schedule(splitter, [(road_fund, 10_000, NO_PURPOSE)])
    ape.chain.mine(timestamp=start_of(month))

    pay(old_lease, 300)

    assert splitter.version() == 2
    assert splitter.income_of(1) == 207
    assert splitter.pending() == 100


def test_pays_six_hundred_rents_in_arrears_within_a_block(splitter, sign, house, pay):
    lease_id = sign(house, date(1976, 1, 1), months=600, rent=1)

    receipt = pay(lease_id, 600)

    assert receipt.gas_used < 15_000_000
    assert splitter.pending() == 600
