"""What is done when something is wrong: modules stopped, accounts frozen, units moved by order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any

from ape.api import AccountAPI
from ape.contracts import ContractInstance

from civitas.chain.city import City
from civitas.chain.events import Sources, read_events
from civitas.chain.income import token_of
from civitas.chain.roles import Role
from civitas.chain.transactions import Act, Prepared
from civitas.errors import CivitasError

HOUR = 3_600  # {s}
MODULES = ("Treasury", "Lease", "CarbonCredit")


def module(city: City, name: str) -> ContractInstance:
    """A contract that can be stopped: one of MODULES, or the token of an asset by its id."""
    if name.isascii() and name.isdigit():
        return token_of(city, int(name))
    for each, contract in city.contracts():
        if each == name and name in MODULES:
            return contract
    raise CivitasError(
        f"{name} can't be stopped; there are {', '.join(MODULES)}, and tokens by the id of an asset"
    )


def pause(city: City, name: str, guardian: AccountAPI) -> Act:
    contract = module(city, name)
    return _switch(
        *(contract, name, True, guardian, Role.GUARDIAN),
        "what comes in stops, claims and releases go on; the chain engineer starts it again with "
        f"`ape run incident unpause {name}`",
    )


def unpause(city: City, name: str, engineer: AccountAPI) -> Act:
    contract = module(city, name)
    return _switch(contract, name, False, engineer, Role.CHAIN_ENGINEER, "it takes money again")


def _switch(
    contract: ContractInstance,
    name: str,
    is_stop: bool,
    sender: AccountAPI,
    role: Role,
    following: str,
) -> Act:
    word = "stopped" if is_stop else "running"
    title = f"the token of asset {name}" if name.isdigit() else name
    if bool(contract.paused()) == is_stop:
        return Act((f"{title} is {word} already",), (), lambda: {})
    method = contract.pause if is_stop else contract.unpause
    return Act(
        lines=(f"{title} will be {word}",),
        steps=(Prepared(method, (), sender),),
        facts=lambda: {f"{title} is {word}": bool(contract.paused()) == is_stop},
        role=role,
        outcome=lambda events: [following],
    )


# --- freezes


def freeze(
    city: City,
    asset_id: int,
    account: str,
    until: int | None,
    units: int | None,
    reason: bytes,
    officer: AccountAPI,
) -> Act:
    """Freeze an account in a token, to a moment {s} or without end, or a part {unit} of it.

    Raises CivitasError for an account that holds nothing and is no investor.
    """
    token = _token_with(city, asset_id, account)
    enforcement, clock = city.enforcement, city.clock
    if units is not None:
        before = int(token.getFrozenTokens(account))
        return _frozen_part(city, asset_id, account, before, units, reason, officer)
    if until is None:
        if token.isFrozen(account) and _last_freeze(city, token, account) == 0:
            return Act((f"{account} is frozen already, without end",), (), lambda: {})
        following = f"it ends with `ape run incident unfreeze {asset_id} {account}`"
    else:
        until = -(-until // HOUR) * HOUR
        if token.isFrozen(account) and _last_freeze(city, token, account) == until:
            return Act((f"{account} is frozen already until then",), (), lambda: {})
        following = f"it ends by itself {clock.text(until)} ({clock.name})"
    end = "without end" if until is None else f"until {clock.text(until)} ({clock.name})"
    return Act(
        lines=(
            f"asset {asset_id}: freeze {account}, which holds "
            f"{int(token.balanceOf(account)):,} units, {end}",
        ),
        steps=(
            Prepared(enforcement.freeze, (token.address, account, until or 0, reason), officer),
        ),
        facts=lambda: {f"{account} is frozen": bool(token.isFrozen(account))},
        role=Role.COMPLIANCE_OFFICER,
        outcome=lambda events: [f"no transfer and no claim; income accrues; {following}"],
    )


def unfreeze(
    city: City, asset_id: int, account: str, is_part: bool, reason: bytes, officer: AccountAPI
) -> Act:
    """End the freeze of an account, or of its frozen part."""
    token = _token_with(city, asset_id, account)
    if is_part:
        before = int(token.getFrozenTokens(account))
        return _frozen_part(city, asset_id, account, before, 0, reason, officer)
    if not token.isFrozen(account):
        return Act((f"{account} is not frozen",), (), lambda: {})
    return Act(
        lines=(f"asset {asset_id}: release {account}",),
        steps=(Prepared(city.enforcement.release, (token.address, account, reason), officer),),
        facts=lambda: {f"{account} is free": not token.isFrozen(account)},
        role=Role.COMPLIANCE_OFFICER,
    )


def _frozen_part(
    city: City,
    asset_id: int,
    account: str,
    before: int,
    units: int,
    reason: bytes,
    officer: AccountAPI,
) -> Act:
    token = token_of(city, asset_id)
    line = f"asset {asset_id}: frozen of {account} {before:,} -> {units:,} units"
    if before == units:
        return Act((line,), (), lambda: {})
    return Act(
        lines=(line,),
        steps=(
            Prepared(
                city.enforcement.freeze_part, (token.address, account, units, reason), officer
            ),
        ),
        facts=lambda: {
            f"{units:,} units of {account} are frozen": token.getFrozenTokens(account) == units
        },
        role=Role.COMPLIANCE_OFFICER,
    )


def _token_with(city: City, asset_id: int, account: str) -> ContractInstance:
    token = token_of(city, asset_id)
    if not token.balanceOf(account) and not city.identity_registry.contains(account):
        raise CivitasError(
            f"{account} holds nothing of asset {asset_id} and is no investor: is the address right?"
        )
    return token


def _last_freeze(city: City, token: ContractInstance, account: str) -> int | None:
    """{s} The end of the freeze that was ordered last, 0 for none; None where it was no order."""
    ends = [
        int(each.arguments["until"])
        for each in read_events(Sources({city.enforcement.address: "Enforcement"}))
        if each.name == "FreezeOrdered"
        and each.arguments["is_frozen"]
        and not each.arguments["amount"]
        and (str(each.arguments["token"]), str(each.arguments["account"]))
        == (str(token.address), account)
    ]
    return -(-ends[-1] // HOUR) * HOUR if ends else None


# --- orders


@dataclass(frozen=True)
class Order:
    """What an order says; fields as in IEnforcement.Order."""

    token: str
    sender: str
    receivers: tuple[str, ...]
    shares: tuple[int, ...]  # {unit} for each receiver; weights of heirs in a succession
    is_succession: bool
    case: bytes
    undoes: bytes = bytes(32)


def propose(city: City, order: Order, enforcer: AccountAPI) -> Act:
    """Propose an order, once for each document."""
    enforcement = city.enforcement
    order_id = bytes(enforcement.id_of(astuple(order)))
    lines = [f"order 0x{order_id.hex()}", *_said(city, order)]
    if enforcement.status_of(order_id).ready_at:
        lines += ["proposed already", *_standing(city, order_id)]
        return Act(tuple(lines), (), lambda: {})
    return Act(
        lines=tuple(lines),
        steps=(Prepared(enforcement.propose, (astuple(order),), enforcer),),
        facts=lambda: {"the order is proposed": enforcement.status_of(order_id).ready_at > 0},
        role=Role.ENFORCER,
        outcome=lambda events: _standing(city, order_id),
    )


def confirm(city: City, order_id: bytes, officer: AccountAPI) -> Act:
    """Confirm an order as the second office."""
    enforcement, order = city.enforcement, order_of(city, order_id)
    lines = [f"order 0x{order_id.hex()}", *_said(city, order)]
    if enforcement.status_of(order_id).is_confirmed:
        return Act((*lines, "confirmed already", *_standing(city, order_id)), (), lambda: {})
    return Act(
        lines=tuple(lines),
        steps=(Prepared(enforcement.confirm, (order_id,), officer),),
        facts=lambda: {"the order is confirmed": enforcement.status_of(order_id).is_confirmed},
        role=Role.COMPLIANCE_OFFICER,
        outcome=lambda events: _standing(city, order_id),
    )


def execute(city: City, order_id: bytes, enforcer: AccountAPI) -> Act:
    """Carry out an order that is confirmed, ready and not over."""
    enforcement, order = city.enforcement, order_of(city, order_id)
    status, clock = enforcement.status_of(order_id), city.clock
    lines = [f"order 0x{order_id.hex()}", *_said(city, order)]
    if status.executed_at:
        return Act((*lines, "carried out already", *_standing(city, order_id)), (), lambda: {})
    if status.is_cancelled or not status.is_confirmed or city.now >= status.expires_at:
        raise CivitasError("; ".join((lines[0], *_standing(city, order_id))))
    if city.now < status.ready_at:
        raise CivitasError(
            f"{lines[0]}: ready {clock.text(status.ready_at)} ({clock.name}), not before"
        )
    return Act(
        lines=tuple(lines),
        steps=(Prepared(enforcement.execute, (astuple(order),), enforcer),),
        facts=lambda: {"the order is carried out": enforcement.status_of(order_id).executed_at > 0},
        role=Role.ENFORCER,
        outcome=lambda events: _standing(city, order_id),
    )


def undo(city: City, order_id: bytes, case: bytes, enforcer: AccountAPI) -> Act:
    """Propose to take back a move that was carried out; the new order is confirmed by itself."""
    enforcement, order = city.enforcement, order_of(city, order_id)
    status, clock = enforcement.status_of(order_id), city.clock
    lines = [f"take back order 0x{order_id.hex()}", *_said(city, order)]
    if status.is_undone:
        return Act((*lines, "taken back already"), (), lambda: {})
    if pending := _undoing(city, order_id):
        said = "an order to take it back was proposed already"
        return Act((*lines, said, *_standing(city, pending)), (), lambda: {})
    end = status.executed_at + int(enforcement.UNDO_WINDOW())
    if not status.executed_at or city.now > end:
        raise CivitasError(
            f"order 0x{order_id.hex()} can't be taken back: it "
            + (f"could be until {clock.text(end)}" if status.executed_at else "was not carried out")
        )
    return Act(
        lines=tuple(lines),
        steps=(Prepared(enforcement.propose_undo, (astuple(order), case), enforcer),),
        facts=lambda: {"an order is to take it back": _undoing(city, order_id) is not None},
        role=Role.ENFORCER,
        outcome=lambda events: [
            line
            for each in events
            if each.name == "OrderProposed"
            for line in _standing(city, bytes(each.arguments["order_id"]))
        ],
    )


def cancel(city: City, order_id: bytes, guardian: AccountAPI) -> Act:
    """Call an order off before it is carried out."""
    enforcement, order = city.enforcement, order_of(city, order_id)
    lines = (f"call off order 0x{order_id.hex()}", *_said(city, order))
    if enforcement.status_of(order_id).is_cancelled:
        return Act((*lines, "called off already"), (), lambda: {})
    return Act(
        lines=lines,
        steps=(Prepared(enforcement.cancel, (order_id,), guardian),),
        facts=lambda: {"the order is called off": enforcement.status_of(order_id).is_cancelled},
        role=Role.GUARDIAN,
    )


def order_of(city: City, order_id: bytes) -> Order:
    """What was proposed, from the events. Raises CivitasError where nothing was."""
    for said in _proposals(city):
        if bytes(said["order_id"]) == order_id:
            return Order(
                token=str(said["token"]),
                sender=str(said["sender"]),
                receivers=tuple(str(each) for each in said["receivers"]),
                shares=tuple(said["shares"]),
                is_succession=bool(said["is_succession"]),
                case=bytes(said["case"]),
                undoes=bytes(said["undoes"]),
            )
    raise CivitasError(f"no order 0x{order_id.hex()} was proposed")


def _undoing(city: City, order_id: bytes) -> bytes | None:
    """The order that is to take one back, while it can: not called off, and not over."""
    for said in _proposals(city):
        if bytes(said["undoes"]) == order_id:
            undo_id = bytes(said["order_id"])
            status = city.enforcement.status_of(undo_id)
            if not status.is_cancelled and city.now < status.expires_at:
                return undo_id
    return None


def _proposals(city: City) -> Iterator[Mapping[str, Any]]:
    """What each order said when it was proposed."""
    for event in read_events(Sources({city.enforcement.address: "Enforcement"})):
        if event.name == "OrderProposed":
            yield event.arguments


def _said(city: City, order: Order) -> Sequence[str]:
    kind = "weight" if order.is_succession else "units"
    return [
        f"from {order.sender} to {receiver}: {share:,} {kind}"
        for receiver, share in zip(order.receivers, order.shares, strict=True)
    ]


def _standing(city: City, order_id: bytes) -> list[str]:
    """Where an order stands, and what comes next."""
    status: Any = city.enforcement.status_of(order_id)
    clock, name = city.clock, f"0x{order_id.hex()}"
    window = f"from {clock.text(status.ready_at)} to {clock.text(status.expires_at)} ({clock.name})"
    run = "`ape run incident order"
    if status.is_cancelled:
        return ["it was called off; another order needs another document"]
    if status.executed_at:
        until = clock.text(status.executed_at + int(city.enforcement.UNDO_WINDOW()))
        return [
            f"carried out {clock.text(status.executed_at)}; a move to one receiver can be taken "
            f"back until {until} ({clock.name}) with {run} undo {name}`"
        ]
    if city.now >= status.expires_at:
        return [f"it lapsed {clock.text(status.expires_at)} ({clock.name})"]
    execute = f"the enforcer carries it out {window} with {run} execute {name}`"
    if status.is_confirmed:
        return [execute]
    return [f"next: the compliance office confirms it with {run} confirm {name}`", execute]
