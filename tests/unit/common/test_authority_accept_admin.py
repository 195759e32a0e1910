import ape
import pytest

from civitas.chain.deploy import ZERO_ADDRESS
from civitas.chain.roles import ADMIN, Role


@pytest.fixture
def candidate(authority, council, newcomer):
    authority.transfer_admin(newcomer, sender=council)
    return newcomer


def test_hands_over(authority, council, candidate):
    """INV-AUTH-2: there is exactly one admin, before and after."""
    receipt = authority.accept_admin(sender=candidate)

    assert authority.admin() == candidate
    assert authority.pending_admin() == ZERO_ADDRESS
    assert authority.hasRole(ADMIN, candidate)
    assert not authority.hasRole(ADMIN, council)
    assert (authority.role_count(candidate), authority.role_count(council)) == (0, 0)
    assert receipt.events == [
        authority.RoleRevoked(role=ADMIN, account=council, sender=candidate),
        authority.RoleGranted(role=ADMIN, account=candidate, sender=candidate),
        authority.AdminTransferred(old_admin=council, new_admin=candidate),
    ]


def test_leaves_the_old_admin_powerless(authority, council, candidate, stranger):
    authority.accept_admin(sender=candidate)

    with ape.reverts("access_control: account is missing role"):
        authority.grantRole(Role.CASHIER.id, stranger, sender=council)
    with ape.reverts("access_control: account is missing role"):
        authority.transfer_admin(council, sender=council)
    with ape.reverts("authority: not the candidate"):
        authority.accept_admin(sender=council)


def test_moves_the_ban_on_roles_to_the_new_admin(authority, council, candidate):
    """INV-AUTH-1: the admin holds no other role."""
    authority.accept_admin(sender=candidate)

    authority.grantRole(Role.CASHIER.id, council, sender=candidate)

    assert authority.hasRole(Role.CASHIER.id, council)
    with ape.reverts("authority: admin holds no role"):
        authority.grantRole(Role.CASHIER.id, candidate, sender=candidate)


def test_refuses_a_candidate_that_was_given_a_role_meanwhile(authority, council, candidate):
    """INV-AUTH-1: the admin holds no other role."""
    authority.grantRole(Role.CASHIER.id, candidate, sender=council)

    with ape.reverts("authority: holds a role"):
        authority.accept_admin(sender=candidate)

    assert authority.admin() == council
    assert authority.hasRole(ADMIN, council)


def test_hands_over_once_the_candidate_gave_its_roles_up(authority, council, cashier):
    authority.transfer_admin(cashier, sender=council)
    with ape.reverts("authority: holds a role"):
        authority.accept_admin(sender=cashier)

    authority.renounceRole(Role.CASHIER.id, cashier, sender=cashier)
    authority.accept_admin(sender=cashier)

    assert authority.admin() == cashier
    assert not authority.hasRole(Role.CASHIER.id, cashier)


@pytest.mark.parametrize("caller", ["stranger", "council", "chain_engineer"])
def test_refuses_all_but_the_candidate(authority, council, candidate, request, caller):
    """INV-AUTH-2: the admin changes only when the named candidate accepts."""
    with ape.reverts("authority: not the candidate"):
        authority.accept_admin(sender=request.getfixturevalue(caller))

    assert authority.admin() == council
    assert authority.pending_admin() == candidate


def test_refuses_a_second_time(authority, candidate):
    authority.accept_admin(sender=candidate)

    with ape.reverts("authority: not the candidate"):
        authority.accept_admin(sender=candidate)


def test_refuses_anybody_where_no_candidate_is_named(authority, stranger):
    with ape.reverts("authority: not the candidate"):
        authority.accept_admin(sender=stranger)
