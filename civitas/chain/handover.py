"""Hands the admin's office over to a Safe, role by role, so that who held it ends with nothing.

Where there is a timelock, it holds the office and the Safe is its council: a council that is to be
replaced is replaced by an operation, which is proposed, waits, and is carried out by running the
same command again. The last step is always the Safe's own: it accepts.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ape import chain
from ape.api import AccountAPI
from ape.contracts import ContractInstance

from civitas.chain.address_book import AddressBook
from civitas.chain.city import TIMELOCK, City
from civitas.chain.deploy import WrongDeployment
from civitas.chain.holdings import Holding, Holdings, read_holdings
from civitas.chain.roles import ADMIN, Role
from civitas.chain.simulation import Call
from civitas.chain.transactions import Prepared
from civitas.errors import CivitasError

_NOTHING = bytes(32)  # no predecessor, no salt


@dataclass(frozen=True)
class Act:
    """One transaction of the outgoing key."""

    what: str
    method: Any
    arguments: tuple[Any, ...]
    takes: tuple[str, str, str] | None = None  # contract, role and account that end with it


@dataclass(frozen=True)
class SafeCall:
    """What the Safe has to send, once the acts are done."""

    what: str
    to: str
    data: str

    @property
    def call(self) -> Call:
        """As a queue takes it."""
        return Call(self.to, bytes.fromhex(self.data.removeprefix("0x")))


@dataclass(frozen=True)
class Handover:
    """What is left to do, and who holds what before and after."""

    safe: str
    outgoing: tuple[str, ...]
    before: Holdings
    acts: tuple[Act, ...]
    waits: tuple[str, ...]  # operations that are proposed and not due yet
    acceptance: SafeCall | None
    is_done: bool

    @property
    def after(self) -> frozenset[tuple[str, str, str]]:
        """What is held once the acts are done, by these accounts and all others."""
        return self.before.pairs - {act.takes for act in self.acts if act.takes}


def plan_handover(city: City, book: AddressBook, safe: str, sender: str) -> Handover:
    """What `sender` has to do now for the Safe to take over. Sends nothing.

    Raises CivitasError where the Safe can't be the admin, or the sender can't hand over.
    """
    _require_safe(city, safe)
    outgoing = tuple(dict.fromkeys((sender, book.require("Authority").deployer)))
    before = read_holdings(city, book)
    if before.differences:
        raise WrongDeployment("; ".join(before.differences))
    held = [each for each in before.of(*outgoing) if each.of == "Authority"]
    stray = [each for each in held if each.role != "ADMIN"]
    authority, timelock = city.authority, city.timelock
    if timelock is None or authority.admin() != timelock.address:
        acts, acceptance = _by_the_admin(city, safe, sender, stray)
        waits: tuple[str, ...] = ()
    elif timelock.council() == safe and not stray:
        acts, waits, acceptance = [], (), None
    else:
        start = book.require(TIMELOCK).block
        acts, waits, acceptance = _by_operations(city, start, safe, sender, stray)
    is_done = not acts and not waits and acceptance is None
    return Handover(safe, outgoing, before, tuple(acts), waits, acceptance, is_done)


def _require_safe(city: City, safe: str) -> None:
    if not is_local() and not chain.provider.get_code(safe):
        raise CivitasError(f"{safe} has no code: on this network only a Safe takes over")
    roles = [role.name for role in Role if city.authority.hasRole(role.id, safe)]
    if roles:
        raise CivitasError(f"{safe} holds {', '.join(roles)}; whoever decides holds no role")


def is_local() -> bool:
    """Whether the network is of this machine."""
    return bool(chain.provider.network.is_local)


def _by_the_admin(
    city: City, safe: str, sender: str, stray: list[Holding]
) -> tuple[list[Act], SafeCall | None]:
    authority, timelock = city.authority, city.timelock
    successor: ContractInstance | str = safe if timelock is None else timelock
    if authority.admin() == safe:
        return [], None
    if authority.admin() != sender:
        raise CivitasError(f"{sender} is not the admin, {authority.admin()} is")
    if timelock is not None and timelock.council() != safe:
        raise CivitasError(
            f"the Timelock's council is {timelock.council()}: let it accept the office with "
            f"accept_admin(), then hand over from it to {safe}"
        )
    acts = [_revocation(authority, each) for each in stray]
    address = getattr(successor, "address", successor)
    if authority.pending_admin() != address:
        acts.append(Act(f"offer the office to {address}", authority.transfer_admin, (address,)))
    asked = authority if timelock is None else timelock
    return acts, _acceptance("accept_admin", asked)


def _by_operations(
    city: City, start: int, safe: str, sender: str, stray: list[Holding]
) -> tuple[list[Act], tuple[str, ...], SafeCall | None]:
    timelock: Any = city.timelock
    if timelock.council() != sender:
        raise CivitasError(f"{sender} is not the council, {timelock.council()} is")
    calls: list[tuple[str, Any, tuple[Any, ...], Holding | None]] = [
        (f"revoke {each.role} of {each.account}", city.authority.revokeRole, _role_and(each), each)
        for each in stray
    ]
    is_offered = timelock.council() == safe or timelock.pending_council() == safe
    acts: list[Act] = []
    waits: list[str] = []
    if not is_offered:
        calls.append((f"offer the council to {safe}", timelock.transfer_council, (safe,), None))
    for what, method, arguments, holding in calls:
        target = method.contract.address
        # A name for the attempt: what was done once can be done again later.
        salt = chain.blocks.head.number.to_bytes(32, "big")
        call = (target, 0, method.encode_input(*arguments), _NOTHING)
        known = _scheduled(timelock, start, call)
        if known is None:
            delay = timelock.get_minimum_delay()
            acts.append(Act(f"propose: {what}", timelock.schedule, (*call, salt, delay)))
        elif timelock.is_operation_ready(timelock.hash_operation(*call, known)):
            taken = (holding.of, holding.role, holding.account) if holding else None
            acts.append(Act(what, timelock.execute, (*call, known), taken))
        else:
            due = timelock.get_timestamp(timelock.hash_operation(*call, known))
            waits.append(f"{what}: not before {_time(due)}")
    acceptance = _acceptance("accept_council", timelock) if timelock.council() != safe else None
    return acts, tuple(waits), acceptance


def _scheduled(timelock: ContractInstance, start: int, call: tuple[Any, ...]) -> bytes | None:
    """The salt under which a call is pending; `start` is the timelock's own block."""
    target, _amount, payload, _predecessor = call
    salts = {}
    stop = chain.blocks.head.number + 1
    for log in timelock.CallSalt.range(start, stop):
        salts[bytes(log.id)] = bytes(log.salt)
    for log in timelock.CallScheduled.range(start, stop):
        if log.target == target and bytes(log.payload) == bytes(payload):
            salt = salts.get(bytes(log.id), _NOTHING)
            if timelock.is_operation_pending(log.id) and timelock.hash_operation(
                *call, salt
            ) == bytes(log.id):
                return salt
    return None


