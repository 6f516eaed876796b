"""BoARIO itself and our ``ario`` on the same table, settings and events: both written from one description."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from standoff.model.rebuilding import rebuilding_needs
from standoff.model.rulesets import compose, rule_numbers
from standoff.simulate.damage import Damage, Rebuilding, Schedule
from standoff.simulate.economy_run import run_economy
from standoff.world.economies import economy_from_table

CURVES = {"linear": "linear", "convexe": "convex", "convexe noscale": "geometric", "concave": "s_shaped"}
ROUNDING = 1e-12
COMPARED = {"production_realised": "output", "production_capacity": "capacity", "rebuild_prod": "to_rebuilding"}


@dataclass(frozen=True)
class Event:
    """One event in BoARIO's words; impacts are shares of capital, or of capacity for ``arbitrary``."""

    kind: str
    shares: Mapping[int, float]
    """By node."""
    occurrence: int
    duration: int
    curve: str = "linear"
    tau: int = 10
    rebuilders: Mapping[int, float] = field(default_factory=dict)
    """Share of each sector in rebuilding."""
    factor: float = 1.0
    households: Mapping[int, float] = field(default_factory=dict)
    """Damage by region, as a share of its final demand per year."""


@dataclass(frozen=True)
class Case:
    """A table, settings and events."""

    table: Mapping[str, Any]
    regions: int
    sectors: int
    events: tuple[Event, ...]
    steps: int = 40
    days: int = 1
    """Days in a step."""
    cover: Mapping[int, float] = field(default_factory=dict)
    """Days by sector, infinite where an input never binds."""
    restock: Mapping[int, int] | int = 20
    psi: float | None = 0.8
    """None for the model without psi."""
    order_type: str = "alt"
    alpha_base: float = 1.0
    alpha_max: float = 1.3
    alpha_tau: int = 365
    money: int = 10**6
    """Of the table."""
    event_money: int = 10**6
    """Of the events."""

    @property
    def nodes(self) -> int:
        return self.regions * self.sectors

    @property
    def capital(self) -> Any:
        return 4.0 * np.maximum(self.table["output"] - self.table["flows"].sum(axis=0), 0.0)


def random_table(seed: int, regions: int, sectors: int) -> dict[str, Any]:
    """Flows, final demand and output per year; a fifth of the flows is 0, and inputs take at most 0.7 of output."""
    draw = np.random.default_rng(seed)
    nodes = regions * sectors
    flows = draw.lognormal(0.0, 1.5, (nodes, nodes)) * (draw.random((nodes, nodes)) < 0.8)
    final = draw.lognormal(2.0, 1.0, (nodes, regions))
    output = flows.sum(axis=1) + final.sum(axis=1)
    largest = (flows.sum(axis=0) / output).max()
    flows = flows * min(1.0, 0.7 / largest)
    return {"flows": flows, "final": final, "output": flows.sum(axis=1) + final.sum(axis=1)}


def boario_paths(case: Case) -> dict[str, Any]:
    """What BoARIO computes, (steps, nodes) each."""
    import pandas as pd
    import pymrio
    from boario.extended_models import ARIOPsiModel
    from boario.model_base import ARIOBaseModel
    from boario.simulation import Simulation

    regions, sectors = [f"r{n}" for n in range(case.regions)], [f"s{n}" for n in range(case.sectors)]
    index = pd.MultiIndex.from_product([regions, sectors], names=["region", "sector"])
    columns = pd.MultiIndex.from_product([regions, ["final"]], names=["region", "category"])
    tables = pymrio.IOSystem(
        Z=pd.DataFrame(case.table["flows"], index, index),
        Y=pd.DataFrame(case.table["final"], index, columns),
        name="random",
    )
    tables.calc_all()
    common = {
        "order_type": case.order_type,
        "alpha_base": case.alpha_base,
        "alpha_max": case.alpha_max,
        "alpha_tau": case.alpha_tau,
        "inventory_dict": {f"s{n}": "inf" if np.isinf(days) else days for n, days in case.cover.items()},
        "monetary_factor": case.money,
        "temporal_units_by_step": case.days,
    }
    restock = {f"s{n}": tau for n, tau in case.restock.items()} if isinstance(case.restock, Mapping) else case.restock
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if case.psi is None:
            model = ARIOBaseModel(tables, **common)
        else:
            model = ARIOPsiModel(tables, psi_param=case.psi, inventory_restoration_tau=restock, **common)
        simulation = Simulation(model, n_temporal_units_to_sim=case.steps * case.days)
        for event in case.events:
            simulation.add_event(_boario_event(case, event, index, columns))
        simulation.loop()
        rows = slice(None, None, case.days)
        return {name: getattr(simulation, name).to_numpy()[rows] for name in COMPARED}


