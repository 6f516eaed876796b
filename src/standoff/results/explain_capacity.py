"""Explanations of what producers can make: capacity, and how unmet demand and workforces move it. Rules overproduce and labour."""

from __future__ import annotations

from typing import Any

import numpy as np

from standoff.results.explain_needs import why_empty
from standoff.results.explain_terms import AT_LEAST, AT_MOST, MINUS, OVER, TIMES, Cell, Tape, Term, tape
from standoff.results.explain_view import View


def capacity_limits(view: View, node: int, step: int) -> list[Term]:
    """Limits that capacity puts on the plan of a producer: its machines, and its workforce under a rule of labour."""
    network = view.result.network
    label, raised = network.nodes.labels[node], _raised(view, node, step)
    name = "capacity" if raised == 1.0 else "capacity, raised by unmet demand"
    machines = float(view.result.setup.capacity_path[step, node]) * raised
    asks = _last(view, "overproduction", node, step) if raised != 1.0 else None
    source = view.world_source("producers", "capacity", int(network.nodes.parent[node]))
    limits = [Term(name, machines, AT_MOST, "capacity", label, asks, source)]
    if view.rules.chosen["labour"] == "pichler":
        workforce = machines * view.before("labour", step, node)
        asks = _last(view, "labour", node, step)
        limits.append(Term("what the workforce can do", workforce, AT_MOST, "labour", label, asks))
    return limits


def _raised(view: View, node: int, step: int) -> float:
    return view.before("overproduction", step, node) if view.rules.chosen["overproduction"] == "ario" else 1.0


def _last(view: View, variable: str, node: int, step: int) -> Cell | None:
    return view.node_cell(variable, node, step - 1) if step else None


def overproduction(view: View, node: int, step: int) -> Tape:
    """The factor on capacity at the end of a step; see `standoff.model.overproduction`."""
    numbers, label = view.rules.numbers, view.result.network.nodes.labels[node]
    asked, made = view.demand_on(node, step), view.now("activity", step, node)
    unmet = (asked - made) / asked if asked > 0 else 0.0
    before = view.before("overproduction", step, node)
    target, share = (numbers.overproduction_largest, unmet) if unmet > 0 else (numbers.overproduction_base, 1.0)
    name = "largest factor on capacity" if unmet > 0 else "usual factor on capacity"
    terms = [
        Term(name, target, kind="habit", label=label),
        Term("as it was", before, MINUS, "habit", label, _last(view, "overproduction", node, step)),
        Term("share of demand not met", share, TIMES, "orders", label, view.node_cell("activity", node, step)),
        Term("steps in which it follows", numbers.overproduction_steps, OVER, "habit"),
        Term("as it was", before, kind="habit", label=label, asks=_last(view, "overproduction", node, step)),
        Term("no less than usual", 1.0, AT_LEAST, "habit", label),
    ]
    if unmet <= 0:
        del terms[2]
    return tape("overproduction.py", terms, counts_most=2 if unmet > 0 else len(terms) - 2)


def labour(view: View, node: int, step: int) -> Tape:
    """The share of the usual workforce that is there at the end of a step; see `standoff.model.labour`."""
    setup, label = view.result.setup, view.result.network.nodes.labels[node]
    before, usual = view.before("labour", step, node), float(setup.resting_activity[node])
    kept = Term("as it was", before, kind="habit", label=label, asks=_last(view, "labour", node, step))
    if not usual > 0:
        return tape("labour.py", [kept])
    numbers = view.rules.numbers
    can = usual * before * _raised(view, node, step)
    if view.rules.chosen["overproduction"] == "ario":
        can /= numbers.overproduction_base
    asked, allowed = view.demand_on(node, step), _input_limit(view, node, step)
    gap = min(asked, allowed) - can
    inputs = [Term("what stocks of inputs allow", allowed, AT_MOST, "input", label, _scarcest(view, node, step))]
    name = "hired" if gap > 0 else "laid off"
    terms = [
        Term("activity that is asked for", asked, kind="orders", label=label, asks=view.node_cell("plan", node, step)),
        *(inputs if np.isfinite(allowed) else []),
        Term("what the people there usually make", can, MINUS, "labour", label),
        Term("usual activity", usual, OVER, "activity", label),
        Term(
            f"share of the gap for which people are {name}",
            numbers.hire if gap > 0 else numbers.fire,
            TIMES,
            "habit",
            label,
        ),
        kept,
        Term("the usual workforce", 1.0, AT_MOST, "labour", label),
        Term("nobody left", 0.0, AT_LEAST, "labour", label),
    ]
    return tape("labour.py", terms, counts_most=0 if abs(gap) > 1e-9 * asked else len(terms) - 3)


def _stock(view: View, step: int) -> Any:
    """Input stocks after arrivals and releases, (needs,)."""
    records = view.result.records
    before = view.result.first["inventory"] if step == 0 else records["inventory"][step - 1]
    return before + records["arrived"][step] + records["released"][step]


def _input_limit(view: View, node: int, step: int) -> float:
    """Activity that stocks of inputs allow: the rule itself."""
    return float(view.rules.production(view.result.setup, _stock(view, step), np)[node])


def _scarcest(view: View, node: int, step: int) -> Cell | None:
    """Arrivals of the input that is furthest below its cover."""
    needs = [int(need) for need in np.flatnonzero(view.result.network.needs.consumer == node)]
    stock = _stock(view, step)
    if not needs:
        return None
    usual = [max(view.constant("use", need) * (view.constant("cover_steps", need) + 1.0), 1e-300) for need in needs]
    return why_empty(view, needs[int(np.argmin(stock[needs] / usual))], step)
