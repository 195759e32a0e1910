"""INV-ENF-1, INV-ENF-2: orders are proposed, confirmed, carried out, called off, lapsed, undone."""

import ape
import pytest
from ape import chain
from eth_utils import keccak

from . import errors
from .conftest import ALICE, BOB, CAROL

DAY = 86_400
CASE = keccak(text="case")
NONE = bytes(32)


@pytest.fixture
def orders(city):
    return city.enforcement


@pytest.fixture
def order(token, alice, bob):
    """A move of 60 from alice to bob, with any part another."""

    def make(**changes):
        parts = {
            "token": token.address,
            "sender": alice.address,
            "receivers": [bob.address],
            "shares": [60],
            "is_succession": False,
            "case": CASE,
            "undoes": NONE,
        } | changes
        return tuple(parts.values())

    return make


@pytest.fixture
def ready(orders, enforcer, compliance_officer):
    """Propose and confirm an order, and let the delay pass; its id."""

    def act(what):
        orders.propose(what, sender=enforcer)
        order_id = orders.id_of(what)
        orders.confirm(order_id, sender=compliance_officer)
        chain.mine(timestamp=orders.status_of(order_id).ready_at)
        return order_id

    return act


def test_proposes(orders, order, enforcer, token, alice, bob):
    now = chain.pending_timestamp

    receipt = orders.propose(order(), sender=enforcer)

    order_id = orders.id_of(order())
    assert bytes(receipt.return_value) == bytes(order_id)
    assert receipt.events == [
        orders.OrderProposed(
            order_id=order_id,
            token=token,
            sender=alice,
            receivers=[bob],
            shares=[60],
            is_succession=False,
            case=CASE,
            undoes=NONE,
            ready_at=now + 3 * DAY,
            expires_at=now + 33 * DAY,
            enforcer=enforcer,
        )
    ]
    assert token.balanceOf(alice) == ALICE


def test_carries_out_what_was_confirmed_in_its_time(
    orders, order, ready, enforcer, token, alice, bob
):
    order_id = ready(order())

    receipt = orders.execute(order(), sender=enforcer)

    assert receipt.events == [
        orders.OrderExecuted(order_id=order_id, enforcer=enforcer),
        token.Transfer(sender=alice, receiver=bob, value=60),
        token.ForcedTransfer(sender=alice, receiver=bob, amount=60),
    ]
    assert (token.balanceOf(alice), token.balanceOf(bob)) == (ALICE - 60, BOB + 60)
    with ape.reverts("enforcement: was executed"):
        orders.execute(order(), sender=enforcer)


def test_moves_to_several(orders, order, ready, enforcer, token, bob, carol):
    what = order(receivers=[bob.address, carol.address], shares=[60, 7])
    ready(what)

    orders.execute(what, sender=enforcer)

    assert (token.balanceOf(bob), token.balanceOf(carol)) == (BOB + 60, CAROL + 7)


def test_unconfirmed_is_refused(orders, order, enforcer):
    orders.propose(order(), sender=enforcer)
    chain.mine(timestamp=chain.pending_timestamp + 4 * DAY)

    with ape.reverts("enforcement: not confirmed"):
        orders.execute(order(), sender=enforcer)


def test_other_than_the_one_confirmed_is_refused(orders, order, ready, enforcer):
    ready(order())

    with ape.reverts("enforcement: not confirmed"):
        orders.execute(order(shares=[61]), sender=enforcer)


def test_waits_for_the_delay_and_lapses_by_itself(
    orders, order, enforcer, compliance_officer, token
):
    orders.propose(order(), sender=enforcer)
    order_id = orders.id_of(order())
    orders.confirm(order_id, sender=compliance_officer)
    status = orders.status_of(order_id)

    chain.pending_timestamp = status.ready_at - 1
    with ape.reverts("enforcement: not ready"):
        orders.execute(order(), sender=enforcer)
    snapshot = chain.snapshot()
    chain.pending_timestamp = status.expires_at
    with ape.reverts("enforcement: lapsed"):
        orders.execute(order(), sender=enforcer)
    chain.restore(snapshot)
    chain.pending_timestamp = status.expires_at - 1
    orders.execute(order(), sender=enforcer)


def test_guardian_calls_off(orders, order, ready, enforcer, guardian):
    order_id = ready(order())

    receipt = orders.cancel(order_id, sender=guardian)

    assert receipt.events == [orders.OrderCancelled(order_id=order_id, guardian=guardian)]
    with ape.reverts("enforcement: cancelled"):
        orders.execute(order(), sender=enforcer)
    with ape.reverts("enforcement: cancelled"):
        orders.cancel(order_id, sender=guardian)


def test_only_what_is_open_is_called_off(orders, order, ready, enforcer, guardian):
    with ape.reverts("enforcement: not proposed"):
        orders.cancel(CASE, sender=guardian)
    order_id = ready(order())
    orders.execute(order(), sender=enforcer)

    with ape.reverts("enforcement: was executed"):
        orders.cancel(order_id, sender=guardian)


