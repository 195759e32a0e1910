"""Reads a city back off the chain and compares it with its records and parameters."""

from collections.abc import Iterator
from pathlib import Path

from ape import chain

from civitas.chain.address_book import AddressBook
from civitas.chain.city import BLUEPRINTS, CONTRACT_NAMES, TIMELOCK, City
from civitas.chain.deploy import (
    HOUR,
    ZERO_ADDRESS,
    address_of,
    code_hash,
    name32,
    withholding_rules,
)
from civitas.chain.facts import Fact, equal
from civitas.chain.health import health
from civitas.chain.parameters import Parameters
from civitas.chain.roles import ADMIN, SEPARATED, Role
from civitas.profiles import Profile


def facts(params: Path, book: AddressBook) -> Iterator[Fact]:
    """Every fact in the order in which one rests on the other.

    Raises InputErrors for bad parameters and CivitasError for a missing record.
    """
    parameters = Parameters.read(params)
    code = list(_code(parameters, book))
    yield from code
    if not all(fact.holds for fact in code):
        return  # nothing can be asked of a contract that is not there
    city = City.from_book(book)
    yield from _wiring(city, book)
    profile = parameters.load_profile(params)
    yield from _taxes(profile, city)
    yield from _rents(profile, city)
    yield from _roles(parameters, city, book)
    yield from health(parameters, city, book)


def _code(parameters: Parameters, book: AddressBook) -> Iterator[Fact]:
    names = [*CONTRACT_NAMES.values(), *(f"{name}Blueprint" for name in BLUEPRINTS)]
    if parameters.payment_token != "mock":
        names.remove("PaymentToken")  # it was there before, and is not ours
    if parameters.timelock is not None:
        names.append(TIMELOCK)
    for name in names:
        record = book.require(name)
        there = len(chain.provider.get_code(record.address)) > 0
        yield Fact(f"{name} has code", there, f"{record.address}")
        yield equal(f"{name} has the recorded code", code_hash(record.address), record.code_hash)


