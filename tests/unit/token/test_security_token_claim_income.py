import ape
import pytest

from .conftest import ALICE, BOB, CAROL


def test_pays_the_holders_share(token, money, pay_in, alice):
    pay_in(token, 1_000)

    receipt = token.claim_income(sender=alice)

    assert receipt.return_value == ALICE
    assert receipt.events == [
        token.IncomeClaimed(holder=alice, caller=alice, amount=ALICE),
        money.Transfer(sender=token, receiver=alice, value=ALICE),
    ]
    assert (money.balanceOf(alice), money.balanceOf(token)) == (ALICE, 1_000 - ALICE)
    assert token.claimable(alice) == 0


def test_pays_everybody_to_the_unit(token, money, pay_in, alice, bob, carol):
    pay_in(token, 1_000)

    for holder in (alice, bob, carol):
        token.claim_income(sender=holder)

    assert [money.balanceOf(each) for each in (alice, bob, carol)] == [ALICE, BOB, CAROL]
    assert money.balanceOf(token) == 0


def test_is_open_to_anyone_and_the_money_goes_to_the_holder(token, money, pay_in, alice, stranger):
    pay_in(token, 1_000)

    receipt = token.claim_income(alice, sender=stranger)

    assert receipt.events == [
        token.IncomeClaimed(holder=alice, caller=stranger, amount=ALICE),
        money.Transfer(sender=token, receiver=alice, value=ALICE),
    ]
    assert (money.balanceOf(alice), money.balanceOf(stranger)) == (ALICE, 0)


def test_twice_is_refused(token, money, pay_in, alice):
    pay_in(token, 1_000)
    token.claim_income(sender=alice)

    with ape.reverts("security_token: nothing to claim"):
        token.claim_income(sender=alice)

    assert money.balanceOf(alice) == ALICE


def test_before_any_income_is_refused(token, alice):
    with ape.reverts("security_token: nothing to claim"):
        token.claim_income(sender=alice)


def test_by_somebody_without_units_is_refused(token, pay_in, stranger):
    pay_in(token, 1_000)

    with ape.reverts("security_token: nothing to claim"):
        token.claim_income(sender=stranger)
    with ape.reverts("security_token: nothing to claim"):
        token.claim_income(token, sender=stranger)


def test_pays_several_deposits_at_once(token, money, pay_in, bob):
    for amount in (10, 20, 30):
        pay_in(token, amount)

    token.claim_income(sender=bob)

    assert money.balanceOf(bob) == 60 * BOB // 1_000


def test_less_than_a_unit_is_refused_and_stays_owed(token, money, pay_in, carol):
    pay_in(token, 4)  # carol's share: 0.8
    assert token.claimable(carol) == 0
    with ape.reverts("security_token: nothing to claim"):
        token.claim_income(sender=carol)

    pay_in(token, 1)  # 0.2 more: 1
    token.claim_income(sender=carol)

    assert (money.balanceOf(carol), token.claimable(carol)) == (1, 0)


def test_fraction_stays_owed_and_is_paid_later(token, money, pay_in, bob):
    pay_in(token, 5)  # 1.5
    token.claim_income(sender=bob)
    assert (money.balanceOf(bob), token.claimable(bob)) == (1, 0)

    pay_in(token, 2)  # 0.6 more: 2.1
    token.claim_income(sender=bob)

    assert (money.balanceOf(bob), token.claimable(bob)) == (2, 0)


def test_often_pays_as_much_as_once(issue_token, money, pay_in, alice, bob):
    token = issue_token([(alice, 1), (bob, 6)])

    for _ in range(70):
        pay_in(token, 5)
        if token.claimable(alice):
            token.claim_income(sender=alice)
    pay_in(token, 1)
    token.claim_income(sender=bob)

    assert (money.balanceOf(alice), money.balanceOf(bob)) == (50, 300)
    assert (token.claimable(alice), token.claimable(bob)) == (0, 0)


