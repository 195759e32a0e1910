"""What the common acts cost, as charged to the sender, where no slot is new or becomes empty."""

import ape
import pytest
from eth_utils import keccak

from .conftest import DETAILS, TONNE

# {gas} of a transfer, beside what ERC-1155 asks for
IDENTITY_CHECK = 7_400  # a call to the registry, which is cold, and two reads of wallets there
OTHER_RULES = 4_200  # two cold reads: the pause, and the batch's end and whole tonnes


@pytest.fixture
def five_batches(investors, issue, wind, alice):
    return [issue(wind, alice, number) for number in range(5)]


def test_retires_into_a_certificate(carbon, certificate, batch, alice, airline):
    def retire(amount):
        return carbon.retire_for(
            alice, [(batch, amount)], airline, 7, 19_000, 19_365, DETAILS, sender=alice
        )

    retire(TONNE)  # alice has retired of it, the airline has a certificate
    receipt = retire(TONNE)

    assert certificate.balanceOf(airline) == 2
    print("retire into a certificate", receipt.gas_used)
    assert receipt.gas_used <= 140_000


def test_retires_five_batches_into_one_certificate(
    carbon, certificate, five_batches, alice, airline
):
    def retire():
        lines = [(token_id, TONNE) for token_id in five_batches]
        return carbon.retire_for(alice, lines, airline, 7, 19_000, 19_365, DETAILS, sender=alice)

    retire()
    receipt = retire()

    assert certificate.certificate(2).batches == 5
    print("retire five batches into one certificate", receipt.gas_used)
    assert receipt.gas_used <= 190_000


def test_transfers_to_an_existing_holder(carbon, city, batch, alice, bob):
    carbon.safeTransferFrom(alice, bob, batch, TONNE, b"", sender=alice)

    receipt = carbon.safeTransferFrom(alice, bob, batch, TONNE, b"", sender=alice)

    print("transfer to an existing holder", receipt.gas_used)
    assert receipt.gas_used <= 42_000 + IDENTITY_CHECK + OTHER_RULES


def test_the_identity_check_has_its_share_in_a_transfer(city, batch, alice, bob, stranger):
    check = city.identity_registry.unverified_side
    calldata = bytes(check.encode_input(alice, bob))
    transaction = 21_000 + sum(16 if byte else 4 for byte in calldata)

    # In a transaction of its own the registry is warm; inside a transfer it is not.
    share = check.estimate_gas_cost(alice, bob, sender=stranger) - transaction + 2_600

    print("identity check", share)
    assert 7_000 <= share <= IDENTITY_CHECK


def test_claims_serials(project, stranger):
    serials = project.MockSerialIntervals.deploy(sender=stranger)
    series = keccak(text="series")
    serials.claim(series, 1, 100, 1, 0, sender=stranger)

    appended = serials.claim(series, 201, 300, 2, 1, sender=stranger)
    inserted = serials.claim(series, 101, 150, 3, 1, sender=stranger)

    print("claim serials", appended.gas_used, inserted.gas_used)
    assert max(appended.gas_used, inserted.gas_used) <= 75_000
    with ape.reverts("serial_intervals: overlap"):
        serials.claim(series, 150, 150, 4, 101, sender=stranger)
