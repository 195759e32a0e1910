"""Splitters, the payees of a city, and payment tokens with every habit."""

from datetime import date
from enum import IntFlag, auto
from itertools import count

import pytest
from ape import chain, project
from eth_utils import keccak

from civitas.chain import leases
from civitas.chain.city import contract_at
from civitas.chain.deploy import name32
from civitas.chain.roles import Role

from .desk import Desk
from .dividend_stage import ALICE, BOB, CAROL, Stage
from .lease_dates import CITY_OFFSET, local_date, midnight, months_later
from .taxes import CORPORATION

NO_PURPOSE = bytes(32)
PURPOSE = keccak(text="purpose of a receiver")


class Manner(IntFlag):
    """Of MockIncomeReceiver."""

    TAKES_ALL = auto()
    REFUSES = auto()
    TAKES_PART = auto()
    TAKES_NOTHING = auto()
    BURNS_GAS = auto()
    CALLS_BACK = auto()
    PAYS_MEANWHILE = auto()
    TRIES_BACK = auto()
    TAKES_MORE = auto()
    ANSWERS_LONG = auto()
    GIVES_BACK = auto()


class Kind(IntFlag):
    """Of IRevenueSplitter.TierKind."""

    SHARE = auto()
    CAP = auto()
    RESERVE = auto()


def share(name, account, bps, purpose=NO_PURPOSE):
    """A tier that takes a part of all income."""
    return (name32(name), Kind.SHARE, account, purpose, bps, 0, 0)


def cap(name, account, amount, months=1, purpose=NO_PURPOSE):
    """A tier that takes up to `amount` in each period of `months`."""
    return (name32(name), Kind.CAP, account, purpose, 0, months, amount)


def reserve(name, account, target, purpose=NO_PURPOSE):
    """A tier that is filled up to `target` and kept."""
    return (name32(name), Kind.RESERVE, account, purpose, 0, 0, target)


def content_of(splitter):
    """The rules in force, as the factory takes them."""
    given = contract_at(project.SplitterRules, splitter.rules()).rules()
    return (
        given.quantum,
        given.is_rest_to_first,
        [tuple(tier) for tier in given.tiers],
        [tuple(payee) for payee in given.payees],
    )


def payees_of(splitter):
    return content_of(splitter)[3]


def month_at(moment, offset_minutes=CITY_OFFSET):
    """The splitters' number of the month on a wall calendar of the city."""
    day = local_date(moment, offset_minutes)
    return day.year * 12 + day.month - 1


