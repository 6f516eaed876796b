"""Simulation-based calibration: the likelihood held against data that the model itself made.

Source: Talts, Betancourt, Simpson, Vehtari, Gelman 2018, arXiv:1804.06788.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from standoff.studies.backtest.calibrate import (
    Study,
    calibration_job,
    evaluate,
    normalised,
    tonnes_log_likelihood,
)
from standoff.studies.backtest.forecast import sample_tonnes
from standoff.studies.backtest.likelihood import Evidence
from standoff.studies.backtest.months import days_in

Floats = npt.NDArray[np.float64]


def rank_of_truth(study: Study, *, draws: int = 256, data_sets: int = 64, seed: int = 0) -> Floats:
    """Posterior probability below the truth of each moved number, (data sets, numbers): even between 0 and 1 where the method is right.

    Args:
        study: whose prior, engine and months of measurement are used; its measured tonnes are not.
        draws: from the prior, of which the first ``data_sets`` are the truths.
        data_sets: made from the model, tonnes only.
        seed: of everything.
    """
    structure = study.episode.structure.values[len(study.episode.structure.values) // 2]
    random = np.random.default_rng(seed)
    points = random.random((draws, len(study.episode.moved)))
    job = calibration_job(study, structure, draws=draws, seed=seed)
    exports = evaluate(study, job, points=points, index=np.arange(draws)).exports
    ranks = np.empty((data_sets, points.shape[1]))
    for truth in range(data_sets):
        made = [
            made_evidence(evidence, ratios[..., [truth]], random)
            for evidence, ratios in zip(study.evidence, exports, strict=True)
        ]
        weight = normalised(tonnes_log_likelihood(replace(study, evidence=made), exports))
        weight[truth] = 0.0
        ranks[truth] = (weight / weight.sum()) @ (points < points[truth])
    return ranks


def made_evidence(evidence: Evidence, ratios: Floats, random: np.random.Generator) -> Evidence:
    """The same evidence with tonnes drawn from the model at one draw."""
    if not len(evidence.seen):
        return evidence
    point = random.choice(len(evidence.log_prior), p=np.exp(evidence.log_prior), size=(1, 1))
    tonnes = sample_tonnes(evidence, ratios, points=point, ahead=evidence.seen, random=random, seen=[])[0]
    days = np.array([days_in(evidence.baseline.months[position]) for position in evidence.seen])
    return replace(evidence, log_rate=np.log(tonnes / days))
