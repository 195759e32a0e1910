"""Reads a city back off the chain and compares it with its records and parameters."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ape import chain

from civitas.chain.address_book import AddressBook
from civitas.chain.city import BLUEPRINTS, CONTRACT_NAMES, City
from civitas.chain.deploy import (
    ZERO_ADDRESS,
    address_of,
    code_hash,
    name32,
    withholding_rules,
)
from civitas.chain.parameters import Parameters
from civitas.chain.roles import ADMIN, SEPARATED, Role
from civitas.profiles import Profile


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that must be true of a deployment; `detail` says what was found."""

    link: str
    holds: bool
    detail: str


def facts(params: Path, book: AddressBook) -> Iterator[Fact]:
    """Every fact in the order in which one rests on the other.

    Raises InputErrors for bad parameters and CivitasError for a missing record.
    """
    parameters = Parameters.read(params)
    code = list(_code(book))
    yield from code
    if not all(fact.holds for fact in code):
        return  # nothing can be asked of a contract that is not there
    city = City.from_book(book)
    yield from _wiring(city, book)
    profile = parameters.load_profile(params)
    yield from _taxes(profile, city)
    yield from _rents(profile, city)
    yield from _roles(parameters, city, book)


def _equal(link: str, found: object, expected: object) -> Fact:
    return Fact(link, found == expected, f"{found}, expected {expected}")


def _code(book: AddressBook) -> Iterator[Fact]:
    names = [*CONTRACT_NAMES.values(), *(f"{name}Blueprint" for name in BLUEPRINTS)]
    for name in names:
        record = book.require(name)
        there = len(chain.provider.get_code(record.address)) > 0
        yield Fact(f"{name} has code", there, f"{record.address}")
        yield _equal(f"{name} has the recorded code", code_hash(record.address), record.code_hash)


def _wiring(city: City, book: AddressBook) -> Iterator[Fact]:
    authority = city.authority.address
    for name, contract in city.contracts():
        if "authority" in contract.contract_type.view_methods:
            yield _equal(f"{name} obeys the Authority", contract.authority(), authority)
    registry = city.asset_registry.address
    identities = city.identity_registry.address
    yield _equal("Appraisals values this registry", city.appraisals.registry(), registry)
    yield _equal("TokenFactory: registry", city.token_factory.ASSET_REGISTRY(), registry)
    yield _equal("TokenFactory: identities", city.token_factory.IDENTITY_REGISTRY(), identities)
    yield _equal(
        "TokenFactory: enforcement", city.token_factory.ENFORCEMENT(), city.enforcement.address
    )
    yield _equal(
        "TokenFactory: extension", city.token_factory.EXTENSION(), city.token_extension.address
    )
    yield _equal(
        "TokenFactory: blueprint",
        city.token_factory.BLUEPRINT(),
        book.require("SecurityTokenBlueprint").address,
    )
    yield _equal("SplitterFactory: registry", city.splitter_factory.ASSET_REGISTRY(), registry)
    yield _equal(
        "SplitterFactory: blueprint",
        city.splitter_factory.BLUEPRINT(),
        book.require("RevenueSplitterBlueprint").address,
    )
    yield _equal(
        "SplitterFactory: rules",
        city.splitter_factory.RULES_BLUEPRINT(),
        book.require("SplitterRulesBlueprint").address,
    )
    yield _equal(
        "SplitterFactory: time zone",
        city.splitter_factory.UTC_OFFSET_MINUTES(),
        city.lease.UTC_OFFSET_MINUTES(),
    )
    yield _equal("Lease: payment token", city.lease.asset(), city.payment_token.address)
    yield _equal("Lease: registry", city.lease.ASSET_REGISTRY(), registry)
    yield _equal("Lease: splitters", city.lease.SPLITTER_FACTORY(), city.splitter_factory.address)
    yield _equal("Lease: appraisals", city.lease.APPRAISALS(), city.appraisals.address)
    yield _equal("Lease: rent table", city.lease.RENT_TABLE(), city.rent_table.address)
    yield _equal("Lease: deposits", city.lease.DEPOSITS(), city.lease_deposits.address)
    yield _equal(
        "LeaseDeposits: payment token", city.lease_deposits.asset(), city.payment_token.address
    )
    yield _equal("LeaseTender: lease", city.lease_tender.LEASE(), city.lease.address)
    yield _equal("RentEscrow: payment token", city.rent_escrow.asset(), city.payment_token.address)
    yield _equal(
        "RentEscrow: splitters", city.rent_escrow.SPLITTER_FACTORY(), city.splitter_factory.address
    )
    yield _equal(
        "RentTable: time zone",
        city.rent_table.UTC_OFFSET_MINUTES(),
        city.lease.UTC_OFFSET_MINUTES(),
    )
    desk = city.income_desk.address
    yield _equal("IncomeDesk: registry", city.income_desk.ASSET_REGISTRY(), registry)
    yield _equal("IncomeDesk: identities", city.income_desk.IDENTITY_REGISTRY(), identities)
    yield _equal("IncomeDesk: tax table", city.income_desk.tax_table(), city.tax_table.address)
    yield _equal("Dividends: desk", city.dividends.DESK(), desk)
    yield _equal("Dividends: identities", city.dividends.IDENTITY_REGISTRY(), identities)
    yield _equal("Dividends: enforcement", city.dividends.ENFORCEMENT(), city.enforcement.address)
    yield _equal("MeterRegistry: registry", city.meter_registry.ASSET_REGISTRY(), registry)
    yield _equal("CarbonRegistry: registry", city.carbon_registry.ASSET_REGISTRY(), registry)
    yield _equal("CarbonCredit: issuer", city.carbon_credit.ISSUER(), city.carbon_registry.address)
    yield _equal("CarbonCredit: identities", city.carbon_credit.identityRegistry(), identities)
    yield _equal(
        "RetirementCertificate: issuer", city.certificate.CREDIT(), city.carbon_credit.address
    )
    for name in CONTRACT_NAMES.values():
        if name != "CityDirectory":
            yield _equal(
                f"CityDirectory: {name}",
                city.directory.address_of(name32(name)),
                book.require(name).address,
            )


