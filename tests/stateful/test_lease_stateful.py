import pytest

from tests.stateful.machine_lease import LeaseMachine, LeaseStage
from tests.stateful.running import run
from tests.unit.income.conftest import (  # noqa: F401
    draft,
    next_asset,
    plain,
    set_tariff,
    split,
)

# how an action ended -> runs that must have seen it; of 31 runs in one stream: in the comment
FLOORS = {
    "pay": 20,  # 31
    "pay refused": 15,  # 29
    "paid and shared out": 4,  # 12
    "pay_deposit": 8,  # 23
    "pay_deposit refused": 15,  # 29
    "declare": 2,  # 8
    "declare refused": 8,  # 24
    "default cured": 2,  # 6
    "draw": 1,  # 4
    "draw refused": 15,  # 29
    "terminate": 2,  # 6
    "terminate refused": 9,  # 26
    "refund": 1,  # 5
    "vacate": 2,  # 5
    "vacate refused": 7,  # 21
    "settle": 6,  # 19
    "settle refused": 8,  # 23
    "settled with debts": 1,  # 6
    "withdraw": 3,  # 11
    "withdraw refused": 15,  # 29
    "held by a court": 5,  # 15
    "released": 1,  # 4
    "publish": 5,  # 17
}


@pytest.fixture
def lease_stage(
    city,
    split,  # noqa: F811
    set_tariff,  # noqa: F811
    draft,  # noqa: F811
    accounts,
    tenant,
    payer,
    asset_manager,
    auditor,
    enforcer,
    compliance_officer,
    guardian,
    chain_engineer,
    stranger,
):
    payees = (accounts[50], accounts[51])
    splitter = split((payees[0], 7_000), (payees[1], 3_000))
    return LeaseStage(
        city=city,
        splitter=splitter,
        asset_id=splitter.ASSET_ID(),
        payees=payees,
        set_tariff=set_tariff,
        draft=draft,
        tenant=tenant,
        payer=payer,
        asset_manager=asset_manager,
        auditor=auditor,
        enforcer=enforcer,
        compliance_officer=compliance_officer,
        guardian=guardian,
        chain_engineer=chain_engineer,
        stranger=stranger,
    )


def test_lease_keeps_its_invariants(lease_stage):
    run(LeaseMachine, lease_stage, FLOORS)
