import pytest
from ape import project
from eth_utils import keccak


@pytest.fixture(scope="module")
def registry(city):
    return city.asset_registry


@pytest.fixture(scope="module")
def appraisals(city):
    return city.appraisals


@pytest.fixture(scope="module")
def resolution():
    return keccak(text="a resolution of the council")


@pytest.fixture(scope="module")
def minutes():
    """Hash of the document that a resolution is in."""
    return keccak(text="minutes of the council")


@pytest.fixture
def office(register_asset):
    return register_asset("an office")


@pytest.fixture
def town_hall(register_asset):
    """Administrative property: it can be neither sold nor tokenised."""
    return register_asset("the town hall", "ADMINISTRATIVE")


@pytest.fixture(scope="module")
def token_factory(accounts, city):
    """The TokenFactory as a sender."""
    return accounts.impersonate_account(city.token_factory.address)


@pytest.fixture(scope="module")
def record(property_class):
    """What is registered of an asset: `record("parcel 1", area_dm2=0)`."""

    def make(parcel, class_id=None, area_dm2=10_000, energy_kwh=0, book_value=1_000_000):
        return (
            keccak(text=parcel) if parcel else bytes(32),
            property_class["OFFICE"] if class_id is None else class_id,
            area_dm2,
            energy_kwh,
            keccak(text=f"record of {parcel}"),
            book_value,
        )

    return make


@pytest.fixture(scope="module")
def deed_receiver(deployer):
    """A contract that is asked whether it takes a deed."""
    return deployer.deploy(project.MockDeedReceiver)


@pytest.fixture(scope="module")
def lease_contract(accounts, city):
    """The Lease contract as a sender."""
    return accounts.impersonate_account(city.lease.address)
