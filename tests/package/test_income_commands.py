"""`ape run income`: shared out, declared, paid in batches that can break off, taxes remitted."""

import csv
import json
from datetime import date, datetime, timedelta, timezone
from functools import partial

import pytest
from ape import chain
from eth_utils import keccak, to_checksum_address

from civitas.chain.operations import Operations
from scripts.income import cli

MANAGER, TREASURER, CASHIER, PAYER = 2, 9, 10, 32  # test accounts
KST = timezone(timedelta(hours=9))
DAY = 86_400
REFERENCE = "0x" + "ab" * 32
HASH = keccak(text="a resolution")
CROWD = [to_checksum_address(keccak(text=f"holder {number}")[-20:]) for number in range(230)]


@pytest.fixture
def income(run_command):
    def run(*arguments, by=None, options=("--yes",)):
        account = () if by is None else ("--account", f"TEST::{by}", *options)
        return run_command(cli, *arguments, *account)

    return run


def day(days):
    """A local day so many days from now."""
    return datetime.fromtimestamp(chain.blocks.head.timestamp, KST).date() + timedelta(days=days)


def go_to(wanted):
    chain.pending_timestamp = int(datetime(*wanted.timetuple()[:3], tzinfo=KST).timestamp()) + 1
    chain.mine()


def month_after(found):
    return date(found.year + found.month // 12, found.month % 12 + 1, 1)


@pytest.fixture
def token(register_asset, create_token, verify, asset_manager, alice, bob, carol):
    asset_id = register_asset("an office")
    token = create_token(asset_id, units=1_000)
    verify(alice, bob, carol)
    for holder, units in ((alice, 500), (bob, 300), (carol, 200)):
        token.mint(holder, units, sender=asset_manager)
    return token


@pytest.fixture
def fund(money, accounts, payer):
    def give(amount):
        money.mint(accounts[MANAGER], amount, sender=payer)

    return give


@pytest.fixture
def declare(income, token):
    """Declared for the next day, payable the day after."""

    def run(*changes, by=MANAGER, options=("--yes",), resolution="2027-13"):
        dates = [
            *("--record", day(1), "--pay", day(2), "--deemed", day(60), "--deadline", day(90)),
            *("--resolution", resolution),
        ]
        return income("declare", token.assetId(), *dates, *changes, by=by, options=options)

    return run


@pytest.fixture
def declared(declare, fund):
    fund(1_000_000)
    payable = day(2)
    done = declare("--total", "1000000")
    assert done.exit_code == 0, done.stderr
    go_to(payable)
    return 1


# --- split


@pytest.fixture
def splitter(token, create_splitter, city, money, payer, general_fund):
    splitter = create_splitter(token.assetId(), [(city.treasury, 10_000, general_fund)])
    money.mint(splitter, 5_000, sender=payer)
    return splitter


def test_shares_out_once(income, city, money, splitter, token, general_fund):
    asset = token.assetId()

    done = income("split", "--all", by=PAYER)

    assert done.exit_code == 0, done.stderr
    assert f"asset {asset}: tKRW 5,000, " in done.stdout.splitlines()[1]
    assert city.treasury.balance_of(money, general_fund) == 5_000
    again = income("split", asset, by=PAYER)
    assert (again.exit_code, again.stdout) == (0, "nothing to send\n")


def test_a_dry_run_shares_out_nothing(income, splitter):
    height = chain.blocks.height

    done = income("split", "--all", by=PAYER, options=("--dry-run",))

    assert done.exit_code == 0, done.stderr
    assert "dry run: the chain would take all 1; nothing was sent" in done.stdout
    assert (chain.blocks.height, splitter.pending()) == (height, 5_000)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name the assets, or give --all"),
        ((1, "--all"), "name the assets, or give --all"),
        ((77,), "asset 77 has no splitter; there are those of assets 1"),
    ],
)
def test_says_which_assets_can_be_shared_out(income, splitter, arguments, said):
    done = income("split", *arguments, by=PAYER)

    assert (done.exit_code, done.stderr) == (2, said + "\n")


