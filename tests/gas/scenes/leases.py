"""Lease, LeaseDeposits, LeaseTender, RentEscrow and RentTable: from a tariff to a settlement."""

from datetime import date, timedelta

import ape

from civitas.chain.deploy import name32
from civitas.chain.leases import EPOCH
from civitas.chain.roles import Role
from tests.gas.scenes.revenue import equal
from tests.gas.stage import DAY, Stage, addresses, document, resolution

RENT, DEPOSIT = 3_000, 9_000  # {asset} per month, and once
PLAIN = (0, 0, 0, 1, 365, 0, 1_200, 2_500, 5_000, 60, 30, 0, 0, 0, 0, 0)
INDEXED = (0, 0, 1_000, 1, 365, 0, 1_200, 2_500, 5_000, 60, 30, 1, 0, 500, 24, 200)


def play(stage: Stage) -> None:
    _table(stage)
    _lease(stage)
    _default(stage)
    _escrow(stage)
    _tender(stage)
    _fifty_years(stage)


def _table(stage: Stage) -> None:
    table = stage.city.rent_table
    clerk = stage.meter.by(stage.officer(Role.COUNCIL_CLERK))
    law = resolution("rents")
    clerk(table.set_tariff, "for the first time", name32("STALL"), PLAIN, law)
    clerk(table.set_tariff, "in place of another", name32("STALL"), PLAIN, law)
    table.set_tariff(name32("INDEXED"), INDEXED, law, sender=stage.officer(Role.COUNCIL_CLERK))
    clerk(table.set_permit, "of a class", name32("ADMINISTRATIVE"), 36, law)
    auditor = stage.meter.by(stage.officer(Role.AUDITOR))
    now = civil(ape.chain.pending_timestamp)
    auditor(table.publish, "a month's value", 1, now.year * 12 + now.month - 2, 1_000)


