"""The carbon commands in one process, on one chain: what they do, and what they refuse."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import date
from functools import partial
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace

import ape
import pytest
from eth_utils import keccak

from civitas.carbon import certificate as pages
from civitas.carbon.details import details_hash
from civitas.carbon.inventory import PLACES, positions
from civitas.carbon.kinds import Kinds
from civitas.carbon.measure import Methodology, Reading, measure
from civitas.carbon.units import TONNE, BatchId
from civitas.chain import carbon as chain_carbon
from civitas.chain import carbon_books
from civitas.chain.address_book import AddressBook
from civitas.chain.deploy import name32
from civitas.errors import CivitasError, InputErrors
from civitas.ledger.journal import balances
from civitas.ledger.rules import CARBON, Books, journal
from scripts.carbon import cli
from tests.conftest import PARAMS

DAY = 86_400
FIRST, LAST = date(2025, 10, 1), date(2025, 12, 31)  # 92 days
JOINED = date(2025, 11, 16)  # the second meter, for the last 46 of them
DAILY = 4_000_000  # {Wh}
BROKEN_DAY, OUTLIER_DAY = 10, 70  # from FIRST
METER = 40  # test account
# The first meter lacks a day, the second one has an outlier: 91 and 45 readings count.
TONNES = (91 + 45) * DAILY * 450 // 10**9
PERIOD = ("--from", "2025-10-01", "--to", "2025-12-31")
VERIFIERS = ("--verifier", "TEST::7", "--verifier", "TEST::14")


@pytest.fixture(scope="module")
def carbon(run_command):
    """Run a command; the result has `exit_code`, `stdout` and `stderr`."""
    return partial(run_command, cli)


@pytest.fixture(scope="module")
def build_plant(city, register_asset, esg_officer, council_clerk, accounts):
    """A plant whose two meters have read a quarter, and a project with a buffer on it."""
    city.carbon_registry.set_buffer_bps(2, 1_000, keccak(text="buffer"), sender=council_clerk)

    def build(name):
        meter, asset_id = accounts[METER], register_asset(name, "POWER_PLANT")
        start, end = city.clock.period(FIRST, LAST)
        devices = [keccak(text=f"{name} meter {number}") for number in (1, 2)]
        for device in devices:
            city.meter_registry.register_device(device, asset_id, meter, sender=esg_officer)
        readings = []
        for device, joined in zip(devices, (FIRST, JOINED), strict=True):
            for number in range((joined - FIRST).days, 92):
                if device == devices[0] and number == BROKEN_DAY:
                    continue
                at = start + number * DAY
                is_wrong = device == devices[1] and number == OUTLIER_DAY
                energy = 5 * DAILY if is_wrong else DAILY
                readings.append(Reading("0x" + device.hex(), at, at + DAY, energy))
        for place in range(0, len(readings), 64):
            chain_carbon.record_readings(city, readings[place : place + 64], meter, esg_officer)
        city.carbon_registry.register_project(
            asset_id, name32("GRID-RENEWABLE"), 410, 0, 2, False, sender=esg_officer
        )
        project = city.carbon_registry.total_projects()
        return SimpleNamespace(
            asset_id=asset_id, project=project, start=start, end=end, devices=devices, meter=meter
        )

    return build


@pytest.fixture(scope="module")
def issue(alice):
    """The arguments of an issuance to alice."""

    def arguments(evidence, *more, project, verifiers=VERIFIERS):
        return (
            *("issue", "--project", project, "--evidence", evidence),
            *("--to", alice.address, *verifiers, *more),
        )

    return arguments


@pytest.fixture(scope="module")
def story(carbon, build_plant, verify, issue, city, alice, bob, council, tmp_path_factory):
    """A plant with one batch and one certificate of it, and a plant with readings alone."""
    verify(alice, bob)
    found = SimpleNamespace(plant=build_plant("solar plant"), fresh=build_plant("fresh plant"))
    folder = tmp_path_factory.mktemp("evidence")
    for name in ("plant", "fresh"):
        plant = getattr(found, name)
        plant.evidence = folder / f"{name}.json"
        measured = ("measure", "--asset", plant.asset_id, *PERIOD, "--out", plant.evidence)
        assert carbon(*measured).exit_code == 0
    plant = found.plant
    done = carbon(*issue(plant.evidence, "--yes", project=plant.project))
    assert done.exit_code == 0, done.stderr
    found.batch = BatchId(plant.project, 0, 1)
    done = carbon(
        *("retire", "--from", "TEST::20", "--batch", found.batch, "--amount", "12.5", "--yes"),
        *("--for", council.address, "--purpose", "CITY_FOOTPRINT"),
        *("--period", "2025-10-01", "2025-12-31"),
    )
    assert done.exit_code == 0, done.stderr
    found.certificate_id = city.certificate.total_certificates()
    return found


@pytest.fixture(scope="module")
def plant(story):
    return story.plant


@pytest.fixture(scope="module")
def fresh(story):
    return story.fresh


@pytest.fixture(scope="module")
def evidence(plant):
    return plant.evidence


@pytest.fixture(scope="module")
def batch(story):
    return story.batch


@pytest.fixture(scope="module")
def certificate_id(story):
    return story.certificate_id


@pytest.fixture(scope="module")
def retire(batch, council):
    """The arguments of alice's retirement for the council."""

    def arguments(*more, batch=batch, amount="12.5"):
        return (
            *("retire", "--from", "TEST::20", "--batch", batch, "--amount", amount),
            *("--for", council.address, "--purpose", "CITY_FOOTPRINT", *more),
        )

    return arguments


