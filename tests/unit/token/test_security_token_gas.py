"""What a holder does costs the same among ten holders and among ten thousand."""

import pytest
from eth_utils import keccak

from .conftest import ALICE

UNITS = 10**6
AT_ONCE = 100
CROWDS = (10, 10_000)


@pytest.fixture
def crowd(city, compliance_officer, asset_manager):
    """`crowd(token, 10, 0)`: as many holders, with what was there before."""

    def gather(token, size, before):
        wallets = ["0x" + keccak(text=f"holder {i}")[-20:].hex() for i in range(before, size)]
        for first in range(0, len(wallets), AT_ONCE):
            some = wallets[first : first + AT_ONCE]
            entries = [(wallet, wallet, 410, 0, 2**39) for wallet in some]
            city.identity_registry.register(entries, sender=compliance_officer)
            token.batchMint(some, [1] * len(some), sender=asset_manager)

    return gather


@pytest.mark.parametrize("with_compliance", [False, True])
def test_costs_the_same_among_ten_and_ten_thousand(
    register_asset,
    create_token,
    verify,
    city,
    crowd,
    pay_in,
    appoint,
    council,
    asset_manager,
    compliance_officer,
    enforcer,
    alice,
    bob,
    with_compliance,
):
    verify(alice, bob)
    token = create_token(register_asset("parcel 1"), units=UNITS)
    if with_compliance:
        token.setCompliance(city.compliance, sender=council)
        city.compliance.set_limits(token, (UNITS, 1, 20_000), sender=compliance_officer)
    token.batchMint([alice, bob], [ALICE, ALICE], sender=asset_manager)
    appoint(token, UNITS)
    token.approve(bob, UNITS, sender=alice)
    _round(token, pay_in, alice, bob, enforcer, compliance_officer)
    figures, before = [], 0

    for size in CROWDS:
        crowd(token, size, before)
        before = size
        figures.append(_round(token, pay_in, alice, bob, enforcer, compliance_officer))

    few, many = figures
    assert token.totalSupply() == 2 * ALICE + CROWDS[-1]
    assert all(abs(many[act] - few[act]) * 100 < few[act] for act in few), (few, many)


def _round(token, pay_in, alice, bob, enforcer, officer):
    token.setFrozenTokens(alice, 1, sender=officer)
    receipts = {
        "deposit": pay_in(token, 10_007),
        "transfer": token.transfer(bob, 7, sender=alice),
        "transferFrom": token.transferFrom(alice, bob, 7, sender=bob),
        "forced": token.forcedTransfer(bob, alice, 14, sender=enforcer),
        "freeze": token.freezePartialTokens(alice, 1, sender=officer),
        "claim": token.claim_income(sender=alice),
    }
    token.claim_income(bob, sender=bob)
    return {act: receipt.gas_used for act, receipt in receipts.items()}
