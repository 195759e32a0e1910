"""`ape run asset import`: 2,698 rows of a district, all of them or none, once."""

import json
from functools import partial

import pytest
from ape import chain

from civitas.chain.operations import Operations
from civitas.inventory.assets import COLUMNS
from civitas.inventory.register import parcel_key
from scripts.asset import cli

ADMINISTRATIVE, GENERAL = 2_622, 76  # of one district of Seoul, by its own count
ROWS = ADMINISTRATIVE + GENERAL
MANAGER, CLERK = 2, 3  # test accounts
HEADER = ",".join(COLUMNS)


def row(number, **changes):
    """A row of the file; the first ones are general property."""
    fields = {
        "ref": f"D-{number:04}",
        "parcel": f"Doksan-dong {number}",
        "name": f"Parcel {number}",
        "class": "LAND" if number <= GENERAL else "ADMINISTRATIVE",
        "area_m2": f"{100 + number}.5",
        "value": str(1_000_000 * number),
        "units": "0",
        "energy_kwh": str(number) if number % 2 else "",
        "year_built": "1998" if number % 3 else "",
    }
    return ",".join({**fields, **changes}.values())


@pytest.fixture
def file(tmp_path):
    """Write a file of rows: `file(rows)` returns its path."""

    def write(rows):
        path = tmp_path / "district.csv"
        path.write_text("\n".join((HEADER, *rows)) + "\n", encoding="utf-8")
        return path

    return write


@pytest.fixture
def asset(run_command):
    return partial(run_command, cli)


@pytest.fixture
def import_(asset):
    def run(path, *options, by=MANAGER):
        return asset("import", path, "--account", f"TEST::{by}", "--yes", *options)

    return run


def _roots(stdout):
    lines = dict(line.rsplit(maxsplit=1) for line in stdout.splitlines() if "root of" in line)
    return lines["root of the file"], lines["root of the chain"]


def test_three_bad_rows_of_2698_stop_all_and_the_mended_file_goes_in_once(
    city, council, import_, file, property_class
):
    registry, height = city.asset_registry, chain.blocks.height
    rows = [row(number) for number in range(1, ROWS + 1)]
    bad = rows.copy()
    bad[9] = row(10, area_m2="-3")
    bad[1_999] = row(2_000, parcel="Doksan-dong 7")
    bad[2_697] = row(2_698, **{"class": "PALACE"})

    refused = import_(file(bad))

    assert refused.exit_code == 2
    place = refused.stderr.splitlines()[0].split(":11:")[0]
    assert refused.stderr.splitlines() == [
        f"{place}:11: area_m2: must be positive, got -3",
        f"{place}:2001: parcel: 'Doksan-dong 7' is already used on line 8",
        f"{place}:2699: class: 'PALACE' is unknown; the profile has LAND, OFFICE, HOUSING, "
        "POWER_PLANT, DATA_CENTRE, CULTURAL_HALL, ADMINISTRATIVE",
    ]
    assert chain.blocks.height == height

    done = import_(file(rows))

    assert done.exit_code == 0, done.stderr
    assert "2,698 assets: 2,622 locked, 76 may be tokenised" in done.stdout
    assert "0 have their deed, 2,698 to write" in done.stdout
    assert chain.blocks.height == height + 43  # 42 of 64 deeds and one of 10
    assert len(set(_roots(done.stdout))) == 1
    assert registry.total_assets() == registry.balanceOf(council) == ROWS
    for number in (1, 64, 65, GENERAL, GENERAL + 1, ROWS):
        found = registry.asset(registry.asset_of_parcel(parcel_key(f"Doksan-dong {number}")))
        assert found.owner == council
        assert found.area_dm2 == 10_050 + 100 * number
        assert found.book_value == 1_000_000 * number
        assert found.energy_kwh == (number if number % 2 else 0)
        code = "LAND" if number <= GENERAL else "ADMINISTRATIVE"
        assert found.class_id == property_class[code]

    again = import_(file(reversed(rows)))

    assert again.exit_code == 0, again.stderr
    assert "2,698 have their deed, 0 to write" in again.stdout
    assert again.stdout.splitlines()[-1] == "nothing to send"
    assert chain.blocks.height == height + 43
    assert _roots(again.stdout) == _roots(done.stdout)


