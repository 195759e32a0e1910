"""Have explorers show a city's sources: `ape run verify --network … --explorer sourcify`."""

import json
import os
from dataclasses import asdict
from pathlib import Path

import click
from ape.api import ProviderAPI
from ape.cli import ConnectedProviderCommand, network_option

from civitas.chain.address_book import AddressBook
from civitas.chain.explorers import Blockscout, Etherscan, Explorer, Patience, Sourcify
from civitas.chain.verification import Outcome, verify_city
from scripts._common import EXIT_DIFFERENCE, book_folder, ends_clearly, json_option, records_option

SITES: dict[str, tuple[type[Etherscan | Sourcify | Blockscout], str | None, str]] = {
    "etherscan": (Etherscan, "https://api.etherscan.io", "ETHERSCAN_API_KEY"),
    "sourcify": (Sourcify, "https://sourcify.dev/server", "SOURCIFY_API_KEY"),
    "blockscout": (Blockscout, None, "BLOCKSCOUT_API_KEY"),
}
# Blockscout has an instance for each network.
BLOCKSCOUTS = {1: "https://eth.blockscout.com", 11155111: "https://eth-sepolia.blockscout.com"}


@click.command(cls=ConnectedProviderCommand)
@network_option()
@records_option
@click.option("--explorer", type=click.Choice(sorted(SITES)), help="Without one, compare only.")
@click.option("--url", help="Address of the explorer, where it is not the usual one.")
@click.option("--pause", type=float, default=4.0, help="Seconds between two looks for a result.")
@json_option
@ends_clearly
def cli(
    provider: ProviderAPI,
    records: Path | None,
    explorer: str | None,
    url: str | None,
    pause: float,
    as_json: bool,
) -> None:
    """Compare every contract with the sources here, and have an explorer show them.

    Keys come from ETHERSCAN_API_KEY and BLOCKSCOUT_API_KEY. What is verified already counts as
    done. Exit code 1 when a contract fails.
    """
    site = _site(explorer, url, provider.chain_id, pause) if explorer else None
    book = AddressBook(records or book_folder(provider))
    outcomes = verify_city(book, site, lambda outcome: None if as_json else _say(outcome))
    if as_json:
        click.echo(json.dumps([asdict(each) for each in outcomes], indent=2))
    failed = [each for each in outcomes if each.state == "failed"]
    if failed:
        click.echo(f"{len(failed)} of {len(outcomes)} failed", err=True)
        raise SystemExit(EXIT_DIFFERENCE)
    if not as_json:
        click.echo(f"{len(outcomes)} contracts, none failed")


def _say(outcome: Outcome) -> None:
    click.echo(f"{outcome.state:<9} {outcome.address}  {outcome.name}: {outcome.detail}")


def _site(name: str, url: str | None, chain_id: int, pause: float) -> Explorer:
    kind, usual, key = SITES[name]
    address = url or usual or BLOCKSCOUTS.get(chain_id)
    if address is None:
        raise click.UsageError(f"no {name} is known for chain {chain_id}: give --url")
    patience = Patience(pause=pause / 4, poll=pause)
    return kind(address.rstrip("/"), os.environ.get(key), patience)
