"""All that a lost wallet holds goes to the wallet that took its place in the identity registry."""

from itertools import pairwise

import ape
import pytest
from ape import chain

from tests.recoveries import replace_wallet

from . import errors
from .conftest import ALICE

ZERO = "0x" + "00" * 20


@pytest.fixture
def recover(token, city, appoint, enforcer, alice, second_wallet):
    replace_wallet(city, alice, second_wallet, enforcer)
    appoint(token, 0)

    def act(lost=alice, new=second_wallet, identity=alice, sender=enforcer):
        return token.recoveryAddress(lost, new, identity, sender=sender)

    return act


def test_moves_units_freezes_and_income(
    token, money, pay_in, recover, compliance_officer, alice, second_wallet
):
    pay_in(token, 1_003)
    owed = token.claimable_scaled(alice)
    token.setFrozenTokens(alice, ALICE + 7, sender=compliance_officer)
    token.setFrozenTokens(second_wallet, 5, sender=compliance_officer)

    receipt = recover()

    assert receipt.return_value is True
    assert receipt.events == [
        token.TokensUnfrozen(account=alice, amount=ALICE + 7),
        token.Frozen(account=alice, amount=0),
        token.TokensFrozen(account=second_wallet, amount=ALICE + 7),
        token.Frozen(account=second_wallet, amount=ALICE + 12),
        token.Transfer(sender=alice, receiver=second_wallet, value=ALICE),
        token.IncomeReassigned(sender=alice, receiver=second_wallet, scaled_amount=owed),
        token.RecoverySuccess(lost_wallet=alice, new_wallet=second_wallet, identity=alice),
    ]
    assert (token.balanceOf(alice), token.balanceOf(second_wallet)) == (0, ALICE)
    assert (token.claimable_scaled(alice), token.claimable_scaled(second_wallet)) == (0, owed)
    token.claim_income(second_wallet, sender=alice)
    assert money.balanceOf(second_wallet) == owed >> 128


def test_moves_the_freeze_of_the_account_with_its_end(
    token, recover, compliance_officer, alice, second_wallet
):
    token.freeze_until(alice, chain.pending_timestamp + 10**6, sender=compliance_officer)
    until = token.frozen_until(alice)

    recover()

    assert (token.isFrozen(alice), token.isFrozen(second_wallet)) == (False, True)
    assert token.frozen_until(second_wallet) == until


def test_of_two_freezes_makes_one_without_an_end(
    token, recover, compliance_officer, alice, second_wallet
):
    token.freeze_until(alice, chain.pending_timestamp + 10**6, sender=compliance_officer)
    token.freeze_until(second_wallet, chain.pending_timestamp + 10**6, sender=compliance_officer)

    recover()

    assert token.isFrozen(second_wallet) and not token.isFrozen(alice)
    assert token.frozen_until(second_wallet) == 0


def test_is_the_same_a_second_time_and_for_another_token(
    token,
    city,
    register_asset,
    create_token,
    asset_manager,
    enforcer,
    appoint,
    alice,
    second_wallet,
):
    other = create_token(register_asset("parcel 9"), units=10)
    other.mint(alice, 10, sender=asset_manager)
    replace_wallet(city, alice, second_wallet, enforcer)

    for each in (token, other):
        appoint(each, 0)
    for each in (token, other, token):
        each.recoveryAddress(alice, second_wallet, alice, sender=enforcer)

    assert (token.balanceOf(alice), token.balanceOf(second_wallet)) == (0, ALICE)
    assert (other.balanceOf(alice), other.balanceOf(second_wallet)) == (0, 10)


def test_follows_recoveries_in_a_row_that_it_has_missed(
    token, city, appoint, enforcer, accounts, alice, stranger
):
    wallets = [alice, accounts[23], accounts[24], accounts[25]]
    appoint(token, 0)
    for lost, successor in pairwise(wallets):
        replace_wallet(city, lost, successor, enforcer)

    for other in (*wallets[1:3], stranger):
        with ape.reverts("security_token: not recovered"):
            token.recoveryAddress(alice, other, alice, sender=enforcer)
    token.recoveryAddress(alice, wallets[3], alice, sender=enforcer)

    assert (token.balanceOf(alice), token.balanceOf(wallets[3])) == (0, ALICE)


def test_waits_for_the_registry_though_both_wallets_are_the_investors(
    token, city, appoint, enforcer, compliance_officer, accounts, alice
):
    """Office and agent together can't hand a holding to a wallet of theirs without the window."""
    registry, wallet = city.identity_registry, accounts[24]
    appoint(token, 0)
    until = chain.pending_timestamp + 10**8
    registry.register([(wallet, alice, 410, 0, until)], sender=compliance_officer)

    with ape.reverts("security_token: not recovered"):
        token.recoveryAddress(alice, wallet, alice, sender=enforcer)

    assert (token.balanceOf(alice), token.balanceOf(wallet)) == (ALICE, 0)
    replace_wallet(city, alice, accounts[25], enforcer)
    with ape.reverts("security_token: not recovered"):
        token.recoveryAddress(alice, wallet, alice, sender=enforcer)
    token.recoveryAddress(alice, accounts[25], alice, sender=enforcer)
    assert registry.identity(alice) == ZERO
    assert token.balanceOf(accounts[25]) == ALICE


def test_works_with_the_mandates_amount_used_up_and_while_paused(
    token, recover, guardian, alice, second_wallet
):
    token.pause(sender=guardian)

    recover()

    assert token.balanceOf(second_wallet) == ALICE


def test_waits_for_an_expired_investor_to_be_renewed(
    token, city, recover, compliance_officer, second_wallet
):
    """All wallets of an investor end together, the new one too."""
    until = chain.pending_timestamp + 100
    renew = city.identity_registry.set_eligibility
    renew(second_wallet, 0, until, sender=compliance_officer)
    chain.mine(timestamp=until + 1)
    with errors.refused(errors.cannot_receive(second_wallet)):
        recover()
    renew(second_wallet, 0, until + 10**6, sender=compliance_officer)

    recover()

    assert token.balanceOf(second_wallet) == ALICE


def test_other_wallets_are_refused(recover, alice, bob, stranger, second_wallet):
    for changes in (
        {"new": bob},
        {"lost": bob},
        {"identity": bob},
        {"new": alice},
        {"lost": stranger},
        {"lost": second_wallet},
        {"lost": stranger, "new": stranger, "identity": ZERO},
    ):
        with ape.reverts("security_token: not recovered"):
            recover(**changes)


def test_new_wallet_that_is_not_verified_is_refused(
    token, city, recover, compliance_officer, second_wallet
):
    until = chain.pending_timestamp + 100
    city.identity_registry.set_eligibility(second_wallet, 0, until, sender=compliance_officer)
    chain.mine(timestamp=until + 1)

    with errors.refused(errors.cannot_receive(second_wallet)):
        recover()


@pytest.mark.parametrize("caller", ["stranger", "alice", "compliance_officer", "council"])
def test_is_for_agents_only(recover, caller, request):
    with ape.reverts("agents: no mandate"):
        recover(sender=request.getfixturevalue(caller))
