"""Gross income comes in, taxes stay, the net goes out, and every payment has a certificate."""

import ape
import pytest
from ape import chain
from eth_utils import keccak

from civitas.chain.deploy import ZERO_ADDRESS

from .desk import LOCAL, NATIONAL
from .taxes import CORPORATION, DAY, PERSON, UNIDENTIFIED, now, wait_until

LAW = keccak(text="law")


@pytest.fixture(autouse=True)
def investors(verify, alice, bob):
    verify(alice)
    verify(bob, investor_class=CORPORATION)


def test_pays_the_net_and_keeps_the_taxes(desk, money, city, alice):
    receipt = desk.pay(alice, 123_456)

    assert money.balanceOf(alice) == 104_456
    assert money.balanceOf(desk.desk) == 19_000
    assert desk.account_of(NATIONAL) == (17_280, 0)
    assert desk.account_of(LOCAL) == (1_720, 0)
    assert (desk.held(NATIONAL), desk.held(LOCAL)) == (17_280, 1_720)
    rule, number = city.tax_table.rule_at(alice, PERSON, 410, receipt.timestamp)
    assert rule.national_bps == 1_400
    assert receipt.decode_logs(desk.desk.IncomePaid) == [
        desk.desk.IncomePaid(
            number=1,
            token=desk.token,
            holder=alice,
            asset=money,
            gross=123_456,
            national=17_280,
            local=1_720,
            net=104_456,
            identity=alice,
            holder_class=PERSON,
            country=410,
            deemed_paid_at=receipt.timestamp,
            rule_number=number,
        )
    ]


def test_pays_a_corporation_all_of_it(desk, money, bob):
    receipt = desk.pay(bob, 123_456)

    assert money.balanceOf(bob) == 123_456
    assert (desk.held(NATIONAL), desk.held(LOCAL)) == (0, 0)
    (certificate,) = receipt.decode_logs(desk.desk.IncomePaid)
    assert (certificate.holder_class, certificate.gross, certificate.net) == (
        CORPORATION,
        123_456,
        123_456,
    )


def test_numbers_certificates_without_a_gap(desk, admit, new_money, alice, bob):
    other = admit(asset=new_money(6))
    numbers = []
    for paid in (desk.pay(alice, 7_143), other.pay(bob, 5), desk.pay(alice, 1)):
        numbers += [each.number for each in paid.decode_logs(desk.desk.IncomePaid)]
    with ape.reverts("income_desk: money is missing"):
        desk.desk.settle(alice, 1, sender=desk.account)
    (last,) = desk.pay(alice, 2).decode_logs(desk.desk.IncomePaid)

    assert [*numbers, last.number] == [1, 2, 3, 4]
    assert desk.desk.certificates() == 4


@pytest.mark.parametrize("decimals", [0, 6, 18])
def test_scales_with_the_payment_token(admit, new_money, alice, decimals):
    asset, unit = new_money(decimals), 10**decimals
    desk = admit(asset=asset)

    desk.pay(alice, 1_000_000 * unit)
    desk.pay(alice, 7_142 * unit)

    assert asset.balanceOf(alice) == (846_000 + 7_142) * unit
    assert (desk.held(NATIONAL), desk.held(LOCAL)) == (140_000 * unit, 14_000 * unit)


def test_keeps_the_taxes_of_each_currency_apart(desk, admit, new_money, alice):
    other = admit(asset=new_money())

    desk.pay(alice, 1_000_000)
    other.pay(alice, 2_000_000)

    assert (desk.held(NATIONAL), desk.held(LOCAL)) == (140_000, 14_000)
    assert (other.held(NATIONAL), other.held(LOCAL)) == (280_000, 28_000)


def test_refuses_money_that_did_not_arrive(desk, money, alice):
    desk.pay(alice, 1_000_000)
    desk.send(99)
    with ape.reverts("income_desk: money is missing"):
        desk.desk.settle(alice, 100, sender=desk.account)

    desk.send(1)
    desk.desk.settle(alice, 100, sender=desk.account)

    assert money.balanceOf(desk.desk) == 154_000


def test_does_not_take_taxes_for_income(desk, alice):
    """What is held for the tax office is not there for a payment that brings nothing."""
    desk.pay(alice, 1_000_000)

    with ape.reverts("income_desk: money is missing"):
        desk.desk.settle(alice, 1, sender=desk.account)


def test_refuses_who_is_no_token_of_the_city(desk, alice, stranger):
    desk.send(100)
    for account in (stranger, alice):
        with ape.reverts("income_desk: caller not admitted"):
            desk.desk.settle(alice, 100, sender=account)


def test_refuses_nothing_and_too_much(desk, alice):
    with ape.reverts("income_desk: no amount"):
        desk.desk.settle(alice, 0, sender=desk.account)
    desk.send(2**120)
    with ape.reverts("income_desk: too much"):
        desk.desk.settle(alice, 2**120, sender=desk.account)
    desk.desk.settle(alice, 2**120 - 1, sender=desk.account)


