import pytest
from ape import chain


@pytest.fixture(scope="module")
def identities(city):
    return city.identity_registry


@pytest.fixture(scope="module")
def in_a_year():
    return chain.pending_timestamp + 365 * 86_400


@pytest.fixture(scope="module")
def file_number(accounts):
    """The pseudonym under which the compliance office keeps a file."""
    return accounts[60]


@pytest.fixture(scope="module")
def other_file_number(accounts):
    return accounts[61]


@pytest.fixture(scope="module")
def at():
    """Let the next read see a moment: `at(timestamp)`."""
    return lambda moment: chain.mine(timestamp=moment)
