"""A month's income from the operator's side: shared out, declared, paid, and its taxes remitted."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ape import project
from ape.api import AccountAPI
from ape.contracts import ContractInstance
from ape.exceptions import ContractLogicError

from civitas.chain.batches import batches
from civitas.chain.city import City, contract_at
from civitas.chain.deploy import ZERO_ADDRESS
from civitas.chain.events import Sources, read_events
from civitas.chain.refusals import reason_of
from civitas.chain.roles import Role
from civitas.chain.simulation import Call, gas_in_order
from civitas.chain.transactions import Act, Prepared
from civitas.errors import CivitasError
from civitas.figures import Figure, require_equal
from civitas.profiles import Currency as Written
from civitas.records import Event
from civitas.report.money import Currency
from civitas.statements.taxes import KINDS, Report, report, withheld

MAX_BATCH = 100  # holders of one payment of a dividend
# {gas} The last payment of a batch is passed over where it can't have all of what it may use
# (PAYMENT_GAS, of which a call gets 63 of 64 parts).
PAYMENT_GAS = 1_100_000
FOREVER = 2**64  # {s}

SKIPPED = {1: "nothing due", 2: "frozen", 3: "the money has escheated", 4: "payment refused"}


def currency_of(asset: str) -> Currency:
    """What a payment token calls itself."""
    token = contract_at(project.MockPaymentToken, asset)
    return Currency(str(token.symbol()), int(token.decimals()))


def base_units(asset: str, text: str) -> int:
    """{asset} An amount that people wrote in units of a payment token. Raises CivitasError."""
    currency = currency_of(asset)
    written = Written.model_construct(symbol=currency.symbol, decimals=currency.decimals)
    return written.base_units(text)


# --- split


def splitters(city: City) -> dict[int, ContractInstance]:
    """Every asset's splitter, by the id of the asset."""
    factory = Sources({city.splitter_factory.address: "SplitterFactory"})
    return {
        event.arguments["asset_id"]: contract_at(
            project.RevenueSplitter, event.arguments["splitter"]
        )
        for event in read_events(factory)
        if event.name == "SplitterCreated"
    }


def split(city: City, asset_ids: Sequence[int], sender: AccountAPI) -> Act:
    """Share out what came in for these assets, or for all where none is named.

    What came in late for earlier rules is shared out by those. An asset whose splitter can't is
    left out, and named. Raises CivitasError for an asset that has no splitter.
    """
    known = splitters(city)
    for asset_id in asset_ids:
        if asset_id not in known:
            raise CivitasError(
                f"asset {asset_id} has no splitter; there are those of assets "
                f"{', '.join(map(str, sorted(known))) or 'none'}"
            )
    lines, steps = [], []
    waiting: dict[tuple[int, int], int] = {}
    for asset_id in asset_ids or sorted(known):
        splitter = known[asset_id]
        currency = currency_of(str(splitter.asset()))
        try:
            found = list(_waiting(splitter))
        except ContractLogicError as error:
            lines.append(f"asset {asset_id}: left out, {reason_of(error)}")
            continue
        for version, amount in found:
            said = f"asset {asset_id}: {currency.exact(amount)}"
            if version:
                said += f", by rules {version}, for which it came in late"
            lines.append(said)
            steps.append(Prepared(splitter.distribute, (version,), sender, label=said))
            waiting[asset_id, version] = amount
    return Act(
        lines=tuple(lines),
        steps=tuple(steps),
        facts=lambda: {
            f"asset {asset_id} has less to share out": (_pending(known[asset_id], version) < amount)
            for (asset_id, version), amount in waiting.items()
        },
        is_bulk=True,
    )


def _waiting(splitter: ContractInstance) -> Iterator[tuple[int, int]]:
    """(version, amount) that can be shared out; version 0 is the one in force."""
    if amount := int(splitter.pending()):
        yield 0, amount
    for version in range(1, int(splitter.version())):
        if splitter.income_of(version):
            yield version, int(splitter.income_of(version))


def _pending(splitter: ContractInstance, version: int) -> int:
    return int(splitter.income_of(version) if version else splitter.pending())


# --- dividends


