"""`ape run incident`: modules stopped, accounts frozen, units moved by order and taken back."""

import re
from datetime import datetime, timedelta, timezone

import pytest
from ape import chain

from scripts.incident import cli

COUNCIL, MANAGER, OFFICER, CASHIER, GUARDIAN, ENGINEER, ENFORCER = 1, 2, 5, 10, 12, 13, 15
FILE = "0x" + "ab" * 32
KST = timezone(timedelta(hours=9))
DAY = 86_400


@pytest.fixture
def incident(run_command):
    def run(*arguments, by):
        return run_command(cli, *arguments, "--account", f"TEST::{by}", "--yes")

    return run


@pytest.fixture
def token(register_asset, create_token, verify, asset_manager, alice, bob):
    token = create_token(register_asset("an office"), units=1_000)
    verify(alice, bob)
    token.mint(alice, 600, sender=asset_manager)
    return token


def last_line(done):
    assert done.exit_code == 0, done.stderr
    return done.stdout.splitlines()[-1]


# --- stops


@pytest.mark.parametrize("name", ["Treasury", "Lease", "CarbonCredit", "1"])
def test_the_guardian_stops_and_the_engineer_starts(incident, city, token, name):
    contract = token if name == "1" else dict(city.contracts())[name]

    assert last_line(incident("pause", name, by=GUARDIAN)).endswith(
        f"the chain engineer starts it again with `ape run incident unpause {name}`"
    )

    assert contract.paused()
    assert last_line(incident("pause", name, by=GUARDIAN)) == "nothing to send"
    assert "lacks CHAIN_ENGINEER" in incident("unpause", name, by=GUARDIAN).stderr
    assert last_line(incident("unpause", name, by=ENGINEER)) == "it takes money again"
    assert not contract.paused()
    assert last_line(incident("unpause", name, by=ENGINEER)) == "nothing to send"


def test_says_what_can_be_stopped(incident, token):
    for name, said in [
        ("IncomeDesk", "IncomeDesk can't be stopped; there are Treasury, Lease, CarbonCredit"),
        ("77", "asset 77 has no security token"),
    ]:
        done = incident("pause", name, by=GUARDIAN)
        assert done.exit_code == 2
        assert done.stderr.startswith(said)
    assert "lacks GUARDIAN" in incident("pause", "Treasury", by=ENGINEER).stderr


# --- freezes


def test_freezes_and_releases_an_account(incident, token, alice):
    freeze = ("freeze", 1, alice.address, "--reason", FILE)

    done = incident(*freeze, by=OFFICER)

    assert last_line(done) == (
        "no transfer and no claim; income accrues; it ends with "
        f"`ape run incident unfreeze 1 {alice.address}`"
    )
    assert "Enforcement.FreezeOrdered" in done.stdout
    assert token.isFrozen(alice)
    assert last_line(incident(*freeze, by=OFFICER)) == "nothing to send"
    unfreeze = ("unfreeze", 1, alice.address, "--reason", FILE)
    assert incident(*unfreeze, by=OFFICER).exit_code == 0
    assert not token.isFrozen(alice)
    assert last_line(incident(*unfreeze, by=OFFICER)) == "nothing to send"


def test_a_freeze_can_end_by_itself(incident, token, alice):
    day = (datetime.fromtimestamp(chain.blocks.head.timestamp, KST) + timedelta(days=3)).date()
    freeze = ("freeze", 1, alice.address, "--reason", FILE, "--until", day)

    done = incident(*freeze, by=OFFICER)

    assert f"it ends by itself {day + timedelta(days=1)} 00:00 (UTC+09:00)" in last_line(done)
    assert last_line(incident(*freeze, by=OFFICER)) == "nothing to send"
    chain.mine(timestamp=chain.blocks.head.timestamp + 5 * DAY)
    assert not token.isFrozen(alice)


def test_freezes_a_part(incident, token, alice):
    part = ("freeze", 1, alice.address, "--reason", FILE, "--units", 250)

    done = incident(*part, by=OFFICER)

    assert done.exit_code == 0, done.stderr
    assert f"frozen of {alice.address} 0 -> 250 units" in done.stdout
    assert token.getFrozenTokens(alice) == 250
    assert last_line(incident(*part, by=OFFICER)) == "nothing to send"
    assert (
        incident("unfreeze", 1, alice.address, "--part", "--reason", FILE, by=OFFICER).exit_code
        == 0
    )
    assert token.getFrozenTokens(alice) == 0


def test_freezes_no_stranger(incident, token, stranger, alice):
    done = incident("freeze", 1, stranger.address, "--reason", FILE, by=OFFICER)

    assert (done.exit_code, done.stderr) == (
        2,
        f"{stranger.address} holds nothing of asset 1 and is no investor: is the address right?\n",
    )
    both = incident(
        "freeze", 1, alice.address, "--units", 5, "--until", "2999-01-01", "--reason", FILE,
        by=OFFICER,
    )  # fmt: skip
    assert "give --until or --units" in both.stderr
    other = incident("freeze", 1, alice.address, "--reason", FILE, by=CASHIER)
    assert "lacks COMPLIANCE_OFFICER" in other.stderr


# --- orders


