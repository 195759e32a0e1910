"""What a deployment is about to do and what became of it, written before and after it happens."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import Annotated, BinaryIO, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from civitas.errors import CivitasError

Event = Literal["intended", "sent", "mined", "lost", "failed"]


class Entry(BaseModel):
    """One line. Of a step: intended, sent once or more, and then mined, failed or lost.

    Lost means that another transaction took the nonce, so that this one can never be mined.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    event: Event
    step: str
    deployer: str
    chain_id: int
    nonce: Annotated[int, Field(ge=0)]
    digest: str  # keccak256 of receiver and data: what the transaction does
    block: Annotated[int, Field(ge=0)]  # head when intended, own block when mined
    transaction: str | None = None
    max_fee: int | None = None  # {wei} per gas
    priority_fee: int | None = None  # {wei} per gas


class Journal:
    """The lines of one network, in a file that only grows. `path` None keeps them in memory."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._entries = list(self._read())

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep every other run out while this one goes on, and begin with what they wrote.

        Raises CivitasError where another run has the journal.
        """
        if self.path is None:
            yield
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as file:
            try:
                flock(file, LOCK_EX | LOCK_NB)
            except BlockingIOError:
                raise CivitasError(
                    f"{self.path}: another run is writing to it; wait until it has ended"
                ) from None
            self._entries = list(self._read())
            try:
                yield
            finally:
                if self.path.stat().st_size == 0:  # nothing was to be done, or nothing could be
                    self.path.unlink()
                    with suppress(OSError):
                        self.path.parent.rmdir()

    def write(self, entry: Entry) -> None:
        """Add a line and wait until the disk has it."""
        if self.path is not None:
            append_line(self.path, entry.model_dump_json(exclude_none=True))
        self._entries.append(entry)

    def unfinished(self) -> list[list[Entry]]:
        """The last attempt of each step that nobody knows the end of."""
        attempts = [self.of(step) for step in dict.fromkeys(each.step for each in self._entries)]
        return [each for each in attempts if each and each[-1].event in ("intended", "sent")]

    def mined(self, chain_id: int) -> list[Entry]:
        return [
            each for each in self._entries if each.event == "mined" and each.chain_id == chain_id
        ]

    def of(self, step: str) -> list[Entry]:
        """The lines of the step's last attempt, the intention first; empty where there is none."""
        found = [entry for entry in self._entries if entry.step == step]
        starts = [index for index, entry in enumerate(found) if entry.event == "intended"]
        return found[starts[-1] :] if starts else []

    def _read(self) -> Iterator[Entry]:
        if self.path is None or not self.path.exists():
            return
        *lines, rest = self.path.read_bytes().split(b"\n")
        # The process died while it wrote a rest that is no line: it never acted on it.
        if rest and not _is_torn(rest):
            lines.append(rest)
        for number, line in enumerate(lines, 1):
            try:
                yield Entry.model_validate_json(line)
            except ValidationError as error:
                raise CivitasError(f"{self.path}:{number}: not a line of a journal") from error


def append_line(path: Path, line: str) -> None:
    """Add a line to a file and wait until the disk has it; a torn rest gives way to it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("rb+" if path.exists() else "wb+") as file:
        file.write(f"{_mend_end(file)}{line}\n".encode())
        file.flush()
        os.fsync(file.fileno())


def _mend_end(file: BinaryIO) -> str:
    """Go to where the next line begins, over a torn rest; what has to be written before it."""
    content = file.read()
    start = content.rfind(b"\n") + 1
    rest = content[start:]
    if rest and not _is_torn(rest):
        return "\n"  # whole, but for its end
    file.seek(start)
    file.truncate()
    return ""


def _is_torn(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return True
    return False