@pytest.fixture
def page(carbon, certificate_id, tmp_path):
    path = tmp_path / "certificate.html"
    done = carbon("certificate", certificate_id, "--out", path)
    assert done.exit_code == 0, done.stderr
    return path


def refused(done, code, sentence):
    assert done.exit_code == code, (done.stdout, done.stderr)
    assert sentence in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


# --- measure


def test_measure_shows_every_gap_and_outlier(carbon, plant):
    done = carbon("measure", "--asset", plant.asset_id, *PERIOD)

    assert done.exit_code == 0
    out = done.stdout
    assert "2025-10-01 to 2025-12-31 (UTC+09:00), by GRID-RENEWABLE" in out
    assert "2025-10-11 00:00 to 2025-10-12 00:00" in out  # the day without a reading
    assert "20,000,000 Wh: outlier" in out
    assert f"{136 * DAILY:,} Wh at 450 g/kWh" in out
    assert f"tonnes         {TONNES:,}" in out
    assert "grade          B" in out


def test_measure_writes_evidence_that_hashes_to_what_it_says(carbon, plant, evidence):
    done = carbon("measure", "--asset", plant.asset_id, *PERIOD, "--json")
    said = json.loads(done.stdout)

    assert said.pop("evidence_hash") == "0x" + keccak(evidence.read_bytes()).hex()
    assert said == json.loads(evidence.read_bytes())
    assert said["tonnes"] == TONNES == 244
    # 45 of the second meter's 46 days
    assert said["coverage_bps"] == 45 * 10_000 // 46


def test_measure_below_the_coverage_says_that_nothing_can_be_issued(carbon, plant):
    done = carbon(
        "measure", "--asset", plant.asset_id, "--from", "2025-10-05", "--to", "2025-10-14"
    )

    assert done.exit_code == 0
    assert "coverage       9,000 bps" in done.stdout
    done = carbon(
        "measure", "--asset", plant.asset_id, "--from", "2025-10-06", "--to", "2025-10-13"
    )
    assert "grade          D" in done.stdout
    assert "tonnes         0" in done.stdout


def test_a_retired_meter_is_not_missed(city, carbon, plant, esg_officer):
    ape.chain.pending_timestamp = plant.end + 2 * DAY
    city.meter_registry.retire_device(plant.devices[1], sender=esg_officer)
    ape.chain.pending_timestamp = plant.end + 12 * DAY
    readings = [
        Reading("0x" + plant.devices[0].hex(), at, at + DAY, DAILY)
        for at in range(plant.end, plant.end + 10 * DAY, DAY)
    ]
    chain_carbon.record_readings(city, readings, plant.meter, esg_officer)

    done = carbon(
        *("measure", "--asset", plant.asset_id, "--from", "2026-01-01", "--to", "2026-01-10")
    )

    # It was in service for two days and a little, and read nothing in them.
    assert "coverage       0 bps" in done.stdout
    done = carbon(
        *("measure", "--asset", plant.asset_id, "--from", "2026-01-04", "--to", "2026-01-10")
    )
    assert "coverage       10,000 bps" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--asset", 999, *PERIOD), "asset 999: give --methodology; its projects name none"),
        (
            ("--asset", 999, *PERIOD, "--methodology", "GRID-RENEWABLE"),
            "asset 999 is not registered",
        ),
        (("--asset", "PLANT", *PERIOD, "--methodology", "NONE"), "there are GRID-RENEWABLE"),
        (
            ("--asset", "PLANT", "--from", "2025-12-31", "--to", "2025-10-01"),
            "the period ends on 2025-10-01, before it begins on 2025-12-31",
        ),
    ],
)
def test_measure_refuses(carbon, plant, arguments, sentence):
    named = [plant.asset_id if each == "PLANT" else each for each in arguments]

    refused(carbon("measure", *named), 2, sentence)


def test_measure_refuses_an_asset_without_meters(carbon, register_asset):
    asset_id = register_asset("no meter here")

    refused(
        carbon("measure", "--asset", asset_id, *PERIOD, "--methodology", "GRID-RENEWABLE"),
        2,
        f"asset {asset_id} has no readings",
    )


def test_a_bad_day_is_a_usage_error(carbon, plant):
    done = carbon("measure", "--asset", plant.asset_id, "--from", "1.10.2025", "--to", "2025-12-31")

    assert done.exit_code == 2
    assert "write it as 2027-01-31" in done.stderr


