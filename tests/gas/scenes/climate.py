"""CarbonCredit and RetirementCertificate: issue on evidence, trade, retire."""

from itertools import count
from typing import Any

from civitas.chain.roles import Role
from tests.gas.stage import DAY, Stage, document

TONNES = 1_000  # {tCO2e} of a batch
SOLD = 7 * 10**8  # {1e-8 tCO2e}
VINTAGE = 2099
MAX_BATCH = 128  # batches moved at once, at most
FLIGHT = 3  # a code for what a retirement is for


def play(stage: Stage) -> None:
    credit = stage.city.carbon_credit
    esg_officer = stage.meter.by(stage.officer(Role.ESG_OFFICER))
    verifier = stage.meter.by(stage.officer(Role.CARBON_VERIFIER))
    asset_id = stage.register_asset("Solar Field")
    method, evidence = document("methodology"), document("evidence")
    days = count(1)

    esg_officer(credit.register_project, "on an asset", asset_id, method)
    project = credit.total_projects()

    def batch(receiver: Any) -> tuple[Any, ...]:
        start = next(days) * DAY
        return (project, receiver, TONNES, VINTAGE, start, start + DAY, evidence)

    verifier(credit.issue, "the first batch of a project", *batch(stage.alice))
    verifier(credit.issue, "a further batch of a project", *batch(stage.alice))
    for _ in range(MAX_BATCH - 2):
        credit.issue(*batch(stage.alice), sender=stage.officer(Role.CARBON_VERIFIER))

    _transfers(stage, [(project << 128) | number for number in range(1, MAX_BATCH + 1)])
    _retirement(stage, credit.encodeTokenId(project, 1))
    stage.meter.by(stage.officer(Role.GUARDIAN))(credit.pause, "by the guardian")
    stage.meter.by(stage.officer(Role.CHAIN_ENGINEER))(credit.unpause, "by the engineer")


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
    alice(sent, "of 128 batches to a new holder", owner, stage.dave, batches, all_of_them, b"")


def _retirement(stage: Stage, batch: int) -> None:
    credit, owner, buyer = stage.city.carbon_credit, stage.alice, stage.payer
    alice = stage.meter.by(owner)
    details = (FLIGHT, document("details"))

    alice(credit.retire, "the first credits", batch, owner, SOLD)
    alice(credit.retire, "further credits of a batch", batch, owner, SOLD)
    alice(credit.retire_for, "another's first certificate", batch, owner, SOLD, buyer, *details)
    alice(credit.retire_for, "another's further certificate", batch, owner, SOLD, buyer, *details)
