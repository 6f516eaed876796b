"""Numbers of the step rules that do not change during a run, per step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.simulate.draws import Draws, factor_of
from standoff.world.network import DAYS_PER_YEAR, NEED_CLASSES, Network

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

LEAST_FLOW = 1e-300
"""Keeps a quotient by a link's usual flow finite where a table says 0."""
MAKING_DAYS = 7.0
"""Time from the start of making to goods that can be shipped (assumed: a week), whatever the step length. A seller holds at least
this much finished stock. What is made in one step can leave in the next, so the step is part of this time."""


@dataclass(frozen=True)
class Constants:
    """Numbers of the step rules, per step, units as in the rules' docstrings."""

    yields: Any
    stock_target: Any
    stock_ceiling: Any
    finished_restock_steps: Any
    smoothing_steps: Any
    use: Any
    coefficient: Any
    cover_steps: Any
    lag_steps: Any
    restock_steps: Any
    largest_order: Any
    hoard_share: Any
    usual_activity: Any
    critical: Any
    important: Any
    by_quantity: Any
    base_share: Any
    tracked_use: Any
    link_use: Any
    touched_use: Any
    cost_exponent: Any
    reliability_exponent: Any
    sourcing_steps: Any
    reliability_steps: Any
    seen_steps: Any
    forget_share: Any
    route_reach: Any
    route_loss: Any
    adapt_steps: Any
    reserve_trigger: Any
    reserve_rate: Any


def constants_of(
    network: Network,
    days: float,
    *,
    values: dict[str, Any],
    draws: Draws | None,
    tracked: Integers,
    touched: Integers,
    share: Floats,
    regulated: Integers,
    rights: Integers,
    xp: Any,
) -> Constants:
    """Numbers of the rules per step of ``days`` days."""
    needs, offers, nodes, stocks, latent = network.needs, network.offers, network.nodes, network.stocks, network.latent
    per_step = days / DAYS_PER_YEAR
    use = needs.use * per_step
    sales = offers.sales * per_step

    def column(array: npt.ArrayLike) -> Any:
        floats = np.asarray(array, dtype=float)
        return floats[..., None] if draws else floats

    def steps_of(name: str) -> Any:
        return xp.maximum(xp.asarray(values[name]) / days, 1.0)

    cover = column(needs.cover_days / days)
    if draws:
        cover = cover * draws.cover[needs.product]
    in_making = max(MAKING_DAYS - days, 0.0)  # finished stock and goods in the making are one stock to a seller
    finished = column(offers.stock_days) * factor_of(draws, "finished", offers.product)
    target = column(sales) * (xp.maximum(finished, max(MAKING_DAYS, days)) - in_making) / days
    storage = column(sales) * (xp.asarray(values["byproduct_storage_days"]) / days)
    trigger = cover[stocks.pair_need] * column(use[stocks.pair_need] * stocks.trigger_share[stocks.pair_stock])
    trigger = trigger * factor_of(draws, "trigger", stocks.pair_stock)
    restock = column(needs.restock_days / days) * factor_of(draws, "restock", needs.product)
    reach = column(latent.max_share * use[latent.need]) * factor_of(draws, "reach", latent.route)
    adapt = column(latent.adapt_days / days) * factor_of(draws, "adapt", latent.route)
    return Constants(
        yields=column(offers.yields),
        stock_target=target,
        stock_ceiling=xp.where(column(offers.driver) > 0, np.inf, target + storage),
        finished_restock_steps=steps_of("finished_restock_days"),
        smoothing_steps=steps_of("smoothing_days"),
        use=column(use),
        coefficient=column(needs.coefficient),
        cover_steps=cover,
        lag_steps=column(needs.lag_days / days),
        restock_steps=xp.maximum(restock, 1.0),
        largest_order=column(use) * xp.asarray(values["order_limit"]),
        hoard_share=xp.asarray(values["hoard_share"]),
        usual_activity=column((nodes.activity * per_step)[needs.consumer]),
        critical=column(needs.kind == NEED_CLASSES.index("critical")),
        important=column(needs.kind == NEED_CLASSES.index("important")),
        by_quantity=column(~np.isin(np.arange(len(regulated)), rights)),
        base_share=column(share[tracked]),
        tracked_use=column(np.maximum(network.links.flow[tracked] * per_step, LEAST_FLOW)),
        link_use=column(network.links.flow[tracked[regulated]] * per_step),
        touched_use=column(np.append(use[touched], 0.0)),
        cost_exponent=xp.asarray(values["cost_exponent"]),
        reliability_exponent=xp.asarray(values["reliability_exponent"]),
        sourcing_steps=steps_of("sourcing_days"),
        reliability_steps=steps_of("reliability_days"),
        seen_steps=steps_of("seen_days"),
        forget_share=1.0 / steps_of("refusal_memory_days"),
        route_reach=reach * xp.asarray(values["route_reach"]),
        route_loss=xp.minimum(column(latent.loss_share) * factor_of(draws, "loss", latent.route), 1.0),
        adapt_steps=xp.maximum(adapt, 1.0),
        reserve_trigger=trigger,
        reserve_rate=column(stocks.release_rate * per_step) * factor_of(draws, "release", slice(None)),
    )