# --- declare


def test_declares_once(declare, city, money, token, fund, accounts):
    fund(1_000_000)
    manager = accounts[MANAGER]
    record, pay = day(2), day(2)

    done = declare("--total", "1000000")

    assert done.exit_code == 0, done.stderr
    assert "tKRW 1,000,000 for 1,000 units, as of now" in done.stdout
    assert done.stdout.splitlines()[-1].endswith("with `ape run income pay 1`")
    dividend = city.dividends.dividends(1)
    midnight = int(datetime(*record.timetuple()[:3], tzinfo=KST).timestamp())
    assert (dividend.record_time, dividend.pay_time) == (midnight, midnight)
    assert (pay, dividend.amount, money.balanceOf(manager)) == (record, 1_000_000, 0)

    again = declare("--total", "1000000")

    assert again.exit_code == 0, again.stderr
    assert again.stdout.splitlines()[-2:] == ["declared already, as dividend 1", "nothing to send"]
    assert city.dividends.total_dividends() == 1


def test_a_rate_is_for_the_units_that_share(declare, city, fund, alice):
    fund(10_000)

    done = declare("--rate", "20", "--exclude", alice.address)

    assert done.exit_code == 0, done.stderr
    assert f"does not share: {alice.address}" in done.stdout
    assert city.dividends.dividends(1).amount == 20 * 500
    assert city.dividends.excluded_from(1) == [alice.address]


def test_a_declaration_is_tried_as_a_whole(declare, city, fund, token):
    """The approval and the record date come first: alone the declaration would be refused."""
    fund(10_000)
    height = chain.blocks.height

    done = declare("--total", "10000", options=("--dry-run",))

    assert done.exit_code == 0, done.stderr
    assert "dry run: the chain would take all 4; nothing was sent" in done.stdout
    assert (chain.blocks.height, token.pending_record()) == (height, 0)


def test_refuses_to_declare(declare, accounts):
    height = chain.blocks.height
    manager, cashier = accounts[MANAGER].address, accounts[CASHIER].address
    for done, said in [
        (declare(), "give one of --total and --rate"),
        (declare("--total", "5", "--rate", "5"), "give one of --total and --rate"),
        (declare("--total", "-5"), "amount '-5': write tKRW as digits with no decimals"),
        (declare("--total", "5"), f"{manager} holds tKRW 0, the dividend is tKRW 5: have it paid"),
        (declare("--total", "5", "--exclude", "bob"), "--exclude 'bob' is no address"),
        (declare("--total", "5", by=CASHIER), f"{cashier} holds tKRW 0"),
    ]:
        assert done.exit_code == 2
        assert done.stderr.startswith(said)
    assert chain.blocks.height == height


def test_only_the_asset_manager_declares(declare, money, accounts, payer):
    cashier = accounts[CASHIER]
    money.mint(cashier, 5, sender=payer)

    done = declare("--total", "5", by=CASHIER)

    assert (done.exit_code, done.stderr) == (
        2,
        f"{cashier.address} lacks ASSET_MANAGER: sign with an account that the council gave it; "
        "nothing was sent\n",
    )


# --- pay


def test_pays_all_who_can_be_paid(
    income, declared, city, money, token, alice, bob, carol, compliance_officer
):
    token.setAddressFrozen(carol, True, sender=compliance_officer)

    done = income("pay", declared, by=PAYER)

    assert done.exit_code == 0, done.stderr
    assert "2 holders to pay, tKRW 800,000 before taxes" in done.stdout
    assert "1 wait: frozen" in done.stdout
    assert (money.balanceOf(alice), money.balanceOf(bob), money.balanceOf(carol)) == (
        *(423_000, 253_800),
        0,
    )
    assert "nothing to send" in income("pay", declared, by=PAYER).stdout

    token.setAddressFrozen(carol, False, sender=compliance_officer)
    assert income("pay", declared, by=PAYER).exit_code == 0
    assert money.balanceOf(carol) == 169_200
    assert city.dividends.dividends(declared).paid == 1_000_000


