"""How likely the open rows are under a draw of the model.

Tonnes of a destination in a month are the baseline's rate times the simulated ratio of shipments to the base year, with a discrepancy of
the ratio and the noise of the month. The ratio mixes goods that are truly controlled and goods that only look so. The share of the former,
the size of the discrepancy and the baseline's two spreads are summed over a grid, so that no draw has to carry them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.studies.backtest.baseline import Baseline, Total, fit_baseline
from standoff.studies.backtest.episode import Episode, Spread
from standoff.studies.backtest.months import Month, days_in
from standoff.studies.backtest.rows import by_month, disjoint

Floats = npt.NDArray[np.float64]

DISCREPANCIES = (0.04, 0.08, 0.16, 0.32)
"""Standard deviation of the simulated effect of the measure, one less the ratio, as a share of it (assumed; weighted by the data). It goes
with the effect: where the measure does nothing any more, the baseline alone is uncertain."""
LEAST_DISCREPANCY = 0.04
"""Standard deviation of the ratio however small the effect (assumed)."""
DISCREPANCY_MEMORY = 0.7
"""Correlation of the discrepancy from month to month (assumed: what the model lacks does not vanish in a month)."""
SHARES = 9
"""Points of the grid over the controlled share, equally likely."""
LEAST_RATIO = 0.05
"""A ratio below it counts as this much, so that a logarithm stays finite; the discrepancy then covers it."""
LEAST_WEIGHT = 0.005
"""Pairs of the baseline's spreads with less weight are left out."""


@dataclass(frozen=True)
class Evidence:
    """What is known of one destination.

    Attributes:
        name: of the destination.
        baseline: for the open months, then the predicted ones.
        seen: positions of measured months among the baseline's.
        log_rate: logarithm of tonnes a day in them.
        share, discrepancy, pair: the grid, one entry a point.
        log_prior: of each point.
    """

    name: str
    baseline: Baseline
    seen: npt.NDArray[np.int64]
    log_rate: Floats
    share: Floats
    discrepancy: Floats
    pair: npt.NDArray[np.int64]
    log_prior: Floats

    def log_ratio(self, exports: Floats, positions: Any) -> Floats:
        """Logarithm of the ratio at every grid point, (draws, points, months), from (parts, months, draws)."""
        controlled, alike = exports[:, positions]
        mixed = self.share * controlled[..., None] + (1.0 - self.share) * alike[..., None]
        log: Floats = np.log(np.maximum(mixed, LEAST_RATIO)).transpose(1, 2, 0)
        return log

    def spread(self, log_ratio: Floats) -> Floats:
        """Covariance of the logarithm of tonnes without the baseline's, (draws, points, months, months)."""
        months = log_ratio.shape[-1]
        lag = np.abs(np.subtract.outer(np.arange(months), np.arange(months)))
        relative = relative_error(log_ratio, self.discrepancy[:, None])
        shared: Floats = relative[..., :, None] * relative[..., None, :] * DISCREPANCY_MEMORY**lag
        return shared + np.eye(months) * self.baseline.noise[self.pair][:, None, None] ** 2

    def log_likelihood(self, exports: Floats, *, seen: Sequence[int] | None = None) -> Floats:
        """Log likelihood and log prior of every grid point, (draws, points).

        Args:
            exports: simulated ratio by part, (parts, months, draws).
            seen: positions of the measured months that count; all if not given.
        """
        use = np.arange(len(self.seen)) if seen is None else np.flatnonzero(np.isin(self.seen, seen))
        log_prior: Floats = np.broadcast_to(self.log_prior, (exports.shape[-1], len(self.log_prior)))
        if not len(use):
            return log_prior
        at = self.seen[use]
        log_ratio = self.log_ratio(exports, at)
        covariance = self.spread(log_ratio) + self.baseline.covariance[self.pair][:, at[:, None], at]
        surprise = self.log_rate[use] - self.baseline.mean[self.pair][:, at] - log_ratio
        factor = np.linalg.cholesky(covariance)
        white = np.linalg.solve(factor, surprise[..., None])[..., 0]
        size = np.log(np.diagonal(factor, axis1=-2, axis2=-1)).sum(axis=-1)
        result: Floats = log_prior - 0.5 * (white**2).sum(axis=-1) - size - 0.5 * len(use) * np.log(2 * np.pi)
        return result


