"""What no change may exceed, whatever the files say, and what cannot be measured at all."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Bound:
    """`sentence` costs at most `gas`, because of `reason`."""

    sentence: str
    gas: int
    reason: str


BOUNDS = (
    Bound(
        "SecurityToken.transfer between existing holders",
        45_000,
        "a third above a plain ERC-20's, for verification, freezes and income together",
    ),
    Bound(
        "SecurityToken.transferFrom by a part of an allowance",
        51_000,
        "the same checks, and the spender's",
    ),
    Bound("SecurityToken.mint to a new holder", 80_000, "below the best peer with rules"),
    Bound(
        "SecurityToken.forcedTransfer between existing holders",
        50_000,
        "as the peers that set their agents no limits",
    ),
    Bound("SecurityToken.freezePartialTokens of more units", 36_000, "as the peers"),
    Bound(
        "IdentityRegistry.register 1 investor", 60_000, "one fresh slot, the role and three events"
    ),
    Bound(
        "IdentityRegistry.onboard an investor by its issuer, with the wallet's signature",
        61_700,
        "one fresh slot, one signature and two events; 60,000 is aimed at (ADR 13)",
    ),
    Bound(
        "IdentityRegistry.onboard_batch 44 investors, per investor",
        35_900,
        "one fresh slot, one signature and two events each; 35,000 is aimed at (ADR 13)",
    ),
    Bound(
        "RevenueSplitter.release to an account",
        52_000,
        "a payee's own claim must not cost more than in the splitters that payees know",
    ),
    Bound(
        "RevenueSplitter.distribute to 10 payees",
        140_000,
        "below the best peer's push, though no payee can stop it",
    ),
    Bound(
        "RevenueSplitter.distribute a rent through four tiers, to holders and treasury",
        250_000,
        "a rent is small money; its way must not eat it up",
    ),
    Bound(
        "Lease.pay_and_distribute a rent through four tiers, to holders and treasury",
        250_000,
        "from the tenant to its last places, and the terms of the lease on the way",
    ),
    Bound(
        "CarbonCredit.safeTransferFrom between existing holders",
        50_000,
        "42,000, as a plain ERC-1155, and 8,000 to ask the identity registry about both sides",
    ),
    Bound(
        "CarbonCredit.retire further credits of a batch",
        140_000,
        "a retirement with its certificate, below the best that peers publish",
    ),
    Bound(
        "CarbonCredit.retire_for 5 batches in one certificate",
        190_000,
        "several batches in one certificate, not several certificates",
    ),
)

# {gas} A transaction may not use more than 2**24 (EIP-7825); a tenth stays free for what a chain
# adds and for storage that a change makes dearer.
TRANSACTION = 15_000_000
# Every loop over a caller's list, with the list as long as its bound allows.
LOOPS_AT_THEIR_CAP = (
    "Appraisals.appraise 64 assets for the first time",
    "AssetRegistry deployment with 32 classes",
    "AssetRegistry.file_proofs 64 proofs",
    "AssetRegistry.merge 16 parcels",
    "AssetRegistry.register 64 assets",
    "AssetRegistry.split into 16 parcels",
    "Authority deployment with 64 pairs",
    "Compliance.recount of 100 wallets that are counted",
    "Enforcement.execute a succession of 16",
    "SecurityToken.batchBurn of 100",
    "SecurityToken.batchForcedTransfer of 100",
    "SecurityToken.batchFreezePartialTokens of 100",
    "SecurityToken.batchMint of 100",
    "SecurityToken.batchSetAddressFrozen of 100",
    "SecurityToken.batchTransfer of 100",
    "SecurityToken.batchUnfreezePartialTokens of 100",
    "Authority.grantRole of a role apart from 32 others",
    "CarbonCredit.retire_for 16 batches in one certificate",
    "CarbonCredit.safeBatchTransferFrom of 64 batches to a new holder",
    "CityDirectory deployment with 128 names",
    "Dividends.claim_for 100 holders for the first time",
    "Dividends.declare with 16 excluded accounts",
    "Dividends.follow_order of a succession of 16",
    "IdentityRegistry.batchRegisterIdentity 100 investors",
    "IdentityRegistry.register 100 investors",
    "Lease.pay 600 rents and their late fees",
    "MeterRegistry.record 64 readings",
    "RevenueSplitter.begin_rules after 8 tiers, with income before",
    "RevenueSplitter.distribute an earlier version's income through 8 tiers to 20 payees",
    "RevenueSplitter.distribute to 20 payees for the first time",
    "RevenueSplitter.distribute to 20 payees that burn all their gas",
    "SplitterFactory.create_rules of 8 tiers and 20 payees",
    "SplitterFactory.create_splitter with 20 payees",
    "Treasury deployment with 32 funds",
)

# {byte} Code that is this long or longer cannot be deployed (EIP-170), blueprints included.
CODE = 24_576

# {%} Between few holders and many: nothing that a holder or a depositor does may loop over them.
FLATNESS = 1
FLAT = ("SecurityToken.transfer", "SecurityToken.deposit_income", "SecurityToken.claim_income")

# Functions of the ABI that have no figure, and why.
UNMEASURED = {
    **{
        f"Timelock.{name}": "an operation's call: its gas is in Timelock.execute"
        for name in ("update_delay", "transfer_council")
    },
    **{
        f"Compliance.{name}": "the token's call: its gas is in SecurityToken's, with compliance"
        for name in ("bindToken", "created", "destroyed", "forced", "transferred")
    },
    "SecurityToken.move_by_order": "Enforcement's call: its gas is in Enforcement.execute",
    **{
        f"SecurityToken.{name}": "the extension's call: its gas is in the signed function's"
        for name in ("approve_by_signature", "move_by_signature", "log_cancellation")
    },
    **{
        f"SecurityToken.{name}": "refuses always, by its extension"
        for name in ("transferOwnership", "setDocument", "removeDocument")
    },
    "Lease.hold_rent": "the escrow's call: its gas is in RentEscrow.confirm",
    "RentEscrow.book": "the Lease's call: its gas is in Lease.pay",
    **{
        f"LeaseDeposits.{name}": "the Lease's call: its gas is in Lease's own functions"
        for name in ("book", "draw", "credit")
    },
    "IncomeDesk.settle": "the token's call: its gas is in SecurityToken.claim_income",
    "IncomeDesk.settle_dividend": "the Dividends contract's call: its gas is in Dividends.claim",
    "CarbonCredit.mintCredit": "the registry's call: its gas is in CarbonRegistry.issue",
    **{
        f"RetirementCertificate.{name}": "refuses always: a certificate never moves"
        for name in ("approve", "setApprovalForAll", "transferFrom", "safeTransferFrom")
    },
    **{
        f"IdentityRegistry.set{name}": "refuses always: the registry is its own"
        for name in ("IdentityRegistryStorage", "ClaimTopicsRegistry", "TrustedIssuersRegistry")
    },
}
