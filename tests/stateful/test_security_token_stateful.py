import pytest

from tests.stateful.machine_security_token import WALLETS, SecurityTokenMachine, Stage
from tests.stateful.running import run

# how an action ended -> runs that must have seen it; least of 5 streams of 31 runs: in the comment
FLOORS = {
    "claim": 12,  # 24
    "claim for another": 6,  # 13
    "claim for another refused": 2,  # 4
    "claim refused": 11,  # 22
    "claim that leaves a fraction": 11,  # 22
    "claim while paused": 3,  # 7
    "claim without a valid identity": 3,  # 6
    "deposit": 15,  # 31
    "deposit refused": 1,  # 2
    "donate": 7,  # 14
    "freeze": 4,  # 9
    "freeze a part": 10,  # 20
    "mint": 15,  # 31
    "mint refused": 1,  # 3
    "move of units": 11,  # 22
    "move to oneself": 8,  # 17
    "pass time": 9,  # 19
    "pause": 8,  # 16
    "raise units": 6,  # 12
    "release": 9,  # 18
    "renew": 15,  # 31
    "revoke": 8,  # 16
    "transfer": 12,  # 24
    "transfer from": 11,  # 23
    "transfer from refused": 9,  # 19
    "transfer refused": 12,  # 25
    "unpause": 6,  # 12
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
