"""Payees and payment tokens that call the splitter back, function by function."""

import pytest
from eth_utils import keccak

from civitas.chain.deploy import name32
from tests.unit.income.conftest import PURPOSE, Manner, this_month

ROLES = [keccak(text=f"{name}_ROLE") for name in ("TREASURER", "LEASE")]

# What the code fixes; no state is read, so there is nothing to lock.
HARMLESS = {
    "authority()",
    "TREASURER_ROLE()",
    "CASHIER_ROLE()",
    "LEASE_ROLE()",
    "ASSET_ID()",
    "FACTORY()",
    "NOTICE_DAYS()",
    "UTC_OFFSET_MINUTES()",
    "totalShares()",
}


@pytest.fixture(scope="module")
def calls():
    """signature -> calldata of a call that would succeed or harm, if it were let in."""

    def encode(splitter, money, attacker):
        name = name32("RESERVE")
        getters = {
            f"{getter}()": getattr(splitter, getter).encode_input()
            for getter in (
                *("asset", "authority", "rules", "version", "next_start_month", "total_owed"),
                *("TREASURER_ROLE", "CASHIER_ROLE", "LEASE_ROLE", "ASSET_ID", "FACTORY"),
                *("NOTICE_DAYS", "UTC_OFFSET_MINUTES", "totalShares"),
            )
        }
        return {
            **getters,
            "distribute()": splitter.distribute.encode_input(),
            "distribute(uint256)": splitter.distribute.encode_input(1),
            "begin_rules()": splitter.begin_rules.encode_input(),
            "date_income(uint256,uint256)": splitter.date_income.encode_input(1, 1),
            "date_income(uint256,uint256,uint256)": splitter.date_income.encode_input(1, 1, 1),
            "schedule_rules(uint256,address)": splitter.schedule_rules.encode_input(
                this_month() + 3, splitter.rules()
            ),
            "cancel_rules()": splitter.cancel_rules.encode_input(),
            "free_reserve(bytes32,bytes32)": splitter.free_reserve.encode_input(name, PURPOSE),
            "draw_reserve(bytes32,uint256,bytes32)": splitter.draw_reserve.encode_input(
                name, 1, PURPOSE
            ),
            "pending()": splitter.pending.encode_input(),
            "pending(uint256)": splitter.pending.encode_input(1),
            "shortfall(bytes32)": splitter.shortfall.encode_input(name),
            "reserve_of(bytes32)": splitter.reserve_of.encode_input(name),
            "income_of(uint256)": splitter.income_of.encode_input(1),
            "rules_of(uint256)": splitter.rules_of.encode_input(1),
            "releasable(address,address)": splitter.releasable.encode_input(money, attacker),
            "releasable(address,address,bytes32)": splitter.releasable.encode_input(
                money, attacker, PURPOSE
            ),
            "shares(address)": splitter.shares.encode_input(attacker),
            "payee(uint256)": splitter.payee.encode_input(0),
            "release(address,address)": splitter.release.encode_input(money, attacker),
            "release(address,address,bytes32)": splitter.release.encode_input(
                money, attacker, PURPOSE
            ),
            "owed_to(address,bytes32)": splitter.owed_to.encode_input(attacker, PURPOSE),
        }

    return encode


@pytest.fixture
def give_role(city, council):
    """Give the attacker the treasurer's and the lease's role, so that only the lock is in its
    way. A cashier's can't go with them; the lock comes before it."""

    def give(account):
        for role in ROLES:
            city.authority.grantRole(role, account, sender=council)

    return give


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
    attacks = calls(splitter, money, receiver)
    for signature, calldata in attacks.items():
        receiver.behave(Manner.CALLS_BACK, calldata, sender=stranger)
        money.mint(splitter, 1_000, sender=stranger)

        splitter.distribute(sender=stranger)

        owed += 0 if signature in HARMLESS else 600
        paid += 600 if signature in HARMLESS else 0
        assert splitter.owed_to(receiver, PURPOSE) == splitter.total_owed() == owed, signature
        assert money.balanceOf(receiver) == paid, signature
        assert money.allowance(splitter, receiver) == 0, signature
    assert money.balanceOf(library_fund) == 400 * len(attacks)


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
