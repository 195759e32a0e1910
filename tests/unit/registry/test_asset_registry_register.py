import ape
import pytest
from ape import project
from eth_utils import keccak
from hypothesis import given
from hypothesis import strategies as st

from civitas.chain.deploy import ZERO_ADDRESS, name32

from ..common.examples import runs

MAX_BATCH = 64
MAX_UINT64 = 2**64 - 1
MAX_UINT128 = 2**128 - 1
BLOCK_GAS = 30_000_000


def test_writes_a_deed(registry, record, property_class, asset_manager, council):
    entry = record("parcel 1", area_dm2=12_345, energy_kwh=678, book_value=90_000)

    receipt = registry.register(council, [entry], sender=asset_manager)

    assert receipt.return_value == [1]
    assert registry.total_assets() == 1
    assert registry.asset_of_parcel(keccak(text="parcel 1")) == 1
    assert registry.ownerOf(1) == council
    assert registry.balanceOf(council) == 1
    assert registry.asset(1) == (
        council.address,
        keccak(text="parcel 1"),
        property_class["OFFICE"],
        12_345,
        678,
        keccak(text="record of parcel 1"),
        0,
        ZERO_ADDRESS,
        90_000,
    )
    assert receipt.events == [
        registry.Transfer(sender=ZERO_ADDRESS, receiver=council, token_id=1),
        registry.AssetRegistered(
            asset_id=1,
            parcel_key=keccak(text="parcel 1"),
            class_id=property_class["OFFICE"],
            area_dm2=12_345,
            energy_kwh=678,
            document_hash=keccak(text="record of parcel 1"),
            book_value=90_000,
        ),
    ]


def test_numbers_deeds_in_their_order(registry, record, asset_manager, council):
    registry.register(council, [record("parcel 1"), record("parcel 2")], sender=asset_manager)

    receipt = registry.register(council, [record("parcel 3")], sender=asset_manager)

    assert receipt.return_value == [3]
    assert [registry.asset_of_parcel(keccak(text=f"parcel {i}")) for i in (1, 2, 3)] == [1, 2, 3]
    assert registry.balanceOf(council) == 3


def test_writes_64_deeds_at_once(registry, record, asset_manager, council):
    batch = [record(f"parcel {i}") for i in range(MAX_BATCH)]

    receipt = registry.register(council, batch, sender=asset_manager)

    assert receipt.return_value == list(range(1, MAX_BATCH + 1))
    assert registry.total_assets() == registry.balanceOf(council) == MAX_BATCH
    assert receipt.gas_used < BLOCK_GAS // 2


def test_refuses_65_deeds_at_once(registry, record, asset_manager, council):
    batch = [record(f"parcel {i}") for i in range(MAX_BATCH + 1)]

    with ape.reverts("Transaction failed."):
        registry.register(council, batch, sender=asset_manager)

    assert registry.total_assets() == 0


def test_refuses_a_second_deed_for_a_parcel(registry, record, asset_manager, council):
    """INV-DEED-1: one deed per parcel."""
    registry.register(council, [record("parcel 1")], sender=asset_manager)

    with ape.reverts("asset_registry: parcel has a deed"):
        registry.register(council, [record("parcel 1", area_dm2=5)], sender=asset_manager)

    assert registry.total_assets() == 1


def test_refuses_a_parcel_twice_in_one_batch(registry, record, asset_manager, council):
    """INV-DEED-1"""
    with ape.reverts("asset_registry: parcel has a deed"):
        registry.register(council, [record("parcel 1"), record("parcel 1")], sender=asset_manager)

    assert registry.asset_of_parcel(keccak(text="parcel 1")) == 0


def test_writes_all_or_none(registry, record, asset_manager, council):
    with ape.reverts("asset_registry: no area"):
        registry.register(
            council, [record("parcel 1"), record("parcel 2", area_dm2=0)], sender=asset_manager
        )

    assert registry.total_assets() == 0
    assert registry.asset_of_parcel(keccak(text="parcel 1")) == 0
    assert registry.balanceOf(council) == 0


def test_refuses_a_record_without_a_parcel_key(registry, record, asset_manager, council):
    with ape.reverts("asset_registry: no parcel key"):
        registry.register(council, [record("")], sender=asset_manager)


def test_refuses_the_zero_holder(registry, record, asset_manager):
    with ape.reverts("nonfungible: zero receiver"):
        registry.register(ZERO_ADDRESS, [record("parcel 1")], sender=asset_manager)


@pytest.mark.parametrize("class_id", [0, 6])
def test_takes_each_class_of_the_list(registry, record, asset_manager, council, class_id):
    registry.register(council, [record("parcel 1", class_id=class_id)], sender=asset_manager)

    assert registry.asset(1).class_id == class_id
    assert registry.class_of(1) == registry.property_class(class_id)


@pytest.mark.parametrize("class_id", [7, 255])
def test_refuses_a_class_beyond_the_list(registry, record, asset_manager, council, class_id):
    with ape.reverts("asset_registry: unknown class"):
        registry.register(council, [record("parcel 1", class_id=class_id)], sender=asset_manager)


@pytest.mark.parametrize("area_dm2", [1, 2, MAX_UINT64 - 1, MAX_UINT64])
def test_keeps_the_smallest_and_the_largest_area(
    registry, record, asset_manager, council, area_dm2
):
    entry = record("parcel 1", area_dm2=area_dm2, energy_kwh=MAX_UINT64, book_value=MAX_UINT128)

    registry.register(council, [entry], sender=asset_manager)

    asset = registry.asset(1)
    assert (asset.area_dm2, asset.energy_kwh) == (area_dm2, MAX_UINT64)
    assert asset.book_value == MAX_UINT128
    assert asset.class_id == entry[1]
    assert asset.owner == council


def test_refuses_no_area(registry, record, asset_manager, council):
    with ape.reverts("asset_registry: no area"):
        registry.register(council, [record("parcel 1", area_dm2=0)], sender=asset_manager)


@pytest.mark.parametrize("caller", ["stranger", "council", "council_clerk", "appraiser"])
def test_refuses_all_but_the_asset_manager(registry, record, council, request, caller):
    with ape.reverts("authorized: missing role"):
        registry.register(council, [record("parcel 1")], sender=request.getfixturevalue(caller))

    assert registry.total_assets() == 0


@pytest.fixture(scope="module")
def wide_registry(city, deployer, resolution):
    """One with as many classes as there can be."""
    classes = [(name32(f"CLASS {i}"), False, False) for i in range(32)]
    return deployer.deploy(project.AssetRegistry, city.authority, "", classes, 0, resolution)


@runs(25)
@given(
    holder=st.binary(min_size=20, max_size=20).filter(any),
    class_id=st.integers(0, 31),
    area_dm2=st.integers(1, MAX_UINT64),
    energy_kwh=st.integers(0, MAX_UINT64),
)
def test_packs_any_record_without_loss(
    wide_registry, record, asset_manager, holder, class_id, area_dm2, energy_kwh
):
    number = wide_registry.total_assets() + 1
    entry = record(f"parcel {number}", class_id, area_dm2, energy_kwh)
    owner = "0x" + holder.hex()

    wide_registry.register(owner, [entry], sender=asset_manager)

    asset = wide_registry.asset(number)
    assert asset.owner.lower() == owner
    assert (asset.class_id, asset.area_dm2, asset.energy_kwh) == (class_id, area_dm2, energy_kwh)
