# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  Enforcement
@license AGPL-3.0-only
@notice What is done against a holder, for every token of the city: court orders, successions and
        freezes, each with the hash of the document that demands it.
@dev    An order is proposed by an enforcer, confirmed by the compliance office (which the Authority
        keeps apart from it), carried out after a delay and lapses by itself. Only its hash and its
        state are kept: what is carried out is what was proposed. The tokens let this contract alone
        move units by order; it freezes by the compliance officers' role.
        Invariants: INV-ENF-1, INV-ENF-2 (docs/invariants.md).
@custom:kill Cancel orders with GUARDIAN_ROLE; revoke COMPLIANCE_OFFICER_ROLE from this contract.
"""

from ..common import authorized
from ..interfaces import IEnforcement
from ..interfaces import ISecurityToken

implements: IEnforcement

initializes: authorized

exports: (
    authorized.authority,
)

ENFORCER_ROLE: public(constant(bytes32)) = keccak256("ENFORCER_ROLE")
COMPLIANCE_OFFICER_ROLE: public(constant(bytes32)) = keccak256("COMPLIANCE_OFFICER_ROLE")
GUARDIAN_ROLE: public(constant(bytes32)) = keccak256("GUARDIAN_ROLE")
MAX_WEIGHTS: constant(uint256) = 2**64
MAX_RECEIVERS: constant(uint256) = 16

DELAY: public(immutable(uint256))
LIFETIME: public(immutable(uint256))
UNDO_WINDOW: public(immutable(uint256))

_statuses: HashMap[bytes32, IEnforcement.Status]


@deploy
def __init__(authority: address, delay: uint256, lifetime: uint256, undo_window: uint256):
    """
    @param  delay        {s} From proposal to execution: the time to object. Not 0.
    @param  lifetime     {s} For which an order can be carried out after that. Not 0.
    @param  undo_window  {s} After execution, in which an order can be taken back. Not 0.
    """
    authorized.__init__(authority)
    assert delay != 0 and lifetime != 0 and undo_window != 0, "enforcement: zero duration"
    DELAY = delay
    LIFETIME = lifetime
    UNDO_WINDOW = undo_window


@external
@view
def status_of(order_id: bytes32) -> IEnforcement.Status:
    """
    @notice Where an order stands; all zero where it was never proposed.
    """
    return self._statuses[order_id]


@external
@view
def id_of(order: IEnforcement.Order) -> bytes32:
    """
    @notice Id of an order: the hash of all it says.
    """
    return self._id(order)


# --- ENFORCER_ROLE
@external
def propose(order: IEnforcement.Order) -> bytes32:
    """
    @notice Propose an order; it is ready after the delay.
    @param  order  Shares of a succession are weights, at most 2**64 together; `undoes` is 0.
    @return Its id. The same document can't order the same move twice.
    @custom:role ENFORCER_ROLE
    @custom:reverts "enforcement: no case" | "enforcement: no receivers"
        | "enforcement: lengths differ" | "enforcement: no weights" | "enforcement: use undo"
        | "enforcement: was proposed"
    """
    authorized._check_role(ENFORCER_ROLE, msg.sender)
    assert order.undoes == empty(bytes32), "enforcement: use undo"
    assert len(order.receivers) != 0, "enforcement: no receivers"
    assert len(order.receivers) == len(order.shares), "enforcement: lengths differ"
    if order.is_succession:
        weights: uint256 = self._weights(order.shares)
        assert weights != 0 and weights <= MAX_WEIGHTS, "enforcement: no weights"
    return self._propose(order, block.timestamp + DELAY)


@external
def propose_undo(order: IEnforcement.Order, case: bytes32) -> bytes32:
    """
    @notice Propose to take back a move that was carried out, without a further delay.
    @param  order  The one to take back: a move to one receiver, in its window, not yet taken back.
    @param  case   Hash of the document that takes it back; not 0.
    @return Id of the new order, which needs its own confirmation.
    @custom:role ENFORCER_ROLE
    @custom:reverts "enforcement: can't be undone" | as `propose`
    """
    authorized._check_role(ENFORCER_ROLE, msg.sender)
    order_id: bytes32 = self._id(order)
    executed_at: uint256 = self._statuses[order_id].executed_at
    assert (
        executed_at != 0
        and block.timestamp <= executed_at + UNDO_WINDOW
        and not self._statuses[order_id].is_undone
        and not order.is_succession
        and order.undoes == empty(bytes32)
        and len(order.receivers) == 1
    ), "enforcement: can't be undone"
    mirrored: IEnforcement.Order = IEnforcement.Order(
        token=order.token,
        sender=order.receivers[0],
        receivers=[order.sender],
        shares=order.shares,
        is_succession=False,
        case=case,
        undoes=order_id,
    )
    return self._propose(mirrored, block.timestamp)


@external
def execute(order: IEnforcement.Order):
    """
    @notice Carry out an order that is confirmed, ready and not over.
    @custom:role ENFORCER_ROLE
    @custom:reverts "enforcement: not confirmed" | "enforcement: cancelled" | "enforcement: not ready"
        | "enforcement: lapsed" | "enforcement: was executed" | "enforcement: was undone"
        | as the token's `forcedTransfer`
    """
    authorized._check_role(ENFORCER_ROLE, msg.sender)
    order_id: bytes32 = self._id(order)
    status: IEnforcement.Status = self._statuses[order_id]
    assert status.is_confirmed, "enforcement: not confirmed"
    assert not status.is_cancelled, "enforcement: cancelled"
    assert status.executed_at == 0, "enforcement: was executed"
    assert block.timestamp >= status.ready_at, "enforcement: not ready"
    assert block.timestamp < status.expires_at, "enforcement: lapsed"
    self._statuses[order_id].executed_at = block.timestamp
    if order.undoes != empty(bytes32):
        # Only now: one that is called off or lapses leaves room for another.
        assert not self._statuses[order.undoes].is_undone, "enforcement: was undone"
        self._statuses[order.undoes].is_undone = True
    log IEnforcement.OrderExecuted(order_id=order_id, enforcer=msg.sender)
    if order.is_succession:
        self._divide(order)
    else:
        token: ISecurityToken = ISecurityToken(order.token)
        for i: uint256 in range(len(order.receivers), bound=MAX_RECEIVERS):
            extcall token.move_by_order(order.sender, order.receivers[i], order.shares[i], 0)


# --- COMPLIANCE_OFFICER_ROLE
@external
def confirm(order_id: bytes32):
    """
    @notice Confirm an order as the second office.
    @custom:role COMPLIANCE_OFFICER_ROLE
    @custom:reverts "enforcement: not proposed" | "enforcement: was confirmed"
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    assert self._statuses[order_id].ready_at != 0, "enforcement: not proposed"
    assert not self._statuses[order_id].is_confirmed, "enforcement: was confirmed"
    self._statuses[order_id].is_confirmed = True
    log IEnforcement.OrderConfirmed(order_id=order_id, officer=msg.sender)


