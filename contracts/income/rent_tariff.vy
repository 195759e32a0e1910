# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  rent_tariff
@license AGPL-3.0-only
@notice A tariff in two words: the rate, which counts when a lease is signed, and the terms that
        the lease keeps.
@dev    Rate: numerator 128 | denominator 128. Terms: VAT 16 | quantum 64 | divisor 16 | grace 16
        | late 16 | cap of late fees 16 | occupation 16 | default 16 | settlement 8 | index 16
        | floor 16 | cap 16 | age 8 | fallback 16. Stateless.
"""

from ..interfaces import IRentTable

BPS: constant(uint256) = 10_000
MAX_AGE_MONTHS: constant(uint256) = 24
_WORD16: constant(uint256) = 2**16 - 1
_WORD64: constant(uint256) = 2**64 - 1
_WORD128: constant(uint256) = 2**128 - 1


@internal
@pure
def _check(tariff: IRentTable.Tariff):
    assert (
        (tariff.rate_numerator == 0) == (tariff.rate_denominator == 0)
        and tariff.rate_numerator <= tariff.rate_denominator
        and tariff.rate_denominator <= _WORD128
    ), "rent_tariff: bad rate"
    assert tariff.quantum != 0 and tariff.quantum <= _WORD64, "rent_tariff: bad quantum"
    assert tariff.day_divisor >= 360 and tariff.day_divisor <= 366, "rent_tariff: bad divisor"
    assert (
        tariff.vat_bps <= BPS
        and tariff.late_bps <= _WORD16
        and tariff.late_cap_bps <= BPS
        and tariff.occupation_bps <= BPS
        and tariff.floor_bps <= BPS
        and tariff.cap_bps <= BPS
        and tariff.fallback_bps <= BPS
    ), "rent_tariff: bad share"
    assert (
        tariff.grace_days <= _WORD16 and tariff.default_days <= _WORD16 and tariff.settle_days < 256
    ), "rent_tariff: bad days"
    assert (
        tariff.index_id <= _WORD16
        and tariff.max_age_months <= MAX_AGE_MONTHS
        and (tariff.index_id == 0) == (tariff.max_age_months == 0)
    ), "rent_tariff: bad index"


@internal
@pure
def _rate_word(tariff: IRentTable.Tariff) -> uint256:
    return tariff.rate_numerator | (tariff.rate_denominator << 128)


@internal
@pure
def _terms_word(tariff: IRentTable.Tariff) -> uint256:
    return (
        tariff.vat_bps
        | (tariff.quantum << 16)
        | (tariff.day_divisor << 80)
        | (tariff.grace_days << 96)
        | (tariff.late_bps << 112)
        | (tariff.late_cap_bps << 128)
        | (tariff.occupation_bps << 144)
        | (tariff.default_days << 160)
        | (tariff.settle_days << 176)
        | (tariff.index_id << 184)
        | (tariff.floor_bps << 200)
        | (tariff.cap_bps << 216)
        | (tariff.max_age_months << 232)
        | (tariff.fallback_bps << 240)
    )


@internal
@pure
def _tariff(rate: uint256, terms: uint256) -> IRentTable.Tariff:
    return IRentTable.Tariff(
        rate_numerator=rate & _WORD128,
        rate_denominator=rate >> 128,
        vat_bps=terms & _WORD16,
        quantum=self._quantum(terms),
        day_divisor=self._day_divisor(terms),
        grace_days=self._grace_days(terms),
        late_bps=(terms >> 112) & _WORD16,
        late_cap_bps=(terms >> 128) & _WORD16,
        occupation_bps=(terms >> 144) & _WORD16,
        default_days=self._default_days(terms),
        settle_days=self._settle_days(terms),
        index_id=self._index_id(terms),
        floor_bps=(terms >> 200) & _WORD16,
        cap_bps=(terms >> 216) & _WORD16,
        max_age_months=self._max_age_months(terms),
        fallback_bps=terms >> 240,
    )


@internal
@pure
def _quantum(terms: uint256) -> uint256:
    return (terms >> 16) & _WORD64


@internal
@pure
def _day_divisor(terms: uint256) -> uint256:
    return (terms >> 80) & _WORD16


@internal
@pure
def _grace_days(terms: uint256) -> uint256:
    return (terms >> 96) & _WORD16


@internal
@pure
def _default_days(terms: uint256) -> uint256:
    return (terms >> 160) & _WORD16


@internal
@pure
def _settle_days(terms: uint256) -> uint256:
    return (terms >> 176) & 255


@internal
@pure
def _index_id(terms: uint256) -> uint256:
    return (terms >> 184) & _WORD16


@internal
@pure
def _max_age_months(terms: uint256) -> uint256:
    return (terms >> 232) & 255


@internal
@pure
def _cut(terms: uint256, amount: uint256) -> uint256:
    """
    @notice An amount, down to a multiple of the quantum.
    """
    return amount - amount % self._quantum(terms)


@internal
@pure
def _annual_rent(rate: uint256, terms: uint256, worth: uint256) -> uint256:
    """
    @notice {asset} What the rate asks for a year of something worth so much, cut down; 0 where rent
            is agreed freely.
    """
    if rate == 0:
        return 0
    # {asset} = {asset} * {1} // {1}
    return self._cut(terms, worth * (rate & _WORD128) // (rate >> 128))


@internal
@pure
def _by_days(terms: uint256, annual_rent: uint256, days: uint256) -> uint256:
    """
    @notice {asset} Rent for a number of days, cut down.
    """
    # {asset} = {asset/year} * {day} // {day/year}
    return self._cut(terms, annual_rent * days // self._day_divisor(terms))


@internal
@pure
def _vat(terms: uint256, rent: uint256) -> uint256:
    """
    @notice {asset} Tax on a rent, cut down.
    """
    return self._cut(terms, rent * (terms & _WORD16) // BPS)


@internal
@pure
def _late_fee(terms: uint256, late_days: uint256, late_rent: uint256) -> uint256:
    """
    @notice {asset} Late fees in all, cut down.
    @param  late_days  {asset * day} Sum of what was late, over the nights.
    @param  late_rent  {asset} All rent that was ever late.
    """
    # {asset} = {asset * day} * {bps/year} // ({bps} * {day/year})
    fee: uint256 = (
        late_days * ((terms >> 112) & _WORD16) // (BPS * self._day_divisor(terms))
    )
    return self._cut(terms, min(fee, late_rent * ((terms >> 128) & _WORD16) // BPS))


@internal
@pure
def _occupation_penalty(terms: uint256, annual_rent: uint256, days: uint256) -> uint256:
    """
    @notice {asset} For holding over, cut down.
    """
    # {asset} = {asset/year} * {bps} * {day} // ({bps} * {day/year})
    return self._cut(
        terms,
        annual_rent
        * ((terms >> 144) & _WORD16)
        * days
        // (BPS * self._day_divisor(terms)),
    )


@internal
@pure
def _indexed(terms: uint256, rent: uint256, index: uint256, base: uint256) -> uint256:
    """
    @notice {asset} Rent after a step of the index, inside the collar, cut down.
    """
    # {asset} = {asset} * {bps} // {bps}
    lowest: uint256 = rent - rent * ((terms >> 200) & _WORD16) // BPS
    highest: uint256 = rent + rent * ((terms >> 216) & _WORD16) // BPS
    # {asset} = {asset} * {1} // {1}
    return self._cut(terms, min(max(rent * index // base, lowest), highest))


@internal
@pure
def _stepped(terms: uint256, rent: uint256) -> uint256:
    """
    @notice {asset} Rent after the step that is agreed for want of an index value, cut down.
    """
    # {asset} = {asset} * {bps} // {bps}
    return self._cut(terms, rent + rent * (terms >> 240) // BPS)
