"""Slopes: how a result moves with every number of a run, from one reverse pass."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from standoff.simulate.api import scenario_world
from standoff.simulate.backend import backend_named
from standoff.simulate.draws import Draws
from standoff.simulate.scenario import Scenario, read_scenario
from standoff.simulate.setup import Setup
from standoff.studies.gradients.case import Case, Named, Number, build_case, changed, chosen_numbers
from standoff.studies.gradients.scalars import TOTAL, Scalar, scalar_named
from standoff.world.tables import World

NUDGE = 1e-6
"""Relative change of a number by which a slope is checked."""
ROUNDING = 1e-13
"""Relative error of a result from rounding, as a difference of two runs sees it (assumed; about a thousand roundings)."""
SAME_SLOPE = 1e-3
"""Relative difference up to which the slopes on both sides count as one."""
MOST_CHECKED = 32
"""Slopes that are checked if nobody says otherwise: one block of runs."""


@dataclass(frozen=True)
class Slope:
    """How a result moves with one number.

    Attributes:
        number: its name, see `standoff.studies.gradients.case.Number`.
        value: of the number.
        unit: of the number.
        derivative: of the result, in its unit per unit of the number, from the reverse pass.
        per_percent: change of the result for 1 % more of the number, to first order.
        below, above: the same derivative from a run with a little less and one with a little more; None where not checked.
        smooth: whether both sides agree, so that there is a derivative at all; None where not checked. Where they do not, the point is a
            kink (a stock that just lasts, a capacity that just suffices), and the reverse pass says one of the slopes that meet there.
    """

    number: str
    value: float
    unit: str
    derivative: float
    per_percent: float
    below: float | None = None
    above: float | None = None
    smooth: bool | None = None


@dataclass(frozen=True)
class Gradient:
    """A result and its slopes, steepest first (by `Slope.per_percent`)."""

    scenario: str
    world: str
    of: str
    unit: str
    value: float
    slopes: tuple[Slope, ...]

    def __getitem__(self, number: str) -> Slope:
        """The slope by a number. Raises KeyError if it was not asked for."""
        return {slope.number: slope for slope in self.slopes}[number]

    def as_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {**vars(self), "slopes": [vars(slope) for slope in self.slopes]}


def gradient(
    scenario: str | Path | Scenario = "april-2025",
    *,
    of: str = TOTAL,
    by: Sequence[str] | None = None,
    world: str | Path | World | None = None,
    changes: Mapping[str, Any] | None = None,
    as_of: dt.date | None = None,
    checked: int = MOST_CHECKED,
) -> Gradient:
    """Derivatives of one result by the numbers of a run, all from one reverse pass.

    Args:
        scenario: a shipped name, the path of a YAML file, or a `Scenario`.
        of: the result, see `standoff.studies.gradients.scalars.scalar_named`.
        by: names or patterns of numbers (``parameter:*``, ``cover:metal_dy``, ``capacity:*``, ``link:*``); all but links if not given.
        world: another world than the scenario's own.
        changes: values by dotted key, as in `standoff.run`.
        as_of: information date.
        checked: how many of the steepest slopes are held against two runs each, on either side.

    Raises:
        InputError: JAX is not installed; an unknown result or number; what `standoff.run` raises.
    """
    asked = scenario if isinstance(scenario, Scenario) else read_scenario(scenario, changes=changes)
    case = build_case(asked, scenario_world(asked, world), as_of=as_of)
    numbers = case.numbers()
    chosen = chosen_numbers(numbers, by) if by else [each for each in numbers if each.field != "gate"]
    scalar = scalar_named(case.network, of)
    value, derivatives = reverse_pass(case, scalar)(case.stated().arrays())
    slopes = [slope_of(number, float(number.of(derivatives)[0])) for number in chosen]
    order = sorted(range(len(slopes)), key=lambda place: -abs(slopes[place].per_percent))
    steep = [chosen[place] for place in order[:checked]]
    ranked = [slopes[place] for place in order]
    for place, (below, above) in enumerate(one_sided(case, scalar, steep)):
        smooth = same_slope(below, above, noise=ROUNDING * abs(float(value[0])) / nudge_of(steep[place]))
        ranked[place] = replace(ranked[place], below=below, above=above, smooth=smooth)
    return Gradient(asked.name, case.world.name, of, scalar.unit, float(value[0]), tuple(ranked))


def reverse_pass(case: Case, scalar: Scalar, *, softened: bool = False) -> Callable[..., tuple[Any, Any]]:
    """A function from `Draws.arrays` to the result of each draw and its derivatives by all of them. Compiled on its first call.

    Args:
        case, scalar: what is run, and of which result.
        softened: whether the function takes a share of softening, see `standoff.simulate.traced.Softened`.

    Raises:
        InputError: JAX is not installed.
    """
    jax = backend_named("jax")
    from standoff.simulate.traced import differentiate

    def setup_of(arrays: dict[str, Any]) -> Setup:
        return case.setup(Draws.of_arrays(arrays), jax)

    return differentiate(setup_of, scalar.in_step, softened=softened)


def one_sided(case: Case, scalar: Scalar, numbers: Sequence[Number]) -> list[tuple[float, float]]:
    """Slopes just below and just above each number, from runs in NumPy."""
    nudges = [nudge_of(number) for number in numbers]
    moves = [(number, number.value) for number in numbers[:1]]
    for number, nudge in zip(numbers, nudges, strict=True):
        moves += [(number, number.value - nudge), (number, number.value + nudge)]
    if not moves:
        return []
    values = case.evaluate(changed(case, moves), scalar)
    here, below, above = values[0], values[1::2], values[2::2]
    return [
        (float(here - low) / nudge, float(high - here) / nudge)
        for low, high, nudge in zip(below, above, nudges, strict=True)
    ]


def slope_of(number: Named, derivative: float) -> Slope:
    """The slope by a number, not held against runs."""
    finite = number.value if np.isfinite(number.value) else 0.0
    return Slope(number.name, number.value, number.unit, derivative, per_percent=derivative * finite / 100.0)


def same_slope(below: float, above: float, *, noise: float) -> bool:
    """Whether the slopes on both sides of a point are one, but for rounding."""
    return bool(abs(above - below) <= SAME_SLOPE * max(abs(above), abs(below)) + noise)


def nudge_of(number: Named) -> float:
    """The change by which a number's slope is checked."""
    return NUDGE * (abs(number.value) if 0 < abs(number.value) < np.inf else 1.0)
