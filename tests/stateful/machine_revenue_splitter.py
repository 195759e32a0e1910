"""The revenue splitter against a ledger of integers, with payees that misbehave."""

from dataclasses import dataclass
from enum import IntFlag, auto

import ape
from ape import chain
from ape.api import AccountAPI
from ape.contracts import ContractInstance
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from tests.stateful.running import ChainMachine, seeds
from tests.unit.income.conftest import start_of, this_month

BPS = 10_000
NO_PURPOSE = bytes(32)


class Manner(IntFlag):
    """Of MockIncomeReceiver."""

    TAKES_ALL = auto()
    REFUSES = auto()
    TAKES_PART = auto()
    TAKES_NOTHING = auto()
    BURNS_GAS = auto()
    CALLS_BACK = auto()
    PAYS_MEANWHILE = auto()
    TRIES_BACK = auto()
    TAKES_MORE = auto()
    ANSWERS_LONG = auto()
    GIVES_BACK = auto()


@dataclass(frozen=True)
class Row:
    """A possible row of the payee table."""

    account: object
    purpose: bytes = NO_PURPOSE


@dataclass(frozen=True)
class RevenueStage:
    """What one session deploys once; a machine restores it after each run."""

    splitter: ContractInstance
    factory: ContractInstance
    upstream: ContractInstance  # another splitter, all of whose revenue goes to the first
    money: ContractInstance
    other_money: ContractInstance
    receiver: ContractInstance  # holds the treasurer's role, so that only the lock keeps it out
    treasury: ContractInstance
    security_token: ContractInstance
    rows: tuple[Row, ...]
    first_table: tuple[tuple[int, int], ...]  # (row, weight in bps)
    unopened_fund: bytes
    treasurer: AccountAPI
    guardian: AccountAPI
    chain_engineer: AccountAPI
    stranger: AccountAPI


@st.composite
def tables(draw, stage):
    """A table that must be accepted: (row, weight) pairs that sum to the whole. A receiver that
    can misbehave is among the payees."""
    hostile = [
        number
        for number, row in enumerate(stage.rows)
        if row.account == stage.receiver and row.purpose != NO_PURPOSE
    ]
    others = st.integers(0, len(stage.rows) - 1)
    chosen = draw(st.lists(others, min_size=1, max_size=6, unique=True))
    if not set(hostile) & set(chosen):
        chosen.append(draw(st.sampled_from(hostile)))
    cuts = draw(
        st.lists(
            st.integers(1, BPS - 1),
            min_size=len(chosen) - 1,
            max_size=len(chosen) - 1,
            unique=True,
        )
    )
    edges = [0, *sorted(cuts), BPS]
    return [(row, edges[i + 1] - edges[i]) for i, row in enumerate(chosen)]


amounts = st.one_of(
    st.integers(1, 30), st.integers(1, 30), st.integers(1, 10**6), st.integers(10**18, 10**24)
)

ACTIONS = [
    "receive",
    "receive",
    "receive upstream",
    "distribute",
    "distribute",
    "release",
    "release",
    "set_rules",
    "set_rules wrongly",
    "behave",
    "behave",
    "block",
    "stop",
]


