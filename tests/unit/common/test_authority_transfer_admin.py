import ape
import pytest

from civitas.chain.deploy import ZERO_ADDRESS
from civitas.chain.roles import ADMIN


def test_names_a_candidate_and_changes_nothing_else(authority, council, newcomer):
    receipt = authority.transfer_admin(newcomer, sender=council)

    assert authority.pending_admin() == newcomer
    assert authority.admin() == council
    assert authority.hasRole(ADMIN, council)
    assert not authority.hasRole(ADMIN, newcomer)
    assert receipt.events == [authority.AdminTransferStarted(admin=council, candidate=newcomer)]


def test_replaces_the_candidate(authority, council, newcomer, other_newcomer):
    authority.transfer_admin(newcomer, sender=council)

    authority.transfer_admin(other_newcomer, sender=council)

    assert authority.pending_admin() == other_newcomer
    with ape.reverts("authority: not the candidate"):
        authority.accept_admin(sender=newcomer)


def test_takes_the_offer_back(authority, council, newcomer):
    authority.transfer_admin(newcomer, sender=council)

    receipt = authority.transfer_admin(ZERO_ADDRESS, sender=council)

    assert authority.pending_admin() == ZERO_ADDRESS
    assert receipt.events == [authority.AdminTransferStarted(admin=council, candidate=ZERO_ADDRESS)]
    with ape.reverts("authority: not the candidate"):
        authority.accept_admin(sender=newcomer)


def test_refuses_the_admin_itself(authority, council):
    with ape.reverts("authority: already the admin"):
        authority.transfer_admin(council, sender=council)


@pytest.mark.parametrize("caller", ["stranger", "chain_engineer", "deployer"])
def test_refuses_all_but_the_admin(authority, newcomer, request, caller):
    with ape.reverts("access_control: account is missing role"):
        authority.transfer_admin(newcomer, sender=request.getfixturevalue(caller))

    assert authority.pending_admin() == ZERO_ADDRESS


def test_refuses_the_candidate_that_has_not_accepted(authority, council, newcomer):
    authority.transfer_admin(newcomer, sender=council)

    with ape.reverts("access_control: account is missing role"):
        authority.transfer_admin(newcomer, sender=newcomer)
