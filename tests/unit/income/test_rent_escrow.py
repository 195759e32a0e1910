"""RentEscrow, `hold_rent` and `pay_and_distribute` of the Lease."""

from datetime import date

import ape
import pytest
from ape import chain, project
from eth_utils import keccak

from civitas.chain.deploy import ZERO_ADDRESS

from .conftest import NO_PURPOSE, Manner

CASE, DOCUMENT = keccak(text="case 2030-1"), keccak(text="an invoice")
RENT = 1_000


@pytest.fixture
def escrow(city):
    return city.rent_escrow


@pytest.fixture
def lease_id(house, sign):
    return sign(house, date(2026, 1, 1), rent=RENT)


@pytest.fixture
def order(city, house, road_fund):
    """An order for thirty days, with a receiver: `order(receiver=..., until=...)`."""

    def of(receiver=road_fund, until=None, case=CASE, asset_id=house):
        until = until or chain.pending_timestamp + 30 * 86_400
        return (city.lease, asset_id, receiver, until, case)

    return of


@pytest.fixture
def hold(escrow, order, enforcer, compliance_officer):
    def begin(**how):
        wanted = order(**how)
        escrow.propose(wanted, sender=enforcer)
        escrow.confirm(wanted, sender=compliance_officer)
        return wanted

    return begin


def test_is_as_it_was_deployed(city, escrow):
    assert escrow.asset() == city.payment_token
    assert escrow.SPLITTER_FACTORY() == city.splitter_factory
    assert escrow.authority() == city.authority


def test_refuses_accounts_where_contracts_belong(city, deployer, stranger):
    with ape.reverts("rent_escrow: no asset"):
        deployer.deploy(project.RentEscrow, city.authority, stranger, city.splitter_factory)
    with ape.reverts("rent_escrow: no splitter factory"):
        deployer.deploy(project.RentEscrow, city.authority, city.payment_token, stranger)


def test_an_order_of_two_offices_leads_the_rent_here(
    city, money, splitter, house, lease_id, escrow, order, enforcer, compliance_officer, pay
):
    """F6, INV-ESC-1: holders see the case."""
    wanted = order()
    proposed = escrow.propose(wanted, sender=enforcer)
    pay(lease_id, RENT)
    assert (money.balanceOf(splitter), escrow.total_held()) == (RENT, 0)

    begun = escrow.confirm(wanted, sender=compliance_officer)

    order_id = escrow.id_of(wanted)
    assert proposed.return_value == order_id
    assert escrow.is_held(house) and escrow.order_of(house).case == CASE
    assert begun.events == [
        escrow.HoldBegun(
            order_id=order_id,
            asset_id=house,
            receiver=wanted[2],
            until=wanted[3],
            case=CASE,
            officer=compliance_officer,
        ),
        city.lease.RentHeld(asset_id=house, old_until=0, new_until=wanted[3]),
    ]
    receipt = pay(lease_id, RENT)
    assert receipt.events[0].receiver == escrow.address
    assert money.balanceOf(splitter) == RENT
    assert escrow.held_of(house) == escrow.total_held() == money.balanceOf(escrow) == RENT
    assert city.lease.paid(lease_id) == (2 * RENT, 0)


def test_leaves_other_assets_alone(split, waterworks, sign, pay, hold, money):
    hold()
    other = split((waterworks, 10_000))

    pay(sign(other.ASSET_ID(), date(2026, 1, 1)), 500)

    assert money.balanceOf(other) == 500


def test_pays_the_receiver_while_the_order_lasts(
    money, house, lease_id, escrow, hold, pay, enforcer, road_fund
):
    hold()
    pay(lease_id, RENT)

    receipt = escrow.pay_receiver(house, 300, DOCUMENT, sender=enforcer)

    assert (money.balanceOf(road_fund), escrow.held_of(house)) == (300, 700)
    assert receipt.events[0] == escrow.ReceiverPaid(
        asset_id=house,
        receiver=road_fund,
        amount=300,
        held=700,
        document_hash=DOCUMENT,
        enforcer=enforcer,
    )
    for amount in (0, 701):
        with ape.reverts("rent_escrow: nothing held"):
            escrow.pay_receiver(house, amount, DOCUMENT, sender=enforcer)
    with ape.reverts("rent_escrow: no document"):
        escrow.pay_receiver(house, 1, bytes(32), sender=enforcer)


