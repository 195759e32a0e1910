import ape
import pytest

from . import errors
from .conftest import ALICE

ZERO = "0x" + "00" * 20


def test_destroys_units(token, appoint, enforcer, alice):
    appoint(token, 100)

    receipt = token.burn(alice, 60, sender=enforcer)

    assert receipt.events == [token.Transfer(sender=alice, receiver=ZERO, value=60)]
    assert (token.balanceOf(alice), token.totalSupply()) == (ALICE - 60, 940)
    assert token.mandate_of(enforcer)[0] == 40


def test_lowers_a_freeze_first(token, appoint, enforcer, compliance_officer, alice):
    appoint(token, ALICE)
    token.setFrozenTokens(alice, ALICE, sender=compliance_officer)

    receipt = token.burn(alice, 60, sender=enforcer)

    assert receipt.events == [
        token.TokensUnfrozen(account=alice, amount=60),
        token.Frozen(account=alice, amount=ALICE - 60),
        token.Transfer(sender=alice, receiver=ZERO, value=60),
    ]


def test_income_of_burned_units_stays_owed(token, appoint, enforcer, pay_in, alice):
    appoint(token, ALICE)
    pay_in(token, 1_000)

    token.burn(alice, ALICE, sender=enforcer)
    pay_in(token, 500)

    assert token.claimable(alice) == ALICE


def test_makes_room_on_the_deed(token, appoint, enforcer, asset_manager, alice, bob):
    appoint(token, 60)
    token.burn(alice, 60, sender=enforcer)

    with ape.reverts("moves: above the deed"):
        token.mint(bob, 61, sender=asset_manager)
    token.mint(bob, 60, sender=asset_manager)

    assert token.totalSupply() == 1_000


def test_more_than_the_balance_is_refused(token, appoint, enforcer, alice):
    appoint(token, 2 * ALICE)

    with errors.refused(errors.insufficient_balance(alice, ALICE, ALICE + 1)):
        token.burn(alice, ALICE + 1, sender=enforcer)
    token.burn(alice, ALICE, sender=enforcer)


def test_above_the_mandate_is_refused(token, appoint, enforcer, alice):
    appoint(token, 59)

    with ape.reverts("agents: above the mandate"):
        token.burn(alice, 60, sender=enforcer)


@pytest.mark.parametrize("caller", ["stranger", "alice", "asset_manager", "council"])
def test_is_for_agents_only(token, alice, caller, request):
    with ape.reverts("agents: no mandate"):
        token.burn(alice, 1, sender=request.getfixturevalue(caller))
