"""Say when a product world swings, sinks or does not come back by its own dynamics, and which settings can make it so.

Three ways of asking: what the settings alone say (`warn_of_settings`, before a run), what the world does after a small push
(`ring`, for ``standoff world check``), and what became of a run (`own_dynamics`, its status).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from standoff.measures.gates import no_measures
from standoff.model.parameters import parameter_values
from standoff.model.transport import split_lag
from standoff.simulate.constants import MAKING_DAYS
from standoff.simulate.draws import Clock
from standoff.simulate.initial import resting_state
from standoff.simulate.record import FullRecorder
from standoff.simulate.run import run_steps
from standoff.simulate.setup import Setup, build_setup
from standoff.world.network import DAYS_PER_YEAR, Network

DONE = "done"
PUSH, PUSH_DAYS, RING_DAYS = 0.05, 28.0, 1456.0
"""The small push: all final demand a twentieth higher for four weeks; then the world is watched for four years (assumed)."""
HEALED = 0.01
"""Share of usual activity within which a line counts as back: a fifth of the push."""
SWING = 0.05
"""Share of usual activity by which a line that nothing moves any more may still go to and fro."""
REST = 1e-6
"""Share of usual activity by which nothing may move where nothing is done: rounding error that grew this far grew by itself."""
MARGIN = 0.8
"""Of the largest stable gain, from which a warning is given: worlds that ship swing down to 0.92 of it (steps of a day)."""
LAST_SHARE, LEAST_DAYS = 0.25, 180.0
"""Part of a run that counts as its end, at least half a year."""
MOST_NAMED = 3


@dataclass(frozen=True)
class Ring:
    """What a world does after a small push.

    Attributes:
        swings: lines that still go to and fro, with the share of usual by which they do.
        stays_off: lines that stay at another level, with that level as a share of usual.
    """

    swings: tuple[tuple[str, float], ...]
    stays_off: tuple[tuple[str, float], ...]

    def warnings(self) -> tuple[str, ...]:
        """What to tell a person; nothing where the world comes back."""
        found = []
        if self.swings:
            found.append(
                f"{len(self.swings)} lines swing for ever after a small push ({named(self.swings)} of usual): a bullwhip. "
                "Restock finished stock more slowly than the time of making, or keep more of it"
            )
        if self.stays_off:
            found.append(
                f"{len(self.stays_off)} lines never come back after a small push (they stay at {named(self.stays_off)} of usual): "
                "what they need is made with nothing to spare, so stock once used up is not made good. Check capacities and yields"
            )
        return tuple(found)


def ring(network: Network, *, parameters: Mapping[str, float] | None = None, step_days: float = 7.0) -> Ring:
    """Push a world a little, without any measure, and watch whether it comes to rest.

    Args:
        network: what exists.
        parameters: behavioural parameters that differ from those shipped.
        step_days: length of a step.
    """
    steps = round(RING_DAYS / step_days)
    clock = Clock(network.base_start, steps, step_days)
    uses = len(network.nodes) - network.nodes.producers
    demand = np.ones((steps, uses))
    demand[1 : 1 + max(round(PUSH_DAYS / step_days), 1)] = 1.0 + PUSH
    still = replace(network, projects=_no_projects(network))  # new capacity would hide what the world itself does
    setup = build_setup(
        still, clock, regimes=no_measures(steps), parameters=parameter_values(parameters or {}), demand_factor=demand
    )
    records = run_steps(setup, FullRecorder(setup, resting_state(setup))).records()
    path = _of_usual(setup, records)[-round(steps * LAST_SHARE) :]
    swing, level = np.ptp(path, axis=0), path.mean(axis=0)
    swings = (swing > HEALED) & (_turns(path) >= 4)
    labels = network.nodes.labels
    return Ring(
        swings=_worst(labels, swing, swings),
        stays_off=_worst(labels, level, ~swings & (np.abs(level - 1.0) > HEALED), key=np.abs(level - 1.0)),
    )


def warn_of_settings(parameters: Mapping[str, float], *, step_days: float) -> tuple[str, ...]:
    """Warnings about settings under which a world swings or starves by its own dynamics.

    A seller who closes the gap of finished stock over ``tau`` steps, while what it makes arrives ``d`` steps later, regulates with a
    delay: ``x(t+1) = x(t) - x(t-d) / tau``. This is stable where ``1/tau < 2 sin(pi / (2 (2 d + 1)))``. The warning comes a margin
    before, because orders that follow the swings add to them.

    Args:
        parameters: all behavioural parameters by name.
        step_days: length of a step.

    Source of the condition: Levin and May, Theoretical Population Biology 9 (1976), doi:10.1016/0040-5809(76)90043-5.
    """
    found = []
    delay = split_lag(max(MAKING_DAYS / step_days - 1.0, 0.0))[-1][0]
    largest = 2.0 * math.sin(math.pi / (2.0 * (2 * delay + 1)))
    steps = max(parameters["finished_restock_days"] / step_days, 1.0)
    if 1.0 / steps >= largest * MARGIN:
        found.append(
            f"finished_restock_days {parameters['finished_restock_days']:g} is shorter than sellers can follow: what they make takes"
            f" {MAKING_DAYS:g} days, so they make too much and too little in turn and never come to rest. Set finished_restock_days above"
            f" {step_days / (largest * MARGIN):.1f}"
        )
    if parameters["order_limit"] < 1.0:
        found.append(
            f"order_limit {parameters['order_limit']:g} is under 1: buyers cannot even order what they use, and every stock runs out."
            " Set order_limit above 1"
        )
    elif parameters["order_limit"] == 1.0:
        found.append(
            "order_limit 1: buyers can order no more than they use, so a stock once used up is never made good. Set order_limit above 1"
        )
    return tuple(found)


def own_dynamics(setup: Setup, records: Any) -> str:
    """What became of a run: ``done``, or what its own dynamics did to it and what to try.

    A run in which nothing is done has to rest. A run in which nothing is done any more, for half a year and a quarter of the run at
    least, has to stop swinging. While a measure holds nothing is said: reorder rhythms and waves of renewals are its effects.
    """
    begins = _last_change(setup)
    path = _of_usual(setup, records)
    if begins == 0:
        off = np.abs(path - 1.0).max(axis=0, initial=0.0)
        if off.max(initial=0.0) > REST:
            names = _worst(setup.network.nodes.labels, off, off > REST)
            return f"moves without a cause: nothing is done, yet {named(names)} off usual; {ADVICE}"
        return DONE
    window = max(round(len(path) * LAST_SHARE), math.ceil(LEAST_DAYS / setup.clock.step_days))
    if begins + window > len(path):
        return DONE
    last = path[-window:]
    half = window // 2
    early, late = np.ptp(last[:half], axis=0), np.ptp(last[half:], axis=0)
    swings = (late > SWING) & (late > 0.5 * early) & (_turns(last) >= 4)
    if swings.any():
        return (
            f"swings by its own dynamics: {named(_worst(setup.network.nodes.labels, late, swings))} of usual; {ADVICE}"
        )
    return DONE


ADVICE = "a bullwhip or a starved stock; see finished_restock_days, order_limit and step_days"


def named(lines: tuple[tuple[str, float], ...]) -> str:
    """The first few lines with their shares, and how many more."""
    text = ", ".join(
        f"{label} {share:.0%}" if share > REST * 100 else f"{label} {share:.1e}" for label, share in lines[:MOST_NAMED]
    )
    return f"{text} and {len(lines) - MOST_NAMED} more" if len(lines) > MOST_NAMED else text


def _last_change(setup: Setup) -> int:
    """The first step from which on nothing is done: no measure holds, demand is as usual; 0 if there never is anything."""
    regimes, nodes = setup.regime_table.regimes, setup.network.nodes
    usual = nodes.activity[nodes.producers :] * setup.clock.step_days / DAYS_PER_YEAR
    demand = np.asarray(setup.demand_path)
    busy = (np.abs(demand - usual) > REST * usual).any(axis=1)
    busy |= ((regimes.index > 0) | (regimes.gate < 1.0) | (regimes.feared > 0)).any(axis=1)
    busy |= (np.diff(regimes.tariff, axis=0, prepend=0.0) != 0).any(axis=1)
    steps = np.flatnonzero(busy)
    return int(steps[-1]) + 1 if len(steps) else 0


def _of_usual(setup: Setup, records: Any) -> Any:
    """Activity as a share of usual, (steps, nodes); 1 for a node without any."""
    usual = setup.network.nodes.activity * setup.clock.step_days / DAYS_PER_YEAR
    activity = records["activity"]
    return np.divide(activity, usual, out=np.ones_like(activity), where=usual > 0)


def _turns(path: Any) -> Any:
    """How often each path turns from up to down or back, rounding error aside, (nodes,)."""
    moves = np.sign(np.where(np.abs(np.diff(path, axis=0)) > REST, np.diff(path, axis=0), 0.0))
    turned = np.zeros(path.shape[1], dtype=np.int64)
    last = np.zeros(path.shape[1])
    for row in moves:
        turned += row * last < 0
        last = np.where(row != 0, row, last)
    return turned


def _worst(labels: tuple[str, ...], values: Any, chosen: Any, *, key: Any = None) -> tuple[tuple[str, float], ...]:
    order = np.argsort(-(values if key is None else key), kind="stable")
    return tuple((labels[node], float(values[node])) for node in order if chosen[node])


def _no_projects(network: Network) -> Any:
    projects = network.projects
    nothing = np.zeros(0)
    return replace(
        projects,
        labels=(),
        node=projects.node[:0],
        capacity=nothing,
        start=(),
        ramp_days=nothing,
        slip_days=nothing,
        chance=nothing,
    )
