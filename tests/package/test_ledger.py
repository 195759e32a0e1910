"""The books: every event has a rule, entries balance, and no event is passed over."""

import pytest

from civitas.chain.deploy import name32
from civitas.errors import CivitasError
from civitas.ledger.journal import Entry, Posting, Unbalanced, balance_under, balances
from civitas.ledger.rules import RULES, Books, journal
from civitas.records import Event

SPLITTER = "0x" + "51" * 20
DONOR = "0x" + "d0" * 20
DIVIDENDS = "0x" + "d1" * 20
BOOKS = Books(currency="KRW", splitters=frozenset({SPLITTER}), dividends=frozenset({DIVIDENDS}))


def event(contract, name, **arguments):
    return Event(
        block=7,
        timestamp=0,
        transaction="0x" + "ab" * 32,
        log_index=3,
        address="0x" + "11" * 20,
        contract=contract,
        name=name,
        arguments=arguments,
    )


def postings_of(*events):
    return [entry.postings for entry in journal(events, BOOKS)]


@pytest.fixture(scope="module")
def abi_events(project):
    """Every event of every contract that a city deploys, the labelled payment token included."""
    deployed = [
        name
        for name in project.contracts
        if not name.startswith("Mock") or name == "MockPaymentToken"
    ]
    return {
        (name, each.name)
        for name in deployed
        for each in project.contracts[name].contract_type.events
    }


def test_every_event_of_every_abi_has_a_rule(abi_events):
    ruled = {(contract, name) for contract, events in RULES.items() for name in events}

    assert abi_events - ruled == set()


def test_every_rule_is_of_an_event_that_exists(abi_events):
    ruled = {(contract, name) for contract, events in RULES.items() for name in events}

    assert ruled - abi_events == set()


def test_refuses_an_event_without_a_rule():
    with pytest.raises(CivitasError, match="no rule for Lease.Renamed: add one to the ledger"):
        journal([event("Lease", "Renamed")], BOOKS)


def test_refuses_an_entry_that_does_not_balance():
    with pytest.raises(Unbalanced, match=r"entry 1 \(test\): KRW sums to 1"):
        Entry(1, 0, 0, "0x", "test", (Posting("A", "KRW", 3), Posting("B", "KRW", -2)))


def test_refuses_an_entry_that_balances_only_across_commodities():
    with pytest.raises(Unbalanced, match=r"entry 1 \(test\): KRW sums to 2"):
        Entry(1, 0, 0, "0x", "test", (Posting("A", "KRW", 2), Posting("B", "USD", -2)))


def rent_paid(amount, late_fee=0, vat=0, penalty=0):
    parts = {"late_fee": late_fee, "vat": vat, "penalty": penalty}
    return event("Lease", "RentPaid", receiver=SPLITTER, amount=amount, **parts)


def test_rent_rests_in_the_splitter():
    assert postings_of(rent_paid(100)) == [
        (Posting("Assets:Splitters", "KRW", 100), Posting("Income:Rent", "KRW", -100))
    ]


def test_tax_on_a_rent_is_owed_and_fees_are_income_of_their_own():
    assert postings_of(rent_paid(100, late_fee=4, vat=8, penalty=3)) == [
        (
            Posting("Assets:Splitters", "KRW", 100),
            Posting("Income:LateFees", "KRW", -4),
            Posting("Liabilities:Taxes:VAT", "KRW", -8),
            Posting("Income:Penalties", "KRW", -3),
            Posting("Income:Rent", "KRW", -85),
        )
    ]


def test_rent_that_a_court_holds_is_income_that_rests_elsewhere():
    held = event("Lease", "RentPaid", receiver=DONOR, amount=100, late_fee=0, vat=0, penalty=0)
    paid = event("RentEscrow", "ReceiverPaid", amount=30)
    released = event("RentEscrow", "HeldReleased", amount=70)

    assert postings_of(held)[0][0] == Posting("Assets:HeldByCourtOrder", "KRW", 100)
    sums = balances(journal([held, paid, released], BOOKS))
    assert balance_under(sums, "Assets:HeldByCourtOrder", "KRW") == 0
    assert balance_under(sums, "Assets:Splitters", "KRW") == 70
    assert balance_under(sums, "Expenses:Payees", "KRW") == 30


