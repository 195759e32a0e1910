# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  RevenueSplitter
@license AGPL-3.0-only
@notice One asset's waterfall: income fills tiers in their order (taxes, fees, reserves, debt
        service), the rest is shared out between payees by weight.
@dev    Income is whatever `asset` arrives here, by `transfer` from anyone. It belongs to the rules
        that were in force when it fell due (`date_income`), else when it arrived. `distribute`
        pays it out; a payee that can't be paid is credited, and never holds up the others.
        Rounding: shares are rounded down to the rules' quantum. What that leaves goes to the first
        payee, or waits here for later income: then a payee's part is the difference of two
        cumulative shares, so less than one quantum per payee waits.
        Trusts: `asset` is a plain ERC-20 (no rebase). A fee that it takes is the payee's loss.
        Invariants: INV-SPLIT-1 to 3, INV-FALL-1 to 3 (docs/invariants.md).
@custom:kill None: it only ever pays out. To redirect future income schedule other rules.
"""

from ethereum.ercs import IERC20

from ..common import authorized
from ..common import token_transfer
from ..interfaces import IIncomeReceiver
from ..interfaces import IRevenueSplitter
from ..interfaces import ISplitterRules
from . import rule_versions
from . import split_words
from . import tier_accounts

implements: IRevenueSplitter

initializes: authorized
initializes: rule_versions
initializes: tier_accounts

exports: (
    authorized.authority,
    rule_versions.version,
    rule_versions.next_start_month,
    rule_versions.rules_of,
    rule_versions.UTC_OFFSET_MINUTES,
    rule_versions.NOTICE_DAYS,
    rule_versions.FACTORY,
    tier_accounts.reserve_of,
)

TREASURER_ROLE: public(constant(bytes32)) = keccak256("TREASURER_ROLE")
CASHIER_ROLE: public(constant(bytes32)) = keccak256("CASHIER_ROLE")
LEASE_ROLE: public(constant(bytes32)) = keccak256("LEASE_ROLE")
MAX_ROWS: constant(uint256) = split_words.MAX_TIERS + split_words.MAX_PAYEES
# What a receiving contract may use to take its income in: about four times what the dearest of
# ours needs. It bounds what a hostile one can burn of the others' gas.
RECEIVER_GAS: constant(uint256) = 300_000


# What a distribution would do.
struct Plan:
    parts: DynArray[uint256, MAX_ROWS]  # {asset} of each tier, then of each payee
    accounts: DynArray[uint256, split_words.MAX_TIERS]  # of caps, as in tier_accounts
    total: uint256  # {asset} sum of `parts`
    kept: uint256  # {asset} of it, what reserves keep
    rest: uint256  # {asset} income that no tier took


ASSET_ID: public(immutable(uint256))
_ASSET: immutable(IERC20)

total_owed: public(uint256)  # {asset} sum of `owed_to`
# {asset} payee -> purpose -> credited, unpaid
owed_to: public(HashMap[address, HashMap[bytes32, uint256]])
# {asset} all that is here and has its place: credits, reserves, income of earlier versions, and
# what waits for later income. The rest is income of the version in force.
_held: uint256
# {asset} version -> its income that came in after it had ended, or was not shared out before
income_of: public(HashMap[uint256, uint256])


@deploy
def __init__(
    authority: address,
    asset_id: uint256,
    asset: address,
    factory: address,
    utc_offset_minutes: int256,
    notice_days: uint256,
    rules: address,
):
    """
    @param  asset_id            The registered asset whose income this is.
    @param  asset               ERC-20 to split.
    @param  factory             Vouches for rules.
    @param  utc_offset_minutes  Local time less UTC, for the months.
    @param  notice_days         How many days ahead rules are scheduled at least.
    @param  rules               In force at once.
    """
    authorized.__init__(authority)
    rule_versions.__init__(factory, utc_offset_minutes, notice_days)
    assert asset.is_contract, "revenue_splitter: no asset"
    ASSET_ID = asset_id
    _ASSET = IERC20(asset)
    self._check_rules(rules)
    rule_versions._first(rules)


# --- anyone
@external
def distribute(of_version: uint256 = 0) -> uint256:
    """
    @notice Share out a version's income. Open to anyone; nobody can be skipped by calling it with
            little gas: a payment that fails is credited.
    @param  of_version  0 for the one in force, which gives way to the scheduled one if its month
                        has begun. An earlier one shares out what came in late; what rounding
                        leaves of that is income of the one in force.
    @return {asset} Amount shared out, reserves included.
    @custom:reverts "revenue_splitter: nothing came in" | "revenue_splitter: short of asset"
        | "revenue_splitter: unknown version"
    """
    clock: uint256 = rule_versions._clock
    current: uint256 = rule_versions._number(clock)
    version: uint256 = current
    if of_version != 0:
        version = of_version
    held: uint256 = self._held
    words: DynArray[uint256, split_words.MAX_WORDS] = self._words(clock, version)
    income: uint256 = self._income(version, current, held)
    month: uint256 = self._month_if_read(clock, words[0])
    plan: Plan = self._plan(words, clock, version, income, month)
    # Late income too small to be divided is passed on all the same.
    assert (
        plan.total != 0 or (version != current and income != 0)
    ), "revenue_splitter: nothing came in"
    if len(plan.accounts) != 0:
        self._book(words, plan)
    if version == current:
        self._held = held + income + plan.kept - plan.total
        if words[0] & split_words.REST_TO_FIRST == 0:
            rule_versions._count(
                clock,
                (rule_versions._gross(clock) + income) % split_words.BPS,
                (rule_versions._residual(clock) + plan.rest) % split_words.BPS,
            )
        if self._is_turn(clock, month):
            self._turn(rule_versions._clock, words, 0)
    else:
        # What rounding leaves of an earlier version's is income of the present one.
        self.income_of[version] = 0
        self._held = held + plan.kept - income
    transferred: uint256 = self._push(words, plan.parts, plan.total - plan.kept)
    log IRevenueSplitter.Distributed(
        version=version, amount=plan.total, transferred=transferred, parts=plan.parts
    )
    return plan.total


@external
def release(token: address, payee: address, purpose: bytes32 = empty(bytes32)) -> uint256:
    """
    @notice Pay `payee` what was credited to it. Open to anyone.
    @param  token    The asset; named so that clients of payment splitters can call this.
    @param  purpose  As in the payee's row; zero for a plain account.
    @return {asset} Amount paid; never 0.
    @custom:reverts "revenue_splitter: other token" | "revenue_splitter: nothing owed"
        | "revenue_splitter: payee refuses"
    """
    assert token == _ASSET.address, "revenue_splitter: other token"
    amount: uint256 = self.owed_to[payee][purpose]
    assert amount != 0, "revenue_splitter: nothing owed"
    self.owed_to[payee][purpose] = 0
    self.total_owed -= amount
    self._held -= amount
    log IRevenueSplitter.Released(payee=payee, purpose=purpose, amount=amount)
    paid: uint256 = self._try_pay(payee, purpose, amount)
    assert paid == amount, "revenue_splitter: payee refuses"
    return amount


@external
def begin_rules():
    """
    @notice Put the scheduled rules in force, if their month has begun; what came in until now
            belongs to the version before. Open to anyone; a call that shares out, dates or draws does
            it too.
    @custom:reverts "revenue_splitter: too early" | "revenue_splitter: short of asset"
    """
    clock: uint256 = rule_versions._clock
    assert self._is_turn(clock, rule_versions._month()), "revenue_splitter: too early"
    self._turn_with(clock, self._unbooked(self._held))


# --- LEASE_ROLE
@external
def date_income(amount: uint256, due_month: uint256, rest: uint256 = 0):
    """
    @notice Say when income fell due that has just come in: year * 12 + month - 1. Income that is
            paid ahead is due when it arrives.
    @param  amount  {asset} At most what is here and has no place yet.
    @param  rest    {asset} What else of the same payment is here, to be dated next.
    @custom:role LEASE_ROLE
    @custom:reverts "revenue_splitter: not here" | "revenue_splitter: short of asset"
    """
    authorized._check_role(LEASE_ROLE, msg.sender)
    clock: uint256 = rule_versions._clock
    if rule_versions._next(clock) != 0 and self._is_turn(clock, rule_versions._month()):
        # The other income came in before this call.
        unbooked: uint256 = self._unbooked(self._held)
        assert amount + rest <= unbooked, "revenue_splitter: not here"
        self._turn_with(clock, unbooked - amount - rest)
        clock = rule_versions._clock
    version: uint256 = rule_versions._version_at(clock, due_month)
    # What has no place yet is the present version's.
    if version != rule_versions._number(clock):
        assert amount <= self._unbooked(self._held), "revenue_splitter: not here"
        self.income_of[version] += amount
        self._held += amount
        log IRevenueSplitter.IncomeDated(version=version, due_month=due_month, amount=amount)


# --- TREASURER_ROLE
@external
def schedule_rules(start_month: uint256, rules: address):
    """
    @notice Set the rules from a month to come. They replace those that were to begin.
    @param  start_month  year * 12 + month - 1; begins at least NOTICE_DAYS from now.
    @param  rules        As the factory wrote them down.
    @custom:role TREASURER_ROLE
    @custom:reverts "rule_versions: too soon" | "rule_versions: no such month"
        | "rule_versions: unknown rules" | "revenue_splitter: pays itself"
    """
    authorized._check_role(TREASURER_ROLE, msg.sender)
    self._turn_if_due()
    rule_versions._schedule(start_month, rules)
    self._check_rules(rules)


@external
def cancel_rules():
    """
    @notice Call the scheduled rules off, before their month has begun.
    @custom:role TREASURER_ROLE
    @custom:reverts "rule_versions: nothing scheduled"
    """
    authorized._check_role(TREASURER_ROLE, msg.sender)
    self._turn_if_due()
    rule_versions._cancel()


@external
def free_reserve(name: bytes32, document_hash: bytes32) -> uint256:
    """
    @notice Make what a reserve holds above its target income again; all of it where the rules in
            force have no such reserve.
    @return {asset} Amount; never 0.
    @custom:role TREASURER_ROLE
    @custom:reverts "revenue_splitter: no document" | "revenue_splitter: nothing above target"
    """
    authorized._check_role(TREASURER_ROLE, msg.sender)
    assert document_hash != empty(bytes32), "revenue_splitter: no document"
    self._turn_if_due()
    target: uint256 = 0
    words: DynArray[uint256, split_words.MAX_WORDS] = self._present_words()
    at: uint256 = self._tier_at(words, name)
    if at != 0 and split_words._kind(words[at + 1]) == split_words.RESERVE:
        target = words[at + 2]
    old_balance: uint256 = tier_accounts.reserve_of[name]
    assert old_balance > target, "revenue_splitter: nothing above target"
    tier_accounts.reserve_of[name] = target
    self._held -= old_balance - target
    log IRevenueSplitter.ReserveFreed(
        name=name, old_balance=old_balance, new_balance=target, document_hash=document_hash
    )
    return old_balance - target


# --- CASHIER_ROLE
@external
def draw_reserve(name: bytes32, amount: uint256, document_hash: bytes32):
    """
    @notice Pay the account that the rules in force name for a reserve.
    @param  document_hash  Of the invoice or order.
    @custom:role CASHIER_ROLE
    @custom:reverts "revenue_splitter: no document" | "revenue_splitter: no such reserve"
        | "revenue_splitter: reserve too small" | "revenue_splitter: payee refuses"
    """
    authorized._check_role(CASHIER_ROLE, msg.sender)
    assert document_hash != empty(bytes32), "revenue_splitter: no document"
    self._turn_if_due()
    words: DynArray[uint256, split_words.MAX_WORDS] = self._present_words()
    at: uint256 = self._tier_at(words, name)
    assert at != 0, "revenue_splitter: no such reserve"
    assert (
        split_words._kind(words[at + 1]) == split_words.RESERVE
    ), "revenue_splitter: no such reserve"
    payee: address = split_words._account(words[at + 1])
    purpose: bytes32 = convert(words[at + 3], bytes32)
    old_balance: uint256 = tier_accounts.reserve_of[name]
    assert amount != 0 and amount <= old_balance, "revenue_splitter: reserve too small"
    tier_accounts.reserve_of[name] = old_balance - amount
    self._held -= amount
    log IRevenueSplitter.ReserveDrawn(
        name=name,
        payee=payee,
        purpose=purpose,
        old_balance=old_balance,
        new_balance=old_balance - amount,
        document_hash=document_hash,
        cashier=msg.sender,
    )
    paid: uint256 = self._try_pay(payee, purpose, amount)
    assert paid == amount, "revenue_splitter: payee refuses"


# --- views
@external
@view
def asset() -> address:
    """
    @notice The ERC-20 that is split.
    """
    return _ASSET.address


@external
@view
def rules() -> address:
    """
    @notice Where the rules in force are: `words` and `rules` of ISplitterRules.
    """
    return rule_versions._rules(rule_versions._clock)


@external
@view
def pending(of_version: uint256 = 0) -> uint256:
    """
    @notice {asset} What `distribute` would share out now.
    @custom:reverts "revenue_splitter: unknown version" | "revenue_splitter: short of asset"
    """
    clock: uint256 = rule_versions._clock
    version: uint256 = rule_versions._number(clock)
    if of_version != 0:
        version = of_version
    words: DynArray[uint256, split_words.MAX_WORDS] = self._words(clock, version)
    income: uint256 = self._income(version, rule_versions._number(clock), self._held)
    month: uint256 = self._month_if_read(clock, words[0])
    return self._plan(words, clock, version, income, month).total


@external
@view
def shortfall(name: bytes32) -> uint256:
    """
    @notice {asset} What a cap of the rules in force has asked for until now and did not get.
    """
    words: DynArray[uint256, split_words.MAX_WORDS] = self._present_words()
    at: uint256 = self._tier_at(words, name)
    if at == 0 or split_words._kind(words[at + 1]) != split_words.CAP:
        return 0
    account: uint256 = tier_accounts._rolled(
        name,
        words[at + 2],
        split_words._months(words[at + 1]),
        rule_versions._start(rule_versions._clock),
        self._last_month(rule_versions._clock, rule_versions._month()),
    )
    return tier_accounts._asked(account) - tier_accounts._got(account)


@external
@view
def releasable(
    token: address, account: address, purpose: bytes32 = empty(bytes32)
) -> uint256:
    """
    @notice {asset} What `release` would pay: credits only, 0 for another token.
    """
    if token != _ASSET.address:
        return 0
    return self.owed_to[account][purpose]


@external
@view
def shares(account: address) -> uint256:
    """
    @notice {bps} Weight of all rows of `account` among the payees in force.
    """
    words: DynArray[uint256, split_words.MAX_WORDS] = self._present_words()
    at: uint256 = 1 + split_words._tiers(words[0]) * split_words.TIER_WORDS
    weight: uint256 = 0
    for i: uint256 in range(split_words._payees(words[0]), bound=split_words.MAX_PAYEES):
        if split_words._account(words[at]) == account:
            weight += split_words._weight(words[at])
        at += split_words.PAYEE_WORDS
    return weight


@external
@pure
def totalShares() -> uint256:
    """
    @notice {bps} Always the whole.
    """
    return split_words.BPS


@external
@view
def payee(index: uint256) -> address:
    """
    @notice Account of a row of the payees in force, from 0 upwards.
    @custom:reverts "revenue_splitter: no such payee"
    """
    words: DynArray[uint256, split_words.MAX_WORDS] = self._present_words()
    assert index < split_words._payees(words[0]), "revenue_splitter: no such payee"
    at: uint256 = 1 + split_words._tiers(words[0]) * split_words.TIER_WORDS
    return split_words._account(words[at + index * split_words.PAYEE_WORDS])


# --- internal
@internal
@view
def _check_rules(rules: address):
    """
    @dev A part of its own would come in again, for ever.
    """
    words: DynArray[uint256, split_words.MAX_WORDS] = staticcall ISplitterRules(rules).words()
    at: uint256 = 2
    for i: uint256 in range(split_words._tiers(words[0]), bound=split_words.MAX_TIERS):
        assert split_words._account(words[at]) != self, "revenue_splitter: pays itself"
        at += split_words.TIER_WORDS
    at -= 1
    for i: uint256 in range(split_words._payees(words[0]), bound=split_words.MAX_PAYEES):
        assert split_words._account(words[at]) != self, "revenue_splitter: pays itself"
        at += split_words.PAYEE_WORDS


@internal
@view
def _present_words() -> DynArray[uint256, split_words.MAX_WORDS]:
    return staticcall ISplitterRules(rule_versions._rules(rule_versions._clock)).words()


@internal
@view
def _words(clock: uint256, version: uint256) -> DynArray[uint256, split_words.MAX_WORDS]:
    current: uint256 = rule_versions._number(clock)
    assert version <= current, "revenue_splitter: unknown version"
    rules: address = rule_versions._rules(clock)
    if version != current:
        rules = rule_versions._rules(rule_versions._versions[version])
    return staticcall ISplitterRules(rules).words()


@internal
@pure
def _tier_at(words: DynArray[uint256, split_words.MAX_WORDS], name: bytes32) -> uint256:
    """
    @notice Where a tier's words begin; 0 where the rules have no such tier.
    """
    at: uint256 = 1
    for i: uint256 in range(split_words._tiers(words[0]), bound=split_words.MAX_TIERS):
        if words[at] == convert(name, uint256):
            return at
        at += split_words.TIER_WORDS
    return 0


@internal
@view
def _unbooked(held: uint256) -> uint256:
    """
    @notice {asset} Income of the version in force that was not shared out yet.
    """
    here: uint256 = staticcall _ASSET.balanceOf(self)
    assert here >= held, "revenue_splitter: short of asset"
    return here - held


@internal
@view
def _income(version: uint256, current: uint256, held: uint256) -> uint256:
    if version == current:
        return self._unbooked(held)
    return self.income_of[version]


@internal
@view
def _month_if_read(clock: uint256, header: uint256) -> uint256:
    """
    @notice The present month, where something hangs on it.
    """
    if rule_versions._next(clock) == 0 and header & split_words.HAS_CAPS == 0:
        return 0
    return rule_versions._month()


@internal
@pure
def _is_turn(clock: uint256, month: uint256) -> bool:
    upcoming: uint256 = rule_versions._next(clock)
    return upcoming != 0 and month >= upcoming


@internal
@pure
def _last_month(clock: uint256, month: uint256) -> uint256:
    """
    @notice The last month that has begun under the version in force.
    """
    if self._is_turn(clock, month):
        return rule_versions._next(clock) - 1
    return month


@internal
@view
def _plan(
    words: DynArray[uint256, split_words.MAX_WORDS],
    clock: uint256,
    version: uint256,
    income: uint256,
    month: uint256,
) -> Plan:
    """
    @notice How `income` of `version` is shared out in `month`.
    """
    header: uint256 = words[0]
    quantum: uint256 = split_words._quantum(header)
    is_current: bool = version == rule_versions._number(clock)
    is_rest_to_first: bool = header & split_words.REST_TO_FIRST != 0
    gross: uint256 = 0
    residual: uint256 = 0
    if is_current:
        # Counted only where rests wait. Whole multiples of 10_000 leave no rest.
        residual = rule_versions._residual(clock)
        gross = rule_versions._gross(clock)
    plan: Plan = empty(Plan)
    left: uint256 = income
    at: uint256 = 1
    for i: uint256 in range(split_words._tiers(header), bound=split_words.MAX_TIERS):
        word: uint256 = words[at + 1]
        kind: uint256 = split_words._kind(word)
        name: bytes32 = convert(words[at], bytes32)
        asked: uint256 = 0
        account: uint256 = 0
        if kind == split_words.SHARE:
            bps: uint256 = split_words._tier_bps(word)
            asked = split_words._share(gross + income, bps, quantum) - split_words._share(
                gross, bps, quantum
            )
        elif kind == split_words.RESERVE:
            balance: uint256 = tier_accounts.reserve_of[name]
            if balance < words[at + 2]:
                asked = words[at + 2] - balance
        else:
            account = tier_accounts._caps[name]
            total_asked: uint256 = 0
            if is_current:
                account = tier_accounts._rolled(
                    name,
                    words[at + 2],
                    split_words._months(word),
                    rule_versions._start(clock),
                    self._last_month(clock, month),
                )
                total_asked = tier_accounts._asked(account)
            else:
                total_asked = tier_accounts._asked_by_end[version][name]
            if total_asked > tier_accounts._got(account):
                asked = total_asked - tier_accounts._got(account)
        part: uint256 = min(asked, left)
        left -= part
        plan.total += part
        if kind == split_words.RESERVE:
            plan.kept += part
        elif kind == split_words.CAP:
            account += part
        plan.parts.append(part)
        plan.accounts.append(account)
        at += split_words.TIER_WORDS
    plan.rest = left
    shared: uint256 = 0
    first: uint256 = len(plan.parts)
    after: uint256 = residual + left
    for i: uint256 in range(split_words._payees(header), bound=split_words.MAX_PAYEES):
        # {asset} = {asset} * {bps} // {bps}, both down, as split_words._share
        weight: uint256 = words[at] >> split_words.WEIGHT_SHIFT
        part: uint256 = after * weight // split_words.BPS
        if quantum != 1:
            part -= part % quantum
        if residual != 0:
            part -= residual * weight // split_words.BPS
        plan.parts.append(part)
        shared += part
        at += split_words.PAYEE_WORDS
    if is_rest_to_first:
        plan.parts[first] += left - shared
        shared = left
    plan.total += shared
    return plan


@internal
def _book(words: DynArray[uint256, split_words.MAX_WORDS], plan: Plan):
    """
    @notice Write down what the tiers with a memory get.
    """
    at: uint256 = 1
    for i: uint256 in range(len(plan.accounts), bound=split_words.MAX_TIERS):
        kind: uint256 = split_words._kind(words[at + 1])
        name: bytes32 = convert(words[at], bytes32)
        if kind == split_words.CAP:
            tier_accounts._caps[name] = plan.accounts[i]
        elif kind == split_words.RESERVE and plan.parts[i] != 0:
            old_balance: uint256 = tier_accounts.reserve_of[name]
            tier_accounts.reserve_of[name] = old_balance + plan.parts[i]
            log IRevenueSplitter.ReserveFilled(
                name=name, old_balance=old_balance, new_balance=old_balance + plan.parts[i]
            )
        at += split_words.TIER_WORDS


@internal
def _turn_if_due():
    clock: uint256 = rule_versions._clock
    if rule_versions._next(clock) != 0 and self._is_turn(clock, rule_versions._month()):
        self._turn_with(clock, self._unbooked(self._held))


@internal
def _turn_with(clock: uint256, unbooked: uint256):
    words: DynArray[uint256, split_words.MAX_WORDS] = self._words(
        clock, rule_versions._number(clock)
    )
    self._turn(clock, words, unbooked)


@internal
def _turn(
    clock: uint256, words: DynArray[uint256, split_words.MAX_WORDS], unbooked: uint256
):
    """
    @notice End the version in force and begin the next. `unbooked` {asset} stays the old one's;
            the units that waited are the new one's first income.
    """
    version: uint256 = rule_versions._number(clock)
    last_month: uint256 = rule_versions._next(clock) - 1
    at: uint256 = 1
    for i: uint256 in range(split_words._tiers(words[0]), bound=split_words.MAX_TIERS):
        if split_words._kind(words[at + 1]) == split_words.CAP:
            name: bytes32 = convert(words[at], bytes32)
            account: uint256 = tier_accounts._rolled(
                name,
                words[at + 2],
                split_words._months(words[at + 1]),
                rule_versions._start(clock),
                last_month,
            )
            tier_accounts._caps[name] = account
            tier_accounts._asked_by_end[version][name] = tier_accounts._asked(account)
        at += split_words.TIER_WORDS
    residual: uint256 = rule_versions._residual(clock)
    waiting: uint256 = residual
    if residual != 0:
        for i: uint256 in range(split_words._payees(words[0]), bound=split_words.MAX_PAYEES):
            waiting -= residual * (words[at] >> split_words.WEIGHT_SHIFT) // split_words.BPS
            at += split_words.PAYEE_WORDS
    if unbooked != 0:
        self.income_of[version] += unbooked
    self._held = self._held + unbooked - waiting
    rule_versions._turn(unbooked)


@internal
def _push(
    words: DynArray[uint256, split_words.MAX_WORDS],
    parts: DynArray[uint256, MAX_ROWS],
    leaving: uint256,
) -> uint256:
    """
    @notice Pay each part but the reserves', or credit what can't be paid.
    @param  leaving  {asset} All parts but the reserves'.
    @return {asset} What left by plain transfers.
    """
    transferred: uint256 = leaving
    first_payee: uint256 = 1 + split_words._tiers(words[0]) * split_words.TIER_WORDS
    at: uint256 = 1
    for part: uint256 in parts:
        word: uint256 = 0
        purpose: uint256 = 0
        if at < first_payee:
            word = words[at + 1]
            purpose = words[at + 3]
            at += split_words.TIER_WORDS
            if split_words._kind(word) == split_words.RESERVE:
                continue
        else:
            word = words[at]
            if word & split_words.HAS_PURPOSE != 0:
                purpose = words[at + 1]
            at += split_words.PAYEE_WORDS
        if part == 0:
            continue
        payee: address = convert(word & split_words.ACCOUNT_MASK, address)
        if purpose == 0:
            if not token_transfer._try_send(_ASSET, payee, part):
                transferred -= part
                self._credit(payee, empty(bytes32), part)
            continue
        transferred -= part
        paid: uint256 = self._try_deposit(payee, convert(purpose, bytes32), part)
        if paid < part:
            self._credit(payee, convert(purpose, bytes32), part - paid)
    return transferred


@internal
def _try_pay(payee: address, purpose: bytes32, amount: uint256) -> uint256:
    """
    @notice Pay a payee, or as much of it as it takes; never more.
    @return {asset} What left; 0 where the payee or the token refuses.
    """
    if purpose == empty(bytes32):
        if token_transfer._try_send(_ASSET, payee, amount):
            return amount
        return 0
    return self._try_deposit(payee, purpose, amount)


@internal
def _try_deposit(payee: address, purpose: bytes32, amount: uint256) -> uint256:
    """
    @notice Let a receiver take its income in.
    @return {asset} What left.
    """
    if not token_transfer._try_approve(_ASSET, payee, amount):
        return 0
    remaining: uint256 = amount
    if raw_call(
        payee,
        abi_encode(
            _ASSET.address,
            amount,
            purpose,
            method_id=method_id("deposit_income(address,uint256,bytes32)"),
        ),
        gas=RECEIVER_GAS,
        revert_on_failure=False,
    ):
        # A receiver may say yes and take less: what it took is what is gone of its allowance. The
        # balance here can't tell, for the receiver may let others pay in meanwhile.
        remaining = staticcall _ASSET.allowance(self, payee)
    if remaining != 0:
        revoked: bool = token_transfer._try_approve(_ASSET, payee, 0)
        assert revoked, "revenue_splitter: token refuses"
    return amount - remaining


@internal
def _credit(payee: address, purpose: bytes32, amount: uint256):
    self.owed_to[payee][purpose] += amount
    self.total_owed += amount
    self._held += amount
    log IRevenueSplitter.Credited(payee=payee, purpose=purpose, amount=amount)
