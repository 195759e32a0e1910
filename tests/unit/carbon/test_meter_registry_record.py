"""Readings that meters have signed (EIP-712). INV-METER-1: they never overlap, each is signed."""

import ape
import pytest
from ape import chain
from eth_account.messages import encode_typed_data
from eth_utils import keccak

from civitas.carbon.measure import Reading
from civitas.chain.carbon import reading_message

from .conftest import DAY, HOUR, RESOLUTION, START, ZERO
from .logs import event, logged

DEVICE = keccak(text="meter 1")
OTHER = keccak(text="meter 2")
# Order of secp256k1: s and ORDER - s sign the same.
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
TYPES = {
    "Reading": [
        {"name": "deviceId", "type": "bytes32"},
        {"name": "previousEnd", "type": "uint64"},
        {"name": "periodStart", "type": "uint64"},
        {"name": "periodEnd", "type": "uint64"},
        {"name": "energyWh", "type": "uint64"},
    ]
}


@pytest.fixture(scope="module")
def meter(accounts):
    """The key inside the meter."""
    return accounts[70]


@pytest.fixture(scope="module")
def other_meter(accounts):
    return accounts[71]


@pytest.fixture
def device(meters, solar_plant, meter, esg_officer):
    meters.register_device(DEVICE, solar_plant, meter, sender=esg_officer)
    return DEVICE


@pytest.fixture
def other_device(meters, wind_park, other_meter, esg_officer):
    meters.register_device(OTHER, wind_park, other_meter, sender=esg_officer)
    return OTHER


@pytest.fixture(scope="module")
def read(meters, meter):
    """A signed reading: `read(START, START + HOUR, 5)`; any part can be another.

    It follows another without a gap, but for the one from START on, which is the meter's first.
    """

    def create(start, end, energy=1_000, device=DEVICE, signer=meter, previous_end=None, **domain):
        if previous_end is None:
            previous_end = 0 if start == START else start
        message = encode_typed_data(
            {
                "name": "Civitas meter registry",
                "version": "1",
                "chainId": chain.chain_id,
                "verifyingContract": meters.address,
            }
            | domain,
            TYPES,
            {
                "deviceId": device,
                "previousEnd": previous_end,
                "periodStart": start,
                "periodEnd": end,
                "energyWh": energy,
            },
        )
        signed = signer.sign_message(message)
        # Ape drops leading zeros.
        r, s = (bytes(half).rjust(32, b"\0") for half in (signed.r, signed.s))
        return (device, previous_end, start, end, energy, r + s + bytes([signed.v]))

    return create


@pytest.fixture(scope="module")
def record(meters, stranger):
    return lambda *readings: meters.record(list(readings), sender=stranger)


def test_records_what_a_meter_signed(meters, device, read, record, solar_plant, meter):
    receipt = record(read(START, START + HOUR, 5_000))

    assert meters.energy_of(DEVICE) == 5_000
    assert tuple(meters.devices(DEVICE)) == (solar_plant, meter, START + HOUR, True)
    assert logged(receipt) == [
        event("ReadingRecorded", DEVICE, solar_plant, START, START + HOUR, 5_000)
    ]


def test_records_several_meters_at_once(
    meters, device, other_device, read, record, other_meter, wind_park
):
    receipt = record(
        read(START, START + HOUR, 1),
        read(START, START + HOUR, 10, device=OTHER, signer=other_meter),
        read(START + HOUR, START + 2 * HOUR, 2),
    )

    assert (meters.energy_of(DEVICE), meters.energy_of(OTHER)) == (3, 10)
    assert logged(receipt)[1] == event("ReadingRecorded", OTHER, wind_park, START, START + HOUR, 10)


def test_the_same_reading_does_not_count_twice(meters, device, read, record):
    reading = read(START, START + HOUR, 5)
    with ape.reverts("meter_registry: overlaps the last"):
        record(reading, reading)
    record(reading)

    with ape.reverts("meter_registry: overlaps the last"):
        record(reading)

    assert meters.energy_of(DEVICE) == 5


