"""A product world that swings, starves or does not come back by its own dynamics is warned of beforehand and said afterwards."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import standoff
from standoff.cli.main import app
from standoff.model.parameters import parameter_values
from standoff.simulate.stability import DONE, own_dynamics, ring, warn_of_settings
from standoff.world.build import build_network
from standoff.world.network import Network
from standoff.world.tables import bundled_worlds, read_world
from standoff.world.writing import write_world
from worlds import build_world, fixed_shapes

SMALL = "magnets-small"
SETTINGS = [(step, restock) for step in (1.0, 3.5, 7.0) for restock in (1, 2, 3, 3.6, 4.5, 5, 7, 10, 14, 28, 42, 56)]
"""(length of a step, finished_restock_days): 36 settings of the shipped small world."""
SWINGING = {(1.0, 1), (1.0, 2), (1.0, 3), (1.0, 3.6), (1.0, 4.5), (3.5, 1), (3.5, 2), (3.5, 3), (3.5, 3.6)}


@pytest.fixture(scope="module")
def small() -> Network:
    return build_network(read_world(SMALL))


def test_every_setting_that_swings_is_warned_of(small: Network) -> None:
    for step_days, restock in SETTINGS:
        changes = {"finished_restock_days": float(restock)}
        found = ring(small, parameters=changes, step_days=step_days)
        warned = bool(warn_of_settings(parameter_values(changes), step_days=step_days))
        assert bool(found.swings) == ((step_days, restock) in SWINGING), (step_days, restock)
        assert warned or not found.swings
        assert not (warned and restock >= 7), (step_days, restock)


def test_settings_as_shipped_are_not_warned_of() -> None:
    for step_days in (1.0, 3.5, 7.0, 14.0):
        assert not warn_of_settings(parameter_values({}), step_days=step_days)


@pytest.mark.parametrize("name", bundled_worlds())
def test_worlds_that_ship_come_to_rest(name: str) -> None:
    assert not ring(build_network(read_world(name))).warnings()


@pytest.mark.parametrize("limit", [0.5, 0.9])
def test_who_may_not_order_what_it_uses_starves_and_is_told(limit: float) -> None:
    (warning,) = warn_of_settings(parameter_values({"order_limit": limit}), step_days=7.0)
    assert "every stock runs out" in warning
    result = standoff.run("baseline", world=SMALL, changes={"order_limit": limit})
    assert result.status.startswith("moves without a cause")


def test_a_baseline_that_swings_says_so() -> None:
    result = standoff.run("baseline", world=SMALL, changes={"step_days": 1.0, "finished_restock_days": 2})
    assert result.status.startswith("moves without a cause")
    assert standoff.run("baseline", world=SMALL).status == DONE


def test_a_run_that_swings_after_everything_is_over_says_so() -> None:
    pulse = [{"start": "2025-03-03", "until": "2025-04-07", "factor": 1.2}]
    changes = {"demand": pulse, "step_days": 3.5}
    assert standoff.run("baseline", world=SMALL, changes=changes).status == DONE
    result = standoff.run("baseline", world=SMALL, changes={**changes, "finished_restock_days": 1})
    assert result.status.startswith("swings by its own dynamics")


def test_while_a_measure_holds_nothing_is_said() -> None:
    result = standoff.run("april-2025", world=SMALL)
    assert np.ptp(result.records["activity"][-20:], axis=0).max() > 0
    assert own_dynamics(result.setup, result.records) == DONE


def test_a_world_with_nothing_to_spare_does_not_come_back_and_the_check_says_so(tmp_path: Path) -> None:
    world = build_world(fixed_shapes(2)[1])
    found = ring(build_network(world))
    assert found.stays_off
    assert found.stays_off[0][1] < 0.5
    write_world(world, tmp_path / "world")
    answer = CliRunner().invoke(app, ["world", "check", str(tmp_path / "world"), "--json"])
    assert answer.exit_code == 1
    assert any("never come back" in each for each in json.loads(answer.stdout)["dynamics"])


def test_the_command_warns_beforehand_and_afterwards(tmp_path: Path) -> None:
    options = ["--set", "step_days=1", "--set", "finished_restock_days=2", "--no-report", "--out", str(tmp_path)]
    answer = CliRunner().invoke(app, ["run", "baseline", "--world", SMALL, "--json", *options])
    assert answer.exit_code == 1
    assert "finished_restock_days" in answer.stderr
    told = json.loads(answer.stdout)
    assert "finished_restock_days" in told["warnings"][0]
    assert told["status"] != DONE
