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

BLUEPRINT: public(immutable(address))
RULES_BLUEPRINT: public(immutable(address))
ASSET_REGISTRY: public(immutable(address))
UTC_OFFSET_MINUTES: public(immutable(int256))
NOTICE_DAYS: public(immutable(uint256))

# whether rules were written down here
is_rules: public(HashMap[address, bool])
# hash of the content -> where it is
_written: HashMap[bytes32, address]
splitter_of: public(HashMap[uint256, address])


@deploy
def __init__(
    authority: address,
    blueprint: address,
    rules_blueprint: address,
    asset_registry: address,
    utc_offset_minutes: int256,
    notice_days: uint256,
):
    """
    @param  blueprint           ERC-5202 blueprint of RevenueSplitter, with the usual three-byte
                                preamble.
    @param  rules_blueprint     The same of SplitterRules.
    @param  utc_offset_minutes  Local time less UTC, of all splitters.
    @param  notice_days         How many days ahead a splitter's rules are scheduled at least.
    """
    authorized.__init__(authority)
    self._check_blueprint(blueprint)
    self._check_blueprint(rules_blueprint)
    assert asset_registry.is_contract, "splitter_factory: no registry"
    BLUEPRINT = blueprint
    RULES_BLUEPRINT = rules_blueprint
    ASSET_REGISTRY = asset_registry
    UTC_OFFSET_MINUTES = utc_offset_minutes
    NOTICE_DAYS = notice_days


# --- anyone
@external
def create_rules(rules: IRevenueSplitter.Rules) -> address:
    """
    @notice Write rules down for good, to be read before a treasurer schedules them. They bind
            nobody until then. The same rules are written once.
    @return Where they are.
    @custom:reverts as SplitterRules
    """
    return self._create_rules(rules)


# --- ASSET_MANAGER_ROLE
@external
def create_splitter(
    asset_id: uint256, asset: address, rules: IRevenueSplitter.Rules
) -> address:
    """
    @notice Create the splitter of a registered asset; only the treasurer can change its rules.
    @param  asset  ERC-20 to split.
    @param  rules  In force at once; see SplitterRules.
    @custom:role ASSET_MANAGER_ROLE
    @custom:reverts "splitter_factory: has a splitter" | "nonfungible: unknown token"
        | as SplitterRules
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
        self,
        UTC_OFFSET_MINUTES,
        NOTICE_DAYS,
        self._create_rules(rules),
        code_offset=3,
        salt=convert(asset_id, bytes32),
    )
    self.splitter_of[asset_id] = splitter
    log ISplitterFactory.SplitterCreated(asset_id=asset_id, splitter=splitter, asset=asset)
    return splitter


# --- internal
@internal
def _create_rules(rules: IRevenueSplitter.Rules) -> address:
    content: bytes32 = keccak256(abi_encode(rules))
    written: address = self._written[content]
    if written != empty(address):
        return written
    created: address = create_from_blueprint(RULES_BLUEPRINT, rules, code_offset=3, salt=content)
    assert created.is_contract  # dev: a blueprint of code
    self._written[content] = created
    self.is_rules[created] = True
    log ISplitterFactory.RulesCreated(rules=created, content=rules)
    return created


@internal
@view
def _check_blueprint(blueprint: address):
    assert blueprint.is_contract, "splitter_factory: no blueprint"
    assert slice(blueprint.code, 0, 3) == x"FE7100", "splitter_factory: not a blueprint"
