import ape
import pytest
from ape import chain
from eth_abi import encode
from eth_account import Account
from eth_utils import keccak

from . import errors
from .conftest import ALICE, BOB
from .permits import HOUR, TYPE_HASH, recovered, sign_permit

ZERO = "0x" + "00" * 20
# Order of secp256k1: s and ORDER - s sign the same.
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


@pytest.fixture
def sign(token, alice, bob):
    """`sign(value=5)`: alice's permit for bob, of 100 unless another value is given."""

    def signature(signer=alice, spender=bob, value=100, **changes):
        return sign_permit(token, signer, spender, value, **({"owner": alice.address} | changes))

    return signature


def test_approves_by_signature(token, sign, alice, bob, stranger):
    deadline, v, r, s = sign()

    receipt = token.permit(alice, bob, 100, deadline, v, r, s, sender=stranger)

    assert receipt.events == [token.Approval(owner=alice, spender=bob, value=100)]
    assert token.allowance(alice, bob) == 100
    assert token.nonces(alice) == 1


def test_lets_the_spender_move_the_units(token, sign, alice, bob):
    token.permit(alice, bob, 100, *sign(), sender=bob)

    token.transferFrom(alice, bob, 100, sender=bob)

    assert (token.balanceOf(alice), token.balanceOf(bob)) == (ALICE - 100, BOB + 100)


def test_replaces_the_allowance(token, sign, alice, bob):
    token.approve(bob, 7, sender=alice)

    token.permit(alice, bob, 2**256 - 1, *sign(value=2**256 - 1), sender=bob)

    assert token.allowance(alice, bob) == 2**256 - 1


def test_signatures_work_in_the_order_of_their_nonces(token, sign, alice, bob):
    first, second = sign(nonce=0), sign(nonce=1, value=200)
    other = recovered(token, alice, bob, 200, 0, *second)

    with errors.refused(errors.invalid_signer(other, alice)):
        token.permit(alice, bob, 200, *second, sender=bob)
    token.permit(alice, bob, 100, *first, sender=bob)
    token.permit(alice, bob, 200, *second, sender=bob)

    assert (token.allowance(alice, bob), token.nonces(alice)) == (200, 2)


def test_replay_is_refused(token, sign, alice, bob):
    deadline, v, r, s = sign()
    token.permit(alice, bob, 100, deadline, v, r, s, sender=bob)
    other = recovered(token, alice, bob, 100, 1, deadline, v, r, s)

    with errors.refused(errors.invalid_signer(other, alice)):
        token.permit(alice, bob, 100, deadline, v, r, s, sender=bob)

    assert token.nonces(alice) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"value": 101},
        {"spender": ZERO},
        {"nonce": 1},
        {"deadline": 2**40},
        {"domain": {"chainId": 1}},
        {"domain": {"version": "2"}},
        {"domain": {"name": "Asset 2"}},
        {"domain": {"verifyingContract": ZERO}},
    ],
    ids=lambda changes: next(iter(changes.get("domain", changes))),
)
def test_signature_of_something_else_is_refused(token, sign, alice, bob, changes):
    deadline = chain.pending_timestamp + HOUR
    _, v, r, s = sign(**({"deadline": deadline} | changes))
    other = recovered(token, alice, bob, 100, 0, deadline, v, r, s)

    with errors.refused(errors.invalid_signer(other, alice)):
        token.permit(alice, bob, 100, deadline, v, r, s, sender=bob)

    assert other != alice
    assert (token.allowance(alice, bob), token.nonces(alice)) == (0, 0)


def test_signature_for_another_token_is_refused(
    token, sign, register_asset, create_token, alice, bob
):
    other_token = create_token(register_asset("parcel 2"))
    deadline, v, r, s = sign(
        domain={"name": other_token.name(), "verifyingContract": other_token.address}
    )
    other = recovered(token, alice, bob, 100, 0, deadline, v, r, s)

    with errors.refused(errors.invalid_signer(other, alice)):
        token.permit(alice, bob, 100, deadline, v, r, s, sender=bob)
    other_token.permit(alice, bob, 100, deadline, v, r, s, sender=bob)

    assert (token.allowance(alice, bob), other_token.allowance(alice, bob)) == (0, 100)


def test_signature_of_somebody_else_is_refused(token, sign, alice, bob, carol):
    signature = sign(signer=carol)

    with errors.refused(errors.invalid_signer(carol, alice)):
        token.permit(alice, bob, 100, *signature, sender=bob)

    assert token.nonces(alice) == 0


def test_deadline_is_inclusive(token, sign, alice, bob):
    deadline = chain.pending_timestamp + 100
    signature = sign(deadline=deadline)

    chain.pending_timestamp = deadline
    token.permit(alice, bob, 100, *signature, sender=bob)

    assert chain.blocks.head.timestamp == deadline
    assert token.allowance(alice, bob) == 100


def test_deadline_that_is_over_by_a_second_is_refused(token, sign, alice, bob):
    deadline = chain.pending_timestamp + 100
    signature = sign(deadline=deadline)

    chain.pending_timestamp = deadline + 1
    with errors.refused(errors.expired_signature(deadline)):
        token.permit(alice, bob, 100, *signature, sender=bob)

    assert (token.allowance(alice, bob), token.nonces(alice)) == (0, 0)


