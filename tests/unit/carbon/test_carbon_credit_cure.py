import ape
import pytest
from ape import chain

from .conftest import CONVERTED, DAY, DETAILS, TONNE, ZERO
from .logs import event, logged


@pytest.fixture
def lost(batch, retire, reverse, alice, airline):
    """Five of the airline's ten tonnes are lost; the certificate's id."""
    lines = [(batch, 10 * TONNE)]
    certificate_id = retire(alice, lines, airline)
    reverse(batch, 5 * TONNE, marks=[(certificate_id, lines, DETAILS, 5 * TONNE)])
    return certificate_id


@pytest.fixture
def spare(investors, issue, wind, bob):
    """Bob's hundred tonnes of another project; the token id."""
    return issue(wind, bob)


def test_gives_credits_of_another_batch_up_for_lost_ones(
    carbon, certificate, batch, lost, spare, bob, supply
):
    receipt = carbon.cure(bob, batch, lost, spare, 3 * TONNE, sender=bob)

    assert certificate.deficit_of(lost) == certificate.deficit_in(lost, batch) == 2 * TONNE
    assert carbon.balanceOf(bob, spare) == 97 * TONNE
    assert carbon.retiredBalanceOf(bob, spare) == 0
    assert supply(batch) == (100 * TONNE, 90 * TONNE, 0, 8 * TONNE, 0, 2 * TONNE, 0)
    assert supply(spare) == (100 * TONNE, 97 * TONNE, 0, 0, 3 * TONNE, 0, 0)
    assert supply() == (200 * TONNE, 187 * TONNE, 0, 8 * TONNE, 3 * TONNE, 2 * TONNE, 0)
    assert logged(receipt) == [
        event("TransferSingle", bob, bob, ZERO, spare, 3 * TONNE),
        event("ReversalCured", batch, lost, spare, 3 * TONNE),
        event("DeficitCured", lost, batch, 3 * TONNE, 2 * TONNE),
    ]


def test_takes_the_whole_deficit_away_and_not_a_unit_more(
    carbon, certificate, batch, lost, spare, bob
):
    for amount, reason in (
        (5 * TONNE + 1, "batch_supply: more than reversed"),
        (2**64, "credit_holdings: balance too small"),
    ):
        with ape.reverts(reason):
            carbon.cure(bob, batch, lost, spare, amount, sender=bob)

    carbon.cure(bob, batch, lost, spare, 5 * TONNE, sender=bob)

    assert certificate.deficit_of(lost) == 0
    with ape.reverts("batch_supply: more than reversed"):
        carbon.cure(bob, batch, lost, spare, 1, sender=bob)


def test_makes_good_for_the_named_certificate_and_no_other(
    carbon, certificate, batch, lost, spare, retire, reverse, alice, bob
):
    lines = [(batch, 4 * TONNE)]
    other = retire(alice, lines)
    reverse(batch, 2 * TONNE, marks=[(other, lines, DETAILS, 2 * TONNE)])

    with ape.reverts("retirement_certificate: no such deficit"):
        carbon.cure(bob, batch, other, spare, 2 * TONNE + 1, sender=bob)
    with ape.reverts("retirement_certificate: no such deficit"):
        carbon.cure(bob, batch, 99, spare, 1, sender=bob)
    carbon.cure(bob, batch, other, spare, 2 * TONNE, sender=bob)

    assert (certificate.deficit_of(lost), certificate.deficit_of(other)) == (5 * TONNE, 0)
    assert carbon.balanceOf(bob, spare) == 98 * TONNE


