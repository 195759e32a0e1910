"""Carbon credits, from readings to certificates: `ape run carbon COMMAND --network …`."""

import json
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import click
from ape.api import AccountAPI, ProviderAPI
from eth_utils.crypto import keccak

from civitas.carbon import certificate as pages
from civitas.carbon.details import read_details
from civitas.carbon.evidence import compare, read_evidence
from civitas.carbon.inventory import PLACES, inventory, positions
from civitas.carbon.kinds import Kinds
from civitas.carbon.measure import Measurement, Methodology, gaps
from civitas.carbon.units import (
    BatchId,
    day_number,
    parse_tonnes,
    tonnes_text,
)
from civitas.carbon.verification import figures
from civitas.chain import carbon as chain_carbon
from civitas.chain import carbon_books
from civitas.chain.operations import unlock
from civitas.chain.roles import Role
from civitas.chain.transactions import Act, Prepared
from civitas.clock import Clock
from civitas.errors import CivitasError
from civitas.figures import Figure, require_equal
from civitas.profiles.text_file import read_text
from scripts._acting import Seat, acting
from scripts._common import (
    ALIAS,
    FILE,
    Day,
    city_of,
    command_of,
    json_option,
    profile_name,
    table,
)

DAY = Day()
KINDS = "a file like civitas/carbon/kinds/kr.toml"

profile_option = click.option("--profile", help="Kinds and purposes; those of the deployment.")


@click.group("carbon")
def cli() -> None:
    """Carbon credits: measure, issue, verify, retire, certify, take stock.

    Exit code 1 says that something differs from the chain, 2 that the input or the network is not
    as needed.
    """


command = partial(command_of, cli)


# --- measure


