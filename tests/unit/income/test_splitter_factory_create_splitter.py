import ape
import pytest
from eth_abi import encode
from eth_utils import keccak, to_checksum_address

from civitas.chain.city import contract_at
from tests.unit.income.conftest import NO_PURPOSE, PURPOSE, payees_of


@pytest.fixture
def table(waterworks, library_fund):
    return [(waterworks, 7_000, NO_PURPOSE), (library_fund, 3_000, NO_PURPOSE)]


def plain(table):
    """Rules with these payees and nothing else."""
    return (1, False, [], table)


def test_creates_the_splitter_of_an_asset(project, city, next_asset, asset_manager, money, table):
    factory, asset_id = city.splitter_factory, next_asset()

    receipt = factory.create_splitter(asset_id, money, plain(table), sender=asset_manager)

    splitter = contract_at(project.RevenueSplitter, factory.splitter_of(asset_id))
    assert receipt.return_value == splitter.address
    assert splitter.ASSET_ID() == asset_id
    assert splitter.asset() == money
    assert splitter.authority() == city.authority
    assert payees_of(splitter) == table
    assert factory.is_rules(splitter.rules())
    assert splitter.FACTORY() == factory
    assert splitter.NOTICE_DAYS() == factory.NOTICE_DAYS() == 30
    assert splitter.UTC_OFFSET_MINUTES() == factory.UTC_OFFSET_MINUTES() == 540
    assert len(ape.chain.provider.get_code(splitter.address)) > 0
    written, scheduled, begun, created = receipt.events
    assert (written.event_name, written.rules) == ("RulesCreated", splitter.rules())
    assert scheduled.contract_address == splitter.address
    assert scheduled == splitter.RulesScheduled(
        version=1,
        start_month=splitter.rules_of(1)[1],
        rules=splitter.rules(),
        old_rules="0x" + "00" * 20,
    )
    assert begun == splitter.RulesBegun(version=1, rules=splitter.rules(), booked=0)
    assert created == factory.SplitterCreated(asset_id=asset_id, splitter=splitter, asset=money)


def test_refuses_anyone_but_the_asset_manager(
    city, next_asset, money, table, stranger, treasurer, council
):
    asset_id = next_asset()
    for account in (stranger, treasurer, council):
        with ape.reverts("authorized: missing role"):
            city.splitter_factory.create_splitter(asset_id, money, plain(table), sender=account)

    assert city.splitter_factory.splitter_of(asset_id) == "0x" + "00" * 20


def test_refuses_a_second_splitter_for_an_asset(
    city, next_asset, asset_manager, money, table, create_splitter, waterworks
):
    asset_id = next_asset()
    splitter = create_splitter(asset_id, table)

    for again in (table, [(waterworks, 10_000, NO_PURPOSE)]):
        with ape.reverts("splitter_factory: has a splitter"):
            city.splitter_factory.create_splitter(
                asset_id, money, plain(again), sender=asset_manager
            )

    assert city.splitter_factory.splitter_of(asset_id) == splitter.address


@pytest.mark.parametrize("above", [0, 1, 2**255])
def test_refuses_an_asset_that_is_not_registered(city, asset_manager, money, table, above):
    unknown = 0 if above == 0 else city.asset_registry.total_assets() + above

    with ape.reverts("nonfungible: unknown token"):
        city.splitter_factory.create_splitter(unknown, money, plain(table), sender=asset_manager)


def test_passes_the_splitters_own_refusals_on(city, next_asset, asset_manager, money, waterworks):
    asset_id = next_asset()
    create = city.splitter_factory.create_splitter
    whole = plain([(waterworks, 10_000, NO_PURPOSE)])
    with ape.reverts("splitter_rules: weights not 10_000"):
        create(asset_id, money, plain([(waterworks, 9_999, NO_PURPOSE)]), sender=asset_manager)
    with ape.reverts("splitter_rules: not a receiver"):
        create(asset_id, money, plain([(waterworks, 10_000, PURPOSE)]), sender=asset_manager)
    with ape.reverts("revenue_splitter: no asset"):
        create(asset_id, waterworks, whole, sender=asset_manager)

    # A refusal leaves no trace: the asset can still get its splitter.
    create(asset_id, money, whole, sender=asset_manager)
    assert city.splitter_factory.splitter_of(asset_id) != "0x" + "00" * 20


def test_puts_the_splitter_where_its_asset_and_arguments_say(
    project, city, next_asset, money, table, create_splitter
):
    """CREATE2: the factory, a salt, and the creation code with its arguments. The salt of rules is
    their hash, a splitter's the asset id."""
    factory, asset_id = city.splitter_factory, next_asset()

    def predicted(blueprint, types, values, salt):
        code = bytes(ape.chain.provider.get_code(blueprint))[3:] + encode(types, values)
        place = bytes.fromhex(factory.address[2:])
        return to_checksum_address(keccak(b"\xff" + place + salt + keccak(code))[12:])

    rows = [(account.address, weight, purpose) for account, weight, purpose in table]
    tiers = "(bytes32,uint256,address,bytes32,uint16,uint8,uint128)[]"
    content = [f"(uint128,bool,{tiers},(address,uint16,bytes32)[])"], [(1, False, [], rows)]
    rules = predicted(factory.RULES_BLUEPRINT(), *content, keccak(encode(*content)))
    expected = predicted(
        factory.BLUEPRINT(),
        ["address", "uint256", "address", "address", "int256", "uint256", "address"],
        [city.authority.address, asset_id, money.address, factory.address, 540, 30, rules],
        asset_id.to_bytes(32, "big"),
    )

    splitter = create_splitter(asset_id, table)

    assert splitter.rules() == rules
    assert splitter.address == expected


def test_writes_the_same_rules_once(city, stranger, waterworks):
    rules = plain([(waterworks, 10_000, NO_PURPOSE)])
    first = city.splitter_factory.create_rules(rules, sender=stranger)

    again = city.splitter_factory.create_rules(rules, sender=stranger)

    assert again.return_value == first.return_value
    assert again.events == []
    assert city.splitter_factory.is_rules(first.return_value)
    assert not city.splitter_factory.is_rules(stranger)


def test_creates_splitters_for_every_payment_token(
    next_asset, create_splitter, silent_token, table
):
    splitter = create_splitter(next_asset(), table, asset=silent_token)

    assert splitter.asset() == silent_token
