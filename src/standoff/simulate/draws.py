"""The calendar of a run, and what differs between the draws of an ensemble."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
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
        factors: on other numbers by kind, (rows, draws), see `standoff.simulate.sampling.FACTORS`; a kind that is not there is not drawn.
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
    factors: Mapping[str, Floats] = field(default_factory=dict)
    capacity: Floats | None = None
    gate: Floats | None = None

    def arrays(self) -> dict[str, Any]:
        """What is drawn, by field: arrays, and mappings to arrays."""
        found = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "count"}
        return {name: value for name, value in found.items() if value is not None}

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, Any]) -> Draws:
        """The draws of `arrays`, of whatever library they are."""
        return cls(count=arrays["cover"].shape[-1], **arrays)


def factor_of(draws: Draws | None, kind: str, rows: Any) -> Any:
    """Factor on some rows of a kind, (rows, draws); 1 in a single run and where the kind is not drawn."""
    found = draws.factors.get(kind) if draws else None
    return 1.0 if found is None else found[rows]
