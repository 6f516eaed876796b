"""What producers are asked for and what they can make, with what deviations from rest go back to.

Capacity deviates only under rules that let it drift: people who were laid off are missing because of what laid them off, and capacity is
raised because of the demand that was not met.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from standoff.model.chain_slots import capacity_left
from standoff.results.attribution.charging import charge, deviation
from standoff.simulate.initial import resting_state
from standoff.simulate.setup import Setup


@dataclass(frozen=True)
class Wanted:
    """What is asked of producers in a step.

    Attributes:
        asked: activity, before capacity, (producers,).
        deviation: from usual activity, (producers,).
        parts: of the deviation, as `charge` takes them.
    """

    asked: Any
    deviation: Any
    parts: tuple[tuple[Any, Any, Any], ...]

    def amounts(self, target: Any) -> Any:
        """Amounts by root of a deviation that follows what is asked, (producers, roots)."""
        return charge(target, *self.parts)


class CapacityBook:
    """Amounts by root of what workforces and overproduction deviate from rest. Lives for one pass."""

    def __init__(self, setup: Setup, records: Any, first: Any, roots: int) -> None:
        self.setup, self.records, self.first = setup, records, first
        self.usual = setup.resting_activity
        self.staffed, self.raised = "labour" in first, "overproduction" in first
        self.labour, self.level = np.zeros((len(self.usual), roots)), np.zeros((len(self.usual), roots))
        self.rest = resting_state(setup)

    @property
    def drifts(self) -> bool:
        """Whether there is anything to follow."""
        return self.staffed or self.raised

    def before(self, name: str, step: int) -> Any:
        return self.first[name] if step == 0 else self.records[name][step - 1]

    def moved(self, name: str, step: int) -> Any:
        """Deviation of a drifting state from rest at the start of a step."""
        return deviation(self.before(name, step), self.first[name])

    def plan(self, number: int, planned: Any, wanted: Wanted) -> Any:
        """Amounts of what producers plan more or less than usual: what is asked, or people who are missing, (producers, roots)."""
        free = wanted.amounts(planned)
        if not self.staffed:
            return free
        can = self.setup.capacity(number) * self.before("labour", number)
        if self.raised:
            can = can * self.before("overproduction", number)
        held = charge(planned, (self.moved("labour", number), 1.0, self.labour))
        return np.where(((can < wanted.asked) & (planned < 0))[:, None], held, free)

    def input_limit(self, stock: Any) -> Any:
        """Activity that stocks of inputs allow, (producers,): the rule itself."""
        return self.setup.rules.production(self.setup, stock, np)[: len(self.usual)]

    def drift(self, number: int, wanted: Wanted, *, limit: Any, bound: Any, lost: Any) -> None:
        """Carry the amounts to the end of a step.

        Args:
            number: of the step.
            wanted: in it.
            limit: from `input_limit`.
            bound: amounts of what the limit is below usual activity, (producers, roots).
            lost: amounts of what inputs kept from the plan, (producers, roots).
        """
        numbers, records = self.setup.rules.numbers, self.records
        asked_for = wanted.amounts(wanted.deviation)
        if self.raised:
            unmet = np.maximum(wanted.asked - records["activity"][number][: len(self.usual)], 0.0)
            missing = self.moved("labour", number) if self.staffed else np.zeros_like(unmet)
            why = charge(unmet, (wanted.deviation, 1.0, asked_for), (1, 1.0, lost), (-missing, 1.0, self.labour))
            share = np.divide(1.0, wanted.asked, out=np.zeros_like(unmet), where=wanted.asked > 0)
            after = deviation(records["overproduction"][number], self.first["overproduction"])
            keep = 1.0 - 1.0 / numbers.overproduction_steps
            self.level = charge(after, (after, keep, self.level), (1, share / numbers.overproduction_steps, why))
        if self.staffed:
            allowed = np.minimum(limit, wanted.asked)
            moved = deviation(allowed, self.usual)
            by_inputs = (limit < wanted.asked) & (moved < 0)
            amounts = np.where(by_inputs[:, None], bound, wanted.amounts(moved))
            gap = records["labour"][number] - self.before("labour", number)
            share = np.where(gap > 0, numbers.hire, numbers.fire)
            of_usual = np.divide(share, self.usual, out=np.zeros_like(share), where=self.usual > 0)
            after = deviation(records["labour"][number], self.first["labour"])
            self.labour = charge(
                after, (self.moved("labour", number), 1.0 - share, self.labour), (moved, of_usual, amounts)
            )

    def left(self, number: int) -> tuple[Any, Any]:
        """What producers can make less or more than at rest, as a share of it, (producers,), and its amounts, (producers, roots)."""
        drifting = {
            name: self.before(name, number)
            for name, there in (("labour", self.staffed), ("overproduction", self.raised))
            if there
        }
        moved = deviation(capacity_left(self.setup, self.rest._replace(**drifting), np), 1.0)
        parts: list[tuple[Any, Any, Any]] = [(0, 1.0, self.labour)]
        if self.staffed:
            parts.append((self.moved("labour", number), 1.0, self.labour))
        if self.raised:
            parts.append((self.moved("overproduction", number), 1.0, self.level))
        return moved, charge(moved, *parts)
