"""Proofs of a deed, and what happens to an offering when one lapses."""

import ape
import pytest
from ape import chain
from eth_utils import keccak
from hypothesis import given
from hypothesis import strategies as st

from civitas.profiles import Proof

from ..common.examples import runs, undone

HASH = keccak(text="policy")
MAX_BATCH = 64
MAX_UINT64 = 2**64 - 1
ALL = 0b1111
ABOVE_UNITS = 10


@pytest.fixture
def offered(office, create_token):
    """An office with a token of 1,000 units and every proof."""
    return create_token(office)


def test_files_a_proof(registry, office, compliance_officer):
    until = chain.pending_timestamp + 60

    receipt = registry.file_proofs(
        [(office, Proof.INSURANCE.kind, until, HASH)], sender=compliance_officer
    )

    assert list(registry.proofs_of(office)) == [0, 0, until, 0]
    assert registry.lapsed_proofs(office) == 0b1011
    assert receipt.events == [
        registry.ProofFiled(
            asset_id=office,
            kind=2,
            officer=compliance_officer,
            old_until=0,
            new_until=until,
            document_hash=HASH,
        )
    ]


@runs(40)
@given(
    filings=st.lists(
        st.tuples(
            st.integers(0, 3), st.just(0) | st.just(MAX_UINT64) | st.integers(2**40, MAX_UINT64)
        ),
        max_size=12,
    )
)
def test_keeps_four_dates_apart(registry, register_asset, compliance_officer, filings):
    with undone():
        office, other = register_asset("an office"), register_asset("another")
        dates = [0] * 4
        for kind, until in filings:
            registry.file_proofs([(office, kind, until, HASH)], sender=compliance_officer)
            dates[kind] = until

        assert list(registry.proofs_of(office)) == dates
        assert list(registry.proofs_of(other)) == [0] * 4
        assert registry.lapsed_proofs(office) == sum(1 << n for n in range(4) if not dates[n])


def test_withdraws_a_proof(registry, office, file_proofs, compliance_officer):
    file_proofs(office, MAX_UINT64)

    receipt = registry.file_proofs(
        [(office, Proof.LIENS.kind, 0, keccak(text="a lien was entered"))],
        sender=compliance_officer,
    )

    assert registry.lapsed_proofs(office) == 0b0010
    assert (receipt.events[0].old_until, receipt.events[0].new_until) == (MAX_UINT64, 0)


@pytest.mark.parametrize("late", [0, 1])
def test_is_good_up_to_its_last_second(registry, office, file_proofs, late):
    until = chain.pending_timestamp + 60
    file_proofs(office, until)

    chain.mine(timestamp=until + late)

    assert registry.lapsed_proofs(office) == (ALL if late else 0)


@pytest.mark.parametrize("validity", [0, -1])
def test_refuses_a_proof_that_has_lapsed(registry, office, compliance_officer, validity):
    until = chain.pending_timestamp + validity

    with ape.reverts("deed_proofs: already lapsed"):
        registry.file_proofs([(office, 0, until, HASH)], sender=compliance_officer)


def test_refuses_what_is_incomplete(registry, office, compliance_officer):
    for filing, reason in (
        ((office, 4, MAX_UINT64, HASH), "deed_proofs: unknown kind"),
        ((office, 255, MAX_UINT64, HASH), "deed_proofs: unknown kind"),
        ((office, 0, MAX_UINT64, bytes(32)), "deed_proofs: no document"),
        ((office + 1, 0, MAX_UINT64, HASH), "nonfungible: unknown token"),
    ):
        with ape.reverts(reason):
            registry.file_proofs([(office, 1, MAX_UINT64, HASH), filing], sender=compliance_officer)

    assert list(registry.proofs_of(office)) == [0] * 4


def test_files_64_proofs_and_refuses_65(registry, office, compliance_officer):
    filings = [(office, n % 4, MAX_UINT64, HASH) for n in range(MAX_BATCH + 1)]

    with ape.reverts("Transaction failed."):
        registry.file_proofs(filings, sender=compliance_officer)
    registry.file_proofs(filings[:-1], sender=compliance_officer)

    assert registry.lapsed_proofs(office) == 0


@pytest.mark.parametrize("caller", ["stranger", "council", "asset_manager", "council_clerk"])
def test_refuses_all_but_the_compliance_officer(registry, office, request, caller):
    with ape.reverts("authorized: missing role"):
        registry.file_proofs(
            [(office, 0, MAX_UINT64, HASH)], sender=request.getfixturevalue(caller)
        )


# --- what a lapsed proof forbids


@pytest.mark.parametrize("missing", Proof)
def test_no_token_is_created_while_a_proof_is_missing(
    registry,
    city,
    office,
    file_proofs,
    missing,
    money,
    council_clerk,
    compliance_officer,
    asset_manager,
    resolution,
):
    """INV-DEED-6"""
    registry.register_units(office, 1_000, resolution, sender=council_clerk)
    file_proofs(office)
    registry.file_proofs([(office, missing.kind, 0, HASH)], sender=compliance_officer)
    arguments = (office, "Office", "OFF", 0, money)

    with ape.reverts("asset_registry: proof lapsed"):
        city.token_factory.create_token(*arguments, sender=asset_manager)
    registry.file_proofs([(office, missing.kind, MAX_UINT64, HASH)], sender=compliance_officer)
    city.token_factory.create_token(*arguments, sender=asset_manager)

    assert city.token(office).totalSupply() == 0


def test_nothing_is_issued_past_the_insurance(
    registry, office, offered, compliance_officer, asset_manager, verify, alice, bob
):
    """INV-DEED-6: holders go on trading, the pre-check says what happens."""
    verify(alice, bob)
    offered.mint(alice, 10, sender=asset_manager)
    until = chain.pending_timestamp + 60
    insurance = (office, Proof.INSURANCE.kind, until, HASH)
    registry.file_proofs([insurance], sender=compliance_officer)
    chain.mine(timestamp=until + 1)

    assert registry.issuable_units(office) == 0
    assert registry.units_of(office) == 1_000
    assert offered.detectIssueRestriction(alice, 1) == ABOVE_UNITS
    with ape.reverts("moves: above the deed"):
        offered.mint(alice, 1, sender=asset_manager)
    offered.transfer(bob, 4, sender=alice)

    registry.file_proofs([(*insurance[:2], MAX_UINT64, HASH)], sender=compliance_officer)
    offered.mint(alice, 990, sender=asset_manager)
    assert offered.totalSupply() == 1_000


def test_the_council_decides_which_proofs_are_needed(registry, office, council_clerk, resolution):
    assert registry.required_proofs() == ALL
    assert registry.lapsed_proofs(office) == ALL

    receipt = registry.set_required_proofs(0b0101, resolution, sender=council_clerk)
    assert registry.lapsed_proofs(office) == 0b0101
    registry.set_required_proofs(0, resolution, sender=council_clerk)
    assert registry.lapsed_proofs(office) == 0

    assert receipt.events == [
        registry.RequiredProofsSet(
            old_required=ALL, new_required=0b0101, resolution=resolution, clerk=council_clerk
        )
    ]


def test_refuses_an_unknown_kind_and_no_resolution(registry, council_clerk, resolution):
    with ape.reverts("deed_proofs: unknown kind"):
        registry.set_required_proofs(ALL + 1, resolution, sender=council_clerk)
    with ape.reverts("deed_proofs: no resolution"):
        registry.set_required_proofs(ALL, bytes(32), sender=council_clerk)
