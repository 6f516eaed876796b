"""Sobol indices against closed forms and SALib, boxes against cases that are boxes."""

from __future__ import annotations

import json

import numpy as np
import pytest
from SALib.analyze import sobol as salib_sobol
from typer.testing import CliRunner

from standoff.cli.main import app
from standoff.errors import InputError
from standoff.simulate.ensemble import join_blocks, plan_ensemble, run_block, run_ensemble
from standoff.simulate.sampling import sobol_points
from standoff.simulate.scenario import read_scenario
from standoff.studies.sensitivity.discovery import find_box
from standoff.studies.sensitivity.indices import binned_indices, saltelli_points, sobol_indices
from standoff.studies.sensitivity.study import design_job, result_of
from standoff.world.build import build_network
from standoff.world.tables import read_world


def ishigami(points: np.ndarray) -> np.ndarray:
    x = np.pi * (2 * points - 1)
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def salib(values: np.ndarray, dimensions: int) -> dict[str, np.ndarray]:
    problem = {"num_vars": dimensions, "names": [str(n) for n in range(dimensions)], "bounds": [[0, 1]] * dimensions}
    return salib_sobol.analyze(problem, values, calc_second_order=False, num_resamples=10, seed=1)


def test_indices_of_the_ishigami_function() -> None:
    found = sobol_indices(ishigami(saltelli_points(4096, dimensions=3, seed=0)), dimensions=3)
    assert found.first == pytest.approx([0.3139, 0.4424, 0.0], abs=0.02)
    assert found.total == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.02)


def test_indices_agree_with_salib_on_the_ishigami_function() -> None:
    values = ishigami(saltelli_points(256, dimensions=3, seed=0))
    ours, theirs = sobol_indices(values, dimensions=3), salib(values, 3)
    assert ours.first == pytest.approx(theirs["S1"], abs=1e-10)
    assert ours.total == pytest.approx(theirs["ST"], abs=1e-10)


def test_indices_agree_with_salib_on_a_bundled_world() -> None:
    scenario = read_scenario("april-2025", changes={"until": "2025-10-06"})
    world = read_world(scenario.world)
    network = build_network(world)
    job = plan_ensemble(scenario, world, draws=16, network=network)
    design = design_job(job, [each.name for each in job.ranges[:3]], count=16, seed=0)
    blocks = [run_block(design, network, part) for part in design.slices()]
    values = result_of(join_blocks(design, network, blocks, seed=0), "unmet_use_usd")
    assert values.std() > 0
    ours, theirs = sobol_indices(values, dimensions=3), salib(values, 3)
    assert ours.first == pytest.approx(theirs["S1"], abs=1e-8)
    assert ours.total == pytest.approx(theirs["ST"], abs=1e-8)


def test_first_indices_from_draws_that_are_there() -> None:
    points = sobol_points(4096, dimensions=3, seed=2)
    assert binned_indices(points, ishigami(points)) == pytest.approx([0.3139, 0.4424, 0.0], abs=0.05)


def test_a_box_that_is_there_is_found_and_nothing_else() -> None:
    points = sobol_points(2048, dimensions=5, seed=0)
    box = find_box(points, (points[:, 1] < 0.3) & (points[:, 3] > 0.6), list("abcde"))
    assert box is not None
    assert {edge.name for edge in box.edges} == {"b", "d"}
    bounds = {edge.name: (edge.low, edge.high) for edge in box.edges}
    assert bounds["b"] == (None, pytest.approx(0.3, abs=0.05))
    assert bounds["d"] == (pytest.approx(0.6, abs=0.05), None)
    assert box.density > 0.9
    assert box.coverage > 0.7


def test_what_always_happens_has_no_box() -> None:
    assert find_box(np.zeros((10, 2)), np.ones(10, dtype=bool), ["a", "b"]) is None


def test_the_report_is_the_same_twice() -> None:
    arguments = [
        "sensitivity",
        "april-2025",
        "--draws",
        "32",
        "--leading",
        "2",
        "--design",
        "8",
        "--until",
        "2025-09-01",
        "--json",
    ]
    first, second = (CliRunner().invoke(app, arguments, catch_exceptions=False).stdout for _ in range(2))
    assert first == second
    found = json.loads(first)
    assert len(found["indices"]) == 2
    assert found["runs"] == 32


def test_an_unknown_result_is_refused_with_what_there_is() -> None:
    scenario = read_scenario("april-2025", changes={"until": "2025-02-03"})
    ensemble = run_ensemble(scenario, read_world(scenario.world), draws=2)
    with pytest.raises(InputError, match="unmet_use_usd"):
        result_of(ensemble, "happiness")
