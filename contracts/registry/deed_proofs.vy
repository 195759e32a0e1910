# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  deed_proofs
@license AGPL-3.0-only
@notice Proofs of a deed that expire: title, freedom from liens, insurance, taxes paid.
@dev    The four dates of a deed share one word, so that whoever issues units pays for one read.
        Which kinds are required is the council's rule, kept as bits in the order of the kinds.
        The host decides who files and what a lapsed proof forbids.
"""

from ..interfaces import IAssetRegistry

PROOF_KINDS: constant(uint256) = 4
ALL_KINDS: constant(uint256) = 2**PROOF_KINDS - 1

# Bit n stands for kind n.
_required: uint256
# deed -> last second {s} of each kind, 64 bits each, kind 0 lowest; 0 where there is none
_valid_until: HashMap[uint256, uint256]


@deploy
def __init__(required: uint256, resolution: bytes32):
    self._require(required, resolution)


@internal
def _require(required: uint256, resolution: bytes32):
    assert required <= ALL_KINDS, "deed_proofs: unknown kind"
    assert resolution != empty(bytes32), "deed_proofs: no resolution"
    old_required: uint256 = self._required
    self._required = required
    log IAssetRegistry.RequiredProofsSet(
        old_required=old_required,
        new_required=required,
        resolution=resolution,
        clerk=msg.sender,
    )


@internal
def _file(filing: IAssetRegistry.ProofFiling):
    """
    @notice Keep a proof's date. 0 withdraws the proof; any other date lies ahead.
    """
    kind: uint256 = convert(filing.kind, uint256)
    assert kind < PROOF_KINDS, "deed_proofs: unknown kind"
    assert filing.document_hash != empty(bytes32), "deed_proofs: no document"
    until: uint256 = convert(filing.valid_until, uint256)
    assert until == 0 or until > block.timestamp, "deed_proofs: already lapsed"
    word: uint256 = self._valid_until[filing.asset_id]
    old_until: uint256 = self._until(word, kind)
    # Clear the kind's 64 bits by what is in them, then set them.
    self._valid_until[filing.asset_id] = (word ^ (old_until << (64 * kind))) | (until << (64 * kind))
    log IAssetRegistry.ProofFiled(
        asset_id=filing.asset_id,
        kind=filing.kind,
        officer=msg.sender,
        old_until=convert(old_until, uint64),
        new_until=filing.valid_until,
        document_hash=filing.document_hash,
    )


@internal
@view
def _dates(asset_id: uint256) -> uint64[PROOF_KINDS]:
    dates: uint64[PROOF_KINDS] = empty(uint64[PROOF_KINDS])
    word: uint256 = self._valid_until[asset_id]
    for kind: uint256 in range(PROOF_KINDS):
        dates[kind] = convert(self._until(word, kind), uint64)
    return dates


@internal
@view
def _lapsed(asset_id: uint256) -> uint256:
    """
    @notice The required kinds, as bits, that are missing or past their last second.
    """
    required: uint256 = self._required
    if required == 0:
        return 0
    lapsed: uint256 = 0
    word: uint256 = self._valid_until[asset_id]
    for kind: uint256 in range(PROOF_KINDS):
        if (required >> kind) & 1 == 1 and self._until(word, kind) < block.timestamp:
            lapsed |= 1 << kind
    return lapsed


@internal
@pure
def _until(word: uint256, kind: uint256) -> uint256:
    return (word >> (64 * kind)) & (2**64 - 1)
