"""Run the steps of one setup."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from standoff.model.state import Flows, State
from standoff.model.step import step
from standoff.simulate.backend import NUMPY, Backend
from standoff.simulate.initial import resting_state
from standoff.simulate.record import FullRecorder, Recorder
from standoff.simulate.setup import Setup


def run_steps(
    setup: Setup,
    recorder: Recorder | None = None,
    *,
    progress: Callable[[int], None] | None = None,
    backend: Backend = NUMPY,
) -> Recorder:
    """Run all steps from rest.

    Args:
        setup: from `standoff.simulate.setup.build_setup`.
        recorder: what to keep; everything if not given.
        progress: called with the number of steps done.
        backend: array library that takes the steps. The setup is one of NumPy in any case.

    Returns:
        The recorder, filled.
    """
    keeper = recorder if recorder is not None else FullRecorder(setup, resting_state(setup))
    for number, (state, flows) in enumerate(_steps(setup) if backend is NUMPY else _compiled_steps(setup)):
        keeper.keep(number, state=state, flows=flows)
        if progress is not None:
            progress(number + 1)
    return keeper


def _steps(setup: Setup) -> Iterator[tuple[State, Flows]]:
    """The state at the end of each step and what moved in it."""
    state = resting_state(setup)
    for number in range(setup.clock.steps):
        state, flows = step(state, setup, number=number, regime=setup.regime_table.at(number), xp=np)
        yield state, flows


def _compiled_steps(setup: Setup) -> Iterator[tuple[State, Flows]]:
    from standoff.simulate.traced import compile_steps

    return compile_steps(lambda _: setup, steps=setup.clock.steps)(())
