"""Each holder is paid its share of the record date, once, less what is withheld."""

import ape
import pytest
from eth_utils import keccak

from tests.recoveries import replace_wallet

from .dividend_stage import FROZEN, NOTHING_DUE, REFUSED
from .taxes import DAY, PERSON, UNIDENTIFIED, now, wait_until

MILLION = 1_000_000
LAW = keccak(text="law")


def test_pays_each_its_share_less_taxes(shares, money, alice, bob, carol):
    dividend_id = shares.declared(MILLION)

    for holder in (alice, bob, carol):
        shares.claim(dividend_id, holder)

    assert money.balanceOf(alice) == 500_000 - 70_000 - 7_000
    assert money.balanceOf(bob) == 300_000
    assert money.balanceOf(carol) == 200_000 - 28_000 - 2_800
    assert shares.held(dividend_id) == 0
    shares.check(dividend_id)


def test_says_who_was_paid_what(shares, alice):
    dividend_id = shares.declared(MILLION)

    receipt = shares.claim(dividend_id, alice)

    contract = shares.dividends
    assert receipt.return_value == 500_000
    assert receipt.decode_logs([contract.BaseFixed, contract.DividendPaid]) == [
        contract.BaseFixed(dividend_id=dividend_id, supply=1_000, base=1_000),
        contract.DividendPaid(dividend_id=dividend_id, holder=alice, payee=alice, amount=500_000),
    ]
    (certificate,) = receipt.decode_logs(shares.city.income_desk.IncomePaid)
    assert (certificate.holder, certificate.token, certificate.gross) == (
        alice,
        shares.token,
        500_000,
    )
    stored = contract.dividends(dividend_id)
    assert (stored.paid, stored.held, stored.base) == (500_000, 500_000, 1_000)


def test_pays_nobody_twice(shares, alice, stranger):
    dividend_id = shares.declared(MILLION)
    shares.claim(dividend_id, alice)

    for holder in (alice, stranger):
        with ape.reverts("dividends: nothing due"):
            shares.claim(dividend_id, holder)

    assert tuple(shares.dividends.claimable(dividend_id, alice))[:2] == (0, NOTHING_DUE)


def test_units_that_move_after_the_record_date_take_nothing_along(shares, money, alice, bob, carol):
    """INV-DIV-2, and the way in which live balances were paid twice elsewhere."""
    dividend_id = shares.declared(MILLION)
    shares.claim(dividend_id, alice)

    shares.token.transfer(bob, 500, sender=alice)
    shares.claim(dividend_id, bob)
    shares.token.transfer(carol, 800, sender=bob)
    shares.claim(dividend_id, carol)

    assert money.balanceOf(bob) == 300_000
    assert money.balanceOf(carol) == 169_200
    assert shares.held(dividend_id) == 0


def test_units_that_move_before_the_record_date_do(shares, money, alice, bob):
    shares.schedule()
    dividend_id = shares.declare(MILLION).return_value
    shares.token.transfer(bob, 100, sender=alice)
    wait_until(shares.pay)
    shares.token.transfer(bob, 400, sender=alice)

    shares.claim(dividend_id, alice)
    shares.claim(dividend_id, bob)

    assert money.balanceOf(alice) == 400_000 - 56_000 - 5_600
    assert money.balanceOf(bob) == 400_000


def test_what_is_issued_or_burnt_after_the_record_date_changes_nothing(
    shares, money, bob, alice, council, enforcer
):
    dividend_id = shares.declared(MILLION)
    shares.token.mint(bob, 9_000, sender=shares.manager)
    shares.token.addAgent(enforcer, sender=council)
    shares.token.set_mandate(enforcer, 500, now() + DAY, sender=council)
    shares.token.burn(alice, 500, sender=enforcer)

    shares.claim(dividend_id, bob)
    shares.claim(dividend_id, alice)

    assert money.balanceOf(bob) == 300_000
    assert money.balanceOf(alice) == 423_000


