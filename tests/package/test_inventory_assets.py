import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from civitas.errors import CivitasError, InputErrors
from civitas.inventory import Asset, Note, NoteKind, read_assets
from civitas.profiles import Profile

HEADER = "ref,parcel,name,class,area_m2,value,units,energy_kwh,year_built"
GOOD = {
    "ref": "A-1",
    "parcel": "Gaon-dong 1",
    "name": "Gaon offices",
    "class": "OFFICE",
    "area_m2": "120.5",
    "value": "5000000",
    "units": "1000",
    "energy_kwh": "300",
    "year_built": "2020",
}
KR = Profile.load("kr")
USD = Profile.load("neutral")


def line(**changes):
    return ",".join({**GOOD, **changes}.values())


@pytest.fixture
def read(tmp_path):
    def read(content, profile=KR):
        path = tmp_path / "assets.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_assets(path, profile)

    return read


@pytest.fixture
def refusals(read):
    def refusals(content, profile=KR):
        with pytest.raises(InputErrors) as caught:
            read(content, profile)
        rows = caught.value.rows
        assert str(caught.value) == "\n".join(str(row) for row in rows)
        return [str(row).replace(row.file, "assets.csv") for row in rows]

    return refusals


def test_reads_an_asset_into_integers(read):
    inventory = read(f"{HEADER}\n{line()}\n")

    assert inventory.notes == ()
    assert inventory.assets == (
        Asset(
            ref="A-1",
            parcel="Gaon-dong 1",
            name="Gaon offices",
            property_class="OFFICE",
            area_dm2=12_050,
            value=5_000_000,
            units=1_000,
            energy_kwh=300,
            year_built=2020,
            lines=(2,),
        ),
    )


def test_value_is_in_base_units_of_the_currency(read):
    content = f"{HEADER}\n{line(value='12.345678')}\n"

    assert read(content, USD).assets[0].value == 12_345_678


def test_columns_may_come_in_any_order(read):
    names = list(reversed(GOOD))
    content = f"{','.join(names)}\n{','.join(GOOD[name] for name in names)}\n"

    assert read(content).assets[0].value == 5_000_000


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_byte_order_mark_and_line_ends_are_accepted(read, newline):
    content = newline.join([HEADER, "", line(), ""]).encode("utf-8-sig")

    assert read(content).assets[0].lines == (3,)


def test_text_is_composed_and_spaces_are_single(read):
    decomposed = "Cafe\N{COMBINING ACUTE ACCENT}"
    asset = read(f"{HEADER}\n{line(parcel=' Gaon-dong   7 ', name=decomposed)}\n").assets[0]

    assert asset.parcel == "Gaon-dong 7"
    assert asset.name == "Caf\N{LATIN SMALL LETTER E WITH ACUTE}"


def test_blank_energy_and_year_are_unknown_with_a_note(read):
    inventory = read(f"{HEADER}\n{line(energy_kwh='', year_built='')}\n")

    assert inventory.assets[0].energy_kwh is None
    assert inventory.assets[0].year_built is None
    assert inventory.notes == (
        Note(
            inventory.notes[0].file,
            2,
            NoteKind.DEFAULTED,
            "A-1: energy_kwh and year_built left blank, so unknown",
        ),
    )
    assert str(inventory.notes[0]).endswith(
        "assets.csv:2: defaulted: A-1: energy_kwh and year_built left blank, so unknown"
    )


def test_header_alone_is_an_inventory_without_assets(read):
    assert read(HEADER).assets == ()


@pytest.mark.parametrize(
    ("column", "least", "most"),
    [
        ("area_m2", "0.01", "184467440737095516.15"),
        ("value", "1", str(2**128 - 1)),
        ("units", "0", str(2**64 - 1)),
        ("energy_kwh", "0", str(2**64 - 1)),
        ("year_built", "1", "9999"),
    ],
)
def test_limits_themselves_are_accepted(read, column, least, most):
    for text in (least, most):
        assert read(f"{HEADER}\n{line(**{column: text})}\n").assets


