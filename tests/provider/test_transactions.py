"""What becomes of a transaction: its receipt, its failure, its signature, its price."""

import json

import ape
import pytest
from ape import accounts, chain
from ape.exceptions import ContractLogicError, OutOfGasError, SignatureError, VirtualMachineError
from ape_accounts.accounts import KeyfileAccount
from eip712 import EIP712Message
from eth_account import Account as EthAccount
from eth_pydantic_types import abi

from .conftest import ETH_TESTER, new_chain

GWEI = 10**9


class Permit(EIP712Message):
    amount: abi.uint256


def test_receipt_knows_its_return_value(ledger, minter, stranger):
    receipt = ledger.mint(stranger, 5, sender=minter)

    assert receipt.return_value == 1_005
    assert ledger.transfer(stranger, 1, sender=minter).return_value is None


def test_receipt_decodes_events_in_order(ledger, minter, stranger):
    receipt = ledger.mint(stranger, 5, sender=minter)

    zero = "0x" + "00" * 20
    assert receipt.events == [
        ledger.Transfer(sender=zero, receiver=stranger, amount=5),
        ledger.Noted(amount=5, note="minted"),
    ]
    assert receipt.decode_logs(ledger.Noted) == [ledger.Noted(amount=5, note="minted")]
    assert [log.log_index for log in receipt.events] == [0, 1]
    assert {log.transaction_hash for log in receipt.events} == {receipt.txn_hash}


def test_each_transaction_has_a_block_of_its_own(ledger, minter, stranger):
    height = chain.blocks.height

    first = ledger.mint(stranger, 1, sender=minter)
    second = ledger.mint(stranger, 1, sender=minter)

    assert (first.block_number, second.block_number) == (height + 1, height + 2)
    assert second.timestamp == first.timestamp + 1
    assert chain.get_receipt(first.txn_hash).gas_used == first.gas_used
    assert [txn.nonce for txn in chain.blocks.head.transactions] == [second.nonce]


def test_hashes_are_unique_and_stay_unique_after_a_restore(ledger, minter, stranger):
    snapshot = chain.snapshot()
    first = ledger.mint(stranger, 1, sender=minter)
    chain.restore(snapshot)

    other = ledger.mint(stranger, 2, sender=minter)

    assert other.txn_hash != first.txn_hash
    with pytest.raises(ape.exceptions.TransactionNotFoundError):
        chain.provider.get_receipt(first.txn_hash)


def test_refusal_carries_the_reason_and_is_mined(ledger, minter, stranger):
    height, nonce = chain.blocks.height, stranger.nonce

    with ape.reverts("ledger: too little"):
        ledger.transfer(minter, 1, sender=stranger)

    assert chain.blocks.height == height + 1
    assert stranger.nonce == nonce + 1
    assert list(ledger.Transfer.range(height + 1, height + 2)) == []


def test_refusal_without_exception_gives_the_receipt(ledger, minter, stranger):
    receipt = ledger.transfer(minter, 1, sender=stranger, raise_on_revert=False)

    assert receipt.failed
    assert receipt.error.revert_message == "ledger: too little"
    assert receipt.logs == []
    assert receipt.return_value is None
    assert 21_000 < receipt.gas_used < 30_000


def test_undeclared_error_is_handed_through_as_hex(ledger, minter):
    with pytest.raises(ContractLogicError) as refused:
        ledger.typed_refusal(3, sender=minter)

    data = bytes.fromhex(refused.value.revert_message[2:])
    assert data[:4].hex() == "c246547f"
    assert int.from_bytes(data[-32:], "big") == 3


def test_declared_error_becomes_apes_typed_error(ledger, minter):
    declaration = {
        "type": "error",
        "name": "Refused",
        "inputs": [{"name": "who", "type": "address"}, {"name": "amount", "type": "uint256"}],
    }
    abi = [json.loads(item.model_dump_json()) for item in ledger.contract_type.abi]
    typed = ape.Contract(ledger.address, abi=[*abi, declaration])

    with ape.reverts(typed.Refused, amount=3):
        typed.typed_refusal(3, sender=minter)


def test_bare_refusal_has_apes_default_message(ledger, minter):
    with ape.reverts("Transaction failed."):
        ledger.bare_refusal(sender=minter)


def test_running_out_of_gas_is_a_refusal_and_its_own_kind(ledger, minter):
    with ape.reverts("The transaction ran out of gas."):
        ledger.endless(sender=minter, gas=50_000)
    with pytest.raises(OutOfGasError):
        ledger.endless(sender=minter, gas=50_000)


def test_invalid_opcode_takes_all_gas(ledger, minter):
    receipt = ledger.invalid(sender=minter, gas=60_000, raise_on_revert=False)

    assert receipt.gas_used == 60_000
    assert receipt.error.revert_message == "InvalidFEOpcode"


def test_sender_pays_gas_and_value(ledger, minter):
    before = minter.balance

    receipt = ledger.pay(value=5, sender=minter)

    assert receipt.total_fees_paid == receipt.gas_used * GWEI
    assert before - minter.balance == receipt.total_fees_paid + 5
    assert ledger.balance == 5


def test_tip_reaches_the_coinbase(revm, ledger, minter):
    before = revm.get_balance("0x" + "00" * 20)

    receipt = ledger.pay(sender=minter, max_fee=3 * GWEI, max_priority_fee=GWEI)

    assert receipt.gas_price == 2 * GWEI
    assert revm.get_balance("0x" + "00" * 20) - before == receipt.gas_used * GWEI