def test_every_command_asks_for_records_first(carbon, tmp_path):
    for arguments in (
        ("measure", "--asset", 1, *PERIOD),
        ("verify", "1/0/1"),
        ("certificate", 1),
        ("inventory", "--year", 2025),
    ):
        refused(
            carbon(*arguments, records=tmp_path), 2, "run `ape run deploy` for this network first"
        )


# --- issue


def test_issue_sends_what_two_verifiers_signed(carbon, issue, city, fresh, alice):
    done = carbon(*issue(fresh.evidence, "--yes", "--expires", "2035-12-31", project=fresh.project))

    assert done.exit_code == 0, done.stderr
    batch = BatchId(fresh.project, 0, 1)
    assert f"issued batch {batch}, token id {batch.token_id}" in done.stdout
    assert "CarbonRegistry.BatchIssued: " in done.stdout
    assert "CarbonCredit.Buffered: " in done.stdout
    supply = city.carbon_credit.supply_of(batch.token_id)
    assert supply.issued == TONNES * TONNE
    assert supply.buffer == TONNES * TONNE // 10
    assert city.carbon_credit.balanceOf(alice, batch.token_id) == supply.tradable
    assert city.carbon_registry.batch(batch.token_id).vintage == 2025
    assert city.carbon_credit.terms_of(batch.token_id).expiry == 2_082_725_999


def test_issue_dry_run_sends_nothing(carbon, issue, fresh):
    height = ape.chain.blocks.height

    done = carbon(*issue(fresh.evidence, "--dry-run", project=fresh.project))

    assert done.exit_code == 0, done.stderr
    assert f"batch {BatchId(fresh.project, 0, 1)} would be issued; nothing was sent" in done.stdout
    assert ape.chain.blocks.height == height


def test_issue_twice_is_refused_by_the_chain(carbon, issue, plant):
    refused(
        carbon(*issue(plant.evidence, "--yes", project=plant.project)),
        2,
        "the chain refuses: serial_intervals: overlap",
    )


@pytest.mark.parametrize(
    ("verifiers", "sentence"),
    [
        (("--verifier", "TEST::7"), "2 verifiers must sign, 1 were named"),
        (("--verifier", "TEST::7", "--verifier", "TEST::7"), "2 verifiers must sign, 1 were"),
        (("--verifier", "TEST::7", "--verifier", "TEST::30"), "is no carbon verifier"),
    ],
)
def test_issue_refuses_too_few_verifiers(carbon, issue, fresh, verifiers, sentence):
    refused(carbon(*issue(fresh.evidence, project=fresh.project, verifiers=verifiers)), 2, sentence)


def test_issue_refuses_a_stranger_to_receive(carbon, issue, fresh, stranger):
    arguments = [*issue(fresh.evidence, project=fresh.project)]
    arguments[arguments.index("--to") + 1] = stranger.address

    refused(carbon(*arguments), 2, f"{stranger.address} is no verified investor")
    arguments[arguments.index("--to") + 1] = "0x12"
    refused(carbon(*arguments), 2, "'0x12' is no address")


def test_issue_refuses_another_project(carbon, issue, city, evidence, esg_officer, register_asset):
    other = register_asset("another plant", "POWER_PLANT")
    city.carbon_registry.register_project(
        other, name32("GRID-RENEWABLE"), 410, 0, 0, False, sender=esg_officer
    )
    number = city.carbon_registry.total_projects()

    refused(carbon(*issue(evidence, project=number)), 2, f"project {number} is on asset {other}")
    refused(carbon(*issue(evidence, project=999)), 2, "project 999 is not registered; there are 1")


def test_issue_refuses_evidence_that_is_not_the_chains(carbon, issue, fresh, tmp_path):
    document = json.loads(fresh.evidence.read_bytes())
    readings = [Reading(*row) for row in document["readings"]]
    # An outlier taken out altogether: the file is whole in itself.
    start, end = document["start"], document["end"]
    less = measure(readings, document["asset"], start, end, Methodology.load("GRID-RENEWABLE"))
    path = tmp_path / "less.json"
    path.write_bytes(less.evidence())

    refused(
        carbon(*issue(path, project=fresh.project)),
        1,
        "evidence: number of left_out: says 0, the chain's readings give 1",
    )


def test_issue_refuses_evidence_with_one_changed_figure(carbon, issue, fresh, tmp_path):
    path = tmp_path / "more.json"
    path.write_text(
        fresh.evidence.read_text().replace(f'"tonnes":{TONNES}', f'"tonnes":{TONNES + 1}')
    )

    refused(
        carbon(*issue(path, project=fresh.project)),
        1,
        f"tonnes: says {TONNES + 1}, its readings give {TONNES}",
    )
    refused(carbon(*issue(tmp_path / "none.json", project=fresh.project)), 2, "no such file")


