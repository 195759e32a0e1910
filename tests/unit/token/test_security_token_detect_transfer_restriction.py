import pytest

from . import rules
from .conftest import ALICE
from .rules import AMOUNT

ZERO = "0x" + "00" * 20


@pytest.mark.parametrize("amount", [0, 1, AMOUNT, ALICE])
def test_is_zero_for_what_would_succeed(token, alice, bob, amount):
    assert token.detectTransferRestriction(alice, bob, amount) == 0


@rules.by_rule(rules.ON_A_TRANSFER)
def test_names_the_first_rule_against_it(scene, rule):
    rule.arrange(scene)

    assert scene.token.detectTransferRestriction(scene.alice, scene.bob, AMOUNT) == rule.code


@pytest.mark.parametrize("amount", [ALICE + 1, 2**96, 2**256 - 1])
def test_names_the_balance_last(token, alice, bob, amount):
    assert token.detectTransferRestriction(alice, bob, amount) == 11


def test_names_the_balance_before_the_frozen_part(scene):
    scene.freeze_part(scene.alice, 1)

    assert scene.token.detectTransferRestriction(scene.alice, scene.bob, ALICE + 1) == 11
    assert scene.token.detectTransferRestriction(scene.alice, scene.bob, ALICE) == 6


def test_names_the_zero_address(token, alice):
    assert token.detectTransferRestriction(alice, ZERO, 1) == 9


def test_names_an_unregistered_side(token, alice, stranger):
    assert token.detectTransferRestriction(stranger, alice, 0) == 7
    assert token.detectTransferRestriction(alice, stranger, 0) == 8
    assert token.detectTransferRestriction(ZERO, alice, 0) == 7
