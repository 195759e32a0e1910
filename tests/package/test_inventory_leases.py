from datetime import date

import pytest

from civitas.errors import InputErrors, UnknownClass
from civitas.inventory import Asset, Lease, read_leases
from civitas.profiles import Profile

HEADER = "ref,asset,tenant,use,start,months,monthly_rent,deposit"
KR = Profile.load("kr")


def asset(ref, property_class):
    return Asset(ref, f"parcel of {ref}", ref, property_class, 100, 1_000, 0, None, None, (2,))


ASSETS = (asset("A-1", "OFFICE"), asset("A-2", "LAND"), asset("A-9", "ADMINISTRATIVE"))


@pytest.fixture
def read(tmp_path):
    def read(*rows, profile=KR, assets=ASSETS):
        path = tmp_path / "leases.csv"
        path.write_text("\n".join([HEADER, *rows]), encoding="utf-8")
        return read_leases(path, profile, assets)

    return read


@pytest.fixture
def refusals(read):
    def refusals(*rows, profile=KR):
        with pytest.raises(InputErrors) as caught:
            read(*rows, profile=profile)
        return [str(row).replace(row.file, "leases.csv") for row in caught.value.rows]

    return refusals


def test_reads_leases_in_the_order_of_the_file(read):
    leases = read(
        "L-1,A-1,T-1,AGREED,2027-01-01,12,5000,",
        "L-2,A-2,T-2,COMMERCIAL,2027-03-31,6,,9000",
        "L-3,A-1,T-3,AGREED,2028-01-01,1,9,1",
    )

    assert leases == (
        Lease("L-1", "A-1", "T-1", "AGREED", date(2027, 1, 1), 12, 5_000, 0, 2),
        Lease("L-2", "A-2", "T-2", "COMMERCIAL", date(2027, 3, 31), 6, 0, 9_000, 3),
        Lease("L-3", "A-1", "T-3", "AGREED", date(2028, 1, 1), 1, 9, 1, 4),
    )


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2027, 1, 1), 12, date(2028, 1, 1)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2027, 11, 30), 1, date(2027, 12, 30)),
        (date(2999, 12, 31), 600, date(3049, 12, 31)),
    ],
)
def test_lease_ends_on_the_same_day_or_the_last_of_the_month(start, months, end):
    assert Lease("L-1", "A-1", "T-1", "AGREED", start, months, 1, 0, 2).end == end


def test_no_leases_is_an_answer(read):
    assert read() == ()


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("L-1,A-7,T-1,AGREED,2027-01-01,12,5,", "asset: 'A-7' is not in the inventory"),
        (
            "L-1,A-9,T-1,AGREED,2027-01-01,61,5,",
            "months: a use-permit of ADMINISTRATIVE runs 60 at most",
        ),
        (
            "L-1,A-1,T-1,SHED,2027-01-01,12,5,",
            "use: 'SHED' is unknown; the profile has "
            "AGREED, HOUSING, COMMERCIAL, COMMERCIAL_INDEXED",
        ),
        ("L-1,A-1,T-1,AGREED,2027-01-01,12,,", "monthly_rent: is empty"),
        ("L-1,A-1,T-1,AGREED,2027-01-01,12,5,-1", "deposit: must be positive, got -1"),
        (
            "L-1,A-1,a@b.kr,AGREED,2027-01-01,12,5,",
            "tenant: must be 1 to 31 letters, digits, '-', '_' or '.', got 'a@b.kr'",
        ),
        (
            "L-1,A-1,T-1,AGREED,2027-02-29,12,5,",
            "start: must be a date like 2027-01-31, got '2027-02-29'",
        ),
        (
            "L-1,A-1,T-1,AGREED,20270101,12,5,",
            "start: must be a date like 2027-01-31, got '20270101'",
        ),
        ("L-1,A-1,T-1,AGREED,,12,5,", "start: is empty"),
        (
            "L-1,A-1,T-1,AGREED,1970-12-31,12,5,",
            "start: must be between 1971-01-01 and 2999-12-31, got 1970-12-31",
        ),
        ("L-1,A-1,T-1,AGREED,2027-01-01,0,5,", "months: must be 1 to 600, got 0"),
        ("L-1,A-1,T-1,AGREED,2027-01-01,601,5,", "months: must be 1 to 600, got 601"),
        ("L-1,A-1,T-1,AGREED,2027-01-01,12,0,", "monthly_rent: must be positive, got 0"),
        ("L-1,A-1,T-1,AGREED,2027-01-01,12,-5,", "monthly_rent: must be positive, got -5"),
        ("L-1,A-1,T-1,AGREED,2027-01-01,12,5.5,", "monthly_rent: KRW has no decimals, got 5.5"),
        (
            f"L-1,A-1,T-1,AGREED,2027-01-01,12,{2**92},",
            f"monthly_rent: must be below 2^92, got {2**92}",
        ),
    ],
)
def test_wrong_lease_is_refused_with_its_line(refusals, row, message):
    assert refusals("L-0,A-2,T-0,AGREED,2027-01-01,12,5,", row) == [f"leases.csv:3: {message}"]


