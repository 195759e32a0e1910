"""The treasury against a ledger of integers, with keys that change sides and a hostile token."""

from dataclasses import dataclass

import ape
from ape.api import AccountAPI
from ape.contracts import ContractInstance
from eth_utils import keccak
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from tests.stateful.running import ChainMachine, seeds

ZERO_ADDRESS = "0x" + "00" * 20
CLOSED = (ZERO_ADDRESS, bytes(32), ZERO_ADDRESS, 0, ZERO_ADDRESS)
DOCUMENT = keccak(text="document")


@dataclass(frozen=True)
class TreasuryStage:
    """What one session deploys once; a machine restores it after each run."""

    treasury: ContractInstance
    money: ContractInstance  # with a block list, a pause and a fee
    hook_token: ContractInstance  # calls the treasury back, holds the cashier's role
    authority: ContractInstance
    funds: tuple[bytes, ...]  # open, open and restricted, not open
    payees: tuple[AccountAPI, ...]
    keys: tuple[AccountAPI, ...]  # a treasurer, a cashier, and one that changes sides
    council: AccountAPI
    guardian: AccountAPI
    chain_engineer: AccountAPI
    payer: AccountAPI


@dataclass
class Approved:
    token: ContractInstance
    fund: bytes
    payee: object
    amount: int
    approver: AccountAPI


ACTIONS = [
    "deposit",
    "deposit",
    "book_surplus",
    "move",
    "move",
    "approve",
    "approve",
    "cancel",
    "pay",
    "pay",
    "pay",
    "stop",
    "lie",
    "block",
    "fee",
    "open_fund",
    "change_role",
    "arm",
]

amounts = st.one_of(st.integers(1, 200), st.integers(1, 200), st.integers(0, 10**24))


