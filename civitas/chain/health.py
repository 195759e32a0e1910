"""Whether a city that runs is well: what is stopped, what money is where, what has run out."""

from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from typing import Any

from ape import project
from ape.contracts import ContractInstance

from civitas.chain.address_book import AddressBook
from civitas.chain.city import City, contract_at
from civitas.chain.deploy import address_of
from civitas.chain.events import read_events, sources_of
from civitas.chain.facts import Fact
from civitas.chain.holdings import read_holdings
from civitas.chain.parameters import Parameters
from civitas.chain.roles import Role
from civitas.inventory.due import due
from civitas.inventory.register import Register
from civitas.records import Event

NATIONAL, LOCAL = 0, 1  # kinds of tax


def health(parameters: Parameters, city: City, book: AddressBook) -> Iterator[Fact]:
    """Facts of a running city; those that only ask for attention are warnings."""
    start = book.require("Authority").block
    events = read_events(sources_of(city, start), start)
    tokens = {
        each.arguments["token"]: each.arguments for each in events if each.name == "TokenCreated"
    }
    splitters = [
        contract_at(project.RevenueSplitter, each.arguments["splitter"])
        for each in events
        if each.name == "SplitterCreated"
    ]
    yield from _running(city, tokens)
    yield from _of_splitters(splitters)
    yield from _of_treasury(events, city)
    yield from _of_tokens(events, tokens)
    yield from _of_desks(events, city)
    yield from _unexpected_roles(parameters, city, book)
    yield from _run_out(events, city, tokens)


def _running(city: City, tokens: dict[str, Any]) -> Iterator[Fact]:
    contracts = [
        *city.contracts(),
        *(
            (f"token of asset {said['asset_id']}", contract_at(project.SecurityToken, address))
            for address, said in tokens.items()
        ),
    ]
    for name, contract in contracts:
        if "paused" in contract.contract_type.view_methods:
            yield Fact(f"{name} runs", not contract.paused(), f"{contract.address} is stopped")


def _of_splitters(splitters: list[ContractInstance]) -> Iterator[Fact]:
    """A splitter holds what it owes, and lets nobody take more."""
    for splitter in splitters:
        name = f"splitter of asset {splitter.ASSET_ID()}"
        money = _money(splitter.asset())
        held, owed = money.balanceOf(splitter), splitter.total_owed()
        yield Fact(f"{name}: holds what it owes", held >= owed, f"holds {held}, owes {owed}")
        rules = contract_at(project.SplitterRules, splitter.rules()).rules()
        for receiver in dict.fromkeys(row.account for row in (*rules.tiers, *rules.payees)):
            allowed = money.allowance(splitter, receiver)
            yield Fact(f"{name}: {receiver} may take nothing", allowed == 0, f"allowed {allowed}")


def _of_treasury(events: list[Event], city: City) -> Iterator[Fact]:
    """What the treasury holds of each token is the sum of its fund accounts."""
    treasury = city.treasury
    funds = [each.arguments["fund"] for each in events if each.name == "FundOpened"]
    currencies = dict.fromkeys(
        [city.payment_token.address]
        + [
            each.arguments["token"]
            for each in events
            if each.contract == "Treasury" and "token" in each.arguments
        ]
    )
    for currency in currencies:
        total = treasury.total_of(currency)
        booked = sum(treasury.balance_of(currency, fund) for fund in funds)
        held = _money(currency).balanceOf(treasury)
        yield Fact(
            f"Treasury: fund accounts in {currency}",
            booked == total,
            f"they sum to {booked}, the total is {total}",
        )
        yield Fact(f"Treasury: holds its {currency}", held >= total, f"holds {held} of {total}")
        yield Fact(
            f"Treasury: everything in {currency} is booked",
            held <= total,
            f"{held - total} came without a booking: book_surplus() takes it up",
            is_warning=True,
        )


