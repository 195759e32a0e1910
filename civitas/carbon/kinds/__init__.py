"""Kinds of carbon units and purposes of retirement: data of a jurisdiction, beside its profile."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from civitas.errors import CivitasError, InputErrors, RowError
from civitas.profiles.text_file import read_toml

Code = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{0,30}$")]
Label = Annotated[str, StringConstraints(min_length=1, max_length=80, strip_whitespace=True)]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Kind(_Table):
    """A kind of units; `number` is what token ids carry."""

    number: Annotated[int, Field(ge=0, lt=2**8)]
    code: Code
    label: Label
    label_local: Label


class Conversion(_Table):
    """Units of one kind may be turned into another."""

    from_kind: Code
    to_kind: Code


class Purpose(_Table):
    """What a retirement is for; a gated one asks for batches that the host country authorised."""

    number: Annotated[int, Field(ge=0, lt=2**16)]
    code: Code
    label: Label
    label_local: Label
    is_gated: bool


class Kinds(_Table):
    """The kinds, conversions and purposes of one jurisdiction."""

    kinds: Annotated[tuple[Kind, ...], Field(min_length=1)]
    conversions: tuple[Conversion, ...] = ()
    purposes: Annotated[tuple[Purpose, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _everything_is_known_once(self) -> Self:
        for what, each in (("kinds", self.kinds), ("purposes", self.purposes)):
            for column in ("number", "code"):
                values = [getattr(row, column) for row in each]
                if twice := sorted({str(value) for value in values if values.count(value) > 1}):
                    raise ValueError(f"{what}: {column} {', '.join(twice)} more than once")
        numbers = {kind.code: kind.number for kind in self.kinds}
        for pair in self.conversions:
            if missing := {pair.from_kind, pair.to_kind} - set(numbers):
                raise ValueError(f"conversions: {', '.join(sorted(missing))} is no kind")
            if numbers[pair.from_kind] >= numbers[pair.to_kind]:
                raise ValueError(
                    f"conversions: {pair.from_kind} to {pair.to_kind}: "
                    "only to a kind with a higher number, so that none runs in a circle"
                )
        return self

    @classmethod
    def load(cls, profile: str | Path) -> Self:
        """Those of a profile of this package by its name, or any by the path of a TOML file.

        Raises InputErrors.
        """
        if isinstance(profile, Path) or profile.endswith(".toml"):
            return read_toml(Path(profile), cls)
        known = {path.stem: path for path in sorted(Path(__file__).parent.glob("*.toml"))}
        if profile not in known:
            what = f"no such profile; there are {', '.join(known)}, or give a path to a .toml file"
            raise InputErrors([RowError(profile, None, None, what)])
        return read_toml(known[profile], cls)

    def conversion_numbers(self) -> frozenset[tuple[int, int]]:
        """The allowed conversions by the kinds' numbers."""
        numbers = {kind.code: kind.number for kind in self.kinds}
        return frozenset(
            (numbers[each.from_kind], numbers[each.to_kind]) for each in self.conversions
        )

    def kind_label(self, number: int) -> str:
        """The code of a kind, or its number where the profile lacks it."""
        return next((each.code for each in self.kinds if each.number == number), f"kind {number}")

    def purpose_label(self, number: int) -> str:
        """The label of a purpose, or its number where the profile lacks it."""
        return next(
            (each.label for each in self.purposes if each.number == number), f"purpose {number}"
        )

    def purpose(self, text: str) -> Purpose:
        """A purpose by its code or its number. Raises CivitasError."""
        for each in self.purposes:
            if text.upper() == each.code or text == str(each.number):
                return each
        known = ", ".join(f"{each.number} {each.code}" for each in self.purposes)
        raise CivitasError(f"purpose {text!r}: the profile has {known}")