def start_of(month):
    """Unix time of a month's first second."""
    return midnight(date(month // 12, month % 12 + 1, 1))


def this_month():
    return month_at(chain.pending_timestamp)


@pytest.fixture(scope="module")
def waterworks(accounts):
    return accounts[40]


@pytest.fixture(scope="module")
def library_fund(accounts):
    return accounts[41]


@pytest.fixture(scope="module")
def road_fund(accounts):
    return accounts[42]


@pytest.fixture(scope="module")
def many_payees(accounts):
    """Twenty of them."""
    return [accounts[number] for number in range(60, 80)]


@pytest.fixture(scope="module")
def receiver(project, stranger):
    """A contract that takes income in, in the manner a test gives it."""
    return project.MockIncomeReceiver.deploy(sender=stranger)


@pytest.fixture(scope="module")
def deploy_receiver(project, stranger):
    return lambda: project.MockIncomeReceiver.deploy(sender=stranger)


@pytest.fixture(scope="module")
def next_asset(register_asset):
    """Register one more asset; its id."""
    number = count()
    return lambda: register_asset(f"asset with revenue {next(number)}")


@pytest.fixture(scope="module")
def split(create_splitter, next_asset):
    """The splitter of a new asset: `split((account, 7_000), (contract, 3_000, purpose))`."""

    def create(*rows, **how):
        table = [(row[0], row[1], row[2] if len(row) == 3 else NO_PURPOSE) for row in rows]
        return create_splitter(next_asset(), table, **how)

    return create


@pytest.fixture(scope="module")
def splitter(split, waterworks, library_fund):
    return split((waterworks, 7_000), (library_fund, 3_000))


@pytest.fixture(scope="module")
def write_rules(city, stranger):
    """Write rules down: `write_rules(payees, tiers=..., quantum=...)` returns where they are."""

    def create(payees, tiers=(), quantum=1, is_rest_to_first=False):
        content = (quantum, is_rest_to_first, list(tiers), payees)
        return city.splitter_factory.create_rules(content, sender=stranger).return_value

    return create


@pytest.fixture(scope="module")
def schedule(write_rules, treasurer):
    """Schedule rules two months ahead: `schedule(splitter, payees, ...)` returns the month."""

    def set_rules(splitter, payees, **how):
        month = this_month() + 2
        splitter.schedule_rules(month, write_rules(payees, **how), sender=treasurer)
        return month

    return set_rules


@pytest.fixture(scope="module")
def set_rules(schedule, stranger):
    """Schedule rules and let them begin: `set_rules(splitter, payees, ...)` returns the receipt."""

    def begin(splitter, payees, **how):
        chain.mine(timestamp=start_of(schedule(splitter, payees, **how)))
        return splitter.begin_rules(sender=stranger)

    return begin


@pytest.fixture
def security_token(next_asset, create_token, verify, asset_manager, alice, bob):
    """A token with two holders of 512 units each, so that it can take income in."""
    verify(alice, bob)
    token = create_token(next_asset(), units=1_024)
    token.mint(alice, 512, sender=asset_manager)
    token.mint(bob, 512, sender=asset_manager)
    return token


@pytest.fixture(scope="module")
def other_token(project, stranger):
    return project.MockPaymentToken.deploy("Other", "OTH", 6, sender=stranger)


@pytest.fixture(scope="module")
def silent_token(project, stranger):
    return project.MockSilentToken.deploy(sender=stranger)


@pytest.fixture(scope="module")
def hook_token(project, stranger):
    return project.MockHookToken.deploy(sender=stranger)


@pytest.fixture(scope="module")
def rebasing_token(project, stranger):
    return project.MockRebasingToken.deploy(sender=stranger)


@pytest.fixture(scope="module")
def unknown_fund():
    return name32("NOT OPEN")


# --- leases


@pytest.fixture(scope="module")
def house(splitter):
    """An asset that can be let: its id."""
    return splitter.ASSET_ID()


# Of a tariff, in the order of the contract's struct: rent as agreed, no tax, no fees, no index.
PLAIN = {
    "rate_numerator": 0,
    "rate_denominator": 0,
    "vat_bps": 0,
    "quantum": 1,
    "day_divisor": 365,
    "grace_days": 0,
    "late_bps": 0,
    "late_cap_bps": 0,
    "occupation_bps": 0,
    "default_days": 30,
    "settle_days": 30,
    "index_id": 0,
    "floor_bps": 0,
    "cap_bps": 0,
    "max_age_months": 0,
    "fallback_bps": 0,
}


@pytest.fixture(scope="module")
def set_tariff(city, council_clerk):
    """Set the tariff of a use: `set_tariff("SHOP", vat_bps=1_000)`; what is not named is plain."""

    def set_words(use, **words):
        assert words.keys() <= PLAIN.keys()
        city.rent_table.set_tariff(
            name32(use),
            tuple({**PLAIN, **words}.values()),
            keccak(text=f"ordinance on {use}"),
            sender=council_clerk,
        )

    return set_words


@pytest.fixture(scope="module")
def plain(set_tariff):
    """A use whose rent is as agreed."""
    set_tariff("PLAIN")
    return "PLAIN"


@pytest.fixture(scope="module")
def draft(plain, tenant):
    """A draft of twelve instalments a year: `draft(house, date(2026, 1, 31), months=3, rent=5)`."""

    def of(asset_id, start, months=12, rent=1_000, **how):
        end = how.pop("end", None) or months_later(start, months)
        how = {"annual_rent": 12 * rent, "use": plain, "tenant": tenant.address, **how}
        return leases.draft(asset_id, how.pop("tenant"), how.pop("use"), start, end, **how)

    return of


@pytest.fixture(scope="module")
def sign(city, asset_manager, draft):
    """Sign a lease: `sign(house, date(2026, 1, 31), months=3, rent=500)` returns its id."""

    def sign_lease(asset_id, start, months=12, rent=1_000, lease=None, **how):
        receipt = (lease or city.lease).sign(
            draft(asset_id, start, months, rent, **how),
            keccak(text="the contract on paper"),
            sender=asset_manager,
        )
        return receipt.return_value

    return sign_lease


@pytest.fixture(scope="module")
def pay(city, payer):
    """Pay rent out of nowhere: `pay(lease_id, 1_000)` returns the receipt."""

    def pay_rent(lease_id, amount):
        city.payment_token.mint(payer, amount, sender=payer)
        city.payment_token.approve(city.lease, amount, sender=payer)
        return city.lease.pay(lease_id, amount, sender=payer)

    return pay_rent


@pytest.fixture(scope="module")
def lease_in(project, city, money, deployer, council):
    """A Lease contract of another time zone or currency: `lease_in(-300)`."""

    def deploy(utc_offset_minutes, asset=None):
        deposits = city.lease_deposits
        if asset is not None:
            deposits = deployer.deploy(project.LeaseDeposits, city.authority, asset)
        lease = deployer.deploy(
            project.Lease,
            city.authority,
            asset or money,
            city.asset_registry,
            city.splitter_factory,
            city.appraisals,
            city.rent_table,
            deposits,
            utc_offset_minutes,
        )
        city.authority.grantRole(Role.LEASE.id, lease, sender=council)
        return lease

    return deploy


# --- the withholding desk


@pytest.fixture(scope="module")
def admit(city, accounts, next_asset, create_token, payer):
    """A new token that the desk has admitted: `admit(asset=money)`."""

    def admitted(asset=None, desk=None):
        desk = desk or city.income_desk
        asset_id = next_asset()
        token = create_token(asset_id, units=10**6, payment_token=asset)
        desk.admit(asset_id, sender=payer)
        account = accounts.impersonate_account(token.address)
        return Desk(desk, token, asset or city.payment_token, account, payer)

    return admitted


@pytest.fixture(scope="module")
def new_money(project, deployer):
    """`new_money(decimals=18)` is a payment token of its own."""
    return lambda decimals=0: deployer.deploy(project.MockPaymentToken, "Money", "MNY", decimals)


@pytest.fixture(scope="module")
def desk(admit):
    return admit()


@pytest.fixture(scope="module")
def tax_office(accounts):
    return accounts[45]


@pytest.fixture(scope="module")
def town_office(accounts):
    return accounts[46]


# --- dividends


@pytest.fixture(scope="module")
def shared(city, admit, verify, asset_manager, payer, alice, bob, carol):
    """`shared(asset)`: a new token with 500, 300 and 200 units of two persons and a corporation."""
    verify(alice, carol)
    verify(bob, investor_class=CORPORATION)

    def create(asset=None):
        desk = admit(asset=asset)
        for holder, units in ((alice, ALICE), (bob, BOB), (carol, CAROL)):
            desk.token.mint(holder, units, sender=asset_manager)
        return Stage(city, desk.token, desk.asset, asset_manager, payer)

    return create


@pytest.fixture
def shares(shared):
    return shared()
