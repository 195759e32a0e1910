import ape
import pytest
from ape import chain
from eth_utils import keccak

from civitas.chain.deploy import ZERO_ADDRESS

MAX_PARTS = 16


@pytest.fixture
def plots(register_asset):
    """Two plots of 60,001 and 40,000 {0.01 m2} at 600,001 and 400,000."""
    return [
        register_asset("plot 1", "LAND", area_dm2=60_001, book_value=600_001),
        register_asset("plot 2", "LAND", area_dm2=40_000, book_value=400_000),
    ]


@pytest.fixture(scope="module")
def land(record, property_class):
    def make(parcel="a field", area_dm2=100_001, book_value=1_000_001, class_code="LAND"):
        return record(
            parcel,
            class_id=property_class[class_code],
            area_dm2=area_dm2,
            book_value=book_value,
        )

    return make


@pytest.fixture
def merge(registry, council_clerk, resolution, minutes):
    def call(ids, merged, sender=council_clerk):
        return registry.merge(ids, merged, resolution, minutes, sender=sender)

    return call


def test_replaces_deeds_by_one(
    registry, plots, merge, land, council, council_clerk, resolution, minutes
):
    receipt = merge(plots, land())

    merged_id = plots[1] + 1
    assert receipt.return_value == merged_id
    assert registry.asset(merged_id) == (council.address, *land()[:5], 0, ZERO_ADDRESS, 1_000_001)
    assert registry.balanceOf(council) == 1
    assert [registry.asset_of_parcel(keccak(text=f"plot {i}")) for i in (1, 2)] == [0, 0]
    log = receipt.events[-1]
    assert (log.event_name, log.merged_id) == ("ParcelsMerged", merged_id)
    assert list(log.asset_ids) == plots
    assert (log.area_dm2, log.book_value) == (100_001, 1_000_001)
    assert (bytes(log.resolution), bytes(log.document_hash)) == (resolution, minutes)
    assert log.clerk == council_clerk


def test_may_keep_the_key_of_a_parcel(registry, plots, merge, land):
    """INV-DEED-1"""
    merge(plots, land("plot 2"))

    assert registry.asset_of_parcel(keccak(text="plot 2")) == plots[1] + 1


def test_takes_16_parcels(registry, register_asset, merge, land, council):
    ids = [register_asset(f"plot {i}", "LAND", 1, book_value=2) for i in range(MAX_PARTS)]

    merge(ids, land(area_dm2=MAX_PARTS, book_value=2 * MAX_PARTS))

    assert registry.balanceOf(council) == 1


def test_refuses_17_parcels(plots, merge, land):
    with ape.reverts("Transaction failed."):
        merge([plots[0]] * (MAX_PARTS + 1), land())


@pytest.mark.parametrize("count", [0, 1])
def test_refuses_fewer_than_two(plots, merge, land, count):
    with ape.reverts("asset_registry: too few parcels"):
        merge(plots[:count], land())


def test_refuses_a_parcel_twice(registry, plots, merge, land):
    """Its area would be counted twice."""
    with ape.reverts("nonfungible: unknown token"):
        merge([plots[0], plots[0]], land(area_dm2=120_002, book_value=1_200_002))

    assert registry.asset(plots[0]).area_dm2 == 60_001


@pytest.mark.parametrize(
    ("area_dm2", "book_value", "reason"),
    [
        (100_000, 1_000_001, "asset_registry: area differs"),
        (100_002, 1_000_001, "asset_registry: area differs"),
        (100_001, 1_000_000, "asset_registry: book value differs"),
        (100_001, 1_000_002, "asset_registry: book value differs"),
    ],
)
def test_refuses_figures_that_are_not_the_sums(
    registry, plots, merge, land, area_dm2, book_value, reason
):
    """INV-DEED-4"""
    with ape.reverts(reason):
        merge(plots, land(area_dm2=area_dm2, book_value=book_value))

    assert registry.total_assets() == plots[1]


def test_refuses_an_area_beyond_64_bits(register_asset, merge, land):
    ids = [register_asset(f"world {i}", "LAND", area_dm2=2**64 - 1) for i in range(2)]

    with ape.reverts("asset_registry: area differs"):
        merge(ids, land(area_dm2=2**64 - 2, book_value=2_000_000))


@pytest.mark.parametrize("merged_class", ["LAND", "OFFICE"])
def test_refuses_parcels_of_two_classes(plots, register_asset, merge, land, merged_class):
    office = register_asset("an office", area_dm2=1, book_value=1)

    with ape.reverts("asset_registry: class differs"):
        merge([plots[0], office], land(area_dm2=60_002, class_code=merged_class))


def test_refuses_parcels_of_two_owners(
    registry, plots, merge, land, council, council_clerk, bob, resolution, minutes
):
    registry.approve_disposal(plots[1], bob, resolution, minutes, sender=council_clerk)
    registry.transferFrom(council, bob, plots[1], sender=council)

    with ape.reverts("asset_registry: owner differs"):
        merge(plots, land())


@pytest.mark.parametrize("which", [0, 1])
def test_refuses_a_parcel_with_units(
    registry, plots, merge, land, council_clerk, resolution, which
):
    """INV-DEED-5"""
    registry.register_units(plots[which], 1, resolution, sender=council_clerk)

    with ape.reverts("asset_registry: asset has units"):
        merge(plots, land())


@pytest.mark.parametrize("which", [0, 1])
def test_refuses_a_parcel_that_is_let(registry, plots, merge, land, lease_contract, which):
    """INV-DEED-5"""
    registry.set_let_until(plots[which], chain.pending_timestamp + 100, sender=lease_contract)

    with ape.reverts("asset_registry: asset is let"):
        merge(plots, land())


def test_refuses_while_a_disposal_is_open(
    registry, plots, merge, land, bob, council_clerk, resolution, minutes
):
    registry.approve_disposal(plots[1], bob, resolution, minutes, sender=council_clerk)

    with ape.reverts("asset_registry: disposal is open"):
        merge(plots, land())


def test_refuses_without_resolution_or_document(
    registry, plots, land, council_clerk, resolution, minutes
):
    with ape.reverts("asset_registry: no resolution"):
        registry.merge(plots, land(), bytes(32), minutes, sender=council_clerk)
    with ape.reverts("asset_registry: no document"):
        registry.merge(plots, land(), resolution, bytes(32), sender=council_clerk)


@pytest.mark.parametrize("caller", ["stranger", "council", "asset_manager", "appraiser"])
def test_refuses_all_but_the_council_clerk(registry, plots, merge, land, request, caller):
    with ape.reverts("authorized: missing role"):
        merge(plots, land(), sender=request.getfixturevalue(caller))

    assert registry.total_assets() == plots[1]
