# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  Authority
@license AGPL-3.0-only
@notice Roles for every Civitas contract, with duties that one key can't combine.
@dev    One admin (the council) answers for every role, holds none itself, and hands over in
        two steps. Pairs of roles that must stay apart are fixed at deployment: an admin who
        could drop a separation would not be bound by it.
        Invariants: INV-AUTH-1, INV-AUTH-2 (docs/invariants.md).
@custom:kill None: to stop a contract pause it, to stop a key revoke its roles.
"""

from snekmate.auth import access_control
from ..interfaces import IAuthority

implements: IAuthority

initializes: access_control

exports: (
    access_control.supportsInterface,
    access_control.DEFAULT_ADMIN_ROLE,
    access_control.hasRole,
    # `set_role_admin` is withheld: one admin answers for every role.
    # `grantRole`, `revokeRole`, `renounceRole` are wrapped below.
    access_control.getRoleAdmin,
)

MAX_PAIRS: constant(uint256) = 64
MAX_APART: constant(uint256) = 32


struct Pair:
    first: bytes32
    second: bytes32


admin: public(address)
pending_admin: public(address)
# account -> how many roles it holds, the admin's own not counted
role_count: public(HashMap[address, uint256])
_apart_from: HashMap[bytes32, DynArray[bytes32, MAX_APART]]


@deploy
def __init__(separated: DynArray[Pair, MAX_PAIRS]):
    """
    @notice Make the deployer the first admin, who sets up the roles and hands over.
    @param  separated  Pairs of roles that no key may hold together; order does not matter.
    """
    access_control.__init__()
    self.admin = msg.sender
    log IAuthority.AdminTransferred(old_admin=empty(address), new_admin=msg.sender)
    for pair: Pair in separated:
        assert pair.first != pair.second, "authority: role apart from itself"
        assert pair.first != empty(bytes32), "authority: admin in a pair"
        assert pair.second != empty(bytes32), "authority: admin in a pair"
        self._apart_from[pair.first].append(pair.second)
        self._apart_from[pair.second].append(pair.first)
        log IAuthority.RolesSeparated(first=pair.first, second=pair.second)


@external
@view
def apart_from(role: bytes32) -> DynArray[bytes32, MAX_APART]:
    """
    @notice The roles that a holder of `role` can't be given.
    """
    return self._apart_from[role]


@external
def renounceRole(role: bytes32, account: address):
    """
    @notice Give up a role of one's own. The admin can't: a city without an admin can't be mended.
    @param  account  The caller itself; the standard asks for it.
    @custom:reverts "authority: not the caller" | "authority: hand the admin over"
    """
    assert account == msg.sender, "authority: not the caller"
    self._remove(role, account)


@external
def accept_admin():
    """
    @notice Complete the hand-over. The old admin ends with no role at all.
    @custom:reverts "authority: not the candidate" | "authority: holds a role"
    """
    assert msg.sender == self.pending_admin, "authority: not the candidate"
    # A role may have been granted since the candidate was named.
    assert self.role_count[msg.sender] == 0, "authority: holds a role"
    old_admin: address = self.admin
    access_control._revoke_role(access_control.DEFAULT_ADMIN_ROLE, old_admin)
    access_control._grant_role(access_control.DEFAULT_ADMIN_ROLE, msg.sender)
    self.admin = msg.sender
    self.pending_admin = empty(address)
    log IAuthority.AdminTransferred(old_admin=old_admin, new_admin=msg.sender)


# --- DEFAULT_ADMIN_ROLE
@external
def transfer_admin(candidate: address):
    """
    @notice Name the next admin; the zero address takes the offer back.
    @custom:role DEFAULT_ADMIN_ROLE
    """
    access_control._check_role(access_control.DEFAULT_ADMIN_ROLE, msg.sender)
    assert candidate != msg.sender, "authority: already the admin"
    self.pending_admin = candidate
    log IAuthority.AdminTransferStarted(admin=msg.sender, candidate=candidate)


@external
def grantRole(role: bytes32, account: address):
    """
    @notice Give `role` to `account`, unless it holds one that must stay apart from it.
    @custom:role DEFAULT_ADMIN_ROLE
    @custom:reverts "authority: hand the admin over" | "authority: zero account"
        | "authority: admin holds no role" | "authority: duties must be separate"
    """
    access_control._check_role(access_control.DEFAULT_ADMIN_ROLE, msg.sender)
    assert role != access_control.DEFAULT_ADMIN_ROLE, "authority: hand the admin over"
    assert account != empty(address), "authority: zero account"
    assert account != self.admin, "authority: admin holds no role"
    for other: bytes32 in self._apart_from[role]:
        assert not access_control.hasRole[other][account], "authority: duties must be separate"
    if not access_control.hasRole[role][account]:
        self.role_count[account] += 1
    access_control._grant_role(role, account)


@external
def revokeRole(role: bytes32, account: address):
    """
    @notice Take `role` from `account`.
    @custom:role DEFAULT_ADMIN_ROLE
    @custom:reverts "authority: hand the admin over"
    """
    access_control._check_role(access_control.DEFAULT_ADMIN_ROLE, msg.sender)
    self._remove(role, account)


# --- internal
@internal
def _remove(role: bytes32, account: address):
    assert role != access_control.DEFAULT_ADMIN_ROLE, "authority: hand the admin over"
    if access_control.hasRole[role][account]:
        self.role_count[account] -= 1
    access_control._revoke_role(role, account)
