"""A token with compliance, and what Enforcement does to holders."""

from civitas.chain.roles import Role
from tests.gas.scenes.tokens import MINTED, MOVED
from tests.gas.stage import COUNTRY, VALID_UNTIL, Stage, document

NO_CASE = bytes(32)
WALLETS = 100  # the most that a recount takes
HEIRS = 16  # the most that an order names


def play(stage: Stage) -> None:
    _compliance(stage)
    _enforcement(stage)


def _compliance(stage: Stage) -> None:
    token, rules = stage.create_token("Quay"), stage.city.compliance
    manager = stage.meter.by(stage.officer(Role.ASSET_MANAGER))
    officer = stage.meter.by(stage.officer(Role.COMPLIANCE_OFFICER))
    alice, council = stage.meter.by(stage.alice), stage.meter.by(stage.council)

    council(token.setCompliance, "for the first time", rules)
    manager(token.mint, "to a new holder, with compliance", stage.alice, MINTED)
    for holder in (stage.bob, stage.carol):
        token.mint(holder, MINTED, sender=stage.officer(Role.ASSET_MANAGER))
    alice(token.transfer, "between existing holders, counted", stage.bob, MOVED)
    officer(rules.set_limits, "for the first time", token, (10 * MINTED, 1, 1_000))
    officer(rules.set_country, "for the first time", token, COUNTRY, (True, 500))
    officer(rules.set_country_lists, "to those listed", token, 1)
    officer(rules.set_hours, "for the first time", token, (0, 1_440, 127))
    officer(rules.set_class, "for the first time", token, 0, (False, 10 * MINTED))
    alice(token.transfer, "between existing holders, with rules", stage.bob, MOVED)
    alice(token.transfer, "between existing holders, with rules, again", stage.bob, MOVED)
    officer(rules.set_venue, "for the first time", token, stage.city.lease, True)
    officer(rules.require_venues, "for the first time", token, True)
    investor = stage.city.identity_registry.identity(stage.alice)
    officer(rules.lock_up, "for the first time", token, investor, 1, VALID_UNTIL)
    for _ in range(6):
        rules.lock_up(
            token, investor, 1, VALID_UNTIL, sender=stage.officer(Role.COMPLIANCE_OFFICER)
        )
    officer(rules.lock_up, "for the eighth time", token, investor, 1, VALID_UNTIL)
    wallets = [stage.alice, stage.bob] * (WALLETS // 2)
    alice(rules.recount, f"of {WALLETS} wallets that are counted", token, wallets)


def _enforcement(stage: Stage) -> None:
    token, orders = stage.create_token("Weir"), stage.city.enforcement
    for holder in (stage.alice, stage.bob):
        token.mint(holder, MINTED, sender=stage.officer(Role.ASSET_MANAGER))
    enforcer = stage.meter.by(stage.officer(Role.ENFORCER))
    officer = stage.meter.by(stage.officer(Role.COMPLIANCE_OFFICER))
    case = document("case")
    move = (token.address, stage.alice.address, [stage.bob.address], [MOVED], False, case, NO_CASE)
    other = (token.address, stage.alice.address, [stage.bob.address], [1], False, case, NO_CASE)
    heirs = [stage.bob.address] * HEIRS
    estate = (token.address, stage.alice.address, heirs, [1] * HEIRS, True, case, NO_CASE)

    enforcer(orders.propose, "a move", move)
    enforcer(orders.propose, f"a succession of {HEIRS}", estate)
    orders.propose(other, sender=stage.officer(Role.ENFORCER))
    officer(orders.confirm, "a move", orders.id_of(move))
    orders.confirm(orders.id_of(estate), sender=stage.officer(Role.COMPLIANCE_OFFICER))
    stage.meter.by(stage.officer(Role.GUARDIAN))(orders.cancel, "a move", orders.id_of(other))
    stage.wait(orders.DELAY())
    enforcer(orders.execute, "a move", move)
    enforcer(orders.propose_undo, "of a move", move, document("appeal"))
    enforcer(orders.execute, f"a succession of {HEIRS}", estate)
    officer(orders.freeze, "without an end", token, stage.bob, 0, case)
    officer(orders.release, "of a holder", token, stage.bob, case)
    officer(orders.freeze_part, "of a holder", token, stage.bob, MOVED, case)
