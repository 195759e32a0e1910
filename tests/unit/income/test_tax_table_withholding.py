"""What is withheld: the vectors of a country, another country's, and other decimals."""

from fractions import Fraction

import ape
import pytest
from eth_utils import keccak
from hypothesis import given, settings
from hypothesis import strategies as st

from civitas.chain.deploy import ZERO_ADDRESS, withholding_rules
from civitas.profiles import Profile

from .taxes import CORPORATION, PERSON, PUBLIC_BODY, UNIDENTIFIED, now

KOREA, ELSEWHERE = 410, 276
VECTORS = [
    (1_000_000, 140_000, 14_000),
    (123_456, 17_280, 1_720),
    (7_200, 1_000, 100),
    (7_143, 1_000, 100),
    (7_142, 0, 0),
    (5_000, 0, 0),
    (0, 0, 0),
]


@pytest.fixture(scope="module")
def korean(city):
    return city.tax_table


@pytest.fixture(scope="module")
def neutral(project, city, deployer):
    profile = Profile.load("neutral")
    return deployer.deploy(
        project.TaxTable,
        city.authority,
        profile.currency.decimals,
        withholding_rules(profile),
        keccak(text="law"),
    )


@pytest.mark.parametrize(("gross", "national", "local"), VECTORS)
def test_a_korean_resident(korean, gross, national, local):
    assert korean.withholding(PERSON, KOREA, now(), gross) == (national, local)


@pytest.mark.parametrize("decimals", [0, 6, 18])
@pytest.mark.parametrize(("gross", "national", "local"), VECTORS)
def test_scales_with_the_decimals_of_the_token(korean, decimals, gross, national, local):
    unit = 10**decimals

    taxes = korean.withholding_for(ZERO_ADDRESS, PERSON, KOREA, now(), gross * unit, decimals)

    assert (taxes.national, taxes.local) == (national * unit, local * unit)


@pytest.mark.parametrize("decimals", [6, 18])
def test_cuts_fractions_of_a_won_to_ten_won(korean, decimals):
    gross = 123_456 * 10**decimals + 10**decimals - 1

    taxes = korean.withholding_for(ZERO_ADDRESS, PERSON, KOREA, now(), gross, decimals)

    assert taxes.national == 17_280 * 10**decimals
    assert taxes.local == 1_720 * 10**decimals


@pytest.mark.parametrize("decimals", [6, 18])
def test_the_threshold_is_met_to_the_base_unit(korean, decimals):
    # 14 % of it are 1,000 won, and of one base unit less are below
    enough = -(-1_000 * 10**decimals * 100 // 14)

    below = korean.withholding_for(ZERO_ADDRESS, PERSON, KOREA, now(), enough - 1, decimals)
    above = korean.withholding_for(ZERO_ADDRESS, PERSON, KOREA, now(), enough, decimals)

    assert (below.national, below.local) == (0, 0)
    assert (above.national, above.local) == (1_000 * 10**decimals, 100 * 10**decimals)


@pytest.mark.parametrize("gross", [7_143, 1_000_000, 10**15])
def test_a_korean_corporation_pays_nothing_at_source(korean, gross):
    assert korean.withholding(CORPORATION, KOREA, now(), gross) == (0, 0)


def test_who_lives_elsewhere_pays_the_rate_of_any_country(korean):
    assert korean.withholding(PERSON, ELSEWHERE, now(), 123_456) == (24_690, 2_460)
    assert korean.withholding(CORPORATION, ELSEWHERE, now(), 1_000) == (200, 20)


def test_refuses_a_class_without_a_rule(korean):
    with ape.reverts("tax_table: no rule"):
        korean.withholding(UNIDENTIFIED, 0, now(), 1_000)


def test_refuses_a_date_before_the_first_rule(korean):
    with ape.reverts("tax_table: no rule"):
        korean.withholding(PERSON, KOREA, 0, 1_000_000)


def test_refuses_more_than_it_can_reckon_with(korean):
    assert korean.withholding(CORPORATION, KOREA, now(), 2**200) == (0, 0)
    with ape.reverts("tax_table: too much"):
        korean.withholding(CORPORATION, KOREA, now(), 2**200 + 1)


def test_refuses_more_decimals_than_tokens_have(korean):
    with ape.reverts("tax_table: too many decimals"):
        korean.withholding_for(ZERO_ADDRESS, PERSON, KOREA, now(), 1, 19)


@pytest.mark.parametrize(
    ("holder_class", "gross", "national", "local"),
    [
        (PERSON, 100_000_000, 30_000_000, 1_500_000),  # 100.00 -> 30.00 and 1.50
        (PERSON, 8_333_333, 0, 0),  # 2.4999999, below 2.50
        (PERSON, 8_333_334, 2_500_000, 120_000),  # 0.125 cut to 0.12
        (CORPORATION, 12_345_678, 1_230_000, 0),
        (PUBLIC_BODY, 12_345_678, 0, 0),
        (UNIDENTIFIED, 7, 2, 0),
    ],
)
def test_another_country_by_its_data_alone(neutral, holder_class, gross, national, local):
    assert neutral.withholding(holder_class, 840, now(), gross) == (national, local)


def test_two_countries_share_one_code(korean, neutral):
    assert korean.withholding(PERSON, KOREA, now(), 10_000_000) == (1_400_000, 140_000)
    assert neutral.withholding(PERSON, KOREA, now(), 10_000_000) == (3_000_000, 150_000)


@settings(max_examples=60, deadline=None)
@given(gross=st.integers(0, 10**24), decimals=st.integers(0, 18), country=st.sampled_from([410, 1]))
def test_no_tax_is_above_its_exact_rate_or_short_by_a_quantum(korean, gross, decimals, country):
    """INV-TAX-1: taxes are the exact share, cut down by less than a quantum each."""
    taxes = korean.withholding_for(ZERO_ADDRESS, PERSON, country, now(), gross, decimals)

    rate, threshold = (Fraction(14, 100), 1_000) if country == KOREA else (Fraction(20, 100), 0)
    quantum, exact = 10 * 10**decimals, gross * rate
    if exact < threshold * 10**decimals:
        assert (taxes.national, taxes.local) == (0, 0)
    else:
        assert taxes.national % quantum == taxes.local % quantum == 0
        assert 0 <= exact - taxes.national < quantum
        assert 0 <= Fraction(taxes.national, 10) - taxes.local < quantum
