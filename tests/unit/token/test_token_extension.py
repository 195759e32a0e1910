"""What the token answers through its extension, at its own address."""

import ape
import pytest
from eth_utils import keccak

DEED = keccak(text="deed")
LEASE = keccak(text="lease contract")


def test_names_the_documents_of_its_deed(city, token, asset_manager):
    registry, asset_id = city.asset_registry, token.assetId()
    registry.setDocument(asset_id, DEED, b"\1" * 32, sender=asset_manager)
    registry.setDocument(asset_id, LEASE, b"\2" * 32, sender=asset_manager)

    assert [bytes(each) for each in token.getAllDocuments()] == [DEED, LEASE]
    for name in (DEED, LEASE, keccak(text="no such document")):
        assert token.getDocument(name) == registry.getDocument(asset_id, name)
    assert bytes(token.getDocument(LEASE)[1]) == b"\2" * 32
    assert token.getDocument(LEASE)[2] > 0


def test_documents_follow_the_deed(city, token, asset_manager):
    registry, asset_id = city.asset_registry, token.assetId()
    registry.setDocument(asset_id, DEED, b"\1" * 32, sender=asset_manager)
    registry.removeDocument(asset_id, DEED, sender=asset_manager)

    assert token.getAllDocuments() == []
    assert bytes(token.getDocument(DEED)[1]) == bytes(32)


def test_as_many_documents_as_a_deed_can_have(city, token, asset_manager):
    names = [keccak(text=str(i)) for i in range(32)]
    for name in names:
        city.asset_registry.setDocument(token.assetId(), name, b"\1" * 32, sender=asset_manager)

    assert [bytes(each) for each in token.getAllDocuments()] == names


def test_documents_are_set_on_the_deed_only(token, council, asset_manager):
    for account in (council, asset_manager):
        with ape.reverts("token_extension: see the deed"):
            token.setDocument(DEED, "https://example.org", b"\1" * 32, sender=account)
        with ape.reverts("token_extension: see the deed"):
            token.removeDocument(DEED, sender=account)


def test_version_is_the_one_that_is_logged(token, council):
    receipt = token.setOnchainID(council, sender=council)

    assert token.version() == "2.0.0" == receipt.events[0].version


def test_unknown_function_is_refused(token, stranger):
    for data in (keccak(text="no_such_function()")[:4], b"", b"\1\2"):
        with ape.reverts():
            stranger.transfer(token, 0, data=data)


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        ("approve_by_signature", ("alice", "bob", 1)),
        ("move_by_signature", ("alice", "bob", 1, bytes(32))),
        ("log_cancellation", ("alice", bytes(32))),
    ],
)
def test_only_the_extension_acts_for_a_signature(
    request, token, alice, bob, council, asset_manager, enforcer, function, arguments
):
    people = {"alice": alice, "bob": bob}
    given = [people.get(each, each) if isinstance(each, str) else each for each in arguments]

    for account in (alice, council, asset_manager, enforcer):
        with ape.reverts("security_token: only extension"):
            getattr(token, function)(*given, sender=account)
    assert token.allowance(alice, bob) == 0


def test_pays_income_through_a_desk_that_the_council_sets(token, city, council, stranger):
    zero = "0x" + "00" * 20

    receipt = token.set_income_desk(city.treasury, sender=council)

    assert receipt.events == [token.IncomeDeskSet(old_desk=zero, new_desk=city.treasury)]
    assert token.income_desk() == city.treasury.address
    with ape.reverts("settings: no desk"):
        token.set_income_desk(stranger, sender=council)
    with ape.reverts("authorized: missing role"):
        token.set_income_desk(zero, sender=stranger)
    token.set_income_desk(zero, sender=council)
    assert token.income_desk() == zero
