"""A token with every rule is traded, forced, burned, recovered and inherited, and counted.

The ledger keeps wallets only: who holds what, whom each wallet was counted for last, and where. It
recounts investors and countries from these each time, where the contract keeps running counts; so
the two agree only if nothing is counted twice, missed, or left under an old name.
"""

from dataclasses import dataclass, field
from typing import Any

from ape import chain
from eth_utils import keccak
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from tests.recoveries import replace_wallet
from tests.stateful.running import ChainMachine, seeds
from tests.unit.token import errors

ZERO = "0x" + "00" * 20
UNITS = 1_000
SCALE = 2**128
WALLETS = range(7)
# wallet -> investor at the start; the last wallet is nobody's
OWNERS = (0, 0, 1, 1, 2, 3)
INVESTORS = range(4)
COUNTRIES = (410, 840, 276)
CLASSES = (0, 1)
DAY, SEOUL = 86_400, 9 * 3_600
FOREVER = 2**39
NOT_RECOVERED = "security_token: not recovered"
ALLOW, DENY = 1, 2
RULES = ("cap", "ticket", "year", "class", "country", "hours", "lock")
ACTIONS = (
    *("mint",) * 3,
    *("transfer",) * 12,
    *("force",) * 3,
    *("burn",) * 2,
    *("recover",) * 3,
    *("inherit",) * 3,
    *("rebind",) * 3,
    *("revoke",) * 2,
    *("move country",) * 3,
    "reclass",
    *("recount",) * 4,
    "limits",
    "no limits",
    "country",
    *("squeeze",) * 6,
    *("meet a rule",) * 4,
    "countries",
    *("class",) * 2,
    "hours",
    "lock up",
    *("pass time",) * 2,
    "deposit",
    "freeze a part",
)


@dataclass(frozen=True)
class Stage:
    """What the test's fixtures lend to the machine."""

    token: Any  # with compliance, and the enforcer as agent
    compliance: Any
    city: Any
    enforcement: Any
    registry: Any
    money: Any
    wallets: list[Any]
    investors: list[str]
    asset_manager: Any
    officer: Any
    enforcer: Any
    payer: Any


@dataclass
class Wallet:
    investor: int | None  # in the registry
    country: int = 410
    investor_class: int = 0
    balance: int = 0  # {unit}
    frozen: int = 0  # {unit}
    counted_for: Any = None  # investor, or ("wallet", number); None where never seen
    scaled: int = 0  # {asset} * 2**128, owed

    @property
    def free(self):
        return max(0, self.balance - self.frozen)


