import pytest
from eth_utils import keccak

from civitas.chain.deploy import name32
from tests.stateful.machine_revenue_splitter import RevenueSplitterMachine, RevenueStage, Row
from tests.stateful.running import run

# how an action ended -> runs that must have seen it; least of 5 streams of 31 runs: in the comment
FLOORS = {
    "distribute": 20,  # 30
    "distribute refused": 7,  # 21
    "taken in part": 13,  # 28
    "paid meanwhile": 13,  # 27
    "let in meanwhile": 2,  # 8
    "credited": 6,  # 19
    "release": 6,  # 19
    "release refused: payee refuses": 3,  # 9
    "release refused: nothing owed": 4,  # 13
    "release refused: other token": 4,  # 12
    "set_rules": 20,  # 30
    "set_rules refused": 7,  # 22
}


@pytest.fixture
def revenue_stage(
    project, city, money, register_asset, create_token, create_splitter, verify, asset_manager,
    council, treasurer, guardian, chain_engineer, stranger, accounts, alice, general_fund,
):  # fmt: skip
    """A splitter whose payees are accounts, our receivers, and one with bad manners."""
    asset_id = register_asset("asset of the splitter machine")
    verify(alice)
    token = create_token(asset_id)
    token.mint(alice, 1_000, sender=asset_manager)
    receiver = project.MockIncomeReceiver.deploy(sender=stranger)
    city.authority.grantRole(keccak(text="TREASURER_ROLE"), receiver, sender=council)
    rows = (
        Row(accounts[40]),
        Row(accounts[41]),
        Row(receiver),
        Row(receiver, keccak(text="purpose A")),
        Row(receiver, keccak(text="purpose B")),
        Row(city.treasury, general_fund),
        Row(city.treasury, name32("LATER")),
        Row(token, keccak(text="income")),
    )
    first_table = ((0, 7_000), (1, 3_000))
    splitter = create_splitter(
        asset_id, [(rows[row].account, weight, rows[row].purpose) for row, weight in first_table]
    )
    upstream_asset = register_asset("asset upstream of the splitter machine")
    return RevenueStage(
        splitter=splitter,
        factory=city.splitter_factory,
        upstream=create_splitter(upstream_asset, [(splitter, 10_000, bytes(32))]),
        money=money,
        other_money=project.MockPaymentToken.deploy("Other", "OTH", 6, sender=stranger),
        receiver=receiver,
        treasury=city.treasury,
        security_token=token,
        rows=rows,
        first_table=first_table,
        unopened_fund=name32("LATER"),
        treasurer=treasurer,
        guardian=guardian,
        chain_engineer=chain_engineer,
        stranger=stranger,
    )


def test_revenue_splitter_keeps_its_invariants(revenue_stage):
    run(RevenueSplitterMachine, revenue_stage, FLOORS)
