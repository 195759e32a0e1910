"""A jurisdiction as data: currency, property and investor classes, default weights.

The profiles in this folder are found by name; a city's own profile is a path to a TOML file.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from civitas.clock import Clock
from civitas.errors import CivitasError, InputErrors, RowError, UnknownClass
from civitas.profiles.text_file import read_toml

BPS = 10_000

# Fits a short on-chain string with its length.
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{0,30}$")]
Label = Annotated[str, StringConstraints(min_length=1, max_length=80, strip_whitespace=True)]
Bps = Annotated[int, Field(ge=0, le=BPS)]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Currency(_Table):
    """What amounts are in: `decimals` digits of a unit are kept, so a base unit is 10^-decimals."""

    symbol: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3,5}$")]
    decimals: Annotated[int, Field(ge=0, le=18)]

    def base_units(self, text: str) -> int:
        """ "12.50" in base units. Raises CivitasError for anything but a plain positive number."""
        whole, _, part = text.partition(".")
        is_plain = (whole + part).isascii() and (whole + part).isdigit() and whole != ""
        if not is_plain or text.endswith(".") or len(part) > self.decimals:
            digits = f"at most {self.decimals} decimals" if self.decimals else "no decimals"
            raise CivitasError(f"amount {text!r}: write {self.symbol} as digits with {digits}")
        amount: int = int(whole) * 10**self.decimals + int(part.ljust(self.decimals, "0") or 0)
        if not 0 < amount < 2**128:
            raise CivitasError(f"amount {text!r}: must be more than 0 and below 2^128 base units")
        return amount


class PropertyClass(_Table):
    """What the law lets the city do with an asset, and the rent expected of it.

    `yield_bps` is the annual rent as a share of value, for leases generated without a lease file.
    """

    code: Code
    label: Label
    label_local: Label
    is_tokenisable: bool
    is_leasable: bool
    yield_bps: Bps
    # How long a use-permit may run, where the law allows no lease; 0 for none.
    permit_months: Annotated[int, Field(ge=0, le=600)] = 0

    @model_validator(mode="after")
    def _rent_needs_a_lease(self) -> Self:
        if self.yield_bps and not self.is_leasable:
            raise ValueError(f"{self.code} is not leasable, yet yields {self.yield_bps} bps")
        if self.permit_months and self.is_leasable:
            raise ValueError(f"{self.code} is leasable, so it needs no use-permit")
        return self


class InvestorClass(_Table):
    """A kind of investor that compliance rules and tax tables tell apart."""

    code: Code
    label: Label
    label_local: Label


class Proof(StrEnum):
    """What must be proven of an asset before it is offered; the order is that of the contract."""

    TITLE = "TITLE"
    LIENS = "LIENS"  # that there are none, or which
    INSURANCE = "INSURANCE"
    TAX = "TAX"  # that taxes are paid

    @property
    def kind(self) -> int:
        return list(Proof).index(self)


class AppraisalLimits(_Table):
    """What makes appraisers' filings a value."""

    quorum: Annotated[int, Field(ge=1, le=3)]  # fresh filings that a value needs
    spread_bps: Bps  # two further apart need a third
    deviation_bps: Bps  # of three, another must be this close to the middle one
    max_age_days: Annotated[int, Field(ge=1, le=36_500)]


class SplitterRules(_Table):
    """How shares of income are cut, and how long ahead a splitter's rules are announced."""

    quantum: Annotated[int, Field(ge=1, lt=2**96)]  # base units of the currency
    is_rest_to_first: bool  # what cutting leaves: to the first payee, or to later income
    notice_days: Annotated[int, Field(ge=0, le=366)]


class SplitterWeights(_Table):
    """How an asset's income is split by default, in bps of what is left after reserves and debt."""

    holders: Bps
    treasury: Bps

    @model_validator(mode="after")
    def _weights_are_whole(self) -> Self:
        if (total := self.holders + self.treasury) != BPS:
            raise ValueError(f"payee weights sum to {total} bps, expected {BPS}")
        return self


