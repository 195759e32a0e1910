"""Files that people write, as text or as a checked model, with errors that name the line."""

import codecs
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from civitas.errors import InputErrors, RowError

Model = TypeVar("Model", bound=BaseModel)

_PLAIN_WORDS = {"missing": "is missing", "extra_forbidden": "is not a known key"}


def read_text(path: Path) -> str:
    """The text of a UTF-8 file, with or without a byte order mark.

    Raises InputErrors when the file is absent, is a directory, can't be opened, is not UTF-8 or
    holds NUL bytes. The last two name the first line concerned.
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise _whole_file(path, "no such file") from None
    except IsADirectoryError:
        raise _whole_file(path, "is a directory, expected a file") from None
    except OSError as error:
        raise _whole_file(path, f"can't be read: {error.strerror}") from None
    raw = raw.removeprefix(codecs.BOM_UTF8)
    # The lines of a CSV reader: bytes split at \n, \r and \r\n only.
    if bad := [n for n, line in enumerate(raw.splitlines(), 1) if b"\0" in line]:
        raise InputErrors([RowError(path.as_posix(), bad[0], None, "has a NUL byte" + _more(bad))])
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        bad = [n for n, line in enumerate(raw.splitlines(), 1) if not _is_utf8(line)]
        what = f"byte 0x{raw[error.start]:02x} is not UTF-8{_more(bad)}; save the file as UTF-8"
        raise InputErrors([RowError(path.as_posix(), bad[0], None, what)]) from None


def read_toml(path: Path, model: type[Model]) -> Model:
    """A TOML file as a checked model. Decimal fractions arrive as Decimal, never as float.

    Raises InputErrors, one row for each key that is wrong.
    """
    try:
        data = tomllib.loads(read_text(path), parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise _whole_file(path, f"is not valid TOML: {error}") from None
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise InputErrors(
            RowError(
                path.as_posix(),
                None,
                ".".join(str(part) for part in detail["loc"]) or None,
                _PLAIN_WORDS.get(detail["type"], detail["msg"].removeprefix("Value error, ")),
            )
            for detail in error.errors()
        ) from None


def _whole_file(path: Path, message: str) -> InputErrors:
    return InputErrors([RowError(path.as_posix(), None, None, message)])


def _more(lines: list[int]) -> str:
    return f" (lines affected: {len(lines)})" if len(lines) > 1 else ""


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
