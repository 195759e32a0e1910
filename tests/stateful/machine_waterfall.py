"""A waterfall with time, late income, new rules and accounts that can't be paid, against the
reference of whole numbers in tests/unit/income/waterfall_reference.py and a ledger of credits."""

from collections import Counter
from dataclasses import dataclass

from ape import chain
from ape.api import AccountAPI
from ape.contracts import ContractInstance
from eth_utils import keccak
from hypothesis.stateful import initialize, invariant, rule

from civitas.chain.deploy import name32
from tests.stateful.running import ChainMachine, seeds
from tests.unit.income.conftest import NO_PURPOSE, Kind, start_of, this_month
from tests.unit.income.waterfall_reference import NAMES, Rules, Waterfall, drawn_rules

KINDS = {"share": Kind.SHARE, "cap": Kind.CAP, "reserve": Kind.RESERVE}
DOCUMENT = keccak(text="document")
SCALE = 1_000
MOST_PAYEES = 4
ACTIONS = (
    *("receive", "receive", "receive late", "receive late", "distribute", "distribute"),
    *("distribute late", "distribute late", "schedule", "schedule", "cancel", "wait", "wait"),
    *("begin", "block", "release", "release", "draw", "draw", "free", "free", "date too much"),
    *("change of rules", "change of rules", "blocked for a while", "blocked for a while"),
)


@dataclass(frozen=True)
class WaterfallStage:
    """What one session deploys once; a machine restores it after each run."""

    splitter: ContractInstance
    factory: ContractInstance
    money: ContractInstance
    rules: Rules
    payees: list[AccountAPI]
    accounts: list[AccountAPI]  # of the tiers, by name
    treasurer: AccountAPI
    cashier: AccountAPI
    lease: AccountAPI
    stranger: AccountAPI


def as_tiers(rules: Rules, accounts: list[AccountAPI]) -> list[tuple]:
    """Tiers as the factory takes them; a name has one account for ever."""
    return [
        (
            *(name32(tier.name), KINDS[tier.kind], accounts[NAMES.index(tier.name)], NO_PURPOSE),
            *(tier.bps, tier.months, tier.amount),
        )
        for tier in rules.tiers
    ]


def as_payees(rules: Rules, payees: list[AccountAPI]) -> list[tuple]:
    return [
        (account, weight, NO_PURPOSE)
        for account, weight in zip(payees, rules.weights, strict=False)
    ]


