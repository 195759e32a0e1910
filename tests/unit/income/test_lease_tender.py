"""LeaseTender: sealed bids for a lease."""

from datetime import date

import ape
import pytest
from ape import chain, project
from eth_utils import keccak
from hypothesis import given
from hypothesis import strategies as st

from civitas.chain.deploy import ZERO_ADDRESS

from ..common.examples import runs, undone

START, END = date(2031, 1, 1), date(2033, 1, 1)
DOCUMENT, SALT = keccak(text="terms of a tender"), keccak(text="a salt")
RESERVE, BID_DEPOSIT, DEPOSIT = 12_000, 500, 2_000
HOUR = 3_600


@pytest.fixture(scope="module")
def tenders(city):
    return city.lease_tender


@pytest.fixture(scope="module")
def bidders(accounts, money, tenders):
    people = [accounts[number] for number in range(80, 85)]
    for each in people:
        money.mint(each, 10_000, sender=each)
        money.approve(tenders, 2**256 - 1, sender=each)
    return people


@pytest.fixture(scope="module")
def rules():
    """Four phases of an hour each, from now: `rules(reserve=...)`."""

    def of(**other):
        now = chain.pending_timestamp
        phases = ("commit_until", "reveal_until", "accept_until", "sign_until")
        ends = {name: now + (k + 1) * HOUR for k, name in enumerate(phases)}
        return tuple({"reserve": RESERVE, "bid_deposit": BID_DEPOSIT, **ends, **other}.values())

    return of


@pytest.fixture(scope="module")
def open_tender(tenders, draft, house, rules, asset_manager):
    """Open a tender: `open_tender(reserve=...)` returns its id."""

    def open_one(**other):
        terms = draft(house, START, end=END, tenant=ZERO_ADDRESS, annual_rent=0, deposit=DEPOSIT)
        return tenders.open(terms, rules(**other), DOCUMENT, sender=asset_manager).return_value

    return open_one


@pytest.fixture
def tender_id(open_tender):
    return open_tender()


@pytest.fixture(scope="module")
def bid(tenders):
    def commit(tender_id, bidder, rent, salt=SALT):
        seal = tenders.seal_of(tender_id, bidder, rent, salt)
        return tenders.commit(tender_id, seal, sender=bidder)

    return commit


@pytest.fixture(scope="module")
def go_to(tenders):
    """Let a phase of a tender end: `go_to(tender_id, "commit_until")`."""
    return lambda tender_id, phase, second=0: setattr(
        chain, "pending_timestamp", tenders.tender(tender_id).rules[phase] + second
    )


@pytest.fixture
def won(tenders, tender_id, bidders, bid, go_to):
    """Three bids, two of them revealed; the second leads."""
    for bidder, rent in zip(bidders[:3], (13_000, 15_000, 90_000), strict=True):
        bid(tender_id, bidder, rent)
    go_to(tender_id, "commit_until")
    tenders.reveal(tender_id, 13_000, SALT, sender=bidders[0])
    tenders.reveal(tender_id, 15_000, SALT, sender=bidders[1])
    go_to(tender_id, "reveal_until")
    return tender_id


@pytest.fixture
def accepted(tenders, won, bidders):
    tenders.accept(won, sender=bidders[1])
    return won


@pytest.fixture
def sign_with(sign, house):
    def with_tenant(tenant, **other):
        terms = {"end": END, "annual_rent": 15_000, "deposit": DEPOSIT, **other}
        return sign(house, START, tenant=tenant.address, **terms)

    return with_tenant


def test_is_as_it_was_deployed(city, tenders):
    assert tenders.LEASE() == city.lease
    assert tenders.asset() == city.payment_token
    assert tenders.total_tenders() == tenders.total_held() == 0


def test_refuses_an_account_for_the_lease(city, deployer, stranger):
    with ape.reverts("lease_tender: no lease"):
        deployer.deploy(project.LeaseTender, city.authority, stranger)