def test_makes_good_for_the_named_batch_and_no_other(
    carbon, certificate, more_batches, spare, retire, reverse, alice, bob
):
    first, second, third = more_batches
    lines = [(first, 5 * TONNE), (second, 5 * TONNE)]
    certificate_id = retire(alice, lines)
    for token_id, amount in ((first, 1), (second, 2)):
        reverse(token_id, amount, marks=[(certificate_id, lines, DETAILS, amount)])

    for token_id in (0, third, spare, 2**256 - 1):
        with ape.reverts("batch_supply: more than reversed"):
            carbon.cure(bob, token_id, certificate_id, spare, 1, sender=bob)
    with ape.reverts("batch_supply: more than reversed"):
        carbon.cure(bob, first, certificate_id, spare, 2, sender=bob)
    carbon.cure(bob, second, certificate_id, spare, 2, sender=bob)

    assert certificate.deficit_of(certificate_id) == certificate.deficit_in(certificate_id, first)
    assert certificate.deficit_of(certificate_id) == 1


def test_a_cured_certificate_can_lose_tonnes_again(
    carbon, certificate, batch, lost, spare, reverse, bob
):
    carbon.cure(bob, batch, lost, spare, 5 * TONNE, sender=bob)

    with ape.reverts("batch_supply: more than retired"):
        reverse(batch, 11 * TONNE, marks=[(lost, [(batch, 10 * TONNE)], DETAILS, 11 * TONNE)])
    reverse(batch, 10 * TONNE, marks=[(lost, [(batch, 10 * TONNE)], DETAILS, 10 * TONNE)])

    assert certificate.deficit_of(lost) == 10 * TONNE


def test_takes_credits_of_the_same_batch_and_of_another_kind(
    carbon, certificate, batch, lost, alice, allow_conversion, supply
):
    allow_conversion()
    converted = carbon.convert_kind(alice, batch, TONNE, CONVERTED, sender=alice).return_value

    carbon.cure(alice, batch, lost, batch, 3 * TONNE, sender=alice)
    carbon.cure(alice, batch, lost, converted, TONNE, sender=alice)

    assert certificate.deficit_of(lost) == TONNE
    assert supply(batch) == (100 * TONNE, 86 * TONNE, 0, 9 * TONNE, 4 * TONNE, TONNE, 0)
    assert supply(converted) == (TONNE, 0, 0, 0, TONNE, 0, 0)


def test_lets_an_operator_cure_and_nobody_else(
    carbon, certificate, batch, lost, spare, bob, broker
):
    with ape.reverts("credit_holdings: not allowed"):
        carbon.cure(bob, batch, lost, spare, 1, sender=broker)

    carbon.setApprovalForAll(broker, True, sender=bob)
    carbon.cure(bob, batch, lost, spare, 1, sender=broker)

    assert certificate.deficit_of(lost) == 5 * TONNE - 1


def test_refuses_nothing_and_frozen_credits(carbon, batch, lost, spare, bob, compliance_officer):
    with ape.reverts("carbon_credit: no amount"):
        carbon.cure(bob, batch, lost, spare, 0, sender=bob)
    carbon.setFrozenTokens(bob, spare, 99 * TONNE, sender=compliance_officer)
    with ape.reverts("credit_holdings: credits are frozen"):
        carbon.cure(bob, batch, lost, spare, TONNE + 1, sender=bob)
    carbon.cure(bob, batch, lost, spare, TONNE, sender=bob)

    assert carbon.balanceOf(bob, spare) == 99 * TONNE


def test_refuses_expired_credits_and_parts_of_whole_tonnes(
    carbon, certificate, batch, lost, whole_batch, issue, wind, alice
):
    last = chain.pending_timestamp + DAY
    ends = issue(wind, alice, 5, expiry=last)
    with ape.reverts("carbon_credit: whole tonnes only"):
        carbon.cure(alice, batch, lost, whole_batch, 1, sender=alice)

    chain.pending_timestamp = last
    carbon.cure(alice, batch, lost, ends, 1, sender=alice)
    with ape.reverts("carbon_credit: expired"):
        carbon.cure(alice, batch, lost, ends, 1, sender=alice)

    assert certificate.deficit_of(lost) == 5 * TONNE - 1


def test_goes_on_while_paused(carbon, certificate, batch, lost, spare, bob, guardian):
    carbon.pause(sender=guardian)

    carbon.cure(bob, batch, lost, spare, 5 * TONNE, sender=bob)

    assert certificate.deficit_of(lost) == 0