def civil(moment: int) -> date:
    """A day of the city, which is nine hours ahead."""
    return EPOCH + timedelta((moment + 9 * 3_600) // DAY)


def _house(stage: Stage, parcel: str) -> int:
    splitter = stage.create_splitter(f"{parcel}, let", equal(addresses("landlord", 2)))
    stage.allow_money(stage.city.lease)
    return int(splitter.ASSET_ID())


def _lease(stage: Stage) -> None:
    lease, deposits = stage.city.lease, stage.city.lease_deposits
    manager = stage.meter.by(stage.officer(Role.ASSET_MANAGER))
    payer, stranger = stage.meter.by(stage.payer), stage.meter.by(stage.spender)
    deed, asset_id = document("lease"), _house(stage, "Office Tower")
    terms = stage.lease_draft(asset_id, 1, RENT, "STALL", DEPOSIT)
    today = terms[3]

    manager(lease.sign, "of an asset's first lease", terms, deed)
    lease_id = lease.lease_of(asset_id)
    payer(lease.pay_deposit, "in full", lease_id, DEPOSIT)
    payer(lease.pay, "the first rent", lease_id, RENT)
    payer(lease.pay, "further rent", lease_id, RENT)
    payer(lease.pay_and_distribute, "rent to 2 payees for the first time", lease_id, RENT)
    manager(lease.terminate, "before its term", lease_id, today + 100, deed)
    start = (terms[0], terms[1], terms[2], today + 100, today + 100, today + 500, *terms[6:])
    manager(lease.sign, "after another lease", start, deed)
    stage.meter.by(stage.officer(Role.GUARDIAN))(lease.pause, "by the guardian")
    stage.meter.by(stage.officer(Role.CHAIN_ENGINEER))(lease.unpause, "by the engineer")

    stage.wait(130 * DAY)
    manager(lease.record_vacancy, "after ten days", lease_id, today + 110, False, deed)
    manager(lease.record_vacancy, "for good", lease_id, today + 110, True, deed)
    stranger(lease.settle, "with debts and a rest", lease_id)
    stranger(deposits.release, "to a tenant", stage.spender)

    # Signed for a tenant who pays all of it at once, and called off the next day.
    asset_id = _house(stage, "Kiosk")
    now = today + 130
    kiosk = (asset_id, stage.spender, name32("STALL"), now, now, now + 365, 12 * RENT, 0)
    lease.sign(kiosk, deed, sender=stage.officer(Role.ASSET_MANAGER))
    lease_id = lease.lease_of(asset_id)
    payer(lease.pay, "all rent of a year ahead", lease_id, 12 * RENT)
    money = stage.city.payment_token
    officer = stage.officer(Role.ASSET_MANAGER)
    money.transfer(officer, 12 * RENT, sender=stage.payer)
    money.approve(lease, 12 * RENT, sender=officer)
    manager(lease.terminate, "with a refund", lease_id, now + 1, deed)
    stranger(deposits.withdraw, "to an account", stage.candidate)


def _default(stage: Stage) -> None:
    lease, deed = stage.city.lease, document("lease")
    manager = stage.meter.by(stage.officer(Role.ASSET_MANAGER))
    payer, stranger = stage.meter.by(stage.payer), stage.meter.by(stage.spender)
    asset_id = _house(stage, "Pawn Shop")
    lease.sign(
        stage.lease_draft(asset_id, 2, RENT, "STALL", RENT),
        deed,
        sender=stage.officer(Role.ASSET_MANAGER),
    )
    lease_id = lease.lease_of(asset_id)
    lease.pay_deposit(lease_id, RENT, sender=stage.payer)

    stage.wait(70 * DAY)
    stranger(lease.declare_default, "after months", lease_id)
    manager(lease.draw_deposit, "for rent of months", lease_id)
    payer(lease.pay, "late rent, in part", lease_id, RENT)
    payer(lease.pay, "all that is late, which cures a default", lease_id, sum(lease.owed(lease_id)))


def _escrow(stage: Stage) -> None:
    lease, escrow = stage.city.lease, stage.city.rent_escrow
    enforcer = stage.meter.by(stage.officer(Role.ENFORCER))
    officer = stage.meter.by(stage.officer(Role.COMPLIANCE_OFFICER))
    asset_id = _house(stage, "Theatre")
    lease.sign(
        stage.lease_draft(asset_id, 2, RENT, "STALL"),
        document("lease"),
        sender=stage.officer(Role.ASSET_MANAGER),
    )
    lease_id = lease.lease_of(asset_id)
    until = ape.chain.pending_timestamp + 90 * DAY
    order = (lease, asset_id, stage.carol, until, document("case"))

    enforcer(escrow.propose, "an order", order)
    officer(escrow.confirm, "an order", order)
    lease.pay(lease_id, 1, sender=stage.payer)
    stage.meter.by(stage.payer)(lease.pay, "rent that a court holds", lease_id, RENT)
    enforcer(escrow.pay_receiver, "a part", asset_id, 100, document("invoice"))
    officer(escrow.lift, "an order", asset_id, document("end"))
    stage.meter.by(stage.spender)(escrow.release, "to the splitter", asset_id)


def _tender(stage: Stage) -> None:
    """Three bidders: one wins and is signed with, one is refunded, one is silent. Then a tender
    that is called off."""
    tenders, lease, money = stage.city.lease_tender, stage.city.lease, stage.city.payment_token
    manager = stage.meter.by(stage.officer(Role.ASSET_MANAGER))
    clerk, stranger = stage.meter.by(stage.officer(Role.COUNCIL_CLERK)), stage.meter.by(stage.dave)
    first, second = stage.meter.by(stage.spender), stage.meter.by(stage.candidate)
    salt, deed, asset_id = document("salt"), document("tender"), _house(stage, "Ferry Landing")
    for bidder in (stage.spender, stage.candidate, stage.bob):
        money.transfer(bidder, 2 * DEPOSIT, sender=stage.payer)
        money.approve(tenders, 2**255, sender=bidder)
    signed = stage.lease_draft(asset_id, 1, RENT, "STALL", DEPOSIT)
    blank = (asset_id, "0x" + "00" * 20, *signed[2:6], 0, DEPOSIT)
    now = ape.chain.pending_timestamp
    rules = (RENT, DEPOSIT, *(now + (k + 1) * DAY for k in range(4)))

    manager(tenders.open, "for a lease", blank, rules, deed)
    for bidder, case in ((first, "the first bid"), (second, "a further bid")):
        sender = stage.spender if bidder is first else stage.candidate
        bidder(tenders.commit, case, 1, tenders.seal_of(1, sender, 12 * RENT, salt))
    tenders.commit(1, salt, sender=stage.bob)
    stage.wait(DAY)
    second(tenders.reveal, "a bid that leads", 1, 12 * RENT, salt)
    first(tenders.reveal, "an equal bid that was first", 1, 12 * RENT, salt)
    stage.wait(DAY)
    first(tenders.accept, "by the winner", 1)
    second(tenders.refund, "to a bidder", 1, stage.candidate)
    stranger(tenders.forfeit, "of a silent bidder", 1, stage.bob)
    lease.sign(signed, deed, sender=stage.officer(Role.ASSET_MANAGER))
    stranger(tenders.conclude, "with the winner", 1, lease.lease_of(asset_id))

    now = ape.chain.pending_timestamp
    rules = (RENT, DEPOSIT, *(now + (k + 1) * DAY for k in range(4)))
    tenders.open(blank, rules, deed, sender=stage.officer(Role.ASSET_MANAGER))
    clerk(tenders.cancel, "before it is decided", 2, deed)
    stage.meter.by(stage.officer(Role.GUARDIAN))(tenders.pause, "by the guardian")
    stage.meter.by(stage.officer(Role.CHAIN_ENGINEER))(tenders.unpause, "by the engineer")


def _fifty_years(stage: Stage) -> None:
    """The dearest payment: 600 rents in arrears, each with its date, late fee, tax and index."""
    lease = stage.city.lease
    asset_id = _house(stage, "Lighthouse Quay")
    lease.sign(
        stage.lease_draft(asset_id, 50, RENT, "INDEXED"),
        document("lease"),
        sender=stage.officer(Role.ASSET_MANAGER),
    )
    lease_id = lease.lease_of(asset_id)
    stage.wait(51 * 366 * DAY)
    owed = sum(lease.owed(lease_id))
    stage.meter.by(stage.payer)(lease.pay, "600 rents and their late fees", lease_id, owed)