def test_opens_a_tender(tenders, house, open_tender):
    tender_id = open_tender()

    opened = tenders.tender(tender_id)
    assert tender_id == tenders.total_tenders() == 1
    assert (opened.draft.asset_id, opened.rules.reserve, opened.bids) == (house, RESERVE, 0)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"annual_rent": 12}, "lease_tender: bad draft"),
        ({"use": "NONE"}, "lease_tender: bad draft"),
        ({"tenant": "0x" + "11" * 20}, "lease_tender: bad draft"),
    ],
)
def test_refuses_a_draft_that_says_too_much_or_little(
    tenders, draft, house, rules, asset_manager, wrong, reason
):
    how = {"end": END, "tenant": ZERO_ADDRESS, "annual_rent": 0, **wrong}

    with ape.reverts(reason):
        tenders.open(draft(house, START, **how), rules(), DOCUMENT, sender=asset_manager)


def test_refuses_an_asset_without_a_splitter_or_a_document(
    tenders, draft, house, next_asset, rules, asset_manager
):
    how = {"end": END, "tenant": ZERO_ADDRESS, "annual_rent": 0}

    with ape.reverts("lease_tender: no splitter"):
        tenders.open(draft(next_asset(), START, **how), rules(), DOCUMENT, sender=asset_manager)
    with ape.reverts("lease_tender: no document"):
        tenders.open(draft(house, START, **how), rules(), bytes(32), sender=asset_manager)


@pytest.mark.parametrize(
    "wrong",
    [
        {"reserve": 0},
        {"reserve": 2**96},
        {"bid_deposit": 2**96},
        {"commit_until": 0},
        {"reveal_until": 0},
        {"accept_until": 0},
        {"sign_until": 0},
        {"sign_until": 2**64},
    ],
)
def test_refuses_rules_that_can_not_be(open_tender, wrong):
    with ape.reverts("lease_tender: bad rules"):
        open_tender(**wrong)


def test_takes_a_sealed_bid_with_its_deposit(money, tenders, tender_id, bidders, bid):
    """INV-TEND-1"""
    receipt = bid(tender_id, bidders[0], 13_000)

    seal = tenders.seal_of(tender_id, bidders[0], 13_000, SALT)
    assert receipt.events[0] == tenders.BidCommitted(
        tender_id=tender_id, bidder=bidders[0], seal=seal, number=1, amount=BID_DEPOSIT
    )
    assert tenders.bid_of(tender_id, bidders[0]) == (seal, 1, BID_DEPOSIT, False)
    assert money.balanceOf(tenders) == tenders.total_held() == BID_DEPOSIT


def test_refuses_bids_that_are_none(tenders, tender_id, bidders, bid):
    with ape.reverts("lease_tender: no seal"):
        tenders.commit(tender_id, bytes(32), sender=bidders[0])
    with ape.reverts("lease_tender: unknown tender"):
        tenders.commit(tender_id + 1, SALT, sender=bidders[0])
    bid(tender_id, bidders[0], 13_000)
    with ape.reverts("lease_tender: has a bid"):
        bid(tender_id, bidders[0], 14_000)


@pytest.mark.parametrize(("second", "is_open"), [(-1, True), (0, False)])
def test_knows_when_bids_close(tender_id, bidders, bid, go_to, second, is_open):
    go_to(tender_id, "commit_until", second)

    if is_open:
        assert not bid(tender_id, bidders[0], 13_000).failed
    else:
        with ape.reverts("lease_tender: not open"):
            bid(tender_id, bidders[0], 13_000)


@pytest.mark.parametrize(
    ("phase", "second", "is_time"),
    [
        ("commit_until", -1, False),
        ("commit_until", 0, True),
        ("reveal_until", -1, True),
        ("reveal_until", 0, False),
    ],
)
def test_knows_when_bids_are_opened(
    tenders, tender_id, bidders, bid, go_to, phase, second, is_time
):
    bid(tender_id, bidders[0], 13_000)
    go_to(tender_id, phase, second)

    if is_time:
        receipt = tenders.reveal(tender_id, 13_000, SALT, sender=bidders[0])
        assert receipt.events == [
            tenders.BidRevealed(
                tender_id=tender_id, bidder=bidders[0], annual_rent=13_000, is_leading=True
            )
        ]
    else:
        with ape.reverts("lease_tender: not revealing"):
            tenders.reveal(tender_id, 13_000, SALT, sender=bidders[0])


