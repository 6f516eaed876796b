"""What strikes an economy: destroyed capital, lost capacity, restrictions of labour and demand, and how each goes away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.errors import refuse
from standoff.model.economy import Economy, Shocks
from standoff.model.rebuilding import after_rebuilding
from standoff.model.recovery import CURVES
from standoff.model.supply import Supply

Array = npt.NDArray[np.float64]
Path = Callable[[int], Array]

PEER_SHARE_DECIMALS = 6
"""Decimals to which BoARIO rounds a recovering share of capacity."""


@dataclass(frozen=True)
class Rebuilding:
    """How destroyed capital is rebuilt."""

    needs: Array
    """Money needed from each producer for each damaged column, (nodes, columns)."""
    column_node: npt.NDArray[np.int64]
    """Node whose capital a column is, -1 for households, (columns,)."""
    factor: float
    """Money to be spent per money destroyed."""
    steps: float
    """Steps over which it is ordered."""


@dataclass(frozen=True)
class Damage:
    """One event: from ``occurrence`` for ``duration`` steps in full, then recovering or being rebuilt."""

    impact: Array
    """Capital destroyed, money, or share of capacity lost, (nodes,)."""
    occurrence: int
    duration: int
    destroys_capital: bool = False
    recovery: str | None = None
    """Name of a curve in `standoff.model.recovery`, None for damage that stays."""
    recovery_steps: float = 1.0
    rebuilding: Rebuilding | None = None

    def resized(self, size: float) -> Damage:
        """The same event, larger or smaller by a factor."""
        rebuilding = self.rebuilding
        if rebuilding is not None:
            rebuilding = replace(rebuilding, needs=rebuilding.needs * size)
        return replace(self, impact=self.impact * size, rebuilding=rebuilding)


class Schedule:
    """The events of a run, as they stand. One schedule serves one run.

    Args:
        economy: that they strike.
        damages: any mix of destroyed capital, rebuilt capital and lost capacity.
        labour_left, household_shock, final_shock: shares by step, (nodes,); nothing happens if not given.
        final_at_home: share of final demand in the place of its seller by step, (nodes,); the usual one if not given.
        supply_in: the network of suppliers in a step, the same object as long as it stays the same; that of the economy if not given.
        peer_compatible: round as BoARIO does, and let lost capacity act one step late.
        decimals: to which BoARIO rounds money; one more than the digits of the table's money unit.
    """

    def __init__(
        self,
        economy: Economy,
        damages: Sequence[Damage] = (),
        *,
        labour_left: Path | None = None,
        household_shock: Path | None = None,
        final_shock: Path | None = None,
        final_at_home: Path | None = None,
        supply_in: Callable[[int], Supply] | None = None,
        peer_compatible: bool = False,
        decimals: int = 7,
    ) -> None:
        nodes = economy.supply.nodes
        self.economy, self.capital = economy, economy.capital
        self.damages = tuple(damages)
        self.left = [damage.impact.astype(float) for damage in damages]
        self.needs = [damage.rebuilding.needs if damage.rebuilding else None for damage in damages]
        self.ones, self.zeros = np.ones(nodes), np.zeros(nodes)
        self.late_share = self.zeros
        self.checked = 0
        self.labour_left, self.household_shock, self.final_shock = labour_left, household_shock, final_shock
        self.final_at_home = final_at_home
        self.supply_in = supply_in
        self.peer_compatible, self.decimals = peer_compatible, decimals
        self.number = 0

    def resized(self, economy: Economy, sizes: Array) -> Schedule:
        """The same events from the start, on an economy, each of them larger or smaller by a factor."""
        return Schedule(
            economy,
            [damage.resized(float(size)) for damage, size in zip(self.damages, sizes, strict=True)],
            labour_left=self.labour_left,
            household_shock=self.household_shock,
            final_shock=self.final_shock,
            final_at_home=self.final_at_home,
            supply_in=self.supply_in,
            peer_compatible=self.peer_compatible,
            decimals=self.decimals,
        )

    def begin(self, number: int) -> Shocks:
        """What comes from outside in a step."""
        self.number = number
        lost, late = self._capital_share_lost(), self.late_share
        share = self.zeros
        for damage, left in self._acting():
            if not damage.destroys_capital:
                share = left if share is self.zeros else np.maximum(share, left)
        acting = late if self.peer_compatible else share
        self.late_share = share
        return Shocks(
            capacity_loss=lost if acting is self.zeros else np.maximum(lost, acting),
            labour_left=self.labour_left(number) if self.labour_left else self.ones,
            household_shock=self.household_shock(number) if self.household_shock else None,
            final_shock=self.final_shock(number) if self.final_shock else None,
            rebuilding=self.rebuilding_orders(),
            final_at_home=self.final_at_home(number) if self.final_at_home else None,
        )

    def _capital_share_lost(self) -> Array:
        lost = self.capital_lost()
        if lost is self.zeros:
            return lost
        share: Array = lost * self.economy.per_capital
        begun = sum(damage.occurrence <= self.number for damage in self.damages)
        if begun > self.checked:  # damage only goes back once it is there
            self._check_capital(lost, share)
            self.checked = begun
        return share

    def _check_capital(self, lost: Array, share: Array) -> None:
        if share.max() > 1 + 1e-9 or lost[self.capital <= 0].any():
            node = int(np.argmax(lost - self.capital))
            raise refuse(
                "events",
                why=f"more capital is destroyed in node {node} than there is",
                cure="Make the impact smaller",
                value=f"{lost[node]:g} of {self.capital[node]:g}",
            )

    def capital_lost(self) -> Array:
        """Capital that is not there, (nodes,)."""
        lost = self.zeros
        for damage, left in self._acting():
            if damage.destroys_capital:
                lost = left if lost is self.zeros else lost + left
        return lost

    def rebuilding_orders(self) -> Array:
        """What is ordered in a step to rebuild, (nodes,)."""
        orders = self.zeros
        for damage, needs in zip(self.damages, self.needs, strict=True):
            if damage.rebuilding is not None and needs is not None and self._is_over(damage):
                orders = orders + needs.sum(axis=1) / damage.rebuilding.steps
        return orders

    def end(self, served: Array) -> None:
        """Take delivery of rebuilding, of which the share ``served`` came, and let the other damage recover."""
        for place, damage in enumerate(self.damages):
            if not self._is_over(damage):
                continue
            needs = self.needs[place]
            if damage.rebuilding is not None and needs is not None:
                left = after_rebuilding(
                    needs=needs,
                    served=served,
                    steps=damage.rebuilding.steps,
                    decimals=self.decimals if self.peer_compatible else None,
                )
                self.needs[place] = left
                self.left[place] = _by_node(left, damage.rebuilding, len(self.zeros))
            elif damage.recovery is not None:
                elapsed = self.number - (damage.occurrence + damage.duration)
                left = damage.impact * CURVES[damage.recovery](elapsed, damage.recovery_steps)
                if self.peer_compatible:
                    left = left.round(self.decimals if damage.destroys_capital else PEER_SHARE_DECIMALS)
                self.left[place] = left

    def _acting(self) -> list[tuple[Damage, Array]]:
        pairs = zip(self.damages, self.left, strict=True)
        return [(damage, left) for damage, left in pairs if self.number >= damage.occurrence]

    def _is_over(self, damage: Damage) -> bool:
        return self.number >= damage.occurrence + damage.duration


def _by_node(needs: Array, rebuilding: Rebuilding, nodes: int) -> Array:
    """Capital still missing by node, from what its columns still need."""
    own = rebuilding.column_node >= 0
    missing: Any = needs.sum(axis=0)[own] / rebuilding.factor
    by_node: Array = np.bincount(rebuilding.column_node[own], missing, nodes).astype(float)
    return by_node
