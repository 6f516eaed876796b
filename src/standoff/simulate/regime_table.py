"""What governments do, looked up step by step for the links that a run tracks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.measures.gates import Regimes
from standoff.model.licensing import LEAST_APPROVAL, controlled_share, stage_probability, substeps
from standoff.model.state import RegimeStep
from standoff.simulate.draws import Draws

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

CLEARED_FADES_DAYS = 14.0
"""A share already cleared at the border on the first day fades within two weeks (model.md section 3 step 4)."""


@dataclass(frozen=True)
class RegimeTable:
    """What governments do, looked up step by step, with everything that stays between changes kept."""

    regimes: Regimes
    position: Integers
    """Column of ``regimes`` for each tracked link, -1 where no measure touches it."""
    fields: dict[str, Any]
    """By name: value of each regime, (regimes,) or (regimes, draws)."""
    regulated: Integers
    """Tracked links that are ever under a regime, as positions among them."""
    usual: Any
    """Usual flow of each regulated link, units per step."""
    step_days: float
    draws: int
    kept: dict[bytes, dict[str, Any]]
    """Fields by link for the regimes in force; filled as the run goes, the same for every run."""

    def at(self, number: int) -> RegimeStep:
        """The step's regime on every tracked link."""
        touched = self.position >= 0
        column = np.where(touched, self.position, 0)
        table = self.regimes

        def pick(values: Floats, default: float) -> Any:
            picked = (
                np.full(len(column), default)
                if not len(table.links)
                else np.where(touched, values[number][column], default)
            )
            return picked[:, None] if self.draws else picked

        index = (
            np.where(touched, table.index[number][column], 0)
            if len(table.links)
            else np.zeros(len(column), dtype=np.int64)
        )
        key = index.tobytes()
        if key not in self.kept:
            self.kept[key] = self._by_link(index)
        by_link = self.kept[key]
        in_force = pick(table.in_force, 0.0)
        return RegimeStep(
            gate=pick(table.gate, 1.0),
            licensed=in_force * self._controlled(number)[index],
            active=by_link["active"],
            approval=by_link["approval_share"],
            denial=by_link["denied_share"],
            review_steps=by_link["review_steps"],
            probability=by_link["probability"],
            decisions=by_link["decisions"],
            keep=by_link["keep"],
            cost=1.0 + pick(table.tariff, 0.0),
            feared=pick(table.feared, 0.0),
        )

    def rights(self) -> tuple[Integers, Integers]:
        """Regulated links that ever need a right to ship, as positions among them, and the steps for which it is valid."""
        table = self.regimes
        is_right = np.array([regime.permit == "right" for regime in table.regimes])
        if not is_right.any():
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        days = np.array([regime.administration["validity_days"].value for regime in table.regimes])
        longest = np.where(is_right[table.index], days[table.index], 0.0).max(axis=0)
        validity = longest[self.position[self.regulated]]
        links = np.flatnonzero(validity > 0)
        steps = np.maximum(np.round(validity[links] / self.step_days), 1).astype(np.int64)
        return links, steps

    def _controlled(self, number: int) -> Any:
        since = self.regimes.since[number]
        return controlled_share(
            since_steps=since[:, None] if self.draws else since,
            cleared=self.fields["cleared_share"],
            cleared_steps=CLEARED_FADES_DAYS / self.step_days,
            hold=self.fields["hold_share"],
            ease_steps=self.fields["ease_steps"],
            xp=np,
        )

    def _by_link(self, index: Integers) -> dict[str, Any]:
        names = ("approval_share", "denied_share", "review_steps", "probability", "keep", "decisions")
        picked = {name: self.fields[name][index[self.regulated]] for name in names}
        picked["decisions"] = picked["decisions"] * self.usual
        active = (index > 0).astype(float)
        picked["active"] = active[:, None] if self.draws else active
        return picked


def regime_fields(
    regimes: Regimes, *, step_days: float, stages: int, draws: Draws | None
) -> tuple[dict[str, Any], int]:
    """Numbers of each regime per step, (regimes,) or (regimes, draws), and the sub-steps of the review queue."""
    count = draws.count if draws else 0
    fields: dict[str, Any] = {}
    for name in regimes.regimes[0].administration:
        rows: list[Any] = []
        for regime in regimes.regimes:
            value = regime.administration[name].value
            drawn = draws.administration.get((regime.label, name)) if draws else None
            rows.append(drawn if drawn is not None else np.full(count, value) if count else value)
        fields[name] = np.array(rows, dtype=float)
    fields["review_steps"] = fields["review_days"] / step_days
    # From the stated values, not from the draws at hand, so that a draw is the same in every block and in a single run
    shortest = min((regime.administration["review_days"].value for regime in regimes.regimes[1:]), default=np.inf)
    split = substeps(shortest_review_steps=shortest / step_days, stages=stages)
    fields["probability"] = stage_probability(review_steps=fields["review_steps"], stages=stages, substeps=split, xp=np)
    fields["keep"] = np.maximum(1.0 - step_days / np.maximum(fields["validity_days"], step_days), 0.0)
    fields["decisions"] = fields["throughput"] / np.maximum(fields["approval_share"], LEAST_APPROVAL)
    fields["ease_steps"] = fields["ease_days"] / step_days
    return fields, split