def test_issue_refuses_a_period_with_too_little_of_it_covered(carbon, issue, fresh, tmp_path):
    path = tmp_path / "evidence.json"
    days = ("--from", "2025-10-06", "--to", "2025-10-13")
    carbon("measure", "--asset", fresh.asset_id, *days, "--out", path)

    refused(
        carbon(*issue(path, project=fresh.project)),
        2,
        "nothing to issue: 8750 bps of the period are covered",
    )


# --- verify


def test_verify_reckons_a_batch_again_without_its_evidence(carbon, batch):
    done = carbon("verify", batch)

    assert done.exit_code == 0, done.stderr
    assert f"batch {batch} holds: every figure follows from the readings" in done.stdout
    assert "DIFFERS" not in done.stdout
    assert carbon("verify", batch.token_id).exit_code == 0


def test_verify_as_json(carbon, batch, evidence):
    checked = json.loads(carbon("verify", batch, "--evidence", evidence, "--json").stdout)

    assert all(each["holds"] for each in checked)
    assert {each["name"] for each in checked} >= {"tonnes", "evidence hash", "issued"}


def test_readings_that_come_later_do_not_unsettle_a_batch(
    city, carbon, batch, plant, evidence, esg_officer
):
    late = keccak(text="a meter that joins late")
    city.meter_registry.register_device(late, plant.asset_id, plant.meter, sender=esg_officer)
    reading = Reading("0x" + late.hex(), plant.start, plant.start + DAY, DAILY)
    chain_carbon.record_readings(city, [reading], plant.meter, esg_officer)

    assert carbon("verify", batch, "--evidence", evidence).exit_code == 0


@pytest.mark.parametrize("place", range(0, 4_000, 373))
def test_verify_notices_one_changed_digit_in_the_evidence(carbon, batch, evidence, tmp_path, place):
    text = evidence.read_text()
    at = next(each for each in range(place, len(text)) if text[each].isdigit())
    path = tmp_path / "evidence.json"
    path.write_text(text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :])

    done = carbon("verify", batch, "--evidence", path)

    assert done.exit_code in (1, 2)
    assert path.name in done.stderr


@pytest.fixture
def tampered(city, fresh, alice, carbon_verifier, second_verifier, esg_officer):
    """Let verifiers sign what was not read: `tampered(lambda reading: {wh})` issues a batch."""

    def issued(energy):
        readings = [
            Reading(each.device, each.start, each.end, energy(each))
            for each in chain_carbon.readings_of(city, fresh.asset_id)
        ]
        rule = Methodology.load("GRID-RENEWABLE")
        found = measure(readings, fresh.asset_id, fresh.start, fresh.end, rule)
        deadline = ape.chain.blocks.head.timestamp + DAY
        issuance = chain_carbon.native_issuance(
            city, fresh.project, found, alice.address, 2025, deadline
        )
        verifiers = (carbon_verifier, second_verifier)
        return BatchId.of(chain_carbon.issue(city, issuance, verifiers, esg_officer))

    return issued