@command("measure")
@click.option("--asset", type=int, required=True, help="Id of the deed.")
@click.option("--from", "first", type=DAY, required=True, help="First day.")
@click.option("--to", "last", type=DAY, required=True, help="Last day, which is in the period.")
@click.option("--methodology", help="Code; that of the asset's project.")
@click.option("--out", type=FILE, help="Write the evidence to this file.")
@json_option
def measure(
    provider: ProviderAPI,
    records: Path | None,
    asset: int,
    first: date,
    last: date,
    methodology: str | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Reckon what an asset's meters measured in a period, and write the evidence."""
    city = city_of(provider, records)
    clock = city.clock
    start, end = clock.period(first, last)
    code = methodology or chain_carbon.methodology_of(city, asset)
    measured = chain_carbon.measurement_of(city, asset, start, end, Methodology.load(code))
    if out:
        out.write_bytes(measured.evidence())
    if as_json:
        found = measured.document() | {"evidence_hash": f"0x{measured.evidence_hash().hex()}"}
        click.echo(json.dumps(found, indent=2))
        return
    click.echo(f"asset {asset}, {first} to {last} ({clock.name}), by {code}")
    _echo_meters(measured, clock)
    click.echo(_summary(measured))
    if out:
        click.echo(f"wrote {out}")


def _echo_meters(measured: Measurement, clock: Clock) -> None:
    missing = gaps(measured)
    rows = []
    for meter in measured.meters:
        own = [each for each in measured.accepted if each.device == meter.device]
        seconds = sum(each.end - each.start for each in own)
        doubtful = sum(each.reading.device == meter.device for each in measured.left_out)
        rows.append(
            (
                meter.device[:10],
                f"{clock.day(meter.start)}",
                f"{clock.day(meter.end - 1)}",
                f"{len(own):,}",
                f"{sum(device == meter.device for device, _, _ in missing):,}",
                f"{doubtful:,}",
                f"{seconds * 10_000 // (meter.end - meter.start):,}",
                f"{sum(each.energy_wh for each in own):,}",
            )
        )
    headers = ("meter", "from", "to", "readings", "gaps", "left out", "covered bps", "Wh")
    click.echo(table(headers, rows, range(3, 8)))
    for device, at, until in missing:
        click.echo(f"gap       {device[:10]}  {clock.text(at)} to {clock.text(until)}")
    for out in measured.left_out:
        reading = out.reading
        click.echo(
            f"left out  {reading.device[:10]}  {clock.text(reading.start)} to "
            f"{clock.text(reading.end)}  {reading.energy_wh:,} Wh: {out.reason}"
        )


def _summary(measured: Measurement) -> str:
    rule = measured.methodology
    return "\n".join(
        (
            f"coverage       {measured.coverage_bps:,} bps of at least {rule.min_coverage_bps:,}",
            f"grade          {measured.grade}",
            f"energy         {measured.energy_wh:,} Wh at {rule.grams_per_kwh} g/kWh",
            f"tonnes         {measured.tonnes:,}",
            f"evidence hash  0x{measured.evidence_hash().hex()}",
        )
    )


# --- issue


@command("issue")
@click.option("--project", type=int, required=True, help="Id of the project.")
@click.option("--evidence", type=FILE, required=True, help="File that `measure --out` wrote.")
@click.option("--to", "receiver", required=True, help="Address that gets the credits.")
@click.option("--verifier", "verifiers", type=ALIAS, multiple=True, required=True)
@click.option("--vintage", type=click.IntRange(1, 2**16 - 1), help="Year; of the period's end.")
@click.option("--expires", type=DAY, help="Last day of the batch's life; none if not given.")
@partial(acting, otherwise="verifiers")
def issue(
    seat: Seat,
    project: int,
    evidence: Path,
    receiver: str,
    verifiers: tuple[AccountAPI, ...],
    vintage: int | None,
    expires: date | None,
) -> Act:
    """Check evidence against the chain, let verifiers sign, and issue the batch.

    Without --account the first verifier sends.
    """
    city = seat.city
    measured = read_evidence(evidence)
    expiry = city.clock.period(expires, expires)[1] - 1 if expires else 0
    issuance = chain_carbon.checked_issuance(
        city, project, measured, receiver, verifiers, vintage, expiry
    )
    for verifier in verifiers:
        unlock(verifier)
    prepared = chain_carbon.signed_issue(city, issuance, verifiers, seat.sender)
    batch = BatchId.of(prepared.simulate())
    return Act(
        lines=(
            _summary(measured),
            f"issue          {issuance.tonnes:,} t of project {project}, vintage "
            f"{issuance.vintage}, serials {issuance.first_serial} to "
            f"{issuance.first_serial + issuance.tonnes - 1}",
            f"to             {issuance.receiver}",
        ),
        steps=(prepared,),
        facts=lambda: {
            f"batch {batch} is of asset {measured.asset_id}": (
                carbon_books.batch_of(city, batch).asset_id == measured.asset_id
            )
        },
        question=f"Issue {issuance.tonnes:,} t?",
        would=f"batch {batch} would be issued",
        outcome=lambda events: [f"issued batch {batch}, token id {batch.token_id}"],
    )


# --- verify


@command("verify")
@click.argument("batch")
@click.option("--evidence", type=FILE, help="Compare this file as well.")
@json_option
def verify(
    provider: ProviderAPI, records: Path | None, batch: str, evidence: Path | None, as_json: bool
) -> None:
    """Reckon BATCH again from the chain's readings; BATCH is project/kind/number or a token id."""
    city = city_of(provider, records)
    found = carbon_books.batch_of(city, BatchId.parse(batch))
    measured = carbon_books.measured_for(city, found)
    checked = list(figures(found, measured))
    if as_json:
        click.echo(json.dumps([_figure(each) for each in checked], indent=2))
    else:
        clock = city.clock
        click.echo(
            f"batch {found.id}: asset {found.asset_id}, {clock.text(found.start)} to "
            f"{clock.text(found.end)} ({clock.name}), by {found.methodology}, "
            f"vintage {found.vintage}, {found.signers} signatures"
        )
        _echo_meters(measured, clock)
        click.echo(_summary(measured))
        rows = [(each.name, each.chain, each.again, _mark(each)) for each in checked]
        click.echo(table(("figure", "chain", "reckoned again", ""), rows, ()))
    require_equal(checked)
    if evidence:
        compare(evidence, measured)
    if not as_json:
        click.echo(f"batch {found.id} holds: every figure follows from the readings")


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "name": figure.name,
        "chain": figure.chain,
        "again": figure.again,
        "holds": figure.holds,
    }


