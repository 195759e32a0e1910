# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  income_per_share
@license AGPL-3.0-only
@notice Splits deposits over the holders of a moment without ever looping over them.
@dev    `index` is the income of one unit since the beginning, scaled by 2**128. What a holder is
        owed is balance * (index - index at the last visit) + what was carried at that visit,
        scaled too, so that nothing is rounded until it is paid; the fraction stays owed.
        Rounding: a deposit raises the index up, a claim pays whole base units down. Up, because
        an index rounded down would keep a unit from a holder whose share is whole: of 100 on 3
        units, a holder of all 3 must get 100. The pool can't run dry by it: a deposit adds less
        than supply / 2**128 < 2**-32 too much, and there are fewer than 2**32 deposits, so all
        that is owed stays below deposits + 1. Whole units of it then sum to the deposits at most,
        and are short of them by less than one unit per holder: the fractions not yet full.
        Sizes: total deposits stay below 2**120, so index and owed stay below 2**249.
        Invariants: INV-INC-1, INV-INC-2 (docs/invariants.md).
"""

_SCALE_BITS: constant(uint256) = 128
_FRACTION: constant(uint256) = 2**128 - 1

# {wad:asset/unit} scaled by 2**128
_index: uint256
# holder -> index at the last visit
_index_of: HashMap[address, uint256]
# holder -> {asset} scaled by 2**128, owed from earlier balances
_carried: HashMap[address, uint256]


@internal
def _deposit(amount: uint256, supply: uint256):
    """
    @param  amount  {asset} below 2**120 in total over the token's life.
    @param  supply  {unit} not 0.
    """
    # {asset * 2**128 / unit} = {asset} * 2**128 // {unit}, up
    self._index += ((amount << _SCALE_BITS) + supply - 1) // supply


@internal
@view
def _owed(holder: address, balance: uint256) -> uint256:
    """
    @return {asset} scaled by 2**128.
    """
    return self._carried[holder] + balance * (self._index - self._index_of[holder])


@internal
def _carry(holder: address, balance: uint256):
    """
    @notice Note what `holder` is owed before its balance changes.
    """
    index: uint256 = self._index
    seen: uint256 = self._index_of[holder]
    if seen == index:
        return
    self._index_of[holder] = index
    if balance != 0:
        self._carried[holder] += balance * (index - seen)


@internal
def _take(holder: address, balance: uint256) -> uint256:
    """
    @notice Take the whole units that `holder` is owed out of the books; the fraction stays owed.
    @dev    The fraction is carried, not put back into the index: there it would be owed on
            whatever balance the holder has next.
    @return {asset} To be paid now; may be 0.
    """
    owed: uint256 = self._owed(holder, balance)
    self._index_of[holder] = self._index
    self._carried[holder] = owed & _FRACTION
    return owed >> _SCALE_BITS


@internal
def _reassign(sender: address, receiver: address, owed: uint256):
    """
    @notice Owe `receiver` what `sender` is owed, or a part of it; both are carried to now.
    @param  owed  {asset} scaled by 2**128, at most what `sender` is owed.
    """
    self._carried[sender] -= owed
    self._carried[receiver] += owed
