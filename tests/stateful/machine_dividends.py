"""Desk and dividends against a ledger of integers: transfers, freezes, lost wallets, successions,
changed rates, blocked payees, batches with repeats, remittance, escheat and what comes back."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from ape import chain
from ape.api import AccountAPI
from ape.contracts import ContractInstance
from eth_utils import keccak
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from tests.recoveries import replace_wallet
from tests.stateful.running import ChainMachine, seeds

DAY = 86_400
LAW = keccak(text="law")
NATIONAL, LOCAL = 0, 1
KOREA = 410
PERSON, CORPORATION = 0, 1
NOTHING_DUE, FROZEN, ESCHEATED, REFUSED = 1, 2, 3, 4
MAX_FROM = 2**40 - 1


@dataclass(frozen=True)
class DividendStage:
    """What one session deploys once; a machine restores it after each run."""

    city: Any
    token: ContractInstance  # pays through the desk; 1,000 units of the first four wallets
    money: ContractInstance
    wallets: tuple[AccountAPI, ...]  # four holders, the second a corporation; two more
    spares: tuple[AccountAPI, ...]  # wallets of nobody, for who loses one
    manager: AccountAPI
    clerk: AccountAPI
    officer: AccountAPI
    enforcer: AccountAPI
    cashier: AccountAPI
    offices: tuple[AccountAPI, AccountAPI]
    payer: AccountAPI
    fund: bytes


@dataclass
class Declared:
    """A dividend as the ledger knows it."""

    amount: int
    record: int
    pay: int
    deadline: int
    deemed: int
    excluded: tuple[str, ...]
    paid: int = 0
    held: int = 0


@dataclass
class Carried:
    """An order that was carried out."""

    order: tuple
    at: int


ACTIONS = [
    *["transfer"] * 5,
    *["declare"] * 3,
    *["wait"] * 4,
    *["claim"] * 6,
    *["claim_for"] * 4,
    *["claim_income"] * 5,
    "deposit",
    *["freeze"] * 2,
    "block",
    *["rate"] * 2,
    *["freeze for a while"] * 3,
    *["remit"] * 2,
    *["income"] * 2,
    *["escheat"] * 3,
    "give_back",
    *["late"] * 3,
    "recover",
    "succeed",
    *["follow"] * 5,
    *["note"] * 3,
]


class DividendsMachine(ChainMachine):
    def __init__(self, stage: DividendStage):
        super().__init__(stage)
        self.wallets = [each.address for each in stage.wallets]
        self.units = Counter(dict(zip(self.wallets, (400, 300, 200, 100), strict=False)))
        self.class_of = dict.fromkeys(self.wallets, PERSON)
        self.class_of[self.wallets[1]] = CORPORATION
        self.frozen: set[str] = set()
        self.blocked: set[str] = set()
        self.successor: dict[str, str] = {}
        self.money = Counter()  # {asset} wallet -> received, net
        self.income = Counter()  # holder -> {asset} * 2**128 owed by the token
        self.rates = [(0, 1_400, 1_000, 1_000, 10)]  # of Korean persons, from
        self.withheld, self.remitted = [0, 0], [0, 0]
        self.certificates = 0
        self.pending = 0
        self.snapshots: dict[int, Counter] = {}
        self.declared: dict[int, Declared] = {}
        self.claimed: set[tuple[int, str]] = set()
        self.inherited = Counter()  # (dividend, heir) -> {asset}
        self.carried: list[Carried] = []
        self.followed: set[tuple[int, int]] = set()
        self.noted: set[int] = set()
        self.escheated = 0
        self.touched = 0
        self.step = 0  # the invariants look at three wallets each time, and at all at the end

    def check_at_the_end(self):
        for number in self.declared:
            self.touched = number
            self.inv_div_1_every_dividend_adds_up()
            self._check_wallets(self.wallets)

    # --- rules
    @initialize(data=st.data())
    def begin(self, data):
        """A dividend and some income are on their way, one wallet is lost, a holder has died."""
        self._deposit(data.draw(st.integers(10_000, 10**7)))
        self._declare(data)
        self._wait(3)
        paid = self.wallets[data.draw(st.integers(0, 3))]
        self._claim(1, paid)
        self._recover(data, but=paid)
        self._claim(1, next(iter(self.successor)))
        self._succeed(data)
        self._follow(data)

    @rule(seed=seeds, data=st.data())
    def act(self, seed, data):
        action = self.lot(seed).choice(ACTIONS)
        if action == "transfer":
            self._transfer(data)
        elif action == "declare":
            self._declare(data)
            self._claim(len(self.declared), self._wallet(data, len(self.declared)))
        elif action == "wait":
            self._wait(data.draw(st.integers(1, 12)))
        elif action == "claim":
            number = self._number(data)
            self._claim(number, self._wallet(data, number))
        elif action == "claim_for":
            some = st.lists(st.sampled_from(self.wallets), min_size=1, max_size=8)
            self._claim_for(self._number(data), data.draw(some))
        elif action == "claim_income":
            self._claim_income(data.draw(st.sampled_from(self.wallets)))
        elif action == "deposit":
            self._deposit(data.draw(st.integers(1, 10**7)))
        elif action == "freeze":
            self._freeze(data.draw(st.sampled_from(self.wallets)))
        elif action == "block":
            self._block(data.draw(st.sampled_from(self.wallets)))
        elif action == "rate":
            self._rate(data)
        elif action == "remit":
            self._remit(data)
        elif action == "freeze for a while":
            self._freeze_for_a_while(data)
        elif action == "income":
            self._deposit(data.draw(st.integers(10_000, 10**7)))
            self._claim_income(data.draw(st.sampled_from(self.wallets[:4])))
            self._remit(data)
        elif action == "escheat":
            self._escheat(self._number(data))
        elif action == "give_back":
            self._give_back(data, self._number(data))
        elif action == "late":
            self._late(data)
        elif action == "recover":
            self._recover(data)
        elif action == "succeed":
            self._succeed(data)
        elif action == "follow":
            self._follow(data)
        else:
            self._note(self._number(data))

    # --- invariants
    @invariant()
    def inv_div_1_every_dividend_adds_up(self):
        """INV-DIV-1: declared + given back = paid + held + escheated, and what is held is here."""
        contract, asset = self.stage.city.dividends, self.stage.money
        held = sum(each.held for each in self.declared.values())
        assert contract.total_held(asset) == held == asset.balanceOf(contract)
        assert asset.allowance(contract, self.stage.city.income_desk) == held
        assert contract.total_dividends() == len(self.declared)
        if known := self.declared.get(self.touched):
            stored = contract.dividends(self.touched)
            assert (stored.amount, stored.paid, stored.held) == (
                known.amount,
                known.paid,
                known.held,
            )

    @invariant()
    def inv_desk_1_taxes_held_are_withheld_less_remitted(self):
        """INV-DESK-1: by kind, and the desk holds both."""
        desk, asset = self.stage.city.income_desk, self.stage.money
        for kind in (NATIONAL, LOCAL):
            account = desk.tax_account(asset, kind)
            assert (account.withheld, account.remitted) == (
                self.withheld[kind],
                self.remitted[kind],
            )
            assert asset.balanceOf(self.stage.offices[kind]) == self.remitted[kind]
        assert asset.balanceOf(desk) == sum(self.withheld) - sum(self.remitted)

    @invariant()
    def inv_desk_2_certificates_have_no_gap(self):
        """INV-DESK-2: one for each payment."""
        assert self.stage.city.income_desk.certificates() == self.certificates

    @invariant()
    def inv_div_2_everybody_has_what_is_due(self):
        """INV-DIV-2: wallets have the net of their shares, once; the rest is what they are due."""
        self.step += 1
        self._check_wallets([self.wallets[(self.step + k) % len(self.wallets)] for k in (0, 1, 2)])

    def _check_wallets(self, wallets):
        for wallet in wallets:
            assert self.stage.money.balanceOf(wallet) == self.money[wallet], wallet
        known = self.declared.get(self.touched)
        if known and chain.blocks.head.timestamp >= known.pay:
            for wallet in wallets:
                amount, code, payee = self.stage.city.dividends.claimable(self.touched, wallet)
                own, inherited = self._shares(self.touched, wallet)
                assert amount == own + inherited, wallet
                assert code == self._code(self.touched, wallet), wallet
                assert payee == (self._payee(wallet) if amount else wallet)

    # --- drawing
    def _wallet(self, data, number):
        """Mostly a wallet that something is due to, and among them one that was lost."""
        due = []
        if self.declared[number].record in self.snapshots:
            due = [each for each in self.wallets if sum(self._shares(number, each))]
        lost = [each for each in due if each in self.successor]
        anyone = st.sampled_from(self.wallets)
        rather = st.sampled_from(due) if due else anyone
        return data.draw(st.one_of(rather, st.sampled_from(lost) if lost else rather, anyone))

    def _order(self, data):
        """A dividend and an order, mostly such that the order has something to say on it."""
        pairs = [
            (number, index)
            for number, known in self.declared.items()
            for index, carried in enumerate(self.carried)
            if known.record in self.snapshots
            and carried.at >= known.record
            and (number, index) not in self.followed
            and sum(self._shares(number, carried.order[1]))
        ]
        any_pair = st.tuples(
            st.integers(1, len(self.declared)), st.integers(0, len(self.carried) - 1)
        )
        rather = st.sampled_from(pairs) if pairs else any_pair
        return data.draw(st.one_of(rather, rather, any_pair))

    # --- the ledger
    def _number(self, data):
        number = data.draw(st.integers(1, len(self.declared)))
        self.touched = number
        return number

    def _pass(self):
        """Note balances where the record date has come."""
        if self.pending and chain.pending_timestamp >= self.pending:
            self.snapshots[self.pending] = Counter(self.units)
            self.pending = 0

    def _payee(self, wallet):
        while wallet in self.successor:
            wallet = self.successor[wallet]
        return wallet

    def _shares(self, number, wallet):
        known = self.declared[number]
        inherited = self.inherited[number, wallet]
        if (number, wallet) in self.claimed or wallet in known.excluded:
            return 0, inherited
        then = self.snapshots[known.record]
        base = sum(then.values()) - sum(then[each] for each in known.excluded)
        return (known.amount * then[wallet] // base if base else 0), inherited

    def _code(self, number, wallet):
        amount = sum(self._shares(number, wallet))
        if amount == 0:
            return NOTHING_DUE
        if {wallet, self._payee(wallet)} & self.frozen:
            return FROZEN
        return ESCHEATED if amount > self.declared[number].held else 0

    def _taxes(self, wallet, gross, moment):
        if self.class_of[wallet] == CORPORATION:
            return 0, 0
        _, rate, share, threshold, quantum = [each for each in self.rates if each[0] <= moment][-1]
        national = gross * rate // 10_000
        if national < threshold:
            return 0, 0
        national -= national % quantum
        local = national * share // 10_000
        return national, local - local % quantum

    def _book_payment(self, wallet, gross, moment):
        national, local = self._taxes(wallet, gross, moment)
        self.withheld[NATIONAL] += national
        self.withheld[LOCAL] += local
        self.money[wallet] += gross - national - local
        self.certificates += 1

    def _book_dividend(self, number, wallet, moment):
        known = self.declared[number]
        own, inherited = self._shares(number, wallet)
        if own:
            self.claimed.add((number, wallet))
        self.inherited[number, wallet] = 0
        known.paid += own + inherited
        known.held -= own + inherited
        self._book_payment(self._payee(wallet), own + inherited, min(moment, known.deemed))

    def _account(self, address):
        everyone = (*self.stage.wallets, *self.stage.spares)
        return next(each for each in everyone if each.address == address)

    # --- actions
    def _wait(self, days):
        chain.mine(timestamp=chain.pending_timestamp + days * DAY)
        self._pass()

    def _transfer(self, data):
        able = [
            each
            for each in self.wallets
            if self.units[each] and each not in self.frozen and each not in self.successor
        ]
        receivers = [
            each for each in self.wallets if each not in self.frozen and each not in self.successor
        ]
        if not able or len(receivers) < 2:
            return self.count("transfer: nobody can")
        sender = data.draw(st.sampled_from(able))
        receiver = data.draw(st.sampled_from([each for each in receivers if each != sender]))
        amount = data.draw(st.integers(1, self.units[sender]))
        self._pass()
        self.attempt(
            "transfer",
            None,
            self.stage.token.transfer,
            *(receiver, amount),
            sender=self._account(sender),
        )
        self.units[sender] -= amount
        self.units[receiver] += amount
        return None

    def _declare(self, data):
        stage, start = self.stage, chain.pending_timestamp
        self._pass()
        record = self.pending
        if not record:
            record = start + DAY
            stage.token.schedule_record(record, sender=stage.manager)
            self.pending = record
        amount = data.draw(st.one_of(st.integers(1, 100), st.integers(1, 10**8)))
        pay = max(record, start + 10) + data.draw(st.sampled_from([0, DAY]))
        deadline = pay + data.draw(st.sampled_from([5, 20, 60])) * DAY
        deemed = pay + data.draw(st.sampled_from([0, 3, 30])) * DAY
        some = st.lists(st.sampled_from(self.wallets[:4]), max_size=2, unique=True)
        excluded = sorted(data.draw(some), key=lambda each: int(each, 16))
        stage.money.mint(stage.manager, amount, sender=stage.payer)
        stage.money.approve(stage.city.dividends, amount, sender=stage.manager)
        self.touched = len(self.declared) + 1
        self.attempt(
            "declare",
            None,
            stage.city.dividends.declare,
            *(stage.token, amount, record, pay, deadline, deemed, excluded, LAW),
            sender=stage.manager,
        )
        self.declared[self.touched] = Declared(
            amount, record, pay, deadline, deemed, tuple(excluded), held=amount
        )

    def _claim(self, number, wallet):
        known, moment = self.declared[number], chain.pending_timestamp
        self._pass()
        refusal = "dividends: not payable yet"
        if moment >= known.pay:
            code = self._code(number, wallet)
            refusal = {
                NOTHING_DUE: "dividends: nothing due",
                FROZEN: "dividends: holder is frozen",
                ESCHEATED: "dividends: money has escheated",
            }.get(code)
            if not code and self._payee(wallet) in self.blocked:
                refusal = "mock: blocked"
        name = "claim" if refusal is None else f"claim ({refusal.partition(': ')[2]})"
        receipt = self.attempt(
            *(name, refusal, self.stage.city.dividends.claim),
            *(number, wallet),
            sender=self.stage.payer,
        )
        if receipt is not None:
            if wallet in self.successor:
                self.count("claim of a lost wallet")
            if moment > known.deemed:
                self.count("claim after it was deemed paid")
            self._book_dividend(number, wallet, receipt.timestamp)

    def _claim_for(self, number, wallets):
        known, moment = self.declared[number], chain.pending_timestamp
        self._pass()
        contract = self.stage.city.dividends
        refusal = None if moment >= known.pay else "dividends: not payable yet"
        receipt = self.attempt(
            *("claim_for", refusal, contract.claim_for, number, wallets), sender=self.stage.payer
        )
        if receipt is None:
            return
        expected = []
        for wallet in wallets:
            code = self._code(number, wallet)
            if not code and self._payee(wallet) in self.blocked:
                code = REFUSED
            if code:
                expected.append((wallet, code))
                self.count(f"claim_for passes over {code}")
            else:
                self._book_dividend(number, wallet, receipt.timestamp)
        logs = receipt.decode_logs(contract.HolderSkipped)
        assert [(log.holder, log.code) for log in logs] == expected

    def _deposit(self, amount):
        stage = self.stage
        self._pass()
        stage.money.mint(stage.payer, amount, sender=stage.payer)
        stage.money.approve(stage.token, amount, sender=stage.payer)
        self.attempt(
            "deposit", None, stage.token.deposit_income, stage.money, amount, sender=stage.payer
        )
        supply = sum(self.units.values())
        index = -(-(amount << 128) // supply)
        for wallet, units in self.units.items():
            self.income[wallet] += units * index

    def _claim_income(self, wallet):
        gross = self.income[wallet] >> 128
        refusal = None
        if wallet in self.frozen:
            refusal = "security_token: holder is frozen"
        elif gross == 0:
            refusal = "security_token: nothing to claim"
        elif wallet in self.successor:
            refusal = "tax_table: no rule"  # nobody stands behind it any more
        elif wallet in self.blocked:
            refusal = "mock: blocked"
        name = "claim_income" if refusal is None else f"claim_income ({refusal})"
        receipt = self.attempt(
            name, refusal, self.stage.token.claim_income, wallet, sender=self.stage.payer
        )
        if receipt is not None:
            self.income[wallet] -= gross << 128
            self._book_payment(wallet, gross, receipt.timestamp)

    def _freeze(self, wallet):
        freeze = wallet not in self.frozen
        self.stage.token.setAddressFrozen(wallet, freeze, sender=self.stage.officer)
        self.frozen ^= {wallet}
        self.count("freeze" if freeze else "release")

    def _freeze_for_a_while(self, data):
        """What a frozen holder is due waits, in a batch too."""
        number = self._number(data)
        wallet = self._wallet(data, number)
        if wallet not in self.frozen:
            self._freeze(wallet)
        self._claim_for(number, [wallet])
        self._claim(number, wallet)
        self._freeze(wallet)

    def _block(self, wallet):
        self.blocked ^= {wallet}
        self.stage.money.set_blocked(wallet, wallet in self.blocked, sender=self.stage.payer)
        self.count("block" if wallet in self.blocked else "unblock")

    def _rate(self, data):
        """Of tomorrow; one that is not in force yet gives way."""
        since = chain.pending_timestamp + DAY
        rate, share = data.draw(st.integers(0, 5_000)), data.draw(st.sampled_from([0, 1_000]))
        threshold, quantum = data.draw(st.sampled_from([(0, 1), (500, 10), (1_000, 100)]))
        if self.rates[-1][0] > since - DAY:
            self.rates.pop()
            self.count("rate replaced")
        self.stage.city.tax_table.set_rule(
            *(PERSON, KOREA, False),
            (since, rate, share, threshold * 10**6, quantum * 10**6),
            *(LAW,),
            sender=self.stage.clerk,
        )
        self.rates.append((since, rate, share, threshold, quantum))
        self.count("rate")

    def _remit(self, data):
        kind = data.draw(st.sampled_from([NATIONAL, LOCAL]))
        held = self.withheld[kind] - self.remitted[kind]
        within = st.integers(1, held) if held else st.just(1)
        amount = data.draw(st.one_of(within, within, within, st.just(held + 1)))
        refusal = None if amount <= held else "income_desk: more than held"
        done = self.attempt(
            *("remit", refusal, self.stage.city.income_desk.remit),
            *(self.stage.money, kind, amount, LAW),
            sender=self.stage.cashier,
        )
        if done is not None:
            self.remitted[kind] += amount

    def _escheat(self, number):
        known, city = self.declared[number], self.stage.city
        refusal = None
        if chain.pending_timestamp < known.deadline:
            refusal = "dividends: before the deadline"
        elif known.held == 0:
            refusal = "dividends: nothing held"
        done = self.attempt(
            "escheat", refusal, city.dividends.escheat, number, sender=self.stage.payer
        )
        if done is not None:
            self.escheated += known.held
            known.held = 0
        assert city.treasury.balance_of(self.stage.money, self.stage.fund) == self.escheated

    def _late(self, data):
        """After the deadline: the rest escheats, claims wait until the money is back, and go on."""
        number = self._number(data)
        wallet = self._wallet(data, number)
        if chain.pending_timestamp < self.declared[number].deadline:
            chain.mine(timestamp=self.declared[number].deadline)
        self._escheat(number)
        self._claim(number, wallet)
        self._claim_for(number, [wallet])
        self._give_back(data, number)
        self._claim(number, wallet)

    def _give_back(self, data, number):
        known, stage = self.declared[number], self.stage
        room = known.amount - known.paid - known.held
        within = st.integers(1, room) if room else st.just(1)
        amount = data.draw(st.one_of(within, st.just(room + 1)))
        refusal = None if amount <= room else "dividends: more than is owed"
        stage.money.mint(stage.payer, amount, sender=stage.payer)
        stage.money.approve(stage.city.dividends, amount, sender=stage.payer)
        done = self.attempt(
            *("give_back", refusal, stage.city.dividends.give_back, number, amount),
            sender=stage.payer,
        )
        if done is not None:
            known.held += amount
            known.deadline = max(known.deadline, done.timestamp + 30 * DAY)

    def _recover(self, data, but=None):
        """In the identity registry: units and income stay with the lost wallet for the agents."""
        spares = [each for each in self.stage.spares if each.address not in self.wallets]
        alive = [each for each in self.wallets if each not in self.successor and each != but]
        if not spares:
            return self.count("recover: no wallet left")
        lost = data.draw(st.sampled_from(alive))
        spare = spares[0]
        replace_wallet(self.stage.city, lost, spare, self.stage.enforcer)
        self._pass()
        self.successor[lost] = spare.address
        self.wallets.append(spare.address)
        self.class_of[spare.address] = self.class_of[lost]
        return self.count("recover")

    def _succeed(self, data):
        """All units and income of a holder go to one to three heirs, by weight."""
        heirs = [
            each for each in self.wallets if each not in self.frozen and each not in self.successor
        ]
        if not heirs:
            return self.count("succeed: no heir")
        holders = [each for each in self.wallets if self.units[each]]
        sender = data.draw(st.sampled_from(holders))
        others = [each for each in heirs if each != sender]
        if not others:
            return self.count("succeed: no heir")
        least = min(2, len(others))  # of one heir nothing is rounded
        some = st.lists(st.sampled_from(others), min_size=least, max_size=3, unique=True)
        receivers = data.draw(some)
        weights = [data.draw(st.integers(1, 7)) for _ in receivers]
        case = keccak(text=f"case {len(self.carried)}")
        order = (self.stage.token, sender, receivers, weights, True, case, bytes(32))
        orders = self.stage.city.enforcement
        orders.propose(order, sender=self.stage.enforcer)
        orders.confirm(orders.id_of(order), sender=self.stage.officer)
        self._wait(4)
        receipt = orders.execute(order, sender=self.stage.enforcer)
        self.carried.append(Carried(order, receipt.timestamp))
        units, income, whole = self.units[sender], self.income[sender], sum(weights)
        self.units[sender] = self.income[sender] = 0
        for place, receiver in enumerate(receivers):
            before, after = sum(weights[:place]), sum(weights[: place + 1])
            self.units[receiver] += units * after // whole - units * before // whole
            self.income[receiver] += income * after // whole - income * before // whole
        return self.count("succeed")

    def _follow(self, data):
        if not self.carried:
            return self.count("follow: no order")
        number, index = self._order(data)
        self.touched = number
        known, carried = self.declared[number], self.carried[index]
        sender, receivers, weights = carried.order[1:4]
        # What was recorded at a wallet that the dead one's had taken the place of follows too.
        lost = [each for each in self.successor if self._payee(each) == sender]
        holder = data.draw(st.sampled_from([sender, *lost, *lost]))
        recorded = () if holder == sender else (holder,)
        self._pass()
        refusal = None
        if chain.pending_timestamp < known.pay:
            refusal = "dividends: not payable yet"
        elif carried.at < known.record:
            refusal = "dividends: not carried out"
        elif (number, index, holder) in self.followed:
            refusal = "dividends: was followed"
        elif sum(self._shares(number, holder)) == 0:
            refusal = "dividends: nothing due"
        done = self.attempt(
            *("follow", refusal, self.stage.city.dividends.follow_order),
            *(number, carried.order, *recorded),
            sender=self.stage.payer,
        )
        if done is not None:
            amount, whole = sum(self._shares(number, holder)), sum(weights)
            self.followed.add((number, index, holder))
            self.claimed.add((number, holder))
            self.inherited[number, holder] = 0
            if recorded:
                self.count("follow for a lost wallet")
            for place, receiver in enumerate(receivers):
                before, after = sum(weights[:place]), sum(weights[: place + 1])
                self.inherited[number, receiver] += (
                    amount * after // whole - amount * before // whole
                )
        return None

    def _note(self, number):
        is_due = chain.pending_timestamp >= self.declared[number].deemed
        refusal = None if is_due and number not in self.noted else "dividends: not deemed paid"
        done = self.attempt(
            *("note", refusal, self.stage.city.dividends.note_deemed_payment, number),
            sender=self.stage.payer,
        )
        if done is not None:
            known = self.declared[number]
            (event,) = done.decode_logs(self.stage.city.dividends.DeemedPaid)
            assert (event.deemed_at, event.unpaid) == (known.deemed, known.amount - known.paid)
            self.noted.add(number)
