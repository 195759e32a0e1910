# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  tier_accounts
@license AGPL-3.0-only
@notice What each tier with a memory was promised and got: caps by calendar period, and reserves.
@dev    A cap's account is one over all versions: all that its periods asked for, less all that it
        got. So a shortfall stays and is cured first. Money that fell due in an earlier version
        fills only what was asked for until that version ended.
        A period asks once, with its whole cap, when its first month begins or the tier does.
        Invariant: INV-FALL-2 (docs/invariants.md).
"""

_AMOUNT_MASK: constant(uint256) = 2**116 - 1
_ASKED_SHIFT: constant(uint256) = 116
_UNTIL_SHIFT: constant(uint256) = 232

# {asset} name -> kept here
reserve_of: public(HashMap[bytes32, uint256])
# name -> got 116 | asked for 116 | first month that has not asked yet 24
_caps: HashMap[bytes32, uint256]
# {asset} version -> name -> asked for by the version's end
_asked_by_end: HashMap[uint256, HashMap[bytes32, uint256]]


@internal
@view
def _rolled(
    name: bytes32, cap: uint256, months: uint256, first_month: uint256, month: uint256
) -> uint256:
    """
    @notice A cap's account with all periods asked for that began in `first_month` or later, up to
            `month`, and had not asked yet.
    @dev    Caps are below 2**96, there are fewer than 2**17 months, and a month asks once at most:
            the sums stay below 2**113, whatever the rules were.
    """
    account: uint256 = self._caps[name]
    since: uint256 = max(account >> _UNTIL_SHIFT, first_month)
    if month < since:
        return account
    periods: uint256 = month // months - since // months + 1
    asked: uint256 = self._asked(account) + cap * periods
    until: uint256 = (month // months + 1) * months
    return (until << _UNTIL_SHIFT) | (asked << _ASKED_SHIFT) | self._got(account)


@internal
@pure
def _asked(account: uint256) -> uint256:
    return (account >> _ASKED_SHIFT) & _AMOUNT_MASK


@internal
@pure
def _got(account: uint256) -> uint256:
    return account & _AMOUNT_MASK
