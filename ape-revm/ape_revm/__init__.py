"""Ape plugin: `ethereum:local:revm`, a local chain inside the Python process.

The imports sit inside the hooks because Ape loads every plugin at start-up, and most commands never
need an EVM.
"""

from typing import TYPE_CHECKING

from ape.plugins import register
from ape.plugins.config import Config
from ape.plugins.network import ProviderPlugin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ape_revm.config import RevmConfig
    from ape_revm.provider import RevmProvider


@register(Config)
def config_class() -> "type[RevmConfig]":
    from ape_revm.config import RevmConfig

    return RevmConfig


@register(ProviderPlugin)
def providers() -> "Iterator[tuple[str, str, type[RevmProvider]]]":
    from ape_revm.provider import RevmProvider

    yield "ethereum", "local", RevmProvider
