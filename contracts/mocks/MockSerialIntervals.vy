# pragma version 0.4.3
"""
@title  MockSerialIntervals
@license AGPL-3.0-only
@notice Shows the serial interval module to tests. Anybody may claim: never deployed elsewhere.
@dev    `claim` adds nothing to the module's own work, so that its gas can be measured here.
"""

from ..carbon import serial_intervals

initializes: serial_intervals

MAX_STEPS: constant(uint256) = 250
MAX_INTERVALS: constant(uint256) = 2_000


# A claim from `first` to `last`, or a cut of the interval `first` before the number `last`.
struct Step:
    first: uint256
    last: uint256
    owner: uint256
    after: uint256
    is_split: bool


struct Known:
    first: uint256
    last: uint256
    owner: uint256


@external
def claim(series: bytes32, first: uint256, last: uint256, owner: uint256, after: uint256):
    serial_intervals._claim(series, first, last, owner, after)


@external
def split(series: bytes32, first: uint256, at: uint256):
    serial_intervals._split(series, first, at)


@external
def try_all(series: bytes32, steps: DynArray[Step, MAX_STEPS]) -> DynArray[bytes32, MAX_STEPS]:
    """
    @notice Many steps in their order, each let or refused by itself.
    @return The hash of what each answered: of nothing where it was let, else of the reason.
    """
    outcomes: DynArray[bytes32, MAX_STEPS] = []
    for each: Step in steps:
        calldata: Bytes[164] = b""
        if each.is_split:
            calldata = abi_encode(
                series,
                each.first,
                each.last,
                method_id=method_id("split(bytes32,uint256,uint256)"),
            )
        else:
            calldata = abi_encode(
                series,
                each.first,
                each.last,
                each.owner,
                each.after,
                method_id=method_id("claim(bytes32,uint256,uint256,uint256,uint256)"),
            )
        is_let: bool = False
        answer: Bytes[132] = b""
        is_let, answer = raw_call(self, calldata, max_outsize=132, revert_on_failure=False)
        assert is_let == (len(answer) == 0)
        outcomes.append(keccak256(answer))
    return outcomes


@external
@view
def interval(series: bytes32, first: uint256) -> serial_intervals.Interval:
    return serial_intervals._known(series, first)


@external
@view
def owner_of(series: bytes32, number: uint256) -> (uint256, uint256):
    return serial_intervals._owner_of(series, number)


@external
@view
def intervals(series: bytes32, after: uint256) -> DynArray[Known, MAX_INTERVALS]:
    """
    @notice The list as it is linked, from behind `after` on; 0 is its head.
    """
    found: DynArray[Known, MAX_INTERVALS] = []
    first: uint256 = serial_intervals._unpacked(serial_intervals._intervals[series][after]).next
    for _: uint256 in range(MAX_INTERVALS):
        if first == 0:
            break
        known: serial_intervals.Interval = serial_intervals._known(series, first)
        found.append(Known(first=first, last=known.last, owner=known.owner))
        first = known.next
    return found
