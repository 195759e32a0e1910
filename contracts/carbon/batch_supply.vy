# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  batch_supply
@license AGPL-3.0-only
@notice Where the tonnes of each batch are. Every change takes from one place and adds to another,
        so issued = tradable + buffer + retired + cancelled + reversed + exported by construction.
@dev    Two words per batch, 64 bits a figure, in {1e-8 tCO2e}: buffer | retired | cancelled |
        issued, and reversed | exported | expiry 40 | adjustment 8 | whole tonnes only 1. Tradable
        is the rest. A retirement touches the first word only, and reads the second. What happens
        to a batch happens to the sum of all, which is kept like a batch under the id 0.
        Invariants: INV-CARB-1 (docs/invariants.md).
"""

from ..interfaces import ICarbonCredit

ALL: constant(uint256) = 0
_MASK: constant(uint256) = 2**64 - 1


struct Terms:
    reversed: uint256
    exported: uint256
    expiry: uint256  # {s} last second of the batch's life, 0 where it has no end
    adjustment: uint256
    is_whole: bool  # only whole tonnes move and retire


# batch -> buffer 64 | retired 64 | cancelled 64 | issued 64
_supply: HashMap[uint256, uint256]
# batch -> reversed 64 | exported 64 | expiry 40 | adjustment 8 | whole tonnes only 1
_terms: HashMap[uint256, uint256]


@internal
@view
def _read(token_id: uint256) -> ICarbonCredit.Supply:
    word: uint256 = self._supply[token_id]
    terms: Terms = self._read_terms(token_id)
    buffer: uint256 = word & _MASK
    retired: uint256 = (word >> 64) & _MASK
    cancelled: uint256 = (word >> 128) & _MASK
    issued: uint256 = word >> 192
    return ICarbonCredit.Supply(
        issued=issued,
        tradable=issued - buffer - retired - cancelled - terms.reversed - terms.exported,
        buffer=buffer,
        retired=retired,
        cancelled=cancelled,
        reversed=terms.reversed,
        exported=terms.exported,
    )


@internal
@view
def _issued(token_id: uint256) -> uint256:
    return self._supply[token_id] >> 192


@internal
def _issue(token_id: uint256, issued: uint256, buffer: uint256):
    """
    @notice Open a batch, or let a batch that conversions fill grow.
    @custom:reverts "batch_supply: too many tonnes"
    """
    assert self._issued(ALL) + issued <= _MASK, "batch_supply: too many tonnes"
    self._add(token_id, (issued << 192) + buffer)


@internal
def _retire(token_id: uint256, amount: uint256):
    self._add(token_id, amount << 64)


@internal
def _cancel(token_id: uint256, amount: uint256):
    self._add(token_id, amount << 128)


@internal
def _export(token_id: uint256, amount: uint256):
    self._terms[token_id] += amount << 64
    self._terms[ALL] += amount << 64


@internal
def _draw_buffer(token_id: uint256, amount: uint256):
    """
    @notice Cancel buffer.
    @custom:reverts "batch_supply: buffer too small"
    """
    assert amount <= self._supply[token_id] & _MASK, "batch_supply: buffer too small"
    self._subtract(token_id, amount)
    self._add(token_id, amount << 128)


@internal
def _reverse(token_id: uint256, amount: uint256):
    """
    @notice Retired tonnes become reversed ones.
    @custom:reverts "batch_supply: more than retired"
    """
    assert amount <= (self._supply[token_id] >> 64) & _MASK, "batch_supply: more than retired"
    self._subtract(token_id, amount << 64)
    self._terms[token_id] += amount
    self._terms[ALL] += amount


@internal
def _cure(token_id: uint256, amount: uint256):
    """
    @notice Reversed tonnes count as retired again.
    @custom:reverts "batch_supply: more than reversed"
    """
    assert amount <= self._terms[token_id] & _MASK, "batch_supply: more than reversed"
    self._terms[token_id] -= amount
    self._terms[ALL] -= amount
    self._add(token_id, amount << 64)


@internal
def _add(token_id: uint256, change: uint256):
    """
    @dev Fields can't spill: all of a batch's together never exceed its `issued`, and the sum of
         all batches' fits as well.
    """
    self._supply[token_id] += change
    self._supply[ALL] += change


@internal
def _subtract(token_id: uint256, change: uint256):
    self._supply[token_id] -= change
    self._supply[ALL] -= change


@internal
@view
def _read_terms(token_id: uint256) -> Terms:
    word: uint256 = self._terms[token_id]
    return Terms(
        reversed=word & _MASK,
        exported=(word >> 64) & _MASK,
        expiry=(word >> 128) & (2**40 - 1),
        adjustment=(word >> 168) & 255,
        is_whole=(word >> 176) != 0,
    )


@internal
def _set_terms(token_id: uint256, expiry: uint256, adjustment: uint256, is_whole: bool):
    """
    @dev The counts in the same word stay as they are.
    """
    assert expiry < 2**40, "batch_supply: bad expiry"
    counts: uint256 = self._terms[token_id] & (2**128 - 1)
    self._terms[token_id] = (
        counts
        | (expiry << 128)
        | (adjustment << 168)
        | (convert(is_whole, uint256) << 176)
    )
