# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title  wallet_recovery
@license AGPL-3.0-only
@notice A lost wallet's successor: announced, open to objection for a time, then for ever.
@dev    Keeps what is announced and what was done; the host decides who and when, and binds the
        wallets. An announcement that nobody executes ends by itself.
        Invariants: INV-ID-5 (docs/invariants.md).
"""

from ..interfaces import IIdentityRegistry


struct Announcement:
    successor: address
    executable_from: uint64  # {s}
    executable_until: uint64  # {s} inclusive


EXECUTION_TIME: constant(uint256) = 30 * 86_400  # {s}
_LEAST_WINDOW: constant(uint256) = 86_400  # {s}
_MOST_WINDOW: constant(uint256) = 366 * 86_400  # {s}

OBJECTION_WINDOW: public(immutable(uint256))  # {s}
# lost wallet -> what is announced; all zero where nothing is
_announced: HashMap[address, Announcement]
# lost wallet -> its successor, for ever
_recovered_to: HashMap[address, address]


@deploy
def __init__(objection_window: uint256):
    assert objection_window >= _LEAST_WINDOW, "wallet_recovery: bad window"
    assert objection_window <= _MOST_WINDOW, "wallet_recovery: bad window"
    OBJECTION_WINDOW = objection_window


@external
@view
@reentrant
def recovered_to(lost: address) -> address:
    """
    @notice The wallet that took a lost one's place; zero where none did. The successor may have
            been lost in its turn: ask again.
    """
    return self._recovered_to[lost]


@external
@view
@reentrant
def announced_recovery(lost: address) -> Announcement:
    """
    @notice What is announced for a wallet; all zero where nothing is.
    """
    return self._announced[lost]


@internal
def _announce(lost: address, successor: address, identity: address, reason_hash: bytes32):
    assert reason_hash != empty(bytes32), "wallet_recovery: no reason"
    self._check_unannounced(lost)
    start: uint256 = block.timestamp + OBJECTION_WINDOW
    self._announced[lost] = Announcement(
        successor=successor,
        executable_from=convert(start, uint64),
        executable_until=convert(start + EXECUTION_TIME, uint64),
    )
    log IIdentityRegistry.RecoveryAnnounced(
        lost=lost,
        successor=successor,
        identity=identity,
        reason_hash=reason_hash,
        executable_from=start,
        executable_until=start + EXECUTION_TIME,
    )


@internal
def _call_off(lost: address):
    successor: address = self._known(lost).successor
    self._announced[lost] = empty(Announcement)
    log IIdentityRegistry.RecoveryCalledOff(lost=lost, successor=successor, caller=msg.sender)


@internal
def _execute(lost: address) -> address:
    announcement: Announcement = self._known(lost)
    assert block.timestamp >= convert(
        announcement.executable_from, uint256
    ), "wallet_recovery: window is open"
    assert block.timestamp <= convert(
        announcement.executable_until, uint256
    ), "wallet_recovery: has expired"
    self._announced[lost] = empty(Announcement)
    self._recovered_to[lost] = announcement.successor
    return announcement.successor


@internal
@view
def _check_unannounced(lost: address):
    assert block.timestamp > convert(
        self._announced[lost].executable_until, uint256
    ), "wallet_recovery: is announced"


@internal
@view
def _known(lost: address) -> Announcement:
    announcement: Announcement = self._announced[lost]
    assert announcement.successor != empty(address), "wallet_recovery: not announced"
    return announcement