def test_fraction_left_by_a_claim_does_not_grow_with_units_bought_later(
    issue_token, money, pay_in, alice, bob
):
    """A holder that left 2/3 in the books could once multiply it by whatever it bought next."""
    token = issue_token([(alice, 2), (bob, 1_000_000)])
    pay_in(token, 834_168 * 2)  # 5/3 for each unit but for rounding
    token.transfer(bob, 1, sender=alice)
    token.claim_income(sender=alice)  # 3 of 3.33
    assert money.balanceOf(alice) == 3
    owed = token.claimable(bob)

    token.transfer(alice, 900_000, sender=bob)

    assert token.claimable(alice) == 0
    assert token.claimable(bob) == owed
    with ape.reverts("security_token: nothing to claim"):
        token.claim_income(sender=alice)


def test_works_after_most_units_were_sold(issue_token, money, pay_in, alice, bob):
    """The fraction of what was earned with many units is more than one unit ever earned."""
    token = issue_token([(alice, 15), (bob, 985)])
    pay_in(token, 100)  # alice: 1.5
    token.transfer(bob, 14, sender=alice)

    token.claim_income(sender=alice)

    assert (money.balanceOf(alice), token.claimable(alice)) == (1, 0)
    pay_in(token, 600)  # 0.6 more: 2.1
    token.claim_income(sender=alice)
    assert money.balanceOf(alice) == 2


def test_works_after_all_units_were_sold(token, money, pay_in, alice, bob):
    pay_in(token, 1_001)  # 500.5
    token.transfer(bob, ALICE, sender=alice)

    token.claim_income(sender=alice)

    assert money.balanceOf(alice) == 500
    with ape.reverts("security_token: nothing to claim"):
        token.claim_income(sender=alice)


def test_fraction_survives_without_units_and_waits_for_new_ones(token, money, pay_in, alice, bob):
    pay_in(token, 1_001)  # 500.5
    token.transfer(bob, ALICE, sender=alice)
    token.claim_income(sender=alice)
    pay_in(token, 1_000)  # none of it
    token.transfer(alice, 6, sender=bob)

    pay_in(token, 100)  # 0.6: 1.1 with the fraction

    token.claim_income(sender=alice)
    assert money.balanceOf(alice) == 501


def test_income_before_a_transfer_stays_with_the_seller(token, money, pay_in, alice, bob):
    pay_in(token, 1_000)

    token.transfer(bob, ALICE, sender=alice)

    assert (token.claimable(alice), token.claimable(bob)) == (ALICE, BOB)
    token.claim_income(sender=bob)
    token.claim_income(sender=alice)
    assert (money.balanceOf(alice), money.balanceOf(bob)) == (ALICE, BOB)


def test_units_that_move_on_after_a_claim_carry_no_old_income(
    token, money, pay_in, alice, bob, carol
):
    pay_in(token, 1_000)

    token.claim_income(sender=alice)
    token.transfer(bob, ALICE, sender=alice)
    token.claim_income(sender=bob)
    token.transfer(carol, ALICE + BOB, sender=bob)
    token.claim_income(sender=carol)

    assert [money.balanceOf(each) for each in (alice, bob, carol)] == [ALICE, BOB, CAROL]
    for holder in (alice, bob, carol):
        with ape.reverts("security_token: nothing to claim"):
            token.claim_income(holder, sender=holder)


def test_income_after_a_transfer_goes_to_the_buyer(token, pay_in, alice, bob):
    pay_in(token, 1_000)
    token.transfer(bob, 400, sender=alice)

    pay_in(token, 2_000)

    assert token.claimable(alice) == ALICE + 2 * (ALICE - 400)
    assert token.claimable(bob) == BOB + 2 * (BOB + 400)


def test_units_issued_after_a_deposit_earn_nothing_of_it(
    issue_token, money, pay_in, asset_manager, alice, bob
):
    token = issue_token([(alice, 10), (bob, 0)], units=1_000)
    pay_in(token, 1_000)

    token.mint(bob, 990, sender=asset_manager)
    token.mint(alice, 0, sender=asset_manager)

    assert (token.claimable(alice), token.claimable(bob)) == (1_000, 0)
    pay_in(token, 1_000)
    assert (token.claimable(alice), token.claimable(bob)) == (1_010, 990)


