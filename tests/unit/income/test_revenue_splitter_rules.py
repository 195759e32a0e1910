"""Rules with notice: what came in or fell due before belongs to the rules before."""

import ape
import pytest
from ape import chain

from civitas.chain.roles import Role

from .conftest import NO_PURPOSE, month_at, payees_of, share, start_of, this_month

NOBODY = "0x" + "00" * 20
DAY = 86_400


@pytest.fixture
def lease(city, council, accounts):
    """Somebody with the lease contract's role."""
    city.authority.grantRole(Role.LEASE.id, accounts[99], sender=council)
    return accounts[99]


@pytest.fixture
def to_road(road_fund):
    return [(road_fund, 10_000, NO_PURPOSE)]


def paid(money, *accounts):
    return [money.balanceOf(account) for account in accounts]


def test_schedules_rules_and_lets_them_begin(
    splitter, write_rules, treasurer, stranger, to_road, waterworks
):
    old, new, month = splitter.rules(), write_rules(to_road), this_month() + 2

    scheduled = splitter.schedule_rules(month, new, sender=treasurer)

    assert scheduled.events == [
        splitter.RulesScheduled(version=2, start_month=month, rules=new, old_rules=NOBODY)
    ]
    assert (splitter.version(), splitter.rules()) == (1, old)
    assert splitter.next_start_month() == month
    assert tuple(splitter.rules_of(2)) == (new, month)
    chain.pending_timestamp = start_of(month) - 1
    with ape.reverts("revenue_splitter: too early"):
        splitter.begin_rules(sender=stranger)
    chain.pending_timestamp = start_of(month)
    begun = splitter.begin_rules(sender=stranger)
    assert begun.events == [splitter.RulesBegun(version=2, rules=new, booked=0)]
    assert (splitter.version(), splitter.rules()) == (2, new)
    assert splitter.next_start_month() == 0
    assert payees_of(splitter) == to_road
    with ape.reverts("revenue_splitter: too early"):
        splitter.begin_rules(sender=stranger)


def test_refuses_rules_that_begin_too_soon(splitter, write_rules, treasurer, to_road):
    """30 days before local midnight of the first is just enough."""
    new, month = write_rules(to_road), this_month() + 2
    chain.pending_timestamp = start_of(month) - 30 * DAY + 1
    with ape.reverts("rule_versions: too soon"):
        splitter.schedule_rules(month, new, sender=treasurer)
    for past in (0, this_month() - 1, this_month()):
        with ape.reverts("rule_versions: too soon"):
            splitter.schedule_rules(past, new, sender=treasurer)

    assert splitter.schedule_rules(month + 1, new, sender=treasurer)


def test_takes_rules_exactly_at_the_notice(splitter, write_rules, treasurer, to_road):
    new, month = write_rules(to_road), this_month() + 2
    chain.pending_timestamp = start_of(month) - 30 * DAY

    splitter.schedule_rules(month, new, sender=treasurer)

    assert splitter.next_start_month() == month


def test_refuses_a_month_beyond_the_calendar(splitter, write_rules, treasurer, to_road):
    last = 9_999 * 12 + 11
    with ape.reverts("rule_versions: no such month"):
        splitter.schedule_rules(last + 1, write_rules(to_road), sender=treasurer)

    splitter.schedule_rules(last, write_rules(to_road), sender=treasurer)
    assert splitter.next_start_month() == last


def test_refuses_rules_that_the_factory_did_not_write(
    project, splitter, treasurer, stranger, to_road
):
    foreign = project.SplitterRules.deploy((1, False, [], to_road), sender=stranger)

    with ape.reverts("rule_versions: unknown rules"):
        splitter.schedule_rules(this_month() + 2, foreign, sender=treasurer)


def test_refuses_rules_that_pay_the_splitter_itself(splitter, write_rules, treasurer, to_road):
    for new in (
        write_rules([(splitter, 10_000, NO_PURPOSE)]),
        write_rules(to_road, [share("FEE", splitter, 1)]),
    ):
        with ape.reverts("revenue_splitter: pays itself"):
            splitter.schedule_rules(this_month() + 2, new, sender=treasurer)
    assert splitter.next_start_month() == 0


