import ape
import pytest

from civitas.chain.deploy import ZERO_ADDRESS


@pytest.fixture
def tokenisable(registry, office, council_clerk, file_proofs, resolution):
    file_proofs(office)
    registry.register_units(office, 1_000, resolution, sender=council_clerk)
    return office


def test_binds_a_token(registry, tokenisable, token_factory, money):
    receipt = registry.bind_token(tokenisable, money, sender=token_factory)

    assert registry.token_of(tokenisable) == money
    assert registry.asset(tokenisable).token == money
    assert receipt.events == [registry.TokenBound(asset_id=tokenisable, token=money)]


def test_refuses_a_second_token(registry, tokenisable, token_factory, money, city):
    registry.bind_token(tokenisable, money, sender=token_factory)

    with ape.reverts("asset_registry: asset has a token"):
        registry.bind_token(tokenisable, city.treasury, sender=token_factory)

    assert registry.token_of(tokenisable) == money


def test_refuses_an_asset_without_units(registry, office, token_factory, money):
    with ape.reverts("asset_registry: no units"):
        registry.bind_token(office, money, sender=token_factory)


def test_refuses_an_asset_that_does_not_exist(registry, office, token_factory, money):
    with ape.reverts("asset_registry: no units"):
        registry.bind_token(office + 1, money, sender=token_factory)


@pytest.mark.parametrize("caller", ["stranger", "council", "asset_manager", "council_clerk"])
def test_refuses_all_but_the_token_factory(registry, tokenisable, money, request, caller):
    with ape.reverts("authorized: missing role"):
        registry.bind_token(tokenisable, money, sender=request.getfixturevalue(caller))

    assert registry.token_of(tokenisable) == ZERO_ADDRESS
