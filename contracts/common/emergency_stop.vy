# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  emergency_stop
@license AGPL-3.0-only
@notice Stops what comes in. The host leaves every exit of an owner's money unguarded.
@dev    Two keys: a guardian stops at once, the chain engineer starts again, so that a lost
        guardian key can halt a module but not decide when it is safe.
"""

from . import authorized

uses: authorized

GUARDIAN_ROLE: public(constant(bytes32)) = keccak256("GUARDIAN_ROLE")
CHAIN_ENGINEER_ROLE: public(constant(bytes32)) = keccak256("CHAIN_ENGINEER_ROLE")

paused: public(bool)


# The guardian stopped this contract.
event Paused:
    account: address


# The chain engineer started this contract again.
event Unpaused:
    account: address


@external
def pause():
    """
    @notice Stop what comes in.
    @custom:role GUARDIAN_ROLE
    """
    authorized._check_role(GUARDIAN_ROLE, msg.sender)
    assert not self.paused, "emergency_stop: paused"
    self.paused = True
    log Paused(account=msg.sender)


@external
def unpause():
    """
    @notice Start again.
    @custom:role CHAIN_ENGINEER_ROLE
    """
    authorized._check_role(CHAIN_ENGINEER_ROLE, msg.sender)
    assert self.paused, "emergency_stop: not paused"
    self.paused = False
    log Unpaused(account=msg.sender)


@internal
@view
def _check_running():
    assert not self.paused, "emergency_stop: paused"