class RevenueSplitterMachine(ChainMachine):
    def __init__(self, stage: RevenueStage):
        super().__init__(stage)
        rows = len(self.stage.rows)
        self.tables = [list(self.stage.first_table)]  # one per version
        self.received = [0]  # revenue counted under each version, as of the last distribution
        self.held = 0
        self.paid = [0] * rows
        self.owed = [0] * rows
        self.came_in = 0
        self.balance = {self._key(row.account): 0 for row in self.stage.rows}
        self.blocked = set()
        self.manner = Manner(0)
        self.calls_upstream = False  # whom the receiver calls while it is paid
        self.upstream_held = 0
        self.stopped = {"money": False, "treasury": False, "security_token": False}
        self.fund_is_open = False

    # --- rules
    @initialize(data=st.data())
    def begin(self, data):
        """Revenue, a distribution and credits in every run: on them the other actions work."""
        self._set_rules(data.draw(tables(self.stage)))
        self._receive_for_receiver(10**30)
        self._receive_upstream(data.draw(st.integers(10, 10**6)))
        for manner in (Manner.TAKES_PART, Manner.PAYS_MEANWHILE, Manner.TRIES_BACK):
            self._behave(data, st.just(manner))
            self._receive(data.draw(st.integers(10, 10**6)))
            self._distribute()

    @rule(seed=seeds, data=st.data())
    def act(self, seed, data):
        action = self.lot(seed).choice(ACTIONS)
        if action == "receive":
            self._receive(data.draw(amounts))
        elif action == "receive upstream":
            self._receive_upstream(data.draw(amounts))
        elif action == "distribute":
            self._distribute()
        elif action == "release":
            wrong_token = data.draw(st.integers(0, 9)) == 0
            self._release(self._owed_row(data), wrong_token)
        elif action == "set_rules":
            self._set_rules(data.draw(tables(self.stage)))
        elif action == "set_rules wrongly":
            self._set_rules_wrongly(data)
        elif action == "behave":
            manners = st.sampled_from(list(Manner))
            self._behave(data, st.one_of(st.just(Manner.TAKES_ALL), manners, manners))
        elif action == "block":
            self._block(data.draw(self._rather(self.blocked, [*self.balance, "splitter"])))
        else:
            stopped = [what for what, is_stopped in self.stopped.items() if is_stopped]
            self._stop_or_start(data.draw(self._rather(stopped, [*self.stopped, "fund"])))

    # --- invariants
    @invariant()
    def inv_split_1_backed(self):
        """INV-SPLIT-1: the splitter holds at least what it owes, and owes what the ledger says."""
        splitter, rows = self.stage.splitter, self.stage.rows
        owed = [splitter.owed_to(row.account, row.purpose) for row in rows]
        assert owed == self.owed
        assert splitter.total_owed() == sum(self.owed) <= self.held
        assert self.stage.money.balanceOf(splitter) == self.held

    @invariant()
    def inv_split_2_conserved(self):
        """INV-SPLIT-2: what left and what is held is what came in, to the unit."""
        for row in self.stage.rows:
            key = self._key(row.account)
            assert self.stage.money.balanceOf(row.account) == self.balance[key], key
        assert sum(self.paid) + self.held == self.came_in

    @invariant()
    def inv_split_3_past_is_settled(self):
        """INV-SPLIT-3: under each table a payee was due the cumulative share of its revenue,
        rounded down, and no later table has changed that."""
        for row in range(len(self.stage.rows)):
            assert self.paid[row] + self.owed[row] == self._due(row), row
        assert self.stage.splitter.version() == len(self.tables)
        assert self.stage.splitter.pending() == self._pending()

    def _owed_row(self, data):
        """Mostly a row that is owed something, or even one that could be paid it now."""
        rows = st.integers(0, len(self.stage.rows) - 1)
        owed = [(row, amount) for row, amount in enumerate(self.owed) if amount]
        payable = [row for row, amount in owed if self._takes(row, amount)[0] == amount]
        rather = st.sampled_from([row for row, _ in owed]) if owed else rows
        return data.draw(st.one_of(st.sampled_from(payable) if payable else rather, rather, rows))

    @staticmethod
    def _rather(first, all_of_them):
        """Mostly one of the first, where there are any: what is stopped shall run again."""
        anyone = st.sampled_from(sorted(all_of_them))
        rather = st.sampled_from(sorted(first)) if first else anyone
        return st.one_of(rather, rather, anyone)

    # --- the ledger
    @staticmethod
    def _key(account):
        return str(account.address)

    def _due(self, row, received=None):
        """All that a row was ever due; `received` replaces the last version's revenue."""
        revenue = self.received if received is None else [*self.received[:-1], received]
        return sum(
            income * weight // BPS
            for table, income in zip(self.tables, revenue, strict=True)
            for of_row, weight in table
            if of_row == row
        )

    def _received_now(self):
        """What came in under the table in force: the remainder it began with, all inflows."""
        shared = sum(self.received[-1] * weight // BPS for _, weight in self.tables[-1])
        return self.held - sum(self.owed) + shared

    def _pending(self):
        now = self._received_now()
        return sum(self._due(row, now) - self._due(row) for row in self._rows_in_force())

    def _rows_in_force(self):
        return [row for row, _ in self.tables[-1]]

    def _takes(self, row, amount):
        """What would leave for a payee that is paid `amount`; what it would send in meanwhile, and
        what it would let the other splitter send in."""
        account, purpose = self.stage.rows[row].account, self.stage.rows[row].purpose
        if self.stopped["money"] or "splitter" in self.blocked:
            return 0, 0, 0
        is_called = account == self.stage.receiver and purpose != NO_PURPOSE
        if is_called and self.manner == Manner.GIVES_BACK:
            return amount, amount, 0  # it takes nothing for itself: its own block does not matter
        if self._key(account) in self.blocked:
            return 0, 0, 0
        if purpose == NO_PURPOSE:
            return amount, 0, 0
        if account == self.stage.treasury:
            is_open = self.fund_is_open or purpose != self.stage.unopened_fund
            return (amount if is_open and not self.stopped["treasury"] else 0), 0, 0
        if account == self.stage.security_token:
            return (0 if self.stopped["security_token"] else amount), 0, 0
        calls_back = self.manner in (Manner.TRIES_BACK, Manner.CALLS_BACK)
        if calls_back and self.calls_upstream and self.upstream_held:
            return amount, 0, self.upstream_held
        if self.manner in (Manner(0), Manner.TAKES_ALL, Manner.TRIES_BACK):
            return amount, 0, 0
        if self.manner == Manner.TAKES_PART:
            return amount // 3, 0, 0
        if self.manner == Manner.PAYS_MEANWHILE and self.balance[self._key(account)] > amount:
            return amount, amount + 1, 0
        return 0, 0, 0

    def _book_payment(self, row, amount):
        key = self._key(self.stage.rows[row].account)
        left, sent_in, let_in = self._takes(row, amount)
        self.paid[row] += left
        self.owed[row] += amount - left
        self.balance[key] += left - sent_in
        self.held += sent_in + let_in - left
        self.came_in += sent_in + let_in
        self.upstream_held -= let_in
        if sent_in:
            self.count("paid meanwhile")
        if let_in:
            self.count("let in meanwhile")
        if 0 < left < amount:
            self.count("taken in part")
        elif left == 0:
            self.count("credited")

    # --- actions
    def _receive(self, amount):
        self.stage.money.mint(self.stage.splitter, amount, sender=self.stage.stranger)
        self.held += amount
        self.came_in += amount

    def _receive_upstream(self, amount):
        self.stage.money.mint(self.stage.upstream, amount, sender=self.stage.stranger)
        self.upstream_held += amount

    def _receive_for_receiver(self, amount):
        self.stage.money.mint(self.stage.receiver, amount, sender=self.stage.stranger)
        self.balance[self._key(self.stage.receiver)] += amount

    def _distribute(self, next_table=None):
        pending = self._pending()
        if pending == 0:
            with ape.reverts("revenue_splitter: nothing came in"):
                self.stage.splitter.distribute(sender=self.stage.stranger)
            self.count("distribute refused")
            return
        receipt = self.stage.splitter.distribute(sender=self.stage.stranger)
        assert receipt.return_value == pending
        now = self._received_now()
        parts = [(row, self._due(row, now) - self._due(row)) for row in self._rows_in_force()]
        self.received[-1] = now
        if next_table:
            self.tables.append(next_table)
            self.received.append(0)
        for row, amount in parts:
            if amount:
                self._book_payment(row, amount)
        self._check_no_allowance()
        self.count("distribute")

    def _release(self, row, wrong_token):
        stage, amount = self.stage, self.owed[row]
        account, purpose = stage.rows[row].account, stage.rows[row].purpose
        token = stage.other_money if wrong_token else stage.money
        refusal = None
        if wrong_token:
            refusal = "revenue_splitter: other token"
        elif amount == 0:
            refusal = "revenue_splitter: nothing owed"
        elif self._takes(row, amount)[0] != amount:
            refusal = "revenue_splitter: payee refuses"
        if refusal:
            with ape.reverts(refusal):
                stage.splitter.release(token, account, purpose, sender=stage.stranger)
            self.count(f"release refused: {refusal.partition(': ')[2]}")
        else:
            receipt = stage.splitter.release(token, account, purpose, sender=stage.stranger)
            assert receipt.return_value == amount
            self.owed[row] = 0
            self._book_payment(row, amount)
            self.count("release")
        self._check_no_allowance()

    def _as_table(self, table):
        rows = self.stage.rows
        return [(rows[row].account, weight, rows[row].purpose) for row, weight in table]

    def _set_rules(self, table):
        """Schedule a table and let it begin. What came in is shared out by the one before; what
        payees send in while they are paid is the new one's, with the units that waited."""
        stage, month = self.stage, this_month() + 2
        stage.splitter.schedule_rules(
            month, self._written(self._as_table(table)), sender=stage.treasurer
        )
        chain.mine(timestamp=start_of(month))
        if self._pending():
            self._distribute(table)
        else:
            self._begin(table)
        self.count("set_rules")

    def _begin(self, table):
        """Rules begin while so little lies here that nobody is due a unit of it."""
        stage, now = self.stage, self._received_now()
        if now > self.received[-1]:
            self.count("a rest passed on")
        stage.splitter.begin_rules(sender=stage.stranger)
        late = stage.splitter.income_of(len(self.tables))
        assert late == now - self.received[-1]
        if late:
            stage.splitter.distribute(len(self.tables), sender=stage.stranger)
        self.tables.append(table)
        self.received.append(0)

    def _written(self, table):
        content = (1, False, [], table)
        receipt = self.stage.factory.create_rules(content, sender=self.stage.stranger)
        return receipt.return_value

    def _set_rules_wrongly(self, data):
        """Somebody else sets rules, or they would lead the splitter's money to itself."""
        table = self._as_table(data.draw(tables(self.stage)))
        sender, reason = self.stage.stranger, "authorized: missing role"
        if data.draw(st.booleans()):
            sender, reason = self.stage.treasurer, "revenue_splitter: pays itself"
            table[0] = (self.stage.splitter, *table[0][1:])
        rules = self._written(table)
        with ape.reverts(reason):
            self.stage.splitter.schedule_rules(this_month() + 2, rules, sender=sender)
        self.count("set_rules refused")

    def _behave(self, data, manners):
        splitter = self.stage.splitter
        self.manner = data.draw(manners)
        calldata = data.draw(
            st.sampled_from(
                [
                    splitter.distribute.encode_input(),
                    splitter.begin_rules.encode_input(),
                    splitter.schedule_rules.encode_input(this_month() + 2, splitter.rules()),
                    *(
                        splitter.release.encode_input(self.stage.money, row.account, row.purpose)
                        for row in self.stage.rows
                    ),
                ]
            )
        )
        self.calls_upstream = data.draw(st.booleans())
        if self.calls_upstream:
            calldata = self.stage.upstream.distribute.encode_input()
        target = self.stage.upstream if self.calls_upstream else self.stage.splitter
        self.stage.receiver.behave(self.manner, calldata, target, sender=self.stage.stranger)

    def _block(self, key):
        account = self.stage.splitter.address if key == "splitter" else key
        self.blocked ^= {key}
        self.stage.money.set_blocked(account, key in self.blocked, sender=self.stage.stranger)

    def _stop_or_start(self, what):
        stage = self.stage
        if what == "fund":
            if not self.fund_is_open:
                stage.treasury.open_fund(stage.unopened_fund, False, sender=stage.treasurer)
                self.fund_is_open = True
            return
        self.stopped[what] = not self.stopped[what]
        if what == "money":
            stage.money.set_habits(0, self.stopped[what], sender=stage.stranger)
        elif self.stopped[what]:
            getattr(stage, what).pause(sender=stage.guardian)
        else:
            getattr(stage, what).unpause(sender=stage.chain_engineer)

    def _check_no_allowance(self):
        """After every payment, and after none: nobody may take anything from the splitter."""
        for account in (self.stage.receiver, self.stage.treasury, self.stage.security_token):
            assert self.stage.money.allowance(self.stage.splitter, account) == 0
