"""Each rule of a token's compliance: its code before a move, the refusal of the move."""

import ape
import pytest
from ape import chain

from tests.recoveries import replace_wallet

from . import errors
from .conftest import ALICE, BOB

ZERO = "0x" + "00" * 20
KR, US, DE = 410, 840, 276
DAY = 86_400
SEOUL = 9 * 3_600


@pytest.fixture
def compliance(city):
    return city.compliance


@pytest.fixture
def ruled(empty_token, compliance, council, asset_manager, alice, bob):
    """Alice has 500 and bob 300 of a token with compliance; carol has nothing."""
    empty_token.setCompliance(compliance, sender=council)
    empty_token.mint(alice, ALICE, sender=asset_manager)
    empty_token.mint(bob, BOB, sender=asset_manager)
    return empty_token


@pytest.fixture
def lent(ruled, city, compliance_officer, asset_manager, accounts):
    """A wallet with 100 of an investor known by a pseudonym, so that it can change hands."""
    wallet, until = accounts[24], chain.pending_timestamp + 10**8
    entry = (wallet, accounts[94].address, KR, 0, until)
    city.identity_registry.register([entry], sender=compliance_officer)
    ruled.mint(wallet, 100, sender=asset_manager)
    return wallet


@pytest.fixture
def set_limits(ruled, compliance, compliance_officer):
    def limits(max_balance=0, min_ticket=0, max_holders=0):
        return compliance.set_limits(
            ruled, (max_balance, min_ticket, max_holders), sender=compliance_officer
        )

    return limits


@pytest.fixture
def newcomer(accounts, verify):
    """A verified investor without units: `newcomer(country=840)`."""
    numbers = iter(range(70, 90))

    def arrive(**facts):
        wallet = accounts[next(numbers)]
        verify(wallet, **facts)
        return wallet

    return arrive


def refused(token, code, sender, receiver, amount):
    assert token.detectTransferRestriction(sender, receiver, amount) == code
    assert not token.canTransfer(sender, receiver, amount)
    with errors.refused(errors.cannot_transfer(sender, receiver, amount)):
        token.transfer(receiver, amount, sender=sender)


def issue_refused(token, code, receiver, amount, sender):
    assert token.detectIssueRestriction(receiver, amount) == code
    with errors.refused(errors.cannot_transfer(ZERO, receiver, amount)):
        token.mint(receiver, amount, sender=sender)


def allowed(token, sender, receiver, amount):
    assert token.detectTransferRestriction(sender, receiver, amount) == 0
    token.transfer(receiver, amount, sender=sender)


def test_token_without_rules_trades_and_is_counted(ruled, compliance, alice, bob, carol):
    allowed(ruled, alice, carol, 60)

    assert compliance.holders(ruled) == compliance.holders_in(ruled, KR) == 3
    assert compliance.held_by(ruled, carol) == 60
    assert compliance.counted_units(ruled) == ALICE + BOB
    assert compliance.investor_of(ruled, carol) == carol.address


def test_balance_cap_is_exact(ruled, set_limits, asset_manager, alice, bob):
    set_limits(max_balance=BOB + 60)

    refused(ruled, 20, alice, bob, 61)
    issue_refused(ruled, 20, bob, 61, asset_manager)
    allowed(ruled, alice, bob, 60)
    refused(ruled, 20, alice, bob, 2**256 - 1)


def test_balance_cap_counts_all_wallets_of_an_investor(
    ruled, set_limits, city, compliance_officer, accounts, alice, bob
):
    second, until = accounts[24], chain.pending_timestamp + 10**8
    city.identity_registry.register([(second, bob, KR, 0, until)], sender=compliance_officer)
    set_limits(max_balance=BOB + 60)

    allowed(ruled, alice, second, 60)
    refused(ruled, 20, alice, second, 1)
    # Within one investor nothing is bought.
    allowed(ruled, bob, second, 100)
    allowed(ruled, second, bob, 160)


def test_ticket_is_exact_and_lets_a_remainder_go(ruled, set_limits, asset_manager, alice, bob):
    set_limits(min_ticket=60)

    refused(ruled, 18, alice, bob, 59)
    issue_refused(ruled, 18, bob, 59, asset_manager)
    allowed(ruled, alice, bob, 60)
    allowed(ruled, alice, bob, 0)
    ruled.transfer(bob, ALICE - 70, sender=alice)
    refused(ruled, 18, alice, bob, 9)
    allowed(ruled, alice, bob, 10)


