"""From readings to tonnes: every figure by hand, and the same whatever the order."""

import json
from pathlib import Path

import pytest
from eth_utils import keccak
from hypothesis import given
from hypothesis import strategies as st

from civitas.carbon.details import details_hash, read_details
from civitas.carbon.evidence import compare, read_evidence
from civitas.carbon.measure import (
    CROSSES,
    OUTLIER,
    TOO_LONG,
    Measurement,
    Meter,
    Methodology,
    Reading,
    gaps,
    measure,
)
from civitas.carbon.units import BatchId, parse_tonnes, tonnes_text
from civitas.clock import Clock
from civitas.errors import CivitasError, InputErrors
from civitas.figures import Different, first_difference

ROOT = Path(__file__).resolve().parents[2]
SAMPLE, DOCS = ROOT / "samples/carbon/evidence.json", ROOT / "docs/carbon.md"
RULE = Methodology(
    code="TEST",
    grams_per_kwh=450,
    interval_seconds=100,
    outlier_factor=4,
    min_coverage_bps=9_000,
)
A, B = "0x" + "aa" * 32, "0x" + "bb" * 32
START, END = 1_000, 2_000


def steady(device, start=START, end=END, energy=1_000_000, step=100):
    return [Reading(device, at, at + step, energy) for at in range(start, end, step)]


def measured(readings, start=START, end=END, rule=RULE, retired=None):
    return measure(readings, 7, start, end, rule, retired)


# --- energy and tonnes


def test_a_full_period_counts_every_reading():
    found = measured(steady(A) + steady(B))

    assert found.energy_wh == 20_000_000
    assert found.coverage_bps == 10_000
    # 20 MWh * 450 g/kWh = 9 t
    assert found.tonnes == 9
    assert found.grade == "A"
    assert gaps(found) == []
    assert found.left_out == ()


@pytest.mark.parametrize(
    ("energy_wh", "tonnes"),
    [(2_222_222, 0), (2_222_223, 1), (4_444_444, 1), (4_444_445, 2), (0, 0)],
)
def test_tonnes_round_down(energy_wh, tonnes):
    # One tonne is 1,000,000 / 450 kWh = 2,222,222.2 Wh.
    one = steady(A, energy=0)
    one[0] = Reading(A, START, START + 100, energy_wh)

    assert measured(one).tonnes == tonnes


def test_a_meter_without_any_energy_has_no_outliers():
    found = measured(steady(A, energy=0))

    assert (found.energy_wh, found.tonnes, found.left_out) == (0, 0, ())
    assert found.coverage_bps == 10_000


# --- gaps and coverage


@pytest.mark.parametrize(
    ("missing", "coverage", "tonnes"), [(99, 9_010, 4), (100, 9_000, 4), (101, 8_990, 0)]
)
def test_below_the_coverage_nothing_is_issued(missing, coverage, tonnes):
    readings = steady(A)
    # The last reading begins later, so that `missing` seconds are not covered.
    last = readings.pop()
    if missing < 100:
        readings.append(Reading(A, last.start + missing, last.end, 10_000))
    elif missing > 100:
        before = readings.pop()
        readings.append(Reading(A, before.start, before.end - (missing - 100), 1_000_000))

    found = measured(readings)

    assert found.coverage_bps == coverage
    assert found.tonnes == tonnes
    assert found.grade == ("D" if missing > 100 else "C")


def test_gaps_are_named_by_meter_at_both_ends_and_between():
    readings = [each for each in steady(A, 1_000, 2_000) if each.start not in (1_400, 1_900)]

    # Its first reading of all was before the period.
    early = Reading(A, 800, 900, 1_000_000)

    found = measured([early, *readings[1:]])
    assert gaps(found) == [(A, 1_000, 1_100), (A, 1_400, 1_500), (A, 1_900, 2_000)]
    assert found.coverage_bps == 7_000
    assert found.tonnes == 0


def test_the_weakest_meter_sets_the_coverage():
    found = measured(steady(A) + [*steady(B)[:5], *steady(B)[6:]])

    assert found.coverage_bps == 9_000
    assert gaps(found) == [(B, 1_500, 1_600)]


def test_no_readings_in_the_period_cover_nothing():
    found = measured(steady(A, 100, 200))

    assert (found.coverage_bps, found.tonnes, found.grade) == (0, 0, "D")
    assert found.meters == (Meter(A, START, END),)


# --- meters that join and leave


def test_a_meter_is_expected_from_its_first_reading_on():
    found = measured(steady(A) + steady(B, 1_500))

    assert found.meters == (Meter(A, 1_000, 2_000), Meter(B, 1_500, 2_000))
    assert found.coverage_bps == 10_000
    assert gaps(found) == []


