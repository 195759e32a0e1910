"""RevenueSplitter, SplitterFactory and Lease: rent comes in, and goes to whom it is due."""

from collections.abc import Sequence

import ape

from civitas.chain.deploy import name32
from civitas.chain.roles import Role
from tests.gas.scenes.tokens import MINTED
from tests.gas.stage import DAY, GENERAL, GREEN, START, NotTheState, Stage, addresses, document

BPS = 10_000
REVENUE = 1_000_000  # {asset}
MAX_PAYEES = 20
RECEIVER_GAS = 300_000  # {gas} that a payee may use
BURNS_GAS = 16  # of MockIncomeReceiver.Manner
TODAY = START // DAY  # {day}
RENT = 3_000  # {asset} per month


def play(stage: Stage) -> None:
    _creation(stage)
    for count in (2, 5, 10, MAX_PAYEES):
        _distribution(stage, count)
    _to_holders_and_treasury(stage)
    _to_gas_burners(stage)
    _table_and_release(stage)
    _full_table(stage)
    _lease(stage)


def equal(accounts: Sequence[str]) -> list[tuple[str, int, bytes]]:
    """A table of plain payees with equal weights."""
    return [(account, BPS // len(accounts), bytes(32)) for account in accounts]


def _creation(stage: Stage) -> None:
    manager = stage.meter.by(stage.officer(Role.ASSET_MANAGER))
    factory, money = stage.city.splitter_factory, stage.city.payment_token

    for count in (2, MAX_PAYEES):
        asset_id = stage.register_asset(f"Tollgate of {count}")
        table = equal(addresses("payee", count))
        manager(factory.create_splitter, f"with {count} payees", asset_id, money, table)


def _distribution(stage: Stage, count: int) -> None:
    stranger = stage.meter.by(stage.spender)
    payees = addresses(f"payee of {count}", count)
    splitter = stage.create_splitter(f"Bridge of {count}", equal(payees))

    stage.send_money(splitter, REVENUE + 1)
    stranger(splitter.distribute, f"to {count} payees for the first time")
    stage.send_money(splitter, REVENUE)
    stranger(splitter.distribute, f"to {count} payees")


def _to_holders_and_treasury(stage: Stage) -> None:
    """The table of a city: holders by their token, the rest to a fund."""
    token = stage.create_token("Harbour")
    for holder in (stage.alice, stage.bob):
        token.mint(holder, MINTED, sender=stage.officer(Role.ASSET_MANAGER))
    table = [(token, 7_000, name32("HOLDERS")), (stage.city.treasury, 3_000, GREEN)]
    splitter = stage.create_splitter("Harbour dues", table)

    stage.send_money(splitter, REVENUE + 1)
    splitter.distribute(sender=stage.spender)
    stage.send_money(splitter, REVENUE)
    stage.meter.by(stage.spender)(splitter.distribute, "to a token's holders and the treasury")


def _to_gas_burners(stage: Stage) -> None:
    """The most that payees can make a distribution cost."""
    receiver = stage.deployer.deploy(ape.project.MockIncomeReceiver)
    receiver.behave(BURNS_GAS, sender=stage.deployer)
    table = [(receiver, 500, name32(f"PURPOSE_{number}")) for number in range(MAX_PAYEES)]
    splitter = stage.create_splitter("Swamp", table)

    stage.send_money(splitter, REVENUE)
    stranger = stage.meter.by(stage.spender)
    gas = stranger(splitter.distribute, "to 20 payees that burn all their gas")
    if gas < MAX_PAYEES * RECEIVER_GAS:
        raise NotTheState("the payees did not burn all that they may")


def _table_and_release(stage: Stage) -> None:
    treasurer = stage.officer(Role.TREASURER)
    stranger, money = stage.meter.by(stage.spender), stage.city.payment_token
    first, second, *_ = addresses("payee of 2", 2)  # they have been paid before
    table = [
        (first, 4_000, bytes(32)),
        (second, 3_000, bytes(32)),
        (stage.city.treasury, 3_000, GENERAL),
    ]
    splitter = stage.create_splitter("Ferry", table)
    stage.city.treasury.deposit_income(money, 1, GENERAL, sender=stage.payer)

    stage.send_money(splitter, REVENUE)
    stage.meter.by(treasurer)(splitter.set_payees, "of 3, crediting 3", table)
    stage.send_money(splitter, REVENUE)
    splitter.set_payees(table, sender=treasurer)
    stranger(splitter.release, "to an account", money, first)
    stranger(splitter.release, "to a fund of the treasury", money, stage.city.treasury, GENERAL)
    stranger(splitter.release, "of the last credit", money, second)


def _full_table(stage: Stage) -> None:
    treasurer = stage.meter.by(stage.officer(Role.TREASURER))
    old, new = addresses("old payee", MAX_PAYEES), addresses("new payee", MAX_PAYEES)
    splitter = stage.create_splitter("Airport", equal(old))

    treasurer(splitter.set_payees, "of 20, crediting none", equal(old))
    stage.send_money(splitter, REVENUE)
    treasurer(splitter.set_payees, "of 20, crediting 20", equal(new))


def _lease(stage: Stage) -> None:
    lease, tenant = stage.city.lease, stage.spender
    manager = stage.meter.by(stage.officer(Role.ASSET_MANAGER))
    payer = stage.meter.by(stage.payer)
    deed = document("lease")
    splitter = stage.create_splitter("Office Tower", equal(addresses("landlord", 2)))
    asset_id = splitter.ASSET_ID()
    stage.allow_money(lease)

    manager(lease.sign, "of an asset's first lease", asset_id, tenant, TODAY, 12, RENT, deed)
    lease_id = lease.lease_of(asset_id)
    payer(lease.pay, "the first rent", lease_id, RENT)
    payer(lease.pay, "further rent", lease_id, RENT)
    manager(lease.terminate, "before its term", lease_id, TODAY + 100, deed)
    manager(lease.sign, "after another lease", asset_id, tenant, TODAY + 100, 600, RENT, deed)
    stage.meter.by(stage.officer(Role.GUARDIAN))(lease.pause, "by the guardian")
    stage.meter.by(stage.officer(Role.CHAIN_ENGINEER))(lease.unpause, "by the engineer")
