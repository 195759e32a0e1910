import ape
import pytest

from civitas.chain.city import contract_at
from tests.unit.carbon.conftest import ZERO_ADDRESS


@pytest.fixture
def deploy_carbon(project, city, stranger, certificate_blueprint):
    """Deploy a credit contract, with one argument or another changed."""

    def create(**changed):
        arguments = {
            "authority": city.authority,
            "asset_registry": city.asset_registry,
            "identity_registry": city.identity_registry,
            "blueprint": certificate_blueprint,
        } | changed
        return project.CarbonCredit.deploy(
            *arguments.values(), "https://credits/", "https://certificates/", sender=stranger
        )

    return create


@pytest.fixture(scope="session")
def certificate_blueprint(project, stranger):
    return stranger.declare(project.RetirementCertificate).contract_address


def test_creates_its_certificates_and_is_their_only_issuer(deploy_carbon, project, city):
    carbon = deploy_carbon()

    certificate = contract_at(project.RetirementCertificate, carbon.certificate())
    assert certificate.CREDIT() == carbon.address
    assert carbon.authority() == city.authority
    assert carbon.ASSET_REGISTRY() == city.asset_registry
    assert carbon.identityRegistry() == city.identity_registry
    assert carbon.total_projects() == carbon.total_issued() == carbon.total_retired() == 0
    assert carbon.paused() is False


def test_leaves_the_modules_owner_with_nobody(deploy_carbon, stranger):
    """The module's constructor makes the deployer its owner; it ends with the zero address."""
    carbon = deploy_carbon()

    transfers = [(log.previous_owner, log.new_owner) for log in carbon.OwnershipTransferred]
    assert transfers == [(ZERO_ADDRESS, stranger), (stranger, ZERO_ADDRESS)]


def test_refuses_arguments_without_code(deploy_carbon, stranger):
    refused = {
        "authority": "authorized: no authority",
        "asset_registry": "carbon_credit: no registry",
        "identity_registry": "carbon_credit: no registry",
        "blueprint": "carbon_credit: no blueprint",
    }
    for argument, reason in refused.items():
        with ape.reverts(reason):
            deploy_carbon(**{argument: stranger})


def test_refuses_a_contract_that_is_not_a_blueprint(deploy_carbon, city):
    """Were it run as creation code, it could leave certificates without code: nobody could retire
    a credit any more."""
    for contract in (city.identity_registry, city.certificate):
        with ape.reverts("carbon_credit: not a blueprint"):
            deploy_carbon(blueprint=contract)
