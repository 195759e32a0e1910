"""Lost tonnes: the batch's own buffer, other buffers, and what no buffer covers."""

import ape
import pytest

from .conftest import DETAILS, EVIDENCE, NOTHING, TONNE
from .logs import event, logged


@pytest.fixture
def forest(rated, issue, investors, alice):
    """A hundred tonnes, ten of them in the buffer; the token id."""
    return issue(rated(1_000), alice)


@pytest.fixture
def moor(rated, issue, investors, alice):
    """A hundred tonnes, twenty of them in the buffer; the token id."""
    return issue(rated(2_000), alice)


def test_draws_on_the_batchs_own_buffer_first(carbon, forest, reverse, supply, carbon_verifier):
    receipt = reverse(forest, 4 * TONNE)

    assert supply(forest) == (100 * TONNE, 90 * TONNE, 6 * TONNE, 0, 4 * TONNE, 0, 0)
    assert logged(receipt) == [
        event("BufferDrawn", forest, forest, 4 * TONNE),
        event("CreditReversed", forest, 4 * TONNE, 0, EVIDENCE),
    ]


def test_the_buffer_is_used_to_the_last_unit(carbon, forest, reverse, supply):
    reverse(forest, 10 * TONNE)
    assert supply(forest) == (100 * TONNE, 90 * TONNE, 0, 0, 10 * TONNE, 0, 0)

    with ape.reverts("batch_supply: more than retired"):
        reverse(forest, 1)


def test_then_draws_on_other_buffers(carbon, forest, moor, reverse, supply):
    receipt = reverse(forest, 25 * TONNE, draws=[(moor, 5 * TONNE), (moor, 10 * TONNE)])

    assert supply(forest) == (100 * TONNE, 90 * TONNE, 0, 0, 10 * TONNE, 0, 0)
    assert supply(moor) == (100 * TONNE, 80 * TONNE, 5 * TONNE, 0, 15 * TONNE, 0, 0)
    assert supply() == (200 * TONNE, 170 * TONNE, 5 * TONNE, 0, 25 * TONNE, 0, 0)
    assert logged(receipt) == [
        event("BufferDrawn", forest, forest, 10 * TONNE),
        event("BufferDrawn", moor, forest, 5 * TONNE),
        event("BufferDrawn", moor, forest, 10 * TONNE),
        event("CreditReversed", forest, 25 * TONNE, 0, EVIDENCE),
    ]


def test_marks_what_no_buffer_covers_on_certificates(
    carbon, certificate, forest, moor, retire, reverse, supply, alice, bob
):
    lines = [(forest, 30 * TONNE), (moor, TONNE)]
    first, second = retire(alice, lines), retire(alice, [(forest, 2 * TONNE)], bob)

    receipt = reverse(
        forest,
        33 * TONNE,
        draws=[(moor, 20 * TONNE)],
        marks=[
            (first, lines, DETAILS, 2 * TONNE),
            (second, [(forest, 2 * TONNE)], DETAILS, TONNE),
        ],
    )

    assert supply(forest) == (100 * TONNE, 58 * TONNE, 0, 29 * TONNE, 10 * TONNE, 3 * TONNE, 0)
    assert supply() == (200 * TONNE, 137 * TONNE, 0, 30 * TONNE, 30 * TONNE, 3 * TONNE, 0)
    assert certificate.deficit_of(first) == certificate.deficit_in(first, forest) == 2 * TONNE
    assert certificate.deficit_in(first, moor) == 0
    assert certificate.deficit_of(second) == TONNE
    assert certificate.certificate(first).deficit == 2 * TONNE
    assert logged(receipt)[2:] == [
        event("CreditReversed", forest, 33 * TONNE, 3 * TONNE, EVIDENCE),
        event("DeficitMarked", first, forest, 2 * TONNE, 2 * TONNE),
        event("DeficitMarked", second, forest, TONNE, TONNE),
    ]


