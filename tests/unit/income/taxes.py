"""Classes of holders as the deployed profiles number them, and time."""

from ape import chain

PERSON, CORPORATION, INSTITUTION, PUBLIC_BODY = range(4)
UNIDENTIFIED = 256
DAY = 86_400


def now():
    """{s} Time of the latest block."""
    return chain.blocks.head.timestamp


def wait_until(time):
    """Let `time` {s} come."""
    chain.mine(timestamp=time)