def test_verify_finds_a_batch_from_tampered_readings(carbon, tampered):
    done = carbon("verify", tampered(lambda reading: reading.energy_wh * 11 // 10))

    more = 136 * DAILY * 11 // 10 * 450 // 10**9
    refused(done, 1, f"tonnes: the chain says {more}, reckoned again {TONNES}")
    assert done.stdout.count("DIFFERS") == 4


def test_verify_finds_a_single_watt_hour(carbon, tampered, fresh):
    batch = tampered(lambda reading: reading.energy_wh + (reading.start == fresh.start))

    # The tonnes are the same; the evidence is not.
    refused(carbon("verify", batch), 1, "evidence hash: the chain says 0x")


def test_verify_refuses(carbon, batch):
    refused(carbon("verify", f"{batch.project}/0/99"), 2, "was never issued")
    refused(carbon("verify", "12"), 2, "give a token id, or project/kind/number")


def test_verify_says_that_bridged_readings_are_elsewhere(
    city, carbon, alice, esg_officer, carbon_verifier, second_verifier
):
    registry = city.carbon_registry
    registry.register_project(0, name32("VM0042"), 356, 0, 0, False, sender=esg_officer)
    now = ape.chain.blocks.head.timestamp
    issuance = chain_carbon.Issuance(
        project_id=registry.total_projects(),
        receiver=alice.address,
        tonnes=5,
        vintage=2024,
        period_start=1,
        period_end=2,
        expiry=0,
        registry_code=name32("VERRA"),
        series_id=name32("S1"),
        first_serial=1,
        origin=keccak(text="transaction elsewhere"),
        evidence_hash=keccak(text="documents elsewhere"),
        deadline=now + DAY,
    )
    batch = chain_carbon.issue(city, issuance, (carbon_verifier, second_verifier), esg_officer)

    refused(carbon("verify", batch), 2, "was brought in from another registry")
    done = carbon("inventory", "--year", 2024)
    assert done.exit_code == 0
    assert "other" in done.stdout


# --- retire


def test_retire_writes_a_certificate(carbon, retire, city, batch, alice, council, tmp_path):
    before = city.carbon_credit.retiredBalanceOf(alice, batch.token_id)
    details, salt = tmp_path / "details.txt", tmp_path / "salt"
    details.write_bytes(b"the town hall's electricity")
    salt.write_bytes(bytes(range(32)))

    done = carbon(
        *retire("--details-file", details, "--salt-file", salt),
        *("--period", "2025-10-01", "2025-12-31", "--yes"),
    )

    assert done.exit_code == 0, done.stderr
    number = city.certificate.total_certificates()
    assert done.stdout.strip().endswith(f"certificate {number}")
    assert "CarbonCredit.CreditRetired: " in done.stdout
    found = carbon_books.certificate_of(city, number, Kinds.load("kr"))
    assert (found.payer, found.beneficiary) == (alice.address, council.address)
    assert found.details_hash == details_hash(salt.read_bytes(), details.read_bytes())
    assert found.period == (20_362, 20_453)
    assert [(line.batch, line.amount) for line in found.lines] == [(batch, 1_250_000_000)]
    assert city.carbon_credit.retiredBalanceOf(alice, batch.token_id) == before + 1_250_000_000


def test_retire_dry_run_sends_nothing(carbon, retire, city):
    height, before = ape.chain.blocks.height, city.certificate.total_certificates()

    done = carbon(*retire("--dry-run"))

    assert done.exit_code == 0, done.stderr
    assert f"dry run: it would be certificate {before + 1}; nothing was sent" in done.stdout
    assert ape.chain.blocks.height == height


def test_retire_takes_several_batches_in_any_order(
    carbon, retire, issue, city, batch, plant, esg_officer, tmp_path
):
    ape.chain.pending_timestamp = plant.end + 40 * DAY
    for device in plant.devices:
        readings = [
            Reading("0x" + device.hex(), at, at + DAY, DAILY)
            for at in range(plant.end, plant.end + 31 * DAY, DAY)
        ]
        chain_carbon.record_readings(city, readings, plant.meter, esg_officer)
    path = tmp_path / "january.json"
    january = ("--from", "2026-01-01", "--to", "2026-01-31")
    carbon("measure", "--asset", plant.asset_id, *january, "--out", path)
    second = BatchId(plant.project, 0, 2)
    assert carbon(*issue(path, "--yes", project=plant.project)).exit_code == 0

    done = carbon(*retire("--batch", batch, "--amount", "0.25", "--yes", batch=second, amount="3"))

    assert done.exit_code == 0, done.stderr
    number = city.certificate.total_certificates()
    lines = carbon_books.certificate_of(city, number, Kinds.load("kr")).lines
    assert [(line.batch, line.amount) for line in lines] == [
        (batch, TONNE // 4),
        (second, 3 * TONNE),
    ]
    assert carbon("verify", second).exit_code == 0


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"amount": "1.000000001"}, "amount '1.000000001': write tonnes as digits"),
        ({"amount": "0"}, "amount '0': more than 0"),
        ({"amount": "500"}, "t of it free; 500 t were asked"),
        ({"batch": "9/0/9"}, "holds 0 t"),
        ({"batch": "nine"}, "batch 'nine': give a token id"),
    ],
)
def test_retire_refuses_what_is_not_there(carbon, retire, change, sentence):
    refused(carbon(*retire(**change)), 2, sentence)


def test_retire_refuses_frozen_credits(carbon, retire, city, batch, alice, compliance_officer):
    held = city.carbon_credit.balanceOf(alice, batch.token_id)
    city.carbon_credit.setFrozenTokens(
        alice, batch.token_id, held - TONNE, sender=compliance_officer
    )

    refused(carbon(*retire(amount="1.00000001")), 2, "1 t of it free; 1.00000001 t were asked")
    assert carbon(*retire("--dry-run", amount="1")).exit_code == 0


def test_retire_refuses_other_mistakes(carbon, retire, batch, tmp_path):
    refused(carbon(*retire("--batch", batch)), 2, "2 batches and 1 amounts: give them in pairs")
    twice = ("--batch", batch, "--amount", "1")
    refused(carbon(*retire(*twice)), 2, f"batch {batch} comes twice")
    refused(carbon(*retire("--salt-file", tmp_path / "salt")), 2, "a salt needs details")
    refused(
        carbon(*retire("--purpose", "LUNCH")), 2, "purpose 'LUNCH': the profile has 0 NOT_STATED"
    )
    refused(carbon(*retire("--period", "1969-01-01", "2025-01-01")), 2, "1970 to 2149")
    refused(
        carbon(*retire("--period", "2025-02-01", "2025-01-01")),
        2,
        "the chain refuses: retirement_certificate: bad period",
    )
    refused(carbon(*retire("--profile", "nowhere")), 2, "there are kr, neutral")
    arguments = [*retire()]
    arguments[arguments.index("--for") + 1] = "0x" + "00" * 20
    refused(carbon(*arguments), 2, "the chain refuses: nonfungible: zero receiver")


