"""Sobol indices: the share of a result's variance that an input explains alone (first) and with all others (total)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from standoff.simulate.sampling import sobol_points

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Indices:
    """First and total indices of each input, (inputs,), with the standard error of each."""

    first: Floats
    total: Floats
    first_error: Floats
    total_error: Floats


def saltelli_points(count: int, *, dimensions: int, seed: int) -> Floats:
    """Saltelli's design without second order, (count x (dimensions + 2), dimensions): for each base point A, then A with one column of B
    after the other, then B. Source: Saltelli and others 2010, doi:10.1016/j.cpc.2009.09.018."""
    base = sobol_points(count, dimensions=2 * dimensions, seed=seed)
    a, b = base[:, :dimensions], base[:, dimensions:]
    design = np.repeat(a[:, None, :], dimensions + 2, axis=1)
    for column in range(dimensions):
        design[:, column + 1, column] = b[:, column]
    design[:, -1] = b
    points: Floats = design.reshape(-1, dimensions)
    return points


def sobol_indices(values: Floats, *, dimensions: int) -> Indices:
    """Indices from the results of a `saltelli_points` design.

    Formula: ``S_i = mean(B (AB_i - A)) / V`` (Saltelli 2010), ``T_i = mean((A - AB_i)^2) / 2 V`` (Jansen 1999), V over A and B. Errors are
    those of the means.

    Args:
        values: results in the order of the design.
        dimensions: number of inputs.
    """
    table = values.reshape(-1, dimensions + 2)
    scale = table.std()
    table = (table - table.mean()) / (scale if scale > 0 else 1.0)
    a, mixed, b = table[:, [0]], table[:, 1:-1], table[:, [-1]]
    variance = np.var(np.concatenate([a, b])) or 1.0
    first, total = b * (mixed - a) / variance, 0.5 * (a - mixed) ** 2 / variance
    root = np.sqrt(len(table))
    return Indices(first.mean(axis=0), total.mean(axis=0), first.std(axis=0) / root, total.std(axis=0) / root)


def binned_indices(points: Floats, values: Floats) -> Floats:
    """First indices from draws that are already there, (inputs,).

    Formula: the variance of the result's means over bins of equally many draws along an input, less what chance gives them, over the
    result's variance. Source: Li and Mahadevan 2016, doi:10.1016/j.ress.2016.05.003. Noise is about the root of the number of bins over
    the number of draws. (Estimators from neighbouring draws do not hold here: neighbours among Sobol points are not independent.)
    """
    count, variance = len(values), float(values.var())
    if not variance > 0:
        return np.zeros(points.shape[1])
    bins = int(np.clip(np.sqrt(count) / 2, 2, 32))
    indices = np.empty(points.shape[1])
    for column in range(points.shape[1]):
        parts = np.array_split(values[np.argsort(points[:, column], kind="stable")], bins)
        between = sum(len(part) * (part.mean() - values.mean()) ** 2 for part in parts) / count
        within = variance - between
        indices[column] = (between - within * (bins - 1) / max(count - bins, 1)) / variance
    return indices
