import ape
import pytest
from eth_utils import keccak

from civitas.chain.city import contract_at

ROLES = ("ASSET_MANAGER_ROLE", "COMPLIANCE_OFFICER_ROLE", "GUARDIAN_ROLE", "CHAIN_ENGINEER_ROLE")


@pytest.fixture
def deploy(project, city, money, deployer, stranger):
    """`deploy(decimals=19)`: a token beside the factory, with any argument another."""

    def token(**changes):
        arguments = {
            "authority": city.authority,
            "asset_registry": city.asset_registry,
            "identity_registry": city.identity_registry,
            "enforcement": city.enforcement,
            "extension": city.token_extension,
            "asset_id": 7,
            "name": "Asset 7",
            "symbol": "A7",
            "decimals": 6,
            "payment_token": money,
        } | changes
        token = deployer.deploy(project.SecurityToken, *arguments.values())
        return contract_at(project.SecurityToken, token.address)

    return token


def test_takes_what_it_is_given(deploy, city, money):
    token = deploy()

    assert (token.name(), token.symbol(), token.decimals()) == ("Asset 7", "A7", 6)
    assert (token.assetId(), token.assetRegistry()) == (7, city.asset_registry.address)
    assert token.identityRegistry() == city.identity_registry.address
    assert token.paymentToken() == money.address
    assert token.authority() == city.authority.address


def test_starts_with_nothing(deploy, alice):
    token = deploy()

    assert (token.totalSupply(), token.balanceOf(alice), token.claimable(alice)) == (0, 0, 0)
    assert (token.income_deposited(), token.epoch()) == (0, 0)
    assert not token.paused()
    assert (token.isFrozen(alice), token.getFrozenTokens(alice)) == (False, 0)
    assert (token.nonces(alice), token.allowance(alice, alice)) == (0, 0)


@pytest.mark.parametrize("role", ROLES)
def test_names_its_roles_as_the_authority_does(deploy, role):
    assert bytes(getattr(deploy(), role)()) == keccak(text=role)


@pytest.mark.parametrize("decimals", [0, 1, 17, 18])
def test_has_at_most_eighteen_decimals(deploy, decimals):
    assert deploy(decimals=decimals).decimals() == decimals


@pytest.mark.parametrize("decimals", [19, 255])
def test_more_decimals_are_refused(deploy, decimals):
    with ape.reverts("settings: too many decimals"):
        deploy(decimals=decimals)


@pytest.mark.parametrize(
    ("argument", "reason"),
    [
        ("authority", "authorized: no authority"),
        ("asset_registry", "security_token: no registry"),
        ("identity_registry", "security_token: no registry"),
        ("enforcement", "security_token: no registry"),
        ("extension", "security_token: no registry"),
        ("payment_token", "security_token: no payment token"),
    ],
)
def test_address_without_code_is_refused(deploy, argument, reason, stranger):
    with ape.reverts(reason):
        deploy(**{argument: stranger})
