"""Foreign inventories: a small made-up file in Seattle's format, and the real one where it is."""

import csv
import tempfile
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from civitas.errors import InputErrors
from civitas.inventory import Mapping, NoteKind, generated_leases, read_assets
from civitas.profiles import Profile

ROOT = Path(__file__).parents[2]
REAL = ROOT.parent / "shared" / "data" / "seattle_2016_energy_benchmarking.csv"
USD = Profile.load("neutral")
SEATTLE = Mapping.load(ROOT / "samples" / "mappings" / "seattle.toml")

# The header of the published file; its last column has no name.
HEADER = next(
    csv.reader(
        [
            "OSEBuildingID,DataYear,BuildingType,PrimaryPropertyType,PropertyName,Address,City,"
            "State,ZipCode,TaxParcelIdentificationNumber,CouncilDistrictCode,Neighborhood,"
            "Latitude,Longitude,YearBuilt,NumberofBuildings,NumberofFloors,PropertyGFATotal,"
            "PropertyGFAParking,PropertyGFABuilding(s),ListOfAllPropertyUseTypes,"
            "LargestPropertyUseType,LargestPropertyUseTypeGFA,SecondLargestPropertyUseType,"
            "SecondLargestPropertyUseTypeGFA,ThirdLargestPropertyUseType,"
            "ThirdLargestPropertyUseTypeGFA,YearsENERGYSTARCertified,ENERGYSTARScore,"
            "SiteEUI(kBtu/sf),SiteEUIWN(kBtu/sf),SourceEUI(kBtu/sf),SourceEUIWN(kBtu/sf),"
            "SiteEnergyUse(kBtu),SiteEnergyUseWN(kBtu),SteamUse(kBtu),Electricity(kWh),"
            "Electricity(kBtu),NaturalGas(therms),NaturalGas(kBtu),DefaultData,Comments,"
            "ComplianceStatus,Outlier,TotalGHGEmissions,GHGEmissionsIntensity,"
        ]
    )
)
CITY, OTHER = "Nonresidential COS", "NonResidential"


def building(ref, parcel, use, area, energy, *, owner=CITY, name="Building", year="1970"):
    return {
        "OSEBuildingID": ref,
        "BuildingType": owner,
        "PropertyName": name,
        "TaxParcelIdentificationNumber": parcel,
        "YearBuilt": year,
        "PropertyGFATotal": area,
        "LargestPropertyUseType": use,
        "SiteEnergyUse(kBtu)": energy,
        "": energy,  # the column without a name repeats a figure
    }


MADE_UP = (  # lines 2 to 14
    building("1", "1985200003", "Office", "1000", "3412.14"),
    building("2", "660000560", "Museum", "2000", "1000", year=""),  # a lost leading zero
    building("3", "19852-00003", "Office", "500.5", "100"),  # shares with line 2
    building("4", "7666203240", "Library", "300", "50"),
    building("5", "7666203240", "Office", "9000", "70"),  # larger, but less restricted
    building("6", "225 049 062", "Office", "800", "60"),
    building("7", "0225049062", "Hotel", "700", "55", owner=OTHER),  # shares with line 7
    building("8", "0", "Office", "100", "10"),
    building("9", "", "Office", "100", "10"),
    building("10", "11A-7", "Office", "100", ""),
    building("11", "4442223330", "Windmill", "100", "0", name=""),
    building("12", "4442223331", "Office", "700", ""),
    building("13", "4442223331", "Office", "800", "5"),  # shares with line 13, which has no energy
)


@pytest.fixture
def write(tmp_path):
    def write(*buildings, name="foreign.csv"):
        path = tmp_path / name
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, HEADER, restval="")
            writer.writeheader()
            writer.writerows(buildings)
        return path

    return write


@pytest.fixture
def made_up(write):
    return read_assets(write(*MADE_UP), USD, SEATTLE)


