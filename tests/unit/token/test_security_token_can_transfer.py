import pytest

from . import rules
from .conftest import ALICE
from .rules import AMOUNT

ZERO = "0x" + "00" * 20


@pytest.mark.parametrize("amount", [0, 1, AMOUNT, ALICE])
def test_is_true_within_the_balance(token, alice, bob, amount):
    assert token.canTransfer(alice, bob, amount)


@pytest.mark.parametrize("amount", [ALICE + 1, 2**96, 2**256 - 1])
def test_is_true_above_the_balance_where_nothing_is_frozen(token, alice, bob, amount):
    assert token.canTransfer(alice, bob, amount)


@pytest.mark.parametrize("frozen", [1, 100, ALICE - 1, ALICE])
def test_is_false_above_the_free_part_where_something_is_frozen(scene, frozen):
    scene.freeze_part(scene.alice, frozen)
    free = ALICE - frozen

    def may(amount):
        return scene.token.canTransfer(scene.alice, scene.bob, amount)

    assert may(free)
    assert [may(each) for each in (free + 1, ALICE, ALICE + 1, 2**256 - 1)] == [False] * 4


def test_of_nothing_is_true_where_more_than_the_balance_is_frozen(scene):
    scene.freeze_part(scene.alice, ALICE + 1)

    assert scene.token.canTransfer(scene.alice, scene.bob, 0)
    assert not scene.token.canTransfer(scene.alice, scene.bob, 1)


@rules.by_rule(rules.ON_A_TRANSFER)
def test_is_false_against_a_rule(scene, rule):
    rule.arrange(scene)

    assert not scene.token.canTransfer(scene.alice, scene.bob, AMOUNT)


@rules.by_rule([rules.PAUSED, *rules.ON_THE_RECEIVER, *rules.ON_THE_SENDER[:3]])
def test_rules_on_the_parties_hold_for_any_amount(scene, rule):
    rule.arrange(scene)

    assert not scene.token.canTransfer(scene.alice, scene.bob, 0)
    assert not scene.token.canTransfer(scene.alice, scene.bob, 2**256 - 1)


def test_to_the_zero_address_is_false(token, alice):
    assert not token.canTransfer(alice, ZERO, 1)
