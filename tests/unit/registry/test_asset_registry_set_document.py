"""A deed's documents: `setDocument`, `removeDocument` and their views."""

import ape
import pytest
from ape import chain
from eth_utils import keccak

from civitas.chain.deploy import name32

MAX_DOCUMENTS = 32
SURVEY, PLAN = name32("SURVEY"), name32("PLAN")
FIRST, SECOND = keccak(text="survey of 2026"), keccak(text="survey of 2027")


def test_sets_a_document(registry, office, asset_manager, params):
    at = chain.pending_timestamp

    receipt = registry.setDocument(office, SURVEY, FIRST, sender=asset_manager)

    assert registry.getDocument(office, SURVEY) == (f"{params.uris.deeds}{office}", FIRST, at)
    assert registry.document_version(office, SURVEY) == 1
    assert list(registry.getAllDocuments(office)) == [SURVEY]
    assert receipt.events == [
        registry.DocumentSet(
            asset_id=office,
            name=SURVEY,
            old_hash=bytes(32),
            new_hash=FIRST,
            version=1,
            manager=asset_manager,
        ),
        registry.MetadataUpdate(token_id=office),
    ]


def test_replaces_a_document_by_its_next_version(registry, office, asset_manager):
    registry.setDocument(office, SURVEY, FIRST, sender=asset_manager)

    receipt = registry.setDocument(office, SURVEY, SECOND, sender=asset_manager)

    assert registry.getDocument(office, SURVEY)[1] == SECOND
    assert list(registry.getAllDocuments(office)) == [SURVEY]
    assert (receipt.events[0].old_hash, receipt.events[0].version) == (FIRST, 2)


@pytest.mark.parametrize("removed", [0, 1, 2])
def test_removes_a_document(registry, office, asset_manager, removed):
    names = [SURVEY, PLAN, name32("PERMIT")]
    for name in names:
        registry.setDocument(office, name, FIRST, sender=asset_manager)

    receipt = registry.removeDocument(office, names[removed], sender=asset_manager)

    left = {*names} - {names[removed]}
    assert {bytes(name) for name in registry.getAllDocuments(office)} == left
    assert len(registry.getAllDocuments(office)) == 2
    assert registry.getDocument(office, names[removed])[1] == bytes(32)
    assert receipt.events == [
        registry.DocumentRemoved(
            asset_id=office,
            name=names[removed],
            old_hash=FIRST,
            version=1,
            manager=asset_manager,
        ),
        registry.MetadataUpdate(token_id=office),
    ]


def test_never_gives_a_version_twice(registry, office, asset_manager):
    registry.setDocument(office, SURVEY, FIRST, sender=asset_manager)
    registry.removeDocument(office, SURVEY, sender=asset_manager)

    registry.setDocument(office, SURVEY, SECOND, sender=asset_manager)

    assert registry.document_version(office, SURVEY) == 2
    assert list(registry.getAllDocuments(office)) == [SURVEY]


def test_keeps_documents_of_deeds_apart(registry, office, town_hall, asset_manager):
    registry.setDocument(office, SURVEY, FIRST, sender=asset_manager)

    assert registry.getDocument(town_hall, SURVEY)[1] == bytes(32)
    assert list(registry.getAllDocuments(town_hall)) == []


def test_keeps_32_documents_and_refuses_the_next(registry, office, asset_manager):
    for number in range(MAX_DOCUMENTS):
        registry.setDocument(office, name32(f"D{number}"), FIRST, sender=asset_manager)
    with ape.reverts("deed_documents: too many"):
        registry.setDocument(office, SURVEY, FIRST, sender=asset_manager)
    registry.setDocument(office, name32("D0"), SECOND, sender=asset_manager)

    registry.removeDocument(office, name32("D31"), sender=asset_manager)
    registry.setDocument(office, SURVEY, FIRST, sender=asset_manager)

    assert len(registry.getAllDocuments(office)) == MAX_DOCUMENTS


def test_refuses_what_is_incomplete(registry, office, asset_manager):
    with ape.reverts("deed_documents: no name"):
        registry.setDocument(office, bytes(32), FIRST, sender=asset_manager)
    with ape.reverts("deed_documents: no hash"):
        registry.setDocument(office, SURVEY, bytes(32), sender=asset_manager)
    with ape.reverts("deed_documents: unknown name"):
        registry.removeDocument(office, SURVEY, sender=asset_manager)


def test_refuses_a_document_that_was_removed(registry, office, asset_manager):
    registry.setDocument(office, SURVEY, FIRST, sender=asset_manager)
    registry.removeDocument(office, SURVEY, sender=asset_manager)

    with ape.reverts("deed_documents: unknown name"):
        registry.removeDocument(office, SURVEY, sender=asset_manager)


def test_refuses_a_deed_that_does_not_exist(registry, office, asset_manager):
    with ape.reverts("nonfungible: unknown token"):
        registry.setDocument(office + 1, SURVEY, FIRST, sender=asset_manager)
    with ape.reverts("nonfungible: unknown token"):
        registry.removeDocument(office + 1, SURVEY, sender=asset_manager)
    with ape.reverts("nonfungible: unknown token"):
        registry.getDocument(office + 1, SURVEY)


@pytest.mark.parametrize("caller", ["stranger", "council", "council_clerk", "esg_officer"])
def test_refuses_all_but_the_asset_manager(registry, office, request, caller):
    person = request.getfixturevalue(caller)
    with ape.reverts("authorized: missing role"):
        registry.setDocument(office, SURVEY, FIRST, sender=person)
    with ape.reverts("authorized: missing role"):
        registry.removeDocument(office, SURVEY, sender=person)
