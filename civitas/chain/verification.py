"""Shows what a city's contracts were made from: what this project compiles to is compared with
the chain first, and then brought to an explorer.

Every contract that explorers can show is covered, those that factories made included. A blueprint
runs no code, so that no explorer can show it: it is compared with the sources here.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from ape import chain, project
from ape.contracts import ContractInstance
from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from ethpm_types.abi import ABIType

from civitas.chain.address_book import AddressBook, Record
from civitas.chain.city import BLUEPRINTS, CONTRACT_NAMES, TIMELOCK, City, contract_at
from civitas.chain.explorers import Explorer, Submission
from civitas.chain.sources import creation_code, runtime_code, source_of, standard_input
from civitas.errors import CivitasError

PREAMBLE = bytes.fromhex("fe7100")  # of a blueprint (ERC-5202)

State = Literal["verified", "compared", "failed"]


class OtherSources(CivitasError):
    """The sources here do not make what is on the chain."""


@dataclass(frozen=True)
class Outcome:
    """What became of one contract."""

    name: str
    address: str
    state: State
    detail: str


@dataclass(frozen=True)
class Made:
    """A contract on the chain, and how it came to be."""

    name: str
    contract: str
    address: str
    transaction: str
    arguments: bytes

    def submission(self, chain_id: int) -> Submission:
        return Submission(
            name=self.name,
            address=self.address,
            chain_id=chain_id,
            contract=self.contract,
            source=source_of(self.contract),
            standard_input=standard_input(self.contract),
            arguments=self.arguments,
            transaction=self.transaction,
        )


def verify_city(
    book: AddressBook, explorer: Explorer | None, say: Callable[[Outcome], None]
) -> list[Outcome]:
    """Have every contract of a city shown by an explorer, or only compared where it is None.

    One that fails does not keep the rest from being tried. Raises CivitasError for a missing
    record, and Unreachable where the explorer can't be asked.
    """
    outcomes = []
    for attempt in _attempts(book):
        outcome = _outcome(attempt, explorer)
        say(outcome)
        outcomes.append(outcome)
    return outcomes


@dataclass(frozen=True)
class _Attempt:
    name: str
    address: str
    find: Callable[[], Made | None]  # None: nothing that an explorer can show


def _outcome(attempt: _Attempt, explorer: Explorer | None) -> Outcome:
    try:
        made = attempt.find()
    except OtherSources as error:
        return Outcome(attempt.name, attempt.address, "failed", str(error))
    if made is None:
        return Outcome(attempt.name, attempt.address, "compared", "a blueprint of these sources")
    if explorer is None:
        return Outcome(attempt.name, attempt.address, "compared", "made from these sources")
    answer = explorer.verify(made.submission(chain.provider.chain_id))
    state: State = "verified" if answer.is_verified else "failed"
    return Outcome(attempt.name, attempt.address, state, answer.said)


def _attempts(book: AddressBook) -> Iterator[_Attempt]:
    city = City.from_book(book)
    names = [*CONTRACT_NAMES.values(), TIMELOCK, *(f"{name}Blueprint" for name in BLUEPRINTS)]
    records = {name: record for name in names if (record := book.get(name))}
    for name, record in records.items():
        yield _Attempt(name, record.address, partial(_recorded, name, record))
    carbon = records["CarbonRegistry"]
    for contract, instance in (
        ("CarbonCredit", city.carbon_credit),
        ("RetirementCertificate", city.certificate),
    ):
        yield _Attempt(contract, instance.address, partial(_of_carbon, contract, instance, carbon))
    factory, commit = city.token_factory, records["SecurityTokenBlueprint"].commit
    for log in _logs(factory.TokenCreated, records["TokenFactory"]):
        name = f"SecurityToken of asset {log.asset_id}"
        yield _Attempt(name, log.token, partial(_token, name, factory, log, commit))
    factory, commit = city.splitter_factory, records["RevenueSplitterBlueprint"].commit
    for log in _logs(factory.RulesCreated, records["SplitterFactory"]):
        name = f"SplitterRules {log.rules}"
        yield _Attempt(name, log.rules, partial(_rules, name, factory, log, commit))
    for log in _logs(factory.SplitterCreated, records["SplitterFactory"]):
        name = f"RevenueSplitter of asset {log.asset_id}"
        yield _Attempt(name, log.splitter, partial(_splitter, name, factory, log, commit))


def _logs(event: Any, factory: Record) -> Iterator[Any]:
    yield from event.range(factory.block, chain.blocks.head.number + 1)


# --- what was deployed by a transaction of its own


def _recorded(name: str, record: Record) -> Made | None:
    if name == f"{record.contract}Blueprint":
        _require_blueprint(name, record.address, record.contract, record.commit)
        return None
    arguments = encoded(record.contract, record.arguments)
    sent = bytes(chain.provider.get_receipt(record.transaction).transaction.data)
    if sent != creation_code(record.contract) + arguments:
        raise _other_sources(name, record.commit)
    return Made(name, record.contract, record.address, record.transaction, arguments)


def _require_blueprint(name: str, address: str, contract: str, commit: str) -> None:
    if bytes(chain.provider.get_code(address)) != PREAMBLE + creation_code(contract):
        raise _other_sources(name, commit)


def _other_sources(name: str, commit: str) -> OtherSources:
    return OtherSources(
        f"{name} was not made from the sources here; its record names commit {commit}"
    )


# --- what contracts of the city made


def _of_carbon(contract: str, instance: ContractInstance, registry: Record) -> Made:
    """The credit, which the registry's constructor made, or the certificate, which that made."""
    # The blueprint that it was made from is compared under its own name.
    if not bytes(chain.provider.get_code(instance.address)).startswith(runtime_code(contract)):
        raise _other_sources(contract, registry.commit)
    names = [str(each.name) for each in _inputs("CarbonRegistry")]
    given = dict(zip(names, registry.arguments, strict=True))
    taken = [str(each.name) for each in _inputs(contract)]
    if contract == "RetirementCertificate":
        given["base_uri"] = given["certificate_base_uri"]
    arguments = encoded(contract, tuple(given[name] for name in taken))
    return Made(contract, contract, instance.address, registry.transaction, arguments)


