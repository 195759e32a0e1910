"""Issuance on our own serials: who signs is in test_carbon_registry_issue_signatures.py."""

import re

import ape
import pytest
from ape import chain

from .conftest import (
    APART,
    DAY,
    EVIDENCE,
    HOUR,
    KOREA,
    METHOD,
    NOTHING,
    OUTSIDE,
    RESOLUTION,
    START,
    TONNE,
    VERRA,
    ZERO,
    hints_for,
)
from .logs import event, logged

# With a wrong neighbour it is as well.
REFUSED = re.compile("serial_intervals: (overlap|wrong hint)")


def test_brings_verified_tonnes_into_being(
    carbon, registry, hand_in, issuance, investors, solar, solar_plant, alice, supply
):
    wanted = issuance(solar)

    receipt = hand_in(wanted)

    token_id = (solar << 128) + (OUTSIDE << 64) + 1
    owner = (solar << 64) + 1
    series = registry.series(registry.NATIVE(), solar.to_bytes(32, "big"))
    assert receipt.return_value == token_id
    assert carbon.balanceOf(alice, token_id) == 100 * TONNE
    assert supply(token_id) == supply() == (100 * TONNE, 100 * TONNE, 0, 0, 0, 0, 0)
    assert tuple(registry.batch(token_id)) == (
        *(2020, START, START + DAY, bytes(series), 1, 100, NOTHING, EVIDENCE),
    )
    assert logged(receipt) == [
        event("IntervalClaimed", registry.periods(solar_plant), START, START + DAY - 1, owner),
        event("IntervalClaimed", series, 1, 100, owner),
        event("BatchIssued", token_id, solar, alice, wanted.as_tuple(), 0, 2),
        event("TransferSingle", registry, ZERO, alice, token_id, 100 * TONNE),
        event("CreditMinted", alice, token_id, solar, (OUTSIDE << 64) + 1, 100 * TONNE, 0),
    ]


def test_numbers_the_batches_of_a_project(
    registry, issue, investors, solar, wind, wind_park, alice
):
    ids = [issue(solar, alice), issue(wind, alice), issue(solar, alice, 1)]

    assert [token_id % 2**64 for token_id in ids] == [1, 1, 2]
    assert [token_id >> 128 for token_id in ids] == [solar, wind, solar]
    assert registry.projects(solar).batches == 2
    assert tuple(registry.projects(wind)) == (wind_park, METHOD, KOREA, OUTSIDE, 0, False, 1)


def test_the_same_issuance_does_not_issue_twice(hand_in, issuance, investors, solar, supply):
    wanted = issuance(solar)
    hand_in(wanted)

    with ape.reverts("serial_intervals: overlap"):
        hand_in(wanted)
    with ape.reverts("serial_intervals: overlap"):
        hand_in(wanted, hints=(0, 0))

    assert supply()[0] == 100 * TONNE


# --- monitoring periods
@pytest.mark.parametrize(
    ("start", "end"),
    [
        (START, START + DAY),  # the same
        (START - DAY, START + 1),  # into its beginning, by one second
        (START + DAY - 1, START + 2 * DAY),  # into its end, by one second
        (START + 1, START + 2),  # inside
        (START - 1, START + DAY + 1),  # around
        (START, START + 1),  # its first second
        (START + DAY - 1, START + DAY),  # its last second
    ],
)
def test_refuses_a_period_of_which_a_second_was_monitored_before(
    hand_in, issuance, batch, solar, wind, start, end
):
    wanted = issuance(solar, 5, period_start=start, period_end=end)
    with ape.reverts("serial_intervals: overlap"):
        hand_in(wanted)
    for after in (0, START):
        with ape.reverts(REFUSED):
            hand_in(wanted, hints=(after, 1))

    other = issuance(wind, 5, period_start=start, period_end=end)
    assert hand_in(other).return_value % 2**64 == 1  # on another plant, nothing stands against it


