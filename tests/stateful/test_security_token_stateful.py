import pytest

from tests.stateful.machine_security_token import WALLETS, SecurityTokenMachine, Stage
from tests.stateful.running import run

# how an action ended -> runs that must have seen it; least of 5 streams of 31 runs: in the comment
FLOORS = {
    "claim": 8,  # 24
    "claim for another": 4,  # 13
    "claim for another refused": 1,  # 4
    "claim refused": 7,  # 22
    "claim that leaves a fraction": 7,  # 22
    "claim while paused": 2,  # 7
    "claim without a valid identity": 2,  # 6
    "deposit": 10,  # 31
    "deposit refused": 1,  # 2
    "donate": 4,  # 14
    "freeze": 3,  # 9
    "freeze a part": 6,  # 20
    "mint": 10,  # 31
    "mint refused": 1,  # 3
    "move of units": 7,  # 22
    "move to oneself": 5,  # 17
    "pass time": 6,  # 19
    "pause": 5,  # 16
    "raise units": 4,  # 12
    "release": 6,  # 18
    "renew": 10,  # 31
    "revoke": 5,  # 16
    "transfer": 8,  # 24
    "transfer from": 7,  # 23
    "transfer from refused": 6,  # 19
    "transfer refused": 8,  # 25
    "unpause": 4,  # 12
}


@pytest.fixture
def stage(
    city,
    accounts,
    money,
    register_asset,
    create_token,
    asset_manager,
    council_clerk,
    compliance_officer,
    guardian,
    chain_engineer,
    payer,
):
    return Stage(
        city=city,
        wallets=[accounts[40 + i] for i in WALLETS],
        money=money,
        create_token=create_token,
        asset_id=register_asset("parcel 1"),
        asset_manager=asset_manager,
        council_clerk=council_clerk,
        compliance_officer=compliance_officer,
        guardian=guardian,
        chain_engineer=chain_engineer,
        payer=payer,
    )


def test_security_token_keeps_its_invariants(stage):
    run(SecurityTokenMachine, stage, FLOORS)
