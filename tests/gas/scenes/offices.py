"""Authority and CityDirectory: who may act, and where everything is."""

from civitas.chain.deploy import name32
from civitas.chain.roles import Role
from tests.gas.stage import Stage


def play(stage: Stage) -> None:
    """Before any other scene: the council takes office here, and keeps it."""
    _authority(stage)
    _directory(stage)


def _authority(stage: Stage) -> None:
    authority, account = stage.city.authority, stage.candidate
    council, candidate = stage.meter.by(stage.council), stage.meter.by(account)
    dearest, other = Role.AUDITOR.id, Role.TREASURER.id  # an auditor is nothing else

    council(authority.accept_admin, "by the candidate")
    council(authority.grantRole, "to an account without a role", dearest, account)
    council(authority.revokeRole, "of an account's only role", dearest, account)
    authority.grantRole(dearest, account, sender=stage.council)
    candidate(authority.renounceRole, "of an account's only role", dearest, account)

    authority.grantRole(Role.COUNCIL_CLERK.id, account, sender=stage.council)
    council(authority.grantRole, "to an account with another role", other, account)
    council(authority.revokeRole, "of one of an account's roles", other, account)
    authority.revokeRole(Role.COUNCIL_CLERK.id, account, sender=stage.council)

    council(authority.transfer_admin, "to a candidate", account)


def _directory(stage: Stage) -> None:
    directory, name = stage.city.directory, name32("SALES_OFFICE")
    engineer = stage.meter.by(stage.officer(Role.CHAIN_ENGINEER))
    # Any contracts will do that are not in the directory.
    first = stage.book.require("SecurityTokenBlueprint").address
    second = stage.book.require("RevenueSplitterBlueprint").address

    engineer(directory.set_entry, "under a new name", name, first)
    engineer(directory.set_entry, "in place of another", name, second)
