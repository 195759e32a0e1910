"""What is declared is announced and paid in at once, for a record date that the token keeps."""

import ape
import pytest
from eth_utils import keccak

from civitas.chain.deploy import name32

from .dividend_stage import RESOLUTION
from .taxes import DAY, now, wait_until

MILLION = 1_000_000


def test_takes_the_money_and_says_so(shares, money):
    shares.schedule()

    receipt = shares.declare(MILLION)

    contract, dividend_id = shares.dividends, receipt.return_value
    assert dividend_id == contract.total_dividends() == 1
    assert money.balanceOf(contract) == MILLION
    shares.check(dividend_id)
    assert receipt.decode_logs(contract.DividendDeclared) == [
        contract.DividendDeclared(
            dividend_id=1,
            token=shares.token,
            resolution=RESOLUTION,
            asset=money,
            amount=MILLION,
            record_time=shares.record,
            pay_time=shares.pay,
            deadline=shares.deadline,
            deemed_at=shares.deemed,
            excluded=[],
        )
    ]
    stored = contract.dividends(1)
    assert (stored.token, stored.asset) == (shares.token, money)
    assert (stored.amount, stored.held, stored.paid, stored.base) == (MILLION, MILLION, 0, 0)


def test_takes_a_record_of_the_past(shares, alice, bob, money):
    shares.schedule()
    wait_until(shares.record)
    shares.token.transfer(bob, 500, sender=alice)
    dividend_id = shares.declare(MILLION).return_value
    wait_until(shares.pay)

    shares.claim(dividend_id, alice)

    assert money.balanceOf(alice) == 423_000


def test_keeps_the_money_of_several_apart(shares, alice):
    first, second = shares.declared(MILLION), shares.declared(2 * MILLION)

    shares.claim(second, alice)

    assert (shares.held(first), shares.held(second)) == (MILLION, MILLION)
    shares.check(first, second)


def test_keeps_the_excluded_accounts(shares, alice, bob):
    shares.schedule()
    low, high = sorted((alice, bob), key=lambda each: int(each.address, 16))

    dividend_id = shares.declare(MILLION, excluded=[low, high]).return_value

    assert list(shares.dividends.excluded_from(dividend_id)) == [low, high]
    assert shares.dividends.is_excluded(dividend_id, low)
    for wrong in ([high, low], [low, low]):
        shares.fund(MILLION)
        with ape.reverts("dividends: not ascending"):
            shares.dividends.declare(
                *shares.arguments(MILLION, excluded=wrong), sender=shares.manager
            )


def test_refuses_bad_dates(shares):
    shares.schedule()
    shares.fund(MILLION)
    past = now() - 5
    for changes in (
        {"pay": shares.record - 1},
        {"deadline": shares.pay},
        {"deemed": shares.pay - 1},
        {"record": past, "pay": past},
    ):
        with ape.reverts("dividends: bad dates"):
            shares.dividends.declare(*shares.arguments(MILLION, **changes), sender=shares.manager)

    shares.dividends.declare(
        *shares.arguments(
            MILLION, pay=shares.record, deemed=shares.record, deadline=shares.record + 1
        ),
        sender=shares.manager,
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"resolution": bytes(32)}, "dividends: no resolution"),
        ({"total": 0}, "dividends: no amount"),
        ({"total": 2**120}, "dividends: no amount"),
    ],
)
def test_refuses(shares, changes, reason):
    shares.schedule()
    shares.fund(2**120)

    with ape.reverts(reason):
        shares.dividends.declare(*shares.arguments(MILLION, **changes), sender=shares.manager)


def test_refuses_a_date_that_is_no_record(shares):
    shares.schedule()
    shares.fund(MILLION)

    for moment, reason in [
        (shares.record - 1, "dividends: no record"),
        (shares.record + 1, "dividends: no record"),
        (now() - DAY, "records: no record"),
    ]:
        with ape.reverts(reason):
            shares.dividends.declare(
                *shares.arguments(MILLION, record=moment), sender=shares.manager
            )


def test_refuses_a_record_without_holders(admit, shares, asset_manager):
    empty = admit().token
    shares.schedule()
    empty.schedule_record(shares.record, sender=asset_manager)
    wait_until(shares.record)
    shares.fund(MILLION)

    with ape.reverts("dividends: no holders"):
        shares.dividends.declare(*shares.arguments(MILLION, token=empty), sender=shares.manager)


def test_refuses_a_token_that_the_desk_has_not_admitted(shares, next_asset, create_token):
    shares.schedule()
    shares.fund(MILLION)

    with ape.reverts("dividends: not admitted"):
        shares.dividends.declare(
            *shares.arguments(MILLION, token=create_token(next_asset())), sender=shares.manager
        )


def test_refuses_without_the_money(shares):
    shares.schedule()

    with pytest.raises(ape.exceptions.ContractLogicError):
        shares.dividends.declare(*shares.arguments(MILLION), sender=shares.manager)

    assert shares.dividends.total_dividends() == 0


def test_only_the_asset_manager_declares(shares, treasurer):
    shares.schedule()

    with ape.reverts("authorized: missing role"):
        shares.dividends.declare(*shares.arguments(MILLION), sender=treasurer)


# --- deployment and the council's word


def test_refuses_to_stand_alone(project, city, deployer, stranger):
    right = [
        city.income_desk,
        city.identity_registry,
        city.enforcement,
        city.treasury,
        name32("GENERAL"),
    ]
    for place, reason in [
        (0, "dividends: no contract"),
        (1, "dividends: no contract"),
        (2, "dividends: no contract"),
        (3, "dividends: no receiver"),
    ]:
        wrong = [*right[:place], stranger, *right[place + 1 :]]
        with ape.reverts(reason):
            deployer.deploy(project.Dividends, city.authority, *wrong)


def test_takes_another_escheat_account_with_a_resolution(city, receiver, council_clerk, stranger):
    purpose, law = keccak(text="purpose"), keccak(text="law")

    receipt = city.dividends.set_escheat_account(receiver, purpose, law, sender=council_clerk)

    assert (city.dividends.escheat_receiver(), bytes(city.dividends.escheat_purpose())) == (
        receiver,
        purpose,
    )
    assert receipt.events == [
        city.dividends.EscheatAccountSet(
            old_receiver=city.treasury,
            new_receiver=receiver,
            old_purpose=name32("GENERAL"),
            new_purpose=purpose,
            resolution=law,
        )
    ]
    with ape.reverts("dividends: no receiver"):
        city.dividends.set_escheat_account(stranger, purpose, law, sender=council_clerk)
    with ape.reverts("dividends: no resolution"):
        city.dividends.set_escheat_account(receiver, purpose, bytes(32), sender=council_clerk)


def test_a_year_is_enough_notice(shares):
    """A record may be scheduled long ahead, and declared while it is pending."""
    shares.record = now() + 300 * DAY
    shares.pay, shares.deemed = shares.record + DAY, shares.record + 90 * DAY
    shares.deadline = shares.record + 3_650 * DAY
    shares.token.schedule_record(shares.record, sender=shares.manager)

    assert shares.declare(MILLION).return_value == 1
