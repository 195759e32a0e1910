import ape
import pytest
from ape import chain, project

from civitas.chain.deploy import name32

MAX_CLASSES = 32
LAND = (name32("LAND"), True, True)


def test_starts_with_the_classes_of_the_jurisdiction(city, deployer, resolution):
    hall = (name32("HALL"), False, True)

    registry = deployer.deploy(
        project.AssetRegistry, city.authority, "deeds/", [LAND, hall], 0b0101, resolution
    )

    assert (registry.name(), registry.symbol()) == ("Civitas deed", "DEED")
    assert registry.authority() == city.authority
    assert registry.total_assets() == 0
    assert registry.property_class(0) == LAND
    assert registry.property_class(1) == hall
    assert registry.required_proofs() == 0b0101
    assert chain.get_receipt(registry.txn_hash).events == [
        registry.RequiredProofsSet(
            old_required=0, new_required=0b0101, resolution=resolution, clerk=deployer
        ),
        registry.PropertyClassSet(
            class_id=0,
            code=name32("LAND"),
            is_tokenisable=True,
            is_leasable=True,
            resolution=resolution,
        ),
        registry.PropertyClassSet(
            class_id=1,
            code=name32("HALL"),
            is_tokenisable=False,
            is_leasable=True,
            resolution=resolution,
        ),
    ]


def test_takes_32_classes(city, deployer, resolution):
    classes = [(name32(f"CLASS {i}"), False, False) for i in range(MAX_CLASSES)]

    registry = deployer.deploy(project.AssetRegistry, city.authority, "", classes, 0, resolution)

    assert registry.property_class(MAX_CLASSES - 1) == classes[-1]
    with ape.reverts("Transaction failed."):
        registry.property_class(MAX_CLASSES)


def test_refuses_33_classes(city, deployer, resolution):
    classes = [(name32(f"CLASS {i}"), False, False) for i in range(MAX_CLASSES + 1)]

    with ape.reverts("Transaction failed."):
        deployer.deploy(project.AssetRegistry, city.authority, "", classes, 0, resolution)


@pytest.mark.parametrize(
    ("classes", "adopted", "reason"),
    [
        ([], b"\x01" * 32, "asset_registry: no classes"),
        ([(bytes(32), True, True)], b"\x01" * 32, "asset_registry: class without code"),
        ([LAND], bytes(32), "deed_proofs: no resolution"),
    ],
)
def test_refuses_incomplete_classes(city, deployer, classes, adopted, reason):
    with ape.reverts(reason):
        deployer.deploy(project.AssetRegistry, city.authority, "", classes, 0, adopted)


def test_refuses_an_account_for_its_authority(deployer, stranger, resolution):
    with ape.reverts("authorized: no authority"):
        deployer.deploy(project.AssetRegistry, stranger, "", [LAND], 0, resolution)
