import ape
import pytest
from ape import chain
from eth_utils import keccak
from hypothesis import given
from hypothesis import strategies as st

from civitas.chain.deploy import ZERO_ADDRESS

from ..common.examples import runs, undone

MAX_PARTS = 16
MAX_UINT64 = 2**64 - 1
MAX_UINT128 = 2**128 - 1


@pytest.fixture
def field(register_asset):
    """1,000.01 m2 at 1,000,001."""
    return register_asset("a field", "LAND", area_dm2=100_001, book_value=1_000_001)


@pytest.fixture(scope="module")
def part(record, property_class):
    """A record of LAND."""

    def make(parcel, area_dm2, book_value, class_code="LAND"):
        return record(
            parcel,
            class_id=property_class[class_code],
            area_dm2=area_dm2,
            book_value=book_value,
        )

    return make


@pytest.fixture(scope="module")
def sixty_forty(part):
    return [part("field 1", 60_001, 600_001), part("field 2", 40_000, 400_000)]


@pytest.fixture
def split(registry, council_clerk, resolution, minutes):
    def call(asset_id, parts, sender=council_clerk):
        return registry.split(asset_id, parts, resolution, minutes, sender=sender)

    return call


def test_replaces_a_deed_by_those_of_its_parts(
    registry, field, split, sixty_forty, council, council_clerk, resolution, minutes
):
    receipt = split(field, sixty_forty)

    first, second = field + 1, field + 2
    assert list(receipt.return_value) == [first, second]
    assert registry.total_assets() == second
    for asset_id, entry in ((first, sixty_forty[0]), (second, sixty_forty[1])):
        assert registry.asset(asset_id) == (council.address, *entry[:5], 0, ZERO_ADDRESS, entry[5])
        assert registry.asset_of_parcel(entry[0]) == asset_id
    log = receipt.events[-1]
    assert log == registry.ParcelSplit(
        asset_id=field,
        first_id=first,
        parts=2,
        area_dm2=100_001,
        book_value=1_000_001,
        resolution=resolution,
        document_hash=minutes,
        clerk=council_clerk,
    )
    names = [each.event_name for each in receipt.events]
    assert names == ["Transfer", *["Transfer", "AssetRegistered"] * 2, "ParcelSplit"]


def test_conserves_area_and_book_value_to_the_unit(registry, field, split, sixty_forty):
    """INV-DEED-4: 60 to 40 of odd figures."""
    split(field, sixty_forty)

    parts = [registry.asset(field + 1), registry.asset(field + 2)]
    assert [each.area_dm2 for each in parts] == [60_001, 40_000]
    assert [each.book_value for each in parts] == [600_001, 400_000]
    assert sum(each.area_dm2 for each in parts) == 100_001
    assert sum(each.book_value for each in parts) == 1_000_001


def test_ends_the_old_deed(registry, field, split, sixty_forty, council):
    split(field, sixty_forty)

    with ape.reverts("nonfungible: unknown token"):
        registry.ownerOf(field)
    assert registry.asset_of_parcel(keccak(text="a field")) == 0
    assert registry.balanceOf(council) == 2


def test_lets_one_part_keep_the_parcel_key(registry, field, split, part):
    """INV-DEED-1"""
    split(field, [part("a field", 1, 0), part("field 2", 100_000, 1_000_001)])

    assert registry.asset_of_parcel(keccak(text="a field")) == field + 1


def test_takes_16_parts(registry, register_asset, split, part, council):
    asset_id = register_asset("a big field", "LAND", area_dm2=MAX_PARTS, book_value=MAX_UINT128)
    parts = [part(f"plot {i}", 1, 0) for i in range(MAX_PARTS - 1)]

    split(asset_id, [*parts, part("the last plot", 1, MAX_UINT128)])

    assert registry.balanceOf(council) == MAX_PARTS


@pytest.mark.parametrize("count", [0, 1])
def test_refuses_fewer_than_two_parts(registry, field, split, part, count):
    with ape.reverts("asset_registry: too few parcels"):
        split(field, [part("field 1", 100_001, 1_000_001)] * count)

    assert registry.asset(field).area_dm2 == 100_001


def test_refuses_17_parts(field, split, part):
    with ape.reverts("Transaction failed."):
        split(field, [part(f"plot {i}", 1, 1) for i in range(MAX_PARTS + 1)])


@pytest.mark.parametrize(
    ("area_dm2", "book_value", "reason"),
    [
        (39_999, 400_000, "asset_registry: area differs"),
        (40_001, 400_000, "asset_registry: area differs"),
        (MAX_UINT64, 400_000, "asset_registry: area differs"),
        (40_000, 399_999, "asset_registry: book value differs"),
        (40_000, 400_001, "asset_registry: book value differs"),
        (40_000, MAX_UINT128, "asset_registry: book value differs"),
    ],
)
def test_refuses_parts_that_do_not_sum(
    registry, field, split, sixty_forty, part, area_dm2, book_value, reason
):
    """INV-DEED-4, one unit below and one above."""
    with ape.reverts(reason):
        split(field, [sixty_forty[0], part("field 2", area_dm2, book_value)])

    assert registry.asset(field).book_value == 1_000_001
    assert registry.total_assets() == field


