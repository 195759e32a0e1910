"""What rules there may be; the factory that writes them down passes each refusal on."""

import ape
import pytest

from civitas.chain.city import contract_at
from civitas.chain.deploy import name32

from .conftest import NO_PURPOSE, PURPOSE, Kind, cap, reserve, share

NOBODY = "0x" + "00" * 20
MAX_AMOUNT = 2**96


@pytest.fixture
def whole(waterworks):
    return [(waterworks, 10_000, NO_PURPOSE)]


def test_keeps_rules_as_they_were_given(
    project, write_rules, waterworks, library_fund, road_fund, receiver
):
    tiers = [
        share("VAT", road_fund, 909),
        reserve("UPKEEP", receiver, MAX_AMOUNT - 1, PURPOSE),
        cap("DEBT", road_fund, 1, 1),
        cap("GRANT", library_fund, 2, 3),
        cap("LOAN", library_fund, 3, 12, NO_PURPOSE),
    ]
    payees = [(waterworks, 1, NO_PURPOSE), (receiver, 9_999, PURPOSE)]

    given = contract_at(project.SplitterRules, write_rules(payees, tiers, 10, True)).rules()

    assert (given.quantum, given.is_rest_to_first) == (10, True)
    assert [tuple(each) for each in given.tiers] == tiers
    assert [tuple(each) for each in given.payees] == payees


def test_takes_eight_tiers_and_twenty_payees_and_not_one_more(
    project, write_rules, many_payees, waterworks
):
    tiers = [share(f"TIER_{number}", waterworks, 1_250) for number in range(8)]
    payees = [(payee, 500, NO_PURPOSE) for payee in many_payees]

    given = contract_at(project.SplitterRules, write_rules(payees, tiers)).rules()

    assert (len(given.tiers), len(given.payees)) == (8, 20)
    # The lists are longer than their types: the decoder refuses them, and gives no reason.
    with ape.reverts("Transaction failed."):
        write_rules(payees, [*tiers, share("NINTH", waterworks, 1)])
    with ape.reverts("Transaction failed."):
        write_rules([*payees, (waterworks, 1, NO_PURPOSE)])


def test_refuses_payees_that_make_no_sense(write_rules, waterworks, library_fund, receiver):
    twice = [(receiver, 5_000, PURPOSE), (receiver, 5_000, PURPOSE)]
    # 65,535 + 10,001 is 10,000 modulo 2**16.
    modulo = [(waterworks, 65_535, NO_PURPOSE), (library_fund, 10_001, NO_PURPOSE)]
    refused = [
        ("splitter_rules: no payees", []),
        ("splitter_rules: zero payee", [(NOBODY, 10_000, NO_PURPOSE)]),
        ("splitter_rules: zero weight", [(waterworks, 10_000, NO_PURPOSE), (receiver, 0, PURPOSE)]),
        ("splitter_rules: weights not 10_000", [(waterworks, 9_999, NO_PURPOSE)]),
        ("splitter_rules: weights not 10_000", [(waterworks, 10_001, NO_PURPOSE)]),
        ("splitter_rules: weights not 10_000", modulo),
        ("splitter_rules: not a receiver", [(waterworks, 10_000, PURPOSE)]),
        ("splitter_rules: payee twice", twice),
        ("splitter_rules: payee twice", [(waterworks, 5_000, NO_PURPOSE)] * 2),
    ]
    for reason, payees in refused:
        with ape.reverts(reason):
            write_rules(payees)


def test_takes_one_receiver_with_several_purposes(write_rules, receiver):
    other = b"\x07" * 32
    rows = [(receiver, 5_000, NO_PURPOSE), (receiver, 3_000, PURPOSE), (receiver, 2_000, other)]

    assert write_rules(rows) != NOBODY


def test_refuses_tiers_that_make_no_sense(write_rules, whole, road_fund, waterworks):
    share_of_all = share("VAT", road_fund, 10_000)
    refused = [
        ("splitter_rules: no name", (bytes(32), *share("VAT", road_fund, 1)[1:])),
        ("splitter_rules: zero payee", share("VAT", NOBODY, 1)),
        ("splitter_rules: not a receiver", cap("DEBT", road_fund, 1, 1, PURPOSE)),
        ("splitter_rules: bad share", share("VAT", road_fund, 0)),
        ("splitter_rules: bad share", (*share_of_all[:5], 1, 0)),
        ("splitter_rules: bad share", (*share_of_all[:5], 0, 1)),
        ("splitter_rules: bad share", (*cap("DEBT", road_fund, 1)[:4], 1, 1, 1)),
        ("splitter_rules: bad share", (*reserve("UPKEEP", road_fund, 1)[:4], 1, 0, 1)),
        ("splitter_rules: shares above the whole", share("VAT", road_fund, 10_001)),
        ("splitter_rules: bad amount", cap("DEBT", road_fund, 0)),
        ("splitter_rules: bad amount", cap("DEBT", road_fund, MAX_AMOUNT)),
        ("splitter_rules: bad amount", reserve("UPKEEP", road_fund, 0)),
        ("splitter_rules: bad period", cap("DEBT", road_fund, 1, 0)),
        ("splitter_rules: bad period", cap("DEBT", road_fund, 1, 2)),
        ("splitter_rules: bad period", cap("DEBT", road_fund, 1, 6)),
        ("splitter_rules: bad period", (*reserve("UPKEEP", road_fund, 1)[:5], 1, 1)),
        ("splitter_rules: bad kind", (name32("X"), Kind(0), road_fund, NO_PURPOSE, 0, 0, 1)),
        ("splitter_rules: bad kind", (name32("X"), Kind(6), road_fund, NO_PURPOSE, 0, 0, 1)),
    ]
    for reason, tier in refused:
        with ape.reverts(reason):
            write_rules(whole, [tier])


def test_refuses_a_share_behind_a_cap_or_a_reserve(write_rules, whole, road_fund):
    """It would get what one call's income leaves, so that whoever calls in parts cuts it."""
    vat, fee = share("VAT", road_fund, 1), share("FEE", road_fund, 1)
    debt, upkeep = cap("DEBT", road_fund, 1), reserve("UPKEEP", road_fund, 1)
    for tiers in ([debt, vat], [upkeep, vat], [vat, debt, fee]):
        with ape.reverts("splitter_rules: share behind a cap"):
            write_rules(whole, tiers)
    write_rules(whole, [vat, fee, debt, upkeep])


def test_refuses_a_tier_twice_and_shares_above_the_whole(write_rules, whole, road_fund):
    with ape.reverts("splitter_rules: tier twice"):
        write_rules(whole, [share("VAT", road_fund, 1), cap("VAT", road_fund, 1)])
    with ape.reverts("splitter_rules: shares above the whole"):
        write_rules(whole, [share("VAT", road_fund, 10_000), share("FEE", road_fund, 1)])
    assert write_rules(whole, [share("VAT", road_fund, 9_999), share("FEE", road_fund, 1)])


def test_refuses_a_quantum_that_cannot_be(write_rules, whole):
    for quantum, is_rest_to_first, reason in (
        (0, True, "splitter_rules: no quantum"),
        (MAX_AMOUNT, True, "splitter_rules: quantum too large"),
        (2, False, "splitter_rules: quantum would wait"),
    ):
        with ape.reverts(reason):
            write_rules(whole, quantum=quantum, is_rest_to_first=is_rest_to_first)
    assert write_rules(whole, quantum=MAX_AMOUNT - 1, is_rest_to_first=True)
