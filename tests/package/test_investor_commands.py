"""`ape run investor`: what it sends, what it only shows, and the sentences of its refusals."""

from functools import partial

import pytest
from ape import chain

from civitas.chain.identity import binding_message
from civitas.chain.onboarding import COLUMNS
from civitas.chain.signing import signed_by
from scripts.investor import cli

KYC = 1
DEADLINE = 2**39
ISSUER = 62  # test account


@pytest.fixture
def investor(run_command):
    return partial(run_command, cli)


@pytest.fixture
def onboard(investor, city, accounts, council_clerk, tmp_path):
    """Onboard accounts from a file, `bad` rows behind them: `onboard(alice, bob)`."""
    city.identity_registry.addTrustedIssuer(accounts[ISSUER], [KYC], sender=council_clerk)

    def run(*wallets, bad=(), by=ISSUER, options=("--yes",)):
        path = tmp_path / "investors.csv"
        rows = [f"{wallet.address},410,1,2999-12-31,{_consent(city, wallet)}" for wallet in wallets]
        path.write_text("\n".join((",".join(COLUMNS), *rows, *bad)) + "\n")
        return investor(
            *("onboard", path, "--account", f"TEST::{by}", "--deadline", DEADLINE), *options
        )

    return run


def _consent(city, wallet):
    return signed_by(wallet, binding_message(city, wallet, wallet, 0, DEADLINE)).hex()


def test_onboards_once(onboard, city, alice, bob):
    done = onboard(alice, bob)

    assert done.exit_code == 0, done.stderr
    assert "2 to onboard" in done.stdout
    assert "batch 1 of 1: 2 investors, " in done.stdout
    assert city.identity_registry.unverified_side(alice, bob) == 0
    height = chain.blocks.height

    again = onboard(alice, bob)

    assert again.exit_code == 0
    assert "0 to onboard\nnothing to send" in again.stdout
    assert chain.blocks.height == height


def test_a_dry_run_sends_nothing(onboard, city, alice):
    height = chain.blocks.height

    done = onboard(alice, options=("--dry-run",))

    assert done.exit_code == 0
    assert "dry run: the chain would take all 1; nothing was sent" in done.stdout
    assert chain.blocks.height == height
    assert not city.identity_registry.contains(alice)


def test_a_bad_row_stops_all(onboard, alice, bob):
    height = chain.blocks.height

    done = onboard(alice, bad=(f"{bob.address},0,1,2999-12-31,0x12",))

    assert done.exit_code == 2
    assert "investors.csv:3" in done.stderr
    assert "must be 1 to 999" in done.stderr
    assert chain.blocks.height == height


def test_who_is_no_issuer_is_refused(onboard, city, alice):
    done = onboard(alice, by=30)

    assert (done.exit_code, done.stderr) == (
        2,
        "the chain refuses: trusted_issuers: not trusted\n",
    )
    assert not city.identity_registry.contains(alice)


def test_revokes_what_was_filed(onboard, investor, city, alice):
    onboard(alice)
    revoke = partial(investor, "revoke", alice.address, "--account", f"TEST::{ISSUER}", "--yes")

    done = revoke()

    assert done.exit_code == 0, done.stderr
    assert f"revoke claims on {alice.address}, topic 1, up to nonce 1" in done.stdout
    assert not city.identity_registry.isVerified(alice)
    assert (revoke().exit_code, revoke().stderr) == (
        2,
        "the chain refuses: claims: is void\n",
    )


def test_refreshes_after_a_topic_was_added(onboard, investor, city, council_clerk, alice, bob):
    onboard(alice, bob)
    city.identity_registry.addClaimTopic(2, sender=council_clerk)
    assert city.identity_registry.isVerified(alice)

    done = investor("refresh", alice.address, bob.address, "--account", "TEST::30", "--yes")

    assert done.exit_code == 0, done.stderr
    assert not city.identity_registry.isVerified(alice)
    assert not city.identity_registry.isVerified(bob)


@pytest.mark.parametrize("command", ["revoke", "refresh"])
def test_what_is_no_investor_is_refused(onboard, investor, stranger, command):
    done = investor(command, stranger.address, "--account", f"TEST::{ISSUER}", "--yes")

    assert done.exit_code == 2
    assert done.stderr.startswith("the chain refuses: ")