def _mark(figure: Figure) -> str:
    return "ok" if figure.holds else "DIFFERS"


# --- retire


@command("retire")
@click.option("--batch", "batches", multiple=True, required=True, help="As 3/0/1, or a token id.")
@click.option("--amount", "amounts", multiple=True, required=True, help="Tonnes, as 12.5.")
@click.option("--for", "beneficiary", required=True, help="Address that is credited with it.")
@click.option("--purpose", default="NOT_STATED", show_default=True, help="Code or number.")
@click.option("--period", type=(DAY, DAY), help="First and last day of what it is for.")
@click.option("--details-file", type=FILE, help="Kept off the chain; only its hash goes there.")
@click.option("--salt-file", type=FILE, help="At least 16 random bytes.")
@profile_option
@partial(acting, account="--from")
def retire(
    seat: Seat,
    batches: tuple[str, ...],
    amounts: tuple[str, ...],
    beneficiary: str,
    purpose: str,
    period: tuple[date, date] | None,
    details_file: Path | None,
    salt_file: Path | None,
    profile: str | None,
) -> Act:
    """Retire credits for somebody, into one certificate. Give --batch and --amount in pairs."""
    city = seat.city
    reason = _kinds(seat.provider, seat.records, profile).purpose(purpose)
    amount_of = _pairs(batches, amounts)
    days = (day_number(period[0]), day_number(period[1])) if period else (0, 0)
    hashed = read_details(details_file, salt_file)
    prepared = chain_carbon.prepared_retirement(
        city, seat.sender, amount_of, beneficiary, reason.number, days, hashed
    )
    total = tonnes_text(sum(amount_of.values()))
    lines = [f"batch {batch}  {tonnes_text(each)} t" for batch, each in sorted(amount_of.items())]
    lines.append(f"retire {total} t for {beneficiary}: {reason.number}, {reason.label}")
    if any(hashed):
        lines.append(f"details hash 0x{hashed.hex()}")
    number = prepared.simulate()
    held = {
        batch: city.carbon_credit.balanceOf(seat.sender.address, batch.token_id)
        for batch in amount_of
    }
    return Act(
        lines=tuple(lines),
        steps=(prepared,),
        facts=lambda: {
            f"{tonnes_text(amount)} t of batch {batch} are gone": (
                held[batch] - city.carbon_credit.balanceOf(seat.sender.address, batch.token_id)
                == amount
            )
            for batch, amount in amount_of.items()
        },
        question=f"Retire {total} t for ever?",
        would=f"it would be certificate {number}",
        outcome=lambda events: [
            f"certificate {event.arguments['certificate_id']}"
            for event in events
            if event.name == "CertificateIssued"
        ],
    )


def _pairs(batches: tuple[str, ...], amounts: tuple[str, ...]) -> dict[BatchId, int]:
    if len(batches) != len(amounts):
        raise CivitasError(f"{len(batches)} batches and {len(amounts)} amounts: give them in pairs")
    lines: dict[BatchId, int] = {}
    for text, amount in zip(batches, amounts, strict=True):
        batch = BatchId.parse(text)
        if batch in lines:
            raise CivitasError(f"batch {batch} comes twice: give its whole amount once")
        lines[batch] = parse_tonnes(amount)
    return lines


def _kinds(provider: ProviderAPI, records: Path | None, profile: str | None) -> Kinds:
    """Of a profile, or of the one that the city was deployed with."""
    if profile is None:
        profile = profile_name(provider, records)
        if profile.endswith(".toml"):
            raise CivitasError(f"the city's profile is a file of its own: give --profile, {KINDS}")
    return Kinds.load(profile)


# --- certificate


