"""What each rule of a peer reads of the step: thin functions between the step and the rules in the other files of this folder.

Every function takes the step so far and returns what its slot decides. Which of them make a model is in `standoff.model.rulesets`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from standoff.model import consumption, input_limits, labour, overproduction, rationing, restocking
from standoff.model.economy import Economy, Moment
from standoff.model.supply import ratio

Rule = Callable[[Moment], Any]


@dataclass(frozen=True)
class Served:
    """What a rationing rule decides."""

    arrived: Any
    """By need."""
    to_firms: Any
    to_final: Any
    """Final demand served, rebuilding not included, (nodes,)."""
    final_share: Any
    """Share of final demand and of rebuilding served, (nodes,)."""


# Overproduction: factor on capacity
def no_overproduction(m: Moment) -> Any:
    return m.state.overproduction


def drifting_overproduction(m: Moment) -> Any:
    if m.number < 2:  # there is no unmet demand to answer to before the second step
        return m.state.overproduction
    return overproduction.drift_of_overproduction(
        level=m.state.overproduction,
        demand=m.demand,
        output=m.state.output,
        base=m.numbers.overproduction_base,
        largest=m.numbers.overproduction_largest,
        steps=m.numbers.overproduction_steps,
        peer_compatible=m.numbers.peer_compatible,
    )


# Labour: at the end of the step
def fixed_labour(m: Moment) -> Any:
    return m.shocks.labour_left


def hire_and_fire(m: Moment) -> Any:
    limit = m.output if m.input_limit is None else m.input_limit
    return labour.hire_and_fire(
        labour=m.state.labour,
        base_output=m.economy.output,
        allowed=np.minimum(limit, m.demand),
        capacity=m.capacity,
        hire=m.numbers.hire,
        fire=m.numbers.fire,
        largest=m.shocks.labour_left,
    )


# Consumption: final demand of the step
def fixed_final_demand(m: Moment) -> Any:
    households = m.economy.households
    return households * (1.0 - m.shocks.household_shock) + (m.economy.final - households) * (1.0 - m.shocks.final_shock)


def shifted_consumption(m: Moment) -> Any:
    households = m.economy.households
    shifted = consumption.shifted_consumption(base=households, shock=m.shocks.household_shock, saved=m.numbers.saved)
    return shifted + (m.economy.final - households) * (1.0 - m.shocks.final_shock)


# Production: output of the step
def scarce_inventory(m: Moment) -> Any:
    economy, supply = m.economy, m.economy.supply
    stock = m.state.stock if economy.all_bounded else np.where(economy.bounded, m.state.stock, 0.0)
    return input_limits.scarce_inventory(
        wanted=m.wanted,
        stock=supply.group_total(stock),
        required=m.numbers.psi * economy.group_goal_per_output * supply.at_group(m.wanted),
        counts=economy.group_counts,
        supply=supply,
    )


def rated(critical: Callable[[Economy], Any], important: Callable[[Economy], Any]) -> Rule:
    """Production with the inputs that ``critical`` and ``important`` say."""

    def rule(m: Moment) -> Any:
        supply = m.economy.supply
        limit = input_limits.rated_inputs(
            stock=supply.group_total(m.state.stock),
            coefficient=m.economy.group_coefficient,
            usual=supply.at_group(m.economy.output),
            critical=supply.group_total(critical(m.economy)),
            important=supply.group_total(important(m.economy)),
        )
        m.input_limit = supply.smallest(limit)
        return np.minimum(m.wanted, m.input_limit)

    return rule


def pooled_inputs(m: Moment) -> Any:
    supply = m.economy.supply
    m.input_limit = input_limits.pooled_limit(
        stock=supply.group_total(m.state.stock), coefficient=m.economy.group_coefficient, supply=supply
    )
    return np.minimum(m.wanted, m.input_limit)


# Rationing: who gets what of the output
def same_share(m: Moment) -> Served:
    state, supply = m.state, m.economy.supply
    share = rationing.same_share(output=m.output, demand=m.demand)
    return Served(
        arrived=state.order_factor * supply.reach(state.supplier_weight * share),
        to_firms=m.book * share,
        to_final=m.final * share,
        final_share=share,
    )


def firms_first(m: Moment) -> Served:
    state, supply = m.state, m.economy.supply
    firms, final = rationing.firms_first(output=m.output, orders=m.book, final=m.final + m.shocks.rebuilding)
    return Served(
        arrived=state.order_factor * supply.reach(state.supplier_weight * firms),
        to_firms=m.book * firms,
        to_final=m.final * final,
        final_share=final,
    )


def common_level(*, final_last: bool) -> Rule:
    """Clients by their orders relative to usual ones, final demand among them or after them."""

    def rule(m: Moment) -> Served:
        economy, supply = m.economy, m.economy.supply
        orders = supply.links(m.state.order_factor, m.state.supplier_weight)
        usual = supply.link_base
        relative = ratio(orders, usual)
        final = m.final + m.shocks.rebuilding
        if final_last:
            level = rationing.common_level(
                output=m.output, relative=relative, weight=usual, seller=supply.supplier, nodes=supply.nodes
            )
        else:
            level = rationing.common_level(
                output=m.output,
                relative=np.concatenate([relative, ratio(final, economy.final)]),
                weight=np.concatenate([usual, economy.final]),
                seller=np.concatenate([supply.supplier, np.arange(supply.nodes)]),
                nodes=supply.nodes,
            )
        served = usual * np.minimum(relative, level[supply.supplier])
        to_firms = supply.links_to_suppliers(served)
        share = ratio(np.clip(m.output - to_firms, 0.0, final), final)
        return Served(
            arrived=supply.links_to_needs(served), to_firms=to_firms, to_final=m.final * share, final_share=share
        )

    return rule


def as_pronet(*, final_last: bool) -> Rule:
    """As proNet's loop does it, final demand among the clients or after them. See `rationing.served_by_pronet`."""

    def rule(m: Moment) -> Served:
        economy, supply = m.economy, m.economy.supply
        usual = supply.link_base
        final = m.final + m.shocks.rebuilding
        clients, of_final = rationing.served_by_pronet(
            output=m.output,
            relative=ratio(supply.links(m.state.order_factor, m.state.supplier_weight), usual),
            weight=usual,
            seller=supply.supplier,
            final_relative=ratio(final, economy.final),
            final_weight=np.zeros_like(economy.final) if final_last else economy.final,
        )
        served = usual * clients
        to_firms = supply.links_to_suppliers(served)
        to_final = np.clip(m.output - to_firms, 0.0, final) if final_last else economy.final * of_final
        share = ratio(to_final, final)
        return Served(
            arrived=supply.links_to_needs(served), to_firms=to_firms, to_final=m.final * share, final_share=share
        )

    return rule


