"""Compare a deployed city with its records: `ape run check PARAMS --network …`."""

import json
from dataclasses import asdict
from pathlib import Path

import click
from ape.api import ProviderAPI
from ape.cli import ConnectedProviderCommand, network_option

from civitas.chain.address_book import AddressBook
from civitas.chain.check import facts
from scripts._common import EXIT_DIFFERENCE, FILE, book_folder, ends_clearly, records_option


@click.command(cls=ConnectedProviderCommand)
@network_option()
@records_option
@click.argument("params", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="Print every fact as JSON.")
@click.option("--strict", is_flag=True, help="Let warnings count as broken.")
@ends_clearly
def cli(
    provider: ProviderAPI, params: Path, records: Path | None, as_json: bool, strict: bool
) -> None:
    """Read the chain back against PARAMS and the records; name every broken link.

    Code, wiring, rules, roles, what is stopped, allowances and balances; a warning is what has run
    out or needs attention. Exit code 1 for a broken link, with --strict for a warning too.
    """
    checked = list(facts(params, AddressBook(records or book_folder(provider))))
    if as_json:
        click.echo(json.dumps([asdict(fact) for fact in checked], indent=2))
    failed = [fact for fact in checked if not fact.holds]
    for fact in failed:
        kind = "warning" if fact.is_warning else "broken"
        click.echo(f"{kind}: {fact.link}: {fact.detail}", err=True)
    if any(strict or not fact.is_warning for fact in failed):
        raise SystemExit(EXIT_DIFFERENCE)
    if not as_json:
        click.echo(f"{len(checked) - len(failed)} facts hold, {len(failed)} warnings")
