import ape
import pytest

from tests.unit.carbon.conftest import DETAILS


@pytest.fixture
def certified(carbon, batch, alice, airline):
    """The airline's certificate; its id."""
    return carbon.retire_for(batch, alice, 7, airline, 0, DETAILS, sender=alice).return_value


def test_is_locked_for_ever(certificate, certified):
    assert certificate.locked(certified) is True


def test_refuses_to_tell_of_an_unknown_certificate(certificate, certified):
    for certificate_id in (0, certified + 1, 2**256 - 1):
        for view in (
            certificate.ownerOf,
            certificate.locked,
            certificate.certificate,
            certificate.tokenURI,
            certificate.getApproved,
        ):
            with ape.reverts("nonfungible: unknown token"):
                view(certificate_id)


@pytest.mark.parametrize(
    ("interface_id", "is_supported"),
    [
        ("0x01ffc9a7", True),  # ERC-165
        ("0x80ac58cd", True),  # ERC-721
        ("0x5b5e139f", True),  # ERC-721 metadata
        ("0xb45a3c0e", True),  # ERC-5192
        ("0x780e9d63", False),  # ERC-721 enumerable
        ("0xd9b67a26", False),  # ERC-1155
        ("0xffffffff", False),
        ("0x00000000", False),
    ],
)
def test_names_its_interfaces(certificate, interface_id, is_supported):
    assert certificate.supportsInterface(interface_id) is is_supported


def test_uri_is_the_base_followed_by_the_id(certificate, certified, params):
    assert certificate.tokenURI(certified) == f"{params.uris.certificates}{certified}"


def test_has_a_name(certificate):
    assert certificate.name() == "Civitas retirement certificate"
    assert certificate.symbol() == "RETIRED"
