"""The register of deeds, by the city's offices: `ape run asset COMMAND --network …`."""

import json
import re
from collections.abc import Callable
from datetime import date
from functools import partial, wraps
from pathlib import Path
from typing import Any

import click
from ape.api import AccountAPI, ProviderAPI
from eth_utils.crypto import keccak

from civitas.chain import assets as chain_assets
from civitas.chain.assets import Act, Desk, Import, Resolved
from civitas.chain.deploy import ZERO_ADDRESS
from civitas.chain.events import events_of
from civitas.errors import CivitasError, InputErrors
from civitas.inventory import Asset, Mapping, read_assets
from civitas.inventory.due import Due, due
from civitas.profiles import Profile, Proof
from scripts._common import (
    EXIT_DIFFERENCE,
    FILE,
    Day,
    account_option,
    city_of,
    command_of,
    confirm,
    dry_run_option,
    echo_receipt,
    json_option,
    profile_name,
    receipt_document,
    table,
    yes_option,
)

MAX_NOTES = 20  # of the decisions taken while reading a file, for people
DAY = Day()
_HASH = re.compile(r"0x[0-9a-fA-F]{64}")


class Fingerprint(click.ParamType):
    """A hash as 0x and 64 digits, or the file whose hash is meant."""

    name = "FILE or 0x…"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> bytes:
        if isinstance(value, bytes):
            return value
        if _HASH.fullmatch(value):
            return bytes.fromhex(value[2:])
        try:
            return keccak(Path(value).read_bytes())
        except OSError:
            self.fail(f"{value!r} is neither a file nor 0x and 64 digits", param, ctx)


FINGERPRINT = Fingerprint()

profile_option = click.option("--profile", help="Jurisdiction; that of the deployment.")
document_option = click.option(
    "--document", type=FINGERPRINT, required=True, help="Its file, or its keccak256."
)
resolution_option = click.option(
    "--resolution", required=True, help="Id of what the council resolved; its hash is kept."
)


@click.group()
def cli() -> None:
    """The register of deeds: import, due, appraise, prove, and what the council resolves.

    Exit code 1 says that something is due, or that the chain differs from what was sent; 2 that
    the input or the network is not as needed, or the chain refuses. Nothing was sent then, but by
    an import that was refused between two batches: the next run goes on.
    """


command = partial(command_of, cli)


def sends(run: Callable[..., Act]) -> Callable[..., None]:
    """A command that prepares an act at the desk of whoever signs: it is shown, simulated, sent and
    checked, as the options say."""

    def carried_out(
        *,
        provider: ProviderAPI,
        records: Path | None,
        account: AccountAPI,
        profile: str | None,
        dry_run: bool,
        as_json: bool,
        yes: bool,
        **given: Any,
    ) -> None:
        city = city_of(provider, records)
        desk = Desk(city, _profile(provider, records, profile), account)
        _carry_out(provider, desk, run(desk, **given), dry_run, as_json, yes)

    # Not by `wraps`: Ape hands over what the signature that it finds asks for.
    carried_out.__doc__ = run.__doc__
    return sending_options(carried_out)


def by_resolution(run: Callable[..., Act]) -> Callable[..., None]:
    """And one that needs a resolution of the council, with the document it is in."""

    @wraps(run)
    def with_resolution(desk: Desk, *, resolution: str, document: bytes, **given: Any) -> Act:
        return run(desk, resolved=Resolved(keccak(text=resolution), document), **given)

    return resolution_option(document_option(sends(with_resolution)))


def sending_options(run: Callable[..., None]) -> Callable[..., None]:
    """Of every command that sends a transaction."""
    for option in (yes_option, json_option, dry_run_option, profile_option, account_option):
        run = option(run)
    return run


def _profile(provider: ProviderAPI, records: Path | None, named: str | None) -> Profile:
    return Profile.load(named or profile_name(provider, records))


# --- import