def test_replaces_what_was_scheduled(splitter, write_rules, schedule, treasurer, to_road):
    schedule(splitter, payees_of(splitter))
    first, month = splitter.rules_of(2)
    new = write_rules(to_road)

    receipt = splitter.schedule_rules(month + 1, new, sender=treasurer)

    assert receipt.events == [
        splitter.RulesScheduled(version=2, start_month=month + 1, rules=new, old_rules=first)
    ]
    assert tuple(splitter.rules_of(2)) == (new, month + 1)


def test_calls_scheduled_rules_off(splitter, schedule, treasurer, stranger, to_road):
    month = schedule(splitter, to_road)
    new = splitter.rules_of(2)[0]

    receipt = splitter.cancel_rules(sender=treasurer)

    assert receipt.events == [splitter.RulesCancelled(version=2, start_month=month, rules=new)]
    assert splitter.next_start_month() == 0
    assert tuple(splitter.rules_of(2)) == (NOBODY, 0)
    chain.mine(timestamp=start_of(month))
    with ape.reverts("revenue_splitter: too early"):
        splitter.begin_rules(sender=stranger)
    with ape.reverts("rule_versions: nothing scheduled"):
        splitter.cancel_rules(sender=treasurer)


def test_cannot_call_off_rules_whose_month_has_begun(splitter, schedule, treasurer, to_road):
    chain.mine(timestamp=start_of(schedule(splitter, to_road)))

    with ape.reverts("rule_versions: nothing scheduled"):
        splitter.cancel_rules(sender=treasurer)


def test_starts_a_count_with_the_units_that_waited(
    splitter, set_rules, money, stranger, to_road, waterworks, library_fund, road_fund
):
    """9 at 7,000 and 3,000 bps is 6 and 2; the unit that waits is the new rules' first."""
    money.mint(splitter, 9, sender=stranger)
    splitter.distribute(sender=stranger)

    receipt = set_rules(splitter, to_road)

    assert receipt.events[-1].booked == 0
    assert splitter.pending() == 1
    splitter.distribute(sender=stranger)
    assert paid(money, waterworks, library_fund, road_fund) == [6, 2, 1]
    assert money.balanceOf(splitter) == 0


def test_leaves_what_came_in_to_the_rules_before(
    splitter, set_rules, money, stranger, to_road, waterworks, library_fund, road_fund
):
    """INV-SPLIT-3, with rules that begin while income lies undivided."""
    money.mint(splitter, 1_001, sender=stranger)

    receipt = set_rules(splitter, to_road)

    assert receipt.events == [splitter.RulesBegun(version=2, rules=splitter.rules(), booked=1_001)]
    assert splitter.income_of(1) == 1_001
    assert (splitter.pending(), splitter.pending(1), splitter.pending(2)) == (0, 1_000, 0)
    with ape.reverts("revenue_splitter: nothing came in"):
        splitter.distribute(sender=stranger)
    splitter.distribute(1, sender=stranger)
    assert paid(money, waterworks, library_fund, road_fund) == [700, 300, 0]
    assert splitter.income_of(1) == 0
    # What rounding leaves of old income is income of the present rules.
    assert splitter.distribute(2, sender=stranger).return_value == 1
    assert paid(money, waterworks, library_fund, road_fund) == [700, 300, 1]


def test_shares_out_and_begins_in_one_call(
    splitter, schedule, money, stranger, to_road, waterworks, library_fund, road_fund
):
    money.mint(splitter, 1_001, sender=stranger)
    chain.mine(timestamp=start_of(schedule(splitter, to_road)))

    receipt = splitter.distribute(sender=stranger)

    assert paid(money, waterworks, library_fund, road_fund) == [700, 300, 0]
    assert splitter.version() == 2
    begun, *_, shared = receipt.events
    assert begun == splitter.RulesBegun(version=2, rules=splitter.rules(), booked=0)
    assert (shared.version, shared.amount) == (1, 1_000)
    splitter.distribute(sender=stranger)
    assert paid(money, waterworks, library_fund, road_fund) == [700, 300, 1]


