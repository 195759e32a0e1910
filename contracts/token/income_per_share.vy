# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  income_per_share
@license AGPL-3.0-only
@notice Splits deposits over the holders of a moment without ever looping over them.
@dev    `index` is the income of one unit since the beginning, scaled by 2**128. What a holder is
        owed is balance * (index - index at the last visit) + what was carried at that visit,
        scaled too, so that nothing is rounded until it is paid.
        Rounding is down, in the pool's favour. A deposit leaves less than supply / 2**128 and a
        claim less than balance / 2**128 behind: under 2**-32 base units each, as amounts of
        units stay below 2**96. So all claims together are short of the deposits by less than
        one unit per holder, the unit that has not filled up yet.
        Sizes: total deposits stay below 2**120, so index < 2**248 and owed < 2**248.
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
    # {asset * 2**128 / unit} = {asset} * 2**128 // {unit}, down
    self._index += (amount << _SCALE_BITS) // supply


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
    @return {asset} To be paid now; may be 0.
    """
    carried: uint256 = self._carried[holder]
    index: uint256 = self._index
    owed: uint256 = carried + balance * (index - self._index_of[holder])
    fraction: uint256 = owed & _FRACTION
    if balance == 0:
        self._carried[holder] = fraction
    else:
        # The fraction goes back into the index: one slot instead of two, short by less than
        # balance / 2**128.
        self._index_of[holder] = index - fraction // balance
        if carried != 0:
            self._carried[holder] = 0
    return owed >> _SCALE_BITS