def _role_and(holding: Holding) -> tuple[bytes, str]:
    return Role[holding.role].id, holding.account


def _revocation(authority: ContractInstance, holding: Holding) -> Act:
    return Act(
        f"revoke {holding.role} of {holding.account}",
        authority.revokeRole,
        _role_and(holding),
        (holding.of, holding.role, holding.account),
    )


def _acceptance(name: str, contract: ContractInstance) -> SafeCall:
    method = getattr(contract, name)
    kind = contract.contract_type.name
    return SafeCall(f"{kind}.{name}()", contract.address, "0x" + bytes(method.encode_input()).hex())


def apply_handover(city: City, book: AddressBook, planned: Handover, sender: AccountAPI) -> None:
    """Simulate each act and send it; afterwards the chain holds what the plan foretold.

    Raises CivitasError where the chain refuses an act, before it is sent, and WrongDeployment
    where the outcome is another one.
    """
    for act in planned.acts:
        Prepared(act.method, act.arguments, sender).simulate()
    for act in planned.acts:
        prepared = Prepared(act.method, act.arguments, sender)
        prepared.simulate()
        prepared.send()
    found = read_holdings(city, book)
    if found.pairs != planned.after or found.differences:
        wrong = sorted(found.pairs ^ planned.after)
        raise WrongDeployment(f"the roles are not those of the plan: {wrong or found.differences}")


def leftovers(city: City, planned: Handover) -> list[str]:
    """What the outgoing accounts still hold in the Authority, by its state."""
    found: list[str] = []
    for account in planned.outgoing:
        roles = [role.name for role in Role if city.authority.hasRole(role.id, account)]
        if city.authority.hasRole(ADMIN, account):
            roles.append("ADMIN")
        if city.timelock is not None and city.timelock.council() == account:
            roles.append("council of the Timelock")
        if account != planned.safe:
            found.extend(f"{account} holds {role}" for role in roles)
    return found


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
