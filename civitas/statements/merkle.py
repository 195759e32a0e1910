"""A tree of hashes over statements: the root stands for all of them, a path for one of them.

Leaves and nodes are hashed with different first bytes, so that no node passes for a leaf. A node
without a partner goes up as it is.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from eth_utils.crypto import keccak


class Step(NamedTuple):
    """A hash beside the path, and the side on which it stands."""

    side: Literal["left", "right"]
    hash: bytes


def leaf(text: bytes) -> bytes:
    return bytes(keccak(b"\x00" + text))


def _node(left: bytes, right: bytes) -> bytes:
    return bytes(keccak(b"\x01" + left + right))


def _above(row: Sequence[bytes]) -> list[bytes]:
    nodes = [_node(*row[i : i + 2]) for i in range(0, len(row) - 1, 2)]
    return nodes + [row[-1]] if len(row) % 2 else nodes


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over at least one leaf, in their order."""
    row = list(leaves)
    while len(row) > 1:
        row = _above(row)
    return row[0]


def path(leaves: Sequence[bytes], index: int) -> list[Step]:
    """What leads from one leaf to the root."""
    steps = []
    row, place = list(leaves), index
    while len(row) > 1:
        if place % 2:
            steps.append(Step("left", row[place - 1]))
        elif place + 1 < len(row):
            steps.append(Step("right", row[place + 1]))
        row, place = _above(row), place // 2
    return steps


def climb(start: bytes, steps: Sequence[Step]) -> bytes:
    """The root that a leaf and its path lead to."""
    reached = start
    for step in steps:
        reached = _node(step.hash, reached) if step.side == "left" else _node(reached, step.hash)
    return reached
