"""Interest by the market's conventions, from their texts and in fractions."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from tests.unit.common.test_civil_calendar import months_earlier, number_of

ICMA, ACT_360, ACT_365F, THIRTY, THIRTY_E, THIRTY_E_ISDA = range(6)


@dataclass(frozen=True)
class Terms:
    denomination: int
    rate: int  # {ppm}
    months: int
    coupons: int
    issue: date
    maturity: date
    day_count: int

    def as_tuple(self):
        """As the contract takes them."""
        return (
            *(self.denomination, self.rate, self.months, self.coupons),
            *(number_of(self.issue), number_of(self.maturity), self.day_count),
        )

    @property
    def coupon_days(self):
        return [months_earlier(self.maturity, self.months * k) for k in range(self.coupons)][::-1]

    def interest(self, day, *, of_coupon=None):
        """On one whole token, exact, from the coupon day before `day` to it."""
        number = of_coupon or next(
            (n for n, each in enumerate(self.coupon_days, 1) if each > day), self.coupons
        )
        start = self.issue if number == 1 else self.coupon_days[number - 2]
        return self.denomination * Fraction(self.rate, 10**6) * self._part(start, day)

    def _part(self, start, end):
        if self.day_count == ICMA:
            return self._regular(start, end)
        if self.day_count in (ACT_360, ACT_365F):
            return Fraction((end - start).days, 360 if self.day_count == ACT_360 else 365)
        d1, d2 = start.day, end.day
        if self.day_count == THIRTY:
            d1 = 30 if d1 == 31 else d1
            d2 = 30 if d2 == 31 and d1 == 30 else d2
        elif self.day_count == THIRTY_E:
            d1, d2 = 30 if d1 == 31 else d1, 30 if d2 == 31 else d2
        else:
            d1 = 30 if is_end_of_february(start) or d1 == 31 else d1
            ends = is_end_of_february(end) and end != self.maturity
            d2 = 30 if ends or d2 == 31 else d2
        months = 12 * (end.year - start.year) + end.month - start.month
        return Fraction(30 * months + d2 - d1, 360)

    def _regular(self, start, end):
        """Day by day: each is one part of the regular period that it lies in."""
        part, last = Fraction(0), 0
        while months_earlier(self.maturity, self.months * last) > start:
            last += 1
        bounds = [months_earlier(self.maturity, self.months * k) for k in range(last + 1)][::-1]
        for first, until in zip(bounds, bounds[1:], strict=False):
            days = sum(first <= start + timedelta(n) < until for n in range((end - start).days))
            part += Fraction(days * self.months, 12 * (until - first).days)
        return part


def is_end_of_february(day):
    return day.month == 2 and (day + timedelta(1)).month == 3
