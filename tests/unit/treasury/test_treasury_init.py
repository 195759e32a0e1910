import ape
import pytest

from civitas.chain.deploy import name32


@pytest.fixture
def deploy(project, city, stranger):
    return lambda funds, authority=city.authority: project.Treasury.deploy(
        authority, funds, sender=stranger
    )


def test_opens_the_funds_it_is_given(deploy, city):
    treasury = deploy([(name32("A"), False), (name32("B"), True)])

    assert treasury.authority() == city.authority
    assert tuple(treasury.funds(name32("A"))) == (True, False)
    assert tuple(treasury.funds(name32("B"))) == (True, True)
    assert tuple(treasury.funds(name32("C"))) == (False, False)
    opened = [(log.fund, log.is_restricted) for log in treasury.FundOpened]
    assert opened == [(name32("A"), False), (name32("B"), True)]
    assert treasury.total_payments() == 0
    assert treasury.paused() is False


def test_starts_without_funds_if_given_none(deploy):
    treasury = deploy([])

    assert list(treasury.FundOpened) == []


def test_takes_32_funds_and_not_one_more(deploy):
    names = [name32(f"FUND {number}") for number in range(33)]

    treasury = deploy([(name, False) for name in names[:32]])

    assert all(treasury.funds(name).is_open for name in names[:32])
    # The list is longer than its type: the decoder refuses it, and gives no reason.
    with ape.reverts("Transaction failed."):
        deploy([(name, False) for name in names])


def test_refuses_a_fund_twice(deploy):
    with ape.reverts("treasury: fund is open"):
        deploy([(name32("A"), False), (name32("A"), True)])


def test_refuses_a_fund_without_a_name(deploy):
    with ape.reverts("treasury: no fund name"):
        deploy([(bytes(32), False)])


def test_refuses_an_authority_without_code(deploy, stranger):
    with ape.reverts("authorized: no authority"):
        deploy([], authority=stranger)
