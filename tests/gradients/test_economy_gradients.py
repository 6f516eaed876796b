"""Derivatives of an economy's results are those of NumPy runs where there is a derivative, and re-runs say what a thing is worth."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_up import cut, scenario, table
from peer_cases import DATA
from scipy.stats import spearmanr
from typer.testing import CliRunner

import standoff
from standoff.cli.main import app
from standoff.errors import InputError
from standoff.studies.gradients.economy import economy_case, reverse_pass_of
from standoff.studies.gradients.economy_case import EconomyCase, changed_at
from standoff.studies.gradients.economy_numbers import FACTORS, PARAMETERS
from standoff.studies.gradients.economy_ranking import essentiality, loss_measures
from standoff.world.mrio.folder import write_mrio
from standoff.yaml_files import dump_yaml

FIRMS = DATA / "inoue_todo" / "net200"
SHORT = {"steps": "20", "recovery": "linear", "recovery_steps": "8"}
STEP = 1e-6
STEEPEST = 2
"""Numbers of each kind that are held against runs."""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A table and a scenario with a cut and destroyed capital that is rebuilt."""
    folder = tmp_path_factory.mktemp("economy")
    write_mrio(table(), folder / "world")
    rebuilding = {"sectors": {"S1": 0.6, "S2": 0.4}, "days": 30}
    events = (
        cut(0.4),
        {
            "kind": "capital_destroyed",
            "name": "flood",
            "regions": ["R2"],
            "share": 0.2,
            "duration_days": 5,
            "start": "2022-01-05",
            "rebuilding": rebuilding,
        },
    )
    path = folder / "flood.yaml"
    path.write_text(
        dump_yaml(scenario(*events, cover=8, restock=6, until="2022-02-15", rules="ario")), encoding="utf-8"
    )
    return path, folder / "world"


def at_no_tie(case: EconomyCase) -> dict[str, Any]:
    """Numbers a little off the stated ones: at rest demand is exactly capacity, and a minimum of equals has two slopes."""
    draw = np.random.default_rng(1)
    numbers = case.stated()
    for field in FACTORS:
        numbers[field] = numbers[field] * draw.uniform(0.9, 1.0, numbers[field].shape)
    numbers["parameter"] = numbers["parameter"] * draw.uniform(0.97, 1.03, numbers["parameter"].shape)
    return numbers


def _assert_slopes(case: EconomyCase, of: str) -> None:
    scalar, numbers = case.scalar(of), at_no_tie(case)
    value, slopes = reverse_pass_of(case, scalar)(numbers)
    assert value == pytest.approx(case.evaluate(numbers, scalar), rel=1e-9)
    checked = 0
    for field, stated in numbers.items():
        for place in np.argsort(-np.abs(slopes[field] * stated))[:STEEPEST]:
            ends = []
            for side in (-1.0, 1.0):
                changed = {name: values.copy() for name, values in numbers.items()}
                changed[field][place] *= 1.0 + side * STEP
                ends.append(case.evaluate(changed, scalar))
            finite = (ends[1] - ends[0]) / (2.0 * STEP * stated[place])
            rounding = 1e-15 * case.steps * np.abs(scalar.weight * scalar.usual).sum() / (STEP * stated[place])
            assert slopes[field][place] == pytest.approx(finite, rel=1e-4, abs=rounding), (field, place)
            checked += bool(finite)
    assert checked >= len(numbers)


@pytest.mark.parametrize(
    ("rules", "of", "changes"),
    [
        ("inoue_todo", "output_lost", {}),
        ("inoue_todo", "output_lost", {"rationing": "as_pronet"}),
        ("standoff", "output_lost", {}),
        ("ario", "value_added_lost", {}),
        ("pichler", "final_use_unmet:sector 2", {}),
    ],
)
def test_slopes_of_firms_are_those_of_runs(rules: str, of: str, changes: dict[str, str]) -> None:
    _assert_slopes(economy_case(FIRMS, rules=rules, changes={**SHORT, **changes}), of)


@pytest.mark.parametrize("rules", ["ario", "standoff"])
def test_slopes_of_a_scenario_with_a_cut_and_rebuilding_are_those_of_runs(
    written: tuple[Path, Path], rules: str
) -> None:
    path, world = written
    _assert_slopes(economy_case(path, world=str(world), rules=rules), "value_added_lost:R1")


def test_the_steepest_slopes_come_first_and_say_whether_they_are_smooth() -> None:
    found = standoff.economy_gradient(FIRMS, of="output_lost", by=["cover:*", "shock:damage"], changes=SHORT, checked=3)
    assert found["shock:damage"].derivative > 0
    sizes = [abs(slope.per_percent) for slope in found.slopes]
    assert sizes == sorted(sizes, reverse=True)
    for slope in found.slopes[:3]:
        assert slope.below is not None
        if slope.smooth:
            assert slope.derivative == pytest.approx(slope.below, rel=2e-3)
    assert found.slopes[3].smooth is None
    with pytest.raises(InputError, match="cover:sector 1"):
        standoff.economy_gradient(FIRMS, by=["cover:secter 1"])
    with pytest.raises(InputError, match="value_added_lost"):
        standoff.economy_gradient(FIRMS, of="value_lost")