@dataclass
class Ledger:
    wallets: list[Wallet]
    country_of: dict = field(default_factory=dict)  # investor -> where it was counted last
    bought: dict = field(default_factory=dict)  # investor -> (year, {unit})
    limits: tuple = (0, 0, 0)
    country_rules: dict = field(default_factory=dict)  # country -> (is listed, cap)
    mode: int = 0
    has_caps: bool = False
    class_rules: dict = field(default_factory=dict)  # class -> (is closed, limit)
    hours: tuple = (0, 0, 0)
    locks: list = field(default_factory=list)  # (investor, amount, until)
    has_locks: bool = False

    @property
    def supply(self):
        return sum(wallet.balance for wallet in self.wallets)

    def held(self, investor):
        return sum(w.balance for w in self.wallets if w.counted_for == investor)

    @property
    def holders(self):
        return [i for i in {w.counted_for for w in self.wallets} if self.held(i)]

    def in_country(self, country):
        return sum(self.country_of.get(i, 0) == country for i in self.holders)

    def locked(self, investor, now):
        return sum(amount for i, amount, until in self.locks if i == investor and until > now)

    def present(self, number):
        wallet = self.wallets[number]
        if wallet.investor is not None:
            return wallet.investor
        return ("wallet", number) if wallet.counted_for is None else wallet.counted_for

    def present_units(self, number):
        wallet, investor = self.wallets[number], self.present(number)
        return self.held(investor) + (wallet.balance if wallet.counted_for != investor else 0)

    def see(self, number):
        wallet = self.wallets[number]
        wallet.counted_for = self.present(number)
        if wallet.investor is not None:
            self.country_of[wallet.counted_for] = wallet.country
        return wallet.counted_for

    def bought_in(self, investor, year):
        known, amount = self.bought.get(investor, (0, 0))
        return amount if known == year else 0

    def buy(self, investor, amount, now):
        if self.class_rules:
            year = year_of(now)
            self.bought[investor] = (year, self.bought_in(investor, year) + amount)

    def move(self, sender, receiver, amount, now=None):
        """`now` where the receiver bought the units."""
        seller, buyer = self.see(sender), self.see(receiver)
        self.wallets[sender].balance -= amount
        self.wallets[receiver].balance += amount
        if now is not None and seller != buyer:
            self.buy(buyer, amount, now)

    def thaw(self, number, amount):
        wallet = self.wallets[number]
        wallet.frozen -= max(0, amount - wallet.free)

    # --- rules
    def has_rules(self):
        return (
            any(self.limits)
            or self.mode
            or self.has_caps
            or self.class_rules
            or self.hours[2]
            or self.has_locks
        )

    def rule_code(self, sender, receiver, amount, now):
        """The first rule of compliance against a move; `sender` None for an issue."""
        if not self.has_rules():
            return 0
        side = self.wallets[receiver]
        is_listed, cap = self.country_rules.get(side.country, (False, 0))
        is_closed, yearly = self.class_rules.get(side.investor_class, (False, 0))
        if (self.mode == ALLOW and not is_listed) or (self.mode == DENY and is_listed):
            return 14
        if is_closed:
            return 15
        if sender is not None and self.hours[2] and not is_open(self.hours, now):
            return 17
        buyer = self.present(receiver)
        seller = None if sender is None else self.present(sender)
        if amount == 0 or seller == buyer:
            return 0
        max_balance, min_ticket, max_holders = self.limits
        if amount < min_ticket and (sender is None or amount != self.wallets[sender].balance):
            return 18
        sold_from = 0 if sender is None else self.present_units(sender)
        locked = 0 if sender is None else self.locked(seller, now)
        if locked and amount > max(0, sold_from - locked):
            return 19
        held = self.present_units(receiver)
        if max_balance and held + amount > max_balance:
            return 20
        if yearly and self.bought_in(buyer, year_of(now)) + amount > yearly:
            return 21
        if held:
            return 0
        leaves = sender is not None and sold_from == amount
        if max_holders and not leaves and len(self.holders) >= max_holders:
            return 22
        count = self.in_country(side.country)
        if leaves and count and self.country_of.get(seller, 0) == side.country:
            count -= 1
        return 23 if cap and count >= cap else 0

    def issue_code(self, receiver, amount, now):
        if self.wallets[receiver].investor is None:
            return 8
        if code := self.rule_code(None, receiver, amount, now):
            return code
        return 10 if self.supply + amount > UNITS else 0

    def move_code(self, sender, receiver, amount, now):
        if self.wallets[sender].investor is None:
            return 7
        if self.wallets[receiver].investor is None:
            return 8
        if code := self.rule_code(sender, receiver, amount, now):
            return code
        side = self.wallets[sender]
        if amount > side.balance:
            return 11
        return 6 if amount > side.free else 0

    def force_code(self, sender, receiver, amount):
        if self.wallets[receiver].investor is None:
            return 8
        if sender == receiver:
            return 13
        return 11 if amount > self.wallets[sender].balance else 0


def year_of(now):
    """The year in Seoul."""
    days, year = (now + SEOUL) // DAY, 1970
    while days >= (length := 366 if year % 4 == 0 and (year % 100 or not year % 400) else 365):
        days -= length
        year += 1
    return year


def is_open(hours, now):
    opens, closes, weekdays = hours
    day, second = divmod(now + SEOUL, DAY)
    return bool(weekdays >> (day + 3) % 7 & 1) and opens <= second // 60 < closes


