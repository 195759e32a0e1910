import ape
import pytest

from tests.unit.carbon.conftest import DETAILS, TONNE, ZERO_ADDRESS

# One unit, less than a tonne, a tonne and a bit, all but one, everything.
AMOUNTS = [1, TONNE - 1, TONNE + 1, 100 * TONNE - 1, 100 * TONNE]


@pytest.mark.parametrize("amount", AMOUNTS)
def test_burns_credits_for_ever_and_writes_a_certificate(carbon, certificate, batch, alice, amount):
    receipt = carbon.retire(batch, alice, amount, sender=alice)

    assert carbon.balanceOf(alice, batch) == carbon.total_supply(batch) == 100 * TONNE - amount
    assert carbon.exists(batch) is (amount < 100 * TONNE)
    assert carbon.batch(batch).retired == carbon.total_retired() == amount
    assert carbon.batch(batch).issued == carbon.total_issued() == 100 * TONNE
    assert carbon.retiredBalanceOf(alice, batch) == amount
    assert certificate.total_certificates() == certificate.balanceOf(alice) == 1
    assert tuple(certificate.certificate(1)) == (
        alice, batch, amount, 0, receipt.timestamp, bytes(32),
    )  # fmt: skip
    assert receipt.events == [
        carbon.TransferSingle(
            _operator=alice, _from=alice, _to=ZERO_ADDRESS, _id=batch, _value=amount
        ),
        carbon.CreditRetired(account=alice, token_id=batch, amount=amount),
        certificate.Transfer(sender=ZERO_ADDRESS, receiver=alice, token_id=1),
        certificate.Locked(certificate_id=1),
        certificate.CertificateIssued(
            certificate_id=1,
            payer=alice,
            beneficiary=alice,
            token_id=batch,
            amount=amount,
            purpose=0,
            details_hash=bytes(32),
        ),
    ]


def test_retires_for_a_beneficiary_that_is_no_investor(carbon, certificate, batch, alice, airline):
    receipt = carbon.retire_for(batch, alice, 7, airline, 3, DETAILS, sender=alice)

    assert receipt.return_value == 1
    assert certificate.ownerOf(1) == airline
    assert tuple(certificate.certificate(1)) == (
        airline, batch, 7, 3, receipt.timestamp, DETAILS,
    )  # fmt: skip
    # The payer retired; the beneficiary is credited with the certificate only.
    assert carbon.retiredBalanceOf(alice, batch) == 7
    assert carbon.retiredBalanceOf(airline, batch) == 0
    assert receipt.events[-1] == certificate.CertificateIssued(
        certificate_id=1,
        payer=alice,
        beneficiary=airline,
        token_id=batch,
        amount=7,
        purpose=3,
        details_hash=DETAILS,
    )


def test_lets_an_operator_retire(carbon, certificate, batch, alice, broker, airline):
    carbon.setApprovalForAll(broker, True, sender=alice)

    carbon.retire(batch, alice, 5, sender=broker)
    carbon.retire_for(batch, alice, 6, airline, 1, DETAILS, sender=broker)

    assert carbon.retiredBalanceOf(alice, batch) == 11
    assert carbon.retiredBalanceOf(broker, batch) == 0
    assert [certificate.ownerOf(1), certificate.ownerOf(2)] == [alice, airline]


def test_refuses_who_is_no_operator_or_no_longer_one(
    carbon, batch, alice, bob, broker, esg_officer, carbon_verifier
):
    carbon.setApprovalForAll(broker, True, sender=alice)
    carbon.setApprovalForAll(broker, False, sender=alice)
    for account in (bob, broker, esg_officer, carbon_verifier):
        with ape.reverts("carbon_credit: not allowed"):
            carbon.retire(batch, alice, 1, sender=account)
        with ape.reverts("carbon_credit: not allowed"):
            carbon.retire_for(batch, alice, 1, account, 0, DETAILS, sender=account)

    assert carbon.total_retired() == 0


