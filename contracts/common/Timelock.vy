# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  Timelock
@license AGPL-3.0-only
@notice The Authority's admin on a public network: what the council decides is seen before it is done.
@dev    snekmate's controller behind one council, which proposes, calls off and carries out. Only an
        operation that has waited changes the delay or names another council, and the candidate has
        to accept, so that there is always one. It takes no ether and sends none.
        Invariants: INV-LOCK-1, INV-LOCK-2 (docs/invariants.md).
@custom:kill None: an operation is called off by `cancel`; a council is replaced by an operation.
"""

from snekmate.auth import access_control
from snekmate.governance import timelock_controller
from . import authorized
from ..interfaces import ITimelock

implements: ITimelock

initializes: authorized
initializes: access_control
initializes: timelock_controller[access_control := access_control]

exports: (
    authorized.authority,
    access_control.hasRole,
    # Of the controller what only reads. What acts is below, without ether; the controller's own
    # roles are not granted one by one: they belong together.
    timelock_controller.get_timestamp,
    timelock_controller.get_minimum_delay,
    timelock_controller.is_operation,
    timelock_controller.is_operation_pending,
    timelock_controller.is_operation_ready,
    timelock_controller.is_operation_done,
    timelock_controller.hash_operation,
)


# The Authority, as its candidate sees it.
interface Office:
    def accept_admin(): nonpayable


MIN_DELAY: public(constant(uint256)) = 3_600  # {s} an hour
MAX_DELAY: public(constant(uint256)) = 2_592_000  # {s} 30 days

council: public(address)
pending_council: public(address)


@deploy
def __init__(authority: address, delay: uint256, council: address):
    """
    @param  authority  Whose admin this becomes.
    @param  delay      {s} How long an operation waits at least; an hour to 30 days.
    @param  council    Who proposes, calls off and carries out; a Safe.
    """
    authorized.__init__(authority)
    self._check_delay(delay)
    assert council != empty(address), "timelock: no council"
    access_control.__init__()
    timelock_controller.__init__(delay, [], [], empty(address))
    self._install(council)
    log ITimelock.CouncilTransferred(old_council=empty(address), new_council=council)


@external
def accept_council():
    """
    @notice Take the office over. The old council ends with nothing.
    @custom:reverts "timelock: not the candidate"
    """
    assert msg.sender == self.pending_council, "timelock: not the candidate"
    old_council: address = self.council
    access_control._revoke_role(timelock_controller.PROPOSER_ROLE, old_council)
    access_control._revoke_role(timelock_controller.CANCELLER_ROLE, old_council)
    access_control._revoke_role(timelock_controller.EXECUTOR_ROLE, old_council)
    self.pending_council = empty(address)
    self._install(msg.sender)
    log ITimelock.CouncilTransferred(old_council=old_council, new_council=msg.sender)


# --- PROPOSER_ROLE
@external
def accept_admin():
    """
    @notice Become the Authority's admin. It does not wait: the last admin has offered it, and that
            the council can call it shows that the council's keys work.
    @custom:role PROPOSER_ROLE
    @custom:reverts "authority: not the candidate" | "authority: holds a role"
    """
    access_control._check_role(timelock_controller.PROPOSER_ROLE, msg.sender)
    extcall Office(authorized._AUTHORITY.address).accept_admin()


@external
def schedule(
    target: address,
    amount: uint256,
    payload: Bytes[1_024],
    predecessor: bytes32,
    salt: bytes32,
    delay: uint256,
):
    """
    @notice Propose a call.
    @param  amount       {wei} Zero; the parameter is the standard's.
    @param  payload      What is called, at most 1,024 bytes.
    @param  predecessor  Operation that has to be done before; zero for none.
    @param  salt         Tells operations of one content apart.
    @param  delay        {s} No less than `get_minimum_delay`.
    @custom:role PROPOSER_ROLE
    @custom:reverts "timelock: no ether" | "timelock: no contract"
        | "timelock_controller: operation already scheduled"
        | "timelock_controller: insufficient delay"
    """
    access_control._check_role(timelock_controller.PROPOSER_ROLE, msg.sender)
    assert amount == 0, "timelock: no ether"
    # A call to an address without code would count as done.
    assert target.is_contract, "timelock: no contract"
    id: bytes32 = timelock_controller._hash_operation(target, amount, payload, predecessor, salt)
    timelock_controller._schedule(id, delay)
    log timelock_controller.CallScheduled(
        id=id,
        index=0,
        target=target,
        amount=amount,
        payload=payload,
        predecessor=predecessor,
        delay=delay,
    )
    if salt != empty(bytes32):
        log timelock_controller.CallSalt(id=id, salt=salt)


# --- CANCELLER_ROLE
@external
def cancel(id: bytes32):
    """
    @notice Call an operation off.
    @custom:role CANCELLER_ROLE
    @custom:reverts "timelock: not pending"
    """
    access_control._check_role(timelock_controller.CANCELLER_ROLE, msg.sender)
    assert timelock_controller._is_operation_pending(id), "timelock: not pending"
    timelock_controller.get_timestamp[id] = 0
    log timelock_controller.Cancelled(id=id)


# --- EXECUTOR_ROLE
@external
def execute(
    target: address, amount: uint256, payload: Bytes[1_024], predecessor: bytes32, salt: bytes32
):
    """
    @notice Carry an operation out that has waited. A refusal's reason is passed on.
    @custom:role EXECUTOR_ROLE
    @custom:reverts "timelock_controller: operation is not ready"
        | "timelock_controller: missing dependency"
        | "timelock_controller: underlying transaction reverted"
    """
    access_control._check_role(timelock_controller.EXECUTOR_ROLE, msg.sender)
    id: bytes32 = timelock_controller._hash_operation(target, amount, payload, predecessor, salt)
    timelock_controller._before_call(id, predecessor)
    timelock_controller._execute(target, amount, payload)
    log timelock_controller.CallExecuted(
        id=id, index=0, target=target, amount=amount, payload=payload
    )
    timelock_controller._after_call(id)


# --- an operation that has waited; not locked, since `execute` calls them
@external
@reentrant
def update_delay(new_delay: uint256):
    """
    @notice Let operations that are proposed from now on wait longer or shorter.
    @param  new_delay  {s} An hour to 30 days.
    @custom:reverts "timelock: only by an operation" | "timelock: delay out of bounds"
    """
    self._check_operation()
    self._check_delay(new_delay)
    log timelock_controller.MinimumDelayChange(
        old_duration=timelock_controller.get_minimum_delay, new_duration=new_delay
    )
    timelock_controller.get_minimum_delay = new_delay


@external
@reentrant
def transfer_council(candidate: address):
    """
    @notice Name the next council; the zero address takes the offer back.
    @custom:reverts "timelock: only by an operation" | "timelock: already the council"
    """
    self._check_operation()
    assert candidate != self.council, "timelock: already the council"
    self.pending_council = candidate
    log ITimelock.CouncilTransferStarted(council=self.council, candidate=candidate)


# --- internal
@internal
def _install(new_council: address):
    access_control._grant_role(timelock_controller.PROPOSER_ROLE, new_council)
    access_control._grant_role(timelock_controller.CANCELLER_ROLE, new_council)
    access_control._grant_role(timelock_controller.EXECUTOR_ROLE, new_council)
    self.council = new_council


@internal
@view
def _check_operation():
    assert msg.sender == self, "timelock: only by an operation"


@internal
@pure
def _check_delay(delay: uint256):
    assert MIN_DELAY <= delay, "timelock: delay out of bounds"
    assert delay <= MAX_DELAY, "timelock: delay out of bounds"
