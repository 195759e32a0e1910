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

FLOORS: dict[str, int] = {}


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