def test_a_dry_run_sends_nothing(city, import_, file):
    height = chain.blocks.height

    done = import_(file([row(1), row(2)]), "--dry-run")

    assert done.exit_code == 0, done.stderr
    assert "0 have their deed, 2 to write" in done.stdout
    assert done.stdout.splitlines()[-1] == ("dry run: the chain would take all 1; nothing was sent")
    assert chain.blocks.height == height
    assert city.asset_registry.total_assets() == 0


def test_a_run_that_broke_off_goes_on_and_writes_nothing_twice(city, import_, file, monkeypatch):
    path = file(row(number) for number in range(1, 201))
    height, send = chain.blocks.height, Operations.send

    def break_off(operations, prepared):
        if chain.blocks.height == height + 2:
            raise KeyboardInterrupt
        return send(operations, prepared)

    monkeypatch.setattr(Operations, "send", break_off)
    broken = import_(path)
    monkeypatch.undo()

    assert broken.exit_code == 1
    assert broken.stdout.splitlines()[-1].startswith("batch 2 of 4: 64 deeds")
    assert city.asset_registry.total_assets() == 128

    done = import_(path)

    assert done.exit_code == 0, done.stderr
    assert "128 have their deed, 72 to write" in done.stdout
    assert "batch 2 of 2: 8 deeds" in done.stdout
    assert city.asset_registry.total_assets() == 200
    assert chain.blocks.height == height + 4
    assert len(set(_roots(done.stdout))) == 1
    assert "nothing to send" in import_(path).stdout


def test_a_batch_that_another_office_overtook_is_refused_and_the_next_run_goes_on(
    city, import_, file, monkeypatch, asset_manager, council
):
    path = file(row(number) for number in range(1, 101))
    send, overtaken = Operations.send, []

    def overtake(operations, prepared):
        if not overtaken:
            overtaken.append(True)
            holder, records = prepared.arguments
            city.asset_registry.register(holder, [records[5]], sender=asset_manager)
        return send(operations, prepared)

    monkeypatch.setattr(Operations, "send", overtake)
    refused = import_(path)
    monkeypatch.undo()

    assert refused.exit_code == 2
    notes = refused.stderr.splitlines()
    assert notes[20:] == [
        "47 notes more; --json has them all",
        "the chain refuses: asset_registry: parcel has a deed",
    ]
    assert city.asset_registry.total_assets() == 1

    done = import_(path)

    assert done.exit_code == 0, done.stderr
    assert "1 have their deed, 99 to write" in done.stdout
    assert city.asset_registry.total_assets() == city.asset_registry.balanceOf(council) == 100


def test_batches_keep_to_the_gas_that_is_allowed(city, import_, file):
    path = file(row(number) for number in range(1, 41))

    done = import_(path, "--max-gas", "1500000", "--json")

    assert done.exit_code == 0, done.stderr
    sent = json.loads(done.stdout)["sent"]
    assert sum(batch["deeds"] for batch in sent) == 40
    assert all(batch["gas"] <= 1_500_000 for batch in sent)
    # One deed more would not fit: each takes about 120,000.
    assert all(batch["gas"] > 1_200_000 for batch in sent[:-1])


def test_a_deed_that_takes_more_gas_than_allowed_is_refused(city, import_, file):
    height = chain.blocks.height

    done = import_(file([row(1)]), "--max-gas", "100000")

    assert done.exit_code == 2
    assert done.stderr.startswith("one deed takes 1")
    assert done.stderr.endswith(" gas, 100,000 are allowed\n")
    assert chain.blocks.height == height


def test_rows_that_contradict_the_register_are_refused_each_by_itself(
    city, import_, file, esg_officer, council_clerk, property_class
):
    assert import_(file([row(1), row(2), row(3)])).exit_code == 0
    registry, hashes = city.asset_registry, (b"\x01" * 32, b"\x02" * 32)
    registry.set_energy_use(1, 77, hashes[0], sender=esg_officer)
    registry.reclassify(2, property_class["OFFICE"], *hashes, sender=council_clerk)
    height = chain.blocks.height

    refused = import_(
        file([row(1), row(2), row(3, area_m2="9", value="8", name="Another"), row(4, units="x")])
    )

    assert refused.exit_code == 2
    place = refused.stderr.split(":2:")[0]
    assert refused.stderr.splitlines() == [
        f"{place}:2: energy_kwh: deed 1 of this parcel has 77 kWh",
        f"{place}:3: class: deed 2 of this parcel has class OFFICE",
        f"{place}:4: area_m2: deed 3 of this parcel has 103.50 m2",
        f"{place}:4: value: deed 3 of this parcel has book value 3,000,000",
        f"{place}:4: ref: deed 3 of this parcel has another ref, name or year_built",
        f"{place}:5: units: must be a plain number, got 'x'",
    ]
    assert chain.blocks.height == height
    # The file that says what the deeds have come to say is in order, to the root.
    mended = import_(file([row(1, energy_kwh="77"), row(2, **{"class": "OFFICE"}), row(3)]))
    assert mended.exit_code == 0, mended.stderr
    assert "nothing to send" in mended.stdout


