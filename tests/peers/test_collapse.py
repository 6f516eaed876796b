"""The settings under which an economy collapses by its own dynamics are warned of, and a collapse is said."""

from __future__ import annotations

import pytest
from peer_cases import SECTORS, boario_table, table_economy

from standoff.model.rulesets import compose, rule_numbers
from standoff.simulate.collapse import diagnose, warn_beforehand
from standoff.simulate.damage import Damage, Schedule
from standoff.simulate.economy_run import run_economy

COVERS, RESTOCKS = (4, 10, 30, 90), (4, 20, 60)
COLLAPSING = {(4, 20), (4, 60), (10, 20), (10, 60)}
"""(cover, restock) that go to zero at psi 0.80, 0.90 and 0.95: 12 of 36 settings."""
DEPRESSED = {(0.9, 30, 60), (0.95, 30, 60)}


@pytest.mark.parametrize("psi", [0.8, 0.9, 0.95])
@pytest.mark.parametrize("cover", COVERS)
def test_settings_that_collapse_are_warned_of_and_said(psi: float, cover: int) -> None:
    """Half the capital of two sectors of one region of six, ten days, thirty days of recovery; output after a year."""
    numbers = rule_numbers({"psi": psi, "peer_compatible": True})
    rules = compose("ario")
    struck = [SECTORS.index("mining"), SECTORS.index("transport")]
    impact = 0 * boario_table()["K"]
    impact[struck] = 0.5 * boario_table()["K"][struck]
    damage = Damage(
        impact=impact, occurrence=5, duration=10, destroys_capital=True, recovery="linear", recovery_steps=30
    )
    for restock in RESTOCKS:
        economy = table_economy(cover=float(cover), restock=float(restock))
        run = run_economy(economy, rules, Schedule(economy, [damage]), steps=366, numbers=numbers, keep=("output",))
        found = diagnose(run)
        warned = bool(warn_beforehand(economy, rules, numbers))
        if (cover, restock) in COLLAPSING:
            assert found.status == "collapsed"
            assert warned
        elif (psi, cover, restock) in DEPRESSED:
            assert found.status == "depressed"
            assert warned
        else:
            assert found.status == "rests"
        assert warned == (cover < restock)


def test_rules_that_do_not_cut_output_early_need_no_warning() -> None:
    economy = table_economy(cover=4.0, restock=60.0)
    assert not warn_beforehand(economy, compose("ario", production="leontief"), rule_numbers({}))
