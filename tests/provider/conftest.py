"""Fixtures for tests that name their chain themselves, whatever network pytest was started on."""

from contextlib import contextmanager

import pytest
from ape import accounts, chain, networks

from . import sources

REVM = "ethereum:local:revm"
ETH_TESTER = "ethereum:local:test"


@contextmanager
def clean_chain():
    """The revm chain of the whole test run, left as it was."""
    with networks.parse_network_choice(REVM) as provider:
        snapshot = chain.snapshot()
        yield provider
        chain.restore(snapshot)


@contextmanager
def new_chain(choice: str = REVM, **settings):
    """A chain of its own, past Ape's list of connections, which would hand out the one it has.

    Its contracts live at addresses that the test run may use too, so what Ape remembers of them is
    kept apart. It is not disconnected: eth-tester would drop the snapshots of every chain with its
    chain id.
    """
    provider = networks.get_provider_from_choice(choice, provider_settings=settings)
    provider.connect()
    before = networks.active_provider
    networks.active_provider = provider
    try:
        with chain.contracts.use_temporary_caches():
            yield provider
    finally:
        networks.active_provider = before


@pytest.fixture(scope="session")
def contracts():
    names = ("LEDGER", "LOCK", "CHILD", "FACTORY", "DESK", "CALLER", "PERMITS", "BOMB")
    return {name: sources.compile_contract(name.title(), getattr(sources, name)) for name in names}


@pytest.fixture
def revm():
    with clean_chain() as provider:
        yield provider


@pytest.fixture
def people(revm):
    return accounts.test_accounts


@pytest.fixture
def minter(people):
    return people[0]


@pytest.fixture
def stranger(people):
    return people[1]


@pytest.fixture
def ledger(contracts, minter):
    return minter.deploy(contracts["LEDGER"], 1_000)
