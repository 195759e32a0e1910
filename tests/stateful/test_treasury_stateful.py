import pytest
from eth_utils import keccak

from civitas.chain.deploy import name32
from tests.stateful.machine_treasury import TreasuryMachine, TreasuryStage
from tests.stateful.running import run

# how an action ended -> runs that must have seen it; least of 5 streams of 31 runs: in the comment
FLOORS = {
    "deposit": 15,  # 31
    "deposit refused": 13,  # 27
    "approve": 15,  # 31
    "approve refused": 15,  # 31
    "pay": 6,  # 12
    "pay refused: missing role": 7,  # 14
    "pay refused: paused": 6,  # 13
    "pay refused: no such payment": 5,  # 11
    "pay refused: own approval": 15,  # 31
    "paid under attack": 3,  # 6
    "cancel": 7,  # 14
    "cancel refused": 5,  # 11
    "move": 11,  # 23
    "move refused": 13,  # 26
    "book_surplus": 7,  # 14
    "book_surplus refused": 9,  # 18
    "open_fund": 7,  # 15
    "open_fund refused": 10,  # 20
    "change_role": 15,  # 31
}


@pytest.fixture
def treasury_stage(
    project,
    city,
    money,
    council,
    treasurer,
    cashier,
    guardian,
    chain_engineer,
    payer,
    stranger,
    accounts,
    general_fund,
    green_fund,
):
    hook_token = project.MockHookToken.deploy(sender=stranger)
    city.authority.grantRole(keccak(text="CASHIER_ROLE"), hook_token, sender=council)
    return TreasuryStage(
        treasury=city.treasury,
        money=money,
        hook_token=hook_token,
        authority=city.authority,
        funds=(general_fund, green_fund, name32("LATER")),
        payees=(accounts[50], accounts[51]),
        keys=(treasurer, cashier, accounts[54]),
        council=council,
        guardian=guardian,
        chain_engineer=chain_engineer,
        payer=payer,
    )


def test_treasury_keeps_its_invariants(treasury_stage):
    run(TreasuryMachine, treasury_stage, FLOORS)
