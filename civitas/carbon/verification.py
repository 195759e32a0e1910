"""A batch reckoned again: what verifiers signed and the chain keeps, against what meters read."""

from collections.abc import Iterator
from dataclasses import dataclass

from civitas.carbon.measure import Measurement
from civitas.carbon.units import TONNE, BatchId, tonnes_text
from civitas.figures import Figure


@dataclass(frozen=True, slots=True)
class Batch:
    """What the chain says of a batch, and where it was issued."""

    id: BatchId  # of the units that were issued, before any conversion
    asset_id: int
    methodology: str
    country: int
    vintage: int
    start: int  # {s} of the monitored period
    end: int
    first_serial: int
    last_serial: int
    serial_owner: tuple[int, int]  # project and batch number that own the first serial
    evidence_hash: bytes
    tonnes: int  # that verifiers signed
    issued: int  # {1e-8 tCO2e}
    parts: int  # {1e-8 tCO2e} sum of all places that the units are in
    signers: int
    block: int
    log_index: int


def figures(batch: Batch, measurement: Measurement) -> Iterator[Figure]:
    """What must hold of a batch, the most telling first."""
    yield Figure("tonnes", f"{batch.tonnes:,}", f"{measurement.tonnes:,}")
    yield Figure(
        "evidence hash", f"0x{batch.evidence_hash.hex()}", f"0x{measurement.evidence_hash().hex()}"
    )
    yield Figure("issued", f"{tonnes_text(batch.issued)} t", _whole(measurement.tonnes))
    count = batch.last_serial - batch.first_serial + 1
    yield Figure("number of serials", f"{count:,}", f"{measurement.tonnes:,}")
    project, number = batch.serial_owner
    yield Figure(
        f"owner of serial {batch.first_serial}",
        f"{project}/{number}",
        f"{batch.id.project}/{batch.id.number}",
    )
    yield Figure(
        "sum of the places", f"{tonnes_text(batch.issued)} t", f"{tonnes_text(batch.parts)} t"
    )


def _whole(tonnes: int) -> str:
    return f"{tonnes_text(tonnes * TONNE)} t"
