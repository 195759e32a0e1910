import ape
import pytest
from ape import chain, project

from civitas.chain.deploy import ZERO_ADDRESS, name32

MAX_NAMES = 128
LEASE, TREASURY = name32("Lease"), name32("Treasury")


def test_puts_entries_in_force(authority, deployer, build):
    lease, treasury = build(2)

    directory = deployer.deploy(
        project.CityDirectory, authority, [(LEASE, lease), (TREASURY, treasury)]
    )

    assert directory.authority() == authority
    assert directory.names() == [LEASE, TREASURY]
    assert (directory.address_of(LEASE), directory.address_of(TREASURY)) == (lease, treasury)
    assert (directory.version_of(LEASE), directory.version_of(TREASURY)) == (1, 1)
    assert directory.replaced_by(lease) == ZERO_ADDRESS
    assert chain.get_receipt(directory.txn_hash).events == [
        directory.EntrySet(name=LEASE, new_address=lease, old_address=ZERO_ADDRESS, version=1),
        directory.EntrySet(
            name=TREASURY, new_address=treasury, old_address=ZERO_ADDRESS, version=1
        ),
    ]


def test_takes_a_name_twice_as_a_replacement(authority, deployer, build):
    old, new = build(2)

    directory = deployer.deploy(project.CityDirectory, authority, [(LEASE, old), (LEASE, new)])

    assert directory.names() == [LEASE]
    assert directory.address_of(LEASE) == new
    assert directory.replaced_by(old) == new


def test_names_the_whole_city(city):
    addresses = {
        bytes(name).rstrip(b"\0").decode(): city.directory.address_of(name)
        for name in city.directory.names()
    }

    assert addresses == {
        name: contract.address for name, contract in city.contracts() if name != "CityDirectory"
    }


@pytest.mark.parametrize("count", [0, MAX_NAMES])
def test_takes_up_to_128_entries(authority, deployer, build, count):
    entries = [(name32(f"N{i}"), contract) for i, contract in enumerate(build(count))]

    directory = deployer.deploy(project.CityDirectory, authority, entries)

    assert directory.names() == [name for name, _ in entries]


def test_refuses_129_entries(authority, deployer, stranger):
    entries = [(name32(f"N{i}"), stranger) for i in range(MAX_NAMES + 1)]

    with ape.reverts("Transaction failed."):
        deployer.deploy(project.CityDirectory, authority, entries)


def test_refuses_an_entry_without_a_name(authority, deployer, build):
    with ape.reverts("city_directory: no name"):
        deployer.deploy(project.CityDirectory, authority, [(bytes(32), build(1)[0])])


def test_refuses_an_account_for_its_authority(deployer, stranger):
    with ape.reverts("authorized: no authority"):
        deployer.deploy(project.CityDirectory, stranger, [])
