"""`ethereum:local:revm`: Ape's provider interface on a `Chain`."""

from collections.abc import Iterable, Iterator
from typing import Any

from ape.api.accounts import TestAccountAPI
from ape.api.providers import BlockAPI, CallResult, TestProviderAPI
from ape.api.transactions import ReceiptAPI, TransactionAPI
from ape.exceptions import (
    APINotImplementedError,
    BlockNotFoundError,
    ProviderError,
    ProviderNotConnectedError,
    SignatureError,
    TransactionError,
    TransactionNotFoundError,
    UnknownSnapshotError,
    VirtualMachineError,
)
from ape.logging import logger
from ape.types.address import AddressType
from ape.types.events import ContractLog, LogFilter
from ape.types.vm import BlockID
from ape.utils.misc import ZERO_ADDRESS
from ape.utils.testing import GeneratedDevAccount
from ape_ethereum.ecosystem import Block as EthereumBlock
from ape_ethereum.transactions import (
    StaticFeeTransaction,
    TransactionStatusEnum,
    TransactionType,
)
from eth_account import Account as EthAccount
from eth_pydantic_types import HexBytes
from eth_utils.address import to_checksum_address
from eth_utils.conversions import to_hex
from eth_utils.crypto import keccak
from pydantic import PrivateAttr

from ape_revm.accounts import RevmTestAccount, dev_accounts
from ape_revm.chain import Block, Chain, Transaction
from ape_revm.config import RevmConfig
from ape_revm.failures import error_from
from ape_revm.machine import Message, Outcome, Rejected
from ape_revm.receipt import RevmReceipt


