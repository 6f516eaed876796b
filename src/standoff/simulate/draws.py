"""The calendar of a run, and what differs between the draws of an ensemble."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Clock:
    """The calendar of a run."""

    start: Any
    """First day, a date."""
    steps: int
    step_days: float

    def middle_days(self) -> Floats:
        """Middle of each step, days since the start."""
        days: Floats = (np.arange(self.steps, dtype=np.float64) + 0.5) * float(self.step_days)
        return days


@dataclass(frozen=True)
class Draws:
    """What differs between the draws of an ensemble. A single run has none of it.

    Attributes:
        count: number of draws.
        parameters: values by parameter, (draws,).
        administration: values by (regime label, field), (draws,).
        cover: factor on the cover of each product, (products, draws).
        reserve: factor on each strategic stock, (stocks, draws).
        built: whether each project is built, (projects, draws).
        slip: delay of each project in days, (projects, draws).
        capacity: factor on the capacity of each producer, (producers, draws); ones if not given.
        gate: share of the orders on each ordinary link that the link lets through, (links, draws); ones if not given.
    """

    count: int
    parameters: dict[str, Floats]
    administration: dict[tuple[str, str], Floats]
    cover: Floats
    reserve: Floats
    built: Floats
    slip: Floats
    capacity: Floats | None = None
    gate: Floats | None = None
