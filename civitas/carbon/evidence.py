"""The evidence file: read, reckoned again from its own readings, and compared with another."""

import json
from pathlib import Path
from typing import Annotated, Literal

from eth_utils.crypto import keccak
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from civitas.carbon.measure import (
    FORMAT,
    LeftOut,
    Measurement,
    Meter,
    Methodology,
    Reading,
    assess,
)
from civitas.errors import CivitasError
from civitas.figures import Different, first_difference
from civitas.profiles.text_file import read_text

_Device = Annotated[str, StringConstraints(pattern=r"^0x[0-9a-f]{64}$")]
_Count = Annotated[int, Field(ge=0, lt=2**64)]


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    format: Literal["civitas-evidence/1"]
    asset: Annotated[int, Field(ge=1)]
    start: _Count
    end: _Count
    methodology: Methodology
    meters: list[tuple[_Device, _Count, _Count]]
    readings: list[tuple[_Device, _Count, _Count, _Count]]
    left_out: list[tuple[_Device, _Count, _Count, _Count, str]]
    coverage_bps: _Count
    energy_wh: Annotated[int, Field(ge=0)]
    grade: str
    tonnes: Annotated[int, Field(ge=0)]


def read_evidence(path: Path) -> Measurement:
    """The measurement that a file describes, if all of it follows from the file's own readings.

    Raises CivitasError for a file that is no evidence, Different where a figure does not follow.
    """
    text = read_text(path)
    try:
        # Pydantic's JSON mode is strict and takes lists for tuples.
        document = _Document.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise CivitasError(f"{path}: is not {FORMAT} evidence: {place}: {first['msg']}") from None
    try:
        again = assess(
            [Meter(*row) for row in document.meters],
            [Reading(*row) for row in document.readings]
            + [LeftOut(Reading(*row[:4]), row[4]).reading for row in document.left_out],
            document.asset,
            document.start,
            document.end,
            document.methodology,
        )
    except CivitasError as error:
        raise Different(f"{path}: {error}") from None
    if again.evidence() != text.encode():
        if found := first_difference(json.loads(text), again.document()):
            place, said, follows = found
            raise Different(f"{path}: {place}: says {said}, its readings give {follows}")
        raise CivitasError(
            f"{path}: not byte for byte as `ape run carbon measure --out` wrote it, "
            "so its hash is another; write it anew"
        )
    return again


def compare(path: Path, measurement: Measurement) -> None:
    """Whether a file is the evidence of a measurement, byte for byte. Raises as `read_evidence`."""
    if keccak(path.read_bytes()) == measurement.evidence_hash():
        return
    said = read_evidence(path)
    place, one, other = first_difference(said.document(), measurement.document()) or ("", "", "")
    raise Different(f"{path}: {place}: says {one}, the chain's readings give {other}")
