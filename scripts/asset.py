"""The register of deeds, by the city's offices: `ape run asset COMMAND --network …`."""

import json
from collections.abc import Callable
from datetime import date
from functools import partial, wraps
from pathlib import Path
from typing import Any

import click
from ape.api import ProviderAPI
from eth_utils.crypto import keccak

from civitas.chain import assets as chain_assets
from civitas.chain.assets import Desk, Import, Resolved
from civitas.chain.batches import Batch
from civitas.chain.deploy import ZERO_ADDRESS
from civitas.chain.roles import Role
from civitas.chain.transactions import Act
from civitas.errors import CivitasError, InputErrors
from civitas.inventory import Asset, Mapping, read_assets
from civitas.inventory.due import Due, due
from civitas.inventory.register import DeedRecord
from civitas.profiles import Profile, Proof
from scripts._acting import Seat, acting
from scripts._common import (
    EXIT_DIFFERENCE,
    FILE,
    FINGERPRINT,
    Day,
    city_of,
    command_of,
    json_option,
    profile_name,
    table,
)

MAX_NOTES = 20  # of the decisions taken while reading a file, for people
DAY = Day()


profile_option = click.option("--profile", help="Jurisdiction; that of the deployment.")
document_option = click.option(
    "--document", type=FINGERPRINT, required=True, help="Its file, or its keccak256."
)
resolution_option = click.option(
    "--resolution", required=True, help="Id of what the council resolved; its hash is kept."
)


@click.group("asset")
def cli() -> None:
    """The register of deeds: import, due, appraise, prove, and what the council resolves.

    Exit code 1 says that something is due, or that the chain differs from what was sent; 2 that
    the input or the network is not as needed, or the chain refuses. Nothing was sent then, but by
    an import that was refused between two batches: the next run goes on.
    """


command = partial(command_of, cli)


def sends(run: Callable[..., Act]) -> Callable[..., None]:
    """A command that prepares an act at the desk of whoever signs."""

    @wraps(run)
    def at_desk(seat: Seat, *, profile: str | None, **given: Any) -> Act:
        return run(Desk(seat.city, _profile(seat, profile), seat.sender), **given)

    return profile_option(acting(at_desk))


def by_resolution(run: Callable[..., Act]) -> Callable[..., None]:
    """And one that needs a resolution of the council, with the document it is in."""

    @wraps(run)
    def with_resolution(desk: Desk, *, resolution: str, document: bytes, **given: Any) -> Act:
        return run(desk, resolved=Resolved(keccak(text=resolution), document), **given)

    return resolution_option(document_option(sends(with_resolution)))


def _profile(seat: Seat, named: str | None) -> Profile:
    return Profile.load(named or profile_name(seat.provider, seat.records))


# --- import


