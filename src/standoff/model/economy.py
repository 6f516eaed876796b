"""What the rules of the peers work on: an economy at rest, their numbers, and what is remembered from step to step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any, NamedTuple, cast

import numpy as np
import numpy.typing as npt

from standoff.model.arrays import put_at, truth
from standoff.model.home import HomeFlows, Homes
from standoff.model.parameters import default_parameters
from standoff.model.supply import Block, Supply, ratio

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Economy:
    """An economy at rest. Money or units per step; *nodes* are producers, *needs* what they keep stocks of.

    With draws every array but those of ``supply`` has them as its last axis, of length 1 where draws do not differ; see
    `standoff.simulate.economy_draws`.
    """

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
    homes: Homes | None = None
    """Where nodes are; None where it is not known."""

    @cached_property
    def base(self) -> Array:
        """Usual use of each need per step, (needs)."""
        return self.supply.base if self.output.ndim == 1 else self.supply.base[..., None]

    @cached_property
    def base_book(self) -> Array:
        """Usual orders of firms by supplier, (nodes,)."""
        return self.supply.base_book if self.output.ndim == 1 else self.supply.base_book[:, None]

    @cached_property
    def home_flows(self) -> HomeFlows | None:
        """Flows within the places of nodes; None where these are not known."""
        return None if self.homes is None else self.supply.home_flows(self.homes.place)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """All needs with their constants, block by block."""
        return tuple(Part(self, block) for block in self.supply.blocks)

    @cached_property
    def per_output(self) -> Array:
        """``1 / output``, 0 without output, (nodes,)."""
        return cast(Array, ratio(1.0, self.output, self.supply.xp))

    @cached_property
    def per_capital(self) -> Array:
        """``1 / capital``, 0 without capital, (nodes,)."""
        return cast(Array, ratio(1.0, self.capital, self.supply.xp))

    @cached_property
    def other_final(self) -> Array:
        """Final demand less what households buy, (nodes,)."""
        return self.final - self.households

    @cached_property
    def bounded(self) -> npt.NDArray[np.bool_]:
        """Whether the stock of a need can bind, (needs)."""
        return np.isfinite(self.cover)

    @cached_property
    def coefficient(self) -> Array:
        """Input per output, (needs)."""
        return np.asarray(self.base * self.supply.at_need(self.per_output))

    @cached_property
    def group_coefficient(self) -> Array:
        """Input per output, (groups)."""
        return self.supply.group_total(self.coefficient)

    @cached_property
    def group_goal_per_output(self) -> Array:
        """Stock wanted per output, 0 where it never binds, (groups)."""
        return self.supply.group_total(np.where(self.bounded, self.cover, 0.0) * self.coefficient)

    @cached_property
    def group_counts(self) -> npt.NDArray[np.bool_]:
        """Whether any need of a group is of weight, (groups)."""
        return self.supply.group_total(self.counts.astype(float)) > 0

    @cached_property
    def inputs(self) -> Array:
        """Usual use of all inputs, (nodes,)."""
        return self.supply.inputs.reshape(self.output.shape)

    def through_needs(self, one: OnePart, start: Any, buffers: Buffers) -> tuple[Any, Buffers]:
        """Go through all needs block by block.

        Args:
            one: from place and constants of a block and what is known so far to what is known then and arrays by need of the block.
            start: what is known at the start.
            buffers: arrays to write into, where arrays can be written to; None for what is not kept.

        Returns:
            (what is known in the end, arrays by need).
        """
        if self.supply.loops:
            known, found = self.supply.through_blocks(
                lambda place, block, so_far: one(place, Part(self, block), so_far), start
            )
            return known, Buffers(*found)
        known, wholes = start, list(buffers)
        for place, part in enumerate(self.parts):
            known, found = one(place, part, known)
            if len(self.parts) == 1:  # nothing to put together
                return known, Buffers(*found)
            for number, whole in enumerate(wholes):
                if whole is not None:
                    wholes[number] = put_at(whole, part.block.needs, found[number])
        return known, Buffers(*wholes)

    @property
    def resting_stock(self) -> Array:
        """Stocks that cover usual use, infinite where the cover is, (needs)."""
        xp = self.supply.xp
        stock: Array = xp.empty(xp.broadcast(self.base, self.cover).shape)
        for part in self.parts:
            goal = part.cover * part.base
            wanted = goal if part.bounded is None else xp.where(part.bounded, goal, np.inf)
            stock = put_at(stock, part.block.needs, wanted)
        return stock


ARRAYS = tuple(each.name for each in fields(Economy) if each.name not in ("supply", "homes"))
"""Fields of an economy that have draws as their last axis, if there are any."""


class Part:
    """A block of needs and its constants. Arrays are by need of the block, those called ``group_`` by group.

    A mask is None where it is known to say yes everywhere.
    """

    def __init__(self, economy: Economy, block: Block) -> None:
        self.block, self.xp = block, economy.supply.xp
        self.base = economy.base[block.needs]
        self.restock = economy.restock[block.needs]
        self.group_base = block.group_base if economy.output.ndim == 1 else block.group_base[..., None]
        self.need_is_group = len(self.group_base) == len(self.base)
        cover, xp = economy.cover[block.needs], self.xp
        self.bounded = _mask(xp.broadcast_to(xp.isfinite(cover), xp.broadcast(cover, self.base).shape))
        """Whether the stock of a need has a bound."""
        self.cover = cover if self.bounded is None else xp.where(xp.isfinite(cover), cover, 0.0)
        self._economy = economy

    @cached_property
    def group_critical(self) -> Any:
        return self.block.group_total(self._economy.critical[self.block.needs])

    @cached_property
    def group_important(self) -> Any:
        return self.block.group_total(self._economy.important[self.block.needs])

    @cached_property
    def group_used(self) -> Any:
        """Whether anything is used of a group."""
        return _mask(self.group_base > 0)

    @cached_property
    def goal(self) -> Any:
        """Stock wanted at usual output, 0 where it has no bound."""
        return self.cover * self.base

    @cached_property
    def group_goal(self) -> Any:
        """The same by group."""
        return self.block.group_total(self.goal)

    @cached_property
    def group_binding(self) -> Any:
        """Whether a group is of any weight and has a goal."""
        counts = self.block.group_total(self._economy.counts[self.block.needs].astype(float)) > 0
        return _mask(counts & (self.group_goal > 0))

    def use(self, activity: Any) -> Any:
        """Usual inputs times the activity of their buyers."""
        return self.base * self.block.at_need(activity)


OnePart = Callable[[Any, Part, Any], tuple[Any, tuple[Any, ...]]]
"""What a step does with a block of needs."""


def _mask(where: Any) -> Any:
    return None if truth(where.all()) is True else where


def _shipped(name: str) -> Any:
    """A number of the default set as shipped; of days as many steps, a step of an economy being a day."""
    return field(default_factory=lambda: default_parameters()[name].value)


@dataclass(frozen=True)
class RuleNumbers:
    """Numbers of the rules. Defaults are those of the peers, named at each, and of the default set (`standoff.model.parameters`)."""

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
    smoothing_steps: float = _shipped("smoothing_days")
    """Steps over which a seller smooths the demand that it sees."""
    order_limit: float = _shipped("order_limit")
    """Largest order a step as a multiple of usual use."""
    reliability_steps: float = _shipped("reliability_days")
    """Steps over which buyers judge whether a supplier delivers."""
    reliability_exponent: float = _shipped("reliability_exponent")
    """How strongly buyers turn to suppliers that deliver."""
    sourcing_steps: float = _shipped("sourcing_days")
    """Steps over which orders move between suppliers."""
    peer_compatible: bool = False
    """Do also what a peer does wrong: see docs/peers.md."""


class Shocks(NamedTuple):
    """What comes from outside in a step."""

    capacity_loss: Any
    """Share of usual capacity lost, (nodes,)."""
    labour_left: Any
    """Share of labour that restrictions leave, (nodes,)."""
    household_shock: Any
    """Share by which households' demand for each good falls, (nodes,); None where none does."""
    final_shock: Any
    """Share by which other final demand falls, (nodes,); None where none does."""
    rebuilding: Any
    """Orders to rebuild, (nodes,)."""
    final_at_home: Any = None
    """Share of final demand that is asked in the place of its seller, (nodes,); None for the usual one."""


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
    book: Any = None
    """Orders of firms for the step to come, by supplier, (nodes,); None to add them up when it begins."""
    input_limit: Any = None
    """Output that the stocks allow in the step to come, (nodes,); None to ask them when it begins."""
    smoothed_demand: Any = None
    """Demand as a seller sees it, smoothed, (nodes,); None where no rule asks for it."""
    reliability: Any = None
    """Smoothed share of its orders that a supplier served, (nodes,); None where no rule asks for it."""
    counted_on: Any = None
    """Share of what its suppliers delivered before any link was closed that a buyer still counts on, by need; None where no link is
    closed or no rule asks for it."""


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
    arrived: Any
    """By need; None if the step was told not to keep it."""
    used: Any
    """By need; None if the step was told not to keep it."""
    home_share: Any = None
    rest_share: Any = None
    """Shares served of what is ordered in a seller's own place, firms and final demand alike, and elsewhere, (nodes,) each; None where
    rationing asks for no place."""

    @property
    def unsold(self) -> Any:
        """Made and sold to nobody, (nodes,)."""
        return self.output - self.to_firms - self.to_final - self.to_rebuilding