def _boario_event(case: Case, event: Event, index: Any, columns: Any) -> Any:
    import pandas as pd
    from boario.event import from_series

    nodes = sorted(event.shares)
    amounts = np.array([event.shares[n] for n in nodes])
    times = {"occurrence": event.occurrence, "duration": event.duration}
    if event.kind == "arbitrary":
        impact = pd.Series(amounts, index=index[nodes])
        return from_series(
            impact, event_type=event.kind, recovery_tau=event.tau, recovery_function=event.curve, **times
        )
    times["event_monetary_factor"] = case.event_money
    unit = case.money / case.event_money
    impact = pd.Series(amounts * case.capital[nodes] * unit, index=index[nodes])
    if event.kind == "recovery":
        return from_series(
            impact, event_type=event.kind, recovery_tau=event.tau, recovery_function=event.curve, **times
        )
    houses = None
    if event.households:
        damage = _house_damage(case, event)
        houses = pd.Series(damage * unit, index=columns[sorted(event.households)])
    return from_series(
        impact,
        event_type=event.kind,
        households_impact=houses,
        rebuild_tau=event.tau,
        rebuilding_sectors={f"s{n}": share for n, share in event.rebuilders.items()},
        rebuilding_factor=event.factor,
        **times,
    )


def _house_damage(case: Case, event: Event) -> Any:
    final = case.table["final"].sum(axis=0)
    return np.array([event.households[region] * final[region] for region in sorted(event.households)])


def our_paths(case: Case) -> tuple[dict[str, Any], int]:
    """The same from `ario`, and the first step whose numbers in BoARIO hang on the last bit of a sum.

    BoARIO lets overproduction go back only where demand is *exactly* the last output. Where the two differ by rounding alone, either
    branch is right, and which one is taken depends on the order in which a row was added up.
    """
    economy = economy_from_table(
        flows=case.table["flows"],
        final=case.table["final"],
        output=case.table["output"],
        products=case.sectors,
        cover=np.array([case.cover[n] for n in range(case.sectors)], dtype=float) / case.days,
        restock=_restock(case),
        steps_per_year=365.0 / case.days,
        peer_compatible=True,
    )
    run = run_economy(
        economy,
        compose("ario", sourcing="capacity" if case.order_type == "alt" else "usual"),
        Schedule(
            economy,
            [_our_event(case, event) for event in case.events],
            peer_compatible=True,
            decimals=int(np.log10(case.event_money)) + 1,
        ),
        steps=case.steps,
        numbers=rule_numbers(
            {
                "psi": 1.0 if case.psi is None else case.psi,
                "overproduction_base": case.alpha_base,
                "overproduction_largest": case.alpha_max,
                "overproduction_steps": case.alpha_tau / case.days,
                "peer_compatible": True,
            }
        ),
        keep=(*COMPARED.values(), "book", "final", "rebuilding", "overproduction"),
    )
    demand = (run["book"] + run["final"] + run["rebuilding"])[1:]
    near = np.abs(demand - run["output"][:-1]) <= ROUNDING * demand
    away = np.abs(run["overproduction"][:-1] - case.alpha_base) > ROUNDING
    open_steps = np.flatnonzero((near & away).any(axis=1)) + 1
    decided = int(open_steps[0]) if len(open_steps) else case.steps
    return {theirs: run[ours] for theirs, ours in COMPARED.items()}, decided


def _restock(case: Case) -> Any:
    """Without psi BoARIO closes a gap within a step."""
    if case.psi is None:
        return 1.0
    if isinstance(case.restock, Mapping):
        return np.array([case.restock[n] for n in range(case.sectors)], dtype=float) / case.days
    return case.restock / case.days


def _our_event(case: Case, event: Event) -> Damage:
    impact = np.zeros(case.nodes)
    for node, share in event.shares.items():
        impact[node] = share if event.kind == "arbitrary" else share * case.capital[node]
    return Damage(
        impact=impact,
        occurrence=event.occurrence // case.days,
        duration=event.duration // case.days,
        destroys_capital=event.kind != "arbitrary",
        recovery=None if event.kind == "rebuild" else CURVES[event.curve],
        recovery_steps=event.tau / case.days,
        rebuilding=_rebuilding(case, event, impact) if event.kind == "rebuild" else None,
    )


def _rebuilding(case: Case, event: Event, impact: Any) -> Rebuilding:
    struck, regions = np.flatnonzero(impact), sorted(event.households)
    shares = np.zeros(case.sectors)
    for sector, share in event.rebuilders.items():
        shares[sector] = share
    needs = rebuilding_needs(
        impact=np.append(impact[struck], _house_damage(case, event)),
        sector_shares=shares,
        factor=event.factor,
        flows=np.column_stack([case.table["flows"][:, struck], case.table["final"][:, regions]]),
        product=np.arange(case.nodes) % case.sectors,
    )
    nodes = np.append(struck, np.full(len(regions), -1))
    return Rebuilding(needs=needs, column_node=nodes, factor=event.factor, steps=event.tau / case.days)
