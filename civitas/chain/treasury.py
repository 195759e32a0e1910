"""The treasury from the operator's side: what each fund has, and a payment's two signatures."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ape.api import AccountAPI

from civitas.chain.city import City
from civitas.chain.deploy import name32
from civitas.chain.events import Sources, read_events
from civitas.chain.income import base_units, currency_of
from civitas.chain.roles import Role
from civitas.chain.transactions import Act, Prepared
from civitas.errors import CivitasError
from civitas.figures import Figure
from civitas.records import Event


@dataclass(frozen=True, slots=True)
class Balance:
    """A fund's money in one currency."""

    fund: str
    is_restricted: bool
    asset: str
    free: int  # {asset} may be approved
    reserved: int  # {asset} approved, unpaid


def _events(city: City) -> list[Event]:
    return read_events(Sources({city.treasury.address: "Treasury"}))


def funds(city: City) -> dict[str, bytes]:
    """Every fund that was opened, by its name."""
    found = [each.arguments["fund"] for each in _events(city) if each.name == "FundOpened"]
    return {bytes(fund).rstrip(b"\0").decode(): bytes(fund) for fund in found}


def balances(city: City) -> list[Balance]:
    """Every fund in every currency that ever came in."""
    treasury = city.treasury
    assets = {
        str(each.arguments["token"]) for each in _events(city) if each.name == "IncomeReceived"
    }
    return [
        Balance(
            fund=name,
            is_restricted=bool(treasury.funds(fund).is_restricted),
            asset=asset,
            free=int(treasury.balance_of(asset, fund)),
            reserved=int(treasury.reserved_of(asset, fund)),
        )
        for asset in sorted(assets)
        for name, fund in funds(city).items()
    ]


def agreement(city: City, found: list[Balance]) -> Iterator[Figure]:
    """The sums of the funds beside what the contract books, which the token must cover."""
    for asset in dict.fromkeys(each.asset for each in found):
        total = sum(each.free + each.reserved for each in found if each.asset == asset)
        booked = int(city.treasury.total_of(asset))
        yield Figure(f"all funds in {asset}", str(booked), str(total))


def approve(
    city: City,
    fund: str,
    payee: str,
    amount_text: str,
    asset: str,
    document: bytes,
    treasurer: AccountAPI,
) -> Act:
    """Approve a payment, once for each document, payee and amount; its money is set apart."""
    treasury, amount = city.treasury, base_units(asset, amount_text)
    currency, known = currency_of(asset), funds(city)
    if fund not in known:
        raise CivitasError(f"there is no fund {fund}; there are {', '.join(known)}")
    _require_apart(city, treasurer, Role.CASHIER, "makes payments, so it can't approve them")
    free = int(treasury.balance_of(asset, name32(fund)))

    def found() -> list[int]:
        return [
            each.arguments["payment_id"]
            for each in _events(city)
            if each.name == "PaymentApproved"
            and bytes(each.arguments["document_hash"]) == document
            and (str(each.arguments["payee"]), each.arguments["amount"]) == (payee, amount)
            and str(each.arguments["token"]) == asset
            and bytes(each.arguments["fund"]) == known[fund]
        ]

    lines = [f"{currency.exact(amount)} of {fund} to {payee}"]
    if before := found():
        lines.append(f"approved already for this document, as payment {before[0]}")
        return Act(tuple(lines), (), lambda: {})
    if amount > free:
        raise CivitasError(
            f"fund {fund} has {currency.exact(free)} free, {currency.exact(amount)} were asked"
        )
    lines.append(f"free in {fund}: {currency.exact(free)} -> {currency.exact(free - amount)}")
    return Act(
        lines=tuple(lines),
        steps=(
            Prepared(
                treasury.approve_payment,
                (asset, known[fund], payee, amount, document),
                treasurer,
            ),
        ),
        facts=lambda: {"the payment is approved once": len(found()) == 1},
        role=Role.TREASURER,
        outcome=lambda events: [
            f"payment {each.arguments['payment_id']}: a cashier makes it with "
            f"`ape run treasury pay {each.arguments['payment_id']}`"
            for each in events
            if each.name == "PaymentApproved"
        ],
    )


def pay(city: City, payment_id: int, cashier: AccountAPI) -> Act:
    """Make a payment that another key approved; nothing where it was made."""
    _require_apart(city, cashier, Role.TREASURER, "approves payments, so it can't make them")
    return _finish(city, payment_id, cashier, "PaymentMade", Role.CASHIER)


def cancel(city: City, payment_id: int, treasurer: AccountAPI) -> Act:
    """Call an approved payment off; its money returns to the fund."""
    return _finish(city, payment_id, treasurer, "PaymentCancelled", Role.TREASURER)


_SAID = {"PaymentMade": "made", "PaymentCancelled": "called off"}


def _finish(city: City, payment_id: int, sender: AccountAPI, event: str, role: Role) -> Act:
    treasury = city.treasury
    payment: Any = treasury.payments(payment_id)
    if ended := [
        each.name
        for each in _events(city)
        if each.name in _SAID and each.arguments["payment_id"] == payment_id
    ]:
        if ended != [event]:
            raise CivitasError(f"payment {payment_id} was {_SAID[ended[0]]}")
        return Act((f"payment {payment_id} was {_SAID[event]} already",), (), lambda: {})
    if not payment.amount:
        raise CivitasError(
            f"there is no payment {payment_id}; {treasury.total_payments()} were approved"
        )
    if event == "PaymentMade" and str(payment.approver) == str(sender.address):
        raise CivitasError(
            f"{sender.address} approved payment {payment_id}, so it can't make it: "
            "another cashier must sign"
        )
    asset, fund = str(payment.token), bytes(payment.fund).rstrip(b"\0").decode()
    method = treasury.pay if event == "PaymentMade" else treasury.cancel_payment
    said = currency_of(asset).exact(payment.amount)
    return Act(
        lines=(
            f"payment {payment_id}: {said} of {fund} to {payment.payee}, "
            f"approved by {payment.approver}",
        ),
        steps=(Prepared(method, (payment_id,), sender),),
        facts=lambda: {
            f"payment {payment_id} is {_SAID[event]}": treasury.payments(payment_id).amount == 0
        },
        role=role,
    )


def _require_apart(city: City, account: AccountAPI, other: Role, said: str) -> None:
    """Raises CivitasError for a key whose other duty keeps it from this one."""
    if city.authority.hasRole(other.id, account.address):
        raise CivitasError(
            f"{account.address} {said}: approving and paying are apart; another key must sign"
        )