def test_pays_nobody_where_the_order_names_nobody(house, lease_id, escrow, hold, pay, enforcer):
    hold(receiver=ZERO_ADDRESS)
    pay(lease_id, RENT)

    with ape.reverts("rent_escrow: bad receiver"):
        escrow.pay_receiver(house, 1, DOCUMENT, sender=enforcer)


def test_lifting_the_order_releases_the_rent(
    city,
    money,
    splitter,
    house,
    lease_id,
    escrow,
    hold,
    pay,
    enforcer,
    compliance_officer,
    stranger,
):
    """F6"""
    wanted = hold()
    pay(lease_id, RENT)
    with ape.reverts("rent_escrow: is held"):
        escrow.release(house, sender=stranger)
    with ape.reverts("rent_escrow: no document"):
        escrow.lift(house, bytes(32), sender=compliance_officer)

    lifted = escrow.lift(house, DOCUMENT, sender=compliance_officer)

    assert lifted.events == [
        escrow.HoldLifted(
            order_id=escrow.id_of(wanted),
            asset_id=house,
            document_hash=DOCUMENT,
            officer=compliance_officer,
        ),
        city.lease.RentHeld(asset_id=house, old_until=wanted[3], new_until=0),
    ]
    with ape.reverts("rent_escrow: not held"):
        escrow.pay_receiver(house, 1, DOCUMENT, sender=enforcer)
    with ape.reverts("rent_escrow: not held"):
        escrow.lift(house, DOCUMENT, sender=compliance_officer)
    released = escrow.release(house, sender=stranger)
    assert released.events[0] == escrow.HeldReleased(asset_id=house, splitter=splitter, amount=RENT)
    pay(lease_id, RENT)
    assert money.balanceOf(splitter) == splitter.pending() == 2 * RENT
    assert escrow.total_held() == money.balanceOf(escrow) == 0
    with ape.reverts("rent_escrow: nothing held"):
        escrow.release(house, sender=stranger)


@pytest.mark.parametrize(("second", "is_held"), [(-1, True), (0, False)])
def test_an_order_ends_by_itself(
    money, splitter, house, lease_id, escrow, hold, pay, second, is_held
):
    """INV-ESC-2: in the lease and here in the same second."""
    until = chain.pending_timestamp + 1_000
    hold(until=until)
    chain.mine(timestamp=until + second - 3)

    receipt = pay(lease_id, RENT)

    assert receipt.timestamp == until + second
    assert (money.balanceOf(splitter) == 0) == is_held
    assert (escrow.held_of(house) == RENT) == is_held


def test_another_order_may_follow(house, escrow, hold, order, enforcer, compliance_officer):
    hold(until=chain.pending_timestamp + 1_000)
    other = order(case=DOCUMENT)
    escrow.propose(other, sender=enforcer)
    with ape.reverts("rent_escrow: is held"):
        escrow.confirm(other, sender=compliance_officer)
    chain.mine(timestamp=chain.pending_timestamp + 1_000)

    escrow.confirm(other, sender=compliance_officer)

    assert escrow.order_of(house).case == DOCUMENT


def test_refuses_orders_that_say_nothing(escrow, order, enforcer):
    for wrong, reason in (
        ({"case": bytes(32)}, "rent_escrow: no case"),
        ({"until": chain.pending_timestamp}, "rent_escrow: bad end"),
        ({"until": 2**64}, "rent_escrow: bad end"),
        ({"receiver": escrow.address}, "rent_escrow: bad receiver"),
    ):
        with ape.reverts(reason):
            escrow.propose(order(**wrong), sender=enforcer)


def test_refuses_a_lease_contract_of_another_currency(
    escrow, order, lease_in, silent_token, enforcer
):
    other = lease_in(540, asset=silent_token)

    with ape.reverts("rent_escrow: other asset"):
        escrow.propose((other, *order()[1:]), sender=enforcer)


