"""Who holds which role and since when: told by the events, and compared with the state."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from ape import chain
from ape.contracts import ContractInstance
from eth_utils.crypto import keccak

from civitas.chain.address_book import AddressBook
from civitas.chain.city import TIMELOCK, City
from civitas.chain.roles import ADMIN, Role

_CONTROLLER = ("PROPOSER_ROLE", "CANCELLER_ROLE", "EXECUTOR_ROLE")
NAMES = {
    ADMIN: "ADMIN",
    **{role.id: role.name for role in Role},
    **{keccak(text=name): name.removesuffix("_ROLE") for name in _CONTROLLER},
}


@dataclass(frozen=True, order=True)
class Holding:
    """A role of one account; `of` is the contract that keeps it."""

    of: str
    role: str
    account: str
    since_block: int
    transaction: str


@dataclass(frozen=True)
class Holdings:
    """All that is held, and where events and state differ, which they never may."""

    held: tuple[Holding, ...]
    differences: tuple[str, ...]

    def of(self, *accounts: str) -> tuple[Holding, ...]:
        """What some accounts hold."""
        wanted = {account.lower() for account in accounts}
        return tuple(each for each in self.held if each.account.lower() in wanted)

    @property
    def pairs(self) -> frozenset[tuple[str, str, str]]:
        """Contract, role and account, whenever it was granted."""
        return frozenset((each.of, each.role, each.account) for each in self.held)


def read_holdings(city: City, book: AddressBook) -> Holdings:
    """Read every grant and revocation of a city since its first block."""
    held: list[Holding] = []
    differences: list[str] = []
    keepers = [("Authority", city.authority)]
    if city.timelock is not None:
        keepers.append((TIMELOCK, city.timelock))
    for name, keeper in keepers:
        found, wrong = _of(name, keeper, book.require(name).block)
        held.extend(found)
        differences.extend(wrong)
    return Holdings(tuple(sorted(held)), tuple(differences))


def _of(name: str, keeper: ContractInstance, start: int) -> tuple[list[Holding], list[str]]:
    stop = chain.blocks.head.number + 1
    logs = [*keeper.RoleGranted.range(start, stop), *keeper.RoleRevoked.range(start, stop)]
    last: dict[tuple[bytes, str], Any] = {}
    for log in sorted(logs, key=lambda log: (log.block_number, log.log_index)):
        last[bytes(log.role), str(log.account)] = log
    # snekmate's controller is its own admin; nothing of it can be granted by that.
    mentioned = {key: log for key, log in last.items() if key != (ADMIN, keeper.address)}
    held, differences = [], []
    for (role, account), log in mentioned.items():
        is_held = log.event_name == "RoleGranted"
        title = NAMES.get(role, "0x" + role.hex())
        if is_held:
            held.append(Holding(name, title, account, log.block_number, str(log.transaction_hash)))
        if bool(keeper.hasRole(role, account)) != is_held:
            says = "holds" if is_held else "does not hold"
            differences.append(f"{name}: by its events {account} {says} {title}")
    return held, differences


def as_document(holdings: Holdings, people: dict[str, str], network: str) -> dict[str, Any]:
    """The report for a program."""
    return {
        "network": network,
        "chain_id": chain.provider.chain_id,
        "block": chain.blocks.head.number,
        "holdings": [
            {**asdict(each), "who": people.get(each.account, "")} for each in holdings.held
        ],
        "differences": list(holdings.differences),
    }


def as_markdown(document: dict[str, Any]) -> str:
    """The same for people."""
    lines = [
        f"# Roles on {document['network']} (chain {document['chain_id']})",
        "",
        f"At block {document['block']}, from the events of the contracts that keep them, "
        + (
            "which differ from their state:" if document["differences"] else "equal to their state."
        ),
        "",
        *(f"- {each}" for each in document["differences"]),
        "| kept by | role | account | who | since block |",
        "|---|---|---|---|---|",
        *(
            f"| {each['of']} | {each['role']} | `{each['account']}` | {each['who']} "
            f"| {each['since_block']} |"
            for each in document["holdings"]
        ),
    ]
    return "\n".join(lines) + "\n"


def people_of(city: City, book: AddressBook, named: Iterable[tuple[str, str]]) -> dict[str, str]:
    """address -> who that is: a contract of the city, its deployer, or whom the caller names."""
    found = {contract.address: name for name, contract in city.contracts()}
    found[book.require("Authority").deployer] = "deployer"
    return {**found, **{address: name for name, address in named}}
