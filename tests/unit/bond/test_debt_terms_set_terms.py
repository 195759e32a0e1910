"""Terms are laid down once, whole and consistent, before anybody holds a unit."""

from dataclasses import replace
from datetime import date

import ape
import pytest

from .reference import ICMA, Terms, number_of

TERMS = Terms(10**6, 50_000, 6, 4, date(2027, 3, 1), date(2029, 2, 28), ICMA)
DOCUMENT = b"\x01" * 32


def test_lays_terms_down(debt, token, lay_down, asset_manager):
    receipt = lay_down(TERMS)

    assert tuple(debt.terms_of(token)) == TERMS.as_tuple()
    (logged,) = receipt.decode_logs(debt.TermsSet)
    assert (logged.token, logged.manager) == (token, asset_manager)
    assert (tuple(logged.terms), logged.document_hash) == (TERMS.as_tuple(), DOCUMENT)
    assert [debt.coupon_day(token, number) for number in (1, 2, 3, 4)] == [
        number_of(day)
        for day in (date(2027, 8, 28), date(2028, 2, 28), date(2028, 8, 28), date(2029, 2, 28))
    ]


def test_never_a_second_time(lay_down):
    lay_down(TERMS)

    with ape.reverts("debt_terms: are set"):
        lay_down(replace(TERMS, rate=60_000))


def test_not_when_somebody_holds_units(token, lay_down, verify, alice, asset_manager):
    verify(alice)
    token.mint(alice, 1, sender=asset_manager)

    with ape.reverts("debt_terms: units are out"):
        lay_down(TERMS)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"denomination": 0}, "debt_terms: bad denomination"),
        ({"denomination": 2**96}, "debt_terms: bad denomination"),
        ({"rate": 10**6 + 1}, "debt_terms: bad rate"),
        ({"day_count": 6}, "debt_terms: bad day count"),
        ({"months": 0}, "debt_terms: bad period"),
        ({"months": 2}, "debt_terms: bad period"),
        ({"coupons": 0}, "debt_terms: bad period"),
        ({"coupons": 1_201}, "debt_terms: bad period"),
        ({"issue": date(2029, 2, 28)}, "debt_terms: bad dates"),
        ({"issue": date(1972, 1, 2)}, "debt_terms: bad dates"),
        ({"issue": date(2027, 8, 28)}, "debt_terms: bad dates"),  # the first coupon day
        ({"issue": date(2026, 8, 27)}, "debt_terms: bad dates"),  # more than two periods before it
        ({"coupons": 240}, "debt_terms: bad dates"),  # back beyond what the calendar knows
    ],
)
def test_refuses_terms_that_make_no_sense(debt, token, lay_down, changes, reason):
    with ape.reverts(reason):
        lay_down(replace(TERMS, **changes))

    with ape.reverts("debt_terms: no terms"):
        debt.terms_of(token)


@pytest.mark.parametrize(
    "changes",
    [
        {"denomination": 2**96 - 1, "rate": 10**6},
        {"rate": 0, "coupons": 1, "months": 12, "issue": date(2027, 2, 28)},
        {"issue": date(2026, 8, 28)},
        {"issue": date(2027, 8, 27)},
        {"coupons": 1_200, "months": 1, "maturity": date(2127, 2, 28)},
    ],
)
def test_takes_terms_at_their_bounds(debt, token, lay_down, changes):
    terms = replace(TERMS, **changes)

    lay_down(terms)

    assert tuple(debt.terms_of(token)) == terms.as_tuple()


def test_refuses_what_is_no_token_and_terms_without_a_text(debt, token, city, asset_manager):
    for other in (city.payment_token, asset_manager):
        with ape.reverts("debt_terms: not a token"):
            debt.set_terms(other, TERMS.as_tuple(), DOCUMENT, sender=asset_manager)
    with ape.reverts("debt_terms: no document"):
        debt.set_terms(token, TERMS.as_tuple(), bytes(32), sender=asset_manager)


@pytest.mark.parametrize("caller", ["stranger", "council", "treasurer", "alice"])
def test_refuses_all_but_the_asset_manager(debt, token, request, caller):
    with ape.reverts("authorized: missing role"):
        debt.set_terms(token, TERMS.as_tuple(), DOCUMENT, sender=request.getfixturevalue(caller))


def test_needs_a_token_factory(project, city, deployer, alice):
    with ape.reverts("debt_terms: no token factory"):
        deployer.deploy(project.DebtTerms, city.authority, alice)