def test_killed_half_way_it_pays_nobody_twice_and_misses_nobody(
    income, declare, fund, city, token, compliance_officer, monkeypatch, alice
):
    for start in range(0, len(CROWD), 100):
        some = CROWD[start : start + 100]
        city.identity_registry.register(
            [(each, each, 410, 0, 2**39) for each in some], sender=compliance_officer
        )
    for number, each in enumerate(CROWD):
        token.transfer(each, 1 + number % 2, sender=alice)
    fund(9_876_543)
    payable = day(2)
    assert declare("--total", "9876543").exit_code == 0
    go_to(payable)
    send, sent = Operations.send, []

    def break_off(operations, prepared):
        if len(sent) == 2:
            raise KeyboardInterrupt
        sent.append(send(operations, prepared))
        return sent[-1]

    monkeypatch.setattr(Operations, "send", break_off)
    broken = income("pay", 1, "--max-gas", 6_000_000, by=PAYER)
    monkeypatch.undo()
    assert broken.exit_code == 1
    half = city.dividends.dividends(1).paid
    assert 0 < half < 9_876_543

    done = income("pay", 1, by=PAYER)

    assert done.exit_code == 0, done.stderr
    paid = [
        (log.holder, log.amount)
        for log in city.dividends.DividendPaid.range(0, chain.blocks.height + 1)
    ]
    holders = [holder for holder, _ in paid]
    assert len(holders) == len(set(holders)) == len(CROWD) + 3
    assert sum(amount for _, amount in paid) == city.dividends.dividends(1).paid
    for holder, amount in paid:
        assert amount == 9_876_543 * token.balanceOf(holder) // 1_000
    assert "nothing to send" in income("pay", 1, by=PAYER).stdout


def test_names_who_could_not_be_paid_after_all(income, declared, money, bob, payer, accounts):
    """The payment token refuses one holder: the others are paid, and the exit code says so."""
    money.set_blocked(bob, True, sender=payer)

    done = income("pay", declared, by=PAYER)

    assert done.exit_code == 1
    assert done.stderr == f"sent, but it is not true that {bob.address} was paid\n"


def test_says_when_a_dividend_is_paid(income, declare, fund):
    fund(5_000)
    assert declare("--total", "5000").exit_code == 0

    early, unknown = income("pay", 1, by=PAYER), income("pay", 2, by=PAYER)

    assert (early.exit_code, unknown.exit_code) == (2, 2)
    assert early.stderr.startswith("dividend 1 is paid from ")
    assert unknown.stderr == "there is no dividend 2; 1 were declared\n"


# --- claim-for


def test_claims_for_others(income, declared, money, token, alice, bob, payer):
    money.mint(payer, 1_000, sender=payer)
    money.approve(token, 1_000, sender=payer)
    token.deposit_income(money, 1_000, sender=payer)
    claim = partial(income, "claim-for", token.assetId(), alice.address, by=PAYER)

    rent = claim()
    dividend = claim("--dividend", declared)

    assert (rent.exit_code, dividend.exit_code) == (0, 0), rent.stderr + dividend.stderr
    assert f"{alice.address}: tKRW 500\n" in rent.stdout
    assert f"{alice.address}: tKRW 500,000\n" in dividend.stdout
    assert money.balanceOf(alice) == 500 + 423_000
    assert "nothing to send" in claim().stdout
    assert "nothing to send" in claim("--dividend", declared).stdout


def test_claims_for_no_stranger(income, token, stranger):
    done = income("claim-for", token.assetId(), stranger.address, by=PAYER)

    assert (done.exit_code, done.stderr) == (
        2,
        f"{stranger.address} holds no units of asset {token.assetId()} and is due nothing: "
        "is the address right?\n",
    )
    unknown = income("claim-for", 77, stranger.address, by=PAYER)
    assert (unknown.exit_code, unknown.stderr) == (2, "asset 77 has no security token\n")


