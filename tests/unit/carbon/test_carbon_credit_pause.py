import ape

from .conftest import DETAILS, EVIDENCE, TONNE
from .logs import event, logged


def test_stops_and_starts_again_with_two_keys(carbon, guardian, chain_engineer):
    first = carbon.pause(sender=guardian)
    assert carbon.paused() is True
    second = carbon.unpause(sender=chain_engineer)
    assert carbon.paused() is False

    assert logged(first) == [event("Paused", guardian)]
    assert logged(second) == [event("Unpaused", chain_engineer)]


def test_refuses_to_stop_or_start_twice(carbon, guardian, chain_engineer):
    with ape.reverts("emergency_stop: not paused"):
        carbon.unpause(sender=chain_engineer)
    carbon.pause(sender=guardian)
    with ape.reverts("emergency_stop: paused"):
        carbon.pause(sender=guardian)

    assert carbon.paused() is True


def test_each_key_has_its_own_direction(carbon, guardian, chain_engineer, not_allowed):
    not_allowed(lambda account: carbon.pause(sender=account), chain_engineer)
    carbon.pause(sender=guardian)
    not_allowed(lambda account: carbon.unpause(sender=account), guardian)

    assert carbon.paused() is True


def test_whoever_holds_credits_can_still_retire_cancel_and_make_good(
    carbon, certificate, batch, reverse, alice, guardian, supply
):
    carbon.pause(sender=guardian)
    lines = [(batch, 10 * TONNE)]

    carbon.retire_for(alice, lines, alice, 0, 0, 0, DETAILS, sender=alice)
    carbon.retire(batch, alice, TONNE, sender=alice)
    carbon.cancel(alice, batch, TONNE, EVIDENCE, sender=alice)
    reverse(batch, 2 * TONNE, marks=[(1, lines, DETAILS, 2 * TONNE)])
    carbon.cure(alice, batch, 1, batch, 2 * TONNE, sender=alice)

    assert supply(batch) == (100 * TONNE, 86 * TONNE, 0, 11 * TONNE, 3 * TONNE, 0, 0)
    assert certificate.deficit_of(1) == 0
