import ape

from civitas.chain.roles import ADMIN, Role


def test_gives_a_role_up(authority, cashier):
    receipt = authority.renounceRole(Role.CASHIER.id, cashier, sender=cashier)

    assert not authority.hasRole(Role.CASHIER.id, cashier)
    assert authority.role_count(cashier) == 0
    assert receipt.events == [
        authority.RoleRevoked(role=Role.CASHIER.id, account=cashier, sender=cashier)
    ]


def test_changes_nothing_where_the_role_is_not_held(authority, cashier):
    receipt = authority.renounceRole(Role.TREASURER.id, cashier, sender=cashier)

    assert authority.role_count(cashier) == 1
    assert receipt.events == []


def test_refuses_to_give_up_for_another(authority, council, cashier):
    with ape.reverts("authority: not the caller"):
        authority.renounceRole(Role.CASHIER.id, cashier, sender=council)

    assert authority.hasRole(Role.CASHIER.id, cashier)


def test_refuses_the_admin_to_leave_the_city_without_one(authority, council):
    with ape.reverts("authority: hand the admin over"):
        authority.renounceRole(ADMIN, council, sender=council)

    assert authority.hasRole(ADMIN, council)
    assert authority.admin() == council
