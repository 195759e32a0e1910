"""Roles, by the council: `ape run role COMMAND --network …`."""

import json
from functools import partial
from pathlib import Path

import click
from ape.api import ProviderAPI

from civitas.chain import offices
from civitas.chain.roles import Role
from civitas.chain.transactions import Act
from scripts._acting import Seat, acting
from scripts._common import address, city_of, command_of, json_option

ROLE = click.Choice([role.name for role in Role])


@click.group("role")
def cli() -> None:
    """Roles: list, grant, revoke.

    Exit code 1 says that the chain did something else than was sent; 2 that the input or the
    network is not as needed, or the chain refuses.
    """


command = partial(command_of, cli)


@command("list")
@json_option
def list_(provider: ProviderAPI, records: Path | None, as_json: bool) -> None:
    """Who holds each role now."""
    found = offices.holders(city_of(provider, records))
    if as_json:
        click.echo(json.dumps({role.name: who for role, who in found.items()}, indent=2))
        return
    for role, who in found.items():
        click.echo(f"{role.name:<20} {', '.join(who) or 'nobody'}")


@command("grant")
@click.argument("role", type=ROLE)
@click.argument("holder")
@acting
def grant(seat: Seat, role: str, holder: str) -> Act:
    """Give HOLDER a ROLE."""
    return offices.grant(seat.city, Role[role], address(holder, "holder"), seat.sender)


@command("revoke")
@click.argument("role", type=ROLE)
@click.argument("holder")
@acting
def revoke(seat: Seat, role: str, holder: str) -> Act:
    """Take a ROLE from HOLDER."""
    return offices.revoke(seat.city, Role[role], address(holder, "holder"), seat.sender)
