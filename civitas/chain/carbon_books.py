"""Carbon on the chain: what batches, certificates and the city's inventory say."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ape import chain
from ape.contracts import ContractInstance
from ape.exceptions import ContractLogicError

from civitas.carbon.certificate import Certificate, Line
from civitas.carbon.inventory import PLACES, Position, agreement
from civitas.carbon.kinds import Kinds
from civitas.carbon.measure import Measurement, Methodology
from civitas.carbon.units import BatchId, code_text
from civitas.carbon.verification import Batch
from civitas.chain.carbon import Issuance, carbon_events, measurement_of, project_of
from civitas.chain.city import City
from civitas.chain.events import Sources, read_events
from civitas.errors import CivitasError
from civitas.figures import Different, Figure


def batch_of(city: City, batch: BatchId) -> Batch:
    """What the chain says of a batch, whichever kind its units are of now.

    Raises CivitasError for a batch that was never issued, or that another registry's readings stand
    behind.
    """
    registry, credit = city.carbon_registry, city.carbon_credit
    events = carbon_events(city)
    issued = next(
        (
            each
            for each in events
            if each.name == "BatchIssued" and _same_tonnes(each.arguments["token_id"], batch)
        ),
        None,
    )
    if issued is None:
        raise CivitasError(f"batch {batch} was never issued")
    token_id = issued.arguments["token_id"]
    signed = Issuance(*issued.arguments["issuance"])
    project = registry.projects(batch.project)
    if project.asset_id == 0:
        raise CivitasError(
            f"batch {batch} was brought in from another registry: its readings are not here"
        )
    stored, supply = registry.batch(token_id), credit.supply_of(token_id)
    owner, _ = registry.serial_owner(stored.series, stored.first_serial)
    return Batch(
        id=BatchId.of(token_id),
        asset_id=project.asset_id,
        methodology=code_text(project.methodology),
        country=project.country,
        vintage=stored.vintage,
        start=stored.period_start,
        end=stored.period_end,
        first_serial=stored.first_serial,
        last_serial=stored.last_serial,
        serial_owner=(owner >> 64, owner & 2**64 - 1),
        evidence_hash=bytes(stored.evidence_hash),
        tonnes=signed.tonnes,
        issued=supply.issued,
        parts=sum(getattr(supply, each) for each in PLACES if each != "issued"),
        signers=issued.arguments["signers"],
        block=issued.block,
        log_index=issued.log_index,
    )


def _same_tonnes(token_id: int, batch: BatchId) -> bool:
    other = BatchId.of(token_id)
    return (other.project, other.number) == (batch.project, batch.number)


def measured_for(city: City, batch: Batch) -> Measurement:
    """The measurement that a batch rests on: of the readings recorded before it was issued."""
    return measurement_of(
        city,
        batch.asset_id,
        batch.start,
        batch.end,
        Methodology.load(batch.methodology),
        (batch.block, batch.log_index),
    )


# --- certificates


def certificate_of(
    city: City, certificate_id: int, kinds: Kinds, as_of: int | None = None
) -> Certificate:
    """What the chain says of a certificate. Raises Different for one that does not exist.

    `as_of` is the block that the page names; the state is always the present one.
    """
    contract = city.certificate
    total, height = contract.total_certificates(), chain.blocks.height
    if not 1 <= certificate_id <= total:
        raise Different(f"certificate {certificate_id} does not exist; there are 1 to {total}")
    block = height if as_of is None else as_of
    if block > height:
        raise Different(f"State read at block: {block} is not there yet, the last is {height}")
    issued = next(
        (
            each
            for each in read_events(Sources({contract.address: "RetirementCertificate"}))
            if each.name == "CertificateIssued"
            and each.arguments["certificate_id"] == certificate_id
        ),
        None,
    )
    if issued is None:
        raise CivitasError(f"certificate {certificate_id}: this node has no event of its issue")
    said = issued.arguments
    details = bytes(said["details_hash"])
    if not contract.is_record(certificate_id, said["lines"], details):
        raise Different(f"certificate {certificate_id}: its event is not what the contract keeps")
    home, picture = _drawn(contract, certificate_id)
    stated = said["period_end"] != 0
    return Certificate(
        chain_id=chain.provider.chain_id,
        contract=contract.address,
        certificate_id=certificate_id,
        payer=said["payer"],
        beneficiary=said["beneficiary"],
        owner=contract.ownerOf(certificate_id),
        purpose=said["purpose"],
        purpose_label=kinds.purpose_label(said["purpose"]),
        period=(said["period_start"], said["period_end"]) if stated else None,
        retired_at=issued.timestamp,
        transaction=issued.transaction,
        details_hash=details,
        lines=tuple(
            _line(city, certificate_id, token_id, amount, kinds)
            for token_id, amount in said["lines"]
        ),
        home=home,
        picture=picture,
        as_of=(block, int(chain.blocks[block].timestamp)),
    )


def _drawn(contract: ContractInstance, certificate_id: int) -> tuple[str, str]:
    """The page that the contract names, and the picture it draws; empty where it has neither."""
    try:
        uri = str(contract.tokenURI(certificate_id))
    except ContractLogicError:
        return "", ""
    try:
        metadata = json.loads(uri.removeprefix("data:application/json;utf8,"))
        return metadata["external_url"], metadata["image"].removeprefix("data:image/svg+xml;utf8,")
    except (ValueError, KeyError) as error:
        raise CivitasError(f"certificate {certificate_id}: its token URI can't be read") from error


def _line(city: City, certificate_id: int, token_id: int, amount: int, kinds: Kinds) -> Line:
    batch = BatchId.of(token_id)
    project, stored = project_of(city, batch.project), city.carbon_registry.batch(token_id)
    return Line(
        batch=batch,
        amount=amount,
        deficit=city.certificate.deficit_in(certificate_id, token_id),
        kind=kinds.kind_label(batch.kind),
        asset_id=project.asset_id,
        methodology=code_text(project.methodology),
        country=project.country,
        vintage=stored.vintage,
        start=stored.period_start,
        end=stored.period_end,
        first_serial=stored.first_serial,
        last_serial=stored.last_serial,
        evidence_hash=bytes(stored.evidence_hash),
        adjustment=city.carbon_credit.terms_of(token_id).adjustment,
    )


# --- inventory and kinds


def inventory_agreement(city: City, found: Mapping[int, Position]) -> Iterator[Figure]:
    """The sums of the events beside what the credit contract keeps."""
    credit = city.carbon_credit
    supplies = {token_id: _places(credit.supply_of(token_id)) for token_id in found}
    balances = {
        (holder, token_id): int(credit.balanceOf(holder, token_id))
        for token_id, place in found.items()
        for holder in place.holders
    }
    return agreement(found, supplies, _places(credit.total_supply_of()), balances)


def _places(supply: Any) -> dict[str, int]:
    return {each: int(getattr(supply, each)) for each in PLACES}