def test_refuses_another_rent_another_salt_and_a_copied_seal(
    tenders, tender_id, bidders, bid, go_to
):
    bid(tender_id, bidders[0], 13_000)
    copied = tenders.seal_of(tender_id, bidders[0], 13_000, SALT)
    tenders.commit(tender_id, copied, sender=bidders[1])
    go_to(tender_id, "commit_until")

    for rent, salt, bidder in (
        (13_001, SALT, bidders[0]),
        (13_000, DOCUMENT, bidders[0]),
        (13_000, SALT, bidders[1]),
        (13_000, SALT, bidders[2]),
    ):
        with ape.reverts("lease_tender: wrong seal"):
            tenders.reveal(tender_id, rent, salt, sender=bidder)
    tenders.reveal(tender_id, 13_000, SALT, sender=bidders[0])
    with ape.reverts("lease_tender: was revealed"):
        tenders.reveal(tender_id, 13_000, SALT, sender=bidders[0])


@pytest.mark.parametrize(
    ("rent", "leads"), [(RESERVE - 1, False), (RESERVE, True), (2**96 - 1, True), (2**96, False)]
)
def test_a_bid_that_the_city_could_not_take_never_leads(
    tenders, tender_id, bidders, bid, go_to, rent, leads
):
    bid(tender_id, bidders[0], rent)
    go_to(tender_id, "commit_until")
    tenders.reveal(tender_id, rent, SALT, sender=bidders[0])

    assert (tenders.tender(tender_id).leader == bidders[0]) == leads
    go_to(tender_id, "reveal_until")
    if not leads:
        assert tenders.refund(tender_id, bidders[0], sender=bidders[0]).return_value == BID_DEPOSIT


def test_a_bid_that_is_no_multiple_of_the_quantum_never_leads(
    tenders, draft, house, rules, set_tariff, asset_manager, bidders, bid, go_to
):
    set_tariff("TENS", quantum=10)
    how = {"end": END, "tenant": ZERO_ADDRESS, "annual_rent": 0, "use": "TENS"}
    tender_id = tenders.open(
        draft(house, START, **how), rules(), DOCUMENT, sender=asset_manager
    ).return_value
    for bidder, rent in zip(bidders, (99_999, 20_000), strict=False):
        bid(tender_id, bidder, rent)
    go_to(tender_id, "commit_until")
    for bidder, rent in zip(bidders, (99_999, 20_000), strict=False):
        tenders.reveal(tender_id, rent, SALT, sender=bidder)

    assert tenders.tender(tender_id).leader == bidders[1]


@runs(20)
@given(
    rents=st.lists(st.sampled_from([RESERVE - 1, RESERVE, 20_000, 20_001]), min_size=1, max_size=5),
    order=st.randoms(use_true_random=False),
)
def test_the_highest_wins_and_of_equal_ones_the_first(
    tenders, open_tender, bidders, bid, go_to, rents, order
):
    """F3, INV-TEND-2: whatever the order of the reveals."""
    with undone():
        tender_id = open_tender()
        for bidder, rent in zip(bidders, rents, strict=False):
            bid(tender_id, bidder, rent)
        go_to(tender_id, "commit_until")
        revealed = sorted(range(len(rents)), key=lambda _: order.random())
        for number in revealed:
            tenders.reveal(tender_id, rents[number], SALT, sender=bidders[number])

        valid = [rent for rent in rents if rent >= RESERVE]
        leader = bidders[rents.index(max(valid))].address if valid else ZERO_ADDRESS
        assert tenders.tender(tender_id).leader == leader


def test_signs_with_the_winner_whose_deposit_becomes_the_leases(
    city, money, tenders, accepted, bidders, sign_with, stranger
):
    """F3"""
    lease_id = sign_with(bidders[1])

    receipt = tenders.conclude(accepted, lease_id, sender=stranger)

    assert receipt.events[0] == tenders.TenderSigned(
        tender_id=accepted, lease_id=lease_id, tenant=bidders[1], deposit=BID_DEPOSIT
    )
    assert city.lease_deposits.held_of(city.lease, lease_id) == BID_DEPOSIT
    assert money.allowance(tenders, city.lease) == 0
    with ape.reverts("lease_tender: no refund"):
        tenders.refund(accepted, bidders[1], sender=bidders[1])
    with ape.reverts("lease_tender: not accepted"):
        tenders.conclude(accepted, lease_id, sender=stranger)
    with ape.reverts("lease_tender: no refund"):
        tenders.refund(accepted, bidders[2], sender=bidders[2])
    tenders.refund(accepted, bidders[0], sender=bidders[0])
    tenders.forfeit(accepted, bidders[2], sender=stranger)
    assert money.balanceOf(tenders) == tenders.total_held() == 0


