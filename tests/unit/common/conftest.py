import pytest
from ape import project


@pytest.fixture(scope="session")
def authority(city):
    return city.authority


@pytest.fixture(scope="session")
def newcomer(accounts):
    """Holds no role and is named nowhere."""
    return accounts[40]


@pytest.fixture(scope="session")
def other_newcomer(accounts):
    return accounts[41]


@pytest.fixture(scope="session")
def build(deployer):
    """Contracts to be pointed at: `build(3)` deploys three of some sort."""

    def deploy(count):
        return [deployer.deploy(project.MockSilentToken) for _ in range(count)]

    return deploy
