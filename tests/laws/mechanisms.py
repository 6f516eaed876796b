"""Which mechanisms were at work in a run."""

from __future__ import annotations

import numpy as np
from cases import Case, Run

from standoff.model.rationing import TIERS


def active_mechanisms(case: Case, run: Run) -> dict[str, bool]:
    """Whether each mechanism moved anything in a run, by name."""
    network, records, table = run.network, run.records, run.setup.regime_table
    kinds = {regime.outcome for regime in table.regimes.regimes if regime.measure}
    short = (records["fill"] < 1 - 1e-9) & (records["demanded"] > 0)
    by_tier = {name: bool(short[:, tier].any()) for tier, name in enumerate(TIERS)}
    sellers = np.bincount(network.offers.producer)
    lags = np.unique(np.ceil(network.links.lag_days / 7))
    binding = _binding_classes(run)
    route_used = records["route_shipped"].sum(axis=0) > 0
    return {
        "joint production": bool((sellers > 1).any()),
        "by-product discarded": bool(records["discarded"].sum() > 0),
        "lags of 0 to 8 weeks": len(lags) > 3,
        "licence": "LICENCE" in kinds and bool(records["link_applied"].sum() > 0),
        "refusal": bool(records["link_denied"].sum() > 0),
        "return to the first stage": bool(records["link_returned"].sum() > 0),
        "permit expiry": bool(records["link_expired"].sum() > 0),
        "customs hold": "HOLD" in kinds,
        "closed gate": bool((table.regimes.gate < 1).any()),
        "measure ends": any(act.end_day < case.clock.steps * case.clock.step_days for act in case.acts),
        "grey route": bool(route_used[network.latent.route == 0].any()),
        "assembly or entrant route": bool(route_used[network.latent.route > 0].any()),
        "strategic stock": bool(records["reserve_taken"].sum() > 0),
        "shortage": any(by_tier[name] for name in ("home", "priority", "rest")),
        "priority served first": by_tier["rest"] and bool(network.nodes.priority.any()),
        "surplus capacity": bool((records["activity"] < 0.99 * _capacity(run)).any()),
        "capacity binds": bool((records["plan"] >= _capacity(run) * (1 - 1e-12)).any()),
        "project adds capacity": bool((run.setup.capacity_path[-1] > run.setup.capacity_path[0] * (1 + 1e-12)).any()),
        "cover classes": len(network.nodes) > len(network.nodes.parent_labels),
        "critical input binds": 0 in binding,
        "important input binds": 1 in binding,
        "optional input short": _optional_short(run),
        "sourcing moves orders": bool((np.abs(records["share"] - run.first["share"]) > 1e-3).any()),
        "demand moves": bool((case.demand != 1).any()),
    }


def _capacity(run: Run) -> np.ndarray:
    """Capacity of producers, infinite for uses, (steps, nodes)."""
    uses = len(run.network.nodes) - run.network.nodes.producers
    return np.concatenate([run.setup.capacity_path, np.full((run.setup.clock.steps, uses), np.inf)], axis=1)


def _binding_classes(run: Run) -> set[int]:
    """Classes of the needs that held their consumer below plan."""
    needs, records = run.network.needs, run.records
    coefficient = np.where(needs.coefficient > 0, needs.coefficient, np.inf)
    allowed = (records["inventory"] + records["used"]) / coefficient
    usual = run.setup.constants.usual_activity
    limit = np.where(needs.kind == 0, allowed, np.where(needs.kind == 1, 0.5 * (allowed + usual), np.inf))
    activity, plan = (records[name][:, needs.consumer] for name in ("activity", "plan"))
    bound = (limit <= activity * (1 + 1e-12)) & (activity < plan * (1 - 1e-9))
    return set(needs.kind[bound.any(axis=0)].tolist())


def _optional_short(run: Run) -> bool:
    needs, records = run.network.needs, run.records
    wanted = needs.coefficient * records["activity"][:, needs.consumer]
    return bool(((records["used"] < wanted * (1 - 1e-9)) & (needs.kind == 2)).any())