def test_refuses_no_beneficiary(carbon, certificate, batch, alice):
    with ape.reverts("nonfungible: zero receiver"):
        carbon.retire_for(batch, alice, 1, ZERO_ADDRESS, 0, DETAILS, sender=alice)

    assert carbon.balanceOf(alice, batch) == 100 * TONNE
    assert certificate.total_certificates() == 0


def test_refuses_no_amount(carbon, batch, alice):
    with ape.reverts("carbon_credit: no amount"):
        carbon.retire(batch, alice, 0, sender=alice)


def test_refuses_more_than_the_balance(carbon, batch, alice, bob):
    carbon.safeTransferFrom(alice, bob, batch, 40 * TONNE, b"", sender=alice)

    with ape.reverts("erc1155: burn amount exceeds balance"):
        carbon.retire(batch, alice, 60 * TONNE + 1, sender=alice)
    with ape.reverts("erc1155: burn amount exceeds total_supply"):
        carbon.retire(batch, alice, 100 * TONNE + 1, sender=alice)
    with ape.reverts("erc1155: burn amount exceeds total_supply"):
        carbon.retire(batch + 1, alice, 1, sender=alice)

    carbon.retire(batch, alice, 60 * TONNE, sender=alice)
    assert carbon.balanceOf(alice, batch) == 0
    assert carbon.total_supply(batch) == carbon.balanceOf(bob, batch) == 40 * TONNE


def test_retires_nothing_twice(carbon, batch, alice):
    carbon.retire(batch, alice, 100 * TONNE, sender=alice)

    with ape.reverts("erc1155: burn amount exceeds total_supply"):
        carbon.retire(batch, alice, 1, sender=alice)

    assert carbon.batch(batch).retired == carbon.batch(batch).issued


def test_goes_on_while_paused(carbon, certificate, batch, alice, airline, guardian):
    carbon.pause(sender=guardian)

    carbon.retire(batch, alice, 1, sender=alice)
    carbon.retire_for(batch, alice, 1, airline, 0, DETAILS, sender=alice)

    assert carbon.total_retired() == certificate.total_certificates() == 2


def test_refuses_an_investor_who_was_revoked(carbon, batch, alice, airline, broker, revoke):
    carbon.setApprovalForAll(broker, True, sender=alice)
    revoke(alice)

    for account in (alice, broker):
        with ape.reverts("carbon_credit: cannot send"):
            carbon.retire(batch, alice, 1, sender=account)
        with ape.reverts("carbon_credit: cannot send"):
            carbon.retire_for(batch, alice, 1, airline, 0, DETAILS, sender=account)


def test_adds_up_over_accounts_and_batches(carbon, certificate, more_batches, alice, bob):
    first, second, _ = more_batches
    carbon.safeTransferFrom(alice, bob, first, 30 * TONNE, b"", sender=alice)
    for token_id, account, amount in (
        (first, alice, 10),
        (first, bob, 20),
        (second, alice, 40),
        (first, alice, 80),
    ):
        carbon.retire(token_id, account, amount, sender=account)

    assert carbon.batch(first).retired == 110
    assert carbon.batch(second).retired == 40
    assert carbon.total_retired() == 150
    assert carbon.retiredBalanceOf(alice, first) == 90
    assert carbon.retiredBalanceOf(bob, first) == 20
    assert [certificate.certificate(number).amount for number in (1, 2, 3, 4)] == [10, 20, 40, 80]


def test_retires_credits_held_by_a_contract(carbon, issue, solar, credit_receiver, airline):
    """Its credits are retired by its own call; no hook is asked for a burn."""
    batch = issue(solar, credit_receiver).return_value
    asked = credit_receiver.asked()

    carbon.retire_for(batch, credit_receiver, 5, airline, 0, DETAILS, sender=credit_receiver)

    assert carbon.retiredBalanceOf(credit_receiver, batch) == 5
    assert credit_receiver.asked() == asked
