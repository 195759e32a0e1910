"""Credits that left another registry: once, and under that registry's serials."""

import ape
from eth_utils import keccak

from .conftest import APART, DAY, EVIDENCE, NOTHING, OUTSIDE, SERIES, START, TONNE, VERRA, ZERO
from .logs import event, logged


def test_brings_credits_of_another_registry_in(
    carbon, registry, hand_in, issuance, investors, bridge, alice
):
    wanted = issuance(bridge)

    receipt = hand_in(wanted)

    token_id = (bridge << 128) + (OUTSIDE << 64) + 1
    series = registry.series(VERRA, SERIES)
    assert registry.is_bridged(wanted.origin) is True
    assert carbon.balanceOf(alice, token_id) == 100 * TONNE
    assert registry.batch(token_id).origin == wanted.origin
    assert logged(receipt) == [
        event("IntervalClaimed", series, 1, 100, (bridge << 64) + 1),
        event("BatchIssued", token_id, bridge, alice, wanted.as_tuple(), 0, 2),
        event("TransferSingle", registry, ZERO, alice, token_id, 100 * TONNE),
        event("CreditMinted", alice, token_id, bridge, (OUTSIDE << 64) + 1, 100 * TONNE, 0),
    ]


def test_a_bridging_transaction_counts_once_whatever_else_differs(
    registry, hand_in, issuance, issue, investors, bridge, open_project, alice, supply
):
    origin = issuance(bridge).origin
    issue(bridge, alice)
    other_project = open_project(0, kind=9)

    for project_id, changed in (
        (bridge, {}),
        (bridge, {"registry_code": keccak(text="another registry")}),
        (bridge, {"series_id": keccak(text="another series")}),
        (other_project, {}),
    ):
        with ape.reverts("carbon_registry: was bridged"):
            hand_in(issuance(project_id, 1, origin=origin, **changed))

    assert supply()[0] == 100 * TONNE
    assert registry.is_bridged(issuance(bridge, 1).origin) is False


def test_refuses_serials_that_were_brought_in_before_also_by_another_project(
    hand_in, issuance, issue, investors, bridge, open_project, alice
):
    issue(bridge, alice)
    other_project = open_project(0)

    for project_id in (bridge, other_project):
        for first, tonnes in ((1, 100), (100, 1), (50, 1), (1, 1_000)):
            with ape.reverts("serial_intervals: overlap"):
                hand_in(issuance(project_id, 1, first_serial=first, tonnes=tonnes), hints=(0, 1))
    hand_in(issuance(other_project, 1, first_serial=101))


def test_a_refused_issuance_leaves_its_transaction_free(
    registry, hand_in, issuance, issue, investors, bridge, alice
):
    issue(bridge, alice)
    wanted = issuance(bridge, 1, first_serial=1)
    with ape.reverts("serial_intervals: overlap"):
        hand_in(wanted)
    assert registry.is_bridged(wanted.origin) is False

    hand_in(issuance(bridge, 1))

    assert registry.is_bridged(wanted.origin) is True


def test_the_same_serials_of_another_series_or_registry_are_others(
    registry, issue, investors, bridge, alice
):
    for number, changed in enumerate(
        (
            {},
            {"series_id": keccak(text="another series")},
            {"registry_code": keccak(text="another registry")},
            {"registry_code": SERIES, "series_id": VERRA},  # the two swapped
        )
    ):
        issue(bridge, alice, number, first_serial=1, **changed)

    assert registry.projects(bridge).batches == 4


def test_refuses_our_own_and_no_registry_and_no_transaction(
    registry, hand_in, issuance, investors, bridge, solar
):
    for code in (bytes(registry.NATIVE()), NOTHING):
        for series_id in (SERIES, solar.to_bytes(32, "big"), bridge.to_bytes(32, "big")):
            with ape.reverts("carbon_registry: bad series"):
                hand_in(issuance(bridge, registry_code=code, series_id=series_id))
    with ape.reverts("carbon_registry: bad origin"):
        hand_in(issuance(bridge, origin=NOTHING))


def test_bridged_periods_may_overlap(registry, issue, investors, bridge, alice):
    """What was monitored where is the other registry's matter."""
    for number in (0, 1):
        issue(bridge, alice, number, period_start=START, period_end=START + DAY)

    assert registry.projects(bridge).batches == 2
    assert registry.first_interval(registry.periods(0)) == 0


def test_ignores_the_hint_for_periods(hand_in, issuance, investors, bridge, registry):
    hand_in(issuance(bridge), hints=(2**64 - 1, 0))

    assert registry.projects(bridge).batches == 1


def test_sets_a_buffer_aside_as_for_our_own(issue, rated, investors, alice, supply):
    token_id = issue(rated(1_000, asset_id=0), alice)

    assert supply(token_id)[:3] == (100 * TONNE, 90 * TONNE, 10 * TONNE)


def test_no_series_is_an_assets_periods(
    registry, hand_in, issuance, investors, bridge, solar_plant
):
    """Else a bridged batch could block, or take, the seconds of a plant."""
    key = registry.periods(solar_plant)
    label = keccak(text="CIVITAS MONITORING PERIODS")
    assert key != registry.series(label, solar_plant.to_bytes(32, "big"))

    hand_in(
        issuance(
            bridge,
            registry_code=label,
            series_id=solar_plant.to_bytes(32, "big"),
            first_serial=START,
            tonnes=DAY,
        )
    )

    assert registry.first_interval(key) == 0


def test_keys_of_series_are_all_different(registry):
    words = [NOTHING, VERRA, SERIES, EVIDENCE, (1).to_bytes(32, "big")]
    keys = {bytes(registry.series(code, number)) for code in words for number in words}
    keys |= {bytes(registry.periods(asset_id)) for asset_id in (0, 1, 2, 2**256 - 1)}

    assert len(keys) == 29


def test_serials_of_bridged_batches_can_be_far_apart(registry, issue, investors, bridge, alice):
    for number, first in enumerate((2**64 - APART, 1, 2**63)):
        issue(bridge, alice, number, first_serial=first)

    series = registry.series(VERRA, SERIES)
    assert registry.first_interval(series) == 1
    assert registry.interval(series, 1).next == 2**63
    assert registry.interval(series, 2**63).next == 2**64 - APART