def test_a_gated_purpose_asks_for_an_authorised_batch(carbon, retire, city, batch, council_clerk):
    wanted = ("--account", "TEST::3", "--resolution", "Resolution 12", "--yes")
    assert carbon("kinds", *wanted).exit_code == 0

    refused(
        carbon(*retire("--purpose", "INTERNATIONAL")),
        2,
        "the chain refuses: carbon_credit: not authorised",
    )
    city.carbon_credit.set_adjustment(
        batch.token_id, 1, keccak(text="letter of authorisation"), sender=council_clerk
    )
    assert carbon(*retire("--purpose", "INTERNATIONAL", "--yes")).exit_code == 0


# --- certificate


def test_certificate_shows_what_the_chain_says(carbon, certificate_id, batch, alice, council):
    done = carbon("certificate", certificate_id)

    assert done.exit_code == 0
    for text in (
        "12.5 t CO₂e",
        "in force",
        "1, the city's own footprint",
        "2025-10-01 to 2025-12-31",
        alice.address,
        council.address,
        str(batch),
        f"1 to {TONNES}",
        "GRID-RENEWABLE",
        "VCM",
        "not authorised",
        f"#network=eip155:{ape.chain.chain_id}&contract=",
    ):
        assert text in done.stdout, text


def test_a_page_holds_as_it_was_written(carbon, page, certificate_id):
    done = carbon("certificate", "--verify", page)

    assert done.exit_code == 0, done.stderr
    assert f"says what the chain says of certificate {certificate_id}" in done.stdout


def test_a_page_holds_as_the_chain_goes_on(carbon, page):
    ape.chain.mine(3)

    assert carbon("certificate", "--verify", page).exit_code == 0


def test_an_event_that_the_contract_does_not_keep_is_a_difference(
    carbon, certificate_id, monkeypatch
):
    read = carbon_books.read_events

    def other_details(*given):
        return [
            replace(each, arguments=dict(each.arguments) | {"details_hash": b"\1" * 32})
            for each in read(*given)
        ]

    monkeypatch.setattr(carbon_books, "read_events", other_details)

    refused(carbon("certificate", certificate_id), 1, "its event is not what the contract keeps")


def test_a_page_loads_and_runs_nothing(page):
    text = page.read_text()

    assert "default-src 'none'" in text
    assert "<script" not in text
    assert 'src="http' not in text


def test_the_page_shows_the_contracts_own_picture(city, carbon, page, certificate_id):
    found = carbon_books.certificate_of(city, certificate_id, Kinds.load("kr"))

    assert found.picture == city.certificate.image(certificate_id)
    assert found.home == f"https://city.example/certificates/{certificate_id}"
    assert "data:image/svg+xml;base64," in page.read_text()


def flipped(text, at):
    return text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :]


@pytest.mark.parametrize(
    ("mark", "named"),
    [
        ('data-fact="certificate">', "certificate "),
        ('data-fact="amount">', "Amount: the page says 22.5 t CO₂e, the chain says 12.5 t CO₂e"),
        ('data-fact="purpose">', "Purpose: the page says 2"),
        ('data-fact="period">', "For the period: "),
        ('data-fact="beneficiary">', "Beneficiary: "),
        ('data-fact="payer">', "Credits given up by: "),
        ('data-fact="retired-at">', "Retired at: "),
        ('data-fact="line-1-batch">', "line 1, batch: "),
        ('data-fact="line-1-lost">', "line 1, lost: the page says 1, the chain says 0"),
        ('data-fact="line-1-serials">', "line 1, serials of the batch: "),
        ('data-fact="line-1-evidence">', "line 1, evidence hash: "),
        ('data-fact="network">', "Network: "),
        ('data-fact="contract">', "Contract: "),
        ('data-fact="as-of">', "State read at block: "),
        ("base64,", "picture: "),
        ("&amp;id=", "link: "),
        ("&amp;digest=", "link: "),
        ("max-width: ", "page: line "),
    ],
)
def test_one_changed_digit_on_a_page_is_named(carbon, page, mark, named):
    text = page.read_text()
    at = next(
        each for each in range(text.index(mark) + len(mark), len(text)) if text[each].isdigit()
    )
    page.write_text(flipped(text, at))

    refused(carbon("certificate", "--verify", page), 1, named)


def test_every_changed_digit_on_a_page_is_noticed(city, page, certificate_id):
    text = page.read_text()
    found = carbon_books.certificate_of(
        city, certificate_id, Kinds.load("kr"), pages.named_on(text)[1]
    )
    pages.require_same(text, found)
    places = [place for place, letter in enumerate(text) if letter in "0123456789"]
    assert len(places) > 500

    for place in places:
        with pytest.raises(CivitasError):
            pages.require_same(flipped(text, place), found)


