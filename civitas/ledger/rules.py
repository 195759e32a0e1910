"""What each event means in the books: postings, or a reason why there are none.

Amounts are in base units of the currency, or of CARBON for tonnes. Money is booked where it comes
to rest: what a splitter pays to a receiver with a purpose is booked by the receiver's own event.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from civitas.errors import CivitasError
from civitas.ledger.journal import Entry, Posting
from civitas.records import Event

CARBON = "tCO2e"

RENT = "Income:Rent"
LATE_FEES = "Income:LateFees"
PENALTIES = "Income:Penalties"
VAT = "Liabilities:Taxes:VAT"
FROM_TENANTS = (RENT, LATE_FEES, PENALTIES, VAT)
FOR_TENANTS = "Assets:HeldForTenants"
HELD_BY_COURT = "Assets:HeldByCourtOrder"
FOR_BIDDERS = "Assets:HeldForBidders"
BIDDERS = "Liabilities:Bidders"
FORFEITED = "Income:Forfeited"
DEPOSITS = "Liabilities:Tenants:Deposits"
CREDITS_OF_TENANTS = "Liabilities:Tenants:Credits"
OTHER_INCOME = "Income:Other"
SPLITTERS = "Assets:Splitters"
FOR_HOLDERS = "Assets:HeldForHolders"
TREASURY = "Assets:Treasury"
HOLDERS = "Liabilities:Holders"
TAXES_HELD = "Assets:TaxesHeld"
TAXES = ("Liabilities:Taxes:National", "Liabilities:Taxes:Local")  # by kind
FOR_DIVIDENDS = "Assets:HeldForDividends"
DIVIDENDS = "Liabilities:Dividends"
UNCLAIMED = "Liabilities:Unclaimed"
DISTRIBUTED = "Expenses:DistributedToHolders"
PAYEES = "Expenses:Payees"
PAYMENTS = "Expenses:Payments"
ENCUMBRANCES = "Budget:Encumbrances"
RESERVE = "Budget:ReserveForEncumbrances"
CREDITS = "Carbon:Tradable"
BUFFER = "Carbon:Buffer"
ISSUED = "Carbon:Issued"
RETIRED = "Carbon:Retired"
CANCELLED = "Carbon:Cancelled"
REVERSED = "Carbon:Reversed"
EXPORTED = "Carbon:Exported"


@dataclass(frozen=True, slots=True)
class Books:
    """What a rule must know besides the event: the currency, and which addresses are splitters or
    pay dividends."""

    currency: str
    splitters: frozenset[str]
    dividends: frozenset[str] = frozenset()


Rule = Callable[[Books, dict[str, Any]], Sequence[Posting]]


def _pair(debit: str, credit: str, commodity: str, amount: int) -> tuple[Posting, Posting]:
    return Posting(debit, commodity, amount), Posting(credit, commodity, -amount)


def _fund(account: str, fund: bytes) -> str:
    return f"{account}:{bytes(fund).rstrip(bytes(1)).decode('ascii')}"


def _source(books: Books, depositor: str) -> str:
    """Where money that was deposited came from: a splitter or unclaimed dividends of ours, or the
    world outside."""
    if depositor in books.dividends:
        return FOR_DIVIDENDS
    return SPLITTERS if depositor in books.splitters else OTHER_INCOME


def _rent_paid(books: Books, event: dict[str, Any]) -> Sequence[Posting]:
    """Of what came in, taxes are not ours, late fees and penalties are; a court may hold it."""
    account = SPLITTERS if event["receiver"] in books.splitters else HELD_BY_COURT
    parts = {LATE_FEES: event["late_fee"], VAT: event["vat"], PENALTIES: event["penalty"]}
    parts[RENT] = event["amount"] - sum(parts.values())
    return (
        Posting(account, books.currency, event["amount"]),
        *(Posting(income, books.currency, -part) for income, part in parts.items() if part),
    )


def _moved(debit: str, credit: str) -> Rule:
    """The amount went from one place to another."""

    def rule(books: Books, event: dict[str, Any]) -> Sequence[Posting]:
        return _pair(debit, credit, books.currency, event["amount"]) if event["amount"] else ()

    return rule


def _tender_signed(books: Books, event: dict[str, Any]) -> Sequence[Posting]:
    """The deposits' own event books where it came to."""
    amount = event["deposit"]
    return _pair(BIDDERS, FOR_BIDDERS, books.currency, amount) if amount else ()


