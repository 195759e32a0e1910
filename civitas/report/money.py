"""Amounts as text. Integers throughout: no amount passes through a binary float on its way here."""

from dataclasses import dataclass
from decimal import Decimal
from operator import index

UNITS = ((12, "tn"), (9, "bn"), (6, "m"))  # power of ten, its short name


def digits(amount: int, decimals: int) -> str:
    """An integer of base units as a grouped decimal number: `digits(1234567, 2)` is 12,345.67."""
    whole, part = divmod(abs(index(amount)), 10**decimals)
    sign = "-" if amount < 0 else ""
    return f"{sign}{whole:,}.{part:0{decimals}}" if decimals else f"{sign}{whole:,}"


def trimmed(number: str) -> str:
    """The same number without zeros at the end of its decimals."""
    return number.rstrip("0").rstrip(".") if "." in number else number


def divided(numerator: int, denominator: int, decimals: int) -> str:
    """A quotient as text, its last place rounded half up; `numerator` is not negative."""
    scaled = index(numerator) * 10**decimals
    return digits((2 * scaled + denominator) // (2 * denominator), decimals)


@dataclass(frozen=True)
class Currency:
    """A currency as the profile names it; amounts are integers in its base unit."""

    symbol: str
    decimals: int

    def exact(self, amount: int) -> str:
        """Every base unit, as in "USD 1,234.567890"."""
        return f"{self.symbol} {digits(amount, self.decimals)}"

    def short(self, amount: int) -> str:
        """For a glance: two decimals, and a unit from a million up, as in "USD 1.23 m"."""
        return f"{self.symbol} {self.short_number(amount)}"

    def short_number(self, amount: int) -> str:
        """`short` without the symbol; an amount that two decimals would hide is written out."""
        size, sign = abs(index(amount)), "-" if amount < 0 else ""
        for power, unit in UNITS:
            one = 10 ** (power + self.decimals)
            if size >= one:
                return f"{sign}{divided(size, one, 2)} {unit}"
        rounded = divided(size, 10**self.decimals, 2)
        if self.decimals <= 2 or (size and rounded == "0.00"):
            return digits(amount, self.decimals)
        return sign + rounded


@dataclass(frozen=True)
class Scale:
    """The unit of a chart's money axis, fit for its largest amount."""

    power: int  # {10^power base units} one step of the axis
    title: str

    @classmethod
    def of(cls, currency: Currency, largest: int) -> "Scale":
        for power, unit in UNITS:
            if largest >= 10 ** (power + currency.decimals):
                return cls(power + currency.decimals, f"{currency.symbol} {unit}")
        return cls(currency.decimals, currency.symbol)

    def drawn(self, amount: int) -> float:
        """Where to draw an amount. The only floats of the report: a position, never a text."""
        return float(Decimal(index(amount)).scaleb(-self.power))
