"""Puts a successor in a contract's place: deployed, recorded, and set in the directory.

What each replacement means, and why most contracts have none, is in docs/adr/0031.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ape import chain
from ape.api import AccountAPI
from ape.contracts import ContractInstance

from civitas.chain.address_book import AddressBook
from civitas.chain.city import City
from civitas.chain.deploy import (
    JOURNAL,
    Deployer,
    as_text,
    name32,
    replaceable_arguments,
    withholding_rules,
)
from civitas.chain.journal import Journal
from civitas.chain.outbox import Outbox
from civitas.chain.parameters import Parameters
from civitas.chain.roles import Role
from civitas.chain.sources import creation_code
from civitas.chain.verification import encoded
from civitas.errors import CivitasError
from civitas.profiles import Profile

NEXT = "next"  # folder beside the records: a successor that is not in force yet

# name -> why there is no successor for it
REFUSED = {
    "PaymentToken": "tokens, splitters and leases keep the money they were made with",
    "Authority": "every contract asks the one that it was made with; change roles in it",
    "AssetRegistry": "it is the register: deeds, documents and units would have to move",
    "IdentityRegistry": "the factory, the desk and dividends ask this one for ever",
    "Enforcement": "tokens obey this one for ever, and its orders are open",
    "TokenExtension": "tokens answer through this one for ever",
    "TokenFactory": "the books find the city's tokens through this one",
    "DebtTerms": "terms are laid down for good, and nothing would keep a second set from differing",
    "SplitterFactory": "splitters and the Lease ask this one for ever",
    "Lease": "leases and what was paid on them would have to move",
    "LeaseDeposits": "it holds the tenants' deposits",
    "LeaseTender": "it holds the bidders' deposits, and the Lease lets by this one for ever",
    "RentTable": "the Lease asks this one for ever, and index values are published once",
    "RentEscrow": "it holds rent by court order",
    "Treasury": "splitters pay into this one; its money and its payments would have to move",
    "IncomeDesk": "it holds taxes that are due, and Dividends pays through this one for ever",
    "Dividends": "it holds what is not claimed yet",
    "CarbonRegistry": "it is the only issuer of the city's credits; serials would have to move",
    "CarbonCredit": "it holds the credits",
    "RetirementCertificate": "it holds the certificates",
    "CityDirectory": "it is the address by which everybody knows the city",
    "Timelock": "the office moves by `ape run handover`, not by the directory",
}


@dataclass(frozen=True)
class Replacement:
    """A successor that may be deployed now; `then` is what others have to do afterwards."""

    name: str
    old: str
    arguments: tuple[Any, ...]
    then: str


def plan_replacement(name: str, params: Path, book: AddressBook) -> Replacement:
    """What replacing a contract means now. Sends nothing.

    Raises CivitasError where there is no successor for it, where its state would be lost, and
    where it is what the sources and parameters make already.
    """
    if name in REFUSED:
        raise CivitasError(f"{name} can't be replaced: {REFUSED[name]}")
    if name not in _RULES:
        known = ", ".join(sorted(_RULES))
        raise CivitasError(f"no contract {name} to replace; there are {known}")
    parameters = Parameters.read(params)
    profile = parameters.load_profile(params)
    city = City.from_book(book)
    record = book.require(name)
    old = dict(city.contracts())[name]
    arguments = replaceable_arguments(
        parameters, profile, city.authority.address, city.asset_registry.address
    )[name]
    made = creation_code(name) + encoded(name, as_text(arguments))
    if bytes(chain.provider.get_receipt(record.transaction).transaction.data) == made:
        raise CivitasError(f"{name} is what these sources and parameters make; nothing to replace")
    keeps, then = _RULES[name]
    if lost := list(keeps(old, record.block, profile)):
        raise CivitasError(f"{name} can't be replaced now: {'; '.join(lost)}")
    return Replacement(name, old.address, arguments, then)


def replace_contract(
    name: str,
    params: Path,
    book: AddressBook,
    engineer: AccountAPI,
    say: Callable[[str], None] = lambda line: None,
) -> Replacement:
    """Deploy the successor and put it in force. A run that broke off is taken up where it stopped.

    Raises as `plan_replacement`, and CivitasError where the account is no chain engineer.
    """
    staged = AddressBook(book.folder / NEXT)
    if (waiting := staged.get(name)) and waiting == book.get(name):
        _clear(staged, name)  # broke off after its last act
    planned = plan_replacement(name, params, book)
    city = City.from_book(book)
    if not city.authority.hasRole(Role.CHAIN_ENGINEER.id, engineer):
        raise CivitasError(f"{engineer.address} is no CHAIN_ENGINEER, who sets the directory")
    journal = Journal(staged.folder / JOURNAL)
    with journal.alone():
        deployer = Deployer(Outbox(engineer, journal, say), staged, params, say)
        successor = deployer.contract(name, *planned.arguments)
        if city.directory.address_of(name32(name)) != successor.address:
            deployer.call(
                f"set the entry of {name}",
                city.directory.set_entry,
                name32(name),
                successor.address,
                shown=(name, successor.address),
            )
        book.replace(name, staged.require(name))
    _clear(staged, name)
    say(f"{name:<28} {successor.address}  in force, in place of {planned.old}")
    return planned


def _clear(staged: AddressBook, name: str) -> None:
    for path in (staged.folder / f"{name}.json", staged.folder / JOURNAL):
        path.unlink(missing_ok=True)
    if not any(staged.folder.iterdir()):
        staged.folder.rmdir()


# --- what would be lost: what a successor can't be given


def _of_appraisals(old: ContractInstance, start: int, profile: Profile) -> Iterator[str]:
    stop = chain.blocks.head.number + 1
    assets = sorted({log.asset_id for log in old.Appraised.range(start, stop)})
    if filed := [asset_id for asset_id in assets if old.filings(asset_id)]:
        yield (
            f"{len(filed)} assets have filings there, the first is {filed[0]}, which only their "
            "appraisers can file again: let them lapse or be withdrawn first"
        )


def _of_tax_table(old: ContractInstance, start: int, profile: Profile) -> Iterator[str]:
    stop = chain.blocks.head.number + 1
    if forms := sum(1 for _log in old.FormFiled.range(start, stop)):
        yield f"{forms} treaty forms were filed there, which only the officers can file again"
    now = chain.blocks.head.timestamp
    kept = set(withholding_rules(profile))
    for log in old.RuleSet.range(start, stop):
        rule = (log.holder_class, log.country, log.is_treaty, _plain(log.new))
        if log.new[0] <= now and rule not in kept:
            yield (
                f"its rule {log.number} has been in force and is not in the profile: what was "
                "taxed by it could not be told any more"
            )


def _plain(rule: Any) -> tuple[int, ...]:
    return tuple(int(each) for each in rule)


def _of_meters(old: ContractInstance, start: int, profile: Profile) -> Iterator[str]:
    stop = chain.blocks.head.number + 1
    if meters := sum(1 for _log in old.DeviceRegistered.range(start, stop)):
        yield (
            f"{meters} meters are registered there: a successor does not know their last "
            "readings, and would take a reading twice"
        )


def _of_compliance(old: ContractInstance, start: int, profile: Profile) -> Iterator[str]:
    """Nothing: a token keeps its rules and counts until the council binds it to another one."""
    yield from ()


_RULES: dict[str, tuple[Callable[[ContractInstance, int, Profile], Iterator[str]], str]] = {
    "Appraisals": (_of_appraisals, "the appraisers file there from now on"),
    "Compliance": (
        _of_compliance,
        "tokens stay with the old one until the council calls setCompliance() on them; officers "
        "set the rules anew, and anyone recounts the holders",
    ),
    "MeterRegistry": (_of_meters, "the ESG officer registers meters there"),
    "TaxTable": (
        _of_tax_table,
        "the desk asks the old one until the council clerk calls IncomeDesk.set_tax_table()",
    ),
}
