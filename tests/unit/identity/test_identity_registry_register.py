import ape
import pytest
from ape import chain
from hypothesis import example, given
from hypothesis import strategies as st

from civitas.chain.deploy import ZERO_ADDRESS

from ..common.examples import runs, undone

MAX_BATCH = 100
MAX_EXPIRY = 2**40 - 1
BLOCK_GAS = 30_000_000
NOBODY = (ZERO_ADDRESS, 0, 0, 0)


def wallet(number):
    return "0x" + number.to_bytes(20, "big").hex()


def test_binds_a_wallet_to_an_investor(
    identities, compliance_officer, alice, file_number, in_a_year
):
    receipt = identities.register(
        [(alice, file_number, 410, 3, in_a_year)], sender=compliance_officer
    )

    assert identities.isVerified(alice)
    assert identities.contains(alice)
    assert identities.identity(alice) == file_number
    assert identities.investorCountry(alice) == 410
    assert identities.eligibility(alice) == (file_number.address, 410, 3, in_a_year)
    assert receipt.events == [
        identities.IdentityRegistered(investor_address=alice, identity=file_number),
        identities.CountryUpdated(investor_address=alice, country=410),
        identities.EligibilitySet(
            identity=file_number,
            old_class=0,
            new_class=3,
            old_valid_until=0,
            new_valid_until=in_a_year,
        ),
    ]


def test_binds_several_wallets_to_one_investor(
    identities, compliance_officer, alice, bob, file_number, in_a_year
):
    identities.register(
        [(each, file_number, 410, 0, in_a_year) for each in (alice, bob)],
        sender=compliance_officer,
    )

    assert identities.identity(alice) == identities.identity(bob) == file_number


@runs(40)
@given(
    identity=st.integers(1, 2**160 - 1),
    country=st.integers(1, 999),
    investor_class=st.integers(0, 255),
    valid_until=st.integers(2**31, MAX_EXPIRY),
)
@example(identity=2**160 - 1, country=999, investor_class=255, valid_until=MAX_EXPIRY)
@example(identity=1, country=1, investor_class=0, valid_until=2**31)
def test_packs_any_eligibility_without_loss(
    identities, compliance_officer, alice, identity, country, investor_class, valid_until
):
    """INV-ID-1: what is read is what was registered."""
    entry = (wallet(identity), country, investor_class, valid_until)
    with undone():
        identities.register([(alice, *entry)], sender=compliance_officer)

        read = identities.eligibility(alice)

        assert (read.identity.lower(), *tuple(read)[1:]) == entry
        assert identities.identity(alice).lower() == entry[0]
        assert identities.investorCountry(alice) == country
        assert identities.isVerified(alice)


def test_binds_100_wallets_at_once(identities, compliance_officer, in_a_year):
    batch = [(wallet(i), wallet(i), 410, 0, in_a_year) for i in range(1, MAX_BATCH + 1)]

    receipt = identities.register(batch, sender=compliance_officer)

    assert all(identities.isVerified(entry[0]) for entry in batch)
    assert len(receipt.events) == 3 * MAX_BATCH
    assert receipt.gas_used < BLOCK_GAS // 2


def test_refuses_101_wallets_at_once(identities, compliance_officer, in_a_year):
    batch = [(wallet(i), wallet(i), 410, 0, in_a_year) for i in range(1, MAX_BATCH + 2)]

    with ape.reverts("Transaction failed."):
        identities.register(batch, sender=compliance_officer)

    assert not identities.contains(wallet(1))


def test_binds_all_or_none(identities, compliance_officer, alice, bob, in_a_year):
    with ape.reverts("investor_records: bad country"):
        identities.register(
            [(alice, alice, 410, 0, in_a_year), (bob, bob, 0, 0, in_a_year)],
            sender=compliance_officer,
        )

    assert identities.eligibility(alice) == NOBODY


@pytest.mark.parametrize("side", ["wallet", "identity"])
def test_refuses_the_zero_address(identities, compliance_officer, alice, in_a_year, side):
    pair = (ZERO_ADDRESS, alice) if side == "wallet" else (alice, ZERO_ADDRESS)

    with ape.reverts("investor_records: zero address"):
        identities.register([(*pair, 410, 0, in_a_year)], sender=compliance_officer)


def test_refuses_a_wallet_that_is_registered(
    identities, compliance_officer, alice, file_number, other_file_number, in_a_year
):
    identities.register([(alice, file_number, 410, 0, in_a_year)], sender=compliance_officer)

    with ape.reverts("investor_records: is registered"):
        identities.register(
            [(alice, other_file_number, 410, 0, in_a_year)], sender=compliance_officer
        )

    assert identities.identity(alice) == file_number


def test_refuses_a_wallet_twice_in_one_batch(identities, compliance_officer, alice, in_a_year):
    with ape.reverts("investor_records: is registered"):
        identities.register([(alice, alice, 410, 0, in_a_year)] * 2, sender=compliance_officer)


def test_refuses_an_expired_wallet_that_is_still_registered(
    identities, compliance_officer, alice, at, in_a_year
):
    soon = chain.pending_timestamp + 10
    identities.register([(alice, alice, 410, 0, soon)], sender=compliance_officer)
    at(soon + 1)

    with ape.reverts("investor_records: is registered"):
        identities.register([(alice, alice, 410, 0, in_a_year)], sender=compliance_officer)


@pytest.mark.parametrize("country", [1, 2, 998, 999])
def test_takes_countries_from_1_to_999(identities, compliance_officer, alice, in_a_year, country):
    identities.register([(alice, alice, country, 0, in_a_year)], sender=compliance_officer)

    assert identities.investorCountry(alice) == country


@pytest.mark.parametrize("country", [0, 1_000, 65_535])
def test_refuses_other_countries(identities, compliance_officer, alice, in_a_year, country):
    with ape.reverts("investor_records: bad country"):
        identities.register([(alice, alice, country, 0, in_a_year)], sender=compliance_officer)


@pytest.mark.parametrize("validity", [1, 2])
def test_takes_an_expiry_in_the_future(identities, compliance_officer, alice, validity):
    until = chain.pending_timestamp + validity

    identities.register([(alice, alice, 410, 0, until)], sender=compliance_officer)

    assert identities.eligibility(alice).valid_until == until


@pytest.mark.parametrize("validity", [0, -1])
def test_refuses_an_expiry_that_is_over(identities, compliance_officer, alice, validity):
    until = chain.pending_timestamp + validity

    with ape.reverts("investor_records: bad expiry"):
        identities.register([(alice, alice, 410, 0, until)], sender=compliance_officer)


@pytest.mark.parametrize("until", [MAX_EXPIRY - 1, MAX_EXPIRY])
def test_takes_the_latest_expiry(identities, compliance_officer, alice, until):
    identities.register([(alice, alice, 410, 0, until)], sender=compliance_officer)

    assert identities.eligibility(alice).valid_until == until


@pytest.mark.parametrize("until", [MAX_EXPIRY + 1, 2**64 - 1])
def test_refuses_a_later_expiry(identities, compliance_officer, alice, until):
    """It would spill into the country's bits."""
    with ape.reverts("investor_records: bad expiry"):
        identities.register([(alice, alice, 410, 0, until)], sender=compliance_officer)


@pytest.mark.parametrize("caller", ["stranger", "council", "asset_manager", "alice"])
def test_refuses_all_but_the_compliance_officer(identities, alice, in_a_year, request, caller):
    with ape.reverts("authorized: missing role"):
        identities.register(
            [(alice, alice, 410, 0, in_a_year)], sender=request.getfixturevalue(caller)
        )

    assert not identities.contains(alice)
