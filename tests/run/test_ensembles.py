"""Ensembles: the same draw is the same everywhere, and a single run is a draw at the stated values."""

from __future__ import annotations

import numpy as np
import pytest

from standoff.simulate.draws import Clock, Draws
from standoff.simulate.ensemble import run_ensemble
from standoff.simulate.record import SummaryRecorder
from standoff.simulate.run import run_steps
from standoff.simulate.sampling import Range, draw_values, sobol_points
from standoff.simulate.scenario import read_scenario
from standoff.simulate.setup import build_setup
from standoff.world.build import build_network
from standoff.world.tables import World, read_world

SCENARIO = read_scenario("april-2025", changes={"until": "2025-12-29"})


@pytest.fixture(scope="module")
def world() -> World:
    return read_world("magnets-small")


def test_draws_do_not_depend_on_blocks_or_processes(world: World) -> None:
    whole = run_ensemble(SCENARIO, world, draws=20, seed=3, block=20)
    for other in (
        run_ensemble(SCENARIO, world, draws=20, seed=3, block=7),
        run_ensemble(SCENARIO, world, draws=20, seed=3, block=8, processes=2),
    ):
        for name, values in whole.kept.items():
            assert np.array_equal(values, other.kept[name]), name


def test_a_shorter_ensemble_is_the_beginning_of_a_longer_one() -> None:
    assert np.array_equal(sobol_points(16, dimensions=5, seed=1), sobol_points(64, dimensions=5, seed=1)[:16])
    assert not np.array_equal(sobol_points(16, dimensions=5, seed=1), sobol_points(16, dimensions=5, seed=2))


def test_the_stated_value_is_the_median_and_ranges_hold() -> None:
    ranges = [Range("a", 3.0, 1.0, 10.0, "assumed")]
    values = draw_values(ranges, sobol_points(1024, dimensions=1, seed=0))["a"]
    assert values.min() >= 1.0
    assert values.max() <= 10.0
    assert np.median(values) == pytest.approx(3.0, abs=0.05)


def test_a_draw_at_the_stated_values_is_the_single_run(world: World) -> None:
    from standoff.simulate.api import prepare, prepare_measures
    from standoff.simulate.record import FullRecorder

    network = build_network(world)
    single, regimes, parameters = prepare(SCENARIO, world, network)
    kept = run_steps(single)
    assert isinstance(kept, FullRecorder)
    regimes, parameters = prepare_measures(SCENARIO, world, network)
    projects = len(network.projects.labels)
    draws = Draws(
        count=3,
        parameters={},
        administration={},
        cover=np.ones((len(network.products), 3)),
        reserve=np.ones((len(network.stocks.labels), 3)),
        built=np.repeat((network.projects.chance >= 0.5).astype(float)[:, None], 3, axis=1).reshape(projects, 3),
        slip=np.repeat(network.projects.slip_days[:, None], 3, axis=1).reshape(projects, 3),
    )
    clock = Clock(SCENARIO.start, SCENARIO.steps, SCENARIO.step_days)
    setup = build_setup(network, clock, regimes=regimes, parameters=parameters, draws=draws)
    recorder = SummaryRecorder(setup, stop_share=0.5)
    run_steps(setup, recorder)
    first = network.nodes.producers
    unmet = (kept.records()["plan"] - kept.records()["activity"])[:, first:].sum(axis=1)
    for draw in range(3):
        np.testing.assert_allclose(recorder.kept["unmet"][..., draw].sum(axis=1), unmet, rtol=1e-5, atol=1e-3)


def test_paralysis_is_four_weeks_below_a_share_of_baseline(world: World) -> None:
    from standoff.studies.paralysis import days_to_paralysis, paralysis_table

    cut_off = read_scenario("cut-off", changes={"until": "2026-06-29", "world": "magnets-small"})
    ensemble = run_ensemble(cut_off, world, draws=16, seed=1)
    strict, loose = (days_to_paralysis(ensemble, share=share) for share in (0.05, 0.5))
    assert (loose <= strict).all(), "a higher threshold is crossed earlier"
    assert (strict >= 28).all()
    for row in paralysis_table(ensemble, share=0.2):
        assert row["within_3_months"] <= row["within_12_months"] <= 1 - row["never_in_run"] + 1e-12


def test_the_evidence_study_finds_what_a_loss_is_made_of() -> None:
    from standoff.studies.evidence import rank_drivers

    points = sobol_points(512, dimensions=3, seed=0)
    ranges = [
        Range(name, 0.5, 0.0, 1.0, status) for name, status in (("a", "sourced"), ("b", "assumed"), ("c", "assumed"))
    ]
    drawn = draw_values(ranges, points)
    drivers = rank_drivers(ranges, drawn, 3 * drawn["a"] - drawn["b"])
    assert [driver.name for driver in drivers] == ["a", "b", "c"]
    assert [driver.direction for driver in drivers[:2]] == [1, -1]
    assert sum(driver.weight for driver in drivers) == pytest.approx(1)
    assert drivers[0].weight == pytest.approx(0.9, abs=0.05)
    assert drivers[2].weight < 0.01
