"""Records that pass between the chain and the pure parts of the package."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """One log. `contract` is the kind of contract, so that two tokens share their rules."""

    block: int
    timestamp: int  # {s}
    transaction: str
    log_index: int
    address: str
    contract: str
    name: str
    arguments: Mapping[str, Any]
