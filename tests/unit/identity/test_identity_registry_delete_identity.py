import ape
import pytest

from civitas.chain.deploy import ZERO_ADDRESS


@pytest.fixture
def investor(identities, compliance_officer, alice, file_number, in_a_year):
    identities.register([(alice, file_number, 410, 1, in_a_year)], sender=compliance_officer)
    return alice


def test_revokes_a_wallet(identities, compliance_officer, investor, file_number):
    receipt = identities.deleteIdentity(investor, sender=compliance_officer)

    assert not identities.isVerified(investor)
    assert not identities.contains(investor)
    assert identities.identity(investor) == ZERO_ADDRESS
    assert identities.investorCountry(investor) == 0
    assert identities.eligibility(investor) == (ZERO_ADDRESS, 0, 0, 0)
    assert receipt.events == [
        identities.IdentityRemoved(investor_address=investor, identity=file_number)
    ]


def test_leaves_the_investors_other_wallet(
    identities, compliance_officer, investor, bob, file_number, in_a_year
):
    identities.register([(bob, file_number, 410, 1, in_a_year)], sender=compliance_officer)

    identities.deleteIdentity(investor, sender=compliance_officer)

    assert identities.isVerified(bob)


def test_revokes_an_expired_wallet(identities, compliance_officer, investor, at, in_a_year):
    at(in_a_year + 1)

    identities.deleteIdentity(investor, sender=compliance_officer)

    assert not identities.contains(investor)


def test_lets_a_wallet_be_registered_anew(
    identities, compliance_officer, investor, other_file_number, in_a_year
):
    identities.deleteIdentity(investor, sender=compliance_officer)

    identities.register(
        [(investor, other_file_number, 840, 2, in_a_year)], sender=compliance_officer
    )

    assert identities.eligibility(investor) == (other_file_number.address, 840, 2, in_a_year)


def test_refuses_a_wallet_that_is_not_registered(identities, compliance_officer, investor):
    identities.deleteIdentity(investor, sender=compliance_officer)

    with ape.reverts("investor_records: not registered"):
        identities.deleteIdentity(investor, sender=compliance_officer)


@pytest.mark.parametrize("caller", ["stranger", "council", "asset_manager", "alice"])
def test_refuses_all_but_the_compliance_officer(identities, investor, request, caller):
    with ape.reverts("authorized: missing role"):
        identities.deleteIdentity(investor, sender=request.getfixturevalue(caller))

    assert identities.isVerified(investor)
