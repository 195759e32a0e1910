# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  split_words
@license AGPL-3.0-only
@notice How a waterfall's rules are packed into words.
@dev    Word 0 is the header; four words a tier follow, then two a payee. Stateless.
        header: tiers 8 | payees 8 | rest to first 1 | .. | has caps 1 | .. | quantum 128
        tier: name | account 160, kind 3, months 4, bps 14 | amount | purpose
        payee: account 160, has a purpose 1, weight 14 | purpose
"""

MAX_TIERS: constant(uint256) = 8
MAX_PAYEES: constant(uint256) = 20
MAX_WORDS: constant(uint256) = 73
BPS: constant(uint256) = 10_000
SHARE: constant(uint256) = 1
CAP: constant(uint256) = 2
RESERVE: constant(uint256) = 4
TIER_WORDS: constant(uint256) = 4
PAYEE_WORDS: constant(uint256) = 2
REST_TO_FIRST: constant(uint256) = 2**16
HAS_CAPS: constant(uint256) = 2**18
HAS_PURPOSE: constant(uint256) = 2**160
WEIGHT_SHIFT: constant(uint256) = 161

ACCOUNT_MASK: constant(uint256) = 2**160 - 1


@internal
@pure
def _tiers(header: uint256) -> uint256:
    return header & 255


@internal
@pure
def _payees(header: uint256) -> uint256:
    return (header >> 8) & 255


@internal
@pure
def _quantum(header: uint256) -> uint256:
    return header >> 128


@internal
@pure
def _account(word: uint256) -> address:
    return convert(word & ACCOUNT_MASK, address)


@internal
@pure
def _kind(word: uint256) -> uint256:
    return (word >> 160) & 7


@internal
@pure
def _months(word: uint256) -> uint256:
    return (word >> 163) & 15


@internal
@pure
def _tier_bps(word: uint256) -> uint256:
    return word >> 167


@internal
@pure
def _weight(word: uint256) -> uint256:
    return word >> WEIGHT_SHIFT


@internal
@pure
def _share(amount: uint256, bps: uint256, quantum: uint256) -> uint256:
    """
    @notice {asset} `bps` of `amount`, rounded down to a multiple of `quantum`.
    """
    # {asset} = {asset} * {bps} // {bps}, down, then down again
    share: uint256 = amount * bps // BPS
    if quantum == 1:
        return share
    return share - share % quantum
