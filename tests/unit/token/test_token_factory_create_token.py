import ape
import pytest
from eth_utils import keccak

RESOLUTION = keccak(text="resolution")


@pytest.fixture
def asset(register_asset, city, council_clerk, file_proofs):
    """An asset with 1_000 units and no token."""
    asset_id = register_asset("parcel 1")
    city.asset_registry.register_units(asset_id, 1_000, RESOLUTION, sender=council_clerk)
    file_proofs(asset_id)
    return asset_id


@pytest.fixture
def create(city, money, asset, asset_manager):
    def token(sender=asset_manager, **changes):
        arguments = {
            "asset_id": asset,
            "name": "Town hall annex",
            "symbol": "ANNEX",
            "decimals": 2,
            "payment_token": money,
        } | changes
        return city.token_factory.create_token(*arguments.values(), sender=sender)

    return token


def test_creates_the_token_and_binds_it_to_the_deed(create, city, money, asset):
    receipt = create()

    token = city.token(asset)
    assert receipt.return_value == token.address
    assert receipt.events == [
        city.token_factory.TokenCreated(
            asset_id=asset, token=token, payment_token=money, decimals=2
        ),
        city.asset_registry.TokenBound(asset_id=asset, token=token),
    ]
    assert city.token_factory.is_token(token)


def test_token_has_what_was_asked_for_and_no_units(create, city, money, asset):
    create()

    token = city.token(asset)
    assert (token.name(), token.symbol(), token.decimals()) == ("Town hall annex", "ANNEX", 2)
    assert (token.assetId(), token.paymentToken()) == (asset, money.address)
    assert token.assetRegistry() == city.asset_registry.address
    assert token.identityRegistry() == city.identity_registry.address
    assert token.authority() == city.authority.address
    assert token.totalSupply() == 0


def test_token_has_the_code_that_was_compiled(create, city, project, asset):
    create()

    code = bytes(ape.chain.provider.get_code(city.token(asset).address))
    compiled = bytes(project.SecurityToken.contract_type.get_runtime_bytecode())
    # Behind the code stand the immutables.
    assert code[: len(compiled)] == compiled
    assert len(code) <= 24_576


def test_takes_names_of_the_longest_length(create, city, asset):
    create(name="N" * 50, symbol="S" * 20)

    token = city.token(asset)
    assert (token.name(), token.symbol()) == ("N" * 50, "S" * 20)


@pytest.mark.parametrize("changes", [{"name": "N" * 51}, {"symbol": "S" * 21}])
def test_longer_names_are_refused(create, city, asset, changes):
    with ape.reverts():
        create(**changes)

    assert int(city.asset_registry.token_of(asset), 16) == 0


def test_second_token_of_an_asset_is_refused(create, city, asset):
    create()
    token = city.asset_registry.token_of(asset)

    with ape.reverts("asset_registry: asset has a token"):
        create(name="Another")

    assert city.asset_registry.token_of(asset) == token


def test_same_token_again_is_refused(create):
    create()

    with ape.reverts():
        create()


def test_each_asset_gets_its_own_token(
    create, city, asset, register_asset, council_clerk, file_proofs
):
    other = register_asset("parcel 2")
    city.asset_registry.register_units(other, 5, RESOLUTION, sender=council_clerk)
    file_proofs(other)

    create()
    create(asset_id=other)

    assert city.token(asset).address != city.token(other).address
    assert (city.token(asset).assetId(), city.token(other).assetId()) == (asset, other)


def test_asset_without_units_is_refused(create, city, register_asset):
    bare = register_asset("parcel 2")

    with ape.reverts("asset_registry: no units"):
        create(asset_id=bare)

    assert int(city.asset_registry.token_of(bare), 16) == 0


@pytest.mark.parametrize("asset_id", [0, 10**9, 2**256 - 1])
def test_unknown_asset_is_refused(create, asset_id):
    with ape.reverts("asset_registry: no units"):
        create(asset_id=asset_id)


@pytest.mark.parametrize("decimals", [0, 18])
def test_takes_up_to_eighteen_decimals(create, city, asset, decimals):
    create(decimals=decimals)

    assert city.token(asset).decimals() == decimals


def test_nineteen_decimals_are_refused(create):
    with ape.reverts("settings: too many decimals"):
        create(decimals=19)


def test_payment_token_without_code_is_refused(create, stranger):
    with ape.reverts("security_token: no payment token"):
        create(payment_token=stranger)


def test_refused_creation_leaves_no_token_behind(create, city, asset, stranger):
    with ape.reverts("security_token: no payment token"):
        create(payment_token=stranger)

    assert int(city.asset_registry.token_of(asset), 16) == 0
    create()
    assert city.token_factory.is_token(city.asset_registry.token_of(asset))


@pytest.mark.parametrize(
    "caller", ["stranger", "council", "council_clerk", "compliance_officer", "deployer"]
)
def test_is_for_the_asset_manager_only(create, caller, request):
    with ape.reverts("authorized: missing role"):
        create(sender=request.getfixturevalue(caller))


def test_factory_without_its_role_can_not_bind(create, city, council):
    role = keccak(text="TOKEN_FACTORY_ROLE")
    city.authority.revokeRole(role, city.token_factory, sender=council)

    with ape.reverts("authorized: missing role"):
        create()


def test_other_addresses_are_no_tokens(city, money, stranger):
    assert not city.token_factory.is_token(money)
    assert not city.token_factory.is_token(stranger)
