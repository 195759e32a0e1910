"""One token of 1_000 units, fully issued to three investors, and money to pay in as income."""

import pytest
from ape import chain

from .rules import ALLOWANCE, YEAR, Scene

ALICE, BOB, CAROL = 500, 300, 200  # {unit}


@pytest.fixture
def empty_token(register_asset, create_token, verify, alice, bob, carol):
    """1_000 units on the deed, none issued; three verified investors."""
    verify(alice, bob, carol)
    return create_token(register_asset("parcel 1"), units=1_000)


@pytest.fixture
def token(empty_token, asset_manager, alice, bob, carol):
    empty_token.mint(alice, ALICE, sender=asset_manager)
    empty_token.mint(bob, BOB, sender=asset_manager)
    empty_token.mint(carol, CAROL, sender=asset_manager)
    return empty_token


@pytest.fixture
def new_money(project, deployer):
    """`new_money(decimals=18)` is a payment token of its own."""

    def deploy(decimals=0):
        return deployer.deploy(project.MockPaymentToken, "Money", "MNY", decimals)

    return deploy


@pytest.fixture
def hook_money(project, deployer):
    return deployer.deploy(project.MockHookToken)


@pytest.fixture
def silent_money(project, deployer):
    return deployer.deploy(project.MockSilentToken)


@pytest.fixture
def pay_in(money, payer):
    """`pay_in(token, 100)`: the payer gets the money, approves it, and deposits it as income."""

    def deposit(token, amount, currency=money):
        currency.mint(payer, amount, sender=payer)
        currency.approve(token, amount, sender=payer)
        return token.deposit_income(currency, amount, sender=payer)

    return deposit


@pytest.fixture
def issue_token(register_asset, create_token, verify, asset_manager):
    """`issue_token([(alice, 2), (bob, 1)])`: a token of its own, its holders verified."""
    parcels = iter(range(2, 100))

    def issue(holdings, units=None, decimals=0, payment_token=None):
        verify(*(holder for holder, _ in holdings))
        token = create_token(
            register_asset(f"parcel {next(parcels)}"),
            units=units or sum(amount for _, amount in holdings),
            decimals=decimals,
            payment_token=payment_token,
        )
        for holder, amount in holdings:
            token.mint(holder, amount, sender=asset_manager)
        return token

    return issue


@pytest.fixture
def appoint(council, enforcer):
    """`appoint(token, 100)`: the enforcer may move 100 units by force, for a year."""

    def mandate(token, amount, until=None):
        token.addAgent(enforcer, sender=council)
        until = until or chain.pending_timestamp + YEAR
        token.set_mandate(enforcer, amount, until, sender=council)

    return mandate


@pytest.fixture
def second_wallet(accounts):
    """A wallet of nobody's, to take the place of a lost one."""
    return accounts[23]


@pytest.fixture
def scene(token, city, alice, bob, carol, compliance_officer, guardian):
    """The stage of `rules.py`."""
    token.approve(carol, ALLOWANCE, sender=alice)
    return Scene(token, city.identity_registry, alice, bob, carol, compliance_officer, guardian)
