import ape
import pytest

from tests.unit.carbon.conftest import DAY, EVIDENCE, START, TONNE

MOST = 2**128 - 1


@pytest.mark.parametrize(
    ("project_id", "number"), [(0, 0), (1, 1), (7, MOST), (MOST, 7), (MOST, MOST)]
)
def test_encodes_and_decodes_ids(carbon, project_id, number):
    token_id = carbon.encodeTokenId(project_id, number)

    assert token_id == project_id * 2**128 + number
    assert tuple(carbon.decodeTokenId(token_id)) == (project_id, number)


@pytest.mark.parametrize(("project_id", "number"), [(0, MOST + 1), (MOST + 1, 0), (2**256 - 1, 1)])
def test_refuses_to_encode_what_would_not_fit(carbon, project_id, number):
    with ape.reverts("carbon_credit: id too large"):
        carbon.encodeTokenId(project_id, number)


def test_names_batches_by_project_and_number(carbon, more_batches, solar):
    for number, token_id in enumerate(more_batches, 1):
        assert tuple(carbon.decodeTokenId(token_id)) == (solar, number)
        assert carbon.encodeTokenId(solar, number) == token_id


def test_batch_tells_issued_and_retired(carbon, batch, alice):
    carbon.retire(batch, alice, 7, sender=alice)

    known = carbon.batch(batch)

    assert (known.vintage, known.evidence_hash) == (2020, EVIDENCE)
    assert (known.period_start, known.period_end) == (START, START + DAY)
    assert (known.first_serial, known.last_serial) == (1, 100)
    assert (known.issued, known.retired) == (100 * TONNE, 7)
    assert known.issued == carbon.total_supply(batch) + known.retired


def test_batch_is_all_zero_for_an_unknown_id(carbon, batch, solar):
    for token_id in (0, batch + 1, (solar + 10) << 128, 2**256 - 1):
        assert tuple(carbon.batch(token_id)) == (0, 0, 0, 0, 0, bytes(32), 0, 0)
        assert carbon.exists(token_id) is False
        assert carbon.total_supply(token_id) == 0


@pytest.mark.parametrize(
    ("interface_id", "is_supported"),
    [
        ("0x01ffc9a7", True),  # ERC-165
        ("0xd9b67a26", True),  # ERC-1155
        ("0x0e89341c", True),  # ERC-1155 metadata
        ("0xde95c7c3", False),  # the ERC-8393 draft, of which only a part is here
        ("0x80ac58cd", False),  # ERC-721
        ("0xffffffff", False),
        ("0x00000000", False),
    ],
)
def test_names_its_interfaces(carbon, interface_id, is_supported):
    assert carbon.supportsInterface(interface_id) is is_supported


def test_uri_is_the_base_followed_by_the_id(carbon, params, batch):
    assert carbon.uri(batch) == f"{params.uris.credits}{batch}"


def test_knows_its_neighbours_and_its_unit(carbon, city):
    assert carbon.TONNE() == 10**8
    assert carbon.identityRegistry() == city.identity_registry
    assert carbon.ASSET_REGISTRY() == city.asset_registry
    assert carbon.certificate() == city.certificate


def test_refuses_oneself_as_operator(carbon, alice):
    with ape.reverts("erc1155: setting approval status for self"):
        carbon.setApprovalForAll(alice, True, sender=alice)


def test_logs_an_operators_approval(carbon, alice, broker):
    receipt = carbon.setApprovalForAll(broker, True, sender=alice)

    assert carbon.isApprovedForAll(alice, broker) is True
    assert carbon.isApprovedForAll(broker, alice) is False
    assert receipt.events == [carbon.ApprovalForAll(_owner=alice, _operator=broker, _approved=True)]


def test_refuses_owners_and_ids_of_different_lengths(carbon, batch, alice):
    with ape.reverts("erc1155: owners and ids length mismatch"):
        carbon.balanceOfBatch([alice], [batch, batch])
