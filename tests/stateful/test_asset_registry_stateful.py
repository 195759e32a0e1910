import pytest

from civitas.chain.roles import Role
from tests.stateful.machine_asset_registry import CLASSES, AssetRegistryMachine, RegistryStage
from tests.stateful.running import run

# how an action ended -> runs that must have seen it; least of 3 streams of 30 runs: in the comment
FLOORS = {
    "appraisals: already lapsed": 5,  # 16
    "appraisals: bad limit": 3,  # 10
    "appraisals: disputed": 6,  # 19
    "appraisals: future date": 6,  # 18
    "appraisals: needs more": 8,  # 24
    "appraisals: needs third": 5,  # 15
    "appraisals: no filing": 5,  # 16
    "appraisals: no report": 2,  # 6
    "appraisals: no resolution": 4,  # 12
    "appraisals: none": 20,  # 30
    "appraisals: older than the last": 5,  # 16
    "appraisals: panel is full": 2,  # 8
    "appraisals: stale": 8,  # 26
    "appraisals: too old": 3,  # 10
    "appraise": 20,  # 30
    "appraise refused": 20,  # 29
    "approve": 20,  # 30
    "approve refused": 20,  # 30
    "asset_registry: area differs": 20,  # 30
    "asset_registry: asset has a token": 6,  # 18
    "asset_registry: asset has units": 8,  # 26
    "asset_registry: asset is let": 20,  # 30
    "asset_registry: book value differs": 20,  # 30
    "asset_registry: class differs": 2,  # 7
    "asset_registry: class not for sale": 20,  # 30
    "asset_registry: disposal is open": 1,  # 4
    "asset_registry: no document": 8,  # 25
    "asset_registry: no resolution": 20,  # 29
    "asset_registry: no token": 6,  # 18
    "asset_registry: no units": 4,  # 14
    "asset_registry: owner differs": 1,  # 4
    "asset_registry: parcel has a deed": 2,  # 8
    "asset_registry: proof lapsed": 1,  # 4
    "asset_registry: too few parcels": 8,  # 24
    "asset_registry: too many units": 2,  # 6
    "asset_registry: units only grow": 2,  # 7
    "asset_registry: unknown class": 6,  # 20
    "attest": 20,  # 30
    "attest refused": 7,  # 23
    "authorized: missing role": 9,  # 27
    "deed_documents: no name": 2,  # 7
    "deed_documents: unknown name": 8,  # 26
    "deed_proofs: already lapsed": 3,  # 10
    "deed_proofs: unknown kind": 3,  # 10
    "dispose": 20,  # 30
    "dispose refused": 9,  # 27
    "document": 20,  # 30
    "document refused": 5,  # 16
    "energy": 6,  # 18
    "issue": 20,  # 30
    "issue refused": 20,  # 30
    "let": 20,  # 30
    "let refused": 2,  # 6
    "merge": 20,  # 30
    "merge refused": 20,  # 29
    "moves: above the deed": 20,  # 30
    "nonfungible: not allowed": 1,  # 5
    "nonfungible: unknown token": 6,  # 20
    "pass time": 20,  # 29
    "prove": 20,  # 30
    "prove refused": 7,  # 22
    "reclassify": 20,  # 30
    "reclassify refused": 7,  # 21
    "register": 20,  # 30
    "register refused": 3,  # 9
    "remove document": 20,  # 30
    "remove document refused": 9,  # 27
    "require": 20,  # 30
    "require refused": 2,  # 6
    "retire": 20,  # 30
    "retire refused": 8,  # 25
    "set limits": 9,  # 28
    "set limits refused": 6,  # 19
    "split": 20,  # 30
    "split refused": 20,  # 30
    "tokenise": 20,  # 30
    "tokenise refused": 8,  # 25
    "units": 20,  # 30
    "units refused": 7,  # 23
    "value": 20,  # 30
    "value of 1": 1,  # 4
    "value of 2": 3,  # 11
    "value of 3": 20,  # 30
    "value refused": 20,  # 30
    "withdraw": 8,  # 25
    "withdraw refused": 7,  # 23
}


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
