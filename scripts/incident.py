"""When something is wrong: `ape run incident COMMAND --network …`."""

from datetime import date
from functools import partial

import click

from civitas.chain import incident as chain_incident
from civitas.chain.income import token_of
from civitas.chain.transactions import Act
from civitas.errors import CivitasError
from scripts._acting import Seat, acting
from scripts._common import FINGERPRINT, Day, address, command_of

DAY = Day()

reason_option = click.option(
    "--reason", type=FINGERPRINT, required=True, help="File that demands it, or its keccak256."
)
case_option = click.option(
    "--case", type=FINGERPRINT, required=True, help="The court's document, or its keccak256."
)


@click.group("incident")
def cli() -> None:
    """Incidents: pause and unpause modules, freeze accounts, move units by order.

    Exit code 1 says that the chain did something else than was sent; 2 that the input or the
    network is not as needed, or the chain refuses.
    """


@cli.group("order")
def order() -> None:
    """Orders against a holder: propose, confirm, execute, undo, cancel."""


command = partial(command_of, cli)
order_command = partial(command_of, order)


@command("pause")
@click.argument("module")
@acting
def pause(seat: Seat, module: str) -> Act:
    """Stop MODULE, by the guardian: Treasury, Lease, CarbonCredit, or the id of an asset."""
    return chain_incident.pause(seat.city, module, seat.sender)


@command("unpause")
@click.argument("module")
@acting
def unpause(seat: Seat, module: str) -> Act:
    """Start MODULE again, by the chain engineer."""
    return chain_incident.unpause(seat.city, module, seat.sender)


@command("freeze")
@click.argument("asset", type=int)
@click.argument("holder")
@click.option("--until", type=DAY, help="Last day; without end if not given.")
@click.option("--units", type=click.IntRange(min=1), help="Freeze a part only.")
@reason_option
@acting
def freeze(
    seat: Seat, asset: int, holder: str, until: date | None, units: int | None, reason: bytes
) -> Act:
    """Freeze HOLDER in the token of ASSET, by the compliance officer."""
    if until and units:
        raise CivitasError("a part is frozen without end: give --until or --units")
    end = seat.city.clock.last_second(until) + 1 if until else None
    account = address(holder, "holder")
    return chain_incident.freeze(seat.city, asset, account, end, units, reason, seat.sender)


@command("unfreeze")
@click.argument("asset", type=int)
@click.argument("holder")
@click.option("--part", "is_part", is_flag=True, help="Release the frozen part.")
@reason_option
@acting
def unfreeze(seat: Seat, asset: int, holder: str, is_part: bool, reason: bytes) -> Act:
    """Release HOLDER in the token of ASSET, by the compliance officer."""
    account = address(holder, "holder")
    return chain_incident.unfreeze(seat.city, asset, account, is_part, reason, seat.sender)


@order_command("propose")
@click.argument("asset", type=int)
@click.argument("holder")
@click.option("--to", "moves", type=(str, int), multiple=True, help="Receiver and units.")
@click.option("--heir", "heirs", type=(str, int), multiple=True, help="Heir and weight: of all.")
@case_option
@acting
def propose(
    seat: Seat,
    asset: int,
    holder: str,
    moves: tuple[tuple[str, int], ...],
    heirs: tuple[tuple[str, int], ...],
    case: bytes,
) -> Act:
    """Propose that units of HOLDER in the token of ASSET go to others, by the enforcer."""
    if bool(moves) == bool(heirs):
        raise CivitasError("give either --to, or --heir for a succession")
    parts = moves or heirs
    sender = address(holder, "holder")
    token = token_of(seat.city, asset)
    held, asked = int(token.balanceOf(sender)), sum(share for _, share in parts)
    if held == 0 or (moves and asked > held):
        raise CivitasError(
            f"{sender} holds {held:,} units of asset {asset}"
            + (f", {asked:,} were asked" if held else ": is the address right?")
        )
    said = chain_incident.Order(
        token=str(token.address),
        sender=sender,
        receivers=tuple(address(each, "receiver") for each, _ in parts),
        shares=tuple(share for _, share in parts),
        is_succession=bool(heirs),
        case=case,
    )
    return chain_incident.propose(seat.city, said, seat.sender)


@order_command("confirm")
@click.argument("order_id", metavar="ORDER", type=FINGERPRINT)
@acting
def confirm(seat: Seat, order_id: bytes) -> Act:
    """Confirm ORDER as the second office, by the compliance officer."""
    return chain_incident.confirm(seat.city, order_id, seat.sender)


@order_command("execute")
@click.argument("order_id", metavar="ORDER", type=FINGERPRINT)
@acting
def execute(seat: Seat, order_id: bytes) -> Act:
    """Carry ORDER out, by the enforcer."""
    return chain_incident.execute(seat.city, order_id, seat.sender)


@order_command("undo")
@click.argument("order_id", metavar="ORDER", type=FINGERPRINT)
@case_option
@acting
def undo(seat: Seat, order_id: bytes, case: bytes) -> Act:
    """Propose to take ORDER back, by the enforcer; the new order is confirmed and carried out."""
    return chain_incident.undo(seat.city, order_id, case, seat.sender)


@order_command("cancel")
@click.argument("order_id", metavar="ORDER", type=FINGERPRINT)
@acting
def cancel(seat: Seat, order_id: bytes) -> Act:
    """Call ORDER off before it is carried out, by the guardian."""
    return chain_incident.cancel(seat.city, order_id, seat.sender)