def test_a_page_is_escaped(city, certificate_id):
    found = carbon_books.certificate_of(city, certificate_id, Kinds.load("kr"))
    bad = '"><script>alert(1)</script>'
    text = pages.page(
        replace(found, purpose_label=bad, home="javascript:alert(1)//", picture=bad, payer=bad)
    )

    assert "<script" not in text
    assert "javascript:" not in text


def test_a_page_is_out_of_date_when_tonnes_are_lost(
    city, carbon, page, batch, certificate_id, carbon_verifier, tmp_path
):
    lost = TONNES * TONNE // 10 + 2 * TONNE  # the buffer, and two tonnes more
    event = next(
        each
        for each in chain_carbon.carbon_events(city)
        if each.name == "CertificateIssued" and each.arguments["certificate_id"] == certificate_id
    )
    lines, details = event.arguments["lines"], event.arguments["details_hash"]
    city.carbon_credit.reverse(
        batch.token_id,
        lost,
        [],
        [(certificate_id, lines, details, 2 * TONNE)],
        keccak(text="report"),
        sender=carbon_verifier,
    )

    refused(
        carbon("certificate", "--verify", page),
        1,
        "State: the page says in force, the chain says 2 t were lost since and are not made good",
    )
    again = tmp_path / "again.html"
    assert carbon("certificate", certificate_id, "--out", again).exit_code == 0
    assert carbon("certificate", "--verify", again).exit_code == 0
    assert 'class="bad"' in again.read_text()


def test_certificate_refuses(carbon, certificate_id, tmp_path):
    refused(carbon("certificate", certificate_id + 1), 1, "does not exist; there are 1 to")
    refused(carbon("certificate"), 2, "give the id of a certificate, or --verify and a page")
    path = tmp_path / "page.html"
    path.write_text("<html><body>hello</body></html>")
    refused(carbon("certificate", "--verify", path), 2, "is no page of a retirement certificate")
    refused(carbon("certificate", "--verify", tmp_path / "none.html"), 2, "no such file")


# --- inventory


@pytest.fixture
def moved(
    city,
    carbon,
    batch,
    certificate_id,
    alice,
    bob,
    carbon_verifier,
    council_clerk,
    enforcer,
):
    """Every way a tonne can go: sold, cancelled, converted, exported, reversed, made good."""
    credit, token_id = city.carbon_credit, batch.token_id
    credit.safeTransferFrom(alice, bob, token_id, 30 * TONNE, b"", sender=alice)
    credit.safeBatchTransferFrom(bob, alice, [token_id], [4 * TONNE], b"", sender=bob)
    credit.forcedTransfer(alice, bob, token_id, TONNE, sender=enforcer)
    credit.cancel(bob, token_id, 2 * TONNE, keccak(text="why"), sender=bob)
    credit.export_credits(bob, token_id, 3 * TONNE, name32("ELSEWHERE"), sender=bob)
    credit.set_convertible(0, 3, True, keccak(text="resolution"), sender=council_clerk)
    credit.convert_kind(bob, token_id, 5 * TONNE, 3, sender=bob)
    credit.retire(token_id, bob, TONNE, sender=bob)
    event = next(
        each for each in chain_carbon.carbon_events(city) if each.name == "CertificateIssued"
    )
    mark = (
        certificate_id,
        event.arguments["lines"],
        event.arguments["details_hash"],
        6 * TONNE,
    )
    buffer = credit.supply_of(token_id).buffer
    credit.reverse(
        token_id, buffer + 6 * TONNE, [], [mark], keccak(text="storm"), sender=carbon_verifier
    )
    converted = BatchId(batch.project, 3, batch.number).token_id
    credit.cure(bob, token_id, certificate_id, converted, 2 * TONNE, sender=bob)
    return token_id


def test_the_inventory_equals_the_chain(city, carbon, plant, fresh, moved):
    done = carbon("inventory", "--year", 2025, "--json")

    assert done.exit_code == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["differences"] == []
    native, converted, unissued = said["rows"]
    supply = city.carbon_credit.supply_of(moved)
    assert {each: native[each] for each in PLACES} == {
        each: getattr(supply, each) for each in PLACES
    }
    assert native["asset"] == plant.asset_id
    assert native["energy_wh"] == (91 + 45 + 5) * DAILY
    assert native["reversed"] == 4 * TONNE
    assert native["exported"] == 3 * TONNE
    assert native["of_cancelled_converted"] == 5 * TONNE
    assert native["retired_by_purpose"] == {"0": TONNE, "1": 1_250_000_000 - 4 * TONNE}
    assert sum(native["holders"].values()) == native["tradable"]
    assert (converted["kind"], converted["issued"]) == (3, 5 * TONNE)
    assert (converted["tradable"], converted["cancelled"]) == (3 * TONNE, 2 * TONNE)
    assert (unissued["asset"], unissued["issued"]) == (fresh.asset_id, 0)
    assert unissued["energy_wh"] == native["energy_wh"]
    total = city.carbon_credit.total_supply_of()
    assert sum(row["issued"] for row in said["rows"]) == total.issued


