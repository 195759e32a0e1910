"""One rent's way through the city, and a holder's way in and out, chapter by chapter."""

from datetime import UTC, date, datetime, timedelta

import ape
import pytest
from ape import chain
from eth_utils import keccak

from civitas.chain.events import read_events, sources_of
from civitas.chain.leases import draft
from civitas.chain.refusals import reason_of
from civitas.ledger.journal import balance_under, balances
from civitas.ledger.rules import FOR_HOLDERS, HOLDERS, RENT, SPLITTERS, TREASURY, Books, journal

HOLDERS_PURPOSE = b"HOLDERS".ljust(32, b"\0")
SEOUL = timedelta(hours=9)


def go_to(day, hour=12):
    local = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    chain.pending_timestamp = int((local - SEOUL).timestamp())
    chain.mine()


@pytest.fixture
def start():
    """The first of the month after next, whatever the chain's clock says."""
    today = datetime.fromtimestamp(chain.blocks.head.timestamp, UTC).date()
    month = today.month + 1
    return date(today.year + month // 12, month % 12 + 1, 1)


def test_rent_reaches_treasury_and_holders_and_the_books_balance(
    city,
    money,
    start,
    general_fund,
    register_asset,
    verify,
    create_token,
    create_splitter,
    council_clerk,
    asset_manager,
    compliance_officer,
    treasurer,
    cashier,
    guardian,
    chain_engineer,
    council,
    alice,
    bob,
    carol,
    tenant,
    stranger,
    payer,
):
    # 1. An administrative building can't be tokenised; an office can.
    town_hall = register_asset("Civic square 1", "ADMINISTRATIVE")
    with ape.reverts("asset_registry: class not for sale"):
        city.asset_registry.register_units(
            town_hall, 1_000, keccak(text="resolution"), sender=council_clerk
        )
    office = register_asset("Market street 7", "OFFICE")
    token = create_token(office, units=1_000)

    # 2. Alice and Bob are verified and hold 600 and 300; 100 units stay with the city.
    verify(alice, bob)
    token.mint(alice, 600, sender=asset_manager)
    token.mint(bob, 300, sender=asset_manager)
    with ape.reverts("moves: above the deed"):
        token.mint(alice, 101, sender=asset_manager)

    # 3. 70 % of what the office earns goes to the holders, 30 % to the general fund.
    splitter = create_splitter(
        office, [(token, 7_000, HOLDERS_PURPOSE), (city.treasury, 3_000, general_fund)]
    )

    # 4. A lease begins on the first; nothing is owed the evening before, one rent in the morning:
    # 1,000, and the rest of the year's rent that twelve does not divide into tens.
    end = start.replace(year=start.year + 1)
    city.lease.sign(
        draft(office, tenant.address, "AGREED", start, end, annual_rent=12_010),
        keccak(text="lease"),
        sender=asset_manager,
    )
    lease_id = city.lease.total_leases()
    go_to(start - timedelta(days=1), 23)
    assert city.lease.arrears(lease_id) == 0
    go_to(start, 0)
    assert city.lease.arrears(lease_id) == 1_010

    # 5. The tenant's employer pays it. The lease contract holds nothing.
    money.mint(payer, 1_001, sender=payer)
    money.approve(city.lease, 1_001, sender=payer)
    city.lease.pay(lease_id, 1_001, sender=payer)
    assert (money.balanceOf(city.lease), money.balanceOf(splitter)) == (0, 1_001)

    # 6. Anyone shares it out: 700.7 and 300.3, each rounded down; one unit waits.
    splitter.distribute(sender=stranger)
    assert money.balanceOf(token) == 700
    assert city.treasury.balance_of(money, general_fund) == 300
    assert money.balanceOf(splitter) == 1

    # 7. Alice sells half to Bob after the deposit: the income of that month stays hers.
    token.transfer(bob, 300, sender=alice)
    assert (token.claimable(alice), token.claimable(bob)) == (466, 233)

    # 8. Carol is not verified: the pre-check says so, and so does the refusal.
    assert token.detectTransferRestriction(alice, carol, 1) == 8
    with pytest.raises(ape.exceptions.ContractLogicError) as refused:
        token.transfer(carol, 1, sender=alice)
    assert reason_of(refused.value).startswith("ERC7943CannotReceive: ")

    # 9. An incident: trade stops, claims go on.
    token.pause(sender=guardian)
    token.claim_income(sender=alice)
    with pytest.raises(ape.exceptions.ContractLogicError) as refused:
        token.transfer(bob, 1, sender=alice)
    assert reason_of(refused.value) == "EnforcedPause: trade in this token is paused"
    token.unpause(sender=chain_engineer)

    # 10. Bob is frozen by order: his income accrues and waits.
    token.setAddressFrozen(bob, True, sender=compliance_officer)
    with ape.reverts("security_token: holder is frozen"):
        token.claim_income(bob, sender=stranger)
    token.setAddressFrozen(bob, False, sender=compliance_officer)

    # 11. While the token is paused its part of the rent is credited; the treasury is paid.
    token.pause(sender=guardian)
    money.mint(payer, 999, sender=payer)
    money.approve(city.lease, 999, sender=payer)
    city.lease.pay(lease_id, 999, sender=payer)
    splitter.distribute(sender=stranger)
    assert splitter.owed_to(token, HOLDERS_PURPOSE) == 700
    assert city.treasury.balance_of(money, general_fund) == 600
    token.unpause(sender=chain_engineer)
    splitter.release(money, token, HOLDERS_PURPOSE, sender=stranger)

    # 12. The second 700 is for the new holdings, 300 and 600 of 900; Bob's fractions add up.
    token.claim_income(sender=alice)
    token.claim_income(sender=bob)
    assert (money.balanceOf(alice), money.balanceOf(bob)) == (466 + 234, 700)
    assert money.balanceOf(token) == 0

    # 13. The treasurer approves a repair, the cashier pays it; neither can do both.
    city.treasury.approve_payment(
        money, general_fund, stranger, 250, keccak(text="invoice"), sender=treasurer
    )
    with ape.reverts("authorized: missing role"):
        city.treasury.pay(city.treasury.total_payments(), sender=treasurer)
    city.treasury.pay(city.treasury.total_payments(), sender=cashier)
    assert money.balanceOf(stranger) == 250

    # 14. The books, from events alone, say what the contracts hold.
    sources = sources_of(city)
    mine = {splitter.address, token.address, city.lease.address, city.treasury.address}
    events = [event for event in read_events(sources) if event.address in mine]
    entries = journal(events, Books("KRW", frozenset(sources.of_kind("RevenueSplitter"))))
    sums = balances(entries)
    assert balance_under(sums, RENT, "KRW") == -2_000
    assert balance_under(sums, FOR_HOLDERS, "KRW") == money.balanceOf(token) == 0
    assert balance_under(sums, HOLDERS, "KRW") == 0
    assert balance_under(sums, TREASURY, "KRW") == city.treasury.total_of(money) == 350
    assert balance_under(sums, SPLITTERS, "KRW") == money.balanceOf(splitter) == 0
    assert sum(sums.values()) == 0
