"""The commands as people run them: another process, real files, exit codes and sentences."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from civitas.year.balance import KEYS, PARTS
from tests.deployment import RECORDS

ROOT = Path(__file__).resolve().parents[2]
ASSETS = (ROOT / "samples/assets.csv").read_text().splitlines(keepends=True)
LEASES = (ROOT / "samples/leases.csv").read_text().splitlines(keepends=True)
SEATTLE = ROOT.parent / "shared/data/seattle_2016_energy_benchmarking.csv"


def ape_run(*arguments):
    return subprocess.run(
        [Path(sys.executable).parent / "ape", "run", *arguments],
        cwd=ROOT,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    out = tmp_path_factory.mktemp("demo")
    done = ape_run("demo", "--out", out)
    assert done.returncode == 0, done.stderr
    return done, out


def figures(out):
    return json.loads((out / "summary.json").read_text())


def assert_balanced(summary):
    state, events = summary["from_state"], summary["from_events"]
    assert set(state) == set(events) == set(KEYS)
    assert state == events
    assert all(type(amount) is int for amount in state.values())
    assert state["rent_paid"] == sum(state[key] for key in PARTS) > 0


def test_the_demo_ends_with_books_that_balance(demo):
    summary = figures(demo[1])

    assert_balanced(summary)
    assert summary["assets"]["registered"] == len(ASSETS) - 1
    assert sum(summary["assets"]["by_class"].values()) == len(ASSETS) - 1
    assert summary["transactions"] > 1_000


def test_the_demo_retires_carbon(demo):
    carbon = figures(demo[1])["carbon"]

    assert carbon["issued"] == carbon["retired"] + carbon["tradable"]
    assert carbon["retired"] > 0


def test_the_demo_shows_why_transfers_are_refused(demo):
    refused = figures(demo[1])["refused_transfers"]

    assert [(each["code"], each["error"].split(":")[0]) for each in refused] == [
        (8, "ERC7943CannotReceive"),
        (11, "ERC20InsufficientBalance"),
        (4, "ERC7943CannotReceive"),
        (6, "ERC7943InsufficientUnfrozenBalance"),
        (2, "EnforcedPause"),
        (7, "ERC7943CannotSend"),
    ]


def test_the_demo_writes_every_event_and_a_page(demo):
    done, out = demo
    rows = (out / "events.csv").read_text().splitlines()

    assert rows[0].startswith("block,log_index,timestamp,transaction,contract,address,event")
    assert sum(",RentPaid," in row for row in rows) > 200
    assert "<html" in (out / "report.html").read_text()[:200]
    assert "state and events agree" in done.stdout


@pytest.mark.parametrize("assets", [SEATTLE] * SEATTLE.exists())
def test_the_demo_runs_on_a_real_municipal_portfolio(tmp_path, assets):
    done = ape_run(
        "demo", "--assets", assets, "--mapping", "samples/mappings/seattle.toml", "--out", tmp_path
    )

    assert done.returncode == 0, done.stderr
    assert_balanced(figures(tmp_path))
    assert figures(tmp_path)["assets"]["registered"] == 69
    assert "share parcel" in done.stderr
    assert "no parcel number" in done.stderr


def edited(lines, number, old, new):
    assert old in lines[number - 1]
    return "".join([*lines[: number - 1], lines[number - 1].replace(old, new), *lines[number:]])


ADMINISTRATIVE = next(n for n, row in enumerate(ASSETS, 1) if ",ADMINISTRATIVE," in row)
BAD_ASSETS = {
    "a missing column": (edited(ASSETS, 1, ",area_m2", ""), ":1: area_m2: "),
    "a negative area": (edited(ASSETS, 2, "8240.5", "-8240.5"), ":2: area_m2: "),
    "a duplicate parcel": (
        edited(ASSETS, 3, "Saebyeok-dong 102-1", "Saebyeok-dong 101"),
        ":3: parcel: ",
    ),
    "units of administrative property": (
        edited(ASSETS, ADMINISTRATIVE, ",0,", ",5,"),
        f":{ADMINISTRATIVE}: units: ",
    ),
}


@pytest.mark.parametrize("what", BAD_ASSETS)
def test_bad_assets_stop_before_anything_is_sent(tmp_path, what):
    text, expected = BAD_ASSETS[what]
    bad = tmp_path / "assets.csv"
    bad.write_text(text)

    done = ape_run("demo", "--assets", bad, "--out", tmp_path / "out")

    assert done.returncode == 2
    assert bad.as_posix() + expected in done.stderr
    assert "transactions" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_two_bad_rows_are_two_sentences(tmp_path):
    bad = tmp_path / "assets.csv"
    text = edited(ASSETS, 2, "8240.5", "-1")
    bad.write_text(edited(text.splitlines(keepends=True), 3, "5120", "many"))

    done = ape_run("demo", "--assets", bad, "--out", tmp_path / "out")

    assert done.returncode == 2
    named = [line for line in done.stderr.splitlines() if line.startswith(bad.as_posix())]
    assert [line.split(":")[1] for line in named] == ["2", "3"]


def test_a_lease_of_an_unknown_asset_is_named(tmp_path):
    bad = tmp_path / "leases.csv"
    bad.write_text(edited(LEASES, 2, "HN-001", "HN-999"))

    done = ape_run("demo", "--leases", bad, "--out", tmp_path / "out")

    assert done.returncode == 2
    assert f"{bad.as_posix()}:2: asset: " in done.stderr
    assert "HN-999" in done.stderr


def test_broken_encoding_is_named(tmp_path):
    bad = tmp_path / "assets.csv"
    bad.write_bytes(
        "".join(ASSETS[:3]).encode() + "HN-9,서울 1,시청,OFFICE,1,1,0,,\n".encode("cp949")
    )

    done = ape_run("demo", "--assets", bad, "--out", tmp_path / "out")

    assert done.returncode == 2
    assert f"{bad.as_posix()}:4: " in done.stderr
    assert "UTF-8" in done.stderr


def test_a_missing_file_is_a_sentence(tmp_path):
    done = ape_run("demo", "--assets", tmp_path / "none.csv", "--out", tmp_path / "out")

    assert done.returncode == 2
    assert f"{(tmp_path / 'none.csv').as_posix()}: no such file" in done.stderr
    assert "Traceback" not in done.stderr


def test_deploy_writes_an_address_book(tmp_path):
    done = ape_run(
        "deploy",
        "deployments/ethereum/local/params.toml",
        "--network",
        "ethereum:local:revm",
        "--account",
        "TEST::0",
        "--records",
        tmp_path / "book",
    )

    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "book").glob("*.json"))) == RECORDS
    assert "CityDirectory" in done.stdout


def test_check_says_what_is_missing(tmp_path):
    done = ape_run(
        "check",
        "deployments/ethereum/local/params.toml",
        "--network",
        "ethereum:local:revm",
        "--records",
        tmp_path,
    )

    assert done.returncode == 2
    assert "run `ape run deploy` for this network first" in done.stderr
