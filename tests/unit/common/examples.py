"""For tests over drawn examples."""

import os
from contextlib import contextmanager

from ape import chain
from hypothesis import settings

IS_CAMPAIGN = os.environ.get("HYPOTHESIS_PROFILE") == "campaign"  # make fuzz


def runs(examples):
    """The same examples every day, and a hundred times as many others in a campaign."""
    return settings(
        max_examples=100 * examples if IS_CAMPAIGN else examples,
        derandomize=not IS_CAMPAIGN,
        database=None,
        deadline=None,
    )


@contextmanager
def undone():
    """Undo on the chain what is done within. `chain.isolate` would hide a failed assertion."""
    snapshot = chain.snapshot()
    try:
        yield
    finally:
        chain.restore(snapshot)
