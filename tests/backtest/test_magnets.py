"""The episode that ships: what is frozen is what the code says, and nothing later is looked at."""

from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pytest

from standoff.errors import InputError
from standoff.studies.backtest.calibrate import (
    Posterior,
    Study,
    calibrate,
    calibration_job,
    evaluate,
    open_study,
)
from standoff.studies.backtest.checks import predictive_checks
from standoff.studies.backtest.episode import read_episode
from standoff.studies.backtest.forecast import predict
from standoff.studies.backtest.frozen import FOLDER, read_frozen
from standoff.studies.backtest.months import month_of
from standoff.studies.backtest.rows import open_tonnes
from standoff.studies.backtest.self_check import made_evidence, rank_of_truth
from standoff.studies.backtest.study import backtest, is_current


@pytest.fixture(scope="module")
def study() -> Study:
    return open_study(read_episode("magnets-2025"))


@pytest.fixture(scope="module")
def small(study: Study) -> Posterior:
    few = study.episode.model_copy(update={"structure": study.episode.structure.model_copy(update={"values": (4.0,)})})
    return calibrate(
        Study(few, study.world, study.network, study.evidence, study.stops, study.watch), draws=64, rounds=3
    )


def test_no_open_row_ends_after_the_information_date(study: Study) -> None:
    last = month_of("2025-06")
    text = (study.episode.folder / study.episode.tonnes).read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert rows
    assert all(month_of(row["period_end"] or row["month"]) <= last for row in rows)
    assert all(row["source_url"] and row["split"] == "open" for row in rows)


def test_the_frozen_calibration_is_of_the_rows_that_ship(study: Study) -> None:
    frozen = read_frozen(study.episode.folder / FOLDER)
    assert is_current(frozen, study.episode)
    assert frozen.record["world_fingerprint"] == study.world.fingerprint


def test_one_step_of_the_frozen_posterior_can_be_done_again(study: Study) -> None:
    frozen = read_frozen(study.episode.folder / FOLDER)
    structure = max(row["structure"] for row in frozen.posterior)
    rows = sorted((row for row in frozen.posterior if row["structure"] == structure), key=lambda row: -row["weight"])[
        :3
    ]
    job = calibration_job(study, structure, draws=frozen.record["draws_per_structure"], seed=frozen.record["seed"])
    points = np.array([[row[name] for name in study.episode.moved] for row in rows])
    again = evaluate(study, job, points=points, index=np.array([int(row["index"]) for row in rows]))
    assert again.log_likelihood == pytest.approx([row["log_likelihood"] for row in rows], abs=1e-6)


def test_the_open_rows_are_forecast_better_than_without_the_measure(study: Study) -> None:
    frozen = read_frozen(study.episode.folder / FOLDER)
    for row in backtest(study.episode, frozen)["summary_open"].values():
        assert row["mae"] < row["mae_measure_off"]
        assert row["crps"] < row["crps_measure_off"]


def test_a_calibration_is_the_same_by_seed(study: Study, small: Posterior) -> None:
    again = evaluate(
        study,
        calibration_job(study, 4.0, draws=small.total, seed=small.seed),
        points=small.points[:16],
        index=small.index[:16],
    )
    assert np.allclose(again.log_likelihood, small.log_likelihood[:16], atol=1e-9)


def test_the_calibration_pulls_the_simulated_fall_towards_what_was_measured(study: Study, small: Posterior) -> None:
    world = small.exports[0]
    drop = (0.5 * world[0] + 0.5 * world[1])[1]
    prior, posterior = drop[:64].mean(), small.weight @ drop
    measured = np.exp(study.evidence[0].log_rate[1]) * 31 / study.evidence[0].baseline.median_tonnes()[1]
    assert abs(posterior - measured) < abs(prior - measured)


def test_a_forecast_covers_every_month_and_destination(study: Study, small: Posterior) -> None:
    found = predict(study, small, "strict", draws=16)
    assert set(found.tonnes) == {evidence.name for evidence in study.evidence}
    assert all(sample.shape == (128, 9) and (sample > 0).all() for sample in found.tonnes.values())
    stopped = np.diff(found.stopped, axis=0)
    assert (stopped >= 0).all()


def test_rows_that_the_model_cannot_make_fail_their_check(study: Study, small: Posterior) -> None:
    as_they_are = predictive_checks(study, small, draws=64, seed=1)
    assert as_they_are == predictive_checks(study, small, draws=64, seed=1)
    assert all(0 <= each.probability <= 1 and each.lo80 <= each.median <= each.hi80 for each in as_they_are)
    world = study.evidence[0]
    shocked = replace(world, log_rate=world.log_rate + np.array([0.0, 6.0, 0.0]))
    harmed = predictive_checks(replace(study, evidence=[shocked, *study.evidence[1:]]), small, draws=64, seed=1)
    fails = {(each.statistic, each.of) for each in harmed if each.failed}
    assert ("largest change between months, factor", "World") in fails
    assert ("total tonnes", "World") in fails
    assert ("total tonnes", "World") not in {(each.statistic, each.of) for each in as_they_are if each.failed}


def test_what_the_model_made_itself_passes_its_checks(study: Study, small: Posterior) -> None:
    truth = int(np.argmax(small.weight))
    random = np.random.default_rng(5)
    probabilities = []
    for _ in range(12):
        made = [
            made_evidence(evidence, ratios, random)
            for evidence, ratios in zip(study.evidence, small.exports[..., [truth]], strict=True)
        ]
        found = predictive_checks(replace(study, evidence=made), small, draws=32, seed=1)
        probabilities += [each.probability for each in found if each.of == "World"]
    assert 0.3 < np.mean(probabilities) < 0.7
    assert np.mean(np.array(probabilities) < 0.05) < 0.2


def test_the_method_finds_back_what_the_model_itself_made(study: Study) -> None:
    ranks = rank_of_truth(study, draws=192, data_sets=48, seed=3)
    counts = np.array([np.histogram(column, bins=4, range=(0, 1))[0] for column in ranks.T])
    expected = ranks.shape[0] / 4
    chi2 = ((counts - expected) ** 2 / expected).sum(axis=1)
    assert chi2.mean() < 6.0  # 3 degrees of freedom: mean 3, and the mean over many numbers scatters little
    assert abs(ranks.mean() - 0.5) < 0.1


def test_an_unknown_episode_names_the_nearest() -> None:
    with pytest.raises(InputError, match="magnets-2025"):
        read_episode("magnet-2025")


def test_rows_before_the_control_make_the_baseline(study: Study) -> None:
    world = study.evidence[0]
    before = [total for total in open_tonnes(study.episode)["World"] if total.months[-1] < study.episode.open_months[0]]
    assert len(before) > 10
    assert 4500 < world.baseline.median_tonnes()[0] < 6000