def test_uses_the_rate_of_the_moment(desk, city, money, alice, council_clerk):
    since = now() + DAY
    rule = (since, 2_000, 0, 0, 0)
    city.tax_table.set_rule(PERSON, 410, False, rule, LAW, sender=council_clerk)
    desk.send(2_000_000)
    chain.pending_timestamp = since - 1
    desk.desk.settle(alice, 1_000_000, sender=desk.account)
    wait_until(since)
    desk.desk.settle(alice, 1_000_000, sender=desk.account)

    assert money.balanceOf(alice) == 846_000 + 800_000


def test_uses_the_treaty_of_who_filed_a_form(
    desk, city, money, verify, accounts, council_clerk, compliance_officer
):
    foreigner, other = accounts[47], accounts[48]
    verify(foreigner, other, country=840)
    rule = (now() + 2, 1_000, 0, 0, 0)
    city.tax_table.set_rule(PERSON, 840, True, rule, LAW, sender=council_clerk)
    city.tax_table.file_form(foreigner, LAW, now() + 9 * DAY, sender=compliance_officer)
    wait_until(now() + 5)

    desk.pay(foreigner, 1_000_000)
    desk.pay(other, 1_000_000)

    assert money.balanceOf(foreigner) == 900_000
    assert money.balanceOf(other) == 780_000


# --- by the Dividends contract


@pytest.fixture
def payer_of_dividends(desk, city, money, accounts, payer):
    """The Dividends contract as an account, with 10**6 that the desk may take."""
    account = accounts.impersonate_account(city.dividends.address)
    money.mint(account, 10**6, sender=payer)
    money.approve(desk.desk, 10**6, sender=account)
    return account


def test_takes_a_dividend_and_pays_it_at_the_rate_of_its_date(
    desk, city, money, alice, council_clerk, payer_of_dividends
):
    deemed = now()
    rule = (deemed + 2, 5_000, 0, 0, 0)
    city.tax_table.set_rule(PERSON, 410, False, rule, LAW, sender=council_clerk)
    wait_until(deemed + DAY)

    receipt = desk.desk.settle_dividend(
        desk.token, alice, 1_000_000, deemed, sender=payer_of_dividends
    )

    assert money.balanceOf(alice) == 846_000
    assert money.balanceOf(payer_of_dividends) == 0
    (certificate,) = receipt.decode_logs(desk.desk.IncomePaid)
    assert (certificate.deemed_paid_at, certificate.token) == (deemed, desk.token)


def test_refuses_a_dividend_of_tomorrow_or_of_no_token(desk, alice, payer_of_dividends):
    with ape.reverts("income_desk: in the future"):
        desk.desk.settle_dividend(desk.token, alice, 1, now() + DAY, sender=payer_of_dividends)
    with ape.reverts("income_desk: not admitted"):
        desk.desk.settle_dividend(alice, alice, 1, now(), sender=payer_of_dividends)


def test_refuses_a_dividend_of_which_a_fee_was_kept(desk, money, alice, payer, payer_of_dividends):
    money.set_habits(100, False, sender=payer)

    with ape.reverts("token_transfer: amount differs"):
        desk.desk.settle_dividend(desk.token, alice, 1_000, now(), sender=payer_of_dividends)


# --- what fails keeps the money where it was


def test_refuses_an_account_that_no_investor_stands_behind(desk, money, stranger, council_clerk):
    with ape.reverts("tax_table: no rule"):
        desk.pay(stranger, 1_000)
    assert money.balanceOf(stranger) == 0

    table = ape.project.TaxTable.at(desk.desk.tax_table())
    since = now() + 2
    rule = (since, 4_500, 1_000, 0, 0)
    table.set_rule(UNIDENTIFIED, 0, False, rule, LAW, sender=council_clerk)
    wait_until(since)
    desk.pay(stranger, 1_000)

    assert money.balanceOf(stranger) == 505


@pytest.fixture
def odd_table(project, city, council_clerk, deployer):
    """A table in force that does what a test wants."""
    table = deployer.deploy(project.MockTaxTable)
    city.income_desk.set_tax_table(table, LAW, sender=council_clerk)
    return table


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((0, 0, True, False), "mock: no table today"),
        ((101, 0, False, False), "income_desk: taxes above income"),
        ((0, 101, False, False), "income_desk: taxes above income"),
        ((60, 41, False, False), "income_desk: taxes above income"),
        ((2**256 - 1, 1, False, False), "income_desk: taxes above income"),
    ],
)
def test_a_bad_table_neither_traps_nor_takes(
    desk, money, city, odd_table, deployer, council_clerk, alice, answer, reason
):
    odd_table.behave(*answer, sender=deployer)
    desk.send(100)
    with ape.reverts(reason):
        desk.desk.settle(alice, 100, sender=desk.account)
    assert money.balanceOf(desk.desk) == 100  # a token's own call would have taken this back too
    assert (desk.held(NATIONAL), desk.held(LOCAL), desk.desk.certificates()) == (0, 0, 0)

    desk.desk.set_tax_table(city.tax_table, LAW, sender=council_clerk)
    desk.desk.settle(alice, 100, sender=desk.account)

    assert money.balanceOf(alice) == 100