@pytest.mark.parametrize(
    ("column", "text", "message"),
    [
        ("ref", "", "ref: is empty"),
        ("ref", "a b", "ref: must be 1 to 31 letters, digits, '-', '_' or '.', got 'a b'"),
        ("parcel", " ", "parcel: is empty"),
        ("name", "", "name: is empty"),
        ("name", "x" * 201, "name: must be at most 200 characters, got 201"),
        ("name", "a\x07b", r"name: has a control character: 'a\x07b'"),
        (
            "class",
            "CASTLE",
            "class: 'CASTLE' is unknown; the profile has LAND, OFFICE, HOUSING, POWER_PLANT, "
            "DATA_CENTRE, CULTURAL_HALL, ADMINISTRATIVE",
        ),
        ("area_m2", "-12", "area_m2: must be positive, got -12"),
        ("area_m2", "0", "area_m2: must be positive, got 0"),
        ("area_m2", "", "area_m2: is empty"),
        ("area_m2", "large", "area_m2: must be a plain number, got 'large'"),
        ("area_m2", "1e3", "area_m2: must be a plain number, got '1e3'"),
        ("area_m2", "nan", "area_m2: must be a plain number, got 'nan'"),
        ("area_m2", "١٢", "area_m2: must be a plain number, got '١٢'"),
        ("area_m2", "1.005", "area_m2: must have at most 2 decimals, got 1.005"),
        (
            "area_m2",
            "184467440737095516.16",
            "area_m2: must be below 2^64 / 10^2, got 184467440737095516.16",
        ),
        ("value", "0", "value: must be positive, got 0"),
        ("value", "-1", "value: must be positive, got -1"),
        ("value", "1000.5", "value: KRW has no decimals, got 1000.5"),
        ("value", str(2**128), f"value: must be below 2^128, got {2**128}"),
        ("units", "-1", "units: must not be negative, got -1"),
        ("units", "1.5", "units: must be a whole number, got 1.5"),
        ("units", str(2**64), f"units: must be below 2^64, got {2**64}"),
        ("energy_kwh", "-3", "energy_kwh: must not be negative, got -3"),
        ("year_built", "0", "year_built: must be 1 to 9999, got 0"),
        ("year_built", "10000", "year_built: must be 1 to 9999, got 10000"),
        ("year_built", "c. 1900", "year_built: must be a plain number, got 'c. 1900'"),
    ],
)
def test_wrong_field_is_refused_with_its_line(refusals, column, text, message):
    content = f"{HEADER}\n{line(ref='B-1', parcel='other')}\n{line(**{column: text})}\n"

    assert refusals(content) == [f"assets.csv:3: {message}"]


def test_excess_decimals_of_money_are_refused(refusals):
    content = f"{HEADER}\n{line(value='1.1234567')}\n"

    assert refusals(content, USD) == [
        "assets.csv:2: value: USD has 6 decimals, got 1.1234567",
    ]


def test_units_on_administrative_property_are_refused(read, refusals):
    locked = {"class": "ADMINISTRATIVE"}

    assert read(f"{HEADER}\n{line(units='0', **locked)}\n").assets[0].units == 0
    assert refusals(f"{HEADER}\n{line(units='1', **locked)}\n") == [
        "assets.csv:2: units: must be 0, ADMINISTRATIVE can't be tokenised",
    ]


def test_second_use_of_a_ref_or_parcel_names_the_first(refusals):
    content = f"{HEADER}\n{line()}\n\n{line(ref='a-1', parcel='GAON-DONG  1')}\n"

    assert refusals(content) == [
        "assets.csv:4: ref: 'a-1' is already used on line 2",
        "assets.csv:4: parcel: 'GAON-DONG 1' is already used on line 2",
    ]


def test_all_errors_of_a_file_come_at_once_in_line_order(refusals):
    rows = [
        line(area_m2="-12", units="x"),
        line(ref="A-2", parcel="p2") + ",more",
        line(ref="A-3", parcel="p3"),
        "A-4,p4",
        line(ref="A-5", parcel="p5", value=""),
    ]

    assert refusals("\n".join([HEADER, *rows])) == [
        "assets.csv:2: area_m2: must be positive, got -12",
        "assets.csv:2: units: must be a plain number, got 'x'",
        "assets.csv:3: has 10 fields, expected 9",
        "assets.csv:5: has 2 fields, expected 9",
        "assets.csv:6: value: is empty",
    ]


