"""What a plant's meters measured in a period, as tonnes and as evidence that anyone can rebuild.

The evidence is a JSON document with a fixed order and no spaces; its keccak256 is what verifiers
sign and the chain keeps. Integers only: energy in Wh, tonnes rounded down, shares in bps.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median_low
from typing import Annotated, Any, Self

from eth_utils.crypto import keccak
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from civitas.errors import CivitasError, InputErrors, RowError
from civitas.profiles.text_file import read_toml

BPS = 10_000
_GRAMS_PER_TONNE = 1_000_000
_WH_PER_KWH = 1_000


class Methodology(BaseModel):
    """How readings become tonnes; the rules are data, found by their code."""

    model_config = ConfigDict(frozen=True, extra="forbid")

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


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a period's readings amount to."""

    asset_id: int
    start: int
    end: int
    methodology: Methodology
    accepted: tuple[Reading, ...]
    outliers: tuple[Reading, ...]
    coverage_bps: int  # of the period, by the meter that covers it least
    energy_wh: int

    @property
    def tonnes(self) -> int:
        """{tCO2e} = {Wh} * {g/kWh} // {Wh/kWh} // {g/t}, down; 0 below the coverage needed."""
        if self.coverage_bps < self.methodology.min_coverage_bps:
            return 0
        return self.energy_wh * self.methodology.grams_per_kwh // (_WH_PER_KWH * _GRAMS_PER_TONNE)

    def document(self) -> dict[str, Any]:
        """The evidence: everything that the tonnes follow from."""
        return {
            "asset": self.asset_id,
            "start": self.start,
            "end": self.end,
            "methodology": self.methodology.model_dump(),
            "readings": [_row(reading) for reading in self.accepted],
            "outliers": [_row(reading) for reading in self.outliers],
            "coverage_bps": self.coverage_bps,
            "energy_wh": self.energy_wh,
            "tonnes": self.tonnes,
        }

    def evidence(self) -> bytes:
        return json.dumps(self.document(), sort_keys=True, separators=(",", ":")).encode()

    def evidence_hash(self) -> bytes:
        return keccak(self.evidence())


def _row(reading: Reading) -> list[Any]:
    return [reading.device, reading.start, reading.end, reading.energy_wh]


def measure(
    readings: Iterable[Reading], asset_id: int, start: int, end: int, methodology: Methodology
) -> Measurement:
    """The measurement of the readings that lie wholly in the period, in any order.

    Raises CivitasError for an empty period.
    """
    if start >= end:
        raise CivitasError(f"the period from {start} to {end} is empty")
    inside = sorted(each for each in readings if start <= each.start and each.end <= end)
    outliers = _outliers(inside, methodology.outlier_factor)
    accepted = tuple(each for each in inside if each not in outliers)
    devices = sorted({each.device for each in inside})
    covered = [
        sum(each.end - each.start for each in accepted if each.device == device)
        for device in devices
    ]
    return Measurement(
        asset_id=asset_id,
        start=start,
        end=end,
        methodology=methodology,
        accepted=accepted,
        outliers=outliers,
        coverage_bps=min(covered, default=0) * BPS // (end - start),
        energy_wh=sum(each.energy_wh for each in accepted),
    )


def _outliers(readings: Sequence[Reading], factor: int) -> tuple[Reading, ...]:
    """Readings of a meter whose mean power is over `factor` times the meter's median."""
    found: list[Reading] = []
    for device in sorted({each.device for each in readings}):
        own = [each for each in readings if each.device == device]
        # Compared as Wh per day, in integers.
        typical = median_low([_wh_per_day(each) for each in own])
        found.extend(each for each in own if _wh_per_day(each) > factor * typical)
    return tuple(found)


def _wh_per_day(reading: Reading) -> int:
    return reading.energy_wh * 86_400 // (reading.end - reading.start)


def gaps(measurement: Measurement) -> list[tuple[str, int, int]]:
    """(device, from, to) {s} of the period that no accepted reading covers."""
    missing: list[tuple[str, int, int]] = []
    everything = (*measurement.accepted, *measurement.outliers)
    for device in sorted({each.device for each in everything}):
        at = measurement.start
        for reading in measurement.accepted:
            if reading.device != device:
                continue
            if reading.start > at:
                missing.append((device, at, reading.start))
            at = max(at, reading.end)
        if at < measurement.end:
            missing.append((device, at, measurement.end))
    return missing
