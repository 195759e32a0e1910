"""`ape run asset`: single acts on deeds, what falls due, and the sentences of refusals."""

import json
from datetime import datetime, timedelta, timezone
from functools import partial

import pytest
from ape import chain
from eth_utils import keccak

from civitas.chain.operations import Operations, Sent
from civitas.chain.transactions import Prepared
from civitas.inventory.assets import COLUMNS
from civitas.inventory.register import parcel_key
from scripts.asset import cli
from tests.conftest import FOREVER

COUNCIL, MANAGER, CLERK, APPRAISER, OFFICER = 1, 2, 3, 4, 5  # test accounts
KST = timezone(timedelta(hours=9))
REPORT = "0x" + "ab" * 32
DAY = 86_400


@pytest.fixture
def asset(run_command):
    """`asset("retire", 1, by=COUNCIL)`."""

    def run(*arguments, by=None, options=("--yes",)):
        account = () if by is None else ("--account", f"TEST::{by}", *options)
        return run_command(cli, *arguments, *account)

    return run


@pytest.fixture
def resolved(asset):
    """An act of the clerk with its resolution."""
    return partial(asset, by=CLERK)


RESOLUTION = ("--resolution", "2027-13", "--document", REPORT)
HASHES = (keccak(text="2027-13"), bytes.fromhex("ab" * 32))


@pytest.fixture
def office(register_asset):
    return register_asset("an office")


def last_second(days):
    """Of the local day so many days ahead, and the day as text."""
    day = datetime.fromtimestamp(chain.pending_timestamp + days * DAY, KST).date()
    end = datetime(day.year, day.month, day.day, tzinfo=KST) + timedelta(days=1)
    return int(end.timestamp()) - 1, str(day)


@pytest.fixture
def parts(tmp_path):
    def write(*rows):
        path = tmp_path / "parts.csv"
        path.write_text("\n".join((",".join(COLUMNS), *rows)) + "\n")
        return path

    return write


# --- appraise, prove


def test_appraises(asset, city, office, appraiser):
    until, day = last_second(300)

    done = asset("appraise", office, "950000000", "--until", day, "--report", REPORT, by=APPRAISER)

    assert done.exit_code == 0, done.stderr
    assert f"asset {office}: value none -> KRW 950,000,000" in done.stdout
    assert f"Appraisals.Appraised: asset_id={office}, appraiser={appraiser.address}" in done.stdout
    (filing,) = city.appraisals.filings(office)
    assert (filing.value, filing.valid_until) == (950_000_000, until)
    assert filing.valued_at == chain.blocks.head.timestamp - 1

    again = asset("appraise", office, "960000000", "--until", day, "--report", REPORT, by=APPRAISER)
    assert f"asset {office}: value KRW 950,000,000 -> KRW 960,000,000" in again.stdout


def test_a_valuation_has_its_day_at_its_local_midnight(asset, city, office):
    (end, day), (_, later) = last_second(-3), last_second(300)
    dated = partial(
        asset, "appraise", office, "9", "--until", later, "--report", REPORT, by=APPRAISER
    )

    done = dated("--at", day)

    assert done.exit_code == 0, done.stderr
    assert f"valued {day} 00:00, good until {later} 23:59:59 (UTC+09:00)" in done.stdout
    assert city.appraisals.filings(office)[0].valued_at == end + 1 - DAY
    assert dated("--at", later).stderr == "the chain refuses: appraisals: future date\n"


def test_hashes_the_report_that_is_a_file(asset, city, office, tmp_path):
    report, (_, day) = tmp_path / "report.pdf", last_second(300)
    report.write_bytes(b"a report")

    done = asset(
        *("appraise", office, "9", "--until", day, "--report", report, "--json"), by=APPRAISER
    )

    assert done.exit_code == 0, done.stderr
    (event,) = json.loads(done.stdout)["sent"][0]["events"]
    assert event["name"] == "Appraised"
    assert event["arguments"]["report_hash"] == "0x" + keccak(b"a report").hex()


@pytest.mark.parametrize("value", ["-5", "1.5", "", "1e9", "0", "9" * 40])
def test_refuses_a_value_that_is_no_amount(asset, office, value):
    height = chain.blocks.height

    done = asset(
        *("appraise", office, value, "--until", "2999-12-31", "--report", REPORT), by=APPRAISER
    )

    assert done.exit_code == 2
    assert chain.blocks.height == height