def test_wrong_header_is_refused_on_line_1(refusals):
    header = "ref,parcel,parcel,name,class,area_m2,value,units,energy,"

    assert refusals(f"{header}\n{line()}\n") == [
        "assets.csv:1: parcel: column appears more than once",
        "assets.csv:1: energy_kwh: column is missing",
        "assets.csv:1: year_built: column is missing",
        "assets.csv:1: unknown column 'energy'; expected ref, parcel, name, class, area_m2, value, "
        "units, energy_kwh, year_built",
        "assets.csv:1: column 10 has no name",
    ]


@pytest.mark.parametrize("content", [b"", b"\n\r\n", b"\xef\xbb\xbf"])
def test_empty_file_is_refused(refusals, content):
    assert refusals(content) == ["assets.csv: the file is empty"]


def test_missing_file_and_directory_are_refused(tmp_path):
    with pytest.raises(CivitasError) as missing:
        read_assets(tmp_path / "none.csv", KR)
    with pytest.raises(CivitasError) as directory:
        read_assets(tmp_path, KR)

    assert str(missing.value) == f"{tmp_path.as_posix()}/none.csv: no such file"
    assert str(directory.value) == f"{tmp_path.as_posix()}: is a directory, expected a file"


def test_other_encoding_is_refused_with_the_line_of_its_first_byte(refusals):
    korean = line(name="행정").encode("cp949")

    assert refusals(b"\r\n".join([HEADER.encode(), line().encode(), korean, b""])) == [
        "assets.csv:3: byte 0xc7 is not UTF-8; save the file as UTF-8",
    ]
    assert refusals(b"\n".join([HEADER.encode(), korean, korean])) == [
        "assets.csv:2: byte 0xc7 is not UTF-8 (lines affected: 2); save the file as UTF-8",
    ]


def test_nul_byte_is_refused_with_its_line(refusals):
    assert refusals(f"{HEADER}\n{line()}\n\0".encode()) == ["assets.csv:3: has a NUL byte"]


def test_quotes_hold_commas_and_line_breaks(read):
    content = f"{HEADER}\n{line(name=chr(34) + 'Offices, a' + chr(10) + 'b' + chr(34))}\n"
    content += line(ref="A-2", parcel="p2")

    first, second = read(content).assets

    assert first.name == "Offices, a b"
    assert (first.lines, second.lines) == ((2,), (4,))


def test_broken_quotes_are_refused_where_their_row_starts(refusals):
    never_closed = line(ref="A-2", parcel="p2", name='"Offices')
    text_behind = line(name='"Offices" of Gaon')

    assert refusals(f"{HEADER}\n{line(units='-1')}\n{never_closed}\n{line()}\n") == [
        "assets.csv:2: units: must not be negative, got -1",
        "assets.csv:3: is not valid CSV: unexpected end of data",
    ]
    assert refusals(f"{HEADER}\n{text_behind}\n") == [
        "assets.csv:2: is not valid CSV: ',' expected after '\"'",
    ]


def returns_or_refuses(content):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "assets.csv"
        path.write_bytes(content)
        try:
            return read_assets(path, KR)
        except InputErrors as errors:
            assert errors.rows
            assert str(errors)
            return None


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
@example(b"\xff\xfe")
@example(b'"')
@example(b"\xed\xa0\x80")
def test_any_bytes_are_read_or_refused(content):
    returns_or_refuses(content)


fields = st.one_of(
    st.sampled_from(list(GOOD.values())),
    st.text(max_size=12),
    st.integers().map(str),
    st.decimals().map(str),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(fields, min_size=8, max_size=10), max_size=4))
def test_any_fields_under_a_good_header_are_read_or_refused(rows):
    text = "\n".join([HEADER, line(), *(",".join(row) for row in rows)])

    inventory = returns_or_refuses(text.encode("utf-8", "surrogatepass"))

    if inventory is not None:
        assert all(asset.area_dm2 > 0 < asset.value for asset in inventory.assets)
        assert len({asset.parcel.casefold() for asset in inventory.assets}) == len(inventory.assets)
