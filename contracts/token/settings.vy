# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  settings
@license AGPL-3.0-only
@notice What a token says of itself, and whom it asks: the settings of ERC-3643, which the council
        alone changes.
@custom:source ERC-3643
"""

from ..common import authorized
from ..interfaces import ISecurityToken
from . import agents
from . import holdings
from . import moves

uses: authorized
uses: holdings
uses: moves

_VERSION: constant(String[5]) = "2.0.0"

_DECIMALS: immutable(uint8)

name: public(reentrant(String[50]))
symbol: public(reentrant(String[20]))
onchainID: public(reentrant(address))
# who pays income out, after withholding; zero where the token pays by itself
income_desk: public(reentrant(address))


@deploy
def __init__(token_name: String[50], token_symbol: String[20], decimals_: uint8):
    assert decimals_ <= 18, "settings: too many decimals"
    _DECIMALS = decimals_
    self.name = token_name
    self.symbol = token_symbol


@external
@view
@reentrant
def decimals() -> uint8:
    """
    @notice Decimals of a unit.
    """
    return _DECIMALS


# --- DEFAULT_ADMIN_ROLE
@external
def setName(new_name: String[50]):
    """
    @notice Rename the token (ERC-3643). Signatures go on naming its first name.
    @custom:role DEFAULT_ADMIN_ROLE
    """
    authorized._check_role(agents.DEFAULT_ADMIN_ROLE, msg.sender)
    self.name = new_name
    self._log_information()


@external
def setSymbol(new_symbol: String[20]):
    """
    @notice Change the symbol (ERC-3643).
    @custom:role DEFAULT_ADMIN_ROLE
    """
    authorized._check_role(agents.DEFAULT_ADMIN_ROLE, msg.sender)
    self.symbol = new_symbol
    self._log_information()


@external
def setOnchainID(new_id: address):
    """
    @notice Set the identity of the token itself (ERC-3643).
    @custom:role DEFAULT_ADMIN_ROLE
    """
    authorized._check_role(agents.DEFAULT_ADMIN_ROLE, msg.sender)
    self.onchainID = new_id
    self._log_information()


@external
def setIdentityRegistry(registry: address):
    """
    @notice Ask another registry who may hold units (ERC-3643).
    @custom:role DEFAULT_ADMIN_ROLE
    @custom:reverts "settings: no registry"
    """
    authorized._check_role(agents.DEFAULT_ADMIN_ROLE, msg.sender)
    assert registry.is_contract, "settings: no registry"
    holdings._common = (holdings._common & ~holdings.ADDRESS) | convert(registry, uint256)
    log ISecurityToken.IdentityRegistryAdded(identity_registry=registry)


@external
def setCompliance(new_compliance: address):
    """
    @notice Let another contract's rules hold besides the token's own; the zero address ends them
            (ERC-3643).
    @custom:role DEFAULT_ADMIN_ROLE
    @custom:reverts as `bindToken` and `unbindToken` of the contracts
    """
    authorized._check_role(agents.DEFAULT_ADMIN_ROLE, msg.sender)
    moves._set_compliance(new_compliance)


@external
def set_income_desk(new_desk: address):
    """
    @notice Pay income out through a desk that withholds taxes; the zero address ends it.
    @custom:role DEFAULT_ADMIN_ROLE
    @custom:reverts "settings: no desk"
    """
    authorized._check_role(agents.DEFAULT_ADMIN_ROLE, msg.sender)
    assert new_desk == empty(address) or new_desk.is_contract, "settings: no desk"
    old_desk: address = self.income_desk
    self.income_desk = new_desk
    log ISecurityToken.IncomeDeskSet(old_desk=old_desk, new_desk=new_desk)


# --- internal
@internal
def _log_information():
    log ISecurityToken.UpdatedTokenInformation(
        name=self.name,
        symbol=self.symbol,
        decimals=_DECIMALS,
        version=_VERSION,
        onchain_id=self.onchainID,
    )
