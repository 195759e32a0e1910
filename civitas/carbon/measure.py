"""What a plant's meters measured in a period, as tonnes and as evidence that anyone can rebuild.

The evidence is a JSON document with a fixed order and no spaces; its keccak256 is what verifiers
sign and the chain keeps. Integers only: energy in Wh, tonnes rounded down, shares in bps. Whatever
is in doubt is left out, so a fault in the readings lowers the tonnes and never raises them.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from statistics import median_low
from typing import Annotated, Any, Self

from eth_utils.crypto import keccak
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from civitas.errors import CivitasError, InputErrors, RowError
from civitas.profiles.text_file import read_toml

BPS = 10_000
FORMAT = "civitas-evidence/1"
_GRAMS_PER_TONNE = 1_000_000
_WH_PER_KWH = 1_000

CROSSES = "crosses the period"
TOO_LONG = "longer than the interval"
OUTLIER = "outlier"

# Grade, coverage needed, and the share of the readings that may be left out, in {bps}. Below the
# last comes C, and D where the methodology's coverage is missed and nothing is issued.
_GRADES = (("A", 9_900, 0), ("B", 9_500, 200))


class Methodology(BaseModel):
    """How readings become tonnes; the rules are data, found by their code."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9-]{0,30}$")]
    grams_per_kwh: Annotated[int, Field(gt=0, lt=10_000)]
    interval_seconds: Annotated[int, Field(gt=0)]
    outlier_factor: Annotated[int, Field(ge=2)]
    min_coverage_bps: Annotated[int, Field(ge=0, le=BPS)]

    @classmethod
    def load(cls, code: str) -> Self:
        """A methodology of this package. Raises InputErrors."""
        folder = Path(__file__).parent / "methodologies"
        known = {path.stem: path for path in sorted(folder.glob("*.toml"))}
        if code not in known:
            what = f"no such methodology; there are {', '.join(known)}"
            raise InputErrors([RowError(code, None, None, what)])
        return read_toml(known[code], cls)


@dataclass(frozen=True, slots=True, order=True)
class Reading:
    """What one meter measured from `start` to `end` {s}, `end` not included."""

    device: str  # 0x hex
    start: int
    end: int
    energy_wh: int

    @property
    def seconds(self) -> int:
        return self.end - self.start

    @property
    def power(self) -> Fraction:
        """{Wh/s}, exact."""
        return Fraction(self.energy_wh, self.seconds)


@dataclass(frozen=True, slots=True, order=True)
class Meter:
    """The part of a period {s} in which a meter was in service: its readings are expected there."""

    device: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, order=True)
class LeftOut:
    """A reading that does not count, and why."""

    reading: Reading
    reason: str


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a period's readings amount to."""

    asset_id: int
    start: int
    end: int
    methodology: Methodology
    meters: tuple[Meter, ...]
    accepted: tuple[Reading, ...]
    left_out: tuple[LeftOut, ...]
    coverage_bps: int  # of the period, by its weakest part
    energy_wh: int

    @property
    def outliers(self) -> tuple[Reading, ...]:
        return tuple(each.reading for each in self.left_out if each.reason == OUTLIER)

    @property
    def tonnes(self) -> int:
        """{tCO2e} = {Wh} * {g/kWh} // {Wh/kWh} // {g/t}, down; 0 below the coverage needed."""
        if self.coverage_bps < self.methodology.min_coverage_bps:
            return 0
        return self.energy_wh * self.methodology.grams_per_kwh // (_WH_PER_KWH * _GRAMS_PER_TONNE)

    @property
    def grade(self) -> str:
        """A to C by coverage and by what was left out; D where nothing can be issued."""
        if self.coverage_bps < self.methodology.min_coverage_bps or not self.accepted:
            return "D"
        all_readings = len(self.accepted) + len(self.left_out)
        for grade, coverage, doubtful in _GRADES:
            if (
                self.coverage_bps >= coverage
                and len(self.left_out) * BPS <= doubtful * all_readings
            ):
                return grade
        return "C"

    def document(self) -> dict[str, Any]:
        """The evidence: everything that the tonnes follow from."""
        return {
            "format": FORMAT,
            "asset": self.asset_id,
            "start": self.start,
            "end": self.end,
            "methodology": self.methodology.model_dump(),
            "meters": [[each.device, each.start, each.end] for each in self.meters],
            "readings": [_row(reading) for reading in self.accepted],
            "left_out": [[*_row(each.reading), each.reason] for each in self.left_out],
            "coverage_bps": self.coverage_bps,
            "energy_wh": self.energy_wh,
            "grade": self.grade,
            "tonnes": self.tonnes,
        }

    def evidence(self) -> bytes:
        return json.dumps(self.document(), sort_keys=True, separators=(",", ":")).encode()

    def evidence_hash(self) -> bytes:
        return keccak(self.evidence())