# A sum of the currency, of which the tax table keeps six digits behind the point.
Sum = Annotated[Decimal, Field(ge=0, lt=10**12, decimal_places=6)]
MICRO = 10**6
UNIDENTIFIED = "UNIDENTIFIED"  # whom no investor stands behind


class WithholdingRule(_Table):
    """What is withheld from income of a class of holders, from the first second of a day on.

    The local tax is a share of the national one. A national tax below the threshold is not
    collected; each tax is cut down to a multiple of the quantum.
    """

    investor_class: Code  # of the profile, or UNIDENTIFIED
    country: Annotated[int, Field(ge=0, le=999)]  # ISO 3166-1 numeric; 0 for any
    is_treaty: bool = False  # counts for those who filed a form
    effective_from: date
    national_bps: Bps
    local_bps: Bps
    threshold: Sum
    quantum: Sum

    @model_validator(mode="after")
    def _taxes_are_within_the_income(self) -> Self:
        if self.national_bps * (BPS + self.local_bps) > BPS * BPS:
            raise ValueError(f"{self.investor_class}: both taxes together exceed the income")
        return self

    @property
    def threshold_micro(self) -> int:
        return int(self.threshold * MICRO)

    @property
    def quantum_micro(self) -> int:
        return int(self.quantum * MICRO)


class Tariff(_Table):
    """What counts for leases of a use, as the rent table keeps it; {base units}, {bps} and {day}.

    A year's rent is at least value * numerator // denominator; a numerator of 0 leaves it to the
    parties. Late fees are a share a year of what is late, from the end of the days of grace, and at
    most a share of all rent that was ever late. An index of 0 is none; else the rent follows it on
    each anniversary, no further than floor and cap, and by the fallback where no value is recent
    enough.
    """

    use: Code
    rate_numerator: Annotated[int, Field(ge=0, lt=2**128)] = 0
    rate_denominator: Annotated[int, Field(ge=0, lt=2**128)] = 0
    vat_bps: Bps = 0
    quantum: Annotated[int, Field(ge=1, lt=2**64)]
    day_divisor: Annotated[int, Field(ge=360, le=366)]
    grace_days: Annotated[int, Field(ge=0, lt=2**16)]
    late_bps: Annotated[int, Field(ge=0, lt=2**16)]
    late_cap_bps: Bps
    occupation_bps: Bps
    default_days: Annotated[int, Field(ge=0, lt=2**16)]
    settle_days: Annotated[int, Field(ge=0, le=255)]
    index_id: Annotated[int, Field(ge=0, lt=2**16)] = 0
    floor_bps: Bps = 0
    cap_bps: Bps = 0
    max_age_months: Annotated[int, Field(ge=0, le=24)] = 0
    fallback_bps: Bps = 0

    @model_validator(mode="after")
    def _rate_and_index_are_whole(self) -> Self:
        if (self.rate_numerator == 0) != (self.rate_denominator == 0):
            raise ValueError(f"{self.use}: a rate has a numerator and a denominator")
        if self.rate_numerator > self.rate_denominator:
            raise ValueError(f"{self.use}: the rate is above the value")
        if (self.index_id == 0) != (self.max_age_months == 0):
            raise ValueError(f"{self.use}: an index needs the age that a value may have")
        return self

    @property
    def words(self) -> tuple[int, ...]:
        """In the order of the contract's struct."""
        return tuple(getattr(self, name) for name in type(self).model_fields if name != "use")


Class = TypeVar("Class", PropertyClass, InvestorClass)


