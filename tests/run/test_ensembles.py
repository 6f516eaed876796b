"""Ensembles: the same draw is the same everywhere, and a single run is a draw at the stated values."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import standoff
from standoff.simulate.draws import Clock, Draws
from standoff.simulate.ensemble import join_blocks, plan_ensemble, run_block, run_ensemble
from standoff.simulate.record import SummaryRecorder
from standoff.simulate.run import run_steps
from standoff.simulate.sampling import BASIC, FACTORS, KINDS, Range, draw_values, sobol_points
from standoff.simulate.scenario import read_scenario
from standoff.simulate.setup import build_setup
from standoff.world.build import build_network
from standoff.world.network import DAYS_PER_YEAR
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


@pytest.mark.parametrize(
    ("name", "rationing"), [("april-2025", "tiers"), ("april-2025", "common_level_final_last"), ("baseline", "tiers")]
)
def test_the_ledger_of_a_draw_at_the_stated_values_is_that_of_the_single_run(
    name: str, rationing: str, world: World
) -> None:
    changes = {"until": "2025-12-29", "world": "magnets-small", "rationing": rationing}
    scenario = read_scenario(name, changes=changes)
    result = standoff.run(scenario)
    network = build_network(world)
    job = plan_ensemble(scenario, world, draws=2, network=network)
    stated = {each.name: np.full(2, each.value) for each in job.ranges}
    projects = world.tables["projects"]
    for project, chance in zip(projects["project"], projects["chance"], strict=True):
        stated[f"built:{project}"] = np.full(2, 0.0 if chance >= 0.5 else 1.0)
    ensemble = join_blocks(job, network, [run_block(replace(job, values=stated), network, slice(0, 2))], seed=0)
    expected = result.ledger.by_side()
    assert ensemble.sides == tuple(expected)
    scale = max(abs(value) for row in expected.values() for value in row.values())
    for row, side in enumerate(ensemble.sides):
        for draw in range(2):
            found = ensemble.kept["ledger"][:, row, draw]
            np.testing.assert_allclose(found, list(expected[side].values()), rtol=1e-9, atol=1e-9 * scale + 1e-3)


def test_every_kind_of_number_is_drawn_and_a_world_without_measures_rests_whatever_is_drawn(world: World) -> None:
    scenario = read_scenario("baseline", changes={"until": "2025-12-29", "world": "magnets-small"})
    ensemble = run_ensemble(scenario, world, draws=16, seed=2)
    assert {each.name.partition(":")[0] for each in ensemble.ranges} == set(KINDS) - {"added"}  # no range in this world
    usual = np.asarray(world.tables["uses"]["quantity"], dtype=float)[:, None] * 7 / DAYS_PER_YEAR
    assert (np.abs(ensemble.kept["unmet"]).max(axis=0) <= 1e-6 * usual).all()


@pytest.mark.parametrize("kind", FACTORS)
def test_each_factor_moves_something(kind: str, world: World) -> None:
    network = build_network(world)
    job = plan_ensemble(SCENARIO, world, draws=2, network=network)
    values = {each.name: np.full(2, each.value) for each in job.ranges}
    for each in job.ranges:
        if each.name.startswith("built:"):
            values[each.name] = np.zeros(2)
        if each.name.startswith(f"{kind}:"):
            values[each.name] = np.array([each.low, each.high])
    if kind == "added":  # no range in this world
        values |= {f"added:{project}": np.array([0.5, 1.5]) for project in network.projects.labels}
    kept = run_block(replace(job, values=values), network, slice(0, 2)).kept["ledger"]
    assert not np.array_equal(kept[..., 0], kept[..., 1])


def test_what_a_calibration_draws_is_drawn_as_before_other_numbers_were(world: World) -> None:
    network = build_network(world)
    basic, every = (plan_ensemble(SCENARIO, world, draws=8, network=network, kinds=kinds) for kinds in (BASIC, KINDS))
    shared = [each for each in every.ranges if each.name.partition(":")[0] not in FACTORS]
    assert [each.name for each in basic.ranges] == [each.name for each in shared]
    for each in basic.ranges:
        if each.name.partition(":")[0] in BASIC:
            assert np.array_equal(basic.values[each.name], every.values[each.name])


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
    assert [driver.name for driver in drivers] == ["a", "b"]  # c moves nothing, and is not named by chance
    assert [driver.direction for driver in drivers] == [1, -1]
    assert sum(driver.weight for driver in drivers) == pytest.approx(1)
    assert drivers[0].weight == pytest.approx(0.9, abs=0.05)