def test_a_forced_transfer_after_the_record_date_does_not_move_it(
    shares, money, alice, bob, council, enforcer
):
    dividend_id = shares.declared(MILLION)
    shares.token.addAgent(enforcer, sender=council)
    shares.token.set_mandate(enforcer, 500, now() + DAY, sender=council)
    shares.token.forcedTransfer(alice, bob, 500, sender=enforcer)

    shares.claim(dividend_id, alice)
    shares.claim(dividend_id, bob)

    assert money.balanceOf(alice) == 423_000
    assert money.balanceOf(bob) == 300_000


@pytest.mark.parametrize(
    ("amount", "parts"),
    [(1, (0, 0, 0)), (3, (1, 0, 0)), (9, (4, 2, 1)), (10, (5, 3, 2)), (19, (9, 5, 3))],
)
def test_rounds_down_and_keeps_the_remainder(shares, alice, bob, carol, amount, parts):
    dividend_id = shares.declared(amount)

    shares.claim_for(dividend_id, alice, bob, carol)

    paid = [shares.asset.balanceOf(each) for each in (alice, bob, carol)]
    assert tuple(paid) == parts
    assert shares.held(dividend_id) == amount - sum(parts)
    shares.check(dividend_id)


def test_excluded_accounts_do_not_share(shares, money, alice, bob, carol):
    dividend_id = shares.declared(MILLION, excluded=[carol])

    shares.claim(dividend_id, bob)
    shares.claim(dividend_id, alice)

    assert money.balanceOf(bob) == 375_000
    assert shares.dividends.dividends(dividend_id).base == 800
    assert shares.dividends.dividends(dividend_id).paid == MILLION
    with ape.reverts("dividends: nothing due"):
        shares.claim(dividend_id, carol)


def test_pays_nobody_where_all_are_excluded(shares, alice, bob, carol):
    everybody = sorted((alice, bob, carol), key=lambda each: int(each.address, 16))
    dividend_id = shares.declared(MILLION, excluded=everybody)

    assert shares.skipped(shares.claim_for(dividend_id, alice, bob)) == [
        (alice, NOTHING_DUE),
        (bob, NOTHING_DUE),
    ]
    wait_until(shares.deadline)
    assert shares.dividends.escheat(dividend_id, sender=shares.payer).return_value == MILLION


def test_is_not_payable_before_its_time(shares, alice):
    shares.schedule()
    dividend_id = shares.declare(MILLION).return_value
    ape.chain.pending_timestamp = shares.pay - 3
    with ape.reverts("dividends: not payable yet"):
        shares.claim_for(dividend_id, alice)
    with ape.reverts("dividends: not payable yet"):
        shares.claim(99, alice)
    ape.chain.pending_timestamp = shares.pay - 1
    with ape.reverts("dividends: not payable yet"):
        shares.claim(dividend_id, alice)

    wait_until(shares.pay)
    shares.claim(dividend_id, alice)


# --- freezes


def test_a_frozen_holder_accrues_and_waits(shares, money, alice, bob, compliance_officer):
    shares.token.setAddressFrozen(alice, True, sender=compliance_officer)
    dividend_id = shares.declared(MILLION)
    assert tuple(shares.dividends.claimable(dividend_id, alice)) == (500_000, FROZEN, alice)
    with ape.reverts("dividends: holder is frozen"):
        shares.claim(dividend_id, alice)
    assert shares.skipped(shares.claim_for(dividend_id, alice, bob)) == [(alice, FROZEN)]

    shares.token.setAddressFrozen(alice, False, sender=compliance_officer)
    shares.claim(dividend_id, alice)

    assert money.balanceOf(alice) == 423_000


def test_a_partly_frozen_holder_is_paid(shares, money, alice, compliance_officer):
    shares.token.setFrozenTokens(alice, 500, sender=compliance_officer)

    shares.claim(shares.declared(MILLION), alice)

    assert money.balanceOf(alice) == 423_000


# --- lost wallets


@pytest.fixture
def replace(city, enforcer, accounts):
    """A lost wallet's place is taken in the identity registry: `replace(alice, accounts[50])`."""

    return lambda lost, successor: replace_wallet(city, lost, successor, enforcer)