def test_a_table_that_burns_gas_is_refused(desk, odd_table, deployer, alice):
    odd_table.behave(0, 0, False, True, sender=deployer)
    desk.send(100)

    with pytest.raises(Exception, match=r"(?i)gas|failed"):
        desk.desk.settle(alice, 100, sender=desk.account, gas=2_000_000)

    assert desk.desk.certificates() == 0


def test_taxes_may_be_the_whole_income(desk, money, odd_table, deployer, alice):
    odd_table.behave(60, 40, False, False, sender=deployer)

    receipt = desk.pay(alice, 100)

    assert money.balanceOf(alice) == 0
    assert (desk.held(NATIONAL), desk.held(LOCAL)) == (60, 40)
    (certificate,) = receipt.decode_logs(desk.desk.IncomePaid)
    assert (certificate.net, certificate.rule_number) == (0, 7)


def test_a_blocked_holder_waits(desk, money, alice, payer):
    money.set_blocked(alice, True, sender=payer)
    desk.send(100)
    with ape.reverts("mock: blocked"):
        desk.desk.settle(alice, 100, sender=desk.account)

    money.set_blocked(alice, False, sender=payer)
    desk.desk.settle(alice, 100, sender=desk.account)

    assert money.balanceOf(alice) == 100


# --- which tokens


def test_admits_a_token_of_the_register(desk, money):
    assert desk.desk.asset_of(desk.token) == money
    assert desk.desk.asset_of(money) == ZERO_ADDRESS


def test_says_whom_it_admits(city, next_asset, create_token, new_money, stranger):
    asset, asset_id = new_money(6), next_asset()
    token = create_token(asset_id, payment_token=asset)

    receipt = city.income_desk.admit(asset_id, sender=stranger)

    assert receipt.events == [city.income_desk.TokenAdmitted(token=token, asset=asset, decimals=6)]
    with ape.reverts("income_desk: was admitted"):
        city.income_desk.admit(asset_id, sender=stranger)


def test_admits_no_asset_without_a_token(city, next_asset, stranger):
    with ape.reverts("income_desk: no token"):
        city.income_desk.admit(next_asset(), sender=stranger)


def test_admits_no_token_of_more_decimals(city, next_asset, create_token, new_money, stranger):
    asset_id = next_asset()
    create_token(asset_id, payment_token=new_money(19))

    with ape.reverts("income_desk: too many decimals"):
        city.income_desk.admit(asset_id, sender=stranger)


# --- payment tokens


def test_pays_in_a_token_that_returns_nothing(admit, silent_token, alice):
    desk = admit(asset=silent_token)

    desk.pay(alice, 1_000_000)

    assert silent_token.balanceOf(alice) == 846_000


def test_refuses_a_token_that_returns_false(admit, hook_token, stranger, alice):
    desk = admit(asset=hook_token)
    hook_token.set_answers_false(True, sender=stranger)

    with ape.reverts("token_transfer: returned false"):
        desk.pay(alice, 1_000)

    assert desk.desk.certificates() == 0


@pytest.mark.parametrize(
    "attack", ["settle", "settle_dividend", "remit", "admit", "set_payee", "post_root", "held"]
)
def test_locks_out_a_token_that_calls_back(admit, hook_token, stranger, alice, attack):
    desk = admit(asset=hook_token)
    arguments = {
        "settle": (alice, 1),
        "settle_dividend": (desk.token, alice, 1, 0),
        "remit": (hook_token, NATIONAL, 1, LAW),
        "admit": (1,),
        "set_payee": (NATIONAL, alice, LAW),
        "post_root": (2027, LAW),
        "held": (hook_token, NATIONAL),
    }[attack]
    data = getattr(desk.desk, attack).encode_input(*arguments)
    hook_token.arm(desk.desk, data, sender=stranger)

    desk.pay(alice, 1_000_000)

    assert hook_token.attacked() == 1
    assert not hook_token.attack_succeeded()
    assert (desk.held(NATIONAL), desk.held(LOCAL)) == (140_000, 14_000)


# --- deployment


def test_refuses_to_stand_alone(project, city, deployer, stranger):
    registry, identities, table = city.asset_registry, city.identity_registry, city.tax_table
    for arguments, reason in [
        ((stranger, identities, table), "income_desk: no registry"),
        ((registry, stranger, table), "income_desk: no registry"),
        ((registry, identities, stranger), "income_desk: no table"),
    ]:
        with ape.reverts(reason):
            deployer.deploy(project.IncomeDesk, city.authority, *arguments)
