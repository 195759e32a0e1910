"""`ape run watch`: every alert once, however often it is started or killed."""

import json
from datetime import timedelta

import pytest
from ape import chain
from ape.exceptions import ProviderError
from click.testing import CliRunner
from eth_utils import keccak

from civitas.chain import watch as chain_watch
from civitas.chain.check import Fact
from civitas.chain.leases import EPOCH, draft
from scripts import watch as command

DAY = 86_400
CLERK_ROLE = keccak(text="COUNCIL_CLERK_ROLE")


@pytest.fixture
def files(tmp_path):
    return tmp_path / "alerts.jsonl", tmp_path / "watch.json"


@pytest.fixture
def drift(monkeypatch):
    """What is not as deployed; the records of the tests have no code hashes to compare."""
    found = []
    monkeypatch.setattr(chain_watch, "facts", lambda params, book: iter(found))
    return found


@pytest.fixture
def watch(run_command, files, drift):
    """Look once; the alerts that are new."""

    def run(*options):
        done = run_command(
            command.cli, "--once", "--json", "--alerts", files[0], "--cursor", files[1], *options
        )
        found = [json.loads(line) for line in done.stdout.splitlines()]
        assert done.exit_code == bool(found), done.stderr
        return found

    return run


def texts(found, kind=None):
    return [each["text"] for each in found if kind in (None, each["kind"])]


def test_tells_what_happened_once(
    watch, city, council, stranger, guardian, chain_engineer, files, register_asset
):
    watch()
    assert watch() == []
    city.authority.grantRole(CLERK_ROLE, stranger, sender=council)
    city.treasury.pause(sender=guardian)

    assert texts(watch()) == [
        f"{stranger.address} was given COUNCIL_CLERK",
        f"Treasury {city.treasury.address} was stopped by {guardian.address}",
    ]

    assert watch() == []
    city.treasury.unpause(sender=chain_engineer)
    assert [each["kind"] for each in watch()] == ["pause"]
    keys = [json.loads(line)["key"] for line in files[0].read_text().splitlines()]
    assert len(keys) == len(set(keys))


def test_tells_of_the_deployment_itself_at_the_first_look(watch, council):
    found = texts(watch(), "role")

    assert any(text.startswith(f"the admin is {council.address}") for text in found)
    assert any(text.endswith("was given GUARDIAN") for text in found)


def test_tells_of_overdue_rent_when_it_begins_and_when_it_begins_again(
    watch, city, money, register_asset, create_splitter, asset_manager, tenant, payer, general_fund
):
    asset = register_asset("an office")
    create_splitter(asset, [(city.treasury, 10_000, general_fund)])
    start = EPOCH + timedelta(city.now // DAY + 2)
    terms = draft(
        *(asset, tenant.address, "AGREED", start, start + timedelta(365)), annual_rent=12_000
    )
    city.lease.sign(terms, keccak(text="paper"), sender=asset_manager)
    watch()
    assert watch() == []
    chain.mine(timestamp=city.now + 10 * DAY)

    assert texts(watch(), "rent") == [f"lease 1 of asset {asset}: tKRW 1,000 overdue"]

    assert texts(watch(), "rent") == []
    money.mint(payer, 5_000, sender=payer)
    money.approve(city.lease, 5_000, sender=payer)
    city.lease.pay(1, city.lease.arrears(1), sender=payer)
    assert texts(watch(), "rent") == []
    chain.mine(timestamp=city.now + 40 * DAY)
    assert len(texts(watch(), "rent")) == 1


def test_tells_of_what_is_about_to_lapse(watch, city, register_asset, verify, file_proofs, alice):
    asset = register_asset("an office")
    file_proofs(asset, valid_until=city.now + 100 * DAY)
    verify(alice, valid_until=city.now + 101 * DAY)
    watch()

    found = watch("--days", "110")

    assert len(texts(found, "deed")) == 4
    assert all(text.startswith(f"asset {asset}: the ") for text in texts(found, "deed"))
    (claim,) = texts(found, "claim")
    assert claim.startswith(f"investor {alice.address}: verified until ")
    assert watch("--days", "110") == []


def test_tells_of_drift_until_it_is_mended_and_of_the_next(watch, drift):
    watch()
    drift.append(Fact("Lease has code", False, "none"))
    drift.append(Fact("Treasury has code", True, "some"))

    assert texts(watch()) == ["not as deployed: Lease has code: none"]
    assert watch() == []
    broken = drift.pop(0)
    assert watch() == []
    drift.append(broken)
    chain.mine()
    assert texts(watch()) == ["not as deployed: Lease has code: none"]


def test_a_kill_before_the_cursor_moved_tells_nothing_twice(
    watch, city, council, stranger, monkeypatch, files
):
    watch()
    city.authority.grantRole(CLERK_ROLE, stranger, sender=council)

    def killed(watcher):
        raise KeyboardInterrupt

    monkeypatch.setattr(chain_watch.Watcher, "_keep", killed)
    with pytest.raises(AssertionError):
        watch()
    monkeypatch.undo()
    lines = files[0].read_text()
    assert "was given COUNCIL_CLERK" in lines.splitlines()[-1]
    with files[0].open("a") as file:
        file.write('{"key": "to')
    monkeypatch.setattr(chain_watch, "facts", lambda params, book: iter(()))

    assert watch() == []


@pytest.mark.parametrize("text", ["", "{}", "[]"])
def test_refuses_what_is_no_cursor(run_command, files, drift, text):
    files[1].write_text(text)

    done = run_command(command.cli, "--once", "--alerts", files[0], "--cursor", files[1])

    assert done.exit_code == 2
    assert "is no cursor of a watcher" in done.stderr


def test_refuses_the_cursor_of_another_city(run_command, files, drift):
    files[1].write_text(json.dumps({"directory": "0x12", "next_block": 0, "open": []}))

    done = run_command(command.cli, "--once", "--alerts", files[0], "--cursor", files[1])

    assert done.exit_code == 2
    assert "is of the city 0x12" in done.stderr


def test_goes_on_when_the_node_does_not_answer(book, files, drift, monkeypatch):
    """Three rounds: an answer, none, and the next one is interrupted."""
    look, rounds = chain_watch.Watcher.look, []

    def answers(watcher):
        rounds.append(True)
        if len(rounds) == 2:
            raise ProviderError("gone")
        if len(rounds) == 3:
            raise KeyboardInterrupt
        return look(watcher)

    monkeypatch.setattr(chain_watch.Watcher, "look", answers)
    monkeypatch.setattr(command.time, "sleep", lambda seconds: None)
    arguments = ["--alerts", files[0], "--cursor", files[1], "--records", book]

    done = CliRunner(mix_stderr=False).invoke(
        command.cli, [*map(str, arguments), "--network", "ethereum:local:revm"]
    )

    assert len(rounds) == 3
    assert "no answer from the node (gone), asking again" in done.stderr
    assert "role   " in done.stdout
    assert done.exit_code == 1
