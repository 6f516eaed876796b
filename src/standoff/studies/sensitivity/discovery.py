"""Scenario discovery: a box of inputs in which something happens far more often than elsewhere.

Source: patient rule induction, Friedman and Fisher 1999, doi:10.1023/A:1008894516817; Bryant and Lempert 2010,
doi:10.1016/j.techfore.2009.08.002.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

PEEL = 0.05
"""Share of the box's draws that one step takes off."""
LEAST_SUPPORT = 0.05
"""Smallest share of all draws that a box may hold."""
LEAST_GAIN = 0.02
"""An edge that raises the density by less, or by less than a standard error of it, is given up again."""


@dataclass(frozen=True)
class Edge:
    """One side of a box: an input and the bounds inside which it lies."""

    name: str
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Box:
    """Where something happens.

    Attributes:
        edges: bounds of the inputs that matter, in order of what they add.
        density: share of the box's draws in which it happens.
        coverage: share of all cases that lie in the box.
        support: share of all draws in the box.
        overall: share of all draws in which it happens.
    """

    edges: tuple[Edge, ...]
    density: float
    coverage: float
    support: float
    overall: float


def find_box(values: Floats, happens: Flags, names: Sequence[str]) -> Box | None:
    """Peel a box towards the draws in which something happens; None where it always or never does.

    Args:
        values: of the inputs, (draws, inputs).
        happens: (draws,).
        names: of the inputs.
    """
    overall = float(happens.mean())
    if not 0 < overall < 1:
        return None
    inside = np.ones(len(values), dtype=bool)
    low, high = np.full(values.shape[1], -np.inf), np.full(values.shape[1], np.inf)
    while happens[inside].mean() < 1.0:
        peeled = _best_peel(values, happens, inside)
        if peeled is None:
            break
        column, bound, below = peeled
        (low if below else high)[column] = bound
        inside &= values[:, column] >= bound if below else values[:, column] <= bound
    edges = _edges_that_matter(values, happens, low, high)
    inside = _in_box(values, low, high, edges)
    return Box(
        edges=tuple(_edge(names[column], low[column], high[column]) for column in edges),
        density=float(happens[inside].mean()),
        coverage=float(happens[inside].sum() / happens.sum()),
        support=float(inside.mean()),
        overall=overall,
    )


def _best_peel(values: Floats, happens: Flags, inside: Flags) -> tuple[int, float, bool] | None:
    best, density = None, happens[inside].mean()
    here = values[inside]
    for column in range(values.shape[1]):
        for below, level in ((True, PEEL), (False, 1.0 - PEEL)):
            bound = float(np.quantile(here[:, column], level))
            kept = inside & (values[:, column] >= bound if below else values[:, column] <= bound)
            if kept.sum() == inside.sum() or kept.mean() < LEAST_SUPPORT:
                continue
            found = happens[kept].mean()
            if found > density:
                best, density = (column, bound, below), found
    return best


def _edges_that_matter(values: Floats, happens: Flags, low: Floats, high: Floats) -> list[int]:
    """Bounded inputs without which the density falls, those that add most first."""
    columns = [int(column) for column in np.flatnonzero(np.isfinite(low) | np.isfinite(high))]
    while len(columns) > 1:
        inside = happens[_in_box(values, low, high, columns)]
        whole = inside.mean()
        chance = (inside.sum() + 1.0) / (len(inside) + 2.0)
        least = max(LEAST_GAIN, float(np.sqrt(chance * (1.0 - chance) / len(inside))))
        loss = [
            whole - happens[_in_box(values, low, high, [each for each in columns if each != column])].mean()
            for column in columns
        ]
        order = np.argsort(loss)
        if loss[order[0]] >= least:
            return [columns[position] for position in order[::-1]]
        columns.pop(int(order[0]))
    return columns


def _in_box(values: Floats, low: Floats, high: Floats, columns: Sequence[int]) -> Flags:
    chosen = list(columns)
    within = (values[:, chosen] >= low[chosen]) & (values[:, chosen] <= high[chosen])
    every: Flags = np.logical_and.reduce(within, axis=1, dtype=bool)
    return every


def _edge(name: str, low: float, high: float) -> Edge:
    return Edge(name, float(low) if np.isfinite(low) else None, float(high) if np.isfinite(high) else None)
