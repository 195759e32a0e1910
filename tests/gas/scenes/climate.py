"""Carbon: meters, verified issuance, trade, and every way in which a tonne can end."""

from dataclasses import replace
from itertools import count
from typing import Any

import ape
from ape.api import AccountAPI

from civitas.carbon.measure import Reading
from civitas.chain.carbon import Issuance, issuance_message, reading_message
from civitas.chain.deploy import name32
from civitas.chain.parameters import Parameters
from civitas.chain.roles import Role
from civitas.chain.signing import signed_by
from tests.gas.stage import COUNTRY, DAY, PARAMS, START, VALID_UNTIL, Stage, document, resolution

TONNE = 10**8  # {1e-8 tCO2e}
TONNES = 1_000  # {tCO2e} of a batch
SOLD = 7 * TONNE
VINTAGE = 2099
MAX_BATCH = 64  # batches moved at once, at most
MAX_LINES = 16  # batches of a certificate, at most
FLIGHT = 3  # a code for what a retirement is for
GATED = 5  # a code that asks for authorised batches
PERIOD = (47_000, 47_100)  # day numbers
HIGHER_KIND = 1
RATING, BUFFER_BPS = 1, 1_000


def play(stage: Stage) -> None:
    _meters(stage)
    batches = _issuance(stage)
    _transfers(stage, batches)
    _rules(stage, batches)
    _retirement(stage, batches)
    _ends(stage, batches)
    _reversal(stage, batches)
    credit = stage.city.carbon_credit
    stage.meter.by(stage.officer(Role.GUARDIAN))(credit.pause, "by the guardian")
    stage.meter.by(stage.officer(Role.CHAIN_ENGINEER))(credit.unpause, "by the engineer")


def _verifiers(stage: Stage) -> list[AccountAPI]:
    people = ape.accounts.test_accounts
    named = Parameters.read(PARAMS).roles[Role.CARBON_VERIFIER.name]
    found = [people[int(each.removeprefix("test:"))] for each in named]
    return sorted(found, key=lambda each: int(each.address, 16))


def _meters(stage: Stage) -> None:
    meters = stage.city.meter_registry
    esg_officer = stage.meter.by(stage.officer(Role.ESG_OFFICER))
    asset_id = stage.register_asset("Wind Park")
    device, other = document("meter"), document("other meter")

    esg_officer(meters.register_device, "on an asset", device, asset_id, stage.candidate)
    esg_officer(meters.register_device, "on an asset with one", other, asset_id, stage.candidate)
    hours = count(START + DAY, 3_600)

    def read() -> tuple[Any, ...]:
        start = next(hours)
        reading = Reading("0x" + device.hex(), start, start + 3_600, 1_234_567)
        previous_end = 0 if reading.start == START + DAY else reading.start
        signature = signed_by(stage.candidate, reading_message(stage.city, reading, previous_end))
        return (device, previous_end, reading.start, reading.end, reading.energy_wh, signature)

    ape.chain.mine(timestamp=START + 60 * DAY)
    anyone = stage.meter.by(stage.payer)
    anyone(meters.record, "the first reading of a meter", [read()])
    anyone(meters.record, "a further reading", [read()])
    many = anyone(meters.record, "64 readings", [read() for _ in range(64)])
    stage.meter.share("MeterRegistry.record 64 readings, per reading", many, 64)
    esg_officer(meters.retire_device, "of an asset", other)


