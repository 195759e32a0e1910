"""What the commands share: where records are, and how an error ends a command."""

import re
import sys
from collections.abc import Callable, Iterable
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn, ParamSpec, TypeVar

import click
from ape.api import ProviderAPI, ReceiptAPI
from ape.cli import AccountAliasPromptChoice, ConnectedProviderCommand, network_option
from ape.exceptions import ApeException, ContractLogicError
from ape.logging import LogLevel, logger
from eth_utils.address import is_address, to_checksum_address
from eth_utils.crypto import keccak

from civitas.chain.address_book import AddressBook
from civitas.chain.city import City
from civitas.chain.parameters import Parameters
from civitas.chain.refusals import refused
from civitas.errors import CivitasError
from civitas.figures import Different
from civitas.records import Event

# What a command prints is its answer, JSON at times: Ape's notes on connections don't belong there.
logger.set_level(LogLevel.WARNING)

# 0 done, 1 the check found a difference, 2 the input or the network was not as needed.
EXIT_DIFFERENCE = 1
EXIT_INPUT = 2

_HASH = re.compile(r"0x[0-9a-fA-F]{64}")

P = ParamSpec("P")
T = TypeVar("T")


FILE = click.Path(path_type=Path)

records_option = click.option("--records", type=FILE, help="Folder of the address book.")
ALIAS = AccountAliasPromptChoice()
account_option = click.option("--account", type=ALIAS, required=True)
yes_option = click.option("--yes", is_flag=True, help="Do not ask before sending.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
dry_run_option = click.option("--dry-run", is_flag=True, help="Simulate, and send nothing.")


def command_of(group: click.Group, name: str) -> Callable[[Callable[..., None]], click.Command]:
    """A command of a group, with a network, an address book and clear endings."""

    def decorate(run: Callable[..., None]) -> click.Command:
        wrapped = network_option()(records_option(ends_clearly(run)))
        return group.command(name, cls=ConnectedProviderCommand)(wrapped)

    return decorate


def confirm(provider: ProviderAPI, question: str, yes: bool) -> None:
    """Ask before anything is sent to a network that is not of this machine.

    Raises CivitasError for a no, and where nobody is there to ask.
    """
    if yes or provider.network.is_local:
        return
    if not sys.stdin.isatty():
        raise CivitasError(f"{question} Nobody is at the terminal: give --yes; nothing was sent")
    if not click.confirm(question):
        raise CivitasError("nothing was sent")


def book_folder(provider: ProviderAPI) -> Path:
    """deployments/<ecosystem>/<network>."""
    return Path("deployments", provider.network.ecosystem.name, provider.network.name)


def fail(error: Exception, code: int = EXIT_INPUT) -> NoReturn:
    """Say what is wrong on standard error, one line each, and leave."""
    click.echo(str(error), err=True)
    raise SystemExit(code)


def ends_clearly(run: Callable[P, T]) -> Callable[P, T]:
    """Let a command end with a sentence and its exit code, whatever it raises on purpose."""

    @wraps(run)
    def command(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return run(*args, **kwargs)
        except Different as error:
            fail(error, EXIT_DIFFERENCE)
        except CivitasError as error:
            fail(error)
        except ContractLogicError as error:
            fail(refused(error))
        except (ApeException, OSError) as error:
            fail(CivitasError(f"{type(error).__name__}: {error}"))

    return command


def city_of(provider: ProviderAPI, records: Path | None) -> City:
    """The city whose records are in a folder, or in the network's own. Raises CivitasError."""
    return City.deployed(records or book_folder(provider))


def profile_name(provider: ProviderAPI, records: Path | None) -> str:
    """The profile that the city was deployed with. Raises CivitasError."""
    params = Path(AddressBook(records or book_folder(provider)).require("AssetRegistry").params)
    if not params.exists():
        raise CivitasError(f"{params} is not here: give --profile")
    return Parameters.read(params).profile


class Day(click.ParamType):
    """A day as YYYY-MM-DD."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no day; write it as 2027-01-31", param, ctx)


class Fingerprint(click.ParamType):
    """A hash as 0x and 64 digits, or the file whose hash is meant."""

    name = "FILE or 0x…"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> bytes:
        if isinstance(value, bytes):
            return value
        if _HASH.fullmatch(value):
            return bytes.fromhex(value[2:])
        try:
            return keccak(Path(value).read_bytes())
        except OSError:
            self.fail(f"{value!r} is neither a file nor 0x and 64 digits", param, ctx)


FINGERPRINT = Fingerprint()


class Month(click.ParamType):
    """A month as YYYY-MM."""

    name = "YYYY-MM"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        if isinstance(value, tuple):
            return value
        try:
            first = date.fromisoformat(f"{value}-01")
        except ValueError:
            self.fail(f"{value!r} is no month; write it as 2027-01", param, ctx)
        return first.year, first.month


def address(text: str, what: str) -> str:
    """An address in its one spelling. Raises CivitasError."""
    if not is_address(text):
        raise CivitasError(f"{what} {text!r} is no address")
    return str(to_checksum_address(text))


def echo_receipt(receipt: ReceiptAPI, events: list[Event]) -> None:
    """The transaction, and what it logged."""
    click.echo(f"transaction {receipt.txn_hash}")
    click.echo(f"block {receipt.block_number}, {receipt.gas_used:,} gas")
    for event in events:
        said = ", ".join(f"{key}={_text(value)}" for key, value in event.arguments.items())
        click.echo(f"  {event.contract}.{event.name}: {said}")


def receipt_document(receipt: ReceiptAPI, events: list[Event]) -> dict[str, Any]:
    """The same for a program."""
    return {
        "transaction": receipt.txn_hash,
        "block": receipt.block_number,
        "gas": receipt.gas_used,
        "events": [
            {
                "contract": event.contract,
                "name": event.name,
                "arguments": {key: _text(value) for key, value in event.arguments.items()},
            }
            for event in events
        ],
    }


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return "0x" + bytes(value).hex()
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_text(each) for each in value) + "]"
    return str(value)


def table(headers: Iterable[str], rows: Iterable[Iterable[str]], numbers: Iterable[int]) -> str:
    """Columns of plain text; those in `numbers` are set to the right."""
    right = frozenset(numbers)
    lines = [list(headers), *(list(row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if place in right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )
