from itertools import combinations

import ape
import pytest

from civitas.chain.deploy import ZERO_ADDRESS
from civitas.chain.roles import ADMIN, SEPARATED, Role

TOGETHER = [
    pair for pair in combinations(Role, 2) if pair not in SEPARATED and pair[::-1] not in SEPARATED
]


def test_gives_a_role(authority, council, newcomer):
    receipt = authority.grantRole(Role.CASHIER.id, newcomer, sender=council)

    assert authority.hasRole(Role.CASHIER.id, newcomer)
    assert authority.role_count(newcomer) == 1
    assert receipt.events == [
        authority.RoleGranted(role=Role.CASHIER.id, account=newcomer, sender=council)
    ]


def test_gives_a_role_once(authority, council, newcomer):
    authority.grantRole(Role.CASHIER.id, newcomer, sender=council)

    receipt = authority.grantRole(Role.CASHIER.id, newcomer, sender=council)

    assert authority.role_count(newcomer) == 1
    assert receipt.events == []


def test_gives_a_role_to_several(authority, council, newcomer, cashier):
    authority.grantRole(Role.CASHIER.id, newcomer, sender=council)

    assert authority.hasRole(Role.CASHIER.id, cashier)
    assert authority.hasRole(Role.CASHIER.id, newcomer)


def test_gives_a_role_that_no_pair_names(authority, council, auditor):
    receipt = authority.grantRole(b"\x07" * 32, auditor, sender=council)

    assert authority.role_count(auditor) == 2
    assert receipt.events == [
        authority.RoleGranted(role=b"\x07" * 32, account=auditor, sender=council)
    ]


@pytest.mark.parametrize("caller", ["stranger", "treasurer", "chain_engineer", "deployer"])
def test_refuses_all_but_the_admin(authority, newcomer, request, caller):
    with ape.reverts("access_control: account is missing role"):
        authority.grantRole(Role.CASHIER.id, newcomer, sender=request.getfixturevalue(caller))

    assert not authority.hasRole(Role.CASHIER.id, newcomer)


def test_refuses_a_second_admin(authority, council, newcomer):
    """INV-AUTH-2: there is exactly one admin."""
    with ape.reverts("authority: hand the admin over"):
        authority.grantRole(ADMIN, newcomer, sender=council)

    assert not authority.hasRole(ADMIN, newcomer)


def test_refuses_the_zero_account(authority, council):
    with ape.reverts("authority: zero account"):
        authority.grantRole(Role.CASHIER.id, ZERO_ADDRESS, sender=council)


@pytest.mark.parametrize("role", Role)
def test_refuses_the_admin_any_role(authority, council, role):
    """INV-AUTH-1: the admin holds no other role."""
    with ape.reverts("authority: admin holds no role"):
        authority.grantRole(role.id, council, sender=council)

    assert authority.role_count(council) == 0


@pytest.mark.parametrize(("held", "asked"), [*SEPARATED, *(pair[::-1] for pair in SEPARATED)])
def test_refuses_separate_duties(authority, council, newcomer, held, asked):
    """INV-AUTH-1: no key holds two roles that must stay apart, in whichever order it asks."""
    authority.grantRole(held.id, newcomer, sender=council)

    with ape.reverts("authority: duties must be separate"):
        authority.grantRole(asked.id, newcomer, sender=council)

    assert authority.hasRole(held.id, newcomer)
    assert not authority.hasRole(asked.id, newcomer)
    assert authority.role_count(newcomer) == 1


@pytest.mark.parametrize(("held", "asked"), SEPARATED)
def test_gives_the_other_duty_once_the_first_is_gone(authority, council, newcomer, held, asked):
    authority.grantRole(held.id, newcomer, sender=council)
    authority.revokeRole(held.id, newcomer, sender=council)

    authority.grantRole(asked.id, newcomer, sender=council)

    assert authority.hasRole(asked.id, newcomer)
    assert not authority.hasRole(held.id, newcomer)


@pytest.mark.parametrize(("first", "second"), TOGETHER)
def test_gives_duties_together_that_no_pair_separates(authority, council, newcomer, first, second):
    authority.grantRole(first.id, newcomer, sender=council)

    authority.grantRole(second.id, newcomer, sender=council)

    assert authority.role_count(newcomer) == 2


def test_separates_the_duties_that_the_city_needs_apart():
    """Written out, so that dropping a pair from the package is noticed here."""
    names = {frozenset((first.name, second.name)) for first, second in SEPARATED}
    payments = {"FISCAL_ANALYST", "TREASURER", "CASHIER"}
    deeds = {"ASSET_MANAGER", "COUNCIL_CLERK", "APPRAISER"}
    holdings = {"ASSET_MANAGER", "COMPLIANCE_OFFICER", "ENFORCER"}

    assert names == {
        *map(frozenset, combinations(payments, 2)),
        *map(frozenset, combinations(deeds, 2)),
        *map(frozenset, combinations(holdings, 2)),
        frozenset(("ESG_OFFICER", "CARBON_VERIFIER")),
        frozenset(("GUARDIAN", "CHAIN_ENGINEER")),
        frozenset(("ASSET_MANAGER", "REGISTRAR")),
        *(frozenset(("AUDITOR", role.name)) for role in Role if role is not Role.AUDITOR),
    }
