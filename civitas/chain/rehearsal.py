"""A deployment run on a chain in this process, before anything is sent to the real one.

Step 2 has to see step 1. A call on the real node can't, and a fork needs a node that keeps old
state; a city reads nothing of the chain it is deployed to but its payment token. So the very code
that deploys runs on an empty chain, with the deployer's nonce: addresses, arguments and code are
those that the real run will have.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from ape import accounts, chain, networks, project
from ape.api import AccountAPI, ReceiptAPI, TransactionAPI
from ape_ethereum.provider import Web3Provider

from civitas.chain.address_book import AddressBook, Record
from civitas.chain.city import BLUEPRINTS, CONTRACT_NAMES, TIMELOCK, City, contract_at
from civitas.chain.deploy import (
    address_of,
    code_hash,
    creation_hash,
    deploy_through,
    held_roles,
    require_timelock,
    text_of,
)
from civitas.chain.parameters import Parameters
from civitas.chain.roles import ADMIN, Role
from civitas.errors import CivitasError

T = TypeVar("T")

CODE_LIMIT = 24_576  # {bytes} of a contract (EIP-170)
INIT_LIMIT = 49_152  # {bytes} of what creates it (EIP-3860)


@dataclass(frozen=True)
class Step:
    """One transaction of the run, as the rehearsal saw it."""

    number: int
    name: str
    nonce: int
    arguments: tuple[str, ...]
    gas: int
    address: str | None = None  # of the contract that it creates
    size: int = 0  # {bytes} of its code
    init_size: int = 0  # {bytes} of what creates it


@dataclass(frozen=True)
class Check:
    what: str
    holds: bool
    detail: str


@dataclass(frozen=True)
class Plan:
    """What `apply` would send, and whether it can."""

    network: str
    chain_id: int
    deployer: str
    balance: int  # {wei}
    gas_price: int  # {wei} per gas, now
    recorded: tuple[str, ...]  # names of the contracts that are there already
    steps: tuple[Step, ...]
    roles: dict[str, tuple[str, ...]]  # role -> who holds it at the end
    checks: tuple[Check, ...]

    @property
    def gas(self) -> int:
        return sum(step.gas for step in self.steps)

    @property
    def cost(self) -> int:
        """{wei} at the gas price of now."""
        return self.gas * self.gas_price

    @property
    def is_sound(self) -> bool:
        return all(check.holds for check in self.checks)

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "gas": self.gas, "cost": self.cost}


def plan_city(params: Path, book: AddressBook, deployer: str) -> Plan:
    """What deploying with these parameters would do now. Sends nothing and writes nothing.

    Raises InputErrors for bad parameters, and CivitasError where the run would be refused.
    """
    parameters = Parameters.read(params)
    parameters.load_profile(params)
    require_timelock(parameters)
    council = address_of(parameters.council)
    provider = chain.provider
    names = [
        *CONTRACT_NAMES.values(),
        *(f"{name}Blueprint" for name in BLUEPRINTS),
        *([TIMELOCK] if parameters.timelock else []),
    ]
    records = {name: record for name in names if (record := book.get(name))}
    # The rehearsal makes the city as it was first; what was replaced since is past.
    originals = {name: record for name in names if (record := book.original(name))}
    code_checks = tuple(
        check
        for name, record in records.items()
        for check in (
            Check(
                f"{name} has the recorded code",
                code_hash(record.address) == record.code_hash,
                record.address,
            ),
            Check(
                f"{name} was made from these sources",
                creation_hash(record.contract) == record.creation_hash,
                f"commit {record.commit}",
            ),
        )
    )
    nonce = provider.get_nonce(deployer, "pending")
    in_flight = nonce - provider.get_nonce(deployer)
    done = set(records)
    granted: list[tuple[Role, str]] = []
    is_admin = True
    if "Authority" in records and all(check.holds for check in code_checks):
        authority = contract_at(project.Authority, records["Authority"].address)
        granted = held_roles(authority, records["Authority"].block)
        is_admin = authority.hasRole(ADMIN, deployer)
        done |= _calls_done(authority, granted, records, parameters)
    token = _real_token(parameters)
    network = f"{provider.network.ecosystem.name}:{provider.network.name}"
    chain_id, balance = provider.chain_id, provider.get_balance(deployer)
    # Ape says 0 for every local network; the node knows better.
    is_remote = isinstance(provider, Web3Provider)
    gas_price = int(provider.web3.eth.gas_price if is_remote else provider.gas_price)
    if not all(check.holds for check in code_checks):
        # Another chain, or other contracts: what would follow can't be told.
        return Plan(
            network, chain_id, deployer, balance, gas_price, tuple(records), (), {}, code_checks
        )
    council_is_contract = len(provider.get_code(council)) > 0
    is_local = provider.network.is_local
    records_nonces = {
        name: _nonce_of(record.deployer, record.address, nonce)
        for name, record in originals.items()
    }
    with (
        networks.parse_network_choice(
            "ethereum:local:revm",
            # A chain of its own, also where the real one is of the same kind.
            provider_settings={
                "chain_id": chain_id,
                "evm_version": project.config.vyper.evm_version,
                "genesis_timestamp": next(_GENESIS),
            },
        ) as private,
        TemporaryDirectory() as folder,
    ):
        rehearsal = Rehearsal(deployer, nonce, done, records_nonces, private, granted)
        if token is not None:
            rehearsal.put_token(*token)
        try:
            city = deploy_through(params, AddressBook(Path(folder)), rehearsal, lambda line: None)
        finally:  # else Ape takes anybody's signature for the deployer's from now on
            accounts.test_accounts.stop_impersonating(rehearsal.account.address)
        moved = [
            name
            for name, record in originals.items()
            if AddressBook(Path(folder)).require(name).address.lower() != record.address.lower()
        ]
        roles = _roles(parameters, city)
    steps = tuple(rehearsal.steps)
    gas = sum(step.gas for step in steps)
    cost = gas * gas_price
    too_large = [
        each.name for each in steps if each.size > CODE_LIMIT or each.init_size > INIT_LIMIT
    ]
    taken_back = [each.name for each in steps if each.name.startswith("revoke ")]
    checks = (
        *code_checks,
        Check(
            "the records are of this deployer's city",
            not moved,
            ", ".join(moved) if moved else "every recorded address is the rehearsed one",
        ),
        Check(
            f"no contract is above {CODE_LIMIT:,} bytes",
            not too_large,
            ", ".join(too_large)
            or f"the largest has {max((each.size for each in steps), default=0):,}",
        ),
        Check(
            "the deployer may take back what the parameters do not give",
            is_admin or not taken_back,
            ", ".join(taken_back) or "nothing is to be taken back",
        ),
        Check(
            "the deployer can pay",
            balance >= cost,
            f"{ether(balance)} held, {ether(cost)} needed",
        ),
        Check(
            "the deployer has nothing else in flight",
            in_flight == 0,
            f"{in_flight} transactions pending",
        ),
        Check(
            "the council is a contract, as a Safe is, or the network local",
            council_is_contract or is_local,
            f"{council} has {'code' if council_is_contract else 'no code'}",
        ),
    )
    return Plan(
        deployer=deployer,
        recorded=tuple(records),
        steps=steps,
        roles=roles,
        checks=checks,
        network=network,
        chain_id=chain_id,
        balance=balance,
        gas_price=gas_price,
    )


# {s} Ape keeps the chains of a process by their settings: no two rehearsals begin alike.
_GENESIS = count(1_500_000_000)


@dataclass
class Rehearsal:
    """Runs each step as the deployer would; keeps those that the real chain does not have."""

    deployer: str
    nonce: int  # of the first step that is still to do
    done: set[str]
    recorded: dict[str, int]  # name of a recorded contract -> nonce that created it
    provider: Any  # of the chain in this process
    granted: list[tuple[Role, str]]  # roles that are held on the real chain
    steps: list[Step] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.provider.set_balance(self.deployer, 10**24)
        self.account: AccountAPI = accounts.test_accounts.impersonate_account(self.deployer)

    def put_token(self, address: str, decimals: int) -> None:
        """A stand-in with the decimals of the real payment token, at its address."""
        twin = accounts.test_accounts[0].deploy(project.MockPaymentToken, "Twin", "TWIN", decimals)
        self.provider.set_code(address, self.provider.get_code(twin.address))
        for slot in range(16):
            self.provider.set_storage(
                address, slot, bytes(self.provider.get_storage(twin.address, slot))
            )

    def send(
        self, step: str, transaction: TransactionAPI, shown: tuple[Any, ...], is_once: bool
    ) -> ReceiptAPI:
        is_done = step in self.done
        nonce = self.recorded.get(step, self.nonce)
        self.provider.set_nonce(self.deployer, nonce)
        transaction.gas_limit = self.provider.max_gas
        receipt = self.account.call(transaction)
        if step == "Authority":
            self._grant_as_before(str(receipt.contract_address))
        if not is_done:
            address = str(receipt.contract_address) if receipt.contract_address else None
            self.steps.append(
                Step(
                    number=len(self.steps) + 1,
                    name=step,
                    nonce=nonce,
                    arguments=tuple(text_of(each) for each in shown),
                    gas=receipt.gas_used,
                    address=address,
                    size=len(self.provider.get_code(address)) if address else 0,
                    init_size=len(transaction.data) if address else 0,
                )
            )
            self.nonce += 1
        return receipt

    def _grant_as_before(self, authority: str) -> None:
        """As on the real chain, so that what has to be taken back is taken back here too."""
        for role, address in self.granted:
            method = contract_at(project.Authority, authority).grantRole
            method(role.id, address, sender=self.account)

    def ask(self, request: Callable[[], T]) -> T:
        return request()


def ether(wei: int) -> str:
    """An amount of wei as ether, to the gwei, rounded up."""
    gwei = -(-wei // 10**9)
    return f"{gwei // 10**9}.{gwei % 10**9:09d} ETH"


def created_address(sender: str, nonce: int) -> str:
    """Where a contract goes that a transaction with this nonce creates."""
    return str(chain.provider.network.ecosystem.get_deployment_address(sender, nonce))


def _nonce_of(deployer: str, address: str, end: int) -> int:
    for nonce in range(end):
        if created_address(deployer, nonce).lower() == address.lower():
            return nonce
    raise CivitasError(f"{address} was not created by {deployer} with a nonce below {end}")


def _real_token(parameters: Parameters) -> tuple[str, int] | None:
    if parameters.payment_token == "mock":
        return None
    address = address_of(parameters.payment_token)
    if not chain.provider.get_code(address):
        raise CivitasError(f"payment_token {address} has no code on this network")
    return address, int(contract_at(project.MockPaymentToken, address).decimals())


def _calls_done(
    authority: Any,
    granted: list[tuple[Role, str]],
    records: dict[str, Record],
    parameters: Parameters,
) -> set[str]:
    done = {f"grant {role.name} {address}" for role, address in granted}
    successor = address_of(parameters.council)
    if parameters.timelock is not None:
        successor = records[TIMELOCK].address if TIMELOCK in records else ""
    if successor in (authority.admin(), authority.pending_admin()):
        done.add("name the council")
    return done


def _roles(parameters: Parameters, city: City) -> dict[str, tuple[str, ...]]:
    held = {
        role.name: tuple(address_of(each) for each in parameters.roles.get(role.name, ()))
        for role in Role
    }
    held[Role.COMPLIANCE_OFFICER.name] += (city.enforcement.address,)
    held[Role.TOKEN_FACTORY.name] += (city.token_factory.address,)
    held[Role.LEASE.name] += (city.lease.address,)
    held[Role.DIVIDENDS.name] += (city.dividends.address,)
    held[Role.RENT_ESCROW.name] += (city.rent_escrow.address,)
    admin = address_of(parameters.council) if city.timelock is None else city.timelock.address
    return {"ADMIN": (admin,), **held}
