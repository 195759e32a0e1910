import ape
import pytest

from . import errors
from .conftest import ALICE, BOB

MAX = 2**96 - 1


def test_freezes_a_part(token, compliance_officer, alice):
    receipt = token.setFrozenTokens(alice, 120, sender=compliance_officer)

    assert receipt.return_value is True
    assert receipt.events == [
        token.TokensFrozen(account=alice, amount=120),
        token.Frozen(account=alice, amount=120),
    ]
    assert token.getFrozenTokens(alice) == 120
    assert (token.balanceOf(alice), token.isFrozen(alice)) == (ALICE, False)


def test_raises_a_freeze_and_logs_the_difference(token, compliance_officer, alice):
    token.setFrozenTokens(alice, 120, sender=compliance_officer)

    receipt = token.setFrozenTokens(alice, 121, sender=compliance_officer)

    assert receipt.events == [
        token.TokensFrozen(account=alice, amount=1),
        token.Frozen(account=alice, amount=121),
    ]


def test_lowers_a_freeze_and_logs_the_difference(token, compliance_officer, alice):
    token.setFrozenTokens(alice, 120, sender=compliance_officer)

    receipt = token.setFrozenTokens(alice, 50, sender=compliance_officer)

    assert receipt.events == [
        token.TokensUnfrozen(account=alice, amount=70),
        token.Frozen(account=alice, amount=50),
    ]
    assert token.getFrozenTokens(alice) == 50


def test_ends_a_freeze(token, compliance_officer, alice, bob):
    token.setFrozenTokens(alice, 120, sender=compliance_officer)

    receipt = token.setFrozenTokens(alice, 0, sender=compliance_officer)

    assert receipt.events == [
        token.TokensUnfrozen(account=alice, amount=120),
        token.Frozen(account=alice, amount=0),
    ]
    token.transfer(bob, ALICE, sender=alice)
    assert token.balanceOf(bob) == ALICE + BOB


@pytest.mark.parametrize("amount", [0, 120])
def test_that_changes_nothing_logs_the_absolute_amount_only(
    token, compliance_officer, alice, amount
):
    token.setFrozenTokens(alice, amount, sender=compliance_officer)

    receipt = token.setFrozenTokens(alice, amount, sender=compliance_officer)

    assert receipt.events == [token.Frozen(account=alice, amount=amount)]


@pytest.mark.parametrize("amount", [ALICE + 1, MAX - 1, MAX])
def test_may_exceed_the_balance(token, compliance_officer, alice, amount):
    token.setFrozenTokens(alice, amount, sender=compliance_officer)

    assert token.getFrozenTokens(alice) == amount
    assert token.balanceOf(alice) == ALICE


@pytest.mark.parametrize("amount", [MAX + 1, 2**192, 2**256 - 1])
def test_above_the_largest_supply_is_kept_and_logged_as_the_largest(
    token, compliance_officer, alice, amount
):
    receipt = token.setFrozenTokens(alice, amount, sender=compliance_officer)

    assert receipt.events == [
        token.TokensFrozen(account=alice, amount=MAX),
        token.Frozen(account=alice, amount=MAX),
    ]
    assert token.getFrozenTokens(alice) == MAX
    assert (token.balanceOf(alice), token.isFrozen(alice)) == (ALICE, False)


def test_from_the_largest_to_more_is_no_change(token, compliance_officer, alice):
    token.setFrozenTokens(alice, MAX, sender=compliance_officer)

    receipt = token.setFrozenTokens(alice, MAX + 1, sender=compliance_officer)

    assert receipt.events == [token.Frozen(account=alice, amount=MAX)]


def test_does_not_touch_the_account_freeze(token, compliance_officer, alice):
    token.setAddressFrozen(alice, True, sender=compliance_officer)

    token.setFrozenTokens(alice, MAX, sender=compliance_officer)
    token.setFrozenTokens(alice, 0, sender=compliance_officer)

    assert token.isFrozen(alice)


def test_holds_units_that_left_before_it(token, compliance_officer, alice, bob, carol):
    token.transfer(bob, ALICE, sender=alice)
    token.setFrozenTokens(alice, 100, sender=compliance_officer)

    token.transfer(alice, 150, sender=bob)

    with errors.refused(errors.above_unfrozen(alice, 51, 50)):
        token.transfer(carol, 51, sender=alice)
    token.transfer(carol, 50, sender=alice)
    assert token.balanceOf(alice) == 100


def test_works_while_paused(token, guardian, compliance_officer, alice):
    token.pause(sender=guardian)

    token.setFrozenTokens(alice, 1, sender=compliance_officer)

    assert token.getFrozenTokens(alice) == 1


@pytest.mark.parametrize("caller", ["stranger", "alice", "asset_manager", "guardian", "council"])
def test_is_for_the_compliance_officer_only(token, alice, caller, request):
    with ape.reverts("authorized: missing role"):
        token.setFrozenTokens(alice, 1, sender=request.getfixturevalue(caller))