def build_evidence(episode: Episode, tonnes: Mapping[str, Sequence[Total]]) -> list[Evidence]:
    """Baselines and open rows of every destination; the first destination's calendar effects are the others' prior."""
    control = episode.open_months[0]
    months = (*episode.open_months, *episode.predicted)
    found: list[Evidence] = []
    for name in episode.destinations:
        before = disjoint(total for total in tonnes.get(name, ()) if total.months[-1] < control)
        if not before:
            continue
        baseline = fit_baseline(before, months, **({"lunar": found[0].baseline.lunar} if found else {}))
        after = by_month(total for total in tonnes[name] if total.months[0] >= control and len(total.months) == 1)
        found.append(_evidence(name, baseline, after, episode))
    return found


def _evidence(name: str, baseline: Baseline, after: Mapping[Month, float], episode: Episode) -> Evidence:
    measured = [month for month in episode.open_months if after.get(month, 0.0) > 0]
    shares = split_uniform(episode.controlled_share, (np.arange(SHARES) + 0.5) / SHARES)
    pairs = np.flatnonzero(baseline.weight > LEAST_WEIGHT)
    share, discrepancy, pair = (
        axis.ravel() for axis in np.meshgrid(shares, np.array(DISCREPANCIES), pairs, indexing="ij")
    )
    prior = baseline.weight[pair] / (SHARES * len(DISCREPANCIES) * baseline.weight[pairs].sum())
    return Evidence(
        name=name,
        baseline=baseline,
        seen=np.array([baseline.months.index(month) for month in measured], dtype=np.int64),
        log_rate=np.log([after[month] / days_in(month) for month in measured]),
        share=share,
        discrepancy=discrepancy,
        pair=pair,
        log_prior=np.log(prior),
    )


def relative_error(log_ratio: Floats, discrepancy: Floats) -> Floats:
    """Standard deviation of the logarithm of the ratio: ``sqrt((s (1 - r))^2 + least^2) / r``."""
    ratio = np.exp(log_ratio)
    error: Floats = np.hypot(discrepancy * (1.0 - ratio), LEAST_DISCREPANCY) / ratio
    return error


def split_uniform(spread: Spread, u: Floats) -> Floats:
    """Quantiles of a number whose stated value is its median: even below it and even above."""
    below = spread.low + (spread.value - spread.low) * 2.0 * u
    above = spread.value + (spread.high - spread.value) * (2.0 * u - 1.0)
    return np.where(u < 0.5, below, above)


def log_sum(log_values: Floats) -> Floats:
    """Logarithm of the sum of exponentials over the last axis."""
    top = log_values.max(axis=-1, keepdims=True)
    total: Floats = np.log(np.exp(log_values - top).sum(axis=-1)) + top[..., 0]
    return total


def granted_log_likelihood(shares: Floats, *, reported: Sequence[float], error: float) -> Floats:
    """Log likelihood of granted-of-filed shares, (draws,), from simulated ones, (rows, draws).

    Reports come from one association's members and one press summary each: a normal error of ``error`` on the share.
    """
    wrong = (np.asarray(reported)[:, None] - shares) / error
    result: Floats = -0.5 * (wrong**2).sum(axis=0)
    return result


def stop_chance(shares: Floats) -> Floats:
    """Probability that a firm is reported to have stopped, from the share of its class that stood still.

    A firm is a random member of its class. One report in twenty is taken to be about something else (assumed).
    """
    return 0.05 + 0.9 * shares


def stops_log_likelihood(shares: Floats, *, stopped: Sequence[bool]) -> Floats:
    """Log likelihood of named firms' stops, (draws,), from the share of their class that stood still, (firms, draws).

    Named firms are no random sample, so that a row counts half (assumed).
    """
    chance = stop_chance(shares)
    right = np.where(np.asarray(stopped)[:, None], chance, 1.0 - chance)
    result: Floats = 0.5 * np.log(right).sum(axis=0)
    return result
