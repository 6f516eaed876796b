"""Rule set ``ario`` against BoARIO 0.7.2: ten cases from files, random tables and events live, and laws of its own."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from peer_cases import BOARIO, CASES, SECTORS, boario_case, node, table_economy, worst_relative

from standoff.errors import InputError
from standoff.model.rulesets import compose, rule_numbers
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


def _random_table(seed: int, regions: int, sectors: int) -> dict[str, Any]:
    draw = np.random.default_rng(seed)
    nodes = regions * sectors
    flows = draw.lognormal(0.0, 1.5, (nodes, nodes)) * (draw.random((nodes, nodes)) < 0.8)
    final = draw.lognormal(2.0, 1.0, (nodes, regions))
    output = flows.sum(axis=1) + final.sum(axis=1)
    largest = (flows.sum(axis=0) / output).max()
    flows = flows * min(1.0, 0.7 / largest)
    return {"flows": flows, "final": final, "output": flows.sum(axis=1) + final.sum(axis=1)}


def _boario_path(table: dict[str, Any], regions: int, sectors: int, chosen: dict[str, Any], damage: Damage) -> Any:
    """Production that BoARIO itself computes."""
    import pandas as pd
    import pymrio
    from boario.event import from_series
    from boario.extended_models import ARIOPsiModel
    from boario.simulation import Simulation

    names = [f"r{number}" for number in range(regions)], [f"s{number}" for number in range(sectors)]
    index = pd.MultiIndex.from_product(names, names=["region", "sector"])
    columns = pd.MultiIndex.from_product([names[0], ["final"]], names=["region", "category"])
    tables = pymrio.IOSystem(
        Z=pd.DataFrame(table["flows"], index, index), Y=pd.DataFrame(table["final"], index, columns), name="random"
    )
    tables.calc_all()
    model = ARIOPsiModel(
        tables,
        order_type=chosen["order_type"],
        main_inv_dur=chosen["cover"],
        inventory_restoration_tau=chosen["restock"],
        psi_param=chosen["psi"],
        alpha_max=chosen["largest"],
    )
    simulation = Simulation(model, n_temporal_units_to_sim=40)
    struck = np.flatnonzero(damage.impact)
    impact = pd.Series(damage.impact[struck], index=index[struck])
    kind = {"event_type": "arbitrary"}
    if damage.destroys_capital:
        kind = {"event_type": "recovery", "event_monetary_factor": 10**6}
    simulation.add_event(
        from_series(
            impact,
            occurrence=damage.occurrence,
            duration=damage.duration,
            recovery_tau=int(damage.recovery_steps),
            recovery_function="linear",
            **kind,
        )
    )
    simulation.loop()
    return simulation.production_realised.to_numpy()


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 10_000),
    regions=st.integers(2, 4),
    sectors=st.integers(2, 5),
    cover=st.sampled_from([3, 10, 60]),
    restock=st.sampled_from([3, 20]),
    psi=st.sampled_from([0.8, 0.95]),
    order_type=st.sampled_from(["alt", "noalt"]),
    capital=st.booleans(),
    share=st.floats(0.1, 0.9),
)
def test_ario_is_boario_live_on_random_tables(
    seed: int,
    regions: int,
    sectors: int,
    cover: int,
    restock: int,
    psi: float,
    order_type: str,
    capital: bool,
    share: float,
) -> None:
    table = _random_table(seed, regions, sectors)
    economy = economy_from_table(
        **table, products=sectors, cover=float(cover), restock=float(restock), peer_compatible=True
    )
    struck = np.zeros(regions * sectors)
    struck[seed % len(struck)] = share
    assume(economy.capital @ struck > 0)
    damage = Damage(
        impact=struck * economy.capital if capital else struck,
        occurrence=3,
        duration=4,
        destroys_capital=capital,
        recovery="linear",
        recovery_steps=10,
    )
    chosen = {"cover": cover, "restock": restock, "psi": psi, "order_type": order_type, "largest": 1.3}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = _boario_path(table, regions, sectors, chosen, damage)
    ours = run_economy(
        economy,
        compose("ario", sourcing="capacity" if order_type == "alt" else "usual"),
        Schedule(economy, [damage], peer_compatible=True),
        steps=40,
        numbers=rule_numbers({"psi": psi, "overproduction_largest": 1.3, "peer_compatible": True}),
        keep=("output",),
    )
    assert worst_relative(ours["output"], theirs) < TOLERANCE


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
