"""Only the carbon registry issues; here it is asked to speak for itself."""

import ape
import pytest
from ape import chain

from .conftest import DAY, TONNE, ZERO
from .logs import event, logged

METADATA = (0, 0, "", "", "", "", 10 * TONNE, 0, False)


@pytest.fixture
def mint(carbon, registry, investors, alice, solar):
    """Mint as the registry would, one argument or another changed."""

    def create(sender=registry, to=alice, number=77, amount=8 * TONNE, expiry=0, volume=10 * TONNE):
        metadata = (*METADATA[:6], volume, *METADATA[7:])
        return carbon.mintCredit(to, solar, number, amount, expiry, metadata, sender=sender)

    return create


def test_brings_a_batch_into_being_with_its_buffer(carbon, registry, mint, alice, solar, supply):
    expiry = chain.pending_timestamp + DAY

    receipt = mint(expiry=expiry)

    token_id = (solar << 128) + 77
    assert carbon.balanceOf(alice, token_id) == 8 * TONNE
    assert supply(token_id) == (10 * TONNE, 8 * TONNE, 2 * TONNE, 0, 0, 0, 0)
    assert tuple(carbon.terms_of(token_id)) == (expiry, 0, False)
    assert logged(receipt) == [
        event("TransferSingle", registry, ZERO, alice, token_id, 8 * TONNE),
        event("CreditMinted", alice, token_id, solar, 77, 8 * TONNE, expiry),
        event("Buffered", token_id, 2 * TONNE),
    ]


def test_seals_the_batch(carbon, mint, alice, solar):
    mint(amount=0)  # even where all of it is buffer

    with ape.reverts("carbon_credit: batch is sealed"):
        mint()

    assert carbon.balanceOf(alice, (solar << 128) + 77) == 0


def test_is_for_the_carbon_registry_only(
    carbon, mint, stranger, council, esg_officer, carbon_verifier, alice, certificate
):
    for account in (stranger, council, esg_officer, carbon_verifier, alice, certificate):
        with ape.reverts("carbon_credit: only issuer"):
            mint(sender=account)


def test_refuses_while_paused(carbon, mint, guardian):
    carbon.pause(sender=guardian)

    with ape.reverts("emergency_stop: paused"):
        mint()


def test_refuses_a_receiver_who_is_not_verified(carbon, mint, stranger):
    for receiver in (stranger, ZERO):
        with ape.reverts("carbon_credit: cannot receive"):
            mint(to=receiver)


def test_refuses_tonnes_that_the_sum_of_all_can_not_hold(carbon, mint, supply):
    most = 2**64 - 1
    with ape.reverts("batch_supply: too many tonnes"):
        mint(amount=0, volume=most + 1)
    mint(amount=most, volume=most)
    with ape.reverts("batch_supply: too many tonnes"):
        mint(number=78, amount=0, volume=1)

    assert supply() == (most, most, 0, 0, 0, 0, 0)


@pytest.mark.parametrize(("expiry", "is_let"), [(2**40 - 1, True), (2**40, False)])
def test_keeps_an_end_of_40_bits(carbon, mint, solar, expiry, is_let):
    if is_let:
        mint(expiry=expiry)
        assert carbon.terms_of((solar << 128) + 77).expiry == expiry
    else:
        with ape.reverts("batch_supply: bad expiry"):
            mint(expiry=expiry)
        assert carbon.tokenExists((solar << 128) + 77) is False


def test_asks_a_contract_whether_it_accepts(carbon, mint, credit_receiver, stranger, solar):
    mint(to=credit_receiver)
    assert credit_receiver.asked() == 1

    credit_receiver.behave(4, sender=stranger)
    with ape.reverts("credit_holdings: receiver refuses"):
        mint(to=credit_receiver, number=78)

    assert carbon.tokenExists((solar << 128) + 78) is False
