import ape
from ape import project


def test_names_its_authority(city, identities):
    assert identities.authority() == city.authority


def test_refuses_an_account_for_its_authority(deployer, stranger):
    with ape.reverts("authorized: no authority"):
        deployer.deploy(project.IdentityRegistry, stranger, [1], 86_400)