def test_takes_periods_that_touch_and_that_leave_gaps_in_any_order(
    registry, issue, batch, solar, solar_plant, alice
):
    for number, start, end in (
        (1, START + DAY, START + 2 * DAY),
        (2, START - DAY, START),
        (3, START + 9 * DAY, START + 9 * DAY + 1),
        (4, START + 5 * DAY, START + 6 * DAY),
    ):
        issue(solar, alice, number, period_start=start, period_end=end)

    periods = registry.periods(solar_plant)
    first, starts = registry.first_interval(periods), []
    while first:
        starts.append((first - START) // DAY)
        first = registry.interval(periods, first).next
    assert starts == [-1, 0, 1, 5, 9]


def test_two_projects_on_one_plant_share_its_seconds(
    hand_in, issuance, batch, open_project, solar_plant
):
    """However a tonne is named, it is issued once."""
    second = open_project(solar_plant, methodology=b"OTHER".ljust(32, b"\0"), kind=9)

    with ape.reverts("serial_intervals: overlap"):
        hand_in(issuance(second), hints=(START, 0))
    hand_in(issuance(second, 1))

    with ape.reverts("serial_intervals: overlap"):
        hand_in(issuance(second, 2, period_start=START + DAY, period_end=START + 3 * DAY))


@pytest.mark.parametrize(
    ("start", "end", "is_let"),
    [
        (0, DAY, False),  # zero means none
        (1, DAY, True),
        (START, START, False),
        (START, START + 1, True),
        (START + 1, START, False),
    ],
)
def test_asks_for_a_period(hand_in, issuance, investors, solar, start, end, is_let):
    wanted = issuance(solar, period_start=start, period_end=end)
    if is_let:
        assert hand_in(wanted).return_value % 2**64 == 1
    else:
        with ape.reverts("carbon_registry: bad period"):
            hand_in(wanted)


def test_asks_for_a_period_that_is_over(hand_in, issuance, investors, solar):
    end = chain.pending_timestamp + HOUR
    wanted = issuance(solar, period_end=end, deadline=end)

    chain.pending_timestamp = end - 1
    with ape.reverts("carbon_registry: bad period"):
        hand_in(wanted)
    hand_in(wanted)

    assert chain.blocks.head.timestamp == end


# --- serials
@pytest.mark.parametrize(
    ("first", "tonnes"),
    [
        (1_001, 100),  # the same
        (902, 100),  # into its beginning, by one
        (1_100, 100),  # into its end, by one
        (1_050, 1),  # inside
        (1_000, 102),  # around
        (1_001, 1),
        (1_100, 1),
    ],
)
def test_refuses_serials_of_which_one_was_given_out(
    hand_in, issuance, issue, batch, solar, alice, first, tonnes
):
    issue(solar, alice, 1)
    wanted = issuance(solar, 2, first_serial=first, tonnes=tonnes)

    with ape.reverts("serial_intervals: overlap"):
        hand_in(wanted)
    for after in (0, 1, 1 + APART):
        with ape.reverts(REFUSED):
            hand_in(wanted, hints=(START + DAY, after))


def test_takes_serials_that_touch_and_fill_a_gap(registry, issue, batch, solar, alice):
    issue(solar, alice, 1)
    issue(solar, alice, 2, first_serial=101, tonnes=900)  # exactly between

    series = registry.series(registry.NATIVE(), solar.to_bytes(32, "big"))
    owner = solar << 64
    for number, expected in (
        (1, (owner + 1, 1)),
        (100, (owner + 1, 1)),
        (101, (owner + 3, 101)),
        (1_000, (owner + 3, 101)),
        (1_001, (owner + 2, 1_001)),
        (1_101, (0, 0)),
    ):
        assert tuple(registry.serial_owner(series, number)) == expected, number


@pytest.mark.parametrize(
    ("first", "tonnes", "is_let"),
    [
        (0, 1, False),
        (1, 1, True),
        (2**64 - 1, 1, True),
        (2**64 - 2, 2, True),
        (2**64 - 1, 2, False),
    ],
)
def test_takes_serials_from_1_to_the_greatest(
    registry, hand_in, issuance, investors, solar, first, tonnes, is_let
):
    wanted = issuance(solar, first_serial=first, tonnes=tonnes)
    if is_let:
        token_id = hand_in(wanted).return_value
        known = registry.batch(token_id)
        assert (known.first_serial, known.last_serial) == (first, first + tonnes - 1)
    else:
        with ape.reverts("serial_intervals: bad interval"):
            hand_in(wanted)


def test_each_project_has_serials_of_its_own(registry, issue, batch, wind, alice):
    other = issue(wind, alice)

    assert registry.batch(other).first_serial == registry.batch(batch).first_serial == 1
    assert registry.batch(other).series != registry.batch(batch).series


def test_refuses_another_series_than_the_projects(hand_in, issuance, investors, solar, wind):
    for series_id in (NOTHING, wind.to_bytes(32, "big"), VERRA):
        with ape.reverts("carbon_registry: bad series"):
            hand_in(issuance(solar, series_id=series_id))
    for code in (VERRA, NOTHING):
        with ape.reverts("carbon_registry: bad series"):
            hand_in(issuance(solar, registry_code=code))


def test_refuses_a_bridging_transaction(hand_in, issuance, investors, solar):
    with ape.reverts("carbon_registry: bad origin"):
        hand_in(issuance(solar, origin=EVIDENCE))


# --- hints
def test_refuses_wrong_neighbours_and_stays_whole(
    registry, hand_in, issuance, issue, batch, solar, solar_plant, alice, supply
):
    for number in (2, 4, 6):
        issue(solar, alice, number)
    wanted = issuance(solar, 5)
    right = hints_for(registry, wanted)
    assert right == (START + 4 * DAY, 1 + 4 * APART)
    before = supply()

    for wrong, reason in (
        ((0, right[1]), "serial_intervals: wrong hint"),
        ((START, right[1]), "serial_intervals: wrong hint"),
        ((START + 6 * DAY, right[1]), "serial_intervals: overlap"),
        ((START + 5 * DAY, right[1]), "serial_intervals: unknown hint"),
        ((START + 4 * DAY + 1, right[1]), "serial_intervals: unknown hint"),
        ((2**64 - 1, right[1]), "serial_intervals: unknown hint"),
        ((right[0], 0), "serial_intervals: wrong hint"),
        ((right[0], 1), "serial_intervals: wrong hint"),
        ((right[0], 1 + 6 * APART), "serial_intervals: overlap"),
        ((right[0], 2), "serial_intervals: unknown hint"),
    ):
        with ape.reverts(reason):
            hand_in(wanted, hints=wrong)
    assert supply() == before
    assert registry.first_interval(registry.periods(solar_plant)) == START

    hand_in(wanted, hints=right)

    assert hints_for(registry, issuance(solar, 6)) == (START + 5 * DAY, 1 + 5 * APART)


# --- the rest of an issuance
def test_refuses_an_unknown_project(registry, hand_in, issuance, investors, solar):
    for project_id in (0, registry.total_projects() + 1, 2**256 - 1):
        with ape.reverts("carbon_registry: unknown project"):
            hand_in(issuance(solar, project_id=project_id))


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"tonnes": 0}, "carbon_registry: no amount"),
        ({"evidence_hash": NOTHING}, "carbon_registry: no evidence"),
        ({"receiver": ZERO}, "carbon_credit: cannot receive"),
    ],
)
def test_refuses_what_is_missing(hand_in, issuance, investors, solar, supply, changed, reason):
    with ape.reverts(reason):
        hand_in(issuance(solar, **changed))

    assert supply() == (0,) * 7


