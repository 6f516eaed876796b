"""Calibration: adaptive importance sampling over draws of the engine.

Rounds of draws are taken from the prior first, then from normals fitted to what has been found so far. Every draw of every round is
weighted by prior over the mixture of all rounds' proposals (AMIS: Cornuet, Marin, Mira, Robert 2012,
doi:10.1111/j.1467-9469.2011.00756.x), so that no draw is lost and no weight explodes: the prior is one of the proposals. Numbers
that are not moved keep their prior draws and cancel.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.errors import refuse
from standoff.simulate.ensemble import Job, plan_ensemble, run_block
from standoff.simulate.sampling import BASIC, draw_values
from standoff.studies.backtest.episode import Episode, Forecast
from standoff.studies.backtest.likelihood import (
    Evidence,
    build_evidence,
    granted_log_likelihood,
    log_sum,
    stops_log_likelihood,
)
from standoff.studies.backtest.months import first_day, monthly_weights
from standoff.studies.backtest.recorder import PARTS, EpisodeRecorder, FirmClass, Watch, watch_network
from standoff.studies.backtest.rows import StopRow, open_tonnes, read_stops
from standoff.world.build import build_network
from standoff.world.network import Network
from standoff.world.tables import World, read_world

Floats = npt.NDArray[np.float64]

ROUND, ROUNDS = 512, 6
"""Draws of a round and rounds; the first two come from the prior."""
WIDEN = 1.5
"""Proposals are wider than what they are fitted to, so that tails are covered."""
CHUNK = 128
"""Draws whose likelihood is computed together: the grids then fit into memory."""


@dataclass(frozen=True)
class Study:
    """An episode with everything that it is held against, on a world.

    Attributes:
        episode, world, network: what is studied.
        evidence: tonnes by destination.
        stops: named firms until the information date.
        watch: what a run keeps.
    """

    episode: Episode
    world: World
    network: Network
    evidence: list[Evidence]
    stops: list[StopRow]
    watch: Watch

    def job(self, forecast: Forecast, *, until: dt.date, structure: float, draws: int, seed: int) -> Job:
        """Draws of a forecast from the episode's start until a day, in one of the structures."""
        scenario = self.episode.scenario_of(forecast, until=until, structure=structure)
        record = partial(EpisodeRecorder, watch=self.watch, stop_share=0.5)
        return plan_ensemble(
            scenario,
            self.world,
            draws=draws,
            seed=seed,
            as_of=forecast.as_of,
            record=record,
            network=self.network,
            kinds=BASIC,
        )

    def exports(self, kept: dict[str, Any], job: Job, index: int) -> Floats:
        """Simulated ratio of a destination by part, (parts, months, draws), for the open and predicted months that the run covers."""
        months = self.evidence[index].baseline.months
        weights = monthly_weights(
            job.scenario.start, steps=job.scenario.steps, step_days=job.scenario.step_days, months=months
        )
        column = list(self.episode.destinations).index(self.evidence[index].name)
        cells = column + len(self.episode.destinations) * np.arange(len(PARTS))
        ratio: Floats = np.einsum("ms,scd->cmd", weights, kept["exports"][:, cells])
        whole = self.watch.base[cells] > 0
        return np.where(whole[:, None, None], ratio, ratio[::-1])


def open_study(episode: Episode) -> Study:
    """Read an episode's world and open rows."""
    world = read_world(episode.world)
    network = build_network(world)
    stops = read_stops(episode.folder / episode.stops, episode)[0] if episode.stops else []
    watch = watch_network(
        world,
        network,
        goods=episode.goods,
        origin=episode.origin,
        destinations=episode.destinations,
        granted_places=episode.granted.places if episode.granted else (),
        firm_classes=[FirmClass(name, each.kinds, each.places) for name, each in episode.firm_classes.items()],
    )
    known = [row for row in stops if row.by is None or row.by <= episode.information_date + dt.timedelta(days=1)]
    return Study(episode, world, network, build_evidence(episode, open_tonnes(episode)), known, watch)


@dataclass(frozen=True)
class Posterior:
    """Weighted draws of the moved numbers, of every structure one after the other.

    Attributes:
        names: of the moved numbers.
        points: their prior probabilities, (draws, names).
        values: the same as values, (draws, names).
        structure: value of the structural number, (draws,).
        index: number of each draw among the prior draws of all other numbers.
        log_likelihood: (draws,).
        log_base: logarithm of prior over proposal, (draws,).
        exports: simulated ratios of the open months, (destinations, parts, months, draws).
        total: number of prior draws that the others are taken from.
        seed: of those.
    """

    names: tuple[str, ...]
    points: Floats
    values: Floats
    structure: Floats
    index: npt.NDArray[np.int64]
    log_likelihood: Floats
    log_base: Floats
    exports: Floats
    total: int
    seed: int

    @property
    def weight(self) -> Floats:
        """Posterior weight of each draw, (draws,), sums to one. Structures weigh by their evidence."""
        return normalised(self.log_likelihood + self.log_base)

    @property
    def effective(self) -> float:
        """Effective number of draws."""
        return float(1.0 / (self.weight**2).sum())

    def resample(self, count: int, *, seed: int) -> npt.NDArray[np.int64]:
        """Positions of equally likely draws, by systematic resampling."""
        return systematic(self.weight, count, seed=seed)


