import ape
import pytest

from .conftest import KOREA, METHOD, NOTHING, OUTSIDE
from .logs import event, logged


def test_opens_a_project_on_an_asset(registry, solar_plant, esg_officer):
    before = registry.total_projects()

    receipt = registry.register_project(
        solar_plant, METHOD, KOREA, OUTSIDE, 7, True, sender=esg_officer
    )

    project_id = before + 1
    assert receipt.return_value == registry.total_projects() == project_id
    assert tuple(registry.projects(project_id)) == (
        *(solar_plant, METHOD, KOREA, OUTSIDE, 7, True, 0),
    )
    assert logged(receipt) == [
        event("ProjectRegistered", project_id, solar_plant, METHOD, KOREA, OUTSIDE, 7, True)
    ]


def test_opens_a_project_that_bridges(registry, esg_officer):
    registry.register_project(0, METHOD, KOREA, OUTSIDE, 0, False, sender=esg_officer)

    assert registry.projects(registry.total_projects()).asset_id == 0


def test_numbers_projects_from_1(registry, esg_officer, solar_plant, open_project):
    first = open_project(solar_plant)

    assert open_project(solar_plant) == first + 1
    assert registry.projects(0).methodology == NOTHING


@pytest.mark.parametrize(
    ("country", "is_let"), [(0, False), (1, True), (999, True), (1_000, False)]
)
def test_asks_for_a_country(registry, solar_plant, esg_officer, country, is_let):
    arguments = (solar_plant, METHOD, country, OUTSIDE, 0, False)
    if is_let:
        registry.register_project(*arguments, sender=esg_officer)
        assert registry.projects(registry.total_projects()).country == country
    else:
        with ape.reverts("carbon_registry: bad country"):
            registry.register_project(*arguments, sender=esg_officer)


def test_asks_for_a_methodology_and_a_registered_asset(registry, city, solar_plant, esg_officer):
    before = registry.total_projects()
    with ape.reverts("carbon_registry: no methodology"):
        registry.register_project(solar_plant, NOTHING, KOREA, 0, 0, False, sender=esg_officer)
    for asset_id in (city.asset_registry.total_assets() + 1, 2**256 - 1):
        with ape.reverts("nonfungible: unknown token"):
            registry.register_project(asset_id, METHOD, KOREA, 0, 0, False, sender=esg_officer)

    assert registry.total_projects() == before


def test_keeps_every_field_at_its_most(registry, solar_plant, esg_officer):
    registry.register_project(solar_plant, b"\xff" * 32, 999, 255, 255, True, sender=esg_officer)

    assert tuple(registry.projects(registry.total_projects())) == (
        *(solar_plant, b"\xff" * 32, 999, 255, 255, True, 0),
    )


def test_is_for_the_esg_officer_only(registry, solar_plant, not_allowed, carbon_verifier):
    not_allowed(
        lambda account: registry.register_project(
            solar_plant, METHOD, KOREA, OUTSIDE, 0, False, sender=account
        ),
        carbon_verifier,
    )
