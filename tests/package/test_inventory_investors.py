from datetime import date

import pytest

from civitas.errors import InputErrors
from civitas.inventory import Investor, read_investors
from civitas.profiles import Profile

HEADER = "ref,country,class,valid_until"


@pytest.fixture(params=["kr", "neutral"])
def read(request, tmp_path):
    def read(*rows):
        path = tmp_path / "investors.csv"
        path.write_text("\n".join([HEADER, *rows]), encoding="utf-8")
        return read_investors(path, Profile.load(request.param))

    return read


def test_reads_investors(read):
    investors = read("I-1,410,PERSON,2029-12-31", "I-2,036,PUBLIC_BODY,2027-06-30")

    assert investors == (
        Investor("I-1", 410, "PERSON", date(2029, 12, 31), 2),
        Investor("I-2", 36, "PUBLIC_BODY", date(2027, 6, 30), 3),
    )


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("I-1,410,PERSON,2029-12-31", "ref: 'I-1' is already used on line 2"),
        ("I-2,0,PERSON,2029-12-31", "country: must be 1 to 999, got 0"),
        ("I-2,1000,PERSON,2029-12-31", "country: must be 1 to 999, got 1000"),
        ("I-2,KR,PERSON,2029-12-31", "country: must be a plain number, got 'KR'"),
        (
            "I-2,410,GHOST,2029-12-31",
            "class: 'GHOST' is unknown; "
            "the profile has PERSON, CORPORATION, INSTITUTION, PUBLIC_BODY",
        ),
        (
            "I-2,410,PERSON,31/12/2029",
            "valid_until: must be a date like 2027-01-31, got '31/12/2029'",
        ),
        ("I-2,410,PERSON", "has 3 fields, expected 4"),
    ],
)
def test_wrong_investor_is_refused_with_its_line(read, row, message):
    with pytest.raises(InputErrors) as caught:
        read("I-1,1,PERSON,2029-12-31", row)

    (error,) = caught.value.rows
    assert str(error) == f"{error.file}:3: {message}"
