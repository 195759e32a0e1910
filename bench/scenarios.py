"""
The same steps for every side: one function per kind of contract, given the few calls in which
the sides differ. Whatever a standard names (transfer, approve, balanceOf) is called here.

A figure is the receipt's gas: 21,000 and calldata included, one transaction per block.
"""

from base64 import b32encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from ape.api import AccountAPI, ReceiptAPI
from ape.contracts import ContractInstance
from eth_utils.crypto import keccak

from bench.operations import Figures, Operation
from bench.stage import Read, Stage, gas_of

Receipts = Sequence[ReceiptAPI]

# {token base unit}
MINTED = 1000 * 10**18
MOVED = 7 * 10**18
FROZEN = 5 * 10**18
INFLOW = 1000 * 10**18  # {asset}
DUST = 1  # {asset} does not divide, stays in the contract, keeps its balance from reaching zero
# {tCO2e}
ISSUED = 1_000
SOLD = 7
RETIRED = 5


def fungible(
    stage: Stage,
    token: ContractInstance,
    mint: Callable[[AccountAPI, int], Receipts],
    onboard: Callable[[AccountAPI], Receipts] | None = None,
    freeze: Callable[[AccountAPI, int], Receipts] | None = None,
    forced_transfer: Callable[[AccountAPI, AccountAPI, int], Receipts] | None = None,
) -> Figures:
    """
    A fungible token, plain or restricted. `onboard` is all that makes an account an eligible
    holder, `freeze` adds an amount to what is frozen already.
    """
    holder, other = stage.holder, stage.other_holder
    new, minted = stage.new_holder, stage.minted_holder
    figures: dict[Operation, int] = {}

    def balance(account: AccountAPI) -> Read:
        return partial(token.balanceOf, account)

    def transfer(to: AccountAPI) -> Receipts:
        return [token.transfer(to, MOVED, sender=holder)]

    if onboard:
        for account in (holder, other, new, stage.spender):
            onboard(account)
        figures[Operation.ONBOARD] = gas_of(lambda: onboard(minted))

    mint(holder, MINTED)  # the very first mint also creates the supply slot
    mint(other, MINTED)
    transfer(other)
    figures[Operation.MINT_NEW] = gas_of(lambda: mint(minted, MINTED), new=[balance(minted)])
    figures[Operation.MINT] = gas_of(lambda: mint(minted, MINTED), existing=[balance(minted)])
    figures[Operation.TRANSFER] = gas_of(
        lambda: transfer(other), existing=[balance(holder), balance(other)]
    )
    figures[Operation.TRANSFER_NEW] = gas_of(
        lambda: transfer(new), existing=[balance(holder)], new=[balance(new)]
    )

    token.approve(stage.spender, MINTED, sender=holder)
    figures[Operation.TRANSFER_FROM] = gas_of(
        lambda: [token.transferFrom(holder, other, MOVED, sender=stage.spender)],
        existing=[
            balance(holder),
            balance(other),
            partial(token.allowance, holder, stage.spender),
        ],
    )

    if forced_transfer:
        figures[Operation.FORCED_TRANSFER] = gas_of(
            lambda: forced_transfer(holder, other, MOVED),
            existing=[balance(holder), balance(other)],
        )
    if freeze:
        frozen = partial(token.getFrozenTokens, holder)
        figures[Operation.FREEZE_FIRST] = gas_of(lambda: freeze(holder, FROZEN), new=[frozen])
        figures[Operation.FREEZE_MORE] = gas_of(lambda: freeze(holder, FROZEN), existing=[frozen])
    return figures


@dataclass(frozen=True)
class Splitter:
    """One splitter with its payees, equal shares. It holds money that came in by a transfer."""

    contract: ContractInstance
    split: Callable[[], Receipts]  # all that pays every payee its share
    claim: Callable[[str], Receipts]  # all that pays one payee its share
    # What makes a share claimable, where claiming is not the usual way; it is in no figure.
    before_claims: Callable[[], object] | None = None


def splitter(stage: Stage, make: Callable[[Sequence[str]], Splitter]) -> Figures:
    """A revenue splitter. The customer's transfer into it is in no figure."""
    figures: dict[Operation, int] = {}
    for count, operation in (
        (2, Operation.SPLIT_2),
        (5, Operation.SPLIT_5),
        (10, Operation.SPLIT_10),
    ):
        payees = stage.payees[:count]
        opened = _used(stage, make(payees))
        figures[operation] = gas_of(
            opened.split,
            existing=[stage.money_of(account) for account in (*payees, opened.contract)],
        )
    return figures


