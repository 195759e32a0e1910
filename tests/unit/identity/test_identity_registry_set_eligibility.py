import ape
import pytest
from ape import chain

MAX_EXPIRY = 2**40 - 1


@pytest.fixture
def investor(identities, compliance_officer, alice, file_number, in_a_year):
    identities.register([(alice, file_number, 410, 1, in_a_year)], sender=compliance_officer)
    return alice


def test_renews_and_changes_the_class(
    identities, compliance_officer, investor, file_number, in_a_year
):
    receipt = identities.set_eligibility(investor, 255, in_a_year + 5, sender=compliance_officer)

    assert identities.eligibility(investor) == (file_number.address, 410, 255, in_a_year + 5)
    assert receipt.events == [
        identities.EligibilitySet(
            identity=file_number,
            old_class=1,
            new_class=255,
            old_valid_until=in_a_year,
            new_valid_until=in_a_year + 5,
        )
    ]


def test_revives_an_expired_wallet(identities, compliance_officer, investor, at, in_a_year):
    at(in_a_year + 1)
    assert not identities.isVerified(investor)

    identities.set_eligibility(investor, 1, in_a_year + 1_000, sender=compliance_officer)

    assert identities.isVerified(investor)


@pytest.mark.parametrize("until", [MAX_EXPIRY - 1, MAX_EXPIRY])
def test_takes_the_latest_expiry(identities, compliance_officer, investor, file_number, until):
    identities.set_eligibility(investor, 255, until, sender=compliance_officer)

    assert identities.eligibility(investor) == (file_number.address, 410, 255, until)


@pytest.mark.parametrize("until", [MAX_EXPIRY + 1, 2**64 - 1])
def test_refuses_a_later_expiry(identities, compliance_officer, investor, in_a_year, until):
    with ape.reverts("investor_records: bad expiry"):
        identities.set_eligibility(investor, 1, until, sender=compliance_officer)

    assert identities.eligibility(investor).valid_until == in_a_year


def test_takes_the_next_second(identities, compliance_officer, investor):
    until = chain.pending_timestamp + 1

    identities.set_eligibility(investor, 1, until, sender=compliance_officer)

    assert identities.eligibility(investor).valid_until == until


@pytest.mark.parametrize("validity", [0, -1])
def test_refuses_an_expiry_that_is_over(identities, compliance_officer, investor, validity):
    until = chain.pending_timestamp + validity

    with ape.reverts("investor_records: bad expiry"):
        identities.set_eligibility(investor, 1, until, sender=compliance_officer)


def test_refuses_a_wallet_that_is_not_registered(
    identities, compliance_officer, stranger, in_a_year
):
    with ape.reverts("investor_records: not registered"):
        identities.set_eligibility(stranger, 1, in_a_year, sender=compliance_officer)

    assert not identities.contains(stranger)


@pytest.mark.parametrize("caller", ["stranger", "council", "asset_manager", "alice"])
def test_refuses_all_but_the_compliance_officer(identities, investor, in_a_year, request, caller):
    with ape.reverts("authorized: missing role"):
        identities.set_eligibility(investor, 9, in_a_year, sender=request.getfixturevalue(caller))

    assert identities.eligibility(investor).investor_class == 1
