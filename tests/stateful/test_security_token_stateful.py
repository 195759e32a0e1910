import os
from time import perf_counter

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.stateful.machine_security_token import WALLETS, SecurityTokenMachine, Stage

IS_CAMPAIGN = os.environ.get("HYPOTHESIS_PROFILE") == "campaign"  # make fuzz
RUNS = settings(
    max_examples=1_000 if IS_CAMPAIGN else 30,
    stateful_step_count=100 if IS_CAMPAIGN else 40,
    derandomize=not IS_CAMPAIGN,  # a stable floor
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
# action -> runs of 30 in which it succeeded, or was refused as foretold; seen: in the comment
FLOORS = {
    "mint": 30,  # 32: Hypothesis starts two runs more
    "mint refused": 12,  # 18
    "transfer": 10,  # 16
    "transfer refused": 16,  # 25
    "transfer from": 16,  # 25
    "transfer from refused": 16,  # 24
    "move of units": 15,  # 23
    "move to oneself": 8,  # 12
    "deposit": 30,  # 32
    "deposit refused": 9,  # 14
    "claim": 20,  # 29
    "claim refused": 11,  # 17
    "claim for another": 10,  # 16
    "claim for another refused": 9,  # 14
    "claim that leaves a fraction": 20,  # 29
    "claim while paused": 8,  # 12
    "claim without a valid identity": 12,  # 18
    "freeze": 20,  # 29
    "release": 12,  # 18
    "freeze a part": 15,  # 22
    "revoke": 16,  # 25
    "renew": 19,  # 28
    "pass time": 16,  # 24
    "pause": 19,  # 28
    "unpause": 15,  # 23
    "raise units": 17,  # 26
    "donate": 10,  # 16
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
    machine = SecurityTokenMachine
    machine.runs_with.clear()
    machine.steps = 0
    begin = perf_counter()

    run_state_machine_as_test(lambda: machine(stage), settings=RUNS)

    seconds = perf_counter() - begin
    seen = machine.runs_with
    print(f"\nsecurity token: {machine.steps} steps, {machine.steps / seconds:.0f} a second")
    print(dict(sorted(seen.items())))
    assert all(seen[action] for action in FLOORS), seen
