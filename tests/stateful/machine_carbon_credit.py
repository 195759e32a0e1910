"""Carbon credits and their certificates against a ledger of integers."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from enum import IntFlag, auto
from typing import ClassVar

import ape
from ape.api import AccountAPI
from ape.contracts import ContractInstance
from eth_utils import keccak
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

TONNE = 10**8
DAY = 86_400
START = 1_600_041_600  # {s} long before any chain here begins
METHOD = keccak(text="methodology")
EVIDENCE = keccak(text="evidence")
DETAILS = keccak(text="salt and details")
NOTHING = bytes(32)
ZERO_ADDRESS = "0x" + "00" * 20
FOREVER = 2**40 - 1


class Manner(IntFlag):
    """Of MockCreditReceiver."""

    ACCEPTS = auto()
    REFUSES = auto()
    ANSWERS_WRONG = auto()
    TRIES_BACK = auto()


@dataclass(frozen=True)
class CarbonStage:
    """What one session deploys once; a machine restores it after each run."""

    carbon: ContractInstance
    certificate: ContractInstance
    identity_registry: ContractInstance
    assets: tuple[int, ...]
    investors: tuple[object, ...]  # verified; the last is a contract with manners
    outsider: AccountAPI  # never verified
    broker: AccountAPI  # an operator for those who approve it
    esg_officer: AccountAPI
    carbon_verifier: AccountAPI
    compliance_officer: AccountAPI
    guardian: AccountAPI
    chain_engineer: AccountAPI


@dataclass
class Project:
    asset: int
    batches: int = 0
    next_serial: int = 1


@dataclass
class Batch:
    project: int
    start: int
    end: int
    first_serial: int
    last_serial: int
    issued: int
    retired: int = 0


ACTIONS = [
    "register",
    "issue",
    "issue",
    "issue",
    "transfer",
    "transfer batch",
    "transfer batch",
    "retire",
    "retire",
    "retire all",
    "retire_for",
    "verify",
    "approve",
    "stop",
    "behave",
    "move certificate",
]


class CarbonCreditMachine(RuleBasedStateMachine):
    runs_with: ClassVar[Counter[str]] = Counter()  # action -> runs in which it came about
    steps: ClassVar[int] = 0

    def __init__(self, stage: CarbonStage):
        super().__init__()
        self.stage = stage
        self.snapshot = ape.chain.snapshot()
        self.done = set()
        self.projects = {}  # id -> Project
        self.batches = {}  # token id -> Batch
        self.balance = defaultdict(int)  # (investor's number, token id) -> amount
        self.retired_by = defaultdict(int)
        self.certificates = []  # (owner, token id, amount, purpose, time, details)
        self.covered_until = dict.fromkeys(self.stage.assets, 0)
        self.verified = set(range(len(self.stage.investors)))
        self.operators = set()  # numbers of the investors whose operator the broker is
        self.is_paused = False
        self.manner = Manner.ACCEPTS
        self.read = {}  # token id -> what the contract says of the batch
        self.touched = None  # the token id of the last action

    def teardown(self):
        for token_id in self.batches:
            self.touched = token_id
            self.inv_carb_1_issued_is_tradable_and_retired()
        for number in range(1, len(self.certificates) + 1):
            self._check_certificate(number)
        self.inv_carb_3_no_tonne_twice()
        type(self).runs_with.update(self.done)
        ape.chain.restore(self.snapshot)

    # --- rules
    @initialize(data=st.data())
    def begin(self, data):
        """Two projects on one asset, credits of both with every investor, and a batch of one
        tonne that one investor holds."""
        for _ in (1, 2):
            self._register(self.stage.assets[0])
        self._issue(data, 1, 1, 1, "gap")
        for project in (1, 2):
            self._issue(data, project, 0, data.draw(st.integers(1, 1_000)), "touching")
            for receiver in (1, 2):
                self._transfer(0, receiver, self.touched, TONNE // 4, by_broker=False)

    @rule(action=st.sampled_from(ACTIONS), data=st.data())
    def act(self, action, data):
        type(self).steps += 1
        account, token_id = self._holding(data)
        by_broker = data.draw(st.integers(0, 3 if account in self.operators else 9)) == 0
        if action == "register":
            self._register(data.draw(st.sampled_from([*self.stage.assets, 10**9])))
        elif action == "issue":
            project = data.draw(st.sampled_from([*self.projects, *self.projects, 99]))
            kinds = st.sampled_from(
                ["touching", "touching", "gap", "gap", "overlapping", "empty", "future"]
            )
            tonnes = data.draw(st.one_of(st.integers(1, 1_000), st.integers(0, 10**9)))
            self._issue(data, project, self._anyone(data), tonnes, data.draw(kinds))
        elif action == "transfer":
            amount = self._some(data, account, token_id)
            self._transfer(account, self._anyone(data), token_id, amount, by_broker)
        elif action == "transfer batch":
            receiver = data.draw(st.integers(0, len(self.stage.investors) - 1))
            self._transfer_batch(data, account, receiver, by_broker)
        elif action == "retire":
            self._retire(account, token_id, self._some(data, account, token_id), by_broker)
        elif action == "retire all":
            if self._held_alone():
                account, token_id = data.draw(st.sampled_from(self._held_alone()))
            self._retire(account, token_id, self.balance[account, token_id], by_broker)
        elif action == "retire_for":
            amount = self._some(data, account, token_id)
            beneficiary = data.draw(st.sampled_from([0, 1, 2, 2, 3]))
            self._retire(account, token_id, amount, by_broker, data, beneficiary)
        elif action == "verify":
            self._verify_or_revoke(data)
        elif action == "approve":
            self._approve_or_not(account)
        elif action == "stop":
            if self.is_paused or data.draw(st.booleans()):
                self._stop_or_start()
        elif action == "behave":
            self._behave(data)
        else:
            self._move_certificate(data)

    # --- invariants
    @invariant()
    def inv_carb_1_issued_is_tradable_and_retired(self):
        """INV-CARB-1: of each batch and in total, what was issued is tradable or retired."""
        carbon, token_id = self.stage.carbon, self.touched
        assert carbon.total_issued() == sum(batch.issued for batch in self.batches.values())
        assert carbon.total_retired() == sum(batch.retired for batch in self.batches.values())
        if token_id not in self.batches:
            return
        batch, known = self.batches[token_id], carbon.batch(token_id)
        self.read[token_id] = known
        tradable = carbon.total_supply(token_id)
        assert (known.issued, known.retired) == (batch.issued, batch.retired)
        assert known.issued == tradable + known.retired
        held = 0
        for number, investor in enumerate(self.stage.investors):
            balance = carbon.balanceOf(investor, token_id)
            assert balance == self.balance[number, token_id], number
            retired = carbon.retiredBalanceOf(investor, token_id)
            assert retired == self.retired_by[number, token_id], number
            held += balance
        assert held == tradable

    @invariant()
    def inv_carb_2_a_certificate_for_each_retirement(self):
        """INV-CARB-2: one certificate per retirement, amounts add up to the retired, none moves."""
        certificate = self.stage.certificate
        assert certificate.total_certificates() == len(self.certificates)
        amounts = [amount for _, _, amount, _, _, _ in self.certificates]
        assert sum(amounts) == sum(batch.retired for batch in self.batches.values())
        if self.certificates:
            self._check_certificate(len(self.certificates))

    @invariant()
    def inv_carb_3_no_tonne_twice(self):
        """INV-CARB-3: a project's serials are 1 to n, each in one batch; periods of an asset never
        overlap, whatever the project."""
        for number, project in self.projects.items():
            batches = [self.read[i] for i in self.read if self.batches[i].project == number]
            following = 1
            for batch in sorted(batches, key=lambda batch: batch.first_serial):
                assert batch.first_serial == following
                tonnes = batch.last_serial - batch.first_serial + 1
                assert tonnes * TONNE == batch.issued > 0
                following = batch.last_serial + 1
            assert following == project.next_serial
        for asset in self.stage.assets:
            periods = sorted(
                (self.read[i].period_start, self.read[i].period_end)
                for i in self.read
                if self.projects[self.batches[i].project].asset == asset
            )
            for (_, end), (start, _) in zip(periods, periods[1:], strict=False):
                assert end <= start

    # --- drawing
    def _holding(self, data):
        """Mostly an investor's number and the id of a batch that it has something of."""
        investors = range(len(self.stage.investors))
        anything = st.tuples(
            st.sampled_from(investors), st.sampled_from([*self.batches, *self.batches, 7])
        )
        held = [place for place, amount in self.balance.items() if amount]
        rather = st.sampled_from(held) if held else anything
        return data.draw(st.one_of(rather, rather, anything))

    def _anyone(self, data):
        """An investor's number, or beyond them: the outsider, then nobody."""
        investors = st.integers(0, len(self.stage.investors) - 1)
        anyone = st.integers(0, len(self.stage.investors) + 1)
        return data.draw(st.one_of(investors, investors, anyone))

    def _account(self, number):
        return [*self.stage.investors, self.stage.outsider, ZERO_ADDRESS][number]

    def _some(self, data, account, token_id):
        """Mostly an amount that the account has, up to all of it."""
        has = self.balance[account, token_id]
        near = st.sampled_from([has, has + 1, max(has - 1, 0), 0])
        within = st.integers(1, has) if has else near
        return data.draw(st.one_of(within, within, near))

    # --- the ledger
    def _held_alone(self):
        """(investor's number, token id) where one investor holds all that is tradable."""
        return [
            (account, token_id)
            for (account, token_id), amount in self.balance.items()
            if amount and amount == self._supply(token_id)
        ]

    def _supply(self, token_id):
        batch = self.batches.get(token_id)
        return batch.issued - batch.retired if batch else 0

    def _caller(self, account, by_broker):
        return self.stage.broker if by_broker else self.stage.investors[account]

    def _hook_refusal(self, receiver):
        """Why the investor that is a contract would not take credits, or None."""
        if receiver != len(self.stage.investors) - 1:
            return None
        return {
            Manner.REFUSES: "mock: refuses",
            Manner.ANSWERS_WRONG: "erc1155: transfer to non-IERC1155Receiver implementer",
        }.get(self.manner)

    def _move_refusals(self, account, receiver, by_broker):
        return [
            (self.is_paused, "emergency_stop: paused"),
            (by_broker and account not in self.operators, "carbon_credit: not allowed"),
            (account not in self.verified, "carbon_credit: cannot send"),
            (receiver not in self.verified, "carbon_credit: cannot receive"),
        ]

    def _try(self, name, refusals, call):
        """Call; where one of the refusals holds, expect the first. What the call returned, or
        None."""
        reason = next((reason for holds, reason in refusals if holds), None)
        if reason is None:
            receipt = call()
            self.done.add(name)
            return receipt
        with ape.reverts(reason):
            call()
        self.done.add(f"{name} refused")
        self.done.add(reason)
        return None

    # --- actions
    def _register(self, asset):
        stage = self.stage
        receipt = self._try(
            "register",
            [(asset not in stage.assets, "nonfungible: unknown token")],
            lambda: stage.carbon.register_project(asset, METHOD, sender=stage.esg_officer),
        )
        if receipt:
            number = len(self.projects) + 1
            assert receipt.return_value == number
            self.projects[number] = Project(asset)

    def _issue(self, data, number, receiver, tonnes, kind):
        stage, project = self.stage, self.projects.get(number)
        covered = self.covered_until[project.asset] if project else START
        start = max(covered, START)
        if kind == "gap":
            start += data.draw(st.integers(1, DAY))
        elif kind == "overlapping":
            start -= data.draw(st.sampled_from([1, DAY]))
        end = start + data.draw(st.integers(1, DAY))
        if kind == "empty":
            end = start - data.draw(st.integers(0, 1))
        elif kind == "future":
            end = ape.chain.pending_timestamp + data.draw(st.integers(1, DAY))
        evidence = NOTHING if data.draw(st.integers(0, 15)) == 15 else EVIDENCE
        sender = stage.esg_officer if data.draw(st.integers(0, 15)) == 15 else None
        hook = self._hook_refusal(receiver)
        refusals = [
            (sender is not None, "authorized: missing role"),
            (self.is_paused, "emergency_stop: paused"),
            (project is None, "carbon_credit: unknown project"),
            (tonnes == 0, "carbon_credit: no amount"),
            (evidence == NOTHING, "carbon_credit: no evidence"),
            (kind in ("empty", "future"), "carbon_credit: bad period"),
            (start < covered, "carbon_credit: period overlaps"),
            (receiver not in self.verified, "carbon_credit: cannot receive"),
            (hook is not None, hook),
        ]
        receipt = self._try(
            "issue",
            refusals,
            lambda: stage.carbon.issue(
                number,
                self._account(receiver),
                tonnes,
                2020,
                start,
                end,
                evidence,
                sender=sender or stage.carbon_verifier,
            ),
        )
        if receipt:
            project.batches += 1
            token_id = (number << 128) | project.batches
            assert receipt.return_value == token_id
            last = project.next_serial + tonnes - 1
            self.batches[token_id] = Batch(
                number, start, end, project.next_serial, last, tonnes * TONNE
            )
            project.next_serial = last + 1
            self.covered_until[project.asset] = end
            self.balance[receiver, token_id] = tonnes * TONNE
            self.read[token_id] = stage.carbon.batch(token_id)
            self.touched = token_id
            self._check_call_back()

    def _transfer(self, account, receiver, token_id, amount, by_broker):
        hook = self._hook_refusal(receiver)
        refusals = [
            *self._move_refusals(account, receiver, by_broker),
            (
                amount > self.balance[account, token_id],
                "erc1155: insufficient balance for transfer",
            ),
            (hook is not None, hook),
        ]
        if self._try(
            "transfer",
            refusals,
            lambda: self.stage.carbon.safeTransferFrom(
                self._account(account),
                self._account(receiver),
                token_id,
                amount,
                b"",
                sender=self._caller(account, by_broker),
            ),
        ):
            self.balance[account, token_id] -= amount
            self.balance[receiver, token_id] += amount
            self._check_call_back()
        self.touched = token_id

    def _transfer_batch(self, data, account, receiver, by_broker):
        """Several ids, some of them twice: the second time, less is left."""
        held = [token_id for token_id in self.batches if self.balance[account, token_id]]
        ids = data.draw(st.lists(st.sampled_from(held or [*self.batches]), min_size=1, max_size=4))
        left = {token_id: self.balance[account, token_id] for token_id in ids}
        is_short = data.draw(st.integers(0, 4)) == 0
        values = []
        for token_id in ids:
            values.append(data.draw(st.integers(0, left[token_id])))
            if account != receiver:
                left[token_id] -= values[-1]
        if is_short:
            values[-1] += left[ids[-1]] + 1
        hook = self._hook_refusal(receiver)
        refusals = [
            *self._move_refusals(account, receiver, by_broker),
            (is_short, "erc1155: insufficient balance for transfer"),
            (hook is not None, hook),
        ]
        if self._try(
            "transfer batch",
            refusals,
            lambda: self.stage.carbon.safeBatchTransferFrom(
                self._account(account),
                self._account(receiver),
                ids,
                values,
                b"",
                sender=self._caller(account, by_broker),
            ),
        ):
            for token_id, amount in zip(ids, values, strict=True):
                self.balance[account, token_id] -= amount
                self.balance[receiver, token_id] += amount
            if len(set(ids)) < len(ids):
                self.done.add("id twice in a batch")
            self._check_call_back()
        self.touched = ids[-1]

    def _retire(self, account, token_id, amount, by_broker, data=None, beneficiary=None):
        """`retire` where no beneficiary is given; `beneficiary` as in `_account`, 3 for nobody."""
        stage, batch = self.stage, self.batches.get(token_id)
        supply = self._supply(token_id)
        owner = self._account(account)
        purpose, details = 0, NOTHING
        if beneficiary is not None:
            owner = [*stage.investors[:2], stage.outsider, ZERO_ADDRESS][beneficiary]
            purpose = data.draw(st.integers(0, 2**16 - 1))
            details = data.draw(st.sampled_from([NOTHING, DETAILS]))
        refusals = [
            (by_broker and account not in self.operators, "carbon_credit: not allowed"),
            (amount == 0, "carbon_credit: no amount"),
            (account not in self.verified, "carbon_credit: cannot send"),
            (amount > supply, "erc1155: burn amount exceeds total_supply"),
            (amount > self.balance[account, token_id], "erc1155: burn amount exceeds balance"),
            (owner == ZERO_ADDRESS, "nonfungible: zero receiver"),
        ]
        sender = self._caller(account, by_broker)
        payer = self._account(account)
        if beneficiary is None:
            receipt = self._try(
                "retire",
                refusals,
                lambda: stage.carbon.retire(token_id, payer, amount, sender=sender),
            )
        else:
            receipt = self._try(
                "retire_for",
                refusals,
                lambda: stage.carbon.retire_for(
                    token_id, payer, amount, owner, purpose, details, sender=sender
                ),
            )
        if receipt:
            self.balance[account, token_id] -= amount
            self.retired_by[account, token_id] += amount
            batch.retired += amount
            self.certificates.append((owner, token_id, amount, purpose, receipt.timestamp, details))
            if self.is_paused:
                self.done.add("retire while paused")
            if batch.retired == batch.issued:
                self.done.add("retire all")
        self.touched = token_id

    def _verify_or_revoke(self, data):
        stage = self.stage
        revoked = [n for n in range(len(stage.investors)) if n not in self.verified]
        anyone = st.integers(0, len(stage.investors) - 1)
        number = data.draw(st.one_of(st.sampled_from(revoked), anyone) if revoked else anyone)
        wallet = stage.investors[number]
        if number in self.verified:
            stage.identity_registry.deleteIdentity(wallet, sender=stage.compliance_officer)
        else:
            stage.identity_registry.register(
                [(wallet, wallet, 410, 0, FOREVER)], sender=stage.compliance_officer
            )
        self.verified ^= {number}

    def _approve_or_not(self, account):
        self.operators ^= {account}
        self.stage.carbon.setApprovalForAll(
            self.stage.broker, account in self.operators, sender=self.stage.investors[account]
        )

    def _stop_or_start(self):
        if self.is_paused:
            self.stage.carbon.unpause(sender=self.stage.chain_engineer)
        else:
            self.stage.carbon.pause(sender=self.stage.guardian)
        self.is_paused = not self.is_paused

    def _behave(self, data):
        """While it is asked, the contract tries to move or retire what it holds."""
        carbon, me = self.stage.carbon, self.stage.investors[-1]
        token_id = data.draw(st.sampled_from([*self.batches]))
        calls = [
            carbon.retire.encode_input(token_id, me, 1),
            carbon.safeTransferFrom.encode_input(me, self.stage.investors[0], token_id, 1, b""),
        ]
        self.manner = data.draw(st.sampled_from([Manner.TRIES_BACK, *Manner]))
        me.behave(self.manner, data.draw(st.sampled_from(calls)), sender=self.stage.broker)

    def _check_call_back(self):
        assert self.stage.investors[-1].call_back_succeeded() is False

    def _move_certificate(self, data):
        stage = self.stage
        number = data.draw(st.integers(0, len(self.certificates) + 1))
        owner = stage.investors[0]
        if 0 < number <= len(self.certificates):
            owner = self.certificates[number - 1][0]
        calls = [
            (stage.certificate.transferFrom, owner, stage.broker, number),
            (stage.certificate.safeTransferFrom, owner, stage.broker, number),
            (stage.certificate.approve, stage.broker, number),
            (stage.certificate.setApprovalForAll, stage.broker, True),
        ]
        call, *arguments = data.draw(st.sampled_from(calls))
        with ape.reverts("retirement_certificate: locked"):
            call(*arguments, sender=owner)
        if 0 < number <= len(self.certificates):
            self._check_certificate(number)
        self.done.add("certificate moved refused")

    def _check_certificate(self, number):
        certificate = self.stage.certificate
        assert tuple(certificate.certificate(number)) == self.certificates[number - 1], number
        assert certificate.ownerOf(number) == self.certificates[number - 1][0], number
