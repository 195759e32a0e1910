"""Rent by rate and value, proration by days, and a rent that follows an index."""

from datetime import date, timedelta

import ape
import pytest
from ape import chain
from eth_utils import keccak

from .lease_dates import day_number, midnight, months_later
from .lease_reference import month_of

START = date(2030, 1, 1)
DAY = 86_400


@pytest.fixture
def appraise(city, appraiser, second_appraiser):
    """Two appraisers say that the house is worth so much, for a year."""

    def file(asset_id, worth):
        now = chain.pending_timestamp
        for who in (appraiser, second_appraiser):
            city.appraisals.appraise(
                [(asset_id, worth, now - 1, now + 365 * DAY, keccak(text="report"))], sender=who
            )

    return file


def instalments(city, lease_id):
    return [city.lease.instalment(lease_id, k)[1:] for k in range(city.lease.instalments(lease_id))]


def test_asks_the_rate_of_the_appraised_value(city, house, sign, appraise):
    """F1: the rest of the year's rent is in the first instalment."""
    appraise(house, 9_500_000_000)

    lease_id = sign(house, START, annual_rent=0, use="COMMERCIAL")

    assert city.lease.terms_of(lease_id).annual_rent == 475_000_000
    rents = [rent for rent, _ in instalments(city, lease_id)]
    assert rents == [39_583_370] + [39_583_330] * 11


def test_a_lease_by_days_is_one_instalment(city, house, sign, appraise):
    """F1: 950 m at 50/1000 for 30 days, and VAT."""
    appraise(house, 950_000_000)
    end = START + timedelta(30)

    lease_id = sign(house, START, end=end, anchor=end, annual_rent=0, use="COMMERCIAL")

    assert instalments(city, lease_id) == [(3_904_100, 390_410)]
    assert city.lease.due(lease_id, 2**64) == 3_904_100 + 390_410


def test_a_whole_month_before_the_anchor_is_reckoned_by_days_too(city, house, sign, appraise):
    appraise(house, 9_500_000_000)
    end = START + timedelta(31)

    lease_id = sign(house, START, end=end, anchor=end, annual_rent=0, use="COMMERCIAL")

    assert instalments(city, lease_id)[0][0] == 40_342_460


def test_housing_bears_no_tax(city, house, sign, appraise):
    appraise(house, 200_000_000)
    end = START + timedelta(30)

    lease_id = sign(house, START, end=end, anchor=end, annual_rent=0, use="HOUSING")

    assert instalments(city, lease_id) == [(410_950, 0)]


@pytest.mark.parametrize(("more", "is_refused"), [(-10, True), (0, False), (10, False)])
def test_refuses_a_rent_below_the_tariff(house, sign, appraise, more, is_refused):
    appraise(house, 950_000_000)

    if is_refused:
        with ape.reverts("lease: below the tariff"):
            sign(house, START, annual_rent=47_500_000 + more, use="COMMERCIAL")
    else:
        assert sign(house, START, annual_rent=47_500_000 + more, use="COMMERCIAL") == 1


def test_refuses_a_stale_value(house, sign, appraise):
    appraise(house, 950_000_000)
    chain.pending_timestamp += 366 * DAY

    with ape.reverts("appraisals: stale"):
        sign(house, START, annual_rent=0, use="COMMERCIAL")


def test_refuses_a_value_of_nothing(house, sign, appraise):
    appraise(house, 199)

    with ape.reverts("lease: bad rent"):
        sign(house, START, annual_rent=0, use="COMMERCIAL")


def test_keeps_the_tariff_it_was_signed_under(city, house, sign, set_tariff):
    set_tariff("SHOP", vat_bps=1_000, quantum=10)
    lease_id = sign(house, START, annual_rent=12_000, use="SHOP")
    word = city.lease.tariff_word(lease_id)

    set_tariff("SHOP", vat_bps=2_000)

    assert city.lease.tariff_word(lease_id) == word
    assert city.rent_table.unpacked(word).vat_bps == 1_000
    assert instalments(city, lease_id)[0] == (1_000, 100)


def test_a_part_of_a_month_at_either_end_is_reckoned_by_days(city, house, sign):
    """From 11 January, months from 1 February, to 15 April."""
    lease_id = sign(
        house, date(2030, 1, 11), anchor=date(2030, 2, 1), end=date(2030, 4, 16), annual_rent=36_500
    )

    days = [city.lease.instalment(lease_id, k)[0] for k in range(4)]
    starts = [date(2030, 1, 11), date(2030, 2, 1), date(2030, 3, 1), date(2030, 4, 1)]
    assert days == [day_number(day) for day in starts]
    assert [rent for rent, _ in instalments(city, lease_id)] == [2_100, 3_049, 3_041, 1_500]


# --- the index
@pytest.fixture
def publish(city, auditor):
    return lambda month, value: city.rent_table.publish(1, month, value, sender=auditor)


@pytest.fixture
def indexed(city, house, sign, set_tariff, publish):
    """1,200 a year from January 2030; December's value was 1,000. Down 5 %, up 10 % at most."""
    set_tariff(
        "INDEXED",
        index_id=1,
        floor_bps=500,
        cap_bps=1_000,
        max_age_months=3,
        fallback_bps=200,
    )
    chain.pending_timestamp = midnight(START) + DAY
    publish(month_of(START) - 1, 1_000)
    return sign(house, START, months=36, annual_rent=12_000, use="INDEXED")


def year_rent(city, lease_id, year):
    return sum(city.lease.instalment(lease_id, 12 * year + k)[1] for k in range(12))


