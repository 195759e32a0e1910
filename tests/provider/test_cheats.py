"""Settings of the state from outside."""

from ape import chain
from eth_utils import keccak


def test_balance(people, stranger):
    chain.set_balance(stranger, "2 ether")
    assert stranger.balance == 2 * 10**18

    chain.set_balance(stranger.address, 0)
    assert stranger.balance == 0


def test_storage(revm, ledger, stranger, minter):
    total = 1  # `balance_of` is slot 0
    assert revm.get_storage(ledger.address, total) == (1_000).to_bytes(32, "big")

    revm.set_storage(ledger.address, total, (77).to_bytes(32, "big"))

    assert ledger.total() == 77
    assert ledger.mint(stranger, 3, sender=minter).return_value == 80


def test_mapping_storage_is_readable(revm, ledger, minter):
    slot = keccak((0).to_bytes(32, "big") + bytes(12) + bytes.fromhex(minter.address[2:]))

    assert (
        int.from_bytes(revm.get_storage(ledger.address, int.from_bytes(slot, "big")), "big")
        == 1_000
    )


def test_code(revm, ledger):
    copy = "0x" + "c0" * 20

    assert revm.set_code(copy, ledger.code)

    assert revm.get_code(copy) == ledger.code
    assert type(ledger)(copy, ledger.contract_type).total() == 0


def test_code_of_an_account_without_any(revm, stranger):
    assert revm.get_code(stranger.address) == b""
    assert not stranger.is_contract
