import ape
from eth_utils import keccak


def test_knows_its_neighbours(meters, city):
    assert meters.authority() == city.authority
    assert meters.ASSET_REGISTRY() == city.asset_registry
    assert meters.ESG_OFFICER_ROLE() == keccak(text="ESG_OFFICER_ROLE")


def test_refuses_arguments_without_code(project, city, stranger):
    with ape.reverts("authorized: no authority"):
        stranger.deploy(project.MeterRegistry, stranger, city.asset_registry)
    with ape.reverts("meter_registry: no registry"):
        stranger.deploy(project.MeterRegistry, city.authority, stranger)


def test_changes_state_by_these_functions_only(meters):
    changing = {abi.name for abi in meters.contract_type.methods if abi.is_stateful}

    assert changing == {"record", "register_device", "retire_device"}
