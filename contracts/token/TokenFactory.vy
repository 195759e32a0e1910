# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  TokenFactory
@license AGPL-3.0-only
@notice Creates an asset's security token from the blueprint and binds it to the deed.
@dev    The blueprint (ERC-5202) is fixed: every token of this factory has the same code, and a
        new version of the token is a new factory in the directory (docs/adr/0002).
        The address follows from the asset id and the arguments (CREATE2).
@custom:kill Revoke TOKEN_FACTORY_ROLE from this contract: no token can be bound any more.
"""

from ..common import authorized
from ..interfaces import IAssetRegistry
from ..interfaces import ITokenFactory

implements: ITokenFactory

initializes: authorized

exports: authorized.authority

ASSET_MANAGER_ROLE: public(constant(bytes32)) = keccak256("ASSET_MANAGER_ROLE")

BLUEPRINT: public(immutable(address))
ASSET_REGISTRY: public(immutable(address))
IDENTITY_REGISTRY: public(immutable(address))
ENFORCEMENT: public(immutable(address))
EXTENSION: public(immutable(address))

is_token: public(HashMap[address, bool])


@deploy
def __init__(
    authority: address,
    blueprint: address,
    asset_registry: address,
    identity_registry: address,
    enforcement: address,
    extension: address,
):
    """
    @param  blueprint  ERC-5202 blueprint of SecurityToken, with the usual three-byte preamble.
    """
    authorized.__init__(authority)
    assert blueprint.is_contract, "token_factory: no blueprint"
    assert slice(blueprint.code, 0, 3) == x"FE7100", "token_factory: not a blueprint"
    assert asset_registry.is_contract, "token_factory: no registry"
    assert identity_registry.is_contract, "token_factory: no registry"
    assert enforcement.is_contract, "token_factory: no enforcement"
    assert extension.is_contract, "token_factory: no extension"
    BLUEPRINT = blueprint
    ASSET_REGISTRY = asset_registry
    IDENTITY_REGISTRY = identity_registry
    ENFORCEMENT = enforcement
    EXTENSION = extension


# --- ASSET_MANAGER_ROLE
@external
def create_token(
    asset_id: uint256,
    name: String[50],
    symbol: String[20],
    decimals: uint8,
    payment_token: address,
) -> address:
    """
    @notice Create the security token of an asset whose units the council has registered.
    @param  payment_token  ERC-20 in which the token will pay income; see docs/limits.md.
    @return Address of the token; its supply is 0.
    @custom:role ASSET_MANAGER_ROLE
    @custom:reverts "asset_registry: no units" | "asset_registry: asset has a token"
        | "settings: too many decimals" | "security_token: no payment token"
    """
    authorized._check_role(ASSET_MANAGER_ROLE, msg.sender)
    token: address = create_from_blueprint(
        BLUEPRINT,
        authorized._AUTHORITY.address,
        ASSET_REGISTRY,
        IDENTITY_REGISTRY,
        ENFORCEMENT,
        EXTENSION,
        asset_id,
        name,
        symbol,
        decimals,
        payment_token,
        code_offset=3,
        salt=convert(asset_id, bytes32),
    )
    self.is_token[token] = True
    log ITokenFactory.TokenCreated(
        asset_id=asset_id, token=token, payment_token=payment_token, decimals=decimals
    )
    # Refuses an asset without units, and a second token.
    extcall IAssetRegistry(ASSET_REGISTRY).bind_token(asset_id, token)
    return token
