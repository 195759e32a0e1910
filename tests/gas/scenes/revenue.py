"""RevenueSplitter and SplitterFactory: rent comes in, and goes to whom it is due."""

from collections.abc import Sequence

import ape
from ape.contracts import ContractInstance

from civitas.chain.deploy import name32
from civitas.chain.roles import Role
from tests.gas.scenes.tokens import MINTED
from tests.gas.stage import (
    EVERYTHING,
    GENERAL,
    GREEN,
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


def play(stage: Stage) -> None:
    _creation(stage)
    for count in (2, 5, 10, MAX_PAYEES):
        _distribution(stage, count)
    _to_holders_and_treasury(stage)
    _to_gas_burners(stage)
    _release(stage)
    _waterfall(stage)


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
    """Rent through four tiers to a token's holders and the treasury, in two transactions or one."""
    lease, rent = stage.city.lease, 3 * REVENUE
    payer = stage.meter.by(stage.payer)
    splitter, lease_id = _market(stage, "Market Square")
    payer(lease.pay, "rent into a waterfall", lease_id, rent)
    stage.meter.by(stage.spender)(
        splitter.distribute, "a rent through four tiers, to holders and treasury"
    )
    cashier = stage.meter.by(stage.officer(Role.CASHIER))
    cashier(splitter.draw_reserve, "to an account", name32("MAINTENANCE"), 9, document("roof"))

    splitter, lease_id = _market(stage, "Market Arcade")
    payer(
        lease.pay_and_distribute,
        "a rent through four tiers, to holders and treasury",
        *(lease_id, rent),
    )
    if splitter.pending() != 0:
        raise NotTheState("the rent was not shared out")


def _market(stage: Stage, parcel: str) -> tuple[ContractInstance, int]:
    """A splitter with VAT, a fee, a reserve that fills and debt service, and a lease."""
    token = stage.create_token(parcel)
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
    splitter = stage.create_splitter(f"{parcel} rents", table, tiers, is_rest_to_first=True)
    lease, asset_id = stage.city.lease, splitter.ASSET_ID()
    stage.allow_money(lease)
    lease.sign(
        stage.lease_draft(asset_id, 50, 3 * REVENUE),
        document("market"),
        sender=stage.officer(Role.ASSET_MANAGER),
    )
    lease_id = lease.lease_of(asset_id)
    # Half a reserve and some of the debt service, so that all tiers go on where they were.
    stage.send_money(splitter, 1)
    lease.pay(lease_id, REVENUE // 2, sender=stage.payer)
    splitter.distribute(sender=stage.spender)
    lease.pay(lease_id, REVENUE // 2 + REVENUE // 4, sender=stage.payer)
    splitter.distribute(sender=stage.spender)
    return splitter, int(lease_id)
