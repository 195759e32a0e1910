import ape
import pytest
from ape import chain

from . import errors
from .authorizations import NONCE, sign_authorization, sign_cancellation
from .conftest import ALICE, BOB

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
USED = "signed_calls: used nonce"
NOT_NOW = "signed_calls: not valid now"


@pytest.fixture
def sign(token, alice, bob):
    """`sign(value=5)`: alice's transfer of 100 to bob, unless something else is given."""

    def arguments(value=100, **changes):
        return sign_authorization(token, alice, bob, value, **changes)

    return arguments


def test_moves_units_that_the_holder_signed(token, sign, alice, bob, stranger):
    receipt = token.transferWithAuthorization(*sign(), sender=stranger)

    assert receipt.events == [
        token.AuthorizationUsed(authorizer=alice, nonce=NONCE),
        token.Transfer(sender=alice, receiver=bob, value=100),
    ]
    assert (token.balanceOf(alice), token.balanceOf(bob)) == (ALICE - 100, BOB + 100)
    assert token.authorizationState(alice, NONCE)
    assert not token.authorizationState(bob, NONCE)
    assert token.allowance(alice, stranger) == 0


def test_receiver_takes_units_that_the_holder_signed(token, sign, alice, bob):
    receipt = token.receiveWithAuthorization(*sign(kind="Receive"), sender=bob)

    assert receipt.events == [
        token.AuthorizationUsed(authorizer=alice, nonce=NONCE),
        token.Transfer(sender=alice, receiver=bob, value=100),
    ]
    assert token.balanceOf(bob) == BOB + 100


def test_only_the_receiver_takes(token, sign, alice, bob, stranger):
    arguments = sign(kind="Receive")

    for other in (alice, stranger):
        with ape.reverts("security_token: not the receiver"):
            token.receiveWithAuthorization(*arguments, sender=other)
    with ape.reverts():  # signed for the other function
        token.transferWithAuthorization(*arguments, sender=stranger)
    assert token.balanceOf(bob) == BOB


def test_is_valid_strictly_between_its_times(token, alice, bob, stranger):
    now = chain.pending_timestamp + 100
    before = {"validAfter": now, "validBefore": now + 2}

    for at, inside in ((now, False), (now + 2, False), (now + 1, True)):
        snapshot = chain.snapshot()
        arguments = sign_authorization(token, alice, bob, 100, **before)
        chain.pending_timestamp = at
        if inside:
            token.transferWithAuthorization(*arguments, sender=stranger)
            assert token.balanceOf(bob) == BOB + 100
        else:
            with ape.reverts(NOT_NOW):
                token.transferWithAuthorization(*arguments, sender=stranger)
        chain.restore(snapshot)


def test_moves_once(token, sign, alice, bob, stranger):
    arguments = sign()
    token.transferWithAuthorization(*arguments, sender=stranger)

    with ape.reverts(USED):
        token.transferWithAuthorization(*arguments, sender=stranger)
    with ape.reverts(USED):
        token.receiveWithAuthorization(*sign(kind="Receive"), sender=bob)
    token.transferWithAuthorization(*sign(nonce=b"\1" * 32), sender=stranger)

    assert token.balanceOf(bob) == BOB + 200


def test_cancelled_nonce_moves_nothing(token, sign, alice, bob, stranger):
    receipt = token.cancelAuthorization(*sign_cancellation(token, alice), sender=stranger)

    assert receipt.events == [token.AuthorizationCanceled(authorizer=alice, nonce=NONCE)]
    assert token.authorizationState(alice, NONCE)
    with ape.reverts(USED):
        token.transferWithAuthorization(*sign(), sender=stranger)
    with ape.reverts(USED):
        token.cancelAuthorization(*sign_cancellation(token, alice), sender=stranger)