def test_files_and_withdraws_a_proof(asset, city, office):
    until, day = last_second(90)
    prove = partial(asset, "prove", office, "insurance", "--document", REPORT, by=OFFICER)

    done = prove("--until", day)

    assert done.exit_code == 0, done.stderr
    assert f"asset {office}: insurance none -> until {day} 23:59:59 (UTC+09:00)" in done.stdout
    assert "AssetRegistry.ProofFiled: " in done.stdout
    assert city.asset_registry.proofs_of(office) == [0, 0, until, 0]

    withdrawn = prove("--withdraw")
    assert withdrawn.exit_code == 0, withdrawn.stderr
    assert f"insurance until {day} 23:59:59 -> none" in withdrawn.stdout
    assert city.asset_registry.proofs_of(office) == [0, 0, 0, 0]


@pytest.mark.parametrize("options", [(), ("--until", "2999-12-31", "--withdraw")])
def test_a_proof_is_filed_or_withdrawn(asset, office, options):
    done = asset("prove", office, "title", "--document", REPORT, *options, by=OFFICER)

    assert (done.exit_code, done.stderr) == (2, "give either --until or --withdraw\n")


# --- reclassify, approve, dispose, retire


def test_reclassifies_with_a_resolution(resolved, city, office, property_class):
    done = resolved("reclassify", office, "ADMINISTRATIVE", *RESOLUTION)

    assert done.exit_code == 0, done.stderr
    assert f"asset {office}: class OFFICE -> ADMINISTRATIVE" in done.stdout
    assert f"resolution=0x{HASHES[0].hex()}" in done.stdout
    assert city.asset_registry.asset(office).class_id == property_class["ADMINISTRATIVE"]
    again = resolved("reclassify", office, "ADMINISTRATIVE", *RESOLUTION)
    assert (again.exit_code, again.stderr) == (2, f"asset {office} is ADMINISTRATIVE already\n")


def test_says_that_a_disposal_ends_with_the_class(resolved, city, office, bob):
    assert resolved("approve", office, "--to", bob.address, *RESOLUTION).exit_code == 0

    done = resolved("reclassify", office, "ADMINISTRATIVE", *RESOLUTION)

    assert "the approved disposal ends" in done.stdout
    assert city.asset_registry.disposal_to(office) == "0x" + "00" * 20


def test_refuses_an_unknown_class(resolved, office):
    done = resolved("reclassify", office, "PALACE", *RESOLUTION)

    assert done.exit_code == 2
    assert done.stderr.startswith("class 'PALACE' is not on the chain, which has LAND, OFFICE, ")


def test_disposes_of_a_deed_to_whom_the_council_approved(asset, resolved, city, office, bob):
    dispose = partial(asset, "dispose", office, by=COUNCIL)
    early = dispose()
    assert (early.exit_code, early.stderr) == (
        2,
        f"asset {office}: no resolution names a receiver\n",
    )

    approved = resolved("approve", office, "--to", bob.address, *RESOLUTION)
    done = dispose()

    assert approved.exit_code == done.exit_code == 0, (approved.stderr, done.stderr)
    assert f"disposal approved to nobody -> to {bob.address}" in approved.stdout
    assert "AssetRegistry.Disposed: " in done.stdout
    assert city.asset_registry.ownerOf(office) == bob


def test_an_approval_is_withdrawn(asset, resolved, city, office, bob):
    resolved("approve", office, "--to", bob.address, *RESOLUTION)

    done = resolved("approve", office, "--withdraw", *RESOLUTION)

    assert done.exit_code == 0, done.stderr
    assert f"disposal approved to {bob.address} -> to nobody" in done.stdout
    assert asset("dispose", office, by=COUNCIL).exit_code == 2


@pytest.mark.parametrize("options", [(), ("--retirement", "--withdraw")])
def test_an_approval_says_one_thing(resolved, office, options):
    done = resolved("approve", office, *options, *RESOLUTION)

    assert (done.exit_code, done.stderr) == (
        2,
        "give one of --to, --retirement and --withdraw\n",
    )


def test_refuses_a_receiver_that_is_no_address(resolved, office):
    done = resolved("approve", office, "--to", "bob", *RESOLUTION)

    assert (done.exit_code, done.stderr) == (2, "'bob' is no address\n")


def test_retires_a_deed(asset, resolved, city, office):
    retire = partial(asset, "retire", office, by=COUNCIL)
    assert retire().stderr == "the chain refuses: asset_registry: no resolution\n"

    resolved("approve", office, "--retirement", *RESOLUTION)
    done = retire()

    assert done.exit_code == 0, done.stderr
    assert f"asset {office}: its deed ends, 100.00 m2, book value KRW 1,000,000" in done.stdout
    assert city.asset_registry.asset_of_parcel(keccak(text="an office")) == 0


# --- split, merge


