# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  agents
@license AGPL-3.0-only
@notice Who may move units by force at once, without an order: up to an amount, until a date.
@dev    An agent's one word is its permission, so that a forced move asks nobody else. It holds
        what is left of the mandate in 96 bits, that the agent was appointed in one, and the end of
        the mandate above. Only an enforcer can be appointed; whoever is none any more, anybody may strike.
"""

from ..common import authorized
from ..interfaces import ISecurityToken

uses: authorized

DEFAULT_ADMIN_ROLE: constant(bytes32) = empty(bytes32)
ENFORCER_ROLE: constant(bytes32) = keccak256("ENFORCER_ROLE")

_MAX_AMOUNT: constant(uint256) = 2**96 - 1
_MAX_UNTIL: constant(uint256) = 2**40 - 1
_APPOINTED: constant(uint256) = 2**96
_UNTIL_SHIFT: constant(uint256) = 97

_words: HashMap[address, uint256]


@external
@view
@reentrant
def isAgent(account: address) -> bool:
    """
    @notice Whether `account` is appointed as an agent of this token (ERC-3643).
    """
    return self._words[account] != 0


@external
@view
@reentrant
def mandate_of(agent: address) -> (uint256, uint256):
    """
    @return {unit} What the agent may still move by force, and {s} the end of its mandate.
    """
    return self._left(self._words[agent])


# --- open
@external
def strike_agent(agent: address):
    """
    @notice Strike an agent that the Authority no longer calls an enforcer. Open to anyone.
    @custom:reverts "agents: not an agent" | "agents: still an enforcer"
    """
    self._check_appointed(agent)
    assert not staticcall authorized._AUTHORITY.hasRole(
        ENFORCER_ROLE, agent
    ), "agents: still an enforcer"
    self._remove(agent)


# --- DEFAULT_ADMIN_ROLE
@external
def addAgent(agent: address):
    """
    @notice Appoint an enforcer as agent of this token, as yet without a mandate (ERC-3643).
    @custom:role DEFAULT_ADMIN_ROLE
    @custom:reverts "agents: is an agent" | "agents: not an enforcer"
    """
    authorized._check_role(DEFAULT_ADMIN_ROLE, msg.sender)
    assert self._words[agent] == 0, "agents: is an agent"
    assert staticcall authorized._AUTHORITY.hasRole(
        ENFORCER_ROLE, agent
    ), "agents: not an enforcer"
    self._words[agent] = _APPOINTED
    log ISecurityToken.AgentAdded(agent=agent)


@external
def removeAgent(agent: address):
    """
    @notice Dismiss an agent; what is left of its mandate is gone (ERC-3643).
    @custom:role DEFAULT_ADMIN_ROLE
    @custom:reverts "agents: not an agent"
    """
    authorized._check_role(DEFAULT_ADMIN_ROLE, msg.sender)
    self._check_appointed(agent)
    self._remove(agent)


@external
def set_mandate(agent: address, amount: uint256, until: uint256):
    """
    @notice Let an agent move up to `amount` {unit} by force before `until` {s}, all moves together.
    @custom:role DEFAULT_ADMIN_ROLE
    @custom:reverts "agents: not an agent" | "agents: mandate too large"
    """
    authorized._check_role(DEFAULT_ADMIN_ROLE, msg.sender)
    self._check_appointed(agent)
    assert amount <= _MAX_AMOUNT and until <= _MAX_UNTIL, "agents: mandate too large"
    old_amount: uint256 = 0
    old_until: uint256 = 0
    old_amount, old_until = self._left(self._words[agent])
    self._words[agent] = _APPOINTED | (until << _UNTIL_SHIFT) | amount
    log ISecurityToken.MandateSet(
        agent=agent,
        old_amount=old_amount,
        new_amount=amount,
        old_until=old_until,
        new_until=until,
    )


# --- internal
@internal
def _spend(agent: address, amount: uint256):
    """
    @notice Use up `amount` {unit} of a mandate in force.
    """
    word: uint256 = self._words[agent]
    assert block.timestamp < word >> _UNTIL_SHIFT, "agents: no mandate"
    assert amount <= word & _MAX_AMOUNT, "agents: above the mandate"
    self._words[agent] = word - amount


@internal
@view
def _check_appointed(agent: address):
    assert self._words[agent] != 0, "agents: not an agent"


@internal
def _remove(agent: address):
    self._words[agent] = 0
    log ISecurityToken.AgentRemoved(agent=agent)


@internal
@pure
def _left(word: uint256) -> (uint256, uint256):
    return word & _MAX_AMOUNT, word >> _UNTIL_SHIFT
