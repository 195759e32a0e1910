"""The identity registry against a ledger of its own: claims, wallets, issuers and recoveries."""

from dataclasses import dataclass, field
from typing import Any

import ape
from ape import chain
from ape.api import AccountAPI
from ape.contracts import ContractInstance
from eth_utils import keccak
from hypothesis.stateful import initialize, invariant, rule

from civitas.chain.city import City
from civitas.chain.identity import Claim, binding_message, claim_message
from civitas.chain.signing import signed_by
from tests.stateful.running import ChainMachine, seeds

KYC, TAX = 1, 2
TOPICS = (KYC, TAX)
ZERO_ADDRESS = "0x" + "00" * 20
NOBODY = (ZERO_ADDRESS, 0, 0, 0)
REASON = keccak(text="file on the loss")
DAY = 86_400
FAR = 2**39  # {s} a deadline that no run reaches
ACTIONS = (
    *("onboard", "onboard", "file", "file", "file", "file", "replay", "replay", "bind", "bind"),
    *("unbind", "unbind", "revoke", "revoke", "raise", "trust", "trust", "topics", "require"),
    *("refresh", "refresh", "vouch", "vouch", "vouch", "withdraw", "delete", "delete", "reinstate"),
    *("reinstate", "object", "object", "pass", "contradict", "contradict"),
    *("announce",) * 5,
    *("recover",) * 6,
)


@dataclass(frozen=True)
class IdentityStage:
    """What one session deploys once; a machine restores it after each run."""

    city: City
    registry: ContractInstance
    issuers: tuple[AccountAPI, ...]
    wallets: tuple[AccountAPI, ...]
    officer: AccountAPI
    clerk: AccountAPI
    enforcer: AccountAPI
    anybody: AccountAPI


@dataclass
class Issuer:
    topics: frozenset[int] = frozenset()  # empty: not trusted
    nonce: int = 0
    is_known: bool = False  # trusted now or before


@dataclass
class Filed:
    issuer: int
    valid_until: int
    nonce: int
    issuer_nonce: int


@dataclass
class Investor:
    country: int = 0  # 0: no record
    investor_class: int = 0
    valid_until: int = 0
    is_vouched: bool = False
    claims: dict[int, Filed] = field(default_factory=dict)


