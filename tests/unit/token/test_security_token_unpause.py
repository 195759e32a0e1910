import ape
import pytest

from .conftest import BOB


def test_resumes_trade(token, pay_in, guardian, chain_engineer, alice, bob):
    token.pause(sender=guardian)

    receipt = token.unpause(sender=chain_engineer)

    assert receipt.events == [token.Unpaused(account=chain_engineer)]
    assert not token.paused()
    token.transfer(bob, 1, sender=alice)
    pay_in(token, 7)
    assert (token.balanceOf(bob), token.income_deposited()) == (BOB + 1, 7)


def test_keeps_supply_and_income_figures(token, pay_in, guardian, chain_engineer):
    pay_in(token, 1_000)
    token.pause(sender=guardian)

    token.unpause(sender=chain_engineer)

    assert (token.totalSupply(), token.income_deposited(), token.epoch()) == (
        1_000,
        1_000,
        1,
    )


def test_without_a_pause_is_refused(token, chain_engineer):
    with ape.reverts("security_token: no change"):
        token.unpause(sender=chain_engineer)


@pytest.mark.parametrize("caller", ["stranger", "alice", "guardian", "asset_manager", "council"])
def test_is_for_the_chain_engineer_only(token, guardian, caller, request):
    token.pause(sender=guardian)

    with ape.reverts("authorized: missing role"):
        token.unpause(sender=request.getfixturevalue(caller))
