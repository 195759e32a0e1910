"""A whole city, deployed by the package's own code, and its people by their duty.

The chain is `ethereum:local:revm` unless `--network` says otherwise. What a test does to it is
undone after the test, what a module's fixtures do after the module; what fixtures of the session
do stays.
"""

import logging
from pathlib import Path

import ape
import pytest
from eth_utils import keccak

from civitas.chain.address_book import AddressBook
from civitas.chain.deploy import accept_admin, deploy_city, name32
from civitas.chain.parameters import Parameters
from civitas.profiles import Proof

ape.logging.logger.set_level(logging.WARNING)

PARAMS = Path("deployments/ethereum/local/params.toml")
YEAR = 365 * 86_400
FOREVER = 2**64 - 1  # {s} the last date that a deed can keep


@pytest.fixture(scope="session", autouse=True)
def fresh_bytecode(project):
    """Compile anew.

    Ape looks at a contract's own file only: after an edit in a module the contract that uses it
    would be tested as it was before.
    """
    project.load_contracts(use_cache=False)


@pytest.fixture(scope="module", autouse=True)
def module_isolation(city):
    """Undo a module's transactions after its last test: only the city outlives it.

    So a fixture that changes the chain has the scope of a module or less. Ape's own isolation is
    switched off (pyproject.toml): it rebuilds its snapshots when a session's fixture comes up late,
    and then loses some.
    """
    snapshot = ape.chain.snapshot()
    yield
    ape.chain.restore(snapshot)


@pytest.fixture(autouse=True)
def isolation(module_isolation):
    """Undo a test's transactions after it."""
    snapshot = ape.chain.snapshot()
    yield
    ape.chain.restore(snapshot)


def _duty(number):
    @pytest.fixture(scope="session")
    def account(accounts):
        return accounts[number]

    return account


deployer = _duty(0)
council = _duty(1)
asset_manager = _duty(2)
council_clerk = _duty(3)
appraiser = _duty(4)
compliance_officer = _duty(5)
esg_officer = _duty(6)
carbon_verifier = _duty(7)
fiscal_analyst = _duty(8)
treasurer = _duty(9)
cashier = _duty(10)
auditor = _duty(11)
guardian = _duty(12)
chain_engineer = _duty(13)
second_verifier = _duty(14)
enforcer = _duty(15)
second_appraiser = _duty(16)
third_appraiser = _duty(17)
registrar = _duty(18)
# verified investors
alice = _duty(20)
bob = _duty(21)
carol = _duty(22)
# not registered anywhere
stranger = _duty(30)
tenant = _duty(31)
payer = _duty(32)


@pytest.fixture(scope="session")
def params():
    return Parameters.read(PARAMS)


@pytest.fixture(scope="session")
def city(project, deployer, council, tmp_path_factory):
    book = AddressBook(tmp_path_factory.mktemp("book"))
    deployed = deploy_city(PARAMS, book, deployer)
    accept_admin(deployed, council)
    return deployed


@pytest.fixture(scope="session")
def money(city):
    """The payment token."""
    return city.payment_token


@pytest.fixture(scope="session")
def property_class(city):
    """code -> class id."""
    codes = {}
    for class_id in range(7):
        codes[bytes(city.asset_registry.property_class(class_id).code).rstrip(b"\0").decode()] = (
            class_id
        )
    return codes


@pytest.fixture(scope="session")
def register_asset(city, asset_manager, council, property_class):
    """Register one asset: `register_asset("parcel 1", "OFFICE")` returns its id."""

    def register(parcel, class_code="OFFICE", area_dm2=10_000, energy_kwh=0, book_value=1_000_000):
        record = (
            keccak(text=parcel),
            property_class[class_code],
            area_dm2,
            energy_kwh,
            keccak(text=f"record of {parcel}"),
            book_value,
        )
        city.asset_registry.register(council, [record], sender=asset_manager)
        return city.asset_registry.total_assets()

    return register


@pytest.fixture(scope="session")
def verify(city, compliance_officer):
    """Register wallets as investors: `verify(alice, bob, valid_until=...)`."""

    def register(*wallets, country=410, investor_class=0, valid_until=None):
        until = valid_until or ape.chain.pending_timestamp + 10 * YEAR
        city.identity_registry.register(
            [(wallet, wallet, country, investor_class, until) for wallet in wallets],
            sender=compliance_officer,
        )

    return register


@pytest.fixture(scope="session")
def file_proofs(city, compliance_officer):
    """File every kind of proof for a deed: `file_proofs(asset_id, valid_until=...)`."""

    def file(asset_id, valid_until=FOREVER):
        city.asset_registry.file_proofs(
            [(asset_id, proof.kind, valid_until, keccak(text=proof)) for proof in Proof],
            sender=compliance_officer,
        )

    return file


@pytest.fixture(scope="session")
def create_token(city, council_clerk, asset_manager, file_proofs):
    """Register units on a deed and create its token: `create_token(asset_id, units=1_000)`."""

    def create(asset_id, units=1_000, decimals=0, payment_token=None):
        city.asset_registry.register_units(
            asset_id, units, keccak(text="resolution"), sender=council_clerk
        )
        file_proofs(asset_id)
        city.token_factory.create_token(
            asset_id,
            f"Asset {asset_id}",
            f"A{asset_id}",
            decimals,
            payment_token or city.payment_token,
            sender=asset_manager,
        )
        return city.token(asset_id)

    return create


@pytest.fixture(scope="session")
def create_splitter(city, asset_manager):
    """Create an asset's splitter: `create_splitter(asset_id, [(account, bps, purpose)])`.

    Without anything else it has no tiers, and what rounding leaves waits for later income.
    """

    def create(asset_id, payees, asset=None, tiers=(), quantum=1, is_rest_to_first=False):
        rules = (quantum, is_rest_to_first, list(tiers), payees)
        city.splitter_factory.create_splitter(
            asset_id, asset or city.payment_token, rules, sender=asset_manager
        )
        return city.splitter(asset_id)

    return create


@pytest.fixture(scope="session")
def general_fund():
    return name32("GENERAL")


@pytest.fixture(scope="session")
def green_fund():
    """Restricted."""
    return name32("GREEN")
