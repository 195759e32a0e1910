import ape
from ape import project


def test_points_to_its_registry(city):
    assert city.appraisals.registry() == city.asset_registry
    assert city.appraisals.authority() == city.authority


def test_refuses_an_account_for_its_registry(city, deployer, stranger):
    with ape.reverts("appraisals: no registry"):
        deployer.deploy(project.Appraisals, city.authority, stranger)


def test_refuses_an_account_for_its_authority(city, deployer, stranger):
    with ape.reverts("authorized: no authority"):
        deployer.deploy(project.Appraisals, stranger, city.asset_registry)
