"""A carbon project on a solar plant, and investors who hold its credits."""

from enum import IntFlag, auto
from itertools import count

import ape
import pytest
from eth_utils import keccak

TONNE = 10**8
DAY = 86_400
METHOD = keccak(text="methodology of grid-connected solar power")
EVIDENCE = keccak(text="monitoring report and its verification")
DETAILS = keccak(text="salt and details kept off chain")
ZERO_ADDRESS = "0x" + "00" * 20
# Midnight, long before any chain here begins.
START = 1_600_041_600


class Manner(IntFlag):
    """Of MockCreditReceiver."""

    ACCEPTS = auto()
    REFUSES = auto()
    ANSWERS_WRONG = auto()
    TRIES_BACK = auto()


@pytest.fixture(scope="session")
def carbon(city):
    return city.carbon_credit


@pytest.fixture(scope="session")
def certificate(city):
    return city.certificate


@pytest.fixture(scope="session")
def airline(accounts):
    """A beneficiary that is no investor."""
    return accounts[52]


@pytest.fixture(scope="session")
def broker(accounts):
    """An operator that is no investor."""
    return accounts[53]


@pytest.fixture(scope="session")
def solar_plant(register_asset):
    """An asset."""
    return register_asset("solar plant of the carbon tests")


@pytest.fixture(scope="session")
def wind_park(register_asset):
    """Another asset."""
    return register_asset("wind park of the carbon tests")


@pytest.fixture(scope="session")
def open_project(carbon, esg_officer):
    """Open a project on an asset; its id."""

    def register(asset_id):
        return carbon.register_project(asset_id, METHOD, sender=esg_officer).return_value

    return register


@pytest.fixture(scope="session")
def solar(open_project, solar_plant):
    """A project on the solar plant."""
    return open_project(solar_plant)


@pytest.fixture(scope="session")
def wind(open_project, wind_park):
    """A project on the wind park."""
    return open_project(wind_park)


@pytest.fixture(scope="session")
def issue(carbon, carbon_verifier):
    """Issue a batch: `issue(project, receiver, tonnes, start, end)`; the receipt."""

    def create(project_id, receiver, tonnes=100, start=START, end=START + DAY, vintage=2020):
        return carbon.issue(
            project_id, receiver, tonnes, vintage, start, end, EVIDENCE, sender=carbon_verifier
        )

    return create


@pytest.fixture
def investors(verify, alice, bob, carol):
    verify(alice, bob, carol)


@pytest.fixture
def batch(investors, issue, solar, alice):
    """Alice holds a hundred tonnes of the solar project; the token id."""
    return issue(solar, alice).return_value


@pytest.fixture
def more_batches(batch, issue, solar, alice):
    """Three batches of a hundred tonnes; the token ids."""
    ids = [batch]
    for number in (1, 2):
        start = START + number * DAY
        ids.append(issue(solar, alice, start=start, end=start + DAY).return_value)
    return ids


@pytest.fixture(scope="session")
def credit_receiver(project, verify, stranger):
    """A contract that may hold credits, and answers in the manner a test gives it."""
    contract = project.MockCreditReceiver.deploy(sender=stranger)
    verify(contract)
    return contract


@pytest.fixture(scope="session")
def revoke(city, compliance_officer):
    """Take a wallet off the register of investors."""
    return lambda wallet: city.identity_registry.deleteIdentity(wallet, sender=compliance_officer)


@pytest.fixture(scope="session")
def grant_role(city, council):
    return lambda role, account: city.authority.grantRole(
        keccak(text=role), account, sender=council
    )


@pytest.fixture(scope="session")
def not_allowed(stranger, council, auditor, asset_manager):
    """Assert that a call is refused to those who hold no role for it."""

    def check(call, *others):
        for account in (stranger, council, auditor, asset_manager, *others):
            with ape.reverts("authorized: missing role"):
                call(account)

    return check


@pytest.fixture(scope="session")
def unique_asset(register_asset):
    number = count()
    return lambda: register_asset(f"asset of a carbon test {next(number)}")
