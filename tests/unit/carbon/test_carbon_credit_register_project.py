import ape
import pytest

from tests.unit.carbon.conftest import METHOD


def test_opens_a_project_on_an_asset(carbon, esg_officer, unique_asset):
    asset_id, before = unique_asset(), carbon.total_projects()

    receipt = carbon.register_project(asset_id, METHOD, sender=esg_officer)

    project_id = before + 1
    assert receipt.return_value == carbon.total_projects() == project_id
    assert tuple(carbon.projects(project_id)) == (asset_id, METHOD, 0, 1)
    assert receipt.events == [
        carbon.ProjectRegistered(project_id=project_id, asset_id=asset_id, methodology_hash=METHOD)
    ]


def test_opens_several_projects_on_one_asset(carbon, open_project, unique_asset):
    asset_id = unique_asset()

    first, second = open_project(asset_id), open_project(asset_id)

    assert second == first + 1
    assert carbon.projects(first).asset_id == carbon.projects(second).asset_id == asset_id


def test_refuses_no_methodology(carbon, esg_officer, unique_asset):
    with ape.reverts("carbon_credit: no methodology"):
        carbon.register_project(unique_asset(), bytes(32), sender=esg_officer)


@pytest.mark.parametrize("above", [None, 1, 2**200])
def test_refuses_an_asset_that_is_not_registered(carbon, city, esg_officer, above):
    unknown = 0 if above is None else city.asset_registry.total_assets() + above

    with ape.reverts("nonfungible: unknown token"):
        carbon.register_project(unknown, METHOD, sender=esg_officer)


def test_refuses_anyone_but_the_esg_officer(carbon, solar_plant, not_allowed, carbon_verifier):
    before = carbon.total_projects()

    not_allowed(
        lambda account: carbon.register_project(solar_plant, METHOD, sender=account),
        carbon_verifier,
    )

    assert carbon.total_projects() == before
