# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  batch_supply
@license AGPL-3.0-only
@notice Where the tonnes of each batch are. Every change takes from one place and adds to another,
        so issued = tradable + buffer + retired + cancelled + reversed + exported by construction.
@dev    Two words per batch, 64 bits a figure, in {1e-8 tCO2e}. The first is all that a retirement
        touches: expiry 40 | adjustment 8 | whole tonnes only 1, and from bit 64 on
        retired | cancelled | issued. The second is buffer | reversed | exported. A transfer reads
        neither: expiry and whole-tonne rule stand in each holding as well. Tradable is the rest.
        What happens to a batch happens to the sum of all, which is kept like a batch, but in words
        of its own: no token id leads to it.
        Invariants: INV-CARB-1 (docs/invariants.md).
"""

from ..interfaces import ICarbonCredit

_MASK: constant(uint256) = 2**64 - 1
_RETIRED: constant(uint256) = 2**64  # one unit of each figure
_CANCELLED: constant(uint256) = 2**128
_ISSUED: constant(uint256) = 2**192
_REVERSED: constant(uint256) = 2**64
_EXPORTED: constant(uint256) = 2**128
EXPIRY: constant(uint256) = 2**40 - 1  # {s} last second of the batch's life, 0 for no end
ADJUSTMENT_SHIFT: constant(uint256) = 40
IS_WHOLE: constant(uint256) = 2**48
_ARE_KNOWN: constant(uint256) = 2**63


struct Terms:
    expiry: uint256  # {s} last second of the batch's life, 0 where it has no end
    adjustment: uint256
    is_whole: bool  # only whole tonnes move and retire


# batch -> expiry 40 | adjustment 8 | whole tonnes only 1 | 15 unused | retired | cancelled | issued
_supply: HashMap[uint256, uint256]
# batch -> buffer 64 | reversed 64 | exported 64
_rest: HashMap[uint256, uint256]
# the same two words for the sum of all batches
_all_supply: uint256
_all_rest: uint256


@internal
@view
def _read(token_id: uint256) -> ICarbonCredit.Supply:
    return self._unpacked(self._supply[token_id], self._rest[token_id])


@internal
@view
def _read_all() -> ICarbonCredit.Supply:
    return self._unpacked(self._all_supply, self._all_rest)


@internal
@view
def _issued(token_id: uint256) -> uint256:
    return self._supply[token_id] // _ISSUED


@internal
@view
def _buffer(token_id: uint256) -> uint256:
    return self._rest[token_id] & _MASK


@internal
def _issue(token_id: uint256, issued: uint256, buffer: uint256):
    """
    @notice Open a batch, or let a batch that conversions fill grow.
    @custom:reverts "batch_supply: too many tonnes"
    """
    assert self._all_supply // _ISSUED + issued <= _MASK, "batch_supply: too many tonnes"
    self._add(token_id, issued * _ISSUED)
    if buffer != 0:
        self._add_rest(token_id, buffer)


@internal
def _retire(token_id: uint256, amount: uint256):
    self._add(token_id, amount * _RETIRED)


@internal
def _cancel(token_id: uint256, amount: uint256):
    self._add(token_id, amount * _CANCELLED)


@internal
def _export(token_id: uint256, amount: uint256):
    self._add_rest(token_id, amount * _EXPORTED)


@internal
def _draw_buffer(token_id: uint256, amount: uint256):
    """
    @notice Cancel buffer.
    @custom:reverts "batch_supply: buffer too small"
    """
    assert amount <= self._buffer(token_id), "batch_supply: buffer too small"
    self._subtract_rest(token_id, amount)
    self._add(token_id, amount * _CANCELLED)


@internal
def _reverse(token_id: uint256, amount: uint256):
    """
    @notice Retired tonnes become reversed ones.
    @custom:reverts "batch_supply: more than retired"
    """
    retired: uint256 = (self._supply[token_id] // _RETIRED) & _MASK
    assert amount <= retired, "batch_supply: more than retired"
    self._supply[token_id] -= amount * _RETIRED
    self._all_supply -= amount * _RETIRED
    self._add_rest(token_id, amount * _REVERSED)


@internal
def _cure(token_id: uint256, amount: uint256):
    """
    @notice Reversed tonnes count as retired again.
    @custom:reverts "batch_supply: more than reversed"
    """
    reversed: uint256 = (self._rest[token_id] // _REVERSED) & _MASK
    assert amount <= reversed, "batch_supply: more than reversed"
    self._subtract_rest(token_id, amount * _REVERSED)
    self._add(token_id, amount * _RETIRED)


@internal
def _add(token_id: uint256, change: uint256):
    """
    @dev Fields can't spill: all of a batch's together never exceed its `issued`, and the sum of
         all batches' fits as well.
    """
    self._supply[token_id] += change
    self._all_supply += change


@internal
def _add_rest(token_id: uint256, change: uint256):
    self._rest[token_id] += change
    self._all_rest += change


@internal
def _subtract_rest(token_id: uint256, change: uint256):
    self._rest[token_id] -= change
    self._all_rest -= change


@internal
@view
def _read_terms(token_id: uint256) -> Terms:
    word: uint256 = self._supply[token_id]
    return Terms(
        expiry=word & EXPIRY,
        adjustment=(word >> ADJUSTMENT_SHIFT) & 255,
        is_whole=word & IS_WHOLE != 0,
    )


@internal
@view
def _lasting_terms(token_id: uint256) -> uint256:
    """
    @return Expiry and whole-tonne rule in their places, which never change; not 0.
    """
    return (self._supply[token_id] & (EXPIRY | IS_WHOLE)) | _ARE_KNOWN


@internal
def _set_terms(token_id: uint256, expiry: uint256, adjustment: uint256, is_whole: bool):
    """
    @dev The figures in the same word stay as they are.
    """
    assert expiry <= EXPIRY, "batch_supply: bad expiry"
    figures: uint256 = (self._supply[token_id] >> 64) << 64
    self._supply[token_id] = (
        figures
        | expiry
        | (adjustment << ADJUSTMENT_SHIFT)
        | (convert(is_whole, uint256) * IS_WHOLE)
    )


@internal
@pure
def _unpacked(word: uint256, rest: uint256) -> ICarbonCredit.Supply:
    issued: uint256 = word // _ISSUED
    retired: uint256 = (word // _RETIRED) & _MASK
    cancelled: uint256 = (word // _CANCELLED) & _MASK
    buffer: uint256 = rest & _MASK
    reversed: uint256 = (rest // _REVERSED) & _MASK
    exported: uint256 = rest // _EXPORTED
    return ICarbonCredit.Supply(
        issued=issued,
        tradable=issued - buffer - retired - cancelled - reversed - exported,
        buffer=buffer,
        retired=retired,
        cancelled=cancelled,
        reversed=reversed,
        exported=exported,
    )
