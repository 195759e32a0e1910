"""A month's income, by the city's offices: `ape run income COMMAND --network …`."""

import json
from datetime import date
from functools import partial
from pathlib import Path

import click
from ape.api import ProviderAPI
from eth_utils.crypto import keccak

from civitas.chain import income as chain_income
from civitas.chain.transactions import Act
from civitas.errors import CivitasError
from civitas.statements.taxes import KINDS
from scripts._acting import Seat, acting
from scripts._common import (
    FILE,
    FINGERPRINT,
    Day,
    Month,
    address,
    city_of,
    command_of,
    json_option,
    table,
)

DAY = Day()
MONTH = Month()


@click.group("income")
def cli() -> None:
    """Income: split, declare, pay, claim-for, remit-tax, report.

    Exit code 1 says that the chain differs from what was sent or from its own events; 2 that the
    input or the network is not as needed, or the chain refuses.
    """


command = partial(command_of, cli)


@command("split")
@click.argument("assets", type=int, nargs=-1)
@click.option("--all", "is_all", is_flag=True, help="Every asset that has a splitter.")
@acting
def split(seat: Seat, assets: tuple[int, ...], is_all: bool) -> Act:
    """Share out what came in for ASSETS by their waterfalls. Anybody may."""
    if bool(assets) == is_all:
        raise CivitasError("name the assets, or give --all")
    return chain_income.split(seat.city, assets, seat.sender)


@command("declare")
@click.argument("asset", type=int)
@click.option("--total", help="Amount, in units of the payment token.")
@click.option("--rate", help="Amount for each unit that shares now.")
@click.option("--record", type=DAY, required=True, help="Who holds units at its end shares.")
@click.option("--pay", "payable", type=DAY, required=True, help="First day of payment.")
@click.option("--deemed", type=DAY, required=True, help="Day on which it is deemed paid.")
@click.option("--deadline", type=DAY, required=True, help="First day on which it may escheat.")
@click.option("--exclude", "excluded", multiple=True, help="Address that does not share.")
@click.option("--resolution", required=True, help="Id of the resolution; its hash is kept.")
@acting
def declare(
    seat: Seat,
    asset: int,
    total: str | None,
    rate: str | None,
    record: date,
    payable: date,
    deemed: date,
    deadline: date,
    excluded: tuple[str, ...],
    resolution: str,
) -> Act:
    """Declare a dividend on ASSET for a record date; its money is taken from who signs."""
    if (total is None) == (rate is None):
        raise CivitasError("give one of --total and --rate")
    city, clock = seat.city, seat.city.clock
    token = chain_income.token_of(city, asset)
    money = str(token.paymentToken())
    out = tuple(address(each, "--exclude") for each in excluded)
    if total is not None:
        amount = chain_income.base_units(money, total)
    else:
        units, scale = chain_income.sharing_units(token, out), 10 ** int(token.decimals())
        # {asset} = {asset/whole unit} * {unit} // {unit/whole unit}, down
        amount = chain_income.base_units(money, rate or "") * units // scale
    said = chain_income.Declaration(
        asset_id=asset,
        amount=amount,
        record_time=clock.last_second(record) + 1,
        pay_time=clock.midnight(payable),
        deadline=clock.midnight(deadline),
        deemed_at=clock.midnight(deemed),
        excluded=out,
        resolution=keccak(text=resolution),
    )
    return chain_income.declare(city, said, seat.sender)


@command("pay")
@click.argument("dividend", type=int)
@click.option("--max-gas", type=click.IntRange(min=1), help="Of one transaction.")
@acting
def pay(seat: Seat, dividend: int, max_gas: int | None) -> Act:
    """Pay DIVIDEND to all holders who can be paid now, in batches. Anybody may.

    A run that broke off is started again with the same words: nobody is paid twice.
    """
    return chain_income.pay(seat.city, dividend, seat.sender, max_gas)


@command("claim-for")
@click.argument("asset", type=int)
@click.argument("holders", nargs=-1, required=True)
@click.option("--dividend", type=int, help="Their part of this dividend, not the rent.")
@acting
def claim_for(seat: Seat, asset: int, holders: tuple[str, ...], dividend: int | None) -> Act:
    """Have income of ASSET paid to HOLDERS, less taxes. Anybody may; the money goes to them."""
    named = tuple(dict.fromkeys(address(each, "holder") for each in holders))
    return chain_income.claim(seat.city, asset, named, dividend, seat.sender)


@command("remit-tax")
@click.argument("month", type=MONTH)
@click.option("--kind", type=click.Choice(KINDS), help="One authority's; both if not given.")
@click.option("--currency", "asset", help="Payment token; the city's if not given.")
@click.option(
    "--reference", type=FINGERPRINT, required=True, help="The tax return's file, or its keccak256."
)
@acting
def remit_tax(
    seat: Seat, month: tuple[int, int], kind: str | None, asset: str | None, reference: bytes
) -> Act:
    """Remit what the certificates of MONTH withheld to the authorities, by the cashier."""
    kinds = range(len(KINDS)) if kind is None else [KINDS.index(kind)]
    token = address(asset, "--currency") if asset else str(seat.city.payment_token.address)
    return chain_income.remit(seat.city, month, kinds, token, reference, seat.sender)


@command("report")
@click.argument("month", type=MONTH)
@click.option("--out", type=FILE, default=Path("build/taxes"), help="Folder of the files.")
@json_option
def report(
    provider: ProviderAPI,
    records: Path | None,
    month: tuple[int, int],
    out: Path,
    as_json: bool,
) -> None:
    """Write the certificates and taxes of MONTH as CSV and JSON, after comparing with the desk."""
    found = chain_income.tax_report(city_of(provider, records), *month)
    out.mkdir(parents=True, exist_ok=True)
    for name, text in {
        f"{found.name}-certificates.csv": found.certificates_csv(),
        f"{found.name}-taxes.csv": found.accounts_csv(),
        f"{found.name}-taxes.json": found.text(),
    }.items():
        (out / name).write_text(text, encoding="utf-8")
        click.echo(f"wrote {out / name}", err=as_json)
    if as_json:
        click.echo(json.dumps(found.document(), indent=2))
        return
    rows = []
    for account in found.accounts:
        currency = chain_income.currency_of(account.asset)
        amounts = (account.opening, account.withheld, account.remitted, account.closing)
        rows.append((KINDS[account.kind], account.asset, *map(currency.exact, amounts)))
    headers = ("authority", "currency", "opening", "withheld", "remitted", "closing")
    click.echo(table(headers, rows, range(2, 6)))
    click.echo(f"{len(found.certificates):,} certificates; the desk's accounts agree")
