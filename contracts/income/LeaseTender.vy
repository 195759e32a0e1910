# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  LeaseTender
@license AGPL-3.0-only
@notice Lets an asset by sealed bids: bidders commit a hash with a deposit, then reveal; the highest
        annual rent at or above the reserve wins, of equal ones the first committed.
@dev    A deposit is lost to the asset's splitter where its bid is not revealed in time, or where it
        won and the winner does not accept in time. Everybody else takes it back by himself. The
        winner's pays for the deposit of the lease that the city signs with it. Where the city does
        not sign in time, the winner takes it back too: nobody can keep it. No loop over bidders.
        Trusts: `asset` is a plain ERC-20; one that keeps a fee is refused.
        Invariants: INV-TEND-1, INV-TEND-2 (docs/invariants.md).
@custom:kill Pause with GUARDIAN_ROLE: no new tenders or bids; reveals, refunds and forfeits go on.
"""

from ethereum.ercs import IERC20

from ..common import authorized
from ..common import emergency_stop
from ..common import token_transfer
from ..interfaces import ILease
from ..interfaces import ILeaseTender
from ..interfaces import ISplitterFactory
from . import rent_tariff

implements: ILeaseTender

initializes: authorized
initializes: emergency_stop[authorized := authorized]

exports: (
    authorized.authority,
    emergency_stop.pause,
    emergency_stop.unpause,
    emergency_stop.paused,
    emergency_stop.GUARDIAN_ROLE,
    emergency_stop.CHAIN_ENGINEER_ROLE,
)


interface ILeasing:
    def asset() -> address: view
    def SPLITTER_FACTORY() -> address: view
    def DEPOSITS() -> address: view
    def RENT_TABLE() -> address: view
    def terms_of(lease_id: uint256) -> ILease.Terms: view
    def tariff_word(lease_id: uint256) -> uint256: view
    def pay_deposit(lease_id: uint256, amount: uint256): nonpayable


interface ITariffs:
    def tariff_words(use: bytes32) -> (uint256, uint256): view


interface IHeld:
    def held_of(lease: address, lease_id: uint256) -> uint256: view


ASSET_MANAGER_ROLE: public(constant(bytes32)) = keccak256("ASSET_MANAGER_ROLE")
COUNCIL_CLERK_ROLE: public(constant(bytes32)) = keccak256("COUNCIL_CLERK_ROLE")
MAX_AMOUNT: constant(uint256) = 2**96
MAX_TIME: constant(uint256) = 2**64


struct Tender:
    draft: ILease.Draft
    rules: ILeaseTender.Rules
    terms: uint256  # the tariff's word when it was opened
    bids: uint256  # {1} committed
    leader: address
    annual_rent: uint256  # {asset} of the leader's bid
    is_accepted: bool
    is_closed: bool  # signed or called off


struct Bid:
    seal: bytes32
    number: uint256  # place among the bids of a tender, from 1 upwards
    deposit: uint256  # {asset} still here
    is_revealed: bool


LEASE: public(immutable(address))
_ASSET: immutable(IERC20)

total_tenders: public(uint256)
# {asset} all deposits that are here
total_held: public(uint256)
_tenders: HashMap[uint256, Tender]
_bids: HashMap[uint256, HashMap[address, Bid]]


@deploy
def __init__(authority: address, lease: address):
    """
    @param  lease  The Lease contract that the city signs with winners.
    """
    authorized.__init__(authority)
    assert lease.is_contract, "lease_tender: no lease"
    LEASE = lease
    _ASSET = IERC20(staticcall ILeasing(lease).asset())


# --- anyone
@external
def commit(tender_id: uint256, seal: bytes32):
    """
    @notice Put in a sealed bid, one for each bidder, with the deposit, taken by allowance.
    @param  seal  As `seal_of` says.
    @custom:reverts "emergency_stop: paused" | "lease_tender: unknown tender"
        | "lease_tender: not open" | "lease_tender: no seal" | "lease_tender: has a bid"
        | "token_transfer: amount differs"
    """
    emergency_stop._check_running()
    rules: ILeaseTender.Rules = self._rules(tender_id)
    assert (
        block.timestamp < rules.commit_until and not self._tenders[tender_id].is_closed
    ), "lease_tender: not open"
    assert seal != empty(bytes32), "lease_tender: no seal"
    assert self._bids[tender_id][msg.sender].number == 0, "lease_tender: has a bid"
    number: uint256 = self._tenders[tender_id].bids + 1
    self._tenders[tender_id].bids = number
    self._bids[tender_id][msg.sender] = Bid(
        seal=seal, number=number, deposit=rules.bid_deposit, is_revealed=False
    )
    self.total_held += rules.bid_deposit
    log ILeaseTender.BidCommitted(
        tender_id=tender_id,
        bidder=msg.sender,
        seal=seal,
        number=number,
        amount=rules.bid_deposit,
    )
    if rules.bid_deposit != 0:
        token_transfer._take(_ASSET, msg.sender, self, rules.bid_deposit)


@external
def reveal(tender_id: uint256, annual_rent: uint256, salt: bytes32):
    """
    @notice Open one's own bid. One that the city could not sign, below the reserve or no multiple of
            the tariff's quantum, never leads; its deposit is free all the same.
    @custom:reverts "lease_tender: unknown tender" | "lease_tender: not revealing"
        | "lease_tender: wrong seal" | "lease_tender: was revealed"
    """
    rules: ILeaseTender.Rules = self._rules(tender_id)
    assert (
        block.timestamp >= rules.commit_until
        and block.timestamp < rules.reveal_until
        and not self._tenders[tender_id].is_closed
    ), "lease_tender: not revealing"
    bid: Bid = self._bids[tender_id][msg.sender]
    assert bid.seal == self._seal(tender_id, msg.sender, annual_rent, salt), "lease_tender: wrong seal"
    assert not bid.is_revealed, "lease_tender: was revealed"
    self._bids[tender_id][msg.sender].is_revealed = True
    is_leading: bool = False
    if (
        annual_rent >= rules.reserve
        and annual_rent < MAX_AMOUNT
        and annual_rent == rent_tariff._cut(self._tenders[tender_id].terms, annual_rent)
    ):
        leader: address = self._tenders[tender_id].leader
        highest: uint256 = self._tenders[tender_id].annual_rent
        is_leading = (
            leader == empty(address)
            or annual_rent > highest
            or (annual_rent == highest and bid.number < self._bids[tender_id][leader].number)
        )
    if is_leading:
        self._tenders[tender_id].leader = msg.sender
        self._tenders[tender_id].annual_rent = annual_rent
    log ILeaseTender.BidRevealed(
        tender_id=tender_id, bidder=msg.sender, annual_rent=annual_rent, is_leading=is_leading
    )


@external
def accept(tender_id: uint256):
    """
    @notice Say yes as the winner, after all bids are open and in time.
    @custom:reverts "lease_tender: unknown tender" | "lease_tender: not the winner"
        | "lease_tender: not accepting" | "lease_tender: was accepted"
    """
    rules: ILeaseTender.Rules = self._rules(tender_id)
    assert msg.sender == self._tenders[tender_id].leader, "lease_tender: not the winner"
    assert (
        block.timestamp >= rules.reveal_until
        and block.timestamp < rules.accept_until
        and not self._tenders[tender_id].is_closed
    ), "lease_tender: not accepting"
    assert not self._tenders[tender_id].is_accepted, "lease_tender: was accepted"
    self._tenders[tender_id].is_accepted = True
    log ILeaseTender.BidAccepted(
        tender_id=tender_id,
        bidder=msg.sender,
        annual_rent=self._tenders[tender_id].annual_rent,
    )


@external
def conclude(tender_id: uint256, lease_id: uint256):
    """
    @notice Close a tender by the lease that the city signed with the winner, on the tender's terms
            and for the winner's rent. The bid's deposit pays what the lease's lacks; the rest is the
            winner's to take. Open to anyone, until the city's time is over.
    @custom:reverts "lease_tender: unknown tender" | "lease_tender: not accepted"
        | "lease_tender: other terms" | as Lease.pay_deposit
    """
    rules: ILeaseTender.Rules = self._rules(tender_id)
    tender: Tender = self._tenders[tender_id]
    assert (
        tender.is_accepted and not tender.is_closed and block.timestamp < rules.sign_until
    ), "lease_tender: not accepted"
    signed: ILease.Terms = staticcall ILeasing(LEASE).terms_of(lease_id)
    assert (
        signed.asset_id == tender.draft.asset_id
        and signed.tenant == tender.leader
        and signed.start_day == tender.draft.start_day
        and signed.anchor_day == tender.draft.anchor_day
        and signed.end_day == tender.draft.end_day
        and signed.annual_rent == tender.annual_rent
        and signed.deposit == tender.draft.deposit
        and staticcall ILeasing(LEASE).tariff_word(lease_id) == tender.terms
    ), "lease_tender: other terms"
    self._tenders[tender_id].is_closed = True
    held: uint256 = staticcall IHeld(staticcall ILeasing(LEASE).DEPOSITS()).held_of(LEASE, lease_id)
    deposit: uint256 = self._bids[tender_id][tender.leader].deposit
    paid: uint256 = min(deposit, signed.deposit - min(held, signed.deposit))
    self._bids[tender_id][tender.leader].deposit = deposit - paid
    self.total_held -= paid
    log ILeaseTender.TenderSigned(
        tender_id=tender_id, lease_id=lease_id, tenant=tender.leader, deposit=paid
    )
    if paid != 0:
        assert token_transfer._try_approve(_ASSET, LEASE, paid)  # dev: it takes the money next
        extcall ILeasing(LEASE).pay_deposit(lease_id, paid)


@external
def refund(tender_id: uint256, receiver: address) -> uint256:
    """
    @notice Take one's own deposit back, to any account: after the reveals where another bid leads;
            as the winner, once the lease is signed or the city's time to sign is over; and whenever
            the tender was called off. Also while paused.
    @return {asset} Amount; never 0.
    @custom:reverts "lease_tender: unknown tender" | "lease_tender: no receiver"
        | "lease_tender: no refund" | "token_transfer: returned false"
    """
    assert receiver != empty(address) and receiver != self, "lease_tender: no receiver"
    rules: ILeaseTender.Rules = self._rules(tender_id)
    bid: Bid = self._bids[tender_id][msg.sender]
    tender: Tender = self._tenders[tender_id]
    is_free: bool = tender.is_closed and (bid.is_revealed or not tender.is_accepted)
    if not tender.is_closed and bid.is_revealed and block.timestamp >= rules.reveal_until:
        is_free = msg.sender != tender.leader or (
            tender.is_accepted and block.timestamp >= rules.sign_until
        )
    assert is_free and bid.deposit != 0, "lease_tender: no refund"
    self._clear(tender_id, msg.sender, bid.deposit)
    log ILeaseTender.BidRefunded(
        tender_id=tender_id, bidder=msg.sender, receiver=receiver, amount=bid.deposit
    )
    token_transfer._send(_ASSET, receiver, bid.deposit)
    return bid.deposit


@external
def forfeit(tender_id: uint256, bidder: address) -> uint256:
    """
    @notice Give a deposit that was lost to the asset's splitter: of a bid that was not revealed, or
            that won and was not accepted in time. Open to anyone.
    @return {asset} Amount; never 0.
    @custom:reverts "lease_tender: unknown tender" | "lease_tender: not lost"
        | "token_transfer: returned false"
    """
    rules: ILeaseTender.Rules = self._rules(tender_id)
    bid: Bid = self._bids[tender_id][bidder]
    tender: Tender = self._tenders[tender_id]
    is_lost: bool = not bid.is_revealed and block.timestamp >= rules.reveal_until
    if bidder == tender.leader and not tender.is_accepted:
        is_lost = block.timestamp >= rules.accept_until
    if tender.is_closed and not tender.is_accepted:
        is_lost = False  # called off
    assert is_lost and bid.deposit != 0, "lease_tender: not lost"
    self._clear(tender_id, bidder, bid.deposit)
    splitter: address = staticcall ISplitterFactory(
        staticcall ILeasing(LEASE).SPLITTER_FACTORY()
    ).splitter_of(tender.draft.asset_id)
    log ILeaseTender.BidForfeited(
        tender_id=tender_id, bidder=bidder, splitter=splitter, amount=bid.deposit
    )
    token_transfer._send(_ASSET, splitter, bid.deposit)
    return bid.deposit


# --- ASSET_MANAGER_ROLE
@external
def open(draft: ILease.Draft, rules: ILeaseTender.Rules, document_hash: bytes32) -> uint256:
    """
    @notice Open a tender for a lease.
    @param  draft  As Lease.sign takes it; the tenant and the rent are 0, for the winner's.
    @return Tender id, from 1 upwards.
    @custom:role ASSET_MANAGER_ROLE
    @custom:reverts "emergency_stop: paused" | "lease_tender: no document" | "lease_tender: bad draft"
        | "lease_tender: no splitter" | "lease_tender: bad rules"
    """
    authorized._check_role(ASSET_MANAGER_ROLE, msg.sender)
    emergency_stop._check_running()
    assert document_hash != empty(bytes32), "lease_tender: no document"
    rate: uint256 = 0
    terms: uint256 = 0
    rate, terms = staticcall ITariffs(staticcall ILeasing(LEASE).RENT_TABLE()).tariff_words(
        draft.use
    )
    assert (
        draft.tenant == empty(address) and draft.annual_rent == 0 and terms != 0
    ), "lease_tender: bad draft"
    splitter: address = staticcall ISplitterFactory(
        staticcall ILeasing(LEASE).SPLITTER_FACTORY()
    ).splitter_of(draft.asset_id)
    assert splitter != empty(address), "lease_tender: no splitter"
    assert (
        rules.reserve != 0
        and rules.reserve < MAX_AMOUNT
        and rules.bid_deposit < MAX_AMOUNT
        and rules.commit_until > block.timestamp
        and rules.reveal_until > rules.commit_until
        and rules.accept_until > rules.reveal_until
        and rules.sign_until > rules.accept_until
        and rules.sign_until < MAX_TIME
    ), "lease_tender: bad rules"
    tender_id: uint256 = self.total_tenders + 1
    self.total_tenders = tender_id
    self._tenders[tender_id].draft = draft
    self._tenders[tender_id].rules = rules
    self._tenders[tender_id].terms = terms
    log ILeaseTender.TenderOpened(
        tender_id=tender_id,
        asset_id=draft.asset_id,
        draft=draft,
        rules=rules,
        document_hash=document_hash,
    )
    return tender_id


# --- COUNCIL_CLERK_ROLE
@external
def cancel(tender_id: uint256, document_hash: bytes32):
    """
    @notice Call a tender off by the council's resolution, before its reveals are over: all bidders
            may take their deposits back.
    @custom:role COUNCIL_CLERK_ROLE
    @custom:reverts "lease_tender: unknown tender" | "lease_tender: no document"
        | "lease_tender: too late"
    """
    authorized._check_role(COUNCIL_CLERK_ROLE, msg.sender)
    rules: ILeaseTender.Rules = self._rules(tender_id)
    assert document_hash != empty(bytes32), "lease_tender: no document"
    assert (
        block.timestamp < rules.reveal_until and not self._tenders[tender_id].is_closed
    ), "lease_tender: too late"
    self._tenders[tender_id].is_closed = True
    log ILeaseTender.TenderCancelled(tender_id=tender_id, document_hash=document_hash)


# --- views
@external
@view
def asset() -> address:
    """
    @notice The ERC-20 of deposits.
    """
    return _ASSET.address


@external
@view
def tender(tender_id: uint256) -> Tender:
    """
    @notice All about a tender; all zero where there is none.
    """
    return self._tenders[tender_id]


@external
@view
def bid_of(tender_id: uint256, bidder: address) -> Bid:
    """
    @notice All about a bid; all zero where there is none.
    """
    return self._bids[tender_id][bidder]


@external
@view
def seal_of(tender_id: uint256, bidder: address, annual_rent: uint256, salt: bytes32) -> bytes32:
    """
    @notice What a bidder commits: a hash that is good for its own bid in this tender only.
    @dev    Ask a node of your own: whoever answers learns the rent.
    @param  salt  Secret and random; without it the rent could be guessed.
    """
    return self._seal(tender_id, bidder, annual_rent, salt)


# --- internal
@internal
@view
def _rules(tender_id: uint256) -> ILeaseTender.Rules:
    rules: ILeaseTender.Rules = self._tenders[tender_id].rules
    assert rules.sign_until != 0, "lease_tender: unknown tender"
    return rules


@internal
@view
def _seal(tender_id: uint256, bidder: address, annual_rent: uint256, salt: bytes32) -> bytes32:
    return keccak256(abi_encode(chain.id, self, tender_id, bidder, annual_rent, salt))


@internal
def _clear(tender_id: uint256, bidder: address, amount: uint256):
    self._bids[tender_id][bidder].deposit = 0
    self.total_held -= amount