def _bid_forfeited(books: Books, event: dict[str, Any]) -> Sequence[Posting]:
    amount = event["amount"]
    return (
        *_pair(SPLITTERS, FOR_BIDDERS, books.currency, amount),
        *_pair(BIDDERS, FORFEITED, books.currency, amount),
    )


def _distributed(books: Books, event: dict[str, Any]) -> Sequence[Posting]:
    transferred = event["transferred"]  # what no receiver's event books
    return _pair(PAYEES, SPLITTERS, books.currency, transferred) if transferred else ()


def _reserve_drawn(books: Books, event: dict[str, Any]) -> Sequence[Posting]:
    amount = event["old_balance"] - event["new_balance"]
    return _splitter_paid(books, {**event, "amount": amount})


def _splitter_paid(books: Books, event: dict[str, Any]) -> Sequence[Posting]:
    if any(event["purpose"]):
        return ()  # the receiver's own event books it
    return _pair(PAYEES, SPLITTERS, books.currency, event["amount"])


def _income_deposited(books: Books, event: dict[str, Any]) -> Sequence[Posting]:
    amount = event["amount"]
    return (
        *_pair(FOR_HOLDERS, _source(books, event["depositor"]), books.currency, amount),
        *_pair(DISTRIBUTED, HOLDERS, books.currency, amount),
    )


def _income_claimed(books: Books, event: dict[str, Any]) -> Sequence[Posting]:
    return _pair(HOLDERS, FOR_HOLDERS, books.currency, event["amount"])


def _income_paid(books: Books, event: dict[str, Any]) -> Sequence[Posting]:
    """The token or the dividend books the gross amount as gone; the taxes of it are still here."""
    taxes = (event["national"], event["local"])
    return tuple(
        posting
        for liability, amount in zip(TAXES, taxes, strict=True)
        if amount
        for posting in _pair(TAXES_HELD, liability, books.currency, amount)
    )


def _tax_remitted(books: Books, event: dict[str, Any]) -> Sequence[Posting]:
    return _pair(TAXES[event["kind"]], TAXES_HELD, books.currency, event["amount"])


def _dividend_declared(books: Books, event: dict[str, Any]) -> Sequence[Posting]:
    amount = event["amount"]
    return (
        *_pair(FOR_DIVIDENDS, OTHER_INCOME, books.currency, amount),
        *_pair(DISTRIBUTED, DIVIDENDS, books.currency, amount),
    )


def _dividend_paid(books: Books, event: dict[str, Any]) -> Sequence[Posting]:
    return _pair(DIVIDENDS, FOR_DIVIDENDS, books.currency, event["amount"])


def _escheated(books: Books, event: dict[str, Any]) -> Sequence[Posting]:
    """Still owed, so no revenue; where the money went is booked by the receiver's own event."""
    return _pair(DIVIDENDS, UNCLAIMED, books.currency, event["amount"])


def _given_back(books: Books, event: dict[str, Any]) -> Sequence[Posting]:
    amount = event["amount"]
    return (
        *_pair(FOR_DIVIDENDS, OTHER_INCOME, books.currency, amount),
        *_pair(UNCLAIMED, DIVIDENDS, books.currency, amount),
    )


def _income_received(books: Books, event: dict[str, Any]) -> Sequence[Posting]:
    account = _fund(TREASURY, event["fund"])
    return _pair(account, _source(books, event["depositor"]), books.currency, event["amount"])


def _funds_moved(books: Books, event: dict[str, Any]) -> Sequence[Posting]:
    return _pair(
        _fund(TREASURY, event["to_fund"]),
        _fund(TREASURY, event["from_fund"]),
        books.currency,
        event["amount"],
    )


def _payment_approved(books: Books, event: dict[str, Any]) -> Sequence[Posting]:
    fund = event["fund"]
    return _pair(_fund(ENCUMBRANCES, fund), _fund(RESERVE, fund), books.currency, event["amount"])


def _payment_cancelled(books: Books, event: dict[str, Any]) -> Sequence[Posting]:
    fund = event["fund"]
    return _pair(_fund(RESERVE, fund), _fund(ENCUMBRANCES, fund), books.currency, event["amount"])


def _payment_made(books: Books, event: dict[str, Any]) -> Sequence[Posting]:
    fund = event["fund"]
    return (
        *_payment_cancelled(books, event),
        *_pair(_fund(PAYMENTS, fund), _fund(TREASURY, fund), books.currency, event["amount"]),
    )