def test_a_bidders_deposit_is_its_own_until_it_is_lost():
    bids = [event("LeaseTender", "BidCommitted", amount=100) for _ in range(3)]
    refunded = event("LeaseTender", "BidRefunded", amount=100)
    signed = event("LeaseTender", "TenderSigned", deposit=100)
    lost = event("LeaseTender", "BidForfeited", amount=100)

    assert postings_of(event("LeaseTender", "TenderSigned", deposit=0)) == []
    assert balance_under(balances(journal(bids, BOOKS)), "Liabilities:Bidders", "KRW") == -300
    sums = balances(journal([*bids, refunded, signed, lost], BOOKS))
    assert balance_under(sums, "Liabilities:Bidders", "KRW") == 0
    assert balance_under(sums, "Assets:HeldForBidders", "KRW") == 0
    assert balance_under(sums, "Income:Forfeited", "KRW") == -100


def test_a_deposit_is_never_income_unless_rent_is_drawn_from_it():
    taken = event("LeaseDeposits", "DepositTaken", amount=100)
    drawn = [event("LeaseDeposits", "DepositDrawn", amount=30), rent_paid(30)]
    credited = event("LeaseDeposits", "TenantCredited", amount=70)

    sums = balances(journal([taken, credited], BOOKS))
    assert balance_under(sums, "Income", "KRW") == 0
    assert balance_under(sums, "Assets:HeldForTenants", "KRW") == 100

    paid = event("LeaseDeposits", "CreditPaid", amount=70)
    sums = balances(journal([taken, *drawn, credited, paid], BOOKS))
    assert balance_under(sums, "Income:Rent", "KRW") == -30
    assert balance_under(sums, "Assets:HeldForTenants", "KRW") == 0
    assert balance_under(sums, "Liabilities:Tenants", "KRW") == 0


def test_a_deposit_from_a_splitter_is_owed_to_the_holders():
    deposited = event("SecurityToken", "IncomeDeposited", depositor=SPLITTER, amount=70)

    assert postings_of(deposited) == [
        (
            Posting("Assets:HeldForHolders", "KRW", 70),
            Posting("Assets:Splitters", "KRW", -70),
            Posting("Expenses:DistributedToHolders", "KRW", 70),
            Posting("Liabilities:Holders", "KRW", -70),
        )
    ]


def test_a_deposit_from_outside_is_other_income():
    received = event(
        "Treasury", "IncomeReceived", depositor=DONOR, amount=5, fund=name32("GENERAL")
    )

    assert postings_of(received) == [
        (Posting("Assets:Treasury:GENERAL", "KRW", 5), Posting("Income:Other", "KRW", -5))
    ]


def paid_out(purpose):
    """The events by which 9 leaves a splitter for one payee."""
    return [
        event("RevenueSplitter", "Released", purpose=purpose, amount=9),
        event("RevenueSplitter", "ReserveDrawn", purpose=purpose, old_balance=11, new_balance=2),
    ]


@pytest.mark.parametrize("paid", paid_out(name32("GENERAL")), ids=lambda each: each.name)
def test_a_payee_with_a_purpose_is_booked_by_its_own_event(paid):
    assert postings_of(paid) == []


def test_a_distribution_books_what_no_receiver_books():
    shared = event("RevenueSplitter", "Distributed", amount=30, transferred=9, parts=[21, 9])
    to_receivers = event("RevenueSplitter", "Distributed", amount=30, transferred=0, parts=[30])

    assert postings_of(to_receivers) == []
    assert postings_of(shared) == [
        (Posting("Expenses:Payees", "KRW", 9), Posting("Assets:Splitters", "KRW", -9))
    ]


@pytest.mark.parametrize("paid", paid_out(bytes(32)), ids=lambda each: each.name)
def test_a_plain_payee_is_an_expense(paid):

    assert postings_of(paid) == [
        (Posting("Expenses:Payees", "KRW", 9), Posting("Assets:Splitters", "KRW", -9))
    ]


