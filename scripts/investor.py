"""Investors, by a trusted issuer: `ape run investor COMMAND --network …`."""

from collections.abc import Callable
from pathlib import Path

import click
from ape.api import AccountAPI, ProviderAPI
from ape.cli import AccountAliasPromptChoice, ConnectedProviderCommand, network_option

from civitas.chain.carbon import Prepared
from civitas.chain.onboarding import batches, read_applicants
from scripts._common import city_of, ends_clearly

FILE = click.Path(path_type=Path)

records_option = click.option("--records", type=FILE, help="Folder of the address book.")
account_option = click.option("--account", type=AccountAliasPromptChoice(), required=True)
topic_option = click.option("--topic", type=int, default=1, help="Claim topic.")
dry_run_option = click.option("--dry-run", is_flag=True, help="Simulate, and send nothing.")
yes_option = click.option("--yes", is_flag=True, help="Do not ask before sending.")


@click.group()
def cli() -> None:
    """Investors: onboard, revoke, refresh. Exit code 2: the input is not as needed."""


def command(name: str) -> Callable[[Callable[..., None]], click.Command]:
    """A command of the group, with a network, an address book and clear endings."""

    def decorate(run: Callable[..., None]) -> click.Command:
        wrapped = network_option()(records_option(ends_clearly(run)))
        return cli.command(name, cls=ConnectedProviderCommand)(wrapped)

    return decorate


def _send(prepared: list[Prepared], dry_run: bool, yes: bool) -> None:
    if prepared:
        prepared[0].simulate()
    if dry_run:
        click.echo("dry run: nothing was sent")
        return
    if prepared and not yes:
        click.confirm(f"Send {len(prepared)} transactions?", abort=True)
    for each in prepared:
        receipt = each.send()
        click.echo(f"transaction {receipt.txn_hash}  {receipt.gas_used:,} gas")


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
    _send(list(batches(city, applicants, topic, deadline, account)), dry_run, yes)


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
    registry = city_of(provider, records).identity_registry
    nonce = int(registry.last_nonce(account, identity, topic))
    click.echo(f"revoke claims on {identity}, topic {topic}, up to nonce {nonce}")
    _send([Prepared(registry.revoke_claim, (identity, topic, nonce), account)], dry_run, yes)


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
    registry = city_of(provider, records).identity_registry
    _send([Prepared(registry.refresh, (list(identities),), account)], dry_run, yes)