def test_adds_up_marks_of_one_certificate_to_its_line_and_no_further(
    carbon, certificate, batch, retire, reverse, alice
):
    lines = [(batch, 5 * TONNE)]
    certificate_id = retire(alice, lines)
    retire(alice, [(batch, 5 * TONNE)])
    mark = (certificate_id, lines, DETAILS)

    reverse(batch, 4 * TONNE, marks=[(*mark, TONNE), (*mark, 3 * TONNE)])
    with ape.reverts("retirement_certificate: too much lost"):
        reverse(batch, TONNE + 1, marks=[(*mark, TONNE + 1)])
    with ape.reverts("retirement_certificate: too much lost"):
        reverse(batch, 2 * TONNE, marks=[(*mark, TONNE), (*mark, TONNE)])
    reverse(batch, TONNE, marks=[(*mark, TONNE)])

    assert certificate.deficit_of(certificate_id) == 5 * TONNE


def test_refuses_to_spare_the_own_buffer(carbon, forest, moor, reverse, retire, alice):
    lines = [(forest, 50 * TONNE)]
    certificate_id = retire(alice, lines)
    with ape.reverts("carbon_credit: own buffer first"):
        reverse(forest, 5 * TONNE, draws=[(moor, 5 * TONNE)])
    with ape.reverts("carbon_credit: own buffer first"):
        reverse(forest, 15 * TONNE, draws=[(forest, 5 * TONNE)])
    with ape.reverts("carbon_credit: own buffer first"):
        reverse(forest, 15 * TONNE, draws=[(moor, 5 * TONNE + 1)])
    with ape.reverts("carbon_credit: own buffer first"):
        reverse(forest, 15 * TONNE, draws=[(moor, 5 * TONNE), (moor, 1)])
    with ape.reverts("carbon_credit: marks differ from loss"):
        reverse(forest, 5 * TONNE, marks=[(certificate_id, lines, DETAILS, 5 * TONNE)])


def test_refuses_more_than_another_buffer_holds(carbon, forest, moor, reverse, supply):
    with ape.reverts("batch_supply: buffer too small"):
        reverse(forest, 31 * TONNE, draws=[(moor, 20 * TONNE + 1)])
    with ape.reverts("batch_supply: buffer too small"):
        reverse(forest, 31 * TONNE, draws=[(moor, 20 * TONNE), (moor, 1)])

    assert supply(forest)[2:5] == (10 * TONNE, 0, 0)


@pytest.mark.parametrize("token_id", [0, 2**256 - 1])
def test_refuses_a_buffer_that_is_no_batchs(carbon, forest, moor, reverse, supply, token_id):
    """The sum of all once stood under the id 0: a draw on it covered a loss with nothing, and took
    the figures of all batches apart."""
    with ape.reverts("batch_supply: buffer too small"):
        reverse(forest, 15 * TONNE, draws=[(token_id, 5 * TONNE)])

    assert supply() == (200 * TONNE, 170 * TONNE, 30 * TONNE, 0, 0, 0, 0)


def test_refuses_a_loss_of_no_batch_or_above_what_was_issued(carbon, forest, moor, reverse, supply):
    for token_id in (0, forest + 10, 2**256 - 1):
        with ape.reverts("carbon_credit: more than issued"):
            reverse(token_id, 1)
        with ape.reverts("carbon_credit: more than issued"):
            reverse(token_id, 5, draws=[(moor, 5)])
    for amount in (100 * TONNE + 1, 2**256 - 1):
        with ape.reverts("carbon_credit: more than issued"):
            reverse(forest, amount, draws=[(moor, 20 * TONNE)])

    assert supply() == (200 * TONNE, 170 * TONNE, 30 * TONNE, 0, 0, 0, 0)


