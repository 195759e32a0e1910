"""`supportsInterface`, `getRoleAdmin` and what is withheld."""

import pytest

from civitas.chain.roles import ADMIN, SEPARATED, Role


@pytest.mark.parametrize(
    ("interface_id", "is_supported"),
    [("0x01ffc9a7", True), ("0x7965db0b", True), ("0xffffffff", False), ("0x00000000", False)],
)
def test_names_its_interfaces(authority, interface_id, is_supported):
    assert authority.supportsInterface(interface_id) is is_supported


@pytest.mark.parametrize("role", Role)
def test_has_one_admin_for_every_role(authority, role):
    assert authority.getRoleAdmin(role.id) == ADMIN == authority.DEFAULT_ADMIN_ROLE()


def test_withholds_the_change_of_a_roles_admin(authority):
    assert "set_role_admin" not in {method.name for method in authority.contract_type.methods}


@pytest.mark.parametrize("role", Role)
def test_tells_which_roles_must_stay_apart(authority, role):
    apart = {other.id for pair in SEPARATED if role in pair for other in pair if other is not role}

    assert {bytes(each) for each in authority.apart_from(role.id)} == apart
