"""A chain of its own with a whole city on it, the people of the city, and the meter."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import ape
from ape.api import AccountAPI, ReceiptAPI
from ape.contracts import ContractInstance
from ape.contracts.base import ContractTransactionHandler
from eth_utils import keccak, to_checksum_address

from civitas.chain.address_book import AddressBook
from civitas.chain.city import City
from civitas.chain.deploy import deploy_city, name32
from civitas.chain.leases import EPOCH, Draft, draft
from civitas.chain.parameters import Parameters
from civitas.chain.roles import Role
from civitas.profiles import Proof
from tests.gas.sources import MONEY
from tests.provider.sources import compile_contract

REFERENCE = "ethereum:local:test"  # eth-tester, whose gas the files hold
IN_PROCESS = "ethereum:local:revm"  # where the other tests run, by an EVM of its own
# A chain id that nothing else uses gives a chain that nothing else has touched.
CHAIN_ID = 20_001
PARAMS = Path("deployments/ethereum/local/params.toml")

# A fixed start, later than any clock, so that block times (and the bytes of calldata that carry
# them) are the same in every run: each block then comes one second after the last.
START = 4_102_444_800  # {s} 2100-01-01
DAY = 86_400  # {s}
VALID_UNTIL = START + 3_650 * DAY  # {s}

COUNTRY = 410  # ISO 3166-1 numeric
AREA = 12_345  # {0.01 m2}
ENERGY = 67_890  # {kWh} per year
BOOK_VALUE = 10**9  # {asset}
OFFICE = 1  # a class that may be tokenised and let
UNITS = 10**24  # {unit} on a deed
INCOME = 10**12  # {asset} given to the payer, in a currency without decimals
EVERYTHING = 2**256 - 1  # an allowance that is not used up

GENERAL = name32("GENERAL")
GREEN = name32("GREEN")

# The deployer's place in the list of test accounts; with a deployer that the other tests don't
# use, no contract here has the address of a different one there.
_DEPLOYER = 100


class NotTheState(Exception):
    """The transaction would be measured in another state than its sentence says."""


@dataclass
class Meter:
    """Figures by sentence. The first word is the function, taken from the call itself."""

    gas: dict[str, int] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    def call(
        self, method: ContractTransactionHandler, case: str, *arguments: Any, sender: AccountAPI
    ) -> int:
        """Call `method` and keep the gas of its receipt as "<Contract>.<method> <case>"."""
        receipt = method(*arguments, sender=sender)
        contract = method.contract.contract_type.name
        return self._keep(self.gas, f"{contract}.{method.abis[0].name} {case}", receipt.gas_used)

    def by(self, sender: AccountAPI) -> Callable[..., int]:
        """`call` with a fixed sender: by(alice)(token.transfer, "to a new holder", bob, 7)."""
        return partial(self.call, sender=sender)

    def share(self, sentence: str, gas: int, parts: int) -> None:
        """Keep the gas of one part of a batch, rounded down."""
        self._keep(self.gas, sentence, gas // parts)

    def deployment(self, sentence: str, receipt: ReceiptAPI) -> None:
        self._keep(self.gas, sentence, receipt.gas_used)

    def size(self, sentence: str, address: str) -> None:
        """Keep the bytes of code at an address, immutables included, as the limit counts them."""
        self._keep(self.sizes, sentence, len(ape.chain.provider.get_code(address)))

    @staticmethod
    def _keep(figures: dict[str, int], sentence: str, figure: int) -> int:
        if sentence in figures:
            raise NotTheState(f"measured twice: {sentence}")
        figures[sentence] = figure
        return figure


@dataclass(frozen=True)
class Stage:
    """The city, and who acts in it."""

    meter: Meter
    city: City
    book: AddressBook
    deployer: AccountAPI  # holds no role
    council: AccountAPI
    # verified investors
    alice: AccountAPI
    bob: AccountAPI
    carol: AccountAPI
    dave: AccountAPI
    # not registered anywhere
    spender: AccountAPI
    payer: AccountAPI  # brings all money in
    candidate: AccountAPI  # for a role, or the council's office

    @property
    def investors(self) -> tuple[AccountAPI, ...]:
        return (self.alice, self.bob, self.carol, self.dave)

    def officer(self, role: Role) -> AccountAPI:
        """Who holds the role in the parameters."""
        account, *_ = Parameters.read(PARAMS).roles[role.name]
        return ape.accounts.test_accounts[int(account.removeprefix("test:"))]

    def register_asset(self, parcel: str) -> int:
        """A deed of the city's; its id."""
        self.city.asset_registry.register(
            self.council, [asset_record(parcel)], sender=self.officer(Role.ASSET_MANAGER)
        )
        return int(self.city.asset_registry.total_assets())

    def file_proofs(self, asset_id: int) -> None:
        """Every kind that an offering needs."""
        self.city.asset_registry.file_proofs(
            [proof_filing(asset_id, proof) for proof in Proof],
            sender=self.officer(Role.COMPLIANCE_OFFICER),
        )

    def register_units(self, asset_id: int) -> None:
        """Units on a deed that may be offered."""
        self.file_proofs(asset_id)
        self.city.asset_registry.register_units(
            asset_id, UNITS, resolution("units"), sender=self.officer(Role.COUNCIL_CLERK)
        )

    def create_token(self, parcel: str) -> ContractInstance:
        """A security token without holders."""
        asset_id = self.register_asset(parcel)
        self.register_units(asset_id)
        self.city.token_factory.create_token(
            *(asset_id, "City Hall", "HALL", 18, self.city.payment_token),
            sender=self.officer(Role.ASSET_MANAGER),
        )
        return self.city.token(asset_id)

    def create_splitter(
        self,
        parcel: str,
        payees: Sequence[Any],
        tiers: Sequence[Any] = (),
        is_rest_to_first: bool = False,
    ) -> ContractInstance:
        """The splitter of a new deed."""
        rules = (1, is_rest_to_first, list(tiers), payees)
        asset_id = self.register_asset(parcel)
        self.city.splitter_factory.create_splitter(
            *(asset_id, self.city.payment_token, rules), sender=self.officer(Role.ASSET_MANAGER)
        )
        return self.city.splitter(asset_id)

    def rules(self, content: Any) -> str:
        """Where rules are that anyone wrote down."""
        receipt = self.city.splitter_factory.create_rules(content, sender=self.spender)
        return str(receipt.return_value)

    def send_money(self, receiver: ContractInstance, amount: int) -> None:
        self.city.payment_token.transfer(receiver, amount, sender=self.payer)

    def allow_money(self, spender: ContractInstance) -> None:
        """Let a contract take the payer's money; the allowance never shrinks to zero."""
        self.city.payment_token.approve(spender, EVERYTHING, sender=self.payer)

    def lease_draft(
        self, asset_id: int, years: int, rent: int, use: str = "AGREED", deposit: int = 0
    ) -> Draft:
        """A draft from today on, at a rent by the month."""
        start = EPOCH + timedelta(int(ape.chain.pending_timestamp) // DAY)
        end = start.replace(year=start.year + years)
        how = {"annual_rent": 12 * rent, "deposit": deposit}
        return draft(asset_id, self.spender.address, use, start, end, **how)

    def wait(self, seconds: int) -> None:
        """Let time pass before the next transaction."""
        ape.chain.mine(timestamp=ape.chain.pending_timestamp + seconds)

    def money_of(self, account: Any) -> int:
        return int(self.city.payment_token.balanceOf(account))


@contextmanager
def opened(network: str) -> Iterator[Stage]:
    """A new chain and a new city on it. Afterwards the network is the one that was in use."""
    settings = {"chain_id": CHAIN_ID}
    with (
        ape.networks.parse_network_choice(
            network, provider_settings=settings, disconnect_after=True
        ),
        # Ape runs every transaction once more, to look for console logs that none of ours writes.
        patch("ape.api.transactions.ReceiptAPI.show_debug_logs"),
        TemporaryDirectory() as folder,
    ):
        ape.chain.pending_timestamp = START
        yield _city(Path(folder))


def _city(folder: Path) -> Stage:
    accounts = ape.accounts.test_accounts
    deployer, council = accounts[_DEPLOYER], accounts[1]
    people = accounts[_DEPLOYER + 1 : _DEPLOYER + 12]
    # An address with a zero byte makes calldata cheaper, by 12 gas and more.
    alice, bob, carol, dave, spender, payer, candidate, *_ = (
        account for account in people if is_plain(account.address)
    )
    money = deployer.deploy(compile_contract("Money", MONEY), 0)
    money.mint(payer, INCOME, sender=payer)
    params = folder / "params.toml"
    params.write_text(PARAMS.read_text().replace('"mock"', f'"{money.address}"'))
    book = AddressBook(folder / "book")
    city = deploy_city(params, book, deployer)
    if city.payment_token.address != money.address:
        raise NotTheState("the city has another payment token than the plain one")
    return Stage(
        meter=Meter(),
        city=city,
        book=book,
        deployer=deployer,
        council=council,
        alice=alice,
        bob=bob,
        carol=carol,
        dave=dave,
        spender=spender,
        payer=payer,
        candidate=candidate,
    )


def is_plain(address: str) -> bool:
    """Whether no byte of an address is zero."""
    return 0 not in bytes.fromhex(address.removeprefix("0x"))


def addresses(purpose: str, count: int) -> list[str]:
    """Addresses nobody holds a key for, without a zero byte."""
    found: list[str] = []
    number = 0
    while len(found) < count:
        number += 1
        address = to_checksum_address(keccak(text=f"{purpose} {number}")[-20:])
        if is_plain(address):
            found.append(address)
    return found


def registration(wallet: Any) -> tuple[Any, Any, int, int, int]:
    """An investor, whose wallet is its identity, as IdentityRegistry.register takes it."""
    return (wallet, wallet, COUNTRY, 0, VALID_UNTIL)


def asset_record(parcel: str) -> tuple[bytes, int, int, int, bytes]:
    """An asset as AssetRegistry.register takes it."""
    return (keccak(text=parcel), OFFICE, AREA, ENERGY, document(parcel), BOOK_VALUE)


def proof_filing(asset_id: int, proof: Proof) -> tuple[int, int, int, bytes]:
    """A proof as AssetRegistry.file_proofs takes it."""
    return (asset_id, proof.kind, VALID_UNTIL, document(proof))


def resolution(subject: str) -> bytes:
    """Hash of what the council resolved."""
    return keccak(text=f"resolution on {subject}")


def document(subject: str) -> bytes:
    """Hash of a document."""
    return keccak(text=f"document on {subject}")
