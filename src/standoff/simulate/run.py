"""Run the steps of one setup."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from standoff.model.step import step
from standoff.simulate.initial import resting_state
from standoff.simulate.record import FullRecorder, Recorder
from standoff.simulate.setup import Setup


def run_steps(
    setup: Setup, recorder: Recorder | None = None, *, progress: Callable[[int], None] | None = None
) -> Recorder:
    """Run all steps from rest.

    Args:
        setup: from `standoff.simulate.setup.build_setup`.
        recorder: what to keep; everything if not given.
        progress: called with the number of steps done.

    Returns:
        The recorder, filled.
    """
    state = resting_state(setup)
    keeper = recorder if recorder is not None else FullRecorder(setup, state)
    for number in range(setup.clock.steps):
        state, flows = step(state, setup, number=number, regime=setup.regime_table.at(number), xp=np)
        keeper.keep(number, state=state, flows=flows)
        if progress is not None:
            progress(number + 1)
    return keeper
