from dataclasses import replace

import pytest
from ape import chain

from civitas.chain.carbon import signed_by
from civitas.chain.identity import Claim, binding_message, claim_message

KYC = 1  # the first claim topic


@pytest.fixture(scope="module")
def identities(city):
    return city.identity_registry


@pytest.fixture(scope="module")
def in_a_year():
    return chain.pending_timestamp + 365 * 86_400


@pytest.fixture(scope="module")
def file_number(accounts):
    """The pseudonym under which the compliance office keeps a file."""
    return accounts[60]


@pytest.fixture(scope="module")
def other_file_number(accounts):
    return accounts[61]


@pytest.fixture(scope="module")
def at():
    """Let the next read see a moment: `at(timestamp)`."""
    return lambda moment: chain.mine(timestamp=moment)


@pytest.fixture(scope="module")
def issuer(accounts):
    """Trusted for the identity topic."""
    return accounts[62]


@pytest.fixture(scope="module")
def second_issuer(accounts):
    return accounts[63]


@pytest.fixture(scope="module")
def trusted(identities, council_clerk, issuer, second_issuer):
    for each in (issuer, second_issuer):
        identities.addTrustedIssuer(each, [KYC], sender=council_clerk)


@pytest.fixture(scope="module")
def claim(identities, issuer, in_a_year):
    """A claim with what a test changes: `claim(alice, nonce=2)`."""

    def make(identity, by=issuer, **changes):
        return replace(
            Claim(
                issuer=by.address,
                identity=getattr(identity, "address", identity),
                topic=KYC,
                investor_class=1,
                country=410,
                valid_until=in_a_year,
                nonce=1,
                issuer_nonce=identities.issuer_nonce(by),
                deadline=in_a_year,
            ),
            **changes,
        )

    return make


@pytest.fixture(scope="module")
def sign(city):
    """65 bytes by an issuer: `sign(issuer, claim)`."""
    return lambda account, claimed: signed_by(account, claim_message(city, claimed))


@pytest.fixture(scope="module")
def consent(city, identities, in_a_year):
    """65 bytes by a wallet that agrees to be bound: `consent(alice, identity)`."""

    def make(wallet, identity=None, deadline=in_a_year):
        nonce = identities.wallet_nonce(wallet)
        return signed_by(wallet, binding_message(city, wallet, identity or wallet, nonce, deadline))

    return make


@pytest.fixture(scope="module")
def onboard(identities, trusted, sign, consent, issuer, payer, in_a_year):
    """File a claim and bind its wallet, by two signatures: `onboard(alice, claim(alice))`."""

    def send(wallet, claimed, by=issuer):
        return identities.onboard(
            *(claimed.as_tuple(), sign(by, claimed), in_a_year, consent(wallet)), sender=payer
        )

    return send