class IdentityMachine(ChainMachine):
    def __init__(self, stage: IdentityStage):
        super().__init__(stage)
        self.issuers = [Issuer() for _ in stage.issuers]
        self.investors = [Investor() for _ in stage.wallets]  # by the address of a wallet
        self.investor_of: list[int | None] = [None for _ in stage.wallets]
        self.nonces = [0 for _ in stage.wallets]
        self.lost: set[int] = set()
        self.barred: set[int] = set()
        self.successors: dict[int, int] = {}
        self.announced: dict[int, tuple[int, int, int]] = {}  # lost -> successor, from, until
        self.required = {KYC}
        self.known = {KYC}
        self.taken: dict[tuple[int, int, int], int] = {}  # key of a claim -> highest nonce
        self.void: dict[tuple[int, int, int], int] = {}  # key -> revoked or replaced up to it
        self.signed: list[Claim] = []

    @initialize()
    def trust_the_first(self):
        self._trust(0, frozenset({KYC}))
        self._onboard(self.lot(0), 0)

    @rule(seed=seeds)
    def act(self, seed):
        lot = self.lot(seed)
        getattr(self, f"_do_{lot.choice(ACTIONS)}")(lot)

    # --- invariants
    @invariant()
    def inv_id_1_2_3_is_what_the_ledger_says(self):
        """INV-ID-1, INV-ID-2, INV-ID-3: each wallet is what its investor is."""
        registry = self.stage.registry
        for number, wallet in enumerate(self.stage.wallets):
            of = self.investor_of[number]
            expected: tuple[Any, ...] = NOBODY
            if of is not None:
                investor = self.investors[of]
                expected = (
                    *(self.stage.wallets[of].address, investor.country),
                    *(investor.investor_class, investor.valid_until),
                )
            assert tuple(registry.eligibility(wallet)) == expected, number

    @invariant()
    def inv_id_1_is_verified_to_the_last_second(self):
        """INV-ID-1"""
        now = chain.blocks.head.timestamp
        ends = [0 if of is None else self.investors[of].valid_until for of in self.investor_of[:2]]
        expected = 1 if ends[0] < now else 2 if ends[1] < now else 0
        wallets = self.stage.wallets
        assert self.stage.registry.unverified_side(wallets[0], wallets[1]) == expected, (ends, now)

    @invariant()
    def inv_id_5_is_replaced_for_ever(self):
        """INV-ID-5"""
        for lost, successor in self.successors.items():
            wallets = self.stage.wallets
            assert self.stage.registry.recovered_to(wallets[lost]) == wallets[successor]
            assert self.investor_of[lost] is None

    def check_at_the_end(self):
        """INV-ID-4: the registry remembers the highest nonce of each key that was ever taken."""
        for (issuer, investor, topic), nonce in self.taken.items():
            found = self.stage.registry.last_nonce(
                self.stage.issuers[issuer], self.stage.wallets[investor], topic
            )
            assert found == nonce, (issuer, investor, topic)
        for wallet, nonce in zip(self.stage.wallets, self.nonces, strict=True):
            assert self.stage.registry.wallet_nonce(wallet) == nonce

    # --- what the ledger knows
    def _now(self):
        return int(chain.pending_timestamp)

    def _stands(self, filed, topic):
        issuer = self.issuers[filed.issuer]
        return topic in issuer.topics and filed.issuer_nonce == issuer.nonce

    def _earliest(self, investor):
        ends = []
        for topic in self.required:
            filed = investor.claims.get(topic)
            if filed is None or not self._stands(filed, topic):
                return 0
            ends.append(filed.valid_until)
        return min(ends, default=0)

    def _is_vouched(self, known):
        return known.is_vouched and self._now() <= known.valid_until

    def _is_what_is_filed(self, claim, issuer, known):
        """Whether the claim says what the one filed last says."""
        filed = Filed(issuer, claim.valid_until, claim.nonce, claim.issuer_nonce)
        said = claim.topic != KYC or (claim.country, claim.investor_class) == (
            *(known.country, known.investor_class),
        )
        return said and known.claims.get(claim.topic) == filed

    def _is_pointer(self, number):
        return self.investor_of[number] not in (None, number)

    def _try(self, name, refusals, call):
        """Call; where one of the refusals holds, expect the first. Whether it succeeded."""
        reason = next((reason for holds, reason in refusals if holds), None)
        self.attempt(name, reason, call)
        if reason is not None and name in ("file", "replay"):
            self.count(f"file refused: {reason.partition(': ')[2]}")
        return reason is None

    def _filing_refusals(self, claim, issuer, investor):
        topic, known = claim.topic, self.investors[investor]
        trusted = self.issuers[issuer]
        last = self.taken.get((issuer, investor, topic), 0)
        said = topic == KYC
        is_other = (claim.country, claim.investor_class) != (known.country, known.investor_class)
        is_new = not self._is_what_is_filed(claim, issuer, known)
        return [
            (claim.valid_until <= self._now(), "investor_records: bad expiry"),
            (not trusted.topics, "trusted_issuers: not trusted"),
            (topic not in self.known, "trusted_issuers: unknown topic"),
            (topic not in trusted.topics, "trusted_issuers: not for this topic"),
            (claim.issuer_nonce != trusted.nonce, "claims: void issuer nonce"),
            (said and self._is_pointer(investor), "investor_records: is a wallet"),
            (not said and not known.country, "investor_records: unknown investor"),
            (said and self._is_vouched(known) and is_other, "claims: not the office's word"),
            (is_new and claim.nonce <= last, "claims: void claim"),
        ]

    def _is_filed(self, claim, issuer, investor):
        known = self.investors[investor]
        if self._is_what_is_filed(claim, issuer, known):
            self.count("filed again")
            return
        is_vouched = self._is_vouched(known)
        if claim.topic == KYC:
            known.country, known.investor_class = claim.country, claim.investor_class
        old = known.claims.get(claim.topic)
        if old is not None and old.issuer != issuer:
            self.void[old.issuer, investor, claim.topic] = old.nonce
            self.count("claim replaced")
        known.claims[claim.topic] = Filed(
            issuer, claim.valid_until, claim.nonce, claim.issuer_nonce
        )
        self.taken[issuer, investor, claim.topic] = claim.nonce
        if not is_vouched:
            known.valid_until, known.is_vouched = self._earliest(known), False

    def _claim(self, lot, issuer, investor, topic):
        nonce = self.taken.get((issuer, investor, topic), 0) + lot.choice((0, 1, 1, 1, 2))
        claim = Claim(
            issuer=self.stage.issuers[issuer].address,
            identity=self.stage.wallets[investor].address,
            topic=topic,
            investor_class=lot.randrange(4) if topic == KYC else 0,
            country=lot.choice((410, 840)) if topic == KYC else 0,
            valid_until=self._now() + lot.choice((20, 100 * DAY, 101 * DAY)),
            nonce=nonce,
            issuer_nonce=self.issuers[issuer].nonce,
            deadline=FAR,
        )
        self.signed.append(claim)
        return claim

    def _signature(self, claim, issuer):
        return signed_by(self.stage.issuers[issuer], claim_message(self.stage.city, claim))

    def _consent(self, wallet, investor, nonce=None):
        wallets = self.stage.wallets
        nonce = self.nonces[wallet] if nonce is None else nonce
        return signed_by(
            wallets[wallet],
            binding_message(self.stage.city, wallets[wallet], wallets[investor], nonce, FAR),
        )

    def _binding_refusals(self, wallet, investor):
        return [
            (wallet in self.barred, "investor_records: barred"),
            (self.investor_of[wallet] is not None, "investor_records: is registered"),
            (wallet in self.lost, "investor_records: wallet was lost"),
            (
                wallet != investor and self.investors[wallet].country != 0,
                "investor_records: is an investor",
            ),
        ]

    def _is_announced(self, lost):
        return lost in self.announced and self._now() <= self.announced[lost][2]

    def _unbound(self, wallet):
        self.investor_of[wallet] = None
        self.nonces[wallet] += 1

    def _bound(self, lot):
        """A wallet of somebody, where there is one."""
        bound = [number for number, of in enumerate(self.investor_of) if of is not None]
        return lot.choice(bound or [0])

    def _any(self, lot):
        return lot.randrange(len(self.stage.wallets))

    def _is_taken(self, number):
        taken = self.investor_of[number] is not None or number in self.lost
        return taken or self.investors[number].country != 0

    # --- actions
    def _do_onboard(self, lot):
        self._onboard(lot, self._any(lot))

    def _onboard(self, lot, wallet):
        issuer = 0 if not lot.randrange(4) else self._issuer(lot)
        claim = self._claim(lot, issuer, wallet, KYC)
        consent = self._consent(wallet, wallet)
        refusals = self._filing_refusals(claim, issuer, wallet)
        refusals += self._binding_refusals(wallet, wallet)
        if self._try(
            "onboard",
            refusals,
            lambda: self.stage.registry.onboard(
                *(claim.as_tuple(), self._signature(claim, issuer), FAR, consent),
                sender=self.stage.anybody,
            ),
        ):
            self._is_filed(claim, issuer, wallet)
            self.investor_of[wallet] = wallet

    def _issuer(self, lot):
        return lot.randrange(len(self.issuers))

    def _file(self, name, claim, issuer, investor):
        signature = self._signature(claim, issuer)
        if self._try(
            name,
            self._filing_refusals(claim, issuer, investor),
            lambda: self.stage.registry.file_claims(
                [(claim.as_tuple(), signature)], sender=self.stage.anybody
            ),
        ):
            self._is_filed(claim, issuer, investor)

    def _do_file(self, lot):
        issuer = self._issuer(lot)
        records = [n for n, each in enumerate(self.investors) if each.country] or [0]
        investor = lot.choice(records) if lot.randrange(4) else self._any(lot)
        self._file("file", self._claim(lot, issuer, investor, lot.choice(TOPICS)), issuer, investor)

    def _do_contradict(self, lot):
        """Say of an investor whom the office vouches for what the office may not."""
        vouched = [n for n, each in enumerate(self.investors) if self._is_vouched(each)]
        issuer, investor = self._issuer(lot), lot.choice(vouched or [0])
        self._file("file", self._claim(lot, issuer, investor, KYC), issuer, investor)

    def _do_replay(self, lot):
        claim = lot.choice(self.signed)
        issuer = [each.address for each in self.stage.issuers].index(claim.issuer)
        investor = [each.address for each in self.stage.wallets].index(claim.identity)
        self._file("replay", claim, issuer, investor)

    def _do_bind(self, lot):
        of, wallet = self._bound(lot), self._any(lot)
        investor = self.investor_of[of]
        sender = self.stage.wallets[of]
        if investor is None:
            with ape.reverts("investor_records: not registered"):
                self.stage.registry.bind_wallet(wallet_of(self, wallet), FAR, b"", sender=sender)
            return
        stale = self.nonces[wallet] > 0 and lot.randrange(3) == 0
        signature = self._consent(wallet, investor, self.nonces[wallet] - 1 if stale else None)
        barred, *others = self._binding_refusals(wallet, investor)
        forged = (stale and wallet != of, "signatures: bad signature")
        if self._try(
            "bind",
            [barred, forged, *others],
            lambda: self.stage.registry.bind_wallet(
                wallet_of(self, wallet), FAR, signature, sender=sender
            ),
        ):
            self.investor_of[wallet] = investor

    def _do_unbind(self, lot):
        wallet = self._bound(lot) if lot.randrange(3) else self._any(lot)
        if self._try(
            "unbind",
            [
                (self._is_announced(wallet), "wallet_recovery: is announced"),
                (self.investor_of[wallet] is None, "investor_records: not registered"),
            ],
            lambda: self.stage.registry.unbind_wallet(sender=wallet_of(self, wallet)),
        ):
            self._unbound(wallet)

    def _do_delete(self, lot):
        wallet = self._bound(lot)
        if self._try(
            "delete",
            [(self.investor_of[wallet] is None, "investor_records: not registered")],
            lambda: self.stage.registry.deleteIdentity(
                wallet_of(self, wallet), sender=self.stage.officer
            ),
        ):
            self._unbound(wallet)
            self.barred.add(wallet)

    def _do_reinstate(self, lot):
        """The office binds a wallet that it took off an investor."""
        wallet = lot.choice(sorted(self.barred) or [0])
        is_own = self.investors[wallet].country != 0
        investor = wallet if is_own else lot.choice([0, self._any(lot)])
        known = self.investors[investor]
        _, *refusals = self._binding_refusals(wallet, investor)
        if self._try(
            "reinstate",
            [
                (self._is_pointer(investor), "investor_records: is a wallet"),
                *refusals,
            ],
            lambda: self.stage.registry.registerIdentity(
                *(wallet_of(self, wallet), wallet_of(self, investor), 410),
                sender=self.stage.officer,
            ),
        ):
            known.country = 410
            self.investor_of[wallet] = investor
            self.barred.discard(wallet)

    def _do_revoke(self, lot):
        keys = sorted(self.taken)
        key = (self._issuer(lot), self._any(lot), lot.choice(TOPICS))
        if keys and lot.randrange(4):
            key = lot.choice(keys)
        issuer, investor, topic = key
        nonce = self.taken.get(key, 0) + lot.choice((0, 0, 1))
        known = self.investors[investor]
        if self._try(
            "revoke",
            [
                (topic not in self.known, "trusted_issuers: unknown topic"),
                (nonce <= self.void.get(key, 0), "claims: is void"),
                (not self.issuers[issuer].is_known, "claims: unknown issuer"),
            ],
            lambda: self.stage.registry.revoke_claim(
                *(self.stage.wallets[investor], topic, nonce), sender=self.stage.issuers[issuer]
            ),
        ):
            self.void[key] = self.taken[key] = nonce
            filed = known.claims.get(topic)
            if filed is not None and filed.issuer == issuer:
                del known.claims[topic]
                if not self._is_vouched(known):
                    known.valid_until, known.is_vouched = self._earliest(known), False
                self.count("revoke what is filed")

    def _do_raise(self, lot):
        issuer = self._issuer(lot)
        if self._try(
            "raise",
            [(not self.issuers[issuer].topics, "trusted_issuers: not trusted")],
            lambda: self.stage.registry.revoke_all_claims(sender=self.stage.issuers[issuer]),
        ):
            self.issuers[issuer].nonce += 1

    def _do_trust(self, lot):
        issuer = self._issuer(lot)
        if self.issuers[issuer].topics and lot.randrange(4):
            issuer = 1 - issuer
        self._trust(issuer, frozenset(lot.sample(sorted(self.known), len(self.known))))

    def _trust(self, number, topics):
        """Trust an issuer; remove one that is trusted."""
        issuer, account = self.issuers[number], self.stage.issuers[number]
        if issuer.topics and not topics - issuer.topics:
            self.stage.registry.removeTrustedIssuer(account, sender=self.stage.clerk)
            issuer.topics = frozenset()
            self.count("issuer removed")
            return
        if issuer.topics:
            with ape.reverts("trusted_issuers: is trusted"):
                self.stage.registry.addTrustedIssuer(
                    account, sorted(topics), sender=self.stage.clerk
                )
            return
        self.stage.registry.addTrustedIssuer(account, sorted(topics), sender=self.stage.clerk)
        issuer.nonce += issuer.is_known
        issuer.topics, issuer.is_known = topics, True

    def _do_topics(self, lot):
        number = self._issuer(lot)
        topics = frozenset(lot.sample(sorted(self.known), lot.randint(1, len(self.known))))
        if self._try(
            "topics",
            [(not self.issuers[number].topics, "trusted_issuers: not trusted")],
            lambda: self.stage.registry.updateIssuerClaimTopics(
                self.stage.issuers[number], sorted(topics), sender=self.stage.clerk
            ),
        ):
            self.issuers[number].topics = topics

    def _do_require(self, lot):
        topic = TAX if lot.randrange(3) else KYC
        if topic in self.required:
            self.stage.registry.removeClaimTopic(topic, sender=self.stage.clerk)
        else:
            self.stage.registry.addClaimTopic(topic, sender=self.stage.clerk)
        self.required ^= {topic}
        self.known.add(topic)
        self.count("require")

    def _do_refresh(self, lot):
        recorded = [number for number, each in enumerate(self.investors) if each.country]
        self.stage.registry.refresh(
            [self.stage.wallets[number] for number in recorded], sender=self.stage.anybody
        )
        for number in recorded:
            known = self.investors[number]
            if not self._is_vouched(known):
                if known.valid_until != self._earliest(known):
                    known.valid_until = self._earliest(known)
                    self.count("refresh changes")
                known.is_vouched = False

    def _do_vouch(self, lot):
        wallet, until = self._bound(lot), self._now() + lot.choice((0, 20, 50 * DAY))
        of = self.investor_of[wallet]
        investor_class = lot.randrange(4)
        if self._try(
            "vouch",
            [
                (of is None, "investor_records: not registered"),
                (until <= self._now(), "investor_records: bad expiry"),
            ],
            lambda: self.stage.registry.set_eligibility(
                *(wallet_of(self, wallet), investor_class, until), sender=self.stage.officer
            ),
        ):
            known = self.investors[of]
            known.investor_class, known.valid_until, known.is_vouched = investor_class, until, True

    def _do_withdraw(self, lot):
        vouched = [number for number, each in enumerate(self.investors) if each.is_vouched]
        investor = lot.choice(vouched or [0])
        known = self.investors[investor]
        if self._try(
            "withdraw",
            [(not self._is_vouched(known), "claims: not vouched for")],
            lambda: self.stage.registry.withdraw_vouch(
                wallet_of(self, investor), sender=self.stage.officer
            ),
        ):
            known.is_vouched, known.valid_until = False, self._earliest(known)

    def _do_announce(self, lot):
        lost, successor = self._bound(lot), self._any(lot)
        free = [n for n in range(len(self.stage.wallets)) if not self._is_taken(n)]
        if free and lot.randrange(4):
            successor = lot.choice(free)
        of = self.investor_of[lost]
        signature = self._consent(successor, of if of is not None else 0)
        barred, *others = self._binding_refusals(successor, successor)
        refusals = [
            (of is None, "investor_records: not registered"),
            *others,
            barred,
            (self._is_announced(lost), "wallet_recovery: is announced"),
        ]
        at = self._now()
        if self._try(
            "announce",
            refusals,
            lambda: self.stage.registry.announce_recovery(
                *(wallet_of(self, lost), wallet_of(self, successor), REASON, FAR, signature),
                sender=self.stage.enforcer,
            ),
        ):
            start = at + self.stage.registry.OBJECTION_WINDOW()
            self.announced[lost] = (successor, start, start + 30 * DAY)

    def _do_object(self, lot):
        lost = lot.choice(sorted(self.announced) or [0])
        by = self._bound(lot)
        of = self.investor_of[by]
        if self._try(
            "object",
            [
                (of is None, "investor_records: not registered"),
                (of != self.investor_of[lost], "identity_registry: not the investor"),
                (lost not in self.announced, "wallet_recovery: not announced"),
            ],
            lambda: self.stage.registry.object_to_recovery(
                wallet_of(self, lost), sender=wallet_of(self, by)
            ),
        ):
            del self.announced[lost]

    def _do_recover(self, lot):
        lost = lot.choice(sorted(self.announced) or [0])
        successor, start, until = self.announced.get(lost, (0, 0, FAR))
        if lost in self.announced and lot.randrange(4):
            chain.pending_timestamp = max(self._now(), lot.choice((start - 1, start, start, until)))
        of = self.investor_of[lost]
        barred, *others = self._binding_refusals(successor, of)
        refusals = [
            (lost not in self.announced, "wallet_recovery: not announced"),
            (self._now() < start, "wallet_recovery: window is open"),
            (self._now() > until, "wallet_recovery: has expired"),
            barred,
            (of is None, "investor_records: not registered"),
            *others,
        ]
        if self._try(
            "recover",
            refusals,
            lambda: self.stage.registry.recover_wallet(
                wallet_of(self, lost), sender=self.stage.enforcer
            ),
        ):
            del self.announced[lost]
            self._unbound(lost)
            self.lost.add(lost)
            self.successors[lost] = successor
            self.investor_of[successor] = of

    def _do_pass(self, lot):
        chain.pending_timestamp = self._now() + lot.choice((30, 8 * DAY, 15 * DAY))
        chain.mine()


def wallet_of(machine, number):
    return machine.stage.wallets[number]