class Profile(_Table):
    """The rules of one jurisdiction. The order of the classes is part of the data."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,30}$")]
    city: Label
    country: Annotated[int, Field(ge=1, le=999)]  # ISO 3166-1 numeric
    currency: Currency
    utc_offset_minutes: Annotated[int, Field(ge=-720, le=840)]
    fiscal_year_start_month: Annotated[int, Field(ge=1, le=12)]
    property_classes: Annotated[tuple[PropertyClass, ...], Field(min_length=1)]
    investor_classes: Annotated[tuple[InvestorClass, ...], Field(min_length=1)]
    splitter_rules: SplitterRules
    splitter_weights_bps: SplitterWeights
    required_proofs: tuple[Proof, ...]  # of an asset that is offered
    appraisals: AppraisalLimits
    tariffs: Annotated[tuple[Tariff, ...], Field(min_length=1, max_length=32)]
    # Of one class and country in the order of time.
    withholding: Annotated[tuple[WithholdingRule, ...], Field(min_length=1, max_length=64)]

    @property
    def clock(self) -> Clock:
        return Clock(self.utc_offset_minutes)

    @model_validator(mode="after")
    def _withholding_is_of_known_classes_in_order(self) -> Self:
        known = {UNIDENTIFIED, *(each.code for each in self.investor_classes)}
        last: dict[tuple[str, int, bool], date] = {}
        for rule in self.withholding:
            if rule.investor_class not in known:
                raise ValueError(f"withholding: {rule.investor_class} is no investor class")
            key = (rule.investor_class, rule.country, rule.is_treaty)
            if key in last and rule.effective_from <= last[key]:
                raise ValueError(
                    f"withholding: {rule.investor_class} from {rule.effective_from} "
                    "does not come after the rule before it"
                )
            last[key] = rule.effective_from
        return self

    @field_validator("tariffs")
    @classmethod
    def _uses_are_unique(cls, tariffs: tuple[Tariff, ...]) -> tuple[Tariff, ...]:
        uses = [each.use for each in tariffs]
        if twice := sorted({use for use in uses if uses.count(use) > 1}):
            raise ValueError(f"{', '.join(twice)} appears more than once")
        if all(each.rate_numerator for each in tariffs):
            raise ValueError("no use leaves the rent to the parties")
        return tariffs

    @property
    def agreed_use(self) -> str:
        """The first use whose rent is left to the parties."""
        return next(each.use for each in self.tariffs if not each.rate_numerator)

    def tariff(self, use: str) -> Tariff | None:
        return next((each for each in self.tariffs if each.use == use), None)

    @field_validator("property_classes", "investor_classes")
    @classmethod
    def _codes_are_unique(cls, classes: tuple[Class, ...]) -> tuple[Class, ...]:
        codes = [each.code for each in classes]
        if twice := sorted({code for code in codes if codes.count(code) > 1}):
            raise ValueError(f"{', '.join(twice)} appears more than once")
        return classes

    @property
    def required_proofs_bits(self) -> int:
        """As the contract keeps them: bit n for the proof of kind n."""
        return sum({1 << proof.kind for proof in self.required_proofs})

    @classmethod
    def load(cls, name_or_path: str | Path) -> Self:
        """A profile of this package by its name ("kr"), or any profile by the path of its file.

        A string that ends in ".toml" is a path. Raises InputErrors.
        """
        if isinstance(name_or_path, Path) or name_or_path.endswith(".toml"):
            return read_toml(Path(name_or_path), cls)
        known = {path.stem: path for path in sorted(Path(__file__).parent.glob("*.toml"))}
        if name_or_path not in known:
            what = f"no such profile; there are {', '.join(known)}, or give a path to a .toml file"
            raise InputErrors([RowError(name_or_path, None, None, what)])
        return read_toml(known[name_or_path], cls)

    def property_class(self, code: str) -> PropertyClass:
        """Raises UnknownClass."""
        return _find(self.property_classes, code)

    def investor_class(self, code: str) -> InvestorClass:
        """Raises UnknownClass."""
        return _find(self.investor_classes, code)


def _find(classes: Sequence[Class], code: str) -> Class:
    for each in classes:
        if each.code == code:
            return each
    known = ", ".join(each.code for each in classes)
    raise UnknownClass(f"{code!r} is unknown; the profile has {known}")