@pytest.mark.parametrize(
    ("deposit", "paid", "rest"), [(300, 0, 200), (0, 0, 500), (2_000, 1_900, 400)]
)
def test_what_the_leases_deposit_does_not_need_is_the_winners(
    city, money, tenders, draft, house, rules, asset_manager, bidders, bid, go_to, sign_with,
    payer, deposit, paid, rest,
):  # fmt: skip
    how = {"end": END, "tenant": ZERO_ADDRESS, "annual_rent": 0, "deposit": deposit}
    tender_id = tenders.open(
        draft(house, START, **how), rules(), DOCUMENT, sender=asset_manager
    ).return_value
    bid(tender_id, bidders[1], 15_000)
    go_to(tender_id, "commit_until")
    tenders.reveal(tender_id, 15_000, SALT, sender=bidders[1])
    go_to(tender_id, "reveal_until")
    tenders.accept(tender_id, sender=bidders[1])
    lease_id = sign_with(bidders[1], deposit=deposit)
    if paid:
        money.mint(payer, paid, sender=payer)
        money.approve(city.lease, paid, sender=payer)
        city.lease.pay_deposit(lease_id, paid, sender=payer)

    tenders.conclude(tender_id, lease_id, sender=payer)

    assert city.lease_deposits.held_of(city.lease, lease_id) == deposit
    assert tenders.refund(tender_id, bidders[4], sender=bidders[1]).return_value == rest
    assert tenders.total_held() == 0


@pytest.mark.parametrize(
    "other",
    [
        {"annual_rent": 14_999},
        {"annual_rent": 15_001},
        {"deposit": DEPOSIT - 1},
        {"end": date(2033, 1, 2)},
        {"anchor": date(2031, 1, 2)},
        {"use": "OTHER"},
    ],
)
def test_refuses_a_lease_on_other_terms(
    tenders, accepted, bidders, sign_with, set_tariff, stranger, other
):
    set_tariff("OTHER", vat_bps=1)
    lease_id = sign_with(bidders[1], **other)

    with ape.reverts("lease_tender: other terms"):
        tenders.conclude(accepted, lease_id, sender=stranger)


def test_refuses_a_lease_with_another_tenant_or_asset(
    tenders, accepted, bidders, sign_with, sign, split, waterworks, stranger
):
    other_asset = split((waterworks, 10_000)).ASSET_ID()
    terms = {"end": END, "annual_rent": 15_000, "deposit": DEPOSIT, "tenant": bidders[1].address}
    for lease_id in (sign(other_asset, START, **terms), sign_with(bidders[0])):
        with ape.reverts("lease_tender: other terms"):
            tenders.conclude(accepted, lease_id, sender=stranger)


def test_loses_the_deposit_of_a_bid_that_was_not_revealed(
    money, splitter, tenders, won, bidders, stranger
):
    """F3"""
    with ape.reverts("lease_tender: no refund"):
        tenders.refund(won, bidders[2], sender=bidders[2])

    receipt = tenders.forfeit(won, bidders[2], sender=stranger)

    assert money.balanceOf(splitter) == BID_DEPOSIT
    assert receipt.events[0] == tenders.BidForfeited(
        tender_id=won, bidder=bidders[2], splitter=splitter, amount=BID_DEPOSIT
    )
    with ape.reverts("lease_tender: not lost"):
        tenders.forfeit(won, bidders[2], sender=stranger)


