"""H1: 5,000 holders paid in batches, broken off half-way: nobody is paid twice or missed."""

from collections import Counter

import pytest
from eth_utils import keccak, to_checksum_address

from .dividend_stage import Stage
from .taxes import now

HOLDERS, AT_ONCE = 5_000, 100
AMOUNT = 123_456_789_012  # {asset}
CROWD = [to_checksum_address(keccak(text=f"holder {number}")[-20:]) for number in range(HOLDERS)]
UNITS = [1 + number % 97 for number in range(HOLDERS)]
BATCHES = [CROWD[i : i + AT_ONCE] for i in range(0, HOLDERS, AT_ONCE)]


@pytest.fixture
def crowd(city, admit, asset_manager, payer, compliance_officer):
    """A token with 5,000 holders, every third a corporation."""
    desk, until = admit(), now() + 10**8
    for start in range(0, HOLDERS, AT_ONCE):
        some = range(start, start + AT_ONCE)
        city.identity_registry.register(
            [(CROWD[i], CROWD[i], 410, int(i % 3 == 0), until) for i in some],
            sender=compliance_officer,
        )
        desk.token.batchMint(
            [CROWD[i] for i in some], [UNITS[i] for i in some], sender=asset_manager
        )
    return Stage(city, desk.token, desk.asset, asset_manager, payer)


def net_of(number, gross):
    if number % 3 == 0:
        return gross
    national = gross * 14 // 100
    national = 0 if national < 1_000 else national // 10 * 10
    return gross - national - national // 10 // 10 * 10


def test_pays_everybody_once_though_it_broke_off_half_way(crowd):
    dividend_id = crowd.declared(AMOUNT)
    paid = Counter()

    def pay(holders, **options):
        receipt = crowd.dividends.claim_for(dividend_id, holders, sender=crowd.payer, **options)
        if not receipt.failed:
            for log in receipt.decode_logs(crowd.dividends.DividendPaid):
                paid[log.holder] += log.amount

    for holders in BATCHES[:24]:
        pay(holders)
    # The sender dies in the middle of a batch: it gets too little gas for all of it.
    pay(BATCHES[24], gas=4_000_000, raise_on_revert=False)
    half = len(paid)
    # Another one knows nothing of the first, and begins anew with a list in another order.
    for holders in reversed(BATCHES):
        pay(holders)

    assert 2_400 <= half < HOLDERS
    shares = [AMOUNT * units // sum(UNITS) for units in UNITS]
    assert dict(paid) == dict(zip(CROWD, shares, strict=True))
    assert crowd.held(dividend_id) == AMOUNT - sum(shares) < HOLDERS
    for number in range(0, HOLDERS, 61):
        assert crowd.asset.balanceOf(CROWD[number]) == net_of(number, shares[number])
    assert crowd.city.income_desk.certificates() == HOLDERS
    crowd.check(dividend_id)
