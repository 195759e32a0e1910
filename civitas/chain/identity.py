"""Investors on the chain: claims and bindings to sign, and what onboarding a list would send."""

from dataclasses import dataclass, fields
from typing import Any

from eth_account.messages import SignableMessage

from civitas.chain.carbon import typed_message
from civitas.chain.city import City

_NAME = "Civitas identity registry"
_CLAIM_TYPES = [
    ("issuer", "address"),
    ("identity", "address"),
    ("topic", "uint256"),
    ("investorClass", "uint8"),
    ("country", "uint16"),
    ("validUntil", "uint64"),
    ("nonce", "uint16"),
    ("issuerNonce", "uint16"),
    ("deadline", "uint64"),
]
_BINDING_TYPES = [
    ("wallet", "address"),
    ("identity", "address"),
    ("nonce", "uint256"),
    ("deadline", "uint64"),
]


@dataclass(frozen=True)
class Claim:
    """What a trusted issuer signs about an investor; fields as in IIdentityRegistry.Claim."""

    issuer: str
    identity: str
    topic: int
    investor_class: int  # 0 but for the first topic
    country: int  # ISO 3166-1 numeric; 0 but for the first topic
    valid_until: int  # {s} last second in which it holds
    nonce: int  # above `last_nonce` of issuer, identity and topic
    issuer_nonce: int
    deadline: int  # {s} last second in which it may be filed

    def as_tuple(self) -> tuple[Any, ...]:
        return tuple(getattr(self, field.name) for field in fields(self))


def claim_message(city: City, claim: Claim) -> SignableMessage:
    """What an issuer signs for the identity registry (EIP-712)."""
    return typed_message(city.identity_registry, _NAME, "Claim", _CLAIM_TYPES, claim.as_tuple())


def binding_message(
    city: City, wallet: Any, identity: Any, nonce: int, deadline: int
) -> SignableMessage:
    """What a wallet signs to be bound to an investor (EIP-712); `nonce` as in `wallet_nonce`."""
    addresses = (str(getattr(each, "address", each)) for each in (wallet, identity))
    return typed_message(
        city.identity_registry, _NAME, "Binding", _BINDING_TYPES, (*addresses, nonce, deadline)
    )
