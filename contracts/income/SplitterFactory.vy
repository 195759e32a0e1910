# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  SplitterFactory
@license AGPL-3.0-only
@notice Creates an asset's revenue splitter from the blueprint and remembers it.
@dev    Leases pay only into splitters of this factory, so rent can't be led elsewhere by an
        address in a form.
@custom:kill None: revoke ASSET_MANAGER_ROLE to stop new splitters.
"""

from ethereum.ercs import IERC721

from ..common import authorized
from ..interfaces import IRevenueSplitter
from ..interfaces import ISplitterFactory

implements: ISplitterFactory

initializes: authorized

exports: authorized.authority

ASSET_MANAGER_ROLE: public(constant(bytes32)) = keccak256("ASSET_MANAGER_ROLE")
MAX_PAYEES: constant(uint256) = 20

BLUEPRINT: public(immutable(address))
ASSET_REGISTRY: public(immutable(address))

splitter_of: public(HashMap[uint256, address])


@deploy
def __init__(authority: address, blueprint: address, asset_registry: address):
    """
    @param  blueprint  ERC-5202 blueprint of RevenueSplitter, with the usual three-byte preamble.
    """
    authorized.__init__(authority)
    assert blueprint.is_contract, "splitter_factory: no blueprint"
    assert slice(blueprint.code, 0, 3) == x"FE7100", "splitter_factory: not a blueprint"
    assert asset_registry.is_contract, "splitter_factory: no registry"
    BLUEPRINT = blueprint
    ASSET_REGISTRY = asset_registry


# --- ASSET_MANAGER_ROLE
@external
def create_splitter(
    asset_id: uint256, asset: address, payees: DynArray[IRevenueSplitter.Payee, MAX_PAYEES]
) -> address:
    """
    @notice Create the splitter of a registered asset; only the treasurer can change its table.
    @param  asset   ERC-20 to split.
    @param  payees  First table; see RevenueSplitter.set_payees.
    @custom:role ASSET_MANAGER_ROLE
    @custom:reverts "splitter_factory: has a splitter" | "nonfungible: unknown token"
        | as RevenueSplitter.set_payees
    """
    authorized._check_role(ASSET_MANAGER_ROLE, msg.sender)
    assert self.splitter_of[asset_id] == empty(address), "splitter_factory: has a splitter"
    # Reverts on an asset that is not registered.
    owner: address = staticcall IERC721(ASSET_REGISTRY).ownerOf(asset_id)
    assert owner != empty(address)  # dev: ERC-721 never returns zero
    splitter: address = create_from_blueprint(
        BLUEPRINT,
        authorized._AUTHORITY.address,
        asset_id,
        asset,
        payees,
        code_offset=3,
        salt=convert(asset_id, bytes32),
    )
    self.splitter_of[asset_id] = splitter
    log ISplitterFactory.SplitterCreated(asset_id=asset_id, splitter=splitter, asset=asset)
    return splitter
