"""A receipt that knows what its transaction returned."""

from functools import cached_property
from typing import Any

from ape.types.trace import SourceTraceback
from ape_ethereum.transactions import Receipt
from eth_pydantic_types import HexBytes


class RevmReceipt(Receipt):
    returndata: HexBytes = HexBytes(b"")

    @cached_property
    def return_value(self) -> Any:
        """Decoded by the ABI of the method called; None if that returns nothing or failed."""
        if self.failed or self.method_called is None or not self.method_called.outputs:
            return None
        ecosystem = self.provider.network.ecosystem
        values = ecosystem.decode_returndata(self.method_called, self.returndata)
        return values[0] if len(values) == 1 else values

    @cached_property
    def debug_logs_typed(self) -> list[tuple[Any]]:
        return []  # needs a trace, and there are none on this chain

    @cached_property
    def source_traceback(self) -> SourceTraceback:
        return SourceTraceback.model_validate([])  # likewise
