"""What a tenant owes, worked out a second time: night by night over a list of open instalments.

Nothing here is taken from the contract: dates are Python's, the index is a plain table, and a late
fee is the sum over all nights of what was late in each.
"""

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, timedelta

from .lease_dates import midnight, months_later

DAY = timedelta(1)


def month_of(day):
    return day.year * 12 + day.month - 1


@dataclass
class Instalment:
    due: date
    rent: int
    vat: int
    paid: int = 0

    @property
    def open(self):
        return self.rent + self.vat - self.paid


@dataclass
class LeaseReference:
    tariff: dict  # names of the contract's struct
    start: date
    anchor: date
    end: date
    annual_rent: int
    base_month: int = 0
    published: dict = field(default_factory=dict)  # month -> value, moment of publication
    fees_paid: int = 0
    late_nights: int = 0  # {asset * night}
    ever_late: int = 0
    penalty: int = 0
    penalty_days: int = 0
    vacated: date | None = None

    def __post_init__(self):
        self.today = self.start
        self.instalments = []
        self._extend()

    # --- the schedule
    def cut(self, amount):
        return amount // self.tariff["quantum"] * self.tariff["quantum"]

    def by_days(self, annual_rent, days):
        return self.cut(annual_rent * days // self.tariff["day_divisor"])

    def annual_rents(self, years):
        """The rent of each year of the lease, by what was known before its first day."""
        rents, known, tariff = [self.annual_rent], self.base_month, self.tariff
        for year in range(1, years):
            rent = rents[-1]
            if tariff["index_id"]:
                day = months_later(self.anchor, 12 * year)
                this = month_of(day)
                recent = [
                    month
                    for month, (_, moment) in self.published.items()
                    if this - tariff["max_age_months"] <= month < this and moment < midnight(day)
                ]
                if recent:
                    value, base = self.published[max(recent)][0], self.published[known][0]
                    most = rent + rent * tariff["cap_bps"] // 10_000
                    least = rent - rent * tariff["floor_bps"] // 10_000
                    rent, known = min(most, max(least, rent * value // base)), max(recent)
                else:
                    rent += rent * tariff["fallback_bps"] // 10_000
                rent = self.cut(min(rent, 2**96 - 1))
            rents.append(rent)
        return rents

    def schedule(self):
        """Due day, rent and tax of each instalment."""
        rows = []
        if self.anchor > self.start:
            days = (min(self.anchor, self.end) - self.start).days
            rows.append((self.start, self.by_days(self.annual_rent, days)))
        annual_rents, month = self.annual_rents((self.end - self.start).days // 365 + 2), 0
        while (day := months_later(self.anchor, month)) < self.end:
            year_rent = annual_rents[month // 12]
            if months_later(self.anchor, month + 1) > self.end:
                rent = self.by_days(year_rent, (self.end - day).days)
            else:
                rent = self.cut(year_rent // 12)
                if month % 12 == 0:
                    rent += year_rent - 12 * rent
            rows.append((day, rent))
            month += 1
        return [
            (day, rent, self.cut(rent * self.tariff["vat_bps"] // 10_000)) for day, rent in rows
        ]

    def _extend(self):
        """Reckon the schedule anew; what was paid meets it from the beginning."""
        paid = sum(each.paid for each in self.instalments)
        if self.end <= self.start:
            self.instalments = []
        else:
            self.instalments = [Instalment(*row) for row in self.schedule()]
        for each in self.instalments:
            each.paid = min(paid, each.open)
            paid -= each.paid
        return paid

    # --- time
    def advance(self, day):
        """Let the nights up to a day pass."""
        grace = timedelta(self.tariff["grace_days"])
        self._extend()
        while self.today < day:
            for each in self.instalments:
                if each.due + grace == self.today:
                    self.ever_late += each.open
                if each.due + grace <= self.today:
                    self.late_nights += each.open
            self.today += DAY

    # --- what is owed
    def late_fee(self):
        tariff = self.tariff
        fee = self.late_nights * tariff["late_bps"] // (10_000 * tariff["day_divisor"])
        most = self.ever_late * tariff["late_cap_bps"] // 10_000
        return self.cut(min(fee, most)) - self.fees_paid

    def fallen_due(self, day):
        return [each for each in self.instalments if each.due <= day]

    def owed(self, day):
        """Late fee, rent and penalty at a day that has not passed."""
        later = deepcopy(self)
        later.advance(day)
        return later.late_fee(), sum(each.open for each in later.fallen_due(day)), self.penalty

    def ageing(self, day):
        sums = [0, 0, 0, 0]
        for each in self.fallen_due(day):
            age = (day - each.due).days
            sums[0 if age <= 30 else 1 if age <= 60 else 2 if age <= 90 else 3] += each.open
        return sums

    def is_default(self, day):
        allowed = timedelta(self.tariff["default_days"])
        return any(each.open and each.due + allowed < day for each in self.instalments)

    def fixed(self, day):
        """{asset} What can be paid on a day: fees, and rent of the years whose rent is known."""
        later = deepcopy(self)
        later.advance(day)
        open_rent = sum(
            each.open
            for number, each in enumerate(later.instalments)
            if not self.tariff["index_id"] or later._begun(number) <= day
        )
        return later.late_fee() + open_rent + self.penalty

    def _begun(self, number):
        """The first day of an instalment's year; long ago for the first, whose rent is known."""
        year = (number - (self.anchor > self.start)) // 12
        return self.start - timedelta(40_000) if year <= 0 else months_later(self.anchor, 12 * year)

    # --- acts
    def pay(self, amount, day):
        """How much of it was late fee, tax and penalty."""
        self.advance(day)
        fee = min(amount, self.late_fee())
        self.fees_paid += fee
        left, vat = amount - fee, 0
        for each in self.instalments:
            before = max(0, each.paid - each.rent)
            part = min(left, each.open)
            each.paid += part
            left -= part
            vat += max(0, each.paid - each.rent) - before
        assert left <= self.penalty
        self.penalty -= left
        return fee, vat, left

    def terminate(self, end, day):
        """What was paid for days beyond the new end."""
        self.advance(day)
        self.end = end
        return self._extend()

    def hold_over(self, until, day):
        """The penalty of the days since the end, or since the day recorded before."""
        self.advance(day)
        self.vacated = until
        days, rent = (until - self.end).days, self.last_rent()

        def cost(days):
            share = self.tariff["occupation_bps"]
            return self.cut(rent * share * days // (10_000 * self.tariff["day_divisor"]))

        added = cost(days) - cost(self.penalty_days)
        self.penalty, self.penalty_days = self.penalty + added, days
        return added

    def last_rent(self):
        """The annual rent of the last year of which there is an instalment."""
        months = len(self.instalments) - (self.anchor > self.start)
        return self.annual_rents(max(1, (months + 11) // 12))[-1]
