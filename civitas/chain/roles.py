"""The roles of the Authority, and which of them one key must never combine."""

from enum import StrEnum
from itertools import combinations

from eth_utils.crypto import keccak


class Role(StrEnum):
    """One duty each; the value is what the contracts hash."""

    ASSET_MANAGER = "ASSET_MANAGER_ROLE"  # registers, tokenises, lets
    COUNCIL_CLERK = "COUNCIL_CLERK_ROLE"  # records what the council resolved
    APPRAISER = "APPRAISER_ROLE"
    COMPLIANCE_OFFICER = "COMPLIANCE_OFFICER_ROLE"  # investors, freezes
    ENFORCER = "ENFORCER_ROLE"  # moves and cancels by order
    ESG_OFFICER = "ESG_OFFICER_ROLE"  # carbon projects, energy readings
    CARBON_VERIFIER = "CARBON_VERIFIER_ROLE"  # issues on evidence
    FISCAL_ANALYST = "FISCAL_ANALYST_ROLE"  # proposes budgets
    TREASURER = "TREASURER_ROLE"  # approves payments, sets payees
    CASHIER = "CASHIER_ROLE"  # pays
    AUDITOR = "AUDITOR_ROLE"  # reads and attests
    GUARDIAN = "GUARDIAN_ROLE"  # stops
    CHAIN_ENGINEER = "CHAIN_ENGINEER_ROLE"  # replaces, starts again
    REGISTRAR = "REGISTRAR_ROLE"  # attests how many units there are
    TOKEN_FACTORY = "TOKEN_FACTORY_ROLE"  # the TokenFactory contract
    LEASE = "LEASE_ROLE"  # the Lease contract
    RENT_ESCROW = "RENT_ESCROW_ROLE"  # the RentEscrow contract
    DIVIDENDS = "DIVIDENDS_ROLE"  # the Dividends contract

    @property
    def id(self) -> bytes:
        return keccak(text=self.value)


ADMIN = bytes(32)

# Held by contracts of the city, never by people.
OF_CONTRACTS = (Role.TOKEN_FACTORY, Role.LEASE, Role.RENT_ESCROW, Role.DIVIDENDS)

# Whoever proposes doesn't approve, whoever approves doesn't pay; whoever registers a thing neither
# resolves on it nor values it; who freezes doesn't seize; a claim is not verified by who makes it;
# who issues units doesn't attest their number; the auditor does nothing else; who stops a contract
# doesn't decide when it starts again.
_APART: tuple[tuple[Role, ...], ...] = (
    (Role.FISCAL_ANALYST, Role.TREASURER, Role.CASHIER),
    (Role.ASSET_MANAGER, Role.COUNCIL_CLERK, Role.APPRAISER),
    (Role.ASSET_MANAGER, Role.COMPLIANCE_OFFICER, Role.ENFORCER),
    (Role.ESG_OFFICER, Role.CARBON_VERIFIER),
    (Role.ASSET_MANAGER, Role.REGISTRAR),
    (Role.GUARDIAN, Role.CHAIN_ENGINEER),
)

SEPARATED: tuple[tuple[Role, Role], ...] = tuple(
    dict.fromkeys(
        [pair for group in _APART for pair in combinations(group, 2)]
        + [(Role.AUDITOR, role) for role in Role if role is not Role.AUDITOR]
    )
)
