import ape
import pytest

from civitas.chain.roles import ADMIN, Role


def test_takes_a_role(authority, council, cashier):
    receipt = authority.revokeRole(Role.CASHIER.id, cashier, sender=council)

    assert not authority.hasRole(Role.CASHIER.id, cashier)
    assert authority.role_count(cashier) == 0
    assert receipt.events == [
        authority.RoleRevoked(role=Role.CASHIER.id, account=cashier, sender=council)
    ]


def test_takes_one_of_two_roles(authority, council, cashier):
    authority.grantRole(Role.GUARDIAN.id, cashier, sender=council)

    authority.revokeRole(Role.CASHIER.id, cashier, sender=council)

    assert authority.hasRole(Role.GUARDIAN.id, cashier)
    assert authority.role_count(cashier) == 1


def test_changes_nothing_where_the_role_is_not_held(authority, council, cashier, newcomer):
    authority.revokeRole(Role.TREASURER.id, cashier, sender=council)
    receipt = authority.revokeRole(Role.CASHIER.id, newcomer, sender=council)

    assert authority.role_count(cashier) == 1
    assert authority.role_count(newcomer) == 0
    assert receipt.events == []


@pytest.mark.parametrize("caller", ["stranger", "cashier", "treasurer"])
def test_refuses_all_but_the_admin(authority, cashier, request, caller):
    with ape.reverts("access_control: account is missing role"):
        authority.revokeRole(Role.CASHIER.id, cashier, sender=request.getfixturevalue(caller))

    assert authority.hasRole(Role.CASHIER.id, cashier)


@pytest.mark.parametrize("account", ["council", "stranger"])
def test_refuses_to_leave_the_city_without_an_admin(authority, council, request, account):
    with ape.reverts("authority: hand the admin over"):
        authority.revokeRole(ADMIN, request.getfixturevalue(account), sender=council)

    assert authority.hasRole(ADMIN, council)
