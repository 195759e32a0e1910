"""Written by whoever deployed the contract: here a key, so that any figure can be tried."""

import ape
import pytest
from ape import chain
from eth_abi import encode
from eth_utils import keccak

from .conftest import DETAILS, NOTHING, TONNE, ZERO
from .logs import event, logged

MOST = 2**64 - 1


@pytest.fixture(scope="module")
def issuer(accounts):
    return accounts[60]


@pytest.fixture(scope="module")
def book(project, city, issuer):
    """A certificate contract of its own."""
    return issuer.deploy(project.RetirementCertificate, city.authority, "https://book/")


def record(lines, details):
    """Beginning of the hash of what a certificate is about."""
    return keccak(encode(["(uint256,uint256)[]", "bytes32"], [lines, details]))[:23]


def test_writes_what_was_retired(book, issuer, alice, airline):
    lines = [(1, 5), (7, TONNE)]

    receipt = book.issue(alice, airline, lines, 3, 19_000, 19_365, DETAILS, sender=issuer)

    assert receipt.return_value == book.total_certificates() == 1
    assert book.ownerOf(1) == airline
    assert (book.balanceOf(airline), book.balanceOf(alice)) == (1, 0)
    assert tuple(book.certificate(1)) == (
        airline, TONNE + 5, 0, 3, 2, chain.blocks.head.timestamp, 19_000, 19_365,
        record(lines, DETAILS),
    )  # fmt: skip
    assert logged(receipt) == [
        event("Transfer", ZERO, airline, 1),
        event("Locked", 1),
        event("CertificateIssued", 1, alice, airline, lines, 3, 19_000, 19_365, DETAILS),
    ]


