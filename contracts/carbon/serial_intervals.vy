# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  serial_intervals
@license AGPL-3.0-only
@notice Disjoint intervals of whole numbers by series: no number is ever given out twice.
@dev    A series is a sorted linked list, one word per interval: last 64 | next first 64 | owner 128.
        An insert names the interval before the new one, so it costs the same in a list of ten and
        of ten thousand; a wrong name is refused, so the list can't be led astray. Key 0 is the
        list's head; numbers run from 1 to 2**64 - 1.
        Invariants: INV-CARB-3 (docs/invariants.md).
"""

MAX_NUMBER: constant(uint256) = 2**64 - 1
# Far more than one view can walk for the gas that nodes allow.
_MAX_WALK: constant(uint256) = 2**20

# series -> first number of the interval -> packed interval
_intervals: HashMap[bytes32, HashMap[uint256, uint256]]


# Numbers were given out, for ever.
event IntervalClaimed:
    series: indexed(bytes32)
    first: uint256
    last: uint256
    owner: indexed(uint256)


# One interval became two that together are the same numbers of the same owner.
event IntervalSplit:
    series: indexed(bytes32)
    first: uint256
    at: uint256


struct Interval:
    last: uint256
    next: uint256  # first number of the following interval, 0 after the last
    owner: uint256


@internal
def _claim(series: bytes32, first: uint256, last: uint256, owner: uint256, after: uint256):
    """
    @notice Give the numbers from `first` to `last` to `owner`.
    @param  owner  Not 0, below 2**128.
    @param  after  First number of the interval before, 0 where there is none.
    @custom:reverts "serial_intervals: bad interval" | "serial_intervals: unknown hint"
        | "serial_intervals: wrong hint" | "serial_intervals: overlap"
    """
    assert first >= 1 and first <= last and last <= MAX_NUMBER, "serial_intervals: bad interval"
    assert owner != 0 and owner < 2**128  # dev: the host numbers its owners
    before: Interval = self._unpacked(self._intervals[series][after])
    assert after == 0 or before.last != 0, "serial_intervals: unknown hint"
    assert first > before.last, "serial_intervals: overlap"
    if before.next != 0:
        assert first <= before.next, "serial_intervals: wrong hint"
        assert last < before.next, "serial_intervals: overlap"
    self._intervals[series][first] = self._packed(
        Interval(last=last, next=before.next, owner=owner)
    )
    before.next = first
    self._intervals[series][after] = self._packed(before)
    log IntervalClaimed(series=series, first=first, last=last, owner=owner)


@internal
def _split(series: bytes32, first: uint256, at: uint256):
    """
    @notice Cut the interval that begins with `first` before the number `at`.
    @custom:reverts "serial_intervals: unknown interval" | "serial_intervals: bad cut"
    """
    whole: Interval = self._known(series, first)
    assert first < at and at <= whole.last, "serial_intervals: bad cut"
    self._intervals[series][at] = self._packed(whole)
    self._intervals[series][first] = self._packed(
        Interval(last=at - 1, next=at, owner=whole.owner)
    )
    log IntervalSplit(series=series, first=first, at=at)


@internal
@view
def _known(series: bytes32, first: uint256) -> Interval:
    interval: Interval = self._unpacked(self._intervals[series][first])
    assert first != 0 and interval.last != 0, "serial_intervals: unknown interval"
    return interval


@internal
@view
def _owner_of(series: bytes32, number: uint256) -> (uint256, uint256):
    """
    @notice Owner of a number and first number of its interval; zeros where nobody has it.
    @dev    Walks the list: for calls off chain.
    """
    first: uint256 = self._unpacked(self._intervals[series][0]).next
    for _: uint256 in range(_MAX_WALK):
        if first == 0 or first > number:
            break
        interval: Interval = self._unpacked(self._intervals[series][first])
        if number <= interval.last:
            return interval.owner, first
        first = interval.next
    return 0, 0


@internal
@pure
def _packed(interval: Interval) -> uint256:
    return interval.last | (interval.next << 64) | (interval.owner << 128)


@internal
@pure
def _unpacked(word: uint256) -> Interval:
    return Interval(
        last=word & MAX_NUMBER, next=(word >> 64) & MAX_NUMBER, owner=word >> 128
    )
