"""What each rule of a peer reads of the step: thin functions between the step and the rules in the other files of this folder.

Every function takes the step so far and returns what its slot decides. Which of them make a model is in `standoff.model.rulesets`; how a
chain fills the same slots is in `standoff.model.chain_slots`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from standoff.model import consumption, input_limits, labour, overproduction, planning, rationing, sourcing
from standoff.model.arrays import choose
from standoff.model.economy import Economy, EconomyState, Moment, OrderPlan, Sources
from standoff.model.input_limits import PooledInputs, ScarceInventory, ScarcestInput
from standoff.model.supply import ratio

Rule = Callable[[Moment], Any]
Memory = Callable[[EconomyState, Economy], EconomyState]
"""From a state to the same with what a rule remembers as it is at rest, where it is not there yet."""


@dataclass(frozen=True)
class Served:
    """What a rationing rule decides."""

    to_firms: Any
    to_final: Any
    """Final demand served, rebuilding not included, (nodes,)."""
    final_share: Any
    """Share of final demand and of rebuilding served, (nodes,)."""
    firms_share: Any = None
    """Share of every firm's order served, (nodes,); None where firms are not served alike."""
    arrived: Any = None
    """What reaches each need, where firms are not served alike."""
    from_home: Any = None
    """What reaches each need beyond ``firms_share``, per order, as its supplier serves its own place first; None where none does."""
    home_share: Any = None
    rest_share: Any = None
    """Shares served in the supplier's own place and elsewhere, (nodes,); None where rationing asks for no place."""


# Overproduction: factor on capacity
def no_overproduction(m: Moment) -> Any:
    return m.state.overproduction


def drifting_overproduction(m: Moment) -> Any:
    drifted = overproduction.drift_of_overproduction(
        level=m.state.overproduction,
        demand=m.demand,
        output=m.state.output,
        base=m.numbers.overproduction_base,
        largest=m.numbers.overproduction_largest,
        steps=m.numbers.overproduction_steps,
        peer_compatible=m.numbers.peer_compatible,
        xp=m.xp,
    )
    # There is no unmet demand to answer to before the second step
    return choose(m.number < 2, m.state.overproduction, drifted)


# Labour: at the end of the step
def fixed_labour(m: Moment) -> Any:
    return m.shocks.labour_left


def hire_and_fire(m: Moment) -> Any:
    return labour.hire_and_fire(
        labour=m.state.labour,
        base_output=m.economy.output,
        allowed=m.xp.minimum(m.input_limit, m.demand),
        capacity=m.capacity,
        hire=m.numbers.hire,
        fire=m.numbers.fire,
        largest=m.shocks.labour_left,
        xp=m.xp,
    )


# Consumption: final demand of the step
def fixed_final_demand(m: Moment) -> Any:
    economy, shocks = m.economy, m.shocks
    if shocks.household_shock is None and shocks.final_shock is None:
        return economy.final
    return _left(economy.households, shocks.household_shock) + _left(economy.other_final, shocks.final_shock)


def shifted_consumption(m: Moment) -> Any:
    economy, shocks = m.economy, m.shocks
    if shocks.household_shock is None:
        return fixed_final_demand(m)
    shifted = consumption.shifted_consumption(
        base=economy.households, shock=shocks.household_shock, saved=m.numbers.saved, xp=m.xp
    )
    return shifted + _left(economy.other_final, shocks.final_shock)


def _left(usual: Any, shock: Any) -> Any:
    return usual if shock is None else usual * (1.0 - shock)


# Rationing: who gets what of the output
def same_share(m: Moment) -> Served:
    share = rationing.same_share(output=m.output, demand=m.demand, xp=m.xp)
    return Served(to_firms=m.book * share, to_final=m.final * share, final_share=share, firms_share=share)


def firms_first(m: Moment) -> Served:
    wanted = m.final + m.shocks.rebuilding
    firms, final = rationing.firms_first(output=m.output, orders=m.book, final=wanted, xp=m.xp)
    return Served(to_firms=m.book * firms, to_final=m.final * final, final_share=final, firms_share=firms)


