"""Statements of a year, one for each holder, as a function of the chain's events.

A payment belongs to the year in which it was made, in the city's own time: a statement does not
change once its year is over. The date at which it is deemed paid, whose rate applies, stands beside
it. Income that a token paid before it had a desk is on the statement too, without a certificate.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from eth_utils.address import to_checksum_address
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from civitas import merkle
from civitas.clock import Clock
from civitas.errors import CivitasError
from civitas.figures import Different, first_difference
from civitas.records import Event

NOBODY = "0x" + "00" * 20

# Decimal digits of base units: an amount may be larger than what other readers of JSON keep.
Amount = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]*)$")]
Hash = Annotated[str, StringConstraints(pattern=r"^0x[0-9a-f]{64}$")]
Address = Annotated[str, StringConstraints(pattern=r"^0x[0-9a-fA-F]{40}$")]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Asset(_Table):
    """A currency of the payments."""

    address: Address
    symbol: str
    decimals: int


class Payment(_Table):
    """Income that was paid; `certificate` is its number at the desk, null where there was none."""

    certificate: int | None
    paid_at: int  # {s}
    deemed_paid_at: int  # {s}
    token: Address
    asset: Address
    gross: Amount  # {asset}, as all amounts
    national: Amount
    local: Amount
    net: Amount
    rule_number: int | None
    transaction: Hash
    log_index: int


class Holding(_Table):
    """Units of a token at the first and the last moment of the year."""

    token: Address
    opening: Amount  # {unit}
    closing: Amount


class Total(_Table):
    """All payments in one currency."""

    asset: Address
    gross: Amount
    national: Amount
    local: Amount
    net: Amount


class Statement(_Table):
    """What one holder was paid in one year."""

    format: Literal["civitas statement 1"] = "civitas statement 1"
    chain_id: int
    desk: Address
    year: int
    utc_offset_minutes: int
    holder: Address
    assets: tuple[Asset, ...]
    payments: tuple[Payment, ...]
    totals: tuple[Total, ...]
    holdings: tuple[Holding, ...]

    def leaf(self) -> bytes:
        return merkle.leaf(_canonical(self.model_dump(mode="json")))


class Proven(_Table):
    """A statement with the path to the root that stands for all statements of its year."""

    statement: Statement
    root: Hash
    path: tuple[Hash, ...]

    def reached(self) -> str:
        """The root that the statement and its path lead to."""
        beside = [bytes.fromhex(each[2:]) for each in self.path]
        return "0x" + merkle.climb(self.statement.leaf(), beside).hex()

    def text(self) -> str:
        """The file that a holder gets."""
        return json.dumps(self.model_dump(mode="json"), indent=2, ensure_ascii=False) + "\n"


@dataclass(frozen=True, slots=True)
class Frame:
    """What statements need to know besides events."""

    chain_id: int
    desk: str
    year: int
    clock: Clock
    assets: Mapping[str, Asset]  # payment token -> what it calls itself
    asset_of: Mapping[str, str]  # security token -> payment token

    @property
    def start(self) -> int:
        """{s} First second of the year in the city's time."""
        return self.clock.year(self.year)[0]

    @property
    def end(self) -> int:
        """{s} First second after it."""
        return self.clock.year(self.year)[1]

    def is_in_year(self, moment: int) -> bool:
        return self.start <= moment < self.end


def _canonical(body: object) -> bytes:
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def _text(value: object) -> str:
    """An address or a hash in one spelling."""
    return str(to_checksum_address(str(value)))


def _hash(value: str) -> str:
    return "0x" + value.removeprefix("0x").lower()


def _payments(events: Iterable[Event], frame: Frame) -> dict[str, list[Payment]]:
    found: dict[str, list[Payment]] = defaultdict(list)
    # Of a claim that a desk paid, both the token and the desk speak; the desk says more.
    at_the_desk: Counter[tuple[str, str, str, int]] = Counter()
    claims: list[Event] = []
    for event in events:
        said = event.arguments
        if event.contract == "IncomeDesk" and event.name == "IncomePaid":
            holder, token = _text(said["holder"]), _text(said["token"])
            at_the_desk[event.transaction, token, holder, said["gross"]] += 1
            if frame.is_in_year(event.timestamp):
                found[holder].append(
                    Payment(
                        certificate=said["number"],
                        paid_at=event.timestamp,
                        deemed_paid_at=said["deemed_paid_at"],
                        token=token,
                        asset=_text(said["asset"]),
                        gross=str(said["gross"]),
                        national=str(said["national"]),
                        local=str(said["local"]),
                        net=str(said["net"]),
                        rule_number=said["rule_number"],
                        transaction=_hash(event.transaction),
                        log_index=event.log_index,
                    )
                )
        elif event.contract == "SecurityToken" and event.name == "IncomeClaimed":
            claims.append(event)
    for event in claims:
        holder, token = _text(event.arguments["holder"]), _text(event.address)
        gross = event.arguments["amount"]
        key = (event.transaction, token, holder, gross)
        if at_the_desk[key]:
            at_the_desk[key] -= 1
        elif frame.is_in_year(event.timestamp):
            found[holder].append(
                Payment(
                    certificate=None,
                    paid_at=event.timestamp,
                    deemed_paid_at=event.timestamp,
                    token=token,
                    asset=frame.asset_of[token],
                    gross=str(gross),
                    national="0",
                    local="0",
                    net=str(gross),
                    rule_number=None,
                    transaction=_hash(event.transaction),
                    log_index=event.log_index,
                )
            )
    return found


