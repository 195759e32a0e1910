"""Figures that were reckoned twice, and where two accounts of one thing first differ."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from civitas.errors import CivitasError


class Different(CivitasError):
    """Two accounts of one thing differ; the message names the first difference."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: what the chain says, and what was reckoned again."""

    name: str
    chain: str
    again: str

    @property
    def holds(self) -> bool:
        return self.chain == self.again


def require_equal(figures: Iterable[Figure]) -> None:
    """Raises Different, which names the first figure that does not hold."""
    for figure in figures:
        if not figure.holds:
            raise Different(
                f"{figure.name}: the chain says {figure.chain}, reckoned again {figure.again}"
            )


def first_difference(one: Any, other: Any, place: str = "") -> tuple[str, str, str] | None:
    """Where two JSON documents first differ, as in ("readings[3][1]", "7", "8"); None if equal."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for key in sorted({*one, *other}):
            at = f"{place}.{key}" if place else str(key)
            if key not in one or key not in other:
                return at, _short(one.get(key)), _short(other.get(key))
            if found := first_difference(one[key], other[key], at):
                return found
        return None
    if _is_list(one) and _is_list(other):
        for index, (left, right) in enumerate(zip(one, other, strict=False)):
            if found := first_difference(left, right, f"{place}[{index}]"):
                return found
        if len(one) != len(other):
            return f"number of {place}", str(len(one)), str(len(other))
        return None
    # True is 1 for Python, and not for JSON.
    if isinstance(one, bool) is isinstance(other, bool) and one == other:
        return None
    return place, _short(one), _short(other)


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _short(value: Any) -> str:
    text = "nothing" if value is None else str(value)
    return text if len(text) <= 80 else text[:77] + "..."
