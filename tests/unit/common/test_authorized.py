"""Every contract that asks the Authority."""

import ape
import pytest

ASKERS = [
    "asset_registry",
    "appraisals",
    "identity_registry",
    "token_factory",
    "splitter_factory",
    "lease",
    "treasury",
    "carbon_credit",
    "directory",
]


@pytest.mark.parametrize("name", ASKERS)
def test_names_its_authority(city, name):
    assert getattr(city, name).authority() == city.authority


def test_follows_a_role_at_once(city, council, register_asset, esg_officer):
    asset_id = register_asset("parcel 1")
    city.asset_registry.set_energy_use(asset_id, 5, b"\x01" * 32, sender=esg_officer)

    city.authority.revokeRole(city.asset_registry.ESG_OFFICER_ROLE(), esg_officer, sender=council)

    with ape.reverts("authorized: missing role"):
        city.asset_registry.set_energy_use(asset_id, 6, b"\x01" * 32, sender=esg_officer)
    assert city.asset_registry.asset(asset_id).energy_kwh == 5