def _carbon(debit: str, credit: str, key: str = "amount") -> Rule:
    """Tonnes went from one place to another; `key` says which figure of the event."""

    def rule(books: Books, event: dict[str, Any]) -> Sequence[Posting]:
        return _pair(debit, credit, CARBON, event[key]) if event[key] else ()

    return rule


def _reversal_cured(books: Books, event: dict[str, Any]) -> Sequence[Posting]:
    return (
        *_pair(CANCELLED, CREDITS, CARBON, event["amount"]),
        *_pair(RETIRED, REVERSED, CARBON, event["amount"]),
    )


_BOOK_VALUE = "memo: the deed carries the book value, the city's asset accounts book it"
_REGISTER = "register of holders, not money"
_RULE_CHANGE = "a rule or a right changed, no money moved"
_OPERATION = "operation of a contract, no money moved"
_TOKEN_MOVE = "the contracts' own events say why the money moved"

_STOPS = {"Paused": _OPERATION, "Unpaused": _OPERATION}

# contract -> event -> rule, or the reason for no entry
RULES: dict[str, dict[str, Rule | str]] = {
    "Authority": {
        "AdminTransferStarted": _RULE_CHANGE,
        "AdminTransferred": _RULE_CHANGE,
        "RolesSeparated": _RULE_CHANGE,
        "RoleGranted": _RULE_CHANGE,
        "RoleRevoked": _RULE_CHANGE,
    },
    "Timelock": {
        "CallScheduled": _RULE_CHANGE,
        "CallSalt": _RULE_CHANGE,
        "CallExecuted": _RULE_CHANGE,
        "Cancelled": _RULE_CHANGE,
        "MinimumDelayChange": _RULE_CHANGE,
        "CouncilTransferStarted": _RULE_CHANGE,
        "CouncilTransferred": _RULE_CHANGE,
        "RoleGranted": _RULE_CHANGE,
        "RoleRevoked": _RULE_CHANGE,
    },
    "CityDirectory": {"EntrySet": _OPERATION},
    "AssetRegistry": {
        "PropertyClassSet": _RULE_CHANGE,
        "AssetRegistered": _BOOK_VALUE,
        "Reclassified": _RULE_CHANGE,
        "EnergyUseSet": "a reading, not money",
        "UnitsRegistered": _RULE_CHANGE,
        "TokenBound": _OPERATION,
        "DisposalApproved": _RULE_CHANGE,
        "Disposed": _BOOK_VALUE,
        "ParcelSplit": "area and book value are the parts' together",
        "ParcelsMerged": "area and book value are the parcels' together",
        "DocumentSet": _OPERATION,
        "DocumentRemoved": _OPERATION,
        "MetadataUpdate": _OPERATION,
        "RequiredProofsSet": _RULE_CHANGE,
        "ProofFiled": _RULE_CHANGE,
        "QuantityAttested": _REGISTER,
        "LetUntilSet": _OPERATION,
        "Transfer": _BOOK_VALUE,
        "Approval": _RULE_CHANGE,
        "ApprovalForAll": _RULE_CHANGE,
    },
    "Appraisals": {
        "Appraised": "memo: a fair value, not a transaction",
        "Withdrawn": "memo: a fair value, not a transaction",
        "LimitsSet": _RULE_CHANGE,
    },
    "IdentityRegistry": {
        "IdentityRegistered": _REGISTER,
        "IdentityRemoved": _REGISTER,
        "IdentityUpdated": _REGISTER,
        "CountryUpdated": _REGISTER,
        "EligibilitySet": _REGISTER,
        "ClaimFiled": _REGISTER,
        "ClaimRevoked": _REGISTER,
        "RecoveryAnnounced": _REGISTER,
        "RecoveryCalledOff": _REGISTER,
        "WalletRecovered": _REGISTER,
        "IssuerNonceRaised": _RULE_CHANGE,
        "TrustedIssuerAdded": _RULE_CHANGE,
        "TrustedIssuerRemoved": _RULE_CHANGE,
        "ClaimTopicsUpdated": _RULE_CHANGE,
        "ClaimTopicAdded": _RULE_CHANGE,
        "ClaimTopicRemoved": _RULE_CHANGE,
        "IdentityStorageSet": _OPERATION,
        "ClaimTopicsRegistrySet": _OPERATION,
        "TrustedIssuersRegistrySet": _OPERATION,
    },
    "Enforcement": {
        "OrderProposed": _OPERATION,
        "OrderConfirmed": _OPERATION,
        "OrderCancelled": _OPERATION,
        "OrderExecuted": "the token's own events say what moved",
        "FreezeOrdered": _REGISTER,
    },
    "Compliance": {
        "TokenBound": _OPERATION,
        "WalletCounted": _REGISTER,
        "InvestorCounted": _REGISTER,
        "LimitsSet": _RULE_CHANGE,
        "CountryModeSet": _RULE_CHANGE,
        "CountryRuleSet": _RULE_CHANGE,
        "ClassRuleSet": _RULE_CHANGE,
        "HoursSet": _RULE_CHANGE,
        "VenuesRequired": _RULE_CHANGE,
        "VenueSet": _RULE_CHANGE,
        "LockedUp": _RULE_CHANGE,
    },
    "TokenFactory": {"TokenCreated": _OPERATION},
    "SecurityToken": {
        **_STOPS,
        "Transfer": _REGISTER,
        "Approval": _RULE_CHANGE,
        "AddressFrozen": _REGISTER,
        "TokensFrozen": _REGISTER,
        "TokensUnfrozen": _REGISTER,
        "Frozen": _REGISTER,
        "ForcedTransfer": _REGISTER,
        "RecoverySuccess": _REGISTER,
        "IncomeReassigned": "another holder is owed it; what is owed to all stays the same",
        "UpdatedTokenInformation": _OPERATION,
        "IdentityRegistryAdded": _RULE_CHANGE,
        "ComplianceAdded": _RULE_CHANGE,
        "AgentAdded": _RULE_CHANGE,
        "AgentRemoved": _RULE_CHANGE,
        "MandateSet": _RULE_CHANGE,
        "RecordScheduled": _OPERATION,
        "RecordTaken": _REGISTER,
        "AuthorizationUsed": _OPERATION,
        "AuthorizationCanceled": _OPERATION,
        "IncomeDeskSet": _RULE_CHANGE,
        "IncomeDeposited": _income_deposited,
        "IncomeClaimed": _income_claimed,
    },
    "SplitterFactory": {"RulesCreated": _OPERATION, "SplitterCreated": _OPERATION},
    "RevenueSplitter": {
        "RulesScheduled": _RULE_CHANGE,
        "RulesCancelled": _RULE_CHANGE,
        "RulesBegun": _RULE_CHANGE,
        "IncomeDated": "says when income that is booked had fallen due",
        "Distributed": _distributed,
        "ReserveFilled": "still held by the splitter",
        "ReserveDrawn": _reserve_drawn,
        "ReserveFreed": "still held by the splitter",
        "Credited": "still held by the splitter",
        "Released": _splitter_paid,
    },
    "Lease": {
        **_STOPS,
        "LeaseSigned": "rent is booked when it is paid (cash basis)",
        "RentPaid": _rent_paid,
        "LeaseTerminated": "a refund is the caller's money: it comes in as a tenant's",
        "DefaultDeclared": _OPERATION,
        "DefaultCured": _OPERATION,
        "VacancyRecorded": "a penalty is booked when it is paid (cash basis)",
        "RentHeld": _RULE_CHANGE,
        "LeaseSettled": "what is drawn and credited has events of its own",
    },
    "LeaseDeposits": {
        "DepositTaken": _moved(FOR_TENANTS, DEPOSITS),
        "DepositDrawn": _moved(DEPOSITS, FOR_TENANTS),
        "TenantCredited": _moved(DEPOSITS, CREDITS_OF_TENANTS),
        "CreditPaid": _moved(CREDITS_OF_TENANTS, FOR_TENANTS),
    },
    "RentEscrow": {
        "HoldProposed": _OPERATION,
        "HoldBegun": _RULE_CHANGE,
        "HoldLifted": _RULE_CHANGE,
        "RentBooked": "the Lease's own event says what came in",
        "ReceiverPaid": _moved(PAYEES, HELD_BY_COURT),
        "HeldReleased": _moved(SPLITTERS, HELD_BY_COURT),
    },
    "LeaseTender": {
        **_STOPS,
        "TenderOpened": _OPERATION,
        "BidCommitted": _moved(FOR_BIDDERS, BIDDERS),
        "BidRevealed": _OPERATION,
        "BidAccepted": _OPERATION,
        "TenderSigned": _tender_signed,
        "TenderCancelled": _OPERATION,
        "BidRefunded": _moved(BIDDERS, FOR_BIDDERS),
        "BidForfeited": _bid_forfeited,
    },
    "RentTable": {
        "TariffSet": _RULE_CHANGE,
        "PermitTermSet": _RULE_CHANGE,
        "IndexPublished": "a figure, not money",
    },
    "Treasury": {
        **_STOPS,
        "FundOpened": _RULE_CHANGE,
        "IncomeReceived": _income_received,
        "FundsMoved": _funds_moved,
        "PaymentApproved": _payment_approved,
        "PaymentCancelled": _payment_cancelled,
        "PaymentMade": _payment_made,
    },
    "DebtTerms": {
        "TermsSet": _RULE_CHANGE,
    },
    "TaxTable": {
        "RuleSet": _RULE_CHANGE,
        "FormFiled": _RULE_CHANGE,
    },
    "IncomeDesk": {
        "TokenAdmitted": _OPERATION,
        "IncomePaid": _income_paid,
        "TaxRemitted": _tax_remitted,
        "TaxPayeeSet": _RULE_CHANGE,
        "TaxTableSet": _RULE_CHANGE,
        "RootPosted": _OPERATION,
    },
    "Dividends": {
        "DividendDeclared": _dividend_declared,
        "BaseFixed": _OPERATION,
        "DividendPaid": _dividend_paid,
        "HolderSkipped": "still owed",
        "DeemedPaid": "memo: taxes are due on what is unpaid, holder by holder",
        "Escheated": _escheated,
        "GivenBack": _given_back,
        "EntitlementMoved": "another is owed it; what is owed to all stays the same",
        "EscheatAccountSet": _RULE_CHANGE,
    },
    "CarbonCredit": {
        **_STOPS,
        "CreditMinted": _carbon(CREDITS, ISSUED),
        "Buffered": _carbon(BUFFER, ISSUED),
        "CreditRetired": _carbon(RETIRED, CREDITS),
        "CreditCancelled": _carbon(CANCELLED, CREDITS),
        "CreditExported": _carbon(EXPORTED, CREDITS),
        "CreditConverted": _carbon(CANCELLED, CREDITS),
        "CreditReversed": _carbon(REVERSED, RETIRED, "uncovered"),
        "BufferDrawn": _carbon(CANCELLED, BUFFER),
        "ReversalCured": _reversal_cured,
        "TransferSingle": "issue, retirement and the like have events of their own",
        "TransferBatch": _REGISTER,
        "ApprovalForAll": _RULE_CHANGE,
        "Frozen": _REGISTER,
        "ForcedTransfer": _REGISTER,
        "AdjustmentSet": _RULE_CHANGE,
        "PurposeGated": _RULE_CHANGE,
        "ConversionSet": _RULE_CHANGE,
    },
    "CarbonRegistry": {
        "ProjectRegistered": _OPERATION,
        "BatchIssued": "the credit contract's events say where the tonnes went",
        "ThresholdSet": _RULE_CHANGE,
        "BufferRateSet": _RULE_CHANGE,
        "IntervalClaimed": "serials and seconds, not tonnes",
        "IntervalSplit": "serials and seconds, not tonnes",
    },
    "MeterRegistry": {
        "DeviceRegistered": _OPERATION,
        "DeviceRetired": _OPERATION,
        "ReadingRecorded": "a reading, not yet a tonne",
    },
    "RetirementCertificate": {
        "Transfer": "a record of a retirement that is booked already",
        "Locked": _OPERATION,
        "CertificateIssued": "a record of a retirement that is booked already",
        "Unlocked": _OPERATION,
        "CertificateRecovered": _REGISTER,
        "DeficitMarked": "the credit contract's reversal is booked",
        "DeficitCured": "the credit contract's cure is booked",
    },
    "MockPaymentToken": {
        "Transfer": _TOKEN_MOVE,
        "Approval": _RULE_CHANGE,
        "HabitsSet": _OPERATION,
    },
}


def journal(events: Iterable[Event], books: Books) -> list[Entry]:
    """The entries of these events, in their order, numbered from 1 without a gap.

    Raises CivitasError for an event that has no rule, so that none is ever passed over.
    """
    entries: list[Entry] = []
    for event in events:
        rule = RULES.get(event.contract, {}).get(event.name)
        if rule is None:
            raise CivitasError(f"no rule for {event.contract}.{event.name}: add one to the ledger")
        if isinstance(rule, str):
            continue
        if postings := tuple(rule(books, dict(event.arguments))):
            entries.append(
                Entry(
                    number=len(entries) + 1,
                    block=event.block,
                    log_index=event.log_index,
                    transaction=event.transaction,
                    event=f"{event.contract}.{event.name}",
                    postings=postings,
                )
            )
    return entries