def test_a_meter_is_expected_until_it_was_retired():
    readings = steady(A) + steady(B, 1_000, 1_500)

    silent = measured(readings)
    left = measured(readings, retired={B: 1_500})

    assert (silent.coverage_bps, silent.tonnes) == (5_000, 0)
    assert gaps(silent) == [(B, 1_500, 2_000)]
    assert left.meters == (Meter(A, 1_000, 2_000), Meter(B, 1_000, 1_500))
    assert (left.coverage_bps, left.energy_wh) == (10_000, 15_000_000)


def test_the_time_between_a_meter_that_left_and_the_next_is_a_gap_of_the_period():
    found = measured(steady(A, 1_000, 1_400) + steady(B, 1_600), retired={A: 1_400})

    assert gaps(found) == []
    assert found.coverage_bps == 8_000
    assert found.tonnes == 0


def test_two_meters_at_once_do_not_make_up_for_a_time_without_any():
    found = measured(
        steady(A, 1_000, 1_800) + steady(B, 1_200, 1_800), retired={A: 1_800, B: 1_800}
    )

    assert found.coverage_bps == 8_000


def test_a_meter_that_left_before_or_joined_after_is_not_expected():
    found = measured(
        steady(A) + steady(B, 500, 900) + steady("0x" + "cc" * 32, 2_000, 2_300),
        retired={B: 950},
    )

    assert found.meters == (Meter(A, 1_000, 2_000),)
    assert found.energy_wh == 10_000_000


# --- what is left out


@pytest.mark.parametrize(("energy", "is_out"), [(4_000_000, False), (4_000_001, True)])
def test_an_outlier_is_above_four_times_the_median_power(energy, is_out):
    readings = steady(A)
    readings[3] = Reading(A, 1_300, 1_400, energy)

    found = measured(readings)

    assert [each.reason for each in found.left_out] == [OUTLIER] * is_out
    assert found.outliers == (readings[3],) * is_out
    assert found.coverage_bps == 10_000 - 1_000 * is_out
    assert found.energy_wh == 9_000_000 + (0 if is_out else energy)


def test_power_counts_and_not_energy():
    # Half as long with half the energy is the same power; a tenth as long with all of it is not.
    readings = steady(A, 1_000, 1_800)
    readings += [Reading(A, 1_800, 1_850, 500_000), Reading(A, 1_850, 1_860, 1_000_000)]
    readings += [Reading(A, 1_860, 1_960, 1_000_000), Reading(A, 1_960, 2_000, 400_000)]

    found = measured(readings)

    assert found.outliers == (Reading(A, 1_850, 1_860, 1_000_000),)
    assert found.coverage_bps == 9_900


def test_idle_readings_do_not_pull_the_median_down():
    # A solar plant is idle at most hours.
    readings = [
        Reading(A, each.start, each.end, 0 if each.start < 1_600 else 1_000_000)
        for each in steady(A)
    ]

    assert measured(readings).left_out == ()


def test_each_meter_has_its_own_median():
    found = measured(steady(A, energy=1_000) + steady(B, energy=1_000_000))

    assert found.left_out == ()


def test_a_reading_across_the_edge_counts_for_nothing():
    readings = [Reading(A, 950, 1_050, 1_000_000), *steady(A, 1_050, 1_950)]
    readings.append(Reading(A, 1_950, 2_050, 1_000_000))

    found = measured(readings)

    assert [(each.reading.start, each.reason) for each in found.left_out] == [
        (950, CROSSES),
        (1_950, CROSSES),
    ]
    assert found.energy_wh == 9_000_000
    assert found.coverage_bps == 9_000


def test_a_reading_longer_than_the_interval_hides_what_happened_in_it():
    found = measured(
        [*steady(A, 1_000, 1_800), Reading(A, 1_800, 1_901, 1), *steady(A, 1_901, 2_001)]
    )

    assert [each.reason for each in found.left_out] == [TOO_LONG, CROSSES]


@pytest.mark.parametrize(
    ("readings", "left_out", "grade"),
    [(100, 0, "A"), (100, 1, "B"), (100, 2, "B"), (100, 3, "C")],
)
def test_the_grade_falls_with_what_was_left_out(readings, left_out, grade):
    every = steady(A, 0, 10_000, step=100)
    for place in range(left_out):
        at = every[10 * place + 5]
        every[10 * place + 5] = Reading(A, at.start, at.end, 9_000_000)

    assert measured(every, 0, 10_000).grade == grade