@pytest.fixture
def proposed(incident, token, alice, bob):
    """60 units of alice's go to bob; the order's id."""
    done = incident(
        *("order", "propose", 1, alice.address, "--to", bob.address, 60, "--case", FILE),
        by=ENFORCER,
    )
    assert done.exit_code == 0, done.stderr
    return re.search(r"order (0x[0-9a-f]{64})", done.stdout)[1], done


def wait(days):
    chain.mine(timestamp=chain.blocks.head.timestamp + days * DAY)


def test_an_order_takes_two_offices_and_a_delay_and_can_be_taken_back(
    incident, token, proposed, alice, bob
):
    order_id, done = proposed
    assert f"confirms it with `ape run incident order confirm {order_id}`" in done.stdout
    execute = ("order", "execute", order_id)
    assert "next: the compliance office confirms it" in incident(*execute, by=ENFORCER).stderr

    confirmed = incident("order", "confirm", order_id, by=OFFICER)

    assert last_line(confirmed).startswith("the enforcer carries it out from ")
    early = incident(*execute, by=ENFORCER)
    assert (early.exit_code, token.balanceOf(bob)) == (2, 0)
    assert re.search(r": ready .* \(UTC\+09:00\), not before\n", early.stderr)
    wait(3)
    assert "can be taken back until " in last_line(incident(*execute, by=ENFORCER))
    assert token.balanceOf(bob) == 60
    assert last_line(incident(*execute, by=ENFORCER)) == "nothing to send"

    undone = incident("order", "undo", order_id, "--case", "0x" + "cd" * 32, by=ENFORCER)

    assert undone.exit_code == 0, undone.stderr
    back = re.search(r"order confirm (0x[0-9a-f]{64})", undone.stdout)[1]
    assert incident("order", "confirm", back, by=OFFICER).exit_code == 0
    assert incident("order", "execute", back, by=ENFORCER).exit_code == 0
    assert (token.balanceOf(alice), token.balanceOf(bob)) == (600, 0)
    again = incident("order", "undo", order_id, "--case", FILE, by=ENFORCER)
    assert last_line(again) == "nothing to send"


def test_is_proposed_and_confirmed_once(incident, proposed, alice, bob):
    order_id, _ = proposed
    propose = ("order", "propose", 1, alice.address, "--to", bob.address, 60, "--case", FILE)

    assert last_line(incident(*propose, by=ENFORCER)) == "nothing to send"
    assert incident("order", "confirm", order_id, by=OFFICER).exit_code == 0
    again = incident("order", "confirm", order_id, by=OFFICER)
    assert last_line(again) == "nothing to send"
    assert "confirmed already" in again.stdout


def test_the_guardian_calls_an_order_off(incident, proposed):
    order_id, _ = proposed
    incident("order", "confirm", order_id, by=OFFICER)

    assert incident("order", "cancel", order_id, by=GUARDIAN).exit_code == 0

    assert last_line(incident("order", "cancel", order_id, by=GUARDIAN)) == "nothing to send"
    wait(4)
    refused = incident("order", "execute", order_id, by=ENFORCER)
    assert refused.exit_code == 2
    assert "it was called off" in refused.stderr


def test_an_order_lapses(incident, proposed):
    order_id, _ = proposed
    incident("order", "confirm", order_id, by=OFFICER)
    wait(40)

    refused = incident("order", "execute", order_id, by=ENFORCER)

    assert refused.exit_code == 2
    assert "it lapsed " in refused.stderr


def test_a_succession_divides_all_by_weight(incident, token, alice, bob, carol, verify):
    verify(carol)
    done = incident(
        *("order", "propose", 1, alice.address, "--heir", bob.address, 2),
        *("--heir", carol.address, 1, "--case", FILE),
        by=ENFORCER,
    )
    order_id = re.search(r"order (0x[0-9a-f]{64})", done.stdout)[1]
    incident("order", "confirm", order_id, by=OFFICER)
    wait(3)

    assert incident("order", "execute", order_id, by=ENFORCER).exit_code == 0

    assert (token.balanceOf(bob), token.balanceOf(carol)) == (400, 200)


def test_says_what_can_not_be_ordered(incident, token, alice, bob, stranger, proposed):
    order_id, _ = proposed

    def propose(*arguments):
        return incident("order", "propose", 1, *arguments, "--case", FILE, by=ENFORCER)

    for done, said in [
        (
            propose(stranger.address, "--to", bob.address, 5),
            f"{stranger.address} holds 0 units of asset 1: is the address right?",
        ),
        (
            propose(alice.address, "--to", bob.address, 601),
            f"{alice.address} holds 600 units of asset 1, 601 were asked",
        ),
        (propose(alice.address), "give either --to, or --heir"),
        (
            incident("order", "confirm", FILE, by=OFFICER),
            f"no order {FILE} was proposed",
        ),
        (
            incident("order", "undo", order_id, "--case", FILE, by=ENFORCER),
            f"order {order_id} can't be taken back: it was not carried out",
        ),
    ]:
        assert done.exit_code == 2
        assert done.stderr.startswith(said)
    assert "lacks COMPLIANCE_OFFICER" in incident("order", "confirm", order_id, by=ENFORCER).stderr
