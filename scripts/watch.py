"""Tell what happens to a city, each thing once: `ape run watch --network …`."""

import json
import time
from dataclasses import asdict
from pathlib import Path

import click
from ape.api import ProviderAPI
from ape.cli import ConnectedProviderCommand, network_option
from ape.exceptions import ApeException

from civitas.chain.address_book import AddressBook
from civitas.chain.watch import Alert, Watcher
from scripts._common import (
    EXIT_DIFFERENCE,
    FILE,
    book_folder,
    city_of,
    ends_clearly,
    json_option,
    records_option,
)


@click.command(cls=ConnectedProviderCommand)
@network_option()
@records_option
@click.option("--params", type=FILE, help="Of the deployment; those of the records if not given.")
@click.option("--days", type=click.IntRange(0, 36_500), default=30, show_default=True)
@click.option("--every", type=click.IntRange(min=1), default=60, show_default=True, help="Seconds.")
@click.option("--once", is_flag=True, help="Look once; exit code 1 where something is new.")
@click.option("--alerts", type=FILE, help="File of all alerts; alerts.jsonl of the records.")
@click.option("--cursor", type=FILE, help="Where it goes on; watch.json of the records.")
@json_option
@ends_clearly
def cli(
    provider: ProviderAPI,
    records: Path | None,
    params: Path | None,
    days: int,
    every: int,
    once: bool,
    alerts: Path | None,
    cursor: Path | None,
    as_json: bool,
) -> None:
    """Overdue rent, what is about to lapse, changed roles, stops, orders, and drift from records.

    Each is told once, however often this is started. Without --once it goes on until it is
    interrupted, also when the node does not answer for a while.
    """
    folder = records or book_folder(provider)
    book = AddressBook(folder)
    watcher = Watcher(
        city=city_of(provider, records),
        params=params or Path(book.require("AssetRegistry").params),
        book=book,
        alerts_file=alerts or folder / "alerts.jsonl",
        cursor_file=cursor or folder / "watch.json",
        days=days,
    )
    if once:
        found = watcher.look()
        _tell(found, as_json)
        if found:
            raise SystemExit(EXIT_DIFFERENCE)
        return
    while True:
        try:
            _tell(watcher.look(), as_json)
        except (ApeException, OSError) as error:
            click.echo(f"no answer from the node ({error}), asking again", err=True)
        time.sleep(every)


def _tell(found: list[Alert], as_json: bool) -> None:
    for alert in found:
        click.echo(json.dumps(asdict(alert)) if as_json else f"{alert.kind:<6} {alert.text}")