def tiers(m: Moment) -> Served:
    """Buyers and final demand in the seller's own place first, then all others; all alike where places are not known."""
    economy, xp, home = m.economy, m.xp, m.economy.home_flows
    if economy.homes is None or home is None:
        return same_share(m)
    final, weight = m.final + m.shocks.rebuilding, m.state.supplier_weight
    at_home = economy.homes.final_share if m.shocks.final_at_home is None else m.shocks.final_at_home
    at_home = at_home.reshape(at_home.shape + (1,) * (weight.ndim - at_home.ndim))
    # Both are sums of the same orders, in another sequence
    firms = xp.minimum(weight * home.orders(m.state.order_factor), m.book)
    asked = xp.stack(xp.broadcast_arrays(firms + at_home * final, m.book - firms + (1.0 - at_home) * final))
    (first, second), _ = rationing.serve_by_tiers(stock=m.output, demanded=asked, xp=xp)
    second = xp.minimum(first, second)  # of nothing all is served
    share = at_home * first + (1.0 - at_home) * second
    return Served(
        to_firms=firms * first + (m.book - firms) * second,
        to_final=m.final * share,
        final_share=share,
        firms_share=second,
        from_home=home.reach(weight * (first - second)),
        home_share=first,
        rest_share=second,
    )


def common_level(*, final_last: bool) -> Rule:
    """Clients by their orders relative to usual ones, final demand among them or after them."""

    def rule(m: Moment) -> Served:
        economy, supply = m.economy, m.economy.supply
        orders = supply.links(m.state.order_factor, m.state.supplier_weight)
        usual = supply.link_base
        relative = ratio(orders, usual, m.xp)
        final = m.final + m.shocks.rebuilding
        if final_last:
            level = rationing.common_level(
                output=m.output, relative=relative, weight=usual, seller=supply.supplier, nodes=supply.nodes, xp=m.xp
            )
        else:
            level = rationing.common_level(
                output=m.output,
                relative=m.xp.concatenate([relative, ratio(final, economy.final, m.xp)]),
                weight=m.xp.concatenate([usual, economy.final]),
                seller=np.concatenate([supply.supplier, np.arange(supply.nodes)]),
                nodes=supply.nodes,
                xp=m.xp,
            )
        return _served_by_link(m, usual * m.xp.minimum(relative, level[supply.supplier]))

    return rule


def as_pronet(*, final_last: bool) -> Rule:
    """As proNet's loop does it, final demand among the clients or after them. See `rationing.served_by_pronet`."""

    def rule(m: Moment) -> Served:
        economy, supply = m.economy, m.economy.supply
        usual = supply.link_base
        final = m.final + m.shocks.rebuilding
        clients, of_final = rationing.served_by_pronet(
            output=m.output,
            relative=ratio(supply.links(m.state.order_factor, m.state.supplier_weight), usual, m.xp),
            weight=usual,
            seller=supply.supplier,
            final_relative=ratio(final, economy.final, m.xp),
            final_weight=m.xp.zeros_like(economy.final) if final_last else economy.final,
            xp=m.xp,
        )
        return _served_by_link(m, usual * clients, to_final=None if final_last else economy.final * of_final)

    return rule


def _served_by_link(m: Moment, served: Any, *, to_final: Any = None) -> Served:
    """What links carry as what a rationing rule decides; final demand and rebuilding get ``to_final``, or what is left."""
    supply, final = m.economy.supply, m.final + m.shocks.rebuilding
    to_firms = supply.links_to_suppliers(served)
    share = ratio(m.xp.clip(m.output - to_firms, 0.0, final) if to_final is None else to_final, final, m.xp)
    return Served(arrived=supply.links_to_needs(served), to_firms=to_firms, to_final=m.final * share, final_share=share)


# Ordering: what orders and goals of stocks follow
def follow_wanted_output(m: Moment) -> OrderPlan:
    wanted = m.xp.minimum(m.demand - m.to_rebuilding, m.capacity)
    return OrderPlan(
        use=m.activity,
        goal=wanted * m.economy.per_output,
        destocks=False,
        tolerant=m.numbers.peer_compatible,
    )


def follow_output(*, goal_follows: bool, destocks: bool) -> Rule:
    """Orders on realised output; the goal follows it too or stays, stocks above it are worked off or not."""

    def rule(m: Moment) -> OrderPlan:
        return OrderPlan(
            use=m.activity,
            goal=m.activity if goal_follows else None,
            destocks=destocks,
        )

    return rule


def follow_demand(m: Moment) -> OrderPlan:
    return OrderPlan(
        use=m.demand * m.economy.per_output,
        goal=None,
        destocks=True,
        smallest=-np.inf if m.numbers.peer_compatible else 0.0,
    )


def follow_plan(m: Moment) -> OrderPlan:
    """As the default set orders on a chain, with nothing on the way: an economy has no lag, and no finished stock to plan for."""
    smoothed = planning.smooth(m.state.smoothed_demand, m.demand, steps=_steps(m, m.numbers.smoothing_steps))
    plan = planning.plan_to_stock(wanted=smoothed, capacity=m.capacity, xp=m.xp)
    return OrderPlan(
        use=plan * m.economy.per_output,
        goal=None,
        destocks=True,
        largest=m.numbers.order_limit,
        smoothed_demand=smoothed,
    )