@pytest.mark.parametrize(
    ("value", "rent"),
    [
        (1_030, 12_360),
        (1_100, 13_200),
        (1_101, 13_200),
        (5_000, 13_200),
        (950, 11_400),
        (949, 11_400),
        (1, 11_400),
    ],
)
def test_follows_the_index_inside_its_collar(city, indexed, publish, value, rent):
    chain.pending_timestamp = midnight(date(2030, 12, 20))
    publish(month_of(date(2030, 11, 1)), value)

    assert year_rent(city, indexed, 0) == 12_000
    assert year_rent(city, indexed, 1) == rent


@pytest.mark.parametrize(
    ("month", "is_recent"),
    [(date(2030, 9, 1), False), (date(2030, 10, 1), True), (date(2030, 12, 1), True)],
)
def test_takes_the_step_agreed_for_want_of_a_recent_value(city, indexed, publish, month, is_recent):
    """Three months before January are October to December."""
    chain.pending_timestamp = midnight(date(2031, 1, 1)) - 60  # the last minute of the year
    if month != date(2030, 12, 1):
        publish(month_of(month), 1_050)
        assert year_rent(city, indexed, 1) == (12_600 if is_recent else 12_240)
    else:
        with ape.reverts("rent_table: month is not over"):
            publish(month_of(month), 1_050)


@pytest.mark.parametrize(("second", "counts"), [(-1, True), (0, False), (DAY, False)])
def test_what_is_published_too_late_never_changes_the_past(city, indexed, publish, second, counts):
    """INV-LEASE-1: what was known before the anniversary's first second counts."""
    chain.pending_timestamp = midnight(date(2031, 1, 1)) + second
    publish(month_of(date(2030, 11, 1)), 1_050)

    assert year_rent(city, indexed, 1) == (12_600 if counts else 12_240)


def test_catches_up_from_the_last_value_that_was_used(city, indexed, publish):
    chain.pending_timestamp = midnight(date(2031, 12, 20))
    publish(month_of(date(2031, 11, 1)), 1_060)

    # A year without a value adds 2 %; then the index since 2029 counts on top.
    assert year_rent(city, indexed, 1) == 12_240
    assert year_rent(city, indexed, 2) == 12_240 * 1_060 // 1_000


def test_refuses_rent_of_a_year_whose_rent_is_not_fixed(city, indexed, pay):
    with ape.reverts("lease: rent not fixed yet"):
        pay(indexed, 12_001)
    pay(indexed, 12_000)
    with ape.reverts("lease: rent not fixed yet"):
        pay(indexed, 1)

    chain.pending_timestamp = midnight(date(2031, 1, 1))
    pay(indexed, 12_240)

    assert city.lease.paid(indexed) == (24_240, 0)
    assert city.lease.arrears(indexed, midnight(date(2031, 12, 31))) == 0


def test_refuses_an_index_without_a_recent_value(city, house, sign, set_tariff, publish):
    set_tariff("INDEXED", index_id=1, cap_bps=1_000, max_age_months=3)
    chain.pending_timestamp = midnight(START) + DAY
    publish(month_of(START) - 4, 1_000)

    with ape.reverts("lease: no index value"):
        sign(house, START, use="INDEXED")
    publish(month_of(START) - 3, 1_000)
    assert sign(house, START, use="INDEXED") == 1


def test_rests_a_lease_to_come_on_the_latest_value_of_today(city, house, sign, set_tariff, publish):
    set_tariff("INDEXED", index_id=1, cap_bps=1_000, max_age_months=3)
    chain.pending_timestamp = midnight(START) + DAY
    publish(month_of(START) - 1, 1_000)

    assert sign(house, months_later(START, 9), use="INDEXED") == 1


def test_holding_over_costs_the_rent_of_the_last_year_that_ran(
    city, money, house, sign, set_tariff, publish, pay, asset_manager
):
    """Ended on its anniversary, when rent of the next year was paid already."""
    set_tariff("INDEXED", index_id=1, max_age_months=3, fallback_bps=200, occupation_bps=10_000)
    chain.pending_timestamp = midnight(START) + DAY
    publish(month_of(START) - 1, 1_000)
    lease_id = sign(house, START, months=36, annual_rent=12_000, use="INDEXED")
    chain.pending_timestamp = midnight(date(2031, 1, 1))
    pay(lease_id, 12_000 + 1_020)
    money.mint(asset_manager, 1_020, sender=asset_manager)
    money.approve(city.lease, 1_020, sender=asset_manager)
    end = day_number(date(2031, 1, 1))
    city.lease.terminate(lease_id, end, keccak(text="notice"), sender=asset_manager)
    chain.pending_timestamp = midnight(date(2032, 1, 1))

    city.lease.record_vacancy(
        lease_id, end + 365, True, keccak(text="a letter"), sender=asset_manager
    )

    assert city.lease.owed(lease_id).penalty == 12_000


def test_recording_who_held_over_leaves_what_was_owed_before(
    city, house, sign, set_tariff, publish, asset_manager
):
    """INV-LEASE-1: rent of two years is unpaid, of which the second is dearer."""
    set_tariff("INDEXED", index_id=1, max_age_months=3, fallback_bps=200)
    chain.pending_timestamp = midnight(START) + DAY
    publish(month_of(START) - 1, 1_000)
    lease_id = sign(house, START, months=13, annual_rent=12_000, use="INDEXED")
    chain.pending_timestamp = midnight(date(2031, 2, 1))
    chain.mine()
    assert city.lease.arrears(lease_id) == 12_000 + 1_020

    end = day_number(date(2031, 2, 1))
    city.lease.record_vacancy(lease_id, end, True, keccak(text="a letter"), sender=asset_manager)

    assert city.lease.arrears(lease_id) == 12_000 + 1_020
