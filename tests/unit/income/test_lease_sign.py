from datetime import date, timedelta

import ape
import pytest
from eth_utils import keccak

from civitas.chain.deploy import ZERO_ADDRESS, name32

from .lease_dates import day_number, midnight, months_later

START, END = date(2026, 3, 1), date(2028, 3, 1)
START_DAY = day_number(START)
DOCUMENT = keccak(text="the contract on paper")
MAX_MONTHS = 600
MAX_RENT = 2**96 - 1
MAX_START_DAY = 2_932_896 - 600 * 31


def test_lets_an_asset(city, house, splitter, draft, asset_manager, tenant):
    terms = draft(house, START, end=END, annual_rent=18_000, deposit=500)

    receipt = city.lease.sign(terms, DOCUMENT, sender=asset_manager)

    assert receipt.return_value == city.lease.total_leases() == city.lease.lease_of(house) == 1
    assert city.lease.terms_of(1) == (
        house,
        tenant.address,
        splitter.address,
        START_DAY,
        START_DAY,
        day_number(END),
        18_000,
        500,
        *(False, False, False),
    )
    assert receipt.events == [
        city.lease.LeaseSigned(
            lease_id=1,
            asset_id=house,
            tenant=tenant,
            splitter=splitter,
            use=name32("PLAIN"),
            start_day=START_DAY,
            anchor_day=START_DAY,
            end_day=day_number(END),
            annual_rent=18_000,
            deposit=500,
            is_permit=False,
            index_month=0,
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

    assert city.lease.instalments(lease_id) == months


def days(asset_id, tenant, start, anchor, end):
    return (asset_id, tenant, name32("PLAIN"), start, anchor, end, 12, 0)


LAST = day_number(months_later(START, MAX_MONTHS))


@pytest.mark.parametrize(
    ("start", "anchor", "end"),
    [
        (START_DAY, START_DAY, START_DAY),
        (START_DAY, START_DAY, START_DAY - 1),
        (START_DAY, START_DAY, LAST + 1),
        (START_DAY, START_DAY, 2**256 - 1),
        (START_DAY, START_DAY - 1, START_DAY + 60),
        (START_DAY, START_DAY + 32, START_DAY + 60),  # a month of March has 31 days
        (START_DAY, START_DAY + 20, START_DAY + 19),
        (MAX_START_DAY + 1, MAX_START_DAY + 1, MAX_START_DAY + 2),
        (2**256 - 1, 2**256 - 1, 2**256 - 1),
    ],
)
def test_refuses_other_terms(city, house, plain, asset_manager, tenant, start, anchor, end):
    with ape.reverts("lease: bad term"):
        city.lease.sign(days(house, tenant, start, anchor, end), DOCUMENT, sender=asset_manager)


@pytest.mark.parametrize(
    ("anchor", "end"),
    [(0, 1), (0, LAST - START_DAY), (31, 31), (31, 32), (31, LAST - START_DAY), (20, 20)],
)
def test_takes_an_anchor_within_a_month(city, house, plain, asset_manager, tenant, anchor, end):
    terms = days(house, tenant, START_DAY, START_DAY + anchor, START_DAY + end)

    city.lease.sign(terms, DOCUMENT, sender=asset_manager)

    assert city.lease.terms_of(1)[3:6] == (START_DAY, START_DAY + anchor, START_DAY + end)
    assert city.lease.end_day(1) == START_DAY + end


@pytest.mark.parametrize("start_day", [0, 1, MAX_START_DAY - 1, MAX_START_DAY])
def test_takes_a_start_that_the_calendar_knows(
    city, house, plain, asset_manager, tenant, start_day
):
    end = day_number(date(2026, 3, 1)) - day_number(date(1976, 3, 1)) - 30
    terms = days(house, tenant, start_day, start_day, start_day + end)
    city.lease.sign(terms, DOCUMENT, sender=asset_manager)

    assert city.lease.terms_of(1).start_day == start_day
    assert city.lease.end_day(1) == start_day + end
    assert city.lease.due(1, 2**64) > 0


@pytest.mark.parametrize("annual_rent", [1, 2, 12, MAX_RENT - 1, MAX_RENT])
def test_takes_any_rent_below_2_to_the_96(city, house, sign, annual_rent):
    lease_id = sign(house, START, months=MAX_MONTHS, annual_rent=annual_rent)

    assert city.lease.due(lease_id, 2**64) == 50 * annual_rent


@pytest.mark.parametrize("annual_rent", [0, MAX_RENT + 1, 2**256 - 1])
def test_refuses_other_rents(house, sign, annual_rent):
    with ape.reverts("lease: bad rent"):
        sign(house, START, annual_rent=annual_rent)


def test_refuses_a_rent_that_is_no_multiple_of_the_quantum(house, sign, set_tariff):
    set_tariff("TENS", quantum=10)

    with ape.reverts("lease: bad rent"):
        sign(house, START, annual_rent=1_005, use="TENS")
    assert sign(house, START, annual_rent=1_010, use="TENS") == 1


@pytest.mark.parametrize("deposit", [0, 1, 2**96 - 1])
def test_takes_any_deposit_below_2_to_the_96(city, house, sign, deposit):
    assert city.lease.terms_of(sign(house, START, deposit=deposit)).deposit == deposit


@pytest.mark.parametrize("deposit", [2**96, 2**256 - 1])
def test_refuses_other_deposits(house, sign, deposit):
    with ape.reverts("lease: bad deposit"):
        sign(house, START, deposit=deposit)


def test_refuses_a_use_without_a_tariff(house, sign):
    with ape.reverts("lease: no such use"):
        sign(house, START, use="NONE")


def test_refuses_no_tenant(house, sign):
    with ape.reverts("lease: no tenant"):
        sign(house, START, tenant=ZERO_ADDRESS)


def test_refuses_no_document(city, house, draft, asset_manager):
    with ape.reverts("lease: no document"):
        city.lease.sign(draft(house, START), bytes(32), sender=asset_manager)


def test_refuses_a_class_that_is_neither_leased_nor_permitted(
    city, register_asset, sign, council_clerk
):
    city.rent_table.set_permit(name32("ADMINISTRATIVE"), 0, DOCUMENT, sender=council_clerk)

    with ape.reverts("lease: class not leasable"):
        sign(register_asset("the town hall", "ADMINISTRATIVE"), START)

    assert city.lease.total_leases() == 0


@pytest.fixture
def town_hall(register_asset, create_splitter, waterworks):
    asset_id = register_asset("the town hall", "ADMINISTRATIVE")
    create_splitter(asset_id, [(waterworks, 10_000, bytes(32))])
    return asset_id


def test_permits_the_use_of_administrative_property_for_five_years(city, town_hall, sign):
    lease_id = sign(town_hall, START, months=60)

    assert city.lease.terms_of(lease_id).is_permit


@pytest.mark.parametrize("later", [1, 365])
def test_refuses_a_longer_permit(town_hall, sign, later):
    """F2: a permit of six years is refused."""
    with ape.reverts("lease: permit too long"):
        sign(town_hall, START, end=months_later(START, 60) + timedelta(later))


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
    assert city.lease.instalments(first) == 1


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
def test_refuses_all_but_the_asset_manager(city, house, draft, request, caller):
    with ape.reverts("authorized: missing role"):
        city.lease.sign(draft(house, START), DOCUMENT, sender=request.getfixturevalue(caller))

    assert city.lease.total_leases() == 0
