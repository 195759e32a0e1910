import ape
from eth_utils import keccak

from .conftest import NOTHING, ZERO
from .logs import event, logged

DEVICE = keccak(text="meter 1")


def test_puts_a_meter_on_an_asset(meters, solar_plant, stranger, esg_officer):
    receipt = meters.register_device(DEVICE, solar_plant, stranger, sender=esg_officer)

    assert tuple(meters.devices(DEVICE)) == (solar_plant, stranger, 0, True)
    assert logged(receipt) == [event("DeviceRegistered", DEVICE, solar_plant, stranger)]


def test_uses_a_device_id_once_for_ever(meters, solar_plant, wind_park, stranger, esg_officer):
    meters.register_device(DEVICE, solar_plant, stranger, sender=esg_officer)
    with ape.reverts("meter_registry: device is known"):
        meters.register_device(DEVICE, wind_park, esg_officer, sender=esg_officer)
    meters.retire_device(DEVICE, sender=esg_officer)
    with ape.reverts("meter_registry: device is known"):
        meters.register_device(DEVICE, wind_park, esg_officer, sender=esg_officer)

    assert tuple(meters.devices(DEVICE)) == (solar_plant, stranger, 0, False)


def test_refuses_what_is_missing(meters, city, solar_plant, stranger, esg_officer):
    unknown = city.asset_registry.total_assets() + 1
    for arguments, reason in (
        ((NOTHING, solar_plant, stranger), "meter_registry: no device"),
        ((DEVICE, solar_plant, ZERO), "meter_registry: no signer"),
        ((DEVICE, unknown, stranger), "nonfungible: unknown token"),
        ((DEVICE, 0, stranger), "nonfungible: unknown token"),
    ):
        with ape.reverts(reason):
            meters.register_device(*arguments, sender=esg_officer)

    assert tuple(meters.devices(DEVICE)) == (0, ZERO, 0, False)


def test_is_for_the_esg_officer_only(meters, solar_plant, stranger, not_allowed, carbon_verifier):
    not_allowed(
        lambda account: meters.register_device(DEVICE, solar_plant, stranger, sender=account),
        carbon_verifier,
    )
