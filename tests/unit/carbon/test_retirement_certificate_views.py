"""What a certificate says, as figures, as a picture and as metadata."""

import json
import xml.etree.ElementTree as ET
from datetime import date

import ape
import pytest
from ape import chain
from eth_utils import keccak

from .conftest import DAY, DETAILS, TONNE

EPOCH = date(1970, 1, 1)
NEXT_YEAR_2100 = 4_102_444_800  # {s}
HEAD = "data:application/json;utf8,"
IMAGE_HEAD = "data:image/svg+xml;utf8,"


@pytest.fixture(scope="module")
def issuer(accounts):
    return accounts[60]


@pytest.fixture(scope="module")
def book(project, city, issuer):
    """A certificate contract of a key's, so that any figure can be tried."""
    return issuer.deploy(project.RetirementCertificate, city.authority, "https://book/")


@pytest.fixture
def write(book, issuer, alice):
    """`write([(1, 5)], purpose=3, start=..., end=..., at=...)`: a certificate; its id."""

    def create(lines, purpose=0, start=0, end=0, at=None):
        if at is not None:
            chain.pending_timestamp = at
        book.issue(alice, alice, lines, purpose, start, end, DETAILS, sender=issuer)
        return book.total_certificates()

    return create


def texts(picture):
    """The lines of text in an SVG, which is well-formed or this raises."""
    root = ET.fromstring(picture)  # noqa: S314 (our own picture)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert {child.tag.partition("}")[2] for child in root} == {"rect", "text"}
    return [child.text for child in root if child.tag.endswith("text")]


def day(year, month, day_of_month):
    return (date(year, month, day_of_month) - EPOCH).days


def test_draws_what_it_says(book, write):
    certificate_id = write(
        [(1, 7 * TONNE), (2, 5)],
        purpose=12,
        start=day(2028, 2, 29),
        end=day(2028, 12, 31),
        at=NEXT_YEAR_2100,
    )

    assert texts(book.image(certificate_id)) == [
        "Retirement certificate 1",
        "7.00000005 t",
        "CO2 equivalent, retired 2100-01-01",
        "Purpose 12, batches: 2",
        "2028-02-29 to 2028-12-31",
        "in force",
    ]


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (1, "0.00000001 t"),
        (99_999_999, "0.99999999 t"),
        (TONNE, "1.00000000 t"),
        (TONNE + 10, "1.00000010 t"),
        (123_456 * TONNE + 789, "123456.00000789 t"),
        (2**64 - 1, "184467440737.09551615 t"),
    ],
)
def test_draws_tonnes_to_the_unit(book, write, amount, text):
    assert texts(book.image(write([(1, amount)])))[1] == text


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (date(2104, 2, 28), "2104-02-28"),
        (date(2104, 2, 29), "2104-02-29"),
        (date(2104, 3, 1), "2104-03-01"),
        (date(2200, 2, 28), "2200-02-28"),
        (date(2200, 3, 1), "2200-03-01"),  # no leap day in 2200
        (date(2400, 2, 29), "2400-02-29"),
        (date(9999, 12, 31), "9999-12-31"),
    ],
)
def test_draws_the_day_of_retirement_to_its_last_second(book, write, at, text):
    midnight = (at - EPOCH).days * DAY

    first = write([(1, 1)], at=midnight)
    second = write([(1, 1)], at=midnight + DAY - 1)

    for certificate_id in (first, second):
        assert texts(book.image(certificate_id))[2] == f"CO2 equivalent, retired {text}"


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        (0, 0, "no period stated"),
        (0, 1, "1970-01-01 to 1970-01-02"),
        (1, 1, "1970-01-02 to 1970-01-02"),
        (day(2024, 2, 29), day(2024, 3, 1), "2024-02-29 to 2024-03-01"),
        (day(2100, 2, 28), day(2100, 3, 1), "2100-02-28 to 2100-03-01"),
        (day(2026, 10, 9), day(2026, 11, 10), "2026-10-09 to 2026-11-10"),
        (65_535, 65_535, "2149-06-06 to 2149-06-06"),
    ],
)
def test_draws_the_period(book, write, start, end, text):
    assert texts(book.image(write([(1, 1)], start=start, end=end)))[4] == text


