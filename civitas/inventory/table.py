"""A CSV file as rows whose fields are read one by one, while what is wrong is collected."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path

from civitas.errors import InputErrors, RowError
from civitas.profiles import Currency
from civitas.profiles.text_file import read_text

MAX_TEXT = 200  # characters
EARLIEST, LATEST = date(1971, 1, 1), date(2999, 12, 31)  # chain time is unsigned, in any time zone

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,30}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(?:\.[0-9]{1,40})?")


class Table:
    """The rows of a CSV file that have as many fields as its header.

    Raises InputErrors at once for what leaves no row to read: a file that can't be read, is empty,
    or whose header is wrong. All else is kept until `raise_errors`. Nothing after broken quotes is
    read, because it can't be told where the next row starts.
    """

    def __init__(self, path: Path, columns: Sequence[str], *, allow_others: bool = False) -> None:
        self.file = path.as_posix()
        self.seen: dict[tuple[str, str], int] = {}  # (column, value) -> line, for `Row.once`
        self._errors: list[RowError] = []
        records = self._records(read_text(path))
        line, header = next(records, (1, []))
        if not header and not self._errors:
            self.refuse(None, None, "the file is empty")
        self.raise_errors()
        at = self._positions(line, [cell.strip() for cell in header], columns, allow_others)
        self.raise_errors()
        self.rows: list[Row] = []
        for line, cells in records:
            if len(cells) == len(header):
                self.rows.append(Row(self, line, {name: cells[n] for name, n in at.items()}))
            else:
                self.refuse(line, None, f"has {len(cells)} fields, expected {len(header)}")

    def refuse(self, line: int | None, column: str | None, message: str) -> None:
        self._errors.append(RowError(self.file, line, column, message))

    def raise_errors(self) -> None:
        if self._errors:
            raise InputErrors(self._errors)

    def _records(self, text: str) -> Iterator[tuple[int, list[str]]]:
        """Each record with the line it starts on; blank lines are skipped."""
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                self.refuse(line, None, f"is not valid CSV: {error}")
                return
            if cells:
                yield line, cells

    def _positions(
        self, line: int, header: list[str], columns: Sequence[str], allow_others: bool
    ) -> dict[str, int]:
        for column in columns:
            if column not in header:
                self.refuse(line, column, "column is missing")
            elif header.count(column) > 1:
                self.refuse(line, column, "column appears more than once")
        for number, column in enumerate(header, 1):
            if column in columns or allow_others:
                continue
            if column:
                known = ", ".join(columns)
                self.refuse(line, None, f"unknown column {_short(column)}; expected {known}")
            else:
                self.refuse(line, None, f"column {number} has no name")
        return {column: header.index(column) for column in columns if column in header}


class Row:
    """One record. A field that can't be read is reported, and a placeholder returned: the file is
    then refused as a whole, so no placeholder leaves its reader."""

    def __init__(self, table: Table, line: int, cells: dict[str, str]) -> None:
        self.line = line
        self.is_sound = True
        self._table = table
        self._cells = cells

    def refuse(self, column: str, message: str) -> None:
        self.is_sound = False
        self._table.refuse(self.line, column, message)

    def once(self, column: str, value: str) -> None:
        """Refuse a value that an earlier row has in this column; upper and lower case are alike."""
        first = self._table.seen.setdefault((column, value.casefold()), self.line)
        if value and first != self.line:
            self.refuse(column, f"{_short(value)} is already used on line {first}")

    def raw(self, column: str) -> str:
        """The field without spaces around it, in composed Unicode form (NFC)."""
        return unicodedata.normalize("NFC", self._cells[column]).strip()

    def text(self, column: str) -> str:
        """A field that is not empty, inner white space reduced to single spaces."""
        text = " ".join(self.raw(column).split())
        if not text:
            self.refuse(column, "is empty")
        elif len(text) > MAX_TEXT:
            self.refuse(column, f"must be at most {MAX_TEXT} characters, got {len(text)}")
        elif any(unicodedata.category(letter).startswith("C") for letter in text):
            self.refuse(column, f"has a control character: {_short(text)}")
        else:
            return text
        return ""

    def code(self, column: str) -> str:
        """A reference: up to 31 ASCII letters, digits, "-", "_" or ".", no sign in front."""
        text = self.text(column)
        if text and not _CODE.fullmatch(text):
            what = "must be 1 to 31 letters, digits, '-', '_' or '.'"
            self.refuse(column, f"{what}, got {_short(text)}")
        return text

    def day(self, column: str) -> date:
        text = self.text(column)
        try:
            day = date.fromisoformat(text) if _DATE.fullmatch(text) else None
        except ValueError:
            day = None
        if day is None:
            if text:
                self.refuse(column, f"must be a date like 2027-01-31, got {_short(text)}")
            return EARLIEST
        if not EARLIEST <= day <= LATEST:
            self.refuse(column, f"must be between {EARLIEST} and {LATEST}, got {day}")
        return day

    def number(self, column: str, *, is_positive: bool) -> Fraction:
        """A plain decimal number, exactly; positive, or else at least 0."""
        return self._number(column, is_positive=is_positive) or Fraction(0)

    def whole(self, column: str, *, bits: int = 64) -> int:
        """A whole number from 0 to 2^bits - 1."""
        return self._scaled(column, 0, "must be a whole number", bits, is_positive=False) or 0

    def whole_within(self, column: str, least: int, most: int) -> int:
        value = self._scaled(column, 0, "must be a whole number", 64, is_positive=False)
        if value is not None and not least <= value <= most:
            self.refuse(column, f"must be {least} to {most}, got {value}")
        return value or 0

    def area_dm2(self, column: str) -> int:
        """A positive area written in m² with up to two decimals, in {0.01 m²}."""
        return self._scaled(column, 2, "must have at most 2 decimals", 64, is_positive=True) or 0

    def money(self, column: str, currency: Currency, *, bits: int) -> int:
        """A positive amount written in units of the currency, in {currency base units}."""
        decimals = currency.decimals
        too_fine = f"{currency.symbol} has {decimals or 'no'} decimals"
        return self._scaled(column, decimals, too_fine, bits, is_positive=True) or 0

    def _number(self, column: str, *, is_positive: bool) -> Fraction | None:
        text = self.text(column)
        if text and not _NUMBER.fullmatch(text):
            self.refuse(column, f"must be a plain number, got {_short(text)}")
        elif text and is_positive and Fraction(text) <= 0:
            self.refuse(column, f"must be positive, got {text}")
        elif text and Fraction(text) < 0:
            self.refuse(column, f"must not be negative, got {text}")
        else:
            return Fraction(text) if text else None
        return None

    def _scaled(
        self, column: str, decimals: int, too_fine: str, bits: int, *, is_positive: bool
    ) -> int | None:
        number = self._number(column, is_positive=is_positive)
        if number is None:
            return None
        text = self.raw(column)
        if len(text.partition(".")[2]) > decimals:
            self.refuse(column, f"{too_fine}, got {text}")
            return None
        scaled = int(number * 10**decimals)
        if scaled >= 2**bits:
            scale = f" / 10^{decimals}" if decimals else ""
            self.refuse(column, f"must be below 2^{bits}{scale}, got {text}")
            return None
        return scaled


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:37] + "...")
