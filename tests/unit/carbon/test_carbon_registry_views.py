import ape
from eth_utils import keccak

from .conftest import APART, DAY, KOREA, METHOD, NOTHING, SERIES, START, VERRA


def test_batch_is_all_zero_for_an_unknown_id(registry, batch, solar):
    unknown = (0, 0, 0, NOTHING, 0, 0, NOTHING, NOTHING)
    for token_id in (0, batch + 1, (solar + 10) << 128, 2**256 - 1):
        assert tuple(registry.batch(token_id)) == unknown


def test_description_is_made_of_codes(registry, batch, whole_batch, solar):
    assert tuple(registry.description(solar, 1)) == (METHOD, KOREA, 2020, False)
    assert tuple(registry.description(whole_batch >> 128, 1)) == (METHOD, KOREA, 2020, True)
    assert tuple(registry.description(solar, 99)) == (METHOD, KOREA, 0, False)
    assert tuple(registry.description(999, 1)) == (NOTHING, 0, 0, False)


def test_walks_the_serials(registry, issue, batch, solar, alice):
    issue(solar, alice, 2)
    issue(solar, alice, 1)
    key = registry.series(registry.NATIVE(), solar.to_bytes(32, "big"))
    owner = solar << 64

    assert registry.first_interval(key) == 1
    assert tuple(registry.interval(key, 1)) == (100, 1 + APART, owner + 1)
    assert tuple(registry.interval(key, 1 + APART)) == (100 + APART, 1 + 2 * APART, owner + 3)
    assert tuple(registry.interval(key, 1 + 2 * APART)) == (100 + 2 * APART, 0, owner + 2)
    for number, expected in (
        (0, (0, 0)),
        (1, (owner + 1, 1)),
        (100, (owner + 1, 1)),
        (101, (0, 0)),
        (APART + 50, (owner + 3, 1 + APART)),
        (100 + 2 * APART, (owner + 2, 1 + 2 * APART)),
        (101 + 2 * APART, (0, 0)),
        (2**256 - 1, (0, 0)),
    ):
        assert tuple(registry.serial_owner(key, number)) == expected, number


def test_walks_the_monitored_seconds(registry, batch, solar, solar_plant):
    key = registry.periods(solar_plant)

    assert tuple(registry.serial_owner(key, START)) == ((solar << 64) + 1, START)
    assert tuple(registry.serial_owner(key, START + DAY - 1)) == ((solar << 64) + 1, START)
    assert tuple(registry.serial_owner(key, START + DAY)) == (0, 0)


def test_an_empty_series_has_nothing(registry):
    key = registry.series(VERRA, SERIES)

    assert registry.first_interval(key) == 0
    assert tuple(registry.serial_owner(key, 1)) == (0, 0)
    for first in (0, 1, 2**256 - 1):
        with ape.reverts("serial_intervals: unknown interval"):
            registry.interval(key, first)


def test_knows_its_neighbours_and_constants(registry, city, carbon):
    assert registry.ASSET_REGISTRY() == city.asset_registry
    assert registry.CREDIT() == carbon.address
    assert registry.authority() == city.authority
    assert registry.NATIVE() == keccak(text="CIVITAS")
    for role in ("ESG_OFFICER_ROLE", "CARBON_VERIFIER_ROLE", "COUNCIL_CLERK_ROLE"):
        assert getattr(registry, role)() == keccak(text=role)


def test_changes_state_by_these_functions_only(registry):
    changing = {abi.name for abi in registry.contract_type.methods if abi.is_stateful}

    assert changing == {
        "issue", "register_project", "split_serials", "set_threshold", "set_buffer_bps"
    }  # fmt: skip