def _token(name: str, factory: ContractInstance, log: Any, commit: str) -> Made:
    candidates = [
        _argument(
            "SecurityToken",
            factory.authority(),
            factory.ASSET_REGISTRY(),
            factory.IDENTITY_REGISTRY(),
            factory.ENFORCEMENT(),
            factory.EXTENSION(),
            log.asset_id,
            title,
            symbol,
            log.decimals,
            log.payment_token,
        )
        for title, symbol in _names_given(log.transaction_hash, log.asset_id)
    ]
    made = partial(Made, name, "SecurityToken", log.token, log.transaction_hash)
    return _created(made, factory, _salt(log.asset_id), candidates, commit)


def _names_given(transaction: str, asset_id: int) -> Iterator[tuple[str, str]]:
    """Names and symbols with which a transaction may have called `create_token`.

    A token can be renamed later, and a Safe wraps the call; the address tells which one it was.
    """
    method = project.TokenFactory.contract_type.methods["create_token"]
    selector = keccak(text=method.selector)[:4]
    types = [each.canonical_type for each in method.inputs]
    data = bytes(chain.provider.get_receipt(transaction).transaction.data)
    start = data.find(selector)
    while start >= 0:
        with suppress(DecodingError, UnicodeDecodeError):  # other bytes that look like the selector
            found_id, title, symbol, *_rest = decode(types, data[start + 4 :], strict=False)
            if found_id == asset_id:
                yield title, symbol
        start = data.find(selector, start + 1)