def test_deadline_is_inclusive(hand_in, issuance, investors, solar):
    deadline = chain.pending_timestamp + HOUR
    wanted = issuance(solar, deadline=deadline)

    chain.pending_timestamp = deadline + 1
    with ape.reverts("carbon_registry: past the deadline"):
        hand_in(wanted)


def test_issues_in_the_last_second_of_the_deadline(hand_in, issuance, investors, solar):
    deadline = chain.pending_timestamp + HOUR
    wanted = issuance(solar, deadline=deadline)

    chain.pending_timestamp = deadline
    hand_in(wanted)

    assert chain.blocks.head.timestamp == deadline


def test_end_of_life_lies_ahead(carbon, hand_in, issuance, investors, solar):
    now = chain.pending_timestamp + HOUR
    late, last = (issuance(solar, expiry=end, deadline=now + 1) for end in (now, now + 2))

    chain.pending_timestamp = now
    with ape.reverts("carbon_registry: already expired"):
        hand_in(late)
    token_id = hand_in(last).return_value

    assert chain.blocks.head.timestamp == now + 1
    assert carbon.terms_of(token_id).expiry == now + 2


def test_end_of_life_fits_40_bits(carbon, hand_in, issuance, investors, solar):
    with ape.reverts("batch_supply: bad expiry"):
        hand_in(issuance(solar, expiry=2**40))

    token_id = hand_in(issuance(solar, expiry=2**40 - 1)).return_value

    assert carbon.terms_of(token_id).expiry == 2**40 - 1