def test_number_of_holders_is_exact(ruled, set_limits, newcomer, asset_manager, alice, bob, carol):
    set_limits(max_holders=3)

    allowed(ruled, alice, carol, 1)
    late = newcomer()
    refused(ruled, 22, alice, late, 1)
    issue_refused(ruled, 22, late, 1, asset_manager)
    # Whoever sells all makes room.
    allowed(ruled, carol, late, 1)
    refused(ruled, 22, alice, carol, 1)


def test_number_of_holders_of_a_country_is_exact(
    ruled, compliance, compliance_officer, newcomer, alice, bob
):
    compliance.set_country(ruled, US, (False, 1), sender=compliance_officer)
    first, second = newcomer(country=US), newcomer(country=US)

    allowed(ruled, alice, first, 10)
    refused(ruled, 23, alice, second, 1)
    refused(ruled, 23, first, second, 9)
    allowed(ruled, first, second, 10)
    allowed(ruled, alice, newcomer(country=DE), 1)
    assert compliance.holders_in(ruled, US) == 1


@pytest.mark.parametrize("mode", [1, 2])
def test_countries_are_allowed_or_denied(
    ruled, compliance, compliance_officer, newcomer, asset_manager, alice, mode
):
    listed, other = newcomer(country=US), newcomer(country=DE)
    compliance.set_country(ruled, US, (True, 0), sender=compliance_officer)
    allowed(ruled, alice, other, 1)

    compliance.set_country_lists(ruled, mode, sender=compliance_officer)

    good, bad = (listed, other) if mode == 1 else (other, listed)
    allowed(ruled, alice, good, 1)
    refused(ruled, 14, alice, bad, 1)
    issue_refused(ruled, 14, bad, 1, asset_manager)
    compliance.set_country_lists(ruled, 0, sender=compliance_officer)
    allowed(ruled, alice, bad, 1)


def test_no_such_country_mode(ruled, compliance, compliance_officer):
    with ape.reverts("compliance: no such mode"):
        compliance.set_country_lists(ruled, 3, sender=compliance_officer)


def test_class_is_closed(ruled, compliance, compliance_officer, newcomer, asset_manager, alice):
    retail, professional = newcomer(investor_class=1), newcomer(investor_class=2)

    compliance.set_class(ruled, 1, (True, 0), sender=compliance_officer)

    refused(ruled, 15, alice, retail, 1)
    issue_refused(ruled, 15, retail, 1, asset_manager)
    allowed(ruled, alice, professional, 1)


def test_yearly_limit_is_exact_and_ends_at_local_midnight(
    ruled, compliance, compliance_officer, newcomer, asset_manager, alice
):
    retail = newcomer(investor_class=1, valid_until=2**39)
    compliance.set_class(ruled, 1, (False, 100), sender=compliance_officer)

    allowed(ruled, alice, retail, 60)
    ruled.mint(retail, 39, sender=asset_manager)
    refused(ruled, 21, alice, retail, 2)
    issue_refused(ruled, 21, retail, 2, asset_manager)
    # What it sells does not come back as room.
    allowed(ruled, retail, alice, 50)
    allowed(ruled, alice, retail, 1)
    refused(ruled, 21, alice, retail, 1)

    year = next(y for y in range(2024, 2100) if _new_year(y) > chain.pending_timestamp + 1_000)
    assert compliance.bought_by(ruled, retail, year - 1) == 100
    chain.mine(timestamp=_new_year(year) - 1)
    assert ruled.detectTransferRestriction(alice, retail, 1) == 21
    chain.mine(timestamp=_new_year(year))
    allowed(ruled, alice, retail, 60)
    allowed(ruled, alice, retail, 40)
    refused(ruled, 21, alice, retail, 1)
    assert compliance.bought_by(ruled, retail, year) == 100
    assert compliance.bought_by(ruled, retail, year - 1) == 0


def _new_year(year):
    """{s} When a year begins in Seoul."""
    days = sum(366 if y % 4 == 0 else 365 for y in range(1970, year))
    return days * DAY - SEOUL