@dataclass(frozen=True)
class Declaration:
    """What a resolution says of a dividend; moments in {s}."""

    asset_id: int
    amount: int  # {asset}
    record_time: int
    pay_time: int
    deadline: int
    deemed_at: int
    excluded: tuple[str, ...]
    resolution: bytes


def sharing_units(token: ContractInstance, excluded: Sequence[str]) -> int:
    """{unit} Of all holders but those that do not share, now."""
    return int(token.totalSupply()) - sum(int(token.balanceOf(each)) for each in excluded)


def token_of(city: City, asset_id: int) -> ContractInstance:
    """The asset's security token. Raises CivitasError where it has none."""
    try:
        address = str(city.asset_registry.token_of(asset_id))
    except ContractLogicError:
        address = ZERO_ADDRESS
    if address == ZERO_ADDRESS:
        raise CivitasError(f"asset {asset_id} has no security token")
    return contract_at(project.SecurityToken, address)


def declare(city: City, said: Declaration, sender: AccountAPI) -> Act:
    """Announce the record date where it is to come, and declare the dividend; its money is taken
    from the sender. What was declared by the same resolution for the same date is not declared
    again.
    """
    token, dividends = token_of(city, said.asset_id), city.dividends
    asset = str(token.paymentToken())
    money, currency = contract_at(project.MockPaymentToken, asset), currency_of(asset)
    clock, who = city.clock, sender.address
    excluded = sorted(said.excluded, key=lambda each: int(each, 16))
    lines = [
        f"asset {said.asset_id}: {currency.exact(said.amount)} for "
        f"{sharing_units(token, excluded):,} units, as of now",
        f"who holds them before {clock.text(said.record_time)}, paid from "
        f"{clock.text(said.pay_time)}, deemed paid {clock.text(said.deemed_at)}, unclaimed from "
        f"{clock.text(said.deadline)} ({clock.name})",
        *(f"does not share: {each}" for each in excluded),
    ]

    def found() -> list[int]:
        return _declared(city, str(token.address), said)

    if before := found():
        lines.append(f"declared already, as dividend {before[0]}")
        return Act(tuple(lines), (), lambda: {})
    if (held := int(money.balanceOf(who))) < said.amount:
        raise CivitasError(
            f"{who} holds {currency.exact(held)}, the dividend is {currency.exact(said.amount)}: "
            "have it paid from the treasury first"
        )
    steps = []
    if city.income_desk.asset_of(token.address) == ZERO_ADDRESS:
        steps.append(Prepared(city.income_desk.admit, (said.asset_id,), sender))
    if said.record_time > city.now and int(token.pending_record()) != said.record_time:
        steps.append(Prepared(token.schedule_record, (said.record_time,), sender))
    if int(money.allowance(who, dividends.address)) < said.amount:
        steps.append(Prepared(money.approve, (dividends.address, said.amount), sender))
    times = (said.record_time, said.pay_time, said.deadline, said.deemed_at)
    steps.append(
        Prepared(
            dividends.declare,
            (token.address, said.amount, *times, excluded, said.resolution),
            sender,
        )
    )
    return Act(
        lines=tuple(lines),
        steps=tuple(steps),
        facts=lambda: {"the dividend is declared once": len(found()) == 1},
        role=Role.ASSET_MANAGER,
        outcome=lambda events: [
            f"dividend {event.arguments['dividend_id']}: pay it from {clock.text(said.pay_time)} "
            f"with `ape run income pay {event.arguments['dividend_id']}`"
            for event in events
            if event.name == "DividendDeclared"
        ],
        is_chained=True,
    )


def _declared(city: City, token: str, said: Declaration) -> list[int]:
    """Ids of the dividends that a declaration has led to."""
    return [
        event.arguments["dividend_id"]
        for event in _dividend_events(city)
        if event.name == "DividendDeclared"
        and str(event.arguments["token"]) == token
        and bytes(event.arguments["resolution"]) == said.resolution
        and event.arguments["record_time"] == said.record_time
    ]


def _dividend_events(city: City) -> list[Event]:
    return read_events(Sources({city.dividends.address: "Dividends"}))