def _holdings(events: Iterable[Event], frame: Frame) -> dict[str, list[Holding]]:
    """Of whoever held units at the beginning, at the end or in between."""
    opening: Counter[tuple[str, str]] = Counter()
    closing: Counter[tuple[str, str]] = Counter()
    touched: set[tuple[str, str]] = set()
    for event in events:
        if (event.contract, event.name) != ("SecurityToken", "Transfer"):
            continue
        token, amount = _text(event.address), event.arguments["value"]
        for side, sign in (("sender", -1), ("receiver", 1)):
            key = (_text(event.arguments[side]), token)
            if event.timestamp < frame.start:
                opening[key] += sign * amount
            if event.timestamp < frame.end:
                closing[key] += sign * amount
            if frame.is_in_year(event.timestamp):
                touched.add(key)
    held: dict[str, list[Holding]] = defaultdict(list)
    for holder, token in sorted(touched | {key for key, units in opening.items() if units}):
        if holder != NOBODY:
            before, after = opening[holder, token], closing[holder, token]
            held[holder].append(Holding(token=token, opening=str(before), closing=str(after)))
    return held


def _totals(payments: Sequence[Payment]) -> tuple[Total, ...]:
    def total(asset: str, key: str) -> str:
        return str(sum(int(getattr(each, key)) for each in payments if each.asset == asset))

    return tuple(
        Total(
            asset=asset,
            gross=total(asset, "gross"),
            national=total(asset, "national"),
            local=total(asset, "local"),
            net=total(asset, "net"),
        )
        for asset in sorted({each.asset for each in payments})
    )


def statements(events: Sequence[Event], frame: Frame) -> list[Statement]:
    """Every holder's statement of the year, in the order of addresses; events in their order."""
    payments, holdings = _payments(events, frame), _holdings(events, frame)
    return [
        Statement(
            chain_id=frame.chain_id,
            desk=_text(frame.desk),
            year=frame.year,
            utc_offset_minutes=frame.clock.offset_minutes,
            holder=holder,
            assets=tuple(frame.assets[each] for each in sorted({p.asset for p in paid})),
            payments=tuple(sorted(paid, key=lambda each: (each.paid_at, each.log_index))),
            totals=_totals(paid),
            holdings=tuple(holdings.get(holder, ())),
        )
        for holder in sorted({*payments, *holdings}, key=str.lower)
        for paid in [payments.get(holder, [])]
    ]


def root_of(all_of_year: Sequence[Statement]) -> str:
    """Raises CivitasError where there is no statement."""
    if not all_of_year:
        raise CivitasError("nobody held units or was paid in that year: there is no statement")
    return "0x" + merkle.root(each.leaf() for each in all_of_year).hex()


def proven(all_of_year: Sequence[Statement], holder: str) -> Proven:
    """A holder's statement with its proof. Raises CivitasError where there is none."""
    root = root_of(all_of_year)
    for each in all_of_year:
        if each.holder.lower() == holder.lower():
            beside = merkle.path((every.leaf() for every in all_of_year), each.leaf())
            return Proven(
                statement=each, root=root, path=tuple("0x" + node.hex() for node in beside)
            )
    raise CivitasError(f"{holder} held no units and was paid nothing in {all_of_year[0].year}")


def read(text: str) -> Proven:
    """A statement out of its file. Raises CivitasError for a file that is none."""
    try:
        return Proven.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "file"
        raise CivitasError(f"this is no statement: {place}: {first['msg']}") from error


def require_proven(shown: Proven, root: str) -> None:
    """Whether a statement is one of those that a root stands for. Raises Different."""
    if shown.reached() != root:
        raise Different(f"the statement leads to root {shown.reached()}, the posted one is {root}")
    if shown.root != root:
        raise Different(f"the file names root {shown.root}, the posted one is {root}")


def require_same(shown: Proven, again: Proven) -> None:
    """Whether a statement says what the events say. Raises Different, which names the first."""
    one, other = (each.statement.model_dump(mode="json") for each in (shown, again))
    if found := first_difference(one, other):
        raise Different(f"{found[0]}: the file says {found[1]}, the chain says {found[2]}")
