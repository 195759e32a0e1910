import pytest
from eth_utils import keccak

from civitas.chain.deploy import name32
from tests.stateful.machine_treasury import TreasuryMachine, TreasuryStage
from tests.stateful.running import run

# action -> runs of 30 in which it came about, or was refused as foretold; seen: in the comment
FLOORS = {
    "deposit": 25,  # 30
    "deposit refused": 10,  # 27
    "approve": 25,  # 30
    "approve refused": 9,  # 23
    "pay": 8,  # 13
    "pay refused: missing role": 4,  # 17
    "pay refused: paused": 4,  # 13
    "pay refused: no such payment": 5,  # 15
    "pay refused: own approval": 25,  # 30
    "paid under attack": 3,  # 11
    "cancel": 3,  # 15
    "cancel refused": 5,  # 18
    "move": 2,  # 19
    "move refused": 10,  # 22
    "book_surplus": 7,  # 23
    "book_surplus refused": 4,  # 13
    "open_fund": 3,  # 23
    "open_fund refused": 5,  # 19
    "change_role": 25,  # 30
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
