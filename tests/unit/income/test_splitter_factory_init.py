import ape
import pytest


@pytest.fixture
def deploy(project, city, stranger):
    """Deploy a factory, with one argument or another changed."""

    def create(authority=None, blueprint=None, rules_blueprint=None, asset_registry=None):
        return project.SplitterFactory.deploy(
            authority or city.authority,
            blueprint or city.splitter_factory.BLUEPRINT(),
            rules_blueprint or city.splitter_factory.RULES_BLUEPRINT(),
            asset_registry or city.asset_registry,
            540,
            30,
            sender=stranger,
        )

    return create


def test_remembers_where_it_belongs(deploy, city):
    factory = deploy()

    assert factory.authority() == city.authority
    assert factory.BLUEPRINT() == city.splitter_factory.BLUEPRINT()
    assert factory.ASSET_REGISTRY() == city.asset_registry
    assert factory.splitter_of(1) == "0x" + "00" * 20


def test_refuses_an_authority_without_code(deploy, stranger):
    with ape.reverts("authorized: no authority"):
        deploy(authority=stranger)


def test_refuses_a_blueprint_without_code(deploy, stranger):
    for which in ("blueprint", "rules_blueprint"):
        with ape.reverts("splitter_factory: no blueprint"):
            deploy(**{which: stranger})


def test_refuses_a_contract_that_is_not_a_blueprint(deploy, city, splitter):
    for contract in (city.asset_registry, splitter):
        for which in ("blueprint", "rules_blueprint"):
            with ape.reverts("splitter_factory: not a blueprint"):
                deploy(**{which: contract})


@pytest.mark.parametrize("preamble", ["FE7000", "FE7101", "FE7200", "EF7100", "007100"])
def test_refuses_a_blueprint_with_another_preamble(deploy, city, project, stranger, preamble):
    """ERC-5202 knows other versions and data in the preamble; only the usual three bytes fit."""
    contract = project.MockPaymentToken.deploy("Code", "CODE", 0, sender=stranger)
    code = bytes(ape.chain.provider.get_code(city.splitter_factory.BLUEPRINT()))
    ape.chain.provider.set_code(contract.address, bytes.fromhex(preamble) + code[3:])

    with ape.reverts("splitter_factory: not a blueprint"):
        deploy(blueprint=contract)


def test_refuses_a_registry_without_code(deploy, stranger):
    with ape.reverts("splitter_factory: no registry"):
        deploy(asset_registry=stranger)
