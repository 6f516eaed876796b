"""Screening by slopes: every drawn number at once, from one reverse pass instead of hundreds of draws.

What a number can do to a result is, to first order, its slope times its range. That sees neither curvature nor what numbers do together,
and at a kink only one of its sides: it is the cheap look before the draws. Values and prices are left out: they move nothing.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from standoff.simulate.sampling import KINDS, VALUING, ranges_of
from standoff.simulate.scenario import Scenario
from standoff.studies.gradients.case import build_case
from standoff.studies.gradients.gradient import reverse_pass
from standoff.studies.gradients.scalars import TOTAL, scalar_named
from standoff.world.tables import World


@dataclass(frozen=True)
class Swing:
    """What one drawn number can do.

    Attributes:
        number: its name.
        low, high: its range.
        derivative: of the result by the number, at the stated values.
        swing: ``derivative x (high - low)``, in the result's unit.
    """

    number: str
    low: float
    high: float
    derivative: float
    swing: float


@dataclass(frozen=True)
class Screening:
    """Every drawn number by what it can do to a result, largest swing first."""

    of: str
    unit: str
    value: float
    swings: tuple[Swing, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "of": self.of,
            "unit": self.unit,
            "value": self.value,
            "method": "slope times range of every drawn number, from one reverse pass at the stated values: first order, nothing together",
            "screening": [asdict(swing) for swing in self.swings],
        }


def screen_by_slopes(scenario: Scenario, world: World, *, of: str = TOTAL, as_of: dt.date | None = None) -> Screening:
    """Rank every drawn number by slope times range.

    Args:
        scenario, world: what is run.
        of: the result, see `standoff.studies.gradients.scalars.scalar_named`.
        as_of: information date.

    Raises:
        InputError: JAX is not installed, or the result has no slope.
    """
    case = build_case(scenario, world, as_of=as_of)
    scalar = scalar_named(case.network, of)
    value, derivatives = reverse_pass(case, scalar)(case.stated(factors=True).arrays())
    numbers = {number.name: number for number in (*case.numbers(), *case.factors())}
    kinds = [kind for kind in KINDS if kind not in VALUING]
    swings = []
    for each in ranges_of(world, case.network, case.regimes, case.parameters, kinds=kinds):
        slope = float(numbers[each.name].of(derivatives)[0])
        swings.append(Swing(each.name, each.low, each.high, slope, slope * (each.high - each.low)))
    swings.sort(key=lambda swing: -abs(swing.swing))
    return Screening(of, scalar.unit, float(value[0]), tuple(swings))
