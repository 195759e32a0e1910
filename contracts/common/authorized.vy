# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  authorized
@license AGPL-3.0-only
@notice Asks the one Authority whether the caller holds a role.
@dev    The address is fixed at deployment: a contract that could change its authority
        could be taken over by whoever changes it.
"""

from ..interfaces import IAuthority

_AUTHORITY: immutable(IAuthority)


@deploy
def __init__(authority_address: address):
    assert authority_address.is_contract, "authorized: no authority"
    _AUTHORITY = IAuthority(authority_address)


@external
@view
@reentrant
def authority() -> address:
    """
    @notice The Authority that answers for this contract's roles.
    """
    return _AUTHORITY.address


@internal
@view
def _check_role(role: bytes32, account: address):
    assert staticcall _AUTHORITY.hasRole(role, account), "authorized: missing role"
