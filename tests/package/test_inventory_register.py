"""Records of deeds, their root, and what falls due, without a chain."""

from dataclasses import replace

import pytest
from eth_abi import encode
from eth_utils import keccak
from hypothesis import given
from hypothesis import strategies as st

from civitas import merkle
from civitas.inventory import Asset
from civitas.inventory.due import DAY, Due, due
from civitas.inventory.register import (
    Deed,
    DeedRecord,
    Filing,
    Register,
    document_hash,
    record_of,
    root_of,
)

ASSET = Asset("A-1", "Gaon-dong 1", "Offices", "OFFICE", 12_050, 5_000_000, 0, None, 2020, (2,))
RECORD = record_of(ASSET, 1)
HASHES = st.binary(min_size=32, max_size=32)


def test_the_root_is_that_of_the_standard_merkle_tree():
    """The example in the README of @openzeppelin/merkle-tree."""
    values = [
        ("0x1111111111111111111111111111111111111111", 5_000_000_000_000_000_000),
        ("0x2222222222222222222222222222222222222222", 2_500_000_000_000_000_000),
    ]

    root = merkle.root(keccak(keccak(encode(["address", "uint256"], each))) for each in values)

    assert root.hex() == "d4dee0beab2d53f2cc83e567171bd2820e49898130a22622b10ead383e90bd77"


@given(leaves=st.lists(HASHES, max_size=20), lot=st.randoms())
def test_the_root_does_not_depend_on_the_order(leaves, lot):
    shuffled = lot.sample(leaves, len(leaves))

    assert merkle.root(shuffled) == merkle.root(leaves)


@pytest.mark.parametrize("field", list(DeedRecord.__dataclass_fields__))
def test_the_root_moves_with_each_field(field):
    value = getattr(RECORD, field)
    other = replace(RECORD, **{field: value + 1 if isinstance(value, int) else b"\xff" * 32})

    assert root_of([other]) != root_of([RECORD])
    assert root_of([RECORD, other]) != root_of([RECORD])


def test_roots_of_none_and_of_one():
    assert root_of([]) == bytes(32)
    assert root_of([RECORD]) == RECORD.leaf()


@pytest.mark.parametrize(
    ("change", "is_same"),
    [
        ({"lines": (9,)}, True),
        ({"property_class": "LAND", "energy_kwh": 5, "area_dm2": 1, "value": 1}, True),
        ({"units": 7}, True),
        ({"ref": "A-2"}, False),
        ({"name": "Office"}, False),
        ({"parcel": "Gaon-dong 2"}, False),
        ({"year_built": None}, False),
    ],
)
def test_the_document_is_what_the_deed_does_not_say(change, is_same):
    assert (document_hash(replace(ASSET, **change)) == document_hash(ASSET)) is is_same


NOW = 1_800_000_000


def register(**changes):
    deed = Deed(7, RECORD, **changes)
    return Register(deeds={7: deed}, required=0b1001, max_age=100 * DAY)


@pytest.mark.parametrize(
    ("until", "days", "found"),
    [
        (NOW - 1, 0, [Due(7, "title", NOW - 1, True)]),
        (NOW, 0, []),
        (NOW + DAY - 1, 1, [Due(7, "title", NOW + DAY - 1, False)]),
        (NOW + DAY, 1, []),
    ],
)
def test_a_proof_is_good_in_its_last_second(until, days, found):
    assert due(register(proofs=(until, 0, 0, 0)), NOW, days) == found


@pytest.mark.parametrize(
    ("valued_at", "valid_until", "end"),
    [
        (NOW - 100 * DAY, NOW + 9 * DAY, NOW),
        (NOW - 100 * DAY - 1, NOW + 9 * DAY, NOW - 1),
        (NOW, NOW + 5, NOW + 5),
    ],
)
def test_an_appraisal_ends_with_its_date_or_its_age(valued_at, valid_until, end):
    found = due(register(filings=(Filing("0xA", 5, valued_at, valid_until),)), NOW, 1)

    assert found == [Due(7, "appraisal", end, end < NOW, "0xA")]


def test_a_deed_with_units_lacks_what_nobody_filed():
    proofs = (NOW + 9 * DAY, NOW - 5, 0, 0)

    assert due(register(units=5, proofs=proofs), NOW, 1) == [
        Due(7, "appraisal", None, True),
        Due(7, "tax", None, True),
        Due(7, "liens", NOW - 5, True),
    ]
    assert due(register(), NOW, 36_500) == []
