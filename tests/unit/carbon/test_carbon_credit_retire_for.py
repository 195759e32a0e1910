import ape
import pytest
from ape import chain

from .conftest import DAY, DETAILS, EVIDENCE, NOTHING, RESOLUTION, TONNE, ZERO
from .logs import event, logged

NDC = 7  # a purpose


def test_retires_into_a_certificate_for_somebody_else(
    carbon, certificate, batch, alice, airline, supply
):
    receipt = carbon.retire_for(
        alice, [(batch, 7 * TONNE)], airline, NDC, 19_000, 19_365, DETAILS, sender=alice
    )

    certificate_id = certificate.total_certificates()
    assert receipt.return_value == certificate_id == 1
    assert carbon.balanceOf(alice, batch) == 93 * TONNE
    assert carbon.retiredBalanceOf(alice, batch) == 7 * TONNE
    assert carbon.retiredBalanceOf(airline, batch) == 0
    assert supply(batch) == (100 * TONNE, 93 * TONNE, 0, 7 * TONNE, 0, 0, 0)
    assert certificate.ownerOf(certificate_id) == airline
    lines = [(batch, 7 * TONNE)]
    assert logged(receipt) == [
        event("TransferSingle", alice, alice, ZERO, batch, 7 * TONNE),
        event("CreditRetired", alice, batch, 7 * TONNE),
        event("Transfer", ZERO, airline, certificate_id),
        event("Locked", certificate_id),
        event(
            "CertificateIssued",
            *(certificate_id, alice, airline, lines, NDC, 19_000, 19_365, DETAILS),
        ),
    ]


def test_retires_several_batches_into_one_certificate(
    carbon, certificate, more_batches, alice, bob, supply
):
    lines = [(more_batches[0], 1), (more_batches[1], 100 * TONNE), (more_batches[2], TONNE)]

    receipt = carbon.retire_for(alice, lines, bob, 0, 0, 0, NOTHING, sender=alice)

    assert certificate.total_certificates() == 1
    known = certificate.certificate(1)
    assert (known.amount, known.batches, known.deficit) == (101 * TONNE + 1, 3, 0)
    assert certificate.is_record(1, lines, NOTHING) is True
    assert supply() == (300 * TONNE, 199 * TONNE - 1, 0, 101 * TONNE + 1, 0, 0, 0)
    for (token_id, amount), line in zip(lines, range(3), strict=True):
        assert logged(receipt)[2 * line : 2 * line + 2] == [
            event("TransferSingle", alice, alice, ZERO, token_id, amount),
            event("CreditRetired", alice, token_id, amount),
        ]
    assert len(receipt.events) == 9


def test_takes_16_lines_and_not_one_more(carbon, certificate, investors, issue, wind, alice):
    ids = [issue(wind, alice, number, tonnes=1) for number in range(17)]

    with ape.reverts("Transaction failed."):  # the decoder refuses it, and gives no reason
        carbon.retire_for(alice, [(i, 1) for i in ids], alice, 0, 0, 0, DETAILS, sender=alice)
    carbon.retire_for(alice, [(i, 1) for i in ids[:16]], alice, 0, 0, 0, DETAILS, sender=alice)

    assert certificate.certificate(1).batches == certificate.certificate(1).amount == 16


def test_lets_an_operator_retire_and_nobody_else(
    carbon, certificate, batch, alice, bob, broker, enforcer, carbon_verifier
):
    for account in (bob, broker, enforcer, carbon_verifier):
        with ape.reverts("credit_holdings: not allowed"):
            carbon.retire_for(alice, [(batch, 1)], alice, 0, 0, 0, DETAILS, sender=account)

    carbon.setApprovalForAll(broker, True, sender=alice)
    receipt = carbon.retire_for(alice, [(batch, 1)], broker, 0, 0, 0, DETAILS, sender=broker)

    assert certificate.ownerOf(1) == broker
    assert logged(receipt)[-1] == event(
        "CertificateIssued", 1, alice, broker, [(batch, 1)], 0, 0, 0, DETAILS
    )
    assert carbon.retiredBalanceOf(alice, batch) == 1


def test_refuses_no_lines_no_amount_and_lines_out_of_order(carbon, more_batches, alice):
    first, second, _ = more_batches
    refused = {
        "carbon_credit: no lines": [[]],
        "carbon_credit: no amount": [[(first, 0)], [(first, 1), (second, 0)]],
        "carbon_credit: lines not ascending": [
            [(second, 1), (first, 1)],
            [(first, 1), (first, 1)],
            [(0, 1)],
        ],
    }
    for reason, each in refused.items():
        for lines in each:
            with ape.reverts(reason):
                carbon.retire_for(alice, lines, alice, 0, 0, 0, DETAILS, sender=alice)

    assert carbon.retiredBalanceOf(alice, first) == 0


def test_refuses_more_than_there_is_and_retires_all_or_nothing(
    carbon, certificate, more_batches, alice, supply
):
    first, second, _ = more_batches
    with ape.reverts("credit_holdings: balance too small"):
        carbon.retire_for(
            alice, [(first, 1), (second, 100 * TONNE + 1)], alice, 0, 0, 0, DETAILS, sender=alice
        )

    carbon.retire_for(alice, [(first, 100 * TONNE)], alice, 0, 0, 0, DETAILS, sender=alice)
    with ape.reverts("credit_holdings: balance too small"):
        carbon.retire_for(alice, [(first, 1)], alice, 0, 0, 0, DETAILS, sender=alice)

    assert supply(first) == (100 * TONNE, 0, 0, 100 * TONNE, 0, 0, 0)
    assert certificate.total_certificates() == 1


