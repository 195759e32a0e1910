import ape
import pytest

from . import errors
from .conftest import ALICE, BOB

ZERO = "0x" + "00" * 20


def test_freezes_an_account(token, compliance_officer, alice):
    receipt = token.setAddressFrozen(alice, True, sender=compliance_officer)

    assert receipt.events == [
        token.AddressFrozen(account=alice, is_frozen=True, agent=compliance_officer)
    ]
    assert token.isFrozen(alice)
    assert (token.balanceOf(alice), token.getFrozenTokens(alice)) == (ALICE, 0)


def test_releases_an_account(token, compliance_officer, alice, bob):
    token.setAddressFrozen(alice, True, sender=compliance_officer)

    receipt = token.setAddressFrozen(alice, False, sender=compliance_officer)

    assert receipt.events == [
        token.AddressFrozen(account=alice, is_frozen=False, agent=compliance_officer)
    ]
    assert not token.isFrozen(alice)
    token.transfer(bob, ALICE, sender=alice)
    assert token.balanceOf(bob) == ALICE + BOB


@pytest.mark.parametrize("freeze", [True, False])
def test_twice_is_as_once(token, compliance_officer, alice, freeze):
    token.setAddressFrozen(alice, freeze, sender=compliance_officer)

    token.setAddressFrozen(alice, freeze, sender=compliance_officer)

    assert token.isFrozen(alice) == freeze
    assert token.balanceOf(alice) == ALICE


def test_freezes_one_account_only(token, compliance_officer, alice, bob, carol):
    token.setAddressFrozen(alice, True, sender=compliance_officer)

    assert (token.isFrozen(bob), token.isFrozen(carol)) == (False, False)
    token.transfer(carol, 1, sender=bob)
    assert token.balanceOf(bob) == BOB - 1


def test_freezes_an_account_before_it_holds_anything(
    token, verify, compliance_officer, alice, stranger
):
    token.setAddressFrozen(stranger, True, sender=compliance_officer)
    verify(stranger)

    with errors.refused(errors.cannot_receive(stranger)):
        token.transfer(stranger, 1, sender=alice)


def test_leaves_the_frozen_part_alone(token, compliance_officer, alice):
    token.setFrozenTokens(alice, 2**96 - 1, sender=compliance_officer)

    token.setAddressFrozen(alice, True, sender=compliance_officer)
    token.setAddressFrozen(alice, False, sender=compliance_officer)

    assert token.getFrozenTokens(alice) == 2**96 - 1
    assert token.balanceOf(alice) == ALICE


def test_works_while_paused(token, guardian, compliance_officer, alice):
    token.pause(sender=guardian)

    token.setAddressFrozen(alice, True, sender=compliance_officer)

    assert token.isFrozen(alice)


def test_of_the_zero_address_stops_no_issue(empty_token, compliance_officer, asset_manager, alice):
    empty_token.setAddressFrozen(ZERO, True, sender=compliance_officer)

    empty_token.mint(alice, 5, sender=asset_manager)
    empty_token.transfer(alice, 5, sender=alice)

    assert empty_token.balanceOf(alice) == 5


@pytest.mark.parametrize("caller", ["stranger", "alice", "asset_manager", "guardian", "council"])
@pytest.mark.parametrize("freeze", [True, False])
def test_is_for_the_compliance_officer_only(token, alice, caller, freeze, request):
    with ape.reverts("authorized: missing role"):
        token.setAddressFrozen(alice, freeze, sender=request.getfixturevalue(caller))
