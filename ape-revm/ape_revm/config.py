"""The `revm:` section of ape-config.yaml."""

from typing import Literal

from ape.api.config import PluginConfig
from ape.utils.testing import DEFAULT_TEST_CHAIN_ID
from pydantic_settings import SettingsConfigDict

# 2026-01-01T00:00:00Z. A fixed start makes every run see the same dates, so a failing example can
# be replayed, and a test may name a day without asking the clock.
GENESIS_TIMESTAMP = 1_767_225_600


class RevmConfig(PluginConfig):
    model_config = SettingsConfigDict(extra="allow", env_prefix="APE_REVM_")

    chain_id: int = DEFAULT_TEST_CHAIN_ID
    evm_version: Literal["cancun", "prague"] = "prague"  # eth-tester's, so that gas is equal
    genesis_timestamp: int = GENESIS_TIMESTAMP  # {s}
    base_fee: int = 10**9  # {wei} per gas, the same in every block
    gas_limit: int = 30_000_000  # of a block, and so of a transaction
