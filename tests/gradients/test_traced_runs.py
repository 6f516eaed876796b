"""Whole runs in JAX are the runs of NumPy, to rounding."""

from __future__ import annotations

import builtins
import sys
from typing import Any

import numpy as np
import pytest
from cases import case_of

import standoff
from standoff.errors import InputError
from standoff.model.rulesets import RULES
from standoff.simulate.backend import NUMPY, backend_named
from standoff.simulate.ensemble import run_ensemble
from standoff.simulate.run import run_steps
from standoff.simulate.scenario import read_scenario
from standoff.world.tables import read_world
from worlds import Shape

SAME = 1e-9


def assert_same_records(ours: Any, theirs: Any) -> None:
    """Every number of one full record is that of the other, relative to the largest of its kind."""
    assert ours.keys() == theirs.keys()
    for name, values in ours.items():
        scale = np.abs(values).max(initial=0.0)
        np.testing.assert_allclose(
            theirs[name], values, rtol=0, atol=SAME * (scale if scale > 0 else 1.0), err_msg=name
        )


@pytest.mark.parametrize(
    ("scenario", "world", "changes"),
    [
        ("april-2025", "magnets-small", {}),
        ("cut-off", "rare-earths", {"until": "2026-03-30"}),
        ("april-2025", "magnets-small", {"permits": {"CN-2025-18": "right"}, "step_days": 3.5}),
    ],
)
def test_a_shipped_scenario_is_the_same_run(scenario: str, world: str, changes: dict[str, Any]) -> None:
    asked = read_scenario(scenario, changes=changes)
    ours, theirs = (standoff.run(asked, world=world, backend=name) for name in ("numpy", "jax"))
    assert_same_records(ours.records, theirs.records)
    assert theirs.residual < SAME
    assert theirs.summary()["unmet_use_usd"] == pytest.approx(ours.summary()["unmet_use_usd"], rel=SAME)


@pytest.mark.parametrize("seed", [3, 11])
def test_a_random_world_is_the_same_run(seed: int) -> None:
    run = case_of(Shape(3 + seed % 3, 8 + seed % 4, seed), steps=40).run()
    assert_same_records(run.records, run_steps(run.setup, backend=backend_named("jax")).records())


@pytest.mark.parametrize("number", range(max(len(rules) for rules in RULES.values())))
def test_a_run_under_any_rules_is_the_same_run(number: int) -> None:
    """Few choices of rules that have every rule of every slot."""
    rules = {slot: names[number % len(names)] for slot, names in RULES.items()}
    case = case_of(Shape(3, 7, 5), steps=30)
    demand = np.ones_like(case.demand)
    demand[10:, ::2] = 0.6
    run = case.run(rules=rules, demand=demand)
    assert_same_records(run.records, run_steps(run.setup, backend=backend_named("jax")).records())


def test_draws_are_the_same_in_both_libraries() -> None:
    scenario = read_scenario("april-2025", changes={"until": "2025-09-29"})
    world = read_world("magnets-small")
    ours, theirs = (
        run_ensemble(scenario, world, draws=12, seed=4, block=6, backend=backend)
        for backend in (NUMPY, backend_named("jax"))
    )
    apart = run_ensemble(scenario, world, draws=12, seed=4, block=6, processes=2)  # forks beside the threads of JAX
    for name, kept in ours.kept.items():
        np.testing.assert_allclose(theirs.kept[name], kept, rtol=1e-6, atol=1e-6 * np.abs(kept).max())
        np.testing.assert_array_equal(apart.kept[name], kept)


def test_an_unknown_library_is_refused() -> None:
    with pytest.raises(InputError, match="numpy"):
        standoff.run("baseline", world="magnets-small", backend="numpi")


def test_a_missing_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without_jax(name: str, *arguments: Any, **more: Any) -> Any:
        if name.partition(".")[0] == "jax":
            raise ModuleNotFoundError("No module named 'jax'", name="jax")
        return real(name, *arguments, **more)

    monkeypatch.delitem(sys.modules, "standoff.simulate.traced", raising=False)
    monkeypatch.delattr(standoff.simulate, "traced", raising=False)
    monkeypatch.setattr(builtins, "__import__", without_jax)
    with pytest.raises(InputError, match=r"standoff\[jax\]"):
        backend_named("jax")
