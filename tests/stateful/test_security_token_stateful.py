import pytest

from tests.stateful.machine_security_token import WALLETS, SecurityTokenMachine, Stage
from tests.stateful.running import run

# how an action ended -> runs that must have seen it; least of 6 streams of 31 runs: in the comment
FLOORS = {
    "claim": 20,  # 30
    "claim for another": 4,  # 11
    "claim for another refused": 1,  # 3
    "claim refused": 13,  # 26
    "claim that leaves a fraction": 13,  # 27
    "claim while paused": 4,  # 12
    "claim without a valid identity": 4,  # 13
    "deposit": 20,  # 30
    "deposit refused": 4,  # 12
    "donate": 5,  # 17
    "freeze": 6,  # 19
    "freeze a part": 6,  # 14
    "mint": 20,  # 30
    "mint refused": 2,  # 8
    "move of units": 7,  # 11
    "move to oneself": 5,  # 10
    "pass time": 6,  # 17
    "pause": 5,  # 16
    "raise units": 5,  # 16
    "record": 6,  # 18
    "record refused": 7,  # 22
    "record taken": 5,  # 15
    "release": 7,  # 23
    "renew": 20,  # 30
    "revoke": 8,  # 24
    "transfer": 8,  # 20
    "transfer from": 7,  # 10
    "transfer from refused": 6,  # 19
    "transfer refused": 20,  # 29
    "unpause": 4,  # 10
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
