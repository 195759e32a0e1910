import ape
import pytest

from tests.unit.carbon.conftest import DAY, EVIDENCE, START, TONNE, ZERO_ADDRESS, Manner


def test_issues_whole_tonnes_on_evidence(
    carbon, investors, issue, solar, solar_plant, alice, carbon_verifier
):
    receipt = issue(solar, alice, tonnes=100)

    token_id = (solar << 128) | 1
    amount = 100 * TONNE
    assert receipt.return_value == token_id
    assert carbon.balanceOf(alice, token_id) == amount
    assert carbon.total_supply(token_id) == carbon.total_issued() == amount
    assert carbon.exists(token_id) is True
    assert carbon.covered_until(solar_plant) == START + DAY
    assert tuple(carbon.batch(token_id)) == (
        2020, START, START + DAY, 1, 100, EVIDENCE, amount, 0,
    )  # fmt: skip
    assert carbon.projects(solar).batches == 1
    assert carbon.projects(solar).next_serial == 101
    assert receipt.events == [
        carbon.BatchIssued(
            token_id=token_id,
            project_id=solar,
            receiver=alice,
            verifier=carbon_verifier,
            vintage=2020,
            period_start=START,
            period_end=START + DAY,
            first_serial=1,
            last_serial=100,
            amount=amount,
            evidence_hash=EVIDENCE,
        ),
        carbon.TransferSingle(
            _operator=carbon_verifier, _from=ZERO_ADDRESS, _to=alice, _id=token_id, _value=amount
        ),
    ]


def test_refuses_anyone_but_the_verifier(carbon, investors, solar, alice, not_allowed, esg_officer):
    not_allowed(
        lambda account: carbon.issue(
            solar, alice, 1, 2020, START, START + DAY, EVIDENCE, sender=account
        ),
        esg_officer,
    )

    assert carbon.total_issued() == 0


def test_gives_serials_out_in_order(carbon, investors, issue, solar, alice):
    """1, then 7, then 3 tonnes: 1 to 1, 2 to 8, 9 to 11."""
    ranges = []
    for number, tonnes in enumerate((1, 7, 3)):
        start = START + number * DAY
        token_id = issue(solar, alice, tonnes, start, start + DAY).return_value
        ranges.append((carbon.batch(token_id).first_serial, carbon.batch(token_id).last_serial))
        assert token_id == (solar << 128) | (number + 1)

    assert ranges == [(1, 1), (2, 8), (9, 11)]
    assert carbon.projects(solar).next_serial == 12


def test_counts_the_serials_of_each_project_apart(carbon, investors, issue, solar, wind, alice):
    first = issue(solar, alice, 5).return_value
    second = issue(wind, alice, 9).return_value

    assert carbon.batch(first).last_serial == 5
    assert carbon.batch(second).first_serial == 1
    assert carbon.batch(second).last_serial == 9


# --- monitoring periods
def test_takes_a_period_that_touches_the_last_one(carbon, batch, issue, solar, alice):
    issue(solar, alice, start=START + DAY, end=START + DAY + 1)

    assert carbon.projects(solar).batches == 2


def test_takes_a_period_after_a_gap(carbon, batch, issue, solar, solar_plant, alice):
    issue(solar, alice, start=START + 5 * DAY, end=START + 6 * DAY)

    assert carbon.covered_until(solar_plant) == START + 6 * DAY


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (START + DAY - 1, START + 2 * DAY),  # overlaps by a second
        (START, START + DAY),  # the same
        (START + 1, START + DAY - 1),  # inside
        (START - DAY, START + 2 * DAY),  # around
        (START - DAY, START),  # before
    ],
)
def test_refuses_a_period_that_does_not_follow_the_last_one(batch, issue, solar, alice, start, end):
    with ape.reverts("carbon_credit: period overlaps"):
        issue(solar, alice, start=start, end=end)


def test_refuses_an_overlap_by_another_project_of_the_same_asset(
    carbon, batch, issue, open_project, solar_plant, alice
):
    other = open_project(solar_plant)
    for start in (START, START + DAY - 1):
        with ape.reverts("carbon_credit: period overlaps"):
            issue(other, alice, start=start, end=START + 2 * DAY)

    token_id = issue(other, alice, start=START + DAY, end=START + 2 * DAY).return_value
    assert carbon.batch(token_id).first_serial == 1


def test_takes_the_same_period_of_another_asset(carbon, batch, issue, wind, alice):
    token_id = issue(wind, alice).return_value

    assert carbon.batch(token_id).period_start == START