def payee_claim(stage: Stage, make: Callable[[Sequence[str]], Splitter]) -> Figures:
    """One payee takes what it has in a revenue splitter."""
    first, second = stage.payees[:2]
    opened = _used(stage, make([first, second]))
    if opened.before_claims:
        opened.before_claims()
    gas = gas_of(
        lambda: opened.claim(first),
        existing=[stage.money_of(first), stage.money_of(opened.contract)],
    )
    return {Operation.CLAIM_PAYEE: gas}


def _used(stage: Stage, fresh: Splitter) -> Splitter:
    """Paid out once before, then paid into again: no slot is new, none becomes empty."""
    stage.pay_in(fresh.contract, INFLOW + DUST)
    fresh.split()
    stage.pay_in(fresh.contract, INFLOW)
    return fresh


def income(
    stage: Stage,
    token: ContractInstance,
    mint: Callable[[AccountAPI, int], Receipts],
    deposit: Callable[[int], Receipts],  # all that brings the payer's money to the holders' account
    claim: Callable[[AccountAPI], Receipts],
) -> Figures:
    """A token whose holders share income. Whoever holds it is already onboarded."""
    holder, other = stage.holder, stage.other_holder
    figures: dict[Operation, int] = {}

    def transfer() -> Receipts:
        return [token.transfer(other, MOVED, sender=holder)]

    mint(holder, MINTED)
    mint(other, MINTED)
    deposit(INFLOW + DUST)
    claim(holder)  # leaves the other holder's share, so the balance does not reach zero
    deposit(INFLOW)
    transfer()
    figures[Operation.DEPOSIT_INCOME] = gas_of(
        lambda: deposit(INFLOW), existing=[stage.money_of(stage.payer)]
    )
    figures[Operation.TRANSFER_WITH_INCOME] = gas_of(
        transfer, existing=[partial(token.balanceOf, account) for account in (holder, other)]
    )
    claim(holder)
    deposit(INFLOW)
    figures[Operation.CLAIM_INCOME] = gas_of(
        lambda: claim(holder), existing=[stage.money_of(holder)]
    )
    return figures


def deeds(
    stage: Stage,
    token: ContractInstance,
    mint: Callable[[AccountAPI, int], Receipts],
    allow_transfer: Callable[[int, AccountAPI], object] | None = None,
) -> Figures:
    """
    Non-fungible deeds. `mint` gets a number that is new each time; the id is read back.
    `allow_transfer` is what others have to decide before a deed moves; it is in no figure.
    """
    holder, other = stage.holder, stage.other_holder
    balances = [partial(token.balanceOf, account) for account in (holder, other)]
    figures: dict[Operation, int] = {}

    mint(holder, 1)
    middle = argument(mint(holder, 2), token, "Transfer", 2)  # not the cheapest in an enumeration
    mint(other, 3)
    figures[Operation.MINT_DEED] = gas_of(lambda: mint(holder, 4), existing=balances[:1])
    if allow_transfer:
        allow_transfer(middle, other)
    figures[Operation.TRANSFER_DEED] = gas_of(
        lambda: [token.transferFrom(holder, other, middle, sender=holder)], existing=balances
    )
    return figures


def document_uri(number: int) -> str:
    """Where a deed's document is, in the length such links have (IPFS, CID version 1)."""
    digest = b"\x01\x55\x12\x20" + keccak(text=f"deed {number}")
    return "ipfs://b" + b32encode(digest).decode().lower().rstrip("=")


def credits(
    stage: Stage,
    token: ContractInstance,
    issue: Callable[[AccountAPI, int, int], Receipts],
    retire: Callable[[AccountAPI, int, int], Receipts],
) -> Figures:
    """Carbon credits. `issue` gets a batch number that is new each time; the id is read back."""
    holder, other = stage.holder, stage.other_holder
    figures: dict[Operation, int] = {}

    batch = argument(issue(holder, 1, ISSUED), token, "TransferSingle", 3)
    balances = [partial(token.balanceOf, account, batch) for account in (holder, other)]

    def transfer() -> Receipts:
        return [token.safeTransferFrom(holder, other, batch, SOLD, b"", sender=holder)]

    figures[Operation.ISSUE_BATCH] = gas_of(lambda: issue(holder, 2, ISSUED))
    transfer()
    figures[Operation.TRANSFER_CREDITS] = gas_of(transfer, existing=balances)
    retire(holder, batch, RETIRED)
    figures[Operation.RETIRE] = gas_of(
        lambda: retire(holder, batch, RETIRED), existing=balances[:1]
    )
    return figures


def argument(receipts: Receipts, contract: ContractInstance, event: str, position: int) -> Any:
    """An argument of the one `event`, by position: names differ between implementations."""
    (found,) = [e for receipt in receipts for e in receipt.decode_logs(getattr(contract, event))]
    return list(found.event_arguments.values())[position]
