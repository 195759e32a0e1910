"""Taxes go to the accounts that the council named, by the cashier, and never more than is held."""

import ape
import pytest
from eth_utils import keccak

from civitas.chain.deploy import ZERO_ADDRESS

from .desk import LOCAL, NATIONAL

LAW, RETURN = keccak(text="resolution"), keccak(text="tax return of May")


@pytest.fixture
def paid(desk, verify, alice, council_clerk, tax_office, town_office):
    """140,000 and 14,000 are held, and both offices are named."""
    verify(alice)
    desk.pay(alice, 1_000_000)
    desk.desk.set_payee(NATIONAL, tax_office, LAW, sender=council_clerk)
    desk.desk.set_payee(LOCAL, town_office, LAW, sender=council_clerk)
    return desk


def test_pays_a_part_and_the_rest(paid, money, cashier, tax_office):
    receipt = paid.desk.remit(money, NATIONAL, 100_000, RETURN, sender=cashier)

    assert money.balanceOf(tax_office) == 100_000
    assert paid.account_of(NATIONAL) == (140_000, 100_000)
    assert paid.held(NATIONAL) == 40_000
    assert paid.account_of(LOCAL) == (14_000, 0)
    assert receipt.decode_logs(paid.desk.TaxRemitted) == [
        paid.desk.TaxRemitted(
            asset=money,
            kind=NATIONAL,
            payee=tax_office,
            amount=100_000,
            reference=RETURN,
            cashier=cashier,
        )
    ]

    paid.desk.remit(money, NATIONAL, 40_000, RETURN, sender=cashier)

    assert money.balanceOf(tax_office) == 140_000
    assert paid.held(NATIONAL) == 0


def test_held_is_withheld_less_remitted(paid, money, cashier, alice, town_office):
    """INV-DESK-1: through payments and remittances, and the desk holds both kinds together."""
    for amount in (1, 13_999):
        paid.desk.remit(money, LOCAL, amount, RETURN, sender=cashier)
        paid.pay(alice, 7_143)
        for kind in (NATIONAL, LOCAL):
            withheld, remitted = paid.account_of(kind)
            assert paid.held(kind) == withheld - remitted
        assert money.balanceOf(paid.desk) == paid.held(NATIONAL) + paid.held(LOCAL)

    assert money.balanceOf(town_office) == 14_000
    assert paid.account_of(LOCAL) == (14_200, 14_000)


def test_refuses_more_than_is_held(paid, money, cashier):
    paid.send(1_000)  # money that nobody withheld
    with ape.reverts("income_desk: more than held"):
        paid.desk.remit(money, NATIONAL, 140_001, RETURN, sender=cashier)
    with ape.reverts("income_desk: more than held"):
        paid.desk.remit(paid.token, NATIONAL, 1, RETURN, sender=cashier)

    paid.desk.remit(money, NATIONAL, 140_000, RETURN, sender=cashier)


def test_refuses_without_reference_amount_or_kind(paid, money, cashier):
    for kind, amount, reference, reason in [
        (NATIONAL, 1, bytes(32), "income_desk: no reference"),
        (NATIONAL, 0, RETURN, "income_desk: no amount"),
        (2, 1, RETURN, "income_desk: no payee"),
    ]:
        with ape.reverts(reason):
            paid.desk.remit(money, kind, amount, reference, sender=cashier)


def test_waits_for_the_council_to_name_an_office(desk, money, verify, alice, cashier):
    verify(alice)
    desk.pay(alice, 1_000_000)

    with ape.reverts("income_desk: no payee"):
        desk.desk.remit(money, NATIONAL, 1, RETURN, sender=cashier)


def test_a_blocked_office_leaves_the_taxes_where_they_are(paid, money, cashier, tax_office, payer):
    money.set_blocked(tax_office, True, sender=payer)

    with ape.reverts("mock: blocked"):
        paid.desk.remit(money, NATIONAL, 1, RETURN, sender=cashier)

    assert paid.held(NATIONAL) == 140_000


def test_only_the_cashier_remits(paid, money, treasurer, tax_office):
    for account in (treasurer, tax_office):
        with ape.reverts("authorized: missing role"):
            paid.desk.remit(money, NATIONAL, 1, RETURN, sender=account)


# --- the council's word


def test_names_offices_with_a_resolution(desk, council_clerk, tax_office, town_office):
    desk.desk.set_payee(NATIONAL, tax_office, LAW, sender=council_clerk)

    receipt = desk.desk.set_payee(NATIONAL, town_office, LAW, sender=council_clerk)

    assert desk.desk.payee_of(NATIONAL) == town_office
    assert receipt.events == [
        desk.desk.TaxPayeeSet(
            kind=NATIONAL, old_payee=tax_office, new_payee=town_office, resolution=LAW
        )
    ]
    for kind, payee, resolution, reason in [
        (2, tax_office, LAW, "income_desk: no such tax"),
        (NATIONAL, ZERO_ADDRESS, LAW, "income_desk: no payee"),
        (NATIONAL, desk.desk, LAW, "income_desk: no payee"),
        (NATIONAL, tax_office, bytes(32), "income_desk: no resolution"),
    ]:
        with ape.reverts(reason):
            desk.desk.set_payee(kind, payee, resolution, sender=council_clerk)


def test_takes_another_table_with_a_resolution(
    project, desk, city, deployer, council_clerk, stranger
):
    table = deployer.deploy(project.MockTaxTable)

    receipt = desk.desk.set_tax_table(table, LAW, sender=council_clerk)

    assert desk.desk.tax_table() == table
    assert receipt.events == [
        desk.desk.TaxTableSet(old_table=city.tax_table, new_table=table, resolution=LAW)
    ]
    with ape.reverts("income_desk: no table"):
        desk.desk.set_tax_table(stranger, LAW, sender=council_clerk)
    with ape.reverts("income_desk: no resolution"):
        desk.desk.set_tax_table(city.tax_table, bytes(32), sender=council_clerk)


def test_the_auditor_posts_roots(desk, auditor):
    first, second = keccak(text="first"), keccak(text="second")
    desk.desk.post_root(2027, first, sender=auditor)

    receipt = desk.desk.post_root(2027, second, sender=auditor)

    assert desk.desk.root_of(2027) == second
    assert desk.desk.root_of(2026) == bytes(32)
    assert receipt.events == [
        desk.desk.RootPosted(year=2027, auditor=auditor, old_root=first, new_root=second)
    ]
    with ape.reverts("income_desk: no root"):
        desk.desk.post_root(2027, bytes(32), sender=auditor)
