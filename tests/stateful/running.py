"""What the state machines share: a stage on the chain, counts of what the runs did, and floors."""

import os
from collections import Counter
from collections.abc import Callable
from random import Random
from time import perf_counter
from typing import Any, ClassVar

import pytest
from ape import chain
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from tests.unit.token import errors

IS_CAMPAIGN = os.environ.get("HYPOTHESIS_PROFILE") == "campaign"  # make fuzz

seeds = st.integers(0, 2**64 - 1)


class ChainMachine(RuleBasedStateMachine):
    """A machine whose runs all begin with the same stage, and that counts how actions ended."""

    runs_with: ClassVar[Counter[str]]  # how an action ended -> runs in which it came about
    ends: ClassVar[Counter[str]]  # and how often

    def __init_subclass__(cls):
        super().__init_subclass__()
        cls.runs_with, cls.ends = Counter(), Counter()

    def __init__(self, stage: Any):
        super().__init__()
        self.stage = stage
        self.snapshot = chain.snapshot()
        self.done: set[str] = set()
        self.drawn = ""

    def teardown(self):
        try:
            self.check_at_the_end()
            self.runs_with.update(self.done)
        finally:
            chain.restore(self.snapshot)

    def check_at_the_end(self):
        """What the invariants look at only where an action touched it."""

    def lot(self, seed: int) -> Random:
        """An even lottery. Hypothesis is fond of repetition, so each seed is mixed with all
        before it."""
        self.drawn += f" {seed}"
        return Random(self.drawn)

    def count(self, end: str):
        self.done.add(end)
        self.ends[end] += 1

    def attempt(self, name: str, refusal: str | None, call: Callable, *arguments, **options):
        """What the call returns; None where it was refused, with exactly this reason or error."""
        if refusal is None:
            result = call(*arguments, **options)
            self.count(name)
            return result
        with errors.refused(refusal):
            call(*arguments, **options)
        self.count(f"{name} refused")
        return None


def run(
    machine: type[ChainMachine],
    stage: Any,
    floors: dict[str, int],
    campaign_runs=1_000,
    steps_each=40,
):
    """Run the machine 30 times, or as a campaign, and ask for what its runs must have seen.

    A floor counts runs, not steps. It is a third of the least seen in five or six streams of draws,
    more where nearly every run must see it. `CIVITAS_STREAM=1 pytest -s` on a machine's file draws
    another stream each time. Hypothesis draws from the constants of all modules that are loaded, so
    what it draws moves with the files beside a machine, though not from one run to the next.
    """
    machine.runs_with.clear()
    machine.ends.clear()
    begin = perf_counter()
    run_state_machine_as_test(
        lambda: machine(stage),
        settings=settings(
            max_examples=campaign_runs if IS_CAMPAIGN else 30,
            stateful_step_count=100 if IS_CAMPAIGN else steps_each,
            derandomize=not IS_CAMPAIGN and "CIVITAS_STREAM" not in os.environ,
            database=None,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
    seen, steps = machine.runs_with, machine.ends.total()
    print(f"\n{machine.__name__}: {steps} ends, {steps / (perf_counter() - begin):.0f} a second")
    print(dict(sorted(seen.items())))
    missed = {end: (seen[end], least) for end, least in floors.items() if seen[end] < least}
    if missed:  # no assertion: it would count as a kill where a mutant is tried
        pytest.fail(f"seen less than the floor: {missed}")
