import pytest

from civitas.chain.roles import Role
from tests.stateful.machine_asset_registry import CLASSES, AssetRegistryMachine, RegistryStage
from tests.stateful.running import run

# how an action ended -> runs that must have seen it; least of 4 streams of 31 runs: in the comment
FLOORS = {}


@pytest.fixture
def stage(
    city,
    accounts,
    money,
    council,
    asset_manager,
    council_clerk,
    compliance_officer,
    esg_officer,
    registrar,
    appraiser,
    second_appraiser,
    third_appraiser,
    property_class,
    verify,
    alice,
    stranger,
):
    fourth_appraiser = accounts[53]
    city.authority.grantRole(Role.APPRAISER.id, fourth_appraiser, sender=council)
    verify(alice)
    return RegistryStage(
        registry=city.asset_registry,
        appraisals=city.appraisals,
        factory=city.token_factory,
        token_at=city.token,
        money=money,
        class_ids=tuple(property_class[code] for code, _ in CLASSES),
        total_classes=len(property_class),
        owners=(council, accounts[52]),
        appraisers=(appraiser, second_appraiser, third_appraiser, fourth_appraiser),
        manager=asset_manager,
        clerk=council_clerk,
        officer=compliance_officer,
        esg_officer=esg_officer,
        registrar=registrar,
        lease=accounts.impersonate_account(city.lease.address),
        investor=alice,
        stranger=stranger,
    )


def test_asset_registry_keeps_its_invariants(stage):
    run(AssetRegistryMachine, stage, FLOORS)
