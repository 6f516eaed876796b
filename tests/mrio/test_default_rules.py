"""Scenarios of economies under the default set: final use by the region that asks, cuts, losses, and the command."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from made_up import cut, scenario, table
from typer.testing import CliRunner

from standoff.cli.main import app
from standoff.results.attribution.economy import KINDS
from standoff.results.economy.result import EconomyResult
from standoff.simulate.economy_api import economy_of, prepared, run_scenario
from standoff.simulate.economy_run import run_economy
from standoff.simulate.economy_scenario import economy_scenario_from
from standoff.world.mrio.folder import write_mrio
from standoff.yaml_files import dump_yaml

SHORT = {
    "kind": "capacity_lost",
    "name": "short",
    "regions": ["R0"],
    "share": 0.7,
    "start": "2022-01-06",
    "duration_days": 60,
}


def run(*events: dict[str, Any], **changes: Any) -> EconomyResult:
    return run_scenario(economy_scenario_from(scenario(*events, **{"rules": "standoff", **changes})), world=table())


@pytest.mark.parametrize("rationing", ["tiers", "same_share"])
def test_final_use_by_region_adds_up_to_what_is_delivered(rationing: str) -> None:
    mrio = table()
    falls = {"kind": "household_demand", "regions": ["R1"], "share": 0.2, "start": "2022-03-01", "until": "2022-04-01"}
    asked = economy_scenario_from(
        scenario(SHORT, cut(0.8, until="2022-03-15"), falls, rules="standoff", rule_changes={"rationing": rationing})
    )
    result = run_scenario(asked, world=mrio)
    economy = economy_of(mrio, asked)
    rules, numbers, events = prepared(asked, mrio, economy)
    delivered = run_economy(economy, rules, events.schedule(), steps=asked.days, numbers=numbers, keep=("to_final",))
    wanted = np.array([events.stretch(day).wanted.sum() for day in range(asked.days)])
    unmet = wanted - delivered["to_final"].sum(axis=1)
    assert result.losses.unmet_path.sum(axis=1) == pytest.approx(unmet, abs=1e-9 * wanted.max())
    assert result.losses.unmet_sector.sum() == pytest.approx(unmet.sum(), rel=1e-9)
    assert unmet.max() > 0.1 * wanted.max()


def test_the_region_of_a_short_seller_goes_without_less_than_others() -> None:
    """Only the share of final use that is not met of R0's goods is compared: R0 is served first, and all alike under `same_share`."""
    first, alike = run(SHORT), run(SHORT, rule_changes={"rationing": "same_share"})
    home, rest = first.run["home_share"][10, :3], first.run["rest_share"][10, :3]
    assert (home > rest + 0.1).all()
    share = [each.losses.unmet_path[10] / each.losses.wanted for each in (first, alike)]
    assert share[0][0] < share[1][0]
    assert share[0][1:].sum() > share[1][1:].sum()


def test_final_users_turn_to_open_sellers_by_and_by_and_back_at_once() -> None:
    """Of what R1 wants of S0 the share asked of open sellers rises as that of firms does: one less what is closed, ever less of it."""
    events = run(cut(until="2022-03-02"), rule_changes={}, numbers={"sourcing_steps": 10.0}).events
    wanted = events.stretch(0).wanted.reshape(4, 3, 4)[:, 0, 1]
    asked = [events.demand(day).asked.reshape(4, 3, 4)[:, 0, 1] for day in range(200)]
    for day, each in enumerate(asked):
        if not 10 <= day < 60:
            assert each == pytest.approx(wanted)
            continue
        assert each[0] == 0.0
        # households and others have other shares of what is closed, so the mean of two curves is bracketed
        bounds = [still / (still + (1.0 - still) * 0.9 ** (day - 10)) for still in events.stretch(20).still[:, 0, 1]]
        assert min(bounds) - 1e-12 <= each.sum() / wanted.sum() <= max(bounds) + 1e-12
    assert asked[10].sum() < 0.95 * wanted.sum() < asked[59].sum()


def test_under_the_default_set_parts_of_losses_add_up_and_a_cut_of_nothing_is_none() -> None:
    result = run(SHORT, cut(0.9), losses=True, cover=2.0, restock=8.0)
    assert result.due is not None
    lost = np.maximum(result.losses.usual_output - result.run["output"], 0.0).sum()
    assert result.due.by_region.sum() == pytest.approx(lost, rel=1e-9)
    by_kind = dict(zip(KINDS, result.due.by_region.sum(axis=0), strict=True))
    assert by_kind["capacity"] > 0
    assert by_kind["not_delivered"] > 0
    nothing = run(cut(0.0))
    assert np.abs(nothing.losses.output_lost).max() <= 1e-9 * nothing.losses.usual_output.sum()


@pytest.mark.parametrize("changes", [{}, {"sourcing": "usual"}, {"ordering": "demand"}])
def test_a_scenario_under_the_default_set_runs_the_same_under_jax(changes: dict[str, str]) -> None:
    asked = economy_scenario_from(
        scenario(SHORT, cut(0.7, until="2022-04-01"), rules="standoff", rule_changes=changes, cover=10.0, restock=5.0)
    )
    ours, theirs = (run_scenario(asked, world=table(), backend=name) for name in ("numpy", "jax"))
    assert ours.losses.unmet_path == pytest.approx(theirs.losses.unmet_path, abs=1e-9 * ours.losses.wanted.max())
    assert ours.run["output"] == pytest.approx(theirs.run["output"], rel=1e-9)


def test_the_command_takes_the_default_set_on_a_table_and_does_it_again(tmp_path: Any) -> None:
    write_mrio(table(), tmp_path / "world")
    file = tmp_path / "cut.yaml"
    content = {
        key: value for key, value in scenario(cut({"value": 0.8, "low": 0.5, "high": 1.0})).items() if key != "name"
    }
    file.write_text(dump_yaml(content))
    asked = [str(file), "--world", str(tmp_path / "world"), "--rules", "standoff", "--set", "sourcing_steps=30"]
    out = tmp_path / "out"
    answer = CliRunner().invoke(app, ["run", *asked, "--out", str(out), "--json"])
    assert answer.exit_code == 0, answer.output
    told = json.loads(answer.stdout)
    assert told["rules"] == "standoff"
    again = CliRunner().invoke(
        app,
        ["rerun", str(out / "result.nc"), "--world", str(tmp_path / "world"), "--out", str(tmp_path / "b"), "--json"],
    )
    assert json.loads(again.stdout)["losses"] == told["losses"]
