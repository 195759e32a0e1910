"""LeaseDeposits: money of tenants, apart from all income."""

import ape
import pytest
from ape import project
from eth_utils import keccak

from civitas.chain.deploy import ZERO_ADDRESS


@pytest.fixture
def deposits(city):
    return city.lease_deposits


@pytest.fixture(scope="module")
def lease(accounts, city):
    """The Lease contract as a sender."""
    return accounts.impersonate_account(city.lease.address)


@pytest.fixture
def book(money, deposits, lease, payer):
    def take_in(lease_id, amount):
        money.mint(deposits, amount, sender=payer)
        return deposits.book(lease_id, amount, sender=lease)

    return take_in


def test_is_as_it_was_deployed(city, deposits):
    assert deposits.asset() == city.payment_token
    assert deposits.authority() == city.authority
    assert deposits.total_held() == 0


def test_refuses_an_account_for_a_currency(city, deployer, stranger):
    with ape.reverts("lease_deposits: no asset"):
        deployer.deploy(project.LeaseDeposits, city.authority, stranger)


def test_takes_a_deposit_of_a_lease(deposits, book, lease):
    """INV-DEP-1"""
    book(1, 100)
    receipt = book(1, 50)
    book(2, 7)

    assert (deposits.held_of(lease, 1), deposits.held_of(lease, 2)) == (150, 7)
    assert deposits.total_held() == 157
    assert receipt.events[-1] == deposits.DepositTaken(lease=lease, lease_id=1, amount=50, held=150)


def test_refuses_a_deposit_that_is_not_here(money, deposits, book, lease, payer):
    book(1, 100)
    money.mint(deposits, 9, sender=payer)

    with ape.reverts("lease_deposits: not here"):
        deposits.book(2, 10, sender=lease)
    deposits.book(2, 9, sender=lease)


def test_pays_a_debt_from_a_deposit(money, deposits, book, lease, waterworks):
    book(1, 100)

    receipt = deposits.draw(1, 30, waterworks, sender=lease)

    assert deposits.held_of(lease, 1) == deposits.total_held() == 70
    assert money.balanceOf(waterworks) == 30
    assert receipt.events[0] == deposits.DepositDrawn(
        lease=lease, lease_id=1, receiver=waterworks, amount=30, held=70
    )


@pytest.mark.parametrize("function", ["draw", "credit"])
def test_refuses_more_than_a_leases_own_deposit(deposits, book, lease, tenant, function):
    book(1, 100)
    book(2, 100)

    with ape.reverts("lease_deposits: deposit too small"):
        getattr(deposits, function)(1, 101, tenant, sender=lease)


def test_refuses_the_deposit_of_another_lease_contract(
    city, deposits, book, accounts, council, tenant
):
    """INV-DEP-2: deposits are kept by contract and lease."""
    book(1, 100)
    other = accounts[49]
    city.authority.grantRole(keccak(text="LEASE_ROLE"), other, sender=council)

    with ape.reverts("lease_deposits: deposit too small"):
        deposits.draw(1, 1, tenant, sender=other)


def test_credits_the_tenant_who_takes_it_anywhere(money, deposits, book, lease, tenant, road_fund):
    book(1, 100)

    receipt = deposits.credit(1, 60, tenant, sender=lease)

    assert receipt.events == [
        deposits.TenantCredited(lease=lease, lease_id=1, tenant=tenant, amount=60, held=40)
    ]
    assert (deposits.credit_of(tenant), deposits.total_held()) == (60, 100)
    receipt = deposits.withdraw(road_fund, sender=tenant)
    assert receipt.return_value == money.balanceOf(road_fund) == 60
    assert receipt.events[0] == deposits.CreditPaid(tenant=tenant, receiver=road_fund, amount=60)
    assert (deposits.credit_of(tenant), deposits.total_held()) == (0, 40)


def test_sends_a_credit_to_its_tenant_for_anybody(money, deposits, book, lease, tenant, stranger):
    book(1, 100)
    deposits.credit(1, 100, tenant, sender=lease)

    assert deposits.release(tenant, sender=stranger).return_value == 100

    assert (money.balanceOf(tenant), money.balanceOf(deposits)) == (100, 0)


def test_keeps_the_credit_of_a_tenant_whom_the_currency_blocks(
    money, deposits, book, lease, tenant, road_fund, stranger
):
    book(1, 100)
    deposits.credit(1, 100, tenant, sender=lease)
    money.set_blocked(tenant, True, sender=stranger)

    with ape.reverts("mock: blocked"):
        deposits.release(tenant, sender=stranger)
    deposits.withdraw(road_fund, sender=tenant)

    assert money.balanceOf(road_fund) == 100


def test_refuses_where_there_is_no_credit(deposits, tenant, stranger):
    with ape.reverts("lease_deposits: no credit"):
        deposits.withdraw(tenant, sender=tenant)
    with ape.reverts("lease_deposits: no credit"):
        deposits.release(tenant, sender=stranger)


def test_refuses_to_pay_nobody_or_itself(deposits, book, lease, tenant):
    book(1, 100)
    deposits.credit(1, 100, tenant, sender=lease)

    for receiver in (ZERO_ADDRESS, deposits.address):
        with ape.reverts("lease_deposits: no receiver"):
            deposits.withdraw(receiver, sender=tenant)


def test_lets_a_currency_not_back_in(
    project, city, deployer, hook_token, accounts, council, tenant
):
    deposits = deployer.deploy(project.LeaseDeposits, city.authority, hook_token)
    lease = accounts.impersonate_account(city.lease.address)
    hook_token.mint(deposits, 100, sender=tenant)
    deposits.book(1, 100, sender=lease)
    deposits.credit(1, 50, hook_token, sender=lease)
    deposits.credit(1, 50, tenant, sender=lease)
    hook_token.arm(deposits, deposits.withdraw.encode_input(tenant), sender=tenant)

    deposits.withdraw(tenant, sender=tenant)

    assert hook_token.attacked() == 1 and not hook_token.attack_succeeded()
    assert hook_token.balanceOf(tenant) == deposits.total_held() == 50


def test_refuses_a_currency_that_returns_false(
    project, city, deployer, hook_token, accounts, tenant
):
    deposits = deployer.deploy(project.LeaseDeposits, city.authority, hook_token)
    lease = accounts.impersonate_account(city.lease.address)
    hook_token.mint(deposits, 100, sender=tenant)
    deposits.book(1, 100, sender=lease)
    deposits.credit(1, 50, tenant, sender=lease)
    hook_token.set_answers_false(True, sender=tenant)

    with ape.reverts("token_transfer: returned false"):
        deposits.withdraw(tenant, sender=tenant)
    assert deposits.credit_of(tenant) == 50