def test_splits_and_merges_to_the_unit(resolved, city, office, parts):
    registry = city.asset_registry
    sixty = "P-1,Lot 1,First part,OFFICE,60,600000,0,,"
    forty = "P-2,Lot 2,Second part,OFFICE,40,400000,0,,"

    done = resolved("split", office, parts(sixty, forty), *RESOLUTION)

    assert done.exit_code == 0, done.stderr
    assert f"asset {office} -> 2 parts, 100.00 m2, book value KRW 1,000,000" in done.stdout
    assert "  P-2: parcel Lot 2, 40.00 m2, book value KRW 400,000" in done.stdout
    first, second = (registry.asset_of_parcel(parcel_key(f"Lot {n}")) for n in (1, 2))
    assert (registry.asset(first).area_dm2, registry.asset(second).area_dm2) == (6_000, 4_000)

    whole = parts("P-3,Lot 3,The whole,OFFICE,100,1000000,0,,")
    merged = resolved("merge", first, second, "--into", whole, *RESOLUTION)

    assert merged.exit_code == 0, merged.stderr
    assert f"assets {first} + {second} -> P-3: parcel Lot 3, 100.00 m2" in merged.stdout
    assert registry.asset(registry.asset_of_parcel(parcel_key("Lot 3"))).book_value == 1_000_000


@pytest.mark.parametrize(
    ("second", "sentence"),
    [
        ("40.01,400000,0", "area 10,000 becomes 10,001 0.01 m2, must be equal"),
        ("40,399999,0", "book value 1,000,000 becomes 999,999 base units, must be equal"),
        ("40,400000,9", "parts.csv:3: units: must be 0"),
    ],
)
def test_refuses_parts_that_are_not_the_whole(resolved, office, parts, second, sentence):
    height = chain.blocks.height
    path = parts("P-1,Lot 1,One,OFFICE,60,600000,0,,", f"P-2,Lot 2,Two,OFFICE,{second},,")

    done = resolved("split", office, path, *RESOLUTION)

    assert done.exit_code == 2
    assert sentence in done.stderr
    assert chain.blocks.height == height


def test_refuses_a_merger_into_two(resolved, office, parts):
    path = parts("P-1,Lot 1,One,OFFICE,60,600000,0,,", "P-2,Lot 2,Two,OFFICE,40,400000,0,,")

    done = resolved("merge", office, office, "--into", path, *RESOLUTION)

    assert (done.exit_code, done.stderr) == (2, f"{path}: has 2 rows, expected 1\n")


# --- what all of them refuse


ACTS = {
    "appraise": ("5", "--until", "2999-12-31", "--report", REPORT),
    "prove": ("title", "--until", "2999-12-31", "--document", REPORT),
    "reclassify": ("LAND", *RESOLUTION),
    "approve": ("--retirement", *RESOLUTION),
    "split": ("parts", *RESOLUTION),
    "merge": ("--into", "whole", *RESOLUTION),
}


@pytest.fixture
def act(asset, parts, tmp_path):
    """One of ACTS on an asset, whose files are in place."""

    def run(name, asset_id, by, options=("--yes",)):
        (tmp_path / "parts").mkdir(exist_ok=True)
        half = "Lot {n},Part,OFFICE,50,500000,0,,"
        two = parts(*(f"P-{n}," + half.format(n=n) for n in (1, 2)))
        one = tmp_path / "whole.csv"
        one.write_text(f"{','.join(COLUMNS)}\nP-9,Lot 9,Whole,OFFICE,200,2000000,0,,\n")
        files = {"parts": str(two), "whole": str(one)}
        arguments = [files.get(each, each) for each in ACTS[name]]
        ids = (asset_id, asset_id + 1) if name == "merge" else (asset_id,)
        return asset(name, *ids, *arguments, by=by, options=options)

    return run


@pytest.mark.parametrize("name", ACTS)
def test_refuses_an_asset_that_is_not_registered(act, name):
    height = chain.blocks.height

    done = act(name, 999, MANAGER)

    assert (done.exit_code, done.stderr) == (2, "asset 999 is not in the register\n")
    assert chain.blocks.height == height


@pytest.mark.parametrize("name", ACTS)
def test_refuses_who_lacks_the_role(act, register_asset, accounts, name):
    office, _ = register_asset("an office"), register_asset("another office")
    height = chain.blocks.height

    done = act(name, office, MANAGER)

    role = {"appraise": "APPRAISER", "prove": "COMPLIANCE_OFFICER"}.get(name, "COUNCIL_CLERK")
    assert (done.exit_code, done.stderr) == (
        2,
        f"{accounts[MANAGER].address} lacks {role}: sign with an account that the council gave "
        "it; nothing was sent\n",
    )
    assert chain.blocks.height == height