def test_gas_price_of_a_legacy_transaction(ledger, minter):
    assert ledger.pay(sender=minter, gas_price=3 * GWEI).gas_price == 3 * GWEI


@pytest.mark.parametrize(
    ("kwargs", "why"),
    [
        ({"max_fee": GWEI - 1}, "below the base fee"),
        ({"gas": 30_000_001}, "above the block's"),
        ({"gas": 20_000}, "gas limit"),
        ({"nonce": 77}, "invalid nonce: expected"),
    ],
)
def test_invalid_transaction_leaves_no_trace(ledger, minter, kwargs, why):
    height, nonce, balance = chain.blocks.height, minter.nonce, minter.balance

    with pytest.raises(VirtualMachineError, match=why):
        ledger.pay(sender=minter, **kwargs)

    assert (chain.blocks.height, minter.nonce, minter.balance) == (height, nonce, balance)


def test_value_beyond_the_balance_is_invalid(ledger, minter, stranger):
    fees = 30_000_000 * GWEI
    chain.set_balance(stranger, 10**18 + fees - 1)

    with pytest.raises(VirtualMachineError, match=f"needs {10**18 + fees} for value and gas"):
        ledger.pay(value=10**18, sender=stranger)


def test_access_lists_are_refused_in_words(revm, ledger, minter):
    txn = ledger.pay.as_transaction(sender=minter)
    txn.access_list = [{"address": ledger.address, "storageKeys": []}]

    with pytest.raises(VirtualMachineError, match="not supported"):
        minter.call(txn)


def test_test_accounts_send_unsigned_but_sign_messages(contracts, minter, stranger):
    permits = minter.deploy(contracts["PERMITS"])
    message = Permit(amount=5, eip712_name="Ledger", eip712_chainId=chain.chain_id)

    signature = stranger.sign_message(message)

    assert chain.get_receipt(permits.txn_hash).transaction.signature is None
    assert permits.signer(5, signature.v, signature.r, signature.s) == stranger
    assert permits.signer(6, signature.v, signature.r, signature.s) != stranger


def test_same_accounts_sign_on_other_chains(contracts, minter):
    with new_chain(ETH_TESTER):
        ledger = minter.deploy(contracts["LEDGER"], 5)
        assert ledger.balance_of(minter) == 5


def test_key_file_account_sends_signed(ledger, minter, tmp_path):
    key = "0x" + "17" * 32
    path = tmp_path / "clerk.json"
    path.write_text(json.dumps(EthAccount.encrypt(key, "pass", kdf="pbkdf2", iterations=1)))
    clerk = KeyfileAccount(keyfile_path=path)
    clerk.set_autosign(True, passphrase="pass")
    minter.transfer(clerk, 10**18)

    receipt = ledger.pay(value=5, sender=clerk)

    assert receipt.transaction.signature is not None
    assert receipt.txn_hash == "0x" + receipt.transaction.txn_hash.hex().removeprefix("0x")
    assert clerk.nonce == 1
    assert clerk.balance == 10**18 - 5 - receipt.total_fees_paid


def test_signature_of_someone_else_is_refused(revm, ledger, stranger, minter):
    forger = accounts.test_accounts.generate_test_account()
    txn = ledger.pay.as_transaction(sender=minter)
    signed = forger.sign_transaction(txn)

    with pytest.raises(SignatureError, match="doesn't match sender"):
        revm.send_transaction(signed)


def test_signer_is_found_when_no_sender_is_named(revm, ledger, minter):
    signer = accounts.test_accounts.generate_test_account()
    minter.transfer(signer, 10**18)
    txn = signer.sign_transaction(ledger.pay.as_transaction(sender=signer))
    txn.sender = None

    revm.send_transaction(txn)

    assert signer.nonce == 1


def test_transaction_for_another_chain_is_refused(revm, ledger, minter):
    txn = ledger.pay.as_transaction(sender=minter)
    txn.chain_id = 1

    with pytest.raises(VirtualMachineError, match="chain id is 1337"):
        revm.send_transaction(txn)


def test_nobody_cannot_send(revm, ledger):
    txn = ledger.pay.as_transaction()

    with pytest.raises(SignatureError, match="no signature and no sender"):
        revm.send_transaction(txn)


def test_estimated_gas_is_enough_and_close(ledger, minter, stranger):
    ledger.mint(stranger, 5, sender=minter)

    estimate = ledger.clear.estimate_gas_cost(stranger, sender=minter)
    receipt = ledger.clear(stranger, sender=minter, gas=estimate)

    assert not receipt.failed
    assert receipt.gas_used < estimate < receipt.gas_used * 13 // 10  # a refund comes at the end
    with ape.reverts("ledger: too little"):
        ledger.transfer.estimate_gas_cost(minter, 1, sender=stranger)


def test_history_of_an_account_is_found_by_nonce(ledger, minter, stranger):
    start = stranger.nonce
    receipts = [ledger.pay(value=i, sender=stranger) for i in range(3)]

    found = list(chain.provider.get_transactions_by_account_nonce(stranger.address, start + 1))

    assert found == receipts[1:]
    assert stranger.history[start].txn_hash == receipts[0].txn_hash
