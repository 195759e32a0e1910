"""What can be read of deeds: `asset`, `class_of`, `property_class`, `tokenURI`, ERC-165."""

from functools import reduce
from operator import xor

import ape
import pytest
from ape import project

from civitas.chain.deploy import ZERO_ADDRESS, name32

MAX_URI = 80

ERC165 = ["supportsInterface(bytes4)"]
ERC721 = [
    "balanceOf(address)",
    "ownerOf(uint256)",
    "approve(address,uint256)",
    "getApproved(uint256)",
    "setApprovalForAll(address,bool)",
    "isApprovedForAll(address,address)",
    "transferFrom(address,address,uint256)",
    "safeTransferFrom(address,address,uint256)",
    "safeTransferFrom(address,address,uint256,bytes)",
]
ERC721_METADATA = ["name()", "symbol()", "tokenURI(uint256)"]


@pytest.mark.parametrize("signatures", [ERC165, ERC721, ERC721_METADATA])
def test_names_the_interfaces_it_has_in_full(registry, signatures):
    """An ERC-165 id is the exclusive or of the selectors that it stands for."""
    selectors = registry.contract_type.selector_identifiers
    interface_id = reduce(xor, (int(selectors[signature], 16) for signature in signatures))

    assert registry.supportsInterface(interface_id.to_bytes(4, "big"))


@pytest.mark.parametrize(
    ("interface_id", "is_supported"),
    [
        ("0x01ffc9a7", True),  # ERC-165
        ("0x80ac58cd", True),  # ERC-721
        ("0x5b5e139f", True),  # ERC-721 metadata
        ("0x49064906", True),  # ERC-4906, which has events only
        ("0xecfecec8", False),  # ERC-1643: of one token's documents, with texts
        ("0xbf1ef5fe", False),  # ERC-7943 for deeds: nobody forces or freezes them
        ("0x780e9d63", False),  # ERC-721 enumerable
        ("0x150b7a02", False),  # ERC-721 receiver
        ("0x00000000", False),
        ("0xffffffff", False),
    ],
)
def test_names_no_interface_that_it_does_not_have(registry, interface_id, is_supported):
    assert registry.supportsInterface(interface_id) is is_supported


def test_tells_the_class_of_an_asset(registry, office, town_hall):
    assert registry.class_of(office) == (name32("OFFICE"), True, True)
    assert registry.class_of(town_hall) == (name32("ADMINISTRATIVE"), False, False)


@pytest.mark.parametrize("asset_id", [0, 2, 2**256 - 1])
@pytest.mark.parametrize("view", ["asset", "class_of", "ownerOf", "getApproved", "tokenURI"])
def test_refuses_what_is_not_registered(registry, office, view, asset_id):
    with ape.reverts("nonfungible: unknown token"):
        getattr(registry, view)(asset_id)


def test_knows_nothing_of_what_is_not_registered(registry):
    assert registry.units_of(1) == 0
    assert registry.token_of(1) == ZERO_ADDRESS
    assert registry.disposal_to(1) == ZERO_ADDRESS
    assert registry.asset_of_parcel(b"\x01" * 32) == 0


def test_counts_the_deeds_of_an_owner(registry, office, town_hall, council, stranger):
    assert (registry.balanceOf(council), registry.balanceOf(stranger)) == (2, 0)


def test_refuses_to_count_the_deeds_of_nobody(registry, office):
    """ERC-721 wants a query about the zero address refused."""
    with ape.reverts("nonfungible: zero owner"):
        registry.balanceOf(ZERO_ADDRESS)


def test_points_to_the_deeds_metadata(registry, params, register_asset):
    for number in range(1, 11):
        register_asset(f"parcel {number}")

    assert registry.tokenURI(1) == f"{params.uris.deeds}1"
    assert registry.tokenURI(10) == f"{params.uris.deeds}10"


@pytest.mark.parametrize("length", [0, 1, MAX_URI - 1, MAX_URI])
def test_takes_a_base_uri_up_to_80_characters(
    city, deployer, council, resolution, record, asset_manager, length
):
    registry = deployer.deploy(
        project.AssetRegistry,
        city.authority,
        "u" * length,
        [(name32("LAND"), True, True)],
        0,
        resolution,
    )
    registry.register(council, [record("parcel 1", class_id=0)], sender=asset_manager)

    assert registry.tokenURI(1) == "u" * length + "1"


def test_refuses_a_base_uri_of_81_characters(city, deployer, resolution):
    with ape.reverts("Transaction failed."):
        deployer.deploy(
            project.AssetRegistry,
            city.authority,
            "u" * (MAX_URI + 1),
            [(name32("LAND"), True, True)],
            0,
            resolution,
        )


def test_says_how_many_units_a_deed_can_carry(registry):
    assert registry.MAX_UNITS() == 2**96 - 1