def test_confirms_once_what_was_proposed(orders, order, enforcer, compliance_officer):
    with ape.reverts("enforcement: not proposed"):
        orders.confirm(CASE, sender=compliance_officer)
    orders.propose(order(), sender=enforcer)
    order_id = orders.id_of(order())

    receipt = orders.confirm(order_id, sender=compliance_officer)

    assert receipt.events == [orders.OrderConfirmed(order_id=order_id, officer=compliance_officer)]
    with ape.reverts("enforcement: was confirmed"):
        orders.confirm(order_id, sender=compliance_officer)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"case": NONE}, "enforcement: no case"),
        ({"receivers": [], "shares": []}, "enforcement: no receivers"),
        ({"shares": [1, 2]}, "enforcement: lengths differ"),
        ({"undoes": CASE}, "enforcement: use undo"),
        ({"is_succession": True, "shares": [0]}, "enforcement: no weights"),
        ({"is_succession": True, "shares": [2**64 + 1]}, "enforcement: no weights"),
    ],
)
def test_order_without_sense_is_refused(orders, order, enforcer, changes, reason):
    with ape.reverts(reason):
        orders.propose(order(**changes), sender=enforcer)


def test_same_order_twice_is_refused(orders, order, enforcer):
    orders.propose(order(), sender=enforcer)

    with ape.reverts("enforcement: was proposed"):
        orders.propose(order(), sender=enforcer)
    orders.propose(order(case=keccak(text="other")), sender=enforcer)


def test_takes_back(orders, order, ready, enforcer, compliance_officer, token, alice, bob):
    order_id = ready(order())
    orders.execute(order(), sender=enforcer)
    appeal = keccak(text="appeal")

    orders.propose_undo(order(), appeal, sender=enforcer)
    back = order(sender=bob.address, receivers=[alice.address], case=appeal, undoes=bytes(order_id))
    with ape.reverts("enforcement: not confirmed"):
        orders.execute(back, sender=enforcer)
    orders.confirm(orders.id_of(back), sender=compliance_officer)
    orders.execute(back, sender=enforcer)

    assert (token.balanceOf(alice), token.balanceOf(bob)) == (ALICE, BOB)
    with ape.reverts("enforcement: can't be undone"):
        orders.propose_undo(order(), keccak(text="again"), sender=enforcer)
    with ape.reverts("enforcement: can't be undone"):
        orders.propose_undo(back, keccak(text="again"), sender=enforcer)


def test_an_undo_that_is_called_off_leaves_room_for_another_and_one_counts(
    orders, order, ready, enforcer, guardian, compliance_officer, token, alice, bob
):
    order_id = bytes(ready(order()))
    orders.execute(order(), sender=enforcer)
    undone = [
        order(
            sender=bob.address, receivers=[alice.address], case=keccak(text=case), undoes=order_id
        )
        for case in ("first", "second", "third")
    ]
    for back in undone:
        orders.propose_undo(order(), back[5], sender=enforcer)
        orders.confirm(orders.id_of(back), sender=compliance_officer)
    orders.cancel(orders.id_of(undone[0]), sender=guardian)
    with ape.reverts("enforcement: cancelled"):
        orders.execute(undone[0], sender=enforcer)
    assert not orders.status_of(order_id).is_undone

    orders.execute(undone[1], sender=enforcer)

    assert orders.status_of(order_id).is_undone
    with ape.reverts("enforcement: was undone"):
        orders.execute(undone[2], sender=enforcer)
    assert (token.balanceOf(alice), token.balanceOf(bob)) == (ALICE, BOB)


def test_takes_back_in_its_window_only(orders, order, ready, enforcer):
    ready(order())
    with ape.reverts("enforcement: can't be undone"):
        orders.propose_undo(order(), CASE, sender=enforcer)
    orders.execute(order(), sender=enforcer)
    end = orders.status_of(orders.id_of(order())).executed_at + 90 * DAY

    with ape.reverts("enforcement: no case"):
        orders.propose_undo(order(), NONE, sender=enforcer)
    chain.pending_timestamp = end + 1
    with ape.reverts("enforcement: can't be undone"):
        orders.propose_undo(order(), CASE, sender=enforcer)


def test_takes_back_on_the_last_second(orders, order, ready, enforcer):
    ready(order())
    orders.execute(order(), sender=enforcer)

    chain.pending_timestamp = orders.status_of(orders.id_of(order())).executed_at + 90 * DAY
    orders.propose_undo(order(), CASE, sender=enforcer)


@pytest.mark.parametrize("shape", ["succession", "several"])
def test_only_a_move_to_one_is_taken_back(orders, order, ready, enforcer, bob, carol, shape):
    what = order(is_succession=True)
    if shape == "several":
        what = order(receivers=[bob.address, carol.address], shares=[1, 1])
    ready(what)
    orders.execute(what, sender=enforcer)

    with ape.reverts("enforcement: can't be undone"):
        orders.propose_undo(what, CASE, sender=enforcer)