def normalised(log_weight: Floats) -> Floats:
    """Weights that sum to one."""
    weight: Floats = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    return weight


def systematic(weight: Floats, count: int, *, seed: int) -> npt.NDArray[np.int64]:
    """Positions of ``count`` equally likely draws, by systematic resampling."""
    ticks = (np.arange(count) + np.random.default_rng(seed).random()) / count
    found: npt.NDArray[np.int64] = np.searchsorted(np.cumsum(weight), ticks).astype(np.int64)
    return np.minimum(found, len(weight) - 1)


def calibrate(
    study: Study,
    *,
    draws: int = ROUND,
    rounds: int = ROUNDS,
    seed: int = 0,
    progress: Callable[[int], None] | None = None,
) -> Posterior:
    """Draw the moved numbers given the open rows, in every structure.

    Args:
        study: from `open_study`.
        draws, rounds: size and number of rounds in each structure.
        seed: of the draws.
        progress: called with the number of draws done.
    """
    parts: list[Posterior] = []
    for value in study.episode.structure.values:
        parts.append(_calibrate_one(study, value, draws=draws, rounds=rounds, seed=seed))
        if progress:
            progress(len(parts) * draws * rounds)

    def joined(name: str) -> Any:
        return np.concatenate([getattr(part, name) for part in parts], axis=-1 if name == "exports" else 0)

    names = ("points", "values", "structure", "index", "log_likelihood", "log_base", "exports")
    return replace(parts[0], **{name: joined(name) for name in names})


def _calibrate_one(study: Study, structure: float, *, draws: int, rounds: int, seed: int) -> Posterior:
    names = tuple(study.episode.moved)
    job = calibration_job(study, structure, draws=draws * rounds, seed=seed)
    random = np.random.default_rng([seed, round(1000 * structure)])
    proposals: list[tuple[Floats, Floats]] = [(np.zeros(len(names)), np.eye(len(names)))] * min(2, rounds)
    normal = np.empty((0, len(names)))
    log_likelihood, log_base = np.empty(0), np.empty(0)
    exports = []
    for number in range(rounds):
        if number >= len(proposals):
            proposals.append(_fit(normal, normalised(log_likelihood + log_base)))
        mean, covariance = proposals[number]
        fresh = random.multivariate_normal(mean, covariance, size=draws, method="cholesky")
        index = np.arange(number * draws, (number + 1) * draws)
        found = evaluate(study, job, points=_uniform(fresh), index=index)
        exports.append(found.exports)
        log_likelihood = np.append(log_likelihood, found.log_likelihood)
        normal = np.concatenate([normal, fresh])
        log_base = _log_base(normal, proposals[: number + 1])
    points = _uniform(normal)
    values = moved_values(job, study.episode, points)
    return Posterior(
        names=names,
        points=points,
        values=np.stack([values[labels[0]] for labels in study.episode.moved.values()], axis=1),
        structure=np.full(len(points), structure),
        index=np.arange(len(points)),
        log_likelihood=log_likelihood,
        log_base=log_base,
        exports=np.concatenate(exports, axis=-1),
        total=draws * rounds,
        seed=seed,
    )


def calibration_job(study: Study, structure: float, *, draws: int, seed: int) -> Job:
    """Prior draws of a run that ends when the open months do, as of the information date."""
    until = first_day(study.episode.open_months[-1] + 1) + dt.timedelta(days=7)
    known = Forecast(as_of=study.episode.information_date)
    return study.job(known, until=until, structure=structure, draws=draws, seed=seed)


def moved_values(job: Job, episode: Episode, points: Floats) -> dict[str, Floats]:
    """Values at prior probabilities of every drawn number that the episode moves, by the number's label.

    Raises:
        InputError: the episode moves numbers that the scenario does not draw.
    """
    known = {each.name: each for each in job.ranges}
    missing = [label for labels in episode.moved.values() for label in labels if label not in known]
    if missing:
        raise refuse(
            f"episode {episode.name}",
            why=f"it moves numbers that its scenario does not draw: {', '.join(missing)}",
            cure="Name drawn numbers, see the coordinate `number` of an ensemble.nc",
            file="episode.yaml",
            column="moved",
        )
    return {
        label: draw_values([known[label]], points[:, [column]])[label]
        for column, labels in enumerate(episode.moved.values())
        for label in labels
    }


def moved_job(job: Job, episode: Episode, *, points: Floats, index: npt.NDArray[np.int64]) -> Job:
    """The draws ``index`` of a job with the moved numbers at ``points``."""
    drawn = {name: values[index] for name, values in job.values.items()}
    return replace(job, values={**drawn, **moved_values(job, episode, points)})