def refusals(path, mapping=SEATTLE):
    with pytest.raises(InputErrors) as caught:
        read_assets(path, USD, mapping)
    return [str(row).replace(row.file, Path(row.file).name) for row in caught.value.rows]


def notes(inventory, kind):
    return [(note.line, note.message) for note in inventory.notes if note.kind is kind]


def asset_at(inventory, line):
    return next(asset for asset in inventory.assets if line in asset.lines)


def mapping_with(**changes):
    return Mapping.model_validate({**SEATTLE.model_dump(), **changes})


def test_factors_are_exact():
    assert SEATTLE.m2_per_unit == Fraction(3048, 10_000) ** 2
    assert SEATTLE.kwh_per_unit == Fraction("1055.05585262") / 3600


def test_buildings_of_a_parcel_are_one_asset_summed_before_rounding(made_up):
    asset = asset_at(made_up, 2)

    assert asset.lines == (2, 4)
    assert (asset.ref, asset.parcel, asset.property_class) == ("1", "1985200003", "OFFICE")
    assert asset.area_dm2 == 13_940  # 1500.5 ft² = 139.40101152 m²
    assert asset.value == 585_484_248_384  # at USD 4200, down to a millionth
    assert asset.units == 5_854  # one for USD 100
    assert asset.energy_kwh == 1_029  # 3512.14 kBtu = 1029.31 kWh
    assert (2, "lines 2, 4 share parcel 1985200003: one asset, 1, OFFICE") in notes(
        made_up, NoteKind.MERGED
    )


def test_the_most_restricted_building_speaks_for_its_parcel(made_up):
    asset = asset_at(made_up, 6)

    assert asset.lines == (5, 6)
    assert (asset.ref, asset.property_class, asset.units) == ("4", "ADMINISTRATIVE", 0)
    # Each building keeps the rate of its own class: 300 ft² at USD 2800, 9000 ft² at USD 4200.
    assert asset.value == int((300 * 2_800 + 9_000 * 4_200) * SEATTLE.m2_per_unit * 10**6)


def test_a_building_that_can_be_leased_but_not_tokenised_restricts_its_parcel_too(write):
    pool = building("1", "1985200003", "Other - Recreation", "10", "1")
    office = building("2", "1985200003", "Office", "9000", "1")

    (asset,) = read_assets(write(pool, office), USD, SEATTLE).assets

    assert (asset.property_class, asset.units) == ("RECREATION", 0)


def test_lost_leading_zeros_are_put_back(made_up):
    assert asset_at(made_up, 3).parcel == "0660000560"
    assert asset_at(made_up, 3).year_built is None


def test_parcel_shared_with_other_owners_is_noted(made_up):
    assert asset_at(made_up, 7).lines == (7,)
    assert (7, "parcel 0225049062 of 6 is shared with others' line 8") in notes(
        made_up, NoteKind.CHECK
    )


def test_odd_parcel_number_is_kept_with_a_note(made_up):
    assert asset_at(made_up, 11).parcel == "11A7"
    assert (11, "parcel 11A7 of 10 is not 10 digits, kept so") in notes(made_up, NoteKind.CHECK)


def test_rows_without_a_parcel_are_left_out_with_a_note(made_up):
    assert notes(made_up, NoteKind.LEFT_OUT) == [
        (9, "no parcel number for '8': '0'"),
        (10, "no parcel number for '9': ''"),
    ]


def test_missing_energy_makes_the_whole_parcel_unknown(made_up):
    assert [asset.ref for asset in made_up.assets if asset.energy_kwh is None] == ["10", "11", "13"]
    assert asset_at(made_up, 13).lines == (13, 14)
    assert (13, "12: energy '', so unknown") in notes(made_up, NoteKind.DEFAULTED)


def test_zero_energy_can_be_a_measurement(write):
    path = write(building("1", "1985200003", "Office", "10", "0"))

    assert read_assets(path, USD, SEATTLE).assets[0].energy_kwh is None
    measured = read_assets(path, USD, mapping_with(zero_energy_is_missing=False))
    assert measured.assets[0].energy_kwh == 0


