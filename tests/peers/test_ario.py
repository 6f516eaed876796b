"""Rule set ``ario`` against BoARIO 0.7.2: ten cases from files, and laws of its own (live: test_ario_live.py)."""

from __future__ import annotations

import numpy as np
import pytest
from peer_cases import BOARIO, CASES, SECTORS, boario_case, node, table_economy, worst_relative

from standoff.errors import InputError
from standoff.model.rulesets import compose
from standoff.simulate.damage import Damage, Schedule
from standoff.simulate.economy_run import run_economy
from standoff.world.economies import economy_from_table

COMPARED = {
    "production": "output",
    "capacity": "capacity",
    "intermediate_demand": "book",
    "rebuild_demand": "rebuilding",
    "rebuild_production": "to_rebuilding",
    "overproduction_end": "overproduction",
}
TOLERANCE = 1e-9


@pytest.mark.parametrize("name", CASES)
def test_ario_is_boario_on_its_cases(name: str) -> None:
    economy, rules, numbers, damages = boario_case(name)
    with np.load(BOARIO / f"{name}.npz") as held:
        expected = {key: held[key] for key in held.files}
    run = run_economy(
        economy,
        rules,
        Schedule(economy, damages, peer_compatible=True),
        steps=CASES[name]["steps"],
        numbers=numbers,
        keep_stock=expected["stock_steps"].tolist(),
    )
    at = expected["steps"]
    for theirs, ours in COMPARED.items():
        assert worst_relative(run[ours][at], expected[theirs]) < TOLERANCE, theirs
    unserved = (run["final"] - run["to_final"])[at]
    assert np.abs(unserved - expected["fd_undistributed_by_producer"]).max() < TOLERANCE * economy.final.max()
    if CASES[name]["events"][0]["type"] != "arbitrary":  # BoARIO leaves it empty there
        assert worst_relative(run["capital_lost"][at], expected["capital_destroyed"]) < TOLERANCE
    for place, step in enumerate(expected["stock_steps"]):
        theirs = expected["input_stocks_end"][place]
        bounded = np.isfinite(theirs)
        assert (np.isfinite(run.stock[step]) == bounded).all()
        assert worst_relative(run.stock[step][bounded], theirs[bounded]) < TOLERANCE


def test_mixed_events_run_and_conserve() -> None:
    """A rebuilt and a recovering destruction of capital together with lost capacity: BoARIO stops with an error."""
    _, rules, _, rebuilt = boario_case("D_rebuild")
    economy, _, _, recovering = boario_case("A_recover_linear")
    late = Damage(**{**vars(rebuilt[0]), "occurrence": 9, "duration": 3})
    share = np.zeros(economy.supply.nodes)
    share[node("reg2", "food")] = 0.4
    lost = Damage(impact=share, occurrence=5, duration=10, recovery="linear", recovery_steps=20)
    run = run_economy(economy, rules, Schedule(economy, [*rebuilt, late, *recovering, lost]), steps=60)
    assert np.isfinite(run["output"]).all()
    assert np.abs(run["unsold"]).max() <= 1e-9 * run["output"].max()
    assert run["to_rebuilding"].sum() > 0


def test_lost_capacity_acts_at_once_and_one_step_late_only_for_the_peer() -> None:
    economy = table_economy(cover=90.0, restock=60.0)
    impact = np.zeros(economy.supply.nodes)
    impact[node("reg2", "food")] = 0.4
    first = {}
    for peer in (False, True):
        schedule = Schedule(economy, [Damage(impact=impact, occurrence=5, duration=10)], peer_compatible=peer)
        run = run_economy(economy, compose("ario"), schedule, steps=10, keep=("capacity",))
        fallen = run["capacity"][:, node("reg2", "food")] < 0.7 * economy.output[node("reg2", "food")]
        first[peer] = int(fallen.argmax())
    assert first == {False: 5, True: 6}


def test_without_events_nothing_moves() -> None:
    economy = table_economy(cover=10.0, restock=20.0, peer_compatible=False)
    run = run_economy(economy, compose("ario"), Schedule(economy), steps=50)
    assert np.abs(run["output"] / economy.output - 1).max() < 1e-6


def test_money_unit_changes_nothing_unless_peer_compatible() -> None:
    shares = {}
    for unit in (1.0, 1e-6):
        economy = table_economy(cover=4.0, restock=4.0, peer_compatible=False)
        scaled = economy_from_table(
            flows=economy.supply.links(np.ones_like(economy.supply.base), np.ones(48))
            .reshape(len(SECTORS), 6, 48)
            .transpose(1, 0, 2)
            .reshape(48, 48)
            * 365
            * unit,
            final=economy.final * 365 * unit,
            output=economy.output * 365 * unit,
            products=len(SECTORS),
            cover=4.0,
            restock=4.0,
            capital=economy.capital * unit,
        )
        impact = np.zeros(48)
        impact[node("reg1", "mining")] = 0.5
        schedule = Schedule(scaled, [Damage(impact=impact, occurrence=2, duration=5)])
        shares[unit] = run_economy(scaled, compose("ario"), schedule, steps=30)["output"] / scaled.output
    assert np.abs(shares[1.0] - shares[1e-6]).max() < 1e-12


def test_more_capital_destroyed_than_there_is_is_refused() -> None:
    economy = table_economy(cover=90.0, restock=60.0)
    damage = Damage(impact=economy.capital * 1.5, occurrence=0, duration=1, destroys_capital=True)
    with pytest.raises(InputError, match="more capital is destroyed"):
        run_economy(economy, compose("ario"), Schedule(economy, [damage]), steps=1)
