"""How people write what the contracts count: tonnes, batch ids, days and short codes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Self

from civitas.errors import CivitasError
from civitas.report.money import digits, trimmed

DECIMALS = 8  # of CarbonCredit
TONNE = 100_000_000  # {1e-8 tCO2e}
_EPOCH = date(1970, 1, 1)
_WORD = 2**64


def tonnes_text(amount: int) -> str:
    """{1e-8 tCO2e} as people read it: `tonnes_text(1_250_000_000)` is "12.5"."""
    return trimmed(digits(amount, DECIMALS))


def parse_tonnes(text: str) -> int:
    """ "12.5" as {1e-8 tCO2e}. Raises CivitasError for anything but a positive plain number."""
    whole, _, part = text.partition(".")
    plain = (whole + part).isascii() and (whole + part).isdigit() and whole != ""
    if not plain or text.endswith(".") or len(part) > DECIMALS:
        raise CivitasError(
            f"amount {text!r}: write tonnes as digits with at most {DECIMALS} decimals, as in 12.5"
        )
    amount = int(whole) * TONNE + int(part.ljust(DECIMALS, "0"))
    if not 0 < amount < _WORD:
        raise CivitasError(f"amount {text!r}: more than 0 and less than 184 billion tonnes")
    return amount


@dataclass(frozen=True, slots=True, order=True)
class BatchId:
    """Which batch: its project, the kind of its units, and its number in the project."""

    project: int
    kind: int
    number: int

    @property
    def token_id(self) -> int:
        return self.project << 128 | self.kind << 64 | self.number

    @classmethod
    def of(cls, token_id: int) -> Self:
        return cls(token_id >> 128, token_id >> 64 & _WORD - 1, token_id & _WORD - 1)

    @classmethod
    def parse(cls, text: str) -> Self:
        """A token id, or project/kind/number as in "3/0/1". Raises CivitasError."""
        parts = text.split("/")
        if all(part.isascii() and part.isdigit() for part in parts):
            numbers = [int(part) for part in parts]
            if len(numbers) == 1 and numbers[0] >> 128 and numbers[0] < 2**256:
                return cls.of(numbers[0])
            if len(numbers) == 3 and max(numbers[1:]) < _WORD and numbers[0] < 2**128:
                return cls(*numbers)
        raise CivitasError(f"batch {text!r}: give a token id, or project/kind/number as in 3/0/1")

    def __str__(self) -> str:
        return f"{self.project}/{self.kind}/{self.number}"


@dataclass(frozen=True, slots=True)
class Clock:
    """A city's days: its time zone has one offset all year, as the lease contract keeps it."""

    offset_minutes: int

    def period(self, first: date, last: date) -> tuple[int, int]:
        """{s} from the beginning of `first` to the end of `last`. Raises CivitasError."""
        if first > last:
            raise CivitasError(f"the period ends on {last}, before it begins on {first}")
        return self._midnight(first), self._midnight(last + timedelta(days=1))

    def last_second(self, day: date) -> int:
        """{s}"""
        return self.period(day, day)[1] - 1

    def year(self, number: int) -> tuple[int, int]:
        """{s} from the beginning of a year to its end."""
        return self.period(date(number, 1, 1), date(number, 12, 31))

    def day(self, moment: int) -> date:
        """The local day of a moment."""
        return datetime.fromtimestamp(moment, UTC).astimezone(self._zone).date()

    def text(self, moment: int) -> str:
        """A moment in local time, to the second where that says more than the minute."""
        local = datetime.fromtimestamp(moment, UTC).astimezone(self._zone)
        return local.strftime("%Y-%m-%d %H:%M:%S" if local.second else "%Y-%m-%d %H:%M")

    @property
    def name(self) -> str:
        hours, minutes = divmod(abs(self.offset_minutes), 60)
        return f"UTC{'-' if self.offset_minutes < 0 else '+'}{hours:02}:{minutes:02}"

    @property
    def _zone(self) -> timezone:
        return timezone(timedelta(minutes=self.offset_minutes))

    def _midnight(self, day: date) -> int:
        return int(datetime(day.year, day.month, day.day, tzinfo=self._zone).timestamp())


def day_number(day: date) -> int:
    """Days from 1970-01-01, as a certificate counts. Raises CivitasError outside of 16 bits."""
    number = (day - _EPOCH).days
    if not 0 < number < 2**16:
        raise CivitasError(f"{day} is outside of what a certificate can state: 1970 to 2149")
    return number


def day_of(number: int) -> date:
    return _EPOCH + timedelta(days=number)


def utc_text(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def code_text(code: bytes) -> str:
    """A bytes32 code of ASCII letters, padded with zeros. Raises CivitasError for other bytes."""
    raw = bytes(code).rstrip(b"\0")
    if not raw.isascii() or not raw.decode("ascii").isprintable():
        raise CivitasError(f"0x{bytes(code).hex()} is not a code of ASCII letters")
    return raw.decode("ascii")


def table(headers: Iterable[str], rows: Iterable[Iterable[str]], numbers: Iterable[int]) -> str:
    """Columns of plain text; those in `numbers` are set to the right."""
    right = frozenset(numbers)
    lines = [list(headers), *(list(row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if place in right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )
