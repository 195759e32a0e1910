"""Deploy a city from a parameter file: `ape run deploy PARAMS --network … [--account …]`."""

from pathlib import Path

import click
from ape.api import AccountAPI, ProviderAPI
from ape.cli import ConnectedProviderCommand, account_option, network_option

from civitas.chain.address_book import AddressBook
from civitas.chain.deploy import deploy_city
from civitas.errors import CivitasError
from scripts._common import book_folder, fail


@click.command(cls=ConnectedProviderCommand)
@network_option()
@account_option()
@click.argument("params", type=click.Path(path_type=Path))
@click.option("--records", type=click.Path(path_type=Path), help="Folder of the address book.")
@click.option("--yes", is_flag=True, help="Do not ask before the first transaction.")
def cli(
    account: AccountAPI, provider: ProviderAPI, params: Path, records: Path | None, yes: bool
) -> None:
    """Deploy what is missing of the city in PARAMS, wire it, and name the council as admin.

    A run that broke off is taken up where it stopped: contracts with a record are kept, after
    their code was compared with it.
    """
    book = AddressBook(records or book_folder(provider))
    try:
        if not yes and not provider.network.is_local:
            click.confirm(f"Deploy to {provider.network.name} as {account.address}?", abort=True)
        city = deploy_city(params, book, account, click.echo)
    except CivitasError as error:
        fail(error)
    click.echo(f"directory {city.directory.address}; records in {book.folder}")