class Buffers(NamedTuple):
    """Arrays by need that a step writes. The first two may be those of the state that it begins from."""

    stock: Array
    order_factor: Array
    arrived: Any
    """None to keep no arrivals."""
    used: Any
    """None to keep no uses."""


class OrderPlan(NamedTuple):
    """What an ordering rule decides: the activities that orders and goals of stocks follow."""

    use: Any
    """Relative to usual output, (nodes,)."""
    goal: Any
    """The same; None where the goal stays at usual output."""
    destocks: bool
    """Whether too much stock is worked off."""
    smallest: float = 0.0
    """Of an order."""
    tolerant: bool = False
    """Whether goals that all are nearly met count as met (BoARIO)."""
    largest: Any = None
    """Largest order as a multiple of usual use; None for no bound."""
    smoothed_demand: Any = None
    """To be remembered, see `EconomyState`."""


class Sources(NamedTuple):
    """What a sourcing rule decides."""

    weight: Any = None
    """Of each supplier in the orders of the step to come, (nodes,); None where orders stay on usual shares."""
    reach: Any = None
    """Base flow into each need, suppliers weighted, that orders are spread over; None for all that is open."""
    reliability: Any = None
    counted_on: Any = None
    """To be remembered, see `EconomyState`."""


@dataclass
class Moment:
    """One step in the making: what is known so far. Rules read it; only the step writes it."""

    economy: Economy
    numbers: RuleNumbers
    state: EconomyState
    number: int
    shocks: Shocks
    xp: Any = np
    """Array namespace."""
    overproduction: Any = None
    book: Any = None
    input_limit: Any = None
    """Output that the stocks allow."""
    capacity_share: Any = None
    """Capacity relative to usual output."""
    capacity: Any = None
    final: Any = None
    demand: Any = None
    output: Any = None
    activity: Any = None
    """Output relative to usual."""
    served: Any = None
    to_rebuilding: Any = None
    """Delivered to rebuild."""
    plan: Any = None
    sources: Any = None
    """What ordering and sourcing decide."""
