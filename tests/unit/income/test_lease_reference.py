"""What a tenant owes equals an independent reference, over random terms, payments and index values.

INV-LEASE-1, INV-LEASE-3. `make fuzz` draws 10,000 cases.
"""

from datetime import date, timedelta

import ape
import pytest
from ape import chain
from eth_utils import keccak
from hypothesis import given
from hypothesis import strategies as st

from ..common.examples import runs, undone
from .conftest import PLAIN
from .lease_dates import day_number, local_date, midnight, months_later
from .lease_reference import LeaseReference, month_of

DOCUMENT = keccak(text="a document")
AUDIT_INDEX = 7

bps = st.one_of(st.just(0), st.integers(0, 10_000))
few_days = st.one_of(st.just(0), st.integers(0, 40))


@st.composite
def tariffs(draw):
    is_indexed = draw(st.booleans())
    return {
        **PLAIN,
        "vat_bps": draw(st.sampled_from([0, 700, 1_000, 10_000])),
        "quantum": draw(st.sampled_from([1, 10, 10, 10_000])),
        "day_divisor": draw(st.sampled_from([365, 365, 360, 366])),
        "grace_days": draw(few_days),
        "late_bps": draw(st.one_of(st.just(0), st.integers(0, 2**16 - 1))),
        "late_cap_bps": draw(bps),
        "occupation_bps": draw(bps),
        "default_days": draw(few_days),
        "index_id": AUDIT_INDEX if is_indexed else 0,
        "floor_bps": draw(bps),
        "cap_bps": draw(bps),
        "max_age_months": draw(st.integers(1, 24)) if is_indexed else 0,
        "fallback_bps": draw(bps),
    }


@pytest.fixture(scope="module")
def act(city, house, money, set_tariff, sign, pay, asset_manager, auditor):
    return Acts(city, house, money, set_tariff, sign, pay, asset_manager, auditor)


class Acts:
    """What happens to one lease, on the chain and in the reference alike."""

    def __init__(self, city, house, money, set_tariff, sign, pay, asset_manager, auditor):
        self.city, self.house, self.money = city, house, money
        self.set_tariff, self.sign_on_chain, self.pay_on_chain = set_tariff, sign, pay
        self.asset_manager, self.auditor = asset_manager, auditor

    @property
    def today(self):
        return local_date(chain.pending_timestamp)

    def publish(self, month, value):
        """Once, and only of a month that is over."""
        if month not in self.published and month < month_of(self.today):
            receipt = self.city.rent_table.publish(AUDIT_INDEX, month, value, sender=self.auditor)
            self.published[month] = (value, receipt.timestamp)

    def sign(self, tariff, start, anchor, end, annual_rent):
        self.published = {}
        self.set_tariff("RANDOM", **tariff)
        base = 0
        if tariff["index_id"]:
            base = min(month_of(anchor), month_of(self.today)) - 1
            self.publish(base, 1_000)
        annual_rent -= annual_rent % tariff["quantum"]
        self.lease_id = self.sign_on_chain(
            self.house, start, end=end, anchor=anchor, annual_rent=annual_rent, use="RANDOM"
        )
        self.model = LeaseReference(
            tariff, start, anchor, end, annual_rent, base_month=base, published=self.published
        )

    def wait(self, days):
        if days:
            chain.mine(timestamp=midnight(self.today + timedelta(days)) + 3_600)

    def pay(self, share):
        """A share of what can be paid now; and a unit more than all is refused."""
        most = self.model.fixed(self.today)
        amount = max(1, most * share // 100)
        if amount > most:
            reasons = "lease: (more than the lease asks|rent not fixed yet)"
            with pytest.raises(ape.exceptions.ContractLogicError, match=reasons):
                self.pay_on_chain(self.lease_id, amount)
            return
        receipt = self.pay_on_chain(self.lease_id, amount)
        fee, vat, penalty = self.model.pay(amount, self.today)
        [event] = [each for each in receipt.events if each.event_name == "RentPaid"]
        assert (event.late_fee, event.vat, event.penalty) == (fee, vat, penalty)

    def terminate(self, days):
        end = self.today + timedelta(days)
        if end >= self.model.end:
            return
        self.money.mint(self.asset_manager, 2**120, sender=self.asset_manager)
        self.money.approve(self.city.lease, 2**256 - 1, sender=self.asset_manager)
        receipt = self.city.lease.terminate(
            self.lease_id, day_number(end), DOCUMENT, sender=self.asset_manager
        )
        [event] = [each for each in receipt.events if each.event_name == "LeaseTerminated"]
        assert event.refund == self.model.terminate(end, self.today)

    def hold_over(self, days):
        until = min(self.today, (self.model.vacated or self.model.end) + timedelta(days))
        if until < (self.model.vacated or self.model.end):
            return
        receipt = self.city.lease.record_vacancy(
            self.lease_id, day_number(until), False, DOCUMENT, sender=self.asset_manager
        )
        assert receipt.events[0].penalty == self.model.hold_over(until, self.today)

    def compare(self, later):
        """Now, and at moments to come if nothing is paid until then."""
        lease, model = self.city.lease, self.model
        chain.mine()
        day = local_date(chain.blocks.head.timestamp)
        for days in (0, *later):
            moment = day + timedelta(days)
            owed = tuple(lease.owed(self.lease_id, midnight(moment) + 86_399))
            assert owed == model.owed(moment), moment
        assert lease.ageing(self.lease_id) == model_at(model, day).ageing(day)
        rent, fees = lease.paid(self.lease_id)
        assert (rent, fees) == (sum(each.paid for each in model.instalments), model.fees_paid)
        assert lease.due(self.lease_id, 2**64) == sum(
            rent + vat for _, rent, vat in (model.schedule() if model.end > model.start else ())
        )


def model_at(model, day):
    model.advance(day)
    return model


steps = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.one_of(st.integers(0, 40), st.integers(0, 500))),
        st.tuples(st.just("pay"), st.one_of(st.just(100), st.integers(0, 101))),
        st.tuples(st.just("pay"), st.integers(0, 20)),
        st.tuples(st.just("publish"), st.tuples(st.integers(0, 14), st.integers(1, 3_000))),
        st.tuples(st.just("terminate"), st.integers(0, 400)),
        st.tuples(st.just("hold_over"), st.integers(0, 90)),
    ),
    min_size=2,
    max_size=8,
)