def test_refuses_a_period_without_a_second(investors, issue, solar, alice):
    for end in (START, START - 1, 0):
        with ape.reverts("carbon_credit: bad period"):
            issue(solar, alice, start=START, end=end)


def test_takes_a_period_of_one_second(carbon, investors, issue, solar, solar_plant, alice):
    issue(solar, alice, start=START, end=START + 1)

    assert carbon.covered_until(solar_plant) == START + 1


def test_refuses_a_period_that_is_not_over(carbon, investors, issue, solar, alice):
    """The end is the first second after the period, so it may be this very second."""
    now = ape.chain.pending_timestamp
    for after in (1, DAY):
        with ape.reverts("carbon_credit: bad period"):
            issue(solar, alice, start=START, end=ape.chain.pending_timestamp + after)
    with ape.reverts("carbon_credit: bad period"):
        issue(solar, alice, start=START, end=2**64 - 1)

    assert ape.chain.pending_timestamp == now + 3
    token_id = issue(solar, alice, start=START, end=now + 3).return_value
    assert carbon.batch(token_id).period_end == now + 3


def test_takes_a_period_from_the_beginning_of_time(carbon, investors, issue, solar, alice):
    token_id = issue(solar, alice, start=0, end=1).return_value

    assert carbon.batch(token_id).period_start == 0


# --- other refusals
def test_refuses_an_unknown_project(carbon, investors, issue, alice):
    for project_id in (0, carbon.total_projects() + 1, 2**255):
        with ape.reverts("carbon_credit: unknown project"):
            issue(project_id, alice)


def test_refuses_no_amount(investors, issue, solar, alice):
    with ape.reverts("carbon_credit: no amount"):
        issue(solar, alice, tonnes=0)


def test_refuses_no_evidence(carbon, investors, solar, alice, carbon_verifier):
    with ape.reverts("carbon_credit: no evidence"):
        carbon.issue(solar, alice, 1, 2020, START, START + DAY, bytes(32), sender=carbon_verifier)


def test_refuses_a_receiver_that_is_not_verified(
    carbon, investors, issue, solar, alice, stranger, revoke
):
    revoke(alice)
    for receiver in (alice, stranger, ZERO_ADDRESS):
        with ape.reverts("carbon_credit: cannot receive"):
            issue(solar, receiver)

    assert carbon.total_issued() == 0


def test_refuses_while_paused(carbon, investors, issue, solar, alice, guardian, chain_engineer):
    carbon.pause(sender=guardian)

    with ape.reverts("emergency_stop: paused"):
        issue(solar, alice)

    carbon.unpause(sender=chain_engineer)
    issue(solar, alice)
    assert carbon.projects(solar).batches == 1


@pytest.mark.parametrize("tonnes", [1, 2**63, 2**64 - 3])
def test_issues_up_to_the_last_serial(carbon, investors, issue, solar, alice, tonnes):
    token_id = issue(solar, alice, tonnes).return_value

    assert carbon.batch(token_id).last_serial == tonnes
    assert carbon.projects(solar).next_serial == tonnes + 1
    assert carbon.total_supply(token_id) == tonnes * TONNE


def test_refuses_more_tonnes_than_there_are_serials(carbon, investors, issue, solar, alice):
    with ape.reverts("Transaction failed."):  # the checked addition gives no reason
        issue(solar, alice, 2**64 - 1)

    issue(solar, alice, 2**64 - 3, START, START + DAY)
    with ape.reverts("Transaction failed."):
        issue(solar, alice, 2, START + DAY, START + 2 * DAY)

    assert carbon.projects(solar).batches == 1


# --- receivers that are contracts
def test_asks_a_contract_whether_it_accepts(carbon, issue, solar, credit_receiver, stranger):
    token_id = issue(solar, credit_receiver).return_value

    assert carbon.balanceOf(credit_receiver, token_id) == 100 * TONNE
    assert credit_receiver.asked() == 1


def test_issues_nothing_to_a_contract_that_refuses(
    carbon, issue, solar, solar_plant, credit_receiver, verify, city, stranger
):
    credit_receiver.behave(Manner.REFUSES, sender=stranger)
    with ape.reverts("mock: refuses"):
        issue(solar, credit_receiver)
    credit_receiver.behave(Manner.ANSWERS_WRONG, sender=stranger)
    with ape.reverts("erc1155: transfer to non-IERC1155Receiver implementer"):
        issue(solar, credit_receiver)
    verify(city.asset_registry)
    with ape.reverts("Transaction failed."):  # no such function there, so no reason
        issue(solar, city.asset_registry)

    assert carbon.total_issued() == carbon.covered_until(solar_plant) == 0
    assert carbon.projects(solar).batches == 0
