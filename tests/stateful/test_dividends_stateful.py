import pytest
from eth_utils import keccak

from tests.stateful.machine_dividends import LAW, LOCAL, NATIONAL, DividendsMachine, DividendStage
from tests.stateful.running import run

# how an action ended -> runs that must have seen it; of 31 runs in one stream: in the comment
FLOORS = {
    "declare": 20,  # 30
    "transfer": 20,  # 30
    "claim": 15,  # 27
    "claim (nothing due) refused": 20,  # 30
    "claim (not payable yet) refused": 3,  # 10
    "claim (holder is frozen) refused": 2,  # 8
    "claim (money has escheated) refused": 2,  # 6
    "claim of a lost wallet": 3,  # 10
    "claim after it was deemed paid": 6,  # 20
    "claim_for": 15,  # 29
    "claim_for passes over 1": 15,  # 29
    "claim_for passes over 2": 2,  # 7
    "claim_for passes over 3": 2,  # 7
    "claim_income": 6,  # 19
    "deposit": 20,  # 30
    "rate": 7,  # 21
    "remit": 3,  # 10
    "remit refused": 6,  # 18
    "escheat": 6,  # 18
    "escheat refused": 8,  # 25
    "give_back": 2,  # 7
    "give_back refused": 4,  # 13
    "recover": 20,  # 30
    "succeed": 20,  # 30
    "follow": 5,  # 16
    "follow refused": 15,  # 30
    "note": 6,  # 19
}


@pytest.fixture
def dividend_stage(
    city,
    money,
    register_asset,
    create_token,
    verify,
    accounts,
    asset_manager,
    council,
    council_clerk,
    compliance_officer,
    enforcer,
    cashier,
    payer,
    general_fund,
):
    wallets = tuple(accounts[number] for number in range(50, 56))
    verify(*wallets[:1], *wallets[2:])
    verify(wallets[1], investor_class=1)
    asset_id = register_asset(keccak(text="parcel of the dividends").hex())
    token = create_token(asset_id)
    for holder, units in zip(wallets, (400, 300, 200, 100), strict=False):
        token.mint(holder, units, sender=asset_manager)
    city.income_desk.admit(asset_id, sender=payer)
    token.set_income_desk(city.income_desk, sender=council)
    offices = (accounts[58], accounts[59])
    for kind in (NATIONAL, LOCAL):
        city.income_desk.set_payee(kind, offices[kind], LAW, sender=council_clerk)

    return DividendStage(
        city=city,
        token=token,
        money=money,
        wallets=wallets,
        spares=tuple(accounts[number] for number in range(60, 64)),
        manager=asset_manager,
        clerk=council_clerk,
        officer=compliance_officer,
        enforcer=enforcer,
        cashier=cashier,
        offices=offices,
        payer=payer,
        fund=general_fund,
    )


def test_dividends_keep_their_invariants(dividend_stage):
    run(DividendsMachine, dividend_stage, FLOORS)
