"""Other rules of production and rationing in a scenario: the books balance, nothing moves in peace, and stricter rules cost more."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from standoff.cli.main import app
from standoff.errors import InputError
from standoff.results.files import read_config
from standoff.results.result import Result
from standoff.simulate.api import run
from standoff.simulate.scenario import read_scenario

WORLD = "magnets-small"
PRODUCTION = ("weakly_critical", "half_critical", "strongly_critical", "leontief")
"""From the rule that stops least to the rule that stops most."""
RATIONING = ("tiers", "same_share", "firms_first")


def test_the_more_inputs_bind_the_more_use_is_unmet() -> None:
    results = [run("april-2025", changes={"production": rule}) for rule in PRODUCTION]
    assert max(result.residual for result in results) < 1e-9
    unmet = [_unmet(result) for result in results]
    assert unmet == sorted(unmet)
    assert unmet[0] < unmet[-1]


def test_the_books_balance_whoever_is_served_first() -> None:
    results = {rule: run("april-2025", world=WORLD, changes={"rationing": rule}) for rule in RATIONING}
    assert max(result.residual for result in results.values()) < 1e-9
    assert _unmet(results["tiers"]) != _unmet(results["same_share"])


def _unmet(result: Result) -> float:
    return float(sum(row["unmet_use"] for row in result.summary()["ledger_usd"]["by_side"].values()))


@pytest.mark.parametrize("production", PRODUCTION)
@pytest.mark.parametrize("rationing", RATIONING)
def test_nothing_moves_without_measures(production: str, rationing: str) -> None:
    result = run("baseline", world=WORLD, changes={"production": production, "rationing": rationing})
    activity = result.records["activity"]
    np.testing.assert_allclose(activity, np.broadcast_to(activity[0], activity.shape), rtol=1e-9)


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(InputError, match="production"):
        read_scenario("april-2025", changes={"production": "magic"})


def test_a_peers_rules_stand_in_a_scenario_where_it_has_their_slot(tmp_path: Path) -> None:
    chosen = ["--rules", "pichler", "--set", "rationing=firms_first", "--no-report", "--out", str(tmp_path)]
    done = CliRunner().invoke(app, ["run", "april-2025", "--world", WORLD, *chosen])
    assert done.exit_code == 0, done.output
    scenario = read_config(tmp_path / "result.nc")["scenario"]
    assert (scenario["rules"], scenario["rationing"]) == ("pichler", "firms_first")
    assert "sourcing" not in scenario