def test_estate_goes_to_its_heirs_by_weight(
    issue_token, pay_in, order, ready, orders, enforcer, accounts
):
    """Seven units and 1,003 of income, 1.5 : 1 : 1."""
    owner, spouse, first, second = (accounts[25 + i] for i in range(4))
    token = issue_token([(owner, 7), (spouse, 1), (first, 1), (second, 1)])
    pay_in(token, 1_003)
    owed = token.claimable_scaled(owner)
    before = [token.claimable_scaled(each) for each in (spouse, first, second)]
    what = order(
        token=token.address,
        sender=owner.address,
        receivers=[spouse.address, first.address, second.address],
        shares=[3, 2, 2],
        is_succession=True,
    )
    ready(what)

    orders.execute(what, sender=enforcer)

    heirs = (spouse, first, second)
    assert [token.balanceOf(each) for each in heirs] == [1 + 3, 1 + 2, 1 + 2]
    got = [token.claimable_scaled(each) - b for each, b in zip(heirs, before, strict=True)]
    assert got == [owed * 3 // 7, owed * 5 // 7 - owed * 3 // 7, owed - owed * 5 // 7]
    assert (token.balanceOf(owner), token.claimable_scaled(owner)) == (0, 0)


@pytest.mark.parametrize("weights", [[1, 1, 1], [5, 0, 3], [1, 2**63, 7]])
def test_nothing_of_an_estate_is_left_over(
    token, pay_in, order, ready, orders, enforcer, accounts, verify, alice, bob, carol, weights
):
    third = accounts[24]
    verify(third)
    pay_in(token, 10**30 + 1)
    owed = token.claimable_scaled(alice)
    heirs = [bob, carol, third]
    units = [token.balanceOf(each) for each in heirs]
    income = [token.claimable_scaled(each) for each in heirs]
    what = order(receivers=[each.address for each in heirs], shares=weights, is_succession=True)
    ready(what)

    orders.execute(what, sender=enforcer)

    sums = [sum(weights[: i + 1]) for i in range(3)]
    ends = [(ALICE * s // sums[2], owed * s // sums[2]) for s in sums]
    parts = [(a - b, c - d) for (a, c), (b, d) in zip(ends, [(0, 0), *ends[:-1]], strict=True)]
    assert [
        (token.balanceOf(h) - u, token.claimable_scaled(h) - i)
        for h, u, i in zip(heirs, units, income, strict=True)
    ] == parts
    assert (token.balanceOf(alice), token.claimable_scaled(alice)) == (0, 0)


def test_heir_who_may_not_hold_stops_the_succession(
    scene, order, ready, orders, enforcer, alice, bob, carol
):
    what = order(receivers=[bob.address, carol.address], shares=[1, 1], is_succession=True)
    ready(what)
    scene.revoke(carol)

    with errors.refused(errors.cannot_receive(carol)):
        orders.execute(what, sender=enforcer)

    assert scene.token.balanceOf(alice) == ALICE


def test_freezes_with_a_reason_and_an_end(orders, token, compliance_officer, alice):
    until = (chain.pending_timestamp // 3_600 + 10) * 3_600

    receipt = orders.freeze(token, alice, until, CASE, sender=compliance_officer)

    assert receipt.events == [
        orders.FreezeOrdered(
            token=token,
            account=alice,
            reason=CASE,
            is_frozen=True,
            until=until,
            amount=0,
            officer=compliance_officer,
        ),
        token.AddressFrozen(account=alice, is_frozen=True, agent=orders),
    ]
    assert token.frozen_until(alice) == until


def test_freezes_without_an_end_and_releases(orders, token, compliance_officer, alice):
    orders.freeze(token, alice, 0, CASE, sender=compliance_officer)
    assert (token.isFrozen(alice), token.frozen_until(alice)) == (True, 0)

    orders.release(token, alice, CASE, sender=compliance_officer)
    assert not token.isFrozen(alice)


def test_freezes_a_part_with_a_reason(orders, token, compliance_officer, alice):
    receipt = orders.freeze_part(token, alice, 60, CASE, sender=compliance_officer)

    assert [log.event_name for log in receipt.events] == [
        "FreezeOrdered",
        "TokensFrozen",
        "Frozen",
    ]
    assert token.getFrozenTokens(alice) == 60


def test_freeze_without_a_reason_is_refused(orders, token, compliance_officer, alice):
    for call, arguments in (
        (orders.freeze, (token, alice, 0, NONE)),
        (orders.release, (token, alice, NONE)),
        (orders.freeze_part, (token, alice, 1, NONE)),
    ):
        with ape.reverts("enforcement: no case"):
            call(*arguments, sender=compliance_officer)


def test_token_takes_orders_from_enforcement_only(token, enforcer, alice, bob):
    with ape.reverts("security_token: only enforcement"):
        token.move_by_order(alice, bob, 1, 0, sender=enforcer)


@pytest.mark.parametrize("durations", [(0, 1, 1), (1, 0, 1), (1, 1, 0)])
def test_zero_duration_is_refused(project, city, deployer, durations):
    with ape.reverts("enforcement: zero duration"):
        deployer.deploy(project.Enforcement, city.authority, *durations)


def test_keeps_its_durations(orders):
    assert [orders.DELAY(), orders.LIFETIME(), orders.UNDO_WINDOW()] == [
        3 * DAY,
        30 * DAY,
        90 * DAY,
    ]
