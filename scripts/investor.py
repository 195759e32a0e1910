"""Investors, by a trusted issuer: `ape run investor COMMAND --network …`."""

from functools import partial
from pathlib import Path

import click
from ape.api import AccountAPI, ProviderAPI

from civitas.chain import recovery
from civitas.chain.identity import binding_message
from civitas.chain.onboarding import applicant_batches, read_applicants
from civitas.chain.operations import unlock
from civitas.chain.signing import signed_by
from civitas.chain.transactions import Act, Prepared
from civitas.errors import CivitasError
from scripts._acting import Seat, acting
from scripts._common import ALIAS, FILE, FINGERPRINT, address, city_of, command_of

deadline_option = click.option(
    "--deadline", type=int, required=True, help="Unix time that the wallets signed."
)
topic_option = click.option("--topic", type=int, default=1, help="Claim topic.")


@click.group("investor")
def cli() -> None:
    """Investors: onboard, revoke, refresh; recover a lost wallet.

    Exit code 1 says that the chain did something else than was sent; 2 that the input or the
    network is not as needed, or the chain refuses.
    """


@cli.group("recover")
def recover() -> None:
    """A lost wallet: announce, object, execute in the registry, then hand over in the tokens."""


command = partial(command_of, cli)
recover_command = partial(command_of, recover)


@command("onboard")
@click.argument("file", type=FILE)
@topic_option
@deadline_option
@click.option("--max-gas", type=click.IntRange(min=1), help="Of one transaction.")
@acting
def onboard(seat: Seat, file: Path, topic: int, deadline: int, max_gas: int | None) -> Act:
    """Onboard the investors of FILE (CSV: wallet,country,class,valid_until,signature).

    Who is bound already is left out: a run that broke off is started again with the same words.
    """
    city = seat.city
    applicants = read_applicants(file, city, deadline)
    batches = applicant_batches(city, applicants, topic, deadline, seat.sender, max_gas)

    def bound() -> dict[str, bool]:
        left = read_applicants(file, city, deadline) if batches else []
        return {f"{len(applicants)} investors are bound, {len(left)} are not": not left}

    return Act(
        lines=(f"{len(applicants):,} to onboard",),
        steps=tuple(batch.prepared for batch in batches),
        facts=bound,
        is_bulk=True,
    )


@command("revoke")
@click.argument("identity")
@topic_option
@acting
def revoke(seat: Seat, identity: str, topic: int) -> Act:
    """Revoke the issuer's claim on IDENTITY that was filed last."""
    registry, issuer = seat.city.identity_registry, seat.sender.address
    nonce = int(registry.last_nonce(issuer, identity, topic))
    return Act(
        lines=(f"revoke claims on {identity}, topic {topic}, up to nonce {nonce}",),
        steps=(Prepared(registry.revoke_claim, (identity, topic, nonce), seat.sender),),
        facts=lambda: {
            f"no claim of {issuer} on {identity} holds": (
                registry.filed_claim(identity, topic).issuer != issuer
            )
        },
    )


@command("refresh")
@click.argument("identities", nargs=-1, required=True)
@acting
def refresh(seat: Seat, identities: tuple[str, ...]) -> Act:
    """Reckon anew what the claims of IDENTITIES amount to."""
    registry = seat.city.identity_registry
    return Act(
        lines=(f"reckon the claims of {len(identities)} investors anew",),
        steps=(Prepared(registry.refresh, (list(identities),), seat.sender),),
        facts=lambda: {},
    )


@command("consent")
@click.argument("identity")
@click.option("--account", type=ALIAS, required=True, help="The wallet, whose key is here.")
@deadline_option
def consent(
    provider: ProviderAPI,
    records: Path | None,
    identity: str,
    account: AccountAPI,
    deadline: int,
) -> None:
    """Print a wallet's signature that it is bound to the investor IDENTITY; send nothing.

    For an investor of its own the wallet is the identity.
    """
    city = city_of(provider, records)
    unlock(account)
    nonce = int(city.identity_registry.wallet_nonce(account.address))
    investor = address(identity, "identity")
    message = binding_message(city, account.address, investor, nonce, deadline)
    click.echo("0x" + signed_by(account, message).hex())


# --- lost wallets


@recover_command("announce")
@click.argument("lost")
@click.argument("successor")
@click.option("--reason", type=FINGERPRINT, required=True, help="File on the loss, or its hash.")
@click.option("--signature", required=True, help="Of the successor, by `investor consent`.")
@deadline_option
@acting
def announce(
    seat: Seat, lost: str, successor: str, reason: bytes, signature: str, deadline: int
) -> Act:
    """Announce that SUCCESSOR takes the place of LOST, by the enforcer."""
    try:
        signed = bytes.fromhex(signature.removeprefix("0x"))
    except ValueError:
        raise CivitasError(f"--signature {signature!r} is no hexadecimal text") from None
    wallets = (address(lost, "lost wallet"), address(successor, "successor"))
    return recovery.announce(seat.city, *wallets, reason, deadline, signed, seat.sender)


@recover_command("object")
@click.argument("lost")
@acting
def object_(seat: Seat, lost: str) -> Act:
    """Call the recovery of LOST off, by a wallet of the investor or the compliance officer."""
    return recovery.object_to(seat.city, address(lost, "lost wallet"), seat.sender)


@recover_command("execute")
@click.argument("lost")
@acting
def execute(seat: Seat, lost: str) -> Act:
    """Replace LOST in the identity registry after the window to object, by the enforcer."""
    return recovery.execute(seat.city, address(lost, "lost wallet"), seat.sender)


@recover_command("tokens")
@click.argument("lost")
@acting
def tokens(seat: Seat, lost: str) -> Act:
    """Hand over what LOST has in each token, by an agent with a mandate there."""
    return recovery.hand_over(seat.city, address(lost, "lost wallet"), seat.sender)
