"""Statements of what holders were paid: `ape run statement HOLDER --year Y --network …`."""

from pathlib import Path

import click
from ape.api import AccountAPI, ProviderAPI
from ape.cli import ConnectedProviderCommand, network_option

from civitas.chain.city import City
from civitas.chain.roles import Role
from civitas.chain.statements import posted_root, statements_of
from civitas.chain.transactions import Act, Prepared
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
from scripts._acting import Seat
from scripts._common import (
    ALIAS,
    FILE,
    book_folder,
    city_of,
    dry_run_option,
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
@click.option("--post", "account", type=ALIAS, help="Post it as auditor.")
@dry_run_option
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
    dry_run: bool,
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
    elif account is not None:
        folder = records or book_folder(provider)
        seat = Seat(city, provider, folder, account, None, dry_run, as_json=False, yes=yes)
        seat.carry_out(posting(city, year, account))
    elif root_only:
        click.echo(_found(city, year)[1])
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


def posting(city: City, year: int, auditor: AccountAPI) -> Act:
    """Post the root of a year's statements, unless it is posted already."""
    root, said = _found(city, year)
    is_posted = posted_root(city, year) == root
    return Act(
        lines=(said, "it is posted already") if is_posted else (said,),
        steps=() if is_posted else (Prepared(city.income_desk.post_root, (year, root), auditor),),
        facts=lambda: {f"the root of {year} is posted": posted_root(city, year) == root},
        role=Role.AUDITOR,
        question=f"Post the root of {year}?",
    )


def _found(city: City, year: int) -> tuple[str, str]:
    """The root of a year, and the sentence about it."""
    found = statements_of(city, year)
    root = root_of(found)
    return root, f"{len(found)} statements of {year}, root {root}"
