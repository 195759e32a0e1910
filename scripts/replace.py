"""Put a successor in a contract's place: `ape run replace TaxTable PARAMS --network …`."""

from pathlib import Path

import click
from ape.api import AccountAPI, ProviderAPI
from ape.cli import ConnectedProviderCommand, network_option

from civitas.chain.address_book import AddressBook
from civitas.chain.replace import plan_replacement, replace_contract
from scripts._common import (
    FILE,
    account_option,
    book_folder,
    confirm,
    dry_run_option,
    ends_clearly,
    records_option,
    yes_option,
)


@click.command(cls=ConnectedProviderCommand)
@network_option()
@account_option
@records_option
@dry_run_option
@yes_option
@click.argument("name")
@click.argument("params", type=FILE)
@ends_clearly
def cli(
    provider: ProviderAPI,
    account: AccountAPI,
    records: Path | None,
    dry_run: bool,
    yes: bool,
    name: str,
    params: Path,
) -> None:
    """Deploy NAME anew from PARAMS and set it in the directory, as the chain engineer.

    Refused where what the old one holds would be lost (docs/adr/0031). The old record is kept in
    the records' folder `history`.
    """
    book = AddressBook(records or book_folder(provider))
    if dry_run:
        planned = plan_replacement(name, params, book)
        click.echo(f"{name} at {planned.old} can be replaced")
    else:
        confirm(provider, f"Replace {name} as {account.address}?", yes)
        planned = replace_contract(name, params, book, account, click.echo)
    click.echo(f"then: {planned.then}")
