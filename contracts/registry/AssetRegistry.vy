# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  AssetRegistry
@license AGPL-3.0-only
@notice Deeds (ERC-721) of what the city owns, one per parcel, with class, area and energy use.
@dev    Each duty has its key: the asset manager registers, the council clerk records what the
        council resolved (classes, units, disposals, splits, mergers), the compliance officer files
        proofs, the registrar attests quantities, the token factory binds a token, the lease
        contract says how long an asset is let.
        A deed moves only to the receiver that a resolution names, and never while the asset has
        units (every asset with a token has) or its class is not tokenisable: administrative
        property is not for sale. Retirement is a disposal to nobody, so it too takes the clerk's
        key and the owner's. A parcel that is let or has units is neither split nor merged: the
        lease and the units name this deed.
        Invariants: INV-DEED-1 to INV-DEED-6 (docs/invariants.md).
@custom:kill None: registration adds no obligation, and deeds move by resolution only.
"""

from ethereum.ercs import IERC165

from ..common import authorized
from ..common import nonfungible
from ..interfaces import IAssetRegistry
from . import deed_documents
from . import deed_proofs

implements: IERC165
implements: IAssetRegistry

initializes: authorized
initializes: nonfungible
initializes: deed_documents
initializes: deed_proofs

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
COMPLIANCE_OFFICER_ROLE: public(constant(bytes32)) = keccak256("COMPLIANCE_OFFICER_ROLE")
REGISTRAR_ROLE: public(constant(bytes32)) = keccak256("REGISTRAR_ROLE")
TOKEN_FACTORY_ROLE: public(constant(bytes32)) = keccak256("TOKEN_FACTORY_ROLE")
LEASE_ROLE: public(constant(bytes32)) = keccak256("LEASE_ROLE")

MAX_BATCH: constant(uint256) = 64
MAX_PARTS: constant(uint256) = 16
MAX_CLASSES: constant(uint256) = 32
# A security token's balance field holds 96 bits.
MAX_UNITS: public(constant(uint256)) = 2**96 - 1

_INTERFACES: constant(bytes4[4]) = [
    0x01FFC9A7,  # ERC-165
    0x80AC58CD,  # ERC-721
    0x5B5E139F,  # ERC-721 metadata
    0x49064906,  # ERC-4906
]

_DISPUTED: constant(uint256) = 2**96


interface IToken:
    def totalSupply() -> uint256: view


struct Disposal:
    receiver: address
    resolution: bytes32
    document_hash: bytes32


BASE_URI: immutable(String[80])

total_assets: public(uint256)
# keccak256 of the parcel key -> asset, 0 where the parcel is free
asset_of_parcel: public(HashMap[bytes32, uint256])
token_of: public(HashMap[uint256, address])
# asset -> first second {s} in which it is not let
let_until: public(HashMap[uint256, uint64])
# asset -> registered units in the low 96 bits, above them whether the quantity is disputed
_issue: HashMap[uint256, uint256]
_disposal: HashMap[uint256, Disposal]
_parcel_key: HashMap[uint256, bytes32]
_document_hash: HashMap[uint256, bytes32]
# asset -> {kWh} in the low 64 bits, book value above
_figures: HashMap[uint256, uint256]
_classes: DynArray[IAssetRegistry.PropertyClass, MAX_CLASSES]


@deploy
def __init__(
    authority: address,
    base_uri: String[80],
    classes: DynArray[IAssetRegistry.PropertyClass, MAX_CLASSES],
    required_proofs: uint256,
    resolution: bytes32,
):
    """
    @param  base_uri         `tokenURI` is this followed by the asset id.
    @param  classes          Property classes of the jurisdiction; a class id is its place in the list.
    @param  required_proofs  Kinds of proof that an offering needs, as bits.
    @param  resolution       Hash of the document that adopts both.
    """
    authorized.__init__(authority)
    nonfungible.__init__("Civitas deed", "DEED")
    deed_proofs.__init__(required_proofs, resolution)
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
    return self._uri(asset_id)


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
        energy_kwh=self._energy(asset_id),
        document_hash=self._document_hash[asset_id],
        units=self._units(asset_id),
        token=self.token_of[asset_id],
        book_value=self._book_value(asset_id),
    )


@external
@view
def units_of(asset_id: uint256) -> uint256:
    """
    @notice {unit} Security-token units registered on the deed; 0 where none.
    """
    return self._units(asset_id)


@external
@view
def issuable_units(asset_id: uint256) -> uint256:
    """
    @notice {unit} Up to which the supply may grow now: the registered units, or 0 while a required
            proof has lapsed or the registrar disputes the quantity.
    """
    word: uint256 = self._issue[asset_id]
    if word >= _DISPUTED or deed_proofs._lapsed(asset_id) != 0:
        return 0
    return word


@external
@view
def is_disputed(asset_id: uint256) -> bool:
    """
    @notice Whether the registrar's last attestation differed from the supply.
    """
    return self._issue[asset_id] >= _DISPUTED


@external
@view
def disposal_to(asset_id: uint256) -> address:
    """
    @notice Receiver that a resolution names: the registry itself for retirement, zero where none.
    """
    return self._disposal[asset_id].receiver


@external
@view
def required_proofs() -> uint256:
    """
    @notice Kinds of proof that an offering needs, as bits: 1 title, 2 liens, 4 insurance, 8 taxes.
    """
    return deed_proofs._required


@external
@view
def proofs_of(asset_id: uint256) -> uint64[4]:
    """
    @notice Last second {s} of each kind of proof; 0 where there is none.
    """
    return deed_proofs._dates(asset_id)


@external
@view
def lapsed_proofs(asset_id: uint256) -> uint256:
    """
    @notice Required kinds, as bits, that are missing or have lapsed. Not 0 blocks any issue.
    """
    return deed_proofs._lapsed(asset_id)


@external
@view
def getDocument(asset_id: uint256, name: bytes32) -> (String[158], bytes32, uint256):
    """
    @notice A deed's document in the form of ERC-1643: where its address is found, hash, date {s}.
    @dev    The deed's metadata lists the addresses; no text is kept here. Zero hash where none.
    @custom:reverts "nonfungible: unknown token"
    """
    document: IAssetRegistry.Document = deed_documents._documents[asset_id][name]
    return self._uri(asset_id), document.document_hash, document.set_at


@external
@view
def getAllDocuments(asset_id: uint256) -> DynArray[bytes32, deed_documents.MAX_DOCUMENTS]:
    """
    @notice Names of a deed's documents (ERC-1643).
    """
    return deed_documents._names[asset_id]


@external
@view
def document_version(asset_id: uint256, name: bytes32) -> uint256:
    """
    @notice How often a document was set under this name, removals not counted.
    """
    return deed_documents._documents[asset_id][name].version


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


@external
def retire(asset_id: uint256):
    """
    @notice End a deed whose retirement the council has approved. Its parcel may get a new one.
    @custom:reverts "nonfungible: not allowed" | "asset_registry: no resolution"
        | "asset_registry: asset has units" | "asset_registry: class not for sale"
        | "asset_registry: asset is let"
    """
    nonfungible._check_allowed(msg.sender, asset_id)
    self._check_free(asset_id)
    disposal: Disposal = self._taken_disposal(asset_id, self)
    log IAssetRegistry.Disposed(
        asset_id=asset_id,
        old_owner=nonfungible._owner(asset_id),
        new_owner=empty(address),
        caller=msg.sender,
        parcel_key=self._parcel_key[asset_id],
        area_dm2=self._area(asset_id),
        book_value=self._book_value(asset_id),
        resolution=disposal.resolution,
        document_hash=disposal.document_hash,
    )
    self._end_deed(asset_id)


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
    for record: IAssetRegistry.AssetRecord in records:
        asset_id: uint256 = self._write_deed(holder, record)
        ids.append(asset_id)
    return ids


@external
def setDocument(asset_id: uint256, name: bytes32, document_hash: bytes32):
    """
    @notice Set a deed's document by its name, such as "SURVEY", and its hash.
    @custom:role ASSET_MANAGER_ROLE
    @custom:reverts "nonfungible: unknown token" | "deed_documents: no name"
        | "deed_documents: no hash" | "deed_documents: too many"
    """
    authorized._check_role(ASSET_MANAGER_ROLE, msg.sender)
    nonfungible._owner(asset_id)
    deed_documents._set(asset_id, name, document_hash)
    log IAssetRegistry.MetadataUpdate(token_id=asset_id)


@external
def removeDocument(asset_id: uint256, name: bytes32):
    """
    @notice Withdraw a deed's document. Its versions stay counted.
    @custom:role ASSET_MANAGER_ROLE
    @custom:reverts "nonfungible: unknown token" | "deed_documents: unknown name"
    """
    authorized._check_role(ASSET_MANAGER_ROLE, msg.sender)
    nonfungible._owner(asset_id)
    deed_documents._remove(asset_id, name)
    log IAssetRegistry.MetadataUpdate(token_id=asset_id)


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
    old_kwh: uint64 = self._energy(asset_id)
    self._set_figures(asset_id, energy_kwh, self._book_value(asset_id))
    log IAssetRegistry.EnergyUseSet(
        asset_id=asset_id, old_kwh=old_kwh, new_kwh=energy_kwh, evidence_hash=evidence_hash
    )
    log IAssetRegistry.MetadataUpdate(token_id=asset_id)


# --- COMPLIANCE_OFFICER_ROLE: not the asset manager, whose issues the proofs allow
@external
def file_proofs(filings: DynArray[IAssetRegistry.ProofFiling, MAX_BATCH]):
    """
    @notice File, renew or withdraw proofs, all or none.
    @custom:role COMPLIANCE_OFFICER_ROLE
    @custom:reverts "nonfungible: unknown token" | "deed_proofs: unknown kind"
        | "deed_proofs: no document" | "deed_proofs: already lapsed"
    """
    authorized._check_role(COMPLIANCE_OFFICER_ROLE, msg.sender)
    for filing: IAssetRegistry.ProofFiling in filings:
        nonfungible._owner(filing.asset_id)
        deed_proofs._file(filing)


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
def set_required_proofs(required: uint256, resolution: bytes32):
    """
    @notice Decide which kinds of proof an offering needs, as bits.
    @custom:role COUNCIL_CLERK_ROLE
    @custom:reverts "deed_proofs: unknown kind" | "deed_proofs: no resolution"
    """
    authorized._check_role(COUNCIL_CLERK_ROLE, msg.sender)
    deed_proofs._require(required, resolution)


@external
def reclassify(asset_id: uint256, new_class: uint8, resolution: bytes32, document_hash: bytes32):
    """
    @notice Move an asset to another class. An asset with units stays tokenisable; a class that is
            not for sale ends an approved disposal.
    @param  resolution     Id of the council's resolution.
    @param  document_hash  Hash of its text.
    @custom:role COUNCIL_CLERK_ROLE
    @custom:reverts "asset_registry: no resolution" | "asset_registry: no document"
        | "asset_registry: unknown class" | "asset_registry: asset has units"
    """
    authorized._check_role(COUNCIL_CLERK_ROLE, msg.sender)
    self._check_resolved(resolution, document_hash)
    assert convert(new_class, uint256) < len(self._classes), "asset_registry: unknown class"
    nonfungible._owner(asset_id)
    if not self._classes[new_class].is_tokenisable:
        self._check_without_units(asset_id)
        if self._disposal[asset_id].receiver != empty(address):
            self._set_disposal(asset_id, empty(address), resolution, document_hash)
    old_class: uint8 = self._class_id(asset_id)
    nonfungible._set_data(asset_id, self._packed(new_class, self._area(asset_id)))
    log IAssetRegistry.Reclassified(
        asset_id=asset_id,
        old_class=old_class,
        new_class=new_class,
        resolution=resolution,
        document_hash=document_hash,
        clerk=msg.sender,
    )
    log IAssetRegistry.MetadataUpdate(token_id=asset_id)


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
    old_units: uint256 = self._units(asset_id)
    assert units > old_units, "asset_registry: units only grow"
    assert units <= MAX_UNITS, "asset_registry: too many units"
    self._issue[asset_id] = self._issue[asset_id] - old_units + units
    log IAssetRegistry.UnitsRegistered(
        asset_id=asset_id, old_units=old_units, new_units=units, resolution=resolution
    )


@external
def approve_disposal(
    asset_id: uint256, receiver: address, resolution: bytes32, document_hash: bytes32
):
    """
    @notice Allow the deed to go to `receiver`. The zero address withdraws an earlier approval, this
            contract's own stands for retirement.
    @param  resolution     Id of the council's resolution.
    @param  document_hash  Hash of its text.
    @custom:role COUNCIL_CLERK_ROLE
    @custom:reverts "asset_registry: no resolution" | "asset_registry: no document"
        | "asset_registry: class not for sale" | "asset_registry: asset has units"
    """
    authorized._check_role(COUNCIL_CLERK_ROLE, msg.sender)
    self._check_resolved(resolution, document_hash)
    nonfungible._owner(asset_id)
    if receiver != empty(address):
        self._check_disposable(asset_id)
    self._set_disposal(asset_id, receiver, resolution, document_hash)


@external
def split(
    asset_id: uint256,
    parts: DynArray[IAssetRegistry.AssetRecord, MAX_PARTS],
    resolution: bytes32,
    document_hash: bytes32,
) -> DynArray[uint256, MAX_PARTS]:
    """
    @notice Replace a deed by those of its parts, of the same owner and class. Area and book value
            of the parts sum to the parcel's, to the unit. One part may keep the parcel key.
    @param  parts  2 to 16.
    @return Ids of the parts, in their order.
    @custom:role COUNCIL_CLERK_ROLE
    @custom:reverts "asset_registry: no resolution" | "asset_registry: no document"
        | "asset_registry: too few parcels" | "asset_registry: asset has units"
        | "asset_registry: asset is let" | "asset_registry: disposal is open"
        | "asset_registry: class differs" | "asset_registry: area differs"
        | "asset_registry: book value differs" | as `register`
    """
    authorized._check_role(COUNCIL_CLERK_ROLE, msg.sender)
    self._check_resolved(resolution, document_hash)
    assert len(parts) >= 2, "asset_registry: too few parcels"
    owner: address = nonfungible._owner(asset_id)
    self._check_divisible(asset_id)
    class_id: uint8 = self._class_id(asset_id)
    area: uint256 = convert(self._area(asset_id), uint256)
    book_value: uint256 = convert(self._book_value(asset_id), uint256)
    self._end_deed(asset_id)
    ids: DynArray[uint256, MAX_PARTS] = []
    area_of_parts: uint256 = 0
    value_of_parts: uint256 = 0
    for part: IAssetRegistry.AssetRecord in parts:
        assert part.class_id == class_id, "asset_registry: class differs"
        area_of_parts += convert(part.area_dm2, uint256)
        value_of_parts += convert(part.book_value, uint256)
        part_id: uint256 = self._write_deed(owner, part)
        ids.append(part_id)
    assert area_of_parts == area, "asset_registry: area differs"
    assert value_of_parts == book_value, "asset_registry: book value differs"
    log IAssetRegistry.ParcelSplit(
        asset_id=asset_id,
        first_id=ids[0],
        parts=len(parts),
        area_dm2=convert(area, uint64),
        book_value=convert(book_value, uint128),
        resolution=resolution,
        document_hash=document_hash,
        clerk=msg.sender,
    )
    return ids


@external
def merge(
    asset_ids: DynArray[uint256, MAX_PARTS],
    merged: IAssetRegistry.AssetRecord,
    resolution: bytes32,
    document_hash: bytes32,
) -> uint256:
    """
    @notice Replace deeds of one owner and one class by a single one, whose area and book value are
            their sums, to the unit. It may keep the key of one of the parcels.
    @param  asset_ids  2 to 16, each once.
    @return Id of the new deed.
    @custom:role COUNCIL_CLERK_ROLE
    @custom:reverts "nonfungible: unknown token" | "asset_registry: owner differs" | as `split`
    """
    authorized._check_role(COUNCIL_CLERK_ROLE, msg.sender)
    self._check_resolved(resolution, document_hash)
    assert len(asset_ids) >= 2, "asset_registry: too few parcels"
    owner: address = nonfungible._owner(asset_ids[0])
    area: uint256 = 0
    book_value: uint256 = 0
    for asset_id: uint256 in asset_ids:
        # An id that comes twice is unknown the second time.
        assert nonfungible._owner(asset_id) == owner, "asset_registry: owner differs"
        assert self._class_id(asset_id) == merged.class_id, "asset_registry: class differs"
        self._check_divisible(asset_id)
        area += convert(self._area(asset_id), uint256)
        book_value += convert(self._book_value(asset_id), uint256)
        self._end_deed(asset_id)
    assert convert(merged.area_dm2, uint256) == area, "asset_registry: area differs"
    assert convert(merged.book_value, uint256) == book_value, "asset_registry: book value differs"
    merged_id: uint256 = self._write_deed(owner, merged)
    log IAssetRegistry.ParcelsMerged(
        merged_id=merged_id,
        asset_ids=asset_ids,
        area_dm2=merged.area_dm2,
        book_value=merged.book_value,
        resolution=resolution,
        document_hash=document_hash,
        clerk=msg.sender,
    )
    return merged_id


# --- REGISTRAR_ROLE
@external
def attest(asset_id: uint256, quantity: uint256, document_hash: bytes32):
    """
    @notice Say how many units of the asset's token there are by the registrar's own books. Another
            number than the supply stops every issue until an attestation agrees.
    @param  quantity  {unit}
    @custom:role REGISTRAR_ROLE
    @custom:reverts "asset_registry: no token" | "asset_registry: no document"
    """
    authorized._check_role(REGISTRAR_ROLE, msg.sender)
    token: address = self.token_of[asset_id]
    assert token != empty(address), "asset_registry: no token"
    assert document_hash != empty(bytes32), "asset_registry: no document"
    supply: uint256 = staticcall IToken(token).totalSupply()
    was_disputed: bool = self._issue[asset_id] >= _DISPUTED
    is_disputed: bool = quantity != supply
    if is_disputed:
        self._issue[asset_id] = self._units(asset_id) + _DISPUTED
    else:
        self._issue[asset_id] = self._units(asset_id)
    log IAssetRegistry.QuantityAttested(
        asset_id=asset_id,
        registrar=msg.sender,
        quantity=quantity,
        supply=supply,
        was_disputed=was_disputed,
        is_disputed=is_disputed,
        document_hash=document_hash,
    )


# --- TOKEN_FACTORY_ROLE
@external
def bind_token(asset_id: uint256, token: address):
    """
    @notice Bind the asset's one security token, for ever.
    @custom:role TOKEN_FACTORY_ROLE
    @custom:reverts "asset_registry: no units" | "asset_registry: asset has a token"
        | "asset_registry: proof lapsed"
    """
    authorized._check_role(TOKEN_FACTORY_ROLE, msg.sender)
    assert self._units(asset_id) != 0, "asset_registry: no units"
    assert self.token_of[asset_id] == empty(address), "asset_registry: asset has a token"
    assert deed_proofs._lapsed(asset_id) == 0, "asset_registry: proof lapsed"
    self.token_of[asset_id] = token
    log IAssetRegistry.TokenBound(asset_id=asset_id, token=token)


# --- LEASE_ROLE
@external
def set_let_until(asset_id: uint256, until: uint64):
    """
    @notice Say until when {s} an asset is let, in place of what was said before.
    @custom:role LEASE_ROLE
    @custom:reverts "nonfungible: unknown token"
    """
    authorized._check_role(LEASE_ROLE, msg.sender)
    nonfungible._owner(asset_id)
    old_until: uint64 = self.let_until[asset_id]
    self.let_until[asset_id] = until
    log IAssetRegistry.LetUntilSet(asset_id=asset_id, old_until=old_until, new_until=until)


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
def _write_deed(holder: address, record: IAssetRegistry.AssetRecord) -> uint256:
    asset_id: uint256 = self.total_assets + 1
    assert record.parcel_key != empty(bytes32), "asset_registry: no parcel key"
    assert self.asset_of_parcel[record.parcel_key] == 0, "asset_registry: parcel has a deed"
    assert convert(record.class_id, uint256) < len(self._classes), "asset_registry: unknown class"
    assert record.area_dm2 != 0, "asset_registry: no area"
    self.total_assets = asset_id
    self.asset_of_parcel[record.parcel_key] = asset_id
    self._parcel_key[asset_id] = record.parcel_key
    self._document_hash[asset_id] = record.document_hash
    self._set_figures(asset_id, record.energy_kwh, record.book_value)
    nonfungible._mint(holder, asset_id, self._packed(record.class_id, record.area_dm2))
    log IAssetRegistry.AssetRegistered(
        asset_id=asset_id,
        parcel_key=record.parcel_key,
        class_id=record.class_id,
        area_dm2=record.area_dm2,
        energy_kwh=record.energy_kwh,
        document_hash=record.document_hash,
        book_value=record.book_value,
    )
    return asset_id


@internal
def _end_deed(asset_id: uint256):
    """
    @notice Take a deed off the register and free its parcel key.
    """
    self.asset_of_parcel[self._parcel_key[asset_id]] = 0
    self._parcel_key[asset_id] = empty(bytes32)
    self._document_hash[asset_id] = empty(bytes32)
    self._figures[asset_id] = 0
    nonfungible._burn(asset_id)


@internal
def _set_disposal(
    asset_id: uint256, receiver: address, resolution: bytes32, document_hash: bytes32
):
    old_receiver: address = self._disposal[asset_id].receiver
    if receiver == empty(address):
        self._disposal[asset_id] = empty(Disposal)
    else:
        self._disposal[asset_id] = Disposal(
            receiver=receiver, resolution=resolution, document_hash=document_hash
        )
    log IAssetRegistry.DisposalApproved(
        asset_id=asset_id,
        old_receiver=old_receiver,
        new_receiver=receiver,
        resolution=resolution,
        document_hash=document_hash,
        clerk=msg.sender,
    )


@internal
def _dispose(sender: address, receiver: address, asset_id: uint256):
    # To this contract means retirement, which is another act.
    assert receiver != self, "asset_registry: no resolution"
    disposal: Disposal = self._taken_disposal(asset_id, receiver)
    log IAssetRegistry.Disposed(
        asset_id=asset_id,
        old_owner=sender,
        new_owner=receiver,
        caller=msg.sender,
        parcel_key=self._parcel_key[asset_id],
        area_dm2=self._area(asset_id),
        book_value=self._book_value(asset_id),
        resolution=disposal.resolution,
        document_hash=disposal.document_hash,
    )
    nonfungible._move(sender, receiver, asset_id)


@internal
def _taken_disposal(asset_id: uint256, receiver: address) -> Disposal:
    """
    @notice The approval for `receiver`, which is thereby used up.
    """
    self._check_disposable(asset_id)
    disposal: Disposal = self._disposal[asset_id]
    approved: address = disposal.receiver
    assert approved != empty(address) and approved == receiver, "asset_registry: no resolution"
    self._disposal[asset_id] = empty(Disposal)
    return disposal


@internal
@pure
def _check_resolved(resolution: bytes32, document_hash: bytes32):
    assert resolution != empty(bytes32), "asset_registry: no resolution"
    assert document_hash != empty(bytes32), "asset_registry: no document"


@internal
@view
def _check_disposable(asset_id: uint256):
    self._check_for_sale(asset_id)
    self._check_without_units(asset_id)


@internal
@view
def _check_divisible(asset_id: uint256):
    self._check_without_units(asset_id)
    self._check_free(asset_id)
    assert self._disposal[asset_id].receiver == empty(address), "asset_registry: disposal is open"


@internal
@view
def _check_without_units(asset_id: uint256):
    assert self._units(asset_id) == 0, "asset_registry: asset has units"


@internal
@view
def _check_free(asset_id: uint256):
    let_until: uint256 = convert(self.let_until[asset_id], uint256)
    assert block.timestamp >= let_until, "asset_registry: asset is let"


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


@internal
@view
def _units(asset_id: uint256) -> uint256:
    return self._issue[asset_id] & MAX_UNITS


@internal
@view
def _energy(asset_id: uint256) -> uint64:
    return convert(self._figures[asset_id] & (2**64 - 1), uint64)


@internal
@view
def _book_value(asset_id: uint256) -> uint128:
    return convert(self._figures[asset_id] >> 64, uint128)


@internal
def _set_figures(asset_id: uint256, energy_kwh: uint64, book_value: uint128):
    self._figures[asset_id] = (convert(book_value, uint256) << 64) | convert(energy_kwh, uint256)


@internal
@view
def _uri(asset_id: uint256) -> String[158]:
    nonfungible._owner(asset_id)
    return concat(BASE_URI, uint2str(asset_id))
