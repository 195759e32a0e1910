"""What befalls holders: a capped trade, a court order, a lost wallet, an estate, by chapters.

Through all of it the counts of holders are those of a recount, and no income is lost.
"""

import ape
import pytest
from ape import chain
from eth_utils import keccak

from civitas.chain.refusals import reason_of
from tests.recoveries import replace_wallet

DAY = 86_400
FOREVER = 2**39
CASE = keccak(text="judgment 2027-13")
WILL = keccak(text="certificate of inheritance")


def test_holders_through_court_loss_and_death(
    city,
    money,
    accounts,
    register_asset,
    create_token,
    asset_manager,
    compliance_officer,
    council,
    enforcer,
    payer,
    alice,
    bob,
    carol,
    stranger,
):
    compliance, orders, registry = city.compliance, city.enforcement, city.identity_registry
    spouse, child, new_wallet = accounts[26], accounts[27], accounts[28]
    entries = [(each, each, 410, 0, FOREVER) for each in (alice, bob, carol, spouse, child)]
    registry.register(entries, sender=compliance_officer)

    # 1. A token with rules: no investor above 15 per cent of 1,000 units.
    token = create_token(register_asset("parcel 1"), units=1_000)
    token.setCompliance(compliance, sender=council)
    compliance.set_limits(token, (150, 0, 10), sender=compliance_officer)
    for holder, amount in ((alice, 107), (bob, 140), (carol, 3)):
        token.mint(holder, amount, sender=asset_manager)
    with pytest.raises(ape.exceptions.ContractLogicError) as refused:
        token.transfer(bob, 11, sender=alice)
    assert "may not go from" in reason_of(refused.value)
    assert token.detectTransferRestriction(alice, bob, 11) == 20
    token.transfer(bob, 10, sender=alice)

    # 2. Income comes in and waits.
    money.mint(payer, 10_007, sender=payer)
    money.approve(token, 10_007, sender=payer)
    token.deposit_income(money, 10_007, sender=payer)
    owed = token.claimable_scaled(alice)

    # 3. A court freezes alice, with an end, and awards 20 of her units to bob, above the cap.
    until = chain.pending_timestamp + 10 * DAY
    orders.freeze(token, alice, until, CASE, sender=compliance_officer)
    award = (token.address, alice.address, [bob.address], [20], False, CASE, bytes(32))
    orders.propose(award, sender=enforcer)
    with ape.reverts("enforcement: not confirmed"):
        orders.execute(award, sender=enforcer)
    orders.confirm(orders.id_of(award), sender=compliance_officer)
    chain.mine(timestamp=orders.status_of(orders.id_of(award)).ready_at)
    orders.execute(award, sender=enforcer)
    assert (token.balanceOf(alice), token.balanceOf(bob)) == (77, 170)

    # 4. On appeal it is taken back, once the freeze has ended: till then she can't receive.
    appeal = keccak(text="appeal 2028-1")
    orders.propose_undo(award, appeal, sender=enforcer)
    id_of_award = bytes(orders.id_of(award))
    back = (token.address, bob.address, [alice.address], [20], False, appeal, id_of_award)
    orders.confirm(orders.id_of(back), sender=compliance_officer)
    assert token.detectForcedRestriction(bob, alice, 20) == 4
    chain.mine(timestamp=until + 3_600)
    assert not token.isFrozen(alice)
    orders.execute(back, sender=enforcer)
    assert (token.balanceOf(alice), token.balanceOf(bob)) == (97, 150)

    # 5. Alice loses her wallet; her new one takes its place, an agent hands all over.
    replace_wallet(city, alice, new_wallet, enforcer)
    token.addAgent(enforcer, sender=council)
    token.set_mandate(enforcer, 0, FOREVER, sender=council)
    token.recoveryAddress(alice, new_wallet, alice, sender=enforcer)
    assert (token.balanceOf(new_wallet), token.claimable_scaled(new_wallet)) == (97, owed)
    assert (compliance.holders(token), compliance.held_by(token, alice)) == (3, 97)

    # 6. She dies; spouse and child inherit 1.5 : 1, units and income to the unit.
    heirs = [spouse.address, child.address]
    estate = (token.address, new_wallet.address, heirs, [3, 2], True, WILL, bytes(32))
    orders.propose(estate, sender=enforcer)
    orders.confirm(orders.id_of(estate), sender=compliance_officer)
    chain.mine(timestamp=orders.status_of(orders.id_of(estate)).ready_at)
    orders.execute(estate, sender=enforcer)
    assert (token.balanceOf(spouse), token.balanceOf(child)) == (58, 39)
    assert token.claimable_scaled(spouse) == owed * 3 // 5
    assert token.claimable_scaled(child) == owed - owed * 3 // 5

    # 7. Everybody claims; what is left are fractions of holders. The counts are those of a recount.
    for holder in (bob, carol, spouse, child):
        token.claim_income(holder, sender=stranger)
    assert 0 <= money.balanceOf(token) < 4
    before = (compliance.holders(token), compliance.holders_in(token, 410))
    wallets = [alice, bob, carol, spouse, child, new_wallet]
    compliance.recount(token, wallets, sender=stranger)
    assert (compliance.holders(token), compliance.holders_in(token, 410)) == before == (4, 4)
    assert compliance.counted_units(token) == token.totalSupply() == 250
