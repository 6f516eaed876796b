"""Which rules there are, by slot, and which of them make a model.

A rule set is a choice of one rule for each of the same seven slots; no set has a step of its own. There are two kinds of network, a
*chain* (`standoff.model.step`) and an *economy* (`standoff.model.economy_step`), and both know the same rules by the names that stand
here. What fills a slot is in `standoff.model.chain_slots` and in `standoff.model.slots`. A rule of one set can stand in another::

    rules = compose("pichler", rationing="inoue_todo")
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from standoff.errors import Problems, nearest
from standoff.model import slots
from standoff.model.economy import RuleNumbers
from standoff.model.input_limits import InputRule
from standoff.model.slots import Memory, Rule

RULES: dict[str, tuple[str, ...]] = {
    "overproduction": ("none", "ario"),
    "labour": ("fixed", "pichler"),
    "consumption": ("fixed", "pichler"),
    "production": (
        "scarce_inventory",
        "leontief",
        "strongly_critical",
        "half_critical",
        "weakly_critical",
        "linear",
    ),
    "rationing": (
        "tiers",
        "same_share",
        "firms_first",
        "common_level",
        "common_level_final_last",
        "as_pronet",
        "as_pronet_final_last",
    ),
    "ordering": ("planned_use", "wanted_output", "output", "output_fixed_goal", "output_no_destocking", "demand"),
    "sourcing": ("adaptive", "usual", "capacity"),
}
"""Name of every rule by slot."""

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
SWITCHED = {"sourcing": {"true": "adaptive", "false": "usual"}}
"""Rules by yes and no, for slots that can be said to be on or off."""
LINK_BY_LINK = ("common_level", "common_level_final_last", "as_pronet", "as_pronet_final_last")
"""Rationing that looks at every link by itself, so that draws cannot share one read of the network."""
NUMBERS_OF: dict[str, tuple[str, str]] = {
    "psi": ("production", "scarce_inventory"),
    "overproduction_base": ("overproduction", "ario"),
    "overproduction_largest": ("overproduction", "ario"),
    "overproduction_steps": ("overproduction", "ario"),
    "hire": ("labour", "pichler"),
    "fire": ("labour", "pichler"),
    "saved": ("consumption", "pichler"),
}
"""The slot and rule that uses each number of `standoff.model.economy.RuleNumbers`."""
BOUNDS: dict[str, tuple[float, float]] = {
    "psi": (1e-6, 1.0),
    "overproduction_base": (1.0, 10.0),
    "overproduction_largest": (1.0, 10.0),
    "overproduction_steps": (1.0, 1e6),
    "hire": (0.0, 1.0),
    "fire": (0.0, 1.0),
    "saved": (0.0, 1.0),
}
"""Between what each may lie on a chain: a stock that is short of ``psi`` of its goal at rest would move what nothing moves."""


@dataclass(frozen=True)
class RuleSet:
    """A rule for every slot of a step on an economy."""

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
    memories: tuple[Memory, ...]
    """Of the rules that remember more than every state holds."""


def compose(name: str, **changes: str) -> RuleSet:
    """A rule set on an economy, with other rules in some slots. Arguments and errors as in `choose`."""
    chosen = choose(name, changes)
    memories = tuple(memory for rule, memory in slots.MEMORIES.items() if rule in chosen.values())
    filled = {slot: slots.FILLS[slot][rule] for slot, rule in chosen.items()}
    return RuleSet(name=name, chosen=chosen, memories=memories, **filled)


def choose(name: str, changes: Mapping[str, Any]) -> dict[str, str]:
    """The name of the rule in every slot.

    Args:
        name: of the set in `SETS`.
        changes: slot to what `rule_meant` understands.

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
        found = rule_meant(slot, rule)
        if found is None:
            known = {*RULES[slot], *SETS}
            problems.add(why=f"there is no such rule of {slot}", cure=nearest(str(rule), known), value=rule)
        else:
            chosen[slot] = found
    problems.raise_if_any()
    return chosen


def rule_meant(slot: str, rule: Any) -> str | None:
    """The rule of a slot that is meant by its name, by a set that has it, by proNet's number or by yes and no; None for no rule."""
    text = str(rule)
    if text in RULES[slot]:
        return text
    if text in SETS:
        return SETS[text][slot]
    if text.lower() in SWITCHED.get(slot, {}):
        return SWITCHED[slot][text.lower()]
    numbered = NUMBERED.get(slot, ())
    return numbered[int(text)] if text.isdecimal() and int(text) < len(numbered) else None


def chain_numbers(values: Mapping[str, float], chosen: Mapping[str, str]) -> RuleNumbers:
    """Numbers of the rules of a chain.

    Args:
        values: those that are not as in `RuleNumbers`.
        chosen: the rule of each slot.

    Raises:
        InputError: names every number that there is not, that no chosen rule uses, or that cannot be.
    """
    problems = Problems("numbers of the rules")
    for name, value in values.items():
        if name not in NUMBERS_OF:
            problems.add(why="there is no such number", cure=nearest(name, NUMBERS_OF), column="numbers", value=name)
            continue
        slot, rule = NUMBERS_OF[name]
        low, high = BOUNDS[name]
        if chosen[slot] != rule:
            why = f"no chosen rule uses this number: it belongs to {slot}={rule}"
            problems.add(why=why, cure=f"Leave it out, or write {slot}={rule}", column=name, value=value)
        elif not low <= value <= high:
            why = f"it is not between {low:g} and {high:g}"
            problems.add(why=why, cure="Give such a number", column=name, value=value)
    problems.raise_if_any()
    return replace(RuleNumbers(), **values)  # type: ignore[arg-type]


def rule_numbers(values: Mapping[str, Any]) -> RuleNumbers:
    """`RuleNumbers` with some changed. Raises InputError for an unknown name."""
    known = {each.name for each in fields(RuleNumbers)}
    problems = Problems("numbers of the rules")
    for name in set(values) - known:
        problems.add(why="there is no such number", cure=nearest(name, known), value=name)
    problems.raise_if_any()
    return replace(RuleNumbers(), **values)
