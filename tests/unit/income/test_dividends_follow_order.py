"""A succession that was carried out after the record date takes the dividend along."""

import ape
import pytest
from eth_utils import keccak

from tests.recoveries import replace_wallet

from .taxes import now, wait_until

CASE = keccak(text="certificate of inheritance")
MILLION = 1_000_000


@pytest.fixture
def carry_out(city, enforcer, compliance_officer):
    """Propose, confirm and execute an order: `carry_out(order)`."""

    def act(order):
        orders = city.enforcement
        orders.propose(order, sender=enforcer)
        order_id = orders.id_of(order)
        orders.confirm(order_id, sender=compliance_officer)
        wait_until(orders.status_of(order_id).ready_at)
        orders.execute(order, sender=enforcer)
        return order_id

    return act


@pytest.fixture
def heirs(accounts, verify):
    verify(accounts[50], accounts[51])
    return accounts[50], accounts[51]


@pytest.fixture
def succession(shares, heirs):
    """`succession(alice)`: to the heirs by 3 : 2, and to bob by 2."""

    def order(sender, *more, weights=(3, 2), token=None, is_succession=True):
        receivers = [*heirs, *more]
        return (
            token or shares.token,
            sender,
            receivers,
            [*weights, *([2] * len(more))],
            is_succession,
            CASE,
            bytes(32),
        )

    return order


def follow(shares, dividend_id, order, *recorded):
    return shares.dividends.follow_order(dividend_id, order, *recorded, sender=shares.payer)


def test_divides_by_the_orders_weights(shares, money, alice, bob, heirs, succession, carry_out):
    dividend_id = shares.declared(MILLION)
    order = succession(alice, bob)
    order_id = carry_out(order)

    receipt = follow(shares, dividend_id, order)

    # 500,000 by 3 : 2 : 2, the running sums down
    parts = [214_285, 142_857, 142_858]
    assert receipt.decode_logs(shares.dividends.EntitlementMoved) == [
        shares.dividends.EntitlementMoved(
            dividend_id=dividend_id, sender=alice, receiver=each, amount=part, order_id=order_id
        )
        for each, part in zip((*heirs, bob), parts, strict=True)
    ]
    assert tuple(shares.dividends.claimable(dividend_id, bob)) == (300_000 + 142_858, 0, bob)
    shares.claim_for(dividend_id, *heirs, bob, alice)
    assert money.balanceOf(bob) == 442_858
    assert money.balanceOf(alice) == 0
    assert shares.held(dividend_id) == 200_000  # carol's
    shares.check(dividend_id)


def test_an_heir_who_was_paid_before_is_paid_the_rest(
    shares, money, alice, bob, heirs, succession, carry_out
):
    dividend_id = shares.declared(MILLION)
    shares.claim(dividend_id, bob)
    order = succession(alice, bob)
    carry_out(order)
    follow(shares, dividend_id, order)

    shares.claim(dividend_id, bob)

    assert money.balanceOf(bob) == 442_858
    with ape.reverts("dividends: nothing due"):
        shares.claim(dividend_id, bob)


def test_an_heir_dies_too(shares, money, alice, bob, heirs, succession, carry_out):
    dividend_id = shares.declared(MILLION)
    first, second = succession(alice), succession(heirs[0])
    second = (second[0], heirs[0], [bob], [1], True, CASE, bytes(32))
    for order in (first, second):
        carry_out(order)
        follow(shares, dividend_id, order)

    shares.claim(dividend_id, bob)

    assert money.balanceOf(bob) == 300_000 + 300_000
    with ape.reverts("dividends: nothing due"):
        shares.claim(dividend_id, heirs[0])


def test_a_blocked_heir_keeps_the_part(
    shares, money, alice, bob, heirs, succession, carry_out, payer
):
    dividend_id = shares.declared(MILLION)
    order = succession(alice)
    carry_out(order)
    follow(shares, dividend_id, order)
    money.set_blocked(heirs[0], True, sender=payer)

    shares.claim_for(dividend_id, *heirs)

    assert shares.dividends.inherited_of(dividend_id, heirs[0]) == 300_000
    assert shares.dividends.inherited_of(dividend_id, heirs[1]) == 0
    assert not shares.dividends.is_claimed(dividend_id, heirs[0])
    shares.check(dividend_id)