def _row(reading: Reading) -> list[Any]:
    return [reading.device, reading.start, reading.end, reading.energy_wh]


def measure(
    readings: Iterable[Reading],
    asset_id: int,
    start: int,
    end: int,
    methodology: Methodology,
    retired: Mapping[str, int] | None = None,
) -> Measurement:
    """The measurement of a period out of all readings of an asset, in any order.

    A meter is in service from its first reading ever until it was retired: `retired` has the moment
    {s} by device. A meter that fell silent and was not retired counts as a gap.
    Raises CivitasError for an empty period, or readings that no chain would have accepted.
    """
    every = sorted(readings)
    first: dict[str, int] = {}
    for each in every:
        first.setdefault(each.device, each.start)
    meters = (
        Meter(device, max(start, joined), min(end, (retired or {}).get(device, end)))
        for device, joined in first.items()
    )
    return assess(
        tuple(meter for meter in meters if meter.start < meter.end),
        [each for each in every if each.start < end and start < each.end],
        asset_id,
        start,
        end,
        methodology,
    )


def assess(
    meters: Iterable[Meter],
    readings: Iterable[Reading],
    asset_id: int,
    start: int,
    end: int,
    methodology: Methodology,
) -> Measurement:
    """The measurement of meters whose service is known, as the evidence has it.

    Raises CivitasError as `measure` does.
    """
    if start >= end:
        raise CivitasError(f"the period from {start} to {end} is empty")
    every, service = sorted(readings), tuple(sorted(meters))
    _check(every)
    if not all(start <= meter.start < meter.end <= end for meter in service):
        raise CivitasError("a meter's service is not in the period")
    left_out: list[LeftOut] = []
    sound: dict[str, list[Reading]] = {}
    for each in every:
        if each.start < start or end < each.end:
            left_out.append(LeftOut(each, CROSSES))
        elif each.seconds > methodology.interval_seconds:
            left_out.append(LeftOut(each, TOO_LONG))
        else:
            sound.setdefault(each.device, []).append(each)
    accepted: list[Reading] = []
    for own in sound.values():
        limit = _limit(own, methodology.outlier_factor)
        left_out.extend(LeftOut(each, OUTLIER) for each in own if each.power > limit)
        accepted.extend(each for each in own if each.power <= limit)
    accepted.sort()
    return Measurement(
        asset_id=asset_id,
        start=start,
        end=end,
        methodology=methodology,
        meters=service,
        accepted=tuple(accepted),
        left_out=tuple(sorted(left_out)),
        coverage_bps=_coverage(service, accepted, start, end),
        energy_wh=sum(each.energy_wh for each in accepted),
    )


def _check(every: Sequence[Reading]) -> None:
    for each in every:
        if each.start >= each.end or each.energy_wh < 0:
            raise CivitasError(f"a reading of {each.device} from {each.start} is not possible")
    for one, following in zip(every, every[1:], strict=False):
        if one.device == following.device and following.start < one.end:
            raise CivitasError(f"readings of {one.device} overlap at {following.start}")


def _limit(readings: Sequence[Reading], factor: int) -> Fraction:
    """{Wh/s} over which a reading of this meter is an outlier: `factor` times its median power.

    Idle hours say nothing of what a plant can do: the median is of the readings above 0.
    """
    working = [each.power for each in readings if each.energy_wh > 0]
    return factor * median_low(working) if working else Fraction(0)


def _coverage(meters: Sequence[Meter], accepted: Sequence[Reading], start: int, end: int) -> int:
    """{bps} down: the least of what each meter covers of its service, and all of the period.

    The latter finds the time between a meter that left and the next that joined.
    """
    by_device = {meter.device: 0 for meter in meters}
    together, reached = 0, start
    for each in sorted(accepted, key=lambda reading: reading.start):
        if each.device in by_device:
            by_device[each.device] += each.seconds
        together += max(0, each.end - max(each.start, reached))
        reached = max(reached, each.end)
    return min(
        together * BPS // (end - start),
        *(by_device[each.device] * BPS // (each.end - each.start) for each in meters),
        BPS,
    )


def gaps(measurement: Measurement) -> list[tuple[str, int, int]]:
    """(device, from, to) {s} of each meter's service that no accepted reading covers."""
    missing: list[tuple[str, int, int]] = []
    for meter in measurement.meters:
        at = meter.start
        for reading in measurement.accepted:
            if reading.device != meter.device:
                continue
            if reading.start > at:
                missing.append((meter.device, at, reading.start))
            at = max(at, reading.end)
        if at < meter.end:
            missing.append((meter.device, at, meter.end))
    return missing
