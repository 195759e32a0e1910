# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  Dividends
@license AGPL-3.0-only
@notice Dividends declared for a record date: the money is taken in at once, each holder's part is
        its balance of that date, and anybody may have it paid.
@dev    Nothing loops over holders but the batch that a caller hands in. Parts are rounded down; the
        remainder of the division stays with the dividend and escheats with what nobody claims.
        Units that move after the record date, by force too, take nothing with them. Only the order
        of a succession, which says that income goes along, moves what a dead holder was due; and a
        wallet that the identity registry replaced is paid through the one that took its place.
        A payment is made through the desk, which withholds. One that is refused stays owed and does
        not stop a batch. The desk's allowance is what is held here, to the unit.
        Trusts: tokens admitted by the desk; their payment tokens are plain ERC-20s, a fee is refused.
        Invariants: INV-DIV-1, INV-DIV-2 (docs/invariants.md).
@custom:kill None: what was declared is due. A batch or a claim can be refused by a freeze only.
"""

from ethereum.ercs import IERC20

from ..common import authorized
from ..common import token_transfer
from ..interfaces import IDividends
from ..interfaces import IEnforcement
from ..interfaces import IIdentityRegistry
from ..interfaces import IIncomeDesk
from ..interfaces import IIncomeReceiver

implements: IDividends

initializes: authorized

exports: authorized.authority


interface IRecords:
    def pending_record() -> uint256: view
    def snapshotTotalSupply(time: uint256) -> uint256: view
    def snapshotBalanceOf(time: uint256, account: address) -> uint256: view
    def isFrozen(account: address) -> bool: view


interface IOrders:
    def id_of(order: IEnforcement.Order) -> bytes32: view
    def status_of(order_id: bytes32) -> IEnforcement.Status: view


ASSET_MANAGER_ROLE: public(constant(bytes32)) = keccak256("ASSET_MANAGER_ROLE")
COUNCIL_CLERK_ROLE: public(constant(bytes32)) = keccak256("COUNCIL_CLERK_ROLE")
MAX_BATCH: constant(uint256) = 100
MAX_EXCLUDED: constant(uint256) = 16
MAX_HEIRS: constant(uint256) = 16
MAX_AMOUNT: constant(uint256) = 2**120 - 1  # {asset} as of a token's deposits
# Wallets that were lost one after the other.
MAX_RECOVERIES: constant(uint256) = 8
_GIVEN_BACK_STAYS: constant(uint256) = 30 * 86_400  # {s}
# What one payment of a batch may use: about five times what the dearest of ours needs.
PAYMENT_GAS: constant(uint256) = 1_000_000

NOTHING_DUE: constant(uint256) = 1
FROZEN: constant(uint256) = 2
ESCHEATED: constant(uint256) = 3
REFUSED: constant(uint256) = 4


struct Due:
    code: uint256  # 0 where it can be paid
    own: uint256  # {asset} by the balance at the record date, unclaimed
    inherited: uint256  # {asset} by orders, unclaimed
    payee: address


DESK: public(immutable(IIncomeDesk))
IDENTITY_REGISTRY: public(immutable(IIdentityRegistry))
ENFORCEMENT: public(immutable(address))

total_dividends: public(uint256)
escheat_receiver: public(address)
escheat_purpose: public(bytes32)
# {asset} asset -> held for all its dividends together
total_held: public(HashMap[address, uint256])
is_excluded: public(HashMap[uint256, HashMap[address, bool]])
# dividend -> holder -> whether its own part was paid, or went to heirs
is_claimed: public(HashMap[uint256, HashMap[address, bool]])
# {asset} dividend -> heir -> unpaid of what an order gave it
inherited_of: public(HashMap[uint256, HashMap[address, uint256]])
_dividends: HashMap[uint256, IDividends.Dividend]
_excluded: HashMap[uint256, DynArray[address, MAX_EXCLUDED]]
# dividend -> hash of an order and a holder -> whether the one was followed for the other
_followed: HashMap[uint256, HashMap[bytes32, bool]]


@deploy
def __init__(
    authority: address,
    desk: address,
    identity_registry: address,
    enforcement: address,
    escheat_receiver: address,
    escheat_purpose: bytes32,
):
    """
    @param  escheat_receiver  An IIncomeReceiver that takes what nobody claims: the treasury.
    @param  escheat_purpose   Passed to it: a fund.
    """
    authorized.__init__(authority)
    assert (
        desk.is_contract and identity_registry.is_contract and enforcement.is_contract
    ), "dividends: no contract"
    DESK = IIncomeDesk(desk)
    IDENTITY_REGISTRY = IIdentityRegistry(identity_registry)
    ENFORCEMENT = enforcement
    self._set_escheat_account(escheat_receiver, escheat_purpose, empty(bytes32))


# --- anyone
@external
def claim(dividend_id: uint256, holder: address = msg.sender) -> uint256:
    """
    @notice Have a holder's part of a dividend paid. Open to anyone; the money goes to the holder, or
            to the wallet that took its place.
    @return {asset} Gross amount; the desk withholds from it. Never 0.
    @custom:reverts "dividends: not payable yet" | "dividends: nothing due"
        | "dividends: holder is frozen" | "dividends: money has escheated" | as the desk's `settle`
    """
    base: uint256 = self._opened(dividend_id)
    due: Due = self._due(dividend_id, base, holder)
    assert due.code != NOTHING_DUE, "dividends: nothing due"
    assert due.code != FROZEN, "dividends: holder is frozen"
    assert due.code != ESCHEATED, "dividends: money has escheated"
    amount: uint256 = due.own + due.inherited
    self._book(dividend_id, holder, due)
    log IDividends.DividendPaid(
        dividend_id=dividend_id, holder=holder, payee=due.payee, amount=amount
    )
    extcall DESK.settle_dividend(
        self._dividends[dividend_id].token, due.payee, amount, self._date(dividend_id)
    )
    return amount


@external
def claim_for(dividend_id: uint256, holders: DynArray[address, MAX_BATCH]) -> uint256:
    """
    @notice Have the parts of many holders paid. Who can't be paid is passed over and stays owed, who
            was paid is too: so a list may be handed in again, from the start or from anywhere.
    @dev    Where a caller gives too little gas a payment fails by itself, and can be made again.
    @return {asset} Gross amount of all payments.
    @custom:reverts "dividends: not payable yet"
    """
    base: uint256 = self._opened(dividend_id)
    date: uint256 = self._date(dividend_id)
    token: address = self._dividends[dividend_id].token
    total: uint256 = 0
    for holder: address in holders:
        due: Due = self._due(dividend_id, base, holder)
        amount: uint256 = due.own + due.inherited
        if due.code == 0:
            was_claimed: bool = self.is_claimed[dividend_id][holder]
            self._book(dividend_id, holder, due)
            if raw_call(
                DESK.address,
                abi_encode(
                    token,
                    due.payee,
                    amount,
                    date,
                    method_id=method_id("settle_dividend(address,address,uint256,uint256)"),
                ),
                gas=PAYMENT_GAS,
                revert_on_failure=False,
            ):
                total += amount
                log IDividends.DividendPaid(
                    dividend_id=dividend_id, holder=holder, payee=due.payee, amount=amount
                )
                continue
            # The desk has undone all of its own; so is this.
            self.is_claimed[dividend_id][holder] = was_claimed
            self.inherited_of[dividend_id][holder] = due.inherited
            self._dividends[dividend_id].paid -= amount
            self._dividends[dividend_id].held += amount
            self.total_held[self._dividends[dividend_id].asset] += amount
            due.code = REFUSED
        log IDividends.HolderSkipped(dividend_id=dividend_id, holder=holder, code=due.code)
    return total


@external
def follow_order(
    dividend_id: uint256, order: IEnforcement.Order, recorded: address = empty(address)
):
    """
    @notice Give heirs what a dead holder is due, by the weights of the succession that was carried
            out after the record date. Open to anyone: the order says who gets what.
    @param  recorded  A lost wallet whose place the sender took in the end, and which the dividend was
            recorded at; zero for the sender's own.
    @custom:reverts "dividends: not payable yet" | "dividends: not a succession"
        | "dividends: not carried out" | "dividends: not the sender's" | "dividends: was followed"
        | "dividends: nothing due"
    """
    base: uint256 = self._opened(dividend_id)
    assert (
        order.is_succession and order.token == self._dividends[dividend_id].token
    ), "dividends: not a succession"
    order_id: bytes32 = staticcall IOrders(ENFORCEMENT).id_of(order)
    status: IEnforcement.Status = staticcall IOrders(ENFORCEMENT).status_of(order_id)
    assert (
        status.executed_at >= self._dividends[dividend_id].record_time
    ), "dividends: not carried out"
    holder: address = order.sender
    if recorded != empty(address):
        assert self._payee(recorded) == order.sender, "dividends: not the sender's"
        holder = recorded
    followed: bytes32 = keccak256(abi_encode(order_id, holder))
    assert not self._followed[dividend_id][followed], "dividends: was followed"
    self._followed[dividend_id][followed] = True
    amount: uint256 = (
        self._own(dividend_id, base, holder) + self.inherited_of[dividend_id][holder]
    )
    assert amount != 0, "dividends: nothing due"
    self.is_claimed[dividend_id][holder] = True
    self.inherited_of[dividend_id][holder] = 0
    weights: uint256 = 0
    for weight: uint256 in order.shares:
        weights += weight
    sum: uint256 = 0
    given: uint256 = 0
    for i: uint256 in range(len(order.receivers), bound=MAX_HEIRS):
        sum += order.shares[i]
        # {asset} = {asset} * {weight} // {weight}, the running sum down, as the order divides units
        part: uint256 = amount * sum // weights - given
        given += part
        self.inherited_of[dividend_id][order.receivers[i]] += part
        log IDividends.EntitlementMoved(
            dividend_id=dividend_id,
            sender=holder,
            receiver=order.receivers[i],
            amount=part,
            order_id=order_id,
        )


@external
def note_deemed_payment(dividend_id: uint256):
    """
    @notice Say once that the date has come at which what is unpaid is deemed paid, and how much.
    @custom:reverts "dividends: not deemed paid"
    """
    dividend: IDividends.Dividend = self._dividends[dividend_id]
    assert (
        dividend.amount != 0
        and not dividend.is_deemed_paid
        and block.timestamp >= dividend.deemed_at
    ), "dividends: not deemed paid"
    self._dividends[dividend_id].is_deemed_paid = True
    log IDividends.DeemedPaid(
        dividend_id=dividend_id,
        deemed_at=dividend.deemed_at,
        unpaid=dividend.amount - dividend.paid,
    )


@external
def escheat(dividend_id: uint256) -> uint256:
    """
    @notice Send what is left of a dividend after its deadline to the escheat account. It stays owed:
            who claims late is paid once the money was given back.
    @return {asset} Amount sent; never 0.
    @custom:reverts "dividends: before the deadline" | "dividends: nothing held"
        | "dividends: receiver took less"
    """
    dividend: IDividends.Dividend = self._dividends[dividend_id]
    assert (
        dividend.amount != 0 and block.timestamp >= dividend.deadline
    ), "dividends: before the deadline"
    amount: uint256 = dividend.held
    assert amount != 0, "dividends: nothing held"
    receiver: address = self.escheat_receiver
    purpose: bytes32 = self.escheat_purpose
    self._dividends[dividend_id].held = 0
    self.total_held[dividend.asset] -= amount
    log IDividends.Escheated(
        dividend_id=dividend_id, receiver=receiver, purpose=purpose, amount=amount
    )
    asset: IERC20 = IERC20(dividend.asset)
    before: uint256 = staticcall asset.balanceOf(self)
    self._allow(dividend.asset, DESK.address, self.total_held[dividend.asset])
    self._allow(dividend.asset, receiver, amount)
    extcall IIncomeReceiver(receiver).deposit_income(dividend.asset, amount, purpose)
    after: uint256 = staticcall asset.balanceOf(self)
    assert before == after + amount, "dividends: receiver took less"
    return amount


@external
def give_back(dividend_id: uint256, amount: uint256):
    """
    @notice Bring money that has escheated back, out of the caller's pocket, for who claims late.
            It stays for 30 days at least, so that nobody can send it away before the claim.
    @param  amount  {asset} Not 0; at most what is unpaid and not here.
    @custom:reverts "dividends: no amount" | "dividends: more than is owed"
        | "token_transfer: amount differs"
    """
    dividend: IDividends.Dividend = self._dividends[dividend_id]
    assert amount != 0, "dividends: no amount"
    assert (
        amount <= dividend.amount - dividend.paid - dividend.held
    ), "dividends: more than is owed"
    deadline: uint256 = max(dividend.deadline, block.timestamp + _GIVEN_BACK_STAYS)
    self._dividends[dividend_id].held = dividend.held + amount
    self._dividends[dividend_id].deadline = deadline
    log IDividends.GivenBack(
        dividend_id=dividend_id,
        payer=msg.sender,
        amount=amount,
        old_deadline=dividend.deadline,
        new_deadline=deadline,
    )
    self._take_in(dividend.asset, amount)


# --- ASSET_MANAGER_ROLE
@external
def declare(
    token: address,
    amount: uint256,
    record_time: uint256,
    pay_time: uint256,
    deadline: uint256,
    deemed_at: uint256,
    excluded: DynArray[address, MAX_EXCLUDED],
    resolution: bytes32,
) -> uint256:
    """
    @notice Declare a dividend and take its money from the caller.
    @param  token        A security token that the desk has admitted.
    @param  amount       {asset} Not 0, below 2**120.
    @param  record_time  {s} A record date of the token, pending or past.
    @param  pay_time     {s} From which it is paid; not before the record date.
    @param  deadline     {s} From which what is unclaimed may escheat; after `pay_time`.
    @param  deemed_at    {s} When it is deemed paid at the latest, paid or not; not before `pay_time`.
    @param  excluded     Accounts that do not share in it, the treasury or a venue; ascending.
    @param  resolution   Hash of the resolution; not 0.
    @return Its id, from 1 upwards.
    @custom:role ASSET_MANAGER_ROLE
    @custom:reverts "dividends: not admitted" | "dividends: no amount" | "dividends: bad dates"
        | "dividends: no resolution" | "dividends: not ascending" | "dividends: no record"
        | "dividends: no holders" | "records: no record"
        | "token_transfer: amount differs"
    """
    authorized._check_role(ASSET_MANAGER_ROLE, msg.sender)
    asset: address = staticcall DESK.asset_of(token)
    assert asset != empty(address), "dividends: not admitted"
    assert amount != 0 and amount <= MAX_AMOUNT, "dividends: no amount"
    assert (
        record_time <= pay_time
        and block.timestamp <= pay_time
        and pay_time < deadline
        and pay_time <= deemed_at
    ), "dividends: bad dates"
    assert resolution != empty(bytes32), "dividends: no resolution"
    if record_time > block.timestamp:
        pending: uint256 = staticcall IRecords(token).pending_record()
        assert pending == record_time, "dividends: no record"
    else:
        # Refused by the token where it is no record.
        supply: uint256 = staticcall IRecords(token).snapshotTotalSupply(record_time)
        assert supply != 0, "dividends: no holders"
    dividend_id: uint256 = self.total_dividends + 1
    self.total_dividends = dividend_id
    self._dividends[dividend_id] = IDividends.Dividend(
        token=token,
        asset=asset,
        record_time=record_time,
        pay_time=pay_time,
        deadline=deadline,
        deemed_at=deemed_at,
        amount=amount,
        base=0,
        paid=0,
        held=amount,
        is_deemed_paid=False,
    )
    last: uint256 = 0
    for account: address in excluded:
        assert convert(account, uint256) > last, "dividends: not ascending"
        last = convert(account, uint256)
        self.is_excluded[dividend_id][account] = True
    self._excluded[dividend_id] = excluded
    log IDividends.DividendDeclared(
        dividend_id=dividend_id,
        token=token,
        resolution=resolution,
        asset=asset,
        amount=amount,
        record_time=record_time,
        pay_time=pay_time,
        deadline=deadline,
        deemed_at=deemed_at,
        excluded=excluded,
    )
    self._take_in(asset, amount)
    return dividend_id


# --- COUNCIL_CLERK_ROLE
@external
def set_escheat_account(receiver: address, purpose: bytes32, resolution: bytes32):
    """
    @notice Let unclaimed money go to another receiver of income, or another fund.
    @custom:role COUNCIL_CLERK_ROLE
    @custom:reverts "dividends: no receiver" | "dividends: no resolution"
    """
    authorized._check_role(COUNCIL_CLERK_ROLE, msg.sender)
    assert resolution != empty(bytes32), "dividends: no resolution"
    self._set_escheat_account(receiver, purpose, resolution)


# --- views
@external
@view
def dividends(dividend_id: uint256) -> IDividends.Dividend:
    """
    @notice A dividend; all zero where it was never declared.
    """
    return self._dividends[dividend_id]


@external
@view
def excluded_from(dividend_id: uint256) -> DynArray[address, MAX_EXCLUDED]:
    """
    @notice Accounts that do not share in a dividend.
    """
    return self._excluded[dividend_id]


@external
@view
def claimable(dividend_id: uint256, holder: address) -> (uint256, uint256, address):
    """
    @notice {asset} What a holder is due before taxes, the code of `HolderSkipped` for what keeps it
            from being paid, or 0, and who would be paid.
    @custom:reverts "dividends: not payable yet"
    """
    self._check_payable(dividend_id)
    due: Due = self._due(dividend_id, self._base(dividend_id), holder)
    return due.own + due.inherited, due.code, due.payee


# --- internal
@internal
@view
def _check_payable(dividend_id: uint256):
    pay_time: uint256 = self._dividends[dividend_id].pay_time
    assert pay_time != 0 and block.timestamp >= pay_time, "dividends: not payable yet"


@internal
@view
def _base(dividend_id: uint256) -> uint256:
    """
    @notice {unit} Supply at the record date, less what the excluded accounts held.
    """
    base: uint256 = self._dividends[dividend_id].base
    if base != 0:
        return base
    token: IRecords = IRecords(self._dividends[dividend_id].token)
    record_time: uint256 = self._dividends[dividend_id].record_time
    base = staticcall token.snapshotTotalSupply(record_time)
    for account: address in self._excluded[dividend_id]:
        base -= staticcall token.snapshotBalanceOf(record_time, account)
    return base


@internal
def _opened(dividend_id: uint256) -> uint256:
    """
    @notice {unit} The base, which the first payment fixes.
    """
    self._check_payable(dividend_id)
    base: uint256 = self._base(dividend_id)
    if base != 0 and self._dividends[dividend_id].base == 0:
        self._dividends[dividend_id].base = base
        dividend: IDividends.Dividend = self._dividends[dividend_id]
        log IDividends.BaseFixed(
            dividend_id=dividend_id,
            supply=staticcall IRecords(dividend.token).snapshotTotalSupply(dividend.record_time),
            base=base,
        )
    return base


@internal
@view
def _date(dividend_id: uint256) -> uint256:
    """
    @notice {s} When a payment of now is deemed made.
    """
    return min(block.timestamp, self._dividends[dividend_id].deemed_at)


@internal
@view
def _own(dividend_id: uint256, base: uint256, holder: address) -> uint256:
    """
    @notice {asset} A holder's part that is neither paid nor given to heirs, rounded down.
    """
    if (
        base == 0
        or self.is_claimed[dividend_id][holder]
        or self.is_excluded[dividend_id][holder]
    ):
        return 0
    balance: uint256 = staticcall IRecords(self._dividends[dividend_id].token).snapshotBalanceOf(
        self._dividends[dividend_id].record_time, holder
    )
    # {asset} = {asset} * {unit} // {unit}, down
    return self._dividends[dividend_id].amount * balance // base


@internal
@view
def _due(dividend_id: uint256, base: uint256, holder: address) -> Due:
    due: Due = Due(
        code=0,
        own=self._own(dividend_id, base, holder),
        inherited=self.inherited_of[dividend_id][holder],
        payee=holder,
    )
    amount: uint256 = due.own + due.inherited
    if amount == 0:
        due.code = NOTHING_DUE
        return due
    due.payee = self._payee(holder)
    token: IRecords = IRecords(self._dividends[dividend_id].token)
    if staticcall token.isFrozen(holder):
        due.code = FROZEN
    elif due.payee != holder and staticcall token.isFrozen(due.payee):
        due.code = FROZEN
    elif amount > self._dividends[dividend_id].held:
        due.code = ESCHEATED
    return due


@internal
@view
def _payee(holder: address) -> address:
    """
    @notice The wallet that took the place of a lost one, or of that one's successor; or the holder.
    """
    payee: address = holder
    for _: uint256 in range(MAX_RECOVERIES):
        successor: address = staticcall IDENTITY_REGISTRY.recovered_to(payee)
        if successor == empty(address):
            break
        payee = successor
    return payee


@internal
def _book(dividend_id: uint256, holder: address, due: Due):
    """
    @notice Take what is about to be paid out of the books.
    """
    amount: uint256 = due.own + due.inherited
    if due.own != 0:
        self.is_claimed[dividend_id][holder] = True
    if due.inherited != 0:
        self.inherited_of[dividend_id][holder] = 0
    self._dividends[dividend_id].paid += amount
    self._dividends[dividend_id].held -= amount
    self.total_held[self._dividends[dividend_id].asset] -= amount


@internal
def _take_in(asset: address, amount: uint256):
    """
    @notice Take money from the caller, and let the desk take as much as is held.
    """
    self.total_held[asset] += amount
    token_transfer._take(IERC20(asset), msg.sender, self, amount)
    self._allow(asset, DESK.address, self.total_held[asset])


@internal
def _allow(asset: address, spender: address, amount: uint256):
    """
    @dev First nothing, for tokens that want it so.
    """
    is_reset: bool = token_transfer._try_approve(IERC20(asset), spender, 0)
    is_allowed: bool = is_reset and token_transfer._try_approve(IERC20(asset), spender, amount)
    assert is_allowed, "dividends: token refuses"


@internal
def _set_escheat_account(receiver: address, purpose: bytes32, resolution: bytes32):
    assert receiver.is_contract, "dividends: no receiver"
    old_receiver: address = self.escheat_receiver
    old_purpose: bytes32 = self.escheat_purpose
    self.escheat_receiver = receiver
    self.escheat_purpose = purpose
    log IDividends.EscheatAccountSet(
        old_receiver=old_receiver,
        new_receiver=receiver,
        old_purpose=old_purpose,
        new_purpose=purpose,
        resolution=resolution,
    )
