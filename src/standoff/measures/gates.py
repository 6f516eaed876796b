"""What measures mean for the links of a network, step by step: the result of `standoff.measures.compile`.

Plain arrays, so that the engine needs to know nothing of law: it sees gates, licence regimes and tariff rates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

ADMINISTRATION_FIELDS = (
    "review_days",
    "approval_share",
    "denied_share",
    "throughput",
    "validity_days",
    "cleared_share",
    "hold_share",
    "ease_days",
)


@dataclass(frozen=True)
class Administered:
    """One number of how a regime is run, with its range and where it comes from."""

    value: float
    low: float
    high: float
    status: str
    source: str = ""
    note: str = ""


@dataclass(frozen=True)
class Regime:
    """A way in which an office treats orders: one outcome of one measure, and how it is run."""

    label: str
    measure: str
    outcome: str
    start: Any
    """First day of the regime (for easing holds and clearing at the border)."""
    announced: Any
    administration: dict[str, Administered]
    """By name of ``ADMINISTRATION_FIELDS``."""
    permit: str = "quantity"
    """``quantity``: a licence is used up; ``right``: a flow may leave while it is valid."""


@dataclass(frozen=True)
class Regimes:
    """Gates, licence regimes and tariffs on the links that any measure touches.

    Attributes:
        regimes: regime 0 stands for "none"; the arrays below point into this tuple.
        links: the touched links, as positions in ``Network.links``, ascending, (touched,).
        index: regime of each touched link in each step, 0 for none, (steps, touched).
        in_force: share of the step in which the regime holds, (steps, touched).
        gate: share of orders that may be placed at all, (steps, touched).
        tariff: rate added to the base year's, share of value, (steps, touched).
        since: steps since each regime began, at the middle of the step, not below 0, (steps, regimes).
        feared: 1 from the step in which the measure that touches the link was announced, (steps, touched).
        timeline: bars for a person: when each measure with rules on shipments is in force or paused.
        tariffs: the same of the measures with tariff layers, with their rates.
        closed_by: share of each step in which the gate is closed, by the measure that closes it, (steps, touched) each; their sum is
            ``1 - gate``.
        tariff_by: part of ``tariff`` by measure, (steps, touched) each.
    """

    regimes: tuple[Regime, ...]
    links: Integers
    index: Integers
    in_force: Floats
    gate: Floats
    tariff: Floats
    since: Floats
    feared: Floats
    timeline: tuple[dict[str, Any], ...] = ()
    tariffs: tuple[dict[str, Any], ...] = ()
    closed_by: Mapping[str, Floats] = field(default_factory=dict)
    tariff_by: Mapping[str, Floats] = field(default_factory=dict)

    @property
    def steps(self) -> int:
        return int(self.index.shape[0])


def no_regime() -> Regime:
    """Regime 0: every order goes through at once."""
    free = {
        "review_days": 0.0,
        "approval_share": 1.0,
        "denied_share": 0.0,
        "throughput": 1.0,
        "validity_days": 1.0,
        "cleared_share": 0.0,
        "hold_share": 0.0,
        "ease_days": float("inf"),
    }
    return Regime(
        label="none",
        measure="",
        outcome="NOT_CAUGHT",
        start=None,
        announced=None,
        administration={name: Administered(value, value, value, "sourced") for name, value in free.items()},
    )


def no_measures(steps: int) -> Regimes:
    """Nothing touches anything."""
    empty = np.zeros((steps, 0))
    return Regimes(
        regimes=(no_regime(),),
        links=np.zeros(0, dtype=np.int64),
        index=np.zeros((steps, 0), dtype=np.int64),
        in_force=empty,
        gate=empty,
        tariff=empty,
        since=np.zeros((steps, 1)),
        feared=empty,
    )
