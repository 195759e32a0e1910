import ape
import pytest


@pytest.fixture
def investor(identities, compliance_officer, alice, file_number, in_a_year):
    identities.register([(alice, file_number, 410, 255, in_a_year)], sender=compliance_officer)
    return alice


@pytest.mark.parametrize("country", [1, 2, 998, 999])
def test_changes_the_country_and_nothing_else(
    identities, compliance_officer, investor, file_number, in_a_year, country
):
    receipt = identities.updateCountry(investor, country, sender=compliance_officer)

    assert identities.eligibility(investor) == (file_number.address, country, 255, in_a_year)
    assert receipt.events == [identities.CountryUpdated(investor_address=investor, country=country)]


@pytest.mark.parametrize("country", [0, 1_000, 65_535])
def test_refuses_other_countries(identities, compliance_officer, investor, country):
    with ape.reverts("investor_records: bad country"):
        identities.updateCountry(investor, country, sender=compliance_officer)

    assert identities.investorCountry(investor) == 410


def test_refuses_a_wallet_that_is_not_registered(identities, compliance_officer, stranger):
    with ape.reverts("investor_records: not registered"):
        identities.updateCountry(stranger, 410, sender=compliance_officer)


@pytest.mark.parametrize("caller", ["stranger", "council", "asset_manager", "alice"])
def test_refuses_all_but_the_compliance_officer(identities, investor, request, caller):
    with ape.reverts("authorized: missing role"):
        identities.updateCountry(investor, 840, sender=request.getfixturevalue(caller))

    assert identities.investorCountry(investor) == 410
