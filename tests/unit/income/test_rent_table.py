"""RentTable: tariffs, terms of permits and index values."""

from datetime import date

import ape
import pytest
from ape import chain, project
from eth_utils import keccak

from civitas.chain.deploy import name32
from civitas.profiles import Profile

from .conftest import PLAIN, month_at, this_month
from .lease_dates import midnight

LAW = keccak(text="ordinance")
WORTH_OFFICE, WORTH_TOWER, WORTH_HOME = 950_000_000, 9_500_000_000, 200_000_000


def words(**other):
    return tuple({**PLAIN, **other}.values())


@pytest.fixture
def table(city):
    return city.rent_table


@pytest.mark.parametrize(
    ("use", "worth", "days", "quote"),
    [
        ("COMMERCIAL", WORTH_OFFICE, 30, (47_500_000, 3_904_100, 390_410)),
        ("COMMERCIAL", WORTH_TOWER, 31, (475_000_000, 40_342_460, 4_034_240)),
        ("HOUSING", WORTH_HOME, 30, (5_000_000, 410_950, 0)),
        ("AGREED", WORTH_HOME, 30, (0, 0, 0)),
        ("COMMERCIAL", 199, 366, (0, 0, 0)),
        ("COMMERCIAL", 200, 365, (10, 10, 0)),
    ],
)
def test_quotes_the_rent_of_a_value_by_days(table, use, worth, days, quote):
    """The ordinance's own examples: annual rent, rent by days, tax."""
    assert table.quote(name32(use), worth, days) == quote


@pytest.mark.parametrize(("worth", "days"), [(2**128, 1), (1, 367)])
def test_quotes_nothing_out_of_range(table, worth, days):
    with ape.reverts("rent_table: out of range"):
        table.quote(name32("COMMERCIAL"), worth, days)


def test_quotes_nothing_for_an_unknown_use(table):
    with ape.reverts("rent_table: no such use"):
        table.quote(name32("NONE"), 1, 1)


def test_begins_with_the_profile(table):
    for tariff in Profile.load("kr").tariffs:
        assert tuple(table.tariff_of(name32(tariff.use))) == tariff.words
    assert table.permit_months(name32("ADMINISTRATIVE")) == 60
    assert table.permit_months(name32("OFFICE")) == 0


def test_takes_another_jurisdictions_profile(city, deployer):
    profile = Profile.load("neutral")
    table = deployer.deploy(
        project.RentTable,
        city.authority,
        profile.utc_offset_minutes,
        [(name32(each.use), each.words) for each in profile.tariffs],
        [(name32("ADMINISTRATIVE"), 36)],
        LAW,
    )

    # A thirtieth of 900.00, by days of 360, with 7 % on it, to the cent.
    assert table.quote(name32("MARKET"), 900_000_000, 30) == (30_000_000, 2_500_000, 170_000)
    assert table.permit_months(name32("ADMINISTRATIVE")) == 36


@pytest.mark.parametrize("minutes", [-841, 841])
def test_refuses_other_time_zones(city, deployer, minutes):
    with ape.reverts("rent_table: bad time zone"):
        deployer.deploy(project.RentTable, city.authority, minutes, [], [], LAW)


def test_sets_a_tariff(table, council_clerk):
    old, new = words(), words(vat_bps=1_000, quantum=10)
    table.set_tariff(name32("KIOSK"), old, LAW, sender=council_clerk)

    receipt = table.set_tariff(name32("KIOSK"), new, LAW, sender=council_clerk)

    assert tuple(table.tariff_of(name32("KIOSK"))) == new
    assert tuple(table.unpacked(table.tariff_words(name32("KIOSK"))[1])) == new
    [event] = receipt.events
    assert (event.use, event.resolution) == (name32("KIOSK"), LAW)
    assert (tuple(event.old_tariff), tuple(event.new_tariff)) == (old, new)


