"""Any address may send, contracts among them."""

import ape
import pytest
from ape import accounts, chain
from ape.exceptions import APINotImplementedError, VirtualMachineError

NOBODY = "0x00000000000000000000000000000000DeaDBeef"


@pytest.fixture
def desk(contracts, minter):
    return minter.deploy(contracts["DESK"])


@pytest.fixture
def caller(contracts, minter):
    return minter.deploy(contracts["CALLER"])


def test_an_address_without_money_can_send(ledger, minter):
    nobody = accounts.test_accounts.impersonate_account(NOBODY)

    receipt = ledger.mint(nobody, 5, sender=nobody)

    assert receipt.sender == NOBODY
    assert receipt.total_fees_paid == 0
    assert (nobody.nonce, nobody.balance) == (1, 0)
    assert ledger.balance_of(nobody) == 5


def test_by_address_alone(ledger):
    assert ledger.mint(NOBODY, 5, sender=accounts[NOBODY]).sender == NOBODY


def test_it_spends_only_what_it_has(ledger):
    nobody = accounts.test_accounts[NOBODY]
    chain.set_balance(nobody, 5)

    ledger.pay(value=5, sender=nobody)

    assert nobody.balance == 0
    with pytest.raises(VirtualMachineError, match="has 0 wei"):
        ledger.pay(value=1, sender=nobody)


def test_it_cannot_sign(revm):
    with pytest.raises(APINotImplementedError):
        accounts.test_accounts[NOBODY].sign_message("hello")


def test_it_stays_usable_after_being_let_go(ledger):
    accounts.test_accounts.impersonate_account(NOBODY)
    accounts.test_accounts.stop_impersonating(NOBODY)

    assert ledger.mint(NOBODY, 5, sender=accounts[NOBODY]).status == 1


def test_a_contract_sends_in_its_own_name(ledger, caller, minter, stranger):
    ledger.mint(caller, 50, sender=minter)

    receipt = ledger.transfer(stranger, 20, sender=caller)

    assert ledger.balance_of(caller) == 30
    assert receipt.events == [ledger.Transfer(sender=caller, receiver=stranger, amount=20)]


def test_a_contract_is_called_back_as_ever(desk, caller):
    """Its code answers, immutables and storage included, and it can be paid."""
    chain.set_balance(caller.address, 9)
    code = caller.code

    receipt = desk.ask(14, value=9, sender=caller)

    assert receipt.events == [desk.Asked(caller=caller, answer=42)]
    assert receipt.return_value == 42
    assert (caller.heard(), caller.received(), caller.balance) == (14, 9, 9)
    assert caller.code == code


def test_a_contract_is_refused_in_words_and_stays_itself(desk, caller):
    code, nonce = caller.code, chain.provider.get_nonce(caller.address)

    with ape.reverts("desk: closed"):
        desk.refuse(sender=caller)

    assert caller.code == code
    assert chain.provider.get_nonce(caller.address) == nonce + 1
    assert caller.heard() == 0


def test_a_contract_can_make_calls(desk, caller):
    assert desk.ask.call(14, sender=caller) == 42
    assert caller.heard() == 0


def test_a_contract_can_deploy(contracts, caller):
    sender = accounts.test_accounts[caller.address]

    child = sender.deploy(contracts["CHILD"], 5)

    assert child.number() == 5
    assert [log.parent for log in child.Born] == [caller.address]


def test_a_contract_pays_the_gas_of_the_same_code_and_no_fee(ledger, caller, stranger):
    as_contract = ledger.mint(stranger, 5, sender=caller)
    as_person = ledger.mint(stranger, 5, sender=stranger)

    assert as_contract.gas_used == as_person.gas_used + 17_100  # the first wrote a new slot
    assert as_contract.total_fees_paid == 0