@pytest.mark.parametrize("name", ["dispose", "retire"])
def test_refuses_who_does_not_own_the_deed(asset, resolved, office, bob, name):
    to = ("--to", bob.address) if name == "dispose" else ("--retirement",)
    resolved("approve", office, *to, *RESOLUTION)

    done = asset(name, office, by=MANAGER)

    assert (done.exit_code, done.stderr) == (2, "the chain refuses: nonfungible: not allowed\n")


@pytest.mark.parametrize("name", ACTS)
def test_a_dry_run_of_an_act_sends_nothing(act, register_asset, name):
    office, _ = register_asset("an office"), register_asset("another office")
    by = {"appraise": APPRAISER, "prove": OFFICER}.get(name, CLERK)
    height = chain.blocks.height

    done = act(name, office, by, options=("--dry-run",))

    assert done.exit_code == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "dry run: the chain would take it; nothing was sent"
    assert chain.blocks.height == height
    as_json = act(name, office, by, options=("--dry-run", "--json"))
    assert json.loads(as_json.stdout)["sent"] is None


def test_refuses_a_document_that_is_not_there(asset, office):
    done = asset("prove", office, "title", "--withdraw", "--document", "missing.pdf", by=OFFICER)

    assert done.exit_code == 2
    assert "'missing.pdf' is neither a file nor 0x and 64 digits" in done.stderr


def test_says_so_where_the_chain_did_something_else(asset, city, office, monkeypatch, accounts):
    """A node that answers with another transaction's receipt."""
    registry = city.asset_registry
    other = Prepared(
        registry.file_proofs, ([(office, 1, FOREVER, HASHES[1])],), accounts[OFFICER]
    ).send()
    monkeypatch.setattr(Operations, "send", lambda operations, prepared: Sent(other, []))

    done = asset(
        "prove", office, "title", "--until", "2999-12-31", "--document", REPORT, by=OFFICER
    )

    assert (done.exit_code, done.stderr) == (
        1,
        f"sent, but it is not true that the title of asset {office} is the one filed\n",
    )


# --- due


@pytest.fixture
def due(asset):
    return partial(asset, "due", "--days")


def test_lists_by_asset_what_is_over_or_soon(
    due, city, register_asset, create_token, appraiser, compliance_officer
):
    now = chain.pending_timestamp
    tokenised, plain, quiet = (register_asset(f"lot {n}") for n in range(3))
    create_token(tokenised)
    city.appraisals.appraise(
        [(plain, 5, now - 720 * DAY, now + 400 * DAY, HASHES[1])], sender=appraiser
    )
    city.asset_registry.file_proofs(
        [(plain, 2, now + 5 * DAY, HASHES[1])], sender=compliance_officer
    )
    insured = datetime.fromtimestamp(now + 5 * DAY, KST)

    none_yet = due(4, "--json")
    found = due(30)

    assert none_yet.exit_code == found.exit_code == 1
    assert [each["asset"] for each in json.loads(none_yet.stdout)["due"]] == [tokenised]
    assert f"{quiet}  " not in [line[:3] for line in found.stdout.splitlines()]
    lines = [line.split() for line in found.stdout.splitlines()]
    assert lines[1] == [str(tokenised), "appraisal", "none", "missing"]
    assert lines[2][:2] == [str(plain), "insurance"]
    assert " ".join(lines[2][2:4]).startswith(f"{insured:%Y-%m-%d %H:%M}")
    assert lines[2][4] == "soon"
    assert lines[3][:4] == [str(plain), "appraisal", "of", appraiser.address]
    assert len(lines) == 4
    assert "(UTC+09:00)" in found.stdout


def test_nothing_is_due(due, office):
    done = due(36_500)

    assert (done.exit_code, done.stdout) == (0, "nothing is due within 36500 days\n")


def test_what_is_over_agrees_with_the_contracts(
    due, city, create_token, register_asset, appraiser, compliance_officer
):
    registry, asset_id = city.asset_registry, register_asset("lot 1")
    create_token(asset_id)
    end = chain.pending_timestamp + 100
    registry.file_proofs([(asset_id, 3, end, HASHES[1])], sender=compliance_officer)
    city.appraisals.appraise([(asset_id, 5, end - 100, end, HASHES[1])], sender=appraiser)

    def over():
        rows = json.loads(due(0, "--json").stdout)["due"]
        return {each["what"] for each in rows if each["is_over"]}

    chain.pending_timestamp = end
    assert (over(), registry.lapsed_proofs(asset_id)) == (set(), 0)
    chain.mine(timestamp=end + 1)
    assert (over(), registry.lapsed_proofs(asset_id)) == ({"appraisal", "tax"}, 0b1000)
