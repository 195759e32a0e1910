import pytest

from tests.stateful.machine_compliance import FOREVER, OWNERS, UNITS, ComplianceMachine, Stage
from tests.stateful.running import run

# how an action ended -> runs that must have seen it; least of 4 streams: in the comment
FLOORS = {
    "burn": 12,  # 24
    "code 13": 4,  # 8
    "code 14": 2,  # 5
    "code 15": 1,  # 2
    "code 17": 1,  # 2
    "code 18": 2,  # 5
    "code 19": 1,  # 3
    "code 20": 1,  # 2
    "code 21": 1,  # 2
    "code 22": 8,  # 20
    "code 23": 8,  # 22
    "deposit": 15,  # 30
    "force": 11,  # 23
    "inherit": 10,  # 21
    "lock up": 6,  # 12
    "move country": 11,  # 23
    "move of units": 13,  # 27
    "rebind": 13,  # 27
    "recount": 12,  # 25
    "recover": 7,  # 14
    "revoke": 2,  # 5
    "transfer": 13,  # 27
    "transfer refused": 15,  # 30
}


@pytest.fixture
def stage(
    city,
    accounts,
    money,
    register_asset,
    create_token,
    asset_manager,
    council,
    compliance_officer,
    enforcer,
    payer,
):
    token = create_token(register_asset("parcel 1"), units=UNITS)
    token.setCompliance(city.compliance, sender=council)
    token.addAgent(enforcer, sender=council)
    token.set_mandate(enforcer, 2**90, FOREVER, sender=council)
    wallets = [accounts[50 + i] for i in range(7)]
    investors = [accounts[90 + i].address for i in range(4)]
    entries = [(wallets[i], investors[owner], 410, 0, FOREVER) for i, owner in enumerate(OWNERS)]
    city.identity_registry.register(entries, sender=compliance_officer)
    return Stage(
        token=token,
        compliance=city.compliance,
        enforcement=city.enforcement,
        registry=city.identity_registry,
        money=money,
        wallets=wallets,
        investors=investors,
        asset_manager=asset_manager,
        officer=compliance_officer,
        enforcer=enforcer,
        payer=payer,
    )


def test_compliance_keeps_its_invariants(stage):
    run(ComplianceMachine, stage, FLOORS)
