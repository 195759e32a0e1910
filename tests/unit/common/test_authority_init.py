import ape
import pytest
from ape import chain, project

from civitas.chain.deploy import ZERO_ADDRESS
from civitas.chain.roles import ADMIN

MAX_PAIRS = 64
MAX_APART = 32


def role(number):
    return number.to_bytes(32, "big")


def test_makes_the_deployer_the_only_admin(deployer):
    authority = deployer.deploy(project.Authority, [])

    assert authority.admin() == deployer
    assert authority.pending_admin() == ZERO_ADDRESS
    assert authority.hasRole(ADMIN, deployer)
    assert authority.role_count(deployer) == 0
    assert chain.get_receipt(authority.txn_hash).events == [
        authority.RoleGranted(role=ADMIN, account=deployer, sender=deployer),
        authority.AdminTransferred(old_admin=ZERO_ADDRESS, new_admin=deployer),
    ]


def test_writes_both_sides_of_a_pair_down(deployer):
    authority = deployer.deploy(project.Authority, [(role(1), role(2)), (role(1), role(3))])

    assert authority.apart_from(role(1)) == [role(2), role(3)]
    assert authority.apart_from(role(2)) == [role(1)]
    assert authority.apart_from(role(3)) == [role(1)]
    assert authority.apart_from(role(4)) == []
    assert chain.get_receipt(authority.txn_hash).events[2:] == [
        authority.RolesSeparated(first=role(1), second=role(2)),
        authority.RolesSeparated(first=role(1), second=role(3)),
    ]


def test_refuses_a_role_apart_from_itself(deployer):
    with ape.reverts("authority: role apart from itself"):
        deployer.deploy(project.Authority, [(role(1), role(1))])


@pytest.mark.parametrize("pair", [(ADMIN, role(1)), (role(1), ADMIN)])
def test_refuses_the_admin_in_a_pair(deployer, pair):
    with ape.reverts("authority: admin in a pair"):
        deployer.deploy(project.Authority, [pair])


def test_takes_64_pairs(deployer):
    pairs = [(role(2 * i + 1), role(2 * i + 2)) for i in range(MAX_PAIRS)]

    authority = deployer.deploy(project.Authority, pairs)

    assert authority.apart_from(role(127)) == [role(128)]


def test_refuses_65_pairs(deployer):
    pairs = [(role(2 * i + 1), role(2 * i + 2)) for i in range(MAX_PAIRS + 1)]

    with ape.reverts("Transaction failed."):
        deployer.deploy(project.Authority, pairs)


def test_keeps_a_role_apart_from_32_others(deployer):
    others = [role(i + 2) for i in range(MAX_APART)]

    authority = deployer.deploy(project.Authority, [(role(1), other) for other in others])

    assert authority.apart_from(role(1)) == others


def test_refuses_a_role_apart_from_33_others(deployer):
    pairs = [(role(1), role(i + 2)) for i in range(MAX_APART + 1)]

    with ape.reverts("Transaction failed."):
        deployer.deploy(project.Authority, pairs)
