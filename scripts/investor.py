"""Investors, by a trusted issuer: `ape run investor COMMAND --network …`."""

from functools import partial
from pathlib import Path

import click

from civitas.chain.onboarding import applicant_batches, read_applicants
from civitas.chain.transactions import Act, Prepared
from scripts._acting import Seat, acting
from scripts._common import FILE, command_of

topic_option = click.option("--topic", type=int, default=1, help="Claim topic.")


@click.group("investor")
def cli() -> None:
    """Investors: onboard, revoke, refresh. Exit code 2: the input is not as needed."""


command = partial(command_of, cli)


@command("onboard")
@click.argument("file", type=FILE)
@topic_option
@click.option("--deadline", type=int, required=True, help="Unix time that the wallets signed.")
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
