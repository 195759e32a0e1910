"""The city's money by fund: `ape run treasury COMMAND --network …`."""

import json
from functools import partial
from pathlib import Path

import click
from ape.api import ProviderAPI

from civitas.chain import treasury as chain_treasury
from civitas.chain.income import currency_of
from civitas.chain.transactions import Act
from civitas.figures import require_equal
from scripts._acting import Seat, acting
from scripts._common import FINGERPRINT, address, city_of, command_of, json_option, table


@click.group("treasury")
def cli() -> None:
    """The treasury: balances; approve by the treasurer, pay by the cashier, cancel.

    Exit code 1 says that the contract's sums differ, or that the chain did something else than was
    sent; 2 that the input or the network is not as needed, or the chain refuses.
    """


command = partial(command_of, cli)


@command("balances")
@json_option
def balances(provider: ProviderAPI, records: Path | None, as_json: bool) -> None:
    """What each fund has, free and set apart for approved payments."""
    city = city_of(provider, records)
    found = chain_treasury.balances(city)
    if as_json:
        rows = [
            {
                "fund": each.fund,
                "is_restricted": each.is_restricted,
                "currency": each.asset,
                "free": str(each.free),
                "reserved": str(each.reserved),
            }
            for each in found
        ]
        click.echo(json.dumps(rows, indent=2))
    else:
        lines = [
            (
                each.fund,
                "restricted" if each.is_restricted else "",
                currency_of(each.asset).exact(each.free),
                currency_of(each.asset).exact(each.reserved),
            )
            for each in found
        ]
        click.echo(table(("fund", "", "free", "approved, unpaid"), lines, (2, 3)))
    require_equal(chain_treasury.agreement(city, found))


@command("approve")
@click.argument("fund")
@click.argument("payee")
@click.argument("amount")
@click.option("--currency", help="Payment token; the city's if not given.")
@click.option(
    "--document", type=FINGERPRINT, required=True, help="The invoice's file, or its keccak256."
)
@acting
def approve(
    seat: Seat, fund: str, payee: str, amount: str, currency: str | None, document: bytes
) -> Act:
    """Approve a payment of AMOUNT out of FUND to PAYEE, by the treasurer."""
    asset = address(currency, "--currency") if currency else str(seat.city.payment_token.address)
    return chain_treasury.approve(
        seat.city, fund, address(payee, "payee"), amount, asset, document, seat.sender
    )


@command("pay")
@click.argument("payment", type=int)
@acting
def pay(seat: Seat, payment: int) -> Act:
    """Make PAYMENT, by a cashier who did not approve it."""
    return chain_treasury.pay(seat.city, payment, seat.sender)


@command("cancel")
@click.argument("payment", type=int)
@acting
def cancel(seat: Seat, payment: int) -> Act:
    """Call PAYMENT off before it is made, by the treasurer."""
    return chain_treasury.cancel(seat.city, payment, seat.sender)