# Sourcing: weights of suppliers in the orders
def usual_suppliers(m: Moment) -> Sources:
    return Sources()


def suppliers_by_capacity(m: Moment) -> Sources:
    return Sources(weight=m.capacity_share)


def suppliers_by_reliability(m: Moment) -> Sources:
    """Weights that drift to ``reliability^rho``, and orders on closed links that drift to open ones.

    A chain lets the share of each link drift. Here every supplier has one weight, and every need what its buyer counts on of all that its
    suppliers delivered when all links were open; what opens again is counted on at once, so that no order is placed twice.
    """
    usual = m.economy.base_book
    delivered = sourcing.delivered_share(
        ordered=m.book,
        shipped=m.served.to_firms,
        usual=m.xp.where(usual > 0, usual, 1.0),  # who has no buyers is ordered nothing from
        xp=m.xp,
    )
    reliability = planning.smooth(m.state.reliability, delivered, steps=_steps(m, m.numbers.reliability_steps))
    preferred = reliability**m.numbers.reliability_exponent
    moving = _steps(m, m.numbers.sourcing_steps)
    weight = planning.smooth(m.state.supplier_weight, preferred, steps=moving)
    if m.state.counted_on is None:
        return Sources(weight=weight, reliability=reliability)
    reach, usual = m.economy.supply.reach_and_usual(weight)
    still = m.xp.where(usual > 0, ratio(reach, usual, m.xp), 1.0)
    counted_on = m.xp.maximum(still, planning.smooth(m.state.counted_on, still, steps=moving))
    return Sources(weight=weight, reach=usual * counted_on, reliability=reliability, counted_on=counted_on)


def _steps(m: Moment, steps: Any) -> Any:
    return m.xp.maximum(steps, 1.0)  # nothing moves faster than a step


# What rules remember, at rest
def usual_demand(state: EconomyState, economy: Economy) -> EconomyState:
    if state.smoothed_demand is not None:
        return state
    return state._replace(smoothed_demand=economy.output + 0.0 * state.output)


def full_reliability(state: EconomyState, economy: Economy) -> EconomyState:
    xp = economy.supply.xp
    if state.reliability is None:
        state = state._replace(reliability=xp.ones_like(state.output))
    if not economy.supply.closed_in_part:
        return state._replace(counted_on=None)
    return state if state.counted_on is not None else state._replace(counted_on=xp.ones_like(state.stock))


NOT_RATED = np.zeros(())
"""A rating that no input has."""

FILLS: dict[str, dict[str, Any]] = {
    "overproduction": {"none": no_overproduction, "ario": drifting_overproduction},
    "labour": {"fixed": fixed_labour, "pichler": hire_and_fire},
    "consumption": {"fixed": fixed_final_demand, "pichler": shifted_consumption},
    "production": {
        "scarce_inventory": ScarceInventory(input_limits.share_of_goal, tolerant=True),
        "leontief": ScarcestInput(input_limits.every_input),
        "strongly_critical": ScarcestInput(
            input_limits.rated(lambda part: part.group_critical + part.group_important, lambda part: NOT_RATED)
        ),
        "half_critical": ScarcestInput(
            input_limits.rated(lambda part: part.group_critical, lambda part: part.group_important)
        ),
        "weakly_critical": ScarcestInput(input_limits.rated(lambda part: part.group_critical, lambda part: NOT_RATED)),
        "linear": PooledInputs(),
    },
    "rationing": {
        "tiers": tiers,
        "same_share": same_share,
        "firms_first": firms_first,
        "common_level": common_level(final_last=False),
        "common_level_final_last": common_level(final_last=True),
        "as_pronet": as_pronet(final_last=False),
        "as_pronet_final_last": as_pronet(final_last=True),
    },
    "ordering": {
        "planned_use": follow_plan,
        "wanted_output": follow_wanted_output,
        "output": follow_output(goal_follows=True, destocks=True),
        "output_fixed_goal": follow_output(goal_follows=False, destocks=True),
        "output_no_destocking": follow_output(goal_follows=True, destocks=False),
        "demand": follow_demand,
    },
    "sourcing": {
        "adaptive": suppliers_by_reliability,
        "usual": usual_suppliers,
        "capacity": suppliers_by_capacity,
    },
}
"""What fills each slot of a step on an economy, by the names of `standoff.model.rulesets`."""

MEMORIES: dict[str, Memory] = {"planned_use": usual_demand, "adaptive": full_reliability}
"""What rules remember that others do not, by their names."""