# --- taxes


@pytest.fixture
def withheld(income, declared, city, council_clerk, accounts):
    """154,000 withheld by three certificates; the month after. The month, as text."""
    assert income("pay", declared, by=PAYER).exit_code == 0
    for kind, payee in enumerate(accounts[45:47]):
        city.income_desk.set_payee(kind, payee, HASH, sender=council_clerk)
    month = day(0).replace(day=1)
    go_to(month_after(month))
    return f"{month:%Y-%m}"


def test_remits_what_a_month_withheld_once(income, withheld, city, money, accounts):
    remit = partial(income, "remit-tax", withheld, "--reference", REFERENCE, by=CASHIER)

    done = remit()

    assert done.exit_code == 0, done.stderr
    assert f"national tax of {withheld}: tKRW 140,000 to {accounts[45].address}" in done.stdout
    assert f"local tax of {withheld}: tKRW 14,000 to {accounts[46].address}" in done.stdout
    assert (money.balanceOf(accounts[45]), money.balanceOf(accounts[46])) == (140_000, 14_000)
    again = remit()
    assert again.exit_code == 0
    assert "national tax of " in again.stdout
    assert "remitted already by this reference\nnothing to send\n" in again.stdout

    other = remit("--reference", "0x" + "cd" * 32)

    assert other.exit_code == 2
    assert "tKRW 140,000 were withheld, tKRW 0 are held" in other.stderr


def test_only_the_cashier_remits_and_only_when_the_month_is_over(income, withheld, city):
    remit = partial(income, "remit-tax", "--reference", REFERENCE)

    by_another = remit(withheld, by=TREASURER)
    early = remit(f"{day(0):%Y-%m}", by=CASHIER)

    assert "lacks CASHIER" in by_another.stderr
    assert early.stderr.startswith("the month goes on until ")
    assert (by_another.exit_code, early.exit_code) == (2, 2)


def test_says_that_nobody_collects_the_tax(income, declared):
    assert income("pay", declared, by=PAYER).exit_code == 0
    month = day(0).replace(day=1)
    go_to(month_after(month))

    done = income("remit-tax", f"{month:%Y-%m}", "--reference", REFERENCE, by=CASHIER)

    assert done.exit_code == 2
    assert "nobody is named to collect it" in done.stderr


def test_the_report_of_a_month_is_what_the_desk_holds(income, withheld, city, money, tmp_path):
    done = income("report", withheld, "--out", tmp_path, "--json")

    assert done.exit_code == 0, done.stderr
    shown = json.loads(done.stdout)
    assert shown == json.loads((tmp_path / f"{withheld}-taxes.json").read_text())
    accounts = {each["authority"]: each for each in shown["accounts"]}
    assert {name: each["closing"] for name, each in accounts.items()} == {
        "national": str(city.income_desk.held(money, 0)),
        "local": str(city.income_desk.held(money, 1)),
    }
    assert {name: each["closing"] for name, each in accounts.items()} == {
        "national": "140000",
        "local": "14000",
    }
    with (tmp_path / f"{withheld}-certificates.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [int(row["number"]) for row in rows] == [1, 2, 3]
    for name in ("national", "local"):
        assert sum(int(row[name]) for row in rows) == int(accounts[name]["withheld"])
    assert sum(int(row["gross"]) - int(row["net"]) for row in rows) == 154_000

    income("remit-tax", withheld, "--reference", REFERENCE, "--kind", "local", by=CASHIER)
    now = json.loads(income("report", f"{day(0):%Y-%m}", "--out", tmp_path, "--json").stdout)

    moved = [
        (each["authority"], each["opening"], each["withheld"], each["remitted"], each["closing"])
        for each in now["accounts"]
    ]
    assert moved == [
        ("national", "140000", "0", "0", "140000"),
        ("local", "14000", "0", "14000", "0"),
    ]
    assert [each["amount"] for each in now["remittances"]] == ["14000"]