class TreasuryMachine(ChainMachine):
    def __init__(self, stage: TreasuryStage):
        super().__init__(stage)
        self.tokens = (stage.money, stage.hook_token)
        places = [(token, fund) for token in (0, 1) for fund in stage.funds]
        self.balance = dict.fromkeys(places, 0)
        self.reserved = dict.fromkeys(places, 0)
        self.total = [0, 0]
        self.held = [0, 0]
        self.payments = {}  # id -> Approved, or None once it is closed
        self.paid = {(token, payee.address): 0 for token in (0, 1) for payee in stage.payees}
        self.open = {stage.funds[0], stage.funds[1]}
        self.restricted = {stage.funds[1]}
        self.roles = ["TREASURER_ROLE", "CASHIER_ROLE", None]
        self.is_paused = False
        self.token_is_paused = False
        self.fee_bps = 0
        self.blocked = set()
        self.answers_false = False
        self.touched = 0  # the token of the last action

    def check_at_the_end(self):
        for number, approved in self.payments.items():
            self._check_payment(number, approved)
        for token in (0, 1):
            self.touched = token
            self.inv_tre_1_funds_are_the_holdings()
            self.inv_tre_2_paid_is_what_was_approved()

    # --- rules
    @initialize(data=st.data())
    def begin(self, data):
        """Money in both funds of both tokens, a payment approved of each, and one that its own
        approver tries to pay."""
        for token in (0, 1):
            for fund in self.stage.funds[:2]:
                self._deposit(token, fund, data.draw(st.integers(1_000, 10**6)))
            self._approve(0, token, self.stage.funds[token], 0, data.draw(st.integers(1, 1_000)))
        self._arm(data)
        self._change_role("TREASURER_ROLE")
        self._approve(2, 0, self.stage.funds[0], 1, data.draw(st.integers(1, 500)))
        self._change_role("CASHIER_ROLE")
        self._pay(2, 3)

    @rule(seed=seeds, data=st.data())
    def act(self, seed, data):
        action = self.lot(seed).choice(ACTIONS)
        token, fund = data.draw(st.integers(0, 1)), data.draw(st.sampled_from(self.stage.funds))
        self.touched = token
        if action == "deposit":
            self._deposit(token, fund, data.draw(amounts))
        elif action == "book_surplus":
            self._stray(token, data.draw(st.integers(0, 1_000)))
            self._book_surplus(self._key(data, "TREASURER_ROLE"), token, fund)
        elif action == "move":
            self._move(self._key(data, "TREASURER_ROLE"), token, data)
        elif action == "approve":
            payee = data.draw(st.integers(0, len(self.stage.payees) + 1))
            key = self._key(data, "TREASURER_ROLE")
            self._approve(key, token, fund, payee, self._some(data, token, fund))
        elif action == "cancel":
            self._cancel(self._key(data, "TREASURER_ROLE"), self._payment(data))
        elif action == "pay":
            key = self._key(data, "CASHIER_ROLE")
            self._pay(key, self._payment(data, approver=self.stage.keys[key]))
        elif action == "stop":
            self._stop_or_start(data)
        elif action == "lie":
            self._lie_or_not()
        elif action == "block":
            self._block(data)
        elif action == "fee":
            self._set_fee(data.draw(st.sampled_from([0, 1, 100])))
        elif action == "open_fund":
            rather = st.sampled_from([self.stage.funds[2], self.stage.funds[2], fund])
            self._open_fund(self._key(data, "TREASURER_ROLE"), data.draw(rather))
        elif action == "change_role":
            self._change_role(data.draw(st.sampled_from(["TREASURER_ROLE", "CASHIER_ROLE"])))
        else:
            self._arm(data)

    # --- invariants
    @invariant()
    def inv_tre_1_funds_are_the_holdings(self):
        """INV-TRE-1: the funds, reserved or not, add up to the total, and the total is held."""
        treasury, index, token = self.stage.treasury, self.touched, self.tokens[self.touched]
        in_funds = 0
        for fund in self.stage.funds:
            free, reserved = treasury.balance_of(token, fund), treasury.reserved_of(token, fund)
            assert free == self.balance[index, fund], fund
            assert reserved == self.reserved[index, fund], fund
            in_funds += free + reserved
        assert in_funds == treasury.total_of(token) == self.total[index]
        assert token.balanceOf(treasury) == self.held[index] >= self.total[index]

    @invariant()
    def inv_tre_2_paid_is_what_was_approved(self):
        """INV-TRE-2: payees have what was approved by one key and paid by another, once."""
        for payee in self.stage.payees:
            received = self.tokens[self.touched].balanceOf(payee)
            assert received == self.paid[self.touched, payee.address]
        assert self.stage.treasury.total_payments() == len(self.payments)

    # --- drawing
    @staticmethod
    def _rather(first, all_of_them):
        """Mostly one of the first, where there are any: what is stopped shall run again."""
        anyone = st.sampled_from(list(all_of_them))
        rather = st.sampled_from(first) if first else anyone
        return st.one_of(rather, rather, anyone)

    def _key(self, data, role):
        """Mostly a key that holds the role, where one does."""
        anyone = st.integers(0, 2)
        holders = [number for number, held in enumerate(self.roles) if held == role]
        rather = st.sampled_from(holders) if holders else anyone
        return data.draw(st.one_of(rather, rather, rather, anyone))

    def _payment(self, data, approver=None):
        """Mostly a payment that is open, where one is; at times one approved by `approver`."""
        any_number = st.integers(0, len(self.payments) + 1)
        numbers = [number for number, approved in self.payments.items() if approved]
        own = [number for number in numbers if self.payments[number].approver == approver]
        rather = st.sampled_from(numbers) if numbers else any_number
        return data.draw(
            st.one_of(rather, rather, st.sampled_from(own) if own else rather, any_number)
        )

    def _some(self, data, token, fund):
        """Mostly an amount that the fund has, up to all of it."""
        free = self.balance[token, fund]
        near = st.sampled_from([free, free + 1, max(free - 1, 0), 0])
        within = st.integers(1, free) if free else amounts
        return data.draw(st.one_of(within, within, near))

    # --- the ledger
    def _found(self, number):
        approved = self.payments.get(number)
        if approved is not None:
            self.touched = self.tokens.index(approved.token)
        return approved

    def _transfer_refusal(self, token, payee=None):
        """Why a token would not move, or None."""
        if token == 1:
            return "token_transfer: returned false" if self.answers_false else None
        if self.token_is_paused:
            return "mock: paused"
        return "mock: blocked" if payee is not None and payee.address in self.blocked else None

    def _fee(self, token, amount):
        return amount * self.fee_bps // 10_000 if token == 0 else 0

    def _try(self, name, refusals, call):
        """Call; where one of the refusals holds, expect the first. Whether it succeeded."""
        reason = next((reason for holds, reason in refusals if holds), None)
        self.attempt(name, reason, call)
        if reason is not None and name == "pay":
            self.count(f"pay refused: {reason.rpartition(': ')[2]}")
        return reason is None

    def _lacks(self, key, role):
        return (self.roles[key] != role, "authorized: missing role")

    # --- actions
    def _deposit(self, token, fund, amount):
        stage, contract = self.stage, self.tokens[token]
        contract.mint(stage.payer, amount, sender=stage.payer)
        contract.approve(stage.treasury, amount, sender=stage.payer)
        refusal = self._transfer_refusal(token)
        refusals = [
            (self.is_paused, "emergency_stop: paused"),
            (fund not in self.open, "treasury: unknown fund"),
            (amount == 0, "treasury: no amount"),
            (refusal is not None, refusal),
            (self._fee(token, amount) != 0, "token_transfer: amount differs"),
        ]
        if self._try(
            "deposit",
            refusals,
            lambda: stage.treasury.deposit_income(contract, amount, fund, sender=stage.payer),
        ):
            self.balance[token, fund] += amount
            self.total[token] += amount
            self.held[token] += amount

    def _stray(self, token, amount):
        self.tokens[token].mint(self.stage.treasury, amount, sender=self.stage.payer)
        self.held[token] += amount

    def _book_surplus(self, key, token, fund):
        stage, surplus = self.stage, self.held[token] - self.total[token]
        refusals = [
            self._lacks(key, "TREASURER_ROLE"),
            (fund not in self.open, "treasury: unknown fund"),
            (surplus == 0, "treasury: no amount"),
        ]
        if self._try(
            "book_surplus",
            refusals,
            lambda: stage.treasury.book_surplus(self.tokens[token], fund, sender=stage.keys[key]),
        ):
            self.balance[token, fund] += surplus
            self.total[token] += surplus

    def _move(self, key, token, data):
        stage = self.stage
        general, restricted, _ = stage.funds
        rather, any_fund = st.just((general, restricted)), st.sampled_from(stage.funds)
        from_fund, to_fund = data.draw(st.one_of(rather, st.tuples(any_fund, any_fund)))
        amount = self._some(data, token, from_fund)
        resolution = data.draw(st.sampled_from([DOCUMENT] * 5 + [bytes(32)]))
        refusals = [
            self._lacks(key, "TREASURER_ROLE"),
            (resolution == bytes(32), "treasury: no resolution"),
            (amount == 0, "treasury: no amount"),
            (from_fund == to_fund, "treasury: same fund"),
            (to_fund not in self.open, "treasury: unknown fund"),
            (from_fund in self.restricted, "treasury: fund is restricted"),
            (amount > self.balance[token, from_fund], "treasury: fund too small"),
        ]
        if self._try(
            "move",
            refusals,
            lambda: stage.treasury.move(
                self.tokens[token],
                from_fund,
                to_fund,
                amount,
                resolution,
                sender=stage.keys[key],
            ),
        ):
            self.balance[token, from_fund] -= amount
            self.balance[token, to_fund] += amount

    def _approve(self, key, token, fund, payee, amount):
        """`payee` beyond the list: the treasury itself, then nobody."""
        stage, contract = self.stage, self.tokens[token]
        account = [*stage.payees, stage.treasury, ZERO_ADDRESS][payee]
        refusals = [
            self._lacks(key, "TREASURER_ROLE"),
            (self.is_paused, "emergency_stop: paused"),
            (payee >= len(stage.payees), "treasury: no payee"),
            (amount == 0, "treasury: no amount"),
            (amount > self.balance[token, fund], "treasury: fund too small"),
        ]
        if self._try(
            "approve",
            refusals,
            lambda: stage.treasury.approve_payment(
                contract, fund, account, amount, DOCUMENT, sender=stage.keys[key]
            ),
        ):
            self.balance[token, fund] -= amount
            self.reserved[token, fund] += amount
            number = len(self.payments) + 1
            self.payments[number] = Approved(contract, fund, account, amount, stage.keys[key])
            self._check_payment(number, self.payments[number])

    def _cancel(self, key, number):
        stage, approved = self.stage, self._found(number)
        refusals = [
            self._lacks(key, "TREASURER_ROLE"),
            (approved is None, "treasury: no such payment"),
        ]
        if self._try(
            "cancel",
            refusals,
            lambda: stage.treasury.cancel_payment(number, sender=stage.keys[key]),
        ):
            token = self.tokens.index(approved.token)
            self.reserved[token, approved.fund] -= approved.amount
            self.balance[token, approved.fund] += approved.amount
            self.payments[number] = None
            self._check_payment(number, None)

    def _pay(self, key, number):
        stage, approved = self.stage, self._found(number)
        refusals = [
            self._lacks(key, "CASHIER_ROLE"),
            (self.is_paused, "emergency_stop: paused"),
            (approved is None, "treasury: no such payment"),
        ]
        if approved is not None:
            token = self.tokens.index(approved.token)
            refusal = self._transfer_refusal(token, approved.payee)
            refusals += [
                (approved.approver == stage.keys[key], "treasury: own approval"),
                (refusal is not None, refusal),
            ]
        if self._try("pay", refusals, lambda: stage.treasury.pay(number, sender=stage.keys[key])):
            self.reserved[token, approved.fund] -= approved.amount
            self.total[token] -= approved.amount
            self.held[token] -= approved.amount
            received = approved.amount - self._fee(token, approved.amount)
            self.paid[token, approved.payee.address] += received
            self.payments[number] = None
            self._check_payment(number, None)
            if token == 1 and stage.hook_token.target() == stage.treasury:
                assert stage.hook_token.attack_succeeded() is False
                self.count("paid under attack")

    def _open_fund(self, key, fund):
        stage = self.stage
        refusals = [
            self._lacks(key, "TREASURER_ROLE"),
            (fund in self.open, "treasury: fund is open"),
        ]
        if self._try(
            "open_fund",
            refusals,
            lambda: stage.treasury.open_fund(fund, False, sender=stage.keys[key]),
        ):
            self.open.add(fund)

    def _stop_or_start(self, data):
        stage = self.stage
        stopped = {"treasury": self.is_paused, "money": self.token_is_paused}
        what = data.draw(self._rather([name for name in stopped if stopped[name]], stopped))
        if what == "treasury":
            if self.is_paused:
                stage.treasury.unpause(sender=stage.chain_engineer)
            else:
                stage.treasury.pause(sender=stage.guardian)
            self.is_paused = not self.is_paused
        else:
            self.token_is_paused = not self.token_is_paused
            stage.money.set_habits(self.fee_bps, self.token_is_paused, sender=stage.payer)

    def _lie_or_not(self):
        """The hostile token answers that it didn't move, and doesn't."""
        self.answers_false = not self.answers_false
        self.stage.hook_token.set_answers_false(self.answers_false, sender=self.stage.payer)

    def _set_fee(self, fee_bps):
        self.fee_bps = fee_bps
        self.stage.money.set_habits(fee_bps, self.token_is_paused, sender=self.stage.payer)

    def _block(self, data):
        blocked = [payee for payee in self.stage.payees if payee.address in self.blocked]
        payee = data.draw(self._rather(blocked, self.stage.payees))
        self.blocked ^= {payee.address}
        self.stage.money.set_blocked(payee, payee.address in self.blocked, sender=self.stage.payer)

    def _change_role(self, role):
        """The council moves the third key to another duty; it can't hold both."""
        stage, held, key = self.stage, self.roles[2], self.stage.keys[2]
        if held is not None and held != role:
            with ape.reverts("authority: duties must be separate"):
                stage.authority.grantRole(keccak(text=role), key, sender=stage.council)
            stage.authority.revokeRole(keccak(text=held), key, sender=stage.council)
        stage.authority.grantRole(keccak(text=role), key, sender=stage.council)
        self.roles[2] = role
        self.count("change_role")

    def _arm(self, data):
        """In each of its transfers the token pays, deposits, or books a surplus by itself."""
        stage = self.stage
        treasury = stage.treasury
        attack = data.draw(
            st.sampled_from(
                [
                    treasury.pay.encode_input(self._payment(data)),
                    treasury.deposit_income.encode_input(stage.hook_token, 1, stage.funds[0]),
                    treasury.book_surplus.encode_input(stage.hook_token, stage.funds[0]),
                ]
            )
        )
        stage.hook_token.arm(treasury, attack, sender=stage.payer)

    def _check_payment(self, number, approved):
        expected = CLOSED
        if approved is not None:
            expected = (
                approved.token,
                approved.fund,
                approved.payee,
                approved.amount,
                approved.approver,
            )
        assert tuple(self.stage.treasury.payments(number)) == expected, number
