import ape
import pytest
from eth_utils import keccak

from .logs import event, logged

DEVICE = keccak(text="meter 1")


@pytest.fixture
def device(meters, solar_plant, stranger, esg_officer):
    meters.register_device(DEVICE, solar_plant, stranger, sender=esg_officer)
    return DEVICE


def test_takes_a_meter_out_of_service(meters, device, solar_plant, stranger, esg_officer):
    receipt = meters.retire_device(device, sender=esg_officer)

    assert tuple(meters.devices(device)) == (solar_plant, stranger, 0, False)
    assert logged(receipt) == [event("DeviceRetired", device, solar_plant)]


def test_refuses_one_that_is_unknown_or_retired_before(meters, device, esg_officer):
    with ape.reverts("meter_registry: unknown device"):
        meters.retire_device(keccak(text="meter 2"), sender=esg_officer)
    meters.retire_device(device, sender=esg_officer)
    with ape.reverts("meter_registry: unknown device"):
        meters.retire_device(device, sender=esg_officer)

    assert meters.devices(device).is_active is False


def test_is_for_the_esg_officer_only(meters, device, not_allowed, carbon_verifier, stranger):
    not_allowed(lambda account: meters.retire_device(device, sender=account), carbon_verifier)
