"""Carbon on the chain: what is signed and sent, and what the meters read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from ape import chain
from ape.api import AccountAPI
from ape.contracts import ContractInstance
from eth_account.messages import SignableMessage
from eth_utils.address import is_address, to_checksum_address

from civitas.carbon.kinds import Kinds
from civitas.carbon.measure import Measurement, Methodology, Reading, measure
from civitas.carbon.units import TONNE, BatchId, code_text, tonnes_text
from civitas.chain.city import City
from civitas.chain.events import Sources, read_events
from civitas.chain.roles import Role
from civitas.chain.signing import signed_by, typed_message
from civitas.chain.transactions import Prepared
from civitas.errors import CivitasError
from civitas.figures import Different, first_difference
from civitas.records import Event

MAX_LINES = 16  # of one certificate


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
    ("previousEnd", "uint64"),
    ("periodStart", "uint64"),
    ("periodEnd", "uint64"),
    ("energyWh", "uint64"),
]


def issuance_message(city: City, issuance: Issuance) -> SignableMessage:
    """What a verifier signs for the carbon registry (EIP-712)."""
    return typed_message(
        city.carbon_registry,
        "Civitas carbon registry",
        "Issuance",
        _ISSUANCE_TYPES,
        issuance.as_tuple(),
    )


def reading_message(city: City, reading: Reading, previous_end: int) -> SignableMessage:
    """What a meter signs for the meter registry (EIP-712).

    `previous_end` {s} is where its last reading ended, 0 before the first.
    """
    return typed_message(
        city.meter_registry,
        "Civitas meter registry",
        "Reading",
        _READING_TYPES,
        (
            bytes.fromhex(reading.device.removeprefix("0x")),
            previous_end,
            reading.start,
            reading.end,
            reading.energy_wh,
        ),
    )


def record_readings(
    city: City, readings: Sequence[Reading], meter: AccountAPI, sender: AccountAPI
) -> None:
    """Let a meter sign its readings, and record them in one transaction of at most 64.

    Readings of one device come in their order; several devices may share the meter's key.
    """
    registry = city.meter_registry
    covered = {
        device: int(registry.devices(device).covered_until)
        for device in {reading.device for reading in readings}
    }
    signed = []
    for reading in readings:
        previous_end, covered[reading.device] = covered[reading.device], reading.end
        signature = signed_by(meter, reading_message(city, reading, previous_end))
        signed.append(
            (
                *(reading.device, previous_end, reading.start, reading.end),
                *(reading.energy_wh, signature),
            )
        )
    registry.record(signed, sender=sender)


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


def signed_issue(
    city: City, issuance: Issuance, verifiers: Sequence[AccountAPI], sender: AccountAPI
) -> Prepared:
    """Let verifiers sign an issuance; what hands it in."""
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
    signatures = [(each.address, signed_by(each, message)) for each in ascending]
    return Prepared(registry.issue, (issuance.as_tuple(), hints, signatures), sender)


def issue(
    city: City, issuance: Issuance, verifiers: Sequence[AccountAPI], sender: AccountAPI
) -> int:
    """Let verifiers sign an issuance and hand it in; the token id of the new batch."""
    receipt = signed_issue(city, issuance, verifiers, sender).send()
    (issued,) = receipt.decode_logs(city.carbon_registry.BatchIssued)
    return int(issued.token_id)


# --- readings


def carbon_sources(city: City) -> Sources:
    """The four carbon contracts."""
    contracts = {
        "MeterRegistry": city.meter_registry,
        "CarbonRegistry": city.carbon_registry,
        "CarbonCredit": city.carbon_credit,
        "RetirementCertificate": city.certificate,
    }
    return Sources({each.address: name for name, each in contracts.items()})


def carbon_events(city: City) -> list[Event]:
    """The events of the four carbon contracts, in order."""
    return read_events(carbon_sources(city))


def readings_of(city: City, asset_id: int) -> list[Reading]:
    """Every reading of the asset's meters, from the events."""
    return _readings(_meter_events(city, asset_id))


def _meter_events(city: City, asset_id: int) -> list[Event]:
    sources = Sources({city.meter_registry.address: "MeterRegistry"})
    return [each for each in read_events(sources) if each.arguments.get("asset_id") == asset_id]