def _wiring(city: City, book: AddressBook) -> Iterator[Fact]:
    authority = city.authority.address
    for name, contract in city.contracts():
        if "authority" in contract.contract_type.view_methods:
            yield equal(f"{name} obeys the Authority", contract.authority(), authority)
    registry = city.asset_registry.address
    identities = city.identity_registry.address
    yield equal("Appraisals values this registry", city.appraisals.registry(), registry)
    yield equal("TokenFactory: registry", city.token_factory.ASSET_REGISTRY(), registry)
    yield equal("TokenFactory: identities", city.token_factory.IDENTITY_REGISTRY(), identities)
    yield equal(
        "TokenFactory: enforcement", city.token_factory.ENFORCEMENT(), city.enforcement.address
    )
    yield equal(
        "TokenFactory: extension", city.token_factory.EXTENSION(), city.token_extension.address
    )
    yield equal("DebtTerms: tokens", city.debt_terms.TOKEN_FACTORY(), city.token_factory.address)
    yield equal(
        "TokenFactory: blueprint",
        city.token_factory.BLUEPRINT(),
        book.require("SecurityTokenBlueprint").address,
    )
    yield equal("SplitterFactory: registry", city.splitter_factory.ASSET_REGISTRY(), registry)
    yield equal(
        "SplitterFactory: blueprint",
        city.splitter_factory.BLUEPRINT(),
        book.require("RevenueSplitterBlueprint").address,
    )
    yield equal(
        "SplitterFactory: rules",
        city.splitter_factory.RULES_BLUEPRINT(),
        book.require("SplitterRulesBlueprint").address,
    )
    yield equal(
        "SplitterFactory: time zone",
        city.splitter_factory.UTC_OFFSET_MINUTES(),
        city.lease.UTC_OFFSET_MINUTES(),
    )
    yield equal("Lease: payment token", city.lease.asset(), city.payment_token.address)
    yield equal("Lease: registry", city.lease.ASSET_REGISTRY(), registry)
    yield equal("Lease: splitters", city.lease.SPLITTER_FACTORY(), city.splitter_factory.address)
    yield equal("Lease: appraisals", city.lease.APPRAISALS(), city.appraisals.address)
    yield equal("Lease: rent table", city.lease.RENT_TABLE(), city.rent_table.address)
    yield equal("Lease: deposits", city.lease.DEPOSITS(), city.lease_deposits.address)
    yield equal(
        "LeaseDeposits: payment token", city.lease_deposits.asset(), city.payment_token.address
    )
    yield equal("LeaseTender: lease", city.lease_tender.LEASE(), city.lease.address)
    yield equal("RentEscrow: payment token", city.rent_escrow.asset(), city.payment_token.address)
    yield equal(
        "RentEscrow: splitters", city.rent_escrow.SPLITTER_FACTORY(), city.splitter_factory.address
    )
    yield equal(
        "RentTable: time zone",
        city.rent_table.UTC_OFFSET_MINUTES(),
        city.lease.UTC_OFFSET_MINUTES(),
    )
    desk = city.income_desk.address
    yield equal("IncomeDesk: registry", city.income_desk.ASSET_REGISTRY(), registry)
    yield equal("IncomeDesk: identities", city.income_desk.IDENTITY_REGISTRY(), identities)
    yield equal("IncomeDesk: tax table", city.income_desk.tax_table(), city.tax_table.address)
    yield equal("Dividends: desk", city.dividends.DESK(), desk)
    yield equal("Dividends: identities", city.dividends.IDENTITY_REGISTRY(), identities)
    yield equal("Dividends: enforcement", city.dividends.ENFORCEMENT(), city.enforcement.address)
    yield equal("MeterRegistry: registry", city.meter_registry.ASSET_REGISTRY(), registry)
    yield equal("CarbonRegistry: registry", city.carbon_registry.ASSET_REGISTRY(), registry)
    yield equal("CarbonCredit: issuer", city.carbon_credit.ISSUER(), city.carbon_registry.address)
    yield equal("CarbonCredit: identities", city.carbon_credit.identityRegistry(), identities)
    yield equal(
        "RetirementCertificate: issuer", city.certificate.CREDIT(), city.carbon_credit.address
    )
    for name, contract in city.contracts():
        if name != "CityDirectory":
            yield equal(
                f"CityDirectory: {name}",
                city.directory.address_of(name32(name)),
                contract.address,
            )


def _taxes(profile: Profile, city: City) -> Iterator[Fact]:
    """The table still gives the profile's rules for their first seconds."""
    for holder_class, country, is_treaty, rule in withholding_rules(profile):
        if not is_treaty:
            found, _number = city.tax_table.rule_at(ZERO_ADDRESS, holder_class, country, rule[0])
            link = f"TaxTable: class {holder_class}, country {country}"
            yield equal(link, tuple(found), rule)


def _rents(profile: Profile, city: City) -> Iterator[Fact]:
    """The table still has the profile's tariffs and terms of permits."""
    for each in profile.tariffs:
        found = tuple(city.rent_table.tariff_of(name32(each.use)))
        yield equal(f"RentTable: {each.use}", found, each.words)
    for kind in profile.property_classes:
        months = city.rent_table.permit_months(name32(kind.code))
        yield equal(f"RentTable: permits of {kind.code}", months, kind.permit_months)


def _roles(parameters: Parameters, city: City, book: AddressBook) -> Iterator[Fact]:
    authority = city.authority
    council = address_of(parameters.council)
    admin, what = (council, "council") if city.timelock is None else (city.timelock, "timelock")
    yield Fact(
        f"the {what} is admin",
        authority.admin() == admin,
        f"admin is {authority.admin()}, expected {admin}"
        + (
            f"; {council} must call accept_admin() on "
            f"{authority.address if city.timelock is None else city.timelock.address}"
            if authority.pending_admin() == admin
            else ""
        ),
    )
    if city.timelock is not None and parameters.timelock is not None:
        yield equal("Timelock: council", city.timelock.council(), council)
        yield equal(
            "Timelock: delay",
            city.timelock.get_minimum_delay(),
            parameters.timelock.delay_hours * HOUR,
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
        yield equal(
            f"Treasury: fund {fund.name}",
            (opened.is_open, opened.is_restricted),
            (True, fund.is_restricted),
        )