def test_a_bid_is_not_lost_while_it_can_be_revealed(
    tenders, tender_id, bidders, bid, go_to, stranger
):
    bid(tender_id, bidders[0], 13_000)
    go_to(tender_id, "reveal_until", -1)

    with ape.reverts("lease_tender: not lost"):
        tenders.forfeit(tender_id, bidders[0], sender=stranger)
    with ape.reverts("lease_tender: no refund"):
        tenders.refund(tender_id, bidders[0], sender=bidders[0])
    tenders.forfeit(tender_id, bidders[0], sender=stranger)


def test_gives_the_others_their_deposits_back_to_any_account(
    money, tenders, won, bidders, road_fund, guardian
):
    """INV-TEND-1: also while paused."""
    tenders.pause(sender=guardian)

    receipt = tenders.refund(won, road_fund, sender=bidders[0])

    assert money.balanceOf(road_fund) == receipt.return_value == BID_DEPOSIT
    assert receipt.events[0] == tenders.BidRefunded(
        tender_id=won, bidder=bidders[0], receiver=road_fund, amount=BID_DEPOSIT
    )
    with ape.reverts("lease_tender: no refund"):
        tenders.refund(won, road_fund, sender=bidders[0])
    for receiver in (ZERO_ADDRESS, tenders.address):
        with ape.reverts("lease_tender: no receiver"):
            tenders.refund(won, receiver, sender=bidders[0])


@pytest.mark.parametrize(
    ("phase", "second", "is_time"),
    [
        ("reveal_until", -1, False),
        ("reveal_until", 0, True),
        ("accept_until", -1, True),
        ("accept_until", 0, False),
    ],
)
def test_knows_when_the_winner_may_accept(
    tenders, tender_id, bidders, bid, go_to, phase, second, is_time
):
    bid(tender_id, bidders[0], 13_000)
    go_to(tender_id, "commit_until")
    tenders.reveal(tender_id, 13_000, SALT, sender=bidders[0])
    go_to(tender_id, phase, second)

    if is_time:
        receipt = tenders.accept(tender_id, sender=bidders[0])
        assert receipt.events == [
            tenders.BidAccepted(tender_id=tender_id, bidder=bidders[0], annual_rent=13_000)
        ]
    else:
        with ape.reverts("lease_tender: not accepting"):
            tenders.accept(tender_id, sender=bidders[0])


def test_refuses_to_accept_twice(tenders, accepted, bidders):
    with ape.reverts("lease_tender: was accepted"):
        tenders.accept(accepted, sender=bidders[1])


def test_refuses_others_than_the_winner(tenders, won, bidders):
    for other in (bidders[0], bidders[2], bidders[3]):
        with ape.reverts("lease_tender: not the winner"):
            tenders.accept(won, sender=other)


@pytest.mark.parametrize(("second", "is_lost"), [(-1, False), (0, True)])
def test_a_winner_who_does_not_accept_loses_its_deposit(
    money, splitter, tenders, won, bidders, go_to, stranger, second, is_lost
):
    go_to(won, "accept_until", second)

    if is_lost:
        tenders.forfeit(won, bidders[1], sender=stranger)
        assert money.balanceOf(splitter) == BID_DEPOSIT
    else:
        with ape.reverts("lease_tender: not lost"):
            tenders.forfeit(won, bidders[1], sender=stranger)
    with ape.reverts("lease_tender: no refund"):
        tenders.refund(won, bidders[1], sender=bidders[1])


@pytest.mark.parametrize(("second", "is_free"), [(-1, False), (0, True)])
def test_a_winner_with_whom_the_city_does_not_sign_gets_its_deposit_back(
    tenders, accepted, bidders, sign_with, go_to, stranger, second, is_free
):
    lease_id = sign_with(bidders[1])
    go_to(accepted, "sign_until", second)

    if is_free:
        with ape.reverts("lease_tender: not accepted"):
            tenders.conclude(accepted, lease_id, sender=stranger)
        tenders.refund(accepted, bidders[1], sender=bidders[1])
    else:
        with ape.reverts("lease_tender: no refund"):
            tenders.refund(accepted, bidders[1], sender=bidders[1])
    with ape.reverts("lease_tender: not lost"):
        tenders.forfeit(accepted, bidders[1], sender=stranger)