def test_draws_the_most_that_fits(book, write):
    lines = [(n + 1, (2**64 - 1) // 16) for n in range(16)]
    certificate_id = write(lines, purpose=65_535, start=65_534, end=65_535)

    assert texts(book.image(certificate_id))[3] == "Purpose 65535, batches: 16"
    assert texts(book.image(certificate_id))[4] == "2149-06-05 to 2149-06-06"


def test_draws_what_was_lost_until_it_is_made_good(book, write, issuer):
    lines = [(1, 7 * TONNE)]
    certificate_id = write(lines)
    book.mark(certificate_id, lines, DETAILS, 1, TONNE // 2, sender=issuer)
    assert texts(book.image(certificate_id))[5] == "0.50000000 t lost"

    book.cure(certificate_id, 1, TONNE // 2, sender=issuer)

    assert texts(book.image(certificate_id))[5] == "in force"


def test_metadata_is_json_with_the_picture_inside(book, write):
    certificate_id = write([(1, 7 * TONNE)], purpose=12, start=1, end=2)

    uri = book.tokenURI(certificate_id)

    assert uri.startswith(HEAD)
    assert set(uri) & set("#%\\\n\t<>") <= set("<>")  # nothing that a URI would cut short
    metadata = json.loads(uri.removeprefix(HEAD))
    assert list(metadata) == ["name", "external_url", "image"]
    assert metadata["name"] == f"Civitas retirement certificate {certificate_id}"
    assert metadata["external_url"] == f"https://book/{certificate_id}"
    assert metadata["image"] == IMAGE_HEAD + book.image(certificate_id)


def test_metadata_of_the_citys_own_certificates(certificate, retire, batch, alice, airline, params):
    certificate_id = retire(alice, [(batch, 7 * TONNE)], airline)

    metadata = json.loads(certificate.tokenURI(certificate_id).removeprefix(HEAD))

    assert metadata["external_url"] == f"{params.uris.certificates}{certificate_id}"
    assert texts(metadata["image"].removeprefix(IMAGE_HEAD))[1] == "7.00000000 t"


def test_metadata_fits_with_the_longest_base_and_figures(project, city, issuer, alice):
    base = "https://" + "b" * 72
    book = issuer.deploy(project.RetirementCertificate, city.authority, base)
    lines = [(1, 2**64 - 1)]
    chain.pending_timestamp = 2**39
    book.issue(alice, alice, lines, 65_535, 65_534, 65_535, DETAILS, sender=issuer)
    book.mark(1, lines, DETAILS, 1, 2**64 - 1, sender=issuer)

    metadata = json.loads(book.tokenURI(1).removeprefix(HEAD))

    assert metadata["external_url"] == f"{base}1"
    assert texts(metadata["image"].removeprefix(IMAGE_HEAD))[5] == "184467440737.09551615 t lost"


def test_refuses_to_tell_of_an_unknown_certificate(certificate, retire, batch, alice):
    certificate_id = retire(alice, [(batch, 7)])

    for unknown in (0, certificate_id + 1, 2**256 - 1):
        for view in (
            certificate.ownerOf,
            certificate.locked,
            certificate.certificate,
            certificate.image,
            certificate.tokenURI,
            certificate.getApproved,
        ):
            with ape.reverts("nonfungible: unknown token"):
                view(unknown)
        assert certificate.deficit_of(unknown) == 0


def test_is_locked_for_ever(certificate, retire, batch, alice):
    assert certificate.locked(retire(alice, [(batch, 7)])) is True


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


def test_knows_its_maker_and_the_enforcers_role(certificate, carbon, city):
    assert certificate.CREDIT() == carbon.address
    assert certificate.authority() == city.authority
    assert certificate.ENFORCER_ROLE() == keccak(text="ENFORCER_ROLE")
