"""The operations compared, and the form in which a side reports them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Operation(StrEnum):
    """What is measured, as a sentence. The order here is the order of the table."""

    TRANSFER = "transfer between existing holders"
    TRANSFER_NEW = "transfer to a new holder"
    TRANSFER_FROM = "transferFrom with a finite allowance"
    MINT_NEW = "mint to a new holder"
    MINT = "mint to an existing holder"
    FREEZE_FIRST = "freeze part of a holder's balance"
    FREEZE_MORE = "freeze more of a holder's balance"
    FORCED_TRANSFER = "forced transfer"
    ONBOARD = "onboard one investor"

    SPLIT_2 = "split to 2 payees"
    SPLIT_5 = "split to 5 payees"
    SPLIT_10 = "split to 10 payees"
    CLAIM_PAYEE = "claim of one payee"

    DEPOSIT_INCOME = "deposit income"
    CLAIM_INCOME = "claim income"
    TRANSFER_WITH_INCOME = "transfer between existing holders after a distribution"

    MINT_DEED = "mint a deed"
    TRANSFER_DEED = "transfer a deed"

    ISSUE_BATCH = "issue a new batch"
    TRANSFER_CREDITS = "transfer credits to an existing holder"
    RETIRE = "retire (burn) credits"


GROUPS: Mapping[str, tuple[Operation, ...]] = {
    "Security token": (
        Operation.TRANSFER,
        Operation.TRANSFER_NEW,
        Operation.TRANSFER_FROM,
        Operation.MINT_NEW,
        Operation.MINT,
        Operation.FREEZE_FIRST,
        Operation.FREEZE_MORE,
        Operation.FORCED_TRANSFER,
        Operation.ONBOARD,
    ),
    "Revenue splitter": (
        Operation.SPLIT_2,
        Operation.SPLIT_5,
        Operation.SPLIT_10,
        Operation.CLAIM_PAYEE,
    ),
    "Income of a token": (
        Operation.DEPOSIT_INCOME,
        Operation.CLAIM_INCOME,
        Operation.TRANSFER_WITH_INCOME,
    ),
    "Deeds (ERC-721)": (Operation.MINT_DEED, Operation.TRANSFER_DEED),
    "Carbon credits (ERC-1155)": (
        Operation.ISSUE_BATCH,
        Operation.TRANSFER_CREDITS,
        Operation.RETIRE,
    ),
}

Figures = Mapping[Operation, int]  # {gas}, as charged to the sender


@dataclass(frozen=True)
class Measurement:
    """The figures of one contract, under the name it has in the table."""

    name: str
    figures: Figures