def test_retires_what_is_not_frozen_and_not_a_unit_more(carbon, batch, alice, compliance_officer):
    carbon.setFrozenTokens(alice, batch, 60 * TONNE, sender=compliance_officer)

    with ape.reverts("credit_holdings: credits are frozen"):
        carbon.retire_for(alice, [(batch, 40 * TONNE + 1)], alice, 0, 0, 0, DETAILS, sender=alice)
    carbon.retire_for(alice, [(batch, 40 * TONNE)], alice, 0, 0, 0, DETAILS, sender=alice)

    assert carbon.balanceOf(alice, batch) == carbon.getFrozenTokens(alice, batch) == 60 * TONNE
    assert carbon.retiredBalanceOf(alice, batch) == 40 * TONNE


def test_refuses_a_holder_who_is_not_verified_any_more(carbon, batch, alice, revoke):
    revoke(alice)

    with ape.reverts("carbon_credit: cannot send"):
        carbon.retire_for(alice, [(batch, 1)], alice, 0, 0, 0, DETAILS, sender=alice)


def test_refuses_nobody_as_beneficiary(carbon, batch, alice):
    with ape.reverts("nonfungible: zero receiver"):
        carbon.retire_for(alice, [(batch, 1)], ZERO, 0, 0, 0, DETAILS, sender=alice)


def test_refuses_a_period_that_ends_before_it_begins(carbon, certificate, batch, alice):
    with ape.reverts("retirement_certificate: bad period"):
        carbon.retire_for(alice, [(batch, 1)], alice, 0, 20_000, 19_999, DETAILS, sender=alice)

    carbon.retire_for(alice, [(batch, 1)], alice, 0, 20_000, 20_000, DETAILS, sender=alice)

    known = certificate.certificate(1)
    assert (known.period_start, known.period_end) == (20_000, 20_000)


def test_retires_in_the_last_second_of_a_batch_and_not_in_the_next(
    carbon, investors, issue, wind, alice
):
    last = chain.pending_timestamp + DAY
    token_id = issue(wind, alice, expiry=last)

    chain.pending_timestamp = last
    carbon.retire_for(alice, [(token_id, 1)], alice, 0, 0, 0, DETAILS, sender=alice)
    assert chain.blocks.head.timestamp == last
    with ape.reverts("carbon_credit: expired"):
        carbon.retire_for(alice, [(token_id, 1)], alice, 0, 0, 0, DETAILS, sender=alice)

    assert carbon.retiredBalanceOf(alice, token_id) == 1


def test_retires_whole_tonnes_only_where_the_project_says_so(carbon, whole_batch, alice):
    for amount in (1, TONNE - 1, TONNE + 1):
        with ape.reverts("carbon_credit: whole tonnes only"):
            carbon.retire_for(alice, [(whole_batch, amount)], alice, 0, 0, 0, DETAILS, sender=alice)

    carbon.retire_for(alice, [(whole_batch, 2 * TONNE)], alice, 0, 0, 0, DETAILS, sender=alice)

    assert carbon.retiredBalanceOf(alice, whole_batch) == 2 * TONNE


def test_goes_on_while_paused(carbon, certificate, batch, alice, guardian):
    carbon.pause(sender=guardian)

    carbon.retire_for(alice, [(batch, 1)], alice, 0, 0, 0, DETAILS, sender=alice)

    assert certificate.total_certificates() == 1


@pytest.mark.parametrize(
    ("states", "is_let"),
    [([], False), ([1], True), ([1, 2], True), ([1, 2, 3], True), ([1, 4], False)],
)
def test_a_gated_purpose_asks_for_an_authorised_batch(
    carbon, batch, alice, council_clerk, states, is_let
):
    carbon.set_gated(NDC, True, RESOLUTION, sender=council_clerk)
    for state in states:
        carbon.set_adjustment(batch, state, EVIDENCE, sender=council_clerk)

    if is_let:
        carbon.retire_for(alice, [(batch, 1)], alice, NDC, 0, 0, DETAILS, sender=alice)
    else:
        with ape.reverts("carbon_credit: not authorised"):
            carbon.retire_for(alice, [(batch, 1)], alice, NDC, 0, 0, DETAILS, sender=alice)
    # Another purpose asks for nothing.
    carbon.retire_for(alice, [(batch, 1)], alice, NDC + 1, 0, 0, DETAILS, sender=alice)

    assert carbon.retiredBalanceOf(alice, batch) == 1 + is_let


def test_a_gated_purpose_asks_it_of_every_line(carbon, more_batches, alice, council_clerk):
    carbon.set_gated(NDC, True, RESOLUTION, sender=council_clerk)
    for token_id in more_batches[:2]:
        carbon.set_adjustment(token_id, 1, EVIDENCE, sender=council_clerk)

    with ape.reverts("carbon_credit: not authorised"):
        carbon.retire_for(
            alice, [(i, 1) for i in more_batches], alice, NDC, 0, 0, DETAILS, sender=alice
        )
    carbon.retire_for(
        alice, [(i, 1) for i in more_batches[:2]], alice, NDC, 0, 0, DETAILS, sender=alice
    )

    assert [carbon.retiredBalanceOf(alice, i) for i in more_batches] == [1, 1, 0]
