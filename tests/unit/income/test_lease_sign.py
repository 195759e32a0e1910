from datetime import date, timedelta

import ape
import pytest
from eth_utils import keccak

from civitas.chain.deploy import ZERO_ADDRESS

from .lease_dates import day_number, midnight

START = date(2026, 3, 1)
START_DAY = day_number(START)
DOCUMENT = keccak(text="the contract on paper")
MAX_MONTHS = 600
MAX_RENT = 2**96 - 1
MAX_START_DAY = 2_932_896 - 600 * 31


def test_lets_an_asset(city, house, splitter, asset_manager, tenant):
    receipt = city.lease.sign(house, tenant, START_DAY, 24, 1_500, DOCUMENT, sender=asset_manager)

    assert receipt.return_value == city.lease.total_leases() == city.lease.lease_of(house) == 1
    assert city.lease.terms_of(1) == (
        house,
        tenant.address,
        splitter.address,
        1_500,
        START_DAY,
        24,
        0,
        0,
    )
    assert receipt.events == [
        city.lease.LeaseSigned(
            lease_id=1,
            asset_id=house,
            tenant=tenant,
            splitter=splitter,
            monthly_rent=1_500,
            start_day=START_DAY,
            months=24,
            document_hash=DOCUMENT,
        ),
        city.asset_registry.LetUntilSet(
            asset_id=house, old_until=0, new_until=city.asset_registry.let_until(house)
        ),
    ]


def test_tells_the_register_until_when(city, house, sign, lease_in):
    """To the second, in the time zone of the lease; a lease of the past lets nothing."""
    sign(house, date(2026, 3, 31), months=1)
    assert city.asset_registry.let_until(house) == midnight(date(2026, 4, 30))

    sign(house, date(2026, 5, 1), months=2)
    assert city.asset_registry.let_until(house) == midnight(date(2026, 7, 1))

    sign(house, date(1970, 1, 1), months=1, lease=lease_in(-300))
    assert city.asset_registry.let_until(house) == midnight(date(1970, 2, 1), -300)


def test_lets_an_asset_from_a_day_that_is_over(city, house, sign):
    lease_id = sign(house, date(1970, 1, 1), months=2, rent=7)

    assert city.lease.due(lease_id) == 14


@pytest.mark.parametrize("months", [1, 2, MAX_MONTHS - 1, MAX_MONTHS])
def test_takes_terms_of_1_to_600_months(city, house, sign, months):
    lease_id = sign(house, START, months=months)

    assert city.lease.terms_of(lease_id).months == months


@pytest.mark.parametrize("months", [0, MAX_MONTHS + 1, 2**256 - 1])
def test_refuses_other_terms(house, sign, months):
    with ape.reverts("lease: bad term"):
        sign(house, START, months=months)


@pytest.mark.parametrize("start_day", [0, 1, MAX_START_DAY - 1, MAX_START_DAY])
def test_takes_a_start_that_the_calendar_knows(city, house, asset_manager, tenant, start_day):
    city.lease.sign(house, tenant, start_day, MAX_MONTHS, 1, DOCUMENT, sender=asset_manager)

    assert city.lease.terms_of(1).start_day == start_day
    assert city.lease.end_day(1) > start_day
    assert city.lease.due(1, 2**64) == MAX_MONTHS


@pytest.mark.parametrize("start_day", [MAX_START_DAY + 1, 2**256 - 1])
def test_refuses_a_later_start(city, house, asset_manager, tenant, start_day):
    with ape.reverts("lease: bad term"):
        city.lease.sign(house, tenant, start_day, 1, 1, DOCUMENT, sender=asset_manager)


@pytest.mark.parametrize("rent", [1, 2, MAX_RENT - 1, MAX_RENT])
def test_takes_any_rent_below_2_to_the_96(city, house, sign, rent):
    lease_id = sign(house, START, months=MAX_MONTHS, rent=rent)

    assert city.lease.due(lease_id, 2**64) == MAX_MONTHS * rent


@pytest.mark.parametrize("rent", [0, MAX_RENT + 1, 2**256 - 1])
def test_refuses_other_rents(house, sign, rent):
    with ape.reverts("lease: bad rent"):
        sign(house, START, rent=rent)


def test_refuses_no_tenant(city, house, asset_manager):
    with ape.reverts("lease: no tenant"):
        city.lease.sign(house, ZERO_ADDRESS, START_DAY, 1, 1, DOCUMENT, sender=asset_manager)


def test_refuses_no_document(city, house, asset_manager, tenant):
    with ape.reverts("lease: no document"):
        city.lease.sign(house, tenant, START_DAY, 1, 1, bytes(32), sender=asset_manager)


def test_refuses_a_class_that_is_not_leasable(city, register_asset, sign):
    with ape.reverts("lease: class not leasable"):
        sign(register_asset("the town hall", "ADMINISTRATIVE"), START)

    assert city.lease.total_leases() == 0


def test_refuses_an_asset_that_does_not_exist(house, sign):
    with ape.reverts("nonfungible: unknown token"):
        sign(house + 1, START)


def test_refuses_an_asset_without_a_splitter(next_asset, sign):
    with ape.reverts("lease: no splitter"):
        sign(next_asset(), START)


def test_refuses_a_splitter_of_another_currency(split, sign, waterworks, silent_token):
    other = split((waterworks, 10_000), asset=silent_token)

    with ape.reverts("lease: splitter of other asset"):
        sign(other.ASSET_ID(), START)


@pytest.mark.parametrize("gap", [0, 1, 400])
def test_lets_an_asset_again_after_the_lease_before(city, house, sign, gap):
    first = sign(house, date(2026, 1, 31), months=1)  # ends with 27 February

    second = sign(house, date(2026, 2, 28) + timedelta(gap), months=1)

    assert (first, second) == (1, 2)
    assert city.lease.lease_of(house) == second
    assert city.lease.terms_of(first).months == 1


@pytest.mark.parametrize("start", [date(2026, 2, 27), date(2026, 1, 31), date(2025, 1, 1)])
def test_refuses_an_asset_that_is_let(city, house, sign, start):
    """One lease at a time, and in their order: not even one that ends before the other begins."""
    sign(house, date(2026, 1, 31), months=1)

    with ape.reverts("lease: asset is let"):
        sign(house, start, months=1)

    assert city.lease.lease_of(house) == 1


def test_lets_an_asset_again_from_the_day_of_a_termination(city, house, sign, asset_manager):
    lease_id = sign(house, START, months=24)
    city.lease.terminate(lease_id, day_number(date(2026, 6, 10)), DOCUMENT, sender=asset_manager)

    with ape.reverts("lease: asset is let"):
        sign(house, date(2026, 6, 9))
    assert sign(house, date(2026, 6, 10)) == 2


def test_lets_other_assets_meanwhile(city, house, split, waterworks, sign):
    other = split((waterworks, 10_000)).ASSET_ID()
    sign(house, START)

    assert sign(other, START) == 2
    assert (city.lease.lease_of(house), city.lease.lease_of(other)) == (1, 2)


@pytest.mark.parametrize("caller", ["stranger", "council", "council_clerk", "tenant"])
def test_refuses_all_but_the_asset_manager(city, house, tenant, request, caller):
    with ape.reverts("authorized: missing role"):
        city.lease.sign(
            house, tenant, START_DAY, 1, 1, DOCUMENT, sender=request.getfixturevalue(caller)
        )

    assert city.lease.total_leases() == 0
