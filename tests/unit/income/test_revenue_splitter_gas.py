"""A caller who gives too little gas can neither skip a payee nor turn a payment into a credit."""

import logging

import ape
import pytest

from tests.unit.income.conftest import NO_PURPOSE, PURPOSE, Manner

LEAST = 30_000  # {gas} not even the first payment
STEP = 1_000  # {gas} less than any call of a payment needs


@pytest.fixture
def outcomes(stranger):
    """Call with every gas limit up to the first that is enough; how many calls failed."""

    def sweep(call, all_paid):
        for failed, gas in enumerate(range(LEAST, 2_000_000, STEP)):
            with ape.logging.logger.at_level(logging.CRITICAL):  # hundreds of failures
                receipt = call(gas_limit=gas, raise_on_revert=False, sender=stranger)
            if not receipt.failed:
                assert all_paid(), f"not all paid with {gas} gas"
                return failed
            assert not all_paid()
        raise AssertionError("no gas limit was enough")

    return sweep


@pytest.mark.parametrize("kind", ["account", "receiver", "treasury", "token"])
def test_pays_all_of_a_distribution_or_none(
    split,
    city,
    security_token,
    receiver,
    money,
    stranger,
    library_fund,
    waterworks,
    general_fund,
    outcomes,
    kind,
):
    """The payee in question comes last, where the gas is shortest."""
    last = {
        "account": (waterworks, 6_000, NO_PURPOSE),
        "receiver": (receiver, 6_000, PURPOSE),
        "treasury": (city.treasury, 6_000, general_fund),
        "token": (security_token, 6_000, PURPOSE),
    }[kind]
    receiver.behave(Manner.TAKES_ALL, sender=stranger)
    splitter = split((library_fund, 4_000), last)
    money.mint(splitter, 1_000, sender=stranger)

    failed = outcomes(
        splitter.distribute,
        lambda: (
            money.balanceOf(last[0]) == 600
            and money.balanceOf(library_fund) == 400
            and splitter.total_owed() == 0
        ),
    )

    assert failed > 10


def test_releases_a_credit_or_leaves_it(
    split, city, money, stranger, guardian, chain_engineer, general_fund, outcomes
):
    splitter = split((city.treasury, 10_000, general_fund))
    city.treasury.pause(sender=guardian)
    money.mint(splitter, 1_000, sender=stranger)
    splitter.distribute(sender=stranger)
    city.treasury.unpause(sender=chain_engineer)

    failed = outcomes(
        lambda **how: splitter.release(money, city.treasury, general_fund, **how),
        lambda: (
            city.treasury.balance_of(money, general_fund) == 1_000 and splitter.total_owed() == 0
        ),
    )

    assert failed > 10


def test_pays_the_neighbour_of_a_receiver_that_burns_its_gas_or_nobody(
    split, receiver, money, stranger, library_fund, outcomes
):
    receiver.behave(Manner.BURNS_GAS, sender=stranger)
    splitter = split((receiver, 6_000, PURPOSE), (library_fund, 4_000))
    money.mint(splitter, 1_000, sender=stranger)

    failed = outcomes(
        splitter.distribute,
        lambda: (
            money.balanceOf(library_fund) == 400
            and splitter.owed_to(receiver, PURPOSE) == splitter.total_owed() == 600
        ),
    )

    assert failed > 10
