import ape
import pytest

from .conftest import DETAILS, NOTHING, ORDER, TONNE, ZERO
from .logs import event, logged


@pytest.fixture
def certified(retire, batch, alice, airline):
    """The airline's certificate; its id."""
    return retire(alice, [(batch, 7 * TONNE)], airline)


def test_moves_a_certificate_to_its_owners_new_wallet(
    certificate, certified, airline, carol, enforcer
):
    before = tuple(certificate.certificate(certified))

    receipt = certificate.recover(certified, carol, ORDER, sender=enforcer)

    assert certificate.ownerOf(certified) == carol
    assert (certificate.balanceOf(airline), certificate.balanceOf(carol)) == (0, 1)
    assert tuple(certificate.certificate(certified)) == (carol, *before[1:])
    assert certificate.locked(certified) is True
    assert logged(receipt) == [
        event("Unlocked", certified),
        event("Transfer", airline, carol, certified),
        event("Locked", certified),
        event("CertificateRecovered", certified, airline, carol, ORDER),
    ]


def test_keeps_record_and_deficit(certificate, carbon, batch, certified, reverse, carol, enforcer):
    lines = [(batch, 7 * TONNE)]
    reverse(batch, TONNE, marks=[(certified, lines, DETAILS, TONNE)])

    certificate.recover(certified, carol, ORDER, sender=enforcer)

    assert certificate.is_record(certified, lines, DETAILS) is True
    known = certificate.certificate(certified)
    assert (known.amount, known.deficit) == (7 * TONNE, TONNE)


def test_refuses_what_is_no_recovery(certificate, certified, airline, carol, enforcer):
    for arguments, reason in (
        ((certified, carol, NOTHING), "retirement_certificate: no order"),
        ((certified, airline, ORDER), "retirement_certificate: same owner"),
        ((certified, ZERO, ORDER), "nonfungible: zero receiver"),
        ((certified + 1, carol, ORDER), "nonfungible: unknown token"),
        ((0, carol, ORDER), "nonfungible: unknown token"),
    ):
        with ape.reverts(reason):
            certificate.recover(*arguments, sender=enforcer)

    assert certificate.ownerOf(certified) == airline


def test_is_for_the_enforcer_only(
    certificate, certified, carol, not_allowed, airline, compliance_officer, carbon_verifier
):
    not_allowed(
        lambda account: certificate.recover(certified, carol, ORDER, sender=account),
        *(airline, carol, compliance_officer, carbon_verifier),
    )
