import ape
import pytest

from civitas.chain.city import contract_at
from tests.unit.carbon.conftest import DETAILS, ZERO_ADDRESS


@pytest.fixture
def own_certificate(project, stranger):
    """A certificate contract whose issuer is an account, so that any value can be written."""
    return project.RetirementCertificate.deploy("https://certificates/", sender=stranger)


@pytest.mark.parametrize(
    ("project_id", "number", "amount", "purpose", "details"),
    [
        (2**64 - 1, 2**64 - 1, 2**96 - 1, 2**16 - 1, b"\xff" * 32),
        (2**64 - 1, 0, 0, 0, bytes(32)),
        (0, 2**64 - 1, 0, 0, bytes(32)),
        (0, 0, 2**96 - 1, 0, bytes(32)),
        (0, 0, 0, 2**16 - 1, bytes(32)),
        (0, 0, 0, 0, b"\xff" * 32),
        (1, 1, 1, 1, DETAILS),
    ],
)
def test_gives_back_every_field_as_it_was_written(
    own_certificate, stranger, alice, airline, project_id, number, amount, purpose, details
):
    """The fields share two words: none spills into its neighbour."""
    token_id = (project_id << 128) | number

    receipt = own_certificate.issue(
        alice, airline, token_id, amount, purpose, details, sender=stranger
    )

    assert receipt.return_value == 1
    assert tuple(own_certificate.certificate(1)) == (
        airline, token_id, amount, purpose, receipt.timestamp, details,
    )  # fmt: skip
    assert own_certificate.ownerOf(1) == airline
    assert receipt.events == [
        own_certificate.Transfer(sender=ZERO_ADDRESS, receiver=airline, token_id=1),
        own_certificate.Locked(certificate_id=1),
        own_certificate.CertificateIssued(
            certificate_id=1,
            payer=alice,
            beneficiary=airline,
            token_id=token_id,
            amount=amount,
            purpose=purpose,
            details_hash=details,
        ),
    ]


def test_refuses_an_amount_that_does_not_fit(own_certificate, stranger, alice, airline):
    with ape.reverts("Transaction failed."):  # no issuer of ours gets there, so no reason
        own_certificate.issue(alice, airline, 1 << 128, 2**96, 0, DETAILS, sender=stranger)


def test_keeps_the_time_to_the_second_for_40_bits(own_certificate, stranger, alice, airline):
    for moment in (ape.chain.pending_timestamp + 10**9, 2**40 - 1):
        ape.chain.pending_timestamp = moment

        receipt = own_certificate.issue(alice, airline, 1, 1, 0, DETAILS, sender=stranger)

        assert own_certificate.certificate(receipt.return_value).retired_at == moment


def test_numbers_certificates_from_one(own_certificate, stranger, alice, airline):
    for number in (1, 2, 3):
        receipt = own_certificate.issue(alice, airline, 1, number, 0, DETAILS, sender=stranger)
        assert receipt.return_value == own_certificate.total_certificates() == number

    assert own_certificate.balanceOf(airline) == 3


def test_refuses_anyone_but_the_credit_contract(
    certificate, batch, alice, council, esg_officer, carbon_verifier, deployer
):
    for account in (alice, council, esg_officer, carbon_verifier, deployer):
        with ape.reverts("retirement_certificate: only credit"):
            certificate.issue(alice, alice, batch, 1, 0, DETAILS, sender=account)

    assert certificate.total_certificates() == 0


def test_takes_the_credit_contracts_word(certificate, carbon, alice):
    certificate.issue(alice, alice, 1 << 128, 1, 0, DETAILS, sender=carbon)

    assert certificate.CREDIT() == carbon.address
    assert certificate.total_certificates() == 1


def test_is_bound_to_its_creator_for_ever(own_certificate, project, stranger):
    names = {abi.name for abi in own_certificate.contract_type.methods}

    assert own_certificate.CREDIT() == stranger
    assert names & {"owner", "set_credit", "transfer_ownership", "burn", "mint"} == set()
    assert contract_at(project.RetirementCertificate, own_certificate.address).CREDIT() == stranger
