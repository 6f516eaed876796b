"""What governments do, looked up step by step for the links that a run tracks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.measures.gates import Regimes
from standoff.model.licensing import LEAST_APPROVAL, controlled_share, expected_rounds, stage_probability, substeps
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
    kept: dict[int, dict[str, Any]]
    """Fields by link in each period; filled as the run goes, the same for every run."""
    xp: Any = np
    """Array namespace of the fields."""
    passing: Any = None
    """Share of orders that each tracked link lets through besides its gate, (links, draws); all where there is none."""

    def at(self, number: int) -> RegimeStep:
        """The step's regime on every tracked link."""
        period = self.period[number]
        if period not in self.kept:
            self.kept[period] = self._by_link(self.paths["index"][number])
        return self._step(number, self.paths, by_link=self.kept[period])

    def look_up(self, number: Any, paths: dict[str, Any]) -> RegimeStep:
        """`at` for a step whose number is itself an array, as in a compiled loop: nothing is kept.

        Args:
            number: of the step.
            paths: `paths` in the array namespace.
        """
        return self._step(number, paths, by_link=self._by_link(paths["index"][number]))

    def _step(self, number: Any, paths: dict[str, Any], *, by_link: dict[str, Any]) -> RegimeStep:
        gate = paths["gate"][number]
        return RegimeStep(
            gate=gate if self.passing is None else gate * self.passing,
            licensed=paths["in_force"][number] * paths["controlled"][number].take(by_link["regime"], axis=0),
            active=by_link["active"],
            approval=by_link["approval_share"],
            denial=by_link["denied_share"],
            rounds=by_link["rounds"],
            review_steps=by_link["review_steps"],
            probability=by_link["probability"],
            decisions=by_link["decisions"],
            keep=by_link["keep"],
            cost=paths["cost"][number],
            feared=paths["feared"][number],
        )

    @cached_property
    def paths(self) -> dict[str, Any]:
        """Regime, gate, cost and fear of every tracked link and force on every regulated one in every step, (steps, links) or
        (steps, links, 1); and ``controlled``, see `_controlled`."""
        table, untouched = self.regimes, self.position < 0

        def by_link(values: Any, default: float) -> Any:
            padded = np.concatenate([values, np.full((len(values), 1), default)], axis=1)
            return padded[:, np.where(untouched, -1, self.position)]

        paths = {
            "gate": by_link(table.gate, 1.0),
            "in_force": by_link(table.in_force, 0.0)[:, self.regulated],
            "cost": 1.0 + by_link(table.tariff, 0.0),
            "feared": by_link(table.feared, 0.0),
        }
        if self.draws:
            paths = {name: values[..., None] for name, values in paths.items()}
        return {**paths, "index": by_link(table.index, 0).astype(np.int64), "controlled": self._controlled()}

    @cached_property
    def period(self) -> list[int]:
        """Number of each step's period. Through a period no regime, cost or fear changes on any link."""
        changes = np.zeros(len(self.paths["index"]), dtype=bool)
        for name in ("index", "cost", "feared"):
            path = self.paths[name].reshape(len(changes), -1)
            changes[1:] |= (path[1:] != path[:-1]).any(axis=1)
        periods: list[int] = np.cumsum(changes).tolist()
        return periods

    def _controlled(self) -> Any:
        """Share of orders that each regime sends through its queue in each step, (steps, regimes) or (steps, regimes, draws)."""
        since = self.regimes.since
        return controlled_share(
            since_steps=since[..., None] if self.draws else since,
            cleared=self.fields["cleared_share"],
            cleared_steps=CLEARED_FADES_DAYS / self.step_days,
            hold=self.fields["hold_share"],
            ease_steps=self.fields["ease_steps"],
            xp=self.xp,
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

    def _by_link(self, index: Integers) -> dict[str, Any]:
        names = ("approval_share", "denied_share", "rounds", "review_steps", "probability", "keep", "decisions")
        regime = index[self.regulated]
        picked = {"regime": regime, **{name: self.fields[name][regime] for name in names}}
        picked["decisions"] = picked["decisions"] * self.usual
        active = self.xp.asarray(index > 0, dtype=float)
        picked["active"] = active[:, None] if self.draws else active
        return picked


def regime_fields(
    regimes: Regimes, *, step_days: float, stages: int, draws: Draws | None, xp: Any = np
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
        fields[name] = xp.asarray(rows, dtype=float)
    fields["review_steps"] = fields["review_days"] / step_days
    # From the stated values, not from the draws at hand, so that a draw is the same in every block and in a single run
    shortest = min((regime.administration["review_days"].value for regime in regimes.regimes[1:]), default=np.inf)
    split = substeps(shortest_review_steps=shortest / step_days, stages=stages)
    fields["probability"] = stage_probability(review_steps=fields["review_steps"], stages=stages, substeps=split, xp=xp)
    fields["keep"] = xp.maximum(1.0 - step_days / xp.maximum(fields["validity_days"], step_days), 0.0)
    fields["decisions"] = fields["throughput"] / xp.maximum(fields["approval_share"], LEAST_APPROVAL)
    fields["rounds"] = expected_rounds(approval=fields["approval_share"], denial=fields["denied_share"], xp=xp)
    fields["ease_steps"] = fields["ease_days"] / step_days
    return fields, split