@command("import")
@click.argument("file", type=FILE)
@click.option("--mapping", type=FILE, help="Columns of a foreign inventory.")
@click.option("--holder", help="Owner of the deeds; the council that administers the city.")
@click.option("--max-gas", type=click.IntRange(min=1), help="Of one transaction.")
@click.option("--renew", is_flag=True, help="Write anew what was retired, split or merged.")
@sending_options
def import_(
    provider: ProviderAPI,
    records: Path | None,
    file: Path,
    mapping: Path | None,
    holder: str | None,
    max_gas: int | None,
    renew: bool,
    account: AccountAPI,
    profile: str | None,
    dry_run: bool,
    as_json: bool,
    yes: bool,
) -> None:
    """Write a deed for each asset of FILE that has none yet.

    Every row is checked by itself, against the others and against the register; a single bad one
    stops all. A run that broke off goes on: what has its deed is not sent again.
    """
    city = city_of(provider, records)
    columns = Mapping.load(mapping) if mapping else None
    named = profile or (columns.profile if columns else None)
    try:
        plan = chain_assets.read_import(
            file,
            _profile(provider, records, named),
            columns,
            chain_assets.register_of(city),
            renew,
        )
    except InputErrors as error:
        if as_json:
            rows = [
                {"file": row.file, "line": row.line, "column": row.column, "message": row.message}
                for row in error.rows
            ]
            click.echo(json.dumps({"errors": rows}, indent=2))
        raise
    owner = holder or chain_assets.owner_of_new_deeds(city)
    batches = list(chain_assets.batches(city, plan.left, owner, account, max_gas))
    say = partial(click.echo, err=as_json)
    notes = plan.inventory.notes
    for note in notes[:MAX_NOTES]:
        click.echo(str(note), err=True)
    if len(notes) > MAX_NOTES:
        click.echo(f"{len(notes) - MAX_NOTES:,} notes more; --json has them all", err=True)
    assets = len(plan.records)
    say(f"{assets:,} assets: {plan.locked:,} locked, {assets - plan.locked:,} may be tokenised")
    say(f"{assets - len(plan.left):,} have their deed, {len(plan.left):,} to write")
    say(f"root of the file   0x{plan.root.hex()}")
    sent: list[dict[str, Any]] = []
    if batches:
        gas = sum(batch.gas for batch in batches)
        say(f"{len(batches)} batches for {owner}, about {gas:,} gas")
    if batches and not dry_run:
        confirm(provider, f"Send {len(batches)} transactions?", yes)
        for number, batch in enumerate(batches, 1):
            receipt = batch.prepared.send()
            say(
                f"batch {number} of {len(batches)}: {len(batch.records)} deeds, "
                f"{receipt.gas_used:,} gas, transaction {receipt.txn_hash}"
            )
            sent.append(
                {
                    "transaction": receipt.txn_hash,
                    "block": receipt.block_number,
                    "gas": receipt.gas_used,
                    "deeds": len(batch.records),
                }
            )
    root = None if batches and dry_run else chain_assets.require_written(city, plan)
    if root is None:
        say(f"dry run: the chain would take all {len(batches)}; nothing was sent")
    else:
        say("root of the chain  0x" + root.hex())
    if not batches:
        say("nothing to send")
    if as_json:
        click.echo(json.dumps(_import_document(plan, len(batches), sent, root), indent=2))


def _import_document(
    plan: Import, batches: int, sent: list[dict[str, Any]], root: bytes | None
) -> dict[str, Any]:
    return {
        "assets": len(plan.records),
        "locked": plan.locked,
        "to_write": len(plan.left),
        "batches": batches,
        "sent": sent,
        "root_of_file": f"0x{plan.root.hex()}",
        "root_of_chain": f"0x{root.hex()}" if root else None,
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


def _carry_out(
    provider: ProviderAPI, desk: Desk, act: Act, dry_run: bool, as_json: bool, yes: bool
) -> None:
    """Show an act, simulate it, send it, and check what came of it."""
    say = partial(click.echo, err=as_json)
    for line in act.lines:
        say(line)
    act.prepared.simulate()
    if dry_run:
        say("dry run: the chain would take it; nothing was sent")
        if as_json:
            click.echo(json.dumps({"plan": act.lines, "sent": None}, indent=2))
        return
    confirm(provider, "Send it?", yes)
    receipt = act.prepared.send()
    events = events_of(chain_assets.sources_of_register(desk.city), receipt)
    if as_json:
        document = {"plan": act.lines, "sent": receipt_document(receipt, events)}
        click.echo(json.dumps(document, indent=2))
    else:
        echo_receipt(receipt, events)
    act.require_done()


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
