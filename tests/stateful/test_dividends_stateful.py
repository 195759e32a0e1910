import pytest
from ape import chain
from eth_utils import keccak

from civitas.chain.identity import binding_message
from civitas.chain.signing import signed_by
from tests.stateful.machine_dividends import LAW, LOCAL, NATIONAL, DividendsMachine, DividendStage
from tests.stateful.running import run

# how an action ended -> runs that must have seen it; least of 3 streams of 31 runs: in the comment
FLOORS = {
    "claim": 1,
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

    def sign_consent(successor, lost):
        registry = city.identity_registry
        deadline = chain.pending_timestamp + 10**6
        nonce = registry.wallet_nonce(successor)
        message = binding_message(city, successor, registry.identity(lost), nonce, deadline)
        return deadline, signed_by(successor, message)

    return DividendStage(
        city=city,
        token=token,
        money=money,
        wallets=wallets,
        spares=tuple(accounts[number] for number in range(60, 64)),
        sign_consent=sign_consent,
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