@pytest.mark.parametrize("off", [-1, 1])
def test_refuses_marks_that_differ_from_the_loss(
    carbon, certificate, batch, retire, reverse, alice, off
):
    lines = [(batch, 50 * TONNE)]
    certificate_id = retire(alice, lines)

    with ape.reverts("carbon_credit: marks differ from loss"):
        reverse(batch, 5 * TONNE, marks=[(certificate_id, lines, DETAILS, 5 * TONNE + off)])

    assert certificate.deficit_of(certificate_id) == 0


def test_refuses_no_marks_for_an_uncovered_loss(carbon, batch, retire, reverse, alice):
    retire(alice, [(batch, 50 * TONNE)])

    with ape.reverts("carbon_credit: marks differ from loss"):
        reverse(batch, 1)


def test_refuses_more_than_was_retired(carbon, batch, retire, reverse, alice):
    lines = [(batch, 5 * TONNE)]
    certificate_id = retire(alice, lines)

    with ape.reverts("batch_supply: more than retired"):
        reverse(batch, 5 * TONNE + 1, marks=[(certificate_id, lines, DETAILS, 5 * TONNE + 1)])


def test_refuses_lines_and_details_that_are_not_the_certificates(
    carbon, more_batches, retire, reverse, alice
):
    first, second, third = more_batches
    lines = [(first, 5 * TONNE), (second, TONNE)]
    certificate_id = retire(alice, lines)
    retire(alice, [(first, 5 * TONNE), (third, TONNE)])
    for wrong in (
        [],
        lines[:1],
        lines[::-1],
        [(first, 6 * TONNE), (second, TONNE)],
        [(first, 5 * TONNE), (third, TONNE)],
        [*lines, (third, 1)],
    ):
        with ape.reverts("retirement_certificate: other record"):
            reverse(first, TONNE, marks=[(certificate_id, wrong, DETAILS, TONNE)])
    with ape.reverts("retirement_certificate: other record"):
        reverse(first, TONNE, marks=[(certificate_id, lines, EVIDENCE, TONNE)])
    with ape.reverts("nonfungible: unknown token"):
        reverse(first, TONNE, marks=[(99, lines, DETAILS, TONNE)])
    with ape.reverts("retirement_certificate: too much lost"):
        reverse(third, TONNE, marks=[(certificate_id, lines, DETAILS, TONNE)])


@pytest.mark.parametrize(
    ("amount", "evidence", "reason"),
    [
        (0, EVIDENCE, "carbon_credit: no amount"),
        (1, NOTHING, "carbon_credit: no evidence"),
    ],
)
def test_refuses_nothing_and_no_evidence(carbon, forest, reverse, amount, evidence, reason):
    with ape.reverts(reason):
        reverse(forest, amount, evidence=evidence)


def test_takes_16_draws_and_marks_and_not_one_more(
    carbon, certificate, forest, moor, retire, reverse, alice
):
    lines = [(forest, 50 * TONNE)]
    certificate_id = retire(alice, lines)
    mark = (certificate_id, lines, DETAILS, 1)
    loss = 10 * TONNE
    for draws, marks in ((17, 16), (16, 17)):
        with ape.reverts("Transaction failed."):  # the decoder refuses it, and gives no reason
            reverse(forest, loss + draws + marks, [(moor, 1)] * draws, [mark] * marks)

    reverse(forest, loss + 32, [(moor, 1)] * 16, [mark] * 16)

    assert certificate.deficit_of(certificate_id) == 16


def test_works_while_paused_and_on_an_expired_batch(carbon, expired, reverse, retire, guardian):
    token_id = expired()
    carbon.pause(sender=guardian)

    with ape.reverts("batch_supply: more than retired"):  # and not because of the end or the pause
        reverse(token_id, 1)


def test_is_for_a_verifier_only(carbon, forest, not_allowed, esg_officer, enforcer, alice):
    not_allowed(
        lambda account: carbon.reverse(forest, 1, [], [], EVIDENCE, sender=account),
        *(esg_officer, enforcer, alice),
    )
