import ape
import pytest
from ape import chain

from .conftest import CONVERTED, DAY, EVIDENCE, OUTSIDE, TONNE, ZERO
from .logs import event, logged


def other_kind(token_id, kind=CONVERTED):
    """The id of the same batch in another kind of units."""
    return token_id + ((kind - OUTSIDE) << 64)


@pytest.fixture(autouse=True)
def conversion(allow_conversion):
    allow_conversion()


def test_cancels_the_old_units_and_issues_as_many_new_ones(carbon, batch, alice, supply):
    receipt = carbon.convert_kind(alice, batch, 30 * TONNE, CONVERTED, sender=alice)

    converted = other_kind(batch)
    assert receipt.return_value == converted
    assert carbon.balanceOf(alice, batch) == 70 * TONNE
    assert carbon.balanceOf(alice, converted) == 30 * TONNE
    assert supply(batch) == (100 * TONNE, 70 * TONNE, 0, 0, 30 * TONNE, 0, 0)
    assert supply(converted) == (30 * TONNE, 30 * TONNE, 0, 0, 0, 0, 0)
    assert supply() == (130 * TONNE, 100 * TONNE, 0, 0, 30 * TONNE, 0, 0)
    assert logged(receipt) == [
        event("TransferSingle", alice, alice, ZERO, batch, 30 * TONNE),
        event("TransferSingle", alice, ZERO, alice, converted, 30 * TONNE),
        event(
            "CreditMinted",
            *(alice, converted, converted >> 128, converted % 2**128, 30 * TONNE, 0),
        ),
        event("CreditConverted", alice, batch, converted, 30 * TONNE),
    ]


def test_a_tonne_is_never_tradable_in_two_kinds(carbon, batch, alice, supply):
    for amount in (1, 99 * TONNE, TONNE - 1):
        carbon.convert_kind(alice, batch, amount, CONVERTED, sender=alice)
        assert supply(batch)[1] + supply(other_kind(batch))[1] == supply()[1] == 100 * TONNE

    with ape.reverts("credit_holdings: balance too small"):
        carbon.convert_kind(alice, batch, 1, CONVERTED, sender=alice)


def test_new_units_are_of_the_same_tonnes(carbon, registry, batch, alice):
    carbon.convert_kind(alice, batch, TONNE, CONVERTED, sender=alice)

    converted = other_kind(batch)
    assert tuple(registry.batch(converted)) == tuple(registry.batch(batch))
    old, new = carbon.getMetadata(batch), carbon.getMetadata(converted)
    for name in ("projectId", "projectName", "methodology", "vintage", "country", "expiry"):
        assert getattr(old, name) == getattr(new, name), name
    assert new.totalVolume == TONNE


def test_new_units_keep_the_end_the_whole_tonnes_and_the_countrys_state(
    carbon, investors, issue, open_project, unique_asset, alice, council_clerk
):
    last = chain.pending_timestamp + DAY
    token_id = issue(open_project(unique_asset(), is_whole=True), alice, expiry=last)
    carbon.set_adjustment(token_id, 1, EVIDENCE, sender=council_clerk)
    with ape.reverts("carbon_credit: whole tonnes only"):
        carbon.convert_kind(alice, token_id, 1, CONVERTED, sender=alice)

    carbon.convert_kind(alice, token_id, TONNE, CONVERTED, sender=alice)

    known = carbon.terms_of(other_kind(token_id))
    assert (known.expiry, known.adjustment, known.is_whole) == (last, 1, True)
    chain.pending_timestamp = last + 1
    with ape.reverts("carbon_credit: expired"):
        carbon.convert_kind(alice, token_id, TONNE, CONVERTED, sender=alice)
    with ape.reverts("carbon_credit: expired"):
        carbon.retire(other_kind(token_id), alice, TONNE, sender=alice)


def test_does_not_bring_a_revoked_authorisation_back(carbon, batch, alice, council_clerk):
    """The batch's own state would have been copied over the one of the converted units."""
    carbon.set_adjustment(batch, 1, EVIDENCE, sender=council_clerk)
    carbon.convert_kind(alice, batch, TONNE, CONVERTED, sender=alice)
    carbon.set_adjustment(other_kind(batch), 4, EVIDENCE, sender=council_clerk)

    with ape.reverts("carbon_credit: other adjustment"):
        carbon.convert_kind(alice, batch, 1, CONVERTED, sender=alice)

    assert carbon.terms_of(other_kind(batch)).adjustment == 4