class WaterfallMachine(ChainMachine):
    def __init__(self, stage: WaterfallStage):
        super().__init__(stage)
        self.model = Waterfall([stage.rules])
        self.people = [*stage.payees, *stage.accounts]
        self.before = [stage.money.balanceOf(each) for each in self.people]
        self.paid = Counter()  # person -> {asset}
        self.owed = Counter()
        self.blocked = set()
        self.came_in = 0

    @initialize(seed=seeds)
    def begin_with_something(self, seed):
        """New rules with all kinds of tiers, and income of two versions, in every run."""
        lot = self.lot(seed)
        self._receive(lot)
        self._distribute(lot)
        self._schedule(lot, ahead=3)
        chain.mine(timestamp=start_of(self.model.versions[-1].start))
        self._receive(lot)
        self._receive_late(lot)
        self._distribute(lot)

    @rule(seed=seeds)
    def act(self, seed):
        lot = self.lot(seed)
        action = lot.choice(ACTIONS)
        getattr(self, "_" + action.replace(" ", "_"))(lot)

    def check_at_the_end(self):
        """Whose money it is; the invariants look at the sums after each step."""
        stage = self.stage
        for number, person in enumerate(self.people):
            balance = stage.money.balanceOf(person) - self.before[number]
            assert balance == self.paid[number], person
            assert stage.splitter.owed_to(person, NO_PURPOSE) == self.owed[number], person
        for name in NAMES:
            held = self.model.reserves.get(name, 0)
            assert stage.splitter.reserve_of(name32(name)) == held, name

    # --- invariants
    @invariant()
    def inv_fall_1_conserved(self):
        """INV-FALL-1: what left and what is held is what came in; each has what it was paid."""
        stage = self.stage
        held = self.model.held + self.owed.total()
        assert stage.money.balanceOf(stage.splitter) == held
        assert self.paid.total() + held == self.came_in
        assert stage.splitter.total_owed() == self.owed.total()

    @invariant()
    def inv_fall_2_caps(self):
        """INV-FALL-2: each period of a cap asks once, and a shortfall stays until it is cured."""
        self.model.ask(this_month())
        for tier in self.model.versions[self.model.current].tiers:
            if tier.kind == "cap":
                lacking = self.model.caps[tier.name].lacks(self.model.current)
                assert self.stage.splitter.shortfall(name32(tier.name)) == lacking, tier

    @invariant()
    def inv_fall_3_reserves_and_versions(self):
        """INV-FALL-3: a reserve holds what filled it less what was drawn or freed; income that
        fell due in a version stays that version's until it is shared out."""
        splitter, model = self.stage.splitter, self.model
        assert splitter.version() == model.current + 1
        for name, held in model.reserves.items():
            assert splitter.reserve_of(name32(name)) == held, name
        for version in range(max(0, model.current - 2), model.current + 1):
            assert splitter.income_of(version + 1) == model.late.get(version, 0), version

    # --- the ledger
    @property
    def _rules(self) -> Rules:
        return self.model.versions[self.model.current]

    def _numbers(self, rules: Rules) -> list[int]:
        """Whom the parts of a distribution go to, as numbers of people."""
        first = len(self.stage.payees)
        tiers = [first + NAMES.index(tier.name) for tier in rules.tiers]
        return [*tiers, *range(len(rules.weights))]

    def _book(self, number: int, amount: int):
        if number in self.blocked:
            self.owed[number] += amount
            self.count("credited")
        else:
            self.paid[number] += amount

    # --- actions
    def _receive(self, lot):
        amount = lot.choice((1, 3, lot.randint(1, 20 * SCALE)))
        self.stage.money.mint(self.stage.splitter, amount, sender=self.stage.stranger)
        self.came_in += amount
        self.model.unbooked += amount
        return amount

    def _receive_late(self, lot):
        amount, due = self._receive(lot), this_month() - lot.randint(0, 9)
        part = lot.randint(1, amount)
        turns = self.model.is_turn(this_month())
        for each, rest in ((part, amount - part), (amount - part, 0)):
            if each:
                self.stage.splitter.date_income(each, due, rest, sender=self.stage.lease)
                if turns:
                    self.model.turn(this_month(), keep=each + rest)
                    turns = False
                    self.count("begun by rent")
                self.model.date(each, due, this_month())
        self.count("dated" if self.model.version_at(due) == self.model.current else "dated late")

    def _date_too_much(self, lot):
        """More than is here. Of the version in force nothing is written down, nor refused."""
        if self.model.current == 0:
            return
        due = self.model.versions[self.model.current].start - 1
        self.attempt(
            "date", "revenue_splitter: not here", self.stage.splitter.date_income,
            self.model.unbooked + 1, due, sender=self.stage.lease,
        )  # fmt: skip

    def _distribute(self, lot, version=None):
        month, model = this_month(), self.model
        version = model.current if version is None else version
        rules = model.versions[version]
        model.ask(month)
        parts = model.parts(month, version)
        assert self.stage.splitter.pending(version + 1) == sum(parts)
        nothing = sum(parts) == 0 and not (version != model.current and model.late.get(version))
        turned = version == model.current and model.is_turn(month)
        receipt = self.attempt(
            "distribute" if version == model.current else "distribute late",
            "revenue_splitter: nothing came in" if nothing else None,
            *(self.stage.splitter.distribute, version + 1),
            sender=self.stage.stranger,
        )
        if receipt is None:
            return
        assert receipt.return_value == sum(parts)
        assert receipt.events[-1].parts == parts == model.distribute(month, version)
        if turned:
            self.count("begun by distribute")
        reserves = [tier.kind == "reserve" for tier in rules.tiers]
        for place, (number, part) in enumerate(zip(self._numbers(rules), parts, strict=True)):
            if part and not (place < len(reserves) and reserves[place]):
                self._book(number, part)

    def _distribute_late(self, lot):
        if late := [version for version, amount in self.model.late.items() if amount]:
            self._distribute(lot, lot.choice(late))

    def _schedule(self, lot, ahead=None):
        now = this_month()
        month = now + (lot.randint(0, 4) if ahead is None else ahead)
        rules = drawn_rules(lot, month, SCALE, MOST_PAYEES)
        content = (rules.quantum, rules.is_rest_to_first)
        content += (as_tiers(rules, self.stage.accounts), as_payees(rules, self.stage.payees))
        where = self.stage.factory.create_rules(content, sender=self.stage.stranger).return_value
        soon = month <= now or start_of(month) < chain.pending_timestamp + 30 * 86_400
        done = self.attempt(
            "schedule", "rule_versions: too soon" if soon else None,
            self.stage.splitter.schedule_rules, month, where, sender=self.stage.treasurer,
        )  # fmt: skip
        if done:
            self._turn_if_due(now)
            self.model.versions = [*self.model.versions[: self.model.current + 1], rules]

    def _turn_if_due(self, month):
        if self.model.is_turn(month):
            self.model.turn(month)

    def _cancel(self, lot):
        month = this_month()
        is_scheduled = len(self.model.versions) > self.model.current + 1
        refusal = None
        if not is_scheduled or self.model.is_turn(month):
            refusal = "rule_versions: nothing scheduled"
        done = self.attempt(
            "cancel", refusal, self.stage.splitter.cancel_rules, sender=self.stage.treasurer
        )
        if done:
            self.model.versions.pop()

    def _wait(self, lot):
        month = this_month() + lot.choice((1, 1, 2, 3))
        chain.mine(timestamp=start_of(month) + lot.choice((0, lot.randint(0, 27 * 86_400))))

    def _begin(self, lot):
        month = this_month()
        refusal = None if self.model.is_turn(month) else "revenue_splitter: too early"
        if self.attempt(
            "begin", refusal, self.stage.splitter.begin_rules, sender=self.stage.stranger
        ):
            self.model.turn(month)

    def _change_of_rules(self, lot):
        """Rules are scheduled, their month comes, and one of the two calls begins them."""
        self._schedule(lot, ahead=3)
        chain.mine(timestamp=start_of(self.model.versions[-1].start))
        self._receive(lot)
        if lot.random() < 0.5:
            self._begin(lot)
        else:
            self._distribute(lot)

    def _blocked_for_a_while(self, lot):
        """Someone is credited what can't be paid, and takes it once it can."""
        self._receive(lot)
        number = lot.choice(self._numbers(self._rules))
        if number not in self.blocked:
            self._block(lot, number)
        self._distribute(lot)
        self._block(lot, number)
        self._release(lot, number)

    def _block(self, lot, number=None):
        number = lot.randrange(len(self.people)) if number is None else number
        self.blocked ^= {number}
        self.stage.money.set_blocked(
            self.people[number], number in self.blocked, sender=self.stage.stranger
        )

    def _release(self, lot, number=None):
        number = lot.choice([*self.owed, 0]) if number is None else number
        amount, refusal = self.owed[number], None
        if amount == 0:
            refusal = "revenue_splitter: nothing owed"
        elif number in self.blocked:
            refusal = "revenue_splitter: payee refuses"
        if self.attempt(
            *("release", refusal, self.stage.splitter.release),
            *(self.stage.money, self.people[number]),
            sender=self.stage.stranger,
        ):
            self.owed[number] = 0
            self.paid[number] += amount

    def _draw(self, lot):
        month = this_month()
        rules = self.model.versions[-1 if self.model.is_turn(month) else self.model.current]
        mine = [tier.name for tier in rules.tiers if tier.kind == "reserve"]
        name = lot.choice([*self.model.reserves, *mine, *mine, "VAT"])
        held, number = self.model.reserves.get(name, 0), len(self.stage.payees)
        number += NAMES.index(name)
        amount = lot.choice((1, held + 1, max(1, held), lot.randint(1, max(1, held))))
        refusal = None
        if name not in mine:
            refusal = "revenue_splitter: no such reserve"
        elif amount > held:
            refusal = "revenue_splitter: reserve too small"
        elif number in self.blocked:
            refusal = "revenue_splitter: payee refuses"
        if self.attempt(
            "draw", refusal, self.stage.splitter.draw_reserve, name32(name), amount, DOCUMENT,
            sender=self.stage.cashier,
        ):  # fmt: skip
            self._turn_if_due(month)
            self.model.reserves[name] -= amount
            self.paid[number] += amount

    def _free(self, lot):
        month = this_month()
        rules = self.model.versions[-1 if self.model.is_turn(month) else self.model.current]
        targets = {tier.name: tier.amount for tier in rules.tiers if tier.kind == "reserve"}
        name = lot.choice([*self.model.reserves, "UPKEEP"])
        held, target = self.model.reserves.get(name, 0), targets.get(name, 0)
        refusal = "revenue_splitter: nothing above target" if held <= target else None
        if self.attempt(
            "free", refusal, self.stage.splitter.free_reserve, name32(name), DOCUMENT,
            sender=self.stage.treasurer,
        ):  # fmt: skip
            self._turn_if_due(month)
            self.model.reserves[name] = target
            self.model.unbooked += held - target
