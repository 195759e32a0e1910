# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  records
@license AGPL-3.0-only
@notice Who held what at a record date, written down at the first move of each holder after it.
@dev    A record raises the epoch that a deposit of income raises too, so a move notices both by the one
        comparison that it makes anyway. Balances are those before the first move at or after
        the date; no one has to call anything in time. A holder without units is not written down.
        One record is pending at a time, at most a year ahead, and none is taken back: what
        was announced for a date stays due for it.
"""

from ..common import authorized
from ..interfaces import ISecurityToken
from . import holdings

uses: authorized
uses: holdings

ASSET_MANAGER_ROLE: constant(bytes32) = keccak256("ASSET_MANAGER_ROLE")

_MAX_AHEAD: constant(uint256) = 366 * 86_400  # {s}
_MAX_ENTRIES: constant(uint256) = 2**32
_EPOCH_SHIFT: constant(uint256) = 192
_SINCE_SHIFT: constant(uint256) = 96
_UNTIL_SHIFT: constant(uint256) = 128

# {s} date -> supply 96 | epoch that the record began
_records: HashMap[uint256, uint256]
_last_epoch: uint256
# holder -> balance 96 | epoch since which it was held 32 | epoch of the last record it held for
_entries: HashMap[address, DynArray[uint256, _MAX_ENTRIES]]


@external
@view
@reentrant
def pending_record() -> uint256:
    """
    @notice {s} The date of the record that no move has passed yet; 0 where there is none.
    """
    return self._pending(holdings._common)


@external
@view
@reentrant
def snapshotTotalSupply(time: uint256) -> uint256:
    """
    @notice {unit} Supply at a record date that has come.
    @custom:reverts "records: no record"
    """
    record: uint256 = self._records[time]
    if record == 0:
        self._check_due(time)
        return holdings._supply & holdings.MAX_AMOUNT
    return record & holdings.MAX_AMOUNT


@external
@view
@reentrant
def snapshotBalanceOf(time: uint256, account: address) -> uint256:
    """
    @notice {unit} What `account` held at a record date that has come.
    @custom:reverts "records: no record"
    """
    word: uint256 = holdings._holders[account]
    record: uint256 = self._records[time]
    if record == 0:
        self._check_due(time)
        return word & holdings.MAX_AMOUNT
    epoch: uint256 = record >> _SINCE_SHIFT
    if self._epoch(word) < epoch:
        return word & holdings.MAX_AMOUNT
    # The first entry that reaches the epoch, if it began before it; else nothing was held then.
    low: uint256 = 0
    high: uint256 = len(self._entries[account])
    entry: uint256 = 0
    for _: uint256 in range(32):
        if low == high:
            break
        middle: uint256 = (low + high) // 2
        each: uint256 = self._entries[account][middle]
        if each >> _UNTIL_SHIFT < epoch:
            low = middle + 1
        else:
            high = middle
            entry = each
    if (entry >> _SINCE_SHIFT) & holdings.MAX_EPOCH < epoch:
        return entry & holdings.MAX_AMOUNT
    return 0


# --- ASSET_MANAGER_ROLE
@external
def schedule_record(time: uint256):
    """
    @notice Let `time` {s}, in the future and at most 366 days ahead, be a record date.
    @custom:role ASSET_MANAGER_ROLE
    @custom:reverts "authorized: missing role" | "records: one is pending" | "records: bad date"
    """
    authorized._check_role(ASSET_MANAGER_ROLE, msg.sender)
    common: uint256 = self._passed(holdings._common)
    assert common & holdings.RECORD == 0, "records: one is pending"
    assert (
        block.timestamp < time
        and time <= min(block.timestamp + _MAX_AHEAD, holdings.MAX_EPOCH)
    ), "records: bad date"
    holdings._common = common | (time << holdings.RECORD_SHIFT)
    log ISecurityToken.RecordScheduled(time=time, manager=msg.sender)


# --- internal
@internal
def _passed(common: uint256) -> uint256:
    """
    @notice The common word, after the pending record was taken where its date has come.
    @dev    Asked before anything else moves, so that the words are still those of the date.
    """
    time: uint256 = self._pending(common)
    if time == 0 or block.timestamp < time:
        return common
    passed: uint256 = (common & ~holdings.RECORD) + holdings.EPOCH_ONE
    epoch: uint256 = self._epoch(passed)
    supply: uint256 = holdings._supply & holdings.MAX_AMOUNT
    holdings._common = passed
    self._records[time] = (epoch << _SINCE_SHIFT) | supply
    self._last_epoch = epoch
    log ISecurityToken.RecordTaken(time=time, number=epoch, supply=supply)
    return passed


@internal
def _keep(account: address, word: uint256):
    """
    @notice Write down what `account` held at the last record, before its word changes.
    """
    balance: uint256 = word & holdings.MAX_AMOUNT
    since: uint256 = self._epoch(word)
    last: uint256 = self._last_epoch
    if balance != 0 and since < last:
        self._entries[account].append(
            (last << _UNTIL_SHIFT) | (since << _SINCE_SHIFT) | balance
        )


@internal
@view
def _check_due(time: uint256):
    assert (
        time != 0 and time == self._pending(holdings._common) and time <= block.timestamp
    ), "records: no record"


@internal
@pure
def _pending(common: uint256) -> uint256:
    return (common & holdings.RECORD) >> holdings.RECORD_SHIFT


@internal
@pure
def _epoch(word: uint256) -> uint256:
    return (word & holdings.EPOCH) >> _EPOCH_SHIFT