@pytest.mark.parametrize(
    "row", [f"L-1,A-1,T-1,AGREED,1971-01-01,600,{2**92 - 1},", "1,A-1,1,AGREED,2999-12-31,1,1,"]
)
def test_limits_themselves_are_accepted(read, row):
    assert len(read(row)) == 1


def test_a_use_permit_is_no_lease(read, tmp_path):
    """Where a profile has no permits either, the class can't be let at all."""
    row = "L-1,A-9,T-1,AGREED,2027-01-01,60,5,"
    assert len(read(row)) == 1
    classes = tuple(each.model_copy(update={"permit_months": 0}) for each in KR.property_classes)
    without = KR.model_copy(update={"property_classes": classes})

    with pytest.raises(InputErrors, match="'A-9' is ADMINISTRATIVE, which can't be leased"):
        read(row, profile=without)


def test_second_use_of_a_ref_names_the_first(refusals):
    assert refusals(
        "L-1,A-1,T-1,AGREED,2027-01-01,12,5,", "L-1,A-2,T-1,AGREED,2027-01-01,12,5,"
    ) == [
        "leases.csv:3: ref: 'L-1' is already used on line 2",
    ]


def test_a_lease_may_start_the_day_another_ends(read, refusals):
    first = "L-1,A-1,T-1,AGREED,2027-01-01,6,5,"

    assert len(read(first, "L-2,A-1,T-2,AGREED,2027-07-01,6,5,")) == 2
    assert len(read(first, "L-0,A-1,T-0,AGREED,2026-07-01,6,5,")) == 2
    assert refusals(first, "L-2,A-1,T-2,AGREED,2027-06-30,6,5,") == [
        "leases.csv:3: start: overlaps L-1 on line 2, "
        "which has A-1 from 2027-01-01 until 2027-07-01"
    ]


def test_an_earlier_lease_further_down_overlaps_too(refusals):
    assert refusals(
        "L-1,A-1,T-1,AGREED,2027-07-01,6,5,", "L-2,A-1,T-2,AGREED,2027-01-01,12,5,"
    ) == [
        "leases.csv:3: start: overlaps L-1 on line 2, "
        "which has A-1 from 2027-07-01 until 2028-01-01"
    ]


def test_missing_column_is_refused(tmp_path):
    path = tmp_path / "leases.csv"
    path.write_text("ref,asset,tenant,use,start,months,deposit\n")

    with pytest.raises(InputErrors) as caught:
        read_leases(path, KR, ASSETS)

    assert str(caught.value).endswith("leases.csv:1: monthly_rent: column is missing")


def test_assets_of_another_profile_are_refused(read):
    with pytest.raises(UnknownClass, match="^'RECREATION' is unknown; the profile has LAND"):
        read("L-1,A-1,T-1,AGREED,2027-01-01,12,5,", assets=(asset("A-1", "RECREATION"),))
