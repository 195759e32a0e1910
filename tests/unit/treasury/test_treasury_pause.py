import ape
import pytest
from eth_utils import keccak

from tests.unit.treasury.conftest import RESOLUTION


def test_stops_at_the_guardians_word_and_starts_at_the_engineers(
    treasury, guardian, chain_engineer
):
    receipt = treasury.pause(sender=guardian)
    assert treasury.paused() is True
    assert receipt.events == [treasury.Paused(account=guardian)]

    receipt = treasury.unpause(sender=chain_engineer)
    assert treasury.paused() is False
    assert receipt.events == [treasury.Unpaused(account=chain_engineer)]


def test_refuses_the_other_key(treasury, guardian, chain_engineer, treasurer, stranger):
    for account in (chain_engineer, treasurer, stranger):
        with ape.reverts("authorized: missing role"):
            treasury.pause(sender=account)

    treasury.pause(sender=guardian)

    for account in (guardian, treasurer, stranger):
        with ape.reverts("authorized: missing role"):
            treasury.unpause(sender=account)


def test_refuses_to_stop_or_start_twice(treasury, guardian, chain_engineer):
    with ape.reverts("emergency_stop: not paused"):
        treasury.unpause(sender=chain_engineer)

    treasury.pause(sender=guardian)

    with ape.reverts("emergency_stop: paused"):
        treasury.pause(sender=guardian)


@pytest.mark.parametrize("role", ["GUARDIAN_ROLE", "CHAIN_ENGINEER_ROLE"])
def test_names_its_roles(treasury, role):
    assert getattr(treasury, role)() == keccak(text=role)


def test_leaves_the_books_open_while_paused(
    funded_treasury,
    money,
    treasurer,
    guardian,
    stranger,
    general_fund,
    green_fund,
    road_fund,
    books_balance,
):
    """Nothing comes in or goes out, but the treasurer may still put the funds in order."""
    funded_treasury.pause(sender=guardian)
    money.mint(funded_treasury, 30, sender=stranger)

    funded_treasury.open_fund(road_fund, False, sender=treasurer)
    funded_treasury.book_surplus(money, road_fund, sender=treasurer)
    funded_treasury.move(money, general_fund, green_fund, 1, RESOLUTION, sender=treasurer)

    assert books_balance()
