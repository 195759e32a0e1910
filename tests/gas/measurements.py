"""Plays every scene on a new chain; keeps and compares the figures."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.gas.scenes import (
    climate,
    decisions,
    deployments,
    funds,
    holders,
    income,
    leases,
    offices,
    registers,
    revenue,
    rules,
    splitter_rules,
    tokens,
)
from tests.gas.stage import REFERENCE, opened

HERE = Path(__file__).parent
GAS_FILE = HERE / "gas.json"
SIZES_FILE = HERE / "sizes.json"

TOLERANCE_PERCENT = 2

# The order matters: the council takes office first, assets and investors come before what is
# built on them, the treasury's first income before other scenes bring some, the timelock last.
SCENES = (
    offices,
    registers,
    funds,
    tokens,
    holders,
    rules,
    revenue,
    income,
    climate,
    deployments,
    splitter_rules,
    decisions,
    leases,
)

Figures = Mapping[str, int]


@dataclass(frozen=True)
class Measured:
    gas: Figures  # {gas} of a receipt, 21,000 and calldata included
    sizes: Figures  # {byte} of code on the chain


def measure(network: str = REFERENCE) -> Measured:
    """All figures of the contracts as they are now. Two runs give the same."""
    with opened(network) as stage:
        for scene in SCENES:
            scene.play(stage)
    return Measured(stage.meter.gas, stage.meter.sizes)


def read(file: Path) -> Figures:
    return dict(json.loads(file.read_text(encoding="utf-8")))


def write(file: Path, figures: Figures) -> None:
    file.write_text(json.dumps(figures, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def differences(committed: Figures, measured: Figures) -> list[str]:
    """One line for each figure that is new, gone, or off by more than the tolerance."""
    lines = []
    for sentence in sorted({*committed, *measured}):
        old, new = committed.get(sentence), measured.get(sentence)
        if old is None:
            lines.append(f"{sentence}: not in the file, measured {new:,}")
        elif new is None:
            lines.append(f"{sentence}: {old:,} in the file, no longer measured")
        elif abs(new - old) * 100 > old * TOLERANCE_PERCENT:
            lines.append(f"{sentence}: {old:,} -> {new:,} ({(new - old) / old:+.1%})")
    return lines