def test_hours_are_the_citys(ruled, compliance, compliance_officer, asset_manager, alice, bob):
    """09:00 to 17:00, Monday to Friday."""
    compliance.set_hours(ruled, (540, 1_020, 0b11111), sender=compliance_officer)
    # A Monday's midnight in Seoul.
    monday = (chain.pending_timestamp // (7 * DAY) + 1) * 7 * DAY + 4 * DAY - SEOUL

    for moment, code in (
        (monday + 540 * 60 - 1, 17),
        (monday + 540 * 60, 0),
        (monday + 1_020 * 60 - 1, 0),
        (monday + 1_020 * 60, 17),
        (monday + 4 * DAY + 540 * 60, 0),
        (monday + 5 * DAY + 540 * 60, 17),
        (monday + 6 * DAY + 540 * 60, 17),
        (monday + 7 * DAY + 540 * 60, 0),
    ):
        chain.mine(timestamp=moment)
        assert ruled.detectTransferRestriction(alice, bob, 1) == code
    chain.mine(timestamp=monday + 8 * DAY)
    refused(ruled, 17, alice, bob, 1)
    ruled.mint(bob, 1, sender=asset_manager)
    compliance.set_hours(ruled, (0, 0, 0), sender=compliance_officer)
    allowed(ruled, alice, bob, 1)


@pytest.mark.parametrize("hours", [(5, 5, 1), (6, 5, 1), (0, 1_441, 1), (0, 1, 128)])
def test_bad_hours_are_refused(ruled, compliance, compliance_officer, hours):
    with ape.reverts("compliance: bad hours"):
        compliance.set_hours(ruled, hours, sender=compliance_officer)
    compliance.set_hours(ruled, (0, 1_440, 127), sender=compliance_officer)


def test_only_listed_contracts_receive(
    ruled, compliance, compliance_officer, verify, city, set_limits, alice, bob
):
    venue = city.lease
    verify(venue)
    allowed(ruled, alice, venue, 1)

    compliance.require_venues(ruled, True, sender=compliance_officer)
    refused(ruled, 16, alice, venue, 1)
    allowed(ruled, alice, bob, 1)
    compliance.set_venue(ruled, venue, True, sender=compliance_officer)
    # A venue holds for many: the cap of an investor is not its.
    set_limits(max_balance=1)
    allowed(ruled, alice, venue, 100)
    compliance.set_venue(ruled, venue, False, sender=compliance_officer)
    refused(ruled, 16, alice, venue, 1)


def test_lock_up_holds_until_its_time(ruled, compliance, compliance_officer, alice, bob):
    until = chain.pending_timestamp + 1_000
    compliance.lock_up(ruled, alice, 100, until, sender=compliance_officer)
    compliance.lock_up(ruled, alice, 50, until + 1_000, sender=compliance_officer)

    assert compliance.locked_of(ruled, alice) == 150
    refused(ruled, 19, alice, bob, ALICE - 149)
    allowed(ruled, alice, bob, 1)
    refused(ruled, 19, alice, bob, ALICE - 150)
    chain.mine(timestamp=until - 1)
    assert compliance.locked_of(ruled, alice) == 150
    chain.mine(timestamp=until)
    assert compliance.locked_of(ruled, alice) == 50
    allowed(ruled, alice, bob, ALICE - 51)
    refused(ruled, 19, alice, bob, 1)
    chain.mine(timestamp=until + 1_000)
    allowed(ruled, alice, bob, 50)


def test_lock_up_follows_the_investor_to_another_wallet(
    ruled, compliance, city, compliance_officer, appoint, enforcer, second_wallet, alice, bob
):
    replace_wallet(city, alice, second_wallet, enforcer)
    until = chain.pending_timestamp + 10**6
    compliance.lock_up(ruled, alice, 100, until, sender=compliance_officer)
    appoint(ruled, 0)

    ruled.recoveryAddress(alice, second_wallet, alice, sender=enforcer)

    assert compliance.held_by(ruled, alice) == ALICE
    refused(ruled, 19, second_wallet, bob, ALICE - 99)
    allowed(ruled, second_wallet, bob, ALICE - 100)


def test_eight_lock_ups_at_a_time(ruled, compliance, compliance_officer, alice):
    until = chain.pending_timestamp + 1_000
    for _ in range(8):
        compliance.lock_up(ruled, alice, 1, until, sender=compliance_officer)
    with ape.reverts("compliance: too many lock-ups"):
        compliance.lock_up(ruled, alice, 1, until, sender=compliance_officer)

    chain.mine(timestamp=until)
    compliance.lock_up(ruled, alice, 1, until + 100, sender=compliance_officer)

    assert len(compliance.lock_ups_of(ruled, alice)) == 1


@pytest.mark.parametrize(("amount", "delay"), [(0, 10), (2**96, 10), (1, 0), (1, 2**40)])
def test_bad_lock_up_is_refused(ruled, compliance, compliance_officer, alice, amount, delay):
    now = chain.pending_timestamp + 10
    chain.pending_timestamp = now
    with ape.reverts("compliance: bad lock-up"):
        compliance.lock_up(ruled, alice, amount, now + delay, sender=compliance_officer)


def test_forced_moves_recovery_and_burns_pass_the_rules_and_are_counted(
    ruled, compliance, set_limits, appoint, enforcer, alice, bob, carol
):
    set_limits(max_balance=1, min_ticket=1_000, max_holders=1)
    appoint(ruled, 1_000)

    ruled.forcedTransfer(alice, carol, 60, sender=enforcer)
    ruled.burn(bob, BOB, sender=enforcer)

    assert compliance.holders(ruled) == compliance.holders_in(ruled, KR) == 2
    assert [compliance.held_by(ruled, each) for each in (alice, bob, carol)] == [ALICE - 60, 0, 60]
    assert compliance.counted_units(ruled) == ruled.totalSupply()


def test_wallet_that_changes_hands_is_counted_anew(
    ruled, compliance, city, compliance_officer, stranger, alice, lent
):
    registry, until = city.identity_registry, chain.pending_timestamp + 10**8
    registry.deleteIdentity(lent, sender=compliance_officer)
    compliance.recount(ruled, [lent], sender=stranger)
    assert (compliance.holders(ruled), compliance.holders_in(ruled, KR)) == (3, 3)
    registry.register([(lent, alice, US, 0, until)], sender=compliance_officer)

    receipt = compliance.recount(ruled, [lent], sender=stranger)

    assert [log.event_name for log in receipt.events] == ["WalletCounted", "InvestorCounted"]
    assert (compliance.holders(ruled), compliance.held_by(ruled, alice)) == (2, ALICE + 100)
    assert (compliance.holders_in(ruled, KR), compliance.holders_in(ruled, US)) == (1, 1)


def test_cap_of_an_investor_with_a_wallet_not_yet_counted_is_exact(
    ruled, set_limits, city, compliance_officer, alice, carol, lent
):
    allowed(ruled, alice, carol, 60)
    set_limits(max_balance=ALICE - 60 + 100 + 50)
    city.identity_registry.deleteIdentity(lent, sender=compliance_officer)
    until = chain.pending_timestamp + 10**8
    city.identity_registry.register([(lent, alice, KR, 0, until)], sender=compliance_officer)

    # Alice has 440 and, in another's old wallet, 100.
    refused(ruled, 20, carol, lent, 51)
    allowed(ruled, carol, lent, 50)


def test_token_with_holders_is_counted_before_it_has_limits(
    token, compliance, council, compliance_officer, stranger, alice, bob, carol
):
    token.setCompliance(compliance, sender=council)
    token.transfer(bob, 10, sender=alice)  # both are seen, and counted
    with ape.reverts("holder_counts: not all counted"):
        compliance.set_limits(token, (0, 0, 5), sender=compliance_officer)
    with ape.reverts("holder_counts: not all counted"):
        compliance.set_country(token, KR, (False, 5), sender=compliance_officer)

    compliance.recount(token, [carol, alice, carol], sender=stranger)
    compliance.set_limits(token, (0, 0, 5), sender=compliance_officer)

    assert compliance.holders(token) == 3
    assert compliance.counted_units(token) == token.totalSupply()


def test_count_of_a_token_that_is_not_bound_is_refused(token, compliance, stranger, alice):
    with ape.reverts("holder_counts: not bound"):
        compliance.recount(token, [alice], sender=stranger)


def test_token_is_bound_by_itself_only(token, compliance, stranger):
    with ape.reverts("compliance: not the token"):
        compliance.bindToken(token, sender=stranger)


@pytest.mark.parametrize(
    ("offset", "is_good"), [(840, True), (-840, True), (841, False), (-841, False)]
)
def test_time_zone(project, city, deployer, offset, is_good):
    if is_good:
        deployed = deployer.deploy(project.Compliance, city.authority, offset)
        assert deployed.UTC_OFFSET_MINUTES() == offset
        return
    with ape.reverts("compliance: bad time zone"):
        deployer.deploy(project.Compliance, city.authority, offset)


def test_every_rule_tells_what_it_was_and_is(ruled, compliance, set_limits, compliance_officer):
    set_limits(max_balance=5)

    receipt = set_limits(max_balance=6, max_holders=7)

    (log,) = receipt.events
    assert (log.token, tuple(log.old_limits), tuple(log.new_limits)) == (
        ruled.address,
        (5, 0, 0),
        (6, 0, 7),
    )
    assert tuple(compliance.limits_of(ruled)) == (6, 0, 7)
    compliance.set_class(ruled, 3, (True, 9), sender=compliance_officer)
    compliance.set_country(ruled, US, (True, 4), sender=compliance_officer)
    compliance.set_hours(ruled, (1, 2, 3), sender=compliance_officer)
    assert tuple(compliance.class_rule(ruled, 3)) == (True, 9)
    assert tuple(compliance.country_rule(ruled, US)) == (True, 4)
    assert tuple(compliance.hours_of(ruled)) == (1, 2, 3)
    assert not compliance.is_venue(ruled, ruled)
