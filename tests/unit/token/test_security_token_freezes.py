"""freezePartialTokens, unfreezePartialTokens, freeze_until."""

import ape
import pytest
from ape import chain

from . import errors
from .conftest import ALICE, BOB

HOUR = 3_600


def test_freezes_more(token, compliance_officer, alice, bob):
    token.setFrozenTokens(alice, 100, sender=compliance_officer)

    receipt = token.freezePartialTokens(alice, 50, sender=compliance_officer)

    assert receipt.events == [
        token.TokensFrozen(account=alice, amount=50),
        token.Frozen(account=alice, amount=150),
    ]
    assert token.getFrozenTokens(alice) == 150
    with errors.refused(errors.above_unfrozen(alice, ALICE - 149, ALICE - 150)):
        token.transfer(bob, ALICE - 149, sender=alice)
    token.transfer(bob, ALICE - 150, sender=alice)


@pytest.mark.parametrize("amount", [ALICE + 1, 2**96, 2**256 - 1])
def test_more_than_the_balance_is_refused(token, compliance_officer, alice, amount):
    with ape.reverts("freezes: above the balance"):
        token.freezePartialTokens(alice, amount, sender=compliance_officer)
    token.freezePartialTokens(alice, ALICE, sender=compliance_officer)
    with ape.reverts("freezes: above the balance"):
        token.freezePartialTokens(alice, 1, sender=compliance_officer)

    assert token.getFrozenTokens(alice) == ALICE


def test_freezes_less(token, compliance_officer, alice):
    token.setFrozenTokens(alice, 100, sender=compliance_officer)

    receipt = token.unfreezePartialTokens(alice, 40, sender=compliance_officer)

    assert receipt.events == [
        token.TokensUnfrozen(account=alice, amount=40),
        token.Frozen(account=alice, amount=60),
    ]
    with ape.reverts("freezes: above the frozen part"):
        token.unfreezePartialTokens(alice, 61, sender=compliance_officer)
    token.unfreezePartialTokens(alice, 60, sender=compliance_officer)
    assert token.getFrozenTokens(alice) == 0


@pytest.mark.parametrize(("offset", "hours"), [(1, 1), (HOUR, 1), (HOUR + 1, 2)])
def test_freeze_of_an_account_ends_by_itself_at_a_full_hour(
    token, compliance_officer, alice, bob, offset, hours
):
    start = (chain.pending_timestamp // HOUR + 2) * HOUR
    chain.mine(timestamp=start - 1)

    receipt = token.freeze_until(alice, start + offset, sender=compliance_officer)

    end = start + hours * HOUR
    assert receipt.events == [
        token.AddressFrozen(account=alice, is_frozen=True, agent=compliance_officer)
    ]
    assert (token.isFrozen(alice), token.frozen_until(alice)) == (True, end)
    chain.pending_timestamp = end - 1
    with errors.refused(errors.cannot_send(alice)):
        token.transfer(bob, 1, sender=alice)
    chain.pending_timestamp = end
    token.transfer(bob, 1, sender=alice)
    assert token.balanceOf(bob) == BOB + 1
    assert not token.isFrozen(alice)


def test_frozen_income_is_free_at_the_end(token, money, pay_in, compliance_officer, alice):
    pay_in(token, 1_000)
    token.freeze_until(alice, chain.pending_timestamp + 1, sender=compliance_officer)
    with ape.reverts("security_token: holder is frozen"):
        token.claim_income(sender=alice)

    chain.mine(timestamp=token.frozen_until(alice))
    token.claim_income(sender=alice)

    assert money.balanceOf(alice) == ALICE


def test_freeze_without_end_takes_the_end_away(token, compliance_officer, alice):
    token.freeze_until(alice, chain.pending_timestamp + HOUR, sender=compliance_officer)

    token.setAddressFrozen(alice, True, sender=compliance_officer)

    assert token.frozen_until(alice) == 0
    chain.mine(timestamp=chain.pending_timestamp + 10 * HOUR)
    assert token.isFrozen(alice)


def test_end_that_is_past_or_too_far_is_refused(token, compliance_officer, alice):
    now = chain.pending_timestamp + 100
    for until in (0, now, (2**24 - 1) * HOUR + 1):
        chain.pending_timestamp = now
        with ape.reverts("freezes: no such end"):
            token.freeze_until(alice, until, sender=compliance_officer)
        now += 1
    token.freeze_until(alice, (2**24 - 1) * HOUR, sender=compliance_officer)

    assert token.isFrozen(alice)


def test_spender_is_looked_at_while_any_account_is_frozen(
    token, compliance_officer, alice, bob, carol
):
    """Also when it was frozen twice and released once, and when others are released."""
    token.approve(carol, 10, sender=alice)
    token.setAddressFrozen(bob, True, sender=compliance_officer)
    token.setAddressFrozen(carol, True, sender=compliance_officer)
    token.setAddressFrozen(carol, True, sender=compliance_officer)
    token.setAddressFrozen(bob, False, sender=compliance_officer)
    token.setAddressFrozen(bob, False, sender=compliance_officer)

    with errors.refused(errors.cannot_send(carol)):
        token.transferFrom(alice, bob, 1, sender=carol)
    token.setAddressFrozen(carol, False, sender=compliance_officer)
    token.transferFrom(alice, bob, 1, sender=carol)

    assert token.balanceOf(bob) == BOB + 1


@pytest.mark.parametrize("caller", ["stranger", "alice", "asset_manager", "enforcer", "council"])
def test_is_for_the_compliance_officer_only(token, alice, caller, request):
    caller = request.getfixturevalue(caller)
    for call in (token.freezePartialTokens, token.unfreezePartialTokens, token.freeze_until):
        with ape.reverts("authorized: missing role"):
            call(alice, 1, sender=caller)
