"""How people write what the contracts count: tonnes, batch ids, days and short codes."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
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