def test_does_not_carry_a_first_transfer_back(carbon, batch, alice, council_clerk):
    carbon.set_adjustment(batch, 1, EVIDENCE, sender=council_clerk)
    carbon.convert_kind(alice, batch, TONNE, CONVERTED, sender=alice)
    carbon.set_adjustment(other_kind(batch), 2, EVIDENCE, sender=council_clerk)

    with ape.reverts("carbon_credit: other adjustment"):
        carbon.convert_kind(alice, batch, 1, CONVERTED, sender=alice)
    carbon.set_adjustment(batch, 2, EVIDENCE, sender=council_clerk)
    carbon.convert_kind(alice, batch, 1, CONVERTED, sender=alice)

    assert carbon.terms_of(other_kind(batch)).adjustment == 2
    with ape.reverts("carbon_credit: not the next step"):
        carbon.set_adjustment(other_kind(batch), 4, EVIDENCE, sender=council_clerk)


def test_goes_from_kind_to_kind_upwards_only(carbon, batch, alice, allow_conversion, supply):
    allow_conversion(CONVERTED, CONVERTED + 4)
    carbon.convert_kind(alice, batch, 10, CONVERTED, sender=alice)
    carbon.convert_kind(alice, other_kind(batch), 4, CONVERTED + 4, sender=alice)

    for back in (OUTSIDE, CONVERTED, 0, 255):
        with ape.reverts("carbon_credit: no such conversion"):
            carbon.convert_kind(alice, other_kind(batch), 1, back, sender=alice)

    assert supply(other_kind(batch)) == (10, 6, 0, 0, 4, 0, 0)
    assert supply(other_kind(batch, CONVERTED + 4)) == (4, 4, 0, 0, 0, 0, 0)


def test_refuses_a_conversion_that_is_not_or_no_longer_allowed(
    carbon, batch, alice, allow_conversion
):
    for kind in (0, OUTSIDE, CONVERTED - 1, CONVERTED + 1, 255):
        with ape.reverts("carbon_credit: no such conversion"):
            carbon.convert_kind(alice, batch, 1, kind, sender=alice)
    allow_conversion(allowed=False)
    with ape.reverts("carbon_credit: no such conversion"):
        carbon.convert_kind(alice, batch, 1, CONVERTED, sender=alice)

    assert carbon.balanceOf(alice, batch) == 100 * TONNE


def test_lets_an_operator_convert_for_the_holder_and_nobody_else(carbon, batch, alice, bob, broker):
    for account in (bob, broker):
        with ape.reverts("credit_holdings: not allowed"):
            carbon.convert_kind(alice, batch, 1, CONVERTED, sender=account)

    carbon.setApprovalForAll(broker, True, sender=alice)
    carbon.convert_kind(alice, batch, 1, CONVERTED, sender=broker)

    assert carbon.balanceOf(alice, other_kind(batch)) == 1
    assert carbon.balanceOf(broker, other_kind(batch)) == 0


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        (0, "carbon_credit: no amount"),
        (100 * TONNE + 1, "credit_holdings: balance too small"),
        (2**256 - 1, "credit_holdings: balance too small"),
    ],
)
def test_refuses_nothing_and_more_than_there_is(carbon, batch, alice, amount, reason):
    with ape.reverts(reason):
        carbon.convert_kind(alice, batch, amount, CONVERTED, sender=alice)


def test_converts_what_is_not_frozen_and_not_a_unit_more(carbon, batch, alice, compliance_officer):
    carbon.setFrozenTokens(alice, batch, 60 * TONNE, sender=compliance_officer)

    with ape.reverts("credit_holdings: credits are frozen"):
        carbon.convert_kind(alice, batch, 40 * TONNE + 1, CONVERTED, sender=alice)
    carbon.convert_kind(alice, batch, 40 * TONNE, CONVERTED, sender=alice)

    assert carbon.balanceOf(alice, other_kind(batch)) == 40 * TONNE


def test_refuses_while_paused_and_to_whom_is_not_verified(carbon, batch, alice, guardian, revoke):
    revoke(alice)
    with ape.reverts("carbon_credit: cannot send"):
        carbon.convert_kind(alice, batch, 1, CONVERTED, sender=alice)
    carbon.pause(sender=guardian)
    with ape.reverts("emergency_stop: paused"):
        carbon.convert_kind(alice, batch, 1, CONVERTED, sender=alice)


def test_asks_a_contract_whether_it_accepts_the_new_units(
    carbon, batch, alice, broker, credit_receiver, stranger
):
    """ERC-1155: whoever is a contract is asked, also when units come into being."""
    carbon.safeTransferFrom(alice, credit_receiver, batch, 10, b"", sender=alice)
    carbon.setApprovalForAll(broker, True, sender=credit_receiver)
    carbon.convert_kind(credit_receiver, batch, 4, CONVERTED, sender=broker)
    assert credit_receiver.asked() == 2

    credit_receiver.behave(4, sender=stranger)
    with ape.reverts("credit_holdings: receiver refuses"):
        carbon.convert_kind(credit_receiver, batch, 4, CONVERTED, sender=broker)

    assert carbon.balanceOf(credit_receiver, batch) == 6
    assert carbon.balanceOf(credit_receiver, other_kind(batch)) == 4