# --- refusals


def test_an_empty_period_is_refused():
    with pytest.raises(CivitasError, match="the period from 2000 to 2000 is empty"):
        measured([], 2_000, 2_000)


def test_overlapping_readings_of_one_meter_are_refused():
    with pytest.raises(CivitasError, match="overlap at 1050"):
        measured([Reading(A, 1_000, 1_100, 1), Reading(A, 1_050, 1_150, 1)])


@pytest.mark.parametrize("bad", [Reading(A, 1_100, 1_100, 1), Reading(A, 1_000, 1_100, -1)])
def test_impossible_readings_are_refused(bad):
    with pytest.raises(CivitasError, match="not possible"):
        measured([bad])


def test_an_unknown_methodology_lists_those_there_are():
    with pytest.raises(InputErrors, match="there are GRID-RENEWABLE"):
        Methodology.load("NONE")


# --- properties


@st.composite
def meter_readings(draw):
    """Readings of up to three meters with gaps, before, in and after the period."""
    readings = []
    for device in (A, B, "0x" + "cc" * 32):
        at = draw(st.integers(0, 1_500))
        for gap, length, energy in draw(
            st.lists(
                st.tuples(st.integers(0, 60), st.integers(1, 120), st.integers(0, 10**9)),
                max_size=12,
            )
        ):
            readings.append(Reading(device, at + gap, at + gap + length, energy))
            at += gap + length
    return readings


@given(readings=meter_readings(), data=st.data())
def test_the_order_of_readings_never_matters(readings, data):
    shuffled = data.draw(st.permutations(readings))

    assert measured(shuffled).evidence() == measured(readings).evidence()


@given(readings=meter_readings())
def test_nothing_is_counted_that_was_not_read(readings):
    found = measured(readings)
    in_period = [each for each in readings if each.start < END and each.end > START]

    assert sorted([*found.accepted, *(each.reading for each in found.left_out)]) == sorted(
        in_period
    )
    assert found.energy_wh <= sum(each.energy_wh for each in in_period)
    assert 0 <= found.coverage_bps <= 10_000
    assert found.tonnes * 1_000_000_000 <= found.energy_wh * RULE.grams_per_kwh
    for device, start, end in gaps(found):
        assert START <= start < end <= END
        assert not any(
            each.device == device and each.start < end and start < each.end
            for each in found.accepted
        )


@given(readings=meter_readings())
def test_gaps_and_accepted_readings_make_up_each_meters_service(readings):
    found = measured(readings)

    for meter in found.meters:
        covered = sum(each.seconds for each in found.accepted if each.device == meter.device)
        missing = sum(end - start for device, start, end in gaps(found) if device == meter.device)
        assert covered + missing == meter.end - meter.start


# --- evidence


def test_the_evidence_is_these_bytes():
    found = measure([Reading(A, 0, 100, 5_000_000)], 7, 0, 100, RULE)

    assert found.evidence() == (
        b'{"asset":7,"coverage_bps":10000,"end":100,"energy_wh":5000000,'
        b'"format":"civitas-evidence/1","grade":"A","left_out":[],'
        b'"meters":[["' + A.encode() + b'",0,100]],'
        b'"methodology":{"code":"TEST","grams_per_kwh":450,"interval_seconds":100,'
        b'"min_coverage_bps":9000,"outlier_factor":4},'
        b'"readings":[["' + A.encode() + b'",0,100,5000000]],"start":0,"tonnes":2}'
    )
    assert found.evidence_hash() == keccak(found.evidence())


@pytest.fixture
def evidence(tmp_path):
    """A file, and the measurement in it."""
    readings = steady(A) + steady(B, 1_500)
    readings[4] = Reading(A, 1_400, 1_500, 9_000_000)
    found = measured(readings)
    path = tmp_path / "evidence.json"
    path.write_bytes(found.evidence())
    return path, found


def test_evidence_is_read_back_whole(evidence):
    path, found = evidence

    assert read_evidence(path) == found
    compare(path, found)


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("tonnes", 7, "tonnes: says 7, its readings give 6"),
        ("energy_wh", 1, "energy_wh: says 1, its readings give 14000000"),
        ("coverage_bps", 10_000, "coverage_bps: says 10000, its readings give 9000"),
        ("grade", "A", "grade: says A, its readings give C"),
        ("left_out", [], "coverage_bps: says 9000"),
    ],
)
def test_a_figure_that_does_not_follow_is_named(evidence, key, value, sentence):
    path, found = evidence
    document = found.document() | {key: value}
    path.write_text(json.dumps(document, sort_keys=True, separators=(",", ":")))

    if key == "left_out":
        # Without the outlier the file is evidence of its own, and not of these readings.
        with pytest.raises(Different, match="left_out: says 0, the chain's readings give 1"):
            compare(path, found)
        return
    with pytest.raises(Different, match=sentence):
        read_evidence(path)


