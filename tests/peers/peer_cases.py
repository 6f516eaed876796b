"""The peers' cases as economies of ours: inputs read from `data`, where README.md says what they are and under which terms."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np

from standoff.model.economy import Economy, RuleNumbers
from standoff.model.rebuilding import rebuilding_needs
from standoff.model.rulesets import RuleSet, compose, rule_numbers
from standoff.simulate.damage import Damage, Rebuilding, Schedule
from standoff.simulate.economy_run import EconomyRun, run_economy
from standoff.world.economies import economy_from_firms, economy_from_table
from standoff.world.firm_folder import FirmFolder, read_firm_files

DATA = Path(__file__).parent / "data"
BOARIO = DATA / "boario"
CASES: dict[str, Any] = json.loads((BOARIO / "cases.json").read_text())
LABELS: dict[str, list[str]] = json.loads((BOARIO / "labels.json").read_text())
REGIONS, SECTORS, CATEGORIES = LABELS["regions"], LABELS["sectors"], LABELS["final_demand_categories"]
CURVES = {"linear": "linear", "convexe": "convex", "convexe noscale": "geometric", "concave": "s_shaped"}


def boario_table() -> dict[str, Any]:
    with np.load(BOARIO / "table.npz") as held:
        return {name: held[name] for name in held.files}


def net200(*, stock_by_link: bool) -> tuple[FirmFolder, Economy]:
    firms = read_firm_files(DATA / "inoue_todo" / "net200")
    return firms, economy_from_firms(
        supplier=firms.supplier,
        buyer=firms.buyer,
        flow=firms.flow,
        product=firms.sector,
        final=firms.final,
        cover=15.0,
        restock=6.0,
        stock_by_link=stock_by_link,
    )


def table_economy(*, cover: Any, restock: Any, peer_compatible: bool = True) -> Economy:
    table = boario_table()
    return economy_from_table(
        flows=table["Z_year"],
        final=table["Y_year"],
        output=table["x_year"],
        products=len(SECTORS),
        cover=cover,
        restock=restock,
        capital=table["K"],
        peer_compatible=peer_compatible,
    )


def node(region: str, sector: str) -> int:
    return REGIONS.index(region) * len(SECTORS) + SECTORS.index(sector)


def boario_case(name: str) -> tuple[Economy, RuleSet, RuleNumbers, list[Damage]]:
    case = CASES[name]
    settings = case["model_kwargs"]
    cover = np.array([float(settings.get("inventory_dict", {}).get(s, settings["main_inv_dur"])) for s in SECTORS])
    cover[[SECTORS.index(s) for s in settings.get("infinite_inventories_sect", [])]] = np.inf
    restock = settings.get("inventory_restoration_tau", 60)
    restock = np.array([float(restock[s]) for s in SECTORS]) if isinstance(restock, dict) else float(restock)
    economy = table_economy(cover=cover, restock=restock if case["model"] == "psi" else 1.0)
    numbers = rule_numbers(
        {
            "psi": case["psi"] or 1.0,
            "overproduction_base": settings["alpha_base"],
            "overproduction_largest": settings["alpha_max"],
            "overproduction_steps": settings["alpha_tau"],
            "peer_compatible": True,
        }
    )
    rules = compose("ario", sourcing="capacity" if settings["order_type"] == "alt" else "usual")
    return economy, rules, numbers, [_damage(event) for event in case["events"]]


def _damage(event: dict[str, Any]) -> Damage:
    impact = np.zeros(len(REGIONS) * len(SECTORS))
    for place, value in event["impact"].items():
        impact[node(*place.split("|"))] = value
    return Damage(
        impact=impact,
        occurrence=event["occurrence"],
        duration=event["duration"],
        destroys_capital=event["type"] != "arbitrary",
        recovery=CURVES.get(event.get("recovery_function", "")),
        recovery_steps=event.get("recovery_tau", 1),
        rebuilding=_rebuilding(event, impact) if event["type"] == "rebuild" else None,
    )


def _rebuilding(event: dict[str, Any], impact: Any) -> Rebuilding:
    table = boario_table()
    columns = np.flatnonzero(impact)
    flows, amounts, nodes = table["Z_year"][:, columns], impact[columns], columns
    if event["house"]:
        region, category, amount = event["house"]
        column = REGIONS.index(region) * len(CATEGORIES) + CATEGORIES.index(category)
        flows = np.column_stack([flows, table["Y_year"][:, column]])
        amounts, nodes = np.append(amounts, amount), np.append(nodes, -1)
    factor = event.get("rebuilding_factor", 1.0)
    shares = np.array([event["rebuilding_sectors"].get(sector, 0.0) for sector in SECTORS])
    needs = rebuilding_needs(
        impact=amounts, sector_shares=shares, factor=factor, flows=flows, product=np.arange(len(impact)) % len(SECTORS)
    )
    return Rebuilding(needs=needs, column_node=nodes, factor=factor, steps=event["rebuild_tau"])


def belgium() -> tuple[Economy, dict[str, Any]]:
    """The Belgian table of 2013 in daily values, and shocks and expected paths of the lockdown case."""
    folder = DATA / "pichler"
    flows = _table(folder / "IO_BE_NACE64.csv")
    accounts = _table(folder / "other_accounts_BE_NACE64.csv")
    rating = _table(folder / "IHS_critical_NACE64.csv")
    cover = _table(folder / "desired_stock_NACE64.csv")[:, 0]
    output, households, other, labour = accounts[:, 0], accounts[:, 2], accounts[:, 3], accounts[:, 9]
    economy = economy_from_table(
        flows=flows,
        final=households + other,
        output=output,
        products=len(output),
        cover=np.tile(cover, (len(output), 1)),
        restock=14.0,
        critical=(rating == 1).astype(float),
        important=(rating == 0.5).astype(float),
        households=households,
    )
    with np.load(folder / "expected.npz") as held:
        expected = {name: held[name] for name in held.files}
    return economy, {**expected, "labour": labour / 365.0}


def belgian_schedule(economy: Economy, shocks: dict[str, Any]) -> Schedule:
    """Lockdown from day 10 to day 69."""
    still = np.zeros(economy.supply.nodes)

    def path(name: str) -> Any:
        return lambda day: shocks[name] if 10 <= day < 70 else still

    left = path("kS")
    return Schedule(
        economy, labour_left=lambda day: 1.0 - left(day), household_shock=path("kD"), final_shock=path("kF")
    )


def belgian_run(economy: Economy, shocks: dict[str, Any], *, production: str, steps: int) -> EconomyRun:
    """The lockdown as pyIEEM has it, with one of its production functions."""
    return run_economy(
        economy,
        compose("pichler", production=production),
        belgian_schedule(economy, shocks),
        steps=steps,
        numbers=rule_numbers({"peer_compatible": True}),
    )


def _table(path: Path) -> Any:
    with path.open(newline="") as stream:
        return np.array([[float(cell or 0) for cell in row[1:]] for row in list(csv.reader(stream))[1:]])


def worst_relative(ours: Any, theirs: Any) -> float:
    """Largest difference relative to each value, values under a millionth of the largest counted as that."""
    scale = np.maximum(np.abs(theirs), 1e-6 * max(float(np.abs(theirs).max()), 1e-300))
    return float((np.abs(ours - theirs) / scale).max())