class ComplianceMachine(ChainMachine):
    @initialize(amounts=st.lists(st.integers(1, 200), min_size=4, max_size=4))
    def start(self, amounts):
        """Four wallets hold units, and there is room for more."""
        self.token, self.compliance = self.stage.token, self.stage.compliance
        self.ledger = Ledger([Wallet(OWNERS[i] if i < 6 else None) for i in WALLETS])
        self.cases = self.probe = 0
        self.successor, self.barred = {}, set()
        for wallet, amount in zip((0, 1, 2, 4), amounts, strict=True):
            self._mint(wallet, amount)
        self._deposit(1_003)
        for name in RULES:
            self._meet_a_rule(name, sender=0, receiver=2, amount=10, slack=-1)
        self._force(0, 0, 1)

    # --- actions
    @rule(seed=seeds)
    def act(self, seed):
        lot, ledger = self.lot(seed), self.ledger
        action = lot.choice(ACTIONS)
        holders = [i for i in WALLETS if ledger.wallets[i].balance] or list(WALLETS)
        sender = lot.choice(holders if lot.random() < 0.9 else WALLETS)
        receiver = lot.choice(WALLETS)
        amount = self._amount(lot, sender, receiver)
        if action == "mint":
            self._mint(receiver, lot.choice([amount, UNITS - ledger.supply, 1]))
        elif action == "transfer":
            self._transfer(sender, receiver, amount)
        elif action == "force":
            self._force(sender, receiver, amount)
        elif action == "burn":
            self._burn(sender, min(amount, ledger.wallets[sender].balance + lot.choice([0, 1])))
        elif action == "recover":
            own = [
                i for i in WALLETS if ledger.wallets[i].investor == ledger.wallets[sender].investor
            ]
            self._recover(sender, lot.choice([*own, *own, receiver]), lot)
        elif action == "inherit":
            self._inherit(sender, lot)
        elif action == "rebind":
            self._register(lot.choice(WALLETS), lot.choice(INVESTORS), lot.choice(COUNTRIES))
        elif action == "revoke":
            self._register(lot.choice(WALLETS), None, 0)
        elif action == "move country":
            self._move_country(lot.choice(WALLETS), lot.choice(COUNTRIES))
        elif action == "reclass":
            self._reclass(lot.choice(WALLETS), lot.choice(CLASSES))
        elif action == "recount":
            self._recount([lot.choice(WALLETS) for _ in range(lot.randint(1, 4))])
        elif action == "limits":
            most = lot.choice([0, lot.randint(100, 600)])
            room = lot.choice([0, len(ledger.holders), len(ledger.holders) + 1])
            self._set_limits((most, lot.choice([0, 5]), room))
        elif action == "no limits":
            self._set_limits((0, 0, 0))
        elif action == "country":
            country = lot.choice(COUNTRIES)
            room = lot.choice([0, 1, ledger.in_country(country)])
            self._set_country(country, lot.random() < 0.5, room)
        elif action == "squeeze":
            self._squeeze(sender, lot)
        elif action == "meet a rule":
            amount = lot.randint(1, max(1, ledger.wallets[sender].balance))
            # What the rule leaves: too little, or just enough.
            self._meet_a_rule(lot.choice(RULES), sender, receiver, amount, lot.choice([-1, -1, 0]))
        elif action == "countries":
            self._set_mode(lot.choice([0, 0, ALLOW, DENY]))
        elif action == "class":
            rule = (lot.random() < 0.3, lot.choice([0, lot.randint(1, 200)]))
            self._set_class(lot.choice(CLASSES), rule)
        elif action == "hours":
            self._set_hours(lot.choice([(0, 0, 0), (0, 0, 0), (540, 1_020, 127), (0, 1_440, 31)]))
        elif action == "lock up":
            duration = lot.choice([1_000, 40 * DAY])
            self._lock_up(lot.choice(INVESTORS), lot.randint(1, 200), duration)
        elif action == "pass time":
            step = lot.choice([600, 5 * 3_600, 3 * DAY, 100 * DAY])
            chain.mine(timestamp=chain.pending_timestamp + step)
            self.count(action)
        elif action == "deposit":
            self._deposit(lot.randint(1, 10_000))
        else:
            self._freeze_part(sender, lot.choice([0, amount, amount + 1]))

    def _amount(self, lot, sender, receiver):
        """Up to the balance, or around what some limit leaves."""
        ledger = self.ledger
        balance = ledger.wallets[sender].balance
        edges = [balance, balance + 1, 4, 5, 0]
        if most := ledger.limits[0]:
            edges += [most - ledger.present_units(receiver) + step for step in (0, 1)]
        _, yearly = ledger.class_rules.get(ledger.wallets[receiver].investor_class, (0, 0))
        if yearly:
            year = year_of(chain.pending_timestamp)
            left = yearly - ledger.bought_in(ledger.present(receiver), year)
            edges += [left, left + 1]
        if ledger.has_locks:
            locked = ledger.locked(ledger.present(sender), chain.pending_timestamp)
            edges += [ledger.present_units(sender) - locked + step for step in (0, 1)]
        drawn = lot.choice([lot.randint(0, balance), balance, lot.choice(edges)])
        return max(0, drawn)

    def _error(self, code, sender, receiver, amount):
        if code == 0:
            return None
        if code >= 13:
            self.count(f"code {code}")
            source = ZERO if sender is None else self.stage.wallets[sender]
            return errors.cannot_transfer(source, self.stage.wallets[receiver], amount)
        if code == 10:
            return "moves: above the deed"
        if code == 8:
            return errors.cannot_receive(self.stage.wallets[receiver])
        wallet, side = self.stage.wallets[sender], self.ledger.wallets[sender]
        if code == 7:
            return errors.cannot_send(wallet)
        if code == 11:
            return errors.insufficient_balance(wallet, side.balance, amount)
        return errors.above_unfrozen(wallet, amount, side.free)

    def _mint(self, receiver, amount):
        now = chain.pending_timestamp
        code = self.ledger.issue_code(receiver, amount, now)
        call, wallet = self.token.mint, self.stage.wallets[receiver]
        assert self.token.detectIssueRestriction(wallet, amount) == code, "INV-TOK-2"
        error = self._error(code, None, receiver, amount)
        if self.attempt("mint", error, call, wallet, amount, sender=self.stage.asset_manager):
            buyer = self.ledger.see(receiver)
            self.ledger.wallets[receiver].balance += amount
            self.ledger.buy(buyer, amount, now)

    def _transfer(self, sender, receiver, amount):
        now, wallets = chain.pending_timestamp, self.stage.wallets
        code, pair = self.ledger.move_code(sender, receiver, amount, now), (sender, receiver)
        by, to = (wallets[i] for i in pair)
        error = self._error(code, *pair, amount)
        assert self.token.detectTransferRestriction(by, to, amount) == code, "INV-TOK-2"
        receipt = self.attempt(
            "transfer", error, self.token.transfer, wallets[receiver], amount, sender=by
        )
        if receipt and sender != receiver and amount:
            self.ledger.move(sender, receiver, amount, now)
            self.count("move of units")

    def _force(self, sender, receiver, amount):
        wallets = self.stage.wallets
        code = self.ledger.force_code(sender, receiver, amount)
        pair = wallets[sender], wallets[receiver]
        assert self.token.detectForcedRestriction(*pair, amount) == code, "INV-TOK-2"
        receipt = self.attempt(
            "force",
            self._error(code, sender, receiver, amount),
            self.token.forcedTransfer,
            wallets[sender],
            wallets[receiver],
            amount,
            sender=self.stage.enforcer,
        )
        if receipt:
            self.ledger.thaw(sender, amount)
            self.ledger.move(sender, receiver, amount)

    def _burn(self, number, amount):
        side, wallet = self.ledger.wallets[number], self.stage.wallets[number]
        error = None
        if amount > side.balance:
            error = errors.insufficient_balance(wallet, side.balance, amount)
        if self.attempt("burn", error, self.token.burn, wallet, amount, sender=self.stage.enforcer):
            self.ledger.thaw(number, amount)
            self.ledger.see(number)
            side.balance -= amount

    def _replace(self, lost, new):
        """In the registry: for ever, and after a window. A wallet of somebody's leaves before."""
        old, other = self.ledger.wallets[lost], self.ledger.wallets[new]
        city, wallets = self.stage.city, self.stage.wallets
        if other.investor is not None:
            self.stage.registry.unbind_wallet(sender=wallets[new])
        replace_wallet(city, wallets[lost], wallets[new], self.stage.enforcer)
        other.investor, other.country = old.investor, old.country
        other.investor_class, old.investor = old.investor_class, None
        self.successor[lost] = new

    def _recover(self, lost, new, lot):
        old, other = self.ledger.wallets[lost], self.ledger.wallets[new]
        fit = lost != new and old.investor is not None and new not in self.successor
        if fit and new not in self.barred and len(self.successor) < 3 and lot.random() < 0.7:
            self._replace(lost, new)
        last = lost
        while last != new and last in self.successor:
            last = self.successor[last]
        investor = other.investor if other.investor is not None else 0
        error = None if lost != last == new and other.investor is not None else NOT_RECOVERED
        receipt = self.attempt(
            "recover",
            error,
            self.token.recoveryAddress,
            self.stage.wallets[lost],
            self.stage.wallets[new],
            self.stage.investors[investor],
            sender=self.stage.enforcer,
        )
        if receipt:
            other.frozen, old.frozen = other.frozen + old.frozen, 0
            other.scaled, old.scaled = other.scaled + old.scaled, 0
            self.ledger.move(lost, new, old.balance)

    def _inherit(self, estate, lot):
        fit = [i for i in WALLETS if self.ledger.wallets[i].investor is not None and i != estate]
        heirs = lot.sample(fit, min(len(fit), lot.randint(1, 3)))
        if not heirs:
            return
        weights = [lot.randint(1, 5) for _ in heirs]
        self.cases += 1
        wallets, orders = self.stage.wallets, self.stage.enforcement
        order = (
            self.token.address,
            wallets[estate].address,
            [wallets[heir].address for heir in heirs],
            weights,
            True,
            keccak(text=f"case {self.cases}"),
            bytes(32),
        )
        orders.propose(order, sender=self.stage.enforcer)
        order_id = orders.id_of(order)
        orders.confirm(order_id, sender=self.stage.officer)
        chain.mine(timestamp=orders.status_of(order_id).ready_at)
        self.attempt("inherit", None, orders.execute, order, sender=self.stage.enforcer)
        side, total = self.ledger.wallets[estate], sum(weights)
        units, income, done = side.balance, side.scaled, 0
        for heir, weight in zip(heirs, weights, strict=True):
            due = units * (done + weight) // total - units * done // total
            owed = income * (done + weight) // total - income * done // total
            done += weight
            self.ledger.thaw(estate, due)
            self.ledger.move(estate, heir, due)
            side.scaled -= owed
            self.ledger.wallets[heir].scaled += owed

    def _register(self, number, investor, country):
        wallet, side = self.stage.wallets[number], self.ledger.wallets[number]
        registry, officer = self.stage.registry, self.stage.officer
        if side.investor is not None:
            registry.deleteIdentity(wallet, sender=officer)
            self.barred.add(number)
        if investor is not None:
            entry = (wallet, self.stage.investors[investor], country, 0, FOREVER)
            error = "investor_records: wallet was lost" if number in self.successor else None
            if not self.attempt("register", error, registry.register, [entry], sender=officer):
                return
            self.barred.discard(number)
        side.investor, side.investor_class, side.country = investor, 0, 0
        for each in self._wallets_of(investor):
            each.investor_class, each.country = 0, country
        self.count("revoke" if investor is None else "rebind")

    def _wallets_of(self, investor):
        """Country and class are the investor's: they change for all of its wallets at once."""
        if investor is None:
            return []
        return [each for each in self.ledger.wallets if each.investor == investor]

    def _move_country(self, number, country):
        side = self.ledger.wallets[number]
        error = "investor_records: not registered" if side.investor is None else None
        call, wallet = self.stage.registry.updateCountry, self.stage.wallets[number]
        if self.attempt("move country", error, call, wallet, country, sender=self.stage.officer):
            for each in self._wallets_of(side.investor):
                each.country = country

    def _reclass(self, number, investor_class):
        side = self.ledger.wallets[number]
        error = "investor_records: not registered" if side.investor is None else None
        receipt = self.attempt(
            "reclass",
            error,
            self.stage.registry.set_eligibility,
            self.stage.wallets[number],
            investor_class,
            FOREVER,
            sender=self.stage.officer,
        )
        if receipt:
            for each in self._wallets_of(side.investor):
                each.investor_class = investor_class

    def _recount(self, numbers):
        wallets = [self.stage.wallets[i] for i in numbers]
        call, payer = self.compliance.recount, self.stage.payer
        self.attempt("recount", None, call, self.token, wallets, sender=payer)
        for number in numbers:
            self.ledger.see(number)

    def _set(self, name, call, *arguments):
        self.attempt(name, None, call, self.token, *arguments, sender=self.stage.officer)

    def _set_limits(self, limits):
        self._set("limits", self.compliance.set_limits, limits)
        self.ledger.limits = limits

    def _set_country(self, country, is_listed, cap):
        self._set("country", self.compliance.set_country, country, (is_listed, cap))
        self.ledger.country_rules[country] = (is_listed, cap)
        self.ledger.has_caps |= cap != 0

    def _squeeze(self, sender, lot):
        """As many holders as there may be, in all or in a country, and one more who would come."""
        ledger = self.ledger
        new = [
            i
            for i in WALLETS
            if ledger.wallets[i].investor is not None and not ledger.present_units(i)
        ]
        if not new:
            return
        newcomer = lot.choice(new)
        country = ledger.wallets[newcomer].country
        self._set_mode(0)
        self._set_hours((0, 0, 0))
        is_of_all = lot.random() < 0.5
        self._set_limits((0, 0, len(ledger.holders) if is_of_all else 0))
        self._set_country(country, False, 0 if is_of_all else ledger.in_country(country))
        self._transfer(sender, newcomer, lot.choice([1, ledger.wallets[sender].balance]))
        self._mint(newcomer, 1)

    def _meet_a_rule(self, rule, sender, receiver, amount, slack):
        """One rule in force, a move that it may forbid, and the rule taken away again."""
        ledger, to = self.ledger, self.ledger.wallets[receiver]
        if to.investor in (None, ledger.wallets[sender].investor):
            return
        left = amount + slack
        bought = ledger.bought_in(ledger.present(receiver), year_of(chain.pending_timestamp))
        self._set_mode(0)
        self._set_hours((0, 0, 0))
        self._set_class(to.investor_class, (False, 0))
        self._set_limits((0, 0, 0))
        if rule == "cap":
            self._set_limits((ledger.present_units(receiver) + left, 0, 0))
        elif rule == "ticket":
            self._set_limits((0, amount - slack, 0))
        elif rule == "year":
            self._set_class(to.investor_class, (False, bought + left))
        elif rule == "country":
            self._set_mode(DENY)
            self._set_country(to.country, slack < 0, 0)
        elif rule == "class":
            self._set_class(to.investor_class, (True, 0))
        elif rule == "hours":
            self._set_hours((0, 1, 127))
        elif ledger.wallets[sender].investor is not None:
            self._lock_up(ledger.wallets[sender].investor, max(1, amount - slack), 1_000)
        self._transfer(sender, receiver, amount)
        self._set_mode(0)
        self._set_class(to.investor_class, (False, 0))
        self._set_limits((0, 0, 0))
        self._set_hours((0, 0, 0))

    def _set_mode(self, mode):
        self._set("countries", self.compliance.set_country_lists, mode)
        self.ledger.mode = mode

    def _set_class(self, investor_class, class_rule):
        self._set("class", self.compliance.set_class, investor_class, class_rule)
        self.ledger.class_rules[investor_class] = class_rule

    def _set_hours(self, hours):
        self._set("hours", self.compliance.set_hours, hours)
        self.ledger.hours = hours

    def _lock_up(self, investor, amount, duration):
        ledger, until = self.ledger, chain.pending_timestamp + duration
        now = chain.pending_timestamp
        running = sum(i == investor and end > now for i, _, end in ledger.locks)
        error = "compliance: too many lock-ups" if running >= 8 else None
        receipt = self.attempt(
            "lock up",
            error,
            self.compliance.lock_up,
            self.token,
            self.stage.investors[investor],
            amount,
            until,
            sender=self.stage.officer,
        )
        if receipt:
            ledger.locks.append((investor, amount, until))
            ledger.has_locks = True

    def _deposit(self, amount):
        supply, payer = self.ledger.supply, self.stage.payer
        error = None if supply else "security_token: no holders"
        money = self.stage.money
        if supply:
            money.mint(payer, amount, sender=payer)
            money.approve(self.token, amount, sender=payer)
        call = self.token.deposit_income
        if self.attempt("deposit", error, call, money, amount, sender=payer):
            per_unit = -(-amount * SCALE // supply)
            for wallet in self.ledger.wallets:
                wallet.scaled += wallet.balance * per_unit

    def _freeze_part(self, number, amount):
        wallet, officer = self.stage.wallets[number], self.stage.officer
        self.attempt("freeze", None, self.token.setFrozenTokens, wallet, amount, sender=officer)
        self.ledger.wallets[number].frozen = amount

    # --- invariants
    @invariant()
    def inv_comp_counts_are_those_of_a_recount(self):
        """INV-COMP-1 and INV-COMP-2, for the running counts, and one investor at a time."""
        ledger, token = self.ledger, self.token
        self.probe += 1
        country = COUNTRIES[self.probe % len(COUNTRIES)]
        investor = self.probe % len(INVESTORS)
        held = self.compliance.held_by(token, self.stage.investors[investor])
        assert self.compliance.counted_units(token) == ledger.supply, "INV-COMP-1"
        assert held == ledger.held(investor), "INV-COMP-1"
        assert self.compliance.holders(token) == len(ledger.holders), "INV-COMP-2"
        found = self.compliance.holders_in(token, country)
        assert found == ledger.in_country(country), "INV-COMP-2"

    @invariant()
    def inv_tok_2_pre_check_is_the_outcome(self):
        """INV-TOK-2, with the rules of compliance; another pair at each step."""
        sender, receiver = self.probe % 7, self.probe // 7 % 7
        side = self.ledger.wallets[sender]
        amount = (0, 1, side.free, side.balance, side.balance + 1)[self.probe % 5]
        now, wallets = chain.blocks.head.timestamp, self.stage.wallets
        code = self.ledger.move_code(sender, receiver, amount, now)
        pair = wallets[sender], wallets[receiver]
        outcome = errors.refusal_of(
            lambda: self.token.transfer.call(pair[1], amount, sender=pair[0])
        )
        assert self.token.detectTransferRestriction(*pair, amount) == code, "INV-TOK-2"
        assert outcome == self._error(code, sender, receiver, amount), "INV-TOK-2"

    def check_at_the_end(self):
        """Every wallet and investor, one by one; INV-ENF-2 by the income of all."""
        if not hasattr(self, "ledger"):
            return
        token, stage, now = self.token, self.stage, chain.blocks.head.timestamp
        names = {i: stage.investors[i] for i in INVESTORS}
        names |= {("wallet", i): wallet.address for i, wallet in enumerate(stage.wallets)}
        for wallet, known in zip(stage.wallets, self.ledger.wallets, strict=True):
            assert token.balanceOf(wallet) == known.balance, "INV-TOK-1"
            assert token.getFrozenTokens(wallet) == known.frozen
            assert token.claimable_scaled(wallet) == known.scaled, "INV-ENF-2"
            counted = names.get(known.counted_for, ZERO)
            assert self.compliance.investor_of(token, wallet) == counted, "INV-COMP-1"
        assert token.totalSupply() == self.ledger.supply, "INV-TOK-1"
        for investor, address in names.items():
            found = self.compliance.held_by(token, address)
            assert found == self.ledger.held(investor), "INV-COMP-1"
        for country in COUNTRIES:
            found = self.compliance.holders_in(token, country)
            assert found == self.ledger.in_country(country), "INV-COMP-2"
        for investor in INVESTORS:
            address, year = stage.investors[investor], year_of(now)
            bought = self.compliance.bought_by(token, address, year)
            assert bought == self.ledger.bought_in(investor, year)
            locked = self.compliance.locked_of(token, address)
            assert locked == self.ledger.locked(investor, now)