def test_refuses_a_receiver_who_is_not_verified_and_leaves_everything_free(
    registry, hand_in, issuance, investors, solar, solar_plant, stranger
):
    with ape.reverts("carbon_credit: cannot receive"):
        hand_in(issuance(solar, receiver=stranger.address))

    assert registry.first_interval(registry.periods(solar_plant)) == 0
    assert hand_in(issuance(solar)).return_value % 2**64 == 1


def test_refuses_while_credits_are_paused(carbon, hand_in, issuance, investors, solar, guardian):
    carbon.pause(sender=guardian)

    with ape.reverts("emergency_stop: paused"):
        hand_in(issuance(solar))


def test_refuses_a_receiver_that_is_a_contract_and_declines(
    hand_in, issuance, investors, solar, credit_receiver, stranger
):
    credit_receiver.behave(4, sender=stranger)

    with ape.reverts("credit_holdings: receiver refuses"):
        hand_in(issuance(solar, receiver=credit_receiver.address))


# --- buffers
@pytest.mark.parametrize(
    ("bps", "tonnes", "buffer"),
    [
        (0, 100, 0),
        (1, 1, 10_000),
        (1_500, 100, 15 * TONNE),
        (1, 3, 30_000),
        (9_999, 1, 99_990_000),
        (3_333, 7, 233_310_000),
    ],
)
def test_sets_the_projects_part_aside(
    carbon, issue, rated, investors, alice, supply, bps, tonnes, buffer
):
    token_id = issue(rated(bps), alice, tonnes=tonnes)

    amount = tonnes * TONNE
    assert supply(token_id) == (amount, amount - buffer, buffer, 0, 0, 0, 0)
    assert carbon.balanceOf(alice, token_id) == amount - buffer


@pytest.mark.parametrize(
    ("bps", "tonnes", "buffer"),
    [
        (0, 100, 0),
        (1, 1, 1),  # one tonne is all there is: nothing can be traded
        (1_500, 100, 15),
        (1_501, 100, 16),
        (1, 10_001, 2),
        (1, 10_000, 1),
        (9_999, 2, 2),
    ],
)
def test_sets_whole_tonnes_aside_where_only_those_move(
    issue, rated, investors, alice, supply, bps, tonnes, buffer
):
    token_id = issue(rated(bps, is_whole=True), alice, tonnes=tonnes)

    assert supply(token_id)[:3] == (tonnes * TONNE, (tonnes - buffer) * TONNE, buffer * TONNE)


def test_logs_the_buffer(registry, hand_in, issuance, rated, investors, alice):
    project_id = rated(1_500)

    receipt = hand_in(issuance(project_id))

    token_id = receipt.return_value
    issued, *minted, buffered = logged(receipt)[2:]
    assert issued == event("BatchIssued", token_id, project_id, alice, issued[4], 15 * TONNE, 2)
    assert [name for name, *_ in minted] == ["TransferSingle", "CreditMinted"]
    assert buffered == event("Buffered", token_id, 15 * TONNE)


def test_a_new_rate_leaves_issued_batches_as_they_are(
    registry, issue, rated, investors, alice, council_clerk, supply
):
    project_id = rated(1_000)
    old = issue(project_id, alice)
    rating = registry.projects(project_id).risk_rating
    registry.set_buffer_bps(rating, 3_000, RESOLUTION, sender=council_clerk)

    new = issue(project_id, alice, 1)

    assert (supply(old)[2], supply(new)[2]) == (10 * TONNE, 30 * TONNE)