# Ordering: what each need asks for next
def follow_wanted_output(m: Moment) -> Any:
    economy, supply = m.economy, m.economy.supply
    undelivered = m.shocks.rebuilding * (1.0 - m.served.final_share)
    wanted = np.minimum(m.book + m.final + undelivered, m.capacity)
    goal = economy.goal_per_output * supply.at_need(wanted)
    if m.numbers.peer_compatible:
        bounded = slice(None) if economy.all_bounded else economy.bounded
        if restocking.nearly_equal(m.stock[bounded], goal[bounded]):
            goal = m.stock
    return restocking.close_gap(
        use=economy.coefficient * supply.at_need(m.output),
        goal=goal,
        stock=m.stock,
        steps=economy.restock,
        smallest_gap=0.0,
    )


def follow_output(*, goal_follows: bool, no_destocking: bool) -> Rule:
    """Orders on realised output; the goal follows it too or stays, stocks above it are worked off or not."""

    def rule(m: Moment) -> Any:
        economy, supply = m.economy, m.economy.supply
        activity = supply.at_need(ratio(m.output, economy.output))
        goal = economy.resting_stock * (activity if goal_follows else 1.0)
        return restocking.close_gap(
            use=supply.base * activity,
            goal=goal,
            stock=m.stock,
            steps=economy.restock,
            smallest_gap=0.0 if no_destocking else -np.inf,
        )

    return rule


def follow_demand(m: Moment) -> Any:
    economy, supply = m.economy, m.economy.supply
    return restocking.close_gap(
        use=economy.coefficient * supply.at_need(m.demand),
        goal=economy.resting_stock,
        stock=m.stock,
        steps=economy.restock,
        smallest=-np.inf if m.numbers.peer_compatible else 0.0,
    )


# Sourcing: weights of suppliers in the orders
def usual_suppliers(m: Moment) -> Any:
    return None


def suppliers_by_capacity(m: Moment) -> Any:
    usual = m.economy.output
    return np.where(usual > 0, ratio(m.capacity, usual), 1.0)


# Which inputs bind
def no_input(economy: Economy) -> Any:
    return np.zeros_like(economy.critical)


def every_input(economy: Economy) -> Any:
    return np.ones_like(economy.critical)
