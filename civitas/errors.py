"""What can go wrong in the package, by name. A message says what to do or what was expected."""

from collections.abc import Iterable
from dataclasses import dataclass


class CivitasError(Exception):
    """Base of every error this package raises on purpose."""


class UnknownClass(CivitasError):
    """A property or investor class that the profile lacks; the message lists those it has."""


@dataclass(frozen=True, slots=True)
class RowError:
    """One thing wrong in a file that people wrote.

    `line` counts from 1 and is None when the file as a whole is meant. `column` is a CSV header or
    a dotted TOML key.
    """

    file: str
    line: int | None
    column: str | None
    message: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return ": ".join(part for part in (place, self.column, self.message) if part)


class InputErrors(CivitasError):
    """Everything wrong in one file, in the order of its lines; `str()` gives one error a line."""

    def __init__(self, rows: Iterable[RowError]) -> None:
        self.rows = tuple(sorted(rows, key=lambda row: row.line or 0))
        super().__init__(self.rows)

    def __str__(self) -> str:
        return "\n".join(str(row) for row in self.rows)
