import pytest
from eth_utils import keccak

from tests.stateful.machine_carbon_credit import (
    CONVERTED,
    KIND,
    CarbonMachine,
    CarbonStage,
    Project,
)
from tests.stateful.running import run

RESOLUTION = keccak(text="resolution of the council")

# how an action ended -> runs that must have seen it; least of 6 streams of 31 runs: in the comment
FLOORS = {
    "issue": 10,  # 30
    "bridge": 10,  # 30
    "replay refused: overlap": 2,  # 6
    "split": 4,  # 13
    "transfer": 6,  # 19
    "batch transfer": 4,  # 12
    "freeze": 6,  # 19
    "forced transfer": 3,  # 9
    "retire": 10,  # 30
    "retire several": 3,  # 10
    "cancel": 3,  # 11
    "cancel by order": 4,  # 14
    "export": 2,  # 7
    "convert": 6,  # 18
    "reverse": 5,  # 16
    "draw on other buffers": 7,  # 23
    "reverse beyond buffers": 9,  # 28
    "cure": 6,  # 19
    "recover": 2,  # 8
    "adjust": 2,  # 6
    "approve": 4,  # 12
    "stop": 4,  # 13
    "wait": 7,  # 21
}


@pytest.fixture(scope="module")
def carbon_stage(
    city, register_asset, verify, esg_officer, council_clerk, compliance_officer, enforcer,
    guardian, chain_engineer, carbon_verifier, second_verifier, alice, bob, carol, accounts,
    stranger,
):  # fmt: skip
    registry, credit = city.carbon_registry, city.carbon_credit
    verify(alice, bob, carol)
    projects = []
    for rating, (name, bps, is_whole) in enumerate(
        (
            ("plain plant", 0, False),
            ("forest", 1_000, False),
            ("plant of whole tonnes", 777, True),
            (None, 333, False),
        )
    ):
        asset_id = register_asset(f"{name} of the carbon machine") if name else 0
        registry.set_buffer_bps(rating, bps, RESOLUTION, sender=council_clerk)
        registry.register_project(
            asset_id, b"METHOD".ljust(32, b"\0"), 410, KIND, rating, is_whole, sender=esg_officer
        )
        projects.append(Project(registry.total_projects(), asset_id, bps, is_whole))
    credit.set_convertible(KIND, CONVERTED, True, RESOLUTION, sender=council_clerk)
    return CarbonStage(
        city=city,
        credit=credit,
        registry=registry,
        certificate=city.certificate,
        projects=tuple(projects),
        holders=(alice, bob, carol),
        broker=accounts[53],
        stranger=stranger,
        verifiers=tuple(
            sorted((carbon_verifier, second_verifier), key=lambda each: int(each.address, 16))
        ),
        officers={
            "esg": esg_officer,
            "clerk": council_clerk,
            "compliance": compliance_officer,
            "enforcer": enforcer,
            "guardian": guardian,
            "engineer": chain_engineer,
        },
    )


def test_carbon_credit_keeps_its_invariants(carbon_stage):
    run(CarbonMachine, carbon_stage, FLOORS, campaign_runs=400)
