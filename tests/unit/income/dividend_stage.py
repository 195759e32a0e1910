"""A token with three holders, a desk that has admitted it, and dividends on it."""

from dataclasses import dataclass, field
from typing import Any

from ape import chain
from eth_utils import keccak

from .taxes import DAY, now, wait_until

RESOLUTION = keccak(text="resolution on the dividend")
ALICE, BOB, CAROL = 500, 300, 200  # {unit}
NOTHING_DUE, FROZEN, ESCHEATED, REFUSED = 1, 2, 3, 4  # codes of HolderSkipped


@dataclass
class Stage:
    """Times are set by `schedule`, in days from now: record 1, payable 2, deadline 30, deemed 9."""

    city: Any
    token: Any
    asset: Any
    manager: Any
    payer: Any
    record: int = 0
    pay: int = 0
    deadline: int = 0
    deemed: int = 0
    excluded: list = field(default_factory=list)

    @property
    def dividends(self):
        return self.city.dividends

    def schedule(self):
        start = now()
        self.record, self.pay = start + DAY, start + 2 * DAY
        self.deemed, self.deadline = start + 9 * DAY, start + 30 * DAY
        self.token.schedule_record(self.record, sender=self.manager)

    def arguments(self, amount, **changes):
        named = {
            "token": self.token,
            "total": amount,
            "record": self.record,
            "pay": self.pay,
            "deadline": self.deadline,
            "deemed": self.deemed,
            "excluded": self.excluded,
            "resolution": RESOLUTION,
        } | changes
        return list(named.values())

    def fund(self, amount):
        """Give the manager the money, and let the contract take it."""
        self.asset.mint(self.manager, amount, sender=self.payer)
        self.asset.approve(self.dividends, amount, sender=self.manager)

    def declare(self, amount, **changes):
        """The receipt; its return value is the id."""
        self.fund(amount)
        return self.dividends.declare(*self.arguments(amount, **changes), sender=self.manager)

    def declared(self, amount, **changes):
        """Scheduled, declared and payable; the id."""
        self.schedule()
        dividend_id = self.declare(amount, **changes).return_value
        wait_until(self.pay)
        return dividend_id

    def claim(self, dividend_id, holder):
        return self.dividends.claim(dividend_id, holder, sender=self.payer)

    def claim_for(self, dividend_id, *holders):
        return self.dividends.claim_for(dividend_id, list(holders), sender=self.payer)

    def skipped(self, receipt):
        """(holder, code) of those that a batch passed over."""
        logs = receipt.decode_logs(self.dividends.HolderSkipped)
        return [(log.holder, log.code) for log in logs]

    def held(self, dividend_id):
        return self.dividends.dividends(dividend_id).held

    def check(self, *dividend_ids):
        """INV-DIV-1: what is here is what is held, and what the desk may take."""
        total = sum(self.held(each) for each in dividend_ids)
        assert self.dividends.total_held(self.asset) == total
        assert self.asset.balanceOf(self.dividends) == total
        assert self.asset.allowance(self.dividends, self.city.income_desk) == total


def later(seconds):
    """Let time pass."""
    chain.mine(timestamp=now() + seconds)