def test_defaults_are_noted(made_up):
    asset = asset_at(made_up, 12)

    assert (asset.name, asset.property_class) == ("City property", "ADMINISTRATIVE")
    assert [message for line, message in notes(made_up, NoteKind.DEFAULTED) if line == 12] == [
        "11: class 'Windmill' taken as ADMINISTRATIVE",
        "11: no name, taken as 'City property'",
        "11: energy '0', so unknown",
    ]
    assert notes(made_up, NoteKind.OUTSIDE) == [
        (1, "1 of 13 rows don't have BuildingType = 'Nonresidential COS'"),
    ]


def test_class_by_ref_goes_before_class_by_value(write):
    inventory = read_assets(write(building("359", "1985200003", "Office", "10", "1")), USD, SEATTLE)

    assert inventory.assets[0].property_class == "ADMINISTRATIVE"
    (absent,) = [text for _, text in notes(inventory, NoteKind.CHECK) if "by_ref" in text]
    assert "358" in absent
    assert "359" not in absent


# assets, buildings in them, merged, left out, without energy
COUNTS = {"made-up": (7, 10, 3, 2, 3), "real": (69, 84, 12, 1, 0)}


@pytest.fixture(params=["made-up", "real"] if REAL.exists() else ["made-up"])
def source(request, write):
    return request.param, write(*MADE_UP) if request.param == "made-up" else REAL


def test_counts_of_the_city_portfolio(source):
    name, path = source

    inventory = read_assets(path, USD, SEATTLE)

    assert (
        len(inventory.assets),
        sum(len(asset.lines) for asset in inventory.assets),
        len(notes(inventory, NoteKind.MERGED)),
        len(notes(inventory, NoteKind.LEFT_OUT)),
        sum(asset.energy_kwh is None for asset in inventory.assets),
    ) == COUNTS[name]


@pytest.mark.parametrize("only", [SEATTLE.only, {}], ids=["city's rows", "all rows"])
def test_no_row_is_dropped_silently(source, only):
    _, path = source
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    asked = {line for line, row in enumerate(rows, 2) if only.items() <= row.items()}

    inventory = read_assets(path, USD, mapping_with(only=only))

    kept = [line for asset in inventory.assets for line in asset.lines]
    left_out = [line for line, _ in notes(inventory, NoteKind.LEFT_OUT)]
    assert len(kept) + len(left_out) == len(asked)
    assert {*kept, *left_out} == asked


def test_every_asset_is_within_the_limits_of_the_chain(source):
    _, path = source

    assets = read_assets(path, USD, SEATTLE).assets

    assert len({asset.parcel for asset in assets}) == len(assets)
    assert all(0 < asset.area_dm2 < 2**64 and 0 < asset.value < 2**128 for asset in assets)
    leasable = [each for each in assets if USD.property_class(each.property_class).is_leasable]
    assert len(generated_leases(assets, USD, 2027)) == len(leasable)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"PropertyGFATotal": "-12"}, "PropertyGFATotal: must be positive, got -12"),
        ({"PropertyGFATotal": ""}, "PropertyGFATotal: is empty"),
        ({"PropertyGFATotal": "0.0001"}, "area of the parcel is 0, must be 1 to 2^64 - 1"),
        (
            {"SiteEnergyUse(kBtu)": "much"},
            "SiteEnergyUse(kBtu): must be a plain number, got 'much'",
        ),
        ({"SiteEnergyUse(kBtu)": "-1"}, "SiteEnergyUse(kBtu): must not be negative, got -1"),
        ({"OSEBuildingID": "1"}, "OSEBuildingID: '1' is already used on line 2"),
        ({"OSEBuildingID": ""}, "OSEBuildingID: is empty"),
        (
            {"TaxParcelIdentificationNumber": "1\a2"},
            r"TaxParcelIdentificationNumber: has a control character: '1\x072'",
        ),
        ({"YearBuilt": "old"}, "YearBuilt: must be a plain number, got 'old'"),
    ],
)
def test_wrong_field_is_refused_with_its_line(write, changes, message):
    good = building("1", "1985200003", "Office", "10", "1")
    bad = building("2", "1985200004", "Office", "10", "1") | changes

    assert refusals(write(good, bad)) == [f"foreign.csv:3: {message}"]


