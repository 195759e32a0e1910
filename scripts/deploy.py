"""Deploy a city from a parameter file: `ape run deploy plan|apply PARAMS --network …`."""

import json
from pathlib import Path

import click
from ape.api import AccountAPI, ProviderAPI
from ape.cli import ConnectedProviderCommand, account_option, network_option

from civitas.chain.address_book import AddressBook
from civitas.chain.deploy import address_of, deploy_city
from civitas.chain.rehearsal import Plan, ether, plan_city
from scripts._common import (
    EXIT_DIFFERENCE,
    FILE,
    book_folder,
    confirm,
    ends_clearly,
    records_option,
    yes_option,
)


class _ApplyByDefault(click.Group):
    """`deploy PARAMS` is `deploy apply PARAMS`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ("--help", "-h"):
            args = ["apply", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_ApplyByDefault)
def cli() -> None:
    """Deploy a city from a parameter file: first `plan`, then `apply`."""


@cli.command(cls=ConnectedProviderCommand)
@network_option()
@click.option("--from", "sender", required=True, help="Address of the deployer, or test:0.")
@records_option
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON.")
@click.argument("params", type=FILE)
@ends_clearly
def plan(
    provider: ProviderAPI, params: Path, sender: str, records: Path | None, as_json: bool
) -> None:
    """Show every step of a deployment, without a key; send nothing and write nothing.

    Exit code 1 when a check fails, 2 when the parameters are wrong.
    """
    book = AddressBook(records or book_folder(provider))
    found = plan_city(params, book, address_of(sender))
    click.echo(json.dumps(found.as_dict(), indent=2) if as_json else _as_text(found))
    if not found.is_sound:
        raise SystemExit(EXIT_DIFFERENCE)


@cli.command(cls=ConnectedProviderCommand)
@network_option()
@account_option()
@records_option
@yes_option
@click.argument("params", type=FILE)
@ends_clearly
def apply(
    account: AccountAPI, provider: ProviderAPI, params: Path, records: Path | None, yes: bool
) -> None:
    """Deploy what is missing of the city in PARAMS, wire it, and name the council as admin.

    A run that broke off is taken up where it stopped, by running it again: contracts with a
    record are kept, after their code was compared with it, and what was sent is looked up.
    """
    book = AddressBook(records or book_folder(provider))
    confirm(provider, f"Deploy to {provider.network.name} as {account.address}?", yes)
    city = deploy_city(params, book, account, click.echo)
    click.echo(f"directory {city.directory.address}; records in {book.folder}")


def _as_text(found: Plan) -> str:
    lines = [f"{found.network} (chain {found.chain_id}), deployer {found.deployer}"]
    if found.recorded:
        lines.append(f"recorded already: {', '.join(found.recorded)}")
    for step in found.steps:
        created = f" -> {step.address}, {step.size:,} bytes" if step.address else ""
        lines.append(
            f"{step.number:>3}. {step.name}{created}\n     nonce {step.nonce}, {step.gas:,} gas"
        )
        lines.extend(f"     - {argument}" for argument in step.arguments)
    lines.append("roles at the end:")
    lines.extend(f"  {role:<20} {', '.join(who) or 'nobody'}" for role, who in found.roles.items())
    lines.append(
        f"{len(found.steps)} transactions, {found.gas:,} gas, {ether(found.cost)} at "
        f"{found.gas_price:,} wei per gas; balance {ether(found.balance)}"
    )
    lines.extend(
        f"{'ok  ' if check.holds else 'FAIL'} {check.what}: {check.detail}"
        for check in found.checks
    )
    return "\n".join(lines)
