import pytest
from ape import project


@pytest.fixture(scope="module")
def authority(city):
    return city.authority


@pytest.fixture(scope="module")
def newcomer(accounts):
    """Holds no role and is named nowhere."""
    return accounts[40]


@pytest.fixture(scope="module")
def other_newcomer(accounts):
    return accounts[41]


@pytest.fixture(scope="module")
def build(deployer):
    """Contracts to be pointed at: `build(3)` deploys three of some sort."""

    def deploy(count):
        return [deployer.deploy(project.MockSilentToken) for _ in range(count)]

    return deploy