def dividend_of(city: City, dividend_id: int) -> Any:
    """What was declared. Raises CivitasError for none, and before it is payable."""
    dividend = city.dividends.dividends(dividend_id)
    if not dividend.amount:
        raise CivitasError(
            f"there is no dividend {dividend_id}; {city.dividends.total_dividends()} were declared"
        )
    if city.now < dividend.pay_time:
        raise CivitasError(
            f"dividend {dividend_id} is paid from {city.clock.text(dividend.pay_time)} "
            f"({city.clock.name})"
        )
    return dividend


def entitled(city: City, dividend_id: int, dividend: Any) -> list[str]:
    """Who held units at the record date, and heirs, without those that were paid; by address."""
    units: Counter[str] = Counter()
    for event in read_events(Sources({str(dividend.token): "SecurityToken"})):
        if event.name == "Transfer" and event.timestamp < dividend.record_time:
            units[str(event.arguments["sender"])] -= event.arguments["value"]
            units[str(event.arguments["receiver"])] += event.arguments["value"]
    found = {holder for holder, held in units.items() if held > 0}
    for event in _dividend_events(city):
        if event.arguments.get("dividend_id") == dividend_id:
            if event.name == "DividendPaid":
                found.discard(str(event.arguments["holder"]))
            elif event.name == "EntitlementMoved":
                found.add(str(event.arguments["receiver"]))
    return sorted(found - {str(each) for each in city.dividends.excluded_from(dividend_id)})


def pay(city: City, dividend_id: int, sender: AccountAPI, max_gas: int | None = None) -> Act:
    """Pay a dividend to all who can be paid now. A run that broke off is started again.

    Each batch has gas enough that no payment in it is passed over for want of gas.
    """
    dividend, dividends = dividend_of(city, dividend_id), city.dividends
    currency = currency_of(str(dividend.asset))
    due: dict[str, int] = {}
    waiting: Counter[int] = Counter()
    for holder in entitled(city, dividend_id, dividend):
        amount, code, _ = dividends.claimable(dividend_id, holder)
        if code:
            waiting[code] += 1
        else:
            due[holder] = int(amount)
    total = sum(due.values())

    def prepare(some: Sequence[str]) -> Prepared:
        arguments = (dividend_id, list(some))
        data = bytes(dividends.claim_for.encode_input(*arguments))
        (used,) = gas_in_order([Call(str(dividends.address), data)], str(sender.address))
        gas = used + PAYMENT_GAS
        return Prepared(dividends.claim_for, arguments, sender, gas_limit=gas, gas=gas)

    def left() -> dict[str, bool]:
        if dividends.dividends(dividend_id).paid - dividend.paid >= total:
            return {}
        return {
            f"{holder} was paid": not dividends.claimable(dividend_id, holder)[0] for holder in due
        }

    found = batches(list(due), prepare, MAX_BATCH, ("payment", "payments"), max_gas)
    return Act(
        lines=(
            f"dividend {dividend_id}: {currency.exact(dividend.paid)} of "
            f"{currency.exact(dividend.amount)} paid",
            f"{len(due):,} holders to pay, {currency.exact(total)} before taxes",
            *(
                f"{count:,} wait: {SKIPPED[code]}"
                for code, count in sorted(waiting.items())
                if code != 1
            ),
        ),
        steps=tuple(batch.prepared for batch in found),
        facts=left,
        is_bulk=True,
    )


def claim(
    city: City, asset_id: int, holders: Sequence[str], dividend_id: int | None, sender: AccountAPI
) -> Act:
    """Have holders' income of an asset's token paid to them, or their part of a dividend on it."""
    token = token_of(city, asset_id)
    currency = currency_of(str(token.paymentToken()))
    if dividend_id is not None:
        dividend = dividend_of(city, dividend_id)
        if str(dividend.token) != str(token.address):
            raise CivitasError(f"dividend {dividend_id} is not of asset {asset_id}")

    def due(holder: str) -> int:
        if dividend_id is None:
            return int(token.claimable(holder))
        return int(city.dividends.claimable(dividend_id, holder)[0])

    def prepared(holder: str, said: str) -> Prepared:
        if dividend_id is None:
            return Prepared(token.claim_income, (holder,), sender, label=said)
        return Prepared(city.dividends.claim, (dividend_id, holder), sender, label=said)

    amounts = {holder: due(holder) for holder in holders}
    for holder, amount in amounts.items():
        if not amount and not token.balanceOf(holder):
            raise CivitasError(
                f"{holder} holds no units of asset {asset_id} and is due nothing: is the address "
                "right?"
            )
    lines = {holder: f"{holder}: {currency.exact(amount)}" for holder, amount in amounts.items()}
    return Act(
        lines=tuple(lines.values()),
        steps=tuple(prepared(holder, lines[holder]) for holder in holders if amounts[holder]),
        facts=lambda: {
            f"{holder} was paid": due(holder) < amount
            for holder, amount in amounts.items()
            if amount
        },
    )


