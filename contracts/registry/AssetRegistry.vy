# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  AssetRegistry
@license AGPL-3.0-only
@notice Deeds (ERC-721) of what the city owns, one per parcel, with class, area and energy use.
@dev    Three keys for three acts: the asset manager registers, the council clerk records what
        the council resolved (classes, units, disposals), the token factory binds a token.
        A deed moves only to the receiver that a resolution names, and never while the asset has
        units (every asset with a token has) or its class is not tokenisable: administrative
        property is not for sale.
        Invariants: INV-DEED-1, INV-DEED-2, INV-DEED-3 (docs/invariants.md).
@custom:kill None: registration adds no obligation, and deeds move by resolution only.
"""

from ethereum.ercs import IERC165

from ..common import authorized
from ..common import nonfungible
from ..interfaces import IAssetRegistry

implements: IERC165
implements: IAssetRegistry

initializes: authorized
initializes: nonfungible

exports: (
    authorized.authority,
    # transfers are wrapped below; minting is registration
    nonfungible.name,
    nonfungible.symbol,
    nonfungible.balanceOf,
    nonfungible.ownerOf,
    nonfungible.approve,
    nonfungible.getApproved,
    nonfungible.setApprovalForAll,
    nonfungible.isApprovedForAll,
)

ASSET_MANAGER_ROLE: public(constant(bytes32)) = keccak256("ASSET_MANAGER_ROLE")
COUNCIL_CLERK_ROLE: public(constant(bytes32)) = keccak256("COUNCIL_CLERK_ROLE")
ESG_OFFICER_ROLE: public(constant(bytes32)) = keccak256("ESG_OFFICER_ROLE")
TOKEN_FACTORY_ROLE: public(constant(bytes32)) = keccak256("TOKEN_FACTORY_ROLE")

MAX_BATCH: constant(uint256) = 64
MAX_CLASSES: constant(uint256) = 32
# A security token's balance field holds 96 bits.
MAX_UNITS: public(constant(uint256)) = 2**96 - 1

_INTERFACES: constant(bytes4[3]) = [
    0x01FFC9A7,  # ERC-165
    0x80AC58CD,  # ERC-721
    0x5B5E139F,  # ERC-721 metadata
]

BASE_URI: immutable(String[80])

total_assets: public(uint256)
# keccak256 of the parcel key -> asset, 0 where the parcel is free
asset_of_parcel: public(HashMap[bytes32, uint256])
token_of: public(HashMap[uint256, address])
units_of: public(HashMap[uint256, uint256])
# asset -> receiver that a council resolution names
disposal_to: public(HashMap[uint256, address])
_parcel_key: HashMap[uint256, bytes32]
_document_hash: HashMap[uint256, bytes32]
_energy_kwh: HashMap[uint256, uint64]
_classes: DynArray[IAssetRegistry.PropertyClass, MAX_CLASSES]


@deploy
def __init__(
    authority: address,
    base_uri: String[80],
    classes: DynArray[IAssetRegistry.PropertyClass, MAX_CLASSES],
    resolution: bytes32,
):
    """
    @param  base_uri    `tokenURI` is this followed by the asset id.
    @param  classes     Property classes of the jurisdiction; a class id is its place in the list.
    @param  resolution  Hash of the document that adopts them.
    """
    authorized.__init__(authority)
    nonfungible.__init__("Civitas deed", "DEED")
    BASE_URI = base_uri
    assert len(classes) != 0, "asset_registry: no classes"
    for listed: IAssetRegistry.PropertyClass in classes:
        self._append_class(listed, resolution)


@external
@view
@reentrant
def supportsInterface(interface_id: bytes4) -> bool:
    """
    @notice ERC-165.
    """
    return interface_id in _INTERFACES


@external
@view
def tokenURI(asset_id: uint256) -> String[158]:
    """
    @notice Base URI followed by the asset id.
    """
    nonfungible._owner(asset_id)
    return concat(BASE_URI, uint2str(asset_id))


@external
@view
def asset(asset_id: uint256) -> IAssetRegistry.Asset:
    """
    @notice Everything registered of an asset.
    @custom:reverts "nonfungible: unknown token"
    """
    return IAssetRegistry.Asset(
        owner=nonfungible._owner(asset_id),
        parcel_key=self._parcel_key[asset_id],
        class_id=self._class_id(asset_id),
        area_dm2=self._area(asset_id),
        energy_kwh=self._energy_kwh[asset_id],
        document_hash=self._document_hash[asset_id],
        units=self.units_of[asset_id],
        token=self.token_of[asset_id],
    )


@external
@view
def property_class(class_id: uint8) -> IAssetRegistry.PropertyClass:
    """
    @notice A property class by its id.
    """
    return self._classes[class_id]


@external
@view
def class_of(asset_id: uint256) -> IAssetRegistry.PropertyClass:
    """
    @notice Property class of an asset.
    @custom:reverts "nonfungible: unknown token"
    """
    nonfungible._owner(asset_id)
    return self._classes[self._class_id(asset_id)]


@external
def transferFrom(sender: address, receiver: address, asset_id: uint256):
    """
    @notice Hand the deed to the receiver that the council's resolution names.
    @custom:reverts "nonfungible: not allowed" | "asset_registry: no resolution"
        | "asset_registry: asset has units" | "asset_registry: class not for sale"
    """
    nonfungible._check_allowed(msg.sender, asset_id)
    self._dispose(sender, receiver, asset_id)


@external
def safeTransferFrom(
    sender: address, receiver: address, asset_id: uint256, data: Bytes[1_024] = b""
):
    """
    @notice As `transferFrom`; a receiving contract must also accept the deed.
    """
    nonfungible._check_allowed(msg.sender, asset_id)
    self._dispose(sender, receiver, asset_id)
    nonfungible._check_receiver(sender, receiver, asset_id, data)


# --- ASSET_MANAGER_ROLE
@external
def register(
    holder: address, records: DynArray[IAssetRegistry.AssetRecord, MAX_BATCH]
) -> DynArray[uint256, MAX_BATCH]:
    """
    @notice Write a deed for each record, all or none.
    @param  holder   Owner of the deeds: the city.
    @param  records  At most 64; ids are given in their order.
    @return Asset ids, from 1 upwards.
    @custom:role ASSET_MANAGER_ROLE
    @custom:reverts "asset_registry: no parcel key" | "asset_registry: parcel has a deed"
        | "asset_registry: unknown class" | "asset_registry: no area"
    """
    authorized._check_role(ASSET_MANAGER_ROLE, msg.sender)
    ids: DynArray[uint256, MAX_BATCH] = []
    asset_id: uint256 = self.total_assets
    for record: IAssetRegistry.AssetRecord in records:
        asset_id += 1
        assert record.parcel_key != empty(bytes32), "asset_registry: no parcel key"
        assert self.asset_of_parcel[record.parcel_key] == 0, "asset_registry: parcel has a deed"
        assert convert(record.class_id, uint256) < len(self._classes), "asset_registry: unknown class"
        assert record.area_dm2 != 0, "asset_registry: no area"
        self.asset_of_parcel[record.parcel_key] = asset_id
        self._parcel_key[asset_id] = record.parcel_key
        self._document_hash[asset_id] = record.document_hash
        self._energy_kwh[asset_id] = record.energy_kwh
        nonfungible._mint(holder, asset_id, self._packed(record.class_id, record.area_dm2))
        log IAssetRegistry.AssetRegistered(
            asset_id=asset_id,
            parcel_key=record.parcel_key,
            class_id=record.class_id,
            area_dm2=record.area_dm2,
            energy_kwh=record.energy_kwh,
            document_hash=record.document_hash,
        )
        ids.append(asset_id)
    self.total_assets = asset_id
    return ids


# --- ESG_OFFICER_ROLE
@external
def set_energy_use(asset_id: uint256, energy_kwh: uint64, evidence_hash: bytes32):
    """
    @notice Record a new yearly energy use {kWh}, with the hash of its evidence.
    @custom:role ESG_OFFICER_ROLE
    @custom:reverts "asset_registry: no evidence" | "nonfungible: unknown token"
    """
    authorized._check_role(ESG_OFFICER_ROLE, msg.sender)
    assert evidence_hash != empty(bytes32), "asset_registry: no evidence"
    nonfungible._owner(asset_id)
    old_kwh: uint64 = self._energy_kwh[asset_id]
    self._energy_kwh[asset_id] = energy_kwh
    log IAssetRegistry.EnergyUseSet(
        asset_id=asset_id, old_kwh=old_kwh, new_kwh=energy_kwh, evidence_hash=evidence_hash
    )


# --- COUNCIL_CLERK_ROLE: each act carries the hash of the council's resolution
@external
def add_property_class(new_class: IAssetRegistry.PropertyClass, resolution: bytes32):
    """
    @notice Add a property class at the end of the list.
    @custom:role COUNCIL_CLERK_ROLE
    """
    authorized._check_role(COUNCIL_CLERK_ROLE, msg.sender)
    self._append_class(new_class, resolution)


@external
def reclassify(asset_id: uint256, new_class: uint8, resolution: bytes32):
    """
    @notice Move an asset to another class. An asset with units stays tokenisable; a class that is
            not for sale ends an approved disposal.
    @custom:role COUNCIL_CLERK_ROLE
    @custom:reverts "asset_registry: no resolution" | "asset_registry: unknown class"
        | "asset_registry: asset has units"
    """
    authorized._check_role(COUNCIL_CLERK_ROLE, msg.sender)
    assert resolution != empty(bytes32), "asset_registry: no resolution"
    assert convert(new_class, uint256) < len(self._classes), "asset_registry: unknown class"
    nonfungible._owner(asset_id)
    if not self._classes[new_class].is_tokenisable:
        assert self.units_of[asset_id] == 0, "asset_registry: asset has units"
        if self.disposal_to[asset_id] != empty(address):
            self._set_disposal(asset_id, empty(address), resolution)
    old_class: uint8 = self._class_id(asset_id)
    nonfungible._set_data(asset_id, self._packed(new_class, self._area(asset_id)))
    log IAssetRegistry.Reclassified(
        asset_id=asset_id, old_class=old_class, new_class=new_class, resolution=resolution
    )


@external
def register_units(asset_id: uint256, units: uint256, resolution: bytes32):
    """
    @notice Set how many security-token units the deed carries: the cap of the token's supply.
    @dev    Only upwards: units once registered may have been sold.
    @param  units  {unit} in the token's smallest unit; at most 2**96 - 1.
    @custom:role COUNCIL_CLERK_ROLE
    @custom:reverts "asset_registry: no resolution" | "asset_registry: class not for sale"
        | "asset_registry: units only grow" | "asset_registry: too many units"
    """
    authorized._check_role(COUNCIL_CLERK_ROLE, msg.sender)
    assert resolution != empty(bytes32), "asset_registry: no resolution"
    nonfungible._owner(asset_id)
    self._check_for_sale(asset_id)
    old_units: uint256 = self.units_of[asset_id]
    assert units > old_units, "asset_registry: units only grow"
    assert units <= MAX_UNITS, "asset_registry: too many units"
    self.units_of[asset_id] = units
    log IAssetRegistry.UnitsRegistered(
        asset_id=asset_id, old_units=old_units, new_units=units, resolution=resolution
    )


@external
def approve_disposal(asset_id: uint256, receiver: address, resolution: bytes32):
    """
    @notice Allow the deed to go to `receiver`; the zero address withdraws an earlier approval.
    @custom:role COUNCIL_CLERK_ROLE
    @custom:reverts "asset_registry: no resolution" | "asset_registry: class not for sale"
        | "asset_registry: asset has units"
    """
    authorized._check_role(COUNCIL_CLERK_ROLE, msg.sender)
    assert resolution != empty(bytes32), "asset_registry: no resolution"
    nonfungible._owner(asset_id)
    if receiver != empty(address):
        self._check_disposable(asset_id)
    self._set_disposal(asset_id, receiver, resolution)


# --- TOKEN_FACTORY_ROLE
@external
def bind_token(asset_id: uint256, token: address):
    """
    @notice Bind the asset's one security token, for ever.
    @custom:role TOKEN_FACTORY_ROLE
    @custom:reverts "asset_registry: no units" | "asset_registry: asset has a token"
    """
    authorized._check_role(TOKEN_FACTORY_ROLE, msg.sender)
    assert self.units_of[asset_id] != 0, "asset_registry: no units"
    assert self.token_of[asset_id] == empty(address), "asset_registry: asset has a token"
    self.token_of[asset_id] = token
    log IAssetRegistry.TokenBound(asset_id=asset_id, token=token)


# --- internal
@internal
def _append_class(new_class: IAssetRegistry.PropertyClass, resolution: bytes32):
    assert new_class.code != empty(bytes32), "asset_registry: class without code"
    assert resolution != empty(bytes32), "asset_registry: no resolution"
    class_id: uint8 = convert(len(self._classes), uint8)
    self._classes.append(new_class)
    log IAssetRegistry.PropertyClassSet(
        class_id=class_id,
        code=new_class.code,
        is_tokenisable=new_class.is_tokenisable,
        is_leasable=new_class.is_leasable,
        resolution=resolution,
    )


@internal
def _set_disposal(asset_id: uint256, receiver: address, resolution: bytes32):
    old_receiver: address = self.disposal_to[asset_id]
    self.disposal_to[asset_id] = receiver
    log IAssetRegistry.DisposalApproved(
        asset_id=asset_id,
        old_receiver=old_receiver,
        new_receiver=receiver,
        resolution=resolution,
    )


@internal
def _dispose(sender: address, receiver: address, asset_id: uint256):
    self._check_disposable(asset_id)
    approved: address = self.disposal_to[asset_id]
    assert approved != empty(address) and approved == receiver, "asset_registry: no resolution"
    self.disposal_to[asset_id] = empty(address)
    nonfungible._move(sender, receiver, asset_id)


@internal
@view
def _check_disposable(asset_id: uint256):
    self._check_for_sale(asset_id)
    assert self.units_of[asset_id] == 0, "asset_registry: asset has units"


@internal
@view
def _check_for_sale(asset_id: uint256):
    listed: IAssetRegistry.PropertyClass = self._classes[self._class_id(asset_id)]
    assert listed.is_tokenisable, "asset_registry: class not for sale"


@internal
@pure
def _packed(class_id: uint8, area_dm2: uint64) -> uint256:
    """
    @notice The 96 bits beside the owner: area in the low 64, class above.
    """
    return (convert(class_id, uint256) << 64) | convert(area_dm2, uint256)


@internal
@view
def _class_id(asset_id: uint256) -> uint8:
    return convert(nonfungible._data(asset_id) >> 64, uint8)


@internal
@view
def _area(asset_id: uint256) -> uint64:
    return convert(nonfungible._data(asset_id) & (2**64 - 1), uint64)