@runs(100)
@given(
    tariff=tariffs(),
    started=st.integers(-60, 900),
    day=st.sampled_from([None, 1, 29, 30, 31]),
    anchor=st.one_of(st.just(0), st.integers(0, 31)),
    months=st.integers(0, 40),
    odd_days=st.one_of(st.just(0), st.integers(1, 30)),
    annual_rent=st.one_of(st.integers(10**4, 10**9), st.integers(10**4, 2**90)),
    steps=steps,
    later=st.lists(st.integers(1, 800), max_size=2),
)
def test_owes_what_the_reference_says(
    act, tariff, started, day, anchor, months, odd_days, annual_rent, steps, later
):
    with undone():
        start = act.today - timedelta(started)
        if day is not None:
            start = start.replace(day=min(day, 28)) + timedelta(max(0, day - 28))
        end = months_later(start, months) + timedelta(odd_days + (months + odd_days == 0))
        first = min(start + timedelta(anchor), months_later(start, 1), end)
        act.sign(tariff, start, first, end, annual_rent)
        act.compare(later)
        for name, value in steps:
            if name == "publish":
                back, figure = value
                if tariff["index_id"]:
                    act.publish(month_of(act.today) - 1 - back, figure)
            else:
                getattr(act, name)(value)
            act.compare(later)


def test_is_the_reference_that_the_law_gives():
    """By hand: three rents of 1,000, 5 days of grace, 12 % a year, the second 20 days late."""
    tariff = {**PLAIN, "grace_days": 5, "late_bps": 1_200, "late_cap_bps": 10_000}
    start = date(2027, 1, 1)
    lease = LeaseReference(tariff, start, start, date(2027, 4, 1), 12_000)
    lease.pay(1_000, start)

    # From 6 to 21 February are 15 nights: 1,000 * 12 % * 15 / 365.
    assert lease.owed(date(2027, 2, 6)) == (0, 1_000, 0)
    assert lease.owed(date(2027, 2, 21)) == (4, 1_000, 0)
    assert lease.pay(500, date(2027, 2, 21)) == (4, 0, 0)
    assert lease.owed(date(2027, 2, 21)) == (0, 504, 0)
    # 504 for 13 more nights, 1,000 of March not yet late: 15,000 + 6,552 nights in all.
    assert lease.owed(date(2027, 3, 6)) == (3, 1_504, 0)