@command("certificate")
@click.argument("certificate_id", metavar="[ID]", type=int, required=False)
@click.option("--out", type=FILE, help="Write the page to this file.")
@click.option("--verify", "checked", type=FILE, help="Check a page against the chain.")
@profile_option
def certificate(
    provider: ProviderAPI,
    records: Path | None,
    certificate_id: int | None,
    out: Path | None,
    checked: Path | None,
    profile: str | None,
) -> None:
    """Show certificate ID, write its page, or check a page against the chain."""
    if (certificate_id is None) == (checked is None) or (checked and out):
        raise CivitasError("give the id of a certificate, or --verify and a page")
    city, kinds = city_of(provider, records), _kinds(provider, records, profile)
    if checked:
        text = read_text(checked)
        number, block = pages.named_on(text)
        found = carbon_books.certificate_of(city, number, kinds, block)
        pages.require_same(text, found)
        click.echo(f"{checked} says what the chain says of certificate {number}")
        return
    found = carbon_books.certificate_of(city, certificate_id or 0, kinds)
    if out:
        out.write_text(pages.page(found), encoding="utf-8", newline="\n")
        click.echo(f"wrote {out}")
        return
    shown = [(fact.label, fact.text) for fact in pages.facts(found)]
    click.echo("\n".join(f"{label:<32}{text}" for label, text in shown))
    click.echo(pages.link(found))


# --- inventory


@command("inventory")
@click.option("--year", type=click.IntRange(1970, 9998), required=True, help="Vintage.")
@profile_option
@json_option
def inventory_(
    provider: ProviderAPI, records: Path | None, year: int, profile: str | None, as_json: bool
) -> None:
    """Where the tonnes of a vintage are, summed from events and compared with the chain."""
    city, kinds = city_of(provider, records), _kinds(provider, records, profile)
    events = chain_carbon.carbon_events(city)
    found = positions(events)
    start, end = city.clock.year(year)
    stock = inventory(events, found, year, start, end)
    agreed = list(carbon_books.inventory_agreement(city, found))
    total = stock.total
    if as_json:
        document = {
            "year": year,
            "unit": "1e-8 tCO2e",
            "rows": [row.document() for row in stock.rows],
            "figures_compared": len(agreed),
            "differences": [_figure(each) for each in agreed if not each.holds],
        }
        click.echo(json.dumps(document, indent=2))
    else:
        rows = [
            (
                str(row.asset_id) if row.asset_id else "other",
                kinds.kind_label(row.kind),
                f"{row.energy_wh:,}",
                *(tonnes_text(row.position.places[each]) for each in PLACES),
            )
            for row in stock.rows
        ]
        rows.append(
            ("all", "", f"{stock.energy_wh:,}", *(tonnes_text(total.places[n]) for n in PLACES))
        )
        click.echo(f"vintage {year}, tonnes of CO2e")
        click.echo(table(("asset", "kind", "Wh", *PLACES), rows, range(2, 3 + len(PLACES))))
        for purpose, amount in sorted(total.purposes.items()):
            if amount:
                label = kinds.purpose_label(purpose)
                click.echo(f"retired for {purpose}, {label}: {tonnes_text(amount)} t")
        for holder, amount in sorted(total.holders.items()):
            if amount:
                click.echo(f"held by {holder}: {tonnes_text(amount)} t")
    require_equal(agreed)
    if not as_json:
        click.echo(f"{len(agreed)} figures agree with the chain, over all vintages")


# --- kinds


@command("kinds")
@click.option("--resolution", required=True, help="What the council resolved; its hash is kept.")
@profile_option
@acting
def kinds_(seat: Seat, resolution: str, profile: str | None) -> Act:
    """Let the chain allow the conversions and gate the purposes of a profile, and no others."""
    city, wanted = seat.city, _kinds(seat.provider, seat.records, profile)

    def changes() -> list[tuple[str, Prepared]]:
        return chain_carbon.kinds_changes(city, wanted, seat.sender, keccak(text=resolution))

    found = changes()
    return Act(
        lines=tuple(what for what, _ in found),
        steps=tuple(change for _, change in found),
        facts=lambda: {"the chain allows what the profile does": not changes()},
        role=Role.COUNCIL_CLERK,
        outcome=lambda events: [f"changed {len(found)}"] if found else [],
    )
