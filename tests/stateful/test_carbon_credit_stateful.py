import os
from time import perf_counter

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.stateful.machine_carbon_credit import CarbonCreditMachine, CarbonStage

IS_CAMPAIGN = os.environ.get("HYPOTHESIS_PROFILE") == "campaign"  # make fuzz
RUNS = settings(
    max_examples=1_000 if IS_CAMPAIGN else 30,
    stateful_step_count=100 if IS_CAMPAIGN else 40,
    derandomize=not IS_CAMPAIGN,  # a stable floor
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

# action -> runs of 30 in which it came about, or was refused as foretold; seen: in the comment
FLOORS = {
    "register": 25,  # 30
    "register refused": 6,  # 13
    "issue": 25,  # 30
    "issue refused": 15,  # 23
    "carbon_credit: bad period": 6,  # 10
    "carbon_credit: period overlaps": 4,  # 7
    "transfer": 25,  # 30
    "transfer refused": 14,  # 26
    "transfer batch": 4,  # 9
    "id twice in a batch": 3,  # 8
    "transfer batch refused": 14,  # 27
    "retire": 14,  # 27
    "retire all": 12,  # 26
    "retire while paused": 4,  # 19
    "retire refused": 14,  # 27
    "retire_for": 5,  # 11
    "retire_for refused": 9,  # 19
    "certificate moved refused": 14,  # 26
}


@pytest.fixture
def carbon_stage(
    project,
    city,
    register_asset,
    verify,
    alice,
    bob,
    stranger,
    accounts,
    esg_officer,
    carbon_verifier,
    compliance_officer,
    guardian,
    chain_engineer,
):
    receiver = project.MockCreditReceiver.deploy(sender=stranger)
    verify(alice, bob, receiver)
    return CarbonStage(
        carbon=city.carbon_credit,
        certificate=city.certificate,
        identity_registry=city.identity_registry,
        assets=tuple(register_asset(f"plant {number} of the carbon machine") for number in (1, 2)),
        investors=(alice, bob, receiver),
        outsider=stranger,
        broker=accounts[53],
        esg_officer=esg_officer,
        carbon_verifier=carbon_verifier,
        compliance_officer=compliance_officer,
        guardian=guardian,
        chain_engineer=chain_engineer,
    )


def test_carbon_credit_keeps_its_invariants(carbon_stage):
    machine = CarbonCreditMachine
    machine.runs_with.clear()
    machine.steps = 0
    begin = perf_counter()

    run_state_machine_as_test(lambda: machine(carbon_stage), settings=RUNS)

    seconds = perf_counter() - begin
    seen = machine.runs_with
    print(f"\ncarbon credit: {machine.steps} steps, {machine.steps / seconds:.0f} a second")
    print(dict(sorted(seen.items())))
    assert all(seen[action] for action in FLOORS), seen
