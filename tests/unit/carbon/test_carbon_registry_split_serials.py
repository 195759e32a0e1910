import ape
import pytest

from .conftest import APART, SERIES, VERRA
from .logs import event, logged


@pytest.fixture
def series(registry, solar):
    """(code, series id) of the solar project."""
    return bytes(registry.NATIVE()), solar.to_bytes(32, "big")


def listed(registry, key):
    """[(first, last, owner)] in the order of the list."""
    found, first = [], registry.first_interval(key)
    while first:
        known = registry.interval(key, first)
        found.append((first, known.last, known.owner))
        first = known.next
    return found


@pytest.mark.parametrize("at", [2, 50, 100])
def test_cuts_an_interval_in_two_of_the_same_batch(
    registry, batch, issue, solar, alice, series, esg_officer, at
):
    issue(solar, alice, 1)
    key, owner = registry.series(*series), solar << 64

    receipt = registry.split_serials(*series, 1, at, sender=esg_officer)

    assert listed(registry, key) == [
        (1, at - 1, owner + 1),
        (at, 100, owner + 1),
        (1 + APART, 100 + APART, owner + 2),
    ]
    assert logged(receipt) == [event("IntervalSplit", key, 1, at)]
    assert registry.batch(batch).last_serial == 100


def test_cuts_down_to_single_serials(registry, investors, issue, solar, alice, series, esg_officer):
    issue(solar, alice, tonnes=4)
    for first, at in ((1, 3), (1, 2), (3, 4)):
        registry.split_serials(*series, first, at, sender=esg_officer)

    owner = (solar << 64) + 1
    assert listed(registry, registry.series(*series)) == [(n, n, owner) for n in (1, 2, 3, 4)]
    for single in (1, 2, 3, 4):
        with ape.reverts("serial_intervals: bad cut"):
            registry.split_serials(*series, single, single, sender=esg_officer)


def test_what_was_split_stays_given_out(
    registry, hand_in, issuance, batch, issue, solar, alice, series, esg_officer
):
    registry.split_serials(*series, 1, 50, sender=esg_officer)

    for first, tonnes in ((50, 1), (49, 1), (49, 2), (1, 100), (100, 1)):
        with ape.reverts("serial_intervals: overlap"):
            hand_in(issuance(solar, 1, first_serial=first, tonnes=tonnes))
    with ape.reverts("serial_intervals: wrong hint"):
        hand_in(issuance(solar, 1), hints=(issuance(solar).period_start, 1))
    hand_in(issuance(solar, 1))

    assert registry.projects(solar).batches == 2


@pytest.mark.parametrize("at", [0, 1, 101, 2**64 - 1])
def test_refuses_a_cut_outside(registry, batch, series, esg_officer, at):
    with ape.reverts("serial_intervals: bad cut"):
        registry.split_serials(*series, 1, at, sender=esg_officer)


@pytest.mark.parametrize("first", [0, 2, 100, 101, 2**64 - 1])
def test_refuses_an_unknown_interval(registry, batch, series, esg_officer, first):
    with ape.reverts("serial_intervals: unknown interval"):
        registry.split_serials(*series, first, first + (first < 2**64 - 1), sender=esg_officer)


def test_refuses_an_unknown_series(registry, batch, esg_officer):
    with ape.reverts("serial_intervals: unknown interval"):
        registry.split_serials(VERRA, SERIES, 1, 2, sender=esg_officer)


def test_is_for_the_esg_officer_only(registry, batch, series, not_allowed, carbon_verifier):
    not_allowed(
        lambda account: registry.split_serials(*series, 1, 2, sender=account), carbon_verifier
    )
