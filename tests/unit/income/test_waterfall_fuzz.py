"""Random waterfalls against the reference: tiers, amounts, months, versions, late income.

`make fuzz` runs a hundred times as many, more than 10,000 distributions.
"""

from random import Random

import ape
from ape import chain
from eth_utils import keccak
from hypothesis import given
from hypothesis import strategies as st

from civitas.chain.deploy import name32
from civitas.chain.roles import Role

from ..common.examples import runs, undone
from .conftest import NO_PURPOSE, Kind, start_of, this_month
from .waterfall_reference import NAMES, Waterfall, drawn_rules

ROUNDS = 7


class Play:
    """One splitter and the reference, step by step."""

    def __init__(self, random, create_splitter, write_rules, asset_id, money, people):
        self.random, self.money, self.people = random, money, people
        self.write_rules = write_rules
        self.scale = random.choice((1, 10, 1_000, 10**6, 10**21))
        self.model = Waterfall([drawn_rules(random, this_month(), self.scale)])
        rules = self.model.versions[0]
        self.splitter = create_splitter(
            asset_id,
            self.payees(rules),
            tiers=self.tiers(rules),
            quantum=rules.quantum,
            is_rest_to_first=rules.is_rest_to_first,
        )
        self.came_in = self.left = self.distributions = self.late = 0
        self.before = [money.balanceOf(each) for each in self.accounts]

    @property
    def accounts(self):
        return [*self.people["payees"], *self.people["tiers"]]

    def payees(self, rules):
        accounts = self.people["payees"][: len(rules.weights)]
        return [(a, w, NO_PURPOSE) for a, w in zip(accounts, rules.weights, strict=True)]

    def tiers(self, rules):
        kinds = {"share": Kind.SHARE, "cap": Kind.CAP, "reserve": Kind.RESERVE}
        return [
            (
                *(name32(tier.name), kinds[tier.kind]),
                *(self.people["tiers"][NAMES.index(tier.name)], NO_PURPOSE),
                *(tier.bps, tier.months, tier.amount),
            )
            for tier in rules.tiers
        ]

    def receive(self):
        amount = self.random.choice((1, 2, self.random.randint(1, 40 * self.scale)))
        self.money.mint(self.splitter, amount, sender=self.people["stranger"])
        self.came_in += amount
        self.model.unbooked += amount
        return amount

    def receive_late(self):
        amount = self.receive()
        due = this_month() - self.random.randint(0, 8)
        self.splitter.date_income(amount, due, sender=self.people["lease"])
        self.model.date(amount, due, this_month())

    def schedule(self):
        if len(self.model.versions) > self.model.current + 1:
            return
        month = this_month() + self.random.randint(2, 4)
        rules = drawn_rules(self.random, month, self.scale)
        where = self.write_rules(
            self.payees(rules), self.tiers(rules), rules.quantum, rules.is_rest_to_first
        )
        self.splitter.schedule_rules(month, where, sender=self.people["treasurer"])
        self.model.versions.append(rules)

    def wait(self):
        month = this_month() + self.random.choice((1, 1, 2, 5))
        chain.mine(timestamp=start_of(month) + self.random.randint(0, 27 * 86_400))

    def begin(self):
        if self.model.is_turn(this_month()):
            self.splitter.begin_rules(sender=self.people["stranger"])
            self.model.turn(this_month())

    def draw(self):
        name = self.random.choice([n for n, amount in self.model.reserves.items() if amount] or [0])
        rules = self.model.versions[self.model.current]
        turns = self.model.is_turn(this_month())
        if name == 0 or turns or name not in [tier.name for tier in rules.tiers]:
            return
        amount = self.random.randint(1, self.model.reserves[name])
        document = keccak(text="invoice")
        self.splitter.draw_reserve(name32(name), amount, document, sender=self.people["cashier"])
        self.model.reserves[name] -= amount
        self.left += amount

    def distribute(self):
        month = this_month()
        version = self.random.choice([self.model.current, *self.model.late])
        self.model.ask(month)
        expected = self.model.parts(month, version)
        assert self.splitter.pending(version + 1) == sum(expected)
        if sum(expected) == 0 and not (version in self.model.late and self.model.late[version]):
            with ape.reverts("revenue_splitter: nothing came in"):
                self.splitter.distribute(version + 1, sender=self.people["stranger"])
            return
        receipt = self.splitter.distribute(version + 1, sender=self.people["stranger"])
        event = next(each for each in receipt.events if each.event_name == "Distributed")
        assert event.parts == expected == self.model.distribute(month, version)
        kept = sum(
            part
            for tier, part in zip(self.model.versions[version].tiers, expected, strict=False)
            if tier.kind == "reserve"
        )
        assert (event.amount, event.transferred) == (sum(expected), sum(expected) - kept)
        self.left += sum(expected) - kept
        self.distributions += 1
        self.late += version != self.model.current

    def check(self):
        """Sum out and held are sum in, to the unit; nothing is where it should not be."""
        paid = sum(self.money.balanceOf(each) for each in self.accounts) - sum(self.before)
        assert self.money.balanceOf(self.splitter) == self.model.held
        assert paid == self.left
        assert paid + self.model.held == self.came_in
        assert self.splitter.version() == self.model.current + 1
        for name in NAMES:
            held = self.model.reserves.get(name, 0)
            assert self.splitter.reserve_of(name32(name)) == held, name
        for version in range(len(self.model.versions)):
            assert self.splitter.income_of(version + 1) == self.model.late.get(version, 0)
        self.model.ask(this_month())
        for tier in self.model.versions[self.model.current].tiers:
            lacking = self.model.caps[tier.name].lacks(self.model.current) if tier.months else 0
            assert self.splitter.shortfall(name32(tier.name)) == lacking, tier


def test_shares_out_as_the_reference(
    city, create_splitter, write_rules, next_asset, money, treasurer, cashier, stranger, council,
    many_payees, accounts,
):  # fmt: skip
    lease = accounts[99]
    city.authority.grantRole(Role.LEASE.id, lease, sender=council)
    people = {
        "payees": many_payees,
        "tiers": accounts[80:88],
        "treasurer": treasurer,
        "cashier": cashier,
        "lease": lease,
        "stranger": stranger,
    }
    asset_id = next_asset()
    distributions = versions = late = 0

    @runs(20)
    @given(seed=st.integers(0, 2**64 - 1))
    def check(seed):
        nonlocal distributions, versions, late
        with undone():
            random = Random(seed)
            play = Play(random, create_splitter, write_rules, asset_id, money, people)
            often = [play.receive, play.receive_late, play.distribute, play.distribute]
            for _ in range(ROUNDS):
                play.schedule()
                play.receive()
                if random.random() < 0.7:
                    play.wait()
                for action in random.sample([*often, play.begin, play.draw], 6):
                    action()
                play.check()
            distributions += play.distributions
            versions += play.model.current
            late += play.late

    check()
    print(f"\n{distributions} distributions, {late} of late income, {versions} new rules")
    assert distributions > 100
    assert versions > 40
    assert late > 10