def _rules(name: str, factory: ContractInstance, log: Any, commit: str) -> Made:
    arguments = _argument("SplitterRules", log.content)
    made = partial(Made, name, "SplitterRules", log.rules, log.transaction_hash)
    return _created(made, factory, keccak(arguments), [arguments], commit)


def _splitter(name: str, factory: ContractInstance, log: Any, commit: str) -> Made:
    arguments = _argument(
        "RevenueSplitter",
        factory.authority(),
        log.asset_id,
        log.asset,
        factory.address,
        factory.UTC_OFFSET_MINUTES(),
        factory.NOTICE_DAYS(),
        contract_at(project.RevenueSplitter, log.splitter).rules_of(1)[0],
    )
    made = partial(Made, name, "RevenueSplitter", log.splitter, log.transaction_hash)
    return _created(made, factory, _salt(log.asset_id), [arguments], commit)


def _salt(asset_id: int) -> bytes:
    return asset_id.to_bytes(32, "big")


def _created(
    made: Callable[[bytes], Made],
    factory: ContractInstance,
    salt: bytes,
    candidates: list[bytes],
    commit: str,
) -> Made:
    """What a factory made with CREATE2: its address is a hash of sources and arguments."""
    for arguments in candidates:
        found = made(arguments)
        code = creation_code(found.contract) + arguments
        if create2_address(factory.address, salt, code) == found.address:
            return found
    raise _other_sources(made(b"").name, commit)


def create2_address(sender: str, salt: bytes, code: bytes) -> str:
    """Where CREATE2 puts what `code` creates (EIP-1014)."""
    sent = b"\xff" + bytes.fromhex(sender.removeprefix("0x")) + salt + keccak(code)
    return str(to_checksum_address(keccak(sent)[12:]))


# --- arguments of constructors


def encoded(contract: str, arguments: tuple[str, ...]) -> bytes:
    """The arguments of a record, as its constructor got them. Raises CivitasError."""
    inputs = _inputs(contract)
    if len(inputs) != len(arguments):
        raise CivitasError(
            f"{contract}: {len(arguments)} arguments recorded, its constructor takes {len(inputs)}"
        )
    return encode(
        [each.canonical_type for each in inputs],
        [_value(text, each) for text, each in zip(arguments, inputs, strict=True)],
    )


def _argument(contract: str, *values: Any) -> bytes:
    inputs = _inputs(contract)
    return encode(
        [each.canonical_type for each in inputs],
        [_plain(value) for value in values],
    )


def _plain(value: Any) -> Any:
    """Ape's structs as the tuples that they are."""
    if isinstance(value, list | tuple) or hasattr(value, "__dataclass_fields__"):
        parts = value if isinstance(value, list | tuple) else vars(value).values()
        return tuple(_plain(each) for each in parts)
    return value


def _inputs(contract: str) -> list[ABIType]:
    return list(project.contracts[contract].contract_type.constructor.inputs)


def _value(text: str, kind: ABIType) -> Any:
    name = str(kind.type)
    if name.endswith("]"):
        inner = kind.model_copy(update={"type": name[: name.rindex("[")]})
        return [_value(each, inner) for each in _split(text)]
    if name == "tuple":
        parts = _split(text)
        return tuple(
            _value(each, part) for each, part in zip(parts, kind.components or [], strict=True)
        )
    if name == "bool":
        return text == "True"
    if name.startswith("bytes"):
        return bytes.fromhex(text.removeprefix("0x"))
    if name.startswith(("int", "uint")):
        return int(text)
    return text


def _split(text: str) -> list[str]:
    """The parts of "[a, [b, c]]": "a" and "[b, c]"."""
    parts, depth, start = [], 0, 1
    for place, letter in enumerate(text):
        depth += (letter == "[") - (letter == "]")
        is_end = depth == 0 or (depth == 1 and letter == ",")
        if is_end and place > start:
            parts.append(text[start:place].strip())
            start = place + 1
    return parts
