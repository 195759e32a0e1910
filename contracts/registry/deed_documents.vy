# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  deed_documents
@license AGPL-3.0-only
@notice Documents of a deed by name: hash, version and date. The documents stay off chain.
@dev    A version is never given twice: it goes on counting after a removal. The order of the
        names is not kept when one is removed.
@custom:source ERC-1643, but for its text: a name and a hash are all that is kept
"""

from ..interfaces import IAssetRegistry

MAX_DOCUMENTS: constant(uint256) = 32

# deed -> name -> document
_documents: HashMap[uint256, HashMap[bytes32, IAssetRegistry.Document]]
# deed -> names of the documents that it has now
_names: HashMap[uint256, DynArray[bytes32, MAX_DOCUMENTS]]


@internal
def _set(asset_id: uint256, name: bytes32, document_hash: bytes32):
    assert name != empty(bytes32), "deed_documents: no name"
    assert document_hash != empty(bytes32), "deed_documents: no hash"
    document: IAssetRegistry.Document = self._documents[asset_id][name]
    old_hash: bytes32 = document.document_hash
    if old_hash == empty(bytes32):
        assert len(self._names[asset_id]) < MAX_DOCUMENTS, "deed_documents: too many"
        self._names[asset_id].append(name)
    document.document_hash = document_hash
    document.version += 1
    document.set_at = block.timestamp
    self._documents[asset_id][name] = document
    log IAssetRegistry.DocumentSet(
        asset_id=asset_id,
        name=name,
        old_hash=old_hash,
        new_hash=document_hash,
        version=document.version,
        manager=msg.sender,
    )


@internal
def _remove(asset_id: uint256, name: bytes32):
    document: IAssetRegistry.Document = self._documents[asset_id][name]
    old_hash: bytes32 = document.document_hash
    assert old_hash != empty(bytes32), "deed_documents: unknown name"
    names: DynArray[bytes32, MAX_DOCUMENTS] = self._names[asset_id]
    last: bytes32 = names.pop()
    for i: uint256 in range(len(names), bound=MAX_DOCUMENTS):
        if names[i] == name:
            names[i] = last
    self._names[asset_id] = names
    document.document_hash = empty(bytes32)
    document.set_at = block.timestamp
    self._documents[asset_id][name] = document
    log IAssetRegistry.DocumentRemoved(
        asset_id=asset_id,
        name=name,
        old_hash=old_hash,
        version=document.version,
        manager=msg.sender,
    )