@command("import")
@click.argument("file", type=FILE)
@click.option("--mapping", type=FILE, help="Columns of a foreign inventory.")
@click.option("--holder", help="Owner of the deeds; the council that administers the city.")
@click.option("--max-gas", type=click.IntRange(min=1), help="Of one transaction.")
@click.option("--renew", is_flag=True, help="Write anew what was retired, split or merged.")
@profile_option
@acting
def import_(
    seat: Seat,
    file: Path,
    mapping: Path | None,
    holder: str | None,
    max_gas: int | None,
    renew: bool,
    profile: str | None,
) -> None:
    """Write a deed for each asset of FILE that has none yet.

    Every row is checked by itself, against the others and against the register; a single bad one
    stops all. A run that broke off goes on: what has its deed is not sent again.
    """
    city = seat.city
    columns = Mapping.load(mapping) if mapping else None
    named = profile or (columns.profile if columns else None)
    try:
        plan = chain_assets.read_import(
            file,
            _profile(seat, named),
            columns,
            chain_assets.register_of(city),
            renew,
        )
    except InputErrors as error:
        if seat.as_json:
            rows = [
                {"file": row.file, "line": row.line, "column": row.column, "message": row.message}
                for row in error.rows
            ]
            click.echo(json.dumps({"errors": rows}, indent=2))
        raise
    owner = holder or chain_assets.owner_of_new_deeds(city)
    batches = chain_assets.deed_batches(city, plan.left, owner, seat.sender, max_gas)
    notes = plan.inventory.notes
    for note in notes[:MAX_NOTES]:
        click.echo(str(note), err=True)
    if len(notes) > MAX_NOTES:
        click.echo(f"{len(notes) - MAX_NOTES:,} notes more; --json has them all", err=True)
    assets = len(plan.records)
    lines = [
        f"{assets:,} assets: {plan.locked:,} locked, {assets - plan.locked:,} may be tokenised",
        f"{assets - len(plan.left):,} have their deed, {len(plan.left):,} to write",
        f"root of the file   0x{plan.root.hex()}",
    ]
    if batches:
        gas = sum(batch.prepared.estimate() for batch in batches)
        lines.append(f"{len(batches)} batches for {owner}, about {gas:,} gas")

    def written() -> dict[str, bool]:
        chain_assets.require_written(city, plan)
        return {}

    act = Act(
        lines=tuple(lines),
        steps=tuple(batch.prepared for batch in batches),
        facts=written,
        outcome=lambda events: ["root of the chain  0x" + plan.root.hex()],
        role=Role.ASSET_MANAGER,
        is_bulk=True,
    )
    seat.carry_out(act, partial(_import_document, plan, batches))


def _import_document(
    plan: Import, batches: list[Batch[DeedRecord]], sent: list[dict[str, Any]] | None
) -> dict[str, Any]:
    listed = [
        {key: each[key] for key in ("transaction", "block", "gas")} | {"deeds": len(batch.items)}
        for each, batch in zip(sent or [], batches, strict=False)
    ]
    return {
        "assets": len(plan.records),
        "locked": plan.locked,
        "to_write": len(plan.left),
        "batches": len(batches),
        "sent": listed,
        "root_of_file": f"0x{plan.root.hex()}",
        # Where all is written it is the file's, or the command ends before this.
        "root_of_chain": None if sent is None else f"0x{plan.root.hex()}",
        "notes": [str(note) for note in plan.inventory.notes],
    }


# --- due


@command("due")
@click.option("--days", type=click.IntRange(0, 36_500), default=30, show_default=True)
@json_option
def due_(provider: ProviderAPI, records: Path | None, days: int, as_json: bool) -> None:
    """Appraisals and proofs that are over or will be within DAYS, by asset, in local time.

    Exit code 0 where nothing is due, 1 otherwise.
    """
    city = city_of(provider, records)
    clock = city.clock
    found = due(chain_assets.register_of(city), city.now, days)

    def ends(each: Due) -> str:
        return clock.text(each.until) if each.until else "none"

    if as_json:
        rows = [
            {
                "asset": each.asset_id,
                "what": each.what,
                "appraiser": each.appraiser,
                "until": each.until,
                "until_local": ends(each) if each.until else None,
                "is_over": each.is_over,
            }
            for each in found
        ]
        click.echo(json.dumps({"days": days, "zone": clock.name, "due": rows}, indent=2))
    elif found:
        lines = [
            (
                str(each.asset_id),
                each.what + (f" of {each.appraiser}" if each.appraiser else ""),
                ends(each),
                "missing" if each.until is None else "over" if each.is_over else "soon",
            )
            for each in found
        ]
        click.echo(table(("asset", "what", f"good until ({clock.name})", ""), lines, (0,)))
    else:
        click.echo(f"nothing is due within {days} days")
    if found:
        raise SystemExit(EXIT_DIFFERENCE)


# --- single acts