def test_more_units_issued_to_a_holder_earn_nothing_of_the_past(
    issue_token, pay_in, asset_manager, alice, bob
):
    token = issue_token([(alice, 10), (bob, 10)], units=1_000)
    pay_in(token, 1_000)

    token.mint(alice, 980, sender=asset_manager)

    assert (token.claimable(alice), token.claimable(bob)) == (500, 500)


def test_moves_without_units_change_no_income(token, pay_in, alice, bob, carol):
    pay_in(token, 1_000)

    token.transfer(alice, 100, sender=alice)
    token.transfer(bob, 0, sender=alice)
    token.transferFrom(bob, alice, 0, sender=carol)

    assert (token.claimable(alice), token.claimable(bob)) == (ALICE, BOB)


def test_frozen_holder_is_refused_and_paid_after_its_release(
    token, money, pay_in, compliance_officer, alice, stranger
):
    pay_in(token, 1_000)
    token.setAddressFrozen(alice, True, sender=compliance_officer)

    for caller in (alice, stranger):
        with ape.reverts("security_token: holder is frozen"):
            token.claim_income(alice, sender=caller)
    pay_in(token, 1_000)
    token.setAddressFrozen(alice, False, sender=compliance_officer)
    token.claim_income(sender=alice)

    assert money.balanceOf(alice) == 2 * ALICE


def test_frozen_caller_can_claim_for_somebody_else(scene, pay_in, money):
    pay_in(scene.token, 1_000)
    scene.freeze(scene.bob)

    scene.token.claim_income(scene.alice, sender=scene.bob)

    assert money.balanceOf(scene.alice) == ALICE


@pytest.mark.parametrize("frozen", [1, ALICE, 2**96 - 1])
def test_frozen_part_does_not_hold_income_back(scene, pay_in, money, frozen):
    pay_in(scene.token, 1_000)
    scene.freeze_part(scene.alice, frozen)

    scene.token.claim_income(sender=scene.alice)

    assert money.balanceOf(scene.alice) == ALICE
    assert scene.token.getFrozenTokens(scene.alice) == frozen


@pytest.mark.parametrize("loss", ["revoke", "let_expire"])
def test_holder_without_a_valid_identity_is_paid(scene, pay_in, money, loss):
    pay_in(scene.token, 1_000)
    getattr(scene, loss)(scene.alice)
    pay_in(scene.token, 1_000)

    scene.token.claim_income(sender=scene.alice)

    assert money.balanceOf(scene.alice) == 2 * ALICE


def test_works_while_paused(token, money, pay_in, guardian, alice):
    pay_in(token, 1_000)
    token.pause(sender=guardian)

    token.claim_income(sender=alice)

    assert money.balanceOf(alice) == ALICE


def test_holder_on_the_payment_tokens_block_list_affects_only_itself(
    token, money, pay_in, payer, alice, bob, carol
):
    pay_in(token, 1_000)
    money.set_blocked(alice, True, sender=payer)

    with ape.reverts("mock: blocked"):
        token.claim_income(sender=alice)
    token.claim_income(sender=bob)
    token.claim_income(sender=carol)

    assert (money.balanceOf(bob), money.balanceOf(carol)) == (BOB, CAROL)
    assert token.claimable(alice) == ALICE
    money.set_blocked(alice, False, sender=payer)
    token.claim_income(sender=alice)
    assert (money.balanceOf(alice), money.balanceOf(token)) == (ALICE, 0)


def test_stray_money_is_not_paid_out(token, money, pay_in, payer, alice, bob, carol):
    money.mint(token, 5_000, sender=payer)
    pay_in(token, 1_000)

    for holder in (alice, bob, carol):
        token.claim_income(sender=holder)

    assert money.balanceOf(token) == 5_000
