import pytest
from ape import chain

BOTH, SENDER, RECEIVER = 0, 1, 2


@pytest.fixture
def valid_until(identities, compliance_officer, alice, bob, in_a_year):
    """The last second of alice; bob has a year."""
    until = chain.pending_timestamp + 100
    identities.register(
        [(alice, alice, 410, 0, until), (bob, bob, 410, 0, in_a_year)], sender=compliance_officer
    )
    return until


def test_is_nobody_where_both_are_verified(identities, valid_until, alice, bob):
    assert identities.unverified_side(alice, bob) == BOTH
    assert identities.unverified_side(alice, alice) == BOTH


def test_is_the_sender(identities, valid_until, alice, stranger):
    assert identities.unverified_side(stranger, alice) == SENDER


def test_is_the_receiver(identities, valid_until, alice, stranger):
    assert identities.unverified_side(alice, stranger) == RECEIVER


def test_is_the_sender_first_where_neither_is_verified(identities, valid_until, stranger, payer):
    assert identities.unverified_side(stranger, payer) == SENDER


@pytest.mark.parametrize(
    ("late", "as_sender", "as_receiver"), [(-1, BOTH, BOTH), (0, BOTH, BOTH), (1, SENDER, RECEIVER)]
)
def test_changes_after_the_last_second(
    identities, valid_until, alice, bob, at, late, as_sender, as_receiver
):
    at(valid_until + late)

    assert identities.unverified_side(alice, bob) == as_sender
    assert identities.unverified_side(bob, alice) == as_receiver
