"""Treasury: money comes into funds, is moved by resolution, and is paid by two keys."""

from civitas.chain.deploy import name32
from civitas.chain.roles import Role
from tests.gas.stage import GENERAL, Stage, addresses, document, resolution

INCOME = 1_000_000  # {asset}
AMOUNT = 7_000  # {asset}


def play(stage: Stage) -> None:
    """Before other scenes bring money into the treasury: the first figures are about that."""
    treasury, money = stage.city.treasury, stage.city.payment_token
    treasurer = stage.meter.by(stage.officer(Role.TREASURER))
    cashier = stage.meter.by(stage.officer(Role.CASHIER))
    payer = stage.meter.by(stage.payer)
    parks, vote, invoice = name32("PARKS"), resolution("parks"), document("invoice")
    payee = addresses("contractor", 1)[0]
    stage.allow_money(treasury)

    payer(treasury.deposit_income, "the first of a currency", money, INCOME, GENERAL)
    payer(treasury.deposit_income, "into a fund with money", money, INCOME, GENERAL)
    treasurer(treasury.open_fund, "without restriction", parks, False)
    treasurer(treasury.move, "into an empty fund", money, GENERAL, parks, AMOUNT, vote)
    treasurer(treasury.move, "into a fund with money", money, GENERAL, parks, AMOUNT, vote)
    stage.send_money(treasury, AMOUNT)
    treasurer(treasury.book_surplus, "into a fund with money", money, GENERAL)

    approval = (money, GENERAL, payee, AMOUNT, invoice)
    treasurer(treasury.approve_payment, "the first of a fund", *approval)
    treasurer(treasury.approve_payment, "beside another", *approval)
    treasury.approve_payment(*approval, sender=stage.officer(Role.TREASURER))
    cashier(treasury.pay, "to a payee without money", 1)
    cashier(treasury.pay, "to a payee with money", 2)
    treasurer(treasury.cancel_payment, "the last of a fund", 3)

    stage.meter.by(stage.officer(Role.GUARDIAN))(treasury.pause, "by the guardian")
    stage.meter.by(stage.officer(Role.CHAIN_ENGINEER))(treasury.unpause, "by the engineer")