def _readings(events: Sequence[Event]) -> list[Reading]:
    return [
        Reading(
            device=_device(event),
            # Ape's integers are of a type of their own.
            start=int(event.arguments["period_start"]),
            end=int(event.arguments["period_end"]),
            energy_wh=int(event.arguments["energy_wh"]),
        )
        for event in events
        if event.name == "ReadingRecorded"
    ]


def _device(event: Event) -> str:
    return "0x" + bytes(event.arguments["device_id"]).hex()


def measurement_of(
    city: City,
    asset_id: int,
    start: int,
    end: int,
    methodology: Methodology,
    before: tuple[int, int] | None = None,
) -> Measurement:
    """What an asset's meters measured in a period, as known before a (block, log index) or now.

    Raises CivitasError for an unknown asset, or one that no meter reads.
    """
    total = city.asset_registry.total_assets()
    if not 1 <= asset_id <= total:
        raise CivitasError(f"asset {asset_id} is not registered; there are 1 to {total}")
    events = [
        each
        for each in _meter_events(city, asset_id)
        if before is None or (each.block, each.log_index) < before
    ]
    readings = _readings(events)
    if not readings:
        raise CivitasError(f"asset {asset_id} has no readings: no meter has recorded any")
    retired = {_device(each): each.timestamp for each in events if each.name == "DeviceRetired"}
    return measure(readings, asset_id, start, end, methodology, retired)


def methodology_of(city: City, asset_id: int) -> str:
    """The code that all projects on an asset name. Raises CivitasError where there is no such."""
    registry = city.carbon_registry
    projects = [registry.projects(number) for number in range(1, registry.total_projects() + 1)]
    codes = {code_text(each.methodology) for each in projects if each.asset_id == asset_id}
    if len(codes) != 1:
        found = ", ".join(sorted(codes)) or "none"
        raise CivitasError(f"asset {asset_id}: give --methodology; its projects name {found}")
    return codes.pop()


# --- issuance


def project_of(city: City, project_id: int) -> Any:
    """A project as the registry has it. Raises CivitasError for an unknown one."""
    total = city.carbon_registry.total_projects()
    if not 1 <= project_id <= total:
        raise CivitasError(f"project {project_id} is not registered; there are 1 to {total}")
    return city.carbon_registry.projects(project_id)


def checked_issuance(
    city: City,
    project_id: int,
    measurement: Measurement,
    receiver: str,
    verifiers: Sequence[AccountAPI],
    vintage: int | None = None,
    expiry: int = 0,
    valid_for: int = 3_600,
) -> Issuance:
    """The issuance of an evidence, after everything that can be checked beforehand.

    `valid_for` {s} is how long the verifiers' signatures are good. The vintage is the local year of
    the period's last second unless it is given.
    Raises Different where the chain's readings give other evidence, CivitasError for the rest.
    """
    project = project_of(city, project_id)
    asset_id, code = int(project.asset_id), code_text(project.methodology)
    if asset_id != measurement.asset_id:
        stands_on = f"asset {asset_id}" if asset_id else "no asset: it is another registry's"
        raise CivitasError(
            f"project {project_id} is on {stands_on}; the evidence is of {measurement.asset_id}"
        )
    if code != measurement.methodology.code:
        raise CivitasError(
            f"the evidence is by {measurement.methodology.code}, project {project_id} is by {code}"
        )
    again = measurement_of(
        city, asset_id, measurement.start, measurement.end, Methodology.load(code)
    )
    if found := first_difference(measurement.document(), again.document()):
        place, said, follows = found
        raise Different(f"evidence: {place}: says {said}, the chain's readings give {follows}")
    if measurement.tonnes == 0:
        raise CivitasError(
            f"nothing to issue: {measurement.coverage_bps} bps of the period are covered, "
            f"{code} needs {measurement.methodology.min_coverage_bps}"
            if measurement.grade == "D"
            else f"nothing to issue: {measurement.energy_wh} Wh are less than a tonne"
        )
    _check_verifiers(city, verifiers)
    holder = checked_address(receiver)
    if not city.identity_registry.isVerified(holder):
        raise CivitasError(f"{holder} is no verified investor, so it can't receive credits")
    return native_issuance(
        city,
        project_id,
        measurement,
        holder,
        vintage or city.clock.day(measurement.end - 1).year,
        chain.blocks.head.timestamp + valid_for,
        expiry,
    )


