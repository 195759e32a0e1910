"""Each rule that can stand against a move: how it comes about, its code, the error of a move.

A scene has alice with 500 units, bob, and carol with an allowance of 400 from alice. The move in
question is of `AMOUNT` units from alice to bob, by alice or by carol.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from ape import chain

from . import errors

AMOUNT = 60
ALLOWANCE = 400
HELD = 500
YEAR = 365 * 86_400


@dataclass(frozen=True)
class Scene:
    token: Any
    registry: Any
    alice: Any
    bob: Any
    carol: Any
    compliance_officer: Any
    guardian: Any

    def freeze(self, account):
        self.token.setAddressFrozen(account, True, sender=self.compliance_officer)

    def freeze_part(self, account, amount):
        self.token.setFrozenTokens(account, amount, sender=self.compliance_officer)

    def revoke(self, account):
        self.registry.deleteIdentity(account, sender=self.compliance_officer)

    def let_expire(self, account):
        """The last valid second of `account` is over."""
        until = chain.pending_timestamp + YEAR
        self.registry.set_eligibility(account, 0, until, sender=self.compliance_officer)
        chain.mine(timestamp=until + 1)


@dataclass(frozen=True)
class Rule:
    name: str
    code: int
    arrange: Callable[[Scene], Any]
    error: Callable[[Scene], str]


def by_rule(rules):
    return pytest.mark.parametrize("rule", rules, ids=[rule.name for rule in rules])


PAUSED = Rule(
    "paused",
    2,
    lambda scene: scene.token.pause(sender=scene.guardian),
    lambda scene: errors.enforced_pause(),
)

ON_THE_RECEIVER = (
    Rule(
        "receiver frozen",
        4,
        lambda scene: scene.freeze(scene.bob),
        lambda scene: errors.cannot_receive(scene.bob),
    ),
    Rule(
        "receiver revoked",
        8,
        lambda scene: scene.revoke(scene.bob),
        lambda scene: errors.cannot_receive(scene.bob),
    ),
    Rule(
        "receiver expired",
        8,
        lambda scene: scene.let_expire(scene.bob),
        lambda scene: errors.cannot_receive(scene.bob),
    ),
)

ON_THE_SENDER = (
    Rule(
        "sender frozen",
        3,
        lambda scene: scene.freeze(scene.alice),
        lambda scene: errors.cannot_send(scene.alice),
    ),
    Rule(
        "sender revoked",
        7,
        lambda scene: scene.revoke(scene.alice),
        lambda scene: errors.cannot_send(scene.alice),
    ),
    Rule(
        "sender expired",
        7,
        lambda scene: scene.let_expire(scene.alice),
        lambda scene: errors.cannot_send(scene.alice),
    ),
    Rule(
        "above the free part by one",
        6,
        lambda scene: scene.freeze_part(scene.alice, HELD - AMOUNT + 1),
        lambda scene: errors.above_unfrozen(scene.alice, AMOUNT, AMOUNT - 1),
    ),
    Rule(
        "all of the balance frozen",
        6,
        lambda scene: scene.freeze_part(scene.alice, HELD),
        lambda scene: errors.above_unfrozen(scene.alice, AMOUNT, 0),
    ),
    Rule(
        "more than the balance frozen",
        6,
        lambda scene: scene.freeze_part(scene.alice, HELD + 1_000),
        lambda scene: errors.above_unfrozen(scene.alice, AMOUNT, 0),
    ),
)

# Two at a time: which one is named.
ORDER = (
    Rule(
        "paused before receiver frozen",
        2,
        lambda scene: (scene.freeze(scene.bob), PAUSED.arrange(scene)),
        lambda scene: errors.enforced_pause(),
    ),
    Rule(
        "receiver frozen before sender frozen",
        4,
        lambda scene: (scene.freeze(scene.alice), scene.freeze(scene.bob)),
        lambda scene: errors.cannot_receive(scene.bob),
    ),
    Rule(
        "sender frozen before sender revoked",
        3,
        lambda scene: (scene.revoke(scene.alice), scene.freeze(scene.alice)),
        lambda scene: errors.cannot_send(scene.alice),
    ),
    Rule(
        "sender revoked before receiver revoked",
        7,
        lambda scene: (scene.revoke(scene.bob), scene.revoke(scene.alice)),
        lambda scene: errors.cannot_send(scene.alice),
    ),
    Rule(
        "receiver revoked before a freeze of a part",
        8,
        lambda scene: (scene.freeze_part(scene.alice, HELD), scene.revoke(scene.bob)),
        lambda scene: errors.cannot_receive(scene.bob),
    ),
)

ON_A_TRANSFER = (PAUSED, *ON_THE_RECEIVER, *ON_THE_SENDER, *ORDER)

ON_THE_SPENDER = (
    Rule(
        "spender frozen",
        5,
        lambda scene: scene.freeze(scene.carol),
        lambda scene: errors.cannot_send(scene.carol),
    ),
    Rule(
        "allowance too small by one",
        12,
        lambda scene: scene.token.approve(scene.carol, AMOUNT - 1, sender=scene.alice),
        lambda scene: errors.insufficient_allowance(scene.carol, AMOUNT - 1, AMOUNT),
    ),
    Rule(
        "no allowance",
        12,
        lambda scene: scene.token.approve(scene.carol, 0, sender=scene.alice),
        lambda scene: errors.insufficient_allowance(scene.carol, 0, AMOUNT),
    ),
    Rule(
        "sender frozen before spender frozen",
        3,
        lambda scene: (scene.freeze(scene.carol), scene.freeze(scene.alice)),
        lambda scene: errors.cannot_send(scene.alice),
    ),
    Rule(
        "spender frozen before sender revoked",
        5,
        lambda scene: (scene.revoke(scene.alice), scene.freeze(scene.carol)),
        lambda scene: errors.cannot_send(scene.carol),
    ),
    Rule(
        "a freeze before the allowance",
        6,
        lambda scene: (
            scene.token.approve(scene.carol, 0, sender=scene.alice),
            scene.freeze_part(scene.alice, HELD),
        ),
        lambda scene: errors.above_unfrozen(scene.alice, AMOUNT, 0),
    ),
)

ON_A_TRANSFER_FROM = (*ON_A_TRANSFER, *ON_THE_SPENDER)

ON_AN_ISSUE = (PAUSED, *ON_THE_RECEIVER)