def _of_tokens(events: list[Event], tokens: dict[str, Any]) -> Iterator[Fact]:
    """A token holds what was deposited as income and not claimed."""
    owed: dict[str, int] = defaultdict(int)
    for each in events:
        if each.name == "IncomeDeposited" and each.address in tokens:
            owed[each.address] += each.arguments["amount"]
        elif each.name == "IncomeClaimed" and each.address in tokens:
            owed[each.address] -= each.arguments["amount"]
    for address, said in tokens.items():
        held = _money(said["payment_token"]).balanceOf(address)
        yield Fact(
            f"token of asset {said['asset_id']}: holds its holders' income",
            held >= owed[address],
            f"holds {held}, deposits less claims are {owed[address]}",
        )


def _of_desks(events: list[Event], city: City) -> Iterator[Fact]:
    """The desk holds the taxes, Dividends what is not claimed, and the Lease nothing."""
    desk, dividends, money = city.income_desk, city.dividends, city.payment_token
    currencies = dict.fromkeys(
        [money.address]
        + [each.arguments["payment_token"] for each in events if each.name == "TokenCreated"]
    )
    for currency in currencies:
        asset = _money(currency)
        taxes = [desk.tax_account(currency, kind) for kind in (NATIONAL, LOCAL)]
        owed = sum(each.withheld - each.remitted for each in taxes)
        held = asset.balanceOf(desk)
        yield Fact(f"IncomeDesk: holds its taxes in {currency}", held >= owed, f"{held} of {owed}")
        owed, held = dividends.total_held(currency), asset.balanceOf(dividends)
        yield Fact(f"Dividends: holds its {currency}", held >= owed, f"{held} of {owed}")
        allowed = asset.allowance(dividends, desk)
        yield Fact(
            f"Dividends: the desk may take what is held in {currency}",
            allowed == owed,
            f"allowed {allowed}, held {owed}",
        )
    held = money.balanceOf(city.lease)
    yield Fact("Lease: holds nothing", held == 0, f"holds {held}, sent to it", is_warning=True)


def _unexpected_roles(parameters: Parameters, city: City, book: AddressBook) -> Iterator[Fact]:
    """Nobody holds a role but the parameters' people and the contracts that need one."""
    wanted = {
        (role, address_of(account))
        for role, accounts in parameters.roles.items()
        for account in accounts
    }
    wanted |= {
        (Role.COMPLIANCE_OFFICER.name, city.enforcement.address),
        (Role.TOKEN_FACTORY.name, city.token_factory.address),
        (Role.LEASE.name, city.lease.address),
        (Role.RENT_ESCROW.name, city.rent_escrow.address),
        (Role.DIVIDENDS.name, city.dividends.address),
    }
    holdings = read_holdings(city, book)
    for each in holdings.held:
        if each.of == "Authority" and each.role != "ADMIN":
            yield Fact(
                f"{each.role} is for {each.account}",
                (each.role, each.account) in wanted,
                f"the parameters do not name it; granted in block {each.since_block}",
            )
    yield Fact(
        "events and state of the roles are equal",
        not holdings.differences,
        "; ".join(holdings.differences),
    )


def _run_out(events: list[Event], city: City, tokens: dict[str, Any]) -> Iterator[Fact]:
    """Appraisals and proofs of deeds, and claims of those who hold units."""
    warning = partial(Fact, is_warning=True)
    for each in due(Register.of(events), city.now, days=0):
        yield warning(
            f"asset {each.asset_id}: {each.what} is in force",
            not each.is_over,
            "there is none" if each.until is None else f"over since {each.until}",
        )
    identities = city.identity_registry
    for address, said in tokens.items():
        token = contract_at(project.SecurityToken, address)
        receivers = dict.fromkeys(
            each.arguments["receiver"]
            for each in events
            if each.name == "Transfer" and each.address == address
        )
        for holder in receivers:
            if int(holder, 16) and token.balanceOf(holder):
                yield warning(
                    f"token of asset {said['asset_id']}: {holder} is verified",
                    identities.isVerified(holder),
                    "its claims have lapsed or were revoked",
                )


def _money(address: str) -> ContractInstance:
    return contract_at(project.MockPaymentToken, address)
