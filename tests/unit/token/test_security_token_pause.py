import ape
import pytest
from eth_utils import keccak

from . import errors


def test_stops_transfers_issue_and_deposits(
    token, city, money, pay_in, guardian, council_clerk, asset_manager, payer, alice, bob
):
    city.asset_registry.register_units(
        token.assetId(), 2_000, keccak(text="resolution"), sender=council_clerk
    )
    money.mint(payer, 10, sender=payer)
    money.approve(token, 10, sender=payer)

    receipt = token.pause(sender=guardian)

    assert receipt.events == [token.Paused(account=guardian)]
    assert token.paused()
    with errors.refused(errors.enforced_pause()):
        token.transfer(bob, 1, sender=alice)
    with errors.refused(errors.enforced_pause()):
        token.transfer(bob, 0, sender=alice)
    with errors.refused(errors.enforced_pause()):
        token.mint(alice, 1, sender=asset_manager)
    with errors.refused(errors.enforced_pause()):
        token.deposit_income(money, 10, sender=payer)


def test_leaves_claims_open(token, pay_in, money, guardian, alice):
    pay_in(token, 1_000)

    token.pause(sender=guardian)
    token.claim_income(sender=alice)

    assert money.balanceOf(alice) == 500


def test_keeps_supply_and_income_figures(token, pay_in, guardian):
    pay_in(token, 1_000)

    token.pause(sender=guardian)

    assert (token.totalSupply(), token.income_deposited(), token.epoch()) == (
        1_000,
        1_000,
        1,
    )


def test_twice_is_refused(token, guardian):
    token.pause(sender=guardian)

    with ape.reverts("security_token: no change"):
        token.pause(sender=guardian)


@pytest.mark.parametrize(
    "caller", ["stranger", "alice", "chain_engineer", "asset_manager", "council"]
)
def test_is_for_the_guardian_only(token, caller, request):
    with ape.reverts("authorized: missing role"):
        token.pause(sender=request.getfixturevalue(caller))
