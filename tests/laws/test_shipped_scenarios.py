"""Invariants 4 and 6 on the worlds and scenarios that ship."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from test_invariants import assert_same_by_label, relabelled

from standoff.measures.register import read_measure_contents
from standoff.results.result import Result
from standoff.simulate.api import run
from standoff.simulate.scenario import SCENARIOS, read_scenario, shipped_scenarios
from standoff.world.tables import World, bundled_worlds, read_world

LEAST_UNMET_SHARE = 1e-6
"""Unmet use below this share of demand's value is nothing: there is no relative change to speak of."""


@pytest.mark.parametrize("world", bundled_worlds())
@pytest.mark.parametrize("name", shipped_scenarios())
def test_half_the_step_moves_unmet_use_by_less_than_two_percent(name: str, world: str) -> None:
    weekly, half = (run(name, world=world, changes={"step_days": days}) for days in (7.0, 3.5))
    unmet = [float(result.unmet_value.sum()) for result in (weekly, half)]
    days = min(result.setup.clock.steps * result.setup.clock.step_days for result in (weekly, half))
    assert days == half.setup.clock.steps * 3.5
    demanded = float((weekly.demand * weekly.network.nodes.value[-1]).sum())
    if max(unmet) > LEAST_UNMET_SHARE * demanded:
        assert abs(unmet[1] - unmet[0]) < 0.02 * unmet[0]


def swapped_measure(source: Path, folder: Path, first: str, second: str) -> Path:
    """A measure file with two places swapped in every rule."""
    text = source.read_text(encoding="utf-8")
    swapped = text.replace(first, "\0").replace(second, first).replace("\0", second)
    assert swapped != text
    target = folder / source.name
    target.write_text(swapped, encoding="utf-8")
    return target


@pytest.mark.parametrize("other", ["USA", "DEU", "JPN"])
def test_the_shipped_world_is_the_same_with_two_places_swapped_everywhere(tmp_path: Path, other: str) -> None:
    world = read_world("magnets-small")
    scenario = read_scenario("cut-off")
    swap = {"CHN": other, other: "CHN"}
    measure = swapped_measure(SCENARIOS / "measures" / "HYP-CUT-OFF.yaml", tmp_path, "CHN", other)
    turned = scenario.model_copy(update={"own_measures": tuple(read_measure_contents(measure))})
    first, second = run(scenario, world=world), run(turned, world=_swapped(world, swap))
    assert float(first.unmet_value.sum()) > 0
    assert_same_by_label(_named(first), _named(second), tolerance=1e-12)


def _swapped(world: World, swap: dict[str, str]) -> World:
    return relabelled(world, swap)


def _named(result: Result) -> SimpleNamespace:
    return SimpleNamespace(network=result.network, records=result.records)


def test_a_measure_on_the_wrong_place_is_not_a_mirror(tmp_path: Path) -> None:
    scenario = read_scenario("cut-off")
    world = relabelled(read_world("magnets-small"), {"CHN": "USA", "USA": "CHN"})
    first, second = run(scenario, world="magnets-small"), run(scenario, world=world)
    assert not np.allclose(first.records["activity"], second.records["activity"])


def test_a_later_end_does_not_change_what_came_before() -> None:
    scenario = read_scenario("april-2025")
    long, short = (run(scenario, world="magnets-small", until=day) for day in (None, date(2026, 1, 5)))
    for name, values in short.records.items():
        assert np.array_equal(values, long.records[name][: len(values)]), name