def _taxes(profile: Profile, city: City) -> Iterator[Fact]:
    """The table still gives the profile's rules for their first seconds."""
    for holder_class, country, is_treaty, rule in withholding_rules(profile):
        if not is_treaty:
            found, _number = city.tax_table.rule_at(ZERO_ADDRESS, holder_class, country, rule[0])
            link = f"TaxTable: class {holder_class}, country {country}"
            yield _equal(link, tuple(found), rule)


def _rents(profile: Profile, city: City) -> Iterator[Fact]:
    """The table still has the profile's tariffs and terms of permits."""
    for each in profile.tariffs:
        found = tuple(city.rent_table.tariff_of(name32(each.use)))
        yield _equal(f"RentTable: {each.use}", found, each.words)
    for kind in profile.property_classes:
        months = city.rent_table.permit_months(name32(kind.code))
        yield _equal(f"RentTable: permits of {kind.code}", months, kind.permit_months)


def _roles(parameters: Parameters, city: City, book: AddressBook) -> Iterator[Fact]:
    authority = city.authority
    council = address_of(parameters.council)
    yield Fact(
        "the council is admin",
        authority.admin() == council,
        f"admin is {authority.admin()}, expected {council}"
        + ("; it must call accept_admin()" if authority.pending_admin() == council else ""),
    )
    deployer = book.require("Authority").deployer
    if deployer != council:
        holds = [role.name for role in Role if authority.hasRole(role.id, deployer)]
        if authority.hasRole(ADMIN, deployer):
            holds.insert(0, "ADMIN")
        yield Fact("the deployer holds no role", not holds, f"{deployer} holds {holds or 'none'}")
    for name, accounts in parameters.roles.items():
        for account in map(address_of, accounts):
            yield Fact(
                f"{name} {account}",
                authority.hasRole(Role[name].id, account),
                "holds the role" if authority.hasRole(Role[name].id, account) else "lacks the role",
            )
    factory = city.token_factory.address
    yield Fact(
        "TokenFactory may bind tokens",
        authority.hasRole(Role.TOKEN_FACTORY.id, factory),
        f"{factory} as TOKEN_FACTORY",
    )
    lease = city.lease.address
    yield Fact(
        "Lease may tell the register what is let",
        authority.hasRole(Role.LEASE.id, lease),
        f"{lease} as LEASE",
    )
    escrow = city.rent_escrow.address
    yield Fact(
        "RentEscrow may have rent led to it",
        authority.hasRole(Role.RENT_ESCROW.id, escrow),
        f"{escrow} as RENT_ESCROW",
    )
    dividends = city.dividends.address
    yield Fact(
        "Dividends may pay through the desk",
        authority.hasRole(Role.DIVIDENDS.id, dividends),
        f"{dividends} as DIVIDENDS",
    )
    enforcement = city.enforcement.address
    yield Fact(
        "Enforcement may freeze",
        authority.hasRole(Role.COMPLIANCE_OFFICER.id, enforcement),
        f"{enforcement} as COMPLIANCE_OFFICER",
    )
    for first, second in SEPARATED:
        yield Fact(
            f"{first.name} and {second.name} are kept apart",
            second.id in [bytes(each) for each in authority.apart_from(first.id)],
            f"apart from {first.name}",
        )
    for fund in parameters.funds:
        opened = city.treasury.funds(name32(fund.name))
        yield _equal(
            f"Treasury: fund {fund.name}",
            (opened.is_open, opened.is_restricted),
            (True, fund.is_restricted),
        )