def test_refuses_a_part_of_another_class(field, split, sixty_forty, part):
    with ape.reverts("asset_registry: class differs"):
        split(field, [sixty_forty[0], part("field 2", 40_000, 400_000, "OFFICE")])


def test_refuses_a_parcel_key_that_has_a_deed(field, office, split, sixty_forty, part):
    """INV-DEED-1"""
    for parcel in ("an office", "field 1"):
        with ape.reverts("asset_registry: parcel has a deed"):
            split(field, [sixty_forty[0], part(parcel, 40_000, 400_000)])


def test_splits_administrative_property(registry, register_asset, split, record, property_class):
    """It stays what it is."""
    admin = property_class["ADMINISTRATIVE"]
    asset_id = register_asset("a ministry", "ADMINISTRATIVE", area_dm2=2, book_value=2)

    split(asset_id, [record(f"wing {i}", class_id=admin, area_dm2=1, book_value=1) for i in "ab"])

    assert registry.asset(asset_id + 2).class_id == admin


def test_refuses_an_asset_with_units(
    registry, field, split, sixty_forty, council_clerk, resolution
):
    """INV-DEED-5: units name their deed."""
    registry.register_units(field, 1, resolution, sender=council_clerk)

    with ape.reverts("asset_registry: asset has units"):
        split(field, sixty_forty)


def test_refuses_an_asset_with_a_token(field, split, sixty_forty, create_token):
    """INV-DEED-5"""
    create_token(field)

    with ape.reverts("asset_registry: asset has units"):
        split(field, sixty_forty)


@pytest.mark.parametrize("left", [1, 0])
def test_refuses_an_asset_that_is_let_up_to_its_end(
    registry, field, split, sixty_forty, lease_contract, left
):
    """INV-DEED-5: a lease names its deed."""
    end = chain.pending_timestamp + 100
    registry.set_let_until(field, end, sender=lease_contract)
    chain.pending_timestamp = end - left

    if left:
        with ape.reverts("asset_registry: asset is let"):
            split(field, sixty_forty)
    else:
        split(field, sixty_forty)


def test_refuses_while_a_disposal_is_open(
    registry, field, split, sixty_forty, bob, council_clerk, resolution, minutes
):
    registry.approve_disposal(field, bob, resolution, minutes, sender=council_clerk)
    with ape.reverts("asset_registry: disposal is open"):
        split(field, sixty_forty)

    registry.approve_disposal(field, ZERO_ADDRESS, resolution, minutes, sender=council_clerk)
    split(field, sixty_forty)


def test_refuses_without_resolution_or_document(
    registry, field, sixty_forty, council_clerk, resolution, minutes
):
    with ape.reverts("asset_registry: no resolution"):
        registry.split(field, sixty_forty, bytes(32), minutes, sender=council_clerk)
    with ape.reverts("asset_registry: no document"):
        registry.split(field, sixty_forty, resolution, bytes(32), sender=council_clerk)


def test_refuses_a_deed_that_does_not_exist(field, split, sixty_forty):
    with ape.reverts("nonfungible: unknown token"):
        split(field + 1, sixty_forty)
    split(field, sixty_forty)
    with ape.reverts("nonfungible: unknown token"):
        split(field, sixty_forty)


@pytest.mark.parametrize("caller", ["stranger", "council", "asset_manager", "appraiser"])
def test_refuses_all_but_the_council_clerk(registry, field, split, sixty_forty, request, caller):
    with ape.reverts("authorized: missing role"):
        split(field, sixty_forty, sender=request.getfixturevalue(caller))

    assert registry.total_assets() == field


@runs(40)
@given(
    figures=st.lists(
        st.tuples(st.integers(1, 2**59), st.integers(0, 2**123)), min_size=2, max_size=MAX_PARTS
    )
)
def test_a_split_and_its_merger_give_the_same_parcel(
    registry, register_asset, part, council_clerk, resolution, minutes, figures
):
    """INV-DEED-4: whatever the parts."""
    area, book_value = (sum(each) for each in zip(*figures, strict=True))
    with undone():
        asset_id = register_asset("a field", "LAND", area_dm2=area, book_value=book_value)
        before = registry.asset(asset_id)
        parts = [part(f"part {n}", *each) for n, each in enumerate(figures)]
        registry.split(asset_id, parts, resolution, minutes, sender=council_clerk)
        ids = list(range(asset_id + 1, asset_id + 1 + len(parts)))
        assert [registry.asset(each).book_value for each in ids] == [each[1] for each in figures]
        whole = part("a field", area, book_value)
        registry.merge(ids, whole, resolution, minutes, sender=council_clerk)
        assert registry.asset(ids[-1] + 1) == before