def test_deadline_can_be_for_ever(token, sign, alice, bob):
    token.permit(alice, bob, 100, *sign(deadline=2**256 - 1), sender=bob)

    assert token.allowance(alice, bob) == 100


def test_second_form_of_the_same_signature_is_refused(token, sign, alice, bob):
    deadline, v, r, s = sign()
    high_s = (ORDER - int.from_bytes(s, "big")).to_bytes(32, "big")
    assert recovered(token, alice, bob, 100, 0, deadline, 55 - v, r, high_s) == alice

    with ape.reverts("ecdsa: invalid signature `s` value"):
        token.permit(alice, bob, 100, deadline, 55 - v, r, high_s, sender=bob)
    token.permit(alice, bob, 100, deadline, v, r, s, sender=bob)

    assert token.nonces(alice) == 1


@pytest.mark.parametrize("v", [0, 1, 26, 29, 255])
def test_signature_with_another_v_is_refused(token, sign, alice, bob, v):
    deadline, _, r, s = sign()

    with ape.reverts("ecdsa: invalid signature"):
        token.permit(alice, bob, 100, deadline, v, r, s, sender=bob)


@pytest.mark.parametrize("owner", ["alice", "nobody"])
def test_empty_signature_is_refused(token, alice, bob, owner):
    owner = alice if owner == "alice" else ZERO

    with ape.reverts("ecdsa: invalid signature"):
        token.permit(owner, bob, 100, 2**256 - 1, 27, b"", b"", sender=bob)

    assert token.allowance(owner, bob) == 0


def test_zero_owner_is_refused_whoever_signs(token, sign, alice, bob):
    deadline, v, r, s = sign(owner=ZERO)

    with errors.refused(errors.invalid_signer(alice, ZERO)):
        token.permit(ZERO, bob, 100, deadline, v, r, s, sender=bob)


def test_zero_spender_is_refused(token, sign, alice, bob):
    signature = sign(spender=ZERO)

    with errors.refused(errors.invalid_spender(ZERO)):
        token.permit(alice, ZERO, 100, *signature, sender=bob)

    assert token.nonces(alice) == 0


def test_front_run_permit_leaves_the_allowance_that_was_signed(token, sign, alice, bob, stranger):
    signature = sign()
    token.permit(alice, bob, 100, *signature, sender=stranger)
    other = recovered(token, alice, bob, 100, 1, *signature)

    with errors.refused(errors.invalid_signer(other, alice)):
        token.permit(alice, bob, 100, *signature, sender=bob)
    token.transferFrom(alice, bob, 100, sender=bob)

    assert token.balanceOf(bob) == BOB + 100


def test_works_for_a_frozen_owner_while_paused_and_moves_nothing(scene, sign):
    token, alice, bob = scene.token, scene.alice, scene.bob
    scene.freeze(alice)
    token.pause(sender=scene.guardian)

    token.permit(alice, bob, 100, *sign(), sender=bob)

    assert token.allowance(alice, bob) == 100
    with errors.refused(errors.enforced_pause()):
        token.transferFrom(alice, bob, 100, sender=bob)


@pytest.fixture
def wallet(project, token, verify, asset_manager, alice, stranger):
    """A contract wallet of alice's."""
    return stranger.deploy(project.MockContractWallet, alice)


def sign_for_wallet(token, wallet, signer, spender, value):
    deadline = chain.pending_timestamp + HOUR
    types = ["bytes32", "address", "address", "uint256", "uint256", "uint256"]
    message = [TYPE_HASH, wallet.address, spender.address, value, token.nonces(wallet), deadline]
    digest = keccak(b"\x19\x01" + bytes(token.DOMAIN_SEPARATOR()) + keccak(encode(types, message)))
    signed = Account._sign_hash(wallet.wrapped(digest), signer.private_key)
    return deadline, signed.v, signed.r.to_bytes(32, "big"), signed.s.to_bytes(32, "big")


def test_contract_wallet_approves_by_its_own_rule(token, wallet, alice, bob, stranger):
    signature = sign_for_wallet(token, wallet, alice, bob, 100)

    token.permit(wallet, bob, 100, *signature, sender=stranger)

    assert (token.allowance(wallet, bob), token.nonces(wallet)) == (100, 1)


def test_contract_wallet_that_says_no_is_refused(token, wallet, alice, bob, carol):
    deadline, v, r, s = sign_for_wallet(token, wallet, carol, bob, 100)
    other = recovered(token, wallet, bob, 100, 0, deadline, v, r, s)

    with errors.refused(errors.invalid_signer(other, wallet)):
        token.permit(wallet, bob, 100, deadline, v, r, s, sender=bob)

    assert (token.allowance(wallet, bob), token.nonces(wallet)) == (0, 0)


@pytest.mark.parametrize("manner", [2, 4, 8], ids=["refuses", "answers wrong", "answers short"])
def test_contract_wallet_with_bad_manners_is_refused(token, wallet, alice, bob, manner):
    deadline, v, r, s = sign_for_wallet(token, wallet, alice, bob, 100)
    wallet.behave(manner, sender=alice)
    other = recovered(token, wallet, bob, 100, 0, deadline, v, r, s)

    with errors.refused(errors.invalid_signer(other, wallet)):
        token.permit(wallet, bob, 100, deadline, v, r, s, sender=bob)
