import ape

from tests.unit.income.conftest import NO_PURPOSE, PURPOSE, Manner, payees_of


def test_rules_are_those_in_force(split, set_rules, waterworks, receiver, library_fund):
    splitter = split((waterworks, 1), (receiver, 4_999, PURPOSE), (receiver, 5_000))
    assert payees_of(splitter) == [
        (waterworks, 1, NO_PURPOSE),
        (receiver, 4_999, PURPOSE),
        (receiver, 5_000, NO_PURPOSE),
    ]

    set_rules(splitter, [(library_fund, 10_000, NO_PURPOSE)])

    assert payees_of(splitter) == [(library_fund, 10_000, NO_PURPOSE)]


def test_pending_is_what_distribute_shares_out_next(splitter, money, stranger):
    shared = 0
    for inflow in (1, 1, 3, 9, 1_000, 7):
        money.mint(splitter, inflow, sender=stranger)
        pending = splitter.pending()
        if pending != 0:
            assert splitter.distribute(sender=stranger).return_value == pending
            shared += pending
        assert splitter.pending() == 0

    assert shared == 1_020  # 714 and 306 of 1,021


def test_pending_leaves_credits_out(splitter, money, stranger, waterworks):
    money.set_blocked(waterworks, True, sender=stranger)
    money.mint(splitter, 1_000, sender=stranger)
    assert splitter.pending() == 1_000

    splitter.distribute(sender=stranger)

    assert splitter.pending() == 0
    money.mint(splitter, 10, sender=stranger)
    assert splitter.pending() == 10


def test_owed_is_kept_by_payee_and_purpose(
    split, money, stranger, receiver, waterworks, library_fund, unknown_fund
):
    splitter = split(
        (waterworks, 1_000),
        (receiver, 2_000, PURPOSE),
        (receiver, 3_000, unknown_fund),
        (receiver, 4_000),
    )
    receiver.behave(Manner.REFUSES, sender=stranger)
    money.set_blocked(waterworks, True, sender=stranger)
    money.mint(splitter, 1_000, sender=stranger)

    splitter.distribute(sender=stranger)

    assert splitter.owed_to(waterworks, NO_PURPOSE) == 100
    assert splitter.owed_to(receiver, PURPOSE) == 200
    assert splitter.owed_to(receiver, unknown_fund) == 300
    assert splitter.owed_to(receiver, NO_PURPOSE) == 0
    assert splitter.owed_to(library_fund, NO_PURPOSE) == 0
    assert splitter.total_owed() == 600


def test_version_counts_the_rules(splitter, set_rules):
    assert splitter.version() == 1

    set_rules(splitter, payees_of(splitter))

    assert splitter.version() == 2


def test_answers_as_payment_splitters_do(
    split, money, stranger, waterworks, receiver, library_fund, other_token
):
    splitter = split((waterworks, 2_500), (receiver, 2_000, PURPOSE), (receiver, 5_500))
    money.set_blocked(waterworks, True, sender=stranger)
    money.mint(splitter, 1_000, sender=stranger)
    splitter.distribute(sender=stranger)

    assert splitter.totalShares() == 10_000
    shares = [splitter.shares(account) for account in (waterworks, receiver, library_fund)]
    assert shares == [2_500, 7_500, 0]
    assert [splitter.payee(row) for row in range(3)] == [waterworks, receiver, receiver]
    with ape.reverts("revenue_splitter: no such payee"):
        splitter.payee(3)
    assert splitter.releasable(money, waterworks) == 250
    assert splitter.releasable(other_token, waterworks) == 0
    assert splitter.releasable(money, waterworks, PURPOSE) == 0


def test_asset_and_asset_id_are_those_it_was_created_with(
    create_splitter, next_asset, money, waterworks
):
    asset_id = next_asset()
    splitter = create_splitter(asset_id, [(waterworks, 10_000, NO_PURPOSE)])

    assert splitter.asset() == money
    assert splitter.ASSET_ID() == asset_id
