import pytest
from ape import chain

from . import errors, rules
from .conftest import ALICE, BOB
from .rules import AMOUNT

ZERO = "0x" + "00" * 20


def test_moves_units_between_verified_investors(token, alice, bob):
    receipt = token.transfer(bob, AMOUNT, sender=alice)

    assert receipt.return_value is True
    assert receipt.events == [token.Transfer(sender=alice, receiver=bob, value=AMOUNT)]
    assert (token.balanceOf(alice), token.balanceOf(bob)) == (ALICE - AMOUNT, BOB + AMOUNT)
    assert token.totalSupply() == 1_000


def test_moves_the_whole_balance(token, alice, bob):
    token.transfer(bob, ALICE, sender=alice)

    assert (token.balanceOf(alice), token.balanceOf(bob)) == (0, ALICE + BOB)


def test_reaches_a_new_holder(token, verify, alice, stranger):
    verify(stranger)

    receipt = token.transfer(stranger, 1, sender=alice)

    assert receipt.events == [token.Transfer(sender=alice, receiver=stranger, value=1)]
    assert (token.balanceOf(alice), token.balanceOf(stranger)) == (ALICE - 1, 1)


@pytest.mark.parametrize("receiver", ["alice", "bob", "carol"])
def test_of_nothing_succeeds_and_is_logged(token, alice, receiver, request):
    receiver = request.getfixturevalue(receiver)
    held = token.balanceOf(receiver)

    receipt = token.transfer(receiver, 0, sender=alice)

    assert receipt.events == [token.Transfer(sender=alice, receiver=receiver, value=0)]
    assert (token.balanceOf(alice), token.balanceOf(receiver)) == (ALICE, held)
    assert token.totalSupply() == 1_000


def test_of_nothing_works_without_units(empty_token, alice, bob):
    receipt = empty_token.transfer(bob, 0, sender=alice)

    assert receipt.events == [empty_token.Transfer(sender=alice, receiver=bob, value=0)]
    assert (empty_token.balanceOf(alice), empty_token.balanceOf(bob)) == (0, 0)


@pytest.mark.parametrize("amount", [1, ALICE - 1, ALICE])
def test_to_oneself_keeps_balance_and_supply(token, alice, amount):
    receipt = token.transfer(alice, amount, sender=alice)

    assert receipt.events == [token.Transfer(sender=alice, receiver=alice, value=amount)]
    assert (token.balanceOf(alice), token.totalSupply()) == (ALICE, 1_000)


def test_to_oneself_of_more_than_the_balance_is_refused(token, alice):
    with errors.refused(errors.insufficient_balance(alice, ALICE, ALICE + 1)):
        token.transfer(alice, ALICE + 1, sender=alice)


def test_to_oneself_keeps_both_freezes(token, alice, compliance_officer):
    token.setFrozenTokens(alice, 77, sender=compliance_officer)

    token.transfer(alice, 100, sender=alice)

    assert (token.balanceOf(alice), token.getFrozenTokens(alice)) == (ALICE, 77)
    assert not token.isFrozen(alice)


@rules.by_rule(rules.ON_A_TRANSFER)
def test_is_refused_with_the_error_of_the_first_rule(scene, rule):
    rule.arrange(scene)

    with errors.refused(rule.error(scene)):
        scene.token.transfer(scene.bob, AMOUNT, sender=scene.alice)

    assert scene.token.balanceOf(scene.alice) == ALICE


@pytest.mark.parametrize("amount", [ALICE + 1, 2**96 - 1, 2**96, 2**256 - 1])
def test_above_the_balance_is_refused(token, alice, bob, amount):
    with errors.refused(errors.insufficient_balance(alice, ALICE, amount)):
        token.transfer(bob, amount, sender=alice)


def test_above_the_balance_names_the_balance_also_where_a_part_is_frozen(scene):
    scene.freeze_part(scene.alice, 10)

    with errors.refused(errors.insufficient_balance(scene.alice, ALICE, ALICE + 1)):
        scene.token.transfer(scene.bob, ALICE + 1, sender=scene.alice)


def test_of_exactly_the_free_part_succeeds(scene):
    scene.freeze_part(scene.alice, ALICE - AMOUNT)

    scene.token.transfer(scene.bob, AMOUNT, sender=scene.alice)

    assert scene.token.balanceOf(scene.alice) == ALICE - AMOUNT
    assert scene.token.getFrozenTokens(scene.alice) == ALICE - AMOUNT


def test_freeze_above_the_balance_holds_what_comes_later(scene):
    scene.freeze_part(scene.alice, ALICE + 10)

    scene.token.transfer(scene.alice, 15, sender=scene.bob)

    with errors.refused(errors.above_unfrozen(scene.alice, 6, 5)):
        scene.token.transfer(scene.bob, 6, sender=scene.alice)
    scene.token.transfer(scene.bob, 5, sender=scene.alice)
    assert scene.token.balanceOf(scene.alice) == ALICE + 10


def test_frozen_part_of_the_receiver_does_not_matter(scene):
    scene.freeze_part(scene.bob, 2**96 - 1)

    scene.token.transfer(scene.bob, AMOUNT, sender=scene.alice)

    assert scene.token.balanceOf(scene.bob) == BOB + AMOUNT
    assert scene.token.getFrozenTokens(scene.bob) == 2**96 - 1


@pytest.mark.parametrize("amount", [0, AMOUNT])
def test_to_the_zero_address_is_refused(token, alice, amount):
    with errors.refused(errors.invalid_receiver(ZERO)):
        token.transfer(ZERO, amount, sender=alice)


def test_to_somebody_unregistered_is_refused(token, alice, stranger):
    with errors.refused(errors.cannot_receive(stranger)):
        token.transfer(stranger, 0, sender=alice)


def test_by_somebody_unregistered_is_refused(token, bob, stranger):
    with errors.refused(errors.cannot_send(stranger)):
        token.transfer(bob, 0, sender=stranger)


def test_to_the_token_itself_is_refused(token, alice):
    with errors.refused(errors.cannot_receive(token)):
        token.transfer(token, 1, sender=alice)


@pytest.mark.parametrize("side", ["alice", "bob"])
def test_last_valid_second_of_an_identity_counts(
    token, city, compliance_officer, alice, bob, side, request
):
    account = request.getfixturevalue(side)
    until = chain.pending_timestamp + 1_000
    city.identity_registry.set_eligibility(account, 0, until, sender=compliance_officer)
    refusal = errors.cannot_send(alice) if side == "alice" else errors.cannot_receive(bob)

    chain.pending_timestamp = until
    token.transfer(bob, 1, sender=alice)
    with errors.refused(refusal):
        token.transfer(bob, 1, sender=alice)

    assert chain.blocks.head.timestamp == until + 1
    assert token.balanceOf(bob) == BOB + 1


def test_renewed_identity_trades_again(scene):
    scene.let_expire(scene.alice)
    scene.registry.set_eligibility(
        scene.alice, 0, chain.pending_timestamp + 1_000, sender=scene.compliance_officer
    )

    scene.token.transfer(scene.bob, AMOUNT, sender=scene.alice)

    assert scene.token.balanceOf(scene.bob) == BOB + AMOUNT


def test_carries_the_largest_balance(issue_token, alice, bob):
    token = issue_token([(alice, 2**96 - 1), (bob, 0)])

    token.transfer(bob, 2**96 - 1, sender=alice)

    assert (token.balanceOf(alice), token.balanceOf(bob)) == (0, 2**96 - 1)
    assert token.totalSupply() == 2**96 - 1