def test_wrong_field_outside_the_filter_is_no_concern(write):
    good = building("1", "1985200003", "Office", "10", "1")
    bad = building("2", "", "Hotel", "-10", "much", owner=OTHER)

    assert len(read_assets(write(good, bad), USD, SEATTLE).assets) == 1


def test_shared_parcel_can_be_refused(write):
    path = write(*MADE_UP[:3])
    refuse = mapping_with(parcel={**SEATTLE.parcel.model_dump(), "shared": "refuse"})

    assert len(read_assets(path, USD, SEATTLE).assets) == 2
    assert refusals(path, refuse) == [
        "foreign.csv:4: TaxParcelIdentificationNumber: '1985200003' is already used on line 2",
    ]


def test_class_outside_the_table_is_refused_without_a_default(write):
    path = write(building("11", "4442223330", "Windmill", "100", "0"))
    no_default = mapping_with(classes={"by_value": {"Office": "OFFICE"}})

    assert refusals(path, no_default) == [
        "foreign.csv:2: LargestPropertyUseType: "
        "'Windmill' is not in the mapping, which has no default class",
    ]


def test_class_without_a_rate_is_refused():
    with pytest.raises(
        ValidationError, match="value_per_m2 has no rate for CULTURAL_HALL, HOUSING"
    ):
        mapping_with(
            value_per_m2={
                "OFFICE": 4200,
                "WAREHOUSE": 1900,
                "RECREATION": 2400,
                "ADMINISTRATIVE": 2800,
            }
        )


def test_filter_that_matches_nothing_is_refused(write):
    path = write(building("1", "1985200003", "Office", "10", "1", owner=OTHER))

    assert refusals(path) == ["foreign.csv: no row has BuildingType = 'Nonresidential COS'"]


def test_source_without_a_mapped_column_is_refused(write):
    path = write(*MADE_UP)
    text = path.read_text(encoding="utf-8").replace("PropertyGFATotal", "Area")
    path.write_text(text, encoding="utf-8")

    assert refusals(path) == ["foreign.csv:1: PropertyGFATotal: column is missing"]


def test_classes_the_profile_does_not_know_are_refused(write):
    with pytest.raises(InputErrors) as caught:
        read_assets(write(*MADE_UP), Profile.load("kr"), SEATTLE)

    first, *_, last = str(caught.value).splitlines()
    assert first == (
        "mapping seattle: classes.by_value.Distribution Center: 'WAREHOUSE' is unknown; "
        "the profile has LAND, OFFICE, HOUSING, POWER_PLANT, DATA_CENTRE, CULTURAL_HALL, "
        "ADMINISTRATIVE"
    )
    assert last.startswith("mapping seattle: value_per_m2.RECREATION: 'RECREATION' is unknown;")


SMALL = """
name = "small"
m2_per_unit = 1
[columns]
ref = "id"
parcel = "lot"
name = "what"
property_class = "use"
area = "m2"
value = "usd"
units = "tokens"
[parcel]
shared = "merge"
[classes]
by_value = { o = "OFFICE", a = "ADMINISTRATIVE" }
"""


@pytest.fixture
def small(tmp_path):
    def small(text=SMALL):
        path = tmp_path / "small.toml"
        path.write_text(text, encoding="utf-8")
        return Mapping.load(path)

    return small