def test_a_deed_that_ended_is_written_anew_only_when_asked(
    city, import_, file, council, council_clerk
):
    path = file([row(1), row(2)])
    assert import_(path).exit_code == 0
    registry = city.asset_registry
    registry.approve_disposal(1, registry, b"\x01" * 32, b"\x02" * 32, sender=council_clerk)
    registry.retire(1, sender=council)

    refused = import_(path)

    assert refused.exit_code == 2
    assert refused.stderr.endswith(
        ":2: parcel: deed 1 of this parcel was retired; --renew writes a new one\n"
    )
    renewed = import_(path, "--renew")
    assert renewed.exit_code == 0, renewed.stderr
    assert "1 have their deed, 1 to write" in renewed.stdout
    assert registry.asset_of_parcel(parcel_key("Doksan-dong 1")) == 3


def test_a_class_of_the_profile_that_the_chain_lacks_is_refused(import_, file):
    done = import_(file([row(1, **{"class": "RECREATION"})]), "--profile", "neutral")

    assert done.exit_code == 2
    assert ":2: class: RECREATION is not on the chain, which has LAND, OFFICE, " in done.stderr


def test_errors_are_printed_for_programs_too(import_, file):
    done = import_(file([row(1, area_m2="0"), row(2, value="")]), "--json")

    assert done.exit_code == 2
    errors = json.loads(done.stdout)["errors"]
    assert [(each["line"], each["column"], each["message"]) for each in errors] == [
        (2, "area_m2", "must be positive, got 0"),
        (3, "value", "is empty"),
    ]


def test_who_does_not_register_is_refused(city, import_, file):
    done = import_(file([row(1)]), by=CLERK)

    assert (done.exit_code, done.stderr) == (
        2,
        "the chain refuses: authorized: missing role; "
        "sign with an account that the council gave the role\n",
    )
    assert city.asset_registry.total_assets() == 0


def test_deeds_go_to_the_holder_that_is_named(city, import_, file, bob):
    done = import_(file([row(1)]), "--holder", bob.address)

    assert done.exit_code == 0, done.stderr
    assert city.asset_registry.ownerOf(1) == bob


def test_a_foreign_file_comes_in_through_its_mapping(city, import_, tmp_path):
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(
        'name = "ours"\nm2_per_unit = "1"\n[columns]\nref = "Id"\nparcel = "Lot"\n'
        'name = "Name"\nproperty_class = "Use"\narea = "Floor"\nvalue = "Worth"\n'
        '[classes]\ndefault = "ADMINISTRATIVE"\n[classes.by_value]\nOffice = "OFFICE"\n'
    )
    path = tmp_path / "foreign.csv"
    path.write_text("Id,Lot,Name,Use,Floor,Worth\n1,L1,One,Office,10,100\n2,L2,Two,School,20,200\n")

    done = import_(path, "--mapping", mapping)

    assert done.exit_code == 0, done.stderr
    assert "2 assets: 1 locked, 1 may be tokenised" in done.stdout
    assert city.asset_registry.asset(2).area_dm2 == 2_000
    path.write_text("Id,Lot,Name,Use,Floor,Worth\n1,L1,One,Office,11,100\n")
    again = import_(path, "--mapping", mapping)
    assert again.exit_code == 2
    assert ":2: Floor: deed 1 of this parcel has 10.00 m2" in again.stderr


def test_before_the_council_accepts_the_holder_must_be_named(
    city, import_, file, council, stranger
):
    city.authority.transfer_admin(stranger, sender=council)

    done = import_(file([row(1)]))

    assert (done.exit_code, done.stderr) == (
        2,
        "the council has not accepted the city yet: give --holder\n",
    )
