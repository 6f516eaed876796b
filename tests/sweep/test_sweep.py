"""A sweep survives a kill at any moment, and where its blocks ran changes no bit."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from distributed import LocalCluster
from killed_sweep import BLOCK, DRAWS, SCENARIO
from typer.testing import CliRunner

from standoff.cli.main import app
from standoff.errors import InputError
from standoff.simulate.ensemble import Ensemble, quantiles, run_ensemble
from standoff.simulate.sampling import sobol_points
from standoff.simulate.scenario import Scenario, read_scenario
from standoff.simulate.sweep import block_path, read_block, sweep
from standoff.world.tables import World, read_world


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return read_scenario("april-2025", changes=SCENARIO)


@pytest.fixture(scope="module")
def world(scenario: Scenario) -> World:
    return read_world(scenario.world)


@pytest.fixture(scope="module")
def whole(scenario: Scenario, world: World) -> Ensemble:
    return run_ensemble(scenario, world, draws=DRAWS, block=BLOCK, seed=5)


def same_bits(one: Ensemble, other: Ensemble) -> bool:
    return all(np.array_equal(one.kept[name], other.kept[name]) for name in one.kept) and all(
        np.array_equal(one.values[name], other.values[name]) for name in one.values
    )


def test_a_sweep_killed_again_and_again_ends_with_the_same_bits(
    tmp_path: Path, scenario: Scenario, world: World, whole: Ensemble
) -> None:
    script = Path(__file__).with_name("killed_sweep.py")
    done = 0
    for moment, writes in (("inside", 0), ("between", 2), ("inside", 1), ("inside", 2), ("between", 1)):
        killed = subprocess.run(
            [sys.executable, str(script), str(tmp_path), moment, str(writes)],
            check=False,
        )
        assert killed.returncode == -signal.SIGKILL
        before, done = done, len(list(tmp_path.glob("block-*.npz")))
        assert done >= before  # nothing that was written is lost
    ended = sweep(scenario, world, draws=DRAWS, block=BLOCK, folder=tmp_path, seed=5)
    assert 0 < ended.found < DRAWS
    assert ended.found == done * BLOCK
    assert same_bits(ended.ensemble, whole)
    assert not list(tmp_path.glob("*.part"))


def test_a_broken_block_is_run_again(tmp_path: Path, scenario: Scenario, world: World, whole: Ensemble) -> None:
    sweep(scenario, world, draws=DRAWS, block=BLOCK, folder=tmp_path, seed=5)
    broken = block_path(tmp_path, slice(BLOCK, 2 * BLOCK))
    broken.write_bytes(broken.read_bytes()[:1000])
    assert read_block(broken) is None
    again = sweep(scenario, world, draws=DRAWS, block=BLOCK, folder=tmp_path, seed=5)
    assert again.found == DRAWS - BLOCK
    assert same_bits(again.ensemble, whole)


def test_more_draws_go_on_where_fewer_ended(tmp_path: Path, scenario: Scenario, world: World, whole: Ensemble) -> None:
    sweep(scenario, world, draws=2 * BLOCK, block=BLOCK, folder=tmp_path, seed=5)
    more = sweep(scenario, world, draws=DRAWS, block=BLOCK, folder=tmp_path, seed=5, processes=2)
    assert more.found == 2 * BLOCK
    assert same_bits(more.ensemble, whole)


def test_another_question_does_not_mix_with_a_folder(tmp_path: Path, scenario: Scenario, world: World) -> None:
    sweep(scenario, world, draws=BLOCK, block=BLOCK, folder=tmp_path, seed=5)
    with pytest.raises(InputError, match="seed"):
        sweep(scenario, world, draws=BLOCK, block=BLOCK, folder=tmp_path, seed=6)


def test_a_dask_cluster_gives_the_same_bits(tmp_path: Path, scenario: Scenario, world: World, whole: Ensemble) -> None:
    with LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None) as cluster:
        far = sweep(scenario, world, draws=DRAWS, block=BLOCK, folder=tmp_path, seed=5, dask=cluster.scheduler_address)
    assert same_bits(far.ensemble, whole)


def test_the_command_says_what_it_found_done(tmp_path: Path) -> None:
    arguments = ["sweep", "april-2025", "--draws", "8", "--until", "2025-05-05", "--out", str(tmp_path)]
    first, second = (CliRunner().invoke(app, arguments, catch_exceptions=False) for _ in range(2))
    assert first.exit_code == second.exit_code == 0
    assert "0 found done" in first.stdout
    assert "8 found done" in second.stdout


def test_the_monte_carlo_error_falls_with_more_draws_and_the_spread_does_not() -> None:
    few, many = (quantiles(sobol_points(count, dimensions=1, seed=1)[:, 0]) for count in (256, 4096))
    assert many["monte_carlo_error"]["median"] < 0.5 * few["monte_carlo_error"]["median"]
    assert many["high80"] - many["low80"] == pytest.approx(few["high80"] - few["low80"], rel=0.05)


def test_numbers_that_are_added_leave_the_draws_of_the_others_as_they_are() -> None:
    assert np.array_equal(sobol_points(16, dimensions=200, seed=1), sobol_points(16, dimensions=300, seed=1)[:, :200])