@pytest.mark.parametrize("part", ["to", "value", "validAfter", "validBefore", "nonce"])
def test_any_other_part_than_signed_is_refused(token, sign, alice, carol, stranger, part):
    names = ("from", "to", "value", "validAfter", "validBefore", "nonce", "v", "r", "s")
    arguments = dict(zip(names, sign(), strict=True))
    other = {
        "to": carol.address,
        "value": 99,
        "validAfter": arguments["validAfter"] - 1,
        "validBefore": arguments["validBefore"] + 1,
        "nonce": b"\2" * 32,
    }

    with ape.reverts():
        token.transferWithAuthorization(
            *(arguments | {part: other[part]}).values(), sender=stranger
        )
    assert token.balanceOf(alice) == ALICE


@pytest.mark.parametrize(
    "domain",
    [
        {"name": "Another token"},
        {"version": "2"},
        {"chainId": 1},
        {"verifyingContract": "0x" + "11" * 20},
    ],
)
def test_another_domain_is_refused(token, sign, alice, stranger, domain):
    with ape.reverts():
        token.transferWithAuthorization(*sign(domain=domain), sender=stranger)
    assert not token.authorizationState(alice, NONCE)


def test_another_signer_is_refused(token, sign, alice, bob, stranger):
    with ape.reverts():
        token.transferWithAuthorization(*sign(signer=bob), sender=stranger)
    with ape.reverts():
        token.cancelAuthorization(*sign_cancellation(token, alice, signer=bob), sender=bob)
    assert not token.authorizationState(alice, NONCE)


def test_high_s_is_refused(token, sign, stranger):
    *message, v, r, s = sign()
    high = (ORDER - int.from_bytes(s, "big")).to_bytes(32, "big")

    with ape.reverts("ecdsa: invalid signature `s` value"):
        token.transferWithAuthorization(*message, 55 - v, r, high, sender=stranger)


def test_wallet_contract_signs_by_its_owner(
    project, token, deployer, alice, bob, verify, asset_manager, stranger
):
    wallet = deployer.deploy(project.MockContractWallet, alice)
    verify(wallet)
    token.transfer(wallet, 200, sender=alice)

    token.transferWithAuthorization(
        *sign_authorization(token, wallet, bob, 150, signer=alice), sender=stranger
    )
    with ape.reverts():
        token.transferWithAuthorization(
            *sign_authorization(token, wallet, bob, 1, signer=bob, nonce=b"\3" * 32),
            sender=stranger,
        )

    assert (token.balanceOf(wallet), token.balanceOf(bob)) == (50, BOB + 150)


def test_passes_the_one_check(token, sign, alice, bob, stranger, compliance_officer, guardian):
    token.setFrozenTokens(alice, ALICE - 99, sender=compliance_officer)
    with errors.refused(errors.above_unfrozen(alice, 100, 99)):
        token.transferWithAuthorization(*sign(), sender=stranger)
    token.setFrozenTokens(alice, 0, sender=compliance_officer)
    with errors.refused(errors.insufficient_balance(alice, ALICE, ALICE + 1)):
        token.transferWithAuthorization(*sign(ALICE + 1), sender=stranger)
    token.pause(sender=guardian)
    with errors.refused(errors.enforced_pause()):
        token.transferWithAuthorization(*sign(), sender=stranger)

    assert not token.authorizationState(alice, NONCE)


def test_nonces_of_one_token_are_not_those_of_another(
    token, register_asset, create_token, asset_manager, sign, alice, bob
):
    other = create_token(register_asset("parcel 2"))
    other.mint(alice, 100, sender=asset_manager)
    token.transferWithAuthorization(*sign(), sender=bob)

    assert not other.authorizationState(alice, NONCE)
    other.transferWithAuthorization(*sign_authorization(other, alice, bob, 100), sender=bob)
    assert other.balanceOf(bob) == 100


def test_nobody_but_a_token_reaches_its_holders_through_the_extension(
    city, token, sign, alice, stranger
):
    """Called by itself the extension speaks of its caller, which has no token's name."""
    extension = city.token_extension

    with ape.reverts():
        extension.transferWithAuthorization(*sign(), sender=stranger)
    assert (token.balanceOf(alice), token.authorizationState(alice, NONCE)) == (ALICE, False)