def test_every_changed_digit_of_an_evidence_is_noticed(evidence):
    path, found = evidence
    text = found.evidence().decode()
    places = [place for place, letter in enumerate(text) if letter.isdigit()]
    for place in places[::7]:
        other = str((int(text[place]) + 1) % 10)
        path.write_text(text[:place] + other + text[place + 1 :])
        with pytest.raises(CivitasError):
            compare(path, found)


def test_evidence_in_another_layout_has_another_hash(evidence):
    path, found = evidence
    path.write_text(json.dumps(found.document(), indent=1, sort_keys=True))

    with pytest.raises(CivitasError, match="not byte for byte"):
        read_evidence(path)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"format":"civitas-evidence/2"}', '{"asset":1.0}', "\u00e9"],
)
def test_what_is_no_evidence_is_said_so(tmp_path, text):
    path = tmp_path / "evidence.json"
    path.write_text(text)

    with pytest.raises(CivitasError, match="is not civitas-evidence/1 evidence"):
        read_evidence(path)


def test_the_sample_follows_from_its_own_readings():
    found = read_evidence(SAMPLE)

    assert isinstance(found, Measurement)
    assert found.methodology == Methodology.load("GRID-RENEWABLE")
    assert found.tonnes == 269
    assert f"0x{found.evidence_hash().hex()}" in DOCS.read_text("utf-8")


# --- units


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("12.5", 1_250_000_000),
        ("1", 100_000_000),
        ("0.00000001", 1),
        ("184467440737.09551615", 2**64 - 1),
    ],
)
def test_tonnes_as_people_write_them(text, amount):
    assert parse_tonnes(text) == amount
    assert tonnes_text(amount).replace(",", "") == text


@pytest.mark.parametrize(
    "text",
    ["", "0", "0.0", "-1", "1.", ".5", "1e3", "1,5", "0.000000001", "NaN", "١", "184467440738"],
)
def test_other_amounts_are_refused(text):
    with pytest.raises(CivitasError, match="amount"):
        parse_tonnes(text)


@given(
    project=st.integers(1, 2**128 - 1), kind=st.integers(0, 255), number=st.integers(1, 2**64 - 1)
)
def test_a_batch_id_survives_both_ways_of_writing_it(project, kind, number):
    batch = BatchId(project, kind, number)

    assert BatchId.of(batch.token_id) == batch
    assert BatchId.parse(str(batch)) == batch
    assert BatchId.parse(str(batch.token_id)) == batch


@pytest.mark.parametrize("text", ["", "1", "1/2", "1/2/3/4", "a/b/c", "-1/0/1", "1//1"])
def test_other_batch_ids_are_refused(text):
    with pytest.raises(CivitasError, match="batch"):
        BatchId.parse(text)


def test_a_citys_days_are_local():
    clock = Clock(540)

    assert clock.name == "UTC+09:00"
    assert clock.text(clock.year(2027)[0]) == "2027-01-01 00:00"
    assert clock.year(2027)[0] == 1_798_729_200
    assert Clock(-210).name == "UTC-03:30"


def test_the_details_hash_binds_salt_and_details_apart(tmp_path):
    assert details_hash(b"ab", b"c") != details_hash(b"a", b"bc")
    salt, details = tmp_path / "salt", tmp_path / "details"
    salt.write_bytes(b"s" * 16)
    details.write_bytes(b"to whom, and why")
    assert read_details(details, salt) == details_hash(b"s" * 16, b"to whom, and why")
    assert read_details(None, None) == bytes(32)
    with pytest.raises(CivitasError, match="give both files or none"):
        read_details(details, None)
    salt.write_bytes(b"s" * 15)
    with pytest.raises(CivitasError, match="15 bytes are too few"):
        read_details(details, salt)


def test_the_first_difference_of_documents():
    assert first_difference({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}) == ("a[1].b", "2", "3")
    assert first_difference({"a": 1}, {"a": 1, "b": 2}) == ("b", "nothing", "2")
    assert first_difference({"a": [1]}, {"a": [1, 2]}) == ("number of a", "1", "2")
    assert first_difference({"a": 1}, {"a": True}) == ("a", "1", "True")
    assert first_difference({"a": [1]}, {"a": [1]}) is None
