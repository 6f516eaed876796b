"""Criticality of everything at once: what each producer, link and strategic stock is worth to a result.

Two measures, each with its exact counterpart from re-runs:

- *marginal*: what 1 % less of a producer's capacity, of what a link lets through or of a stock adds to the result. The reverse pass gives
  its first order, a re-run with 1 % less the change itself.
- *loss*: what is lost without it altogether, from the first step on. No first-order measure can see that where a seller has slack: its
  derivative is zero. A softened reverse pass (`standoff.simulate.traced.Softened`) ranks what to try, a re-run without the thing says the
  number.

Of all things the reverse pass costs a few runs; of one, a re-run costs one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from standoff.errors import nearest, refuse
from standoff.simulate.api import scenario_world
from standoff.simulate.scenario import Scenario, read_scenario
from standoff.studies.gradients.case import Case, Number, build_case, changed
from standoff.studies.gradients.gradient import reverse_pass
from standoff.studies.gradients.scalars import TOTAL, Scalar, scalar_named
from standoff.world.tables import World

KINDS = {"capacity": "producer", "link": "link", "reserve": "stock"}
"""Kinds of numbers, and what each is the strength of."""
MEASURES = ("loss", "marginal")
PART = 0.01
"""The part that the marginal measure takes away."""
MOST_TOLD = 10_000
"""Of a kind with more things only those that were re-run are told (assumed)."""
SOFT = 1.0
"""Share of softening of the ranking pass (assumed; see docs/gradients.md for what other shares would rank)."""


@dataclass(frozen=True)
class Item:
    """What one thing is worth.

    Attributes:
        kind: ``producer``, ``link`` or ``stock``.
        name: of the producer, ``seller > product > buyer``, or of the stock.
        marginal: change of the result for 1 % less of it, to first order, from the reverse pass.
        loss_measure: what ranks its loss, larger is worse: of no unit from the softened reverse pass, a rough loss from the cascade.
        marginal_exact: change of the result in a re-run with 1 % less; None where not re-run.
        loss_exact: change of the result in a re-run without it; None where not re-run.
    """

    kind: str
    name: str
    marginal: float
    loss_measure: float
    marginal_exact: float | None = None
    loss_exact: float | None = None


@dataclass(frozen=True)
class Criticality:
    """What everything is worth to a result.

    Attributes:
        scenario, world, of, unit: what was asked.
        value: of the result with everything there.
        by: the measure that ranked what was re-run.
        items: by kind, those re-run first and by their exact measure, then the others by that of the reverse pass; of more than
            `MOST_TOLD` of a kind only those that were re-run.
        counts: how many there are of each kind.
        ranked_by: for each kind what its loss measure is: ``softened reverse pass``, ``reverse pass`` (to first order) or ``cascade``.
    """

    scenario: str
    world: str
    of: str
    unit: str
    value: float
    by: str
    items: tuple[Item, ...]
    counts: Mapping[str, int]
    ranked_by: Mapping[str, str]

    def of_kind(self, kind: str) -> tuple[Item, ...]:
        """Items of one kind."""
        return tuple(item for item in self.items if item.kind == kind)

    def agreement(self) -> dict[str, dict[str, float | None]]:
        """Spearman's rank correlation of each measure with its re-runs, by kind, among what was re-run; None where all are alike.

        What was re-run is the top of a ranking, so that this says less than the same among all would: see docs/gradients.md for those.
        """
        return {
            kind: _agreement([item for item in self.of_kind(kind) if item.loss_exact is not None])
            for kind in self.counts
        }

    def as_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {**vars(self), "items": [vars(item) for item in self.items], "agreement": self.agreement()}


def _agreement(again: Sequence[Item]) -> dict[str, float | None]:
    from scipy.stats import spearmanr

    pairs = {
        "marginal": [(item.marginal, item.marginal_exact) for item in again],
        "loss": [(item.loss_measure, item.loss_exact) for item in again],
    }
    found: dict[str, float | None] = {}
    for measure, values in pairs.items():
        table = np.array(values, dtype=float)
        alike = len(again) < 3 or (table == table[0]).all(axis=0).any()
        found[measure] = None if alike else float(spearmanr(table[:, 0], table[:, 1]).statistic)
    return found


def criticality(
    scenario: str | Path | Scenario = "april-2025",
    *,
    of: str = TOTAL,
    by: str = "loss",
    top: int = 20,
    world: str | Path | World | None = None,
    changes: Mapping[str, Any] | None = None,
    as_of: dt.date | None = None,
) -> Criticality:
    """What every producer, link and strategic stock is worth to a result.

    Args:
        scenario: a shipped name, the path of a YAML file, or a `Scenario`.
        of: the result, see `standoff.studies.gradients.scalars.scalar_named`.
        by: ``loss`` or ``marginal``: which measure of the reverse pass chooses what is re-run.
        top: how many of each kind are re-run.
        world: another world than the scenario's own.
        changes: values by dotted key, as in `standoff.run`.
        as_of: information date.

    Raises:
        InputError: JAX is not installed; an unknown result or measure; what `standoff.run` raises.
    """
    if by not in MEASURES:
        raise refuse("by", why="there is no such measure", cure=nearest(by, MEASURES), value=by)
    asked = scenario if isinstance(scenario, Scenario) else read_scenario(scenario, changes=changes)
    case = build_case(asked, scenario_world(asked, world), as_of=as_of)
    scalar = scalar_named(case.network, of)
    numbers = [number for number in case.numbers() if number.name.partition(":")[0] in KINDS]
    value, items = importances(case, scalar, numbers)
    ranked: list[Item] = []
    for kind in KINDS.values():
        of_kind = [(number, item) for number, item in zip(numbers, items, strict=True) if item.kind == kind]
        of_kind.sort(key=lambda pair: -_importance(pair[1], by))
        ranked += _with_reruns(case, scalar, of_kind[:top], by=by)
        ranked += [item for _, item in of_kind[top:]]
    counts = {kind: sum(item.kind == kind for item in items) for kind in KINDS.values()}
    ranked_by = dict.fromkeys(counts, "softened reverse pass")
    return Criticality(asked.name, case.world.name, of, scalar.unit, value, by, tuple(ranked), counts, ranked_by)


def importances(case: Case, scalar: Scalar, numbers: Sequence[Number]) -> tuple[float, list[Item]]:
    """The result, and what the reverse pass says of each thing, exactly and softened: one compiled function, called twice.

    Args:
        case, scalar: what is run, and of which result.
        numbers: of the kinds in `KINDS`.
    """
    passes = reverse_pass(case, scalar, softened=True)
    stated = case.stated().arrays()
    value, exact = passes(stated)
    softened = passes(stated, SOFT)[1]
    items = []
    for number in numbers:
        kind, _, name = number.name.partition(":")
        marginal, soft = (-PART * float(number.of(exact)[0]), -PART * float(number.of(softened)[0]))
        items.append(Item(KINDS[kind], name, marginal, soft))
    return float(value[0]), items


def without(case: Case, scalar: Scalar, numbers: Sequence[Number], *, share: float) -> list[float]:
    """Change of the result in re-runs, each with a share of one thing taken away from the first step on."""
    if not numbers:
        return []
    moves = [(numbers[0], 1.0), *((number, 1.0 - share) for number in numbers)]
    values = case.evaluate(changed(case, moves), scalar)
    return [float(each - values[0]) for each in values[1:]]


def _importance(item: Item, by: str) -> float:
    return item.loss_measure if by == "loss" else item.marginal


def _with_reruns(case: Case, scalar: Scalar, pairs: Sequence[tuple[Number, Item]], *, by: str) -> list[Item]:
    """Items with both exact measures, the worst first."""
    numbers = [number for number, _ in pairs]
    parts, wholes = (without(case, scalar, numbers, share=share) for share in (PART, 1.0))
    found = [
        replace(item, marginal_exact=part, loss_exact=whole)
        for (_, item), part, whole in zip(pairs, parts, wholes, strict=True)
    ]
    return sorted(found, key=lambda item: -((item.loss_exact if by == "loss" else item.marginal_exact) or 0.0))
