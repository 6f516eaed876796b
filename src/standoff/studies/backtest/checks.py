"""Posterior predictive checks: what the fitted model would have had the open rows be, beside what they were.

Each check is a statistic of the open rows and of replications of them. A replication takes a draw of the posterior, and a grid point that
goes with it, and makes new baseline, discrepancy, noise, reports and firms. Where hardly any replication is like the rows, the model lacks
something that no value of its numbers can give it. The rows were used to fit, so that a check is mild: passing says little, failing much.

Source: Gelman, Meng, Stern 1996, Statistica Sinica 6, 733-807.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.studies.backtest.calibrate import (
    Posterior,
    Study,
    calibration_job,
    granted_shares,
    moved_job,
    run_kept,
    stopped_shares,
)
from standoff.studies.backtest.forecast import choose_points, sample_tonnes
from standoff.studies.backtest.likelihood import stop_chance
from standoff.studies.backtest.months import days_in

Floats = npt.NDArray[np.float64]

EXTREME = 0.05
"""A check whose probability is nearer to none or to one is said to fail."""


@dataclass(frozen=True)
class Check:
    """One statistic of the open rows.

    Attributes:
        statistic, of: what it is, and of which destination, day or firms.
        observed: of the rows.
        lo80, median, hi80: of the replications.
        probability: that a replication is above the rows, ties counted half (the posterior predictive p-value).
        failed: whether it is extreme.
    """

    statistic: str
    of: str
    observed: float
    lo80: float
    median: float
    hi80: float
    probability: float
    failed: bool


def check(statistic: str, of: str, *, observed: float, replicated: Floats) -> Check:
    """A statistic of the rows beside its replications, (draws,)."""
    low, median, high = (float(value) for value in np.quantile(replicated, (0.1, 0.5, 0.9)))
    above = float((replicated > observed).mean() + 0.5 * (replicated == observed).mean())
    failed = min(above, 1.0 - above) < EXTREME
    return Check(statistic, of, observed, low, median, high, round(above, 4), failed)


def _largest_change(tonnes: Floats) -> Floats:
    """Largest ratio between neighbouring measured months, either way, (samples,)."""
    change: Floats = np.exp(np.abs(np.diff(np.log(tonnes), axis=1)).max(axis=1))
    return change


TONNES: Mapping[str, Callable[[Floats], Floats]] = {
    "total tonnes": lambda tonnes: tonnes.sum(axis=1),
    "lowest month, tonnes": lambda tonnes: tonnes.min(axis=1),
    "largest change between months, factor": _largest_change,
}
"""Statistics of the measured open months, from (samples, months)."""


def predictive_checks(study: Study, posterior: Posterior, *, draws: int, seed: int = 0) -> list[Check]:
    """Check a calibration against its own open rows. Changes nothing of it.

    Args:
        study, posterior: what was calibrated.
        draws: equally likely draws of the posterior.
        seed: of resampling and replications.
    """
    random = np.random.default_rng([seed, 2])
    chosen = posterior.resample(draws, seed=seed)
    return [
        *_tonnes_checks(study, posterior.exports[..., chosen], random=random),
        *_other_checks(study, posterior, chosen, random=random),
    ]


def _tonnes_checks(study: Study, exports: Floats, *, random: np.random.Generator) -> list[Check]:
    found = []
    for evidence, ratios in zip(study.evidence, exports, strict=True):
        if len(evidence.seen) < 2:
            continue
        points = choose_points(evidence, ratios, random=random)
        made = sample_tonnes(evidence, ratios, points=points, ahead=evidence.seen, random=random, seen=[])
        days = np.array([days_in(evidence.baseline.months[position]) for position in evidence.seen])
        measured = (np.exp(evidence.log_rate) * days)[None]
        found += [
            check(name, evidence.name, observed=float(statistic(measured)[0]), replicated=statistic(made))
            for name, statistic in TONNES.items()
        ]
    return found


def _other_checks(
    study: Study, posterior: Posterior, chosen: npt.NDArray[np.int64], *, random: np.random.Generator
) -> list[Check]:
    """Checks of granted shares and of the named firms: the draws are run again, because a posterior keeps only their exports."""
    shares: list[Floats] = []
    stopped: list[Floats] = []
    for structure in np.unique(posterior.structure[chosen]):
        here = chosen[posterior.structure[chosen] == structure]
        prior = calibration_job(study, float(structure), draws=posterior.total, seed=posterior.seed)
        job = moved_job(prior, study.episode, points=posterior.points[here], index=posterior.index[here])
        kept: dict[str, Any] = run_kept(study, job)
        shares.append(granted_shares(study, job, kept))
        stopped.append(stopped_shares(study, job, kept))
    found = []
    granted = study.episode.granted
    if granted:
        reported = np.concatenate(shares, axis=1)
        reported = reported + granted.error * random.standard_normal(reported.shape)
        found += [
            check("granted of filed, share", row.date.isoformat(), observed=row.share, replicated=replicated)
            for row, replicated in zip(granted.rows, reported, strict=True)
        ]
    if study.stops:
        chance = stop_chance(np.concatenate(stopped, axis=1))
        stops = (random.random(chance.shape) < chance).sum(axis=0).astype(float)
        count = float(sum(row.stopped for row in study.stops))
        found.append(check("firms that stopped", "named firms", observed=count, replicated=stops))
    return found
