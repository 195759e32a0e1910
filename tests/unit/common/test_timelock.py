"""What the council decides waits: INV-LOCK-1, INV-LOCK-2."""

import ape
import pytest
from ape import chain, project
from eth_utils import keccak

from civitas.chain.deploy import ZERO_ADDRESS
from civitas.chain.roles import ADMIN, Role

HOUR, DAY = 3_600, 86_400
DELAY = 2 * DAY
NONE = bytes(32)
CONTROLLER_ROLES = ["PROPOSER_ROLE", "CANCELLER_ROLE", "EXECUTOR_ROLE"]


@pytest.fixture(scope="module")
def timelock(authority, deployer, council):
    return deployer.deploy(project.Timelock, authority, DELAY, council)


@pytest.fixture
def in_office(authority, timelock, council):
    """The timelock as admin."""
    authority.transfer_admin(timelock, sender=council)
    timelock.accept_admin(sender=council)
    return timelock


@pytest.fixture
def schedule(timelock, council):
    """Propose a call of a method: returns what `execute` takes."""

    def propose(method, *arguments, delay=DELAY, predecessor=NONE, salt=NONE, sender=council):
        target = method.contract.address
        call = (target, 0, method.encode_input(*arguments), predecessor, salt)
        timelock.schedule(*call, delay, sender=sender)
        return call

    return propose


@pytest.fixture
def carry_out(timelock, council):
    """Let the delay pass, and execute."""

    def execute(call, wait=DELAY):
        chain.pending_timestamp = chain.blocks.head.timestamp + wait
        return timelock.execute(*call, sender=council)

    return execute


def test_begins_with_one_council(timelock, council, deployer, authority):
    assert timelock.council() == council
    assert timelock.pending_council() == ZERO_ADDRESS
    assert timelock.authority() == authority
    assert timelock.get_minimum_delay() == DELAY
    for role in CONTROLLER_ROLES:
        assert timelock.hasRole(keccak(text=role), council)
        assert not timelock.hasRole(keccak(text=role), deployer)
        assert not timelock.hasRole(keccak(text=role), ZERO_ADDRESS)  # nobody else may
    assert not timelock.hasRole(ADMIN, deployer)


@pytest.mark.parametrize("delay", [HOUR, 30 * DAY])
def test_takes_a_delay_up_to_its_bounds(authority, deployer, council, delay):
    made = deployer.deploy(project.Timelock, authority, delay, council)

    assert made.get_minimum_delay() == delay


@pytest.mark.parametrize("delay", [0, HOUR - 1, 30 * DAY + 1, 2**256 - 1])
def test_refuses_a_delay_outside_them(authority, deployer, council, delay):
    with ape.reverts("timelock: delay out of bounds"):
        deployer.deploy(project.Timelock, authority, delay, council)


def test_refuses_no_council_and_no_authority(authority, deployer, council, stranger):
    with ape.reverts("timelock: no council"):
        deployer.deploy(project.Timelock, authority, DELAY, ZERO_ADDRESS)
    with ape.reverts("authorized: no authority"):
        deployer.deploy(project.Timelock, stranger, DELAY, council)


# --- the admin's office


def test_takes_the_office_when_the_council_says_so(authority, timelock, council, deployer):
    authority.transfer_admin(timelock, sender=council)
    with ape.reverts("access_control: account is missing role"):
        timelock.accept_admin(sender=deployer)
    assert authority.admin() == council

    timelock.accept_admin(sender=council)

    assert authority.admin() == timelock
    assert authority.hasRole(ADMIN, timelock)
    assert not authority.hasRole(ADMIN, council)


def test_refuses_an_office_that_nobody_offers(timelock, council):
    with ape.reverts("authority: not the candidate"):
        timelock.accept_admin(sender=council)


def test_grants_after_the_delay_and_not_before(
    authority, in_office, schedule, council, newcomer, carry_out
):
    """INV-LOCK-1: to the second."""
    call = schedule(authority.grantRole, Role.CASHIER.id, newcomer)
    due = chain.blocks.head.timestamp + DELAY

    chain.pending_timestamp = due - 1
    with ape.reverts("timelock_controller: operation is not ready"):
        in_office.execute(*call, sender=council)
    assert not authority.hasRole(Role.CASHIER.id, newcomer)

    chain.pending_timestamp = due
    receipt = in_office.execute(*call, sender=council)

    assert authority.hasRole(Role.CASHIER.id, newcomer)
    operation = in_office.hash_operation(*call)
    assert in_office.is_operation_done(operation)
    executed = receipt.events.filter(in_office.CallExecuted)
    assert [(bytes(each.id), each.target) for each in executed] == [(operation, authority.address)]


