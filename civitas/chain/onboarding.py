"""A list of investors whose wallets have signed: read, compared with the chain, sent in batches."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path

from ape import chain
from ape.api import AccountAPI
from eth_account import Account
from eth_utils.address import is_address, to_checksum_address

from civitas.chain.batches import Batch, batches
from civitas.chain.city import City
from civitas.chain.identity import binding_message
from civitas.chain.transactions import Prepared
from civitas.inventory.table import Row, Table

COLUMNS = ("wallet", "country", "class", "valid_until", "signature")
MAX_BATCH = 100  # investors in one transaction
_SIGNATURE = 65  # bytes


@dataclass(frozen=True, slots=True)
class Applicant:
    """An investor to onboard, whose first wallet is its identity."""

    wallet: str
    country: int  # ISO 3166-1 numeric
    investor_class: int
    valid_until: int  # {s} last second of the day, UTC
    signature: bytes  # of the wallet: that it is bound


def read_applicants(path: Path, city: City, deadline: int) -> list[Applicant]:
    """Those of a file with exactly COLUMNS who are not onboarded yet.

    Raises InputErrors with everything wrong in the file; wallets bound before are left out.
    """
    table = Table(path, COLUMNS)
    found = [_applicant(row, city, deadline) for row in table.rows]
    table.raise_errors()
    return [each for each in found if each is not None]


def _applicant(row: Row, city: City, deadline: int) -> Applicant | None:
    registry = city.identity_registry
    text = row.text("wallet")
    row.once("wallet", text)
    end = datetime.combine(row.day("valid_until"), time(23, 59, 59), UTC)
    applicant = Applicant(
        wallet=to_checksum_address(text) if is_address(text) else "",
        country=row.whole_within("country", 1, 999),
        investor_class=row.whole_within("class", 0, 255),
        valid_until=int(end.timestamp()),
        signature=_signature(row),
    )
    if not applicant.wallet:
        row.refuse("wallet", "is no address")
    if applicant.valid_until <= chain.pending_timestamp:
        row.refuse("valid_until", "is over")
    if not row.is_sound:
        return None
    bound_to = registry.identity(applicant.wallet)
    if bound_to == applicant.wallet:
        return None
    if int(bound_to, 16) != 0:
        row.refuse("wallet", f"belongs to the investor {bound_to}")
    elif not chain.provider.get_code(applicant.wallet):
        nonce = int(registry.wallet_nonce(applicant.wallet))
        message = binding_message(city, applicant.wallet, applicant.wallet, nonce, deadline)
        if Account.recover_message(message, signature=applicant.signature) != applicant.wallet:
            row.refuse("signature", "is not the wallet's")
    return applicant


def _signature(row: Row) -> bytes:
    text = row.text("signature")
    try:
        signature = bytes.fromhex(text.removeprefix("0x"))
    except ValueError:
        signature = b""
    if len(signature) != _SIGNATURE or signature[64] not in (27, 28):
        row.refuse("signature", "must be 65 bytes in hexadecimal, the last of them 1b or 1c")
    return signature


def applicant_batches(
    city: City,
    applicants: Sequence[Applicant],
    topic: int,
    deadline: int,
    issuer: AccountAPI,
    max_gas: int | None = None,
) -> list[Batch[Applicant]]:
    """What a trusted issuer sends to onboard them, each batch all or none. Raises as `batches`."""
    registry = city.identity_registry

    def prepare(some: Sequence[Applicant]) -> Prepared:
        entries = [
            (
                *(each.wallet, each.country, each.investor_class, each.valid_until),
                int(registry.last_nonce(issuer.address, each.wallet, topic)) + 1,
                each.signature,
            )
            for each in some
        ]
        return Prepared(registry.onboard_batch, (topic, deadline, entries), issuer)

    return batches(applicants, prepare, MAX_BATCH, ("investor", "investors"), max_gas)