def test_a_payment_clears_its_encumbrance():
    fund = name32("GENERAL")
    approved = event("Treasury", "PaymentApproved", fund=fund, amount=40)
    made = event("Treasury", "PaymentMade", fund=fund, amount=40)

    sums = balances(journal([approved, made], BOOKS))

    assert balance_under(sums, "Budget", "KRW") == 0
    assert sums["Budget:Encumbrances:GENERAL", "KRW"] == 0
    assert sums["Expenses:Payments:GENERAL", "KRW"] == 40
    assert sums["Assets:Treasury:GENERAL", "KRW"] == -40


def test_a_cancelled_payment_leaves_no_trace_in_the_balances():
    fund = name32("GREEN")
    approved = event("Treasury", "PaymentApproved", fund=fund, amount=40)
    cancelled = event("Treasury", "PaymentCancelled", fund=fund, amount=40)

    assert set(balances(journal([approved, cancelled], BOOKS)).values()) == {0}


def test_moving_between_funds_keeps_the_treasury():
    moved = event(
        "Treasury",
        "FundsMoved",
        from_fund=name32("GENERAL"),
        to_fund=name32("GREEN"),
        amount=3,
    )

    sums = balances(journal([moved], BOOKS))

    assert sums["Assets:Treasury:GREEN", "KRW"] == 3
    assert balance_under(sums, "Assets:Treasury", "KRW") == 0


def test_withheld_taxes_are_owed_to_who_collects_them():
    claimed = event("SecurityToken", "IncomeClaimed", amount=1_000_000)
    paid = event("IncomeDesk", "IncomePaid", national=140_000, local=14_000)
    remitted = event("IncomeDesk", "TaxRemitted", kind=0, amount=100_000)

    sums = balances(journal([claimed, paid, remitted], BOOKS))

    assert sums["Liabilities:Holders", "KRW"] == 1_000_000
    assert sums["Assets:TaxesHeld", "KRW"] == 54_000
    assert sums["Liabilities:Taxes:National", "KRW"] == -40_000
    assert sums["Liabilities:Taxes:Local", "KRW"] == -14_000


def test_income_without_taxes_has_no_entry_at_the_desk():
    assert postings_of(event("IncomeDesk", "IncomePaid", national=0, local=0)) == []


def test_a_dividend_is_owed_until_it_is_paid_and_unclaimed_money_still_is():
    declared = event("Dividends", "DividendDeclared", amount=100)
    paid = event("Dividends", "DividendPaid", amount=60)
    escheated = event("Dividends", "Escheated", amount=40)
    received = event(
        "Treasury", "IncomeReceived", depositor=DIVIDENDS, amount=40, fund=name32("GENERAL")
    )
    given_back = event("Dividends", "GivenBack", amount=30)

    sums = balances(journal([declared, paid, escheated, received], BOOKS))

    assert sums["Assets:HeldForDividends", "KRW"] == 0
    assert sums["Liabilities:Dividends", "KRW"] == 0
    assert sums["Liabilities:Unclaimed", "KRW"] == -40
    assert sums["Assets:Treasury:GENERAL", "KRW"] == 40

    sums = balances(journal([declared, paid, escheated, received, given_back], BOOKS))

    assert sums["Assets:HeldForDividends", "KRW"] == 30
    assert sums["Liabilities:Unclaimed", "KRW"] == -10
    assert sums["Liabilities:Dividends", "KRW"] == -30


def test_carbon_is_booked_in_tonnes():
    issued = event("CarbonCredit", "CreditMinted", amount=500)
    buffered = event("CarbonCredit", "Buffered", amount=50)
    retired = event("CarbonCredit", "CreditRetired", amount=200)

    sums = balances(journal([issued, buffered, retired], BOOKS))

    assert sums == {
        ("Carbon:Tradable", "tCO2e"): 300,
        ("Carbon:Buffer", "tCO2e"): 50,
        ("Carbon:Issued", "tCO2e"): -550,
        ("Carbon:Retired", "tCO2e"): 200,
    }


def test_numbers_are_free_of_gaps_where_events_have_no_entry():
    entries = journal(
        [
            rent_paid(1),
            event("Lease", "Paused"),
            rent_paid(2),
        ],
        BOOKS,
    )

    assert [entry.number for entry in entries] == [1, 2]


def test_a_prefix_does_not_take_in_a_neighbour():
    sums = {("Assets:Treasury:A", "KRW"): 1, ("Assets:TreasuryOther", "KRW"): 10}

    assert balance_under(sums, "Assets:Treasury", "KRW") == 1
