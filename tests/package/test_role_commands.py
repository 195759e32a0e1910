"""`ape run role`: what the council gives and takes, by its key or its Safe."""

import json

import pytest
from ape import chain

from civitas.chain.safe import read_multi_send
from scripts.role import cli

COUNCIL, CASHIER = 1, 10  # test accounts


@pytest.fixture
def role(run_command):
    def run(*arguments, by=COUNCIL):
        return run_command(cli, *arguments, "--account", f"TEST::{by}", "--yes")

    return run


def holders(run_command):
    return json.loads(run_command(cli, "list", "--json").stdout)


def test_a_key_is_replaced_by_another(role, run_command, accounts, stranger):
    old = accounts[CASHIER].address

    granted = role("grant", "CASHIER", stranger.address)

    assert granted.exit_code == 0, granted.stderr
    assert f"CASHIER beside it: {old}" in granted.stdout
    assert holders(run_command)["CASHIER"] == [old, stranger.address]
    assert (
        "has CASHIER already\nnothing to send" in role("grant", "CASHIER", stranger.address).stdout
    )
    revoked = role("revoke", "CASHIER", old)
    assert revoked.exit_code == 0, revoked.stderr
    assert holders(run_command)["CASHIER"] == [stranger.address]
    assert "does not hold CASHIER\nnothing to send" in role("revoke", "CASHIER", old).stdout
    assert f"CASHIER              {stranger.address}\n" in run_command(cli, "list").stdout


def test_says_what_the_council_can_not_do(role, city, accounts, stranger):
    cashier, council = accounts[CASHIER].address, accounts[COUNCIL].address
    height = chain.blocks.height
    for done, said in [
        (
            role("grant", "TREASURER", cashier),
            f"{cashier} holds CASHIER, which no key combines with TREASURER: take that from it "
            "first, or name another account\n",
        ),
        (
            role("grant", "CASHIER", stranger.address, by=CASHIER),
            f"{cashier} is not the council, which is {council}: it signs with --account, or its "
            "Safe's owners with --safe and --queue; nothing was sent\n",
        ),
        (
            role("revoke", "DIVIDENDS", city.dividends.address),
            "DIVIDENDS is a contract's: the city does not work without it\n",
        ),
        (role("grant", "CASHIER", "bob"), "holder 'bob' is no address\n"),
    ]:
        assert (done.exit_code, done.stderr) == (2, said)
    assert chain.blocks.height == height


def test_the_councils_safe_gets_a_queue(run_command, city, council, stranger, accounts, tmp_path):
    """A rotation is one call of MultiSend: the new key gets the role, the old one loses it."""
    safe, queue = city.payment_token.address, tmp_path / "queue.json"
    city.authority.transfer_admin(safe, sender=council)
    account = accounts.impersonate_account(safe)
    chain.provider.set_balance(safe, 10**18)
    city.authority.accept_admin(sender=account)
    old = accounts[CASHIER].address

    for arguments in (("grant", "CASHIER", stranger.address), ("revoke", "CASHIER", old)):
        done = run_command(cli, *arguments, "--safe", safe, "--queue", queue)
        assert done.exit_code == 0, done.stderr

    text = queue.with_name("queue.json.multisend").read_text()
    for call in read_multi_send(bytes.fromhex(text.strip()[2:])):
        account.transfer(call.to, 0, data=call.data)
    assert holders(run_command)["CASHIER"] == [stranger.address]
