"""What the rules of the peers work on: an economy at rest, their numbers, and what is remembered from step to step."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from standoff.model.supply import Supply, ratio

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Economy:
    """An economy at rest. Money or units per step; *nodes* are producers, *needs* what they keep stocks of."""

    supply: Supply
    output: Array
    """Usual output, (nodes,)."""
    final: Array
    """Usual final demand, households included, (nodes,)."""
    cover: Array
    """Steps of usual use that a need keeps in stock, infinite where it never binds, (needs)."""
    restock: Array
    """Steps over which a gap of the stock is closed, (needs)."""
    critical: Array
    """1 where production stops without the input, (needs)."""
    important: Array
    """1 where production is halved without it, (needs)."""
    counts: npt.NDArray[np.bool_]
    """Whether the input is of any weight under ``scarce_inventory``, (needs)."""
    capital: Array
    """Productive capital, money, (nodes,)."""
    value_added: Array
    """Per step, (nodes,)."""
    households: Array
    """Of final demand, what households buy, (nodes,)."""

    @cached_property
    def coefficient(self) -> Array:
        """Input per output, (needs)."""
        output = self.supply.at_need(self.output)
        return np.asarray(ratio(self.supply.base, output))

    @cached_property
    def group_coefficient(self) -> Array:
        """Input per output, (groups)."""
        return self.supply.group_total(self.coefficient)

    @cached_property
    def bounded(self) -> npt.NDArray[np.bool_]:
        """Whether the stock of a need can bind, (needs)."""
        return np.isfinite(self.cover)

    @cached_property
    def all_bounded(self) -> bool:
        """Whether the stock of every need can bind."""
        return bool(self.bounded.all())

    @cached_property
    def goal_per_output(self) -> Array:
        """Stock wanted per output, 0 where it never binds, (needs)."""
        return np.where(self.bounded, self.cover, 0.0) * self.coefficient

    @cached_property
    def group_goal_per_output(self) -> Array:
        """The same, (groups)."""
        return self.supply.group_total(self.goal_per_output)

    @cached_property
    def group_counts(self) -> npt.NDArray[np.bool_]:
        """Whether any need of a group is of weight, (groups)."""
        return self.supply.group_total(self.counts.astype(float)) > 0

    @cached_property
    def resting_stock(self) -> Array:
        """Stocks that cover usual use, infinite where the cover is, (needs)."""
        stock = self.supply.base * np.where(self.bounded, self.cover, 0.0)
        return np.where(self.bounded, stock, np.inf)


@dataclass(frozen=True)
class RuleNumbers:
    """Numbers of the rules. Defaults are those of the peers, named at each."""

    psi: float = 0.8
    """Share of the wanted cover under which output falls (BoARIO 0.7.2)."""
    overproduction_base: float = 1.0
    overproduction_largest: float = 1.25
    overproduction_steps: float = 365.0
    """Overproduction (BoARIO 0.7.2)."""
    hire: float = 1.0 / 7.0
    fire: float = 1.0 / 7.0
    """Share of a labour gap closed in a step (pyIEEM's Belgian case)."""
    saved: float = 0.75
    """Share of unspent money that households save (pyIEEM's Belgian case)."""
    peer_compatible: bool = False
    """Do also what a peer does wrong: see docs/peers.md."""


class Shocks(NamedTuple):
    """What comes from outside in a step."""

    capacity_loss: Any
    """Share of usual capacity lost, (nodes,)."""
    labour_left: Any
    """Share of labour that restrictions leave, (nodes,)."""
    household_shock: Any
    """Share by which households' demand for each good falls, (nodes,)."""
    final_shock: Any
    """Share by which other final demand falls, (nodes,)."""
    rebuilding: Any
    """Orders to rebuild, (nodes,)."""


class EconomyState(NamedTuple):
    """What step t + 1 needs to know of step t."""

    stock: Array
    """By need."""
    order_factor: Array
    """Orders of the step to come relative to usual flows, by need; see `standoff.model.supply`."""
    supplier_weight: Array
    """Weight of each supplier in the orders of the step to come, (nodes,)."""
    output: Array
    """Of the last step, (nodes,)."""
    overproduction: Array
    """Factor on capacity, (nodes,)."""
    labour: Array
    """Relative to usual, (nodes,)."""


class EconomyFlows(NamedTuple):
    """What moved in a step, and what bounded it. All (nodes,) unless said."""

    capacity: Array
    book: Array
    """Orders of firms."""
    final: Array
    """Final demand."""
    rebuilding: Array
    """Orders to rebuild."""
    output: Array
    to_firms: Array
    """Delivered to firms."""
    to_final: Array
    final_share: Array
    """Share of final demand and of rebuilding served."""
    to_rebuilding: Array
    unsold: Array
    """Made and sold to nobody."""
    arrived: Array
    """By need."""
    used: Array
    """By need."""


@dataclass
class Moment:
    """One step in the making: what is known so far. Rules read it; only the step writes it."""

    economy: Economy
    numbers: RuleNumbers
    state: EconomyState
    number: int
    shocks: Shocks
    overproduction: Any = None
    capacity: Any = None
    final: Any = None
    book: Any = None
    demand: Any = None
    wanted: Any = None
    input_limit: Any = None
    output: Any = None
    served: Any = None
    stock: Any = None
