"""RevenueSplitter, SplitterFactory and Lease: rent comes in, and goes to whom it is due."""

from collections.abc import Sequence

import ape

from civitas.chain.deploy import name32
from civitas.chain.roles import Role
from tests.gas.scenes.tokens import MINTED
from tests.gas.stage import (
    DAY,
    EVERYTHING,
    GENERAL,
    GREEN,
    START,
    NotTheState,
    Stage,
    addresses,
    document,
)

BPS = 10_000
REVENUE = 1_000_000  # {asset}
MAX_PAYEES = 20
SHARE, CAP, RESERVE = 1, 2, 4  # of IRevenueSplitter.TierKind
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
    _release(stage)
    _waterfall(stage)
    _lease(stage)


def equal(accounts: Sequence[str]) -> list[tuple[str, int, bytes]]:
    """A table of plain payees with equal weights."""
    return [(account, BPS // len(accounts), bytes(32)) for account in accounts]


def _creation(stage: Stage) -> None:
    manager = stage.meter.by(stage.officer(Role.ASSET_MANAGER))
    factory, money = stage.city.splitter_factory, stage.city.payment_token

    for count in (2, MAX_PAYEES):
        asset_id = stage.register_asset(f"Tollgate of {count}")
        rules = (1, False, [], equal(addresses("payee", count)))
        manager(factory.create_splitter, f"with {count} payees", asset_id, money, rules)


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


def _release(stage: Stage) -> None:
    """Credits of payees whom the token could not pay: their balance would have overflowed."""
    stranger, money = stage.meter.by(stage.spender), stage.city.payment_token
    treasury, first, second = stage.city.treasury, stage.carol, stage.dave
    table = [(first, 4_000, bytes(32)), (second, 3_000, bytes(32)), (treasury, 3_000, GENERAL)]
    splitter = stage.create_splitter("Ferry", table)
    treasury.deposit_income(money, 1, GENERAL, sender=stage.payer)
    for account in (first, second):
        money.mint(account, EVERYTHING - stage.money_of(account), sender=stage.payer)
    treasury.pause(sender=stage.officer(Role.GUARDIAN))

    stage.send_money(splitter, REVENUE)
    stranger(splitter.distribute, "to 3 payees that are all credited")
    treasury.unpause(sender=stage.officer(Role.CHAIN_ENGINEER))
    for account, sink in zip((first, second), addresses("sink", 2), strict=True):
        money.transfer(sink, EVERYTHING - REVENUE, sender=account)
    stranger(splitter.release, "to an account", money, first)
    stranger(splitter.release, "to a fund of the treasury", money, treasury, GENERAL)
    stranger(splitter.release, "of the last credit", money, second)


def _waterfall(stage: Stage) -> None:
    """Rent through four tiers to a token's holders and the treasury: VAT, a fee, a reserve that
    fills, debt service by the month."""
    token = stage.create_token("Market Square")
    for holder in (stage.alice, stage.bob):
        token.mint(holder, MINTED, sender=stage.officer(Role.ASSET_MANAGER))
    tax_office, manager, bank, builder, _ = addresses("payee of 5", 5)  # paid before
    tiers = [
        (name32("VAT"), SHARE, tax_office, bytes(32), 909, 0, 0),
        (name32("FEE"), SHARE, manager, bytes(32), 300, 0, 0),
        (name32("MAINTENANCE"), RESERVE, builder, bytes(32), 0, 0, REVENUE),
        (name32("DEBT"), CAP, bank, bytes(32), 0, 1, REVENUE),
    ]
    table = [(token, 7_000, name32("HOLDERS")), (stage.city.treasury, 3_000, GREEN)]
    splitter = stage.create_splitter("Market rents", table, tiers, is_rest_to_first=True)
    lease, rent = stage.city.lease, 3 * REVENUE
    stage.allow_money(lease)
    lease.sign(
        *(splitter.ASSET_ID(), stage.spender, TODAY, 600, rent, document("market")),
        sender=stage.officer(Role.ASSET_MANAGER),
    )
    lease_id = lease.lease_of(splitter.ASSET_ID())
    # Half a reserve and some of the debt service, so that all tiers go on where they were.
    stage.send_money(splitter, 1)
    lease.pay(lease_id, REVENUE // 2, sender=stage.payer)
    splitter.distribute(sender=stage.spender)
    lease.pay(lease_id, REVENUE // 2 + REVENUE // 4, sender=stage.payer)
    splitter.distribute(sender=stage.spender)

    stage.meter.by(stage.payer)(lease.pay, "rent into a waterfall", lease_id, rent)
    stage.meter.by(stage.spender)(
        splitter.distribute, "a rent through four tiers, to holders and treasury"
    )
    cashier = stage.meter.by(stage.officer(Role.CASHIER))
    cashier(splitter.draw_reserve, "to an account", name32("MAINTENANCE"), 9, document("roof"))


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