@pytest.mark.parametrize(
    ("start", "end", "is_let"),
    [
        (START + HOUR - 1, START + 2 * HOUR, False),  # overlaps by one second
        (START + HOUR, START + 2 * HOUR, True),  # touches
        (START + HOUR + 1, START + 2 * HOUR, True),  # leaves a gap
        (START + DAY, START + DAY + 1, True),
        (START - HOUR, START, False),  # before: too late
        (START, START + HOUR, False),
        (START + 1, START + 2, False),
        (START - 1, START + HOUR + 1, False),
    ],
)
def test_stretches_follow_each_other(meters, device, read, record, start, end, is_let):
    record(read(START, START + HOUR, 5))

    if is_let:
        record(read(start, end, 7, previous_end=START + HOUR))
    else:
        with ape.reverts("meter_registry: overlaps the last"):
            record(read(start, end, 7, previous_end=START + HOUR))

    assert meters.energy_of(DEVICE) == 5 + 7 * is_let
    assert meters.devices(DEVICE).covered_until == (end if is_let else START + HOUR)


def test_refuses_readings_out_of_their_order(meters, device, read, record):
    """Else anyone could lock the first one out by handing in the second alone."""
    first, second = read(START, START + HOUR, 1), read(START + HOUR, START + 2 * HOUR, 2)
    for too_early in ([second], [second, first]):
        with ape.reverts("meter_registry: not the next reading"):
            record(*too_early)

    record(first, second)

    assert meters.energy_of(DEVICE) == 3


def test_meters_do_not_stand_in_each_others_way(
    meters, device, other_device, read, record, other_meter
):
    record(read(START, START + DAY, 1))

    record(read(START, START + 1, 2, device=OTHER, signer=other_meter))

    assert meters.energy_of(OTHER) == 2


@pytest.mark.parametrize(("start", "end"), [(START, START), (START + 1, START), (2**63, 0)])
def test_asks_for_a_stretch_of_time(device, read, record, start, end):
    with ape.reverts("meter_registry: bad period"):
        record(read(start, end))


def test_asks_for_a_stretch_that_is_over(meters, device, read, record):
    end = chain.pending_timestamp + HOUR
    reading = read(START, end)

    chain.pending_timestamp = end - 1
    with ape.reverts("meter_registry: bad period"):
        record(reading)
    record(reading)

    assert chain.blocks.head.timestamp == meters.devices(DEVICE).covered_until == end


def test_takes_readings_from_the_first_second_on(meters, device, read, record):
    record(read(0, 1, 0), read(1, 2, 2**64 - 1), read(2, 3, 2**64 - 1))

    assert meters.energy_of(DEVICE) == 2**65 - 2


def test_takes_64_readings_and_not_one_more(meters, device, read, record):
    readings = [read(START + n, START + n + 1, 1) for n in range(65)]
    with ape.reverts("Transaction failed."):  # the decoder refuses it, and gives no reason
        record(*readings)

    record(*readings[:64])

    assert meters.energy_of(DEVICE) == 64


def test_records_nothing_by_no_readings(meters, device, record):
    assert logged(record()) == []


def test_records_all_or_nothing(meters, device, read, record, stranger):
    with ape.reverts("meter_registry: bad signature"):
        record(read(START, START + 1, 1), read(START + 1, START + 2, 1, signer=stranger))

    assert meters.energy_of(DEVICE) == meters.devices(DEVICE).covered_until == 0


def test_refuses_another_signer(
    meters, device, other_device, read, record, other_meter, stranger, esg_officer
):
    for signer in (other_meter, stranger, esg_officer):
        with ape.reverts("meter_registry: bad signature"):
            record(read(START, START + HOUR, signer=signer))


@pytest.mark.parametrize("place", [2, 3, 4])
def test_a_signature_covers_every_field(device, read, record, place):
    reading = list(read(START, START + HOUR, 1_000))
    reading[place] += 1

    with ape.reverts("meter_registry: bad signature"):
        record(tuple(reading))


def test_a_signature_covers_the_end_of_the_reading_before(device, read, record):
    reading = list(read(START, START + HOUR, 1_000, previous_end=START))
    reading[1] = 0

    with ape.reverts("meter_registry: bad signature"):
        record(tuple(reading))


def test_a_signature_covers_the_device(
    meters, device, solar_plant, meter, read, record, esg_officer
):
    """Two meters with one gateway's key."""
    meters.register_device(OTHER, solar_plant, meter, sender=esg_officer)
    _, *rest = read(START, START + HOUR)

    with ape.reverts("meter_registry: bad signature"):
        record((OTHER, *rest))


@pytest.mark.parametrize(
    "domain",
    [
        {"chainId": 1},
        {"verifyingContract": ZERO},
        {"name": "Civitas carbon registry"},
        {"version": "2"},
    ],
    ids=lambda domain: next(iter(domain)),
)
def test_refuses_a_signature_for_another_domain(device, read, record, domain):
    with ape.reverts("meter_registry: bad signature"):
        record(read(START, START + HOUR, **domain))


def test_refuses_other_forms_of_a_signature(device, read, record, meters):
    *fields, signature = read(START, START + HOUR)
    s = int.from_bytes(signature[32:64], "big")
    high = signature[:32] + (ORDER - s).to_bytes(32, "big") + bytes([55 - signature[64]])
    for form, reason in (
        (high, "ecdsa: invalid signature `s` value"),
        (signature[:64] + b"\x00", "ecdsa: invalid signature"),
        (signature[:63], "meter_registry: bad signature"),
        (b"", "meter_registry: bad signature"),
        (signature + b"\0", "Transaction failed."),  # the decoder refuses it
    ):
        with ape.reverts(reason):
            record((*fields, form))

    short = signature[:32] + (s | ((signature[64] - 27) << 255)).to_bytes(32, "big")
    record((*fields, short))  # EIP-2098
    with ape.reverts("meter_registry: overlaps the last"):
        record((*fields, signature))
    assert meters.energy_of(DEVICE) == 1_000


def test_refuses_an_unknown_and_a_retired_device(meters, device, read, record, esg_officer):
    with ape.reverts("meter_registry: unknown device"):
        record(read(START, START + HOUR, device=OTHER))
    record(read(START, START + HOUR))
    meters.retire_device(DEVICE, sender=esg_officer)
    with ape.reverts("meter_registry: unknown device"):
        record(read(START + HOUR, START + 2 * HOUR))

    assert meters.energy_of(DEVICE) == 1_000


def test_takes_the_signature_of_a_gateways_contract_wallet(
    project, meters, solar_plant, meter, stranger, esg_officer, record
):
    wallet = stranger.deploy(project.MockContractWallet, meter)
    meters.register_device(OTHER, solar_plant, wallet, sender=esg_officer)
    reading = (OTHER, 0, START, START + HOUR, 9)
    signed = meter.sign_raw_msghash(wallet.wrapped(meters.digest((*reading, b""))))
    r, s = (bytes(half).rjust(32, b"\0") for half in (signed.r, signed.s))
    signature = r + s + bytes([signed.v])
    with ape.reverts("meter_registry: bad signature"):
        record((*reading, bytes(65)))

    record((*reading, signature))

    assert meters.energy_of(OTHER) == 9


def test_digest_is_the_one_of_the_standard(city, meters):
    reading = (DEVICE, START, START, START + HOUR, 5)
    message = reading_message(city, Reading("0x" + DEVICE.hex(), START, START + HOUR, 5), START)

    assert meters.digest((*reading, b"")) == keccak(
        b"\x19" + message.version + message.header + message.body
    )
    assert meters.DOMAIN_SEPARATOR() == message.header
    assert meters.digest((*reading, RESOLUTION)) == meters.digest((*reading, b""))


def test_names_its_domain(meters):
    fields, name, version, chain_id, contract, salt, extensions = meters.eip712Domain()

    assert (bytes(fields), name, version) == (b"\x0f", "Civitas meter registry", "1")
    assert (chain_id, contract) == (chain.chain_id, meters.address)
    assert (bytes(salt), list(extensions)) == (bytes(32), [])
