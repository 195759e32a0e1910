import ape
import pytest
from hypothesis import given
from hypothesis import strategies as st

from civitas.chain.deploy import ZERO_ADDRESS, name32

from .examples import runs, undone

MAX_NAMES = 128
LEASE, VENUE = name32("Lease"), name32("Venue")


@pytest.fixture(scope="module")
def directory(city):
    return city.directory


def test_adds_a_name(directory, build, chain_engineer):
    (venue,) = build(1)
    names = directory.names()

    receipt = directory.set_entry(VENUE, venue, sender=chain_engineer)

    assert directory.address_of(VENUE) == venue
    assert directory.version_of(VENUE) == 1
    assert directory.names() == [*names, VENUE]
    assert receipt.events == [
        directory.EntrySet(name=VENUE, new_address=venue, old_address=ZERO_ADDRESS, version=1)
    ]


def test_replaces_a_contract_and_leaves_a_trace(directory, city, build, chain_engineer):
    (new_lease,) = build(1)
    names = directory.names()

    receipt = directory.set_entry(LEASE, new_lease, sender=chain_engineer)

    assert directory.address_of(LEASE) == new_lease
    assert directory.version_of(LEASE) == 2
    assert directory.replaced_by(city.lease) == new_lease
    assert directory.replaced_by(new_lease) == ZERO_ADDRESS
    assert directory.names() == names
    assert receipt.events == [
        directory.EntrySet(name=LEASE, new_address=new_lease, old_address=city.lease, version=2)
    ]


def test_refuses_the_empty_name(directory, build, chain_engineer):
    with ape.reverts("city_directory: no name"):
        directory.set_entry(bytes(32), build(1)[0], sender=chain_engineer)


@pytest.mark.parametrize("account", ["stranger", "zero"])
def test_refuses_what_is_no_contract(directory, chain_engineer, request, account):
    address = ZERO_ADDRESS if account == "zero" else request.getfixturevalue(account)

    with ape.reverts("city_directory: no contract"):
        directory.set_entry(VENUE, address, sender=chain_engineer)


def test_refuses_the_address_in_force(directory, city, chain_engineer):
    with ape.reverts("city_directory: address was used"):
        directory.set_entry(LEASE, city.lease, sender=chain_engineer)


def test_refuses_an_address_of_another_name(directory, city, chain_engineer):
    with ape.reverts("city_directory: address was used"):
        directory.set_entry(VENUE, city.lease, sender=chain_engineer)


def test_refuses_the_way_back(directory, city, build, chain_engineer):
    directory.set_entry(LEASE, build(1)[0], sender=chain_engineer)

    with ape.reverts("city_directory: address was used"):
        directory.set_entry(LEASE, city.lease, sender=chain_engineer)


@pytest.mark.parametrize("caller", ["stranger", "council", "guardian", "asset_manager"])
def test_refuses_all_but_the_chain_engineer(directory, city, build, request, caller):
    (new_lease,) = build(1)

    with ape.reverts("authorized: missing role"):
        directory.set_entry(LEASE, new_lease, sender=request.getfixturevalue(caller))

    assert directory.address_of(LEASE) == city.lease


def test_refuses_a_129th_name_but_still_replaces(directory, city, build, chain_engineer):
    known = len(directory.names())
    *venues, one_more = build(MAX_NAMES - known + 1)
    for i, venue in enumerate(venues):
        directory.set_entry(name32(f"Venue {i}"), venue, sender=chain_engineer)
    assert len(directory.names()) == MAX_NAMES

    with ape.reverts("Transaction failed."):
        directory.set_entry(VENUE, one_more, sender=chain_engineer)
    directory.set_entry(LEASE, one_more, sender=chain_engineer)

    assert directory.replaced_by(city.lease) == one_more


@runs(15)
@given(choices=st.lists(st.integers(0, 3), min_size=1, max_size=12))
def test_leads_from_any_old_address_to_the_one_in_force(directory, build, chain_engineer, choices):
    """INV-DIR-1: following `replaced_by` ends, and ends at the address in force."""
    names = [name32(f"Venue {i}") for i in range(4)]
    history = {name: [ZERO_ADDRESS] for name in names}
    with undone():
        for choice, venue in zip(choices, build(len(choices)), strict=True):
            directory.set_entry(names[choice], venue, sender=chain_engineer)
            history[names[choice]].append(venue.address)

        for name, (_, *addresses) in history.items():
            assert directory.version_of(name) == len(addresses)
            assert directory.address_of(name) == history[name][-1]
            successors = [directory.replaced_by(address) for address in addresses]
            assert successors == [*addresses, ZERO_ADDRESS][1 : len(addresses) + 1]
