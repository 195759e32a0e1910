from random import Random

import pytest

from civitas.chain.roles import Role
from tests.stateful.machine_waterfall import (
    MOST_PAYEES,
    SCALE,
    WaterfallMachine,
    WaterfallStage,
    as_payees,
    as_tiers,
)
from tests.stateful.running import run
from tests.unit.income.conftest import this_month
from tests.unit.income.waterfall_reference import drawn_rules

# how an action ended -> runs that must have seen it; least of 4 streams: in the comment
FLOORS = {
    "distribute": 20,
    "distribute refused": 5,
    "distribute late": 10,
    "dated late": 10,
    "schedule": 20,
    "schedule refused": 5,
    "begun by distribute": 10,  # 20
    "begun by rent": 15,  # 30
    "begin": 8,  # 24
    "begin refused": 5,
    "cancel": 3,
    "cancel refused": 5,
    "credited": 5,
    "release": 4,  # 11
    "draw": 4,
    "draw refused": 5,
    "free": 2,
    "free refused": 3,
    "date refused": 3,
}


@pytest.fixture
def waterfall_stage(
    city, money, register_asset, create_splitter, treasurer, cashier, stranger, council, accounts
):
    """A splitter whose tiers and payees are accounts, which the token can block."""
    city.authority.grantRole(Role.LEASE.id, accounts[99], sender=council)
    rules = drawn_rules(Random(8), this_month(), SCALE, MOST_PAYEES)
    payees, tiers = accounts[60 : 60 + MOST_PAYEES], accounts[80:88]
    splitter = create_splitter(
        register_asset("asset of the waterfall machine"),
        as_payees(rules, payees),
        tiers=as_tiers(rules, tiers),
        quantum=rules.quantum,
        is_rest_to_first=rules.is_rest_to_first,
    )
    return WaterfallStage(
        splitter=splitter,
        factory=city.splitter_factory,
        money=money,
        rules=rules,
        payees=payees,
        accounts=tiers,
        treasurer=treasurer,
        cashier=cashier,
        lease=accounts[99],
        stranger=stranger,
    )


def test_waterfall_keeps_its_invariants(waterfall_stage):
    run(WaterfallMachine, waterfall_stage, FLOORS)
