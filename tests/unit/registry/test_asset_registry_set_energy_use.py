import ape
import pytest
from eth_utils import keccak

MAX_UINT64 = 2**64 - 1
EVIDENCE = keccak(text="meter readings")


def test_replaces_the_reading(registry, register_asset, esg_officer):
    asset_id = register_asset("parcel 1", energy_kwh=40_000)

    receipt = registry.set_energy_use(asset_id, 35_000, EVIDENCE, sender=esg_officer)

    assert registry.asset(asset_id).energy_kwh == 35_000
    assert receipt.events == [
        registry.EnergyUseSet(
            asset_id=asset_id, old_kwh=40_000, new_kwh=35_000, evidence_hash=EVIDENCE
        ),
        registry.MetadataUpdate(token_id=asset_id),
    ]


@pytest.mark.parametrize("energy_kwh", [0, 1, MAX_UINT64 - 1, MAX_UINT64])
def test_takes_the_smallest_and_the_largest_reading(registry, office, esg_officer, energy_kwh):
    owner, parcel_key, class_id, area_dm2, _, *rest = registry.asset(office)

    registry.set_energy_use(office, energy_kwh, EVIDENCE, sender=esg_officer)

    assert registry.asset(office) == (
        owner,
        parcel_key,
        class_id,
        area_dm2,
        energy_kwh,
        *rest,
    )


def test_refuses_without_evidence(registry, office, esg_officer):
    with ape.reverts("asset_registry: no evidence"):
        registry.set_energy_use(office, 35_000, bytes(32), sender=esg_officer)


def test_refuses_an_asset_that_does_not_exist(registry, office, esg_officer):
    with ape.reverts("nonfungible: unknown token"):
        registry.set_energy_use(office + 1, 35_000, EVIDENCE, sender=esg_officer)


@pytest.mark.parametrize("caller", ["stranger", "council", "asset_manager", "carbon_verifier"])
def test_refuses_all_but_the_esg_officer(registry, office, request, caller):
    with ape.reverts("authorized: missing role"):
        registry.set_energy_use(office, 35_000, EVIDENCE, sender=request.getfixturevalue(caller))

    assert registry.asset(office).energy_kwh == 0