def test_says_what_is_to_come(authority, in_office, council, newcomer):
    data = authority.grantRole.encode_input(Role.CASHIER.id, newcomer)

    receipt = in_office.schedule(authority, 0, data, NONE, b"\1" * 32, DELAY, sender=council)

    operation = in_office.hash_operation(authority, 0, data, NONE, b"\1" * 32)
    assert receipt.events == [
        in_office.CallScheduled(
            id=operation,
            index=0,
            target=authority,
            amount=0,
            payload=data,
            predecessor=NONE,
            delay=DELAY,
        ),
        in_office.CallSalt(id=operation, salt=b"\1" * 32),
    ]
    assert in_office.get_timestamp(operation) == receipt.timestamp + DELAY
    assert in_office.is_operation_pending(operation)
    assert not in_office.is_operation_ready(operation)


def test_the_council_does_nothing_at_once(authority, in_office, council, newcomer):
    with ape.reverts("access_control: account is missing role"):
        authority.grantRole(Role.CASHIER.id, newcomer, sender=council)


def test_keeps_duties_apart_all_the_same(authority, in_office, schedule, carry_out, treasurer):
    """The Authority's reason comes through, and the operation can be tried again."""
    call = schedule(authority.grantRole, Role.CASHIER.id, treasurer)

    with ape.reverts("authority: duties must be separate"):
        carry_out(call)

    assert in_office.is_operation_ready(in_office.hash_operation(*call))


def test_hands_the_office_on(authority, in_office, schedule, carry_out, newcomer):
    carry_out(schedule(authority.transfer_admin, newcomer))

    authority.accept_admin(sender=newcomer)

    assert authority.admin() == newcomer


# --- operations


def test_refuses_a_shorter_delay(authority, in_office, schedule, newcomer):
    with ape.reverts("timelock_controller: insufficient delay"):
        schedule(authority.grantRole, Role.CASHIER.id, newcomer, delay=DELAY - 1)


def test_refuses_ether_and_accounts_without_code(authority, timelock, council, stranger):
    with ape.reverts("timelock: no ether"):
        timelock.schedule(authority, 1, b"", NONE, NONE, DELAY, sender=council)
    with ape.reverts("timelock: no contract"):
        timelock.schedule(stranger, 0, b"", NONE, NONE, DELAY, sender=council)


def test_refuses_the_same_twice(authority, in_office, schedule, carry_out, newcomer):
    call = schedule(authority.grantRole, Role.CASHIER.id, newcomer)
    with ape.reverts("timelock_controller: operation already scheduled"):
        schedule(authority.grantRole, Role.CASHIER.id, newcomer)
    carry_out(call)

    with ape.reverts("timelock_controller: operation already scheduled"):
        schedule(authority.grantRole, Role.CASHIER.id, newcomer)
    with ape.reverts("timelock_controller: operation is not ready"):
        carry_out(call)

    schedule(authority.grantRole, Role.CASHIER.id, newcomer, salt=b"\1" * 32)


def test_calls_off(authority, in_office, schedule, carry_out, council, newcomer, stranger):
    call = schedule(authority.grantRole, Role.CASHIER.id, newcomer)
    operation = in_office.hash_operation(*call)
    with ape.reverts("access_control: account is missing role"):
        in_office.cancel(operation, sender=stranger)

    receipt = in_office.cancel(operation, sender=council)

    assert receipt.events == [in_office.Cancelled(id=operation)]
    with ape.reverts("timelock_controller: operation is not ready"):
        carry_out(call)
    with ape.reverts("timelock: not pending"):
        in_office.cancel(operation, sender=council)
    assert not in_office.is_operation(operation)


