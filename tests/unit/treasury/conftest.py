"""The treasury with money in it, and payment tokens with every habit."""

import ape
import pytest
from eth_utils import keccak

from civitas.chain.deploy import name32

INVOICE = keccak(text="invoice 1")
RESOLUTION = keccak(text="resolution 1")
ZERO_ADDRESS = "0x" + "00" * 20


@pytest.fixture(scope="module")
def treasury(city):
    return city.treasury


@pytest.fixture(scope="module")
def builder(accounts):
    """Whom the city pays."""
    return accounts[50]


@pytest.fixture(scope="module")
def gardener(accounts):
    return accounts[51]


@pytest.fixture(scope="module")
def road_fund():
    """Not open."""
    return name32("ROADS")


@pytest.fixture(scope="module")
def deposit(treasury, money, payer):
    """Mint and deposit: `deposit(fund, 1_000)`; the receipt."""

    def put(fund, amount, token=money):
        token.mint(payer, amount, sender=payer)
        token.approve(treasury, amount, sender=payer)
        return treasury.deposit_income(token, amount, fund, sender=payer)

    return put


@pytest.fixture
def funded_treasury(deposit, treasury, general_fund, green_fund):
    """1,000 in the general fund, 500 in the restricted green one."""
    deposit(general_fund, 1_000)
    deposit(green_fund, 500)
    return treasury


@pytest.fixture(scope="module")
def approve(treasury, money, treasurer, builder, general_fund):
    """Approve a payment; its id."""

    def create(amount, fund=general_fund, payee=builder, token=money):
        receipt = treasury.approve_payment(token, fund, payee, amount, INVOICE, sender=treasurer)
        return receipt.return_value

    return create


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
def books_balance(treasury, money, general_fund, green_fund, road_fund):
    """Whether the funds of a token add up to what the treasury holds of it."""

    def check(token=money, stray=0):
        funds = sum(
            treasury.balance_of(token, fund) + treasury.reserved_of(token, fund)
            for fund in (general_fund, green_fund, road_fund)
        )
        return funds == treasury.total_of(token) == token.balanceOf(treasury) - stray

    return check


@pytest.fixture(scope="module")
def change_role(city, council):
    """Grant and revoke by the council: `change_role(account, grant="A_ROLE", revoke="B_ROLE")`."""

    def change(account, grant=None, revoke=None):
        if revoke is not None:
            city.authority.revokeRole(keccak(text=revoke), account, sender=council)
        if grant is not None:
            city.authority.grantRole(keccak(text=grant), account, sender=council)

    return change


@pytest.fixture(scope="module")
def refused(stranger, council, guardian, auditor):
    """Assert that a call is refused to those who hold no role for it."""

    def check(call, *others):
        for account in (stranger, council, guardian, auditor, *others):
            with ape.reverts("authorized: missing role"):
                call(account)

    return check
