import pytest
from eth_utils import keccak

from civitas.chain.deploy import name32
from tests.stateful.machine_treasury import TreasuryMachine, TreasuryStage
from tests.stateful.running import run

# how an action ended -> runs that must have seen it; least of 5 streams of 31 runs: in the comment
FLOORS = {
    "deposit": 10,  # 31
    "deposit refused": 9,  # 27
    "approve": 10,  # 31
    "approve refused": 10,  # 31
    "pay": 4,  # 12
    "pay refused: missing role": 4,  # 14
    "pay refused: paused": 4,  # 13
    "pay refused: no such payment": 3,  # 11
    "pay refused: own approval": 10,  # 31
    "paid under attack": 2,  # 6
    "cancel": 4,  # 14
    "cancel refused": 3,  # 11
    "move": 7,  # 23
    "move refused": 8,  # 26
    "book_surplus": 4,  # 14
    "book_surplus refused": 6,  # 18
    "open_fund": 5,  # 15
    "open_fund refused": 6,  # 20
    "change_role": 10,  # 31
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
