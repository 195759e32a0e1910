import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from civitas.errors import CivitasError, InputErrors, UnknownClass
from civitas.profiles import BPS, Currency, Profile

FOLDER = Path(__file__).parents[2] / "civitas" / "profiles"


@pytest.fixture(params=["kr", "neutral"])
def profile(request):
    return Profile.load(request.param)


def changed(tmp_path, find, put, name="kr"):
    text = (FOLDER / f"{name}.toml").read_text(encoding="utf-8")
    assert find in text
    path = tmp_path / "city.toml"
    path.write_text(text.replace(find, put), encoding="utf-8")
    return path


def refusal(path):
    with pytest.raises(InputErrors) as caught:
        Profile.load(path)
    return str(caught.value).replace(f"{Path(path).parent.as_posix()}/", "")


def test_profiles_differ_in_money_and_time():
    kr, neutral = Profile.load("kr"), Profile.load("neutral")

    assert (kr.currency.symbol, kr.currency.decimals, kr.utc_offset_minutes) == ("KRW", 0, 540)
    assert (neutral.currency.symbol, neutral.currency.decimals) == ("USD", 6)
    assert neutral.utc_offset_minutes == 0


def test_administrative_property_is_neither_tokenised_nor_leased(profile):
    administrative = profile.property_class("ADMINISTRATIVE")

    assert not administrative.is_tokenisable
    assert not administrative.is_leasable
    assert administrative.yield_bps == 0


def test_default_weights_are_the_whole_income(profile):
    assert profile.splitter_weights_bps.holders + profile.splitter_weights_bps.treasury == BPS


def test_property_classes_keep_the_order_of_the_file():
    codes = [each.code for each in Profile.load("kr").property_classes]

    assert codes == [
        "LAND",
        "OFFICE",
        "HOUSING",
        "POWER_PLANT",
        "DATA_CENTRE",
        "CULTURAL_HALL",
        "ADMINISTRATIVE",
    ]


def test_profile_loads_from_a_path(tmp_path):
    path = changed(tmp_path, "Haneul New Town", "Other Town")

    assert Profile.load(path).city == "Other Town"
    assert Profile.load(str(path)).city == "Other Town"


def test_profile_is_frozen(profile):
    with pytest.raises(ValidationError):
        profile.city = "Elsewhere"


def test_unknown_class_lists_the_known_ones(profile):
    with pytest.raises(UnknownClass, match="^'CASTLE' is unknown; the profile has LAND, OFFICE, "):
        profile.property_class("CASTLE")
    with pytest.raises(
        CivitasError,
        match="^'GHOST' is unknown; the profile has PERSON, CORPORATION, INSTITUTION, PUBLIC_BODY$",
    ):
        profile.investor_class("GHOST")


def test_unknown_profile_is_refused():
    assert refusal("jp") == (
        "jp: no such profile; there are kr, neutral, or give a path to a .toml file"
    )


def test_missing_profile_file_is_refused(tmp_path):
    assert refusal(tmp_path / "none.toml") == "none.toml: no such file"


@pytest.mark.parametrize(
    ("find", "put", "message"),
    [
        (
            "treasury = 3000",
            "treasury = 2999",
            "city.toml: splitter_weights_bps: payee weights sum to 9999 bps, expected 10000",
        ),
        (
            "is_leasable = false\nyield_bps = 0",
            "is_leasable = false\nyield_bps = 1",
            "city.toml: property_classes.6: ADMINISTRATIVE is not leasable, yet yields 1 bps",
        ),
        (
            'code = "OFFICE"',
            'code = "LAND"',
            "city.toml: property_classes: LAND appears more than once",
        ),
        ("decimals = 0", "", "city.toml: currency.decimals: is missing"),
        (
            "decimals = 0",
            "decimals = 0\ncolour = 1",
            "city.toml: currency.colour: is not a known key",
        ),
        (
            "decimals = 0",
            "decimals = 19",
            "city.toml: currency.decimals: Input should be less than or equal to 18",
        ),
        (
            'code = "OFFICE"',
            'code = "office"',
            "city.toml: property_classes.1.code: "
            "String should match pattern '^[A-Z][A-Z0-9_]{0,30}$'",
        ),
    ],
)
def test_wrong_profile_is_refused_by_key(tmp_path, find, put, message):
    assert refusal(changed(tmp_path, find, put)) == message


def test_broken_toml_is_refused(tmp_path):
    path = tmp_path / "city.toml"
    path.write_text("name = \n")

    assert refusal(path) == "city.toml: is not valid TOML: Invalid value (at line 1, column 8)"


def test_all_wrong_keys_are_named_at_once(tmp_path):
    path = changed(tmp_path, "utc_offset_minutes = 540\nfiscal_year_start_month = 1", "")

    assert refusal(path).splitlines() == [
        "city.toml: utc_offset_minutes: is missing",
        "city.toml: fiscal_year_start_month: is missing",
    ]


@pytest.mark.parametrize(
    ("decimals", "text", "amount"),
    [(0, "1", 1), (0, "0950000", 950_000), (2, "12.5", 1_250), (2, "0.01", 1), (18, "1", 10**18)],
)
def test_reads_an_amount_in_base_units(decimals, text, amount):
    assert Currency(symbol="KRW", decimals=decimals).base_units(text) == amount


@pytest.mark.parametrize(
    ("decimals", "text", "what"),
    [
        (0, "1.0", "write KRW as digits with no decimals"),
        (2, "1.005", "write KRW as digits with at most 2 decimals"),
        (2, "1.", "write KRW as digits"),
        (2, ".5", "write KRW as digits"),
        (2, "-1", "write KRW as digits"),
        (2, "1e3", "write KRW as digits"),
        (2, "\u0661", "write KRW as digits"),
        (2, "0.00", "must be more than 0"),
        (0, str(2**128), "below 2^128 base units"),
    ],
)
def test_refuses_what_is_no_amount(decimals, text, what):
    with pytest.raises(CivitasError, match=re.escape(what)):
        Currency(symbol="KRW", decimals=decimals).base_units(text)
