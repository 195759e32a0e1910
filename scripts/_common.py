"""What the commands share: where records are, and how an error ends a command."""

from pathlib import Path
from typing import NoReturn

import click
from ape.api import ProviderAPI

# 0 done, 1 the check found a difference, 2 the input or the network was not as needed.
EXIT_DIFFERENCE = 1
EXIT_INPUT = 2


def book_folder(provider: ProviderAPI) -> Path:
    """deployments/<ecosystem>/<network>."""
    return Path("deployments", provider.network.ecosystem.name, provider.network.name)


def fail(error: Exception, code: int = EXIT_INPUT) -> NoReturn:
    """Say what is wrong on standard error, one line each, and leave."""
    click.echo(str(error), err=True)
    raise SystemExit(code)
