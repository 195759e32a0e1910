"""Investors, by a trusted issuer: `ape run investor COMMAND --network …`."""

from functools import partial
from pathlib import Path

import click
from ape.api import AccountAPI, ProviderAPI

from civitas.chain.city import City
from civitas.chain.events import Sources, events_of
from civitas.chain.onboarding import batches, read_applicants
from civitas.chain.transactions import Prepared
from scripts._common import (
    FILE,
    account_option,
    city_of,
    command_of,
    confirm,
    dry_run_option,
    echo_receipt,
    yes_option,
)

topic_option = click.option("--topic", type=int, default=1, help="Claim topic.")


@click.group()
def cli() -> None:
    """Investors: onboard, revoke, refresh. Exit code 2: the input is not as needed."""


command = partial(command_of, cli)


def _send(
    provider: ProviderAPI, city: City, prepared: list[Prepared], dry_run: bool, yes: bool
) -> None:
    """All or none is simulated; each is on investors of its own, so the order does not matter."""
    for each in prepared:
        each.simulate()
    if not prepared:
        click.echo("nothing to send")
        return
    if dry_run:
        click.echo(f"dry run: the chain would take all {len(prepared)}; nothing was sent")
        return
    confirm(provider, f"Send {len(prepared)} transactions?", yes)
    sources = Sources({city.identity_registry.address: "IdentityRegistry"})
    for each in prepared:
        receipt = each.send()
        echo_receipt(receipt, events_of(sources, receipt))


@command("onboard")
@click.argument("file", type=FILE)
@account_option
@topic_option
@click.option("--deadline", type=int, required=True, help="Unix time that the wallets signed.")
@dry_run_option
@yes_option
def onboard(
    provider: ProviderAPI,
    records: Path | None,
    file: Path,
    account: AccountAPI,
    topic: int,
    deadline: int,
    dry_run: bool,
    yes: bool,
) -> None:
    """Onboard the investors of FILE (CSV: wallet,country,class,valid_until,signature)."""
    city = city_of(provider, records)
    applicants = read_applicants(file, city, deadline)
    click.echo(f"{len(applicants)} to onboard")
    prepared = list(batches(city, applicants, topic, deadline, account))
    _send(provider, city, prepared, dry_run, yes)


@command("revoke")
@click.argument("identity")
@account_option
@topic_option
@dry_run_option
@yes_option
def revoke(
    provider: ProviderAPI,
    records: Path | None,
    identity: str,
    account: AccountAPI,
    topic: int,
    dry_run: bool,
    yes: bool,
) -> None:
    """Revoke the issuer's claim on IDENTITY that was filed last."""
    city = city_of(provider, records)
    registry = city.identity_registry
    nonce = int(registry.last_nonce(account, identity, topic))
    click.echo(f"revoke claims on {identity}, topic {topic}, up to nonce {nonce}")
    prepared = Prepared(registry.revoke_claim, (identity, topic, nonce), account)
    _send(provider, city, [prepared], dry_run, yes)


@command("refresh")
@click.argument("identities", nargs=-1, required=True)
@account_option
@dry_run_option
@yes_option
def refresh(
    provider: ProviderAPI,
    records: Path | None,
    identities: tuple[str, ...],
    account: AccountAPI,
    dry_run: bool,
    yes: bool,
) -> None:
    """Reckon anew what the claims of IDENTITIES amount to."""
    city = city_of(provider, records)
    prepared = Prepared(city.identity_registry.refresh, (list(identities),), account)
    _send(provider, city, [prepared], dry_run, yes)