def _issuance(stage: Stage) -> list[int]:
    """Measures the registry, and leaves Alice with as many batches as move at once."""
    registry = stage.city.carbon_registry
    clerk = stage.meter.by(stage.officer(Role.COUNCIL_CLERK))
    esg_officer = stage.meter.by(stage.officer(Role.ESG_OFFICER))
    asset_id = stage.register_asset("Solar Field")
    method = name32("GRID-RENEWABLE")

    clerk(registry.set_buffer_bps, "for a rating", RATING, BUFFER_BPS, resolution("buffer"))
    clerk(registry.set_threshold, "to two", 2, resolution("threshold"))
    project = (asset_id, method, COUNTRY, 0, RATING, False)
    esg_officer(registry.register_project, "on an asset", *project)
    bridged = (0, method, COUNTRY, 0, 0, False)
    esg_officer(registry.register_project, "of another registry", *bridged)
    project_id = registry.total_projects() - 1
    numbers = count()

    def signed(receiver: Any, **changes: Any) -> tuple[Any, ...]:
        number = next(numbers)
        start = START + number * 600
        issuance = Issuance(
            project_id=project_id,
            receiver=str(receiver),
            tonnes=TONNES,
            vintage=VINTAGE,
            period_start=start,
            period_end=start + 600,
            expiry=0,
            registry_code=bytes(registry.NATIVE()),
            series_id=project_id.to_bytes(32, "big"),
            first_serial=number * TONNES + 1,
            origin=bytes(32),
            evidence_hash=document("evidence"),
            deadline=VALID_UNTIL,
        )
        issuance = replace(issuance, **changes)
        before = number - 1
        hints = (0, 0) if number == 0 else (START + before * 600, before * TONNES + 1)
        if changes:
            hints = (0, 0)
        message = issuance_message(stage.city, issuance)
        signatures = [(each.address, signed_by(each, message)) for each in _verifiers(stage)]
        return (issuance.as_tuple(), hints, signatures)

    anyone = stage.meter.by(stage.payer)
    anyone(registry.issue, "the first batch of a project", *signed(stage.alice))
    anyone(registry.issue, "a further batch of a project", *signed(stage.alice))
    for _ in range(MAX_BATCH - 2):
        registry.issue(*signed(stage.alice), sender=stage.payer)
    elsewhere = {
        "project_id": project_id + 1,
        "registry_code": document("registry"),
        "series_id": document("series"),
        "origin": document("origin"),
    }
    anyone(registry.issue, "a batch from another registry", *signed(stage.alice, **elsewhere))
    series = (bytes(registry.NATIVE()), project_id.to_bytes(32, "big"))
    esg_officer(registry.split_serials, "of a batch", *series, 1, TONNES // 2)
    return [(project_id << 128) | number for number in range(1, MAX_BATCH + 1)]


def _transfers(stage: Stage, batches: list[int]) -> None:
    credit, owner = stage.city.carbon_credit, stage.alice
    alice, spender = stage.meter.by(owner), stage.meter.by(stage.spender)
    first, five = batches[0], batches[:5]
    one, many, all_of_them = [SOLD], [SOLD] * 5, [SOLD] * len(batches)

    alice(credit.safeTransferFrom, "to a new holder", owner, stage.bob, first, SOLD, b"")
    alice(credit.safeTransferFrom, "between existing holders", owner, stage.bob, first, SOLD, b"")
    alice(credit.setApprovalForAll, "for an operator", stage.spender, True)
    spender(credit.safeTransferFrom, "by an operator", owner, stage.bob, first, SOLD, b"")

    sent = credit.safeBatchTransferFrom
    alice(sent, "of 1 batch between existing holders", owner, stage.bob, [first], one, b"")
    alice(sent, "of 5 batches to a new holder", owner, stage.carol, five, many, b"")
    alice(sent, "of 5 batches between existing holders", owner, stage.carol, five, many, b"")
    alice(sent, "of 64 batches to a new holder", owner, stage.dave, batches, all_of_them, b"")


def _rules(stage: Stage, batches: list[int]) -> None:
    credit = stage.city.carbon_credit
    clerk = stage.meter.by(stage.officer(Role.COUNCIL_CLERK))
    compliance = stage.meter.by(stage.officer(Role.COMPLIANCE_OFFICER))
    enforcer = stage.meter.by(stage.officer(Role.ENFORCER))
    first, why = batches[0], resolution("carbon")

    clerk(credit.set_gated, "for a purpose", GATED, True, why)
    clerk(credit.set_convertible, "to a higher kind", 0, HIGHER_KIND, True, why)
    clerk(credit.set_adjustment, "to authorised", first, 1, document("letter"))
    compliance(credit.setFrozenTokens, "of a holding", stage.bob, first, SOLD)
    enforcer(credit.forcedTransfer, "through a freeze", stage.bob, stage.carol, first, 4 * SOLD - 1)
    enforcer(
        credit.cancel_by_order, "of a holding", stage.dave, batches[1], TONNE, document("error")
    )


def _retirement(stage: Stage, batches: list[int]) -> None:
    credit, owner, buyer = stage.city.carbon_credit, stage.alice, stage.payer
    alice = stage.meter.by(owner)
    details = (FLIGHT, *PERIOD, document("details"))
    one = [(batches[0], SOLD)]
    five = [(batch, SOLD) for batch in batches[:5]]
    sixteen = [(batch, SOLD) for batch in batches[:MAX_LINES]]

    alice(credit.retire, "the first credits", batches[0], owner, SOLD)
    alice(credit.retire, "further credits of a batch", batches[0], owner, SOLD)
    alice(credit.retire_for, "another's first certificate", owner, one, buyer, *details)
    alice(credit.retire_for, "another's further certificate", owner, one, buyer, *details)
    credit.retire_for(owner, sixteen, buyer, *details, sender=owner)
    alice(credit.retire_for, "5 batches in one certificate", owner, five, buyer, *details)
    alice(credit.retire_for, "16 batches in one certificate", owner, sixteen, buyer, *details)


def _ends(stage: Stage, batches: list[int]) -> None:
    credit, owner = stage.city.carbon_credit, stage.alice
    alice, last = stage.meter.by(owner), batches[-1]

    alice(credit.cancel, "one's own credits", owner, last, TONNE, document("mistake"))
    alice(credit.convert_kind, "the first of a batch", owner, last, TONNE, HIGHER_KIND)
    alice(credit.convert_kind, "more of a batch", owner, last, TONNE, HIGHER_KIND)
    alice(credit.export_credits, "to another registry", owner, last, TONNE, document("registry"))


def _reversal(stage: Stage, batches: list[int]) -> None:
    """A loss that takes the batch's buffer, another's, and a certificate."""
    credit, certificate, owner = stage.city.carbon_credit, stage.city.certificate, stage.alice
    verifier = stage.meter.by(_verifiers(stage)[0])
    first, second, third = batches[0], batches[1], batches[2]
    lines, details = [(first, SOLD)], document("details")
    credit.retire_for(owner, lines, owner, FLIGHT, *PERIOD, details, sender=owner)
    certificate_id = certificate.total_certificates()
    own = TONNES * TONNE * BUFFER_BPS // 10_000
    marks = [(certificate_id, lines, details, TONNE)]
    evidence = document("fire")

    loss = (first, own + 2 * TONNE, [(second, TONNE)], marks, evidence)
    verifier(credit.reverse, "by buffer, pool and certificate", *loss)
    stage.meter.by(owner)(credit.cure, "a certificate", owner, first, certificate_id, third, TONNE)
    enforcer = stage.meter.by(stage.officer(Role.ENFORCER))
    enforcer(certificate.recover, "to a new wallet", certificate_id, stage.bob, document("order"))