def test_the_inventory_as_a_table(carbon, moved, alice, bob):
    done = carbon("inventory", "--year", 2025)

    assert done.exit_code == 0, done.stderr
    assert "vintage 2025, tonnes of CO2e" in done.stdout
    assert "KCU" in done.stdout
    assert "retired for 1, the city's own footprint: 8.5 t" in done.stdout
    assert f"held by {bob.address}: " in done.stdout
    assert "figures agree with the chain" in done.stdout


def test_a_year_without_anything_is_empty(carbon, batch):
    done = carbon("inventory", "--year", 2031, "--json")

    assert done.exit_code == 0
    assert json.loads(done.stdout)["rows"] == []


@pytest.mark.parametrize("missing", ["CreditRetired", "Buffered", "CreditExported", "CreditMinted"])
def test_an_event_left_out_is_a_difference(city, carbon, moved, monkeypatch, missing):
    read = chain_carbon.carbon_events
    monkeypatch.setattr(
        chain_carbon,
        "carbon_events",
        lambda *given: [each for each in read(*given) if each.name != missing],
    )

    done = carbon("inventory", "--year", 2025)

    assert done.exit_code == 1
    assert "the chain says" in done.stderr


def test_the_ledger_has_the_same_sums(city, moved):
    events = chain_carbon.carbon_events(city)
    sums = balances(journal(events, Books(currency="KRW", splitters=frozenset())))
    for place in ("tradable", "buffer", "retired", "cancelled", "reversed", "exported"):
        summed = sum(each.places[place] for each in positions(events).values())
        assert sums.get((f"Carbon:{place.capitalize()}", CARBON), 0) == summed


# --- the network


def test_records_of_another_chain_are_told_apart(carbon, book, tmp_path):
    record = AddressBook(book).require("CityDirectory")
    for path in book.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    nowhere = record.model_copy(update={"address": "0x" + "ee" * 20})
    AddressBook(tmp_path).put("CityDirectory", nowhere)

    done = carbon("inventory", "--year", 2025, records=tmp_path)

    refused(done, 2, f": are the records in {tmp_path} of another network?")


def test_it_runs_as_a_command_of_ape(tmp_path):
    ape_run = Path(sys.executable).parent / "ape"
    done = subprocess.run(
        [ape_run, "run", "carbon", "verify", "1/0/1", "--network", "ethereum:local:revm"]
        + ["--records", tmp_path],
        cwd=PARAMS.absolute().parents[3],
        capture_output=True,
        text=True,
        timeout=300,
    )

    assert done.returncode == 2
    assert "run `ape run deploy` for this network first" in done.stderr


# --- kinds


def test_kinds_are_applied_once(carbon, city):
    arguments = ("kinds", "--account", "TEST::3", "--resolution", "Resolution 12")

    dry = carbon(*arguments, "--dry-run")
    assert dry.stdout.splitlines()[:1] == ["allow KOC to KCU"]
    assert "nothing was sent" in dry.stdout
    assert not city.carbon_credit.is_convertible(2, 3)

    done = carbon(*arguments, "--yes")
    assert done.exit_code == 0, done.stderr
    assert "changed 2" in done.stdout
    assert city.carbon_credit.is_convertible(2, 3)
    assert city.carbon_credit.is_gated(5)
    assert not city.carbon_credit.is_gated(4)
    assert carbon(*arguments).stdout.strip() == "nothing to send"


def test_another_profile_withdraws_what_the_first_allowed(city, council_clerk):
    resolution = keccak(text="resolution")
    korean, neutral = Kinds.load("kr"), Kinds.load("neutral")

    assert len(chain_carbon.apply_kinds(city, korean, council_clerk, resolution)) == 2
    assert chain_carbon.apply_kinds(city, korean, council_clerk, resolution) == []
    assert chain_carbon.apply_kinds(city, neutral, council_clerk, resolution) == [
        "forbid kind 2 to kind 3"
    ]
    assert not city.carbon_credit.is_convertible(2, 3)
    assert city.carbon_credit.is_gated(5)


def test_only_the_clerk_may_apply_kinds(carbon):
    done = carbon("kinds", "--account", "TEST::30", "--resolution", "mine", "--yes")

    refused(done, 2, "lacks COUNCIL_CLERK")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('code = "KAU"', 'code = "VCM"', "kinds: code VCM more than once"),
        ('to_kind = "KCU"', 'to_kind = "KXX"', "conversions: KXX is no kind"),
        ('to_kind = "KCU"', 'to_kind = "VCM"', "only to a kind with a higher number"),
        ("number = 5", "number = 4", "purposes: number 4 more than once"),
        ("is_gated = true", "gated = true", "is not a known key"),
    ],
)
def test_bad_kinds_are_named(tmp_path, old, new, sentence):
    text = files("civitas.carbon.kinds").joinpath("kr.toml").read_text()
    assert old in text
    path = tmp_path / "mine.toml"
    path.write_text(text.replace(old, new))

    with pytest.raises(InputErrors, match=sentence):
        Kinds.load(path)