def test_refuses_to_confirm_what_is_not_there_or_over(escrow, order, enforcer, compliance_officer):
    wanted = order(until=chain.pending_timestamp + 100)
    with ape.reverts("rent_escrow: not proposed"):
        escrow.confirm(wanted, sender=compliance_officer)
    escrow.propose(wanted, sender=enforcer)
    with ape.reverts("rent_escrow: was proposed"):
        escrow.propose(wanted, sender=enforcer)
    chain.mine(timestamp=wanted[3])
    with ape.reverts("rent_escrow: bad end"):
        escrow.confirm(wanted, sender=compliance_officer)


def test_refuses_to_confirm_twice(house, escrow, hold, compliance_officer):
    wanted = hold()
    escrow.lift(house, DOCUMENT, sender=compliance_officer)

    with ape.reverts("rent_escrow: was confirmed"):
        escrow.confirm(wanted, sender=compliance_officer)


def test_refuses_rent_that_is_not_here(city, house, escrow, accounts):
    lease = accounts.impersonate_account(city.lease.address)

    with ape.reverts("rent_escrow: not here"):
        escrow.book(house, 1, sender=lease)


# --- paying and sharing out in one
def test_pays_and_shares_out_at_once(
    city, money, splitter, lease_id, payer, waterworks, library_fund
):
    money.mint(payer, RENT, sender=payer)
    money.approve(city.lease, RENT, sender=payer)

    assert city.lease.pay_and_distribute(lease_id, RENT, sender=payer).return_value

    assert (money.balanceOf(waterworks), money.balanceOf(library_fund)) == (700, 300)
    assert money.balanceOf(splitter) == 0


def test_a_distribution_that_fails_holds_up_no_payment(
    city, split, sign, receiver, road_fund, money, payer, stranger
):
    """Half a unit for each of two: nothing can be shared out yet."""
    splitter = split((receiver, 5_000, keccak(text="PURPOSE")), (road_fund, 5_000))
    lease_id = sign(splitter.ASSET_ID(), date(2026, 1, 1), rent=RENT)
    money.mint(payer, RENT, sender=payer)
    money.approve(city.lease, RENT, sender=payer)

    done = city.lease.pay_and_distribute(lease_id, 1, sender=payer)

    assert not done.return_value
    assert city.lease.paid(lease_id) == (1, 0)
    assert money.balanceOf(splitter) == 1
    receiver.behave(Manner.BURNS_GAS, sender=stranger)
    assert city.lease.pay_and_distribute(lease_id, RENT - 1, sender=payer).return_value
    assert money.balanceOf(road_fund) == 500


def test_a_payee_that_calls_back_gains_nothing(
    city, split, sign, receiver, money, payer, stranger, road_fund
):
    splitter = split((receiver, 5_000, keccak(text="PURPOSE")), (road_fund, 5_000, NO_PURPOSE))
    lease_id = sign(splitter.ASSET_ID(), date(2026, 1, 1), rent=RENT)
    money.mint(payer, RENT, sender=payer)
    money.approve(city.lease, RENT, sender=payer)
    receiver.behave(Manner.TRIES_BACK | Manner.TAKES_ALL, sender=stranger)

    city.lease.pay_and_distribute(lease_id, RENT, sender=payer)

    assert (
        money.balanceOf(splitter) + money.balanceOf(receiver) + money.balanceOf(road_fund) == RENT
    )


def test_shares_nothing_out_while_a_court_holds_the_rent(
    city, money, splitter, house, lease_id, hold, payer, stranger
):
    hold()
    money.mint(splitter, 50, sender=stranger)
    money.mint(payer, RENT, sender=payer)
    money.approve(city.lease, RENT, sender=payer)

    assert not city.lease.pay_and_distribute(lease_id, RENT, sender=payer).return_value

    assert (money.balanceOf(splitter), city.rent_escrow.held_of(house)) == (50, RENT)


def test_refuses_to_pay_and_share_out_while_paused(city, lease_id, payer, guardian):
    city.lease.pause(sender=guardian)

    with ape.reverts("emergency_stop: paused"):
        city.lease.pay_and_distribute(lease_id, 1, sender=payer)
