"""A lease from its first day to its settlement, against the night-by-night reference and a ledger
of where all money is."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ape import chain
from ape.api import AccountAPI
from eth_utils import keccak
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from civitas.chain.city import City
from tests.stateful.running import ChainMachine, seeds
from tests.unit.income.conftest import PLAIN
from tests.unit.income.lease_dates import day_number, local_date, midnight, months_later
from tests.unit.income.lease_reference import LeaseReference, month_of

DOCUMENT = keccak(text="a document")
INDEX = 9


@dataclass(frozen=True)
class LeaseStage:
    """What one session deploys once; a machine restores it after each run."""

    city: City
    splitter: Any
    asset_id: int
    payees: tuple[AccountAPI, ...]  # of the splitter
    set_tariff: Any
    draft: Any
    tenant: AccountAPI
    payer: AccountAPI
    asset_manager: AccountAPI
    auditor: AccountAPI
    enforcer: AccountAPI
    compliance_officer: AccountAPI
    guardian: AccountAPI
    chain_engineer: AccountAPI
    stranger: AccountAPI


class LeaseMachine(ChainMachine):
    """The manager pays refunds out of its own pocket; all other money is the payer's."""

    def __init__(self, stage: LeaseStage):
        super().__init__(stage)
        self.lease = stage.city.lease
        self.deposits, self.escrow = stage.city.lease_deposits, stage.city.rent_escrow
        self.money = stage.city.payment_token
        self.published: dict[int, tuple[int, int]] = {}
        self.came_to_splitter = self.held_by_court = 0  # {asset}
        self.deposit = self.credit = self.withdrawn = 0  # {asset}
        self.is_default = self.is_settled = self.is_paused = self.is_final = False
        self.order: tuple[Any, ...] | None = None
        for person in (stage.payer, stage.asset_manager):
            self.money.mint(person, 2**120, sender=person)
            self.money.approve(self.lease, 2**256 - 1, sender=person)

    @initialize(seed=seeds)
    def sign(self, seed):
        lot, stage = self.lot(seed), self.stage
        is_indexed = lot.random() < 0.5
        tariff = {
            **PLAIN,
            "vat_bps": lot.choice([0, 1_000]),
            "quantum": lot.choice([1, 10]),
            "grace_days": lot.choice([0, 7]),
            "late_bps": lot.choice([0, 1_200, 60_000]),
            "late_cap_bps": lot.choice([500, 10_000]),
            "occupation_bps": lot.choice([0, 5_000]),
            "default_days": lot.choice([10, 40]),
            "settle_days": lot.choice([0, 20]),
            "index_id": INDEX if is_indexed else 0,
            "max_age_months": 3 if is_indexed else 0,
            "floor_bps": 300,
            "cap_bps": 1_000,
            "fallback_bps": 200,
        }
        self.tariff = tariff
        stage.set_tariff("RANDOM", **tariff)
        start = self.today - timedelta(lot.randrange(80))
        anchor = min(start + timedelta(lot.choice([0, 0, 17])), months_later(start, 1))
        end = months_later(start, lot.choice([2, 6, 15])) + timedelta(lot.choice([0, 11]))
        base = 0
        if is_indexed:
            base = min(month_of(anchor), month_of(self.today)) - 1
            self._publish(base, 1_000)
        rent = lot.choice([12_000, 47_500, 1_000_000])
        self.asked_deposit = lot.choice([0, *[rent // 4] * 3])
        how = {"anchor": anchor, "end": end, "annual_rent": rent, "use": "RANDOM"}
        draft = stage.draft(stage.asset_id, start, deposit=self.asked_deposit, **how)
        self.lease.sign(draft, DOCUMENT, sender=stage.asset_manager)
        self.lease_id = self.lease.total_leases()
        self.model = LeaseReference(
            tariff, start, anchor, end, rent, base_month=base, published=self.published
        )

    @property
    def today(self) -> date:
        return local_date(chain.pending_timestamp)

    @property
    def is_held(self) -> bool:
        return self.order is not None and chain.pending_timestamp < self.order[3]

    # --- acts
    @rule(seed=seeds, share=st.sampled_from([20, 100, 3, 60, 101]))
    def act(self, seed, share):
        lot = self.lot(seed)
        acts = [*[self._wait] * 4, *[self._pay] * 4, *[self._pay_deposit] * 2, *[self._declare] * 2]
        acts += [self._draw, self._vacate, self._settle, self._withdraw, self._court]
        acts += [self._publish_now] * 4 if self.tariff["index_id"] else []
        acts += [self._court] * 3 if self.order or self.held_by_court else []
        over = (self.model.vacated or self.model.end) <= self.today
        acts += [self._settle, self._vacate] * 3 if over and not self.is_settled else []
        acts += [self._terminate]
        acts += [self._stop] * (4 if self.is_paused else 1)
        acts += [self._draw] * 8 if self.is_default and self.deposit else []
        acts += [self._pay_deposit] * 3 if not self.deposit and not self.is_settled else []
        acts += [self._withdraw] * 4 if self.credit else []
        lot.choice(acts)(lot, share)

    def _wait(self, lot, share):
        self._let_pass(lot.choice([1, 10, 31, 31, 90]))

    def _let_pass(self, days):
        chain.mine(timestamp=midnight(self.today + timedelta(days)) + 3_600)

    def _book(self, amount):
        """Where a payment comes to rest."""
        if self.is_held:
            self.held_by_court += amount
            self.count("held by a court")
        else:
            self.came_to_splitter += amount

    def _after(self, amount):
        self.model.pay(amount, self.today)
        unpaid = sum(each.open for each in self.model.fallen_due(self.today))
        if self.is_default and not unpaid:
            self.is_default = False
            self.count("default cured")

    def _pay(self, lot, share):
        today = self.today
        most = self.model.fixed(today)
        amount = most * share // 100 if share <= 100 else most + 1
        refusal = None
        if self.is_paused:
            refusal = "emergency_stop: paused"
        elif amount == 0:
            refusal = "lease: no amount"
        elif amount > most:
            asked = sum(rent + vat for _, rent, vat in self._schedule())
            paid = sum(each.paid for each in self.model.instalments)
            refusal = "lease: more than the lease asks"
            if asked - paid > most - sum(self.model.owed(today)[::2]):
                refusal = "lease: rent not fixed yet"
        call = self.lease.pay
        if is_shared := lot.random() < 0.4:
            call = self.lease.pay_and_distribute
        held = self.is_held
        if self.attempt("pay", refusal, call, self.lease_id, amount, sender=self.stage.payer):
            self._book(amount)
            self._after(amount)
            if is_shared and not held:
                self.count("paid and shared out")
                assert self.money.balanceOf(self.stage.splitter) < 10

    def _schedule(self):
        return self.model.schedule() if self.model.end > self.model.start else []

    def _pay_deposit(self, lot, share):
        lacks = self.asked_deposit - self.deposit
        amount = lacks * share // 100 if share <= 100 else lacks + 1
        refusal = None
        if self.is_paused:
            refusal = "emergency_stop: paused"
        elif amount == 0:
            refusal = "lease: no amount"
        elif self.is_settled:
            refusal = "lease: is settled"
        elif amount > lacks:
            refusal = "lease: more than the lease asks"
        done = self.attempt(
            "pay_deposit",
            refusal,
            *(self.lease.pay_deposit, self.lease_id, amount),
            sender=self.stage.payer,
        )
        if done:
            self.deposit += amount

    def _declare(self, lot, share):
        self.model.advance(max(self.today, self.model.today))
        refusal = None
        if self.is_settled:
            refusal = "lease: is settled"
        elif self.is_default:
            refusal = "lease: default was declared"
        elif not self.model.is_default(self.today):
            refusal = "lease: no default"
        call = self.lease.declare_default
        if self.attempt("declare", refusal, call, self.lease_id, sender=self.stage.stranger):
            self.is_default = True

    def _draw(self, lot, share):
        amount = min(self.deposit, sum(self.model.owed(self.today)))
        refusal = None
        if not self.is_default:
            refusal = "lease: no default"
        elif amount == 0:
            refusal = "lease: no amount"
        call = self.lease.draw_deposit
        if self.attempt("draw", refusal, call, self.lease_id, sender=self.stage.asset_manager):
            self.deposit -= amount
            self._book(amount)
            self._after(amount)

    def _terminate(self, lot, share):
        today = self.today
        end = today + timedelta(lot.choice([-1, 0, 10, 45, 45]))
        refusal = None
        if self.is_settled:
            refusal = "lease: is settled"
        elif end < today or end >= self.model.end:
            refusal = "lease: bad end"
        done = self.attempt(
            "terminate",
            refusal,
            *(self.lease.terminate, self.lease_id, day_number(end), DOCUMENT),
            sender=self.stage.asset_manager,
        )
        if done:
            refund = self.model.terminate(end, today)
            self.credit += refund
            if refund:
                self.count("refund")

    def _vacate(self, lot, share):
        today, old = self.today, self.model.vacated or self.model.end
        day, is_final = today - timedelta(lot.choice([-1, 0, 3])), lot.random() < 0.4
        refusal = None
        if self.is_settled:
            refusal = "lease: is settled"
        elif self.is_final:
            refusal = "lease: was handed back"
        elif not old <= day <= today:
            refusal = "lease: bad day"
        done = self.attempt(
            "vacate",
            refusal,
            *(self.lease.record_vacancy, self.lease_id, day_number(day), is_final, DOCUMENT),
            sender=self.stage.asset_manager,
        )
        if done:
            if self.model.hold_over(day, today):
                self.count("penalty")
            self.is_final = is_final

    def _settle(self, lot, share):
        today = self.today
        last = self.model.vacated or self.model.end
        if not self.is_final:
            last += timedelta(self.tariff["settle_days"])
        refusal = None
        if self.is_settled:
            refusal = "lease: is settled"
        elif today < last:
            refusal = "lease: too early"
        drawn = min(self.deposit, sum(self.model.owed(today)))
        call = self.lease.settle
        if self.attempt("settle", refusal, call, self.lease_id, sender=self.stage.stranger):
            self.is_settled = True
            if drawn:
                self._book(drawn)
                self._after(drawn)
                self.count("settled with debts")
            self.credit += self.deposit - drawn
            self.deposit = 0

    def _withdraw(self, lot, share):
        refusal = None if self.credit else "lease_deposits: no credit"
        call, stage = self.deposits.release, self.stage
        if self.attempt("withdraw", refusal, call, stage.tenant, sender=stage.stranger):
            self.withdrawn += self.credit
            self.credit = 0

    def _court(self, lot, share):
        """An order begins; one in force is lifted, or ends by itself; then the rent is released."""
        stage = self.stage
        if self.is_held:
            if lot.random() < 0.5:
                self.escrow.lift(stage.asset_id, DOCUMENT, sender=stage.compliance_officer)
                self.order = None
            return
        if self.held_by_court:
            self.escrow.release(stage.asset_id, sender=stage.stranger)
            self.came_to_splitter += self.held_by_court
            self.held_by_court = 0
            self.count("released")
            return
        until = chain.pending_timestamp + lot.choice([20, 90]) * 86_400
        case = keccak(text=f"case {until} {chain.blocks.height}")
        self.order = (self.lease, stage.asset_id, stage.stranger, until, case)
        self.escrow.propose(self.order, sender=stage.enforcer)
        self.escrow.confirm(self.order, sender=stage.compliance_officer)

    def _stop(self, lot, share):
        if self.is_paused:
            self.lease.unpause(sender=self.stage.chain_engineer)
        elif lot.random() < 0.5:
            self.lease.pause(sender=self.stage.guardian)
        else:
            return
        self.is_paused = not self.is_paused

    def _publish_now(self, lot, share):
        month = month_of(self.today) - lot.choice([1, 1, 2, 4])
        if month not in self.published:
            self._publish(month, lot.choice([900, 1_020, 1_050, 1_400]))
            self.count("publish")

    def _publish(self, month, value):
        receipt = self.stage.city.rent_table.publish(INDEX, month, value, sender=self.stage.auditor)
        self.published[month] = (value, receipt.timestamp)

    # --- invariants
    @invariant()
    def what_is_owed(self):
        """INV-LEASE-1, INV-LEASE-3"""
        if not hasattr(self, "model"):
            return
        day = self.today
        moment = chain.pending_timestamp
        assert tuple(self.lease.owed(self.lease_id, moment)) == self.model.owed(day)
        later = day + timedelta(100)
        assert tuple(self.lease.owed(self.lease_id, midnight(later))) == self.model.owed(later)
        terms = self.lease.terms_of(self.lease_id)
        assert (terms.is_default, terms.is_settled) == (self.is_default, self.is_settled)

    @invariant()
    def where_all_money_is(self):
        """INV-LEASE-2, INV-LEASE-4, INV-DEP-1, INV-DEP-2, INV-ESC-2"""
        if not hasattr(self, "model"):
            return
        stage, balance = self.stage, self.money.balanceOf
        assert balance(self.lease) == 0
        shared = sum(balance(payee) for payee in stage.payees)
        assert balance(stage.splitter) + shared == self.came_to_splitter
        assert self.escrow.held_of(stage.asset_id) == balance(self.escrow) == self.held_by_court
        assert self.deposits.held_of(self.lease, self.lease_id) == self.deposit
        assert self.deposits.credit_of(stage.tenant) == self.credit
        assert balance(self.deposits) == self.deposits.total_held() == self.deposit + self.credit
        assert balance(stage.tenant) == self.withdrawn
        paid = sum(each.paid for each in self.model.instalments)
        assert tuple(self.lease.paid(self.lease_id)) == (paid, self.model.fees_paid)
