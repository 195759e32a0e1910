import ape
import pytest

from civitas.chain.city import contract_at


@pytest.fixture(scope="module")
def blueprints(project, stranger):
    return {
        name: stranger.declare(project.contracts[name]).contract_address
        for name in ("CarbonCredit", "RetirementCertificate")
    }


@pytest.fixture
def deploy_registry(project, city, stranger, blueprints):
    """Deploy a registry with its credits and certificates, with one argument or another changed."""

    def create(**changed):
        arguments = {
            "authority": city.authority,
            "asset_registry": city.asset_registry,
            "identity_registry": city.identity_registry,
            "credit_blueprint": blueprints["CarbonCredit"],
            "certificate_blueprint": blueprints["RetirementCertificate"],
            "base_uri": "https://credits/",
            "certificate_base_uri": "https://certificates/",
            "signatures_needed": 2,
        } | changed
        return stranger.deploy(project.CarbonRegistry, *arguments.values())

    return create


def test_creates_credits_and_certificates_and_is_the_only_issuer(deploy_registry, project, city):
    registry = deploy_registry()

    credit = contract_at(project.CarbonCredit, registry.CREDIT())
    certificate = contract_at(project.RetirementCertificate, credit.certificate())
    assert credit.ISSUER() == registry.address
    assert certificate.CREDIT() == credit.address
    for contract in (registry, credit, certificate):
        assert contract.authority() == city.authority
    assert credit.identityRegistry() == city.identity_registry
    assert credit.uri(7) == "https://credits/7"
    assert registry.ASSET_REGISTRY() == city.asset_registry
    assert (registry.threshold(), registry.total_projects()) == (2, 0)
    assert credit.paused() is False
    assert (certificate.name(), certificate.symbol(), certificate.total_certificates()) == (
        "Civitas retirement certificate",
        "RETIRED",
        0,
    )


def test_refuses_arguments_without_code(deploy_registry, stranger):
    refused = {
        "authority": "authorized: no authority",
        "asset_registry": "carbon_registry: no registry",
        "credit_blueprint": "carbon_registry: no blueprint",
        "identity_registry": "carbon_credit: no registry",
        "certificate_blueprint": "carbon_credit: no blueprint",
    }
    for argument, reason in refused.items():
        with ape.reverts(reason):
            deploy_registry(**{argument: stranger})


def test_refuses_a_contract_that_is_not_a_blueprint(deploy_registry, city):
    """Were it run as creation code, it could leave credits or certificates without code."""
    for argument, reason in (
        ("credit_blueprint", "carbon_registry: not a blueprint"),
        ("certificate_blueprint", "carbon_credit: not a blueprint"),
    ):
        for contract in (city.identity_registry, city.certificate):
            with ape.reverts(reason):
                deploy_registry(**{argument: contract})


@pytest.mark.parametrize(("needed", "is_let"), [(0, False), (1, True), (8, True), (9, False)])
def test_asks_for_1_to_8_signatures(deploy_registry, needed, is_let):
    if is_let:
        assert deploy_registry(signatures_needed=needed).threshold() == needed
    else:
        with ape.reverts("carbon_registry: bad threshold"):
            deploy_registry(signatures_needed=needed)
