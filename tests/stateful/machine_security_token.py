"""Investors trade one asset's units while income comes in, against a ledger of plain integers.

The ledger never asks the contract. It pushes each deposit to every holder at once, where the
contract pulls it at the next visit by an index; so the two agree only if nothing is carried twice,
forgotten, or given to the wrong side of a move.
"""

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from ape import chain
from eth_utils import keccak
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from tests.stateful.running import ChainMachine, seeds
from tests.unit.token import errors

MAX_UNITS = 2**96 - 1
MAX_DEPOSITED = 2**120 - 1
MAX_ALLOWANCE = 2**256 - 1
SCALE = 2**128
ZERO = "0x" + "00" * 20
RESOLUTION = keccak(text="resolution")
# Wallets by number; the last one is nobody's until it is registered.
WALLETS = range(6)
INVESTORS = range(5)
ACTIONS = (
    "mint",
    "transfer",
    "transfer",
    "transfer",
    "transfer from",
    "transfer from",
    "approve",
    "deposit",
    "deposit",
    "deposit",
    "claim",
    "claim",
    "claim for another",
    "claim in a pause",
    "claim after the end",
    "round trip",
    "round trip",
    "freeze",
    "release",
    "release",
    "freeze a part",
    "revoke",
    "renew",
    "renew",
    "renew",
    "pass time",
    "pause",
    "unpause",
    "unpause",
    "unpause",
    "raise units",
    "donate",
    "record",
    "record",
)


@dataclass(frozen=True)
class Stage:
    """What the test's fixtures lend to the machine."""

    city: Any
    wallets: list[Any]
    money: Any
    create_token: Any  # (asset_id, units, payment_token) -> token
    asset_id: int
    asset_manager: Any
    council_clerk: Any
    compliance_officer: Any
    guardian: Any
    chain_engineer: Any
    payer: Any


@dataclass
class Holder:
    """One wallet in the ledger."""

    balance: int = 0  # {unit}
    frozen: int = 0  # {unit}
    is_frozen: bool = False
    is_registered: bool = False
    valid_until: int = 0  # {s}
    scaled: int = 0  # {asset} * 2**128, all income ever earned, as the contract rounds it
    exact: Fraction = Fraction(0)  # {asset} all income ever earned
    claimed: int = 0  # {asset}
    has_held: bool = False

    @property
    def free(self) -> int:
        return max(0, self.balance - self.frozen)

    @property
    def claimable(self) -> int:
        return self.scaled // SCALE - self.claimed


