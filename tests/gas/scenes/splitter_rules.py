"""Rules of a splitter come and go."""

from civitas.chain.deploy import name32
from civitas.chain.roles import Role
from tests.gas.scenes.revenue import CAP, MAX_PAYEES, RESERVE, REVENUE, equal
from tests.gas.stage import DAY, Stage, addresses, document

MAX_TIERS = 8


def play(stage: Stage) -> None:
    """The largest rules there may be end and begin. Last of all, for months go by."""
    stranger, treasurer = (
        stage.meter.by(stage.spender),
        stage.meter.by(stage.officer(Role.TREASURER)),
    )
    factory, maker = stage.city.splitter_factory, addresses("maker", 1)[0]
    tiers = [
        (name32(f"DUE_{number}"), CAP, maker, bytes(32), 0, 1, 1_000) for number in range(MAX_TIERS)
    ]
    reserve = (name32("SNOW"), RESERVE, maker, bytes(32), 0, 0, 1_000)
    full = (1, False, tiers, equal(addresses("new payee", MAX_PAYEES)))
    plain = (1, False, [], equal(addresses("new payee", 2)))
    stranger(factory.create_rules, "of 2 payees", plain)
    stranger(factory.create_rules, "of 8 tiers and 20 payees", full)
    few, many = stage.rules(plain), stage.rules(full)
    splitter = stage.create_splitter("Airport", full[3], [reserve, *tiers[1:]])
    month = splitter.rules_of(1)[1]

    stage.send_money(splitter, REVENUE)
    splitter.distribute(sender=stage.spender)
    treasurer(splitter.schedule_rules, "where none are scheduled", month + 3, few)
    treasurer(splitter.schedule_rules, "in place of others", month + 3, many)
    treasurer(splitter.cancel_rules, "before they begin", *())
    splitter.schedule_rules(month + 3, many, sender=stage.officer(Role.TREASURER))
    stage.wait(93 * DAY)
    stage.send_money(splitter, REVENUE)
    stranger(splitter.begin_rules, "after 8 tiers, with income before")
    treasurer(splitter.free_reserve, "of rules that have ended", name32("SNOW"), document("spring"))
    stranger(splitter.distribute, "an earlier version's income through 8 tiers to 20 payees", 1)
    stage.city.authority.grantRole(Role.LEASE.id, stage.candidate, sender=stage.council)
    stage.send_money(splitter, REVENUE)
    dated = stage.meter.by(stage.candidate)
    dated(splitter.date_income, "of the version in force", 500, month + 3)
    dated(splitter.date_income, "of an earlier version", 500, month)
    stage.city.authority.revokeRole(Role.LEASE.id, stage.candidate, sender=stage.council)