@dataclass(frozen=True)
class Evaluated:
    """Log likelihood of draws, (draws,), and their ratios in the open months, (destinations, parts, months, draws)."""

    log_likelihood: Floats
    exports: Floats


def evaluate(study: Study, job: Job, *, points: Floats, index: npt.NDArray[np.int64]) -> Evaluated:
    """Run draws ``index`` of a job with the moved numbers at ``points`` and hold them against the open rows."""
    moved = moved_job(job, study.episode, points=points, index=index)
    kept = run_kept(study, moved)
    count = len(study.episode.open_months)
    exports = np.stack([study.exports(kept, moved, number)[:, :count] for number in range(len(study.evidence))])
    return Evaluated(tonnes_log_likelihood(study, exports) + other_log_likelihood(study, moved, kept), exports)


def run_kept(study: Study, job: Job) -> dict[str, Any]:
    """What the episode's recorder keeps of a job, draws last."""
    blocks = [run_block(job, study.network, part) for part in job.slices()]
    return {name: np.concatenate([block.kept[name] for block in blocks], axis=-1) for name in blocks[0].kept}


def tonnes_log_likelihood(study: Study, exports: Floats, *, seen: Sequence[int] | None = None) -> Floats:
    """Log likelihood of the open tonnes, (draws,).

    Args:
        study: what is studied.
        exports: (destinations, parts, months, draws).
        seen: positions of the open months that count; all if not given.
    """
    draws = exports.shape[-1]
    total = np.zeros(draws)
    for evidence, ratios in zip(study.evidence, exports, strict=True):
        for start in range(0, draws, CHUNK):
            part = slice(start, min(start + CHUNK, draws))
            total[part] += log_sum(evidence.log_likelihood(ratios[..., part], seen=seen))
    return total


def other_log_likelihood(study: Study, job: Job, kept: dict[str, Any]) -> Floats:
    """Log likelihood of granted shares and of firms that stopped or did not, (draws,)."""
    total = np.zeros(job.draws)
    if study.episode.granted:
        granted = study.episode.granted
        shares = granted_shares(study, job, kept)
        total += granted_log_likelihood(shares, reported=[row.share for row in granted.rows], error=granted.error)
    if study.stops:
        total += stops_log_likelihood(stopped_shares(study, job, kept), stopped=[row.stopped for row in study.stops])
    return total


def granted_shares(study: Study, job: Job, kept: dict[str, Any]) -> Floats:
    """Simulated granted-of-filed shares on the days of the reports, (reports, draws)."""
    rows = study.episode.granted.rows if study.episode.granted else ()
    steps = [_step_of(row.date, job) for row in rows]
    shares: Floats = kept["granted"][steps] / np.maximum(kept["filed"][steps], 1e-9)
    return shares


def stopped_shares(study: Study, job: Job, kept: dict[str, Any]) -> Floats:
    """Share of each named firm's class that had stood still by its day, (firms, draws)."""
    classes = list(study.episode.firm_classes)
    end = study.episode.information_date
    return np.array(
        [kept["stopped"][_step_of(row.by or end, job), classes.index(row.firm_class)] for row in study.stops]
    )


def _step_of(day: dt.date, job: Job) -> int:
    step = int((day - job.scenario.start).days // job.scenario.step_days)
    return min(max(step, 0), job.scenario.steps - 1)


def _uniform(normal: Floats) -> Floats:
    from scipy.special import ndtr

    points: Floats = ndtr(normal)
    return points


def _fit(normal: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Mean and widened covariance; where few draws carry the weight, weights are tempered until a tenth of the draws count."""
    log_weight = np.log(np.maximum(weight, 1e-300))
    wanted = max(0.1 * len(weight), 3.0 * normal.shape[1])
    power = 1.0
    while True:
        tempered = np.exp(power * (log_weight - log_weight.max()))
        tempered /= tempered.sum()
        if 1.0 / (tempered**2).sum() >= wanted or power < 1e-3:
            break
        power *= 0.8
    mean = tempered @ normal
    around = normal - mean
    return mean, WIDEN * (around.T @ (around * tempered[:, None])) + 0.05 * np.eye(normal.shape[1])


def _log_base(normal: Floats, proposals: Sequence[tuple[Floats, Floats]]) -> Floats:
    """Logarithm of prior over the mixture of all proposals, (draws,), less that of the number of draws."""
    prior = _log_normal(normal, np.zeros(normal.shape[1]), np.eye(normal.shape[1]))
    mixture = log_sum(np.stack([_log_normal(normal, *proposal) for proposal in proposals], axis=-1))
    base: Floats = prior - mixture + np.log(len(proposals)) - np.log(len(normal))
    return base


def _log_normal(points: Floats, mean: Floats, covariance: Floats) -> Floats:
    factor = np.linalg.cholesky(covariance)
    white = np.linalg.solve(factor, (points - mean).T)
    result: Floats = -0.5 * (white**2).sum(axis=0) - np.log(np.diagonal(factor)).sum()
    return result
