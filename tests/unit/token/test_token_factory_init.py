import ape
import pytest


@pytest.fixture
def deploy(project, city, deployer):
    def factory(**changes):
        arguments = {
            "authority": city.authority,
            "blueprint": city.token_factory.BLUEPRINT(),
            "asset_registry": city.asset_registry,
            "identity_registry": city.identity_registry,
            "enforcement": city.enforcement,
            "extension": city.token_extension,
        } | changes
        return deployer.deploy(project.TokenFactory, *arguments.values())

    return factory


def test_keeps_what_its_tokens_are_made_of(deploy, city):
    factory = deploy()

    assert factory.BLUEPRINT() == city.token_factory.BLUEPRINT()
    assert factory.ASSET_REGISTRY() == city.asset_registry.address
    assert factory.IDENTITY_REGISTRY() == city.identity_registry.address
    assert factory.ENFORCEMENT() == city.enforcement.address
    assert factory.EXTENSION() == city.token_extension.address
    assert factory.authority() == city.authority.address


def test_blueprint_is_the_token_behind_the_preamble(city, project):
    code = bytes(ape.chain.provider.get_code(city.token_factory.BLUEPRINT()))

    assert code[:3] == bytes.fromhex("fe7100")
    assert code[3:] == bytes(project.SecurityToken.contract_type.get_deployment_bytecode())


@pytest.mark.parametrize(
    ("argument", "reason"),
    [
        ("authority", "authorized: no authority"),
        ("blueprint", "token_factory: no blueprint"),
        ("asset_registry", "token_factory: no registry"),
        ("identity_registry", "token_factory: no registry"),
        ("enforcement", "token_factory: no enforcement"),
        ("extension", "token_factory: no extension"),
    ],
)
def test_address_without_code_is_refused(deploy, stranger, argument, reason):
    with ape.reverts(reason):
        deploy(**{argument: stranger})


def test_contract_that_is_no_blueprint_is_refused(deploy, city):
    with ape.reverts("token_factory: not a blueprint"):
        deploy(blueprint=city.token_factory)
