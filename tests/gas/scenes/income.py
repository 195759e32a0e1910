"""TaxTable, IncomeDesk and Dividends: what is withheld, where it goes, and who is paid when."""

from typing import Any

import ape
from ape.contracts import ContractInstance
from eth_utils import keccak

from civitas.chain.roles import Role
from tests.gas.scenes.tokens import MINTED
from tests.gas.stage import COUNTRY, DAY, VALID_UNTIL, Stage, addresses, registration, resolution

INCOME = 1_000_000  # {asset}
BATCH = 100  # holders paid at once, at most
HEIRS = 16
EXCLUDED = 16
PERSON, NATIONAL, LOCAL = 0, 0, 1
DEAD = bytes(32)


def play(stage: Stage) -> None:
    _table(stage)
    token = _desk(stage)
    _dividends(stage, token)
    _batches(stage)


def _table(stage: Stage) -> None:
    clerk = stage.meter.by(stage.officer(Role.COUNCIL_CLERK))
    officer = stage.meter.by(stage.officer(Role.COMPLIANCE_OFFICER))
    table, law = stage.city.tax_table, resolution("taxes")

    def rule(days: int) -> tuple[int, ...]:
        return (VALID_UNTIL + days * DAY, 2_000, 1_000, 0, 0)

    clerk(table.set_rule, "of a new country", PERSON, 276, False, rule(1), law)
    clerk(table.set_rule, "in place of a pending one", PERSON, 276, False, rule(2), law)
    clerk(table.set_rule, "after others", PERSON, COUNTRY, False, rule(1), law)
    officer(table.file_form, "the first of an investor", stage.alice, law, VALID_UNTIL)
    officer(table.file_form, "after another", stage.alice, law, VALID_UNTIL)


def _desk(stage: Stage) -> ContractInstance:
    desk, money, city = stage.city.income_desk, stage.city.payment_token, stage.city
    clerk = stage.meter.by(stage.officer(Role.COUNCIL_CLERK))
    cashier = stage.meter.by(stage.officer(Role.CASHIER))
    auditor = stage.meter.by(stage.officer(Role.AUDITOR))
    stranger, law = stage.meter.by(stage.spender), resolution("desk")
    token = stage.create_token("Spa")
    asset_id = city.asset_registry.total_assets()
    for holder in (stage.alice, stage.bob):
        token.mint(holder, MINTED, sender=stage.officer(Role.ASSET_MANAGER))
    stranger(desk.admit, "a token", asset_id)
    token.set_income_desk(desk, sender=stage.council)
    stage.allow_money(token)

    for times in ("for the first time", "again"):
        token.deposit_income(money, 2 * INCOME, sender=stage.payer)
        for holder, order in ((stage.alice, "the first"), (stage.bob, "a second")):
            call = f"through the desk {times}, {order} holder"
            stranger(token.claim_income, call, holder)
    offices = addresses("tax office", 2)
    for kind, name in ((NATIONAL, "national"), (LOCAL, "local")):
        clerk(desk.set_payee, f"of the {name} tax", kind, offices[kind], law)
    cashier(desk.remit, "a part", money, NATIONAL, 1_000, law)
    cashier(desk.remit, "all of a tax", money, LOCAL, desk.held(money, LOCAL), law)
    clerk(desk.set_tax_table, "to another", city.tax_table, law)
    auditor(desk.post_root, "the first of a year", 2100, keccak(b"first"))
    auditor(desk.post_root, "in place of another", 2100, keccak(b"second"))
    return token


def _now() -> int:
    """{s} Time of the next block."""
    return int(ape.chain.pending_timestamp)


def _scheduled(stage: Stage, token: ContractInstance, days: int = 1) -> tuple[int, ...]:
    """A record date of tomorrow: record, first payment, deadline, deemed payment."""
    manager = stage.officer(Role.ASSET_MANAGER)
    record = _now() + days * DAY
    token.schedule_record(record, sender=manager)
    return record, record, record + DAY, record


def _declared(stage: Stage, token: ContractInstance, case: str, excluded: list[Any]) -> int:
    """A dividend that may be paid now; its id."""
    manager, contract = stage.officer(Role.ASSET_MANAGER), stage.city.dividends
    record, pay, deadline, deemed = _scheduled(stage, token)
    terms = (token, INCOME, record, pay, deadline, deemed, excluded, resolution("dividend"))
    stage.meter.by(manager)(contract.declare, case, *terms)
    stage.wait(DAY + 1)
    return int(contract.total_dividends())


def _dividends(stage: Stage, token: ContractInstance) -> None:
    contract, money = stage.city.dividends, stage.city.payment_token
    manager, stranger = stage.officer(Role.ASSET_MANAGER), stage.meter.by(stage.spender)
    payer, law = stage.meter.by(stage.payer), resolution("escheat")
    money.transfer(manager, 100 * INCOME, sender=stage.payer)
    money.approve(contract, 2**255, sender=manager)
    stage.allow_money(contract)

    _declared(stage, token, "the first of a currency", [])
    everybody = sorted(addresses("excluded", EXCLUDED), key=lambda each: int(each, 16))
    second = _declared(stage, token, f"with {EXCLUDED} excluded accounts", everybody)
    third = _declared(stage, token, "beside others", [])

    stranger(contract.claim, f"the first, with {EXCLUDED} excluded accounts", second, stage.alice)
    stranger(contract.claim, "the first of a dividend", third, stage.alice)
    stranger(contract.claim, "after others", third, stage.bob)
    stranger(contract.note_deemed_payment, "of a dividend", second)
    stage.wait(DAY)
    stranger(contract.escheat, "of what is left", second)
    payer(contract.give_back, "to a dividend", second, 1_000)
    stage.meter.by(stage.officer(Role.COUNCIL_CLERK))(
        contract.set_escheat_account, "to another fund", stage.city.treasury, law, law
    )


def _batches(stage: Stage) -> None:
    contract, stranger = stage.city.dividends, stage.meter.by(stage.spender)
    token, manager = stage.create_token("Hot Spring"), stage.officer(Role.ASSET_MANAGER)
    stage.city.income_desk.admit(stage.city.asset_registry.total_assets(), sender=stage.spender)
    crowd = addresses("holder of a dividend", BATCH)
    stage.city.identity_registry.register(
        [registration(each) for each in crowd], sender=stage.officer(Role.COMPLIANCE_OFFICER)
    )
    token.batchMint(crowd, [MINTED] * BATCH, sender=manager)
    token.mint(stage.alice, MINTED, sender=manager)
    dividend_id = _declared(stage, token, "on many holders", [])

    gas = stranger(contract.claim_for, f"{BATCH} holders for the first time", dividend_id, crowd)
    stage.meter.share(f"Dividends.claim_for {BATCH} holders, each", gas, BATCH)
    stranger(contract.claim_for, f"{BATCH} holders who were paid", dividend_id, crowd)
    orders, enforcer = stage.city.enforcement, stage.officer(Role.ENFORCER)
    heirs = [stage.bob.address] * HEIRS
    case = resolution("estate")
    order = (token.address, stage.alice.address, heirs, [1] * HEIRS, True, case, DEAD)
    orders.propose(order, sender=enforcer)
    orders.confirm(orders.id_of(order), sender=stage.officer(Role.COMPLIANCE_OFFICER))
    stage.wait(orders.DELAY())
    orders.execute(order, sender=enforcer)
    stranger(contract.follow_order, f"of a succession of {HEIRS}", dividend_id, order)
