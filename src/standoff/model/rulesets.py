"""Which rules make a model of a peer, and the one step that all of them share.

A rule set fills the same slots in the same order; no set has a step of its own. A rule of one set can stand in another::

    rules = compose("pichler", rationing="inoue_todo")

What a rule computes is in its own file of this folder; here are only the slots and what each rule reads of the step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from standoff.errors import Problems, nearest
from standoff.model import consumption, input_limits, labour, overproduction, rationing, restocking
from standoff.model.economy import Economy, EconomyFlows, EconomyState, Moment, RuleNumbers, Shocks
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


@dataclass(frozen=True)
class RuleSet:
    """A rule for every slot of the step."""

    name: str
    overproduction: Rule
    labour: Rule
    consumption: Rule
    production: Rule
    rationing: Rule
    ordering: Rule
    sourcing: Rule
    chosen: Mapping[str, str]
    """Name of the rule in each slot."""


def step(
    state: EconomyState,
    economy: Economy,
    rules: RuleSet,
    *,
    numbers: RuleNumbers,
    number: int,
    shocks: Shocks,
    coefficient: Any,
) -> tuple[EconomyState, EconomyFlows]:
    """One step of any peer: capacity, demand, production, rationing, stocks, labour, orders.

    Args:
        state: at the start of the step.
        economy: constants.
        rules: one rule a slot.
        numbers: of the rules.
        number: of the step, from 0.
        shocks: what comes from outside in this step.
        coefficient: ``economy.coefficient``, by need, computed once.

    Returns:
        (state at the end, what moved).
    """
    supply = economy.supply
    m = Moment(economy, numbers, state, number, shocks, coefficient)
    m.book = supply.book(state.order_factor, state.supplier_weight)
    m.final = rules.consumption(m)
    m.demand = m.book + m.final + shocks.rebuilding
    m.overproduction = rules.overproduction(m)
    m.capacity = economy.output * (1.0 - shocks.capacity_loss) * m.overproduction * state.labour
    m.wanted = np.minimum(m.demand, m.capacity)
    m.output = rules.production(m)
    m.served = served = rules.rationing(m)
    use = _use(m)
    stock = np.maximum(state.stock - use + served.arrived, 0.0)
    if numbers.peer_compatible and rules.production is _scarce_inventory and restocking.nearly_equal(served.arrived, use):
        stock = state.stock
    m.stock = stock
    orders = rules.ordering(m)
    weight = rules.sourcing(m)
    reach = supply.base if weight is None else supply.deliver(np.ones_like(supply.base), weight)
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
        used=np.where(bounded, np.where(bounded, state.stock - stock, 0.0) + served.arrived, use),
    )


def _use(m: Moment) -> Any:
    """Inputs used, by need: what a group uses is taken from its needs in proportion to their stocks."""
    supply = m.economy.supply
    use = supply.group_total(m.coefficient) * supply.at_group(m.output)
    return supply.group_to_needs(use, m.state.stock)


# Overproduction: factor on capacity
def _no_overproduction(m: Moment) -> Any:
    return m.state.overproduction


def _overproduction(m: Moment) -> Any:
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
def _fixed_labour(m: Moment) -> Any:
    return m.shocks.labour_left


def _hire_and_fire(m: Moment) -> Any:
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
def _fixed_final_demand(m: Moment) -> Any:
    households = m.economy.households
    return households * (1.0 - m.shocks.household_shock) + (m.economy.final - households) * (1.0 - m.shocks.final_shock)


def _shifted_consumption(m: Moment) -> Any:
    households = m.economy.households
    shifted = consumption.shifted_consumption(base=households, shock=m.shocks.household_shock, saved=m.numbers.saved)
    return shifted + (m.economy.final - households) * (1.0 - m.shocks.final_shock)


# Production: output of the step
def _scarce_inventory(m: Moment) -> Any:
    economy, supply = m.economy, m.economy.supply
    bounded = np.isfinite(economy.cover)
    cover = np.where(bounded, economy.cover, 0.0)
    required = supply.group_total(m.numbers.psi * cover * m.coefficient * supply.at_need(m.wanted))
    stock = supply.group_total(np.where(bounded, m.state.stock, 0.0))
    counts = supply.group_total(economy.counts.astype(float)) > 0
    return input_limits.scarce_inventory(wanted=m.wanted, stock=stock, required=required, counts=counts, supply=supply)


def _rated(critical: Callable[[Economy], Any], important: Callable[[Economy], Any]) -> Rule:
    """Production with the inputs that ``critical`` and ``important`` say."""

    def rule(m: Moment) -> Any:
        supply = m.economy.supply
        limit = input_limits.rated_inputs(
            stock=supply.group_total(m.state.stock),
            coefficient=supply.group_total(m.coefficient),
            usual=supply.at_group(m.economy.output),
            critical=supply.group_total(critical(m.economy)),
            important=supply.group_total(important(m.economy)),
        )
        m.input_limit = supply.smallest(limit)
        return np.minimum(m.wanted, m.input_limit)

    return rule


def _pooled_inputs(m: Moment) -> Any:
    supply = m.economy.supply
    m.input_limit = input_limits.pooled_limit(
        stock=supply.group_total(m.state.stock), coefficient=supply.group_total(m.coefficient), supply=supply
    )
    return np.minimum(m.wanted, m.input_limit)


# Rationing: who gets what of the output
def _same_share(m: Moment) -> Served:
    state, supply = m.state, m.economy.supply
    share = rationing.same_share(output=m.output, demand=m.demand)
    return Served(
        arrived=supply.deliver(state.order_factor, state.supplier_weight * share),
        to_firms=m.book * share,
        to_final=m.final * share,
        final_share=share,
    )


def _firms_first(m: Moment) -> Served:
    state, supply = m.state, m.economy.supply
    firms, final = rationing.firms_first(output=m.output, orders=m.book, final=m.final + m.shocks.rebuilding)
    return Served(
        arrived=supply.deliver(state.order_factor, state.supplier_weight * firms),
        to_firms=m.book * firms,
        to_final=m.final * final,
        final_share=final,
    )


def _common_level(*, final_last: bool) -> Rule:
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


# Ordering: what each need asks for next
def _follow_wanted_output(m: Moment) -> Any:
    economy, supply = m.economy, m.economy.supply
    undelivered = m.shocks.rebuilding * (1.0 - m.served.final_share)
    wanted = np.minimum(m.book + m.final + undelivered, m.capacity)
    bounded = np.isfinite(economy.cover)
    goal = np.where(bounded, np.where(bounded, economy.cover, 0.0) * m.coefficient * supply.at_need(wanted), np.inf)
    if m.numbers.peer_compatible and restocking.nearly_equal(m.stock[bounded], goal[bounded]):
        goal = m.stock
    return restocking.close_gap(
        use=m.coefficient * supply.at_need(m.output), goal=goal, stock=m.stock, steps=economy.restock, smallest_gap=0.0
    )


def _follow_output(*, goal_follows: bool, no_destocking: bool) -> Rule:
    """Orders on realised output; the goal follows it too or stays, stocks above it are worked off or not."""

    def rule(m: Moment) -> Any:
        economy, supply = m.economy, m.economy.supply
        activity = supply.at_need(ratio(m.output, economy.output))
        goal = economy.resting_stock() * (activity if goal_follows else 1.0)
        return restocking.close_gap(
            use=supply.base * activity,
            goal=goal,
            stock=m.stock,
            steps=economy.restock,
            smallest_gap=0.0 if no_destocking else -np.inf,
        )

    return rule


def _follow_demand(m: Moment) -> Any:
    economy, supply = m.economy, m.economy.supply
    return restocking.close_gap(
        use=m.coefficient * supply.at_need(m.demand),
        goal=economy.resting_stock(),
        stock=m.stock,
        steps=economy.restock,
        smallest=-np.inf if m.numbers.peer_compatible else 0.0,
    )


# Sourcing: weights of suppliers in the orders
def _usual_suppliers(m: Moment) -> Any:
    return None


def _suppliers_by_capacity(m: Moment) -> Any:
    usual = m.economy.output
    return np.where(usual > 0, ratio(m.capacity, usual), 1.0)


def _nothing(economy: Economy) -> Any:
    return np.zeros_like(economy.critical)


def _all(economy: Economy) -> Any:
    return np.ones_like(economy.critical)


RULES: dict[str, dict[str, Rule]] = {
    "overproduction": {"none": _no_overproduction, "ario": _overproduction},
    "labour": {"fixed": _fixed_labour, "pichler": _hire_and_fire},
    "consumption": {"fixed": _fixed_final_demand, "pichler": _shifted_consumption},
    "production": {
        "scarce_inventory": _scarce_inventory,
        "leontief": _rated(_all, _nothing),
        "strongly_critical": _rated(lambda e: e.critical + e.important, _nothing),
        "half_critical": _rated(lambda e: e.critical, lambda e: e.important),
        "weakly_critical": _rated(lambda e: e.critical, _nothing),
        "linear": _pooled_inputs,
    },
    "rationing": {
        "same_share": _same_share,
        "firms_first": _firms_first,
        "common_level": _common_level(final_last=False),
        "common_level_final_last": _common_level(final_last=True),
    },
    "ordering": {
        "wanted_output": _follow_wanted_output,
        "output": _follow_output(goal_follows=True, no_destocking=False),
        "output_fixed_goal": _follow_output(goal_follows=False, no_destocking=False),
        "output_no_destocking": _follow_output(goal_follows=True, no_destocking=True),
        "demand": _follow_demand,
    },
    "sourcing": {"usual": _usual_suppliers, "capacity": _suppliers_by_capacity},
}
"""Every rule by slot and name."""

SETS: dict[str, dict[str, str]] = {
    "ario": {
        "overproduction": "ario",
        "labour": "fixed",
        "consumption": "fixed",
        "production": "scarce_inventory",
        "rationing": "same_share",
        "ordering": "wanted_output",
        "sourcing": "capacity",
    },
    "pichler": {
        "overproduction": "none",
        "labour": "pichler",
        "consumption": "pichler",
        "production": "half_critical",
        "rationing": "same_share",
        "ordering": "demand",
        "sourcing": "usual",
    },
    "inoue_todo": {
        "overproduction": "none",
        "labour": "fixed",
        "consumption": "fixed",
        "production": "leontief",
        "rationing": "common_level",
        "ordering": "output",
        "sourcing": "usual",
    },
}
"""The rule of each slot in each set."""

NUMBERED = {
    "rationing": ("same_share", "firms_first", "common_level", "common_level_final_last"),
    "ordering": ("output", "output_fixed_goal", "output_no_destocking"),
}
"""Rules by the numbers that proNet gives them (``-R``, ``-o``)."""


def compose(name: str, **changes: str) -> RuleSet:
    """A rule set, with other rules in some slots.

    Args:
        name: of the set in `SETS`.
        changes: slot to the name of a rule, of a set whose rule is meant, or of proNet's number.

    Raises:
        InputError: names every unknown set, slot and rule.
    """
    problems = Problems(f"rule set {name}")
    if name not in SETS:
        problems.add(why="there is no such rule set", cure=nearest(name, SETS), value=name)
        problems.raise_if_any()
    chosen = dict(SETS[name])
    for slot, rule in changes.items():
        if slot not in RULES:
            problems.add(why="there is no such slot", cure=nearest(slot, RULES), value=slot)
            continue
        found = _named(slot, rule)
        if found is None:
            problems.add(why=f"there is no such rule of {slot}", cure=nearest(rule, {*RULES[slot], *SETS}), value=rule)
        else:
            chosen[slot] = found
    problems.raise_if_any()
    return RuleSet(name=name, chosen=chosen, **{slot: RULES[slot][rule] for slot, rule in chosen.items()})


def _named(slot: str, rule: str) -> str | None:
    if rule in RULES[slot]:
        return rule
    if rule in SETS:
        return SETS[rule][slot]
    numbered = NUMBERED.get(slot, ())
    return numbered[int(rule)] if rule.isdigit() and int(rule) < len(numbered) else None


def rule_numbers(values: Mapping[str, Any]) -> RuleNumbers:
    """`RuleNumbers` with some changed. Raises InputError for an unknown name."""
    known = {each.name for each in fields(RuleNumbers)}
    problems = Problems("numbers of the rules")
    for name in set(values) - known:
        problems.add(why="there is no such number", cure=nearest(name, known), value=name)
    problems.raise_if_any()
    return replace(RuleNumbers(), **values)
