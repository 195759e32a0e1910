import ape
import pytest
from ape import chain

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


def test_keeps_a_wallet_from_binding_itself_again(
    identities, compliance_officer, enforcer, onboard, claim, consent, alice, bob, carol, in_a_year
):
    onboard(alice, claim(alice))
    onboard(carol, claim(carol))
    identities.bind_wallet(bob, in_a_year, consent(bob, alice), sender=alice)
    for barred in (alice, bob):
        identities.deleteIdentity(barred, sender=compliance_officer)

    with ape.reverts("investor_records: barred"):
        identities.bind_wallet(bob, in_a_year, consent(bob, carol), sender=carol)
    with ape.reverts("investor_records: barred"):
        onboard(alice, claim(alice, nonce=2))
    with ape.reverts("investor_records: barred"):
        onboard(bob, claim(bob))
    with ape.reverts("investor_records: barred"):
        identities.announce_recovery(
            carol, bob, b"\x01" * 32, in_a_year, consent(bob, carol), sender=enforcer
        )
    assert not identities.contains(alice) and not identities.contains(bob)


def test_keeps_a_batch_from_binding_it(
    identities, compliance_officer, onboard, claim, consent, issuer, alice, in_a_year
):
    onboard(alice, claim(alice))
    identities.deleteIdentity(alice, sender=compliance_officer)

    with ape.reverts("investor_records: barred"):
        identities.onboard_batch(
            *(1, in_a_year, [(alice, 410, 1, in_a_year, 2, consent(alice))]), sender=issuer
        )


@pytest.mark.parametrize("own", [True, False])
def test_the_office_binds_it_again_and_for_good(
    identities, compliance_officer, onboard, claim, consent, alice, bob, own, in_a_year
):
    onboard(alice, claim(alice))
    identities.bind_wallet(bob, in_a_year, consent(bob, alice), sender=alice)
    wallet = alice if own else bob
    identities.deleteIdentity(wallet, sender=compliance_officer)

    identities.registerIdentity(wallet, alice, 410, sender=compliance_officer)

    assert identities.isVerified(wallet)
    identities.unbind_wallet(sender=wallet)
    sender = bob if own else alice
    identities.bind_wallet(wallet, in_a_year, consent(wallet, alice), sender=sender)
    assert identities.isVerified(wallet)


def test_a_successor_that_was_barred_meanwhile_takes_nothing_over(
    identities, compliance_officer, enforcer, onboard, claim, consent, alice, bob, in_a_year
):
    onboard(alice, claim(alice))
    identities.announce_recovery(
        alice, bob, b"\x01" * 32, in_a_year, consent(bob, alice), sender=enforcer
    )
    identities.bind_wallet(bob, in_a_year, consent(bob, alice), sender=alice)
    identities.deleteIdentity(bob, sender=compliance_officer)
    chain.pending_timestamp += identities.OBJECTION_WINDOW()

    with ape.reverts("investor_records: barred"):
        identities.recover_wallet(alice, sender=enforcer)


def test_refuses_a_wallet_that_is_not_registered(identities, compliance_officer, investor):
    identities.deleteIdentity(investor, sender=compliance_officer)

    with ape.reverts("investor_records: not registered"):
        identities.deleteIdentity(investor, sender=compliance_officer)


@pytest.mark.parametrize("caller", ["stranger", "council", "asset_manager", "alice"])
def test_refuses_all_but_the_compliance_officer(identities, investor, request, caller):
    with ape.reverts("authorized: missing role"):
        identities.deleteIdentity(investor, sender=request.getfixturevalue(caller))

    assert identities.isVerified(investor)
