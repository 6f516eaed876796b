"""What fills the seven slots of a step on a chain: thin functions between the step and the rules in the other files of this folder.

Names are those of `standoff.model.rulesets`; how an economy fills the same slots is in `standoff.model.slots`. What a rule means on a
chain, where sellers ship from finished stock, goods are on the way for weeks and some wait for a licence:

* A *producer* is what a node is on an economy. Final uses buy as others do and hold stocks; rules of what a producer orders or makes
  leave them as they are: they order what they plan to use.
* The *demand* on a producer is the activity that orders and the gap of its finished stock ask for, before capacity
  (`standoff.model.planning.wanted_activity`); its *output* is the activity that it reaches.
* What is on the way, in a licence queue, or denied and not yet borne counts as on order under every rule of ordering, and the goal is of
  what is in hand and on the way together: without that lags alone would make every chain swing.
* Where orders follow output, a producer sees its output as sellers see orders, smoothed, and a goal that follows output drifts to it over
  the time that the goal lasts (`remember_output`). With the output of the last step the goal would move by all of a change at once:
  a change of one is an order of ``(cover + lag) / restocking time`` more, each seller passes that on, and a world at rest leaves its rest
  from rounding alone (10 of 15 random worlds within ten years, by up to 300 times usual stocks). On an economy the rule stays as the
  peer has it, and does the same there.
* Numbers that the peers give for a day are turned into those of a step (`standoff.model.chain_rules.numbers_per_step`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from standoff.model import consumption, labour, overproduction, planning, production, sourcing
from standoff.model.chain_rules import ChainRules, Done, Drift, Follows, Ordering, numbers_per_step
from standoff.model.economy import RuleNumbers
from standoff.model.state import RegimeStep, State

if TYPE_CHECKING:
    from standoff.simulate.setup import Setup
    from standoff.world.network import Network


# Overproduction and labour: capacity
def _as_it_is(state: State, capacity: Any, xp: Any) -> Any:
    return capacity


def _stateless(setup: Setup, numbers: RuleNumbers, xp: Any) -> Any:
    return None


def _nothing(setup: Setup, state: State, done: Done, xp: Any) -> Any:
    return None


def _raised(state: State, capacity: Any, xp: Any) -> Any:
    return capacity * state.overproduction


def _level_at_rest(setup: Setup, numbers: RuleNumbers, xp: Any) -> Any:
    return numbers.overproduction_base * xp.ones_like(setup.resting_activity)


def drifting_overproduction(setup: Setup, state: State, done: Done, xp: Any) -> Any:
    """The factor on capacity follows the share of demand that the step left unmet, see `overproduction.drift_of_overproduction`."""
    numbers = setup.rules.numbers
    return overproduction.drift_of_overproduction(
        level=state.overproduction,
        demand=xp.maximum(done.demand, 0.0),
        output=done.activity,
        base=numbers.overproduction_base,
        largest=numbers.overproduction_largest,
        steps=numbers.overproduction_steps,
        peer_compatible=False,
        xp=xp,
    )


def _staffed(state: State, capacity: Any, xp: Any) -> Any:
    return capacity * state.labour


def _all_there(setup: Setup, numbers: RuleNumbers, xp: Any) -> Any:
    return xp.ones_like(setup.resting_activity)


def hire_and_fire(setup: Setup, state: State, done: Done, xp: Any) -> Any:
    """The share of the usual workforce that is there, which bounds the share of capacity that can be worked; see `labour.hire_and_fire`.

    What the workforce usually makes is usual activity, at which a plant may have capacity to spare: it is spare hours, not spare people, so
    that people are laid off when less than the usual activity is asked for or possible, and nobody where there is none. No more people
    than usual are to be had.
    """
    numbers, usual = setup.rules.numbers, setup.resting_activity
    raised = 1.0 if state.overproduction is None else state.overproduction / numbers.overproduction_base
    return labour.hire_and_fire(
        labour=state.labour,
        base_output=usual,
        allowed=xp.minimum(done.input_limit, xp.maximum(done.demand, 0.0)),
        capacity=usual * state.labour * raised,
        hire=numbers.hire,
        fire=numbers.fire,
        largest=1.0,
        xp=xp,
    )


# Consumption: factors on the demand of final uses, known before a run starts
def fixed_final_demand(network: Network, factor: Any, numbers: RuleNumbers) -> Any:
    """Every use asks for what the scenario says."""
    return factor


def shifted_consumption(network: Network, factor: Any, numbers: RuleNumbers) -> Any:
    """Where the scenario lowers the demand for some goods, part of the money goes to the others, see `consumption.shifted_consumption`.

    A budget is the usual spending of all civil uses of a place, at the value of each. Demand that the scenario raises stays raised and is
    paid for from elsewhere; military uses have no part in it. Without a change of demand the rule changes nothing: final uses that cannot
    get what they want go on wanting it.

    Args:
        network: for places and values.
        factor: on every use's demand, (steps, uses); None without a change.
        numbers: share that is saved.
    """
    if factor is None:
        return None
    nodes, first = network.nodes, network.nodes.producers
    spent, place = (nodes.activity * nodes.value)[first:], nodes.place[first:]
    shifted = factor.copy()
    for home in np.unique(place):
        here = np.flatnonzero((place == home) & ~nodes.military[first:] & (spent > 0))
        fall = 1.0 - np.minimum(factor[:, here].T, 1.0)
        steps = np.flatnonzero(fall.any(axis=0))
        if len(steps):
            base = spent[here][:, None]
            wanted = consumption.shifted_consumption(base=base, shock=fall[:, steps], saved=numbers.saved)
            raised = np.maximum(factor[np.ix_(steps, here)], 1.0)
            shifted[np.ix_(steps, here)] = (wanted / base).T * raised
    return shifted


# Production: activity that stocks of inputs allow, (nodes, ...)
def rated_inputs(setup: Setup, stock: Any, xp: Any) -> Any:
    """Each input by its class, see `production.input_limit`; the classes are those of the rule, see `standoff.world.build`."""
    return setup.smallest_over_needs(_by_class(setup, stock, xp))


def scarce_inventory(setup: Setup, stock: Any, xp: Any) -> Any:
    """Producers by their scarcest input, see `production.scarce_limit`; final uses keep stocks to use them: by the class of each input."""
    scarce = scarce_limit(setup, stock, xp)
    return setup.smallest_over_needs(xp.where(setup.of_producer, scarce, _by_class(setup, stock, xp)))


def scarce_limit(setup: Setup, stock: Any, xp: Any) -> Any:
    """Activity that each stock allows before it is scarce, with the numbers of the run, (needs, ...)."""
    k = setup.constants
    return production.scarce_limit(
        stock=stock,
        coefficient=k.coefficient,
        use=k.use,
        cover_steps=k.cover_steps,
        usual=k.usual_activity,
        psi=setup.rules.numbers.psi,
        xp=xp,
    )


def _by_class(setup: Setup, stock: Any, xp: Any) -> Any:
    k = setup.constants
    return production.input_limit(
        stock=stock,
        coefficient=k.coefficient,
        usual=k.usual_activity,
        critical=k.critical,
        important=k.important,
        xp=xp,
    )


def pooled_inputs(setup: Setup, stock: Any, xp: Any) -> Any:
    """All inputs together, added up at their base prices, see `production.pooled_limit`."""
    value = setup.input_value
    return production.pooled_limit(
        stocks=setup.needs_to_nodes(value * stock),
        needed=setup.needs_to_nodes(value * setup.constants.coefficient),
        xp=xp,
    )


# Ordering: what orders follow
def follow_plan(setup: Setup, state: State, plan: Any, demand: Any, xp: Any) -> Follows:
    """Planned activity; goals stay at usual use."""
    return Follows(plan)


def follow_demand(setup: Setup, state: State, plan: Any, demand: Any, xp: Any) -> Follows:
    """What is asked for, whether capacity suffices or not; goals stay at usual use."""
    return Follows(xp.concatenate([xp.maximum(demand, 0.0), plan[len(demand) :]]))


def follow_output(*, goal_follows: bool, destocks: bool) -> Ordering:
    """Output as producers see it; goals follow it too or stay.

    A producer that has come to a stand under a goal that follows orders nothing more, as on an economy.
    """

    def rule(setup: Setup, state: State, plan: Any, demand: Any, xp: Any) -> Follows:
        made = xp.concatenate([state.output, plan[len(demand) :]])
        return Follows(made, state.goal_activity if goal_follows else None, destocks)

    return rule


def follow_wanted_output(setup: Setup, state: State, plan: Any, demand: Any, xp: Any) -> Follows:
    """Output as producers see it, with goals for what they want to make within capacity; too much stock is not worked off."""
    made = xp.concatenate([state.output, plan[len(demand) :]])
    return Follows(made, plan.take(setup.need_node, axis=0), destocks=False)


def remember_output(setup: Setup, state: State, activity: Any, xp: Any) -> tuple[Any, Any]:
    """Output as producers see it, and the activity that goals of stocks are for, at the end of a step.

    Formula: ``x <- x + (a - x) / tau_O``, ``g <- g + (x - g) / (s + L)``: output a is smoothed over the time tau_O over which sellers
    smooth orders, and the activity g of a goal drifts to it over the steps of cover s and lag L that the goal is for.

    Returns:
        ((producers, ...), (needs, ...)); None for what no rule asks.
    """
    if state.output is None:
        return None, None
    k = setup.constants
    output = planning.smooth(state.output, activity, steps=k.smoothing_steps)
    if state.goal_activity is None:
        return output, None
    seen = output.take(
        np.minimum(setup.need_node, len(activity) - 1), axis=0
    )  # final uses have no output and need none
    steps = xp.maximum(k.cover_steps + k.lag_steps, 1.0)
    return output, planning.smooth(state.goal_activity, seen, steps=steps)


def goal_at_rest(setup: Setup) -> Any:
    """The activity that goals of stocks are for where everything is as usual, (needs, ...)."""
    return setup.resting_activity.take(np.minimum(setup.need_node, len(setup.resting_activity) - 1), axis=0)


# Sourcing: shares of links in the orders of the step to come, and how reliable buyers find them
def drifting_shares(
    setup: Setup, state: State, *, number: int, regime: RegimeStep, ordered: Any, shipped: Any, xp: Any
) -> tuple[Any, Any]:
    """Shares drift to links that are open, cheap and reliable."""
    k = setup.constants
    delivered = sourcing.delivered_share(ordered=ordered, shipped=shipped, usual=k.tracked_use, xp=xp)
    reliability = planning.smooth(state.reliability, delivered, steps=k.reliability_steps)
    preferred = sourcing.preferred_shares(
        attraction=setup.while_regimes_stay(
            number,
            "attraction",
            lambda: sourcing.attraction(base_share=k.base_share, cost=regime.cost, cost_exponent=k.cost_exponent),
        ),
        reliability=reliability,
        reliability_exponent=k.reliability_exponent,
        sum_by_need=setup.links_to_touched,
        need=setup.link_touched,
    )
    return planning.smooth(state.share, preferred, steps=k.sourcing_steps), reliability


def usual_shares(
    setup: Setup, state: State, *, number: int, regime: RegimeStep, ordered: Any, shipped: Any, xp: Any
) -> tuple[Any, Any]:
    """Shares stay."""
    return state.share, state.reliability


def shares_by_capacity(
    setup: Setup, state: State, *, number: int, regime: RegimeStep, ordered: Any, shipped: Any, xp: Any
) -> tuple[Any, Any]:
    """Usual shares weighted by what sellers can make and by what their gates let pass, see `sourcing.weighted_shares`.

    The counterpart of links that a measure cuts on an economy. A licence queue closes no gate: its links keep their weight.
    """
    weight = regime.gate * capacity_left(setup, state, xp).take(setup.link_seller, axis=0)
    share = sourcing.weighted_shares(
        base_share=setup.constants.base_share,
        weight=weight,
        sum_by_need=setup.links_to_touched,
        need=setup.link_touched,
        xp=xp,
    )
    return xp.broadcast_to(share, state.share.shape), state.reliability


def capacity_left(setup: Setup, state: State, xp: Any) -> Any:
    """What each producer can make relative to rest: overproduction times labour, as on an economy, (producers, ...)."""
    left = xp.ones_like(setup.resting_activity)
    if state.overproduction is not None:
        left = left * state.overproduction / setup.rules.numbers.overproduction_base
    if state.labour is not None:
        left = left * state.labour
    return left


ORDERS_FOLLOW_OUTPUT = ("wanted_output", "output", "output_fixed_goal", "output_no_destocking")
"""Rules of ordering that ask what is made."""
GOALS_FOLLOW_OUTPUT = ("output", "output_no_destocking")
"""Those whose goals do."""

FILLS: dict[str, dict[str, Any]] = {
    "overproduction": {
        "none": Drift(_as_it_is, _stateless, _nothing),
        "ario": Drift(_raised, _level_at_rest, drifting_overproduction),
    },
    "labour": {
        "fixed": Drift(_as_it_is, _stateless, _nothing),
        "pichler": Drift(_staffed, _all_there, hire_and_fire),
    },
    "consumption": {"fixed": fixed_final_demand, "pichler": shifted_consumption},
    "production": {
        "scarce_inventory": scarce_inventory,
        "leontief": rated_inputs,
        "strongly_critical": rated_inputs,
        "half_critical": rated_inputs,
        "weakly_critical": rated_inputs,
        "linear": pooled_inputs,
    },
    "ordering": {
        "planned_use": follow_plan,
        "wanted_output": follow_wanted_output,
        "output": follow_output(goal_follows=True, destocks=True),
        "output_fixed_goal": follow_output(goal_follows=False, destocks=True),
        "output_no_destocking": follow_output(goal_follows=True, destocks=False),
        "demand": follow_demand,
    },
    "sourcing": {"adaptive": drifting_shares, "usual": usual_shares, "capacity": shares_by_capacity},
}
"""What fills each slot of a step on a chain but rationing, by the names of `standoff.model.rulesets`."""


def chain_rules(chosen: Mapping[str, str], numbers: RuleNumbers, *, step_days: float) -> ChainRules:
    """The rules of a run.

    Args:
        chosen: name of the rule in each slot.
        numbers: of the rules, per day.
        step_days: length of a step.
    """
    fills = {slot: rules[chosen[slot]] for slot, rules in FILLS.items()}
    return ChainRules(
        chosen=dict(chosen),
        numbers=numbers_per_step(numbers, step_days=step_days),
        sees_output=chosen["ordering"] in ORDERS_FOLLOW_OUTPUT,
        goal_sees_output=chosen["ordering"] in GOALS_FOLLOW_OUTPUT,
        **fills,
    )
