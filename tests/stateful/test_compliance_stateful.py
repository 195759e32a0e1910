import pytest

from tests.stateful.machine_compliance import FOREVER, OWNERS, UNITS, ComplianceMachine, Stage
from tests.stateful.running import run

# how an action ended -> runs that must have seen it; least of 3 streams: in the comment
FLOORS = {
    "burn": 12,  # 25
    **{f"code {code}": 20 for code in (13, 14, 15, 17, 18, 20, 21)},  # 31: each run meets each rule
    "code 19": 3,  # 11
    "code 22": 8,  # 19
    "code 23": 8,  # 15
    "deposit": 20,  # 31
    "force": 11,  # 21
    "force refused": 20,  # 31
    "inherit": 10,  # 27
    "lock up": 20,  # 31
    "move country": 11,  # 25
    "move of units": 20,  # 31
    "rebind": 13,  # 16
    "recount": 12,  # 27
    "recover": 7,  # 9
    "revoke": 7,  # 22
    "transfer": 20,  # 31
    "transfer refused": 20,  # 31
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
        city=city,
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
