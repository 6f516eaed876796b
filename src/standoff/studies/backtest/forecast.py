"""Forecasts of an episode: equally likely draws of the posterior run to the end, given what was measured until the information date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.simulate.ensemble import Job
from standoff.studies.backtest.calibrate import (
    CHUNK,
    Posterior,
    Study,
    moved_job,
    normalised,
    run_kept,
    systematic,
    tonnes_log_likelihood,
)
from standoff.studies.backtest.episode import Forecast
from standoff.studies.backtest.likelihood import DISCREPANCY_MEMORY, Evidence, log_sum, relative_error
from standoff.studies.backtest.months import Month, days_in, first_day, label_of

Floats = npt.NDArray[np.float64]

DRAWS = 512
"""Equally likely draws that a forecast runs."""
SAMPLES = 8
"""Samples of baseline, noise and discrepancy a draw."""
LEVELS = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class Predicted:
    """A sample of tonnes by destination and month.

    Attributes:
        forecast: its name.
        months: of the samples.
        tonnes: by destination, (samples, months).
        ratio: simulated ratio to the base year by destination, (draws, months), mixed at the posterior mean of the controlled share.
        stopped: share of each firm class that has stood still so far, (steps, classes, draws).
    """

    forecast: str
    months: tuple[Month, ...]
    tonnes: dict[str, Floats]
    ratio: dict[str, Floats]
    stopped: Floats
    step_starts: tuple[dt.date, ...]

    def rows(self, product: str) -> list[dict[str, Any]]:
        """Median and 80 % interval of each destination and month."""
        found = []
        for destination, sample in self.tonnes.items():
            low, median, high = np.quantile(sample, LEVELS, axis=0)
            for column, month in enumerate(self.months):
                found.append(
                    {
                        "product": product,
                        "destination": destination,
                        "month": label_of(month),
                        "forecast": self.forecast,
                        "median": round(float(median[column]), 1),
                        "lo80": round(float(low[column]), 1),
                        "hi80": round(float(high[column]), 1),
                    }
                )
        return found


def predict(study: Study, posterior: Posterior, name: str, *, draws: int = DRAWS, seed: int = 0) -> Predicted:
    """Run a forecast of an episode.

    Args:
        study: from `standoff.studies.backtest.calibrate.open_study`.
        posterior: of the moved numbers.
        name: of the forecast.
        draws: equally likely draws of the posterior.
        seed: of resampling and samples.
    """
    forecast = study.episode.forecasts[name]
    jobs = forecast_jobs(study, forecast, posterior, draws=draws, seed=seed)
    parts = [run_kept(study, job) for job in jobs]
    kept = {key: np.concatenate([part[key] for part in parts], axis=-1) for key in parts[0]}
    job = jobs[0]
    random = np.random.default_rng(seed)
    months = study.evidence[0].baseline.months
    ahead = np.array([months.index(month) for month in study.episode.predicted])
    tonnes, ratio = {}, {}
    for index, evidence in enumerate(study.evidence):
        exports = study.exports(kept, job, index)
        points = choose_points(evidence, exports, random=random)
        tonnes[evidence.name] = sample_tonnes(evidence, exports, points=points, ahead=ahead, random=random)
        share = evidence.share[points].mean()
        ratio[evidence.name] = (share * exports[0] + (1.0 - share) * exports[1]).T
    starts = tuple(
        job.scenario.start + dt.timedelta(days=float(step * job.scenario.step_days))
        for step in range(job.scenario.steps)
    )
    return Predicted(name, study.episode.predicted, tonnes, ratio, kept["stopped"], starts)


def forecast_jobs(study: Study, forecast: Forecast, posterior: Posterior, *, draws: int, seed: int) -> list[Job]:
    """Equally likely draws of the posterior as jobs that cover the predicted months, one for each structure among them."""
    chosen = posterior.resample(draws, seed=seed)
    until = first_day(study.episode.predicted[-1] + 1) + dt.timedelta(days=7)
    jobs = []
    for structure in np.unique(posterior.structure[chosen]):
        here = chosen[posterior.structure[chosen] == structure]
        job = study.job(forecast, until=until, structure=float(structure), draws=posterior.total, seed=posterior.seed)
        jobs.append(moved_job(job, study.episode, points=posterior.points[here], index=posterior.index[here]))
    return jobs


def choose_points(
    evidence: Evidence, exports: Floats, *, random: np.random.Generator, seen: Sequence[int] | None = None
) -> npt.NDArray[np.int64]:
    """Grid points of each draw by their posterior weight, (draws, samples)."""
    log_weight = np.concatenate(
        [
            evidence.log_likelihood(exports[..., start : start + CHUNK], seen=seen)
            for start in range(0, exports.shape[-1], CHUNK)
        ]
    )
    weight = np.exp(log_weight - log_sum(log_weight)[:, None])
    ticks = (np.arange(SAMPLES) + random.random((len(weight), SAMPLES))) / SAMPLES
    cumulated = np.cumsum(weight, axis=1)
    return np.array([np.searchsorted(row, each) for row, each in zip(cumulated, ticks, strict=True)]).clip(
        0, weight.shape[1] - 1
    )


def sample_tonnes(
    evidence: Evidence,
    exports: Floats,
    *,
    points: npt.NDArray[np.int64],
    ahead: npt.NDArray[np.int64],
    random: np.random.Generator,
    seen: Sequence[int] | None = None,
) -> Floats:
    """Tonnes of the months ``ahead`` given the measured months, or those of them in ``seen``, (draws x samples, months).

    Formula: the logarithms of all months are jointly normal at a grid point; the measured ones are conditioned on.
    """
    days = np.array([days_in(month) for month in evidence.baseline.months])[ahead]
    use = np.arange(len(evidence.seen)) if seen is None else np.flatnonzero(np.isin(evidence.seen, seen))
    known, both = evidence.log_rate[use], np.concatenate([evidence.seen[use], ahead])
    here = len(use)
    samples = []
    for draw, chosen in enumerate(points):
        log_ratio = evidence.log_ratio(exports[..., [draw]], both)[0, chosen]
        pair = evidence.pair[chosen]
        relative = relative_error(log_ratio, evidence.discrepancy[chosen][:, None])
        covariance = joint_covariance(evidence, relative, pair=pair, positions=both)
        mean = evidence.baseline.mean[pair][:, both] + log_ratio
        gain = np.linalg.solve(covariance[:, :here, :here], covariance[:, :here, here:]).transpose(0, 2, 1)
        centre = mean[:, here:] + np.einsum("kij,kj->ki", gain, known - mean[:, :here])
        left = covariance[:, here:, here:] - gain @ covariance[:, :here, here:]
        factor = np.linalg.cholesky(left)
        noise = random.standard_normal(centre.shape)
        samples.append(np.exp(centre + np.einsum("kij,kj->ki", factor, noise)) * days)
    return np.concatenate(samples)


def joint_covariance(evidence: Evidence, relative: Floats, *, pair: Any, positions: Any) -> Floats:
    """Covariance of the logarithm of tonnes of some months at chosen grid points, (samples, months, months)."""
    lag = np.abs(np.subtract.outer(positions, positions))
    shared = relative[:, :, None] * relative[:, None, :] * DISCREPANCY_MEMORY**lag
    noise = np.eye(len(positions)) * evidence.baseline.noise[pair][:, None, None] ** 2
    total: Floats = shared + noise + evidence.baseline.covariance[pair][:, positions[:, None], positions]
    return total


def predict_open(study: Study, posterior: Posterior, *, draws: int = DRAWS, seed: int = 0) -> dict[str, Floats]:
    """Each open month predicted from the open months before it alone, tonnes by destination, (samples, months).

    The same draws are weighted anew by the tonnes of the earlier months; granted shares and stops are left out, so that nothing of the
    month or of a later one is used. The first month is predicted from the prior.
    """
    random = np.random.default_rng(seed)
    months = np.arange(len(study.episode.open_months))
    found: dict[str, list[Floats]] = {evidence.name: [] for evidence in study.evidence}
    for month in months:
        earlier = [int(before) for before in months[:month]]
        likelihood = tonnes_log_likelihood(study, posterior.exports, seen=earlier)
        chosen = systematic(normalised(likelihood + posterior.log_base), draws, seed=seed)
        for evidence, ratios in zip(study.evidence, posterior.exports[..., chosen], strict=True):
            points = choose_points(evidence, ratios, random=random, seen=earlier)
            sample = sample_tonnes(evidence, ratios, points=points, ahead=months[[month]], random=random, seen=earlier)
            found[evidence.name].append(sample[:, 0])
    return {name: np.stack(samples, axis=1) for name, samples in found.items()}


def baseline_tonnes(study: Study, *, count: int = DRAWS * SAMPLES, seed: int = 0) -> dict[str, dict[Month, Floats]]:
    """Tonnes with the measure switched off: the baseline alone, by destination and month, (samples,)."""
    random = np.random.default_rng([seed, 1])
    found = {}
    for evidence in study.evidence:
        baseline = evidence.baseline
        pair = random.choice(len(baseline.weight), size=count, p=baseline.weight)
        whole = baseline.covariance + np.eye(len(baseline.months)) * baseline.noise[:, None, None] ** 2
        factor = np.linalg.cholesky(whole)
        noise = random.standard_normal((count, len(baseline.months)))
        log_rate = baseline.mean[pair] + np.einsum("kij,kj->ki", factor[pair], noise)
        days = np.array([days_in(month) for month in baseline.months])
        tonnes = np.exp(log_rate) * days
        found[evidence.name] = {month: tonnes[:, column] for column, month in enumerate(baseline.months)}
    return found
