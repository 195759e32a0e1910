"""How every command acts: it shows, simulates, asks, sends, checks, and prints the receipt.

Or, with `--safe`, writes the same transactions into a queue for the Safe's owners to sign.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import click
from ape.api import AccountAPI, ProviderAPI
from ape.api.accounts import ImpersonatedAccount

from civitas.chain.city import City
from civitas.chain.operations import Operations, Sent, require_funds, require_role, unlock
from civitas.chain.safe import Queue, checked_safe
from civitas.chain.simulation import Call, gas_in_order
from civitas.chain.transactions import Act, Prepared
from civitas.errors import CivitasError
from scripts._common import (
    ALIAS,
    FILE,
    book_folder,
    city_of,
    confirm,
    dry_run_option,
    echo_receipt,
    json_option,
    receipt_document,
    yes_option,
)

Document = Callable[[list[dict[str, Any]] | None], Mapping[str, Any]]


@dataclass(frozen=True)
class Seat:
    """Where a command acts from: the city, who signs, and how it was asked."""

    city: City
    provider: ProviderAPI
    records: Path  # folder of the address book
    sender: AccountAPI
    queue: Queue | None  # of the Safe that is to sign
    dry_run: bool
    as_json: bool
    yes: bool

    def say(self, line: str) -> None:
        """For people: beside the document, where that is asked for."""
        click.echo(line, err=self.as_json)

    def carry_out(self, act: Act, document: Document | None = None) -> list[Sent]:
        """Show an act, simulate it, send it and check what came of it, as the options say."""
        made: Document = document or (lambda sent: {"plan": act.lines, "sent": sent})
        for line in act.lines:
            self.say(line)
        if act.role is not None:
            require_role(self.city, act.role, str(self.sender.address))
        sent: list[Sent] = []
        if act.steps and self.queue is not None:
            self._queue_up(self.queue, act)
            return self._answer(None, made)
        if act.steps:
            gas = self._simulate(act)
            if self.dry_run:
                self.say(f"dry run: {act.would or _would(act)}; nothing was sent")
                return self._answer(None, made)
            require_funds(str(self.sender.address), gas)
            unlock(self.sender)
            confirm(self.provider, act.question or _question(act), self.yes)
            sent = self._send(act)
        act.require_done()
        for line in act.outcome([event for each in sent for event in each.events]):
            self.say(line)
        if not act.steps:
            self.say("nothing to send")
        return self._answer(sent, made)

    def _simulate(self, act: Act) -> int:
        """{gas} Of all steps. Raises CivitasError with the chain's reason."""
        if act.is_chained:
            return sum(gas_in_order([_call(step) for step in act.steps], str(self.sender.address)))
        return sum(step.gas_limit or step.estimate() for step in act.steps)

    def _queue_up(self, queue: Queue, act: Act) -> None:
        calls = queue.simulated([_call(step) for step in act.steps])
        if self.dry_run:
            self.say(f"dry run: the Safe could do all {len(calls)}; nothing was written")
            return
        queue.write(calls)
        self.say(
            f"{len(calls)} transactions in {queue.path} for Safe {queue.safe}; "
            f"as one call of MultiSend in {queue.packed}"
        )

    def _send(self, act: Act) -> list[Sent]:
        sent = []
        operations = Operations(self.city, self.records, _words(), self.sender)
        with operations.alone(partial(click.echo, err=True)):
            for step in act.steps:
                each = operations.send(step)
                sent.append(each)
                if act.is_bulk:
                    receipt = each.receipt
                    self.say(
                        f"{step.label}, {receipt.gas_used:,} gas, transaction {receipt.txn_hash}"
                    )
                elif not self.as_json:
                    echo_receipt(each.receipt, each.events)
        return sent

    def _answer(self, sent: list[Sent] | None, document: Document) -> list[Sent]:
        if self.as_json:
            listed = None if sent is None else [receipt_document(*_parts(each)) for each in sent]
            click.echo(json.dumps(document(listed), indent=2))
        return sent or []


def acting(
    run: Callable[..., Act | None], account: str = "--account", otherwise: str = ""
) -> Callable[..., None]:
    """A command whose function prepares an act at a seat, which is then carried out.

    `account` names the option of who signs; without it the first of the accounts in the parameter
    `otherwise` does.
    """

    def carried_out(
        *,
        provider: ProviderAPI,
        records: Path | None,
        account: AccountAPI | None,
        safe: str | None,
        queue: Path | None,
        dry_run: bool,
        as_json: bool,
        yes: bool,
        **given: Any,
    ) -> None:
        city = city_of(provider, records)
        if account is None and safe is None and otherwise:
            account = given[otherwise][0]
        sender, written = _signer(account, safe, queue)
        folder = records or book_folder(provider)
        seat = Seat(city, provider, folder, sender, written, dry_run, as_json, yes)
        act = run(seat, **given)
        if act is not None:
            seat.carry_out(act)

    # Not by `wraps`: Ape hands over what the signature that it finds asks for.
    carried_out.__doc__ = run.__doc__
    command: Callable[..., None] = carried_out
    for option in (
        yes_option,
        json_option,
        dry_run_option,
        click.option("--queue", type=FILE, help="File of the Safe's transactions; it grows."),
        click.option("--safe", help="Address of a Safe: write a queue for its owners instead."),
        click.option(account, "account", type=ALIAS, help="Who signs; see docs/operations.md."),
    ):
        command = option(command)
    return command


def _signer(
    account: AccountAPI | None, safe: str | None, queue: Path | None
) -> tuple[AccountAPI, Queue | None]:
    if safe is None and queue is None and account is not None:
        return account, None
    if account is not None or safe is None or queue is None:
        raise CivitasError("say who acts: either --account, or --safe with --queue")
    address = checked_safe(safe)
    # It answers for the address, and can't sign.
    return ImpersonatedAccount.model_validate({"raw_address": address}), Queue(queue, address)


def _words() -> str:
    """What was run, as in "asset appraise"."""
    words = click.get_current_context().command_path.split()
    return " ".join(words[words.index("run") + 1 :] if "run" in words else words)


def _call(step: Prepared) -> Call:
    transaction = step.transaction()
    return Call(str(transaction.receiver), bytes(transaction.data), int(transaction.value))


def _parts(sent: Sent) -> tuple[Any, Any]:
    return sent.receipt, sent.events


def _would(act: Act) -> str:
    count = len(act.steps)
    return f"the chain would take {'it' if count == 1 and not act.is_bulk else f'all {count}'}"


def _question(act: Act) -> str:
    return "Send it?" if len(act.steps) == 1 else f"Send {len(act.steps)} transactions?"
