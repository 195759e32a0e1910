"""Carbon on the chain: typed data to sign, issuance, readings, and what batches rest on."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from ape import chain
from ape.api import AccountAPI
from ape.contracts import ContractInstance
from eth_account.messages import SignableMessage, encode_typed_data

from civitas.carbon.measure import Measurement, Reading
from civitas.chain.city import City
from civitas.chain.events import read_events, sources_of
from civitas.errors import CivitasError


@dataclass(frozen=True)
class Issuance:
    """What verifiers sign; fields as in ICarbonRegistry.Issuance."""

    project_id: int
    receiver: str
    tonnes: int
    vintage: int
    period_start: int
    period_end: int
    expiry: int
    registry_code: bytes
    series_id: bytes
    first_serial: int
    origin: bytes
    evidence_hash: bytes
    deadline: int

    def as_tuple(self) -> tuple[Any, ...]:
        return tuple(getattr(self, field.name) for field in fields(self))


_ISSUANCE_TYPES = [
    ("projectId", "uint256"),
    ("receiver", "address"),
    ("tonnes", "uint64"),
    ("vintage", "uint16"),
    ("periodStart", "uint64"),
    ("periodEnd", "uint64"),
    ("expiry", "uint64"),
    ("registryCode", "bytes32"),
    ("seriesId", "bytes32"),
    ("firstSerial", "uint64"),
    ("origin", "bytes32"),
    ("evidenceHash", "bytes32"),
    ("deadline", "uint64"),
]
_READING_TYPES = [
    ("deviceId", "bytes32"),
    ("periodStart", "uint64"),
    ("periodEnd", "uint64"),
    ("energyWh", "uint64"),
]


def _typed(
    contract: ContractInstance,
    name: str,
    primary: str,
    types: list[tuple[str, str]],
    values: Sequence[Any],
) -> SignableMessage:
    return encode_typed_data(
        domain_data={
            "name": name,
            "version": "1",
            "chainId": chain.chain_id,
            "verifyingContract": contract.address,
        },
        message_types={primary: [{"name": each, "type": kind} for each, kind in types]},
        message_data={each: value for (each, _), value in zip(types, values, strict=True)},
    )


def issuance_message(city: City, issuance: Issuance) -> SignableMessage:
    """What a verifier signs for the carbon registry (EIP-712)."""
    return _typed(
        city.carbon_registry,
        "Civitas carbon registry",
        "Issuance",
        _ISSUANCE_TYPES,
        issuance.as_tuple(),
    )


def reading_message(city: City, reading: Reading) -> SignableMessage:
    """What a meter signs for the meter registry (EIP-712)."""
    return _typed(
        city.meter_registry,
        "Civitas meter registry",
        "Reading",
        _READING_TYPES,
        (
            bytes.fromhex(reading.device.removeprefix("0x")),
            reading.start,
            reading.end,
            reading.energy_wh,
        ),
    )


def signed_by(account: AccountAPI, message: SignableMessage) -> bytes:
    """A 65-byte signature r, s, v. Raises CivitasError when the account declines."""
    signature = account.sign_message(message)
    if signature is None:
        raise CivitasError(f"{account.address} declined to sign")
    return bytes(signature.encode_rsv())


def record_readings(
    city: City, readings: Sequence[Reading], meter: AccountAPI, sender: AccountAPI
) -> None:
    """Let a meter sign its readings, and record them in one transaction of at most 64."""
    city.meter_registry.record(
        [
            (
                reading.device,
                reading.start,
                reading.end,
                reading.energy_wh,
                signed_by(meter, reading_message(city, reading)),
            )
            for reading in readings
        ],
        sender=sender,
    )


def predecessor(registry: ContractInstance, series: bytes, number: int) -> int:
    """First number of the last interval below `number`: the hint for an insert; 0 for none."""
    after, first = 0, registry.first_interval(series)
    while first != 0 and first < number:
        after, first = first, registry.interval(series, first).next
    return int(after)


def next_serial(registry: ContractInstance, series: bytes) -> int:
    """The number after the highest that was given out."""
    last, first = 0, registry.first_interval(series)
    while first != 0:
        interval = registry.interval(series, first)
        last, first = interval.last, interval.next
    return int(last) + 1


def native_issuance(
    city: City,
    project_id: int,
    measurement: Measurement,
    receiver: str,
    vintage: int,
    deadline: int,
    expiry: int = 0,
) -> Issuance:
    """The issuance of a measurement of our own, with the project's next serials."""
    registry = city.carbon_registry
    code, series_id = bytes(registry.NATIVE()), project_id.to_bytes(32, "big")
    return Issuance(
        project_id=project_id,
        receiver=receiver,
        tonnes=measurement.tonnes,
        vintage=vintage,
        period_start=measurement.start,
        period_end=measurement.end,
        expiry=expiry,
        registry_code=code,
        series_id=series_id,
        first_serial=next_serial(registry, registry.series(code, series_id)),
        origin=bytes(32),
        evidence_hash=measurement.evidence_hash(),
        deadline=deadline,
    )


def issue(
    city: City, issuance: Issuance, verifiers: Sequence[AccountAPI], sender: AccountAPI
) -> int:
    """Let verifiers sign an issuance and hand it in; the token id of the new batch."""
    registry = city.carbon_registry
    message = issuance_message(city, issuance)
    ascending = sorted(verifiers, key=lambda each: int(each.address, 16))
    project = registry.projects(issuance.project_id)
    hints = (
        predecessor(registry, registry.periods(project.asset_id), issuance.period_start),
        predecessor(
            registry,
            registry.series(issuance.registry_code, issuance.series_id),
            issuance.first_serial,
        ),
    )
    receipt = registry.issue(
        issuance.as_tuple(),
        hints,
        [(each.address, signed_by(each, message)) for each in ascending],
        sender=sender,
    )
    (issued,) = receipt.decode_logs(registry.BatchIssued)
    return int(issued.token_id)


def readings_of(city: City, asset_id: int) -> list[Reading]:
    """Every reading of the asset's meters, from the events."""
    return [
        Reading(
            device="0x" + bytes(event.arguments["device_id"]).hex(),
            start=event.arguments["period_start"],
            end=event.arguments["period_end"],
            energy_wh=event.arguments["energy_wh"],
        )
        for event in read_events(sources_of(city))
        if event.name == "ReadingRecorded" and event.arguments["asset_id"] == asset_id
    ]
