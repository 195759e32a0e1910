"""The contracts of one city, by name."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from ape import chain, project
from ape.contracts import ContractContainer, ContractInstance
from ethpm_types import ContractType

from civitas.chain.address_book import AddressBook
from civitas.clock import Clock
from civitas.errors import CivitasError

BLUEPRINTS = (
    "SecurityToken",
    "RevenueSplitter",
    "SplitterRules",
    "CarbonCredit",
    "RetirementCertificate",
)


@dataclass(frozen=True)
class City:
    """Every contract that exists once. Tokens and splitters are found through their factories,
    the carbon credit and its certificates through the registry that created them."""

    payment_token: ContractInstance
    authority: ContractInstance
    asset_registry: ContractInstance
    appraisals: ContractInstance
    identity_registry: ContractInstance
    enforcement: ContractInstance
    compliance: ContractInstance
    token_extension: ContractInstance
    token_factory: ContractInstance
    debt_terms: ContractInstance
    splitter_factory: ContractInstance
    rent_table: ContractInstance
    lease_deposits: ContractInstance
    lease: ContractInstance
    rent_escrow: ContractInstance
    lease_tender: ContractInstance
    treasury: ContractInstance
    tax_table: ContractInstance
    income_desk: ContractInstance
    dividends: ContractInstance
    meter_registry: ContractInstance
    carbon_registry: ContractInstance
    directory: ContractInstance
    # The Authority's admin, where what the council decides has to wait.
    timelock: ContractInstance | None = None

    @classmethod
    def from_book(cls, book: AddressBook) -> Self:
        """The city that the records describe. Raises CivitasError on a missing record."""
        found = {
            field: _contract(book, name)
            for field, name in CONTRACT_NAMES.items()
            if field != "payment_token"
        }
        if book.get(TIMELOCK):
            found["timelock"] = _contract(book, TIMELOCK)
        return cls(payment_token=_payment_token(book, found["directory"]), **found)

    @property
    def carbon_credit(self) -> ContractInstance:
        return contract_at(project.CarbonCredit, self.carbon_registry.CREDIT())

    @property
    def certificate(self) -> ContractInstance:
        return contract_at(project.RetirementCertificate, self.carbon_credit.certificate())

    @classmethod
    def deployed(cls, folder: Path) -> Self:
        """The city whose records are in a folder. Raises CivitasError where the chain has none."""
        city = cls.from_book(AddressBook(folder))
        address = city.directory.address
        if not chain.provider.get_code(address):
            raise CivitasError(
                f"no contract at {address}: are the records in {folder} of another network?"
            )
        return city

    @property
    def now(self) -> int:
        """{s} When the chain's last block was made."""
        return int(chain.blocks.head.timestamp)

    @property
    def clock(self) -> Clock:
        """The city's days, by the time zone that its leases run in."""
        return Clock(int(self.lease.UTC_OFFSET_MINUTES()))

    def token(self, asset_id: int) -> ContractInstance:
        """The asset's security token; the caller knows that it has one."""
        return contract_at(project.SecurityToken, self.asset_registry.token_of(asset_id))

    def splitter(self, asset_id: int) -> ContractInstance:
        """The asset's revenue splitter; the caller knows that it has one."""
        return contract_at(project.RevenueSplitter, self.splitter_factory.splitter_of(asset_id))

    def contracts(self) -> Iterator[tuple[str, ContractInstance]]:
        """Name and instance of every contract that exists once, those of the registry included."""
        for field, name in CONTRACT_NAMES.items():
            yield name, getattr(self, field)
        if self.timelock is not None:
            yield TIMELOCK, self.timelock
        yield "CarbonCredit", self.carbon_credit
        yield "RetirementCertificate", self.certificate


# field of City -> name of its record
CONTRACT_NAMES = {
    "payment_token": "PaymentToken",
    "authority": "Authority",
    "asset_registry": "AssetRegistry",
    "appraisals": "Appraisals",
    "identity_registry": "IdentityRegistry",
    "enforcement": "Enforcement",
    "compliance": "Compliance",
    "token_extension": "TokenExtension",
    "token_factory": "TokenFactory",
    "debt_terms": "DebtTerms",
    "splitter_factory": "SplitterFactory",
    "rent_table": "RentTable",
    "lease_deposits": "LeaseDeposits",
    "lease": "Lease",
    "rent_escrow": "RentEscrow",
    "lease_tender": "LeaseTender",
    "treasury": "Treasury",
    "tax_table": "TaxTable",
    "income_desk": "IncomeDesk",
    "dividends": "Dividends",
    "meter_registry": "MeterRegistry",
    "carbon_registry": "CarbonRegistry",
    "directory": "CityDirectory",
}


# name of the record of a contract that not every network has
TIMELOCK = "Timelock"


def _payment_token(book: AddressBook, directory: ContractInstance) -> ContractInstance:
    """Ours has a record; one that was there before is in the directory only."""
    if book.get("PaymentToken"):
        return _contract(book, "PaymentToken")
    address = directory.address_of(b"PaymentToken".ljust(32, b"\0"))
    return contract_at(project.MockPaymentToken, address)


def _contract(book: AddressBook, name: str) -> ContractInstance:
    record = book.require(name)
    return contract_at(project.contracts[record.contract], record.address)


def contract_at(container: ContractContainer, address: str) -> ContractInstance:
    """Our own contract at an address: no explorer is asked, and there are no proxies to detect.

    A security token answers at its address for its extension too (docs/adr/0023).
    """
    kind = container.contract_type
    if kind.name == "SecurityToken":
        kind = _with_extension(kind)
    # Else Ape merges it with what it has seen at this address, be it on another chain.
    return chain.contracts.instance_at(
        address, kind, fetch_from_explorer=False, detect_proxy=False, replace=True
    )


def _with_extension(token: ContractType) -> ContractType:
    extension = project.TokenExtension.contract_type
    functions = [*extension.view_methods, *extension.mutable_methods]
    return token.model_copy(update={"abi": [*token.abi, *functions]})