def test_every_number_has_a_name_of_its_own() -> None:
    case = economy_case(FIRMS, changes=SHORT)
    names = [number.name for number in case.named()]
    assert len(set(names)) == len(names) == sum(len(each) for each in case.stated().values())
    assert {name.partition(":")[0] for name in names} == {"parameter", *FACTORS}
    assert f"parameter:{PARAMETERS[0]}" in names


def test_criticality_of_firms_is_told_by_the_command_in_the_same_words(written: tuple[Path, Path]) -> None:
    arguments = ["criticality", str(FIRMS), "--of", "output_lost", "--top", "2", "--set", "steps=30", "--json"]
    told = json.loads(CliRunner().invoke(app, arguments).output)
    kinds = {kind: [item for item in told["items"] if item["kind"] == kind] for kind in ("producer", "link", "stock")}
    assert [len(items) for items in kinds.values()] == [200, 978, 978] == list(told["counts"].values())
    case = economy_case(FIRMS, changes={"steps": "30"})
    scalar = case.scalar("output_lost")
    for kind, field in (("producer", "capacity"), ("link", "link"), ("stock", "stock")):
        first = kinds[kind][0]
        assert first["loss_exact"] >= kinds[kind][1]["loss_exact"]
        assert kinds[kind][2]["loss_exact"] is None
        number = next(each for each in case.named() if each.name == f"{field}:{first['name']}")
        without = case.stated()
        without[field][number.place] = 0.0
        assert first["loss_exact"] == pytest.approx(case.evaluate(without, scalar) - told["value"], rel=1e-6)


def test_criticality_of_a_scenario_on_a_table_names_its_producers_cells_and_stocks(written: tuple[Path, Path]) -> None:
    path, world = written
    arguments = ["criticality", str(path), "--world", str(world), "--top", "4", "--by", "marginal"]
    told = CliRunner().invoke(app, arguments)
    assert told.exit_code == 0, told.output
    for heading in ("producer (12)", "link (144)", "stock (36)"):
        assert heading in told.output
    assert told.output.count("rank correlation with the 4 re-runs") == 3


def test_a_cell_of_a_table_that_is_cut_already_is_cut_further(written: tuple[Path, Path]) -> None:
    """What is left of a flow that a scenario cuts to a part is that part of what a change lets through."""
    path, world = written
    case = economy_case(path, world=str(world))
    scalar, flows = case.scalar("output_lost"), case.economy.supply.link_base
    passes = reverse_pass_of(case, scalar)
    value, slopes = passes(case.stated())
    assert slopes["link"].shape == flows.shape
    assert not slopes["link"][flows == 0].any()
    for place in np.random.default_rng(3).permutation(np.flatnonzero(flows))[:6].tolist():
        (changed,) = changed_at(case, [(case.number("link", place), 0.3)])
        ours = case.evaluate(changed, scalar)
        assert ours != pytest.approx(value, rel=1e-12)
        assert passes({**case.stated(), **changed})[0] == pytest.approx(ours, rel=1e-9)


@pytest.mark.parametrize("rules", ["inoue_todo", "pichler", "ario"])
def test_the_cascade_ranks_losses_of_firms_as_runs_do(rules: str) -> None:
    case = economy_case(FIRMS, rules=rules, changes={"steps": "60"})
    scalar = case.scalar("output_lost")
    guesses = loss_measures(case, scalar)
    base = case.evaluate(case.stated(), scalar)
    for field, least in (("capacity", 0.65), ("link", 0.6)):
        chosen = np.random.default_rng(1).permutation(len(guesses[field]))[:80]
        moves = [(case.number(field, place), 0.0) for place in chosen.tolist()]
        lost = [case.evaluate(changed, scalar) - base for changed in changed_at(case, moves)]
        assert spearmanr(guesses[field][chosen], lost).statistic > least, field


@pytest.mark.parametrize(
    ("production", "level"),
    [("linear", 1), ("leontief", 2), ("scarce_inventory", 2), ("half_critical", 2), ("weakly_critical", 2)],
)
def test_how_essential_an_input_is_follows_the_rule_of_production(production: str, level: int) -> None:
    case = economy_case(FIRMS, rules="pichler", changes={**SHORT, "production": production})
    assert set(essentiality(case).ravel()) == {level}
    rated = replace(case.economy, critical=case.economy.critical * 0.0, important=case.economy.critical)
    alike = {"half_critical": 1, "weakly_critical": 0}
    assert set(essentiality(replace(case, economy=rated)).ravel()) == {alike.get(production, level)}


def test_a_run_under_jax_is_the_same_from_the_command(written: tuple[Path, Path], tmp_path: Path) -> None:
    totals = []
    for backend in ("numpy", "jax"):
        out = tmp_path / backend
        run = ["run", str(FIRMS), "--rules", "pichler", "--set", "steps=20", "--out", str(out), "--backend", backend]
        assert CliRunner().invoke(app, run).exit_code == 0
        totals.append(np.loadtxt(out / "totals.csv", delimiter=",", skiprows=1))
    np.testing.assert_allclose(totals[1], totals[0], rtol=1e-9)
    path, world = written
    lost = []
    for backend in ("numpy", "jax"):
        out = str(tmp_path / f"{backend}-table")
        run = ["run", str(path), "--world", str(world), "--out", out, "--no-report", "--backend", backend, "--json"]
        lost.append(json.loads(CliRunner().invoke(app, run).output)["losses"]["by_region"]["R2"]["value_added_lost"])
    assert lost[1] == pytest.approx(lost[0], rel=1e-9)
