import pytest
from ape import chain

from civitas.chain.deploy import ZERO_ADDRESS


@pytest.fixture
def valid_until(identities, compliance_officer, alice):
    until = chain.pending_timestamp + 100
    identities.register([(alice, alice, 410, 0, until)], sender=compliance_officer)
    return until


@pytest.mark.parametrize(("late", "is_verified"), [(-1, True), (0, True), (1, False)])
def test_holds_up_to_the_last_second(identities, alice, valid_until, at, late, is_verified):
    """INV-ID-1: a wallet is verified up to its expiry, that second included."""
    at(valid_until + late)

    assert identities.isVerified(alice) is is_verified
    assert identities.contains(alice)


@pytest.mark.parametrize(("late", "is_verified"), [(-1, True), (0, True), (1, False)])
def test_is_what_a_transfer_in_that_second_meets(
    identities,
    compliance_officer,
    bob,
    alice,
    valid_until,
    in_a_year,
    register_asset,
    create_token,
    asset_manager,
    late,
    is_verified,
):
    identities.register([(bob, bob, 410, 0, in_a_year)], sender=compliance_officer)
    token = create_token(register_asset("parcel 1"))
    token.mint(alice, 10, sender=asset_manager)
    chain.pending_timestamp = valid_until + late

    receipt = token.transfer(bob, 1, sender=alice, raise_on_revert=False)

    assert receipt.timestamp == valid_until + late
    assert receipt.failed is not is_verified
    assert token.balanceOf(bob) == int(is_verified)


@pytest.mark.parametrize("account", [ZERO_ADDRESS, "0x" + "ff" * 20])
def test_is_false_for_who_is_not_registered(identities, account):
    assert not identities.isVerified(account)
    assert not identities.contains(account)
    assert identities.eligibility(account) == (ZERO_ADDRESS, 0, 0, 0)
