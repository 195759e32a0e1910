import ape
import pytest
from eth_abi import encode
from eth_utils import keccak, to_checksum_address

from civitas.chain.city import contract_at
from tests.unit.income.conftest import NO_PURPOSE, PURPOSE, logged


@pytest.fixture
def table(waterworks, library_fund):
    return [(waterworks, 7_000, NO_PURPOSE), (library_fund, 3_000, NO_PURPOSE)]


def test_creates_the_splitter_of_an_asset(project, city, next_asset, asset_manager, money, table):
    factory, asset_id = city.splitter_factory, next_asset()

    receipt = factory.create_splitter(asset_id, money, table, sender=asset_manager)

    splitter = contract_at(project.RevenueSplitter, factory.splitter_of(asset_id))
    assert receipt.return_value == splitter.address
    assert splitter.ASSET_ID() == asset_id
    assert splitter.asset() == money
    assert splitter.authority() == city.authority
    assert [tuple(row) for row in splitter.payees()] == table
    assert len(ape.chain.provider.get_code(splitter.address)) > 0
    table_set, created = receipt.events
    assert table_set.contract_address == splitter.address
    assert (table_set.version, table_set.credited) == (1, 0)
    assert table_set.payees == logged(table)
    assert created == factory.SplitterCreated(asset_id=asset_id, splitter=splitter, asset=money)


def test_refuses_anyone_but_the_asset_manager(
    city, next_asset, money, table, stranger, treasurer, council
):
    asset_id = next_asset()
    for account in (stranger, treasurer, council):
        with ape.reverts("authorized: missing role"):
            city.splitter_factory.create_splitter(asset_id, money, table, sender=account)

    assert city.splitter_factory.splitter_of(asset_id) == "0x" + "00" * 20


def test_refuses_a_second_splitter_for_an_asset(
    city, next_asset, asset_manager, money, table, create_splitter, waterworks
):
    asset_id = next_asset()
    splitter = create_splitter(asset_id, table)

    for again in (table, [(waterworks, 10_000, NO_PURPOSE)]):
        with ape.reverts("splitter_factory: has a splitter"):
            city.splitter_factory.create_splitter(asset_id, money, again, sender=asset_manager)

    assert city.splitter_factory.splitter_of(asset_id) == splitter.address


@pytest.mark.parametrize("above", [0, 1, 2**255])
def test_refuses_an_asset_that_is_not_registered(city, asset_manager, money, table, above):
    unknown = 0 if above == 0 else city.asset_registry.total_assets() + above

    with ape.reverts("nonfungible: unknown token"):
        city.splitter_factory.create_splitter(unknown, money, table, sender=asset_manager)


def test_passes_the_splitters_own_refusals_on(city, next_asset, asset_manager, money, waterworks):
    asset_id = next_asset()
    create = city.splitter_factory.create_splitter
    with ape.reverts("revenue_splitter: weights not 10_000"):
        create(asset_id, money, [(waterworks, 9_999, NO_PURPOSE)], sender=asset_manager)
    with ape.reverts("revenue_splitter: not a receiver"):
        create(asset_id, money, [(waterworks, 10_000, PURPOSE)], sender=asset_manager)
    with ape.reverts("revenue_splitter: no asset"):
        create(asset_id, waterworks, [(waterworks, 10_000, NO_PURPOSE)], sender=asset_manager)

    # A refusal leaves no trace: the asset can still get its splitter.
    create(asset_id, money, [(waterworks, 10_000, NO_PURPOSE)], sender=asset_manager)
    assert city.splitter_factory.splitter_of(asset_id) != "0x" + "00" * 20


def test_puts_the_splitter_where_its_asset_and_arguments_say(
    project, city, next_asset, money, table, create_splitter
):
    """CREATE2: the factory, the asset id as salt, and the creation code with its arguments."""
    asset_id = next_asset()
    rows = [(account.address, weight, purpose) for account, weight, purpose in table]
    arguments = encode(
        ["address", "uint256", "address", "(address,uint16,bytes32)[]"],
        [city.authority.address, asset_id, money.address, rows],
    )
    blueprint = bytes(ape.chain.provider.get_code(city.splitter_factory.BLUEPRINT()))
    preimage = (
        b"\xff"
        + bytes.fromhex(city.splitter_factory.address[2:])
        + asset_id.to_bytes(32, "big")
        + keccak(blueprint[3:] + arguments)
    )
    expected = to_checksum_address(keccak(preimage)[12:])

    splitter = create_splitter(asset_id, table)

    assert splitter.address == expected


def test_creates_splitters_for_every_payment_token(
    next_asset, create_splitter, silent_token, table
):
    splitter = create_splitter(next_asset(), table, asset=silent_token)

    assert splitter.asset() == silent_token
