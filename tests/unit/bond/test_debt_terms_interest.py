"""INV-DEBT-1: coupons and accrued interest follow from the terms, in all six conventions."""

from datetime import date, timedelta
from math import floor

import ape
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.common.examples import runs, undone

from .reference import (
    ACT_360,
    ICMA,
    THIRTY_E_ISDA,
    Terms,
    months_earlier,
    number_of,
)

WHOLE = 100  # {unit} of a token of two decimals
# from, to, end of the coupon period, and interest on 1,000,000 at 5 % twice a year, as published:
# ACT/ACT-ICMA, ACT/360, ACT/365F, 30/360, 30E/360, 30E/360-ISDA
VECTORS = [
    (
        *(date(2027, 1, 31), date(2027, 2, 28), date(2027, 7, 31)),
        ("3867.40", "3888.89", "3835.62", "3888.89", "3888.89", "4166.67"),
    ),
    (
        *(date(2027, 2, 28), date(2027, 8, 31), date(2027, 8, 31)),
        ("25000.00", "25555.56", "25205.48", "25416.67", "25277.78", "25000.00"),
    ),
    (
        *(date(2028, 2, 29), date(2028, 3, 31), date(2028, 8, 31)),
        ("4211.96", "4305.56", "4246.58", "4444.44", "4305.56", "4166.67"),
    ),
    (
        *(date(2027, 12, 15), date(2028, 3, 15), date(2028, 6, 15)),
        ("12431.69", "12638.89", "12465.75", "12500.00", "12500.00", "12500.00"),
    ),
    (
        *(date(2027, 1, 15), date(2027, 3, 31), date(2027, 7, 15)),
        ("10359.12", "10416.67", "10273.97", "10555.56", "10416.67", "10416.67"),
    ),
]


@pytest.mark.parametrize("day_count", range(6))
@pytest.mark.parametrize(("start", "end", "period_end", "published"), VECTORS)
def test_gives_the_published_figures(
    debt, token, lay_down, start, end, period_end, published, day_count
):
    lay_down(Terms(10**12, 50_000, 6, 1, start, period_end, day_count))
    if end == period_end:
        found = debt.coupon(token, 1, WHOLE)
    else:
        found = debt.accrued(token, number_of(end), WHOLE)

    assert f"{found / 10**6:.2f}" == published[day_count]


@st.composite
def some_terms(draw):
    months, coupons = draw(st.sampled_from([1, 3, 6, 12])), draw(st.integers(1, 8))
    days = st.dates(date(2024, 1, 1), date(2040, 12, 31))
    ends = st.builds(lambda d: d.replace(day=1) - timedelta(1), days)  # ends of months
    maturity = draw(st.one_of(days, ends))
    first = months_earlier(maturity, months * (coupons - 1))
    earliest = months_earlier(maturity, months * (coupons + 1))
    issue = earliest + timedelta(draw(st.integers(0, (first - earliest).days - 1)))
    return Terms(
        *(draw(st.integers(1, 2**96 - 1)), draw(st.integers(0, 10**6)), months, coupons),
        *(issue, maturity, draw(st.integers(0, 5))),
    )


@pytest.mark.parametrize("units", [1, WHOLE, 2**96 - 1])
def test_equals_the_reference(debt, token, lay_down, units):
    """Of random terms every coupon, and what has accrued on random days."""

    @runs(60)
    @given(terms=some_terms(), data=st.data())
    def check(terms, data):
        with undone():
            lay_down(terms)
            for number, day in enumerate(terms.coupon_days, 1):
                assert debt.coupon_day(token, number) == number_of(day)
                exact = terms.interest(day, of_coupon=number) * units / WHOLE
                assert debt.coupon(token, number, units) == floor(exact)
            for _ in range(4):
                span = (terms.maturity - terms.issue).days
                day = terms.issue + timedelta(data.draw(st.integers(0, span)))
                exact = terms.interest(day) * units / WHOLE
                assert debt.accrued(token, number_of(day), units) == floor(exact)

    check()


def test_a_regular_coupon_of_icma_is_a_half_whatever_its_days(debt, token, lay_down):
    lay_down(Terms(10**6, 50_000, 6, 4, date(2027, 2, 28), date(2029, 2, 28), ICMA))

    assert [debt.coupon(token, number, WHOLE) for number in (1, 2, 3, 4)] == [25_000] * 4


def test_regular_periods_are_all_counted_back_from_maturity(debt, token, lay_down):
    """From 31 March: 28 February and 31 January, which is not a month before 28 February."""
    lay_down(Terms(120_000, 10**6, 1, 1, date(2027, 1, 31), date(2027, 3, 31), ICMA))

    assert debt.coupon(token, 1, WHOLE) == 20_000
    assert debt.accrued(token, number_of(date(2027, 2, 28)), WHOLE) == 10_000


def test_february_ends_thirty_days_but_at_maturity(debt, token, lay_down):
    lay_down(Terms(360_000, 10**6, 6, 2, date(2026, 2, 28), date(2027, 2, 28), THIRTY_E_ISDA))

    assert debt.coupon(token, 1, WHOLE) == (6 * 30 - 2) * 1_000
    assert debt.coupon(token, 2, WHOLE) == 6 * 30 * 1_000


def test_accrues_from_the_issue_to_maturity_and_never_twice(debt, token, lay_down):
    terms = Terms(360_000, 10**6, 3, 2, date(2027, 1, 1), date(2027, 7, 1), ACT_360)
    lay_down(terms)

    def accrued(day):
        return debt.accrued(token, number_of(day), WHOLE)

    assert accrued(date(2027, 1, 1)) == 0
    assert accrued(date(2027, 3, 31)) == 89_000
    assert accrued(date(2027, 4, 1)) == 0
    assert debt.coupon(token, 1, WHOLE) == 90_000
    assert accrued(date(2027, 4, 2)) == 1_000
    assert accrued(date(2027, 7, 1)) == debt.coupon(token, 2, WHOLE) == 91_000
    for day in (date(2026, 12, 31), date(2027, 7, 2)):
        with ape.reverts("debt_terms: not running"):
            accrued(day)


def test_holders_together_get_no_more_than_all(debt, token, lay_down):
    lay_down(Terms(1_000, 33_333, 12, 1, date(2027, 1, 1), date(2028, 1, 1), ICMA))

    assert sum(debt.coupon(token, 1, units) for units in (1, 333, 666)) == 331
    assert debt.coupon(token, 1, 1_000) == 333


@pytest.mark.parametrize("number", [0, 3])
def test_refuses_a_coupon_that_is_none(debt, token, lay_down, number):
    lay_down(Terms(1_000, 33_333, 6, 2, date(2027, 1, 1), date(2028, 1, 1), ICMA))

    for call in (lambda: debt.coupon(token, number, 1), lambda: debt.coupon_day(token, number)):
        with ape.reverts("debt_terms: no such coupon"):
            call()


def test_refuses_more_units_than_a_token_has(debt, token, lay_down):
    lay_down(Terms(1_000, 33_333, 6, 2, date(2027, 1, 1), date(2028, 1, 1), ICMA))

    with ape.reverts("debt_terms: too many units"):
        debt.coupon(token, 1, 2**96)
    with ape.reverts("debt_terms: too many units"):
        debt.accrued(token, number_of(date(2027, 5, 1)), 2**96)


def test_answers_of_no_token_without_terms(debt, token):
    for view, arguments in (
        *((debt.terms_of, ()), (debt.coupon_day, (1,))),
        *((debt.coupon, (1, 1)), (debt.accrued, (20_000, 1))),
    ):
        with ape.reverts("debt_terms: no terms"):
            view(token, *arguments)
