import pytest
from eth_utils import keccak

from . import rules

ZERO = "0x" + "00" * 20


@pytest.mark.parametrize("amount", [0, 1, 1_000])
def test_is_zero_for_what_would_succeed(empty_token, alice, amount):
    assert empty_token.detectIssueRestriction(alice, amount) == 0


@pytest.mark.parametrize("amount", [1_001, 2**96, 2**256 - 1])
def test_names_the_units_on_the_deed(empty_token, alice, amount):
    assert empty_token.detectIssueRestriction(alice, amount) == 10


def test_counts_what_is_issued_already(token, city, council_clerk, alice):
    assert (token.detectIssueRestriction(alice, 0), token.detectIssueRestriction(alice, 1)) == (
        0,
        10,
    )

    city.asset_registry.register_units(
        token.assetId(), 1_010, keccak(text="resolution"), sender=council_clerk
    )

    assert (token.detectIssueRestriction(alice, 10), token.detectIssueRestriction(alice, 11)) == (
        0,
        10,
    )


@rules.by_rule(rules.ON_AN_ISSUE)
def test_names_the_rule_on_the_receiver_before_the_units(scene, rule):
    rule.arrange(scene)

    assert scene.token.detectIssueRestriction(scene.bob, 0) == rule.code
    assert scene.token.detectIssueRestriction(scene.bob, 1) == rule.code


def test_names_receivers_that_nobody_is(empty_token, stranger):
    assert empty_token.detectIssueRestriction(ZERO, 1) == 9
    assert empty_token.detectIssueRestriction(stranger, 1) == 8


def test_does_not_look_at_a_frozen_part(empty_token, compliance_officer, alice):
    empty_token.setFrozenTokens(alice, 2**96 - 1, sender=compliance_officer)

    assert empty_token.detectIssueRestriction(alice, 1_000) == 0
