"""The Timelock: what the council decides, waits and is done."""

import ape

from civitas.chain.roles import Role
from tests.gas.stage import Stage

DELAY = 3_600  # {s}
NONE = bytes(32)


def play(stage: Stage) -> None:
    """After every other scene: the timelock takes the council's office."""
    authority = stage.city.authority
    timelock = stage.deployer.deploy(ape.project.Timelock, authority, DELAY, stage.council)
    stage.meter.deployment("Timelock deployment", ape.chain.provider.get_receipt(timelock.txn_hash))
    stage.meter.size("Timelock", timelock.address)
    council, candidate = stage.meter.by(stage.council), stage.meter.by(stage.candidate)

    authority.transfer_admin(timelock, sender=stage.council)
    council(timelock.accept_admin, "by the council")

    grant = authority.grantRole.encode_input(Role.GUARDIAN.id, stage.candidate)
    longer = timelock.update_delay.encode_input(2 * DELAY)
    handing_on = timelock.transfer_council.encode_input(stage.candidate)
    council(timelock.schedule, "a grant", authority, 0, grant, NONE, NONE, DELAY)
    for target, payload in ((timelock, longer), (timelock, handing_on), (authority, b"\1" * 4)):
        timelock.schedule(target, 0, payload, NONE, NONE, DELAY, sender=stage.council)
    council(
        timelock.cancel,
        "an operation",
        timelock.hash_operation(authority, 0, b"\1" * 4, NONE, NONE),
    )
    stage.wait(DELAY)
    council(timelock.execute, "a grant", authority, 0, grant, NONE, NONE)
    council(timelock.execute, "a change of the delay", timelock, 0, longer, NONE, NONE)
    council(timelock.execute, "a change of the council", timelock, 0, handing_on, NONE, NONE)
    candidate(timelock.accept_council, "by the candidate")