@dataclass
class Ledger:
    units: int  # {unit} on the deed
    holders: list[Holder] = field(default_factory=lambda: [Holder() for _ in WALLETS])
    allowances: Counter = field(default_factory=Counter)  # (owner, spender) -> {unit}
    deposited: int = 0  # {asset}
    deposits: int = 0
    due: int = 0  # {s} the record date that no move has passed
    records: dict[int, list[int]] = field(default_factory=dict)  # {s} -> {unit} of each wallet
    donated: int = 0  # {asset} sent to the token without a deposit
    is_paused: bool = False

    @property
    def supply(self) -> int:
        return sum(holder.balance for holder in self.holders)

    @property
    def claimed(self) -> int:
        return sum(holder.claimed for holder in self.holders)

    def is_verified(self, wallet, now) -> bool:
        return now <= self.holders[wallet].valid_until

    def could_send(self, wallet, now) -> bool:
        holder = self.holders[wallet]
        return holder.free > 0 and not holder.is_frozen and self.is_verified(wallet, now)

    def could_receive(self, wallet, now) -> bool:
        return not self.holders[wallet].is_frozen and self.is_verified(wallet, now)

    def could_claim(self, wallet) -> bool:
        holder = self.holders[wallet]
        return holder.claimable > 0 and not holder.is_frozen

    def issue_code(self, receiver, amount, now) -> int:
        if self.is_paused:
            return 2
        if self.holders[receiver].is_frozen:
            return 4
        if not self.is_verified(receiver, now):
            return 8
        return 10 if self.supply + amount > self.units else 0

    def move_code(self, sender, receiver, amount, now, spender=None) -> int:
        """Code of the first rule against a move, 0 for none."""
        side = self.holders[sender]
        if self.is_paused:
            return 2
        if self.holders[receiver].is_frozen:
            return 4
        if side.is_frozen:
            return 3
        if spender is not None and self.holders[spender].is_frozen:
            return 5
        if not self.is_verified(sender, now):
            return 7
        if not self.is_verified(receiver, now):
            return 8
        if amount > side.balance:
            return 11
        if amount > side.free:
            return 6
        if spender is not None and amount > self.allowances[sender, spender]:
            return 12
        return 0

    def move(self, sender, receiver, amount):
        self.holders[sender].balance -= amount
        self.issue(receiver, amount)

    def issue(self, receiver, amount):
        holder = self.holders[receiver]
        holder.balance += amount
        holder.has_held |= amount > 0

    def deposit(self, amount):
        """Every holder gets its part at once; a unit's part is rounded up at 2**-128."""
        supply = self.supply
        per_unit = -(-amount * SCALE // supply)
        for holder in self.holders:
            holder.scaled += holder.balance * per_unit
            holder.exact += Fraction(amount * holder.balance, supply)
        self.deposited += amount
        self.deposits += 1

    @property
    def epoch(self) -> int:
        return self.deposits + len(self.records)

    def pass_record(self, now) -> bool:
        """Write the balances down where the date has come, before they move."""
        if not 0 < self.due <= now:
            return False
        self.records[self.due] = [holder.balance for holder in self.holders]
        self.due = 0
        return True


class SecurityTokenMachine(ChainMachine):
    def __init__(self, stage: Stage):
        super().__init__(stage)
        self.wallets = stage.wallets
        self.registry = stage.city.identity_registry
        self.money = stage.money
        self.probe = 0

    # --- seeds
    @initialize(
        units=st.sampled_from([1_000, 1_000, 7 * 10**18, MAX_UNITS]),
        parts=st.lists(st.integers(0, 5), min_size=5, max_size=5),
        income=st.integers(1, 2_000),
    )
    def start(self, units, parts, income):
        """Units issued by parts of a 27th, allowances around the table, and a first deposit."""
        stage = self.stage
        self.ledger = Ledger(units)
        self.token = stage.create_token(stage.asset_id, units=units, payment_token=self.money)
        until = chain.pending_timestamp + 2_000
        stage.city.identity_registry.register(
            [(self.wallets[i], self.wallets[i], 410, 0, until + 500 * i) for i in INVESTORS],
            sender=stage.compliance_officer,
        )
        for i in INVESTORS:
            self.ledger.holders[i].is_registered = True
            self.ledger.holders[i].valid_until = until + 500 * i
        for i, part in enumerate(parts):
            self._mint(i, units * part // 27)
        for i in INVESTORS:
            self._approve(i, (i + 1) % 5, MAX_ALLOWANCE if i % 2 else units // 3)
        self._mint(0, 1)
        self._deposit(income)

    # --- actions
    @rule(seed=seeds, data=st.data())
    def act(self, seed, data):
        action = self.lot(seed).choice(ACTIONS)
        ledger, now = self.ledger, chain.pending_timestamp
        wallet = data.draw(self._mostly(INVESTORS, lambda i: ledger.could_send(i, now)), "wallet")
        other = data.draw(self._mostly(WALLETS, lambda i: ledger.could_receive(i, now)), "other")
        holder = ledger.holders[wallet]
        if action == "mint":
            self._mint(other, data.draw(self._near(ledger.units - ledger.supply)))
        elif action == "transfer":
            self._transfer(wallet, other, data.draw(self._near(holder.free, holder.balance)))
        elif action == "transfer from":
            spender = (wallet + 1) % 5
            allowed = ledger.allowances[wallet, spender]
            amounts = self._near(holder.free, min(allowed, holder.balance))
            self._transfer_from(spender, wallet, other, data.draw(amounts))
        elif action == "approve":
            self._approve(wallet, (wallet + 1) % 5, data.draw(self._near(holder.balance)))
        elif action == "deposit":
            amounts = st.integers(1, 40) | st.integers(1, 10**9) | st.integers(1, 2**118)
            self._deposit(data.draw(amounts))
        elif action in ("claim", "claim for another"):
            owner = data.draw(self._mostly(WALLETS, ledger.could_claim))
            self._claim(owner, owner if action == "claim" else (owner + 1) % len(WALLETS))
        elif action in ("claim in a pause", "claim after the end"):
            owner = data.draw(self._mostly(WALLETS, ledger.could_claim))
            if action == "claim in a pause":
                self._pause()
            else:
                self._revoke(owner)
            self._claim(owner, owner)
        elif action == "round trip":
            amount = data.draw(self._near(holder.free))
            self._round_trip(wallet, other, amount, data.draw(self._near(amount)))
        elif action == "freeze":
            self._set_frozen(wallet, True)
        elif action == "release":
            self._set_frozen(data.draw(self._mostly(WALLETS, self._is_frozen)), False)
        elif action == "freeze a part":
            self._freeze_part(wallet, data.draw(self._near(holder.balance) | st.just(2**100)))
        elif action == "revoke":
            self._revoke(other)
        elif action == "renew":
            self._renew(other, data.draw(st.integers(1, 4_000)))
        elif action == "pass time":
            chain.mine(timestamp=chain.pending_timestamp + data.draw(st.integers(0, 900)))
            self.count(action)
        elif action == "pause":
            self._pause()
        elif action == "unpause":
            self._unpause()
        elif action == "record":
            self._record(data.draw(st.integers(0, 3)))
        elif action == "raise units":
            self._raise_units(data.draw(st.integers(0, 500)))
        else:
            self._donate(data.draw(st.integers(1, 10**6)))

    def _is_frozen(self, wallet):
        return self.ledger.holders[wallet].is_frozen

    @staticmethod
    def _mostly(wallets, are_fit):
        """Wallets that the action suits, three times in four; any, the fourth time."""
        fit = st.sampled_from([wallet for wallet in wallets if are_fit(wallet)] or wallets)
        return fit | fit | fit | st.sampled_from(wallets)

    @staticmethod
    def _near(*limits):
        """Amounts up to a limit, and those just around it."""
        within = st.one_of(*(st.integers(0, limit) for limit in limits))
        around = [limit + step for limit in limits for step in (-1, 0, 1) if limit + step >= 0]
        return within | within | st.sampled_from(around)

    def _error(self, code, amount, receiver, sender=None, spender=None):
        """The bytes or the reason that belong to a code; None for 0."""
        if code == 0:
            return None
        if code == 2:
            return errors.enforced_pause()
        if code in (4, 8):
            return errors.cannot_receive(self.wallets[receiver])
        if code in (3, 7):
            return errors.cannot_send(self.wallets[sender])
        if code == 5:
            return errors.cannot_send(self.wallets[spender])
        if code == 10:
            return "moves: above the deed"
        side = self.ledger.holders[sender]
        if code == 11:
            return errors.insufficient_balance(self.wallets[sender], side.balance, amount)
        if code == 6:
            return errors.above_unfrozen(self.wallets[sender], amount, side.free)
        allowed = self.ledger.allowances[sender, spender]
        return errors.insufficient_allowance(self.wallets[spender], allowed, amount)

    def _mint(self, receiver, amount):
        code = self.ledger.issue_code(receiver, amount, chain.pending_timestamp)
        receipt = self.attempt(
            "mint",
            self._error(code, amount, receiver),
            self.token.mint,
            self.wallets[receiver],
            amount,
            sender=self.stage.asset_manager,
        )
        if receipt:
            before = self._passed(receipt)
            self.ledger.issue(receiver, amount)
            assert receipt.events == [
                *before,
                self.token.Transfer(sender=ZERO, receiver=self.wallets[receiver], value=amount),
            ]

    def _transfer(self, sender, receiver, amount):
        code = self.ledger.move_code(sender, receiver, amount, chain.pending_timestamp)
        receipt = self.attempt(
            "transfer",
            self._error(code, amount, receiver, sender),
            self.token.transfer,
            self.wallets[receiver],
            amount,
            sender=self.wallets[sender],
        )
        if receipt:
            self._move(receipt, sender, receiver, amount)

    def _transfer_from(self, spender, sender, receiver, amount):
        code = self.ledger.move_code(sender, receiver, amount, chain.pending_timestamp, spender)
        receipt = self.attempt(
            "transfer from",
            self._error(code, amount, receiver, sender, spender),
            self.token.transferFrom,
            self.wallets[sender],
            self.wallets[receiver],
            amount,
            sender=self.wallets[spender],
        )
        if receipt:
            if self.ledger.allowances[sender, spender] != MAX_ALLOWANCE:
                self.ledger.allowances[sender, spender] -= amount
            self._move(receipt, sender, receiver, amount)
            self._check_allowance(sender, spender)

    def _move(self, receipt, sender, receiver, amount):
        before = self._passed(receipt)
        self.ledger.move(sender, receiver, amount)
        if amount:
            self.count("move to oneself" if sender == receiver else "move of units")
        sender, receiver = self.wallets[sender], self.wallets[receiver]
        assert receipt.events == [
            *before,
            self.token.Transfer(sender=sender, receiver=receiver, value=amount),
        ]

    def _passed(self, receipt):
        """What the call logs first where it is the first at a record date or after it."""
        due, ledger = self.ledger.due, self.ledger
        if not ledger.pass_record(receipt.timestamp):
            return []
        self.count("record taken")
        return [self.token.RecordTaken(time=due, number=ledger.epoch, supply=ledger.supply)]

    def _record(self, ahead):
        """Announce a date a few seconds ahead; the moves that follow pass it, or time does."""
        time = chain.pending_timestamp + ahead
        if self.ledger.due > chain.pending_timestamp:
            refusal = "records: one is pending"
        else:
            refusal = "records: bad date" if ahead == 0 else None
        receipt = self.attempt(
            "record", refusal, self.token.schedule_record, time, sender=self.stage.asset_manager
        )
        if receipt:
            self._passed(receipt)
            self.ledger.due = time

    def _check_allowance(self, owner, spender):
        allowed = self.token.allowance(self.wallets[owner], self.wallets[spender])
        assert allowed == self.ledger.allowances[owner, spender]

    def _approve(self, owner, spender, amount):
        self.attempt(
            "approve",
            None,
            self.token.approve,
            self.wallets[spender],
            amount,
            sender=self.wallets[owner],
        )
        self.ledger.allowances[owner, spender] = amount
        self._check_allowance(owner, spender)

    def _deposit(self, amount):
        ledger, payer = self.ledger, self.stage.payer
        if ledger.is_paused:
            refusal = errors.enforced_pause()
        elif ledger.supply == 0:
            refusal = "security_token: no holders"
        elif ledger.deposited + amount > MAX_DEPOSITED:
            refusal = "security_token: too much income"
        else:
            refusal = None
            self.money.mint(payer, amount, sender=payer)
            self.money.approve(self.token, amount, sender=payer)
        receipt = self.attempt(
            "deposit", refusal, self.token.deposit_income, self.money, amount, sender=payer
        )
        if receipt:
            ledger.deposit(amount)
            assert receipt.events == [
                self.token.IncomeDeposited(
                    depositor=payer, amount=amount, supply=ledger.supply, number=ledger.epoch
                ),
                self.money.Transfer(sender=payer, receiver=self.token, value=amount),
            ]

    def _claim(self, wallet, caller):
        name = "claim" if wallet == caller else "claim for another"
        holder, amount = self.ledger.holders[wallet], self.ledger.holders[wallet].claimable
        if holder.is_frozen:
            refusal = "security_token: holder is frozen"
        elif amount == 0:
            refusal = "security_token: nothing to claim"
        else:
            refusal = None
        receipt = self.attempt(
            name,
            refusal,
            self.token.claim_income,
            self.wallets[wallet],
            sender=self.wallets[caller],
        )
        if receipt:
            holder.claimed += amount
            if holder.scaled % SCALE and holder.balance:
                self.count("claim that leaves a fraction")
            if self.ledger.is_paused:
                self.count("claim while paused")
            if not self.ledger.is_verified(wallet, chain.blocks.head.timestamp):
                self.count("claim without a valid identity")
            owner, by = self.wallets[wallet], self.wallets[caller]
            assert receipt.return_value == amount
            assert receipt.events == [
                self.token.IncomeClaimed(holder=owner, caller=by, amount=amount),
                self.money.Transfer(sender=self.token, receiver=owner, value=amount),
            ]

    def _round_trip(self, wallet, other, amount, back):
        """Send, claim, take back, claim: within one deposit no unit may earn twice."""
        self._transfer(wallet, other, amount)
        self._claim(wallet, wallet)
        self._transfer(other, wallet, back)
        self._claim(wallet, wallet)

    def _set_frozen(self, wallet, freeze):
        self.attempt(
            "freeze" if freeze else "release",
            None,
            self.token.setAddressFrozen,
            self.wallets[wallet],
            freeze,
            sender=self.stage.compliance_officer,
        )
        self.ledger.holders[wallet].is_frozen = freeze

    def _freeze_part(self, wallet, amount):
        self.attempt(
            "freeze a part",
            None,
            self.token.setFrozenTokens,
            self.wallets[wallet],
            amount,
            sender=self.stage.compliance_officer,
        )
        self.ledger.holders[wallet].frozen = min(amount, MAX_UNITS)

    def _revoke(self, wallet):
        holder = self.ledger.holders[wallet]
        refusal = None if holder.is_registered else "investor_records: not registered"
        receipt = self.attempt(
            "revoke",
            refusal,
            self.registry.deleteIdentity,
            self.wallets[wallet],
            sender=self.stage.compliance_officer,
        )
        if receipt:
            holder.is_registered, holder.valid_until = False, 0

    def _renew(self, wallet, duration):
        holder, owner = self.ledger.holders[wallet], self.wallets[wallet]
        until = chain.pending_timestamp + duration
        if holder.is_registered:
            call, arguments = self.registry.set_eligibility, (owner, 0, until)
        else:
            call, arguments = self.registry.register, ([(owner, owner, 410, 0, until)],)
        self.attempt("renew", None, call, *arguments, sender=self.stage.compliance_officer)
        holder.is_registered, holder.valid_until = True, until

    def _pause(self):
        refusal = "security_token: no change" if self.ledger.is_paused else None
        self.attempt("pause", refusal, self.token.pause, sender=self.stage.guardian)
        self.ledger.is_paused = True

    def _unpause(self):
        refusal = None if self.ledger.is_paused else "security_token: no change"
        self.attempt("unpause", refusal, self.token.unpause, sender=self.stage.chain_engineer)
        self.ledger.is_paused = False

    def _raise_units(self, more):
        units = self.ledger.units + more
        if more == 0:
            refusal = "asset_registry: units only grow"
        elif units > MAX_UNITS:
            refusal = "asset_registry: too many units"
        else:
            refusal = None
        receipt = self.attempt(
            "raise units",
            refusal,
            self.stage.city.asset_registry.register_units,
            self.stage.asset_id,
            units,
            RESOLUTION,
            sender=self.stage.council_clerk,
        )
        if receipt:
            self.ledger.units = units

    def _donate(self, amount):
        self.attempt("donate", None, self.money.mint, self.token, amount, sender=self.stage.payer)
        self.ledger.donated += amount

    # --- invariants
    def check_at_the_end(self):
        """INV-REC-1: every balance at every date that has come."""
        records = dict(self.ledger.records)
        if 0 < self.ledger.due <= chain.blocks.head.timestamp:
            records[self.ledger.due] = [holder.balance for holder in self.ledger.holders]
        for time, balances in records.items():
            held = [self.token.snapshotBalanceOf(time, wallet) for wallet in self.wallets]
            assert held == balances, "INV-REC-1"
            assert self.token.snapshotTotalSupply(time) == sum(balances), "INV-REC-1"

    @invariant()
    def inv_tok_1_supply_is_what_is_held_and_on_the_deed(self):
        """INV-TOK-1: balances sum to the supply, and the supply stays within the deed's units."""
        balances = [self.token.balanceOf(wallet) for wallet in self.wallets]
        supply = self.token.totalSupply()
        assert balances == [holder.balance for holder in self.ledger.holders], "INV-TOK-1"
        assert sum(balances) == supply == self.ledger.supply, "INV-TOK-1"
        assert supply <= self.ledger.units, "INV-TOK-1"

    @invariant()
    def inv_tok_2_pre_check_is_the_outcome(self):
        """INV-TOK-2: what the pre-check says is what happens; another pair at each step."""
        self.probe += 1
        sender, receiver = self.probe % 5, self.probe // 5 % 6
        holder = self.ledger.holders[sender]
        amount = (0, holder.free, holder.free + 1, holder.balance + 1)[self.probe % 4]
        code = self.ledger.move_code(sender, receiver, amount, chain.blocks.head.timestamp)
        pair = self.wallets[sender], self.wallets[receiver]
        outcome = errors.refusal_of(
            lambda: self.token.transfer.call(pair[1], amount, sender=pair[0])
        )
        may = self.token.canTransfer(*pair, amount)
        assert self.token.detectTransferRestriction(*pair, amount) == code, "INV-TOK-2"
        assert outcome == self._error(code, amount, receiver, sender), "INV-TOK-2"
        assert may == (code == 0 or (code == 11 and holder.frozen == 0)), "INV-TOK-2"

    @invariant()
    def inv_inc_income_is_paid_exactly(self):
        """The two invariants on income, from one reading of it.

        INV-INC-1: claimed and claimable income never exceed the deposits, and fall short of them
        by less than one base unit for each wallet that ever held units. The token has exactly
        what was deposited and not claimed.

        INV-INC-2: what a holder claimed and can claim is its exact share of each deposit, rounded
        down once over all of them; where the share misses the next unit by less than
        deposits / 2**32 units, it may be that unit.
        """
        ledger = self.ledger
        claimable = [self.token.claimable(wallet) for wallet in self.wallets]
        assert claimable == [holder.claimable for holder in ledger.holders], "INV-INC-2"
        for holder in ledger.holders:
            earned = holder.scaled // SCALE
            excess = earned - holder.exact
            assert excess > -1, "INV-INC-2"
            assert excess * 2**32 < max(1, ledger.deposits), "INV-INC-2"

        shared = ledger.claimed + sum(claimable)
        ever = sum(holder.has_held for holder in ledger.holders)
        assert ledger.deposited - ever < shared <= ledger.deposited, "INV-INC-1"
        assert self.token.income_deposited() == ledger.deposited, "INV-INC-1"
        held = self.money.balanceOf(self.token)
        assert held == ledger.deposited - ledger.claimed + ledger.donated, "INV-INC-1"
        assert held - ledger.donated >= sum(claimable), "INV-INC-1"