def test_waits_for_what_must_come_first(authority, in_office, schedule, carry_out, newcomer):
    first = schedule(authority.grantRole, Role.CASHIER.id, newcomer)
    second = schedule(
        authority.revokeRole,
        Role.CASHIER.id,
        newcomer,
        predecessor=in_office.hash_operation(*first),
    )
    with ape.reverts("timelock_controller: missing dependency"):
        carry_out(second)

    carry_out(first)
    carry_out(second)

    assert not authority.hasRole(Role.CASHIER.id, newcomer)


def test_nobody_else_carries_out(in_office, authority, schedule, newcomer, stranger):
    call = schedule(authority.grantRole, Role.CASHIER.id, newcomer)
    chain.pending_timestamp = chain.blocks.head.timestamp + DELAY

    with ape.reverts("access_control: account is missing role"):
        in_office.execute(*call, sender=stranger)
    with ape.reverts("access_control: account is missing role"):
        schedule(authority.grantRole, Role.AUDITOR.id, newcomer, sender=stranger)


def test_an_operation_can_not_carry_out_another(
    in_office, authority, schedule, carry_out, council, newcomer
):
    """Re-entry: while one is carried out, nothing else of the timelock moves."""
    inner = schedule(authority.grantRole, Role.CASHIER.id, newcomer)
    outer = schedule(in_office.execute, *inner)

    with ape.reverts("timelock_controller: underlying transaction reverted"):
        carry_out(outer)

    assert not authority.hasRole(Role.CASHIER.id, newcomer)


def test_takes_no_call_that_is_too_long(authority, timelock, council):
    longest = b"\1" * 1_024
    timelock.schedule(authority, 0, longest, NONE, NONE, DELAY, sender=council)

    with ape.reverts():
        timelock.schedule(authority, 0, longest + b"\1", NONE, NONE, DELAY, sender=council)


# --- its own rules


def test_changes_the_delay_by_an_operation(timelock, schedule, carry_out, council):
    """The old delay holds for the change itself."""
    with ape.reverts("timelock: only by an operation"):
        timelock.update_delay(HOUR, sender=council)

    receipt = carry_out(schedule(timelock.update_delay, HOUR))

    assert timelock.get_minimum_delay() == HOUR
    changes = receipt.events.filter(timelock.MinimumDelayChange)
    assert [(each.old_duration, each.new_duration) for each in changes] == [(DELAY, HOUR)]


@pytest.mark.parametrize("delay", [0, HOUR - 1, 30 * DAY + 1])
def test_keeps_the_delay_in_its_bounds(timelock, schedule, carry_out, delay):
    call = schedule(timelock.update_delay, delay)

    with ape.reverts("timelock: delay out of bounds"):
        carry_out(call)


def test_hands_its_council_over_in_two_steps(
    timelock, schedule, carry_out, council, newcomer, other_newcomer
):
    """INV-LOCK-2: there is exactly one council at any time."""
    with ape.reverts("timelock: only by an operation"):
        timelock.transfer_council(newcomer, sender=council)
    receipt = carry_out(schedule(timelock.transfer_council, newcomer))
    assert timelock.CouncilTransferStarted(council=council, candidate=newcomer) in receipt.events
    assert (timelock.council(), timelock.pending_council()) == (council, newcomer)
    with ape.reverts("timelock: not the candidate"):
        timelock.accept_council(sender=other_newcomer)

    receipt = timelock.accept_council(sender=newcomer)

    assert receipt.events[-1] == timelock.CouncilTransferred(
        old_council=council, new_council=newcomer
    )
    assert (timelock.council(), timelock.pending_council()) == (newcomer, ZERO_ADDRESS)
    for role in CONTROLLER_ROLES:
        assert timelock.hasRole(keccak(text=role), newcomer)
        assert not timelock.hasRole(keccak(text=role), council)
    with ape.reverts("timelock: not the candidate"):
        timelock.accept_council(sender=newcomer)


def test_takes_the_offer_of_the_council_back(timelock, schedule, carry_out, council, newcomer):
    carry_out(schedule(timelock.transfer_council, newcomer))
    carry_out(schedule(timelock.transfer_council, ZERO_ADDRESS))

    with ape.reverts("timelock: not the candidate"):
        timelock.accept_council(sender=newcomer)
    call = schedule(timelock.transfer_council, council)
    with ape.reverts("timelock: already the council"):
        carry_out(call)
