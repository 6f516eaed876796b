"""The one step that all peers share. A rule set only says what fills its slots."""

from __future__ import annotations

from typing import Any

import numpy as np

from standoff.model import restocking
from standoff.model.economy import Economy, EconomyFlows, EconomyState, Moment, RuleNumbers, Shocks
from standoff.model.rulesets import RuleSet
from standoff.model.slots import scarce_inventory
from standoff.model.supply import ratio


def step(
    state: EconomyState,
    economy: Economy,
    rules: RuleSet,
    *,
    numbers: RuleNumbers,
    number: int,
    shocks: Shocks,
) -> tuple[EconomyState, EconomyFlows]:
    """One step of any peer: capacity, demand, production, rationing, stocks, labour, orders.

    Args:
        state: at the start of the step.
        economy: constants.
        rules: one rule a slot.
        numbers: of the rules.
        number: of the step, from 0.
        shocks: what comes from outside in this step.

    Returns:
        (state at the end, what moved).
    """
    supply = economy.supply
    m = Moment(economy, numbers, state, number, shocks)
    m.book = supply.book(state.order_factor, state.supplier_weight)
    m.final = rules.consumption(m)
    m.demand = m.book + m.final + shocks.rebuilding
    m.overproduction = rules.overproduction(m)
    m.capacity = economy.output * (1.0 - shocks.capacity_loss) * m.overproduction * state.labour
    m.wanted = np.minimum(m.demand, m.capacity)
    m.output = rules.production(m)
    m.served = served = rules.rationing(m)
    use = inputs_wanted(m)
    stock = np.maximum(state.stock - use + served.arrived, 0.0)
    if (
        numbers.peer_compatible
        and rules.production is scarce_inventory
        and restocking.nearly_equal(served.arrived, use)
    ):
        stock = state.stock
    m.stock = stock
    orders = rules.ordering(m)
    weight = rules.sourcing(m)
    reach = supply.base if weight is None else supply.reach(weight)
    after = EconomyState(
        stock=stock,
        order_factor=ratio(orders, reach),
        supplier_weight=np.ones(supply.nodes) if weight is None else weight,
        output=m.output,
        overproduction=m.overproduction,
        labour=rules.labour(m),
    )
    to_rebuilding = shocks.rebuilding * served.final_share
    bounded = np.isfinite(stock)
    taken = np.subtract(state.stock, stock, out=np.zeros_like(stock), where=bounded)
    return after, EconomyFlows(
        capacity=m.capacity,
        book=m.book,
        final=m.final,
        rebuilding=shocks.rebuilding,
        output=m.output,
        to_firms=served.to_firms,
        to_final=served.to_final,
        final_share=served.final_share,
        to_rebuilding=to_rebuilding,
        unsold=m.output - served.to_firms - served.to_final - to_rebuilding,
        arrived=served.arrived,
        used=np.where(bounded, taken + served.arrived, use),
    )


def inputs_wanted(m: Moment) -> Any:
    """Inputs used, by need: what a group uses is taken from its needs in proportion to their stocks."""
    supply = m.economy.supply
    use = m.economy.group_coefficient * supply.at_group(m.output)
    return supply.group_to_needs(use, m.state.stock)
