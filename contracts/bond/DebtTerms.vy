# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  DebtTerms
@license AGPL-3.0-only
@notice The terms of security tokens that are debts, as numbers from which every coupon follows.
@dev    Terms are laid down once, before anybody holds a unit, and never change. Coupon days are
        counted back from maturity; the first period may be shorter than a regular one, or longer by
        less than one. Interest is the exact fraction of the convention, times nominal and rate,
        cut down to a base unit at the very end, for the units asked for: what several holders get
        is never more than what all get together.
        Pays nothing and holds nothing.
        Invariants: INV-DEBT-1 (docs/invariants.md).
@custom:kill None: it only answers.
@custom:source ERC-7092 for the words; day_counts for the conventions
"""

from ..common import authorized
from ..common import civil_calendar
from ..interfaces import IDebtTerms
from . import day_counts

implements: IDebtTerms

initializes: authorized

exports: authorized.authority

ASSET_MANAGER_ROLE: public(constant(bytes32)) = keccak256("ASSET_MANAGER_ROLE")
MAX_RATE: constant(uint256) = 10**6  # {ppm}
MAX_DENOMINATION: constant(uint256) = 2**96
MAX_UNITS: constant(uint256) = 2**96
MAX_COUPONS: constant(uint256) = 1_200
# 9999-12-31, the last day the calendar knows
MAX_DAY: constant(uint256) = 2_932_896
# The regular periods before a first coupon day must not lie before 1970.
MIN_DAY: constant(uint256) = 2 * 366
_PPM: constant(uint256) = 10**6


interface Token:
    def decimals() -> uint8: view
    def totalSupply() -> uint256: view


interface Factory:
    def is_token(token: address) -> bool: view


TOKEN_FACTORY: public(immutable(address))

_terms: HashMap[address, IDebtTerms.Terms]


@deploy
def __init__(authority: address, token_factory: address):
    """
    @param  token_factory  Whose tokens may be given terms.
    """
    authorized.__init__(authority)
    assert token_factory.is_contract, "debt_terms: no token factory"
    TOKEN_FACTORY = token_factory


# --- ASSET_MANAGER_ROLE
@external
def set_terms(token: address, terms: IDebtTerms.Terms, document_hash: bytes32):
    """
    @notice Lay down the terms of a token of which no unit exists yet; for good.
    @param  terms          Denomination below 2**96, rate up to 1,000,000 {ppm}, at most 1,200 coupons, the
            first at most two periods after the issue.
    @param  document_hash  Of the terms as they were published; not 0.
    @custom:role ASSET_MANAGER_ROLE
    @custom:reverts "debt_terms: not a token" | "debt_terms: are set" | "debt_terms: units are out"
        | "debt_terms: no document" | "debt_terms: bad denomination" | "debt_terms: bad rate"
        | "debt_terms: bad day count" | "debt_terms: bad period" | "debt_terms: bad dates"
    """
    authorized._check_role(ASSET_MANAGER_ROLE, msg.sender)
    assert staticcall Factory(TOKEN_FACTORY).is_token(token), "debt_terms: not a token"
    assert self._terms[token].months == 0, "debt_terms: are set"
    assert staticcall Token(token).totalSupply() == 0, "debt_terms: units are out"
    assert document_hash != empty(bytes32), "debt_terms: no document"
    assert (
        terms.denomination != 0 and terms.denomination < MAX_DENOMINATION
    ), "debt_terms: bad denomination"
    assert terms.rate <= MAX_RATE, "debt_terms: bad rate"
    assert terms.day_count <= day_counts.THIRTY_E_360_ISDA, "debt_terms: bad day count"
    assert terms.months in [1, 3, 6, 12], "debt_terms: bad period"
    assert terms.coupons >= 1 and terms.coupons <= MAX_COUPONS, "debt_terms: bad period"
    assert terms.maturity_day <= MAX_DAY, "debt_terms: bad dates"
    assert (
        terms.issue_day >= MIN_DAY and terms.issue_day < terms.maturity_day
    ), "debt_terms: bad dates"
    # The calendar begins in 1970.
    assert (terms.coupons + 1) * terms.months * 31 < terms.maturity_day, "debt_terms: bad dates"
    first: uint256 = self._coupon_day(terms, 1)
    assert (
        terms.issue_day < first
        and terms.issue_day >= civil_calendar._subtract_months(
            terms.maturity_day, (terms.coupons + 1) * terms.months
        )
    ), "debt_terms: bad dates"
    self._terms[token] = terms
    log IDebtTerms.TermsSet(
        token=token, manager=msg.sender, terms=terms, document_hash=document_hash
    )


# --- views
@external
@view
def terms_of(token: address) -> IDebtTerms.Terms:
    """
    @notice A token's terms.
    @custom:reverts "debt_terms: no terms"
    """
    return self._known(token)


@external
@view
def coupon_day(token: address, number: uint256) -> uint256:
    """
    @notice Day number on which a coupon, counted from 1, falls due.
    @custom:reverts "debt_terms: no terms" | "debt_terms: no such coupon"
    """
    return self._coupon_day(self._known(token), number)


@external
@view
def coupon(token: address, number: uint256, units: uint256) -> uint256:
    """
    @notice {asset} Interest of a coupon on `units` {unit}, cut down.
    @custom:reverts "debt_terms: no terms" | "debt_terms: no such coupon" | "debt_terms: too many units"
    """
    terms: IDebtTerms.Terms = self._known(token)
    return self._interest(token, terms, number, self._coupon_day(terms, number), units)


@external
@view
def accrued(token: address, day: uint256, units: uint256) -> uint256:
    """
    @notice {asset} Interest on `units` {unit} from the coupon day before `day`, or the issue, to it, cut
            down; on a coupon day nothing, since the coupon itself is due.
    @param  day  Day number; from the issue to maturity.
    @custom:reverts "debt_terms: no terms" | "debt_terms: not running" | "debt_terms: too many units"
    """
    terms: IDebtTerms.Terms = self._known(token)
    assert day >= terms.issue_day and day <= terms.maturity_day, "debt_terms: not running"
    return self._interest(token, terms, self._coupon_after(terms, day), day, units)


# --- internal
@internal
@view
def _interest(
    token: address, terms: IDebtTerms.Terms, number: uint256, day: uint256, units: uint256
) -> uint256:
    """
    @notice {asset} Interest on `units` in the period of a coupon, up to `day` in it.
    """
    assert units < MAX_UNITS, "debt_terms: too many units"
    start: uint256 = terms.issue_day
    if number > 1:
        start = self._coupon_day(terms, number - 1)
    if day <= start:
        return 0
    part: day_counts.Fraction = empty(day_counts.Fraction)
    if terms.day_count == day_counts.ACT_ACT_ICMA:
        part = day_counts._regular_part(
            start, day, terms.maturity_day, (terms.coupons - number) * terms.months, terms.months
        )
    else:
        part = day_counts._year_part(terms.day_count, start, day, terms.maturity_day)
    whole: uint256 = 10 ** convert(staticcall Token(token).decimals(), uint256)
    # Below 2**96 * 2**96 * 2**20 * 2**25; the divisor below 2**60 * 2**20 * 2**23.
    return (
        terms.denomination * units * terms.rate * part.numerator
        // (whole * _PPM * part.denominator)
    )


@internal
@pure
def _coupon_day(terms: IDebtTerms.Terms, number: uint256) -> uint256:
    assert number >= 1 and number <= terms.coupons, "debt_terms: no such coupon"
    return civil_calendar._subtract_months(
        terms.maturity_day, (terms.coupons - number) * terms.months
    )


@internal
@pure
def _coupon_after(terms: IDebtTerms.Terms, day: uint256) -> uint256:
    """
    @notice Number of the first coupon that falls due after `day`; the last one on its own day.
    """
    months: uint256 = self._month(terms.maturity_day) - self._month(day)
    # Periods back from maturity to the coupon day in the month of `day`, or the first one after it.
    back: uint256 = min(months // terms.months, terms.coupons - 1)
    if self._coupon_day(terms, terms.coupons - back) <= day and back != 0:
        back -= 1
    return terms.coupons - back


@internal
@pure
def _month(day_number: uint256) -> uint256:
    date: civil_calendar.Date = civil_calendar._date(day_number)
    return date.year * 12 + date.month


@internal
@view
def _known(token: address) -> IDebtTerms.Terms:
    terms: IDebtTerms.Terms = self._terms[token]
    assert terms.months != 0, "debt_terms: no terms"
    return terms