def test_keeps_every_figure_at_its_most(book, issuer, accounts):
    last = 2**40 - 1  # {s}
    highest = max(accounts[:100], key=lambda each: int(each.address, 16))
    lines = [(2**256 - 17 + n, MOST // 16) for n in range(15)]
    lines.append((2**256 - 1, MOST - 15 * (MOST // 16)))
    chain.pending_timestamp = last

    book.issue(highest, highest, lines, 65_535, 65_535, 65_535, b"\xff" * 32, sender=issuer)

    assert tuple(book.certificate(1)) == (
        *(highest, MOST, 0, 65_535, 16, last, 65_535, 65_535),
        record(lines, b"\xff" * 32),
    )
    assert book.is_record(1, lines, b"\xff" * 32) is True


def test_keeps_every_figure_at_its_least(book, issuer, airline):
    book.issue(airline, airline, [(1, 1)], 0, 0, 0, NOTHING, sender=issuer)

    assert tuple(book.certificate(1)) == (
        *(airline, 1, 0, 0, 1, chain.blocks.head.timestamp, 0, 0),
        record([(1, 1)], NOTHING),
    )


def test_refuses_more_than_64_bits(book, issuer, alice):
    for lines in ([(1, 2**64)], [(1, MOST), (2, 1)]):
        with ape.reverts("Transaction failed."):  # the credit contract can't come here
            book.issue(alice, alice, lines, 0, 0, 0, DETAILS, sender=issuer)

    assert book.total_certificates() == 0


@pytest.mark.parametrize(
    ("start", "end", "is_let"),
    [(0, 0, True), (0, 1, True), (1, 0, False), (9, 9, True), (10, 9, False), (65_535, 0, False)],
)
def test_asks_for_a_period_that_ends_after_it_begins(book, issuer, alice, start, end, is_let):
    arguments = (alice, alice, [(1, 1)], 0, start, end, DETAILS)
    if is_let:
        book.issue(*arguments, sender=issuer)
        known = book.certificate(1)
        assert (known.period_start, known.period_end) == (start, end)
    else:
        with ape.reverts("retirement_certificate: bad period"):
            book.issue(*arguments, sender=issuer)


def test_refuses_nobody_as_beneficiary(book, issuer, alice):
    with ape.reverts("nonfungible: zero receiver"):
        book.issue(alice, ZERO, [(1, 1)], 0, 0, 0, DETAILS, sender=issuer)


def test_numbers_certificates_from_1(book, issuer, alice, airline):
    for beneficiary in (alice, airline, alice):
        book.issue(alice, beneficiary, [(1, 1)], 0, 0, 0, DETAILS, sender=issuer)

    assert [book.ownerOf(n) for n in (1, 2, 3)] == [alice, airline, alice]
    assert (book.balanceOf(alice), book.balanceOf(airline)) == (2, 1)


def test_is_for_the_credit_contract_only(
    certificate, carbon, alice, stranger, council, enforcer, carbon_verifier, registry
):
    for account in (alice, stranger, council, enforcer, carbon_verifier, registry):
        with ape.reverts("retirement_certificate: only credit"):
            certificate.issue(alice, alice, [(1, 1)], 0, 0, 0, DETAILS, sender=account)

    assert certificate.total_certificates() == 0


# --- mark and cure
@pytest.fixture
def certified(book, issuer, alice):
    """A certificate for two batches: its id and the lines."""
    lines = [(5, 10), (9, 20)]
    book.issue(alice, alice, lines, 0, 0, 0, DETAILS, sender=issuer)
    return 1, lines


def test_marks_and_cures_batch_by_batch(book, issuer, certified):
    certificate_id, lines = certified
    first = book.mark(certificate_id, lines, DETAILS, 5, 4, sender=issuer)
    second = book.mark(certificate_id, lines, DETAILS, 9, 20, sender=issuer)
    assert logged(first) == [event("DeficitMarked", 1, 5, 4, 4)]
    assert logged(second) == [event("DeficitMarked", 1, 9, 20, 24)]
    assert (book.deficit_in(1, 5), book.deficit_in(1, 9), book.deficit_of(1)) == (4, 20, 24)

    third = book.cure(certificate_id, 9, 19, sender=issuer)

    assert logged(third) == [event("DeficitCured", 1, 9, 19, 5)]
    assert (book.deficit_in(1, 5), book.deficit_in(1, 9), book.deficit_of(1)) == (4, 1, 5)
    assert book.certificate(1).deficit == 5


@pytest.mark.parametrize(("token_id", "most"), [(5, 10), (9, 20), (6, 0), (0, 0)])
def test_marks_up_to_what_the_line_says(book, issuer, certified, token_id, most):
    certificate_id, lines = certified
    book.mark(certificate_id, lines, DETAILS, token_id, most, sender=issuer)

    with ape.reverts("retirement_certificate: too much lost"):
        book.mark(certificate_id, lines, DETAILS, token_id, 1, sender=issuer)
    assert book.deficit_of(1) == most


def test_cures_up_to_what_is_lost(book, issuer, certified):
    certificate_id, lines = certified
    book.mark(certificate_id, lines, DETAILS, 5, 4, sender=issuer)
    for token_id, amount in ((5, 5), (9, 1), (6, 1), (5, 2**256 - 1)):
        with ape.reverts("retirement_certificate: no such deficit"):
            book.cure(certificate_id, token_id, amount, sender=issuer)
    with ape.reverts("retirement_certificate: no such deficit"):
        book.cure(2, 5, 1, sender=issuer)

    book.cure(certificate_id, 5, 4, sender=issuer)

    assert book.deficit_of(1) == 0


def test_refuses_to_mark_another_record_and_an_unknown_certificate(book, issuer, certified):
    certificate_id, lines = certified
    for wrong, details in ((lines[:1], DETAILS), (lines, NOTHING), ([], DETAILS)):
        with ape.reverts("retirement_certificate: other record"):
            book.mark(certificate_id, wrong, details, 5, 1, sender=issuer)
    for unknown in (0, 2, 2**256 - 1):
        with ape.reverts("nonfungible: unknown token"):
            book.mark(unknown, lines, DETAILS, 5, 1, sender=issuer)


def test_marks_and_cures_are_for_the_credit_contract_only(
    book, certified, alice, stranger, enforcer, carbon_verifier
):
    certificate_id, lines = certified
    for account in (alice, stranger, enforcer, carbon_verifier):
        with ape.reverts("retirement_certificate: only credit"):
            book.mark(certificate_id, lines, DETAILS, 5, 1, sender=account)
        with ape.reverts("retirement_certificate: only credit"):
            book.cure(certificate_id, 5, 0, sender=account)


# --- is_record
def test_tells_its_record_from_every_other(book, issuer, certified):
    certificate_id, lines = certified

    assert book.is_record(certificate_id, lines, DETAILS) is True
    for other in (
        lines[::-1],
        lines[:1],
        [],
        [*lines, (10, 0)],
        [(5, 10), (9, 21)],
        [(5, 20), (9, 10)],
        [(5, 30)],
    ):
        assert book.is_record(certificate_id, other, DETAILS) is False, other
    assert book.is_record(certificate_id, lines, DETAILS[::-1]) is False
    with ape.reverts("nonfungible: unknown token"):
        book.is_record(2, lines, DETAILS)