def test_a_new_wallet_takes_the_lost_ones_claim(shares, money, accounts, alice, replace):
    dividend_id = shares.declared(MILLION)
    replace(alice, accounts[50])
    replace(accounts[50], accounts[51])  # lost again

    receipt = shares.claim(dividend_id, alice)

    assert money.balanceOf(alice) == money.balanceOf(accounts[50]) == 0
    assert money.balanceOf(accounts[51]) == 423_000
    (paid,) = receipt.decode_logs(shares.dividends.DividendPaid)
    assert (paid.holder, paid.payee) == (alice, accounts[51])
    for wallet in (alice, accounts[50], accounts[51]):
        with ape.reverts("dividends: nothing due"):
            shares.claim(dividend_id, wallet)


@pytest.mark.parametrize("frozen", ["lost", "new"])
def test_a_freeze_of_either_wallet_holds(
    shares, money, accounts, alice, replace, compliance_officer, frozen
):
    dividend_id = shares.declared(MILLION)
    replace(alice, accounts[50])
    account = alice if frozen == "lost" else accounts[50]
    shares.token.setAddressFrozen(account, True, sender=compliance_officer)

    with ape.reverts("dividends: holder is frozen"):
        shares.claim(dividend_id, alice)

    shares.token.setAddressFrozen(account, False, sender=compliance_officer)
    shares.claim(dividend_id, alice)
    assert money.balanceOf(accounts[50]) == 423_000


# --- batches


def test_one_blocked_payee_does_not_stop_the_others(shares, money, alice, bob, carol, payer):
    dividend_id = shares.declared(MILLION)
    money.set_blocked(alice, True, sender=payer)

    receipt = shares.claim_for(dividend_id, alice, bob, carol)

    assert shares.skipped(receipt) == [(alice, REFUSED)]
    assert receipt.return_value == 500_000
    assert (money.balanceOf(bob), money.balanceOf(carol)) == (300_000, 169_200)
    assert shares.held(dividend_id) == 500_000
    shares.check(dividend_id)
    with ape.reverts("mock: blocked"):
        shares.claim(dividend_id, alice)

    money.set_blocked(alice, False, sender=payer)
    shares.claim(dividend_id, alice)

    assert money.balanceOf(alice) == 423_000
    shares.check(dividend_id)


def test_a_list_can_be_handed_in_again(shares, money, alice, bob, carol):
    dividend_id = shares.declared(MILLION)
    shares.claim_for(dividend_id, alice, alice, bob)

    receipt = shares.claim_for(dividend_id, alice, bob, carol)

    assert shares.skipped(receipt) == [(alice, NOTHING_DUE), (bob, NOTHING_DUE)]
    assert money.balanceOf(alice) == 423_000
    assert shares.held(dividend_id) == 0


def test_who_has_no_rule_waits_and_stops_nobody(
    shares, money, city, alice, bob, compliance_officer, council_clerk
):
    dividend_id = shares.declared(MILLION)
    city.identity_registry.deleteIdentity(alice, sender=compliance_officer)

    assert shares.skipped(shares.claim_for(dividend_id, alice, bob)) == [(alice, REFUSED)]
    with ape.reverts("tax_table: no rule"):
        shares.claim(dividend_id, alice)

    rule = (shares.deemed, 4_500, 0, 0, 0)
    city.tax_table.set_rule(UNIDENTIFIED, 0, False, rule, LAW, sender=council_clerk)
    wait_until(shares.deemed)
    shares.claim(dividend_id, alice)
    assert money.balanceOf(alice) == 275_000


def test_a_table_that_burns_gas_does_not_stop_the_others(
    project, shares, money, city, alice, bob, deployer, council_clerk
):
    dividend_id = shares.declared(MILLION)
    table = deployer.deploy(project.MockTaxTable)
    table.behave(0, 0, False, True, sender=deployer)
    city.income_desk.set_tax_table(table, LAW, sender=council_clerk)

    receipt = shares.claim_for(dividend_id, alice, bob)

    assert shares.skipped(receipt) == [(alice, REFUSED), (bob, REFUSED)]
    assert receipt.gas_used < 3_000_000
    shares.check(dividend_id)
    city.income_desk.set_tax_table(city.tax_table, LAW, sender=council_clerk)
    shares.claim(dividend_id, bob)
    assert money.balanceOf(bob) == 300_000


