"""Who held what at a record date (INV-REC-1): before the first move at it or after it."""

from random import Random

import ape
import pytest
from ape import chain

from tests.recoveries import replace_wallet

from .conftest import ALICE, BOB, CAROL

DAY = 86_400
MAX_AHEAD = 366 * DAY
NO_RECORD = "records: no record"


@pytest.fixture
def schedule(token, asset_manager):
    """`schedule(token)`: a record date in ten seconds; its time."""

    def record(of=token, ahead=10):
        time = chain.pending_timestamp + ahead
        of.schedule_record(time, sender=asset_manager)
        return time

    return record


def holdings(token, time, *accounts):
    return tuple(token.snapshotBalanceOf(time, each) for each in accounts)


def test_announces_a_date(token, asset_manager):
    time = chain.pending_timestamp + DAY

    receipt = token.schedule_record(time, sender=asset_manager)

    assert receipt.events == [token.RecordScheduled(time=time, manager=asset_manager)]
    assert (token.pending_record(), token.epoch()) == (time, 0)


def test_transfer_after_the_date_does_not_move_what_was_held(token, schedule, alice, bob, carol):
    time = schedule()
    token.transfer(bob, 100, sender=alice)  # before it
    chain.pending_timestamp = time

    receipt = token.transfer(carol, 50, sender=bob)  # at it

    assert receipt.events == [
        token.RecordTaken(time=time, number=1, supply=ALICE + BOB + CAROL),
        token.Transfer(sender=bob, receiver=carol, value=50),
    ]
    assert holdings(token, time, alice, bob, carol) == (ALICE - 100, BOB + 100, CAROL)
    assert token.snapshotTotalSupply(time) == ALICE + BOB + CAROL
    assert (token.pending_record(), token.epoch()) == (0, 1)


def test_answers_from_the_date_on_though_nothing_has_moved(token, schedule, alice, bob):
    time = schedule()

    for view, arguments in ((token.snapshotBalanceOf, (alice,)), (token.snapshotTotalSupply, ())):
        with ape.reverts(NO_RECORD):
            view(time, *arguments)
    chain.mine(timestamp=time)

    assert holdings(token, time, alice, bob) == (ALICE, BOB)
    assert token.snapshotTotalSupply(time) == ALICE + BOB + CAROL


@pytest.mark.parametrize("time", [0, 1, 2**32])
def test_answers_of_no_other_date(token, schedule, alice, time):
    chain.mine(timestamp=schedule())

    with ape.reverts(NO_RECORD):
        token.snapshotBalanceOf(time, alice)
    with ape.reverts(NO_RECORD):
        token.snapshotTotalSupply(time)


def test_issue_burn_and_force_after_the_date_do_not_count(
    token, schedule, appoint, alice, bob, carol, asset_manager, enforcer
):
    appoint(token, 1_000)
    token.burn(carol, 200, sender=enforcer)
    time = schedule()
    chain.mine(timestamp=time)

    token.mint(carol, 200, sender=asset_manager)
    token.burn(bob, 300, sender=enforcer)
    token.forcedTransfer(alice, bob, 500, sender=enforcer)

    assert holdings(token, time, alice, bob, carol) == (ALICE, BOB, 0)
    assert token.snapshotTotalSupply(time) == ALICE + BOB
    assert token.totalSupply() == 700


def test_recovery_after_the_date_leaves_the_record_with_the_lost_wallet(
    token, city, schedule, appoint, second_wallet, alice, enforcer
):
    appoint(token, 0)
    time = schedule()
    chain.mine(timestamp=time)
    replace_wallet(city, alice, second_wallet, enforcer)

    token.recoveryAddress(alice, second_wallet, alice, sender=enforcer)

    assert holdings(token, time, alice, second_wallet) == (ALICE, 0)


def test_income_between_the_dates_is_another_epoch(token, schedule, pay_in, alice, bob):
    first = schedule()
    chain.mine(timestamp=first)
    token.transfer(bob, 1, sender=alice)
    pay_in(token, 1_000)
    second = schedule()
    chain.mine(timestamp=second)
    pay_in(token, 1_000)
    token.transfer(bob, 1, sender=alice)

    assert token.epoch() == 4
    assert holdings(token, first, alice, bob) == (ALICE, BOB)
    assert holdings(token, second, alice, bob) == (ALICE - 1, BOB + 1)
    # The record takes no income from anyone.
    assert (token.claimable(alice), token.claimable(bob)) == (2 * (ALICE - 1), 2 * (BOB + 1))


def test_one_is_pending_at_a_time(token, schedule, asset_manager, alice, bob):
    time = schedule()

    with ape.reverts("records: one is pending"):
        token.schedule_record(time + 1, sender=asset_manager)
    chain.pending_timestamp = time
    receipt = token.schedule_record(time + 100, sender=asset_manager)

    assert receipt.events == [
        token.RecordTaken(time=time, number=1, supply=1_000),
        token.RecordScheduled(time=time + 100, manager=asset_manager),
    ]
    assert holdings(token, time, alice, bob) == (ALICE, BOB)


@pytest.mark.parametrize("ahead", [0, -1, MAX_AHEAD + 1])
def test_other_dates_are_refused(token, asset_manager, ahead):
    now = chain.pending_timestamp
    with ape.reverts("records: bad date"):
        token.schedule_record(now + ahead, sender=asset_manager)


@pytest.mark.parametrize("ahead", [1, MAX_AHEAD])
def test_nearest_and_farthest_date(token, asset_manager, ahead):
    time = chain.pending_timestamp + ahead
    token.schedule_record(time, sender=asset_manager)

    assert token.pending_record() == time


@pytest.mark.parametrize("seed", range(6))
def test_equals_a_reference_over_random_moves(
    issue_token, accounts, verify, asset_manager, appoint, enforcer, pay_in, seed
):
    """Moves of all kinds, deposits and 12 dates; every balance at every date."""
    lot = Random(seed)
    people = [accounts[50 + i] for i in range(6)]
    token = issue_token([(each, 40) for each in people[:4]], units=1_000)
    verify(*people[4:])
    appoint(token, 10**6)
    held = {each.address: 40 if i < 4 else 0 for i, each in enumerate(people)}
    records, due, taken = {}, None, 0

    for _ in range(160):
        now = chain.pending_timestamp
        if due is not None and now >= due:
            records[due], due = dict(held), None
        act = lot.choice(
            ["move"] * 6 + ["mint", "burn", "force", "deposit", "record", "record", "wait"]
        )
        sender, receiver = lot.sample(people, 2)
        amount = lot.randint(0, held[sender.address])
        if act == "record" and due is None and taken < 12:
            due, taken = now + lot.randint(1, 8), taken + 1
            token.schedule_record(due, sender=asset_manager)
        elif act == "mint" and sum(held.values()) + 5 <= 1_000:
            token.mint(receiver, 5, sender=asset_manager)
            held[receiver.address] += 5
        elif act == "burn":
            token.burn(sender, amount, sender=enforcer)
            held[sender.address] -= amount
        elif act == "deposit" and sum(held.values()):
            pay_in(token, lot.randint(1, 10**6))
        elif act in ("move", "force"):
            if act == "move":
                token.transfer(receiver, amount, sender=sender)
            else:
                token.forcedTransfer(sender, receiver, amount, sender=enforcer)
            held[sender.address] -= amount
            held[receiver.address] += amount
        else:
            chain.mine()

    assert len(records) >= 8
    for time, balances in records.items():
        assert [token.snapshotBalanceOf(time, each) for each in people] == list(balances.values())
        assert token.snapshotTotalSupply(time) == sum(balances.values())
