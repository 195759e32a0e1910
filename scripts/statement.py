"""Statements of what holders were paid: `ape run statement HOLDER --year Y --network …`."""

from pathlib import Path

import click
from ape.api import AccountAPI, ProviderAPI
from ape.cli import AccountAliasPromptChoice, ConnectedProviderCommand, network_option

from civitas.chain.city import City
from civitas.chain.statements import posted_root, statements_of
from civitas.chain.transactions import Prepared
from civitas.errors import CivitasError
from civitas.profiles.text_file import read_text
from civitas.statements.page import page, read_page, words
from civitas.statements.statement import (
    Proven,
    proven,
    read,
    require_proven,
    require_same,
    root_of,
)
from scripts._common import (
    FILE,
    city_of,
    confirm,
    ends_clearly,
    records_option,
    yes_option,
)


@click.command(cls=ConnectedProviderCommand)
@network_option()
@records_option
@click.argument("holder", required=False)
@click.option("--year", type=click.IntRange(1970, 9998), help="Of the payments, in city time.")
@click.option("--out", type=FILE, default=Path("build/statements"), help="Folder of the files.")
@click.option("--verify", "shown", type=FILE, help="Check a statement, JSON or HTML.")
@click.option("--root", "root_only", is_flag=True, help="Print the root of the year.")
@click.option("--post", "account", type=AccountAliasPromptChoice(), help="Post it as auditor.")
@yes_option
@ends_clearly
def cli(
    provider: ProviderAPI,
    records: Path | None,
    holder: str | None,
    year: int | None,
    out: Path,
    shown: Path | None,
    root_only: bool,
    account: AccountAPI | None,
    yes: bool,
) -> None:
    """Write HOLDER's statement of a year, check one, or post the root of all.

    Exit code 1 says that a statement differs from the chain, 2 that the input or the network is not
    as needed.
    """
    city = city_of(provider, records)
    if shown is not None:
        _verify(city, shown)
    elif year is None:
        raise CivitasError("name the year: --year 2027")
    elif root_only or account is not None:
        _root(provider, city, year, account, yes)
    elif holder is None:
        raise CivitasError("name the holder whose statement it is")
    else:
        _write(city, holder, year, out)


def _write(city: City, holder: str, year: int, out: Path) -> None:
    statement = proven(statements_of(city, year), holder)
    out.mkdir(parents=True, exist_ok=True)
    stem = f"{year}-{statement.statement.holder}"
    texts = {f"{stem}.{language}.html": page(statement, language) for language in words()}
    for name, text in {f"{stem}.json": statement.text(), **texts}.items():
        (out / name).write_text(text, encoding="utf-8")
        click.echo(f"wrote {out / name}")
    if posted_root(city, year) != statement.root:
        click.echo(f"root {statement.root} is not posted yet: the statement has no proof so far")


def _verify(city: City, shown: Path) -> None:
    """By the posted root alone first, as a holder can without the events; then by the events."""
    text = read_text(shown)
    statement: Proven = read_page(text) if text.startswith("<") else read(text)
    year = statement.statement.year
    root = posted_root(city, year)
    if root is None:
        raise CivitasError(f"no root was posted for {year}")
    require_proven(statement, root)
    again = statements_of(city, year)
    require_same(statement, proven(again, statement.statement.holder))
    click.echo(f"{shown}: as the chain says, and proven by root {root}")


def _root(
    provider: ProviderAPI,
    city: City,
    year: int,
    account: AccountAPI | None,
    yes: bool,
) -> None:
    found = statements_of(city, year)
    root = root_of(found)
    click.echo(f"{len(found)} statements of {year}, root {root}")
    if account is None:
        return
    if posted_root(city, year) == root:
        click.echo("it is posted already")
        return
    prepared = Prepared(city.income_desk.post_root, (year, root), account)
    prepared.simulate()
    confirm(provider, f"Post the root of {year}?", yes)
    click.echo(f"posted by {prepared.send().txn_hash}")
