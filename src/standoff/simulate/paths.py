"""What is known before a run starts, for all steps at once: capacity with projects, final demand, stocks that may be released."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.model.arrays import add_at
from standoff.model.capacity import project_capacity
from standoff.simulate.draws import Clock, Draws, factor_of
from standoff.world.network import Network

Floats = npt.NDArray[np.float64]


def capacity_path(network: Network, clock: Clock, *, per_step: float, draws: Draws | None, xp: Any = np) -> Any:
    """Capacity per step of producers, (steps, producers) or (steps, producers, 1 or draws)."""
    producers, projects = network.nodes.producers, network.projects
    base = network.nodes.capacity[:producers]
    if draws and "capacity" in draws.factors:  # what the base year made can be made: only what is spare is less
        least = np.minimum(network.nodes.activity[:producers], base)[:, None]
        drawn = xp.maximum(base[:, None] * draws.factors["capacity"], least)
        path: Any = xp.repeat(drawn[None], clock.steps, axis=0)
    else:
        path = np.repeat(base[None, :, None] if draws else base[None], clock.steps, axis=0)
    if not len(projects.labels):
        return _cut(path, draws) * per_step
    days: Any = clock.middle_days()[:, None]
    start: Any = np.array([float((day - clock.start).days) for day in projects.start])
    ramp: Any = projects.ramp_days
    slip: Any = projects.slip_days
    added: Any = projects.capacity * (projects.chance >= 0.5)
    if draws:
        path = xp.asarray(path if path.shape[-1] == draws.count else np.repeat(path, draws.count, axis=-1))
        days, start = days[..., None], start[:, None]
        ramp = ramp[:, None] * factor_of(draws, "ramp", slice(None))
        slip, added = draws.slip, projects.capacity[:, None] * factor_of(draws, "added", slice(None)) * draws.built
    grown = project_capacity(days=days, start_day=start, ramp_days=ramp, slip_days=slip, added=added, xp=xp)
    for index, node in enumerate(projects.node):
        path = add_at(path, (slice(None), node), grown[:, index])
    return _cut(path, draws) * per_step


def _cut(path: Any, draws: Draws | None) -> Any:
    """The path times the draws' factors on capacity, if there are any."""
    return path if draws is None or draws.capacity is None else path * draws.capacity


def demand_path(network: Network, clock: Clock, *, per_step: float, factor: Floats | None, draws: Draws | None) -> Any:
    """Final demand per step of uses, (steps, uses) or (steps, uses, 1): all draws demand the same."""
    demand = network.nodes.activity[network.nodes.producers :] * per_step
    path = np.repeat(demand[None], clock.steps, axis=0)
    if factor is not None:
        path = path * factor
    return path[..., None] if draws else path


def reserve_open_path(network: Network, clock: Clock, *, draws: Draws | None) -> Any:
    """1 where a strategic stock may be released, (steps, stocks) or (steps, stocks, 1)."""
    opens = np.array([0.0 if day is None else float((day - clock.start).days) for day in network.stocks.opens])
    path = (clock.middle_days()[:, None] >= opens).astype(float)
    return path[..., None] if draws else path
