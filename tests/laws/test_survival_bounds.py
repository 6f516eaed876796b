"""Invariant 9: the time to stop lies between stock over use without deliveries and a linear programme with foresight."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from cases import Case, Run, case_of, clock_of, run_network
from foresight import longest_run
from test_licensing import one_link

from standoff.results.indicators import first_stop_days, spreadsheet_days, stopped_share
from worlds import Act, fixed_shapes

STOP_SHARE = 0.5
SMALL = fixed_shapes(10, most_producers=8)


def steady_case(index: int, *, steps: int = 30) -> Case:
    """A small case without changes of demand, so that usual use is what a spreadsheet divides by.

    Every other case has its licences and holds turned into gates that stay closed, which is where a planner runs out as well.
    """
    case = replace(case_of(SMALL[index], steps=steps), demand=None)
    if index % 2:
        return case
    return replace(case, acts=tuple(replace(act, kind="gate", start_day=0.0, end_day=np.inf) for act in case.acts))


def first_stops(run: Run) -> np.ndarray:
    share = stopped_share(run.network, run.records, stop_share=STOP_SHARE)
    return np.asarray(first_stop_days(share, step_days=run.setup.clock.step_days))


@pytest.mark.parametrize("shape", fixed_shapes(40), ids=lambda shape: str(shape.seed))
def test_no_use_stops_before_its_stock_is_used_up(shape: object) -> None:
    case = replace(case_of(shape), demand=None)  # type: ignore[arg-type]
    run = case.run()
    uses = slice(len(set(run.network.nodes.parent[: run.network.nodes.producers].tolist())), None)
    stops, least = first_stops(run)[uses], spreadsheet_days(run.network)[uses]
    assert (stops >= least - 1e-9).all()


@pytest.mark.parametrize("index", range(len(SMALL)))
def test_no_use_outlasts_a_planner_with_foresight(index: int) -> None:
    case = steady_case(index)
    run = case.run()
    shares = stopped_share(run.network, run.records, stop_share=STOP_SHARE)
    stops = np.where((shares >= 1 - 1e-9).any(axis=0), np.argmax(shares >= 1 - 1e-9, axis=0), run.setup.clock.steps)
    first_use = int(run.network.nodes.parent[run.network.nodes.producers])
    use = first_use + int(np.argmin(stops[first_use:]))
    assert stops[use] <= longest_run(run, use=use, share=STOP_SHARE)


def test_the_planner_stops_when_the_stock_is_used_up_and_nothing_comes() -> None:
    run = run_network(one_link(cover_days=56.0, lag_days=14.0), clock_of(40), acts=[Act("gate", (0,), 0.0, np.inf, {})])
    assert longest_run(run, use=1, share=1.0) == 10  # eight weeks of stock and two weeks on the way
    assert longest_run(run, use=1, share=0.5) == 20
    assert first_stops(run)[1] == 11 * 7