def _check_verifiers(city: City, verifiers: Sequence[AccountAPI]) -> None:
    addresses = {str(each.address) for each in verifiers}
    needed = city.carbon_registry.threshold()
    if len(addresses) < needed:
        raise CivitasError(f"{needed} verifiers must sign, {len(addresses)} were named")
    for address in sorted(addresses):
        if not city.authority.hasRole(Role.CARBON_VERIFIER.id, address):
            raise CivitasError(f"{address} is no carbon verifier")


def checked_address(text: str) -> str:
    """An address with its checksum. Raises CivitasError."""
    if not is_address(text):
        raise CivitasError(f"{text!r} is no address")
    return str(to_checksum_address(text))


# --- retirement and kinds


def prepared_retirement(
    city: City,
    account: AccountAPI,
    amounts: Mapping[BatchId, int],
    beneficiary: str,
    purpose: int,
    period: tuple[int, int],
    details_hash: bytes,
) -> Prepared:
    """A retirement of an account's own credits; `period` in day numbers, zeros where not stated.

    Raises CivitasError for what can be told beforehand with more words than the chain has.
    """
    if not 1 <= len(amounts) <= MAX_LINES:
        raise CivitasError(f"a certificate is for 1 to {MAX_LINES} batches, not {len(amounts)}")
    credit = city.carbon_credit
    for batch, amount in sorted(amounts.items()):
        held = credit.balanceOf(account, batch.token_id)
        free = max(0, held - credit.getFrozenTokens(account, batch.token_id))
        if amount > free:
            raise CivitasError(
                f"batch {batch}: {account.address} holds {tonnes_text(held)} t, "
                f"{tonnes_text(free)} t of it free; {tonnes_text(amount)} t were asked"
            )
        if credit.terms_of(batch.token_id).is_whole and amount % TONNE:
            raise CivitasError(f"batch {batch}: only whole tonnes retire")
    lines = sorted((batch.token_id, amount) for batch, amount in amounts.items())
    arguments = (account.address, lines, checked_address(beneficiary), purpose, *period)
    return Prepared(credit.retire_for, (*arguments, details_hash), account)


def kinds_changes(
    city: City, kinds: Kinds, clerk: AccountAPI, resolution: bytes
) -> list[tuple[str, Prepared]]:
    """What must be sent so that the chain allows what the profile does, and nothing else.

    Empty once it was sent: what an earlier profile allowed is found by its events, and withdrawn.
    """
    credit = city.carbon_credit
    wanted = kinds.conversion_numbers()
    gated = frozenset(each.number for each in kinds.purposes if each.is_gated)
    pairs, purposes = set(wanted), set(gated)
    for event in read_events(Sources({credit.address: "CarbonCredit"})):
        if event.name == "ConversionSet":
            pairs.add((event.arguments["from_kind"], event.arguments["to_kind"]))
        elif event.name == "PurposeGated":
            purposes.add(event.arguments["purpose"])
    changes = []
    for pair in sorted(pairs):
        allowed = pair in wanted
        if bool(credit.is_convertible(*pair)) != allowed:
            what = " to ".join(kinds.kind_label(each) for each in pair)
            changes.append(
                (
                    f"{'allow' if allowed else 'forbid'} {what}",
                    Prepared(credit.set_convertible, (*pair, allowed, resolution), clerk),
                )
            )
    for purpose in sorted(purposes):
        is_gated = purpose in gated
        if bool(credit.is_gated(purpose)) != is_gated:
            what = f"{purpose}, {kinds.purpose_label(purpose)}"
            changes.append(
                (
                    f"{'gate' if is_gated else 'open'} purpose {what}",
                    Prepared(credit.set_gated, (purpose, is_gated, resolution), clerk),
                )
            )
    return changes


def apply_kinds(city: City, kinds: Kinds, clerk: AccountAPI, resolution: bytes) -> list[str]:
    """Send what `kinds_changes` finds; what was changed, nothing the second time."""
    changes = kinds_changes(city, kinds, clerk, resolution)
    for _, change in changes:
        change.send()
    return [what for what, _ in changes]