@pytest.mark.parametrize(
    "largest",
    [
        {"rate_numerator": 2**128 - 1, "rate_denominator": 2**128 - 1},
        {"quantum": 2**64 - 1},
        {"day_divisor": 360},
        {"day_divisor": 366},
        {"grace_days": 2**16 - 1, "default_days": 2**16 - 1, "settle_days": 255},
        {"vat_bps": 10_000, "late_bps": 2**16 - 1, "late_cap_bps": 10_000},
        {"occupation_bps": 10_000, "floor_bps": 10_000, "cap_bps": 10_000, "fallback_bps": 10_000},
        {"index_id": 2**16 - 1, "max_age_months": 24},
    ],
)
def test_keeps_every_figure_up_to_its_bound(table, council_clerk, largest):
    table.set_tariff(name32("KIOSK"), words(**largest), LAW, sender=council_clerk)

    assert tuple(table.tariff_of(name32("KIOSK"))) == words(**largest)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"rate_numerator": 1}, "rent_tariff: bad rate"),
        ({"rate_denominator": 1}, "rent_tariff: bad rate"),
        ({"rate_numerator": 3, "rate_denominator": 2}, "rent_tariff: bad rate"),
        ({"rate_numerator": 1, "rate_denominator": 2**128}, "rent_tariff: bad rate"),
        ({"quantum": 0}, "rent_tariff: bad quantum"),
        ({"quantum": 2**64}, "rent_tariff: bad quantum"),
        ({"day_divisor": 359}, "rent_tariff: bad divisor"),
        ({"day_divisor": 367}, "rent_tariff: bad divisor"),
        ({"vat_bps": 10_001}, "rent_tariff: bad share"),
        ({"late_bps": 2**16}, "rent_tariff: bad share"),
        ({"late_cap_bps": 10_001}, "rent_tariff: bad share"),
        ({"occupation_bps": 10_001}, "rent_tariff: bad share"),
        ({"floor_bps": 10_001}, "rent_tariff: bad share"),
        ({"cap_bps": 10_001}, "rent_tariff: bad share"),
        ({"fallback_bps": 10_001}, "rent_tariff: bad share"),
        ({"grace_days": 2**16}, "rent_tariff: bad days"),
        ({"default_days": 2**16}, "rent_tariff: bad days"),
        ({"settle_days": 256}, "rent_tariff: bad days"),
        ({"index_id": 1}, "rent_tariff: bad index"),
        ({"max_age_months": 1}, "rent_tariff: bad index"),
        ({"index_id": 1, "max_age_months": 25}, "rent_tariff: bad index"),
        ({"index_id": 2**16, "max_age_months": 1}, "rent_tariff: bad index"),
    ],
)
def test_refuses_a_tariff_out_of_bounds(table, council_clerk, wrong, reason):
    with ape.reverts(reason):
        table.set_tariff(name32("KIOSK"), words(**wrong), LAW, sender=council_clerk)


def test_refuses_a_tariff_without_a_use_or_a_resolution(table, council_clerk):
    with ape.reverts("rent_table: no such use"):
        table.set_tariff(bytes(32), words(), LAW, sender=council_clerk)
    with ape.reverts("rent_table: no resolution"):
        table.set_tariff(name32("KIOSK"), words(), bytes(32), sender=council_clerk)


def test_sets_how_long_permits_run(table, council_clerk):
    receipt = table.set_permit(name32("ADMINISTRATIVE"), 600, LAW, sender=council_clerk)

    assert table.permit_months(name32("ADMINISTRATIVE")) == 600
    assert receipt.events == [
        table.PermitTermSet(
            class_code=name32("ADMINISTRATIVE"), old_months=60, new_months=600, resolution=LAW
        )
    ]


def test_refuses_longer_permits_and_those_without_a_resolution(table, council_clerk):
    with ape.reverts("rent_table: out of range"):
        table.set_permit(name32("ADMINISTRATIVE"), 601, LAW, sender=council_clerk)
    with ape.reverts("rent_table: no resolution"):
        table.set_permit(name32("ADMINISTRATIVE"), 1, bytes(32), sender=council_clerk)


# --- the index
@pytest.fixture
def publish(table, auditor):
    return lambda month, value, index=1: table.publish(index, month, value, sender=auditor)


@pytest.mark.parametrize("value", [1, 2**64 - 1])
def test_publishes_a_month_that_is_over_once(table, publish, auditor, value):
    """INV-RENT-1"""
    month = this_month() - 1

    receipt = publish(month, value)

    assert table.value_of(1, month) == value
    assert receipt.events == [
        table.IndexPublished(index_id=1, month=month, value=value, auditor=auditor)
    ]
    with ape.reverts("rent_table: was published"):
        publish(month, value)
    publish(month, value, index=2)


@pytest.mark.parametrize(("second", "is_over"), [(-1, False), (0, True)])
def test_knows_when_a_month_is_over_in_the_city(publish, second, is_over):
    chain.pending_timestamp = midnight(date(2030, 6, 1)) + second
    may = 2030 * 12 + 4

    if is_over:
        assert not publish(may, 1).failed
    else:
        assert month_at(chain.pending_timestamp) == may
        with ape.reverts("rent_table: month is not over"):
            publish(may, 1)


@pytest.mark.parametrize("value", [0, 2**64, 2**256 - 1])
def test_refuses_other_values(publish, value):
    with ape.reverts("rent_table: bad value"):
        publish(this_month() - 1, value)


def test_refuses_no_index(publish):
    with ape.reverts("rent_table: no such index"):
        publish(this_month() - 1, 1, index=0)


def test_finds_the_latest_value_that_was_known(table, publish):
    """INV-RENT-1: what comes in later changes no answer for an earlier moment."""
    month = this_month()
    first = publish(month - 4, 100).timestamp
    second = publish(month - 2, 90).timestamp

    assert table.latest(1, month - 1, month - 5, second + 1) == (90, month - 2)
    assert table.latest(1, month - 1, month - 5, second) == (100, month - 4)
    assert table.latest(1, month - 1, month - 5, first) == (0, 0)
    assert table.latest(1, month - 3, month - 5, second + 1) == (100, month - 4)
    assert table.latest(1, month - 3, month - 4, second + 1) == (100, month - 4)
    assert table.latest(1, month - 3, month - 3, second + 1) == (0, 0)
    assert table.latest(1, month - 5, month - 4, second + 1) == (0, 0)
    assert table.latest(2, month - 1, month - 5, second + 1) == (0, 0)
    # It looks through 24 months.
    assert table.latest(1, month + 21, month - 5, second + 1) == (90, month - 2)
    assert table.latest(1, month + 22, month - 5, second + 1) == (0, 0)
