import pytest

from . import rules
from .conftest import ALICE
from .rules import ALLOWANCE, AMOUNT

ZERO = "0x" + "00" * 20


@pytest.mark.parametrize("amount", [0, AMOUNT, ALLOWANCE])
def test_is_zero_for_what_would_succeed(scene, amount):
    token = scene.token

    assert token.detectTransferRestrictionFrom(scene.carol, scene.alice, scene.bob, amount) == 0


@rules.by_rule(rules.ON_A_TRANSFER_FROM)
def test_names_the_first_rule_against_it(scene, rule):
    rule.arrange(scene)

    code = scene.token.detectTransferRestrictionFrom(scene.carol, scene.alice, scene.bob, AMOUNT)

    assert code == rule.code


def test_names_the_allowance_last(scene):
    def code(amount):
        return scene.token.detectTransferRestrictionFrom(
            scene.carol, scene.alice, scene.bob, amount
        )

    assert code(ALLOWANCE + 1) == 12
    assert code(ALICE) == 12
    assert code(ALICE + 1) == 11


def test_asks_for_an_allowance_from_the_holder_itself_too(token, alice, bob):
    assert token.detectTransferRestrictionFrom(alice, alice, bob, 1) == 12


def test_of_the_zero_address_finds_no_allowance(token, alice, bob):
    assert token.detectTransferRestrictionFrom(ZERO, alice, bob, 1) == 12