# --- taxes


def tax_report(city: City, year: int, month: int) -> Report:
    """A month of the desk. Raises Different where its events and its state disagree."""
    events = desk_events(city)
    start, end = city.clock.month(year, month)
    found = report(events, year, month, start, end)
    require_equal(_agreement(city, events, found))
    return found


def desk_events(city: City) -> list[Event]:
    return read_events(Sources({city.income_desk.address: "IncomeDesk"}))


def _agreement(city: City, events: Sequence[Event], found: Report) -> Iterator[Figure]:
    """What the desk says it withheld, remitted and holds, beside the sums of its events."""
    over_all = report(events, found.year, found.month, 0, FOREVER)
    yield Figure(
        "certificates",
        str(city.income_desk.certificates()),
        str(sum(each.name == "IncomePaid" for each in events)),
    )
    for each in over_all.accounts:
        account = city.income_desk.tax_account(each.asset, each.kind)
        name = f"{KINDS[each.kind]} tax in {each.asset}"
        yield Figure(f"{name}, withheld", str(account.withheld), str(each.withheld))
        yield Figure(f"{name}, remitted", str(account.remitted), str(each.remitted))
        held = city.income_desk.held(each.asset, each.kind)
        yield Figure(f"{name}, held", str(held), str(each.closing))


def remit(
    city: City,
    period: tuple[int, int],
    kinds: Sequence[int],
    asset: str,
    reference: bytes,
    sender: AccountAPI,
) -> Act:
    """Remit what a month's certificates withheld to who collects it, once by each reference.

    Raises CivitasError where a tax has no payee, or less is held than the month withheld.
    """
    desk, clock = city.income_desk, city.clock
    start, end = clock.month(*period)
    if city.now < end:
        raise CivitasError(
            f"the month goes on until {clock.text(end)} ({clock.name}): remit it then"
        )
    currency, events = currency_of(asset), desk_events(city)
    lines, steps, remitted = [], [], []
    for kind in kinds:
        amount = withheld(events, asset, kind, start, end)
        payee = str(desk.payee_of(kind))
        name = f"{KINDS[kind]} tax of {period[0]}-{period[1]:02}"
        if _is_remitted(events, asset, kind, reference):
            lines.append(f"{name}: remitted already by this reference")
            continue
        if amount == 0:
            lines.append(f"{name}: none was withheld")
            continue
        if payee == ZERO_ADDRESS:
            raise CivitasError(
                f"{name}: nobody is named to collect it; the council's clerk does so with "
                "IncomeDesk.set_payee"
            )
        if (held := int(desk.held(asset, kind))) < amount:
            raise CivitasError(
                f"{name}: {currency.exact(amount)} were withheld, {currency.exact(held)} are held; "
                "was part of it remitted by another reference?"
            )
        remitted.append(kind)
        lines.append(f"{name}: {currency.exact(amount)} to {payee}")
        steps.append(Prepared(desk.remit, (asset, kind, amount, reference), sender))
    return Act(
        lines=tuple(lines),
        steps=tuple(steps),
        facts=lambda: {
            f"the {KINDS[kind]} tax is remitted": _is_remitted(
                desk_events(city), asset, kind, reference
            )
            for kind in remitted
        },
        role=Role.CASHIER,
    )


def _is_remitted(events: Sequence[Event], asset: str, kind: int, reference: bytes) -> bool:
    return any(
        event.name == "TaxRemitted"
        and (str(event.arguments["asset"]), event.arguments["kind"]) == (asset, kind)
        and bytes(event.arguments["reference"]) == reference
        for event in events
    )