def test_called_off_everybody_gets_the_deposit_back(
    tenders, tender_id, bidders, bid, go_to, council_clerk, stranger
):
    for bidder in bidders[:2]:
        bid(tender_id, bidder, 13_000)
    go_to(tender_id, "commit_until")
    tenders.reveal(tender_id, 13_000, SALT, sender=bidders[0])
    with ape.reverts("lease_tender: no document"):
        tenders.cancel(tender_id, bytes(32), sender=council_clerk)

    receipt = tenders.cancel(tender_id, DOCUMENT, sender=council_clerk)

    assert receipt.events == [tenders.TenderCancelled(tender_id=tender_id, document_hash=DOCUMENT)]
    go_to(tender_id, "accept_until")
    for bidder in bidders[:2]:
        with ape.reverts("lease_tender: not lost"):
            tenders.forfeit(tender_id, bidder, sender=stranger)
        assert tenders.refund(tender_id, bidder, sender=bidder).return_value == BID_DEPOSIT
    assert tenders.total_held() == 0


def test_nothing_goes_on_in_a_tender_that_was_called_off(
    tenders, tender_id, bidders, bid, go_to, council_clerk
):
    bid(tender_id, bidders[0], 13_000)
    tenders.cancel(tender_id, DOCUMENT, sender=council_clerk)

    with ape.reverts("lease_tender: not open"):
        bid(tender_id, bidders[1], 13_000)
    with ape.reverts("lease_tender: too late"):
        tenders.cancel(tender_id, DOCUMENT, sender=council_clerk)
    go_to(tender_id, "commit_until")
    with ape.reverts("lease_tender: not revealing"):
        tenders.reveal(tender_id, 13_000, SALT, sender=bidders[0])


def test_refuses_to_call_off_what_is_decided(tenders, won, council_clerk):
    with ape.reverts("lease_tender: too late"):
        tenders.cancel(won, DOCUMENT, sender=council_clerk)


def test_takes_no_bids_while_paused_and_goes_on_with_the_rest(
    tenders, tender_id, open_tender, bidders, bid, go_to, guardian
):
    bid(tender_id, bidders[0], 13_000)
    tenders.pause(sender=guardian)

    with ape.reverts("emergency_stop: paused"):
        bid(tender_id, bidders[1], 13_000)
    with ape.reverts("emergency_stop: paused"):
        open_tender()
    go_to(tender_id, "commit_until")
    tenders.reveal(tender_id, 13_000, SALT, sender=bidders[0])
    go_to(tender_id, "reveal_until")
    tenders.accept(tender_id, sender=bidders[0])


def test_takes_bids_without_a_deposit(tenders, open_tender, bidders, bid, go_to, stranger):
    tender_id = open_tender(bid_deposit=0)

    bid(tender_id, bidders[0], 13_000)

    assert tenders.total_held() == 0
    go_to(tender_id, "reveal_until")
    with ape.reverts("lease_tender: not lost"):
        tenders.forfeit(tender_id, bidders[0], sender=stranger)


def test_refuses_a_currency_that_keeps_a_fee(money, tenders, tender_id, bidders, bid, stranger):
    money.set_habits(100, False, sender=stranger)

    with ape.reverts("token_transfer: amount differs"):
        bid(tender_id, bidders[0], 13_000)


def test_lets_a_currency_not_back_in(
    city, deployer, lease_in, hook_token, split, waterworks, draft, rules, asset_manager, tenant,
    go_to,
):  # fmt: skip
    lease = lease_in(540, asset=hook_token)
    tenders = deployer.deploy(project.LeaseTender, city.authority, lease)
    asset_id = split((waterworks, 10_000), asset=hook_token).ASSET_ID()
    terms = draft(asset_id, START, end=END, tenant=ZERO_ADDRESS, annual_rent=0)
    tenders.open(terms, rules(), DOCUMENT, sender=asset_manager)
    hook_token.mint(tenant, 1_000, sender=tenant)
    hook_token.approve(tenders, 1_000, sender=tenant)
    hook_token.arm(tenders, tenders.commit.encode_input(1, SALT), sender=tenant)

    tenders.commit(1, SALT, sender=tenant)

    assert hook_token.attacked() == 1 and not hook_token.attack_succeeded()
    assert hook_token.balanceOf(tenders) == tenders.total_held() == BID_DEPOSIT
