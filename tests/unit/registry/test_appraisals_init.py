import ape
from ape import chain, project

LIMITS = (2, 1_500, 1_000, 60)


def test_starts_with_the_limits_of_the_jurisdiction(city, deployer):
    appraisals = deployer.deploy(
        project.Appraisals, city.authority, city.asset_registry, LIMITS, b"\x01" * 32
    )

    assert appraisals.limits() == LIMITS
    (log,) = chain.get_receipt(appraisals.txn_hash).events
    assert (log.event_name, log.resolution, log.clerk) == ("LimitsSet", b"\x01" * 32, deployer)


def test_points_to_its_registry(city):
    assert city.appraisals.registry() == city.asset_registry
    assert city.appraisals.authority() == city.authority


def test_refuses_an_account_for_its_registry(city, deployer, stranger):
    with ape.reverts("appraisals: no registry"):
        deployer.deploy(project.Appraisals, city.authority, stranger, LIMITS, b"\x01" * 32)


def test_refuses_an_account_for_its_authority(city, deployer, stranger):
    with ape.reverts("authorized: no authority"):
        deployer.deploy(project.Appraisals, stranger, city.asset_registry, LIMITS, b"\x01" * 32)
