"""Which rules make a model of a peer.

A rule set fills the same slots in the same order; no set has a step of its own (`standoff.model.economy_step`). A rule of one set can
stand in another::

    rules = compose("pichler", rationing="inoue_todo")
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from standoff.errors import Problems, nearest
from standoff.model import input_limits, slots
from standoff.model.economy import RuleNumbers
from standoff.model.input_limits import InputRule, PooledInputs, ScarceInventory, ScarcestInput
from standoff.model.slots import Memory, Rule


@dataclass(frozen=True)
class RuleSet:
    """A rule for every slot of the step."""

    name: str
    overproduction: Rule
    labour: Rule
    consumption: Rule
    production: InputRule
    rationing: Rule
    ordering: Rule
    sourcing: Rule
    chosen: Mapping[str, str]
    """Name of the rule in each slot."""
    memories: tuple[Memory, ...] = ()
    """Of the rules that remember more than every state holds."""


NOT_RATED = np.zeros(())
"""A rating that no input has."""

RULES: dict[str, dict[str, Any]] = {
    "overproduction": {"none": slots.no_overproduction, "ario": slots.drifting_overproduction},
    "labour": {"fixed": slots.fixed_labour, "pichler": slots.hire_and_fire},
    "consumption": {"fixed": slots.fixed_final_demand, "pichler": slots.shifted_consumption},
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
        "tiers": slots.tiers,
        "same_share": slots.same_share,
        "firms_first": slots.firms_first,
        "common_level": slots.common_level(final_last=False),
        "common_level_final_last": slots.common_level(final_last=True),
        "as_pronet": slots.as_pronet(final_last=False),
        "as_pronet_final_last": slots.as_pronet(final_last=True),
    },
    "ordering": {
        "planned_use": slots.follow_plan,
        "wanted_output": slots.follow_wanted_output,
        "output": slots.follow_output(goal_follows=True, no_destocking=False),
        "output_fixed_goal": slots.follow_output(goal_follows=False, no_destocking=False),
        "output_no_destocking": slots.follow_output(goal_follows=True, no_destocking=True),
        "demand": slots.follow_demand,
    },
    "sourcing": {
        "adaptive": slots.suppliers_by_reliability,
        "usual": slots.usual_suppliers,
        "capacity": slots.suppliers_by_capacity,
    },
}
"""Every rule by slot and name."""

MEMORIES = {"planned_use": slots.usual_demand, "adaptive": slots.full_reliability}
"""What rules remember that others do not, by their names."""

SETS: dict[str, dict[str, str]] = {
    "standoff": {
        "overproduction": "none",
        "labour": "fixed",
        "consumption": "fixed",
        "production": "half_critical",
        "rationing": "tiers",
        "ordering": "planned_use",
        "sourcing": "adaptive",
    },
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
    "rationing": ("same_share", "firms_first", "as_pronet", "as_pronet_final_last"),
    "ordering": ("output", "output_fixed_goal", "output_no_destocking"),
}
"""Rules by the numbers that proNet gives them (``-R``, ``-o``)."""


LINK_BY_LINK = ("common_level", "common_level_final_last", "as_pronet", "as_pronet_final_last")
"""Rationing that looks at every link by itself, so that draws cannot share one read of the network."""


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
    memories = tuple(memory for rule, memory in MEMORIES.items() if rule in chosen.values())
    filled = {slot: RULES[slot][rule] for slot, rule in chosen.items()}
    return RuleSet(name=name, chosen=chosen, memories=memories, **filled)


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