def test_reaches_what_was_recorded_at_wallets_that_were_lost(
    shares, money, city, enforcer, accounts, alice, bob, heirs, succession, carry_out
):
    """Alice lost her wallet, then the next one, and died with the third."""
    dividend_id = shares.declared(MILLION)
    first, last = accounts[60], accounts[61]
    replace_wallet(city, alice, first, enforcer)
    replace_wallet(city, first, last, enforcer)
    order = succession(last)
    carry_out(order)
    with ape.reverts("dividends: nothing due"):
        follow(shares, dividend_id, order)
    for other in (bob, heirs[0]):
        with ape.reverts("dividends: not the sender's"):
            follow(shares, dividend_id, order, other)

    receipt = follow(shares, dividend_id, order, alice)

    moved = receipt.decode_logs(shares.dividends.EntitlementMoved)
    assert [(each.sender, each.receiver, each.amount) for each in moved] == [
        (alice, heirs[0], 300_000),
        (alice, heirs[1], 200_000),
    ]
    for wallet in (alice, first, last):
        with ape.reverts("dividends: nothing due"):
            shares.claim(dividend_id, wallet)
    with ape.reverts("dividends: was followed"):
        follow(shares, dividend_id, order, alice)
    shares.claim(dividend_id, heirs[0])
    assert money.balanceOf(heirs[0]) == 253_800
    shares.check(dividend_id)


def test_follows_once(shares, alice, succession, carry_out):
    dividend_id = shares.declared(MILLION)
    order = succession(alice)
    carry_out(order)
    follow(shares, dividend_id, order)

    with ape.reverts("dividends: was followed"):
        follow(shares, dividend_id, order)


def test_refuses_what_was_not_carried_out(shares, alice, succession, enforcer, city):
    dividend_id = shares.declared(MILLION)
    order = succession(alice)
    with ape.reverts("dividends: not carried out"):
        follow(shares, dividend_id, order)
    city.enforcement.propose(order, sender=enforcer)

    with ape.reverts("dividends: not carried out"):
        follow(shares, dividend_id, order)


def test_refuses_what_was_carried_out_before_the_record_date(
    shares, alice, bob, succession, carry_out
):
    """By then the heirs had the units; what the account got later is its own."""
    order = succession(alice)
    carry_out(order)
    shares.token.transfer(alice, 100, sender=bob)
    dividend_id = shares.declared(MILLION)

    with ape.reverts("dividends: not carried out"):
        follow(shares, dividend_id, order)
    shares.claim(dividend_id, alice)

    assert shares.asset.balanceOf(alice) == 100_000 - 14_000 - 1_400


def test_a_plain_move_by_order_takes_nothing_along(shares, money, alice, bob, carry_out):
    dividend_id = shares.declared(MILLION)
    order = (shares.token, alice, [bob], [500], False, CASE, bytes(32))
    carry_out(order)

    with ape.reverts("dividends: not a succession"):
        follow(shares, dividend_id, order)
    shares.claim(dividend_id, alice)

    assert money.balanceOf(alice) == 423_000


def test_refuses_another_tokens_order(shared, shares, alice, bob, succession, carry_out):
    other = shared()
    dividend_id = shares.declared(MILLION)
    order = succession(alice, token=other.token)
    carry_out(order)

    with ape.reverts("dividends: not a succession"):
        follow(shares, dividend_id, order)


def test_refuses_where_nothing_is_due(shares, alice, succession, carry_out):
    dividend_id = shares.declared(MILLION)
    shares.claim(dividend_id, alice)
    order = succession(alice)
    carry_out(order)

    with ape.reverts("dividends: nothing due"):
        follow(shares, dividend_id, order)
    assert now() >= shares.pay
