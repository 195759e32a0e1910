"""Hand a city over to a Safe: `ape run handover plan|apply|accept|report --network …`."""

import json
from pathlib import Path
from typing import Any

import click
from ape.api import AccountAPI, ProviderAPI

from civitas.chain.address_book import AddressBook
from civitas.chain.city import City
from civitas.chain.deploy import accept_admin, address_of
from civitas.chain.handover import (
    Handover,
    apply_handover,
    leftovers,
    plan_handover,
)
from civitas.chain.holdings import as_document, as_markdown, people_of, read_holdings
from civitas.chain.safe import Queue
from scripts._common import (
    EXIT_DIFFERENCE,
    FILE,
    account_option,
    book_folder,
    city_of,
    command_of,
    confirm,
    json_option,
    yes_option,
)

to_option = click.option("--to", required=True, help="The Safe that takes over.")
SAFE_FILE = "handover-safe.json"  # beside the records


@click.group()
def cli() -> None:
    """Hand the admin's office over to a Safe: first `plan`, then `apply`, then the Safe accepts."""


@command_of(cli, "plan")
@to_option
@click.option("--from", "sender", required=True, help="Who holds the office now.")
@json_option
def plan(provider: ProviderAPI, records: Path | None, to: str, sender: str, as_json: bool) -> None:
    """Show every act and who holds what before and after; send nothing. Needs no key."""
    city, book = _city(provider, records)
    planned = plan_handover(city, book, address_of(to), address_of(sender))
    click.echo(json.dumps(_document(planned), indent=2) if as_json else _text(planned))


@command_of(cli, "apply")
@to_option
@account_option
@yes_option
def apply(
    provider: ProviderAPI, records: Path | None, to: str, account: AccountAPI, yes: bool
) -> None:
    """Do what can be done now, and write what the Safe has to send as a file.

    Run again, it goes on: an operation of a timelock that was proposed is carried out when it is
    due. Exit code 1 while the outgoing account still holds something.
    """
    city, book = _city(provider, records)
    planned = plan_handover(city, book, address_of(to), str(account.address))
    click.echo(_text(planned))
    if planned.acts:
        confirm(provider, f"Send {len(planned.acts)} transactions as {account.address}?", yes)
        apply_handover(city, book, planned, account)
        # What is left is another plan: an operation that was proposed waits now.
        planned = plan_handover(city, book, planned.safe, str(account.address))
    if planned.acceptance and not planned.waits and not planned.acts:
        path = (records or book_folder(provider)) / SAFE_FILE
        Queue(path, planned.safe).write([planned.acceptance.call])
        click.echo(f"the Safe must send {planned.acceptance.what}: load {path} in its app")
    for each in planned.waits:
        click.echo(f"waits: {each}; then run this command again")
    if left := leftovers(city, planned):
        click.echo("\n".join(left), err=True)
        raise SystemExit(EXIT_DIFFERENCE)
    click.echo("the outgoing account holds nothing")


@command_of(cli, "accept")
@account_option
@yes_option
def accept(provider: ProviderAPI, records: Path | None, account: AccountAPI, yes: bool) -> None:
    """Take the office over, where the council's key is at hand; a Safe sends its file instead."""
    city, _book = _city(provider, records)
    confirm(provider, f"Take the office over as {account.address}?", yes)
    if city.timelock is not None and city.timelock.pending_council() == account.address:
        city.timelock.accept_council(sender=account)
    else:
        accept_admin(city, account)
    click.echo(f"{account.address} decides now; admin {city.authority.admin()}")


@command_of(cli, "report")
@click.option("--out", type=FILE, help="Write OUT.md and OUT.json.")
@json_option
def report(provider: ProviderAPI, records: Path | None, out: Path | None, as_json: bool) -> None:
    """Say who holds what since which block. Exit code 1 where events and state differ."""
    city, book = _city(provider, records)
    network = f"{provider.network.ecosystem.name}:{provider.network.name}"
    holdings = read_holdings(city, book)
    council = [] if city.timelock is None else [("council", city.timelock.council())]
    document = as_document(holdings, people_of(city, book, council), network)
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.with_suffix(".json").write_text(json.dumps(document, indent=2) + "\n", "utf-8")
        out.with_suffix(".md").write_text(as_markdown(document), "utf-8")
        click.echo(f"{len(holdings.held)} roles held: {out.with_suffix('.md')}")
    else:
        click.echo(json.dumps(document, indent=2) if as_json else as_markdown(document))
    if holdings.differences:
        click.echo("\n".join(holdings.differences), err=True)
        raise SystemExit(EXIT_DIFFERENCE)


def _city(provider: ProviderAPI, records: Path | None) -> tuple[City, AddressBook]:
    return city_of(provider, records), AddressBook(records or book_folder(provider))


def _text(planned: Handover) -> str:
    if planned.is_done:
        return f"{planned.safe} has the office; nothing is left to do"
    lines = [f"{number}. {act.what}" for number, act in enumerate(planned.acts, 1)]
    lines += [f"waits: {each}" for each in planned.waits]
    if planned.acceptance is not None:
        lines.append(f"then the Safe: {planned.acceptance.what} on {planned.acceptance.to}")
    for account in planned.outgoing:
        before = [f"{each.of} {each.role}" for each in planned.before.of(account)]
        after = [f"{of} {role}" for of, role, who in sorted(planned.after) if who == account]
        lines.append(
            f"{account} holds {', '.join(before) or 'nothing'}; after these acts "
            f"{', '.join(after) or 'nothing'}"
        )
    return "\n".join(lines)


def _document(planned: Handover) -> dict[str, Any]:
    return {
        "safe": planned.safe,
        "outgoing": list(planned.outgoing),
        "acts": [act.what for act in planned.acts],
        "waits": list(planned.waits),
        "acceptance": vars(planned.acceptance) if planned.acceptance else None,
        "before": sorted(planned.before.pairs),
        "after": sorted(planned.after),
        "is_done": planned.is_done,
    }