# --- the date at which it is deemed paid


def test_the_rate_is_that_of_the_payment_up_to_the_deemed_date(
    shares, money, city, alice, carol, council_clerk
):
    dividend_id = shares.declared(MILLION)
    rule = (shares.deemed + 1, 5_000, 0, 0, 0)
    city.tax_table.set_rule(PERSON, 410, False, rule, LAW, sender=council_clerk)
    early = shares.claim(dividend_id, carol)
    wait_until(shares.deemed + DAY)

    late = shares.claim(dividend_id, alice)

    assert money.balanceOf(alice) == 423_000  # the rate of the deemed date, not today's
    (first,) = early.decode_logs(city.income_desk.IncomePaid)
    (second,) = late.decode_logs(city.income_desk.IncomePaid)
    assert first.deemed_paid_at == early.timestamp
    assert second.deemed_paid_at == shares.deemed


def test_notes_the_deemed_payment_once(shares, alice):
    dividend_id = shares.declared(MILLION)
    shares.claim(dividend_id, alice)
    ape.chain.pending_timestamp = shares.deemed - 1
    with ape.reverts("dividends: not deemed paid"):
        shares.dividends.note_deemed_payment(dividend_id, sender=shares.payer)
    wait_until(shares.deemed)

    receipt = shares.dividends.note_deemed_payment(dividend_id, sender=shares.payer)

    assert receipt.events == [
        shares.dividends.DeemedPaid(
            dividend_id=dividend_id, deemed_at=shares.deemed, unpaid=500_000
        )
    ]
    for number in (dividend_id, 99):
        with ape.reverts("dividends: not deemed paid"):
            shares.dividends.note_deemed_payment(number, sender=shares.payer)


# --- payment tokens


@pytest.mark.parametrize("decimals", [0, 6, 18])
def test_scales_with_the_payment_token(shared, new_money, alice, decimals):
    asset, unit = new_money(decimals), 10**decimals
    shares = shared(asset)

    shares.claim(shares.declared(MILLION * unit), alice)

    assert asset.balanceOf(alice) == 423_000 * unit


def test_pays_in_a_token_that_returns_nothing(shared, silent_token, alice, bob):
    """Which also wants an allowance put to nothing first."""
    shares = shared(silent_token)
    first = shares.declared(MILLION)
    second = shares.declared(MILLION)

    shares.claim_for(first, alice, bob)
    shares.claim_for(second, alice, bob)

    assert silent_token.balanceOf(alice) == 846_000
    shares.check(first, second)


def test_refuses_money_of_which_a_fee_was_kept(shares, money, payer):
    shares.schedule()
    shares.fund(MILLION)
    money.set_habits(100, False, sender=payer)

    with ape.reverts("token_transfer: amount differs"):
        shares.dividends.declare(*shares.arguments(MILLION), sender=shares.manager)


@pytest.mark.parametrize("attack", ["claim", "claim_for", "escheat", "give_back", "dividends"])
def test_locks_out_a_token_that_calls_back(shared, hook_token, stranger, alice, bob, attack):
    shares = shared(hook_token)
    dividend_id = shares.declared(MILLION)
    arguments = {
        "claim": (dividend_id, bob),
        "claim_for": (dividend_id, [bob]),
        "escheat": (dividend_id,),
        "give_back": (dividend_id, 1),
        "dividends": (dividend_id,),
    }[attack]
    data = getattr(shares.dividends, attack).encode_input(*arguments)
    hook_token.arm(shares.dividends, data, sender=stranger)

    shares.claim(dividend_id, alice)

    assert hook_token.attacked() == 2  # into the desk, out of the desk
    assert not hook_token.attack_succeeded()
    assert hook_token.balanceOf(alice) == 423_000
    shares.check(dividend_id)


def test_a_token_that_keeps_allowances_is_refused(shared, hook_token, stranger):
    shares = shared(hook_token)
    shares.schedule()
    shares.fund(MILLION)
    hook_token.set_keeps_allowances(True, sender=stranger)

    with ape.reverts("dividends: token refuses"):
        shares.dividends.declare(*shares.arguments(MILLION), sender=shares.manager)
