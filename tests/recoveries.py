"""A lost wallet is replaced in the identity registry, as its owner and the office do it."""

from ape import chain
from ape.api import AccountAPI, ReceiptAPI
from eth_utils import keccak

from civitas.chain.city import City
from civitas.chain.identity import binding_message
from civitas.chain.signing import signed_by

LOSS = keccak(text="file on a lost key")


def replace_wallet(
    city: City, lost: AccountAPI | str, successor: AccountAPI, enforcer: AccountAPI
) -> ReceiptAPI:
    """Announce, with the new wallet's consent, let the window pass, and carry it out."""
    registry = city.identity_registry
    deadline = chain.pending_timestamp + 10**7
    identity, nonce = registry.identity(lost), registry.wallet_nonce(successor)
    signature = signed_by(successor, binding_message(city, successor, identity, nonce, deadline))
    registry.announce_recovery(lost, successor, LOSS, deadline, signature, sender=enforcer)
    chain.mine(timestamp=registry.announced_recovery(lost).executable_from)
    return registry.recover_wallet(lost, sender=enforcer)
