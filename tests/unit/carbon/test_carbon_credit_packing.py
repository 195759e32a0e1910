"""Every figure of a batch and of a holding at the most that its field can hold."""

import ape
import pytest

from .conftest import DETAILS, EVIDENCE, TONNE, VERRA

MOST = 2**64 - 1


@pytest.fixture
def full(carbon, registry, investors, alice, solar):
    """Alice holds all that can ever be issued; the token id."""
    metadata = (0, 0, "", "", "", "", MOST, 0, False)
    carbon.mintCredit(alice, solar, 77, MOST, 2**40 - 1, metadata, sender=registry)
    return (solar << 128) + 77


def test_balance_frozen_and_retired_do_not_run_into_each_other(
    carbon, full, alice, bob, compliance_officer
):
    carbon.setFrozenTokens(alice, full, MOST, sender=compliance_officer)
    assert (carbon.balanceOf(alice, full), carbon.getFrozenTokens(alice, full)) == (MOST, MOST)
    carbon.setFrozenTokens(bob, full, MOST, sender=compliance_officer)
    carbon.setFrozenTokens(alice, full, 0, sender=compliance_officer)

    carbon.retire(full, alice, MOST - 1, sender=alice)
    carbon.safeTransferFrom(alice, bob, full, 1, b"", sender=alice)
    carbon.setFrozenTokens(alice, full, MOST, sender=compliance_officer)

    assert carbon.balanceOf(alice, full) == 0
    assert carbon.getFrozenTokens(alice, full) == MOST
    assert carbon.retiredBalanceOf(alice, full) == MOST - 1
    assert carbon.balanceOf(bob, full) == 1
    assert carbon.getFrozenTokens(bob, full) == MOST
    assert carbon.retiredBalanceOf(bob, full) == 0


def test_all_of_a_batch_can_be_retired_and_lost_and_made_good(
    carbon, certificate, full, retire, reverse, alice, supply
):
    lines = [(full, MOST)]
    certificate_id = retire(alice, lines)
    assert supply(full) == supply() == (MOST, 0, 0, MOST, 0, 0, 0)
    assert certificate.certificate(certificate_id).amount == MOST

    reverse(full, MOST, marks=[(certificate_id, lines, DETAILS, MOST)])

    assert supply(full) == supply() == (MOST, 0, 0, 0, 0, MOST, 0)
    assert certificate.deficit_of(certificate_id) == MOST
    assert carbon.terms_of(full).expiry == 2**40 - 1


def test_all_of_a_batch_can_be_cancelled(carbon, full, alice, supply):
    carbon.cancel(alice, full, MOST, EVIDENCE, sender=alice)

    assert supply(full) == supply() == (MOST, 0, 0, 0, MOST, 0, 0)


def test_all_of_a_batch_can_be_exported(carbon, full, alice, supply, council_clerk):
    carbon.set_adjustment(full, 1, EVIDENCE, sender=council_clerk)
    carbon.export_credits(alice, full, MOST, VERRA, sender=alice)

    assert supply(full) == supply() == (MOST, 0, 0, 0, 0, 0, MOST)
    assert tuple(carbon.terms_of(full)) == (2**40 - 1, 1, False)


def test_all_of_a_batch_can_be_buffer_and_be_drawn(carbon, registry, alice, investors, solar,
                                                   reverse, supply):  # fmt: skip
    metadata = (0, 0, "", "", "", "", MOST, 0, False)
    carbon.mintCredit(alice, solar, 77, 0, 0, metadata, sender=registry)
    token_id = (solar << 128) + 77
    assert supply(token_id) == (MOST, 0, MOST, 0, 0, 0, 0)

    reverse(token_id, MOST)

    assert supply(token_id) == supply() == (MOST, 0, 0, 0, MOST, 0, 0)


def test_when_all_is_issued_nobody_issues_more(carbon, hand_in, issuance, full, wind):
    with ape.reverts("batch_supply: too many tonnes"):
        hand_in(issuance(wind, tonnes=1))


def test_issues_the_most_tonnes_that_fit(carbon, hand_in, issuance, investors, wind, supply):
    most = MOST // TONNE
    with ape.reverts("batch_supply: too many tonnes"):
        hand_in(issuance(wind, tonnes=most + 1))
    hand_in(issuance(wind, tonnes=most))

    assert supply()[0] == most * TONNE == 18_446_744_073_700_000_000
    with ape.reverts("batch_supply: too many tonnes"):
        hand_in(issuance(wind, 1, first_serial=2 * most, tonnes=1))
