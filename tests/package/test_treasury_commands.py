"""`ape run treasury`: what each fund has, and a payment that needs two keys."""

import json

import pytest
from ape import chain
from eth_utils import keccak

from scripts.treasury import cli

TREASURER, CASHIER, AUDITOR, PAYEE = 9, 10, 11, 33  # test accounts
INVOICE = "0x" + "ab" * 32


@pytest.fixture
def treasury(run_command):
    def run(*arguments, by=None):
        return run_command(
            cli, *arguments, *(() if by is None else (f"--account=TEST::{by}", "--yes"))
        )

    return run


@pytest.fixture
def funded(city, money, payer, general_fund, green_fund):
    """7,000 in the general fund and 2,000 in the green one."""
    money.mint(payer, 9_000, sender=payer)
    money.approve(city.treasury, 9_000, sender=payer)
    city.treasury.deposit_income(money, 7_000, general_fund, sender=payer)
    city.treasury.deposit_income(money, 2_000, green_fund, sender=payer)


@pytest.fixture
def approve(treasury, funded, accounts):
    def run(amount="500", fund="GENERAL", by=TREASURER, document=INVOICE, payee=None):
        to = payee or accounts[PAYEE].address
        return treasury("approve", fund, to, amount, "--document", document, by=by)

    return run


def test_lists_what_each_fund_has(treasury, approve):
    assert approve().exit_code == 0

    done = treasury("balances")

    assert done.exit_code == 0, done.stderr
    assert [line.split() for line in done.stdout.splitlines()] == [
        ["fund", "free", "approved,", "unpaid"],
        ["GENERAL", "tKRW", "6,500", "tKRW", "500"],
        ["GREEN", "restricted", "tKRW", "2,000", "tKRW", "0"],
    ]
    rows = json.loads(treasury("balances", "--json").stdout)
    assert [(each["fund"], each["free"], each["reserved"]) for each in rows] == [
        ("GENERAL", "6500", "500"),
        ("GREEN", "2000", "0"),
    ]


def test_a_payment_needs_two_keys_and_is_made_once(treasury, approve, money, accounts):
    approved = approve()
    assert approved.exit_code == 0, approved.stderr
    assert "free in GENERAL: tKRW 7,000 -> tKRW 6,500" in approved.stdout
    assert approved.stdout.splitlines()[-1].endswith("with `ape run treasury pay 1`")
    assert approve().stdout.splitlines()[-2:] == [
        "approved already for this document, as payment 1",
        "nothing to send",
    ]

    paid = treasury("pay", 1, by=CASHIER)

    assert paid.exit_code == 0, paid.stderr
    assert "Treasury.PaymentMade: payment_id=1" in paid.stdout
    assert money.balanceOf(accounts[PAYEE]) == 500
    again = treasury("pay", 1, by=CASHIER)
    assert (again.exit_code, again.stdout) == (0, "payment 1 was made already\nnothing to send\n")
    assert treasury("cancel", 1, by=TREASURER).stderr == "payment 1 was made\n"


def test_calls_a_payment_off(treasury, approve, city, money, general_fund):
    approve()

    done = treasury("cancel", 1, by=TREASURER)

    assert done.exit_code == 0, done.stderr
    assert city.treasury.balance_of(money, general_fund) == 7_000
    assert "was called off already" in treasury("cancel", 1, by=TREASURER).stdout
    assert treasury("pay", 1, by=CASHIER).stderr == "payment 1 was called off\n"


def test_names_the_duties_that_are_apart(treasury, approve, accounts):
    height = chain.blocks.height
    treasurer, cashier = accounts[TREASURER].address, accounts[CASHIER].address

    by_cashier, by_auditor = approve(by=CASHIER), approve(by=AUDITOR)

    assert (by_cashier.exit_code, by_auditor.exit_code) == (2, 2)
    assert by_cashier.stderr == (
        f"{cashier} makes payments, so it can't approve them: approving and paying are apart; "
        "another key must sign\n"
    )
    assert "lacks TREASURER: sign with an account that the council gave it" in by_auditor.stderr
    assert chain.blocks.height == height
    approve()
    assert treasury("pay", 1, by=TREASURER).stderr.startswith(
        f"{treasurer} approves payments, so it can't make them"
    )
    assert "lacks CASHIER" in treasury("pay", 1, by=AUDITOR).stderr


def test_a_key_that_changed_its_duty_can_not_pay_what_it_approved(
    treasury, approve, city, council, accounts
):
    approve()
    key = accounts[TREASURER]
    city.authority.revokeRole(keccak(text="TREASURER_ROLE"), key, sender=council)
    city.authority.grantRole(keccak(text="CASHIER_ROLE"), key, sender=council)

    done = treasury("pay", 1, by=TREASURER)

    assert (done.exit_code, done.stderr) == (
        2,
        f"{key.address} approved payment 1, so it can't make it: another cashier must sign\n",
    )


def test_says_what_can_not_be_paid(treasury, approve, guardian, city):
    for done, said in [
        (approve("7001"), "fund GENERAL has tKRW 7,000 free, tKRW 7,001 were asked"),
        (approve(fund="ROADS"), "there is no fund ROADS; there are GENERAL, GREEN"),
        (approve("0"), "amount '0': must be more than 0"),
        (approve(payee="bob"), "payee 'bob' is no address"),
        (treasury("pay", 5, by=CASHIER), "there is no payment 5; 0 were approved"),
    ]:
        assert done.exit_code == 2
        assert done.stderr.startswith(said)
    city.treasury.pause(sender=guardian)
    paused = approve()
    assert (paused.exit_code, paused.stderr) == (
        2,
        "the chain refuses: emergency_stop: paused; it is paused; the chain engineer starts it "
        "again with `ape run incident unpause`\n",
    )


def test_a_sum_that_is_not_booked_ends_with_1(treasury, approve, monkeypatch):
    from civitas.chain import treasury as chain_treasury

    whole = chain_treasury.balances
    monkeypatch.setattr(chain_treasury, "balances", lambda city: whole(city)[:1])

    done = treasury("balances")

    assert done.exit_code == 1
    assert "the chain says 9000, reckoned again 7000" in done.stderr
