"""Payees and payment tokens that call the splitter back, function by function."""

import pytest
from eth_utils import keccak

from tests.unit.income.conftest import NO_PURPOSE, PURPOSE, Manner

TREASURER_ROLE = keccak(text="TREASURER_ROLE")

# What the code fixes; no state is read, so there is nothing to lock.
HARMLESS = {"authority()", "TREASURER_ROLE()", "ASSET_ID()"}


@pytest.fixture(scope="module")
def calls(stranger):
    """signature -> calldata of a call that would succeed or harm, if it were let in."""

    def encode(splitter, money, attacker):
        table = [(stranger, 10_000, NO_PURPOSE)]
        return {
            "distribute()": splitter.distribute.encode_input(),
            "release(address,address)": splitter.release.encode_input(money, attacker),
            "release(address,address,bytes32)": splitter.release.encode_input(
                money, attacker, PURPOSE
            ),
            "set_payees((address,uint16,bytes32)[])": splitter.set_payees.encode_input(table),
            "asset()": splitter.asset.encode_input(),
            "payees()": splitter.payees.encode_input(),
            "pending()": splitter.pending.encode_input(),
            "authority()": splitter.authority.encode_input(),
            "TREASURER_ROLE()": splitter.TREASURER_ROLE.encode_input(),
            "ASSET_ID()": splitter.ASSET_ID.encode_input(),
            "version()": splitter.version.encode_input(),
            "total_owed()": splitter.total_owed.encode_input(),
            "owed_to(address,bytes32)": splitter.owed_to.encode_input(attacker, PURPOSE),
        }

    return encode


@pytest.fixture
def give_role(city, council):
    """Give the attacker the treasurer's role, so that only the lock is in its way."""
    return lambda account: city.authority.grantRole(TREASURER_ROLE, account, sender=council)


def test_the_calls_below_are_all_there_are(splitter, calls, money, stranger):
    signatures = {abi.selector for abi in splitter.contract_type.methods}

    assert signatures == set(calls(splitter, money, stranger))


def test_keeps_a_receiver_out_of_every_function(
    split, calls, give_role, money, stranger, receiver, library_fund
):
    give_role(receiver)
    splitter = split((receiver, 6_000, PURPOSE), (library_fund, 4_000))
    money.mint(splitter, 300, sender=stranger)
    receiver.behave(Manner.REFUSES, sender=stranger)
    splitter.distribute(sender=stranger)  # so that there is a credit to go for
    for number, (signature, calldata) in enumerate(calls(splitter, money, receiver).items(), 1):
        receiver.behave(Manner.TRIES_BACK, calldata, sender=stranger)
        money.mint(splitter, 1_000, sender=stranger)

        splitter.distribute(sender=stranger)

        assert receiver.call_back_succeeded() is (signature in HARMLESS), signature
        assert money.balanceOf(receiver) == number * 600, signature
        assert money.balanceOf(library_fund) == 120 + number * 400, signature
        assert splitter.owed_to(receiver, PURPOSE) == splitter.total_owed() == 180, signature
        assert money.balanceOf(splitter) == 180, signature
        assert money.allowance(splitter, receiver) == 0, signature
        assert splitter.version() == 1, signature


def test_credits_a_receiver_whose_call_back_makes_it_fail(
    split, calls, money, stranger, receiver, library_fund
):
    splitter = split((receiver, 6_000, PURPOSE), (library_fund, 4_000))
    owed = paid = 0
    for signature, calldata in calls(splitter, money, receiver).items():
        receiver.behave(Manner.CALLS_BACK, calldata, sender=stranger)
        money.mint(splitter, 1_000, sender=stranger)

        splitter.distribute(sender=stranger)

        owed += 0 if signature in HARMLESS else 600
        paid += 600 if signature in HARMLESS else 0
        assert splitter.owed_to(receiver, PURPOSE) == splitter.total_owed() == owed, signature
        assert money.balanceOf(receiver) == paid, signature
        assert money.allowance(splitter, receiver) == 0, signature
    assert money.balanceOf(library_fund) == 400 * 13


def test_keeps_a_receiver_out_of_every_function_during_release(
    split, calls, give_role, money, stranger, receiver
):
    give_role(receiver)
    splitter = split((receiver, 10_000, PURPOSE))
    for number, (signature, calldata) in enumerate(calls(splitter, money, receiver).items(), 1):
        receiver.behave(Manner.REFUSES, sender=stranger)
        money.mint(splitter, 1_000, sender=stranger)
        splitter.distribute(sender=stranger)
        receiver.behave(Manner.TRIES_BACK, calldata, sender=stranger)

        splitter.release(money, receiver, PURPOSE, sender=stranger)

        assert receiver.call_back_succeeded() is (signature in HARMLESS), signature
        assert money.balanceOf(receiver) == number * 1_000, signature
        assert money.balanceOf(splitter) == splitter.total_owed() == 0, signature
        assert money.allowance(splitter, receiver) == 0, signature


def test_keeps_the_token_out_of_every_function(
    split, calls, give_role, hook_token, stranger, waterworks, receiver
):
    """A token that calls back in the middle of every transfer, plain or taken."""
    give_role(hook_token)
    receiver.behave(Manner.TAKES_ALL, sender=stranger)
    splitter = split((waterworks, 6_000), (receiver, 4_000, PURPOSE), asset=hook_token)
    for number, (signature, calldata) in enumerate(
        calls(splitter, hook_token, waterworks).items(), 1
    ):
        hook_token.arm(splitter, calldata, sender=stranger)
        hook_token.mint(splitter, 1_000, sender=stranger)
        attacks = hook_token.attacked()

        splitter.distribute(sender=stranger)

        assert hook_token.attacked() == attacks + 2, signature
        assert hook_token.attack_succeeded() is (signature in HARMLESS), signature
        assert hook_token.balanceOf(waterworks) == number * 600, signature
        assert hook_token.balanceOf(receiver) == number * 400, signature
        assert hook_token.balanceOf(splitter) == splitter.total_owed() == 0, signature
        assert hook_token.allowance(splitter, receiver) == 0, signature
        assert splitter.version() == 1, signature


def test_lets_a_payee_distribute_another_splitter_meanwhile(
    split, money, stranger, receiver, library_fund
):
    """The books of the two are apart: each pays exactly what it owes."""
    first = split((receiver, 6_000, PURPOSE), (library_fund, 4_000))
    second = split((receiver, 1_000, PURPOSE), (library_fund, 9_000))
    money.mint(first, 1_000, sender=stranger)
    money.mint(second, 1_000, sender=stranger)
    receiver.behave(Manner.TRIES_BACK, second.distribute.encode_input(), second, sender=stranger)

    first.distribute(sender=stranger)

    assert money.balanceOf(receiver) == 600 + 100
    assert money.balanceOf(library_fund) == 400 + 900
    for splitter in (first, second):
        assert money.balanceOf(splitter) == splitter.total_owed() == 0
        assert money.allowance(splitter, receiver) == 0
