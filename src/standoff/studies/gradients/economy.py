"""Slopes and criticality of an economy under the rules of a peer: one reverse pass for every producer, link and number of the rules.

What the measures are is said in `standoff.studies.gradients.criticality`; what stands here says it of tables and of lists of firms.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.errors import nearest, refuse
from standoff.simulate.backend import backend_named
from standoff.studies.gradients.case import chosen_numbers
from standoff.studies.gradients.criticality import MEASURES, MOST_TOLD, PART, Criticality, Item
from standoff.studies.gradients.economy_case import (
    EconomyCase,
    EconomyScalar,
    case_of_firms,
    case_of_scenario,
    changed_at,
)
from standoff.studies.gradients.economy_numbers import WIDE, EconomyNumber
from standoff.studies.gradients.economy_ranking import loss_measures
from standoff.studies.gradients.gradient import MOST_CHECKED, ROUNDING, Gradient, nudge_of, same_slope, slope_of

_ByField = Mapping[str, npt.NDArray[np.float64]]

LOST = "value_added_lost"
KINDS = {"capacity": "producer", "link": "link", "stock": "stock"}
"""Kinds of numbers, and what each is the strength of."""


def economy_case(
    scenario: str | Path | EconomyCase, *, world: str = "", rules: str = "", changes: Mapping[str, Any] | None = None
) -> EconomyCase:
    """A scenario file on a table, or a folder of firms, ready to be run with its numbers changed.

    Args:
        scenario: path of a YAML file, or of a folder with the files A, C, F and delta; a case comes back as it is.
        world: folder of the table, if not the scenario's own.
        rules: rule set, if not the scenario's own; ``inoue_todo`` for firms if not given.
        changes: as in ``standoff run --set``.

    Raises:
        InputError: what a run of it raises.
    """
    if isinstance(scenario, EconomyCase):
        return scenario
    if Path(scenario).is_dir():
        return case_of_firms(scenario, rules=rules, changes=changes)
    return case_of_scenario(scenario, world=world, changes={**(changes or {}), **({"rules": rules} if rules else {})})


def economy_gradient(
    scenario: str | Path | EconomyCase,
    *,
    of: str = LOST,
    by: Sequence[str] | None = None,
    world: str = "",
    rules: str = "",
    changes: Mapping[str, Any] | None = None,
    checked: int = MOST_CHECKED,
) -> Gradient:
    """Derivatives of one result of an economy by the numbers of a run, all from one reverse pass.

    Args:
        scenario, world, rules, changes: see `economy_case`; or the case itself.
        of: the result, see `standoff.studies.gradients.economy_case.EconomyCase.scalar`.
        by: names or patterns of numbers (``parameter:psi``, ``cover:*``, ``capacity:*``, ``link:*``, ``stock:*``); all but links and
            stocks if not given. Those of a network with too many to be listed have none: see `economy_criticality`.
        checked: how many of the steepest slopes are held against two runs each in NumPy, on either side.

    Raises:
        InputError: JAX is not installed or does not run the rules; an unknown result or number; what a run raises.
    """
    case = economy_case(scenario, world=world, rules=rules, changes=changes)
    scalar = case.scalar(of)
    numbers = case.named()
    chosen = chosen_numbers(numbers, by) if by else [each for each in numbers if each.field not in WIDE]
    asked = {number.field for number in chosen}
    stated = {field: values for field, values in case.stated().items() if field in asked or field not in WIDE}
    value, derivatives = reverse_pass_of(case, scalar)(stated)
    slopes = [slope_of(number, float(derivatives[number.field][number.place])) for number in chosen]
    order = sorted(range(len(slopes)), key=lambda place: -abs(slopes[place].per_percent))
    ranked = [slopes[place] for place in order]
    steep = [chosen[place] for place in order[:checked]]
    for place, (below, above) in enumerate(_one_sided(case, scalar, steep, value)):
        noise = ROUNDING * _scale(case, scalar) / nudge_of(steep[place])
        # Where a run begins at rest much is tied, and a reverse pass through ties within ties may say a slope of neither side
        ties = not same_slope(ranked[place].derivative, (below + above) / 2.0, noise=noise)
        smooth = same_slope(below, above, noise=noise) and not ties
        ranked[place] = replace(ranked[place], below=below, above=above, smooth=smooth)
    return Gradient(case.name, case.world, of, case.unit, value, tuple(ranked))


def economy_criticality(
    scenario: str | Path | EconomyCase,
    *,
    of: str = LOST,
    by: str = "loss",
    top: int = 20,
    world: str = "",
    rules: str = "",
    changes: Mapping[str, Any] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Criticality:
    """What every producer, every link and every stock at the start is worth to a result of an economy.

    Args:
        scenario, world, rules, changes: see `economy_case`; or the case itself.
        of: the result, see `standoff.studies.gradients.economy_case.EconomyCase.scalar`.
        by: ``loss`` or ``marginal``: what chooses what is re-run, the cascade of `standoff.studies.gradients.economy_ranking` or the
            reverse pass.
        top: how many of each kind are re-run in NumPy, each with 1 % less of it and without it.
        progress: called with the number of re-runs done.

    Raises:
        InputError: as `economy_gradient`; an unknown measure.
    """
    if by not in MEASURES:
        raise refuse("by", why="there is no such measure", cure=nearest(by, MEASURES), value=by)
    case = economy_case(scenario, world=world, rules=rules, changes=changes)
    scalar = case.scalar(of)
    value, marginal, losses = economy_importances(case, scalar)
    stated = case.evaluate({name: each for name, each in case.stated().items() if name not in WIDE}, scalar)
    ranked: list[Item] = []
    done = itertools.count(2, 2)
    for field in KINDS:
        order = np.argsort(-(losses if by == "loss" else marginal)[field], kind="stable").tolist()
        found = []
        for place in order[:top]:
            number = case.number(field, place)
            part, whole = (case.evaluate(changed_at(case, [(number, left)])[0], scalar) for left in (1.0 - PART, 0.0))
            item = _item(number, marginal, losses)
            found.append(replace(item, marginal_exact=part - stated, loss_exact=whole - stated))
            if progress:
                progress(next(done))
        found.sort(key=lambda item: -((item.loss_exact if by == "loss" else item.marginal_exact) or 0.0))
        rest = order[top:] if len(order) <= MOST_TOLD else []
        ranked += [*found, *(_item(case.number(field, place), marginal, losses) for place in rest)]
    counts = {kind: len(marginal[field]) for field, kind in KINDS.items()}
    ranked_by = {"producer": "cascade", "link": "cascade", "stock": "reverse pass"}
    return Criticality(case.name, case.world, of, case.unit, value, by, tuple(ranked), counts, ranked_by)


def economy_importances(case: EconomyCase, scalar: EconomyScalar) -> tuple[float, _ByField, _ByField]:
    """The result; of every producer, link and stock what 1 % less of it adds, from one reverse pass; and what ranks its loss.

    A stock is emptied at the start and filled again, so that its loss is ranked to first order: measured, the cascade knows nothing of it.
    Both by the fields in `KINDS`, in the order of `EconomyCase.stated`.
    """
    value, slopes = reverse_pass_of(case, scalar)(case.stated())
    losses = {"stock": -slopes["stock"], **loss_measures(case, scalar)}
    return value, {field: -PART * slopes[field] for field in KINDS}, losses


def _item(number: EconomyNumber, marginal: _ByField, losses: _ByField) -> Item:
    what, name = number.field, number.name.partition(":")[2]
    return Item(KINDS[what], name, float(marginal[what][number.place]), float(losses[what][number.place]))


def reverse_pass_of(case: EconomyCase, scalar: EconomyScalar) -> Callable[..., tuple[float, Any]]:
    """A function from numbers, as `EconomyCase.stated` gives them, to the result and its derivatives by all of them.

    Links and stocks may be left out. Compiled on its first call.

    Raises:
        InputError: JAX is not installed or does not run the rules.
    """
    backend_named("jax")
    from standoff.simulate.traced_economy import differentiate_economy, program

    made, given = program(case.economy, case.rules, [case.schedule()], steps=case.steps, numbers=case.numbers)
    return differentiate_economy(made, given, case.put, scalar.in_step)


def _one_sided(
    case: EconomyCase, scalar: EconomyScalar, numbers: Sequence[EconomyNumber], value: float
) -> list[tuple[float, float]]:
    """Slopes just below and just above each number, from runs in NumPy."""
    found = []
    here = case.evaluate(case.stated(), scalar) if numbers else value
    for number in numbers:
        nudge = nudge_of(number)
        moves = [(number, number.value - nudge), (number, number.value + nudge)]
        low, high = (case.evaluate(changed, scalar) for changed in changed_at(case, moves))
        found.append(((here - low) / nudge, (high - here) / nudge))
    return found


def _scale(case: EconomyCase, scalar: EconomyScalar) -> float:
    """What a result's rounding is measured by: a loss is a difference of sums as large as this."""
    return float(case.steps * np.abs(scalar.weight * scalar.usual).sum())
