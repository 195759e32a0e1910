"""Many alike in few transactions: as many in each as its gas and the contract allow."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from ape import chain

from civitas.chain.transactions import Prepared
from civitas.errors import CivitasError

T = TypeVar("T")

# What a transaction may use on the chains that bound it (EIP-7825), less a tenth.
MAX_GAS = 15_000_000


@dataclass(frozen=True)
class Batch(Generic[T]):
    """What one transaction does, all or none."""

    items: tuple[T, ...]
    prepared: Prepared


def gas_limit(asked: int | None = None) -> int:
    """{gas} Of one transaction: half a block, unless something else was asked for."""
    return asked or min(MAX_GAS, int(chain.blocks.head.gas_limit) // 2)


def batches(
    items: Sequence[T],
    prepare: Callable[[Sequence[T]], Prepared],
    most: int,
    names: tuple[str, str],
    max_gas: int | None = None,
) -> list[Batch[T]]:
    """Items in their order, at most so many in a transaction; `names` are of one and of several.

    The estimate of each is its simulation: it must not depend on the batches before it. Raises
    CivitasError with the chain's reason, and where one item takes more than `max_gas`.
    """
    limit = gas_limit(max_gas)
    found: list[Batch[T]] = []
    start, size = 0, most
    while start < len(items):
        while True:
            batch = tuple(items[start : start + size])
            prepared = prepare(batch)
            gas = prepared.estimate()
            if gas <= limit:
                break
            if len(batch) == 1:
                raise CivitasError(f"one {names[0]} takes {gas:,} gas, {limit:,} are allowed")
            # {item} = {item} * {gas} // {gas}, down
            size = min(max(1, len(batch) * limit // gas), len(batch) - 1)
        found.append(Batch(batch, replace(prepared, gas=gas)))
        start += len(batch)
    return [
        Batch(each.items, replace(each.prepared, label=_label(number, len(found), each, names)))
        for number, each in enumerate(found, 1)
    ]


def _label(number: int, of: int, batch: Batch[T], names: tuple[str, str]) -> str:
    return f"batch {number} of {of}: {len(batch.items)} {names[1]}"
