"""A treaty's rate counts for who filed its form before the payment, and for nobody else."""

import ape
import pytest
from eth_utils import keccak

from civitas.chain.deploy import ZERO_ADDRESS

from .taxes import DAY, PERSON, now, wait_until

LAW, FORM, NEXT_FORM = keccak(text="treaty"), keccak(text="form"), keccak(text="next form")
MILLION = 1_000_000


@pytest.fixture
def table(city, council_clerk):
    """With a treaty's rate for persons of country 840, in force since yesterday."""
    since = now() + 2
    rule = (since, 1_000, 1_000, 0, 0)
    city.tax_table.set_rule(PERSON, 840, True, rule, LAW, sender=council_clerk)
    wait_until(since + DAY)
    return city.tax_table


@pytest.fixture
def taxes_of(table):
    def taxes(identity, date, country=840):
        found = table.withholding_for(identity, PERSON, country, date, MILLION, 0)
        return found.national, found.local

    return taxes


def test_counts_from_the_second_after_its_filing(table, taxes_of, alice, bob, compliance_officer):
    until = now() + 10 * DAY

    receipt = table.file_form(alice, FORM, until, sender=compliance_officer)

    filed = receipt.timestamp
    assert taxes_of(alice, filed) == (200_000, 20_000)
    assert taxes_of(alice, filed + 1) == (100_000, 10_000)
    assert taxes_of(alice, until) == (100_000, 10_000)
    assert taxes_of(alice, until + 1) == (200_000, 20_000)
    assert taxes_of(bob, filed + 1) == (200_000, 20_000)
    assert taxes_of(ZERO_ADDRESS, filed + 1) == (200_000, 20_000)
    assert tuple(table.form_at(alice, until)) == (filed + 1, until, FORM)
    assert tuple(table.form_at(alice, filed)) == (0, 0, bytes(32))
    assert tuple(table.form_at(alice, until + 1)) == (0, 0, bytes(32))
    assert receipt.events == [
        table.FormFiled(
            identity=alice,
            officer=compliance_officer,
            old_hash=bytes(32),
            new_hash=FORM,
            old_valid_until=0,
            new_valid_until=until,
        )
    ]


def test_does_nothing_for_a_country_without_a_treaty(table, taxes_of, alice, compliance_officer):
    table.file_form(alice, FORM, now() + 10 * DAY, sender=compliance_officer)

    assert taxes_of(alice, now() + 1, country=276) == (200_000, 20_000)
    assert taxes_of(alice, now() + 1, country=410) == (140_000, 14_000)


def test_does_nothing_before_the_treaty(table, taxes_of, alice, compliance_officer):
    table.file_form(alice, FORM, now() + 10 * DAY, sender=compliance_officer)

    assert taxes_of(alice, now() - 2 * DAY) == (200_000, 20_000)


def test_a_later_form_keeps_what_the_earlier_one_gave(table, taxes_of, alice, compliance_officer):
    first = table.file_form(alice, FORM, now() + 5 * DAY, sender=compliance_officer)
    wait_until(now() + 10 * DAY)
    lapsed = now() - DAY

    second = table.file_form(alice, NEXT_FORM, now() + 5 * DAY, sender=compliance_officer)

    assert taxes_of(alice, first.timestamp + 1) == (100_000, 10_000)
    assert taxes_of(alice, lapsed) == (200_000, 20_000)
    assert taxes_of(alice, second.timestamp + 1) == (100_000, 10_000)
    assert table.form_at(alice, second.timestamp + 1).form_hash == NEXT_FORM


def test_an_empty_one_ends_it(table, taxes_of, alice, compliance_officer):
    until = now() + 10 * DAY
    first = table.file_form(alice, FORM, until, sender=compliance_officer)

    ended = table.file_form(alice, bytes(32), 0, sender=compliance_officer)

    assert taxes_of(alice, first.timestamp + 1) == (100_000, 10_000)
    assert taxes_of(alice, ended.timestamp + 1) == (200_000, 20_000)
    (event,) = ended.events
    assert (event.old_hash, event.old_valid_until, event.new_valid_until) == (FORM, until, 0)


def test_refuses(table, alice, compliance_officer, council_clerk):
    later = now() + DAY
    for identity, form_hash, until, reason in [
        (ZERO_ADDRESS, FORM, later, "tax_table: no investor"),
        (alice, bytes(32), later, "tax_table: bad form"),
        (alice, FORM, 0, "tax_table: bad form"),
        (alice, FORM, now(), "tax_table: bad form"),
        (alice, bytes(32), 0, "tax_table: no form"),
    ]:
        with ape.reverts(reason):
            table.file_form(identity, form_hash, until, sender=compliance_officer)
    with ape.reverts("authorized: missing role"):
        table.file_form(alice, FORM, later, sender=council_clerk)


def test_keeps_a_hundred_forms_and_refuses_more(table, taxes_of, bob, compliance_officer):
    for _ in range(table.MAX_VERSIONS()):
        table.file_form(bob, FORM, now() + 10 * DAY, sender=compliance_officer)

    with ape.reverts("tax_table: too many forms"):
        table.file_form(bob, FORM, now() + 10 * DAY, sender=compliance_officer)

    assert taxes_of(bob, now() + 1) == (100_000, 10_000)
