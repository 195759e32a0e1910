"""`pause` and `unpause`, of the module that the treasury and the carbon credits use too."""

from datetime import date

import ape
import pytest


@pytest.fixture
def lease_id(house, sign):
    return sign(house, date(2026, 3, 1), rent=1_000)


def test_stops_new_leases_and_payments(city, house, lease_id, sign, pay, guardian):
    receipt = city.lease.pause(sender=guardian)

    assert city.lease.paused()
    assert receipt.events == [city.lease.Paused(account=guardian)]
    with ape.reverts("emergency_stop: paused"):
        sign(house, date(2030, 1, 1))
    with ape.reverts("emergency_stop: paused"):
        pay(lease_id, 1)
    assert city.lease.total_leases() == 1
    assert city.lease.paid(lease_id)[0] == 0


def test_stops_no_reading_and_no_passing_of_time(city, lease_id, guardian):
    city.lease.pause(sender=guardian)

    assert city.lease.due(lease_id, 2**64) == city.lease.arrears(lease_id, 2**64) == 12_000


def test_refuses_to_stop_twice(city, guardian):
    city.lease.pause(sender=guardian)

    with ape.reverts("emergency_stop: paused"):
        city.lease.pause(sender=guardian)


def test_starts_again(city, lease_id, pay, guardian, chain_engineer):
    city.lease.pause(sender=guardian)

    receipt = city.lease.unpause(sender=chain_engineer)

    assert not city.lease.paused()
    assert receipt.events == [city.lease.Unpaused(account=chain_engineer)]
    pay(lease_id, 1)
    assert city.lease.paid(lease_id)[0] == 1


def test_refuses_to_start_what_runs(city, chain_engineer):
    with ape.reverts("emergency_stop: not paused"):
        city.lease.unpause(sender=chain_engineer)


@pytest.mark.parametrize("caller", ["stranger", "council", "chain_engineer", "asset_manager"])
def test_refuses_all_but_the_guardian_to_stop(city, request, caller):
    with ape.reverts("authorized: missing role"):
        city.lease.pause(sender=request.getfixturevalue(caller))

    assert not city.lease.paused()


@pytest.mark.parametrize("caller", ["stranger", "council", "guardian", "asset_manager"])
def test_refuses_all_but_the_chain_engineer_to_start_again(city, guardian, request, caller):
    city.lease.pause(sender=guardian)

    with ape.reverts("authorized: missing role"):
        city.lease.unpause(sender=request.getfixturevalue(caller))

    assert city.lease.paused()


def test_stops_one_contract_only(city, guardian):
    city.lease.pause(sender=guardian)

    assert not city.treasury.paused()
    assert not city.carbon_credit.paused()
