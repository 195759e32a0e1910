"""
Measures every side and writes bench/gas.json and bench/gas.md: `python -m bench`.

A side is a module with `measure(stage) -> list[Measurement]`. Sides share the chain, one after the
other, so a new one at the end changes no figure of those before it.
"""

import json
from pathlib import Path
from typing import Any

from ape.logging import LogLevel, logger

from bench import civitas_side, peers_openzeppelin, peers_snekmate, peers_tokenize_it, peers_trex
from bench.operations import GROUPS, Measurement, Operation
from bench.stage import opened

OURS = civitas_side.NAME
SIDES = (
    peers_openzeppelin.measure,
    peers_snekmate.measure,
    peers_trex.measure,
    peers_tokenize_it.measure,
    civitas_side.measure,
)
HERE = Path(__file__).parent

INTRODUCTION = """\
# Gas, ours and the peers'

Written by `make bench`. Gas of a receipt, 21,000 and calldata included, one transaction per block.
How it is measured, and what the peers' names mean: [README.md](README.md).
"""


def main() -> None:
    logger.set_level(LogLevel.WARNING)
    with opened() as stage:
        measurements = [measurement for side in SIDES for measurement in side(stage)]
    found = rows(measurements)
    (HERE / "gas.json").write_text(json.dumps({"rows": found}, indent=2) + "\n")
    text = table(found)
    (HERE / "gas.md").write_text(text)
    print(text)


def rows(measurements: list[Measurement]) -> list[dict[str, Any]]:
    """One row per operation that somebody has, sorted by operation and by peer."""
    sentences = sorted({operation for m in measurements for operation in m.figures})
    return [
        {
            "operation": operation.value,
            "civitas": next(iter(_figures(measurements, operation, ours=True).values()), None),
            "peers": _figures(measurements, operation, ours=False),
        }
        for operation in sentences
    ]


def table(found: list[dict[str, Any]]) -> str:
    by_operation = {row["operation"]: row for row in found}
    lines = [INTRODUCTION]
    for group, operations in GROUPS.items():
        lines += [f"## {group}", ""]
        lines += ["| Operation | Civitas | Peer | Peer's gas | Civitas / peer |"]
        lines += ["|---|--:|---|--:|--:|"]
        for operation in operations:
            if row := by_operation.get(operation):
                lines += _lines(row)
        lines += [""]
    return "\n".join(lines)


def _lines(row: dict[str, Any]) -> list[str]:
    ours = row["civitas"]
    shown = "–" if ours is None else f"{ours:,}"
    if not row["peers"]:
        return [f"| {row['operation']} | {shown} | none | – | – |"]
    return [
        f"| {row['operation']} | {shown} | {peer} | {gas:,} | {_ratio(ours, gas)} |"
        for peer, gas in row["peers"].items()
    ]


def _ratio(ours: int | None, gas: int) -> str:
    return "–" if ours is None else f"{ours / gas:.2f}"


def _figures(
    measurements: list[Measurement], operation: Operation, *, ours: bool
) -> dict[str, int]:
    return {
        m.name: m.figures[operation]
        for m in sorted(measurements, key=lambda m: m.name)
        if operation in m.figures and (m.name == OURS) is ours
    }


if __name__ == "__main__":
    main()