@command("appraise")
@click.argument("asset", type=int)
@click.argument("value")
@click.option("--until", type=DAY, required=True, help="Last day on which the value is good.")
@click.option("--at", type=DAY, help="Day of the valuation; now if not given.")
@click.option("--report", type=FINGERPRINT, required=True, help="Its file, or its keccak256.")
@sends
def appraise(
    desk: Desk, asset: int, value: str, until: date, at: date | None, report: bytes
) -> Act:
    """File an appraiser's VALUE, in units of the currency, of an ASSET."""
    amount = desk.profile.currency.base_units(value)
    valued_at = desk.clock.period(at, at)[0] if at else desk.city.now
    return desk.appraise(asset, amount, valued_at, desk.clock.last_second(until), report)


@command("prove")
@click.argument("asset", type=int)
@click.argument("kind", type=click.Choice([proof.lower() for proof in Proof]))
@click.option("--until", type=DAY, help="Last day on which the proof is good.")
@click.option("--withdraw", is_flag=True, help="Take the proof back.")
@document_option
@sends
def prove(
    desk: Desk, asset: int, kind: str, until: date | None, withdraw: bool, document: bytes
) -> Act:
    """File, renew or withdraw a proof of an ASSET, by the compliance officer."""
    if (until is None) != withdraw:
        raise CivitasError("give either --until or --withdraw")
    last = desk.clock.last_second(until) if until else 0
    return desk.prove(asset, Proof(kind.upper()), last, document)


@command("reclassify")
@click.argument("asset", type=int)
@click.argument("code")
@by_resolution
def reclassify(desk: Desk, asset: int, code: str, resolved: Resolved) -> Act:
    """Move an ASSET to the class CODE, as the council resolved."""
    return desk.reclassify(asset, code, resolved)


@command("approve")
@click.argument("asset", type=int)
@click.option("--to", "receiver", help="Address that gets the deed.")
@click.option("--retirement", is_flag=True, help="The deed is to end.")
@click.option("--withdraw", is_flag=True, help="Take an approval back.")
@by_resolution
def approve(
    desk: Desk,
    asset: int,
    receiver: str | None,
    retirement: bool,
    withdraw: bool,
    resolved: Resolved,
) -> Act:
    """Record that the council lets an ASSET go, before `dispose` or `retire`."""
    if (receiver is not None) + retirement + withdraw != 1:
        raise CivitasError("give one of --to, --retirement and --withdraw")
    to = receiver or (desk.registry.address if retirement else ZERO_ADDRESS)
    return desk.approve_disposal(asset, to, resolved)


@command("dispose")
@click.argument("asset", type=int)
@sends
def dispose(desk: Desk, asset: int) -> Act:
    """Hand the deed of an ASSET to the receiver that the council approved, by its owner."""
    return desk.dispose(asset)


@command("retire")
@click.argument("asset", type=int)
@sends
def retire(desk: Desk, asset: int) -> Act:
    """End the deed of an ASSET whose retirement the council approved, by its owner."""
    return desk.retire(asset)


@command("split")
@click.argument("asset", type=int)
@click.argument("parts", type=FILE)
@by_resolution
def split(desk: Desk, asset: int, parts: Path, resolved: Resolved) -> Act:
    """Replace the deed of an ASSET by those of its PARTS, a file like that of `import`."""
    return desk.split(asset, _read_parts(parts, desk), resolved)


@command("merge")
@click.argument("assets", type=int, nargs=-1, required=True)
@click.option("--into", type=FILE, required=True, help="A file like that of `import`, of one row.")
@by_resolution
def merge(desk: Desk, assets: tuple[int, ...], into: Path, resolved: Resolved) -> Act:
    """Replace the deeds of ASSETS by a single one."""
    rows = _read_parts(into, desk)
    if len(rows) != 1:
        raise CivitasError(f"{into}: has {len(rows)} rows, expected 1")
    return desk.merge(assets, rows[0], resolved)


def _read_parts(path: Path, desk: Desk) -> tuple[Asset, ...]:
    """Raises InputErrors, for a part with units too: no deed that is split or merged has any."""

    def check(asset: Asset) -> list[tuple[str, str]]:
        return [("units", "must be 0")] if asset.units else []

    return read_assets(path, desk.profile, check=check).assets