def test_splits_may_rent_that_is_paid_in_july_by_the_may_rules(
    splitter, set_rules, money, lease, to_road, stranger, waterworks, library_fund, road_fund
):
    may = this_month()
    set_rules(splitter, to_road)
    july = this_month()
    money.mint(splitter, 1_000, sender=stranger)

    receipt = splitter.date_income(600, may, sender=lease)

    assert receipt.events == [splitter.IncomeDated(version=1, due_month=may, amount=600)]
    assert (splitter.income_of(1), splitter.pending()) == (600, 400)
    splitter.date_income(400, july, sender=lease)
    assert splitter.pending() == 400
    splitter.distribute(1, sender=stranger)
    splitter.distribute(sender=stranger)
    assert paid(money, waterworks, library_fund, road_fund) == [420, 180, 400]


def test_dates_income_of_each_version_by_its_months(
    splitter, set_rules, money, lease, stranger, to_road
):
    """Versions begin two months apart; income before the first is the first's, what is due in a
    month to come is the present one's."""
    first = this_month()
    for _ in range(4):
        set_rules(splitter, to_road)
    assert [splitter.rules_of(version)[1] for version in range(1, 6)] == [
        first + 2 * number for number in range(5)
    ]
    expected = [0] * 6
    for due in range(first - 2, first + 12):
        money.mint(splitter, 10, sender=stranger)
        splitter.date_income(10, due, sender=lease)
        expected[min(max((due - first) // 2 + 1, 1), 5)] += 10

    assert [splitter.income_of(version) for version in range(1, 5)] == expected[1:5]
    assert splitter.income_of(5) == 0
    assert splitter.pending() == expected[5]


def test_dating_income_lets_rules_begin(
    splitter, schedule, money, lease, stranger, to_road, waterworks, library_fund, road_fund
):
    """500 came in before the new month's first call, the rent with it."""
    month = schedule(splitter, to_road)
    money.mint(splitter, 500, sender=stranger)
    chain.mine(timestamp=start_of(month))
    money.mint(splitter, 100, sender=stranger)

    splitter.date_income(100, month, sender=lease)

    assert splitter.version() == 2
    assert (splitter.income_of(1), splitter.pending()) == (500, 100)


def test_refuses_to_date_more_than_came_in(
    splitter, set_rules, schedule, money, lease, stranger, to_road
):
    may = this_month()
    set_rules(splitter, to_road)
    money.mint(splitter, 100, sender=stranger)
    with ape.reverts("revenue_splitter: not here"):
        splitter.date_income(101, may, sender=lease)
    chain.mine(timestamp=start_of(schedule(splitter, to_road)))
    with ape.reverts("revenue_splitter: not here"):
        splitter.date_income(101, may, sender=lease)
    with ape.reverts("revenue_splitter: not here"):
        splitter.date_income(50, may, 51, sender=lease)
    splitter.date_income(100, may, sender=lease)
    with ape.reverts("revenue_splitter: not here"):
        splitter.date_income(1, may, sender=lease)
    assert splitter.income_of(1) == 100


def test_refuses_a_version_that_is_not_in_force_yet(splitter, schedule, money, stranger, to_road):
    schedule(splitter, to_road)
    money.mint(splitter, 100, sender=stranger)
    for version in (2, 3, 2**256 - 1):
        with ape.reverts("revenue_splitter: unknown version"):
            splitter.distribute(version, sender=stranger)
        with ape.reverts("revenue_splitter: unknown version"):
            splitter.pending(version)


def test_counts_months_on_the_citys_calendar(splitter, schedule, stranger, to_road):
    """In UTC+9 a month begins nine hours before it does in Greenwich."""
    month = schedule(splitter, to_road)
    chain.mine(timestamp=start_of(month))

    assert month_at(chain.pending_timestamp, 0) == month - 1
    splitter.begin_rules(sender=stranger)
    assert splitter.version() == 2
