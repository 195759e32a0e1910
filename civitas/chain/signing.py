"""Messages that people sign for the contracts (EIP-712), and their signatures."""

from collections.abc import Sequence
from typing import Any

from ape import chain
from ape.api import AccountAPI
from ape.contracts import ContractInstance
from eth_account.messages import SignableMessage, encode_typed_data

from civitas.errors import CivitasError


def typed_message(
    contract: ContractInstance,
    name: str,
    primary: str,
    types: list[tuple[str, str]],
    values: Sequence[Any],
) -> SignableMessage:
    """What is signed for one of our contracts, all of which are of version 1 (EIP-712).

    `types` names the fields of `primary` in order, `values` has one for each.
    """
    return encode_typed_data(
        domain_data={
            "name": name,
            "version": "1",
            # Of the chain itself: Ape's `chain.chain_id` is the network's first, kept for good.
            "chainId": chain.provider.chain_id,
            "verifyingContract": contract.address,
        },
        message_types={primary: [{"name": each, "type": kind} for each, kind in types]},
        message_data={each: value for (each, _), value in zip(types, values, strict=True)},
    )


def signed_by(account: AccountAPI, message: SignableMessage) -> bytes:
    """A 65-byte signature r, s, v. Raises CivitasError when the account declines."""
    signature = account.sign_message(message)
    if signature is None:
        raise CivitasError(f"{account.address} declined to sign")
    return bytes(signature.encode_rsv())