class RevmProvider(TestProviderAPI):
    name: str = "revm"
    _connected_chain: Chain | None = PrivateAttr(default=None)
    _funded: frozenset[str] = PrivateAttr(default=frozenset())

    # --- connection

    @property
    def _chain(self) -> Chain:
        if self._connected_chain is None:
            raise ProviderNotConnectedError()  # type: ignore[no-untyped-call]
        return self._connected_chain

    @property
    def settings(self) -> RevmConfig:
        # Fixed while connected: validating them again on every use would cost more than the EVM.
        if self._connected_chain is not None:
            return self._connected_chain.config
        return RevmConfig.model_validate({**self.config.model_dump(), **self.provider_settings})

    @property
    def is_connected(self) -> bool:
        return self._connected_chain is not None

    @property
    def chain_id(self) -> int:
        return self.settings.chain_id

    @property
    def connection_id(self) -> str:
        # With the settings in it: a choice with other settings is another chain.
        return f"{self.network_choice}:{self.settings.model_dump_json()}"

    def connect(self) -> None:
        chain = Chain(self.settings)
        # Before any snapshot, so that no restore can take the accounts' money away.
        accounts = [to_key(account.address) for account in self._dev_accounts()]
        for address in accounts:
            chain.set_balance(address, self.test_config.balance)
        self._connected_chain = chain
        self._funded = frozenset(accounts)

    def disconnect(self) -> None:
        if self._connected_chain is None:
            return
        # Only this chain's: Ape connects and disconnects a second provider just to learn its id.
        gone, known = self._connected_chain.snapshot_ids, self.chain_manager._snapshots
        known[self.chain_id] = [one for one in known[self.chain_id] if one not in gone]
        self._connected_chain = None

    def update_settings(self, new_settings: dict[str, Any]) -> None:
        self.disconnect()
        self.provider_settings = {**self.provider_settings, **new_settings}
        self.connect()

    def make_request(self, rpc: str, parameters: Iterable[Any] | None = None) -> Any:
        raise APINotImplementedError(
            f"The revm chain has no RPC, so no '{rpc}': use anvil or eth-tester."
        )

    # --- accounts

    def _dev_accounts(self) -> list[GeneratedDevAccount]:
        config = self.config_manager.get_config("test")
        return dev_accounts(config.mnemonic, config.number_of_accounts, config.hd_path)

    def get_test_account(self, index: int) -> TestAccountAPI:
        account = self._dev_accounts()[index]
        return RevmTestAccount(
            index=index, address_str=account.address, private_key=account.private_key
        )

    def unlock_account(self, address: AddressType) -> bool:
        return True  # anyone may send here, see `_sender`

    def relock_account(self, address: AddressType) -> None:
        """Nothing to lock."""

    # --- state

    def get_balance(self, address: AddressType, block_id: BlockID | None = None) -> int:
        with self._chain.after(self._find_block(block_id)) as state:
            return state.account(to_key(address)).balance

    def get_nonce(self, address: AddressType, block_id: BlockID | None = None) -> int:
        with self._chain.after(self._find_block(block_id)) as state:
            return state.account(to_key(address)).nonce

    def get_code(self, address: AddressType, block_id: BlockID | None = None) -> HexBytes:
        with self._chain.after(self._find_block(block_id)) as state:
            return state.account(to_key(address)).code

    def get_storage(
        self, address: AddressType, slot: int, block_id: BlockID | None = None
    ) -> HexBytes:
        with self._chain.after(self._find_block(block_id)) as state:
            return HexBytes(state.slot(to_key(address), slot).to_bytes(32, "big"))

    def set_balance(self, address: AddressType, amount: int) -> None:
        self._chain.set_balance(to_key(address), amount)

    def set_nonce(self, address: AddressType, nonce: int) -> None:
        """Also to a lower one; where a contract is already, none can be created again."""
        self._chain.set_nonce(to_key(address), nonce)

    def set_code(self, address: AddressType, code: str | bytes) -> bool:
        self._chain.set_code(to_key(address), HexBytes(code))
        return True

    def set_storage(self, address: AddressType, slot: int, value: bytes) -> None:
        number = int.from_bytes(HexBytes(value), "big")
        self._chain.state.set_slot(to_key(address), slot, number)

    # --- snapshots, time, blocks

    def snapshot(self) -> int:
        return self._chain.snapshot()

    def restore(self, snapshot_id: int) -> None:
        if not self._chain.restore(snapshot_id):
            raise UnknownSnapshotError(snapshot_id)

    def set_timestamp(self, new_timestamp: int) -> None:
        try:
            self._chain.set_timestamp(new_timestamp)
        except ValueError as err:
            raise ProviderError(f"Cannot travel in time: {err}") from err

    def mine(self, num_blocks: int = 1) -> None:
        for _ in range(num_blocks):
            self._chain.mine()

    @property
    def auto_mine(self) -> bool:
        return True

    @auto_mine.setter
    def auto_mine(self, value: bool) -> None:
        if not value:
            raise APINotImplementedError(
                "On the revm chain every transaction is mined at once, in a block of its own."
            )

    def get_block(self, block_id: BlockID) -> BlockAPI:
        block = self._find_block(block_id)
        return EthereumBlock.model_validate(
            {
                "num_transactions": 0 if block.transaction is None else 1,
                "hash": block.hash,
                "number": block.number,
                "parentHash": block.parent_hash,
                "timestamp": block.timestamp,
                "gasLimit": self.max_gas,
                "gasUsed": block.gas_used,
                "baseFeePerGas": self.base_fee,
                "size": 0,
            }
        )

    def _find_block(self, block_id: BlockID | None) -> Block:
        chain = self._chain
        if block_id is None or block_id in ("latest", "safe", "finalized"):
            return chain.head
        if block_id == "pending":
            return chain.pending
        key = 0 if block_id == "earliest" else block_id
        if isinstance(key, str):
            # A hash is always 32 bytes long, a number in hex never.
            key = HexBytes(key) if len(key) == 66 else int(key, 16)
        block = chain.block(key) if isinstance(key, int) else chain.block_by_hash(key)
        if block is None:
            raise BlockNotFoundError(block_id)
        return block

    # --- fees and gas: fixed, so that preparing a transaction asks nobody

    @property
    def max_gas(self) -> int:
        return self.settings.gas_limit

    @property
    def base_fee(self) -> int:
        return self.settings.base_fee

    @property
    def priority_fee(self) -> int:
        return 0

    @property
    def gas_price(self) -> int:
        return self.base_fee

    def estimate_gas_cost(self, txn: TransactionAPI, block_id: BlockID | None = None) -> int:
        """The least gas found to be enough, within 2 %.

        It may exceed the gas used: a refund comes only at the end, and a call passes on no more
        than 63/64 of what is left.
        """
        block = self._find_block(block_id)
        outcome = self._call(txn, block, self.max_gas)
        if not outcome.success:
            raise error_from(outcome, txn)
        gas = outcome.gas_used + outcome.gas_refunded
        while not self._call(txn, block, gas).success:
            gas = min(gas * 51 // 50, self.max_gas)
        return gas

    # --- calls and transactions

    def send_call(
        self,
        txn: TransactionAPI,
        block_id: BlockID | None = None,
        state: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> HexBytes | CallResult:
        if state or kwargs.get("state_override"):
            raise APINotImplementedError("The revm chain has no state overrides: use a snapshot.")
        block = self._find_block(kwargs.get("block_identifier", block_id))
        outcome = self._call(txn, block, txn.gas_limit or self.max_gas)
        self._increment_call_func_coverage_hit_count(txn)
        if outcome.success:
            return HexBytes(outcome.output)
        error = error_from(outcome, txn)
        if kwargs.get("raise_on_revert", txn.raise_on_revert):
            raise error
        return CallResult.from_revert(error)

    def _call(self, txn: TransactionAPI, block: Block, gas: int) -> Outcome:
        try:
            return self._chain.call(_message(txn, txn.sender or ZERO_ADDRESS, gas), block)
        except Rejected as err:
            raise VirtualMachineError(str(err), base_err=err, txn=txn) from err

    def prepare_transaction(self, txn: TransactionAPI) -> TransactionAPI:
        txn.chain_id = self.chain_id
        if txn.type == TransactionType.DYNAMIC.value:
            if txn.max_priority_fee is None:
                txn.max_priority_fee = self.priority_fee
            if txn.max_fee is None:
                txn.max_fee = self.base_fee + txn.max_priority_fee
        elif isinstance(txn, StaticFeeTransaction) and txn.gas_price is None:
            txn.gas_price = self.gas_price
        if txn.gas_limit is None:
            txn.gas_limit = self.max_gas
        if txn.required_confirmations is None:
            txn.required_confirmations = self.network.required_confirmations
        elif txn.required_confirmations < 0:
            raise TransactionError("'required_confirmations' must be a positive integer.")
        return txn

    def send_transaction(self, txn: TransactionAPI) -> ReceiptAPI:
        try:
            transaction = self._transaction(txn)
            outcome, block = self._chain.transact(transaction)
        except Rejected as err:
            raise VirtualMachineError(str(err), base_err=err, txn=txn) from err
        receipt = self._receipt(txn, transaction, outcome, block)
        self._chain.receipts[transaction.hash] = receipt
        if not outcome.success:
            error = receipt.error = error_from(outcome, receipt)
            if txn.raise_on_revert:
                raise error
            logger.error(error)
        return receipt

    def _transaction(self, txn: TransactionAPI) -> Transaction:
        """Check what a node would check before it lets a transaction in."""
        sender, txn_hash = self._sender(txn)
        nonce = self._chain.state.account(to_key(sender)).nonce
        if txn.nonce is None:
            txn.nonce = nonce
        elif txn.nonce != nonce:
            raise Rejected(f"invalid nonce: expected {nonce}, but got {txn.nonce}")
        if txn.chain_id not in (None, 0, self.chain_id):
            raise Rejected(f"the chain id is {self.chain_id}, but got {txn.chain_id}")
        if getattr(txn, "access_list", None) or txn.type > TransactionType.DYNAMIC.value:
            raise Rejected("access lists, blobs and code delegation are not supported")
        gas = self.max_gas if txn.gas_limit is None else txn.gas_limit
        if gas > self.max_gas:
            raise Rejected(f"gas limit {gas} is above the block's, {self.max_gas}")
        message = _message(txn, sender, gas)
        gas_price, tip = self._price(txn, message.sender)
        if txn_hash is None:
            # With the parent block in it, no hash comes back after a restore for something else.
            content = (*message, txn.nonce, str(self._chain.head.hash))
            txn_hash = to_hex(keccak(text=repr(content)))
        return Transaction(message, gas_price, tip, txn_hash)

    def _sender(self, txn: TransactionAPI) -> tuple[str, str | None]:
        """Who sends, and the transaction's hash if it is signed.

        A signature has to be the sender's. Without one anybody may send, as Ape allows on every
        local node that can impersonate.
        """
        if txn.signature is not None:
            raw = txn.serialize_transaction()  # compares the signer with the sender
            return txn.sender or EthAccount.recover_transaction(raw), to_hex(keccak(raw))
        if txn.sender is None:
            raise SignatureError("The transaction has no signature and no sender.", transaction=txn)
        return txn.sender, None

    def _price(self, txn: TransactionAPI, sender: str) -> tuple[int, int]:
        """What a unit of gas costs the sender, and how much of that is a tip.

        An impersonated account pays nothing: contracts are impersonated most, and few own ether.
        """
        if txn.signature is None and sender not in self._funded:
            return 0, 0
        if isinstance(txn, StaticFeeTransaction):
            price = self.gas_price if txn.gas_price is None else txn.gas_price
        else:
            price = self.base_fee + (txn.max_priority_fee or 0)
            price = price if txn.max_fee is None else min(price, txn.max_fee)
        if price < self.base_fee:
            raise Rejected(f"fee {price} is below the base fee, {self.base_fee}")
        return price, price - self.base_fee

    def _receipt(
        self, txn: TransactionAPI, transaction: Transaction, outcome: Outcome, block: Block
    ) -> RevmReceipt:
        created = to_checksum_address(outcome.created) if outcome.created else None
        status = (
            TransactionStatusEnum.NO_ERROR if outcome.success else TransactionStatusEnum.FAILING
        )
        return RevmReceipt(
            block_number=block.number,
            contract_address=created,
            gas_limit=transaction.message.gas,
            gas_price=transaction.gas_price,
            gas_used=outcome.gas_used,
            logs=list(block.logs),
            returndata=HexBytes(outcome.output),
            status=status,
            transaction=txn,
            txn_hash=transaction.hash,
        )

    # --- looking back

    def get_receipt(self, txn_hash: str, **kwargs: Any) -> ReceiptAPI:
        receipt: ReceiptAPI | None = self._chain.receipts.get(to_hex(HexBytes(txn_hash)))
        if receipt is None:
            raise TransactionNotFoundError(txn_hash)
        return receipt

    def get_transactions_by_block(self, block_id: BlockID) -> Iterator[TransactionAPI]:
        block = self._find_block(block_id)
        if block.transaction is not None:
            yield self._chain.receipts[block.transaction].transaction

    def get_transactions_by_account_nonce(
        self, account: AddressType, start_nonce: int = 0, stop_nonce: int = -1
    ) -> Iterator[ReceiptAPI]:
        for receipt in self._chain.receipts.values():
            is_wanted = start_nonce <= receipt.nonce and (
                stop_nonce < 0 or receipt.nonce <= stop_nonce
            )
            if receipt.sender == account and is_wanted:
                yield receipt

    def get_contract_logs(self, log_filter: LogFilter) -> Iterator[ContractLog]:
        height = self._chain.head.number
        stop = height if log_filter.stop_block is None else min(height, log_filter.stop_block)
        addresses = {to_key(address) for address in log_filter.addresses}
        topics = [_alternatives(topic) for topic in log_filter.topic_filter]
        matching = [
            log
            for log in self._chain.logs(max(0, log_filter.start_block), stop)
            if (not addresses or to_key(log["address"]) in addresses)
            and _topics_match(log["topics"], topics)
        ]
        yield from self.network.ecosystem.decode_logs(matching, *log_filter.events)

    def get_transaction_trace(self, txn_hash: HexBytes | str) -> Any:
        raise APINotImplementedError(
            "The revm chain keeps no traces: repeat the transaction on anvil "
            "(ethereum:local:foundry) or eth-tester (ethereum:local:test)."
        )


def to_key(address: str) -> str:
    """Addresses as `State` knows them."""
    return address.lower()


def _message(txn: TransactionAPI, sender: str, gas: int) -> Message:
    receiver = None if txn.receiver is None else to_key(txn.receiver)
    return Message(to_key(sender), receiver, bytes(txn.data), txn.value, gas)


def _alternatives(topic: Any) -> set[bytes] | None:
    """As in eth_getLogs: a topic, several of which any will do, or None for anything."""
    if topic is None:
        return None
    return {bytes(HexBytes(one)) for one in ([topic] if isinstance(topic, str) else topic)}


def _topics_match(topics: list[HexBytes], wanted: list[set[bytes] | None]) -> bool:
    """By position. A log without topics is anonymous: no event of an ABI, so never wanted."""
    return len(topics) >= max(1, len(wanted)) and all(
        choice is None or bytes(topic) in choice
        for topic, choice in zip(topics, wanted, strict=False)
    )
