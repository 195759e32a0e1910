import ape
import pytest
from ape import project


def test_is_as_it_was_deployed(city):
    lease = city.lease

    assert lease.authority() == city.authority
    assert lease.asset() == city.payment_token
    assert lease.ASSET_REGISTRY() == city.asset_registry
    assert lease.SPLITTER_FACTORY() == city.splitter_factory
    assert lease.APPRAISALS() == city.appraisals
    assert lease.RENT_TABLE() == city.rent_table
    assert lease.DEPOSITS() == city.lease_deposits
    assert lease.UTC_OFFSET_MINUTES() == 540
    assert lease.MAX_MONTHS() == 600
    assert lease.total_leases() == 0
    assert not lease.paused()


@pytest.mark.parametrize("minutes", [-840, -839, -300, 0, 345, 839, 840])
def test_takes_the_time_zones_of_the_world(lease_in, minutes):
    assert lease_in(minutes).UTC_OFFSET_MINUTES() == minutes


@pytest.mark.parametrize("minutes", [-(2**255), -841, 841, 2**255 - 1])
def test_refuses_other_time_zones(lease_in, minutes):
    with ape.reverts("lease: bad time zone"):
        lease_in(minutes)


@pytest.mark.parametrize(
    ("position", "reason"),
    [
        (0, "authorized: no authority"),
        (1, "lease: no asset"),
        (2, "lease: no registry"),
        (3, "lease: no splitter factory"),
        (4, "lease: no appraisals"),
        (5, "lease: no rent table"),
        (6, "lease: no deposits"),
    ],
)
def test_refuses_an_account_where_a_contract_belongs(city, deployer, stranger, position, reason):
    arguments = [city.authority, city.payment_token, city.asset_registry, city.splitter_factory]
    arguments += [city.appraisals, city.rent_table, city.lease_deposits]
    arguments[position] = stranger

    with ape.reverts(reason):
        deployer.deploy(project.Lease, *arguments, 0)


def test_refuses_deposits_of_another_currency(city, deployer, silent_token):
    deposits = deployer.deploy(project.LeaseDeposits, city.authority, silent_token)
    arguments = [city.authority, city.payment_token, city.asset_registry, city.splitter_factory]

    with ape.reverts("lease: no deposits"):
        deployer.deploy(project.Lease, *arguments, city.appraisals, city.rent_table, deposits, 0)