@external
def freeze(token: address, account: address, until: uint256, reason: bytes32):
    """
    @notice Freeze a whole account for a reason on file.
    @param  until   {s} When the freeze ends by itself, rounded up to a full hour; 0 is never.
    @param  reason  Hash of the document that demands it; not 0.
    @custom:role COMPLIANCE_OFFICER_ROLE
    @custom:reverts "enforcement: no case" | as the token's `freeze_until`
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    self._record_freeze(token, account, True, until, 0, reason)
    if until == 0:
        extcall ISecurityToken(token).setAddressFrozen(account, True)
    else:
        extcall ISecurityToken(token).freeze_until(account, until)


@external
def release(token: address, account: address, reason: bytes32):
    """
    @notice End the freeze of an account for a reason on file.
    @custom:role COMPLIANCE_OFFICER_ROLE
    @custom:reverts "enforcement: no case"
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    self._record_freeze(token, account, False, 0, 0, reason)
    extcall ISecurityToken(token).setAddressFrozen(account, False)


@external
def freeze_part(token: address, account: address, amount: uint256, reason: bytes32):
    """
    @notice Set the frozen part {unit} of an account for a reason on file; 0 releases it.
    @custom:role COMPLIANCE_OFFICER_ROLE
    @custom:reverts "enforcement: no case"
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    self._record_freeze(token, account, amount != 0, 0, amount, reason)
    extcall ISecurityToken(token).setFrozenTokens(account, amount)


# --- GUARDIAN_ROLE
@external
def cancel(order_id: bytes32):
    """
    @notice Call an order off before it is carried out.
    @custom:role GUARDIAN_ROLE
    @custom:reverts "enforcement: not proposed" | "enforcement: cancelled"
        | "enforcement: was executed"
    """
    authorized._check_role(GUARDIAN_ROLE, msg.sender)
    assert self._statuses[order_id].ready_at != 0, "enforcement: not proposed"
    assert not self._statuses[order_id].is_cancelled, "enforcement: cancelled"
    assert self._statuses[order_id].executed_at == 0, "enforcement: was executed"
    self._statuses[order_id].is_cancelled = True
    log IEnforcement.OrderCancelled(order_id=order_id, guardian=msg.sender)


# --- internal
@internal
@pure
def _id(order: IEnforcement.Order) -> bytes32:
    return keccak256(abi_encode(order))


@internal
def _propose(order: IEnforcement.Order, ready_at: uint256) -> bytes32:
    assert order.case != empty(bytes32), "enforcement: no case"
    order_id: bytes32 = self._id(order)
    assert self._statuses[order_id].ready_at == 0, "enforcement: was proposed"
    expires_at: uint256 = ready_at + LIFETIME
    self._statuses[order_id].ready_at = ready_at
    self._statuses[order_id].expires_at = expires_at
    log IEnforcement.OrderProposed(
        order_id=order_id,
        token=order.token,
        sender=order.sender,
        receivers=order.receivers,
        shares=order.shares,
        is_succession=order.is_succession,
        case=order.case,
        undoes=order.undoes,
        ready_at=ready_at,
        expires_at=expires_at,
        enforcer=msg.sender,
    )
    return order_id


@internal
def _divide(order: IEnforcement.Order):
    """
    @notice Give all units and all unclaimed income of the sender to heirs, by weight.
    @dev    Each heir gets what lies between the rounded-down running sums, so that nothing is left
            and nobody is a unit off its place in the list.
    """
    token: ISecurityToken = ISecurityToken(order.token)
    units: uint256 = staticcall token.balanceOf(order.sender)
    income: uint256 = staticcall token.claimable_scaled(order.sender)
    weights: uint256 = self._weights(order.shares)
    sum: uint256 = 0
    units_given: uint256 = 0
    income_given: uint256 = 0
    for i: uint256 in range(len(order.receivers), bound=MAX_RECEIVERS):
        sum += order.shares[i]
        units_due: uint256 = self._part(units, sum, weights)
        income_due: uint256 = self._part(income, sum, weights)
        extcall token.move_by_order(
            order.sender, order.receivers[i], units_due - units_given, income_due - income_given
        )
        units_given = units_due
        income_given = income_due


@internal
@pure
def _part(amount: uint256, weight: uint256, weights: uint256) -> uint256:
    """
    @notice amount * weight // weights, down; the amount may take up a whole word.
    """
    return amount // weights * weight + amount % weights * weight // weights


@internal
@pure
def _weights(shares: DynArray[uint256, MAX_RECEIVERS]) -> uint256:
    weights: uint256 = 0
    for share: uint256 in shares:
        weights += share
    return weights


@internal
def _record_freeze(
    token: address,
    account: address,
    is_frozen: bool,
    until: uint256,
    amount: uint256,
    reason: bytes32,
):
    assert reason != empty(bytes32), "enforcement: no case"
    log IEnforcement.FreezeOrdered(
        token=token,
        account=account,
        reason=reason,
        is_frozen=is_frozen,
        until=until,
        amount=amount,
        officer=msg.sender,
    )
