"""What would have been shipped without the control: a local level with its own uncertainty.

The logarithm of tonnes a day is a level that drifts from month to month, plus the calendar, plus noise of the month. Nothing of it is a
mean year. How fast the level drifts and how large the noise is are not known either: both stand on a grid, weighted by how well they
explain the rows before the control.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from standoff.studies.backtest.months import Month, days_in, lunar_shares

Floats = npt.NDArray[np.float64]

DRIFTS = (0.01, 0.02, 0.03, 0.045, 0.065)
"""Standard deviation of the level's change in a month, log (assumed range; weighted by the data)."""
NOISES = (0.03, 0.06, 0.1, 0.15, 0.2)
"""Standard deviation of a month around its level, log (assumed range; weighted by the data)."""
FIRST_LEVEL_SD = 1.0
"""Prior spread of the first level, log: wide."""
LUNAR_PRIOR = (np.array([0.0, -0.5]), np.diag([0.09, 0.09]))
"""Effect of a month that is all rush and of one that is all lull, log (assumed: no rush, the lull costs four tenths; both wide)."""


@dataclass(frozen=True)
class Total:
    """A measured sum over one or more months.

    Attributes:
        months: that it covers.
        value: tonnes.
    """

    months: tuple[Month, ...]
    value: float

    @property
    def log_rate(self) -> float:
        """Logarithm of tonnes a day."""
        return float(np.log(self.value / sum(days_in(month) for month in self.months)))


@dataclass(frozen=True)
class Baseline:
    """Distribution of the logarithm of tonnes a day without the control.

    Attributes:
        months: that it is for.
        weight: of each pair of drift and noise, (pairs,).
        mean: (pairs, months).
        covariance: of level and calendar, without the noise of the month, (pairs, months, months).
        noise: standard deviation of a month around its level, (pairs,).
        lunar: mean and covariance of the two calendar effects given the data.
    """

    months: tuple[Month, ...]
    weight: Floats
    mean: Floats
    covariance: Floats
    noise: Floats
    lunar: tuple[Floats, Floats]

    def median_tonnes(self) -> Floats:
        """Tonnes of each month at the weighted mean, (months,)."""
        days = np.array([days_in(month) for month in self.months])
        tonnes: Floats = np.exp(self.weight @ self.mean) * days
        return tonnes


def fit_baseline(
    totals: Sequence[Total], months: Sequence[Month], *, lunar: tuple[Floats, Floats] = LUNAR_PRIOR
) -> Baseline:
    """Local level from totals before the control, carried on to ``months``.

    Formula: ``y = mean over the total's months of (x_m + L_m b) + e``, ``x_{m+1} = x_m + d``, with ``e ~ N(0, s^2 / months)`` and
    ``d ~ N(0, q^2)``; (q, s) on a grid weighted by the marginal likelihood of the totals.

    Args:
        totals: measured sums, every month in at most one of them.
        months: to carry on to, after the last total.
        lunar: prior mean and covariance of the calendar effects.
    """
    first = min(month for total in totals for month in total.months)
    axis = list(range(first, max(months) + 1))
    calendar = lunar_shares(axis)
    design = np.array([[np.isin(month, total.months) / len(total.months) for month in axis] for total in totals])
    measured = np.array([total.log_rate for total in totals])
    spread = 1.0 / np.array([len(total.months) for total in totals], dtype=float)
    target = np.array([axis.index(month) for month in months])
    steps = np.minimum(*np.meshgrid(np.arange(len(axis)), np.arange(len(axis))))
    prior_mean = measured[0] + calendar @ lunar[0]
    weights, means, covariances, noises, effects = [], [], [], [], []
    for drift in DRIFTS:
        level = FIRST_LEVEL_SD**2 + drift**2 * steps
        joint = level + calendar @ lunar[1] @ calendar.T
        for noise in NOISES:
            seen = design @ joint @ design.T + np.diag(noise**2 * spread)
            surprise = measured - design @ prior_mean
            weights.append(-0.5 * (surprise @ np.linalg.solve(seen, surprise) + np.linalg.slogdet(seen)[1]))
            gain = np.linalg.solve(seen, design @ joint).T
            means.append((prior_mean + gain @ surprise)[target])
            covariances.append((joint - gain @ design @ joint)[np.ix_(target, target)])
            noises.append(noise)
            shared = lunar[1] @ calendar.T @ design.T
            learnt = np.linalg.solve(seen, shared.T).T
            effects.append((lunar[0] + learnt @ surprise, lunar[1] - learnt @ shared.T))
    weight = np.exp(np.array(weights) - max(weights))
    weight /= weight.sum()
    effect = np.array([each[0] for each in effects])
    centre = weight @ effect
    around = effect - centre
    scatter = np.einsum("g,gij->ij", weight, np.array([each[1] for each in effects]))
    return Baseline(
        months=tuple(months),
        weight=weight,
        mean=np.array(means),
        covariance=np.array(covariances),
        noise=np.array(noises),
        lunar=(centre, scatter + np.einsum("g,gi,gj->ij", weight, around, around)),
    )
