"""A file of investors becomes batches of an issuer, or a list of what is wrong with it."""

from datetime import UTC, datetime

import pytest
from ape import chain

from civitas.chain.identity import binding_message
from civitas.chain.onboarding import COLUMNS, MAX_BATCH, applicant_batches, read_applicants
from civitas.chain.signing import signed_by
from civitas.errors import CivitasError, InputErrors

KYC = 1
DEADLINE = 2**39
END = "2999-12-31"


@pytest.fixture
def issuer(city, accounts, council_clerk):
    city.identity_registry.addTrustedIssuer(accounts[62], [KYC], sender=council_clerk)
    return accounts[62]


@pytest.fixture
def row(city):
    def make(wallet, country="410", investor_class="1", until=END, signer=None, deadline=DEADLINE):
        message = binding_message(city, wallet, wallet, 0, deadline)
        signature = signed_by(signer or wallet, message).hex()
        return ",".join((wallet.address, country, investor_class, until, signature))

    return make


@pytest.fixture
def file(tmp_path):
    def write(*rows):
        path = tmp_path / "investors.csv"
        path.write_text("\n".join((",".join(COLUMNS), *rows)) + "\n")
        return path

    return write


def test_onboards_a_file_once(city, issuer, row, file, alice, bob):
    path = file(row(alice), row(bob, country="840"))

    (batch,) = applicant_batches(city, read_applicants(path, city, DEADLINE), KYC, DEADLINE, issuer)
    assert not city.identity_registry.contains(alice)
    batch.prepared.send()

    until = int(datetime(2999, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp())
    assert city.identity_registry.eligibility(bob) == (bob.address, 840, 1, until)
    assert city.identity_registry.unverified_side(alice, bob) == 0
    assert read_applicants(path, city, DEADLINE) == []


def test_names_every_bad_row(city, issuer, row, file, alice, bob, carol, stranger):
    good = row(alice)
    path = file(
        good,
        row(bob, signer=carol),
        row(carol, deadline=DEADLINE - 1),
        row(stranger, country="1000", until="1999-01-01"),
        good,
        "0x12,410,1,2999-12-31,0x12",
    )
    blocks = chain.blocks.height

    with pytest.raises(InputErrors) as caught:
        read_applicants(path, city, DEADLINE)

    said = [line.partition("investors.csv")[2] for line in str(caught.value).splitlines()]
    text = "\n".join(said)
    for part in (
        "is not the wallet's",
        "must be 1 to 999",
        "is over",
        "already used",
        "is no address",
    ):
        assert part in text
    assert text.count("is not the wallet's") == 2
    assert "must be 65 bytes" in text
    assert chain.blocks.height == blocks


def test_refuses_a_wallet_of_another_investor(
    city, issuer, row, file, compliance_officer, alice, bob
):
    city.identity_registry.registerIdentity(alice, bob, 410, sender=compliance_officer)

    with pytest.raises(InputErrors, match="belongs to the investor"):
        read_applicants(file(row(alice)), city, DEADLINE)


def test_cuts_a_long_list_into_batches(city, issuer, row, file, accounts):
    """By the contract's limit, and by gas where that is less."""
    path = file(*(row(each) for each in accounts[20 : 20 + 103] if each != issuer))
    applicants = read_applicants(path, city, DEADLINE)
    assert len(applicants) == MAX_BATCH + 2

    def sizes(**options):
        found = applicant_batches(city, applicants, KYC, DEADLINE, issuer, **options)
        return [len(batch.items) for batch in found]

    assert sizes() == [MAX_BATCH, 2]
    by_gas = sizes(max_gas=1_000_000)
    assert sum(by_gas) == MAX_BATCH + 2
    assert max(by_gas) < 30
    with pytest.raises(CivitasError, match="one investor takes .* gas, 30,000 are allowed"):
        sizes(max_gas=30_000)
