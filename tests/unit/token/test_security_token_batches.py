"""The seven batches of ERC-3643: each is its single calls, all or none."""

import ape
import pytest

from . import errors
from .conftest import ALICE, BOB, CAROL


def test_transfers(token, alice, bob, carol):
    receipt = token.batchTransfer([bob, carol, bob], [1, 2, 3], sender=alice)

    assert [log.event_arguments["value"] for log in receipt.events] == [1, 2, 3]
    balances = [token.balanceOf(each) for each in (alice, bob, carol)]
    assert balances == [ALICE - 6, BOB + 4, CAROL + 2]


def test_mints(empty_token, asset_manager, alice, bob):
    empty_token.batchMint([alice, bob], [7, 8], sender=asset_manager)

    assert (empty_token.balanceOf(alice), empty_token.balanceOf(bob)) == (7, 8)


def test_freezes_and_releases(token, compliance_officer, alice, bob):
    both = [alice, bob]

    token.batchSetAddressFrozen(both, [True, True], sender=compliance_officer)
    assert token.isFrozen(alice) and token.isFrozen(bob)
    token.batchSetAddressFrozen(both, [False, True], sender=compliance_officer)
    token.batchFreezePartialTokens(both, [10, 20], sender=compliance_officer)
    token.batchUnfreezePartialTokens(both, [1, 20], sender=compliance_officer)

    assert (token.isFrozen(alice), token.isFrozen(bob)) == (False, True)
    assert (token.getFrozenTokens(alice), token.getFrozenTokens(bob)) == (9, 0)


def test_forces_and_burns(token, appoint, enforcer, alice, bob, carol):
    appoint(token, 10)

    token.batchForcedTransfer([alice, bob], [bob, carol], [1, 2], sender=enforcer)
    token.batchBurn([carol, alice], [3, 4], sender=enforcer)

    balances = [token.balanceOf(each) for each in (alice, bob, carol)]
    assert balances == [ALICE - 5, BOB - 1, CAROL - 1]
    assert token.mandate_of(enforcer)[0] == 0
    with ape.reverts("agents: above the mandate"):
        token.batchBurn([alice], [1], sender=enforcer)


def test_one_that_fails_undoes_all(token, alice, bob, stranger):
    with errors.refused(errors.cannot_receive(stranger)):
        token.batchTransfer([bob, stranger], [1, 1], sender=alice)

    assert token.balanceOf(bob) == BOB


@pytest.mark.parametrize(
    ("name", "caller", "arguments"),
    [
        ("batchTransfer", "alice", [1]),
        ("batchMint", "asset_manager", [1]),
        ("batchSetAddressFrozen", "compliance_officer", [True]),
        ("batchFreezePartialTokens", "compliance_officer", [1]),
        ("batchUnfreezePartialTokens", "compliance_officer", [1]),
        ("batchBurn", "enforcer", [1]),
    ],
)
def test_lists_of_different_lengths_are_refused(
    token, appoint, alice, bob, name, caller, arguments, request
):
    appoint(token, 10)

    with ape.reverts("freezes: lengths differ"):
        getattr(token, name)([alice, bob], arguments, sender=request.getfixturevalue(caller))


@pytest.mark.parametrize("lengths", [(1, 2, 2), (2, 1, 2), (2, 2, 1)])
def test_forced_lists_of_different_lengths_are_refused(token, appoint, enforcer, alice, lengths):
    appoint(token, 10)
    senders, receivers, amounts = lengths

    with ape.reverts("freezes: lengths differ"):
        token.batchForcedTransfer(
            [alice] * senders, [alice] * receivers, [1] * amounts, sender=enforcer
        )


def test_takes_a_hundred_and_no_more(token, alice, bob):
    token.batchTransfer([bob] * 100, [1] * 100, sender=alice)
    with ape.reverts():
        token.batchTransfer([bob] * 101, [1] * 101, sender=alice)

    assert token.balanceOf(bob) == BOB + 100