def test_value_and_units_columns_are_summed(small, tmp_path):
    path = tmp_path / "small.csv"
    path.write_text("id,lot,what,use,m2,usd,tokens\n1,7,x,o,2.5,1.25,3\n2,7,y,o,1.006,2,4\n")

    inventory = read_assets(path, USD, small())

    (asset,) = inventory.assets
    assert (asset.area_dm2, asset.value, asset.units) == (350, 3_250_000, 7)
    assert (asset.energy_kwh, asset.year_built) == (None, None)
    assert [message for _, message in notes(inventory, NoteKind.DEFAULTED)] == [
        "energy is unknown: the mapping has no column",
        "year_built is unknown: the mapping has no column",
    ]


def test_units_on_administrative_property_are_refused(small, tmp_path):
    path = tmp_path / "small.csv"
    path.write_text("id,lot,what,use,m2,usd,tokens\n1,7,x,o,2,1,3\n2,7,y,a,1,2,0\n")
    merged = refusals(path, small())
    path.write_text("id,lot,what,use,m2,usd,tokens\n1,7,x,a,2,1,3\n")
    alone = refusals(path, small())

    assert merged == [
        "small.csv:3: units of the parcel must be 0, ADMINISTRATIVE can't be tokenised"
    ]
    assert alone == ["small.csv:2: tokens: must be 0, ADMINISTRATIVE can't be tokenised"]


def test_units_can_be_the_same_for_all(write):
    path = write(*MADE_UP)

    inventory = read_assets(path, USD, mapping_with(units={"fixed": 100_000}))

    assert asset_at(inventory, 2).units == 100_000
    assert asset_at(inventory, 5).units == 0  # ADMINISTRATIVE


@pytest.mark.parametrize(
    ("find", "put", "message"),
    [
        ('value = "usd"', "", "give either `columns.value` or `value_per_m2`"),
        ("[parcel]", "[units]\nfixed = 1\n[parcel]", "give either `columns.units` or `units`"),
        (
            'units = "tokens"',
            "[units]\nfixed = 1\none_per_value = 2",
            "units: give either `fixed` or `one_per_value`",
        ),
        (
            "m2_per_unit = 1",
            "m2_per_unit = 0.0",
            "m2_per_unit: must be a positive number or 'a/b', got 0.0",
        ),
        (
            "m2_per_unit = 1",
            'm2_per_unit = "1/0"',
            "m2_per_unit: must be a positive number or 'a/b', got 1/0",
        ),
        (
            "m2_per_unit = 1",
            "m2_per_unit = 1e999999",
            "m2_per_unit: must be a positive number or 'a/b', got '1E+999999'",
        ),
        ('area = "m2"', "", "columns.area: is missing"),
        ('area = "m2"', 'area = "m2"\nowner = "x"', "columns.owner: is not a known key"),
        ('"merge"', '"split"', "parcel.shared: Input should be 'merge' or 'refuse'"),
    ],
)
def test_wrong_mapping_is_refused_by_key(small, find, put, message):
    with pytest.raises(InputErrors) as caught:
        small(SMALL.replace(find, put))

    (error,) = caught.value.rows
    assert str(error) == f"{error.file}: {message}"


def test_factors_never_pass_through_float(small):
    assert small(SMALL.replace("= 1\n", "= 0.1\n")).m2_per_unit == Fraction(1, 10)


cells = st.one_of(
    st.sampled_from([CITY, "Office", "1", "0", "1985200003", "", "12.5", "1970"]),
    st.text(max_size=8),
)


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.lists(st.lists(cells, min_size=9, max_size=9), max_size=4),
    )
)
def test_any_file_is_read_or_refused(content):
    if not isinstance(content, bytes):
        rows = [",".join([*SEATTLE.source_columns(), ""]), *(",".join(row) for row in content)]
        content = "\n".join(rows).encode("utf-8", "surrogatepass")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "foreign.csv"
        path.write_bytes(content)
        try:
            inventory = read_assets(path, USD, SEATTLE)
        except InputErrors as errors:
            assert errors.rows
        else:
            assert all(asset.area_dm2 > 0 < asset.value for asset in inventory.assets)
