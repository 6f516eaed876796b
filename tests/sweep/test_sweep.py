"""A sweep survives a kill at any moment, and where its blocks ran changes no bit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
import pytest
from benchmarks.kills import Kill, Setting, digest, kill_again_and_again, plan_kills, start
from distributed import LocalCluster
from typer.testing import CliRunner

from standoff.cli.main import app
from standoff.errors import InputError
from standoff.simulate.ensemble import run_ensemble
from standoff.simulate.ensemble_result import Ensemble, write_ensemble
from standoff.simulate.sampling import sobol_points
from standoff.simulate.scenario import Scenario, read_scenario
from standoff.simulate.spread import quantiles
from standoff.simulate.sweep import block_path, read_block, sweep
from standoff.world.tables import World, read_world

SCENARIO = {"until": "2025-06-02"}
DRAWS, BLOCK = 56, 8


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


def flip_a_bit(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def test_a_sweep_killed_again_and_again_ends_with_the_same_bits(tmp_path: Path) -> None:
    setting = Setting(draws=DRAWS, world="magnets-small", changes=SCENARIO, block=BLOCK, seed=5)
    assert start(setting, tmp_path / "whole", Kill("")).wait() == 0
    kills = plan_kills(kills=8, inside=5, longest=0.2, seed=2)
    killed = kill_again_and_again(setting, kills, folder=tmp_path / "killed")
    assert killed.digest == digest(tmp_path / "whole")
    assert killed.left_half >= 5
    assert killed.blocks[0] == 0
    assert len(set(killed.blocks)) > 2, "some kills come between blocks that are there and blocks that are not"


def test_a_killed_sweep_leaves_no_process_behind(tmp_path: Path) -> None:
    process = start(Setting(draws=6400, world="magnets-small", seed=5), tmp_path, Kill(""))
    workers: list[psutil.Process] = []
    while len(workers) < 2:
        workers = psutil.Process(process.pid).children()
    process.kill()
    process.wait()
    assert not psutil.wait_procs(workers, timeout=20)[1]


@pytest.mark.parametrize("harm", [lambda content: content[:1000], lambda content: b"", flip_a_bit])
def test_a_broken_block_is_run_again(
    harm: Callable[[bytes], bytes], tmp_path: Path, scenario: Scenario, world: World, whole: Ensemble
) -> None:
    sweep(scenario, world, draws=DRAWS, block=BLOCK, folder=tmp_path, seed=5)
    broken = block_path(tmp_path, slice(BLOCK, 2 * BLOCK))
    broken.write_bytes(harm(broken.read_bytes()))
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


def test_a_folder_whose_manifest_is_broken_is_left_alone(tmp_path: Path, scenario: Scenario, world: World) -> None:
    (tmp_path / "manifest.json").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be read"):
        sweep(scenario, world, draws=BLOCK, block=BLOCK, folder=tmp_path, seed=5)


def test_the_file_of_an_ensemble_is_its_dataset(tmp_path: Path, whole: Ensemble) -> None:
    import xarray as xr

    kept = xr.load_dataset(write_ensemble(whole, tmp_path / "ensemble.nc"), engine="h5netcdf")
    assert kept.identical(whole.to_dataset())


def test_a_dask_cluster_gives_the_same_bits(tmp_path: Path, scenario: Scenario, world: World, whole: Ensemble) -> None:
    with LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=":0") as cluster:
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
