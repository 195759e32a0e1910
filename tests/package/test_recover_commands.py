"""`ape run investor recover`: a lost wallet is replaced in the registry and in each token."""

from functools import partial

import pytest
from ape import chain

from civitas.chain.operations import Operations
from scripts.investor import cli

OFFICER, ENFORCER, CASHIER, LOST, NEW = 5, 15, 10, 20, 50  # test accounts
FILE = "0x" + "ab" * 32
DEADLINE = 2**39
DAY = 86_400


@pytest.fixture
def investor(run_command):
    def run(*arguments, by):
        return run_command(cli, *arguments, "--account", f"TEST::{by}", "--yes")

    return run


@pytest.fixture
def recover(investor, alice):
    """`recover("execute", by=…)`, of alice's wallet."""

    def run(step, *arguments, by=ENFORCER):
        return investor("recover", step, alice.address, *arguments, by=by)

    return run


@pytest.fixture
def tokens(register_asset, create_token, verify, asset_manager, council, enforcer, alice, bob):
    """Three tokens; alice holds units of the first and the last."""
    verify(alice, bob)
    found = [create_token(register_asset(f"an office {number}"), units=100) for number in range(3)]
    for token in (found[0], found[2]):
        token.mint(alice, 60, sender=asset_manager)
    for token in found:
        token.addAgent(enforcer, sender=council)
        token.set_mandate(enforcer, 0, 2**39, sender=council)
    return found


@pytest.fixture
def announced(run_command, recover, tokens, accounts, alice):
    signed = run_command(
        cli, "consent", alice.address, "--deadline", DEADLINE, "--account", f"TEST::{NEW}"
    )
    assert signed.exit_code == 0, signed.stderr
    return recover(
        *("announce", accounts[NEW].address, "--reason", FILE, "--deadline", DEADLINE),
        *("--signature", signed.stdout.strip()),
    )


def wait(days):
    chain.mine(timestamp=chain.blocks.head.timestamp + days * DAY)


def test_recovers_a_wallet_in_the_registry_and_in_each_token_once(
    recover, announced, city, tokens, alice, accounts
):
    new = accounts[NEW]
    assert announced.exit_code == 0, announced.stderr
    assert f"`ape run investor recover execute {alice.address}`" in announced.stdout
    early = recover("execute")
    assert (early.exit_code, early.stderr.startswith("the investor may object until ")) == (2, True)
    assert "nobody has taken the place of" in recover("tokens").stderr
    wait(15)

    executed = recover("execute")

    assert executed.exit_code == 0, executed.stderr
    assert city.identity_registry.identity(new) == alice.address
    assert "has taken the place of" in recover("execute").stdout
    handed = recover("tokens")
    assert handed.exit_code == 0, handed.stderr
    assert f"asset {tokens[2].assetId()}: 60 units, and income, to {new.address}" in handed.stdout
    assert [token.balanceOf(new) for token in tokens] == [60, 0, 60]
    again = recover("tokens")
    assert again.stdout == f"{alice.address} has nothing in any token\nnothing to send\n"


def test_goes_on_after_a_kill_between_two_tokens(recover, announced, tokens, accounts, monkeypatch):
    wait(15)
    assert recover("execute").exit_code == 0
    send, sent = Operations.send, []

    def break_off(operations, prepared):
        if sent:
            raise KeyboardInterrupt
        sent.append(True)
        return send(operations, prepared)

    monkeypatch.setattr(Operations, "send", break_off)
    assert recover("tokens").exit_code == 1
    monkeypatch.undo()
    assert [token.balanceOf(accounts[NEW]) for token in tokens] == [60, 0, 0]
    height = chain.blocks.height

    assert recover("tokens").exit_code == 0

    assert [token.balanceOf(accounts[NEW]) for token in tokens] == [60, 0, 60]
    assert chain.blocks.height == height + 1


@pytest.mark.parametrize("by", [OFFICER, LOST])
def test_the_office_or_the_investor_objects(recover, announced, city, alice, by):
    done = recover("object", by=by)

    assert done.exit_code == 0, done.stderr
    assert "RecoveryCalledOff" in done.stdout
    assert "nothing to send" in recover("object", by=by).stdout
    wait(15)
    assert recover("execute").stderr == f"no recovery of {alice.address} is announced\n"


def test_says_who_can_not(recover, announced, investor, accounts, tokens, council, enforcer):
    cashier, stranger = accounts[CASHIER].address, accounts[30].address
    assert recover("object", by=CASHIER).stderr.startswith(f"{cashier} is neither a wallet")
    wait(15)
    assert "lacks ENFORCER" in recover("execute", by=CASHIER).stderr
    assert recover("execute").exit_code == 0
    tokens[2].set_mandate(enforcer, 0, 0, sender=council)
    refused = recover("tokens")
    assert refused.exit_code == 2
    assert f"has no mandate in the tokens of assets {tokens[2].assetId()}: " in refused.stderr
    announce = partial(
        investor, "recover", "announce", stranger, stranger, "--reason", FILE, by=ENFORCER
    )
    unknown = announce("--deadline", DEADLINE, "--signature", "0x12")
    assert unknown.stderr == f"{stranger} is no investor's wallet: is the address right?\n"
    assert "is no hexadecimal text" in announce("--deadline", DEADLINE, "--signature", "xyz").stderr


def test_an_announcement_ends_by_itself(recover, announced):
    wait(50)

    done = recover("execute")

    assert done.exit_code == 2
    assert done.stderr.startswith("the announcement ended ")
